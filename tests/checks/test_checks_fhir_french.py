"""Our rules on FHIR: each is tripped by its mutations, and by nothing in a valid resource."""

from __future__ import annotations

import copy
import json
from pathlib import Path

import pytest
from fhir_french import DAY, LIBRARY, NOW, french
from fhir_small import BASICS

from harness.checks import Judge
from harness.checks.fhir.fhirpath import Context, compile
from harness.checks.fhir.french.functions import OURS
from harness.checks.fhir.french.judging import French
from harness.checks.fhir.french.mutating import mutated
from harness.checks.fhir.french.proving import prove_rules
from harness.checks.fhir.french.rules import resources, type_begun_with
from harness.checks.fhir.judge import _carries_production_ins
from harness.documents import read
from harness.documents.fhir_json import read_json
from harness.documents.fhir_tree import Node
from harness.exchange.pdsm.fhir_xml import to_xml
from harness.library.fhir.definitions import Definitions
from harness.library.fhirpath.needs import needs
from harness.library.fhirpath.syntax import parse as parse_fhirpath
from harness.model import DocumentVerdict, Environment, Judgement, Severity

PROFILES = [head.coordinate for head in LIBRARY.heads() if head.kind == "fhir"]
SPECIMENS = {name: LIBRARY.path(name).read_bytes() for name in LIBRARY.files("profiles/fhir/**/specimens/*.json")}
PATIENT = SPECIMENS["profiles/fhir/common/specimens/patient-qualified.json"]
BEFORE = SPECIMENS["profiles/fhir/common/specimens/patient-qualified-before-2.2.0.json"]
FACTS = SPECIMENS["profiles/fhir/common/specimens/facts.json"]
SHARED = SPECIMENS["profiles/fhir/pdsm/specimens/replacement.json"]
SLOTS = SPECIMENS["profiles/fhir/sas/specimens/slots.json"]
STATUS = "Patient.extensionEnding('identity-reliability').extension.value"


def judged(data: bytes, environment: Environment = Environment.TEST) -> French:
    return french(environment).judge(read_json(data))


def tripped(data: bytes, environment: Environment = Environment.TEST) -> set[str]:
    return {remark.rule for remark in judged(data, environment).remarks}


def edited(data: bytes, *edits: dict[str, str]) -> bytes:
    found = mutated(data, edits)
    assert found is not None
    return found


@pytest.mark.parametrize("name", SPECIMENS)
def test_a_specimen_is_judged_without_any_finding(name: str) -> None:
    verdict = judged(SPECIMENS[name], Environment.AUTO)
    assert [(remark.rule, remark.message.en) for remark in verdict.remarks] == []
    assert verdict.requirements
    assert verdict.not_judged == ()


@pytest.mark.parametrize("coordinate", PROFILES)
def test_a_context_finds_nothing_in_a_resource_without_what_it_needs(coordinate: str) -> None:
    known = Context(now=NOW, resolve=lambda _: None)
    tried = set()
    for context in {rule.context for rule in LIBRARY.own_part(coordinate).rules}:
        evaluate = compile(context, OURS).evaluate
        wanted = needs(parse_fhirpath(context)) - {"identifiers()", "doubtful()"}
        for resource in (one for data in SPECIMENS.values() for one in list(resources(read_json(data)))):
            if type_begun_with(context) not in ("", resource.type) or not evaluate(resource, known):
                continue
            for name in wanted:
                tried.add(context)
                assert evaluate(lacking(resource, name), Context(now=NOW, resolve=lambda _: None)) == [], context
    assert tried


def lacking(resource: Node, need: str) -> Node:
    """The resource without what `needs` names."""
    made = copy.deepcopy(resource)
    for one in need.split("|"):
        _take_out(one, made)
    return made


