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
    """What this run proves or refutes, by scenarios and by judged documents; of documents, one piece a kind and a volet.

    scenarios: all those of the library, played or not. A kind passed in the run when every `must` scenario that proves it, among
    those of one protocol, passed; it failed when one of them failed; otherwise the run says nothing of it.
    zone: where the day of the run is told, that of this machine when None; the date of an assessment is told there too.
    """
    moment = record.ended_at or record.started_at
    tried: dict[tuple[str, str], list[tuple[bool, str]]] = {}
    for kind, profile, passed, reference in (*_by_scenarios(record, scenarios), *_by_documents(record.judgements, proofs)):
        tried.setdefault((kind, profile), []).append((passed, reference))
    return tuple(
        AutomaticEvidence(
            kind=kind,
            passed=(passed := all(outcome for outcome, _ in outcomes)),
            on=moment.astimezone(zone).date(),
            run=record.id,
            reference=", ".join(reference for outcome, reference in outcomes if outcome is passed),
            at=moment,
            profile=profile,
        )
        for (kind, profile), outcomes in tried.items()
    )


Told = tuple[str, str, bool, str]  # kind, profile, passed, reference

# ------------------------------------------------------------------ scenarios


def _by_scenarios(record: RunRecord, scenarios: Iterable[Scenario]) -> Iterator[Told]:
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
                yield kind, "", False, ", ".join(failed)
            elif all(_passed(results.get(id)) for id in ids):
                yield kind, "", True, ", ".join(ids)


def _passed(result: ScenarioResult | None) -> bool:
    return result is not None and result.verdict is Verdict.PASS


# ------------------------------------------------------------------ judged documents


def _by_documents(judgements: Sequence[Judgement], proofs: Iterable[DocumentProof]) -> Iterator[Told]:
    for proof in proofs:
        judged = [judgement for judgement in judgements if judgement.kind in proof.documents]
        for profile, documents in _by_volet(judged, proof).items() if proof.whole else (("", judged),):
            refuting = [one for one in documents if Severity.ERROR in _severities(one, proof.rules, proof.requirements)]
            if refuting:
                yield proof.kind, profile, False, _paths(refuting)
            elif proving := _proving(documents, proof):
                yield proof.kind, profile, True, _paths(proving)


def _by_volet(judged: Sequence[Judgement], proof: DocumentProof) -> dict[str, list[Judgement]]:
    """Documents of which everything was judged, by profile without its version."""
    volets: dict[str, list[Judgement]] = {}
    for judgement in judged:
        coordinate = judgement.profile or ""
        whole = judgement.verdict in (DocumentVerdict.PASS, DocumentVerdict.FAIL) and not judgement.not_judged
        if whole and coordinate and not _matches(coordinate, proof.general_profiles):
            volets.setdefault(coordinate.partition("@")[0], []).append(judgement)
    return volets


def _proving(documents: Sequence[Judgement], proof: DocumentProof) -> list[Judgement]:
    """Those that together prove the kind, none when they do not; no error concerns it."""
    if not proof.requirements:
        return list(documents)
    if any(Severity.WARNING in _severities(judgement, (), proof.requirements) for judgement in documents):
        return []
    if not all(any(_is_judged(judgement, pattern) for judgement in documents) for pattern in proof.requirements):
        return []
    return [judgement for judgement in documents if any(_is_judged(judgement, pattern) for pattern in proof.requirements)]


def _paths(judgements: Iterable[Judgement]) -> str:
    return ", ".join(judgement.path for judgement in judgements)


def _is_judged(judgement: Judgement, pattern: str) -> bool:
    told = (RequirementVerdict.MET, RequirementVerdict.BROKEN)
    return any(verdict in told and fnmatchcase(id, pattern) for id, verdict in judgement.requirements.items())


def _severities(judgement: Judgement, rules: Sequence[str], requirements: Sequence[str]) -> set[Severity]:
    """Severities of the findings on these rules or requirements."""
    return {
        finding.severity
        for finding in judgement.findings
        if _matches(finding.rule, rules) or _matches(finding.requirement, requirements)
    }


def _matches(name: str, patterns: Sequence[str]) -> bool:
    return any(fnmatchcase(name, pattern) for pattern in patterns)
