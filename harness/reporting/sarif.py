"""Reports as SARIF 2.1.0 (OASIS), as code hosts and editors read it.

Findings are results at a line of a document. Of a run, each requirement broken at a step is a result at the line of the step
in its scenario file, with the request and the status of the reply. What could not be judged is a notification.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from harness.model import DocumentVerdict, Finding, Judgement, Lang, Level, Requirement, Severity, Text, Verdict, labelled
from harness.reporting.evidence import level_of
from harness.reporting.json_stream import Each, json_chunks
from harness.reporting.printable import printable
from harness.reporting.reports import CheckReport, RunReport
from harness.reporting.sarif_locations import (
    BASE,
    STANDARD_INPUT,
    STREAM,
    apart,
    artifact_location,
    base_location,
    fingerprint,
    fixes,
    holder,
    inside,
    place,
    region,
    step_location,
)
from harness.reporting.sarif_official import official_runs
from harness.reporting.wording import cited

if TYPE_CHECKING:
    from harness.model import ExchangeRecord, ScenarioResult, Skipped, StepResult

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}
_WEIGHTS = {Level.MUST: "error", Level.SHOULD: "warning", Level.MAY: "note"}

Json = dict[str, Any]


def render(report: CheckReport | RunReport, lang: Lang) -> Iterator[str]:
    runs: Iterable[Json]
    if isinstance(report, CheckReport):
        runs = itertools.chain([_check(report, lang)], official_runs(report, lang))
    else:
        runs = [_run(report, lang)]
    return json_chunks({"$schema": SCHEMA, "version": "2.1.0", "runs": Each(runs)})


def _check(report: CheckReport, lang: Lang) -> Json:
    """Rules stand before results: documents are read once for the rules, and again for the results."""
    rules = _Rules(lang)
    rules.describe(report.judgements, report.requirements)
    ended = report.started + timedelta(seconds=report.elapsed())
    skipped = (_notification_on(file, file.reason.in_(lang), "note", report.base, lang) for file in report.skipped)
    notifications = Each(itertools.chain(_unjudged(report.judgements, report.base, lang), skipped))
    return {
        **_head("check", report.version, rules, lang),
        "invocations": Each([_invocation(report.started, ended, notifications)]),
        "originalUriBaseIds": {BASE: base_location(report.base)},
        "artifacts": Each(_artifacts(report.judgements, report.base, lang)),
        "results": Each(_results(report.judgements, report.base, rules)),
        "properties": {"profiles": dict(report.totals.profiles)},
    }


def _run(report: RunReport, lang: Lang) -> Json:
    rules = _Rules(lang)
    record = report.record
    results = list(_failures(report, rules))
    rules.describe(record.judgements, report.requirements)
    results += _results(record.judgements, "", rules)
    notifications = [
        _notification(labelled(f"{result.id} / {step.id}", step.message.in_(lang), lang), "error")
        for result in record.scenarios
        for step in result.steps
        if step.verdict is Verdict.ERROR
    ]
    return {
        **_head(f"run/{record.system}", report.version, rules, lang),
        "invocations": [
            _invocation(
                record.started_at,
                record.ended_at,
                [*notifications, *_unjudged(record.judgements, "", lang)],
                successful=not record.interrupted,
            )
        ],
        "originalUriBaseIds": {BASE: base_location("")},
        "artifacts": list(_artifacts(record.judgements, "", lang)),
        "results": results,
        "properties": {
            "run": record.id,
            "system": printable(record.system),
            "seed": record.seed,
            "profiles": dict(record.profiles),
        },
    }


class _Rules:
    """The rules that results speak of, each described once, in the order first met."""

    def __init__(self, lang: Lang) -> None:
        self.lang = lang
        self.described: list[Json] = []
        self._index: dict[str, int] = {}

    def index(self, id: str, level: str, short: str, full: str, help: str, properties: Json) -> int:
        if id not in self._index:
            self._index[id] = len(self.described)
            self.described.append(
                {
                    "id": id,
                    "shortDescription": {"text": short},
                    "fullDescription": {"text": full},
                    "help": {"text": help},
                    "defaultConfiguration": {"level": level},
                    "properties": properties,
                }
            )
        return self._index[id]

    def describe(self, judgements: Iterable[Judgement], requirements: Mapping[str, Requirement]) -> None:
        """The rules of all findings. requirements: whose texts say what a rule is about, where they are known."""
        for judgement in judgements:
            for finding in judgement.findings:
                if (id := printable(finding.rule)) not in self._index:
                    self._describe(id, finding, judgement.kind, requirements.get(finding.requirement))

    def _describe(self, id: str, finding: Finding, kind: str, known: Requirement | None) -> None:
        message, hint = printable(finding.message.in_(self.lang)), printable(finding.hint.in_(self.lang))
        self.index(
            id,
            _LEVELS[finding.severity],
            short=message,
            full=known.text.in_(self.lang) if known else message,
            help=" ".join(part for part in (hint, cited(finding.source, self.lang)) if part) or message,
            properties={"requirement": finding.requirement, "source": finding.source, "tags": ["ci-sis", kind]},
        )

    def __getitem__(self, id: str) -> int:
        """The number of a rule that is described."""
        return self._index[id]


def _head(kind: str, version: str, rules: _Rules, lang: Lang) -> Json:
    return {
        "tool": {"driver": {"name": "cisis-harness", "version": version, "language": lang, "rules": rules.described}},
        "automationDetails": {"id": f"harness/{printable(kind)}/"},
        "language": lang,
        "columnKind": "unicodeCodePoints",
    }


def _results(judgements: Iterable[Judgement], base: str, rules: _Rules) -> Iterator[Json]:
    for judgement in judgements:
        seen: dict[tuple[str, str], int] = {}
        for finding in judgement.findings:
            place = (finding.rule, finding.location)
            seen[place] = seen.get(place, 0) + 1
            yield _result(finding, judgement, base, rules, seen[place])


def _result(finding: Finding, judgement: Judgement, base: str, rules: _Rules, ordinal: int) -> Json:
    lang = rules.lang
    message, hint = printable(finding.message.in_(lang)), printable(finding.hint.in_(lang))
    rule = printable(finding.rule)
    where = inside(judgement.path, judgement.within, finding.line, lang)
    place_of = (finding.rule, finding.location, str(ordinal), *apart(judgement.path, judgement.within))
    text = f"{message} → {hint}" if hint else message
    return {
        "ruleId": rule,
        "ruleIndex": rules[rule],
        "level": _LEVELS[finding.severity],
        "message": {"text": labelled(printable(where), text, lang) if where else text},
        "locations": [
            {
                **place(judgement.path, judgement.within, base, region(finding)),
                "logicalLocations": [{"fullyQualifiedName": printable(finding.location), "kind": "element"}],
            }
        ],
        "partialFingerprints": {"harnessPlace/v1": fingerprint(*place_of)},
        "properties": {"requirement": finding.requirement, "source": finding.source, "section": printable(finding.section)},
        **fixes(finding, judgement, base, lang),
    }


def _failures(report: RunReport, rules: _Rules) -> Iterable[Json]:
    exchanges = {exchange.id: exchange for exchange in report.record.exchanges}
    for scenario in report.record.scenarios:
        for step in scenario.steps:
            if step.verdict is Verdict.FAIL:
                captured = [exchanges[id] for id in step.exchanges if id in exchanges]
                for requirement in step.requirements or tuple(scenario.requirements) or (scenario.id,):
                    yield _failure(report, scenario, step, requirement, captured, rules)


def _failure(
    report: RunReport,
    scenario: ScenarioResult,
    step: StepResult,
    requirement: str,
    captured: Sequence[ExchangeRecord],
    rules: _Rules,
) -> Json:
    lang = rules.lang
    known = report.requirements.get(requirement)
    message = printable(step.message.in_(lang))
    level = _WEIGHTS[max(level_of(report, requirement), scenario.level, key=list(_WEIGHTS).index)]
    index = rules.index(
        requirement,
        level,
        short=known.text.in_(lang) if known else scenario.title.in_(lang),
        full=known.text.in_(lang) if known else scenario.title.in_(lang),
        help=cited(str(known.source), lang) if known else scenario.title.in_(lang),
        properties={"group": known.group if known else "", "tags": ["ci-sis"]},
    )
    return {
        "ruleId": requirement,
        "ruleIndex": index,
        "level": level,
        "message": {"text": labelled(f"{scenario.title.in_(lang)} / {step.id}", message, lang)},
        "locations": [step_location(report, scenario, step)],
        "partialFingerprints": {"harnessPlace/v1": fingerprint(requirement, scenario.id, step.id)},
        **_web(captured),
    }


def _web(captured: Sequence[ExchangeRecord]) -> Json:
    """The last exchange of the step: what was sent and what came back, bodies by digest. Headers stay in the other reports."""
    if not captured:
        return {}
    last = captured[-1]
    request = {"protocol": "HTTP", "target": printable(last.url), "method": last.method}
    response: Json = {"noResponseReceived": last.status is None}
    if last.status is not None:
        response["statusCode"] = last.status
    return {
        "webRequest": {**request, "properties": {"sha256": last.request_sha256}},
        "webResponse": {**response, "properties": {"sha256": last.response_sha256}},
    }


def _unjudged(judgements: Iterable[Judgement], base: str, lang: Lang) -> Iterable[Json]:
    """What was not judged: an error for a whole document, a note for a part of one."""
    for judgement in judgements:
        level = "error" if judgement.verdict is DocumentVerdict.ERROR else "note"
        reasons = judgement.not_judged or ((Text("non jugé", "not judged"),) if level == "error" else ())
        for reason in reasons:
            yield _notification_on(judgement, reason.in_(lang), level, base, lang)


def _notification(message: str, level: str) -> Json:
    return {"level": level, "message": {"text": printable(message)}}


def _notification_on(about: Judgement | Skipped, message: str, level: str, base: str, lang: Lang) -> Json:
    line = about.within.line if about.within else 0
    where = inside(about.path, about.within, line, lang)
    location = place(about.path, about.within, base, {"region": {"startLine": line, "endLine": line}} if line else None)
    notification = _notification(labelled(where, message, lang) if where else message, level)
    return {**notification, "locations": [location]} if location else notification


def _invocation(started: datetime, ended: datetime | None, notifications: list[Json] | Each, successful: bool = True) -> Json:
    invocation: Json = {
        "executionSuccessful": successful,
        "startTimeUtc": _utc(started),
        "toolExecutionNotifications": notifications,
    }
    if ended:
        invocation["endTimeUtc"] = _utc(ended)
    return invocation


def _utc(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _artifacts(judgements: Iterable[Judgement], base: str, lang: Lang) -> Iterator[Json]:
    """Each file once. A document within an archive has its own digest, and the archive none here."""
    holders: set[str] = set()
    for judgement in judgements:
        file = holder(judgement.path, judgement.within)
        told: Json = {"roles": ["analysisTarget"]}
        if file == STANDARD_INPUT:
            told["description"] = {"text": STREAM.in_(lang)}
        else:
            told["location"] = artifact_location(file, base)
        if judgement.within is None:
            yield {**told, "hashes": {"sha-256": judgement.sha256}}
        elif file not in holders:
            holders.add(file)
            yield told
