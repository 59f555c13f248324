"""What a flawed reference endpoint makes of the resources that it returns; a conformant one returns them as they are."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from harness.exchange.pdsm.content import reach
from harness.exchange.pdsm.parties import Resource


def returned(resource: Mapping[str, Any], flaws: frozenset[str]) -> Mapping[str, Any]:
    """The resource as an endpoint with these flaws returns it in a searchset."""
    for name in sorted(flaws & _SPOILT.keys()):
        spoilt = copy.deepcopy(dict(resource))
        _SPOILT[name](spoilt)
        resource = spoilt
    return resource


def _without_class_and_format(resource: Resource) -> None:
    resource.pop("category", None)
    for content in _objects(resource, "content"):
        content.pop("format", None)


def _of_another_confidentiality(resource: Resource) -> None:
    if "securityLabel" in resource:
        resource["securityLabel"] = [{"coding": [{"code": "R"}]}]


def _invalid(resource: Resource) -> None:
    resource["date"] = "31/12/2025"


def _out_of_profile(resource: Resource) -> None:
    if resource["resourceType"] == "List":
        resource["mode"] = "changes"
    else:
        resource["docStatus"] = "final"


def _later(resource: Resource) -> None:
    for holder, names in (
        (_objects(resource, "content", "attachment"), ("creation",)),
        (_objects(resource, "context", "period"), ("start", "end")),
    ):
        for one in holder:
            for name in names:
                said = one.get(name)
                if isinstance(said, str) and "T" in said:
                    with suppress(ValueError):  # no time, kept by an endpoint that validates nothing
                        one[name] = (datetime.fromisoformat(said) + timedelta(hours=2)).isoformat()


def _without_hash(resource: Resource) -> None:
    for attachment in _objects(resource, "content", "attachment"):
        attachment.pop("hash", None)


def _of_another_source(resource: Resource) -> None:
    for extension in _objects(resource, "extension"):
        if resource["resourceType"] == "List" and "valueIdentifier" in extension:
            extension["valueIdentifier"] = {**extension["valueIdentifier"], "value": "urn:oid:2.25.1"}


def _objects(resource: Resource, *steps: str) -> Iterator[Resource]:
    """Those that are objects: an endpoint that validates nothing keeps whatever was sent."""
    return (one for one in reach(resource, *steps) if isinstance(one, dict))


def _without(kind: str, name: str) -> Callable[[Resource], None]:
    def spoil(resource: Resource) -> None:
        if resource["resourceType"] == kind:
            resource.pop(name, None)

    return spoil


_SPOILT: Mapping[str, Callable[[Resource], None]] = {
    "loses-metadata": _without_class_and_format,
    "changes-set-metadata": _of_another_source,
    "changes-codes": _of_another_confidentiality,
    "invalid-resources": _invalid,
    "leaves-profile": _out_of_profile,
    "changes-metadata": _later,
    "loses-relations": _without("DocumentReference", "relatesTo"),
    "loses-hash": _without_hash,
    "empties-sets": _without("List", "entry"),
    "loses-set-metadata": _without("List", "extension"),
}
