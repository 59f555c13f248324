"""What values of the model say of themselves, and the words by which formats, rules and databases know them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, get_args

import pytest

from harness.model import (
    FORMS,
    Confidence,
    DocumentVerdict,
    Endpoint,
    Environment,
    Finding,
    GroupScore,
    ItemStatus,
    Judgement,
    Lang,
    Level,
    ProfileHead,
    RequirementVerdict,
    Response,
    Scenario,
    Score,
    Severity,
    Source,
    Text,
    Verdict,
)
from harness.model.judgements import OfficialFinding, OfficialPart, OfficialReport

HEAD = ProfileHead("cda/vsm", "2022.01", "VSM", Text("a", "b"), "o", "c", "final-text", None, None, Source("d"), "cda")
FINDING = Finding("R", "A", Severity.ERROR, "/", 1, Text("a", "b"), Text("", ""), "s")


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        (Severity, "error warning info"),
        (Level, "must should may"),
        (Environment, "auto test production"),
        (RequirementVerdict, "met broken untested not-applicable"),
        (DocumentVerdict, "pass partial fail error"),
        (Verdict, "pass fail error skip"),
        (Confidence, "proved evidenced claimed"),
        (ItemStatus, "met late not_yet_due exceeds not_applicable not_assessed"),
    ],
)
def test_what_is_kept_and_published_is_said_by_these_words(kind: Any, words: str) -> None:
    assert [*kind] == words.split()


def test_languages_and_forms_are_those_of_the_command() -> None:
    assert (get_args(Lang), tuple(FORMS)) == (("fr", "en"), ("text", "json", "junit", "sarif", "html"))


def test_a_text_is_told_and_filled_in_both_languages() -> None:
    text = Text("{0} de {name}", "{0} of {name}").filled(3, name="x")
    assert (text.in_("fr"), text.in_("en")) == ("3 de x", "3 of x")


def test_what_an_endpoint_is_sent_to_be_let_in_is_not_told_with_it() -> None:
    told = repr(Endpoint("pdsm", "https://x", headers={"Authorization": "Bearer abc"}))
    assert "https://x" in told and "abc" not in told and "Authorization" not in told


def test_a_system_conforms_where_every_must_was_tested_and_none_is_broken() -> None:
    met, broken, untested, nothing = (GroupScore("total", *counts) for counts in ((2, 0, 0), (2, 1, 0), (2, 0, 1), (0, 0, 0)))
    assert [Score(one, (), {}).conformant for one in (met, broken, untested, nothing)] == [True, False, False, False]
    assert Score(GroupScore("total", 1, 0, 0), (), {}).conformant and met.broken_should == 0


@pytest.mark.parametrize(
    ("more", "claimed"),
    [
        ({}, False),
        ({"template": "1.2"}, True),
        ({"codes": (("a", "1.2"),)}, True),
        ({"canonicals": ("http://x",)}, True),
        ({"when": ("true",)}, True),
    ],
)
def test_a_profile_is_claimed_by_any_of_what_recognises_it(more: dict[str, Any], claimed: bool) -> None:
    assert replace(HEAD, **more).is_claimed is claimed
    assert HEAD.coordinate == "cda/vsm@2022.01"


@pytest.mark.parametrize(
    ("status", "headers", "later"),
    [
        (429, {}, True),
        (503, {"X-A": "1", "RETRY-AFTER": "3"}, True),
        (503, {}, False),
        (503, {"X-A": "1"}, False),
        (500, {"Retry-After": "3"}, False),
        (428, {}, False),
        (200, {"Retry-After": "3"}, False),
    ],
)
def test_an_answer_asks_for_later_by_its_status(status: int, headers: dict[str, str], later: bool) -> None:
    assert Response(status, headers).asks_for_later is later


@pytest.mark.parametrize(
    ("given", "documents"),
    [
        ({"document": {"profile": "a"}}, [{"profile": "a"}]),
        ({"documents": [{}, {"profile": "b"}]}, [{}, {"profile": "b"}]),
        ({}, []),
    ],
)
def test_a_scenario_says_the_documents_that_it_sends(given: dict[str, Any], documents: list[dict[str, int]]) -> None:
    assert [*Scenario("s", Text("a", "b"), "pdsm", Level.MUST, (), {}, given, ()).documents] == documents


def test_a_judgement_tells_what_was_met_and_what_was_broken_by_errors_and_by_less() -> None:
    verdicts = dict.fromkeys("ABC", RequirementVerdict.BROKEN) | {"D": RequirementVerdict.MET, "E": RequirementVerdict.UNTESTED}
    findings = (
        FINDING,
        replace(FINDING, severity=Severity.WARNING),
        replace(FINDING, requirement="B", severity=Severity.WARNING),
        replace(FINDING, requirement="C"),
    )
    judgement = Judgement("a.xml", "cda", None, "", False, DocumentVerdict.FAIL, (), findings, 0.0, requirements=verdicts)
    assert (judgement.met(), judgement.broken()) == (["D"], (["A", "C"], ["B"]))
    assert replace(judgement, findings=(), requirements={}).broken() == ([], [])


def test_what_an_official_tool_found_is_counted_over_its_parts() -> None:
    found = OfficialFinding("error", "/", 1, "x")
    parts = (OfficialPart("a", (found, found)), OfficialPart("b", (found,), stopped=Text("a", "b")), OfficialPart("c", ()))
    report = OfficialReport("p", "d", None, False, parts, 0.1)
    assert (report.findings, report.stopped) == (3, 1)
