"""The numbers of a report, counted once: every format takes them from here, so that all tell the same."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from enum import StrEnum
from typing import TYPE_CHECKING

from harness.model import (
    STEP_NOT_JUDGED,
    DocumentVerdict,
    ItemStatus,
    Judgement,
    Level,
    RequirementVerdict,
    Severity,
    Text,
    Verdict,
)
from harness.reporting.reports import CheckReport, RunReport
from harness.values import dataclass

if TYPE_CHECKING:
    from harness.model import Assessment, GroupScore, ScenarioResult


@dataclass(frozen=True, slots=True)
class CheckSummary:
    """Counts of one check. met, broken, broken_optional: distinct requirements, each counted once, as the worst it is anywhere."""

    documents: int
    passed: int
    partial: int
    failed: int
    unjudged: int
    errors: int
    warnings: int
    infos: int
    met: int
    broken: int
    broken_optional: int
    skipped: int

    @property
    def verdict(self) -> DocumentVerdict:
        """The worst of the documents; error when there was none to judge."""
        if self.failed:
            return DocumentVerdict.FAIL
        if self.unjudged or not self.documents:
            return DocumentVerdict.ERROR
        return DocumentVerdict.PARTIAL if self.partial else DocumentVerdict.PASS


class Outcome(StrEnum):
    """What a run comes to."""

    BROKEN = "broken"  # a must is broken
    UNJUDGED = "unjudged"  # nothing broken, but something could not be judged
    INCOMPLETE = "incomplete"  # nothing broken, not everything was tested
    CONFORMANT = "conformant"


@dataclass(frozen=True, slots=True)
class RunSummary:
    """Counts of one run. Scenarios that are only `may` are in none of passed, failed, unjudged: they have their own count.

    groups: those that count something; a group of `may` requirements counts nothing.
    """

    outcome: Outcome
    planned: int
    passed: int
    failed: int
    unjudged: int
    left_out: int  # played as far as a skip, or planned and never begun
    optional: int
    total: GroupScore
    groups: tuple[GroupScore, ...]


@dataclass(frozen=True, slots=True)
class MaturitySummary:
    """Items by status, and the two scores that are never merged (0 to 1)."""

    statuses: dict[ItemStatus, int]
    proved: float | None
    all: float | None


def of_check(report: CheckReport) -> CheckSummary:
    totals = report.totals
    return CheckSummary(
        documents=totals.documents,
        passed=totals.verdicts[DocumentVerdict.PASS],
        partial=totals.verdicts[DocumentVerdict.PARTIAL],
        failed=totals.verdicts[DocumentVerdict.FAIL],
        unjudged=totals.verdicts[DocumentVerdict.ERROR],
        errors=totals.severities[Severity.ERROR],
        warnings=totals.severities[Severity.WARNING],
        infos=totals.severities[Severity.INFO],
        met=sum(verdict is RequirementVerdict.MET for verdict in totals.requirements.values()),
        broken=len(totals.broken),
        broken_optional=len(totals.broken_optional - totals.broken),
        skipped=len(report.skipped),
    )


def severity_counts(judgement: Judgement) -> Counter[Severity]:
    return Counter(finding.severity for finding in judgement.findings)


def of_run(report: RunReport) -> RunSummary:
    record = report.record
    counted = [result for result in record.scenarios if result.level is not Level.MAY]
    verdicts = Counter(result.verdict for result in counted)
    return RunSummary(
        outcome=_outcome(report, counted),
        planned=len(record.planned),
        passed=verdicts[Verdict.PASS],
        failed=verdicts[Verdict.FAIL],
        unjudged=verdicts[Verdict.ERROR],
        left_out=verdicts[Verdict.SKIP] + len(never_begun(report)),
        optional=len(record.scenarios) - len(counted),
        total=report.score.total,
        groups=tuple(group for group in report.score.groups if group.met or group.broken or group.untested or group.broken_should),
    )


def _outcome(report: RunReport, counted: list[ScenarioResult]) -> Outcome:
    if report.score.total.broken:
        return Outcome.BROKEN
    if report.record.interrupted or never_begun(report) or any(result.verdict is Verdict.ERROR for result in counted):
        return Outcome.UNJUDGED
    return Outcome.CONFORMANT if report.score.conformant else Outcome.INCOMPLETE


def never_begun(report: RunReport) -> tuple[str, ...]:
    """Scenarios that were planned and left no result: the run was interrupted before them."""
    played = {result.id for result in report.record.scenarios}
    return tuple(scenario for scenario in report.record.planned if scenario not in played)


def obstacle(report: RunReport) -> Text | None:
    """What first kept a scenario from being judged, in the words of its step."""
    steps = (step for result in report.record.scenarios for step in result.steps)
    return next((step.message for step in steps if step.verdict is Verdict.ERROR), None)


def not_judged(report: RunReport) -> Mapping[Text, int]:
    """What of the answers could not be judged, in words, and of how many steps."""
    steps = [step for result in report.record.scenarios for step in result.steps]
    return Counter(finding.message for step in steps for finding in step.findings if finding.rule == STEP_NOT_JUDGED)


def of_assessment(assessment: Assessment) -> MaturitySummary:
    statuses = Counter(item.status for item in assessment.items)
    return MaturitySummary(
        statuses={status: statuses[status] for status in ItemStatus},
        proved=assessment.score_proved,
        all=assessment.score_all,
    )


def conformance_percent(score: GroupScore) -> int | None:
    """Whole percents, rounded down: nothing short of everything reads 100."""
    return _percent(score.met, score.met + score.broken)


def coverage_percent(score: GroupScore) -> int | None:
    return _percent(score.met + score.broken, score.met + score.broken + score.untested)


def _percent(part: int, whole: int) -> int | None:
    return 100 * part // whole if whole else None


def share_percent(share: float | None) -> int | None:
    """The same for a share between 0 and 1 whose counts are not at hand."""
    return None if share is None else int(share * 100 + 1e-9)