def _take_out(need: str, made: Node) -> None:
    if need.startswith("is "):
        made.type = "Basic"
        return
    child, is_told, _ = need.partition("().")[2].partition("=")
    for node in made.walk() if child else ():
        if "system" in node.children and is_told:
            for one in node.children.get(child, ()):
                one.value = one.raw = "another"
        elif "system" in node.children:
            node.children.pop(child, None)
    name, is_choice = need.replace("ins()", "identifier").removesuffix("[x]"), need.endswith("[x]")
    for written in list(made.children):
        if written == name or (is_choice and written.startswith(name)):
            del made.children[written]


@pytest.mark.parametrize("coordinate", PROFILES)
def test_every_rule_is_tripped_and_every_mutation_trips_what_it_names(coordinate: str) -> None:
    proof = prove_rules(LIBRARY, coordinate, _specimens_of(coordinate), at=DAY, now=NOW)
    assert proof.checks == len(LIBRARY.own_part(coordinate).rules) > 0
    assert (proof.silent, proof.unproved, proof.unmet, proof.errors, proof.not_applicable) == ((), (), (), (), ())
    assert proof.unheld == ()
    assert len(proof.tripped) == proof.checks


def test_a_mutation_that_trips_nothing_and_a_rule_that_nothing_trips_are_told() -> None:
    specimens = {"patient": PATIENT}
    proof = prove_rules(LIBRARY, "fhir/common@2026.08", specimens, at=DAY, now=NOW)
    assert not proof.holds
    assert "ACTOR-PERSON" in proof.unmet
    assert "INS-R06-BEFORE" in proof.unproved
    assert "rpps-key" in proof.not_applicable


def test_a_specimen_with_a_defect_is_told() -> None:
    wrong = {"patient": edited(PATIENT, {"drop": "Patient.gender"})}
    proof = prove_rules(LIBRARY, "fhir/common@2026.08", wrong, at=DAY, now=NOW)
    assert [finding.rule for _, finding in proof.errors] == ["INS-R05-SEX"]


@pytest.mark.parametrize("name", SPECIMENS)
def test_in_xml_a_specimen_is_judged_as_in_json(name: str) -> None:
    document = read(to_xml(json.loads(SPECIMENS[name])), "resource.xml")
    assert document.resource is not None
    verdict = french(Environment.AUTO).judge(document.resource)
    assert [(remark.rule, remark.message.en) for remark in verdict.remarks] == []
    assert verdict.requirements.keys() == judged(SPECIMENS[name], Environment.AUTO).requirements.keys()


def _specimens_of(coordinate: str) -> dict[str, bytes]:
    folder = f"profiles/{coordinate.partition('@')[0]}/"
    return {name: data for name, data in SPECIMENS.items() if name.startswith(folder)}


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


def test_that_the_ins_alone_made_a_resource_one_of_production_is_told() -> None:
    wrong = edited(PATIENT, {"set": "Patient.ins().value", "to": "279035121518988"}, {"drop": "Patient.telecom"})
    real = edited(wrong, {"set": "Patient.ins().system", "to": "urn:oid:1.2.250.1.213.1.4.8"})
    told = {remark.rule: remark for remark in judged(real, Environment.AUTO).remarks}
    assert told["INS-R01"].consequence and told["document.environment"].foremost
    for resource, asked in ((wrong, Environment.AUTO), (real, Environment.PRODUCTION), (real, Environment.TEST)):
        remarks = judged(resource, asked).remarks
        assert not any(remark.consequence or remark.foremost for remark in remarks)


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


def test_a_slot_that_ends_before_it_starts_is_told_once_by_the_rule_that_asks_most() -> None:
    before = {"set": "Bundle.entry.resource.where($this is Slot).end", "to": "2026-12-01T09:00:00+01:00"}
    assert tripped(edited(SLOTS, before)) == {"SAS-SLOT-ORDER"}
    assert tripped(edited(FACTS, before)) == {"TIME-SLOT"}


OBSERVED = "Bundle.entry.resource.where($this is Observation)"


