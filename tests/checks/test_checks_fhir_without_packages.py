"""On a fresh machine, without any package: the structure of a resource is judged as fhir.resources knows it, at its place."""

from __future__ import annotations

import json
import random
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from harness.checks import Judge
from harness.documents import read
from harness.errors import UnreadableDocument
from harness.exchange.pdsm.fhir_xml import to_xml
from harness.library import Library
from harness.library.fhir.definitions import Definitions
from harness.model import DocumentVerdict, Judgement, Severity

LIBRARY = Library.open()
JUDGE = Judge(LIBRARY, at=date(2026, 11, 28), now=datetime(2026, 11, 28, 12, tzinfo=UTC), definitions=Definitions())
SPECIMENS = {name: LIBRARY.path(name).read_bytes() for name in LIBRARY.files("profiles/fhir/**/specimens/*.json")}
REFERENCE: dict[str, Any] = {"status": "current", "content": [{"attachment": {"url": "Binary/1"}}]}

QUESTION = {"linkId": "2", "type": "string"}


def judged(data: bytes) -> Judgement:
    return JUDGE.judge(read(data, "resource"))


def errors(judgement: Judgement) -> list[tuple[str, str]]:
    return [(finding.rule, finding.location) for finding in judgement.findings if finding.severity is Severity.ERROR]


def resource(type: str, /, **elements: Any) -> bytes:
    return json.dumps({"resourceType": type, **elements}).encode()


def in_xml(inside: str) -> bytes:
    return f'<Patient xmlns="http://hl7.org/fhir">{inside}</Patient>'.encode()


@pytest.mark.parametrize("name", SPECIMENS)
def test_what_is_right_is_partly_judged_in_json_and_in_xml_and_the_command_that_brings_the_rest_is_named(name: str) -> None:
    for data in (SPECIMENS[name], to_xml(json.loads(SPECIMENS[name]))):
        judgement = judged(data)
        assert errors(judgement) == []
        assert judgement.verdict is DocumentVerdict.PARTIAL
        assert any("harness packages install" in said.en for said in judgement.not_judged)


WRONG: list[tuple[bytes, tuple[str, str]]] = [
    (resource("Patient", prenom="Anne"), ("FHIR-UNKNOWN-ELEMENT", "Patient.prenom")),
    (resource("Patient", contact=[{"nom": "x"}]), ("FHIR-UNKNOWN-ELEMENT", "Patient.contact[0].nom")),
    (resource("Patient", birthDate="03/02/1975"), ("FHIR-TYPE", "Patient.birthDate")),
    (resource("Patient", birthDate=1975), ("FHIR-TYPE", "Patient.birthDate")),
    (resource("Patient", active="true"), ("FHIR-TYPE", "Patient.active")),
    (resource("Patient", name={"family": "x"}), ("FHIR-TYPE", "Patient.name")),
    (resource("Patient", gender=["male"]), ("FHIR-TYPE", "Patient.gender[0]")),
    (resource("Patient", gender="homme"), ("FHIR-BINDING", "Patient.gender")),
    (resource("Patient", name=["x"]), ("FHIR-TYPE", "Patient.name[0]")),
    (resource("Patient", link=[{"type": "seealso"}]), ("FHIR-CARD", "Patient.link[0]")),
    (resource("Patient", deceasedBoolean=True, deceasedDateTime="2020"), ("FHIR-CHOICE", "Patient.deceasedDateTime")),
    (resource("Patient", deceasedString="x"), ("FHIR-TYPE", "Patient.deceasedString")),
    (resource("Patient", managingOrganization={"reference": "Patient/1"}), ("FHIR-REFERENCE", "Patient.managingOrganization")),
    (resource("Patient", contained=[{"resourceType": "Nobody"}]), ("FHIR-UNKNOWN-RESOURCE", "Patient.contained[0]")),
    (resource("Patient", text={"status": "generated", "div": "<p>x</p>"}), ("FHIR-NARRATIVE", "Patient.text.div")),
    (resource("Patient", _birthDate={}), ("FHIR-INVARIANT:ele-1", "Patient.birthDate")),
    (resource("DocumentReference", content=REFERENCE["content"]), ("FHIR-CARD", "DocumentReference")),
    (resource("DocumentReference", status="current"), ("FHIR-CARD", "DocumentReference")),
    (resource("DocumentReference", **REFERENCE, status2="x"), ("FHIR-UNKNOWN-ELEMENT", "DocumentReference.status2")),
    (resource("MedicationStatement", status="active", subject={"display": "x"}), ("FHIR-CARD", "MedicationStatement")),
    (resource("Bundle", entry=[]), ("FHIR-CARD", "Bundle")),
    (
        resource("Bundle", type="document", entry=[{"resource": {"resourceType": "Patient"}}]),
        ("FHIR-INVARIANT:bdl-11", "Bundle.entry[0]"),
    ),
    (
        resource("Bundle", type="collection", entry=[{"fullUrl": "urn:uuid:1", "resource": {"resourceType": "Patient", "id": 5}}]),
        ("FHIR-TYPE", "Bundle.entry[0].resource.id"),
    ),
    (resource("Patiente"), ("FHIR-UNKNOWN-RESOURCE", "Patiente")),
    (resource("HumanName", family="x"), ("FHIR-UNKNOWN-RESOURCE", "HumanName")),
    (resource("DomainResource"), ("FHIR-UNKNOWN-RESOURCE", "DomainResource")),
    (resource("Citation", status="draft"), ("FHIR-UNKNOWN-RESOURCE", "Citation")),  # of R4B
    (
        b'<Patient xmlns="http://hl7.org/fhir"><birthDate value="1975"/><active value="true"/></Patient>',
        ("FHIR-ORDER", "Patient.active"),
    ),
    (b'<Patient xmlns="http://hl7.org/fhir"><active value="yes"/></Patient>', ("FHIR-TYPE", "Patient.active")),
]


