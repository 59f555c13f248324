"""What a run, or documents judged for a system, prove of the automatic kinds of the maturity grid (docs/maturity.md)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import tzinfo
from fnmatch import fnmatchcase

from harness.model import (
    AutomaticEvidence,
    DocumentProof,
    DocumentVerdict,
    Judgement,
    Level,
    RequirementVerdict,
    RunRecord,
    Scenario,
    ScenarioResult,
    Severity,
    Verdict,
)


def automatic_evidence(
    record: RunRecord, scenarios: Iterable[Scenario], proofs: Iterable[DocumentProof], zone: tzinfo | None = None
) -> tuple[AutomaticEvidence, ...]:
    """One piece of evidence for each kind that this run proves or refutes, by scenarios, by judged documents or by both.

    scenarios: all those of the library, played or not. A kind passed in the run when every `must` scenario that proves it, among
    those of one protocol, passed; it failed when one of them failed; otherwise the run says nothing of it. Where scenarios and
    documents both speak, one failure is enough to fail.
    zone: where the day of the run is told, that of this machine when None; the date of an assessment is told there too.
    """
    moment = record.ended_at or record.started_at
    tried: dict[str, list[tuple[bool, str]]] = {}
    for kind, passed, reference in (*_by_scenarios(record, scenarios), *_by_documents(record.judgements, proofs)):
        tried.setdefault(kind, []).append((passed, reference))
    return tuple(
        AutomaticEvidence(
            kind=kind,
            passed=(passed := all(outcome for outcome, _ in outcomes)),
            on=moment.astimezone(zone).date(),
            run=record.id,
            reference=", ".join(reference for outcome, reference in outcomes if outcome is passed),
            at=moment,
        )
        for kind, outcomes in tried.items()
    )


# ------------------------------------------------------------------ scenarios


def _by_scenarios(record: RunRecord, scenarios: Iterable[Scenario]) -> Iterator[tuple[str, bool, str]]:
    counted: dict[str, dict[str, list[str]]] = {}  # kind -> protocol -> scenarios that prove it there
    for scenario in scenarios:
        if scenario.level is Level.MUST:
            for kind in scenario.proves:
                counted.setdefault(kind, {}).setdefault(scenario.protocol, []).append(scenario.id)
    results = {result.id: result for result in record.scenarios}
    for kind, protocols in counted.items():
        for ids in protocols.values():
            failed = [id for id in ids if id in results and results[id].verdict is Verdict.FAIL]
            if failed:
                yield kind, False, ", ".join(failed)
            elif all(_passed(results.get(id)) for id in ids):
                yield kind, True, ", ".join(ids)


def _passed(result: ScenarioResult | None) -> bool:
    return result is not None and result.verdict is Verdict.PASS


# ------------------------------------------------------------------ judged documents


def _by_documents(judgements: Sequence[Judgement], proofs: Iterable[DocumentProof]) -> Iterator[tuple[str, bool, str]]:
    for proof in proofs:
        judged = [judgement for judgement in judgements if judgement.kind in proof.documents]
        refuting = [judgement for judgement in judged if Severity.ERROR in _severities(judgement, proof.rules, proof.requirements)]
        if refuting:
            yield proof.kind, False, ", ".join(judgement.path for judgement in refuting)
        elif proving := _proving(judged, proof):
            yield proof.kind, True, ", ".join(judgement.path for judgement in proving)


def _proving(judged: Sequence[Judgement], proof: DocumentProof) -> list[Judgement]:
    """The documents that together prove the kind, none when they do not."""
    if any(Severity.WARNING in _severities(judgement, (), proof.requirements) for judgement in judged):
        return []
    sound = [judgement for judgement in judged if not proof.whole or _is_judged_whole(judgement, proof)]
    if not all(any(_is_judged(judgement, pattern) for judgement in sound) for pattern in proof.requirements):
        return []
    return [
        judgement
        for judgement in sound
        if not proof.requirements or any(_is_judged(judgement, pattern) for pattern in proof.requirements)
    ]


def _is_judged_whole(judgement: Judgement, proof: DocumentProof) -> bool:
    return judgement.verdict is DocumentVerdict.PASS and not _matches(judgement.profile or "", proof.general_profiles)


def _is_judged(judgement: Judgement, pattern: str) -> bool:
    told = (RequirementVerdict.MET, RequirementVerdict.BROKEN)
    return any(verdict in told and fnmatchcase(id, pattern) for id, verdict in judgement.requirements.items())


def _severities(judgement: Judgement, rules: Sequence[str], requirements: Sequence[str]) -> set[Severity]:
    """Of the findings that concern these rules or requirements."""
    return {
        finding.severity
        for finding in judgement.findings
        if _matches(finding.rule, rules) or _matches(finding.requirement, requirements)
    }


def _matches(name: str, patterns: Sequence[str]) -> bool:
    return any(fnmatchcase(name, pattern) for pattern in patterns)
