"""What a flawed reference endpoint makes of what it keeps, finds and returns; a conformant one leaves each as it is."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

from harness.exchange.pdsm.content import reach
from harness.exchange.pdsm.parties import Resource
from harness.exchange.pdsm.reference.searching import PARAMETERS, Query
from harness.identifiers import is_ins_oid


def message(sent: Mapping[str, Any], flaws: frozenset[str]) -> Mapping[str, Any]:
    """A message that was accepted, as it is kept."""
    if "files-elsewhere" not in flaws:
        return sent
    kept = copy.deepcopy(dict(sent))
    for resource in _objects(kept, "entry", "resource"):
        for holder in (*_objects(resource, "subject", "identifier"), *_objects(resource, "contained", "identifier")):
            if is_ins_oid(str(holder.get("system"))):
                holder["value"] = "277076322082910"
    return kept


def responses(given: list[Resource], flaws: frozenset[str]) -> list[Resource]:
    """Those of the entries of a submission that was accepted."""
    if "wrong-order" in flaws:
        given = given[::-1]
    if "missing-entry" in flaws:
        given = given[:-1]
    if "invalid-response" in flaws:
        given = [{**one, "lastModified": "hier"} for one in given]
    if "dead-location" in flaws:
        given = [_dead(one) if "Binary/" in str(one.get("location")) else one for one in given]
    if "no-location" in flaws:
        given = [{name: value for name, value in one.items() if name != "location"} for one in given]
    return given


def asked(query: Query, flaws: frozenset[str]) -> Query:
    """The parameters of a search, as they are understood."""
    if "ignores-system" not in flaws:
        return query
    return [(name, value.rpartition("|")[2] if name == "patient.identifier" else value) for name, value in query]


def overlooked(flaws: frozenset[str]) -> set[str]:
    """The parameters of a search that are not looked at."""
    return {parameter for flaw, parameters in _OVERLOOKED.items() if flaw in flaws for parameter in parameters}


def found(resources: list[Mapping[str, Any]], flaws: frozenset[str]) -> list[Mapping[str, Any]]:
    """Those that a search finds."""
    if "lists-missing" in flaws:
        resources = [one for one in resources if one["resourceType"] != "List"]
    if "finds-late" in flaws:
        indexed = datetime.now(UTC) - timedelta(seconds=0.4)
        resources = [one for one in resources if datetime.fromisoformat(one["meta"]["lastUpdated"]) < indexed]
    return resources


def searchset(bundle: Resource, flaws: frozenset[str]) -> Resource:
    if "wrong-total" in flaws:
        bundle["total"] += 1
    if "no-total" in flaws:
        del bundle["total"]
    for link in bundle["link"]:
        if "bare-self-link" in flaws and link["relation"] == "self":
            link["url"] = link["url"].partition("?")[0]
    if "total-of-the-page" in flaws and all(link["relation"] != "next" for link in bundle["link"]):
        bundle["total"] = len(bundle.get("entry", ()))
    if "no-next-link" in flaws:
        bundle["link"] = [link for link in bundle["link"] if link["relation"] != "next"]
    if "bad-next-link" in flaws:
        bundle["link"].append({"relation": "next", "url": "http://[::1"})
    for entry in bundle.get("entry", ()):
        entry["resource"] = returned(entry["resource"], flaws)
        if "no-full-url" in flaws:
            del entry["fullUrl"]
    return bundle


def read(resource: Mapping[str, Any], flaws: frozenset[str]) -> Mapping[str, Any]:
    """What is read at its own address."""
    return {**resource, "id": f"{resource['id']}0"} if "reads-another-id" in flaws else resource


def document(data: bytes, media_type: str, flaws: frozenset[str]) -> tuple[bytes, str]:
    """Its bytes and its media type, as they are served."""
    if "alters-bytes" in flaws:
        data = data.replace(b"\r\n", b"\n").rstrip() + b"\n\n"
    if "wrong-media-type" in flaws:
        media_type = "application/octet-stream"
    return data, f"{media_type}; charset=iso-8859-1" if "wrong-charset" in flaws else media_type


def statement(given: Resource, flaws: frozenset[str]) -> Resource:
    """The CapabilityStatement."""
    if "says-less" in flaws:
        rest = [
            {"mode": one["mode"], "resource": [each for each in one["resource"] if each["type"] != "List"]} for one in given["rest"]
        ]
        return {**given, "rest": rest}
    return {**given, "fhirVersion": "3.0.1"} if "says-another-version" in flaws else given


def returned(resource: Mapping[str, Any], flaws: frozenset[str]) -> Mapping[str, Any]:
    """The resource as an endpoint with these flaws returns it in a searchset."""
    for name in sorted(flaws & _SPOILT.keys()):
        spoilt = copy.deepcopy(dict(resource))
        _SPOILT[name](spoilt)
        resource = spoilt
    return resource


def _dead(response: Resource) -> Resource:
    return {**response, "location": "Binary/0/_history/1"}


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


def _of_another_patient(resource: Resource) -> None:
    for subject in _objects(resource, "subject"):
        for identifier in _objects(subject, "identifier"):
            identifier["value"] = "1" + str(identifier.get("value", ""))[1:]


def _of_a_patient_by_name(resource: Resource) -> None:
    if "subject" in resource:
        resource["subject"] = {"display": "PAT-TROIS Dominique"}


def _without_hash(resource: Resource) -> None:
    for attachment in _objects(resource, "content", "attachment"):
        attachment.pop("hash", None)


def _of_another_source(resource: Resource) -> None:
    for extension in _objects(resource, "extension"):
        if resource["resourceType"] == "List" and "valueIdentifier" in extension:
            extension["valueIdentifier"] = {**extension["valueIdentifier"], "value": "urn:oid:2.25.1"}


def _of_one_document(resource: Resource) -> None:
    if resource["resourceType"] == "List" and "entry" in resource:
        resource["entry"] = resource["entry"][:1]


def _objects(resource: Resource, *steps: str) -> Iterator[Resource]:
    """Those that are objects: an endpoint that validates nothing keeps whatever was sent."""
    return (one for one in reach(resource, *steps) if isinstance(one, dict))


def _without(kind: str, name: str) -> Callable[[Resource], None]:
    def spoil(resource: Resource) -> None:
        if resource["resourceType"] == kind:
            resource.pop(name, None)

    return spoil


_OVERLOOKED = {
    "ignores-patient": ("patient", "patient.identifier"),
    "ignores-status": ("status",),
    "ignores-type": ("type",),
    "ignores-code": ("code",),
    "ignores-criteria": tuple(
        {*PARAMETERS["DocumentReference"], *PARAMETERS["List"]}
        - {"patient", "patient.identifier", "status", "type", "identifier", "code"}
    ),
}
_SPOILT: Mapping[str, Callable[[Resource], None]] = {
    "loses-metadata": _without_class_and_format,
    "changes-set-metadata": _of_another_source,
    "changes-subject": _of_another_patient,
    "names-subject-only": _of_a_patient_by_name,
    "changes-codes": _of_another_confidentiality,
    "invalid-resources": _invalid,
    "leaves-profile": _out_of_profile,
    "changes-metadata": _later,
    "loses-relations": _without("DocumentReference", "relatesTo"),
    "loses-hash": _without_hash,
    "empties-sets": _without("List", "entry"),
    "shortens-sets": _of_one_document,
    "loses-set-metadata": _without("List", "extension"),
}
