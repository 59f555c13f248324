"""What was found, told to people and to machines.

`render` turns a report into one text, `chunks` into the pieces of it; each format is one module, imported when it is asked for.
All of them take their numbers from `summary`, their words from `wording`.
"""

from __future__ import annotations

from collections.abc import Iterator

from harness.errors import UsageError
from harness.model import FORMATS, Format, Lang
from harness.reporting.reports import AssessReport, CheckReport, Report, RunReport

__all__ = ["FORMATS", "AssessReport", "CheckReport", "Format", "Report", "RunReport", "chunks", "render"]


def render(
    report: Report, format: Format, lang: Lang = "fr", *, verbose: bool = False, colour: bool = False, width: int = 80
) -> str:
    """The report in one format, ended by a newline, as one text. For the options see `chunks`."""
    return "".join(chunks(report, format, lang, verbose=verbose, colour=colour, width=width))


def chunks(
    report: Report, format: Format, lang: Lang = "fr", *, verbose: bool = False, colour: bool = False, width: int = 80
) -> Iterator[str]:
    """The same a piece at a time: no more of it is in memory than one document's part.

    verbose, colour, width: of the text format only; verbose adds what is merely worth knowing and unfolds repetitions.
    Raises UsageError when the format cannot say such a report.
    """
    match format:
        case "text":
            from harness.reporting.text import render as write_text

            return write_text(report, lang, verbose=verbose, colour=colour, width=width)
        case "json":
            from harness.reporting.json_report import render as write
        case "junit":
            from harness.reporting.junit import render as write
        case "sarif":
            from harness.reporting.sarif import render as write
        case "html":
            from harness.reporting.html import render as write
        case _:
            raise UsageError(f"Unknown format: {format!r}", f"One of: {', '.join(FORMATS)}.")
    return write(report, lang)
