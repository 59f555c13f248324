"""Volets of 2025 whose official examples are not at hand: recognised beside their earlier versions, and what they ask reported, on
documents made of their facts.
"""

from __future__ import annotations

import copy
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from cda_edits import NS, Edit, drop, lose, put, twice
from harness.checks import Judge, recognition
from harness.cli.specimens import specimen
from harness.documents import read
from harness.library import Library
from harness.model import Judgement, ProfileHead, Severity

AT = date(2026, 11, 24)
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
LIBRARY = Library.open()
RETURN, TRANSFER, RARE = "cda/dlu-fr-su", "cda/dlu-ft-su", "cda/sdm-mr"
MEETING, PROGRAMME = "cda/cancer-frcp", "cda/cancer-pps"
SECTION = "1.2.250.1.213.1.1.2"


def section(number: int) -> str:
    return f"//c:component[c:section/c:templateId/@root='{SECTION}.{number}']"


def code(number: int, *codes: str) -> str:
    named = " or ".join(f"@code='{one}'" for one in codes)
    return f"{section(number)}//c:entry/c:*/c:code[{named}]"


def belonging() -> str:
    return f"{section(53)}//c:observation[c:templateId/@root='1.2.250.1.213.1.1.3.12']/c:code"


ACT = "c:documentationOf/c:serviceEvent/c:code[@code='107724000' or @code='306104004']"
DIAGNOSIS = "//c:component[c:section/c:templateId/@root='1.3.6.1.4.1.19376.1.7.3.1.3.14.1']"
KINDS = ("ORG-216", "160849004", "19712007")
STATES = ("MED-1301", "MED-1302", "MED-1303")
MISTAKES: list[tuple[str, Edit, str]] = [
    (RETURN, put("c:code", "codeSystem", "1.2.3"), "dlu-fr-su:code.code"),
    (RETURN, put(ACT, "code", "281036007"), "dlu-fr-su:documented-act-code.card"),
    (RETURN, drop(section(251)), "dlu-fr-su:body/informed.card"),
    (RETURN, twice(section(163)), "dlu-fr-su:body/transfer.card"),
    (RETURN, twice(section(73)), "dlu-fr-su:body/comments.card"),
    (RETURN, drop(section(253)), "dlu-fr-su:body/documents-handed-over.card"),
    (RETURN, put(code(251, "PCP"), "code", "ATTPHYS"), "dlu-fr-su.section.informed:attending-physician.card"),
    (RETURN, put(code(163, *KINDS), "code", "ORG-001"), "dlu-fr-su.section.transfer:kind-of-transfer.card"),
    (RETURN, put(code(163, "80413-8"), "code", "11488-4"), "dlu-fr-su.section.transfer:destination.card"),
    (RETURN, put(belonging(), "code", "P0103"), "valueset"),
    (TRANSFER, put(ACT, "code", "281036007"), "dlu-ft-su:documented-act-code.card"),
    (TRANSFER, put("c:componentOf//c:encompassingEncounter/c:code", "code", "IMP"), "dlu-ft-su:encounter.code"),
    (TRANSFER, drop(section(127)), "dlu-ft-su:body/reason.card"),
    (TRANSFER, twice(section(245)), "dlu-ft-su:body/vigilance.card"),
    (TRANSFER, put(code(251, "225728007"), "code", "225729004"), "dlu-ft-su.section.informed:emergency-department.card"),
    (TRANSFER, put(code(115, *STATES), "code", "MED-001"), "dlu-ft-su.section.physical-functions:consciousness.card"),
    (TRANSFER, put(code(115, "GEN-244"), "code", "GEN-245"), "dlu-ft-su.section.physical-functions:last-meal.card"),
    (TRANSFER, lose(belonging(), "codeSystem"), "dlu-ft-su:belonging/code.attributes"),
]


JUDGE = Judge(LIBRARY, at=AT, now=NOW)


def made(profile: str) -> Any:
    return derived(LIBRARY.head(profile, AT))


@cache
def derived(head: ProfileHead) -> Any:
    found = specimen(LIBRARY, head, AT)
    assert found.faults == ()
    return found.root


def judged(root: Any) -> Judgement:
    return JUDGE.judge(read(etree.tostring(root), "made.xml"))


def errors(root: Any) -> list[str]:
    return [finding.rule for finding in judged(root).findings if finding.severity is Severity.ERROR]


def recognised(template: str, extension: str, type_code: str, at: date = AT) -> tuple[str | None, bool]:
    claims = recognition.Claims(
        ((template, extension or None),), frozenset((template,)), (type_code, "2.16.840.1.113883.6.1"), "", True
    )
    found = recognition.recognise(claims, recognition.Volets(LIBRARY.heads()), at)
    return found.head and found.head.coordinate, found.assumed


@pytest.mark.parametrize(
    "coordinate",
    [f"{volet}@2025.01" for volet in (RETURN, TRANSFER, MEETING, PROGRAMME)] + [f"{MEETING}@2022.01", f"{PROGRAMME}@2022.01"],
)
def test_a_document_of_the_volet_is_judged_whole_by_its_version_and_has_no_error(coordinate: str) -> None:
    judgement = judged(made(coordinate))
    assert (judgement.profile, judgement.version_assumed, judgement.not_judged) == (coordinate, False, ())
    assert errors(made(coordinate)) == []


