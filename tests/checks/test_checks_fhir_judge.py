"""FHIR documents through the judge: what is said without any package, with some, and what could not be judged."""

from __future__ import annotations

import gc
import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from fhir_small import BASE, BASICS, PROFILES, element, profile

from harness import collector
from harness.checks import Judge
from harness.checks.fhir.primitives import from_xml
from harness.documents import read
from harness.errors import UsageError
from harness.library import Library
from harness.library.fhir.definitions import Definitions
from harness.library.fhir.loose import with_loose
from harness.model import DocumentVerdict, Judgement

NOW = datetime(2024, 6, 1, tzinfo=UTC)
PROFILE = f"{PROFILES}named"
RESOURCES = [*BASICS, profile("named", "Patient", element("Patient.name", 1, "*", "HumanName"))]


def judged(content: bytes | dict[str, Any], definitions: Definitions, profile: str | None = None) -> Judgement:
    data = content if isinstance(content, bytes) else json.dumps(content, indent=1).encode()
    judge = Judge(Library.open(), at=date(2024, 6, 1), now=NOW, definitions=definitions, profile=profile)
    return judge.judge(read(data, "p.json"))


@pytest.fixture(scope="module")
def definitions() -> Definitions:
    return Definitions().with_resources(RESOURCES)


def test_without_a_package_the_structure_is_judged_and_the_rest_is_told():
    good = judged({"resourceType": "Patient", "birthDate": "1975-02-03"}, Definitions())
    assert (good.verdict, good.findings) == (DocumentVerdict.PARTIAL, ())
    assert "harness packages" in good.not_judged[0].en
    bad = judged({"resourceType": "Patient", "prenom": "Anne", "birthDate": "03/02/1975"}, Definitions())
    assert bad.verdict is DocumentVerdict.FAIL
    assert {(finding.location, finding.line) for finding in bad.findings} == {("Patient.prenom", 3), ("Patient.birthDate", 4)}


def test_what_is_claimed_and_holds_passes_with_the_profile_named(definitions):
    patient = {"resourceType": "Patient", "meta": {"profile": [PROFILE]}, "name": [{"family": "DURAND"}]}
    judgement = judged(patient, definitions)
    assert (judgement.verdict, judgement.profile, judgement.not_judged) == (DocumentVerdict.PASS, f"{PROFILE}|1.0", ())
    assert judgement.requirements[PROFILE] == "met"


def test_a_profile_may_be_asked_beside_what_is_claimed(definitions):
    judgement = judged({"resourceType": "Patient", "id": "a"}, definitions, PROFILE)
    assert judgement.verdict is DocumentVerdict.FAIL
    assert [(one.rule, one.requirement) for one in judgement.findings] == [("FHIR-CARD", f"{PROFILE}#Patient.name")]
    assert judgement.requirements[PROFILE] == "broken"


def test_a_profile_asked_that_is_not_known_is_an_error_of_use(definitions):
    with pytest.raises(UsageError, match="unknown FHIR profile"):
        judged({"resourceType": "Patient"}, definitions, PROFILE + "-2")


def test_a_profile_that_cannot_judge_is_an_error_where_it_is_asked_and_told_where_it_is_claimed(tmp_path: Path) -> None:
    broken = {"resourceType": "StructureDefinition", "url": PROFILE + "-broken", "name": "Broken", "type": "Patient"}
    broken |= {"kind": "resource", "derivation": "constraint", "baseDefinition": BASE + "Patient"}
    (tmp_path / "broken.json").write_text(json.dumps(broken))
    definitions = with_loose(Definitions().with_resources(RESOURCES), [tmp_path / "broken.json"])
    with pytest.raises(UsageError, match="unusable FHIR profile"):
        judged({"resourceType": "Patient"}, definitions, PROFILE + "-broken")
    judgement = judged({"resourceType": "Patient", "id": "a", "meta": {"profile": [PROFILE + "-broken"]}}, definitions)
    assert judgement.verdict is DocumentVerdict.PARTIAL
    assert "neither snapshot nor differential" in judgement.not_judged[0].en


