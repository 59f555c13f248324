"""Metadata of a message that belie the document in it are warned of; those that agree, or say more, are not."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest
from exchange_documents import ASSOCIATIONS, cda

from harness.exchange.pdsm.bundle import provide_bundle
from harness.exchange.pdsm.content import JSON
from harness.exchange.pdsm.reference.agreement import disagreements
from harness.exchange.pdsm.reference.endpoint import ReferenceEndpoint
from harness.exchange.pdsm.reference.receiving import check_message
from harness.exchange.pdsm.simplified import attachment_of
from harness.model import Request, Severity

OTHER = "277076322082910"


def edited(change: Callable[[Any, Any], object]) -> dict[str, Any]:
    """change: given the submission set and the DocumentReference of a message."""
    message = provide_bundle([cda()], ASSOCIATIONS)
    change(message["entry"][0]["resource"], message["entry"][1]["resource"])
    return message


def places(message: dict[str, Any]) -> list[str]:
    return [one.location.partition(".resource.")[2] for one in disagreements(message, ASSOCIATIONS)]


def of_another(resource: Any) -> None:
    resource["subject"] = {"identifier": {"system": "urn:oid:1.2.250.1.213.1.4.10", "value": OTHER}}
    resource["contained"] = [one for one in resource["contained"] if one["resourceType"] != "Patient"]


@pytest.mark.parametrize(
    ("change", "place"),
    [
        (lambda _, one: one["masterIdentifier"].update(value="urn:oid:2.25.9"), "masterIdentifier"),
        (lambda _, one: of_another(one), "subject"),
        (lambda _, one: one["subject"]["identifier"].update(value=OTHER), "subject"),
        (lambda whole, _: of_another(whole), "subject"),
        (lambda _, one: one["type"]["coding"][0].update(code="11490-0"), "type"),
        (lambda _, one: one["securityLabel"][0]["coding"][0].update(code="R"), "securityLabel"),
        (lambda _, one: attachment_of(one).update(creation="2026-11-29T10:00:00+01:00"), "content[0].attachment.creation"),
        (lambda _, one: attachment_of(one).update(language="en-US"), "content[0].attachment.language"),
        (lambda _, one: attachment_of(one).update(contentType="application/pdf"), "content[0].attachment.contentType"),
    ],
)
def test_what_belies_the_document_is_warned_of(change: Callable[[Any, Any], object], place: str) -> None:
    assert place in places(edited(change))


@pytest.mark.parametrize(
    "change",
    [
        lambda *_: None,
        lambda _, one: one["securityLabel"].append({"coding": [{"code": "MASQUE_PS"}]}),
        lambda _, one: attachment_of(one).update(creation="2026-01-15T09:30:00Z", language="fr"),
        lambda _, one: one.update(subject={"reference": "Patient/12"}),
        lambda whole, one: (whole.update(subject={"reference": "Patient/12"}), one.pop("language", None)),
        lambda _, one: attachment_of(one).update(url="urn:uuid:elsewhere"),
        lambda _, one: attachment_of(one).update(title="Un autre titre"),
    ],
)
def test_what_agrees_or_says_more_is_not(change: Callable[[Any, Any], object]) -> None:
    assert places(edited(change)) == []


def test_a_document_that_is_no_cda_says_nothing() -> None:
    message = provide_bundle([cda()], ASSOCIATIONS)
    message["entry"][2]["resource"]["data"] = "JVBERi0xLjQ="
    assert places(message) == []


def test_the_message_is_accepted_and_its_sender_told() -> None:
    message = edited(lambda _, one: one["type"]["coding"][0].update(code="11490-0"))
    endpoint = ReferenceEndpoint("http://host/fhir", associations=ASSOCIATIONS)
    answer = endpoint.answer(Request("POST", "/fhir", {"Content-Type": JSON}, json.dumps(message).encode()))
    assert (answer.response.status, [(one.rule, one.severity) for one in answer.findings]) == (
        200,
        [("PDSM-METADATA", Severity.WARNING)],
    )


@pytest.mark.parametrize(
    "change",
    [
        lambda one: one.update(docStatus="final"),
        lambda one: attachment_of(one).update(data="eA=="),
        lambda one: one["content"].append(copy.deepcopy(one["content"][0])),
    ],
    ids=["docStatus", "the document twice", "two contents"],
)
def test_what_the_profile_excludes_is_refused(change: Callable[[Any], object]) -> None:
    message = edited(lambda _, one: change(one))
    assert {one.rule for one in check_message(message, lambda name: False)} == {"PDSM-CARDINALITY"}


@pytest.mark.parametrize(("element", "value"), [("mode", "changes"), ("status", "retired")])
def test_a_submission_set_of_another_mode_or_status_is_refused(element: str, value: str) -> None:
    [found] = check_message(edited(lambda whole, _: whole.update({element: value})), lambda name: False)
    assert (found.rule, found.location) == ("PDSM-CARDINALITY", f"Bundle.entry[0].resource.{element}")
