"""What is held against a system as invalid R4 is what R4 itself asks, and no more."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from harness.exchange import Reply
from harness.library import Library
from harness.library.fhir.definitions import Definitions
from harness.model import Exchange, Request, Response, Verdict
from harness.runner.outcomes import Outcome
from harness.runner.validity import Validity, of_r4, profile_meant

AT = datetime(2026, 11, 24, tzinfo=UTC)

BASE = "http://hl7.org/fhir/StructureDefinition/"
LOOSE = [
    {"resourceType": "StructureDefinition", "url": BASE + name, "version": version, "type": "Extension", "kind": "complex-type"}
    for name, version in (("Bundle", "4.0.1"), ("patient-birthPlace", "4.0.1"), ("operationoutcome-issue-col", "5.3.0"))
]


@pytest.mark.parametrize(
    ("requirement", "expected"),
    [
        (BASE + "Bundle#Bundle.type", True),
        (BASE + "patient-birthPlace#Extension.value[x]", True),
        (BASE + "operationoutcome-issue-col#Extension.value[x]", False),
        ("https://ex.example/StructureDefinition/mine#Patient.name", False),
        ("FHIR-FORMAT", True),
    ],
)
def test_an_extension_that_hl7_publishes_apart_is_not_r4(requirement: str, expected: bool) -> None:
    resources: list[tuple[str, dict[str, Any]]] = [(f"{number}.json", one) for number, one in enumerate(LOOSE)]
    assert of_r4(requirement, Definitions().with_resources(resources)) is expected


def test_without_any_package_what_is_asked_is_r4() -> None:
    assert of_r4(BASE + "DocumentReference", Definitions())


def answering(resource: dict[str, Any]) -> Reply:
    response = Response(200, {"Content-Type": "application/fhir+json"}, json.dumps(resource).encode())
    return Reply(Exchange("x", "pdsm", "READ", Request("GET", "http://ex.example/fhir", {}), response, AT, 0.0))


def found(*resources: dict[str, Any]) -> Reply:
    """A searchset of these resources."""
    entries = [{"fullUrl": f"http://ex.example/fhir/Basic/{one.get('id', 'x')}", "resource": one} for one in resources]
    return answering({"resourceType": "Bundle", "type": "searchset", "total": len(resources), "entry": entries})


def test_a_resource_that_a_system_keeps_is_held_against_the_scenario_that_met_it_first(monkeypatch: pytest.MonkeyPatch) -> None:
    """Those that come later meet it again; what is wrong in another one, or in another place of it, is theirs."""
    monkeypatch.setattr(Definitions, "open", lambda **_: Definitions())
    validity = Validity(Library.open(), AT)

    def basic(id: str, **wrong: Any) -> dict[str, Any]:
        return {"resourceType": "Basic", "id": id, "code": {"text": "x"}, **wrong}

    kept, other = basic("1", unheard="x"), basic("2", unheard="x")
    assert validity.weigh(found(kept), "r4", "first").verdict is Verdict.FAIL
    assert validity.weigh(found(kept), "r4", "first").verdict is Verdict.FAIL
    later = validity.weigh(found(basic("3"), kept), "r4", "second")
    assert later.verdict is Verdict.PASS
    assert any("Basic/1" in finding.message.en and "first" in finding.message.en for finding in later.findings)
    worse = [validity.weigh(one, "r4", "second") for one in (found(kept, other), found(basic("1", unheard="x", strange="x")))]
    assert [(one.verdict, len(one.findings)) for one in worse] == [(Verdict.FAIL, 1)] * 2
    nameless = {name: value for name, value in kept.items() if name != "id"}
    assert [validity.weigh(found(nameless), "r4", name).verdict for name in ("a", "b")] == [Verdict.FAIL] * 2


def test_a_search_about_one_match_is_judged_on_that_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """The others may be what a submission that had to be refused has left; what is wrong in the answer itself is told."""
    monkeypatch.setattr(Definitions, "open", lambda **_: Definitions())
    wrong, right = ({"resourceType": "Basic", "id": id, "code": {"text": "x"}} for id in ("1", "2"))
    wrong["unheard"] = "x"

    def weighed(own: str, pick: str = "1.2.3") -> Outcome:
        facts = {"searched": "Basic", "pick": pick, **({"document_reference": own} if own else {})}
        return Validity(Library.open(), AT).weigh(replace(found(wrong, right), facts=facts), "r4", "one")

    assert weighed("").verdict is Verdict.PASS  # the one that it is about is not there, which is for others to tell
    assert weighed("", pick="").verdict is Verdict.FAIL
    about_right, about_wrong = weighed("Basic/2"), weighed("Basic/1")
    assert about_right.verdict is Verdict.PASS
    assert any("Basic/1" in finding.message.en for finding in about_right.findings)
    many = found(*({**wrong, "id": f"a{at}"} for at in range(9)), right)
    told = Validity(Library.open(), AT).weigh(
        replace(many, facts={"searched": "Basic", "document_reference": "Basic/2"}), "r4", "one"
    )
    assert sum("Basic/a" in one.message.en for one in told.findings) == 1
    assert any("Basic/a0, Basic/a1, Basic/a2 and 6 more" in one.message.en for one in told.findings)
    assert about_wrong.verdict is Verdict.FAIL
    assert "(Basic/1)" in about_wrong.message.en and not about_wrong.message.en.endswith("..")


def test_what_is_asked_of_any_patient_is_not_asked_by_the_profile_of_an_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    """A matricule without its traits breaks the Référentiel INS, and not the profile."""
    mine = "https://ex.example/StructureDefinition/mine"
    profile = {
        "resourceType": "StructureDefinition",
        "url": mine,
        "type": "Patient",
        "kind": "resource",
        "derivation": "constraint",
        "snapshot": {"element": [{"id": "Patient", "path": "Patient", "min": 0, "max": "*"}]},
    }
    definitions = Definitions().with_resources([("mine.json", profile)])
    monkeypatch.setattr(Definitions, "open", lambda **_: definitions)
    patient = {"resourceType": "Patient", "identifier": [{"system": "urn:oid:1.2.250.1.213.1.4.10", "value": "279035121518989"}]}
    reply = answering(patient)
    assert Validity(Library.open(), AT).weigh(reply, mine, "one").verdict is Verdict.PASS


@pytest.mark.parametrize(
    ("asked", "meant"),
    [
        ("https://ex.example/StructureDefinition/find-lists-response", None),
        ("https://ex.example/StructureDefinition/find-lsts-response", "https://ex.example/StructureDefinition/find-lists-response"),
        ("htps://ex.example/StructureDefinition/find-lists-response", "https://ex.example/StructureDefinition/find-lists-response"),
        ("https://other.example/StructureDefinition/own", None),
        ("r4", None),
    ],
)
def test_a_profile_that_no_package_gives_and_that_is_nearly_one_is_a_slip(
    monkeypatch: pytest.MonkeyPatch, asked: str, meant: str | None
) -> None:
    profile = {
        "resourceType": "StructureDefinition",
        "url": "https://ex.example/StructureDefinition/find-lists-response",
        "type": "Bundle",
        "kind": "resource",
        "derivation": "constraint",
        "snapshot": {"element": [{"id": "Bundle", "path": "Bundle", "min": 0, "max": "*"}]},
    }
    definitions = Definitions().with_resources([("mine.json", profile)])
    monkeypatch.setattr(Definitions, "open", lambda **_: definitions)
    assert profile_meant(asked, Library.open()) == meant
