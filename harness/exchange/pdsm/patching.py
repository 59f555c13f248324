"""The update of metadata (PDSm flow 03): a JSON or FHIRPath Patch, which may touch status, securityLabel and isArchived only."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator, Mapping
from typing import Any

from harness.exchange.pdsm.content import first_text, reach, read_content
from harness.exchange.pdsm.identifiers import PDSM
from harness.exchange.pdsm.parties import Resource

CHANGEABLE = frozenset({"status", "securityLabel", "extension"})
IS_ARCHIVED = f"{PDSM}/pdsm-ext-is-archived"


class Forbidden(Exception):
    """Names the element that may not be changed."""


class Unreadable(Exception):
    """`media type`, or what is wrong with the patch."""


def patched(resource: Mapping[str, Any], body: bytes, content_type: str, *, anything: bool = False) -> Resource:
    """The resource after the patch. Raises Forbidden on an element that PDSm does not let change (`anything`: lets), Unreadable."""
    media_type = content_type.partition(";")[0].strip().lower()
    if media_type == "application/json-patch+json":
        operations = list(_json_patch(body))
    elif media_type in {"application/fhir+json", "application/fhir+xml"}:
        operations = list(_fhirpath_patch(body, content_type))
    else:
        raise Unreadable("media type")
    if not operations:
        raise Unreadable("no operation")
    changed: Resource = copy.deepcopy(dict(resource))
    for verb, name, value in operations:
        element = name.partition("/")[0].partition(".")[0].partition("[")[0]
        if element not in CHANGEABLE and not anything:
            raise Forbidden(element)
        if verb in {"test"}:
            continue
        if verb in {"remove", "delete"}:
            changed.pop(element, None)
        elif element == "extension":
            changed["extension"] = _archived(value)
        else:
            changed[element] = value
    if changed.get("status") not in {"current", "superseded"}:
        raise Unreadable("status is neither current nor superseded")
    return changed


def _archived(value: Any) -> list[Resource]:
    extensions = value if isinstance(value, list) else [value]
    if any(first_text(extension, "url") != IS_ARCHIVED for extension in extensions):
        raise Forbidden("extension")
    return extensions


def _json_patch(body: bytes) -> Iterator[tuple[str, str, Any]]:
    try:
        operations = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise Unreadable("not JSON") from error
    if not isinstance(operations, list):
        raise Unreadable("not a list of operations")
    for operation in operations:
        verb, path = first_text(operation, "op"), first_text(operation, "path")
        if verb not in {"add", "replace", "remove", "test"} or not path.startswith("/"):
            raise Unreadable("unknown operation")
        yield verb, path.removeprefix("/"), operation.get("value")


def _fhirpath_patch(body: bytes, content_type: str) -> Iterator[tuple[str, str, Any]]:
    content = read_content(body, content_type)
    if content.resource is None or content.resource.get("resourceType") != "Parameters":
        raise Unreadable("not Parameters")
    for parameter in reach(content.resource, "parameter"):
        parts = {first_text(part, "name"): part for part in reach(parameter, "part")}
        value = next((found for name, found in parts.get("value", {}).items() if name.startswith("value")), None)
        path = first_text(parts.get("path"), "valueString").removeprefix("DocumentReference.")
        yield first_text(parts.get("type"), "valueCode"), path, value
