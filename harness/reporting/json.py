"""Reports as one JSON object: the command contract, published as schemas in `schemas/`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from harness.model import Finding, Fix, Judgement, Lang, RequirementVerdict
from harness.reporting import must_support, official, summary
from harness.reporting.evidence import level_of
from harness.reporting.json_stream import Each, Late, json_chunks
from harness.reporting.reports import AssessReport, CheckReport, Report, RunReport

if TYPE_CHECKING:
    from harness.model import (
        Assessment,
        AutomaticEvidence,
        DeclaredEvidence,
        ExchangeRecord,
        Grid,
        GroupScore,
        ItemAssessment,
        ScenarioResult,
        StepResult,
    )


def render(report: Report, lang: Lang) -> Iterator[str]:
    if isinstance(report, CheckReport):
        return json_chunks(_check(report, lang))
    if isinstance(report, RunReport):
        return json_chunks(_run(report, lang))
    return json_chunks(_assess(report, lang))


def _check(report: CheckReport, lang: Lang) -> dict[str, Any]:
    """Documents are written while others are judged: what is known only of all of them comes after them."""
    return {
        "harness": report.version,
        "started": report.started.isoformat(),
        "environment": report.environment,
        "documents": Each(_document(judgement, lang) for judgement in report.judgements),
        "skipped": Late(lambda: [file.path for file in report.skipped]),
        "skipped_because": Late(lambda: {file.path: file.reason.in_(lang) for file in report.skipped}),
        "summary": Late(lambda: _check_summary(report)),
        "seconds": Late(report.elapsed),
    }


def _check_summary(report: CheckReport) -> dict[str, Any]:
    counts = summary.of_check(report)
    return {
        "verdict": counts.verdict,
        "documents": counts.documents,
        "pass": counts.passed,
        "partial": counts.partial,
        "fail": counts.failed,
        "error": counts.unjudged,
        "errors": counts.errors,
        "warnings": counts.warnings,
        "infos": counts.infos,
        "requirements": {"met": counts.met, "broken": counts.broken, "broken_optional": counts.broken_optional},
        "skipped": counts.skipped,
        "official": official.summed(report.totals.official),
    }


def _document(judgement: Judgement, lang: Lang) -> dict[str, Any]:
    broken, broken_optional = judgement.broken()
    return {
        "path": judgement.path,
        "kind": judgement.kind,
        "profile": judgement.profile,
        "profile_digest": judgement.profile_digest,
        "version_assumed": judgement.version_assumed,
        "sha256": judgement.sha256,
        "verdict": judgement.verdict,
        "not_judged": [reason.in_(lang) for reason in judgement.not_judged],
        "findings": [finding_object(finding, lang) for finding in judgement.findings],
        "requirements": {
            "met": judgement.met(),
            "broken": broken,
            "broken_optional": broken_optional,
        },
        "seconds": judgement.seconds,
        "official": official.as_json(judgement.official, lang),
        "must_support": must_support.as_json(judgement.must_support),
    }


def finding_object(finding: Finding, lang: Lang) -> dict[str, Any]:
    return {
        "rule": finding.rule,
        "requirement": finding.requirement,
        "severity": finding.severity,
        "location": finding.location,
        "line": finding.line,
        "message": finding.message.in_(lang),
        "hint": finding.hint.in_(lang),
        "source": finding.source,
        "section": finding.section,
        "fix": None if finding.fix is None else _fix(finding.fix, lang),
    }


def _fix(fix: Fix, lang: Lang) -> dict[str, Any]:
    return {
        "description": fix.description.in_(lang),
        "replacements": [
            {
                "line": one.line,
                "column": one.column,
                "end_line": one.end_line,
                "end_column": one.end_column,
                "text": one.text,
            }
            for one in fix.replacements
        ],
    }


def _run(report: RunReport, lang: Lang) -> dict[str, Any]:
    record = report.record
    return {
        "harness": report.version,
        "run": record.id,
        "system": record.system,
        "target": record.target,
        "seed": record.seed,
        "started": record.started_at.isoformat(),
        "ended": record.ended_at.isoformat() if record.ended_at else None,
        "interrupted": record.interrupted,
        "reason": record.reason.in_(lang) if record.reason else None,
        "profiles": dict(record.profiles),
        "scenarios": [_scenario(result, lang) for result in record.scenarios],
        "not_played": list(summary.never_begun(report)),
        "exchanges": [_exchange(exchange, lang) for exchange in record.exchanges],
        "documents": [_document(judgement, lang) for judgement in record.judgements],
        "requirements": [_requirement(report, id, verdict, lang) for id, verdict in report.score.verdicts.items()],
        "summary": _run_summary(report),
        "score": _score(report),
        "maturity": _maturity(report.assessment, report.grid, lang) if report.assessment and report.grid else None,
    }


def _scenario(result: ScenarioResult, lang: Lang) -> dict[str, Any]:
    return {
        "id": result.id,
        "title": result.title.in_(lang),
        "level": result.level,
        "negative": result.negative,
        "verdict": result.verdict,
        "requirements": [{"id": id, "verdict": verdict} for id, verdict in result.requirements.items()],
        "steps": [_step(step, lang) for step in result.steps],
        "seconds": result.seconds,
    }


def _step(step: StepResult, lang: Lang) -> dict[str, Any]:
    return {
        "id": step.id,
        "verdict": step.verdict,
        "message": step.message.in_(lang),
        "exchange": step.exchanges[-1] if step.exchanges else None,
        "exchanges": list(step.exchanges),
        "requirements": list(step.requirements),
        "findings": [finding_object(finding, lang) for finding in step.findings],
        "seconds": step.seconds,
    }


def _exchange(exchange: ExchangeRecord, lang: Lang) -> dict[str, Any]:
    return {
        "id": exchange.id,
        "scenario": exchange.scenario,
        "step": exchange.step,
        "protocol": exchange.protocol,
        "transaction": exchange.transaction,
        "method": exchange.method,
        "url": exchange.url,
        "status": exchange.status,
        "request_sha256": exchange.request_sha256,
        "response_sha256": exchange.response_sha256,
        "masked": exchange.masked,
        "started": exchange.started_at.isoformat(),
        "seconds": exchange.seconds,
        "failure": exchange.failure.in_(lang) if exchange.failure else None,
    }


def _requirement(report: RunReport, id: str, verdict: RequirementVerdict, lang: Lang) -> dict[str, Any]:
    known = report.requirements.get(id)
    return {
        "id": id,
        "verdict": verdict,
        "level": level_of(report, id),
        "group": known.group if known else "",
        "text": known.text.in_(lang) if known else "",
        "source": str(known.source) if known else "",
    }


def _run_summary(report: RunReport) -> dict[str, Any]:
    counts = summary.of_run(report)
    return {
        "outcome": counts.outcome,
        "planned": counts.planned,
        "pass": counts.passed,
        "fail": counts.failed,
        "error": counts.unjudged,
        "skip": counts.left_out,
        "optional": counts.optional,
    }


def _score(report: RunReport) -> dict[str, Any]:
    return {
        **_group(report.score.total),
        "conformant": report.score.conformant,
        "groups": [{"group": group.group, **_group(group)} for group in report.score.groups],
    }


def _group(score: GroupScore) -> dict[str, Any]:
    return {
        "conformance": score.conformance,
        "coverage": score.coverage,
        "met": score.met,
        "broken": score.broken,
        "untested": score.untested,
        "broken_should": score.broken_should,
    }


def _assess(report: AssessReport, lang: Lang) -> dict[str, Any]:
    return {"harness": report.version, **_maturity(report.assessment, report.grid, lang)}


def _maturity(assessment: Assessment, grid: Grid, lang: Lang) -> dict[str, Any]:
    counts = summary.of_assessment(assessment)
    titles = {theme.id: theme.title.in_(lang) for theme in grid.themes}
    return {
        "system": assessment.system,
        "product": assessment.product,
        "at": assessment.at.isoformat(),
        "grid": {"title": grid.title.in_(lang), "version": assessment.grid_version, "digest": grid.digest},
        "score": {"proved": counts.proved, "all": counts.all},
        "statuses": dict(counts.statuses),
        "themes": [
            {"id": id, "title": titles.get(id, ""), "proved": proved, "all": everything}
            for id, (proved, everything) in assessment.themes.items()
        ],
        "items": [_item(item, grid, lang) for item in assessment.items],
    }


def _item(found: ItemAssessment, grid: Grid, lang: Lang) -> dict[str, Any]:
    known = next((item for item in grid.items if item.id == found.item), None)
    return {
        "item": found.item,
        "theme": known.theme if known else "",
        "title": known.title.in_(lang) if known else "",
        "attained": found.attained,
        "desired": found.desired,
        "gap": found.gap,
        "status": found.status,
        "confidence": found.confidence,
        "proved": found.proved,
        "evidenced": found.evidenced,
        "claimed": found.claimed,
        "evidence": [_evidence(piece) for piece in found.evidence],
        "missing": list(found.missing),
    }


def _evidence(piece: AutomaticEvidence | DeclaredEvidence) -> dict[str, Any]:
    from harness.model import AutomaticEvidence  # not for what is said of documents

    if isinstance(piece, AutomaticEvidence):
        return {
            "kind": piece.kind,
            "automatic": True,
            "passed": piece.passed,
            "on": piece.on.isoformat(),
            "run": piece.run,
            "reference": piece.reference,
        }
    return {
        "kind": piece.kind,
        "automatic": False,
        "on": piece.on.isoformat(),
        "reference": piece.reference,
        "accepted_by": piece.accepted_by,
        "accepted_on": piece.accepted_on.isoformat() if piece.accepted_on else None,
        "level": piece.level,
    }
