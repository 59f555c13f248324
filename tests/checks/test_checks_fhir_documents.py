"""What a document Bundle holds is named by its Composition, and is about its patient."""

from __future__ import annotations

from typing import Any

import pytest
from fhir_small import BASE, element, outcome, reference, structure

from harness.checks.fhir.remarks import Remarks
from harness.model import Severity

_URN = "urn:uuid:0000000{}-7d9f-41e2-a6b4-d8a3f7e2b6c4"
COMPOSITION, PATIENT, FACT, OTHER = (_URN.format(number) for number in range(4))
PROVENANCE = structure("Provenance", element("Provenance.target", 1, "*", reference(BASE + "Resource")))
Resource = dict[str, Any]


def of(subject: str) -> Resource:
    contained = [{"resourceType": "Patient", "id": "self"}] if subject == "#self" else []
    return {"resourceType": "Observation", "id": "o", "contained": contained, "subject": {"reference": subject}}


def remarks(said: Resource, *others: tuple[str, Resource], known: Resource | None = None, **of_bundle: Any) -> Remarks:
    """Of a document whose Composition says this, with further entries. known: what its Patient says."""
    composition = {"resourceType": "Composition", "id": "c", "subject": {"reference": PATIENT}} | said
    first = [(COMPOSITION, composition), (PATIENT, {"resourceType": "Patient", "id": "p"} | (known or {}))]
    entries = [{"fullUrl": url, "resource": resource} for url, resource in [*first, *others]]
    return outcome({"resourceType": "Bundle", "type": "document", "entry": entries} | of_bundle, PROVENANCE).remarks


def warned(*others: tuple[str, Resource], section: Resource | None = None) -> list[str]:
    """Places of the warnings on a document of a patient, with further entries."""
    return [one.node.path for one in remarks({"section": [section or {}]}, *others) if one.severity is Severity.WARNING]


def test_what_no_section_leads_to_is_told_but_of_a_provenance() -> None:
    assert warned((FACT, of(PATIENT)), section={"entry": [{"reference": FACT}]}) == []
    assert warned((FACT, of(PATIENT))) == ["Bundle.entry[2].resource"]
    assert warned((FACT, {"resourceType": "Provenance", "id": "v", "target": [{"reference": PATIENT}]})) == []


def test_a_section_names_each_thing_once() -> None:
    twice = {"entry": [{"reference": FACT}, {"reference": FACT}]}
    assert warned((FACT, of(PATIENT)), section=twice) == ["Bundle.entry[0].resource.section[0].entry[1]"]
    further = {"entry": [{"reference": FACT}, {"reference": FACT, "display": "seen again"}]}
    assert warned((FACT, of(PATIENT)), section=further) == []
    assert (
        warned((FACT, of(PATIENT)), section={"entry": [{"reference": FACT}], "section": [{"entry": [{"reference": FACT}]}]}) == []
    )


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({}, True),
        ({"id": "o2", "meta": {"versionId": "2"}, "text": {"status": "empty"}}, True),
        ({"identifier": [{"system": "urn:oid:2.999.1", "value": "8"}]}, False),
        ({"identifier": [{"system": "urn:oid:2.999.2", "value": "7"}]}, False),
        ({"identifier": [{"type": {"text": "order"}, "system": "urn:oid:2.999.1", "value": "7"}]}, False),
        ({"status": "amended"}, False),
        ({"code": {"text": "HDL cholesterol"}}, False),  # of one order
        ({"valueQuantity": {"value": 5}}, False),
        ({"valueString": "5"}, False),
        ({"note": [{"text": "seen again"}]}, False),
        ({"identifier": []}, False),
        ({"resourceType": "Condition"}, False),
    ],
)
def test_a_section_names_one_thing_under_two_addresses_once(change: Resource, told: bool) -> None:
    first = of(PATIENT) | {
        "identifier": [{"system": "urn:oid:2.999.1", "value": "7"}],
        "status": "final",
        "code": {"text": "LDL cholesterol"},
        "valueQuantity": {"value": 4},
    }
    second = {name: value for name, value in (first | change).items() if value}
    section = {"entry": [{"reference": FACT}, {"reference": OTHER}]}
    found = warned((FACT, first), (OTHER, second), section=section)
    assert found == ["Bundle.entry[0].resource.section[0].entry[1]"] * told


