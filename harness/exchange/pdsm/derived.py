"""Faults by the names of mutations that `harness profiles test` derives from FHIR definitions, where the name says all of the edit.

`CARD:DocumentReference.subject:drop`, `CARD:List.mode:repeat`, `BINDING:DocumentReference.status:outside`, `TYPE:List.title:form`,
`REFERENCE:DocumentReference.custodian:other-type`, `UNKNOWN:List:unknown`: what facet of which element is broken, and how. The
first resource of the type in the message is spoiled. No definition is needed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from harness.exchange.pdsm.parties import Resource

_NAME = re.compile(
    r"(?P<kind>CARD|BINDING|REFERENCE|TYPE|UNKNOWN):(?P<type>[A-Z][A-Za-z]+)(?P<path>(?:\.[a-z][A-Za-z0-9]*)*):(?P<deed>drop|repeat|outside|other-type|form|unknown)"
)
_DEEDS = {
    "CARD": ("drop", "repeat"),
    "BINDING": ("outside",),
    "REFERENCE": ("other-type",),
    "TYPE": ("form",),
    "UNKNOWN": ("unknown",),
}
KINDS, DEEDS = tuple(_DEEDS), tuple(deed for deeds in _DEEDS.values() for deed in deeds)
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
        change = {"outside": _outside, "other-type": _elsewhere, "form": _misshapen}[found["deed"]]
        value = holder[last]
        holder[last] = [change(value[0]), *value[1:]] if isinstance(value, list) else change(value)


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


def _elsewhere(value: Any) -> Any:
    """Change the reference to a type that no element of these messages may refer to."""
    if not isinstance(value, dict):
        raise LookupError
    return {"reference": "Basic/other"}


def _misshapen(value: Any) -> Any:
    """A value of the wrong type: a number in place of a text or an object, else a text."""
    return "x y" if isinstance(value, bool | int | float) else 1


def _outside(value: Any) -> Any:
    if isinstance(value, dict):
        return {"coding": [_OUTSIDE]} if "coding" in value or "text" in value else {**value, **_OUTSIDE}
    return _OUTSIDE["code"]
