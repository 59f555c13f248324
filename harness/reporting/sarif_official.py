"""What a published tool says, as runs of their own beside ours in SARIF: another tool, other rules."""

from __future__ import annotations

from typing import Any

from harness.model import Judgement, Lang, OfficialFinding, OfficialPart, OfficialReport
from harness.reporting import official
from harness.reporting.printable import printable
from harness.reporting.reports import CheckReport
from harness.reporting.sarif_locations import BASE, artifact_location, base_location, fingerprint
from harness.reporting.wording import short_digest

Json = dict[str, Any]


def official_runs(report: CheckReport, lang: Lang) -> list[Json]:
    """One run a package, none when no package was asked."""
    packages = {one.official.package: one.official for one in report.judgements if one.official is not None}
    return [_run(package, report, lang) for package in packages.values()]


def _run(package: OfficialReport, report: CheckReport, lang: Lang) -> Json:
    told = [
        (one, one.official) for one in report.judgements if one.official is not None and one.official.package == package.package
    ]
    names = list(dict.fromkeys(part.name for _, said in told for part in said.parts))
    results = [
        _result(judgement, part, finding, names.index(part.name), report.base)
        for judgement, said in told
        for part in said.parts
        for finding in part.findings
    ]
    notes = [
        {
            "level": "error" if part.stopped else "note",
            "message": {"text": printable(f"{part.name}: {remark}")},
            "locations": [{"physicalLocation": {"artifactLocation": artifact_location(judgement.path, report.base)}}],
        }
        for judgement, said in told
        for part in said.parts
        for remark in official.remarks(part, lang)
    ]
    rules = [{"id": printable(name), "shortDescription": {"text": printable(name)}} for name in names]
    return {
        "tool": {"driver": {"name": printable(package.package), "version": short_digest(package.digest), "rules": rules}},
        "automationDetails": {"id": "check/official"},
        "invocations": [{"executionSuccessful": not any(said.stopped for _, said in told), "toolExecutionNotifications": notes}],
        "originalUriBaseIds": {BASE: base_location(report.base)},
        "results": results,
        "properties": {"digest": package.digest},
    }


def _result(judgement: Judgement, part: OfficialPart, finding: OfficialFinding, rule: int, base: str) -> Json:
    place: Json = {"artifactLocation": artifact_location(judgement.path, base)}
    if finding.line:
        place["region"] = {"startLine": finding.line, "endLine": finding.line}
    return {
        "ruleId": printable(part.name),
        "ruleIndex": rule,
        "level": official.level(finding),
        "message": {"text": printable(finding.message) or printable(part.name)},
        "locations": [
            {
                "physicalLocation": place,
                "logicalLocations": [{"fullyQualifiedName": printable(finding.location), "kind": "element"}],
            }
        ],
        "partialFingerprints": {"harnessPlace/v1": fingerprint(part.name, finding.location, finding.message)},
    }
