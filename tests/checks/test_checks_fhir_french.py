"""Our rules on FHIR: each is tripped by its mutations, and by nothing in a valid resource."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from harness.checks import Judge
from harness.checks.fhir.french import French, FrenchRules
from harness.checks.fhir.mutating import mutated
from harness.documents import read
from harness.documents.fhir_json import read_json
from harness.library import Library
from harness.library.fhir.definitions import Definitions
from harness.model import DocumentVerdict, Environment, Judgement, Mutation, Severity

DAY = date(2026, 11, 28)
NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)
LIBRARY = Library.open()
PROFILES = [head.coordinate for head in LIBRARY.heads() if head.kind == "fhir"]
SPECIMENS = {name: LIBRARY.path(name).read_bytes() for name in LIBRARY.files("profiles/fhir/**/specimens/*.json")}
MUTATIONS = {
    f"{coordinate}: {mutation.id}": (coordinate, mutation)
    for coordinate in PROFILES
    for mutation in LIBRARY.own_part(coordinate).mutations
}
PATIENT = SPECIMENS["profiles/fhir/common/specimens/patient-qualified.json"]
BEFORE = SPECIMENS["profiles/fhir/common/specimens/patient-qualified-before-2.2.0.json"]
STATUS = "Patient.extensionEnding('identity-reliability').extension.value"
# of a NIA there is only one authority, a real one: these rules are tried below on documents made for them
OF_PRODUCTION = {"INS-R04", "INS-R12", "INS-R12-OFFICIAL"}


def judged(data: bytes, environment: Environment = Environment.TEST) -> French:
    return FrenchRules(LIBRARY, at=DAY, now=NOW, environment=environment).judge(read_json(data))


def tripped(data: bytes, environment: Environment = Environment.TEST) -> set[str]:
    return {remark.rule for remark in judged(data, environment).remarks}


def edited(data: bytes, *edits: dict[str, str]) -> bytes:
    found = mutated(data, edits)
    assert found is not None
    return found


@pytest.mark.parametrize("name", SPECIMENS)
def test_a_specimen_is_judged_without_any_finding(name: str) -> None:
    verdict = judged(SPECIMENS[name])
    assert [(remark.rule, remark.message.en) for remark in verdict.remarks] == []
    assert verdict.requirements
    assert verdict.not_judged == ()


@pytest.mark.parametrize("name", MUTATIONS)
def test_a_mutation_trips_what_it_says(name: str) -> None:
    coordinate, mutation = MUTATIONS[name]
    tried = [data for specimen in _specimens_of(coordinate) if (data := mutated(specimen, mutation.edits)) is not None]
    assert tried, "no specimen holds what is edited"
    seen = [tripped(data) for data in tried]
    assert any(set(mutation.trips) <= one for one in seen), seen


@pytest.mark.parametrize("coordinate", PROFILES)
def test_every_rule_is_tripped_by_some_mutation(coordinate: str) -> None:
    mutations: list[Mutation] = [mutation for _, mutation in MUTATIONS.values()]
    proved = {rule for mutation in mutations for rule in mutation.trips} | OF_PRODUCTION
    assert {rule.id for rule in LIBRARY.own_part(coordinate).rules} <= proved


def _specimens_of(coordinate: str) -> list[bytes]:
    folder = f"profiles/{coordinate.partition('@')[0]}/"
    return [data for name, data in SPECIMENS.items() if name.startswith(folder)]


def test_vali_is_qualified_in_the_first_generation_of_status_and_not_in_the_second() -> None:
    assert tripped(BEFORE) == set()
    assert "INS-R06" in tripped(edited(PATIENT, {"set": f"{STATUS}.code", "to": "VALI"}))
    moved = edited(BEFORE, {"set": f"{STATUS}.system", "to": "https://hl7.fr/ig/fhir/core/CodeSystem/fr-core-cs-identity-status"})
    assert "INS-R06" in tripped(moved)


def test_a_bare_code_of_status_is_never_taken_for_qualified_nor_for_unqualified() -> None:
    bare = edited(BEFORE, {"drop": f"{STATUS}.system"})
    assert tripped(bare) == {"INS-R06-SYSTEM"}


def test_a_wrong_key_is_an_error_in_production_and_a_warning_in_test() -> None:
    wrong = edited(PATIENT, {"set": "Patient.ins().value", "to": "279035121518988"}, {"drop": "Patient.telecom"})
    for environment, severity in ((Environment.TEST, Severity.WARNING), (Environment.PRODUCTION, Severity.ERROR)):
        found = {remark.rule: remark.severity for remark in judged(wrong, environment).remarks}
        assert found["INS-R01"] is severity


def test_a_test_identity_in_production_is_an_error() -> None:
    assert {remark.rule: remark.severity for remark in judged(PATIENT, Environment.PRODUCTION).remarks} == {
        "INS-R04": Severity.ERROR
    }


@pytest.mark.parametrize(("use", "rules"), [("temp", set()), ("official", {"INS-R12-OFFICIAL"}), ("usual", {"INS-R12"})])
def test_a_nia_is_temporary(use: str, rules: set[str]) -> None:
    nia = edited(
        PATIENT,
        {"set": "Patient.ins().type.coding.code", "to": "INS-NIA"},
        {"set": "Patient.ins().use", "to": use},
        {"set": "Patient.ins().system", "to": "urn:oid:1.2.250.1.213.1.4.9"},
    )
    assert {rule for rule in tripped(nia, Environment.PRODUCTION) if rule.startswith("INS-R12")} == rules


def test_the_patient_of_a_bundle_and_a_contained_one_are_judged_where_they_stand() -> None:
    lot = SPECIMENS["profiles/fhir/pdsm/specimens/replacement.json"]
    path = "Bundle.entry.resource.contained.where($this is Patient)"
    found = judged(edited(lot, {"drop": f"{path}.birthDate"})).remarks
    assert [(remark.rule, remark.node.path) for remark in found] == [("INS-R05-BIRTH", "Bundle.entry[1].resource.contained[1]")]


# ---------------------------------------------------------------- as `harness check` judges


def checked(data: bytes, home: Path) -> Judgement:
    judge = Judge(LIBRARY, at=DAY, now=NOW, definitions=Definitions.open(home))
    return judge.judge(read(data, "resource"))


def test_without_any_package_the_structure_and_our_rules_are_judged_and_the_rest_is_named(tmp_path: Path) -> None:
    judgement = checked(PATIENT, tmp_path)
    assert judgement.verdict is DocumentVerdict.PARTIAL
    assert judgement.profile == "fhir/common@2026.08"
    assert len(judgement.profile_digest) == 64
    assert any("harness packages" in said.en for said in judgement.not_judged)
    assert judgement.requirements["INS-R05"] == "met"


def test_without_any_package_an_unknown_element_and_a_broken_rule_are_errors(tmp_path: Path) -> None:
    wrong = edited(PATIENT, {"drop": "Patient.gender"}, {"insert": '{"prenom": "Anne"}', "into": "Patient"})
    judgement = checked(wrong, tmp_path)
    assert judgement.verdict is DocumentVerdict.FAIL
    assert {"FHIR-STRUCTURE", "INS-R05-SEX"} <= {finding.rule for finding in judgement.findings}
    assert judgement.requirements["INS-R05"] == "broken"


def test_a_matricule_of_production_is_masked_wherever_it_is_told(tmp_path: Path) -> None:
    real = edited(
        PATIENT,
        {"set": "Patient.ins().type.coding.code", "to": "INS-NIR"},
        {"set": "Patient.ins().value", "to": "279035121518988"},
        {"set": "Patient.ins().system", "to": "urn:oid:1.2.250.1.213.1.4.8"},
    )
    pretty = json.dumps(json.loads(real), indent=1).encode()
    told = repr(checked(pretty, tmp_path).findings)
    assert "INS-R01" in told
    assert "279************" in told
    assert "279035121518988" not in told
