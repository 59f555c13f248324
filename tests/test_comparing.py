"""What an edit adds to what our rules and the official tool say of a document: what is missed, and what of that is settled."""

from __future__ import annotations

import re
import sys
from dataclasses import replace
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "benchmarks"))

from comparing import REWORDED, SETTLED, Comparison, Example, in_lines, settle, total  # noqa: E402
from settled import THEIRS, Settled, settled  # noqa: E402

from harness.model import DocumentVerdict, Finding, Judgement, OfficialFinding, OfficialPart, OfficialReport, Severity, Text  # noqa: E402

SILENT = Judgement("a.xml", "cda", None, "", False, DocumentVerdict.PASS, (), (), 0.0)
UNIT = Settled("unity", THEIRS, re.compile(r"drop value: terminologies: .*no UCUM"), "ours")


def said(*messages: str, role: str = "error") -> OfficialReport:
    found = tuple(OfficialFinding(role, "/", 1, message) for message in messages)
    return OfficialReport("tool", "", "VSM_1.4", False, (OfficialPart("terminologies", found),), 0.0)


def told(severity: Severity) -> Finding:
    return Finding("R-1", "R-1", severity, "/", 1, Text("faux", "wrong"), Text("", ""), "")


def compared(*edits: tuple[str, OfficialReport]) -> tuple[list[str], Comparison]:
    comparison = Comparison(classes=[UNIT])
    reports = (said("of the document [0:1] unedited"), *(report for _, report in edits))
    example = Example("a.xml", [edit for edit, _ in edits], [SILENT] * len(reports), [lambda one=one: one for one in reports])
    return [edit for edit, _ in settle(example, comparison)], comparison


def test_an_edit_is_missed_when_the_official_tool_alone_says_something_more_of_it() -> None:
    missed, comparison = compared(("drop id", said("of the document [0:1] unedited")), ("drop code", said("other")))
    assert missed == ["a.xml: drop code"]
    assert total(comparison.volets.values()).edits == 2
    assert in_lines(comparison.volets["VSM_1.4"].missed[0]).split("\n") == ["  a.xml: drop code", "      terminologies: other"]


def test_a_miss_is_settled_when_each_of_its_messages_is_of_a_class() -> None:
    missed, comparison = compared(
        ("drop value", said('"1" is no UCUM')),
        ("drop value", said('"1" is no UCUM', "other")),
        ("drop unit", said('"1" is no UCUM')),
    )
    assert missed == ["a.xml: drop value", "a.xml: drop unit"]
    assert comparison.volets["VSM_1.4"].settled == {"unity": 1}


def test_an_official_message_that_cites_another_value_of_what_was_wrong_already_is_settled() -> None:
    missed, comparison = compared(
        ("spoil code", said("of the document [x:1] unedited")),
        ("spoil id", said("of the document [y:1] unedited", "of the document [x:1] unedited")),
    )
    assert missed == ["a.xml: spoil id"]
    assert comparison.volets["VSM_1.4"].settled == {REWORDED: 1}


def test_an_error_of_the_official_tool_is_told_apart_where_ours_only_warns() -> None:
    warned = replace(SILENT, findings=(told(Severity.WARNING),))
    failed = replace(SILENT, findings=(told(Severity.ERROR),))
    reports = (said(), said("wrong"), said("wrong"), said("wrong", role="warning"))
    comparison = Comparison(classes=[])
    edits = ["drop id", "drop code", "swap time"]
    settle(Example("a.xml", edits, [SILENT, warned, failed, warned], [lambda one=one: one for one in reports]), comparison)
    assert [edit for edit, _ in comparison.volets["VSM_1.4"].softer] == ["a.xml: drop id"]
    assert comparison.kinds["drop"] == {"edits": 2, "reported": 2, "both": 2, "errors": 2, "errors both": 1}
    assert comparison.kinds["swap"] == {"edits": 1, "reported": 1, "both": 1}


def test_each_settled_class_says_in_the_docs_by_which_text() -> None:
    text = (ROOT / "docs" / "official-tool.md").read_text("utf-8")
    classes = settled(SETTLED)
    assert len({one.id for one in classes}) == len(classes)
    assert [one for one in (REWORDED, *(one.id for one in classes)) if f"| `{one}` |" not in text] == []
    assert {(one.side, one.right) for one in classes} == {(THEIRS, "ours")}