@pytest.mark.parametrize(("data", "expected"), WRONG)
def test_what_is_wrong_in_the_structure_is_an_error_at_its_place(data: bytes, expected: tuple[str, str]) -> None:
    judgement = judged(data)
    assert expected in errors(judgement)
    assert judgement.verdict is DocumentVerdict.FAIL


@pytest.mark.parametrize(
    "data",
    [
        resource("Observation", status="final", code={"text": "x"}, component=[{"code": {"text": "y"}, "valueInteger": 1}]),
        resource("Questionnaire", status="active", item=[{"linkId": "1", "type": "group", "item": [QUESTION]}]),
        resource("Parameters", parameter=[{"name": "a", "part": [{"name": "b", "valueMeta": {"tag": [{"code": "x"}]}}]}]),
        resource(
            "CapabilityStatement",
            status="active",
            date="2026",
            kind="requirements",
            fhirVersion="4.0.1",
            format=["json", "xml", "application/fhir+xml"],
        ),
        resource("Encounter", status="finished", **{"class": {"code": "AMB"}}),
        resource("Patient", _birthDate={"extension": [{"url": "http://example.org/x", "valueCode": "unknown"}]}),
        resource(
            "Composition",
            status="final",
            type={"text": "x"},
            date="2026",
            author=[{"display": "x"}],
            title="x",
            section=[{"title": "a", "section": [{"title": "b", "section": [{"title": "c"}]}]}],
        ),
    ],
)
def test_what_is_right_has_no_error_whatever_its_shape(data: bytes) -> None:
    assert errors(judged(data)) == []


@pytest.mark.parametrize(
    "data", [resource("MedicinalProduct"), resource("Patient", contained=[{"resourceType": "Evidence", "id": "e"}])]
)
def test_what_the_models_do_not_know_of_r4_is_said_and_no_error(data: bytes) -> None:
    judgement = judged(data)
    assert [rule for rule, _ in errors(judgement) if rule.startswith("FHIR-UNKNOWN")] == []
    assert any("R4B no longer has" in said.en for said in judgement.not_judged)


def test_bytes_changed_at_random_are_judged_or_refused_and_never_stop_the_harness() -> None:
    chance = random.Random(20261128)
    parts = [
        b"null",
        b"{}",
        b"[]",
        b'""',
        b"1e400",
        b"-0",
        b"\\ud800",
        b"\xff",
        b"\0",
        b'"resourceType":"Bundle",',
        b"true",
        b"[[]]",
    ]
    texts = [*SPECIMENS.values(), *(to_xml(json.loads(data)) for data in SPECIMENS.values())]
    verdicts = set()
    for _ in range(200):
        data = bytearray(chance.choice(texts))
        for _ in range(chance.choice((1, 1, 2, 5))):
            at = chance.randrange(len(data))
            data[at : at + chance.choice((0, 1, 1, 40))] = chance.choice(
                [*parts, bytes([chance.randrange(256)]), data[at : at + 9]]
            )
        try:
            verdicts.add(judged(bytes(data)).verdict)
        except UnreadableDocument as error:
            assert error.message.fr != error.message.en
            verdicts.add("refused")
    assert {DocumentVerdict.FAIL, DocumentVerdict.PARTIAL, "refused"} <= verdicts


def test_packages_without_r4_itself_do_not_change_that(tmp_path: Path) -> None:
    alone = Definitions().with_resources(
        [("x.json", {"resourceType": "ValueSet", "url": "http://example.org/x", "compose": {"include": [{"system": "urn:x"}]}})]
    )
    judge = Judge(LIBRARY, at=date(2026, 11, 28), now=datetime(2026, 11, 28, tzinfo=UTC), definitions=alone)
    assert errors(judge.judge(read(resource("Patient", prenom="Anne"), "p.json"))) == [("FHIR-UNKNOWN-ELEMENT", "Patient.prenom")]
