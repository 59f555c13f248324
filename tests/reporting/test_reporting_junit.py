"""JUnit reports: what a pipeline shows, and what breaks its build."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from lxml import etree
from reporting_builders import assess_report, check_report, finding, judgement, run_report, scenario, step, text
from reporting_strategies import check_reports, run_reports

from harness.errors import UsageError
from harness.model import DocumentVerdict, Judgement, Level, Scenario, Severity, Skipped, Text, Verdict
from harness.reporting import CheckReport, Report, RunReport, render

SCHEMA = etree.XMLSchema(etree.parse(Path(__file__).with_name("junit.xsd")))


def parsed(report: Report) -> etree._Element:
    return etree.fromstring(render(report, "junit").encode())


def case(report: Report, name: str) -> etree._Element:
    (found,) = parsed(report).xpath("//testcase[@name=$name]", name=name)
    return found


def outcome(found: etree._Element) -> str:
    return next((child.tag for child in found if child.tag != "system-out"), "passed")


@settings(max_examples=25)
@given(check_reports(), run_reports())
def test_whatever_is_reported_has_the_common_shape_and_counts_right(check: CheckReport, run: RunReport) -> None:
    for report in (check, run):
        root = parsed(report)
        SCHEMA.assertValid(root)
        for suite in root:
            cases = list(suite.iter("testcase"))
            assert int(suite.get("tests")) == len(cases)
            for tag, attribute in (("failure", "failures"), ("error", "errors"), ("skipped", "skipped")):
                assert int(suite.get(attribute)) == sum(found.find(tag) is not None for found in cases)
        for attribute in ("tests", "failures", "errors"):
            assert int(root.get(attribute)) == sum(int(suite.get(attribute)) for suite in root)


def test_a_document_is_a_suite_and_a_requirement_judged_a_case() -> None:
    suite = parsed(check_report([judgement("a.xml", met=["R1", "R2"])]))[0]
    assert suite.get("name") == "a.xml"
    assert [found.get("name") for found in suite.iter("testcase")] == ["document", "R1", "R2"]


def test_an_error_fails_and_its_places_are_all_told_in_one_failure() -> None:
    report = check_report([judgement(verdict=DocumentVerdict.FAIL, findings=[finding(line=4), finding(line=9)])])
    failure = case(report, "INS-R01").find("failure")
    assert failure is not None
    assert failure.get("message") == "La clé du matricule est fausse."
    assert "ligne 4" in failure.text
    assert "ligne 9" in failure.text


def test_a_warning_passes_and_is_told() -> None:
    found = case(check_report([judgement(findings=[finding("W", Severity.WARNING)])]), "W")
    assert outcome(found) == "passed"
    assert "[avertissement] ligne 12" in found.findtext("system-out")


def test_a_document_that_could_not_be_judged_is_an_error_with_the_reason() -> None:
    suite = parsed(check_report())[3]
    assert suite.get("errors") == "1"
    assert suite.find("testcase/error").text == "XML mal formé, ligne 7"


def unreadable() -> Judgement:
    why = Text("une balise n'est pas fermée", "a tag is not closed")
    found = finding("document.readable", line=7, message=why)
    return judgement("cut.xml", DocumentVerdict.ERROR, [found], [why], met=(), profile=None)


def test_a_document_that_cannot_be_read_counts_once_and_says_where() -> None:
    suite = parsed(check_report([unreadable()]))[0]
    assert [suite.get(name) for name in ("tests", "errors", "failures")] == ["1", "1", "0"]
    assert "ligne 7 : une balise n'est pas fermée" in suite.findtext("testcase/error")


def test_what_was_not_judged_is_skipped_with_the_reason() -> None:
    assert parsed(check_report())[1].find("testcase/skipped").get("message") == "le corps : volet ANEST-CR-ANEST non couvert"


def test_skipped_files_are_skipped_cases() -> None:
    suite = parsed(check_report([], [Skipped("notes.txt", text("pas un document"))]))[0]
    assert (suite.get("tests"), suite.get("skipped")) == ("1", "1")


def test_scenarios_are_grouped_by_the_folder_of_their_file() -> None:
    known = Scenario(
        "pdsm-provide",
        text("t"),
        "pdsm",
        Level.MUST,
        (),
        {"system": "recipient"},
        {},
        (),
        file="scenarios/pdsm/iti-65/provide.yaml",
    )
    report = replace(run_report(), scenarios={known.id: known})
    suites = {suite.get("name"): suite for suite in parsed(report)}
    assert set(suites) == {"scenarios/pdsm/iti-65", "scenarios"}
    assert [found.get("classname") for found in suites["scenarios/pdsm/iti-65"].iter("testcase")] == [
        "pdsm-provide",
        "pdsm-provide",
    ]


@pytest.mark.parametrize(
    ("level", "verdict", "expected"),
    [
        (Level.MUST, Verdict.FAIL, "failure"),
        (Level.SHOULD, Verdict.FAIL, "skipped"),
        (Level.MAY, Verdict.FAIL, "skipped"),
        (Level.MUST, Verdict.ERROR, "error"),
        (Level.SHOULD, Verdict.ERROR, "error"),
        (Level.MAY, Verdict.ERROR, "skipped"),
        (Level.MUST, Verdict.SKIP, "skipped"),
        (Level.MUST, Verdict.PASS, "passed"),
    ],
)
def test_only_what_a_must_forbids_breaks_the_build(level: Level, verdict: Verdict, expected: str) -> None:
    played = scenario("s", [step("the-step", verdict)], level)
    assert outcome(case(run_report(scenarios=(played,), planned=("s",)), "the-step")) == expected


def test_a_must_scenario_that_only_breaks_a_should_does_not_break_the_build() -> None:
    played = scenario("s", [step("the-step", Verdict.FAIL, requirements=["PDSM-67-02"]), step("held", Verdict.SKIP)])
    report = run_report(scenarios=(played,), planned=("s",))
    failed, left = (case(report, name).find("skipped") for name in ("the-step", "held"))
    assert failed.get("message").startswith("[recommandé] ")
    assert not left.get("message").startswith("[")


def test_a_scenario_never_begun_is_skipped() -> None:
    assert outcome(case(run_report(interrupted=True, planned=("pdsm-provide", "later")), "later")) == "skipped"


def test_control_characters_do_not_reach_the_file() -> None:
    hostile = finding(message=Text("a\x00b\x1b\ufffe\udce9", "x"), rule="r\x08")
    told = render(check_report([judgement("a\x07.xml", DocumentVerdict.FAIL, [hostile])]), "junit")
    etree.fromstring(told.encode("utf-8"))


def test_a_maturity_grid_is_not_told_in_junit() -> None:
    with pytest.raises(UsageError):
        render(assess_report(), "junit")
