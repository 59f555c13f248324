"""Conformance and coverage: what is counted, and how verdicts of several scenarios meet."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from harness.model import GroupScore, Level, Requirement, RequirementVerdict, ScenarioResult, Source, Text, Verdict
from harness.scoring import merge_verdicts, run_verdicts, score

MET, BROKEN = RequirementVerdict.MET, RequirementVerdict.BROKEN
UNTESTED, NOT_APPLICABLE = RequirementVerdict.UNTESTED, RequirementVerdict.NOT_APPLICABLE


def requirements(*described: tuple[str, Level, str]) -> dict[str, Requirement]:
    return {id: Requirement(id, Text(id, id), level, Source("a text"), group) for id, level, group in described}


def result(id: str, level: Level, verdicts: Mapping[str, RequirementVerdict]) -> ScenarioResult:
    return ScenarioResult(id, Text(id, id), level, False, Verdict.PASS, (), verdicts, (), 0.0)


FIVE = requirements(
    ("R1", Level.MUST, "publish"),
    ("R2", Level.MUST, "find"),
    ("R3", Level.MUST, "publish"),
    ("R4", Level.SHOULD, "find"),
    ("R5", Level.MAY, "find"),
)


def test_conformance_is_over_tested_musts_and_coverage_over_applicable_ones() -> None:
    found = score({"R1": MET, "R2": BROKEN}, FIVE)
    assert (found.total.met, found.total.broken, found.total.untested) == (1, 1, 1)
    assert found.total.conformance == 1 / 2
    assert found.total.coverage == 2 / 3
    assert not found.conformant


def test_groups_keep_their_order_and_add_up_to_the_total() -> None:
    found = score({"R1": MET, "R2": BROKEN, "R3": MET}, FIVE)
    assert [(group.group, group.met, group.broken, group.untested) for group in found.groups] == [
        ("publish", 2, 0, 0),
        ("find", 0, 1, 0),
    ]


def test_a_requirement_that_nothing_tested_is_untested_and_never_met() -> None:
    found = score({}, FIVE)
    assert found.total.conformance is None
    assert found.total.coverage == 0.0
    assert set(found.verdicts.values()) == {UNTESTED}
    assert not found.conformant


def test_a_broken_should_is_counted_apart_and_a_broken_may_nowhere() -> None:
    found = score({"R1": MET, "R2": MET, "R3": MET, "R4": BROKEN, "R5": BROKEN}, FIVE)
    assert found.total == GroupScore("total", met=3, broken=0, untested=0, broken_should=1)
    assert found.conformant
    assert [score({id: BROKEN}, FIVE).total.broken_should for id in FIVE] == [0, 0, 0, 1, 0]


def test_a_may_scenario_says_nothing_of_what_is_not_known_to_be_optional() -> None:
    assert run_verdicts([result("s", Level.MAY, {"R1": BROKEN, "R5": BROKEN, "R9": BROKEN})], FIVE) == {"R5": BROKEN}


def test_what_is_not_applicable_is_in_no_count() -> None:
    found = score({"R1": MET, "R2": NOT_APPLICABLE, "R3": MET}, FIVE)
    assert found.total.coverage == 1.0
    assert found.conformant


def test_nothing_applicable_is_not_conformance() -> None:
    found = score({"R1": NOT_APPLICABLE}, requirements(("R1", Level.MUST, "")))
    assert found.total.coverage is None
    assert not found.conformant


def test_a_verdict_on_another_requirement_is_left_out() -> None:
    assert score({"OTHER": BROKEN}, FIVE).total.broken == 0


@pytest.mark.parametrize(
    ("said", "merged"),
    [
        ((MET, BROKEN, MET), BROKEN),
        ((UNTESTED, MET), MET),
        ((NOT_APPLICABLE, UNTESTED), UNTESTED),
        ((NOT_APPLICABLE, NOT_APPLICABLE), NOT_APPLICABLE),
        ((UNTESTED, BROKEN), BROKEN),
    ],
)
def test_broken_wins_then_met_then_untested(said: tuple[RequirementVerdict, ...], merged: RequirementVerdict) -> None:
    assert merge_verdicts({"R1": verdict} for verdict in said) == {"R1": merged}
    assert merge_verdicts({"R1": verdict} for verdict in reversed(said)) == {"R1": merged}


def test_a_may_scenario_speaks_of_may_requirements_only() -> None:
    results = [result("a", Level.MUST, {"R1": MET}), result("b", Level.MAY, {"R1": BROKEN, "R2": MET, "R5": MET})]
    assert run_verdicts(results, FIVE) == {"R1": MET, "R5": MET}
