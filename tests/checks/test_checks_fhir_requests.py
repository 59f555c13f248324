"""What the requests of a batch or a transaction ask of one another, and of what they send."""

from __future__ import annotations

from typing import Any

import pytest
from fhir_small import element, outcome, structure, told

from harness.model import Severity

URN = "urn:uuid:2b90dd2b-2dab-4c75-9bb9-a355e07401e{}"
BINARY = structure("Binary", element("Binary.contentType", 1, "1", "code"))
Entry = dict[str, Any]


def asked(method: str, url: str, resource: Entry | None = None, **request: str) -> Entry:
    content = {"request": {"method": method, "url": url, **request}}
    return content if resource is None else content | {"resource": resource}


def patient(id_: str = "1") -> Entry:
    return {"resourceType": "Patient", "id": id_}


PUT, DELETE = asked("PUT", "Patient/1", patient()), asked("DELETE", "Patient/1")
PATCH = asked("PATCH", "Patient/1", {"resourceType": "Binary", "contentType": "application/json-patch+json"})


def errors(kind: str, *entries: Entry) -> list[str]:
    """Places of what is told of a Bundle."""
    bundle = {"resourceType": "Bundle", "type": kind, "entry": list(entries)}
    return [place.removeprefix("Bundle.") for rule, place in told(bundle, BINARY) if rule in ("FHIR-BUNDLE", "FHIR-REFERENCE")]


def warnings(kind: str, *entries: Entry) -> list[str]:
    found = outcome({"resourceType": "Bundle", "type": kind, "entry": list(entries)}).remarks
    return [
        one.node.path.removeprefix("Bundle.") for one in found if one.rule == "FHIR-BUNDLE" and one.severity is Severity.WARNING
    ]


@pytest.mark.parametrize(
    ("entries", "found"),
    [
        ((PUT, PUT), ["entry[1].request"]),
        ((PUT, DELETE), ["entry[1].request"]),
        ((PUT, PATCH), ["entry[1].request"]),
        ((PATCH, PATCH), []),  # two parts of a whole
        ((PUT, asked("PUT", "Patient/2", patient("2"))), []),
        ((PUT, asked("GET", "Patient/1")), []),  # what is read is read at the end
        ((PUT, asked("PUT", "Patient?identifier=1", patient())), []),  # what a search finds is not known
        ((asked("POST", "Patient", patient()), asked("POST", "Patient", patient())), []),
    ],
)
def test_a_transaction_asks_one_thing_of_each_resource(entries: tuple[Entry, ...], found: list[str]) -> None:
    assert errors("transaction", *entries) == found
    assert errors("batch", *entries) == []


@pytest.mark.parametrize(
    ("condition", "wrong"),
    [
        ("Patient?identifier=a|b", True),
        ("?identifier=a|b", True),
        ("identifier=a|b", False),
        ("identifier=http://a.example/x?y|b", False),
    ],
)
def test_a_condition_is_what_follows_the_question_mark(condition: str, wrong: bool) -> None:
    found = errors("transaction", asked("POST", "Patient", patient(), ifNoneExist=condition))
    assert found == ["entry[0].request.ifNoneExist"] * wrong


@pytest.mark.parametrize(("method", "url", "warned"), [("POST", "Patient", False), ("PUT", "Patient/1", True)])
def test_a_condition_on_what_is_there_is_of_a_creation(method: str, url: str, warned: bool) -> None:
    entry = asked(method, url, patient("1"), ifNoneExist="identifier=a|b")
    assert warnings("transaction", entry) == ["entry[0].request.ifNoneExist"] * warned


def test_a_patch_is_no_resource_of_the_server() -> None:
    assert errors("transaction", PATCH) == []
    assert errors("transaction", asked("PATCH", "Patient/1", patient())) == ["entry[0].request"]


@pytest.mark.parametrize(
    ("subject", "wrong"),
    [(URN.format(1), True), ("Patient/1", False), ("https://a.example/fhir/Patient/1", False), (URN.format(2), False)],
)
def test_nothing_in_a_batch_refers_to_what_the_batch_creates(subject: str, wrong: bool) -> None:
    created = {"fullUrl": URN.format(1), **asked("POST", "Patient", patient())}
    kept = {"fullUrl": URN.format(2), **asked("PUT", "Patient/2", patient("2"))}
    observed = asked("POST", "Observation", {"resourceType": "Observation", "subject": {"reference": subject}})
    assert errors("batch", created, kept, observed) == ["entry[2].resource.subject"] * wrong
    assert errors("transaction", created, kept, observed) == []


@pytest.mark.parametrize(("kind", "warned"), [("transaction", False), ("batch", True), ("collection", True)])
def test_a_search_stands_for_what_it_finds_in_a_transaction_alone(kind: str, warned: bool) -> None:
    observed = {"resourceType": "Observation", "id": "o", "subject": {"reference": "Patient?identifier=urn:oid:1.2|3"}}
    entry = {"fullUrl": "https://a.example/fhir/Observation/o", **asked("PUT", "Observation/o", observed)}
    found = outcome({"resourceType": "Bundle", "type": kind, "entry": [entry]}).remarks
    assert [one.node.path for one in found if one.rule == "FHIR-REFERENCE"] == ["Bundle.entry[0].resource.subject"] * warned