def test_things_without_an_identifier_may_be_alike() -> None:
    """Two prostheses, one on each side."""
    section = {"entry": [{"reference": FACT}, {"reference": OTHER}]}
    assert warned((FACT, of(PATIENT)), (OTHER, of(PATIENT)), section=section) == []


@pytest.mark.parametrize(
    ("subject", "told"),
    [
        (PATIENT, False),
        (OTHER, True),
        ("Patient/9", True),
        ("https://elsewhere.example/Patient/9", False),  # the same, as another server knows them
        ("https://elsewhere.example/Group/9", False),
        ("#self", False),
        ("urn:uuid:00000009-7d9f-41e2-a6b4-d8a3f7e2b6c4", False),  # that it leads nowhere is told
    ],
)
def test_what_is_about_another_patient_than_the_documents_is_told(subject: str, told: bool) -> None:
    others = [(FACT, of(subject)), (OTHER, {"resourceType": "Patient", "id": "q"})]
    section = {"entry": [{"reference": FACT}, {"reference": OTHER}]}
    assert warned(*others, section=section) == ["Bundle.entry[2].resource.subject"] * told
    nowhere = subject == "Patient/9"  # beside urns
    focused = section | {"section": [{"focus": {"reference": OTHER}}]}
    assert warned(*others, section=focused) == ["Bundle.entry[2].resource.subject"] * nowhere


@pytest.mark.parametrize("patient", ["Patient/p", "Patient/p/_history/3"])
def test_a_relative_reference_beside_urns_has_no_defined_meaning_and_is_of_no_other_patient(patient: str) -> None:
    section = {"entry": [{"reference": FACT}, {"reference": OTHER}]}
    others = [(FACT, of(patient)), (OTHER, of(patient) | {"id": "o2"})]
    assert warned(*others, section=section) == ["Bundle.entry[2].resource.subject"]  # once
    assert warned((FACT, of("Patient/elsewhere")), section={"entry": [{"reference": FACT}]}) != []  # which is another patient


@pytest.mark.parametrize(
    ("url", "subject", "is_told"),
    [
        (FACT, "Group/9", True),
        (FACT, "https://one.example/Group/9", False),
        ("https://one.example/Observation/o", "Group/9", False),  # that server has it
    ],
)
def test_a_relative_reference_beside_urns_leads_nowhere(url: str, subject: str, is_told: bool) -> None:
    assert warned((url, of(subject)), section={"entry": [{"reference": url}]}) == ["Bundle.entry[2].resource.subject"] * is_told


@pytest.mark.parametrize("kind", ["transaction", "batch", "searchset", "history"])
def test_a_relative_reference_may_be_of_what_a_server_has(kind: str) -> None:
    entries = [
        {"fullUrl": FACT, "resource": of("Patient/p")},
        {"fullUrl": PATIENT, "resource": {"resourceType": "Patient", "id": "p"}},
    ]
    found = outcome({"resourceType": "Bundle", "type": kind, "entry": entries}).remarks
    assert [one for one in found if one.rule == "FHIR-REFERENCE"] == []


@pytest.mark.parametrize("type_", ["RelatedPerson", "Specimen", "Device", "Encounter"])
def test_a_child_a_donor_or_the_mother_whose_stay_it_was_may_be_named(type_: str) -> None:
    other = of(OTHER) | {"resourceType": type_}
    section = {"entry": [{"reference": FACT}, {"reference": OTHER}]}
    assert warned((FACT, other), (OTHER, {"resourceType": "Patient", "id": "q"}), section=section) == []


def test_an_observation_with_a_focus_says_whom_it_is_about() -> None:
    section = {"entry": [{"reference": FACT}, {"reference": OTHER}]}
    donor = of(OTHER) | {"focus": [{"reference": PATIENT}]}
    assert warned((FACT, donor), (OTHER, {"resourceType": "Patient", "id": "q"}), section=section) == []


def test_who_signs_the_document_is_no_exception_and_is_told_where_to_stand() -> None:
    """R4, 3.3.1: a document includes only what its Composition leads to; who signs should be one of its attesters."""
    signed = remarks({}, (OTHER, {"resourceType": "Practitioner", "id": "q"}), signature={"who": {"reference": OTHER}})
    [found] = [one for one in signed if one.rule == "FHIR-BUNDLE" and one.node.path == "Bundle.entry[2].resource"]
    assert (found.severity, "attester" in found.hint.en) == (Severity.ERROR, True)


