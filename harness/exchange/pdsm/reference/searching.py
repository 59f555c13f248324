"""The search parameters of ITI-66 and ITI-67 on resources in memory: as much of FHIR search as MHD and PDSm ask of a responder."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from harness.exchange.pdsm.content import objects, reach, span
from harness.exchange.pdsm.facts import described, local_reference

Query = Sequence[tuple[str, str]]
CONTROLS = frozenset({"_format", "_count", "_offset", "_sort", "_summary", "_pretty", "_elements"})


class BadQuery(ValueError):
    """parameter: the one that cannot be processed."""

    def __init__(self, parameter: str, why: str) -> None:
        super().__init__(why)
        self.parameter = parameter


def unknown_parameters(kind: str, query: Query) -> list[str]:
    """Names of the query that mean nothing for a search on List or DocumentReference."""
    return [name for name, _ in query if name not in PARAMETERS[kind] and name not in CONTROLS]


def missing_parameters(kind: str, query: Query) -> list[str]:
    """What MHD makes a consumer say and this query does not: a patient, the status, for a List its code."""
    said = {name for name, _ in query}
    missing = [] if said & {"patient", "patient.identifier"} else ["patient | patient.identifier"]
    return missing + [name for name in (("code", "status") if kind == "List" else ("status",)) if name not in said]


def search(
    kind: str, resources: Sequence[Mapping[str, Any]], query: Query, ignored: Collection[str] = ()
) -> list[Mapping[str, Any]]:
    """The resources that match every parameter (a comma means or). ignored: parameters that this responder overlooks.

    Raises BadQuery on a value that a parameter cannot have, whether or not there is something to find.
    """
    asked = [
        (PARAMETERS[kind][name].holds, _choices(name, value))
        for name, value in query
        if name in PARAMETERS[kind] and name not in ignored
    ]
    for test, choices in asked:
        for choice in choices:
            test({}, choice)
    return [resource for resource in resources if all(any(test(resource, one) for one in choices) for test, choices in asked)]


def _choices(name: str, value: str) -> list[str]:
    choices = [choice for choice in value.split(",") if choice]
    if not choices:
        raise BadQuery(name, "empty value")
    return choices


_Test = Callable[[Mapping[str, Any], str], bool]


class Parameter(NamedTuple):
    """type: of the value set SearchParamType; holds: whether a resource has what is wanted."""

    type: str
    holds: _Test


def _token(*paths: str) -> _Test:
    def test(resource: Mapping[str, Any], wanted: str) -> bool:
        system, bar, code = wanted.rpartition("|")
        for path in paths:
            for value in reach(resource, *path.split(".")):
                for found_system, found_code in _tokens(value):
                    if (not code or code == found_code) and (not bar or system == found_system):
                        return True
        return False

    return test


def _status(resource: Mapping[str, Any], wanted: str) -> bool:
    """An element of type code, whose system is that of its value set (FHIR R4 search, token)."""
    kind = {"DocumentReference": "document-reference", "List": "list"}.get(str(resource.get("resourceType")), "")
    return _token("status")(resource, wanted.removeprefix(f"http://hl7.org/fhir/{kind}-status|"))


def _tokens(value: Any) -> list[tuple[str, str]]:
    if not isinstance(value, Mapping):
        return [("", str(value).lower() if isinstance(value, bool) else str(value))]
    if "coding" in value:
        return [pair for coding in reach(value, "coding") for pair in _tokens(coding)]
    return [(str(value.get("system", "")), str(value.get("code", value.get("value", ""))))]


def _patient(resource: Mapping[str, Any], wanted: str) -> bool:
    """A literal reference to the patient: `Patient/12`, `12` or an absolute URL."""
    reference = next((str(found) for found in reach(resource, "subject", "reference")), "")
    asked = wanted if "/" in wanted else f"Patient/{wanted}"
    return bool(reference) and local_reference(reference) == local_reference(asked)


def _patient_identifier(resource: Mapping[str, Any], wanted: str) -> bool:
    system, bar, value = wanted.rpartition("|")
    return any(value == found and (not bar or system == place) for place, found in described(resource).patients)


def _text(*paths: str) -> _Test:
    def test(resource: Mapping[str, Any], wanted: str) -> bool:
        found = (str(value) for path in paths for value in reach(resource, *path.split(".")))
        return any(text.casefold().startswith(wanted.casefold()) for text in found)

    return test


def _contained(kind: str, path: str) -> _Test:
    def test(resource: Mapping[str, Any], wanted: str) -> bool:
        people = [one for one in objects(resource, "contained") if one.get("resourceType") == kind]
        return any(str(text).casefold().startswith(wanted.casefold()) for text in reach(people, *path.split(".")))

    return test


def _reference(path: str) -> _Test:
    def test(resource: Mapping[str, Any], wanted: str) -> bool:
        return any(
            local_reference(str(found)) == local_reference(wanted) for found in reach(resource, *path.split("."), "reference")
        ) or _token(f"{path}.identifier")(resource, wanted)

    return test


def _extension(name: str, value: str) -> _Test:
    def test(resource: Mapping[str, Any], wanted: str) -> bool:
        held = [one for one in objects(resource, "extension") if str(one.get("url", "")).endswith(f"/{name}")]
        if value == "valueBoolean":
            return wanted == str(bool(held and held[0].get(value))).lower()
        return any(_token("it")({"it": one.get(value)}, wanted) for one in held)

    return test


# ------------------------------------------------------------------ dates

_DATE = re.compile(
    r"(?P<prefix>eq|ne|gt|lt|ge|le|sa|eb|ap)?(?P<date>\d{4}(-\d\d(-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)?)?)?)?)"
)


def _date(start: str, end: str = "") -> _Test:
    def test(resource: Mapping[str, Any], wanted: str) -> bool:
        match = _DATE.fullmatch(wanted)
        if match is None:
            raise BadQuery(start, f"{wanted} is not a date")
        asked = span(match["date"])
        if asked is None:
            raise BadQuery(start, f"{wanted} is not a date")
        first = next((span(str(value)) for value in reach(resource, *start.split("."))), None)
        if first is None:
            return False
        last = next((span(str(value)) for value in reach(resource, *end.split("."))), first) if end else first
        return _compared(match["prefix"] or "eq", (first[0], (last or first)[1]), asked)

    return test


def _compared(prefix: str, found: tuple[datetime, datetime], asked: tuple[datetime, datetime]) -> bool:
    overlap = found[0] <= asked[1] and found[1] >= asked[0]
    return {
        "eq": overlap,
        "ap": overlap,
        "ne": not overlap,
        "gt": found[1] > asked[1],
        "sa": found[0] > asked[1],
        "lt": found[0] < asked[0],
        "eb": found[1] < asked[0],
        "ge": found[1] >= asked[0],
        "le": found[0] <= asked[1],
    }[prefix]


_BOTH: Mapping[str, Parameter] = {
    "_id": Parameter("token", _token("id")),
    "patient": Parameter("reference", _patient),
    "patient.identifier": Parameter("token", _patient_identifier),
    "status": Parameter("token", _status),
    "date": Parameter("date", _date("date")),
    "isArchived": Parameter("token", _extension("pdsm-ext-is-archived", "valueBoolean")),
}
PARAMETERS: Mapping[str, Mapping[str, Parameter]] = {
    "DocumentReference": {
        **_BOTH,
        "identifier": Parameter("token", _token("masterIdentifier", "identifier")),
        "type": Parameter("token", _token("type")),
        "category": Parameter("token", _token("category")),
        "format": Parameter("token", _token("content.format")),
        "facility": Parameter("token", _token("context.facilityType")),
        "setting": Parameter("token", _token("context.practiceSetting")),
        "event": Parameter("token", _token("context.event")),
        "security-label": Parameter("token", _token("securityLabel")),
        "creation": Parameter("date", _date("content.attachment.creation")),
        "period": Parameter("date", _date("context.period.start", "context.period.end")),
        "period-start": Parameter("date", _date("context.period.start")),
        "period-end": Parameter("date", _date("context.period.end")),
        "related": Parameter("reference", _reference("context.related")),
        "relatesto": Parameter("reference", _reference("relatesTo.target")),
        "author.given": Parameter("string", _contained("Practitioner", "name.given")),
        "author.family": Parameter("string", _contained("Practitioner", "name.family")),
    },
    "List": {
        **_BOTH,
        "code": Parameter("token", _token("code")),
        "identifier": Parameter("token", _token("identifier")),
        "title": Parameter("string", _text("title")),
        "designationType": Parameter("token", _extension("ihe-designationType", "valueCodeableConcept")),
        "sourceId": Parameter("token", _extension("ihe-sourceId", "valueIdentifier")),
        "source.given": Parameter("string", _contained("Practitioner", "name.given")),
        "source.family": Parameter("string", _contained("Practitioner", "name.family")),
    },
}