@pytest.mark.parametrize(("profile", "edit", "rule"), MISTAKES, ids=[f"{profile[4:]}-{rule}" for profile, _, rule in MISTAKES])
def test_a_mistake_is_told_by_its_rule(profile: str, edit: Edit, rule: str) -> None:
    root = copy.deepcopy(made(profile))
    edit(root)
    assert any(told.endswith(rule) for told in errors(root)), errors(root)


def test_a_return_says_its_diagnosis_coded_or_not() -> None:
    root = copy.deepcopy(made(RETURN))
    roots = root.xpath("//@root")
    assert (f"{SECTION}.5" in roots) != (f"{SECTION}.133" in roots)
    for number in (5, 133):
        for found in root.xpath(section(number), namespaces=NS):
            found.getparent().remove(found)
    assert "dlu-fr-su:body/discharge-diagnosis.card" in errors(root)


def test_versions_stand_side_by_side_and_the_latest_in_force_is_meant() -> None:
    rare = "1.2.250.1.213.1.1.1.30"
    for version in ("2022.01", "2024.01", "2025.01"):
        assert recognised(rare, version, "34133-9") == (f"{RARE}@{version}", False)
    assert recognised(rare, "", "34133-9", date(2024, 6, 1)) == (f"{RARE}@2024.01", True)
    assert recognised(rare, "", "34133-9") == (f"{RARE}@2025.01", True)
    assert recognised("1.2.250.1.213.1.1.1.62", "", "60280-5") == (f"{RETURN}@2025.01", True)
    assert recognised("1.2.250.1.213.1.1.1.61", "2025.01", "78341-5") == (f"{TRANSFER}@2025.01", False)
    for volet, template, code_of in (
        (MEETING, "1.2.250.1.213.1.1.1.8", "34794-8"),
        (PROGRAMME, "1.2.250.1.213.1.1.1.26", "18776-5"),
    ):
        for version in ("2022.01", "2025.01"):
            assert recognised(template, version, code_of) == (f"{volet}@{version}", False)
        assert recognised(template, "", code_of, date(2025, 3, 1)) == (f"{volet}@2022.01", True)
        assert recognised(template, "", code_of) == (f"{volet}@2025.01", True)


def test_the_care_programme_of_2025_wants_five_sections_that_the_earlier_did_not() -> None:
    root = copy.deepcopy(made(f"{PROGRAMME}@2022.01"))
    put("c:templateId[@root='1.2.250.1.213.1.1.1.26']", "extension", "2025.01")(root)
    wanted = ("document-status", "care-plan", "cancer-diagnosis", "event-outcome", "copy-of-document")
    assert set(errors(root)) == {f"cancer-pps:body/{name}.card" for name in wanted}


@pytest.mark.parametrize(("version", "severity"), [("2022.01", Severity.WARNING), ("2025.01", Severity.ERROR)])
def test_the_meeting_form_of_2025_wants_the_diagnosis_that_the_earlier_recommended(version: str, severity: Severity) -> None:
    root = copy.deepcopy(made(f"{MEETING}@{version}"))
    for part in root.xpath(DIAGNOSIS, namespaces=NS):
        part.getparent().remove(part)
    found = {finding.severity for finding in judged(root).findings if finding.rule == "cancer-frcp:body/cancer-diagnosis.card"}
    assert found == {severity}


@pytest.mark.parametrize("version", ["2022.01", "2025.01"])
def test_a_tumour_without_a_stage_of_the_tnm_is_no_error(version: str) -> None:
    root = copy.deepcopy(made(f"{MEETING}@{version}"))
    for stage in root.xpath("//c:code[@code='75620-5' or @code='21905-5' or @code='21906-3' or @code='21907-1']", namespaces=NS):
        stage.set("code", "21908-9")
    found = [finding for finding in judged(root).findings if ".section.cancer-diagnosis:tnm" in finding.rule]
    assert [finding.severity for finding in found] == [Severity.WARNING] * 4
    assert errors(root) == []


def test_a_foreign_answer_on_the_ecog_scale_is_a_warning_in_the_meeting_form_of_2025() -> None:
    root = copy.deepcopy(made(f"{MEETING}@2025.01"))
    put("//c:observation[c:code/@code='89262-0']/c:value", "code", "MED-001")(root)
    found = [finding for finding in judged(root).findings if finding.rule.startswith("cancer-frcp:ecog-performance")]
    assert [finding.severity for finding in found] == [Severity.WARNING]


@pytest.mark.official
def test_rare_diseases_of_2025_are_judged_as_those_of_2024(official: Path) -> None:
    data = (official / "cda" / "examples" / "SDM-MR_2024.01_nouveau-ne.xml").read_bytes()
    before = etree.fromstring(data)
    after = copy.deepcopy(before)
    put("c:templateId[@root='1.2.250.1.213.1.1.1.30']", "extension", "2025.01")(after)
    assert judged(after).profile == f"{RARE}@2025.01"
    assert judged(after).not_judged == ()
    assert (errors(before), errors(after)) == ([], [])
    put("//c:observation/c:code[@code='MED-072']", "code", "MED-001")(after)
    assert any(rule.startswith("sdm-mr.section.hospital-admission-diagnosis:") for rule in errors(after))
