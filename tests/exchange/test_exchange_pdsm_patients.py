"""A message names its patient as the system that receives it can follow: by its own Patient, by one that comes along, or by INS."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest
from exchange_documents import ASSOCIATIONS, PATIENT, cda
from exchange_replies import searchset

from harness.exchange import open_client
from harness.exchange.pdsm import Simulator
from harness.exchange.pdsm.bundle import provide_bundle
from harness.exchange.pdsm.content import JSON
from harness.exchange.pdsm.expectations import EXPECTATIONS
from harness.exchange.pdsm.patients import Patients, include
from harness.exchange.pdsm.reference.responses import Responses
from harness.exchange.pdsm.simplified import simplified_publish
from harness.exchange.pdsm.submission_sets import PLAIN_SUBMISSION
from harness.library import Library
from harness.model import Endpoint, Exchange, Request, Response, Text

SYSTEM, _, VALUE = PATIENT.partition("|")
OURS = {"resourceType": "Patient", "id": "p1", "identifier": [{"system": SYSTEM, "value": VALUE}]}
NEIGHBOUR = {"resourceType": "Patient", "id": "p2", "identifier": [{"system": SYSTEM, "value": "1"}]}


class Register:
    """Answers each question for a Patient with one body, and counts them."""

    def __init__(self, body: Mapping[str, Any] | bytes, status: int = 200, failure: Text | None = None) -> None:
        self.asked: list[str] = []
        self._answer = (status, body if isinstance(body, bytes) else json.dumps(body).encode(), failure)

    def ask(self, address: str, seconds: float) -> Exchange:
        assert 0 < seconds <= 5
        self.asked.append(address)
        status, body, failure = self._answer
        response = Response(status, {"Content-Type": JSON}, body)
        return Exchange("x", "pdsm", "PATIENT", Request("GET", "", {}), response, datetime.now(UTC), 0.0, failure)


def subjects(message: Mapping[str, Any]) -> set[str]:
    """What the subjects of a message refer to; empty where it is to nothing but an identifier."""
    return {entry["resource"]["subject"].get("reference", "") for entry in message["entry"] if "subject" in entry["resource"]}


def test_the_patient_that_the_system_has_is_referred_to_and_asked_for_once() -> None:
    register, patients = Register(searchset(NEIGHBOUR, OURS)), Patients()
    for _ in range(2):
        message = provide_bundle([cda()], ASSOCIATIONS)
        patients.name_in(message, register.ask, 30)
        assert subjects(message) == {"Patient/p1"}
        assert message["entry"][1]["resource"]["subject"]["identifier"]["value"] == VALUE
    assert register.asked == [f"Patient?identifier={PATIENT}"]


@pytest.mark.parametrize(
    "register",
    [
        Register({"resourceType": "OperationOutcome"}, 404),
        Register(b"<html>"),
        Register(searchset(OURS), failure=Text("coupé", "cut")),
        Register(searchset(NEIGHBOUR)),
        Register(searchset(OURS, {**OURS, "id": "p9"})),
        Register(searchset()),
    ],
    ids=["not served", "no FHIR", "cut", "another patient", "two of them", "unknown"],
)
def test_a_patient_that_the_system_does_not_give_is_named_by_ins_alone(register: Register) -> None:
    patients = Patients()
    for _ in range(2):
        message = provide_bundle([cda()], ASSOCIATIONS)
        patients.name_in(message, register.ask, 30)
        assert subjects(message) == {""}
    assert len(register.asked) == 1


def test_a_system_that_asks_to_come_back_later_is_asked_once_for_each_message() -> None:
    patients, busy = Patients(), Register({"resourceType": "OperationOutcome"}, 429)
    patients.name_in(provide_bundle([cda()], ASSOCIATIONS), busy.ask, 30)
    assert len(busy.asked) == 1
    message = provide_bundle([cda()], ASSOCIATIONS)
    patients.name_in(message, Register(searchset(OURS)).ask, 30)
    assert subjects(message) == {"Patient/p1"}


def test_a_simplified_publication_names_the_patient_too() -> None:
    resource = simplified_publish(cda(), ASSOCIATIONS, PLAIN_SUBMISSION)
    Patients().name_in(resource, Register(searchset(OURS)).ask, 30)
    assert resource["subject"]["reference"] == "Patient/p1"


def test_a_patient_that_comes_along_is_created_unless_it_is_there() -> None:
    message = provide_bundle([cda()], ASSOCIATIONS)
    include(message)
    along = message["entry"][-1]
    assert along["request"] == {"method": "POST", "url": "Patient", "ifNoneExist": f"identifier={PATIENT}"}
    assert along["resource"]["birthDate"] and "id" not in along["resource"]
    assert subjects(message) == {along["fullUrl"]}


@pytest.mark.parametrize(
    ("status", "headers", "body", "named"),
    [
        (201, {"Location": "http://ex.example/fhir/Patient/7/_history/1"}, b"", "Patient/7"),
        (201, {"Content-Type": JSON}, json.dumps({**OURS, "id": "7"}).encode(), "Patient/7"),
        (200, {"Content-Location": "x", "Content-Type": JSON}, json.dumps(OURS).encode(), "Patient/p1"),
        (201, {}, b"", ""),
        (405, {"Location": "Patient/7"}, b"", ""),
    ],
    ids=["minimal", "whole", "there already", "without a word", "refused"],
)
def test_a_system_that_wants_each_patient_is_sent_the_one_that_a_simplified_publication_cannot_carry(
    status: int, headers: dict[str, str], body: bytes, named: str
) -> None:
    sent: list[tuple[Mapping[str, Any], str]] = []

    def create(patient: Mapping[str, Any], criteria: str, seconds: float) -> Exchange:
        sent.append((patient, criteria))
        request, response = Request("POST", "", {}), Response(status, headers, body)
        return Exchange("x", "pdsm", "PATIENT", request, response, datetime.now(UTC), 0.0, None)

    patients, register = Patients(), Register(searchset())
    for _ in range(2):
        resource = simplified_publish(cda(), ASSOCIATIONS, PLAIN_SUBMISSION)
        patients.name_in(resource, register.ask, 30, create)
        assert resource["subject"].get("reference", "") == named
    ((patient, criteria),) = sent
    assert criteria == f"identifier={PATIENT}"
    assert patient["resourceType"] == "Patient" and patient["birthDate"] and "id" not in patient
    assert patients.lacks(PATIENT) is not bool(named)


def test_a_system_without_patients_that_refuses_one_is_not_said_to_lack_it() -> None:
    patients, refusing = Patients(), Register({"resourceType": "OperationOutcome"}, 404)
    resource = simplified_publish(cda(), ASSOCIATIONS, PLAIN_SUBMISSION)
    patients.name_in(resource, refusing.ask, 30, lambda _patient, criteria, seconds: refusing.ask(criteria, seconds))
    assert len(refusing.asked) == 2 and "reference" not in resource["subject"]
    assert not patients.lacks(PATIENT)


def test_a_search_after_a_submission_by_ins_alone_says_that_the_system_has_no_such_patient(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = Responses.resource

    def respond(self: Responses, request: Request, status: int, resource: Any, headers: Any = None) -> Response:
        is_register = "/Patient?" in request.url
        return kept(self, request, 200 if is_register else status, searchset() if is_register else resource, headers)

    query = {"patient.identifier": PATIENT, "status": "current"}
    for serves_patients in (False, True):
        if serves_patients:
            monkeypatch.setattr(Responses, "resource", respond)
        with Simulator() as simulator:
            client = open_client(Endpoint("pdsm", simulator.url), Library.open())
            client.perform("ITI-65", {"document": cda()}, 10)
            assert client.perform("ITI-67", {"query": query}, 10).facts["unknown_patient"] is serves_patients
            other = client.perform("ITI-67", {"query": {**query, "patient.identifier": f"{SYSTEM}|1"}}, 10)
            assert other.facts["unknown_patient"] is False


def test_a_patient_that_was_there_already_is_answered_by_200() -> None:
    with Simulator() as simulator:
        client = open_client(Endpoint("pdsm", simulator.url, options={"patients": "bundle"}), Library.open())
        reply = client.perform("ITI-65", {"document": cda()}, 10)
    assert EXPECTATIONS["entries"](reply, "all-2xx") is None
    body = reply.facts["resource"]
    body["entry"][-1] = {"response": {"status": "200 OK"}}
    assert EXPECTATIONS["entries"](reply, "all-2xx") is None
    body["entry"][0] = {"response": {"status": "200 OK", "location": "List/1"}}
    assert EXPECTATIONS["entries"](reply, "all-2xx") is not None


def test_what_is_asked_for_a_patient_is_evidence_and_no_answer() -> None:
    with Simulator() as simulator:
        reply = open_client(Endpoint("pdsm", simulator.url), Library.open()).perform("ITI-65", {"document": cda()}, 10)
    assert [exchange.transaction for exchange in reply.before] == ["PATIENT"]
    assert reply.others == () and reply.facts["status"] == 200
