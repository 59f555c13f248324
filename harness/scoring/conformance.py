"""Conformance and coverage of a system over requirements: what a run or judged documents say of each, then the counts.

Conformance = met musts / (met + broken musts); coverage = tested musts / applicable musts. What is untested never counts as met.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from harness.model import GroupScore, Level, Requirement, RequirementVerdict, ScenarioResult, Score

TOTAL = "total"

_STRENGTH = {
    RequirementVerdict.NOT_APPLICABLE: 0,
    RequirementVerdict.UNTESTED: 1,
    RequirementVerdict.MET: 2,
    RequirementVerdict.BROKEN: 3,
}


def score(verdicts: Mapping[str, RequirementVerdict], requirements: Mapping[str, Requirement]) -> Score:
    """The counts over `requirements`, in total and by group, groups in their order of first appearance.

    verdicts: by requirement id; a requirement without one is untested, a verdict on a requirement that is not given is left out.
    Only musts are counted; a broken should is counted apart, a may never; what is not applicable is in no count.
    """
    complete = {id: verdicts.get(id, RequirementVerdict.UNTESTED) for id in requirements}
    groups: dict[str, list[str]] = {}
    for id, requirement in requirements.items():
        groups.setdefault(requirement.group, []).append(id)
    return Score(
        total=_count(TOTAL, requirements, requirements, complete),
        groups=tuple(_count(group, ids, requirements, complete) for group, ids in groups.items()),
        verdicts=complete,
    )


def run_verdicts(results: Iterable[ScenarioResult], requirements: Mapping[str, Requirement]) -> dict[str, RequirementVerdict]:
    """What the scenarios of a run say together of each requirement. A `may` scenario speaks of `may` requirements only."""
    return merge_verdicts(
        {id: verdict for id, verdict in result.requirements.items() if _speaks(result, requirements.get(id))} for result in results
    )


def _speaks(result: ScenarioResult, requirement: Requirement | None) -> bool:
    return result.level is not Level.MAY or (requirement is not None and requirement.level is Level.MAY)


def merge_verdicts(said: Iterable[Mapping[str, RequirementVerdict]]) -> dict[str, RequirementVerdict]:
    """One verdict a requirement: broken where anything says so, else met, else untested, else not applicable."""
    merged: dict[str, RequirementVerdict] = {}
    for verdicts in said:
        for id, verdict in verdicts.items():
            merged[id] = max(merged.get(id, verdict), verdict, key=_STRENGTH.__getitem__)
    return merged


def _count(
    group: str, ids: Iterable[str], requirements: Mapping[str, Requirement], verdicts: Mapping[str, RequirementVerdict]
) -> GroupScore:
    musts = [verdicts[id] for id in ids if requirements[id].level is Level.MUST]
    shoulds = [verdicts[id] for id in ids if requirements[id].level is Level.SHOULD]
    return GroupScore(
        group=group,
        met=musts.count(RequirementVerdict.MET),
        broken=musts.count(RequirementVerdict.BROKEN),
        untested=musts.count(RequirementVerdict.UNTESTED),
        broken_should=shoulds.count(RequirementVerdict.BROKEN),
    )
