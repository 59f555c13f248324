"""SARIF reports: valid, at the right lines, with fingerprints that survive moved lines."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from jsonschema import Draft4Validator, Draft202012Validator
from reporting_builders import assess_report, check_report, finding, judgement, requirement, run_report, text
from reporting_strategies import check_reports, run_reports

from harness.errors import UsageError
from harness.model import DocumentVerdict, Excerpt, Level, Scenario, Severity, Skipped, Step, Within
from harness.reporting import CheckReport, Report, RunReport, render

WRITTEN = Draft202012Validator(
    json.loads(Path(__file__).with_name("sarif-written.schema.json").read_text("utf-8")),
    format_checker=Draft202012Validator.FORMAT_CHECKER,
)


def the_run(report: Report) -> dict[str, Any]:
    return json.loads(render(report, "sarif"))["runs"][0]


def the_result(*findings: Any, path: str = "documents/vsm.xml", **changed: Any) -> dict[str, Any]:
    return the_run(check_report([judgement(path, DocumentVerdict.FAIL, findings)], **changed))["results"][0]


def physical(result: dict[str, Any]) -> dict[str, Any]:
    return result["locations"][0]["physicalLocation"]


@settings(max_examples=25)
@given(check_reports(), run_reports())
def test_whatever_is_reported_is_valid_against_what_we_mean_to_write(check: CheckReport, run: RunReport) -> None:
    for report in (check, run):
        told = json.loads(render(report, "sarif"))
        assert [error.message for error in WRITTEN.iter_errors(told)] == []
        rules = told["runs"][0]["tool"]["driver"]["rules"]
        assert all(rules[result["ruleIndex"]]["id"] == result["ruleId"] for result in told["runs"][0]["results"])
        assert len({rule["id"] for rule in rules}) == len(rules)


@pytest.mark.parametrize("make", [check_report, run_report])
def test_it_is_valid_against_the_official_schema(make: Any) -> None:
    """The schema is OASIS's and not in this repository: CISIS_SARIF_SCHEMA names a copy of sarif-schema-2.1.0.json."""
    path = os.environ.get("CISIS_SARIF_SCHEMA")
    if not path:
        pytest.skip("CISIS_SARIF_SCHEMA does not name a copy of sarif-schema-2.1.0.json")
    validator = Draft4Validator(json.loads(Path(path).read_text("utf-8")), format_checker=Draft4Validator.FORMAT_CHECKER)
    assert [error.message for error in validator.iter_errors(json.loads(render(make(), "sarif")))] == []


@pytest.mark.parametrize(("severity", "level"), [(Severity.ERROR, "error"), (Severity.WARNING, "warning"), (Severity.INFO, "note")])
def test_severities_are_levels(severity: Severity, level: str) -> None:
    assert the_result(finding(severity=severity))["level"] == level


def test_a_result_shows_its_line_and_the_lines_around() -> None:
    place = physical(the_result(finding(line=12, excerpt=Excerpt(11, ("<a>", "<b/>", "</a>")))))
    assert place["region"] == {"startLine": 12, "endLine": 12, "snippet": {"text": "<b/>"}}
    assert place["contextRegion"] == {"startLine": 11, "endLine": 13, "snippet": {"text": "<a>\n<b/>\n</a>"}}


def test_a_finding_without_a_line_points_at_the_whole_document() -> None:
    assert "region" not in physical(the_result(finding(line=0)))


@pytest.mark.parametrize(
    ("path", "base", "uri"),
    [
        ("a/b.xml", "", "a/b.xml"),
        ("./a/b.xml", "", "a/b.xml"),
        ("Glycémie mole.xml", "", "Glyc%C3%A9mie%20mole.xml"),
        ("a:b?c#d.xml", "", "a%3Ab%3Fc%23d.xml"),
        ("caf\udce9.xml", "", "caf%E9.xml"),
        ("/home/me/project/a.xml", "/home/me/project", "a.xml"),
        ("/elsewhere/a b.xml", "/home/me/project", "file:///elsewhere/a%20b.xml"),
    ],
)
def test_paths_become_references(path: str, base: str, uri: str) -> None:
    location = physical(the_result(finding(), path=path, base=base))["artifactLocation"]
    assert location["uri"] == uri
    assert ("uriBaseId" in location) == (not uri.startswith("file:"))


def test_the_folder_references_start_from_is_named_when_known() -> None:
    assert the_run(check_report(base="/home/me/a b"))["originalUriBaseIds"]["SRCROOT"]["uri"] == "file:///home/me/a%20b/"
    assert "uri" not in the_run(check_report())["originalUriBaseIds"]["SRCROOT"]


def fingerprints(*findings: Any) -> list[str]:
    results = the_run(check_report([judgement(verdict=DocumentVerdict.FAIL, findings=findings)]))["results"]
    return [result["partialFingerprints"]["harnessPlace/v1"] for result in results]


def test_a_fingerprint_survives_moved_lines_and_reworded_messages() -> None:
    assert fingerprints(finding(line=12)) == fingerprints(finding(line=80, message=text("autrement dit")))


