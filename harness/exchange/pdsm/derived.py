"""Faults by the names of mutations that `harness profiles test` derives from FHIR definitions, where the name says all of the edit.

`CARD:DocumentReference.subject:drop`, `CARD:List.mode:repeat`, `BINDING:DocumentReference.status:outside`, `UNKNOWN:List:unknown`:
what facet of which element is broken, and how. The first resource of the type in the message is spoiled. No definition is needed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from harness.exchange.pdsm.parties import Resource

_NAME = re.compile(
    r"(?P<kind>CARD|BINDING|UNKNOWN):(?P<type>[A-Z][A-Za-z]+)(?P<path>(?:\.[a-z][A-Za-z0-9]*)*):(?P<deed>drop|repeat|outside|unknown)"
)
_DEEDS = {"CARD": ("drop", "repeat"), "BINDING": ("outside",), "UNKNOWN": ("unknown",)}
_OUTSIDE = {"system": "urn:oid:2.999.3", "code": "hors-jeu"}  # 2.999 is the arc of examples


def is_derived(name: str) -> bool:
    found = _NAME.fullmatch(name)
    return found is not None and found["deed"] in _DEEDS[found["kind"]] and bool(found["path"]) == (found["kind"] != "UNKNOWN")


def spoil(message: Resource, name: str) -> None:
    """Changes the message in place. Raises LookupError when there is no such element in it."""
    found = _NAME.fullmatch(name)
    if found is None:
        raise LookupError(name)
    resource = _first(message, found["type"])
    *way, last = found["path"].removeprefix(".").split(".")
    holder = next(_holders(resource, way), None)
    if found["deed"] == "unknown":
        resource["inconnu"] = "Spécimen"
    elif holder is None or last not in holder:
        raise LookupError(name)
    elif found["deed"] == "drop":
        del holder[last]
    elif found["deed"] == "repeat":
        value = holder[last]
        holder[last] = [value[0], *value] if isinstance(value, list) else [value, value]
    else:
        holder[last] = _outside(holder[last])


def _first(message: Resource, type_: str) -> Any:
    if message.get("resourceType") == type_:
        return message
    resources = (entry.get("resource", {}) for entry in message.get("entry", ()))
    return next(resource for resource in resources if resource.get("resourceType") == type_)


def _holders(value: Any, way: list[str]) -> Iterator[Any]:
    """The objects at the end of a path, in the order of the resource."""
    if not way:
        yield value
    else:
        inside = value.get(way[0], [])
        for one in inside if isinstance(inside, list) else [inside]:
            yield from _holders(one, way[1:])


def _outside(value: Any) -> Any:
    if isinstance(value, list):
        return [_outside(value[0])]
    if isinstance(value, dict):
        return {"coding": [_OUTSIDE]} if "coding" in value or "text" in value else {**value, **_OUTSIDE}
    return _OUTSIDE["code"]
