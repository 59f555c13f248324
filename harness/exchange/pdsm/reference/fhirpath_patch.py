"""FHIRPath Patch (Parameters, FHIR R4 `fhirpatch`) of one resource, on the paths that name an element by its place or its url."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from harness.exchange.pdsm.content import first_text, reach, read_content
from harness.exchange.pdsm.parties import Resource
from harness.exchange.pdsm.reference.json_patch import BadPatch, Operation, Step, applied

# `securityLabel`, `securityLabel[0]`, `extension.where(url = 'http://...')`
_STEP = re.compile(r"(?P<name>[A-Za-z]\w*)(?:\[(?P<index>\d{1,4})\]|\.where\(\s*url\s*=\s*'(?P<url>[^']*)'\s*\))?(?:\.|$)")
_VERBS = {"add": "add", "insert": "add", "replace": "replace", "delete": "remove"}


def changed_by(resource: Mapping[str, Any], body: bytes, content_type: str) -> Resource:
    """The resource once patched. Raises BadPatch."""
    content = read_content(body, content_type)
    if content.resource is None or content.resource.get("resourceType") != "Parameters":
        raise BadPatch("not Parameters")
    return applied(resource, [_operation(resource, one) for one in reach(content.resource, "parameter")])


def _operation(resource: Mapping[str, Any], parameter: Any) -> Operation:
    parts = {first_text(part, "name"): part for part in reach(parameter, "part")}
    kind, path = first_text(parts.get("type"), "valueCode"), first_text(parts.get("path"), "valueString")
    if kind not in _VERBS:
        raise BadPatch(f"unknown operation {kind}")
    place, found = _place(resource, path)
    value = next((said for name, said in (parts.get("value") or {}).items() if name.startswith("value")), None)
    if value is None and kind != "delete":
        raise BadPatch("no value that is read")
    if kind == "add":
        place = (*place, first_text(parts.get("name"), "valueString"))
        if isinstance(found, dict) and isinstance(found.get(str(place[-1])), list):
            place = (*place, "-")
    elif kind == "insert":
        place = (*place, next(iter(reach(parts.get("index"), "valueInteger")), 0))
    elif isinstance(found, list) and len(found) == 1:
        place, value = (place, [value]) if kind == "replace" else (place, value)
    return Operation(_VERBS[kind], place, value)


def _place(resource: Mapping[str, Any], path: str) -> tuple[tuple[Step, ...], Any]:
    """The steps that a path means in this resource, and what is there. Raises BadPatch where it leads nowhere or is not read."""
    if path == resource.get("resourceType"):
        return (), resource
    rest = path.removeprefix(f"{resource.get('resourceType')}.")
    steps: list[Step] = []
    value: Any = resource
    for step, more in _steps(rest):
        name = step["name"]
        if isinstance(value, list) and len(value) == 1:
            steps, value = [*steps, 0], value[0]
        if not isinstance(value, Mapping):
            raise BadPatch(f"{path} leads nowhere")
        if name == "value" and name not in value:  # of an extension, which is named for its type
            name = next((key for key in value if key.startswith("value")), name)
        if name not in value and more:
            raise BadPatch(f"{path} leads nowhere")
        steps, value = [*steps, name], value.get(name)
        index = int(step["index"]) if step["index"] else _with_url(value, step["url"]) if step["url"] is not None else None
        if index is not None:
            if not isinstance(value, list) or index >= len(value):
                raise BadPatch(f"{path} leads nowhere")
            steps, value = [*steps, index], value[index]
    return tuple(steps), value


def _steps(path: str) -> Iterator[tuple[re.Match[str], bool]]:
    """Each step, and whether more follow."""
    at = 0
    while at < len(path):
        step = _STEP.match(path, at)
        if step is None:
            raise BadPatch(f"{path} is not read")
        at = step.end()
        yield step, at < len(path)


def _with_url(extensions: Any, url: str) -> int:
    urls = [first_text(one, "url") for one in extensions] if isinstance(extensions, list) else []
    return urls.index(url) if url in urls else len(urls)