def test_two_findings_never_share_a_fingerprint() -> None:
    same_place = fingerprints(finding(), finding(), finding("OTHER"), finding(location="/elsewhere"))
    assert len(set(same_place)) == 4


def test_the_text_of_the_requirement_describes_the_rule_when_it_is_at_hand() -> None:
    known = {"INS-R01": requirement("INS-R01", words="La clé du matricule est juste.")}
    report = check_report([judgement(verdict=DocumentVerdict.FAIL, findings=[finding()])], requirements=known)
    rule = the_run(report)["tool"]["driver"]["rules"][0]
    assert rule["fullDescription"]["text"] == "La clé du matricule est juste."
    assert rule["help"]["text"].startswith("Clé = 97")


def test_what_could_not_be_judged_is_a_notification() -> None:
    report = check_report(skipped=[Skipped("notes.txt", text("pas un document"))])
    (invocation,) = the_run(report)["invocations"]
    told = [(one["level"], one["message"]["text"]) for one in invocation["toolExecutionNotifications"]]
    assert ("error", "XML mal formé, ligne 7") in told
    assert ("note", "le corps : volet ANEST-CR-ANEST non couvert") in told
    assert ("note", "pas un document") in told
    assert invocation["executionSuccessful"] is True


def test_an_interrupted_run_did_not_execute_successfully() -> None:
    assert the_run(run_report(interrupted=True))["invocations"][0]["executionSuccessful"] is False


def test_a_broken_requirement_points_at_its_step_in_the_scenario_file_and_at_the_request() -> None:
    written = Step("refuse", "send", {}, {}, line=21)
    known = Scenario("pdsm-refuse", text("t"), "pdsm", Level.MUST, (), {}, {}, (written,), file="scenarios/pdsm/refuse.yaml")
    (result,) = the_run(replace(run_report(), scenarios={known.id: known}))["results"]
    assert (result["ruleId"], result["level"]) == ("PDSM-65-02", "error")
    assert physical(result)["artifactLocation"]["uri"] == "scenarios/pdsm/refuse.yaml"
    assert physical(result)["region"] == {"startLine": 21}
    assert (result["webRequest"]["method"], result["webRequest"]["target"]) == ("POST", "https://recipient.example/fhir")
    assert result["webResponse"]["noResponseReceived"] is True


def test_no_header_reaches_sarif() -> None:
    assert "Authorization" not in render(run_report(), "sarif")


def test_a_maturity_grid_is_not_told_in_sarif() -> None:
    with pytest.raises(UsageError):
        render(assess_report(), "sarif")


def within(path: str, where: Within, line: int = 3) -> dict[str, Any]:
    one = replace(judgement(path, DocumentVerdict.FAIL, [finding(line=line)]), within=where)
    return the_run(check_report([one]))


def test_a_line_of_ndjson_is_a_line_of_its_file() -> None:
    run = within("x.ndjson:3", Within("x.ndjson", 3))
    place = physical(run["results"][0])
    assert (place["artifactLocation"]["uri"], place["region"]["startLine"]) == ("x.ndjson", 3)
    assert [one["location"]["uri"] for one in run["artifacts"]] == ["x.ndjson"]


def test_the_same_finding_on_two_lines_of_one_file_has_two_fingerprints() -> None:
    lines = [replace(judgement(f"x.ndjson:{at}", findings=[finding()]), within=Within("x.ndjson", at)) for at in (1, 2)]
    run = the_run(check_report(lines))
    assert len({result["partialFingerprints"]["harnessPlace/v1"] for result in run["results"]}) == 2
    assert len(run["artifacts"]) == 1


@pytest.mark.parametrize(
    ("path", "where", "told"),
    [
        ("a b.zip!d/p.xml", Within("a b.zip!d/p.xml", archive="a b.zip"), "d/p.xml, ligne 3 : "),
        ("a b.zip!x.ndjson:3", Within("a b.zip!x.ndjson", 3, "a b.zip"), "x.ndjson, ligne 3 : "),
    ],
)
def test_of_a_member_the_archive_is_named_and_the_member_is_told_in_words(path: str, where: Within, told: str) -> None:
    (result,) = within(path, where)["results"]
    assert physical(result) == {"artifactLocation": {"uri": "a%20b.zip", "uriBaseId": "SRCROOT"}}
    assert result["message"]["text"].startswith(told)


@pytest.mark.parametrize(("path", "where"), [("-", None), ("-:3", Within("-", 3))])
def test_standard_input_is_no_file_and_is_told_in_words(path: str, where: Within | None) -> None:
    unread = judgement(path, DocumentVerdict.ERROR, [finding(line=3)], [text("illisible")])
    report = check_report([replace(unread, within=where)])
    run = the_run(report)
    (result,) = run["results"]
    assert "physicalLocation" not in result["locations"][0]
    assert result["message"]["text"].startswith("entrée standard, ligne 3 : ")
    assert "location" not in run["artifacts"][0]
    assert [error.message for error in WRITTEN.iter_errors(json.loads(render(report, "sarif")))] == []
