"""Each defect seeded in a published example is found where it stands, and nothing is found in the examples themselves."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from fhir_packages import CORE, EXTENSIONS, FR_CORE, IPS, PDSM, Bench, Packages, errors

from harness.model import Severity

pytestmark = pytest.mark.official

ALLERGY = "AllergyIntolerance-eumfh-39-07-1.json"
PATIENT = "Patient-eumfh-39-07.json"
BUNDLE = "Bundle-bundle-minimal.json"
FRENCH = "Patient-FRCorePatientExample.json"
PRACTITIONER = "Practitioner-FRCorePractitionerExample.json"
SHARED = "DocumentReference"
Resource = dict[str, Any]

DOCUMENT_REFERENCE: Resource = {
    "resourceType": "DocumentReference",
    "meta": {"profile": ["https://interop.esante.gouv.fr/ig/fhir/pdsm/StructureDefinition/pdsm-simplified-publish"]},
    "masterIdentifier": {"system": "urn:ietf:rfc:3986", "value": "urn:oid:1.2.250.1.999.1"},
    "status": "current",
    "type": {"coding": [{"system": "http://loinc.org", "code": "60591-5"}]},
    "subject": {"reference": "Patient/1"},
    "author": [{"reference": "PractitionerRole/1"}],
    "content": [{"attachment": {"contentType": "application/pdf", "data": "JVBERg==", "title": "CR", "creation": "2024-05-31"}}],
}


@pytest.fixture(scope="module")
def packages(fhir_archives: Path) -> Packages:
    return Packages(fhir_archives, CORE, EXTENSIONS, IPS, FR_CORE, PDSM)


@pytest.fixture(scope="module")
def bench(packages: Packages) -> Bench:
    return Bench(packages)


def entry(bundle: Resource, type: str) -> Resource:
    return next(item["resource"] for item in bundle["entry"] if item["resource"]["resourceType"] == type)


def without(name: str) -> Callable[[Resource], Any]:
    return lambda resource: resource.pop(name)


def setting(name: str, value: Any) -> Callable[[Resource], Any]:
    return lambda resource: resource.__setitem__(name, value)


def sections_of(bundle: Resource) -> list[Resource]:
    return entry(bundle, "Composition")["section"]


def without_medications(bundle: Resource) -> None:
    section = next(item for item in sections_of(bundle) if item["code"]["coding"][0]["code"] == "10160-0")
    section["code"]["coding"][0] = {"system": "http://loinc.org", "code": "10157-6"}


def two_numbers(patient: Resource) -> None:
    system = "http://terminology.hl7.org/CodeSystem/v2-0203"
    number = {"type": {"coding": [{"system": system, "code": "NH"}]}, "system": "urn:oid:1.2.250.1.213.1.4.3", "value": "1"}
    patient["identifier"] += [number, {**number, "value": "2"}]


def wrong_status_type(patient: Resource) -> None:
    status = patient["extension"][1]["extension"][0]
    del status["valueCoding"]
    status["valueString"] = "VALI"


def subject_elsewhere(bundle: Resource) -> None:
    entry(bundle, "Composition")["subject"] = {"reference": "urn:uuid:00000000-0000-4000-8000-000000000000"}


def two_choices(allergy: Resource) -> None:
    allergy.pop("_onsetDateTime", None)
    allergy |= {"onsetDateTime": "2010", "onsetString": "2010"}


def empty_extension(patient: Resource) -> None:
    patient["extension"] = [{"url": "http://example.org/x"}]


# (the example, the defect, the rule that sees it, where)
DEFECTS = {
    "01_base_1..1_missing": (ALLERGY, without("patient"), "FHIR-CARD", "AllergyIntolerance"),
    "02_profile_1..1_missing": (PATIENT, without("birthDate"), "FHIR-CARD", "Patient"),
    "03_pattern_code_wrong": (
        BUNDLE,
        lambda b: entry(b, "Composition")["type"]["coding"][0].__setitem__("code", "11111-1"),
        "FHIR-PATTERN",
        "Bundle.entry[0].resource.type",
    ),
    "04_fixed_code_wrong": (BUNDLE, setting("type", "collection"), "FHIR-FIXED", "Bundle.type"),
    "05_required_slice_missing": (BUNDLE, without_medications, "FHIR-SLICE", "Bundle.entry[0].resource"),
    "06_slice_child_pattern_wrong": (
        FRENCH,
        lambda p: p["identifier"][0].__setitem__("system", "urn:oid:1.2.3"),
        "FHIR-PATTERN",
        "Patient.identifier[0].system",
    ),
    "07_slice_max_exceeded": (FRENCH, two_numbers, "FHIR-SLICE", "Patient.identifier[2]"),
    "08_slice_child_min": (FRENCH, lambda p: p["name"][0].pop("family"), "FHIR-CARD", "Patient.name[0]"),
    "09_reference_target_type": (
        ALLERGY,
        lambda a: a["patient"].__setitem__("reference", "Organization/1"),
        "FHIR-REFERENCE",
        "AllergyIntolerance.patient",
    ),
    "10_required_binding_code": (PATIENT, setting("gender", "homme"), "FHIR-BINDING", "Patient.gender"),
    "11_required_binding_CC": (
        ALLERGY,
        lambda a: a["clinicalStatus"]["coding"][0].__setitem__("code", "actif"),
        "FHIR-BINDING",
        "AllergyIntolerance.clinicalStatus",
    ),
    "12_base_invariant_pat-1": (PATIENT, setting("contact", [{"gender": "male"}]), "FHIR-INVARIANT:pat-1", "Patient.contact[0]"),
    "13_profile_invariant_ips-pat-1": (
        PATIENT,
        setting("name", [{"use": "official"}]),
        "FHIR-INVARIANT:ips-pat-1",
        "Patient.name[0]",
    ),
    "14_profile_bundle_invariant": (
        BUNDLE,
        lambda b: b["entry"].append({**b["entry"][0], "fullUrl": "urn:uuid:f40b07e3-37e8-48c3-bf1c-ae70fe12dab1"}),
        "FHIR-INVARIANT:bdl-ips-1",
        "Bundle",
    ),
    "24_section_invariant_ips-comp-1": (
        BUNDLE,
        lambda b: sections_of(b)[0].pop("entry"),
        "FHIR-INVARIANT:ips-comp-1",
        "Bundle.entry[0].resource.section[0]",
    ),
    "15_unknown_element": (PATIENT, setting("prenom", "Anne"), "FHIR-UNKNOWN-ELEMENT", "Patient.prenom"),
    "16_bad_date": (PATIENT, setting("birthDate", "03/02/1975"), "FHIR-TYPE", "Patient.birthDate"),
    "17_two_choice_types": (ALLERGY, two_choices, "FHIR-CHOICE", "AllergyIntolerance.onsetString"),
    "18_array_for_single": (PATIENT, setting("gender", ["male"]), "FHIR-TYPE", "Patient.gender[0]"),
    "19_extension_value_type": (FRENCH, wrong_status_type, "FHIR-TYPE", "Patient.extension[1].extension[0].valueString"),
    "20_bundle_entry_profile_slice": (
        BUNDLE,
        lambda b: entry(b, "Patient").pop("birthDate"),
        "FHIR-SLICE",
        "Bundle",
    ),
    "21_unresolved_ref_in_document": (BUNDLE, subject_elsewhere, "FHIR-REFERENCE", "Bundle.entry[0].resource.subject"),
    "22_pdsm_attachment_data_missing": (
        SHARED,
        lambda d: d["content"][0]["attachment"].pop("data"),
        "FHIR-CARD",
        "DocumentReference.content[0].attachment",
    ),
    "23_ext-1_invariant": (PATIENT, empty_extension, "FHIR-INVARIANT:ext-1", "Patient.extension[0]"),
    "25_wrong_json_type": (PATIENT, setting("birthDate", 1957), "FHIR-TYPE", "Patient.birthDate"),
    "27_closed_slicing_told_by_value_sets": (
        PRACTITIONER,
        lambda p: p["qualification"][0]["code"]["coding"].append({"system": "http://example.org/x", "code": "1"}),
        "FHIR-SLICE",
        "Practitioner.qualification[0].code.coding[2]",
    ),
    "28_slice_told_by_a_value_set_twice": (
        PRACTITIONER,
        lambda p: p["qualification"][0]["code"]["coding"].append(p["qualification"][0]["code"]["coding"][0]),
        "FHIR-SLICE",
        "Practitioner.qualification[0].code.coding[2]",
    ),
    "26_reference_profile_in_bundle": (BUNDLE, lambda b: b["entry"][1].pop("fullUrl"), "FHIR-CARD", "Bundle.entry[1]"),
}


def example(packages: Packages, name: str) -> Resource:
    found: Resource = copy.deepcopy(DOCUMENT_REFERENCE) if name == SHARED else json.loads(packages.examples[name])
    return found


@pytest.mark.parametrize("defect", DEFECTS)
def test_a_seeded_defect_is_found_where_it_stands(packages, bench, defect):
    name, spoil, rule, place = DEFECTS[defect]
    resource = example(packages, name)
    assert errors(bench.judge(resource)) == []
    spoil(resource)
    found = errors(bench.judge(resource))
    assert any(told.startswith(f"{rule} {place}:") for told in found), found


_SAID = {"text": {"status": "generated", "div": '<div xmlns="http://www.w3.org/1999/xhtml">x</div>'}}
_RISK = {"resourceType": "RiskAssessment", "status": "final", "subject": {"reference": "Patient/1"}} | _SAID
_MEASURED = {"resourceType": "Observation", "status": "final", "code": {"text": "x"}} | _SAID
_MISSED = {
    "resourceType": "Appointment",
    "start": "2024-01-01T08:00:00Z",
    "end": "2024-01-01T08:15:00Z",
    "cancelationReason": {"text": "x"},
    "participant": [{"status": "accepted", "actor": {"reference": "Patient/1"}}],
} | _SAID


@pytest.mark.parametrize(
    ("resource", "broken"),
    [
        (_RISK | {"prediction": [{"outcome": {"text": "x"}}]}, None),
        (_RISK | {"prediction": [{"outcome": {"text": "x"}, "probabilityDecimal": 101}]}, "ras-2"),
        (_MEASURED | {"component": [{"code": {"text": "x"}, "referenceRange": [{"type": {"text": "x"}}]}]}, "obs-3"),
        (_MEASURED | {"component": [{"code": {"text": "x"}, "referenceRange": [{"text": "x"}]}]}, None),
        ({"resourceType": "ValueSet", "status": "draft"} | _SAID, None),
        ({"resourceType": "ValueSet", "status": "draft", "name": "not a name"} | _SAID, "vsd-0"),
        (_MISSED | {"status": "noshow"}, None),
        (_MISSED | {"status": "booked"}, "app-4"),
        ({"resourceType": "Bundle", "type": "batch", "entry": [{"request": {"method": "GET", "url": "Patient"}}]}, None),
    ],
)
def test_an_invariant_of_r4_is_judged_by_its_words_wherever_its_element_comes_again(bench, resource, broken):
    found = {remark.rule for remark in bench.judge(resource).remarks if remark.severity is not Severity.INFO}
    assert found == ({f"FHIR-INVARIANT:{broken}"} if broken else set())


def test_the_published_examples_of_the_patient_summary_have_no_error(packages, bench):
    told = {}
    profiles = set()
    for name, data in packages.examples.items():
        if b"/fhir/uv/ips/" in data:
            outcome = bench.judge(data)
            profiles |= {structure.name for _, structure in outcome.profiles}
            if found := errors(outcome):
                told[name] = found
    assert told == {}
    assert len(profiles) > 20


@pytest.mark.parametrize(("type", "found"), [("OperationOutcome", []), ("Patient", ["FHIR-TYPE Bundle.entry[0].response.outcome"])])
def test_a_resource_stands_where_one_of_its_type_is_asked(bench: Bench, type: str, found: list[str]) -> None:
    outcome: Resource = {"resourceType": type}
    if type == "OperationOutcome":
        outcome["issue"] = [{"severity": "information", "code": "informational"}]
    bundle = {"resourceType": "Bundle", "type": "batch-response", "entry": [{"response": {"status": "200", "outcome": outcome}}]}
    assert [error.partition(":")[0] for error in errors(bench.judge(bundle))] == found
