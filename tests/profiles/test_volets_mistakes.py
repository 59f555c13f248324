"""Mistakes made in the bodies of the official letters and summary: each adds an error or a warning that the clean one lacks."""

from __future__ import annotations

import copy
from collections import Counter
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from cda_edits import Edit, drop, lose, put, twice
from harness.checks import Judge
from harness.documents import read
from harness.library import Library
from harness.model import Severity

XSI_TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"


def section(template: str) -> str:
    return f"//c:section[c:templateId/@root='{template}']"


def component(template: str) -> str:
    return f"//c:component[c:section/c:templateId/@root='{template}']"


def entry(template: str) -> str:
    return f"//*[c:templateId/@root='{template}']"


PCC = "1.3.6.1.4.1.19376.1.5.3.1"
FR = "1.2.250.1.213.1.1"
DRUG, ALLERGY, CONCERN, ACT = (entry(f"{PCC}.4.{n}") for n in ("7", "6", "5.3", "19"))
SOCIAL, FAMILY, REASON = (entry(f"{PCC}.4.{n}") for n in ("13.4", "15", "4.1"))

MISTAKES: dict[str, dict[str, Edit]] = {
    "VSM_1.4_2022.01": {
        "conditions section missing": drop(component(f"{FR}.2.29")),
        "treatment section missing": drop(component(f"{FR}.2.32")),
        "risk factors missing": drop(component(f"{FR}.2.31")),
        "treatments mislabelled": put(f"{section(f'{PCC}.3.19')}/c:code", "displayName", "Allergies"),
        "section without label": lose(f"{section(f'{PCC}.3.13')}/c:code", "displayName"),
        "section without title": drop(f"{section(f'{PCC}.3.13')}/c:title"),
        "section without identifier": drop(f"{section(f'{PCC}.3.16.1')}/c:id"),
        "parent template of a section lost": drop(f"{section(f'{PCC}.3.19')}/c:templateId[@root='2.16.840.1.113883.10.20.1.8']"),
        "French template of a section lost": drop(f"{section(f'{PCC}.3.6')}/c:templateId[@root='{FR}.2.132']"),
        "allergy without value": drop(f"{ALLERGY}/c:value"),
        "allergy kind unknown": put(f"{ALLERGY}/c:code", "code", "282291009"),
        "allergy kind mislabelled": put(f"{ALLERGY}/c:code", "displayName", "allergie alimentaire"),
        "allergy without negation": lose(ALLERGY, "negationInd"),
        "allergy without onset": drop(f"{ALLERGY}/c:effectiveTime/c:low"),
        "allergen without words": drop(f"{ALLERGY}/c:participant//c:code/c:originalText"),
        "allergen in an unlikely code": put(f"{ALLERGY}/c:participant//c:code", "code", "PARA"),
        "allergy status of problems": put(f"{ALLERGY}//c:observation/c:value", "codeSystem", "2.16.840.1.113883.4.642.1.1074"),
        "concern closed without end": put(f"{CONCERN}/c:statusCode", "code", "completed"),
        "concern status unknown": put(f"{CONCERN}/c:statusCode", "code", "finished"),
        "concern with a code": put(f"{CONCERN}/c:code", "code", "X"),
        "drug without product": drop(f"{DRUG}/c:consumable"),
        "drug without words": drop(f"{DRUG}/c:text"),
        "drug without CIS": put(f"{DRUG}//c:manufacturedMaterial/c:code", "codeSystem", "1.2.250.1.213.2.3.2"),
        "drug with a CIP for a CIS": put(f"{DRUG}//c:manufacturedMaterial/c:code", "code", "3400938022209"),
        "drug without name": drop(f"{DRUG}//c:manufacturedMaterial/c:name"),
        "dose in an unknown unit": put(f"{DRUG}/c:doseQuantity/c:low", "unit", "comprimés"),
        "dose of two units": put(f"{DRUG}/c:doseQuantity/c:high", "unit", "mg"),
        "dose without unit": lose(f"{DRUG}/c:doseQuantity/c:low", "unit"),
        "dose without high bound": drop(f"{DRUG}/c:doseQuantity/c:high"),
        "dose upside down": put(f"{DRUG}/c:doseQuantity/c:high", "value", "1"),
        "treatment without end": drop(f"{DRUG}/c:effectiveTime[1]/c:high"),
        "treatment without period": drop(f"{DRUG}/c:effectiveTime[1]"),
        "period of another type": put(f"{DRUG}/c:effectiveTime[1]", XSI_TYPE, "TS"),
        "frequency without operator": lose(f"{DRUG}/c:effectiveTime[2]", "operator"),
        "route of an unknown code": put(f"{DRUG}/c:routeCode", "code", "PO"),
        "route mislabelled": put(f"{DRUG}/c:routeCode", "displayName", "Voie nasale"),
        "route of another system": put(f"{DRUG}/c:routeCode", "codeSystem", "2.16.840.1.113883.6.96"),
        "dosing mode lost": drop(f"{DRUG}/c:templateId[@root='{PCC}.4.7.1']"),
        "drug prescribed as done with a goal": put(DRUG, "moodCode", "GOL"),
        "reason of no entry": put(f"{DRUG}//c:act/c:id", "root", "00000000-0000-4000-8000-000000000000"),
        "reason of another code": put(f"{DRUG}//c:act/c:code", "code", "Z99.9"),
        "reason without identifier": drop(f"{REASON}/c:id"),
        "act without code": drop(f"{ACT}/c:code"),
        "act with a malformed CCAM code": put(f"{ACT}/c:code", "code", "DDAF04"),
        "act of no status": drop(f"{ACT}/c:statusCode"),
        "act planned with the template of a past one": put(ACT, "moodCode", "INT"),
        "lifestyle of an unknown kind": put(f"{SOCIAL}/c:code", "code", "8302-2"),
        "lifestyle mislabelled": put(f"{SOCIAL}/c:code", "displayName", "Consommation d'alcool"),
        "lifestyle without value": drop(f"{SOCIAL}/c:value"),
        "relative of an unknown kind": put(f"{FAMILY}//c:relatedSubject/c:code", "code", "COUSIN"),
        "relative mislabelled": put(f"{FAMILY}//c:relatedSubject/c:code", "displayName", "Père"),
        "family history without subject": drop(f"{FAMILY}/c:subject"),
        "diagnosis of no form": put("//c:value[@codeSystem='2.16.840.1.113883.6.3']", "code", "AIT"),
        "SNOMED under the name of another": put("//c:code[@codeSystemName='SNOMED CT']", "codeSystem", "2.16.840.1.113883.6.1"),
    },
    "LDL-SES_2022.01": {
        "status section missing": drop(component(f"{FR}.2.35.1")),
        "reason missing": drop(component(f"{PCC}.3.1")),
        "events missing": drop(component("1.3.6.1.4.1.19376.1.7.3.1.1.13.7")),
        "discharge treatments missing": drop(component(f"{PCC}.3.22")),
        "section code replaced": put(f"{section(f'{PCC}.3.22')}/c:code", "code", "10160-0"),
        "section mislabelled": put(f"{section(f'{PCC}.3.36')}/c:code", "displayName", "Plan de traitement"),
        "section without narrative": drop(f"{section(f'{PCC}.3.1')}/c:text"),
        "document status out of its set": put(f"{entry(f'{FR}.3.48.16')}/c:value", "code", "1234567"),
        "admission mode out of its set": put(f"{entry(f'{FR}.3.48.6')}/c:value", "code", "109"),
        "admission mode without value": drop(f"{entry(f'{FR}.3.48.6')}/c:value"),
        "discharge mode missing": drop(f"//c:entry[c:observation/c:templateId/@root='{FR}.3.48.7']"),
        "transfusion said in words": put(f"{entry(f'{FR}.3.48.10')}/c:value", XSI_TYPE, "ST"),
        "transfusion neither true nor false": put(f"{entry(f'{FR}.3.48.10')}/c:value", "value", "non"),
        "event of an unknown code": put(f"{entry(f'{FR}.3.48.9')}/c:code", "code", "MED-999"),
        "event without time": drop(f"{entry(f'{FR}.3.48.9')}/c:effectiveTime"),
        "event template lost": drop(f"{entry(f'{FR}.3.48.8')}/c:templateId[@root='{FR}.3.48.8']"),
        "act to do without date or priority": lambda root: (
            drop(f"{ACT}/c:effectiveTime")(root),
            drop(f"{ACT}/c:priorityCode")(root),
        )[0],
        "priority unknown": put(f"{ACT}/c:priorityCode", "code", "VITE"),
        "request already done": put(entry(f"{PCC}.1.20.3.1"), "moodCode", "EVN"),
        "request without words": drop(f"{entry(f'{PCC}.1.20.3.1')}/c:text"),
        "encounter mislabelled": put(f"{entry(f'{PCC}.4.14')}/c:code", "displayName", "Hospitalisation"),
        "encounter asked without its template": drop(f"{entry(f'{PCC}.4.14')}/c:templateId[@root='2.16.840.1.113883.10.20.1.25']"),
        "device without participant": drop(f"{entry(f'{FR}.3.20')}/c:participant"),
        "device without period": drop(f"{entry(f'{FR}.3.20')}/c:effectiveTime"),
        "device of another class": put(f"{entry(f'{FR}.3.20')}//c:playingDevice", "determinerCode", "KIND"),
        "two status entries": twice(f"{section(f'{FR}.2.35.1')}/c:entry"),
        "birth date missing": drop("//c:recordTarget//c:birthTime"),
        "stay without beginning": drop("//c:serviceEvent/c:effectiveTime/c:low"),
    },
    "LDL-EES_2022.01": {
        "comment missing": drop(component("1.3.6.1.4.1.19376.1.4.1.2.16")),
        "allergies missing": drop(component(f"{PCC}.3.13")),
        "admission treatments missing": drop(component(f"{PCC}.3.20")),
        "service event of another code": put("//c:serviceEvent/c:code", "code", "AMB"),
        "comment mislabelled": put(f"{section('1.3.6.1.4.1.19376.1.4.1.2.16')}/c:code", "displayName", "Conclusion"),
        "severity hung the wrong way": put(
            f"//c:entryRelationship[c:observation/c:templateId/@root='{PCC}.4.1']", "inversionInd", "false"
        ),
        "severity without value": drop(f"{entry(f'{PCC}.4.1')}/c:value"),
        "status hung as a cause": put(f"//c:entryRelationship[c:observation/c:templateId/@root='{PCC}.4.1.1']", "typeCode", "CAUS"),
        "status unknown": put(f"{entry(f'{PCC}.4.1.1')}/c:value", "code", "unknown"),
        "reaction hung as a subject": put(
            "//c:entryRelationship[c:observation/c:templateId/@root='2.16.840.1.113883.10.20.1.54']", "typeCode", "SUBJ"
        ),
        "reaction without negation": lose("//c:observation[c:templateId/@root='2.16.840.1.113883.10.20.1.54']", "negationInd"),
        "past problem without code": lose("//c:section[c:code/@code='11348-0']//c:observation/c:value", "code"),
        "past problem without original text": drop("//c:section[c:code/@code='11348-0']//c:observation/c:value/c:originalText"),
        "past problem still open": drop("//c:section[c:code/@code='11348-0']//c:act/c:effectiveTime/c:high"),
        "surgery without identifier": drop(f"{ACT}/c:id"),
        "surgery without words": drop(f"{ACT}/c:text"),
    },
}
CASES = [(example, mistake) for example, mistakes in MISTAKES.items() for mistake in mistakes]


