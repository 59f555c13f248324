"""A scenario is a file a person writes: what is wrong in it is told with its file and line."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from harness.errors import DataError
from harness.library import Library, reading
from harness.library.scenarios import DOCUMENT_FACTS, PATIENT_FACTS, scenario
from harness.library.shapes import Sheet, check_shape
from harness.model import Level, Scenario

ROOT = Path(__file__).parents[2]

GOOD = """\
id: my-own
title: {fr: Le mien, en: My own}
protocol: pdsm
level: should
requirements: [PDSM-ITI65-01, PDSM-ITI65-06]
given:
  patient: dominique-pat-trois
  document: {profile: cda/vsm, story: diabetes-followup}
steps:
- id: publish
  send: {transaction: ITI-65, document: "${document}"}
  expect: {status: 200}
  save: {where: locations}
  requirements: [PDSM-ITI65-01]
- wait: {seconds: 1}
  requirements: []
- check: {value: "${steps.publish.status}", equal: 200}
  when: {value: "${saved.where}", at-least: 1}
  always: true
"""


def read(folder: Path, text: str) -> Scenario:
    path = folder / "mine.yaml"
    path.write_text(text, "utf-8")
    sheet = Sheet("scenarios/mine.yaml", str(path), reading.read(path.read_bytes(), str(path)))
    check_shape(sheet)
    return scenario(sheet)


def test_a_scenario_is_read_whole(tmp_path: Path) -> None:
    one = read(tmp_path, GOOD)
    assert (one.level, one.negative, one.requirements) == (Level.SHOULD, False, ("PDSM-ITI65-01", "PDSM-ITI65-06"))
    publish, wait, check = one.steps
    assert (publish.id, publish.kind, publish.line, publish.save) == ("publish", "send", 10, {"where": "locations"})
    assert publish.requirements == ("PDSM-ITI65-01",)
    assert (wait.requirements, wait.arguments) == ((), {"seconds": 1})
    assert (check.requirements, check.always) == (one.requirements, True)


def test_the_persons_own_scenarios_stand_beside_ours(new_home: Callable[[], Path]) -> None:
    home = new_home()
    (home / "scenarios").mkdir()
    (home / "scenarios" / "mine.yaml").write_text(GOOD, "utf-8")
    ids = [one.id for one in Library.open(home).scenarios()]
    assert {"my-own", "pdsm-iti65-publish-vsm"} <= set(ids)


def test_the_lines_of_names_that_only_a_run_can_judge_are_kept(tmp_path: Path) -> None:
    lines = read(tmp_path, GOOD).lines
    asked = ("pdsm", "PDSM-ITI65-06", "dominique-pat-trois", "cda/vsm", "diabetes-followup")
    assert [lines[name] for name in asked] == [3, 5, 7, 8, 8]


@pytest.mark.parametrize(
    ("before", "after", "line", "word"),
    [
        ("title: {fr: Le mien, en: My own}", "title: {fr: Le mien}", 2, "en"),
        ("level:", "levle:", 4, "level"),
        ("level: should", "level: shall", 4, "shall"),
        ("  patient: dominique", "  patients: dominique", 7, "patient"),
        ("send: {transaction: ITI-65,", "send: {transaction: ITI-65,,", 11, "YAML"),
        ("send: {transaction: ITI-65,", "sent: {transaction: ITI-65,", 11, "sent"),
        ("send: {transaction: ITI-65, document", "send: {document", 11, "transaction"),
        ("${document}", "${documnet}", 11, "document"),
        ('"${document}"', '"le ${document}"', 11, "whole document"),
        ("requirements: [PDSM-ITI65-01]\n- wait", "requirements: [PDSM-ITI65-02]\n- wait", 14, "PDSM-ITI65-02"),
        ("seconds: 1", "seconds: 1000", 15, "300"),
        ("- wait: {seconds: 1}", "- id: publish\n  wait: {seconds: 1}", 15, "publish"),
        ("- wait: {seconds: 1}", "- wait: {seconds: 1}\n  expect: {status: 200}", 15, "answer"),
        ("- wait: {seconds: 1}", "- wait: {seconds: 1}\n  send: {transaction: ITI-65}", 15, "send"),
        ("${steps.publish.status}", "${steps.pubish.status}", 17, "publish"),
        ("equal: 200", "equals: 200", 17, "equal"),
        (
            'check: {value: "${steps.publish.status}", equal: 200}',
            "check: {reply: nothing}\n  expect: {status: 200}",
            17,
            "nothing",
        ),
        ("${saved.where}", "${saved.were}", 18, "where"),
        ("requirements: [PDSM-ITI65-01, PDSM-ITI65-06]", "requirements: [PDSM-ITI65-01, PDSM-ITI65-01]", 5, "names"),
        ("id: my-own", "id: My Own", 1, "id"),
    ],
)
def test_a_mistake_is_told_with_file_and_line(tmp_path: Path, before: str, after: str, line: int, word: str) -> None:
    assert before in GOOD
    with pytest.raises(DataError) as raised:
        read(tmp_path, GOOD.replace(before, after, 1))
    assert raised.value.file.endswith("mine.yaml")
    assert raised.value.line == line, raised.value.message.en
    assert word in raised.value.message.en + raised.value.hint.en


def test_a_requirement_that_no_step_gives_evidence_on_is_a_mistake(tmp_path: Path) -> None:
    text = GOOD.replace("  always: true\n", "  always: true\n  requirements: [PDSM-ITI65-01]\n")
    with pytest.raises(DataError, match="PDSM-ITI65-06"):
        read(tmp_path, text)


def test_the_example_of_the_documentation_is_one_of_ours_in_form(tmp_path: Path) -> None:
    text = (ROOT / "docs" / "scenarios.md").read_text("utf-8")
    one = read(tmp_path, text.partition("```yaml\n")[2].partition("```")[0])
    assert [step.id for step in one.steps] == ["publish", "find", "retrieve"]


def test_every_fact_that_the_format_knows_is_given_by_the_runner() -> None:
    from datetime import date

    from harness.runner.drawing import draw
    from harness.synthesis import synthesize

    library = Library.open()
    one = next(one for one in library.scenarios() if one.id == "pdsm-iti65-publish-vsm")
    facts = draw(one, library, synthesize, seed=1, attempt=0, at=date(2026, 11, 24))
    assert set(facts) == {
        "document",
        *(f"document.{fact}" for fact in DOCUMENT_FACTS),
        *(f"patient.{fact}" for fact in PATIENT_FACTS),
    }
