"""What was found, told to people and to machines.

`render` turns a report into one text, `chunks` into the pieces of it; each form of `FORMS` is the module of its name, imported when
it is asked for. All of them take their numbers from `summary`, their words from `wording`.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from typing import Any

from harness.errors import UsageError
from harness.model import FORMS, Lang, Text
from harness.reporting.reports import AssessReport, CheckReport, Report, RunReport

__all__ = ["FORMS", "AssessReport", "CheckReport", "Report", "RunReport", "chunks", "render"]


def render(report: Report, form: str, lang: Lang = "fr", **options: Any) -> str:
    """The report in one form, ended by a newline, as one text. For the options see `chunks`."""
    return "".join(chunks(report, form, lang, **options))


def chunks(
    report: Report, form: str, lang: Lang = "fr", *, verbose: bool = False, colour: bool = False, width: int = 80
) -> Iterator[str]:
    """The same a piece at a time: no more of it is in memory than one document's part.

    verbose, colour, width: of `text` only; verbose adds what is merely worth knowing and unfolds repetitions.
    Raises UsageError when the form cannot say such a report.
    """
    able = [name for name, one in FORMS.items() if report.command in one.of]
    if form not in able:
        message = Text(f"{report.command} n'a pas de forme {form}", f"{report.command} has no form {form}")
        raise UsageError(message, Text(f"Formes possibles : {', '.join(able)}.", f"Possible forms: {', '.join(able)}."))
    options = {"verbose": verbose, "colour": colour, "width": width} if form == "text" else {}
    told: Iterator[str] = import_module(f"{__name__}.{form}").render(report, lang, **options)
    return told