def test_a_profile_claimed_that_is_not_known_makes_the_verdict_partial(definitions):
    judgement = judged({"resourceType": "Patient", "id": "a", "meta": {"profile": ["http://example.org/none"]}}, definitions)
    assert judgement.verdict is DocumentVerdict.PARTIAL
    assert "http://example.org/none" in judgement.not_judged[0].en


def test_another_version_of_the_profile_that_is_claimed_judges_and_says_so(definitions):
    patient = {"resourceType": "Patient", "id": "a", "meta": {"profile": [f"{PROFILE}|1.9"]}}
    judgement = judged(patient, definitions)
    assert {one.rule for one in judgement.findings} == {"FHIR-PROFILE-VERSION", "FHIR-CARD"}
    patient["meta"] = {"profile": [f"{PROFILE}|2.0"]}
    assert judged(patient, definitions).verdict is DocumentVerdict.PARTIAL


def test_an_extension_that_nobody_defines_makes_the_verdict_partial(definitions):
    patient = {"resourceType": "Patient", "extension": [{"url": "http://example.org/x", "valueString": "a"}]}
    judgement = judged(patient, definitions)
    assert judgement.verdict is DocumentVerdict.PARTIAL
    told = judgement.not_judged[0].en
    assert "http://example.org/x (Patient.extension)" in told
    assert "breaks nothing" in told and "--with" in told


def test_an_extension_that_comes_often_is_told_once(definitions):
    own = {"url": "http://example.org/x", "valueString": "a"}
    patient = {"resourceType": "Patient", "extension": [own, own], "name": [{"family": "A", "extension": [own]}]}
    assert judged(patient, definitions).not_judged[0].en.count("http://example.org/x") == 1


def test_xml_is_judged_as_json_is(definitions):
    data = b'<Patient xmlns="http://hl7.org/fhir">\n <id value="a"/>\n <birthDate value="1975-02-30"/>\n <name/>\n</Patient>'
    judgement = judged(data, definitions)
    assert {(one.rule, one.location, one.line) for one in judgement.findings} == {
        ("FHIR-TYPE", "Patient.birthDate", 3),
        ("FHIR-ORDER", "Patient.name[0]", 4),
        ("FHIR-INVARIANT:ele-1", "Patient.name[0]", 4),
    }


@pytest.mark.parametrize("text", ["1e1000", "-1e999999999", "1e-1000"])
def test_a_decimal_of_xml_that_nothing_can_measure_is_no_number(text):
    assert from_xml(text, "decimal") == text


def test_a_resource_that_fhir_does_not_know_is_told(definitions):
    judgement = judged({"resourceType": "Malade", "id": "a"}, definitions)
    assert [(one.rule, one.location) for one in judgement.findings] == [("FHIR-UNKNOWN-RESOURCE", "Malade")]


def test_a_rule_that_speaks_too_often_is_counted(definitions):
    judgement = judged({"resourceType": "Patient", "name": [{"prenom": "a"}] * 150}, definitions)
    told = [one for one in judgement.findings if one.rule == "FHIR-UNKNOWN-ELEMENT"]
    assert len(told) == 100
    assert any("50 times more" in one.message.en for one in told)


def test_nothing_of_a_judgement_waits_for_the_collector(definitions):
    judge = Judge(Library.open(), at=date(2024, 6, 1), now=NOW, definitions=definitions)
    patient = {
        "resourceType": "Patient",
        "meta": {"profile": [PROFILE]},
        "name": [{"family": ""}, {"family": None}],
        "birthDate": [],
    }
    in_xml = b'<Patient xmlns="http://hl7.org/fhir">\n <id value=""/>\n <birthDate value="1975-02-30"/>\n <name/>\n</Patient>'
    for data in (json.dumps(patient).encode(), in_xml):
        judge.judge(read(data, "what is worked out once"))
        gc.collect()
        with collector.at_rest():
            judgement = judge.judge(read(data, "p"))
            assert judgement.findings
            assert gc.collect() == 0
