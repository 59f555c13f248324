"""Reports as plain text for a terminal: French or English, readable at 80 columns and without colour."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from harness.model import Lang
from harness.reporting import text_check
from harness.reporting.layout import Page
from harness.reporting.reports import CheckReport, Report, RunReport


def render(report: Report, lang: Lang, *, verbose: bool = False, colour: bool = False, width: int = 80) -> Iterator[str]:
    page = Page(width, colour)
    lines: Iterable[str]
    if isinstance(report, CheckReport):
        lines = text_check.lines(report, page, lang, verbose)
    elif isinstance(report, RunReport):
        from harness.reporting import text_run  # not for what is said of documents

        lines = text_run.lines(report, page, lang, verbose)
    else:
        from harness.reporting import text_maturity

        lines = text_maturity.lines(report.assessment, report.grid, page, lang)
    for line in lines:
        yield line.rstrip() + "\n"
