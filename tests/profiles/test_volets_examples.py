"""The official examples against the bodies: the volets' own, and every template on the documents of other volets that claim it."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from harness.checks import Judge
from harness.documents import read
from harness.library import Library
from harness.model import Judgement, Severity

VOLETS = {
    "VSM_1.4_2022.01": "cda/vsm@2022.01",
    "LDL-SES_2022.01": "cda/ldl-ses@2022.01",
    "LDL-EES_2022.01": "cda/ldl-ees@2022.01",
}
# The official content models find the same here: an author's profession that left JDV_J01.
KNOWN = {"content-models:body/author-profession.valueset"}
OURS = ("section.", "entry.", "content-models:", "BODY-")


def a_judge(library: Library, profile: str | None = None) -> Judge:
    return Judge(library, at=date(2026, 11, 24), now=datetime(2026, 11, 24, 12, tzinfo=UTC), profile=profile)


def judged(judge: Judge, path: Path) -> Judgement:
    return judge.judge(read(path.read_bytes(), path.name))


@pytest.mark.official
@pytest.mark.parametrize("name", VOLETS)
def test_the_example_of_a_volet_is_judged_whole_and_has_no_error(library: Library, official: Path, name: str) -> None:
    judgement = judged(a_judge(library), official / "cda" / "examples" / f"{name}.xml")
    assert judgement.profile == VOLETS[name]
    assert judgement.not_judged == ()
    assert [f.rule for f in judgement.findings if f.severity is Severity.ERROR] == []


@pytest.mark.official
def test_shared_templates_find_no_error_in_the_examples_of_other_volets(library: Library, official: Path) -> None:
    examples = sorted((official / "cda" / "examples").glob("*.xml"))
    assert len(examples) >= 57
    judge = a_judge(library, "cda/content-models")
    errors = {
        (path.name, finding.rule)
        for path in examples
        for finding in judged(judge, path).findings
        if finding.severity is Severity.ERROR and finding.rule.startswith(OURS) and finding.rule not in KNOWN
    }
    assert errors == set()


@pytest.mark.official
def test_every_international_or_french_template_of_the_examples_is_known(library: Library, official: Path) -> None:
    ours = ("1.3.6.1.4.1.19376.", "1.2.250.1.213.1.1.2.", "1.2.250.1.213.1.1.3.")
    unknown: set[str] = set()
    for name, coordinate in VOLETS.items():
        known = library.profile(coordinate).templates
        document = read((official / "cda" / "examples" / f"{name}.xml").read_bytes(), name)
        assert document.root is not None
        claimed = {element.get("root", "") for element in document.root.iterfind(".//{*}structuredBody//{*}templateId")}
        unknown |= {root for root in claimed if root.startswith(ours) and root not in known}
    # Parents that say nothing beyond the template that claims them.
    assert unknown <= {"1.3.6.1.4.1.19376.1.5.3.1.1.21.2.9"}


def test_no_two_template_files_answer_to_one_identifier_on_one_element(library: Library) -> None:
    templates = library.profile("cda/content-models@2022.01").templates
    alike = {
        root: [one.id for one in known] for root, known in templates.items() if len({one.element for one in known}) < len(known)
    }
    assert alike == {}