@pytest.mark.parametrize(
    ("url", "warned"),
    [
        ("https://a.example/fhir/Patient/1", True),
        ("http://a.example/fhir/Patient/1", True),
        ("Patient/1", False),
        ("/Patient/1", False),
        ("Patient?identifier=https://a.example/ids|1", False),
        ("", False),  # the root itself
        ("metadata", False),
        ("Metadata", True),
    ],
)
def test_an_address_that_is_asked_is_relative_to_that_of_the_server(url: str, warned: bool) -> None:
    for kind in ("batch", "transaction"):
        found = outcome({"resourceType": "Bundle", "type": kind, "entry": [asked("GET", url)]}).remarks
        assert [one.node.path for one in found if one.rule == "FHIR-BUNDLE"] == ["Bundle.entry[0].request.url"] * warned


@pytest.mark.parametrize(
    ("tag", "warned"), [("3", True), ("W/3", True), ('W/"3"', False), ('"3"', False), ("*", False), ('W/"3", W/"4"', False)]
)
def test_a_version_is_asked_for_by_its_etag(tag: str, warned: bool) -> None:
    entry = asked("PUT", "Patient/1", patient(), ifMatch=tag)
    assert warnings("transaction", entry) == ["entry[0].request.ifMatch"] * warned
    assert warnings("batch-response", {"response": {"status": "200", "etag": tag}}) == ["entry[0].response.etag"] * warned


@pytest.mark.parametrize(
    ("kind", "response", "warned"),
    [
        ("transaction-response", {"status": "201 Created"}, True),
        ("batch-response", {"status": "201"}, True),
        ("batch-response", {"status": "201", "location": "Patient/1/_history/1"}, False),
        ("transaction-response", {"status": "200 OK"}, False),
        ("history", {"status": "201"}, False),
    ],
)
def test_what_is_created_has_a_location(kind: str, response: Entry, warned: bool) -> None:
    assert warnings(kind, {"response": response}) == ["entry[0].response"] * warned
    absent = {"extension": [{"url": "http://hl7.org/fhir/StructureDefinition/data-absent-reason", "valueCode": "masked"}]}
    assert warnings(kind, {"response": {**response, "_location": absent}}) == []


@pytest.mark.parametrize(
    ("relation", "url", "warned"),
    [
        ("next", "a/Slot?page=1", True),
        ("previous", "a/Slot?page=1", False),  # where self is the search, the first page has its address
        ("next", "a/Slot?page=2", False),
        ("first", "a/Slot?page=1", False),
    ],
)
def test_the_next_page_is_another(relation: str, url: str, warned: bool) -> None:
    links = [{"relation": "self", "url": "a/Slot?page=1"}, {"relation": relation, "url": url}]
    found = outcome({"resourceType": "Bundle", "type": "searchset", "link": links}).remarks
    assert [one.node.path for one in found if one.rule == "FHIR-BUNDLE"] == ["Bundle.link[1]"] * warned


SERVER = "https://one.example/fhir/"


def searched(query: str, *found: tuple[Entry, str]) -> list[str]:
    """Places of the warnings on what a search has found, in its modes."""
    entries = [
        {"fullUrl": f"{SERVER}{one['resourceType']}/{one['id']}", "resource": one, "search": {"mode": mode}} for one, mode in found
    ]
    link = [{"relation": "self", "url": SERVER + query}]
    remarks = outcome({"resourceType": "Bundle", "type": "searchset", "link": link, "entry": entries}).remarks
    return [one.node.path.removeprefix("Bundle.") for one in remarks if one.severity is Severity.WARNING]


def fact(subject: str) -> Entry:
    return {"resourceType": "Observation", "id": "o", "subject": {"reference": subject}}


@pytest.mark.parametrize(
    ("query", "subject", "is_told"),
    [
        ("Observation?patient=1", "Patient/2", True),
        ("Observation?subject=Patient/1&code=a", f"{SERVER}Patient/2", True),
        ("Observation?patient=Patient%2F1,Patient%2F2", "Patient/2", False),
        ("Observation?patient=1", "Patient/1/_history/3", False),
        ("Observation?patient=1", "Group/2", False),
        ("Observation?patient.identifier=1", "Patient/2", False),
        ("Observation?patient:missing=false", "Patient/2", False),
        ("Observation?patient=1&patient=2", "Patient/2", False),
        ("Observation", "Patient/2", False),
    ],
)
def test_what_is_searched_of_a_patient_is_of_that_patient(query: str, subject: str, is_told: bool) -> None:
    assert searched(query, (fact(subject), "match")) == ["entry[0].resource.subject"] * is_told
    assert searched(query, (fact("Patient/1"), "match"), (fact(subject) | {"id": "p"}, "include")) == ["entry[1]"]


@pytest.mark.parametrize(
    ("joined", "is_told"),
    [
        (patient("1"), False),
        (patient("2"), True),
        (fact("Patient/2") | {"id": "p"}, True),
        ({"resourceType": "Observation", "id": "p", "hasMember": [{"reference": "Observation/o"}]}, False),
        (patient("2") | {"url": "https://one.example/a"}, False),  # what has a canonical
    ],
)
def test_what_is_joined_is_linked_to_what_was_found(joined: Entry, is_told: bool) -> None:
    found = fact("Patient/1")
    assert searched("Observation", (found, "match"), (joined, "include")) == ["entry[1]"] * is_told
    named = found | {"subject": {"identifier": {"value": "2"}}}
    assert searched("Observation", (named, "match"), (joined, "include")) == []
