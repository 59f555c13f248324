"""What is known of a reply: the values that expectations judge and that later steps of a scenario use as `${steps.ID.NAME}`.

A value that a reply does not give is no fact: a later step that wants it cannot be played, and says so.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from harness.exchange.pdsm.content import Content, entries, first_text, objects, reach
from harness.values import dataclass

_NUMBERED = re.compile(r"\S*\d\S*")
_TYPE_AND_ID = re.compile(r"(?:^|/)([A-Z][A-Za-z]+)/([A-Za-z0-9.\-]{1,64})(?:/_history/[^/]*)?$")


@dataclass(frozen=True, slots=True)
class Described:
    """A DocumentReference or List in brief. names: its unique ids, bare; subject: (system, value) pairs of its subject; patients:
    those of the patient at the source too."""

    reference: str
    names: frozenset[str]
    status: str
    subject: frozenset[tuple[str, str]]
    patients: frozenset[tuple[str, str]]
    url: str
    media_type: str
    hash: str | None
    size: int | None


def described(resource: Mapping[str, Any]) -> Described:
    """Never raises, whatever the resource is made of."""
    attachment = attachment_of(resource)
    size = attachment.get("size")
    return Described(
        reference=f"{resource.get('resourceType')}/{resource.get('id')}",
        names=frozenset(_names(resource)),
        status=str(resource.get("status", "")),
        subject=_pairs(objects(resource, "subject", "identifier")),
        patients=_patients(resource),
        url=str(attachment.get("url", "")),
        media_type=str(attachment.get("contentType", "")),
        hash=str(attachment["hash"]) if "hash" in attachment else None,
        size=size if isinstance(size, int) else None,
    )


def attachment_of(resource: Mapping[str, Any]) -> Mapping[str, Any]:
    """The first attachment of a DocumentReference; an empty one when there is none."""
    return next(objects(resource, "content", "attachment"), {})


def bare(unique_id: str) -> str:
    """A unique id as the CDA writes it: without `urn:oid:`."""
    return unique_id.removeprefix("urn:oid:")


def resource_type_of(location: str) -> str:
    """`List` for `List/1`, `http://host/fhir/List/1/_history/1`; empty when the location does not say."""
    match = _TYPE_AND_ID.search(location.partition("?")[0])
    return match[1] if match else ""


def local_reference(location: str) -> str:
    """`DocumentReference/12` for any location of it, relative or absolute, with a version or not; the location itself otherwise."""
    match = _TYPE_AND_ID.search(location.partition("?")[0])
    return f"{match[1]}/{match[2]}" if match else location


def matches(bundle: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The resources of a searchset that answer the search: neither included ones nor an OperationOutcome."""
    found = []
    for entry in entries(bundle):
        resource, mode = entry.get("resource"), first_text(entry.get("search"), "mode")
        if isinstance(resource, Mapping) and mode in {"", "match"} and resource.get("resourceType") != "OperationOutcome":
            found.append(resource)
    return found


def facts_of_content(content: Content, status: int | None, location: str, etag: str = "") -> dict[str, Any]:
    """Of any reply: status, media_type, resource (None when `problem` says why); location, version (of the ETag), id if there."""
    resource = content.resource
    facts = {"status": status, "media_type": content.media_type, "resource": resource, "problem": content.problem}
    if location:
        facts["location"] = location
    if etag:
        facts["version"] = etag.removeprefix("W/").strip('"')
    if resource and resource.get("id"):
        facts["id"] = str(resource["id"])
    return facts


def facts_of_message(message: Mapping[str, Any]) -> dict[str, Any]:
    """Of the ITI-65 message sent: what it carries, so that later steps find it again."""
    resources = [resource for entry in entries(message) if isinstance(resource := entry.get("resource"), Mapping)]
    references = [described(resource) for resource in resources if resource.get("resourceType") == "DocumentReference"]
    names = [name for reference in references for name in sorted(reference.names)]
    patients = sorted(
        {f"{system}|{value}" for reference in references for system, value in reference.patients if "1.2.250.1.213.1.4." in system}
    )
    sets = [resource for resource in resources if resource.get("resourceType") == "List"]
    return {
        "message": message,
        "request_entries": [_asked(entry) for entry in entries(message)],
        "unique_ids": names,
        "unique_id": names[0] if names else "",
        "submission_unique_id": first_text(sets[0], "identifier", "value") if sets else "",
        "patient": patients[0] if patients else "",
        "hash": references[0].hash if references else None,
        "size": references[0].size if references else None,
    }


