"""Where a SARIF result stands: the file, the lines, the step, and a fingerprint that survives moved lines."""

from __future__ import annotations

import hashlib
import os
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from harness.model import Finding, Judgement, Lang, Text, Within
from harness.reporting.printable import printable
from harness.reporting.reports import RunReport

if TYPE_CHECKING:
    from harness.model import ScenarioResult, StepResult

STANDARD_INPUT = "-"
STREAM = Text("entrée standard", "standard input")
BASE = "SRCROOT"  # name of the folder that relative references start from

Json = dict[str, Any]


def artifact_location(path: str, base: str) -> Json:
    """A relative, percent-encoded reference; an absolute `file:` one for a path outside the base folder."""
    plain = path.replace(os.sep, "/")
    root = base.replace(os.sep, "/").rstrip("/")
    if root and plain.startswith(f"{root}/"):
        plain = plain[len(root) + 1 :]
    encoded = quote(os.fsencode(plain.removeprefix("./")), safe="/")
    if plain.startswith("/"):
        return {"uri": f"file://{encoded}"}
    return {"uri": encoded or ".", "uriBaseId": BASE}


def place(path: str, within: Within | None, base: str, region: Json | None = None) -> Json:
    """The file that can be opened, and the lines in it: of a member of an archive the archive alone, of standard input nothing."""
    file = holder(path, within)
    if file == STANDARD_INPUT:
        return {}
    lines = {} if region is None or (within and within.archive) else region
    return {"physicalLocation": {"artifactLocation": artifact_location(file, base), **lines}}


def holder(path: str, within: Within | None) -> str:
    """The file on the disk."""
    return path if within is None else within.archive or within.file


def inside(path: str, within: Within | None, line: int, lang: Lang) -> str:
    """In words, the place that `place` cannot tell: the member of an archive, and the line in it."""
    file = holder(path, within)
    if file == STANDARD_INPUT:
        name = STREAM.in_(lang)
    elif within and within.archive:
        name = within.file.removeprefix(f"{file}!")
    else:
        return ""
    return name + (Text(f", ligne {line}", f", line {line}").in_(lang) if line > 0 else "")


def apart(path: str, within: Within | None) -> tuple[str, ...]:
    """What tells a document from the others of its file, for fingerprints."""
    return () if within is None else (path.removeprefix(holder(path, within)),)


def base_location(base: str) -> Json:
    """Where relative references start from: not told when not known, as the standard allows."""
    if not base:
        return {"description": {"text": "The folder the command was started from."}}
    return {"uri": f"file://{quote(os.fsencode(base.rstrip('/')), safe='/')}/"}


def fingerprint(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode("utf-8", "backslashreplace")).hexdigest()


def region(finding: Finding) -> Json:
    """The line, with the lines around it when the finding carries them; nothing when the line is not known."""
    if finding.line <= 0:
        return {}
    region: Json = {"startLine": finding.line, "endLine": finding.line}
    excerpt = finding.excerpt
    if excerpt is None or not excerpt.lines:
        return {"region": region}
    at = finding.line - excerpt.first_line
    if 0 <= at < len(excerpt.lines):
        region["snippet"] = {"text": printable(excerpt.lines[at])}
    context = {
        "startLine": excerpt.first_line,
        "endLine": excerpt.first_line + len(excerpt.lines) - 1,
        "snippet": {"text": printable("\n".join(excerpt.lines))},
    }
    return {"region": region, "contextRegion": context}


def step_location(report: RunReport, scenario: ScenarioResult, step: StepResult) -> Json:
    """The step in its scenario file, where the file is known."""
    location: Json = {
        "logicalLocations": [{"name": step.id, "fullyQualifiedName": f"{scenario.id}/{step.id}", "kind": "function"}],
    }
    known = report.scenarios.get(scenario.id)
    if known and known.file:
        line = next((written.line for written in known.steps if written.id == step.id), 0)
        physical: Json = {"artifactLocation": artifact_location(known.file, "")}
        if line > 0:
            physical["region"] = {"startLine": line}
        location["physicalLocation"] = physical
    return location


def fixes(finding: Finding, judgement: Judgement, base: str, lang: Lang) -> Json:
    """How to mend it, as replacements in the file; nothing where that is not certain, or where no such file can be written."""
    if finding.fix is None or judgement.within is not None or judgement.path == STANDARD_INPUT:
        return {}
    replacements = [
        {
            "deletedRegion": {
                "startLine": one.line,
                "startColumn": one.column,
                "endLine": one.end_line,
                "endColumn": one.end_column,
            },
            "insertedContent": {"text": printable(one.text)},
        }
        for one in finding.fix.replacements
    ]
    change = {"artifactLocation": artifact_location(judgement.path, base), "replacements": replacements}
    return {"fixes": [{"description": {"text": printable(finding.fix.description.in_(lang))}, "artifactChanges": [change]}]}
