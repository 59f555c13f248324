"""Reports as JUnit XML, as GitLab, Jenkins and GitHub read it.

A document is a suite and each requirement judged on it a case; in a run a folder of scenarios is a suite and each step a case.
Only what a must forbids is a failure: the rest is told in `system-out`, or skipped with its reason.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Literal

from harness.model import DocumentVerdict, Finding, Judgement, Lang, Level, RequirementVerdict, Severity, Text, Verdict, labelled
from harness.reporting import official, summary, wording
from harness.reporting.evidence import weight
from harness.reporting.junit_xml import Case, Head, Suite, written
from harness.reporting.reports import CheckReport, RunReport
from harness.reporting.text_check import provenance

if TYPE_CHECKING:
    from harness.model import ScenarioResult, Skipped, StepResult

_LISTED_WHOLE = 100  # documents; beyond, test tabs drown in what was met


def render(report: CheckReport | RunReport, lang: Lang) -> Iterator[str]:
    """The counts stand at the top: suites are made once to be counted, and again to be written."""
    if isinstance(report, CheckReport):
        head = Head("harness check", _documents(report, lang), report.elapsed())
        return written(head, _documents(report, lang))
    record = report.record
    suites = [*_scenarios(report, lang), *(_document(judgement, record.started_at, lang) for judgement in record.judgements)]
    return written(Head(f"harness run {record.system}", suites, sum(suite.seconds for suite in suites)), suites)


def _documents(report: CheckReport, lang: Lang) -> Iterator[Suite]:
    whole = report.totals.documents <= _LISTED_WHOLE
    for judgement in report.judgements:
        yield _document(judgement, report.started, lang, whole=whole)
    if report.totals.official.documents:
        yield from (_official(judgement, report.started, lang) for judgement in report.judgements if judgement.official)
    if report.skipped:
        yield _skipped(report.skipped, report.started, lang)


def _document(judgement: Judgement, at: datetime, lang: Lang, *, whole: bool = True) -> Suite:
    """whole: a case for each requirement that was met too; else they are counted in one."""
    severities = summary.severity_counts(judgement)
    return Suite(
        judgement.path,
        at,
        judgement.seconds,
        _cases(judgement, lang, whole),
        {
            "verdict": judgement.verdict,
            "kind": judgement.kind,
            "profile": judgement.profile or "",
            "profile_digest": judgement.profile_digest,
            "sha256": judgement.sha256,
            "errors": str(severities[Severity.ERROR]),
            "warnings": str(severities[Severity.WARNING]),
            "infos": str(severities[Severity.INFO]),
        },
    )


def _cases(judgement: Judgement, lang: Lang, whole: bool) -> list[Case]:
    if judgement.verdict is DocumentVerdict.ERROR:
        return [_unread(judgement, lang)]
    reading = Case(judgement.path, "document", judgement.seconds)
    return [reading, *_requirements(judgement, lang, whole), *_not_judged(judgement, lang)]


def _unread(judgement: Judgement, lang: Lang) -> Case:
    """A document that could not be judged: one error with the findings that say why, and no failed requirement."""
    reasons = "\n".join(reason.in_(lang) for reason in judgement.not_judged)
    verdict = wording.word(judgement.verdict, lang)
    message = labelled(verdict, reasons, lang) if reasons else verdict
    details = "\n".join(_told(finding, lang) for finding in judgement.findings) or reasons
    return Case(judgement.path, "document", judgement.seconds, "error", message, details)


def _requirements(judgement: Judgement, lang: Lang, whole: bool) -> Iterable[Case]:
    """A case for each requirement judged, and for each one named by a finding."""
    found: dict[str, list[Finding]] = {id: [] for id in judgement.requirements} if whole else {}
    if not whole:
        met = sum(verdict is RequirementVerdict.MET for verdict in judgement.requirements.values())
        yield Case(judgement.path, wording.counted(met, wording.MET, lang))
    for finding in judgement.findings:
        found.setdefault(finding.requirement or finding.rule, []).append(finding)
    for id, findings in found.items():
        errors = [finding for finding in findings if finding.severity is Severity.ERROR]
        others = [finding for finding in findings if finding.severity is not Severity.ERROR]
        output = "\n".join(_told(finding, lang) for finding in others)
        if errors:
            details = "\n".join(_told(finding, lang) for finding in errors)
            yield Case(judgement.path, id, 0.0, "failure", errors[0].message.in_(lang), details, output)
        else:
            yield Case(judgement.path, id, output=output)


def _told(finding: Finding, lang: Lang) -> str:
    place = f"{Text('ligne', 'line').in_(lang)} {finding.line}" if finding.line > 0 else finding.location
    hint = f" → {finding.hint.in_(lang)}" if finding.hint.in_(lang) else ""
    severity = wording.SEVERITY[finding.severity].in_(lang)
    told = labelled(f"[{severity}] {place}", finding.message.in_(lang), lang)
    return f"{told}{hint} ({provenance(finding, lang)})"


def _not_judged(judgement: Judgement, lang: Lang) -> Iterable[Case]:
    label = Text("non jugé", "not judged").in_(lang)
    for number, reason in enumerate(judgement.not_judged, 1):
        yield Case(judgement.path, f"{label} {number}", outcome="skipped", message=reason.in_(lang))


def _official(judgement: Judgement, at: datetime, lang: Lang) -> Suite:
    """What the official tool says never fails the build: a part with findings is a skipped case with its message."""
    told = judgement.official
    assert told is not None
    name = official.suite_name(judgement, lang)
    cases = [
        Case(name, part, outcome="skipped" if said else None, message=said or "", output=details)
        for part, said, details in official.cases(told, lang)
    ]
    properties = {"package": told.package, "digest": told.digest, "volet": told.volet or "", "findings": str(told.findings)}
    return Suite(name, at, told.seconds, cases, properties)


def _skipped(files: Sequence[Skipped], at: datetime, lang: Lang) -> Suite:
    name = Text("fichiers ignorés", "skipped files").in_(lang)
    return Suite(name, at, 0.0, [Case(name, file.path, outcome="skipped", message=file.reason.in_(lang)) for file in files])


def _scenarios(report: RunReport, lang: Lang) -> Iterable[Suite]:
    """A suite for each folder of scenarios, in the order played."""
    folders: dict[str, list[Case]] = {}
    seconds: dict[str, float] = {}
    for result in report.record.scenarios:
        folder = _folder(report, result.id)
        folders.setdefault(folder, []).extend(_steps(report, result, lang))
        seconds[folder] = seconds.get(folder, 0.0) + result.seconds
    for id in summary.never_begun(report):
        reason = Text("jamais commencé : la campagne a été interrompue", "never started: the run was interrupted")
        folders.setdefault(_folder(report, id), []).append(Case(id, id, outcome="skipped", message=reason.in_(lang)))
    properties = {
        "system": report.record.system,
        "target": report.record.target,
        "run": report.record.id,
        "seed": str(report.record.seed),
        "harness": report.version,
        **{f"profile {coordinate}": digest for coordinate, digest in report.record.profiles.items()},
    }
    for folder, cases in folders.items():
        yield Suite(folder, report.record.started_at, seconds.get(folder, 0.0), cases, properties)


def _folder(report: RunReport, scenario: str) -> str:
    known = report.scenarios.get(scenario)
    if known is None:
        return "scenarios"
    folder = str(PurePosixPath(known.file).parent) if known.file else known.protocol
    return folder if folder not in ("", ".") else known.protocol or "scenarios"


def _steps(report: RunReport, result: ScenarioResult, lang: Lang) -> Iterable[Case]:
    if not result.steps:
        yield Case(result.id, result.id, result.seconds, _outcome(result.verdict, result.level), result.title.in_(lang))
    for step in result.steps:
        yield _step(report, result, step, lang)


def _step(report: RunReport, result: ScenarioResult, step: StepResult, lang: Lang) -> Case:
    level = weight(report, result, step)
    outcome = _outcome(step.verdict, level)
    message = step.message.in_(lang)
    if step.verdict is Verdict.FAIL and level is not Level.MUST:
        message = f"[{wording.LEVELS[level].in_(lang)}] {message}"
    requirements = ", ".join(step.requirements or tuple(result.requirements))
    findings = "\n".join(_told(finding, lang) for finding in step.findings)
    about = f"{result.title.in_(lang)} [{requirements}]" if requirements else result.title.in_(lang)
    if outcome is None:
        return Case(result.id, step.id, step.seconds, output="\n".join(part for part in (about, message, findings) if part))
    details = "\n".join(part for part in (message, findings) if part)
    return Case(result.id, step.id, step.seconds, outcome, message, details, about)


def _outcome(verdict: Verdict, level: Level) -> Literal["failure", "error", "skipped"] | None:
    """A failure of no must is a skipped case: shown, without breaking the build."""
    if verdict is Verdict.FAIL:
        return "failure" if level is Level.MUST else "skipped"
    if verdict is Verdict.ERROR:
        return "error" if level is not Level.MAY else "skipped"
    return "skipped" if verdict is Verdict.SKIP else None