class Examples:
    """The examples, with what is found in them clean."""

    def __init__(self, folder: Path) -> None:
        self.judge = Judge(Library.open(), at=date(2026, 11, 24), now=datetime(2026, 11, 24, 12, tzinfo=UTC))
        self.roots = {name: etree.parse(str(folder / f"{name}.xml")).getroot() for name in MISTAKES}
        self.clean = {name: self.found(root) for name, root in self.roots.items()}

    def found(self, root: Any) -> Counter[str]:
        """Errors and warnings by rule."""
        judgement = self.judge.judge(read(etree.tostring(root), "example.xml"))
        return Counter(f.rule for f in judgement.findings if f.severity is not Severity.INFO)

    def new(self, name: str, edit: Edit) -> Counter[str]:
        spoiled = copy.deepcopy(self.roots[name])
        edit(spoiled)
        return self.found(spoiled) - self.clean[name]


@pytest.fixture(scope="module")
def examples(official: Path) -> Examples:
    return Examples(official / "cda" / "examples")


@pytest.mark.official
@pytest.mark.parametrize(("example", "mistake"), CASES)
def test_a_mistake_in_the_body_is_reported(examples: Examples, example: str, mistake: str) -> None:
    assert examples.new(example, MISTAKES[example][mistake]), f"{mistake}: nothing that the clean example does not have"
