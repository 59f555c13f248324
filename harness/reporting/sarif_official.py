"""What a published tool says, as runs of their own beside ours in SARIF: another tool, other rules."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from harness.model import Judgement, Lang, OfficialFinding, OfficialPart
from harness.reporting import official
from harness.reporting.json_stream import Each
from harness.reporting.printable import printable
from harness.reporting.reports import CheckReport
from harness.reporting.sarif_locations import BASE, apart, base_location, fingerprint, inside, place
from harness.reporting.wording import short_digest

Json = dict[str, Any]


def official_runs(report: CheckReport, lang: Lang) -> Iterator[Json]:
    """One run a package, none when no package was asked."""
    for package, digest in report.totals.official.packages.items():
        yield _run(package, digest, report, lang)


def _run(package: str, digest: str, report: CheckReport, lang: Lang) -> Json:
    names: dict[str, int] = {}
    stopped = False
    for _, part in _parts(package, report):
        names.setdefault(part.name, len(names))
        stopped |= part.stopped is not None
    rules = [{"id": printable(name), "shortDescription": {"text": printable(name)}} for name in names]
    return {
        "tool": {"driver": {"name": printable(package), "version": short_digest(digest), "rules": rules}},
        "automationDetails": {"id": "check/official"},
        "invocations": Each(
            [{"executionSuccessful": not stopped, "toolExecutionNotifications": Each(_notes(package, report, lang))}]
        ),
        "originalUriBaseIds": {BASE: base_location(report.base)},
        "results": Each(
            _result(judgement, part, finding, names[part.name], report.base, lang)
            for judgement, part in _parts(package, report)
            for finding in part.findings
        ),
        "properties": {"digest": digest},
    }


def _parts(package: str, report: CheckReport) -> Iterator[tuple[Judgement, OfficialPart]]:
    for judgement in report.judgements:
        if judgement.official is not None and judgement.official.package == package:
            for part in judgement.official.parts:
                yield judgement, part


def _notes(package: str, report: CheckReport, lang: Lang) -> Iterator[Json]:
    for judgement, part in _parts(package, report):
        for remark in official.remarks(part, lang):
            location = place(judgement.path, judgement.within, report.base)
            yield {
                "level": "error" if part.stopped else "note",
                "message": {"text": printable(f"{_inside(judgement, 0, lang)}{part.name}: {remark}")},
                **({"locations": [location]} if location else {}),
            }


def _inside(judgement: Judgement, line: int, lang: Lang) -> str:
    where = inside(judgement.path, judgement.within, line, lang)
    return f"{where}: " if where else ""


def _result(judgement: Judgement, part: OfficialPart, finding: OfficialFinding, rule: int, base: str, lang: Lang) -> Json:
    region = {"region": {"startLine": finding.line, "endLine": finding.line}} if finding.line else None
    message = _inside(judgement, finding.line, lang) + (finding.message or part.name)
    place_of = (part.name, finding.location, finding.message, *apart(judgement.path, judgement.within))
    return {
        "ruleId": printable(part.name),
        "ruleIndex": rule,
        "level": official.level(finding),
        "message": {"text": printable(message)},
        "locations": [
            {
                **place(judgement.path, judgement.within, base, region),
                "logicalLocations": [{"fullyQualifiedName": printable(finding.location), "kind": "element"}],
            }
        ],
        "partialFingerprints": {"harnessPlace/v1": fingerprint(*place_of)},
    }