@pytest.mark.parametrize(
    ("at", "rules"),
    [
        ("1978-03-23", {"TIME-BIRTH-OBSERVATION"}),
        ("1978-02", {"TIME-BIRTH-OBSERVATION"}),
        ("1978-03-22T08:00:00+01:00", {"TIME-BIRTH-OBSERVATION"}),
        ("1978-03-24", set()),  # before birth
        ("1979-03-23T23:30:00Z", set()),  # half past midnight of the 24th in France
        ("1979-03-24", set()),
        ("1979", set()),
    ],
)
def test_an_observation_is_not_older_than_its_patient_whatever_the_offset_and_the_precision(at: str, rules: set[str]) -> None:
    assert tripped(edited(FACTS, {"set": f"{OBSERVED}.effective", "to": at})) == rules


def test_what_is_observed_of_another_than_the_patient_may_be_older() -> None:
    unborn = {"insert": '{"focus": [{"display": "Mère"}]}', "into": OBSERVED}
    assert tripped(edited(FACTS, {"set": f"{OBSERVED}.effective", "to": "1978-03-01"}, unborn)) == set()


@pytest.mark.parametrize(
    ("issued", "status", "rules"),
    [
        ("2026-05-30T18:00:00+02:00", "final", {"TIME-ISSUED-OBSERVATION"}),
        ("2026-05-30T18:00:00+02:00", "preliminary", set()),
        ("2026-05-31T22:30:00Z", "final", set()),  # half past midnight of the 1st of June in France
    ],
)
def test_a_result_is_not_issued_before_its_day(issued: str, status: str, rules: set[str]) -> None:
    result = edited(FACTS, {"set": f"{OBSERVED}.issued", "to": issued}, {"set": f"{OBSERVED}.status", "to": status})
    assert tripped(result) == rules


@pytest.mark.parametrize(
    ("value", "rules"),
    [
        ("urn:oid:2.999.A3", {"ID-OID-VALUE"}),
        ("urn:oid:129.6.58", {"ID-OID-VALUE"}),
        ("urn:oid:2.999.3^A", set()),
        ("A3", {"IMAGING-STUDY-UID"}),  # it says to be the UID of a study, and is not written as one
    ],
)
def test_what_is_written_as_an_oid_is_one(value: str, rules: set[str]) -> None:
    study = "Bundle.entry.resource.where($this is ImagingStudy)"
    assert tripped(edited(FACTS, {"set": f"{study}.identifier.value", "to": value})) == rules


@pytest.mark.parametrize(("uid", "rules"), [("2.999.3A", {"ID-OID-DICOM"}), ("2.999.0.3", set())])
def test_the_uid_of_a_series_is_made_of_numbers(uid: str, rules: set[str]) -> None:
    series = "Bundle.entry.resource.where($this is ImagingStudy).series"
    assert tripped(edited(FACTS, {"set": f"{series}.uid", "to": uid})) == rules


def test_a_submission_set_names_each_reference_once_and_submits_what_is_in_force() -> None:
    twice = edited(SHARED, {"repeat": "Bundle.entry.resource.where($this is List).entry"})
    assert tripped(twice) == {"MHD-SUBMISSION-TWICE"}
    status = "Bundle.entry.resource.where($this is DocumentReference).status"
    assert tripped(edited(SHARED, {"set": status, "to": "superseded"})) == {"MHD-CURRENT"}


@pytest.mark.parametrize(("value", "rules"), [("0", set()), ("-0.5", {"DOSE-IMMUNIZATION"})])
def test_a_dose_is_not_negative(value: str, rules: set[str]) -> None:
    dose = "Bundle.entry.resource.where($this is Immunization).doseQuantity"
    changed = edited(FACTS, {"drop": f"{dose}.value"}, {"insert": f'{{"value": {value}}}', "into": dose})
    assert tripped(changed) == rules


def test_the_patient_of_a_bundle_and_a_contained_one_are_judged_where_they_stand() -> None:
    path = "Bundle.entry.resource.contained.where($this is Patient)"
    found = judged(edited(SHARED, {"drop": f"{path}.birthDate"})).remarks
    assert [(remark.rule, remark.node.path) for remark in found] == [("INS-R05-BIRTH", "Bundle.entry[1].resource.contained[1]")]


