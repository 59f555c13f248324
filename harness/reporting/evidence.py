"""From a requirement to what shows it: the scenario, the step, the exchanges."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from harness.model import Level, RequirementVerdict, Verdict
from harness.reporting.reports import RunReport
from harness.values import dataclass

if TYPE_CHECKING:
    from harness.model import ScenarioResult, StepResult

_TELLING = {Verdict.FAIL: 0, Verdict.ERROR: 1, Verdict.PASS: 2, Verdict.SKIP: 3}
_URGENCY = {Level.MUST: 0, Level.SHOULD: 1, Level.MAY: 2}


@dataclass(frozen=True, slots=True)
class Evidence:
    """One step that speaks about a requirement; exchanges: ids of what went over the wire."""

    scenario: ScenarioResult
    step: StepResult

    @property
    def exchanges(self) -> tuple[str, ...]:
        return self.step.exchanges


def evidence_by_requirement(report: RunReport) -> Mapping[str, tuple[Evidence, ...]]:
    """Requirement id -> steps that give evidence on it, failures first, then in the order played."""
    found: dict[str, list[Evidence]] = {}
    for scenario in report.record.scenarios:
        for step in scenario.steps:
            for requirement in step.requirements or tuple(scenario.requirements):
                found.setdefault(requirement, []).append(Evidence(scenario, step))
    return {
        requirement: tuple(sorted(pieces, key=lambda piece: _TELLING[piece.step.verdict])) for requirement, pieces in found.items()
    }


def broken_requirements(report: RunReport) -> tuple[str, ...]:
    """Ids of broken requirements in the order to repair them: musts first, those seen broken at the most steps first.

    What nothing obliges is not to be repaired: a `may` is not among them.
    """
    evidence = evidence_by_requirement(report)
    broken = [
        id
        for id, verdict in report.score.verdicts.items()
        if verdict is RequirementVerdict.BROKEN and level_of(report, id) is not Level.MAY
    ]

    def rank(id: str) -> tuple[int, int, str]:
        failures = sum(piece.step.verdict is Verdict.FAIL for piece in evidence.get(id, ()))
        return _URGENCY[level_of(report, id)], -failures, id

    return tuple(sorted(broken, key=rank))


def level_of(report: RunReport, requirement: str) -> Level:
    """The level of a requirement; one that no profile at hand describes counts as a must, so that nothing broken is played down."""
    known = report.requirements.get(requirement)
    return known.level if known else Level.MUST


def weight(report: RunReport, scenario: ScenarioResult, step: StepResult) -> Level:
    """How much a failure of this step counts: never more than its scenario, and as the strictest of its requirements."""
    levels = [level_of(report, id) for id in step.requirements or tuple(scenario.requirements)]
    strictest = min(levels, key=_URGENCY.__getitem__, default=Level.MUST)
    return max(strictest, scenario.level, key=_URGENCY.__getitem__)
