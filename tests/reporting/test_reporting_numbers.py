"""Whatever the report, all formats tell the same numbers."""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import replace
from typing import Any

from hypothesis import given, settings
from lxml import etree, html
from reporting_builders import check_report, judgement, run_report, scenario, step
from reporting_strategies import check_reports, run_reports

from harness.model import DocumentVerdict, GroupScore, Level, RequirementVerdict, Verdict
from harness.reporting import CheckReport, RunReport, render, summary
from harness.reporting.summary import Outcome

quick = settings(max_examples=40)


def in_json(report: CheckReport | RunReport) -> dict[str, Any]:
    return json.loads(render(report, "json"))


def in_html(report: CheckReport | RunReport) -> dict[str, str]:
    page = html.fromstring(render(report, "html", "en"))
    return {one.get("data-count"): one.get("value") for one in page.iter("data")}


def in_text(report: CheckReport | RunReport) -> str:
    return " ".join(render(report, "text", "en").split())


@quick
@given(check_reports())
def test_a_check_has_the_same_counts_in_every_format(report: CheckReport) -> None:
    told = in_json(report)["summary"]
    severities = {name: told[name] for name in ("errors", "warnings", "infos")}

    sentence = re.search(
        r"Summary: (\d+) documents?.*; (\d+) errors?, (\d+) warnings?, (\d+) infos?; "
        r"requirements: (\d+) met, (\d+) broken(?:, (\d+) advised)?",
        in_text(report),
    )
    assert sentence
    assert [int(number or 0) for number in sentence.groups()] == [
        told["documents"],
        *severities.values(),
        *told["requirements"].values(),
    ]

    sarif = json.loads(render(report, "sarif"))["runs"][0]
    levels = Counter(result["level"] for result in sarif["results"])
    assert [levels["error"], levels["warning"], levels["note"]] == list(severities.values())
    assert len(sarif["artifacts"]) == told["documents"]

    junit = etree.fromstring(render(report, "junit").encode())
    for name, number in severities.items():
        assert sum(int(value) for value in junit.xpath(f"//property[@name='{name}']/@value")) == number
    assert int(junit.get("errors")) == told["error"]
    for verdict in ("pass", "partial", "fail", "error"):
        assert junit.xpath(f"count(//property[@name='verdict'][@value='{verdict}'])") == told[verdict]

    page = in_html(report)
    flat = {**told, **told["requirements"]}
    for name in ("documents", "pass", "partial", "fail", "error", "errors", "warnings", "infos", "met", "broken"):
        assert page[name] == str(flat[name])
    assert page.get("broken_optional", "0") == str(flat["broken_optional"])
    # each is counted once, as the worst it is in any document
    assert sum(told["requirements"].values()) == len({id for one in report.judgements for id in one.requirements})


@quick
@given(run_reports())
def test_a_run_has_the_same_counts_in_every_format(report: RunReport) -> None:
    told = in_json(report)
    score, counts = told["score"], told["summary"]
    tested = score["met"] + score["broken"]

    text = in_text(report)
    measures = re.search(
        r"Conformance (\S+) \((\d+) met of (\d+) tested\) · coverage (\S+) \((\d+) tested of (\d+) applicable\)", text
    )
    assert measures
    conformance, met, of, coverage, tested_too, applicable = measures.groups()
    assert (int(met), int(of), int(tested_too), int(applicable)) == (score["met"], tested, tested, tested + score["untested"])
    assert (conformance == "–") == (score["conformance"] is None)
    assert (coverage == "–") == (score["coverage"] is None)

    page = in_html(report)
    assert page["conformance"] == conformance.removesuffix("%").replace("–", "")
    assert page["coverage"] == coverage.removesuffix("%").replace("–", "")
    for name in ("met", "broken", "untested"):
        assert page[name] == str(score[name])
    for name in ("pass", "fail", "error", "skip", "optional", "planned"):
        assert page[name] == str(counts[name])

    for name, share in (("proved", told["maturity"]["score"]["proved"]), ("all", told["maturity"]["score"]["all"])):
        percent = "" if share is None else str(summary.share_percent(share))
        assert page[f"maturity-{name}"] == percent
        assert f"{percent or '–'}%".replace("–%", "–") in text


@quick
@given(run_reports())
def test_junit_breaks_the_build_only_for_what_the_score_counts(report: RunReport) -> None:
    """A step fails in JUnit exactly when SARIF has an error for it: some must stands behind it."""
    junit = etree.fromstring(render(report, "junit").encode())
    failing = {(case.get("classname"), case.get("name")) for case in junit.iter("testcase") if case.find("failure") is not None}
    results = json.loads(render(report, "sarif"))["runs"][0]["results"]
    names = {
        result["locations"][0]["logicalLocations"][0]["fullyQualifiedName"] for result in results if result["level"] == "error"
    }
    assert {f"{scenario}/{step}" for scenario, step in failing} == names


def test_nothing_short_of_everything_reads_100_percent() -> None:
    almost = GroupScore("", met=999, broken=1, untested=1)
    assert summary.conformance_percent(almost) == 99
    assert summary.coverage_percent(almost) == 99
    assert summary.conformance_percent(GroupScore("", 7, 0, 0)) == 100
    assert summary.conformance_percent(GroupScore("", 0, 0, 3)) is None


def test_a_share_is_rounded_down_and_not_below_what_it_is() -> None:
    assert [summary.share_percent(share) for share in (0.29, 0.999, 1.0, 0.0, None)] == [29, 99, 100, 0, None]


def test_a_requirement_broken_in_one_document_is_broken() -> None:
    reports = [judgement("a.xml", met=["R"]), judgement("b.xml", met=["R"])]
    assert summary.of_check(check_report(reports)).met == 1
    broken = replace(judgement("c.xml"), requirements={"R": RequirementVerdict.BROKEN})
    counts = summary.of_check(check_report([broken, *reports]))
    assert (counts.met, counts.broken) == (0, 1)


def test_the_worst_document_gives_the_verdict() -> None:
    def verdict(*verdicts: DocumentVerdict) -> DocumentVerdict:
        return summary.of_check(check_report([judgement(f"{at}.xml", one) for at, one in enumerate(verdicts)])).verdict

    passed, partial, failed, unjudged = DocumentVerdict
    assert verdict(passed, partial, failed, unjudged) is failed
    assert verdict(passed, unjudged) is unjudged
    assert verdict(passed, partial) is partial
    assert verdict(passed) is passed
    assert verdict() is unjudged


def test_an_error_of_an_optional_scenario_does_not_keep_a_run_from_being_judged() -> None:
    error = scenario("s", [step("t", Verdict.ERROR)], Level.MAY)
    assert summary.of_run(run_report(flawed=False, scenarios=(error,), planned=("s",))).outcome is Outcome.INCOMPLETE
    counted = scenario("s", [step("t", Verdict.ERROR)], Level.SHOULD)
    assert summary.of_run(run_report(flawed=False, scenarios=(counted,), planned=("s",))).outcome is Outcome.UNJUDGED


def test_every_format_says_what_judged_and_how_to_judge_again() -> None:
    """The version, each profile with its digest, and of a run its seed."""
    check, run = check_report(), run_report()
    profile, digest = "cda/vsm@2022.01", check.judgements[0].profile_digest
    for form in ("json", "junit", "sarif", "html", "text"):
        told = render(check, form)  # type: ignore[arg-type]
        assert profile in told
        assert digest[:12] in told
        told = render(run, form)  # type: ignore[arg-type]
        for part in (profile, run.record.profiles[profile][:12], str(run.record.seed), run.version, run.record.id):
            assert part in told
