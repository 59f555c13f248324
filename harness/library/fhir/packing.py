"""The definitions of one package compiled into one pack, from which any of them is read alone."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from ..fhirpath import program
from ..pack import pack
from .compiling import compile_search_parameter, compile_structure, compile_whole
from .index import CODE_SYSTEMS, INDEX, MEASURES, PROGRAMS, QUESTIONNAIRES, SEARCH_PARAMETERS, STRUCTURES, VALUE_SETS, Row
from .mended import MENDED
from .terminology_compiling import compile_code_system, compile_value_set

_COMPILERS: dict[str, tuple[str, Callable[[Mapping[str, Any]], dict[str, Any]]]] = {
    "StructureDefinition": (STRUCTURES, compile_structure),
    "ValueSet": (VALUE_SETS, compile_value_set),
    "CodeSystem": (CODE_SYSTEMS, compile_code_system),
    "Questionnaire": (QUESTIONNAIRES, compile_whole),
    "Measure": (MEASURES, compile_whole),
    "SearchParameter": (SEARCH_PARAMETERS, compile_search_parameter),
}

DEFINED = frozenset(_COMPILERS)
"""The resource types that define."""


def compiled(resources: Iterable[tuple[str, Any]]) -> tuple[dict[str, Any], list[str]]:
    """The blobs of a pack, its index among them, and the names of what could not be compiled. resources: (file, plain JSON,
    None when it is not JSON)."""
    blobs: dict[str, Any] = {}
    index: dict[str, dict[str, list[Row]]] = {
        STRUCTURES: {},
        VALUE_SETS: {},
        CODE_SYSTEMS: {},
        QUESTIONNAIRES: {},
        MEASURES: {},
        SEARCH_PARAMETERS: {},
    }
    left_out: list[str] = []
    for file, resource in resources:
        if resource is None:
            left_out.append(file)
        if not isinstance(resource, dict) or resource.get("resourceType") not in _COMPILERS:
            continue
        kind, compile_one = _COMPILERS[resource["resourceType"]]
        if not isinstance(resource.get("url"), str):
            left_out.append(file)
            continue
        name = f"{kind}/{len(blobs)}"
        try:
            blobs[name] = compile_one(resource)
            if kind == STRUCTURES and not blobs[name]["elements"]:
                blobs[name]["differential"] = _without_prose(resource.get("differential", {}).get("element", ()))
            index[kind].setdefault(resource["url"], []).append(_row(resource, name))
        except (
            KeyError,
            TypeError,
            ValueError,
            AttributeError,
            RecursionError,
        ):  # published with a hole in it: told, not judged with
            blobs.pop(name, None)
            left_out.append(file)
    blobs[PROGRAMS] = program.programs(_invariants(blobs[row[2]] for rows in index[STRUCTURES].values() for row in rows))
    blobs[INDEX] = index
    return blobs, left_out


def _invariants(structures: Iterable[Mapping[str, Any]]) -> Iterable[str]:
    """Their expressions, those of R4 that are mended as they are evaluated."""
    for structure in structures:
        for element in structure["elements"]:
            for constraint in element.get("constraints", ()):
                if constraint["expression"]:
                    yield MENDED.get(constraint["expression"], constraint["expression"])


def compiled_pack(files: Iterable[tuple[str, bytes]]) -> tuple[bytes, dict[str, int], list[str]]:
    """The pack of a package's files, how many definitions of each sort, and what could not be compiled.

    Only `package/*.json` defines: what lies deeper (examples, other formats) does not.
    """
    blobs, left_out = compiled(_definitions(files))
    index = blobs[INDEX]
    counts = {kind: sum(map(len, by_url.values())) for kind, by_url in index.items()}
    counts["without_snapshot"] = sum(not row[7] for rows in index[STRUCTURES].values() for row in rows)
    return pack(blobs), counts, left_out


def _definitions(files: Iterable[tuple[str, bytes]]) -> Iterable[tuple[str, Any]]:
    wanted = tuple(kind.encode() for kind in _COMPILERS)
    for name, content in files:
        folder, _, file = name.rpartition("/")
        if folder != "package" or not file.endswith(".json") or file.startswith(".") or file == "package.json":
            continue
        if any(kind in content for kind in wanted):
            try:
                yield file, json.loads(content.decode("utf-8-sig"))
            except (ValueError, RecursionError):
                yield file, None


_PROSE = frozenset({"short", "definition", "comment", "requirements", "alias", "mapping", "example"})


def _without_prose(elements: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Of what was published without snapshot, what one is made from."""
    return [{key: value for key, value in element.items() if key not in _PROSE} for element in elements]


def _row(resource: Mapping[str, Any], blob: str) -> Row:
    kind = resource["resourceType"]
    whole = bool(resource.get("snapshot", {}).get("element")) if kind == "StructureDefinition" else True
    told = (resource.get(name, "") for name in ("name", "supplements" if kind == "CodeSystem" else "type", "kind", "derivation"))
    name, type_, sort, derivation = (value if isinstance(value, str) else "" for value in told)
    return (resource["url"], str(resource.get("version", "")), blob, name, type_, sort, derivation, whole)