PROVIDED = "https://interop.esante.gouv.fr/ig/fhir/pdsm/StructureDefinition/pdsm-comprehensive-provide-document-bundle"


def test_a_submission_that_claims_no_profile_is_held_against_that_of_submissions() -> None:
    followed = french().followed
    unclaimed = edited(SHARED, {"drop": "Bundle.meta"})
    assert followed(read_json(unclaimed)) == (PROVIDED,)
    assert followed(read_json(SHARED)) == ()  # it claims its own
    other = {"set": "Bundle.entry.resource.ofType(List).code.coding.code", "to": "folder"}
    assert followed(read_json(edited(unclaimed, other))) == ()
    assert followed(read_json(PATIENT)) == ()


def test_what_is_followed_is_judged_and_said_where_no_package_gives_it() -> None:
    alone = Definitions().with_resources(BASICS)
    judge = Judge(LIBRARY, at=DAY, now=NOW, definitions=alone)
    judgement = judge.judge(read(edited(SHARED, {"drop": "Bundle.meta"}), "lot.json"))
    assert any(PROVIDED in said.en for said in judgement.not_judged)


def test_the_types_of_a_folder_are_left_to_the_system_that_holds_it() -> None:
    other = {
        "set": "Bundle.entry.resource.extensionEnding('ihe-designationType').value.coding.system",
        "to": "http://snomed.info/sct",
    }
    folder = {"set": "Bundle.entry.resource.ofType(List).code.coding.code", "to": "folder"}
    assert tripped(edited(SHARED, other)) == {"constr-bind-designationtype"}
    assert tripped(edited(SHARED, other, folder)) == set()


def test_in_a_simplified_publish_the_codes_of_the_producer_are_only_recommended() -> None:
    document = "Bundle.entry.resource.ofType(DocumentReference)"
    other = {"set": f"{document}.context.facilityType.coding.system", "to": "http://snomed.info/sct"}
    simplified = {"insert": '{"data": "JVBERi0xLjQKJSVFT0YK"}', "into": f"{document}.content.attachment"}
    assert tripped(edited(SHARED, other)) == {"constr-bind-ProducteurDoc"}
    assert tripped(edited(SHARED, other, simplified)) == set()


def test_the_identifier_of_a_role_is_no_rpps_number() -> None:
    """The annuaire writes it under the system of the RPPS: profile as-dp-practitionerrole, idSituationExercice."""
    said = [{"system": "https://rpps.esante.gouv.fr", "value": "1011848351"}]
    for type_, rules in (("PractitionerRole", set()), ("Practitioner", {"ACTOR-PERSON-RPPS"})):
        assert tripped(json.dumps({"resourceType": type_, "identifier": said}).encode()) == rules


def test_an_rpps_number_that_is_not_told_belies_no_national_identifier() -> None:
    national = {"system": "urn:oid:1.2.250.1.71.4.2.1", "value": "810100997252"}
    for rpps, rules in (
        ({"value": "10100997245"}, {"ACTOR-PERSON-AGREE"}),
        ({"assigner": {"display": "ANS"}}, set()),
    ):
        said = [national, {"system": "https://rpps.esante.gouv.fr", **rpps}]
        assert tripped(json.dumps({"resourceType": "Practitioner", "identifier": said}).encode()) == rules


def test_a_regulator_may_have_an_identifier_of_the_structure() -> None:
    regulator = {"insert": '{"meta": {"profile": ["https://example.org/FrPractitionerRegul"]}}'}
    own = {"set": "Bundle.entry.resource.ofType(Practitioner).identifier.system", "to": "urn:oid:1.2.250.1.213.3.6"}
    assert "SAS-PRACTITIONER" in tripped(edited(SLOTS, own))
    practitioner = "Bundle.entry.resource.ofType(Practitioner)"
    assert "SAS-PRACTITIONER" not in tripped(edited(SLOTS, own, {**regulator, "into": practitioner}))


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
    assert {"FHIR-UNKNOWN-ELEMENT", "INS-R05-SEX"} <= {finding.rule for finding in judgement.findings}
    assert judgement.requirements["INS-R05"] == "broken"