def _asked(entry: Mapping[str, Any]) -> str:
    """`POST List`; a creation that is left undone when the resource is there has another method, for its answer may be a 200."""
    conditional = bool(first_text(entry, "request", "ifNoneExist"))
    method = "CREATE-IF-NONE" if conditional else first_text(entry, "request", "method")
    return f"{method} {first_text(entry, 'request', 'url').partition('?')[0].partition('/')[0]}"


def facts_of_response(message: Mapping[str, Any], response: Mapping[str, Any] | None) -> dict[str, Any]:
    """Of the transaction-response: locations in order, the first of each type under its name, what it warns of."""
    locations = [first_text(entry, "response", "location") for entry in entries(response)]
    asked = facts_of_message(message)["request_entries"]
    placed: dict[str, list[str]] = {}
    for request, location in zip(asked, locations, strict=False):
        if request.startswith("POST ") and location:
            placed.setdefault(request.removeprefix("POST "), []).append(local_reference(location))
    named = {"document_reference": "DocumentReference", "list": "List", "binary": "Binary"}
    outcomes = [outcome for path in (("response", "outcome"), ("resource",)) for outcome in reach(entries(response), *path)]
    return {
        "locations": locations,
        "warnings": sorted(
            {_warning(issue) for issue in reach(outcomes, "issue") if first_text(issue, "severity") != "information"}
        ),
        "document_references": placed.get("DocumentReference", []),
        **{name: placed[kind][0] for name, kind in named.items() if kind in placed},
    }


def _warning(issue: Any) -> str:
    """The text of a warning without numbers and identifiers, so that the same warning on two messages reads the same."""
    paths = (("code",), ("details", "coding", "code"), ("details", "text"), ("diagnostics",))
    said = dict.fromkeys(text for path in paths if (text := first_text(issue, *path)))
    return ": ".join(_NUMBERED.sub("...", text) for text in said)[:200]


def facts_of_search(searchset: Mapping[str, Any] | None, pick: str) -> dict[str, Any]:
    """Of a searchset: total, ids, unique ids; of the one document (that `pick` names), when it is there: where and what it is."""
    found = [described(resource) for resource in matches(searchset or {})]
    chosen = [one for one in found if bare(pick) in one.names] if pick else found
    facts: dict[str, Any] = {
        "matches": len(found),
        "ids": [one.reference for one in found],
        "unique_ids": sorted(name for one in found for name in one.names),
    }
    total = (searchset or {}).get("total")
    if isinstance(total, int):
        facts["total"] = total
    if chosen and (pick or len(chosen) == 1):
        one = chosen[0]
        about = {
            "document_reference": one.reference,
            "document_status": one.status,
            "attachment_url": one.url,
            "attachment_type": one.media_type,
            "attachment_hash": one.hash,
            "attachment_size": one.size,
        }
        facts |= {name: value for name, value in about.items() if value not in ("", None)}
    return facts


def _names(resource: Mapping[str, Any]) -> set[str]:
    identifiers = (
        [resource.get("masterIdentifier")] if resource.get("resourceType") == "DocumentReference" else resource.get("identifier")
    )
    names = set()
    for identifier in objects(identifiers):
        if isinstance(identifier.get("value"), str):
            system, value = str(identifier.get("system", "")), identifier["value"]
            names.add(f"{bare(system)}^{value}" if system.startswith("urn:oid:") else bare(value))
    return names


def _patients(resource: Mapping[str, Any]) -> frozenset[tuple[str, str]]:
    patients = [one for one in objects(resource, "contained") if one.get("resourceType") == "Patient"]
    return _pairs((*objects(resource, "subject", "identifier"), *objects(patients, "identifier")))


def _pairs(identifiers: Iterable[Mapping[str, Any]]) -> frozenset[tuple[str, str]]:
    return frozenset((str(one.get("system", "")), str(one["value"])) for one in identifiers if "value" in one)
