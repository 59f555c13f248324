"""What a published tool says of a document, in a part of its own in every report: beside our findings, never among them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from harness.model import NO_TEXT, Judgement, Lang, OfficialFinding, OfficialPart, OfficialReport, Text, labelled
from harness.reporting.layout import Page
from harness.reporting.printable import printable
from harness.reporting.totals import OfficialTotals
from harness.reporting.wording import DOCUMENT, FINDING, STOPPED, counted

TOOL = Text("Outil officiel", "Official tool")
_MARGIN = 16
_SHOWN = 20  # findings of one part told in text; the others are counted, unless all are asked for


def title(report: OfficialReport, lang: Lang) -> str:
    """`Outil officiel (TestContenuCDA-3-0-1f2e3d4c5b6a, volet VSM_1.4_2022.01) : 2 constats, 1 partie arrêtée`."""
    return labelled(f"{TOOL.in_(lang)} ({about(report, lang)})", counts(report, lang), lang)


def about(report: OfficialReport, lang: Lang) -> str:
    if report.volet is None:
        return f"{report.package}, {Text('volet non reconnu', 'volet not recognised').in_(lang)}"
    assumed = Text(", version supposée", ", version assumed").in_(lang) if report.volet_assumed else ""
    return f"{report.package}, volet {report.volet}{assumed}"


def counts(report: OfficialReport, lang: Lang) -> str:
    stopped = f", {counted(report.stopped, STOPPED, lang)}" if report.stopped else ""
    return counted(report.findings, FINDING, lang) + stopped


def remarks(part: OfficialPart, lang: Lang) -> list[str]:
    """What the part did not judge, in words."""
    stopped = (
        [Text(f"arrêtée, aucun verdict : {part.stopped.fr}", f"stopped, no verdict: {part.stopped.en}")] if part.stopped else []
    )
    return [text.in_(lang) for text in (*stopped, *part.unjudged)]


LEVELS = {
    "error": NO_TEXT,
    "warning": Text("avertissement", "warning"),
    "note": Text("note", "note"),
}  # of errors, nothing is said


def level(finding: OfficialFinding) -> str:
    """The role its author wrote as one of `error`, `warning`, `note`."""
    role = finding.role.casefold()
    return "warning" if role.startswith("warn") else "note" if role.startswith(("info", "hint", "note")) else "error"


def lines(report: OfficialReport, page: Page, lang: Lang, verbose: bool) -> list[str]:
    told = page.wrap(title(report, lang), "  ", "    ")
    for part in report.parts:
        for remark in remarks(part, lang):
            told += page.wrap(labelled(printable(part.name), remark, lang), "    ", "      ")
        if not part.findings:
            continue
        told.append(f"    {printable(part.name)}")
        shown = part.findings if verbose else part.findings[:_SHOWN]
        for finding in shown:
            place = f"      {Text('ligne', 'line').in_(lang)} {finding.line}" if finding.line else "      -"
            told += page.labelled(place, finding.message, _MARGIN + 2)
            if not finding.line:
                told += page.wrap(finding.location, " " * (_MARGIN + 2))
        if len(shown) < len(part.findings):
            more = Text("et {n} de plus (-v)", "and {n} more (-v)").in_(lang)
            told.append(" " * (_MARGIN + 2) + more.format(n=len(part.findings) - len(shown)))
    return told


def as_json(report: OfficialReport | None, lang: Lang) -> dict[str, Any] | None:
    if report is None:
        return None
    return {
        "package": report.package,
        "digest": report.digest,
        "volet": report.volet,
        "volet_assumed": report.volet_assumed,
        "findings": report.findings,
        "stopped": report.stopped,
        "parts": [
            {
                "name": part.name,
                "findings": [
                    {"role": one.role, "location": one.location, "line": one.line, "message": one.message} for one in part.findings
                ],
                "stopped": part.stopped.in_(lang) if part.stopped else None,
                "not_judged": [text.in_(lang) for text in part.unjudged],
            }
            for part in report.parts
        ],
        "seconds": report.seconds,
    }


def summed(totals: OfficialTotals) -> dict[str, int] | None:
    """Over all documents; None when no package was asked."""
    if not totals.documents:
        return None
    return {
        "documents": totals.documents,
        "with_findings": totals.with_findings,
        "findings": totals.findings,
        "stopped": totals.stopped,
    }


def sum_line(totals: OfficialTotals, lang: Lang) -> str:
    """One sentence, "" when no package was asked."""
    if not totals.documents:
        return ""
    told = counted(totals.findings, FINDING, lang)
    stopped = f", {counted(totals.stopped, STOPPED, lang)}" if totals.stopped else ""
    where = f"{Text('sur', 'on').in_(lang)} {counted(totals.documents, DOCUMENT, lang)}"
    unmoved = Text("ne change pas le verdict", "does not change the verdict").in_(lang)
    return labelled(TOOL.in_(lang), f"{told}{stopped} {where} ({unmoved}).", lang)


def cases(report: OfficialReport, lang: Lang) -> Iterator[tuple[str, str | None, str]]:
    """For JUnit: each part with the one sentence and the text of what it says, None and "" when it says nothing."""
    for part in report.parts:
        told = [f"[{level(one)}] {one.location}: {one.message}" for one in part.findings]
        notes = remarks(part, lang)
        if part.stopped or told:
            yield part.name, notes[0] if part.stopped else counted(len(told), FINDING, lang), "\n".join([*notes, *told])
        else:
            yield part.name, None, "\n".join(notes)


def suite_name(judgement: Judgement, lang: Lang) -> str:
    return f"{judgement.path} ({TOOL.in_(lang).lower()})"
