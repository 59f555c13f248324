"""From steps to a scenario: its verdict, and what it says of each requirement."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from harness.model import RequirementVerdict, StepResult, Verdict


def scenario_verdict(steps: Sequence[StepResult]) -> Verdict:
    """A failed step fails the scenario; else a step that could not be judged leaves it unjudged.

    It passes when a step that gives evidence did: where all of these were left out (a system that does not offer what is optional),
    nothing was seen.
    """
    verdicts = {step.verdict for step in steps}
    for verdict in (Verdict.FAIL, Verdict.ERROR):
        if verdict in verdicts:
            return verdict
    return Verdict.PASS if any(step.verdict is Verdict.PASS and step.requirements for step in steps) else Verdict.SKIP


def requirement_verdicts(requirements: Iterable[str], steps: Sequence[StepResult]) -> Mapping[str, RequirementVerdict]:
    """Broken when a step that gives evidence on it failed; met when every such step that was to be played passed; else untested.

    A step left out because its `when` did not hold says nothing; one left out after a failure, or not judged, leaves doubt.
    """
    return {requirement: _verdict([step for step in steps if requirement in step.requirements]) for requirement in requirements}


def _verdict(steps: Sequence[StepResult]) -> RequirementVerdict:
    verdicts = [step.verdict for step in steps]
    if Verdict.FAIL in verdicts:
        return RequirementVerdict.BROKEN
    if Verdict.PASS in verdicts and set(verdicts) == {Verdict.PASS}:
        return RequirementVerdict.MET
    return RequirementVerdict.UNTESTED