def test_linked_records_are_of_one_patient_and_a_server_has_one_id_for_each() -> None:
    section = {"entry": [{"reference": FACT}, {"reference": OTHER}]}
    linked = {"resourceType": "Patient", "id": "q", "link": [{"other": {"reference": PATIENT}, "type": "seealso"}]}
    assert warned((FACT, of(OTHER)), (OTHER, linked), section=section) == []
    server = "https://one.example/fhir/"
    for subject, told in ((server + "Patient/p/_history/1", False), (server + "Patient/9", True), ("Patient/9", True)):
        composition = {"resourceType": "Composition", "subject": {"reference": "Patient/p"}}
        composition["section"] = [{"entry": [{"reference": "Observation/o"}]}]
        held = {"Composition/c": composition, "Patient/p": {"resourceType": "Patient", "id": "p"}, "Observation/o": of(subject)}
        entries = [{"fullUrl": server + place, "resource": one} for place, one in held.items()]
        found = outcome({"resourceType": "Bundle", "type": "document", "entry": entries}).remarks
        assert any(remark.severity is Severity.WARNING for remark in found) is told


@pytest.mark.parametrize(
    ("said", "severity"),
    [
        ({"relatesTo": [{"code": "replaces", "targetReference": {"reference": "Composition/9"}}]}, Severity.WARNING),
        ({"section": [{"entry": [{"reference": "Observation/9"}]}]}, Severity.ERROR),
    ],
)
def test_the_document_that_another_replaces_may_stand_outside_of_it(said: Resource, severity: Severity) -> None:
    assert [one.severity for one in remarks(said) if one.rule == "FHIR-REFERENCE"] == [severity]


@pytest.mark.parametrize("value", ["1", "2"])
def test_a_document_replaces_no_document_of_its_own_identifier(value: str) -> None:
    related = [{"code": "replaces", "targetIdentifier": {"system": "urn:oid:2.999.1", "value": value}}]
    found = remarks({"relatesTo": related}, identifier={"system": "urn:oid:2.999.1", "value": "1"})
    itself = [one for one in found if one.node.path.endswith(".targetIdentifier") and one.rule == "FHIR-REFERENCE"]
    assert [one.severity for one in itself] == [Severity.WARNING] * (value == "1")


@pytest.mark.parametrize(
    ("system", "value", "told"),
    [
        ("urn:oid:2.999.1", "2", True),
        ("urn:oid:2.999.1", "1", False),
        ("urn:oid:2.999.2", "2", False),
        ("urn:oid:2.999.1", "9", False),
    ],
)
def test_the_identifier_beside_a_reference_is_one_of_what_it_names(system: str, value: str, told: bool) -> None:
    known = [{"system": "urn:oid:2.999.1", "value": "1"}, {"system": "urn:oid:2.999.1", "value": "9"}]
    assert _of_reference({"system": system, "value": value}, known) == [Severity.WARNING] * told


@pytest.mark.parametrize(
    ("said", "held", "told"),
    [
        ({"use": "old"}, {}, False),
        ({"type": {"coding": [{"code": "VN"}]}}, {"type": {"coding": [{"code": "MR"}]}}, False),
        ({"type": {"coding": [{"code": "MR"}]}}, {"type": {"coding": [{"code": "MR"}]}}, True),
        ({"type": {"coding": [{"code": "MR"}]}}, {}, True),
        ({"system": "urn:ietf:rfc:3986", "value": "urn:oid:2.999.2"}, {"system": "urn:ietf:rfc:3986"}, False),
    ],
)
def test_an_identifier_of_another_kind_or_time_is_no_other_target(
    said: dict[str, object], held: dict[str, object], told: bool
) -> None:
    known = {"system": "urn:oid:2.999.1", "value": "urn:oid:2.999.3"}
    assert _of_reference({**known, "value": "2", **said}, [{**known, **held}]) == [Severity.WARNING] * told


def _of_reference(identifier: object, known: object) -> list[Severity]:
    """What is told of a reference to a patient with these, beside which this identifier stands."""
    found = remarks({"subject": {"reference": PATIENT, "identifier": identifier}}, known={"identifier": known})
    return [one.severity for one in found if one.rule == "FHIR-REFERENCE"]
