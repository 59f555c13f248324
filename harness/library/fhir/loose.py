"""The user's own files to judge with: definitions not published yet, and resources that references may lead to."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from ...errors import UsageError, cannot_be_read
from ...files import read_named
from ...model import Text
from . import tarballs
from .definitions import GUIDE, Definitions
from .packing import DEFINED

_GIVEN = {*DEFINED, GUIDE}
_ARCHIVES = (".tgz", ".tar.gz")
_DEFINES = re.compile(r"package/[^./][^/]*\.json")  # no example of a folder beneath, no file that hides
_ROOT = re.compile(rb"""<([A-Z]\w+)\s[^>]*xmlns=["']http://hl7\.org/fhir["'][^>]*>""")
_NAME = re.compile(rb"<(id|url)\s+value=")
_BEFORE = b"\xef\xbb\xbf \t\r\n"  # a byte order mark, spaces


def with_loose(definitions: Definitions, paths: Iterable[Path]) -> Definitions:
    """The definitions, and over them those of the files, folders and packages; `beside`: the other resources found there.

    Raises UsageError, naming the file. A definition that cannot judge is told as such (`unfinished`) where it is claimed or asked.
    """
    found: list[tuple[str, dict[str, Any]]] = []
    beside: list[tuple[str, bytes]] = []
    for path in paths:
        before = len(found) + len(beside)
        for name, content in _contents(path):
            plain = _read(name, content, definitions)
            inside = [one for resource in _definitions(plain) for one in _with_local(resource)]
            found += [(name, resource) for resource in inside]
            if not inside and _is_named(plain, content):
                beside.append((name, content))
        if len(found) + len(beside) == before:
            raise UsageError(
                Text(f"{path} : aucune définition FHIR", f"{path}: no FHIR definition"),
                Text(
                    "Donner des StructureDefinition, ValueSet, CodeSystem ou Questionnaire en JSON ou en XML, ou leur dossier, ou "
                    "des ressources que des références désignent par leur id.",
                    "Give StructureDefinitions, ValueSets, CodeSystems or Questionnaires in JSON or XML, or a folder of them, or "
                    "resources that references name by their id.",
                ),
            )
    made = definitions.with_resources(found)
    made.beside = beside
    for _, resource in found:
        if resource.get("derivation") == "constraint":  # a logical model judges no resource
            structure = made.structure(resource["url"])
            if structure is None or not structure["elements"]:
                made.unfinished.setdefault(
                    resource["url"], Text("ni snapshot, ni differential", "neither snapshot nor differential")
                )
    return made


def profile_in(path: Path, types: Definitions) -> str:
    """The canonical of the StructureDefinition in a file. Raises UsageError when there is not just one."""
    inside = [one for name, content in _contents(path) for one in _definitions(_read(name, content, types))]
    found = [one["url"] for one in inside if one.get("resourceType") == "StructureDefinition"]
    if len(found) != 1:
        raise UsageError(
            Text(
                f"{path} : un StructureDefinition est attendu, pas {len(found)}",
                f"{path}: one StructureDefinition is expected, not {len(found)}",
            ),
            Text(
                "Donner le dossier par --with, et le canonical par --profile.",
                "Give the folder by --with, the canonical by --profile.",
            ),
        )
    return str(found[0])


def _read(name: str, content: bytes, types: Definitions) -> Any:
    """As JSON, None for XML in which nothing defines."""
    return _xml(name, content, types) if content.lstrip(_BEFORE)[:1] == b"<" else _json(name, content)


def _definitions(plain: Any) -> Iterator[dict[str, Any]]:
    for resource in _resources(plain):
        if resource.get("resourceType") in _GIVEN and isinstance(resource.get("url"), str):
            yield resource


def _with_local(resource: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """A definition, and those within that it names by `#id` (R4, ElementDefinition.type.profile), named by their own address."""
    contained = resource.get("contained", ()) if resource["resourceType"] == "StructureDefinition" else ()
    local = {f"#{one.get('id')}": one for one in contained if one.get("resourceType") == "StructureDefinition" and one.get("url")}
    if local:
        elements = [one for view in ("snapshot", "differential") for one in resource.get(view, {}).get("element", ())]
        for type in [type for element in elements for type in element.get("type", ())]:
            for key in {"profile", "targetProfile"} & type.keys():
                type[key] = [local[named]["url"] if named in local else named for named in type[key]]
    yield resource
    yield from local.values()


def _is_named(plain: Any, content: bytes) -> bool:
    """Whether it holds one resource with an id or an address, that another may name."""
    if content.lstrip(_BEFORE)[:1] == b"<":
        root = _ROOT.search(content)
        return root is not None and root[1] != b"Bundle" and _NAME.search(content) is not None
    return isinstance(plain, dict) and plain.get("resourceType") not in (None, "Bundle") and bool({"id", "url"} & plain.keys())


def _json(name: str, content: bytes) -> Any:
    try:
        return json.loads(content.decode("utf-8-sig"))
    except json.JSONDecodeError as error:
        at = f"{name}:{error.lineno}:{error.colno}"
        raise UsageError(Text(f"{at} : JSON illisible ({error.msg})", f"{at}: unreadable JSON ({error.msg})")) from None
    except (ValueError, RecursionError):
        raise UsageError(Text(f"{name} : JSON illisible", f"{name}: unreadable JSON")) from None


def _xml(name: str, content: bytes, types: Definitions) -> Any:
    """None when nothing in it defines: a folder may hold other XML."""
    from . import xml_definitions  # only for XML

    if not any(kind.encode() in content for kind in _GIVEN):
        return None
    try:
        return xml_definitions.resource(content, types)
    except UsageError as error:
        said = Text(f"{name} : {error.message.fr}", f"{name}: {error.message.en}")
        raise UsageError(said, error.hint) from None


def _contents(path: Path) -> Iterator[tuple[str, bytes]]:
    try:
        if path.name.endswith(_ARCHIVES):
            inside = tarballs.members(read_named(path))
            yield from ((f"{path}!{name}", data) for name, data in inside if _DEFINES.fullmatch(name))
            return
        inside_folder = (file for file in path.rglob("*") if file.suffix in (".json", ".xml"))
        for file in sorted(inside_folder) if path.is_dir() else (path,):
            yield str(file), read_named(file)
    except OSError as error:
        raise UsageError(cannot_be_read(path, error)) from None


def _resources(plain: Any) -> Iterator[dict[str, Any]]:
    """The resource, or those of a Bundle."""
    if isinstance(plain, dict) and plain.get("resourceType") == "Bundle":
        entries = plain.get("entry", ())
        inside = [entry.get("resource") for entry in entries if isinstance(entry, dict)] if isinstance(entries, list) else []
        yield from (resource for resource in inside if isinstance(resource, dict))
    elif isinstance(plain, dict):
        yield plain