def test_a_matricule_of_production_is_masked_wherever_it_is_told(tmp_path: Path) -> None:
    real = edited(
        PATIENT,
        {"set": "Patient.ins().type.coding.code", "to": "INS-NIR"},
        {"set": "Patient.ins().value", "to": "279035121518988"},
        {"set": "Patient.ins().system", "to": "urn:oid:1.2.250.1.213.1.4.8"},
    )
    pretty = json.dumps(json.loads(real), indent=1).encode()
    for written in (pretty, pretty.replace(b".1.4.8", rb".1.4.\u0038"), pretty.replace(b"1.4.8", rb"1\u002E4.8")):
        told = repr(checked(written, tmp_path).findings)
        assert "INS-R01" in told
        assert "279************" in told
        assert "279035121518988" not in told


@pytest.mark.parametrize(
    ("member", "carries"),
    [
        (r'"system": "urn:oid:1.2.250.1.213.1.4.8"', True),
        (r'"system": "a \" urn:oid:1.2.250.1.213.1.4.8"', True),
        (r'"system": "\u002e1.2.250.1.213.1.4.8"', False),
        (r'"urn:oid:1.2.250.1.213.1.4.8" : "x"', False),
        (r'"system": "urn:oid:1.2.250.1.213.1.4.80"', False),
        (r'"system": "urn:oid:1.2.250.1.213.1.4.80", "value": "1.2.250.1.213.1.4.9"', True),
    ],
)
def test_a_resource_carries_a_matricule_of_production_where_a_value_names_its_authority(member: str, carries: bool) -> None:
    document = read(f'{{"resourceType": "Patient", "identifier": [{{{member}}}]}}'.encode(), "x")
    assert document.resource is not None
    assert _carries_production_ins(document, document.resource) is carries


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-32"])
@pytest.mark.parametrize("system", ["urn:oid:1.2.250.1.213.1.4.8", "&#49;.2.250.1.213.1.4.9"])
def test_a_matricule_of_production_is_masked_in_xml_of_any_encoding(tmp_path: Path, encoding: str, system: str) -> None:
    text = f"""<?xml version="1.0" encoding="{encoding}"?>
<Patient xmlns="http://hl7.org/fhir">
<identifier><system value="{system}"/><value value="279035121518988"/></identifier></Patient>"""
    told = repr(checked(text.encode(encoding), tmp_path).findings)
    assert "279****" in told
    assert "279035121518988" not in told


def test_a_profile_that_is_asked_for_judges_whatever_the_resource_is(tmp_path: Path) -> None:
    slot = b'{"resourceType": "Slot", "schedule": {"reference": "Schedule/1"}, "status": "busy"}'
    judge = Judge(LIBRARY, at=DAY, now=NOW, profile="fhir/sas", definitions=Definitions.open(tmp_path))
    judgement = judge.judge(read(slot, "slot.json"))
    assert judgement.profile == "fhir/sas@1.1.0"
    assert "SAS-SLOT-STATUS" in {finding.rule for finding in judgement.findings}


def test_a_resource_that_the_models_do_not_have_is_not_taken_for_unknown(tmp_path: Path) -> None:
    judgement = checked(b'{"resourceType": "SubstanceProtein", "id": "a"}', tmp_path)
    assert judgement.verdict is DocumentVerdict.PARTIAL
    assert any("SubstanceProtein" in said.en for said in judgement.not_judged)


def test_what_an_expression_says_of_its_context_is_asked_of_each_node() -> None:
    patient = read_json(b'{"resourceType": "Patient", "identifier": [{"value": "a"}, {"value": "b"}]}')
    expression, context = compile("%resource.identifier.where(value = %context.value).value"), Context()
    found = [expression.evaluate(node, context) for node in patient.children["identifier"]]
    assert [[item.value for item in items] for items in found] == [["a"], ["b"]]
