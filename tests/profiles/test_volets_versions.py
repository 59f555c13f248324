"""Versions of a volet side by side: which one judges a document, and what the later one asks that the earlier did not."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from lxml import etree

from harness.checks import Judge
from harness.cli.specimens import specimen
from harness.documents import read
from harness.library import Library
from harness.model import Judgement, Severity

AT = date(2026, 11, 24)
TEMPLATES = {"cda/cancer-frcp": "1.2.250.1.213.1.1.1.8", "cda/cancer-pps": "1.2.250.1.213.1.1.1.26"}


DIAGNOSIS = "//*[local-name()='component'][*/*[local-name()='templateId'][@root='1.3.6.1.4.1.19376.1.7.3.1.3.14.1']]"


def judged(volet: str, made_of: str, said: str | None, at: date = AT, without: str | None = None) -> Judgement:
    """A document made of one version, which says that it is of another, or says none."""
    library = Library.open()
    root = specimen(library, library.head(f"{volet}@{made_of}", AT), AT).root
    (template,) = root.iterfind(f"{{*}}templateId[@root='{TEMPLATES[volet]}']")
    template.attrib.pop("extension", None)
    if said:
        template.set("extension", said)
    for part in root.xpath(without) if without else ():
        part.getparent().remove(part)
    judge = Judge(library, at=at, now=datetime(at.year, at.month, at.day, tzinfo=UTC))
    return judge.judge(read(etree.tostring(root), "made.xml"))


def errors(judgement: Judgement) -> set[str]:
    return {finding.rule for finding in judgement.findings if finding.severity is Severity.ERROR}


@pytest.mark.parametrize("volet", TEMPLATES)
@pytest.mark.parametrize("version", ["2022.01", "2025.01"])
def test_a_document_is_judged_whole_by_the_version_that_it_says(volet: str, version: str) -> None:
    judgement = judged(volet, version, version)
    assert (judgement.profile, judgement.version_assumed, judgement.not_judged) == (f"{volet}@{version}", False, ())
    assert errors(judgement) == set()


@pytest.mark.parametrize("volet", TEMPLATES)
@pytest.mark.parametrize(("at", "meant"), [(date(2025, 3, 1), "2022.01"), (AT, "2025.01")])
def test_a_document_that_says_no_version_is_of_the_latest_in_force(volet: str, at: date, meant: str) -> None:
    judgement = judged(volet, "2025.01", None, at)
    assert (judgement.profile, judgement.version_assumed) == (f"{volet}@{meant}", True)


def test_the_care_programme_of_2025_wants_five_sections_that_the_earlier_did_not() -> None:
    wanted = ("document-status", "care-plan", "cancer-diagnosis", "event-outcome", "copy-of-document")
    assert errors(judged("cda/cancer-pps", "2022.01", "2025.01")) == {f"cancer-pps:body/{section}.card" for section in wanted}


@pytest.mark.parametrize(("version", "severity"), [("2022.01", Severity.WARNING), ("2025.01", Severity.ERROR)])
def test_the_meeting_form_of_2025_wants_the_diagnosis_that_the_earlier_recommended(version: str, severity: Severity) -> None:
    judgement = judged("cda/cancer-frcp", version, version, without=DIAGNOSIS)
    assert {f.severity for f in judgement.findings if f.rule == "cancer-frcp:body/cancer-diagnosis.card"} == {severity}
