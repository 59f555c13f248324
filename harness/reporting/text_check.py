"""Judged documents as plain text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain, groupby

from harness.model import Finding, Judgement, Lang, Severity, Skipped, Text, labelled
from harness.reporting import advice, must_support, official, summary, wording
from harness.reporting.folding import Fold, folded
from harness.reporting.layout import Page
from harness.reporting.printable import printable
from harness.reporting.reports import CheckReport
from harness.reporting.tones import tone
from harness.reporting.wording import counted

MARGIN = 16  # columns of "    ligne 12345 "
LINES_NAMED = 8  # of a folded rule; the others are counted
BESIDE_NAMED = 8  # likewise, of those on the line of the first


def lines(report: CheckReport, page: Page, lang: Lang, verbose: bool) -> Iterator[str]:
    """Every document with its findings, then what was skipped, then the sum of it and what to do next."""
    for judgement in report.judgements:
        yield from document(judgement, page, lang, verbose)
    if report.skipped:
        yield from (*_skipped(report.skipped, page, lang, verbose), "")
    yield from closing(report, page, lang)


def document(judgement: Judgement, page: Page, lang: Lang, verbose: bool) -> list[str]:
    """The verdict, then the findings by severity, then what was not judged."""
    every = folded(judgement.findings)
    shown = [fold for fold in every if verbose or fold.severity is not Severity.INFO or fold.first.foremost]
    told = _verdict_lines(judgement, page, lang)
    verdict_lines = len(told)
    for severity, folds in groupby(shown, key=lambda fold: fold.severity):
        told.append("  " + page.paint(wording.SEVERITIES[severity].in_(lang), tone(severity)))
        for fold in folds:
            told += _fold(fold, page, lang, verbose)
    said = {fold.first.message for fold in shown}
    if not_judged := [reason for reason in judgement.not_judged if reason not in said]:
        told.append("  " + page.paint(Text("Non jugé", "Not judged").in_(lang), "strong"))
        for reason in not_judged:
            told += page.wrap(f"- {reason.in_(lang)}", "    ", "      ")
    if judgement.must_support:
        told += must_support.lines(judgement.must_support, page, lang, verbose)
    if judgement.official is not None:
        told += official.lines(judgement.official, page, lang, verbose)
    return [*told, ""] if len(told) > verdict_lines else told


def _verdict_lines(judgement: Judgement, page: Page, lang: Lang) -> list[str]:
    """The verdict, the path as it is, and the profile: beside it, or under it when there is no room."""
    sign = f"{wording.DOCUMENT_SIGNS[judgement.verdict]} {wording.SHORT[judgement.verdict].in_(lang)}"
    profile = printable(judgement.profile or judgement.kind)
    if judgement.version_assumed:
        profile += Text(" (version supposée)", " (version assumed)").in_(lang)
    name = printable(judgement.path).replace("\n", "\ufffd")  # a name must not write a line of its own
    path = f"{page.paint(sign, tone(judgement.verdict))}  {name}"
    if not profile:
        return [path]
    if len(f"{sign}  {judgement.path} · {profile}") <= page.width:
        return [f"{path} · {profile}"]
    return [path, *page.wrap(profile, "  ")]


def _fold(fold: Fold, page: Page, lang: Lang, verbose: bool) -> list[str]:
    told = _finding(fold.first, page, lang)
    for same in fold.same_place:
        said = Text("au même endroit : ", "at the same place: ").in_(lang) + same.first.message.in_(lang)
        told += page.wrap(f"{said} ({same.rule})", " " * MARGIN, " " * (MARGIN + 2))
    if not fold.others:
        return told
    if verbose:
        for other in fold.others:
            told += page.labelled(_line_label(other, lang), other.message.in_(lang), MARGIN)
        return told
    beside = [one for one in fold.others if one.line == fold.first.line and one.message != fold.first.message][:BESIDE_NAMED]
    for other in beside:  # the number of its line does not tell it from the first: JSON may be one line
        words = other.message.in_(lang)
        words = labelled(other.location, words, lang) if other.location else words
        told += page.wrap(f"+ {words}", " " * MARGIN, " " * (MARGIN + 2))
    others = [one for one in fold.others if one not in beside]
    return told + (page.wrap(_others(others, lang), " " * MARGIN) if others else [])


def _finding(finding: Finding, page: Page, lang: Lang) -> list[str]:
    indent = " " * MARGIN
    told = page.labelled(_line_label(finding, lang), finding.message.in_(lang), MARGIN, tone(finding.severity))
    if hint := finding.hint.in_(lang):
        told += page.wrap(f"→ {hint}", indent, indent + "  ")
    if finding.fix is not None:
        told += page.wrap(Text("✎ --diff le corrige", "✎ --diff fixes it").in_(lang), indent)
    if finding.section:
        told += page.wrap(f"§ {printable(finding.section)}", indent)
    if finding.line <= 0 and finding.location not in ("", "/"):
        told += page.wrap(finding.location, indent)
    return told + [page.paint(line, "mute") for line in page.wrap(provenance(finding, lang), indent)]


def provenance(finding: Finding, lang: Lang) -> str:
    """Rule, requirement where it bears another id, and source."""
    requirement = Text("exigence ", "requirement ").in_(lang) + finding.requirement
    parts = (
        finding.rule,
        requirement if finding.requirement not in ("", finding.rule) else "",
        wording.cited(finding.source, lang),
    )
    return " · ".join(part for part in parts if part)


def _line_label(finding: Finding, lang: Lang) -> str:
    if finding.line <= 0:
        return "    -"
    return f"    {Text('ligne', 'line').in_(lang)} {finding.line}"


def _others(others: Sequence[Finding], lang: Lang) -> str:
    """`et 6 autres, lignes 4, 8 et 15`."""
    told = Text("et ", "and ").in_(lang) + counted(len(others), wording.OTHER, lang)
    numbers = [str(line) for line in dict.fromkeys(finding.line for finding in others) if line > 0]
    if not numbers:
        return told
    word = Text("ligne", "line") if len(numbers) == 1 else Text("lignes", "lines")
    return f"{told}, {word.in_(lang)} {', '.join(numbers[:LINES_NAMED])}{' …' if len(numbers) > LINES_NAMED else ''}"


def _skipped(skipped: Sequence[Skipped], page: Page, lang: Lang, verbose: bool) -> list[str]:
    told = counted(len(skipped), wording.SKIPPED, lang)
    if not verbose:
        return page.wrap(told + Text(" (-v pour les voir)", " (-v to see them)").in_(lang))
    rows = (page.wrap(labelled(f"- {file.path}", file.reason.in_(lang), lang), "  ", "    ") for file in skipped)
    return [told, *chain.from_iterable(rows)]


def closing(report: CheckReport, page: Page, lang: Lang) -> list[str]:
    """The counts in one sentence, then what to do next."""
    return [
        *page.wrap(_counts(report, lang)),
        *page.wrap(official.sum_line(report.totals.official, lang)),
        *page.wrap(advice.after_check(report).in_(lang)),
        *provenance_lines(report.version, report.totals.profiles, page),
    ]


def provenance_lines(version: str, profiles: Mapping[str, str], page: Page) -> list[str]:
    """What judged: the harness and each profile, so that anyone can judge again. profiles: coordinate -> SHA-256."""
    used = (f"{coordinate} ({wording.short_digest(digest)})" for coordinate, digest in sorted(profiles.items()))
    return [page.paint(line, "mute") for line in page.wrap(" · ".join((f"cisis-harness {version}", *used)))]


def _counts(report: CheckReport, lang: Lang) -> str:
    counts = summary.of_check(report)
    by_severity = ", ".join(
        counted(number, noun, lang)
        for number, noun in ((counts.errors, wording.ERROR), (counts.warnings, wording.WARNING), (counts.infos, wording.INFO))
    )
    documents = wording.documents(counts, lang)
    judged = f"{counted(counts.met, wording.MET, lang)}, {counted(counts.broken, wording.BROKEN, lang)}"
    if counts.broken_optional:
        judged += f", {counted(counts.broken_optional, wording.BROKEN_OPTIONAL, lang)}"
    return Text(
        f"Bilan : {documents} ; {by_severity} ; exigences : {judged}.",
        f"Summary: {documents}; {by_severity}; requirements: {judged}.",
    ).in_(lang)
