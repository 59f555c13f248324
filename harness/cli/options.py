"""Options that several commands share."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from harness.cli.help import LangOption, asked_lang, option
from harness.errors import UsageError
from harness.model import FORMS, Lang, Text, labelled
from harness.values import dataclass

if TYPE_CHECKING:
    from harness.library import Library
    from harness.reporting import Report

F = TypeVar("F", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Place:
    """Where a report goes, and in what form. output: None for standard output."""

    form: str
    output: Path | None

    @property
    def is_to_read(self) -> bool:
        """Whether it is read as it is written."""
        return self.form == "text" and self.output is None


class DateType(click.ParamType[date]):
    name = "YYYY-MM-DD"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        if isinstance(value, date):
            return value
        try:
            return date.fromisoformat(value)
        except ValueError:
            name = "/".join(param.opts) if param is not None else "date"
            raise UsageError(
                Text(f"{name} : « {value} » n'est pas une date", f'{name}: "{value}" is not a date'),
                Text("L'écrire AAAA-MM-JJ.", "Write it YYYY-MM-DD."),
            ) from None


def lang(command: F) -> F:
    return option(
        "--lang",
        cls=LangOption,
        type=click.Choice(["fr", "en"]),
        default="fr",
        envvar="HARNESS_LANG",
        show_default=True,
        help=Text("langue des résultats", "language of the results"),
    )(command)


def lang_of_errors(command: F) -> F:
    """The --lang option of a command that prints only errors, whose language is read before options are parsed."""
    return option(
        "--lang", type=click.Choice(["fr", "en"]), expose_value=False, help=Text("langue des erreurs", "language of the errors")
    )(command)


def at(command: F) -> F:
    return dated(Text("date du jugement", "date of the judgement"))(command)


def dated(what: Text) -> Callable[[F], F]:
    """what: that whose date `--at` is."""
    return option(
        "--at",
        type=DateType(),
        default=None,
        help=Text(f"{what.fr} (aujourd'hui par défaut)", f"{what.en} (today by default)"),
    )


def report(*commands: str) -> Callable[[F], F]:
    """The options of a report of these commands."""
    forms = {name: form for name, form in FORMS.items() if any(command in form.of for command in commands)}
    meant = {suffix: name for name, form in forms.items() for suffix in form.suffixes}
    named = [(form.suffixes[0], name) for name, form in forms.items() if form.suffixes]
    french, english = (
        ", ".join(suffix if suffix == f".{name}" else labelled(suffix, name, lang) for suffix, name in named)
        for lang in ("fr", "en")
    )

    def places(ctx: click.Context, option: click.Parameter, outputs: Sequence[Path]) -> tuple[Place, ...]:
        """The form of each, from its suffix when --format is not given: `report.html` is a page."""
        chosen = ctx.params.pop("form")
        if chosen and len(outputs) > 1:
            raise UsageError(
                Text("--format ne vaut que pour un rapport", "--format is for one report"),
                Text("De plusieurs --output, chaque nom dit le format.", "Of several --output, each name says its format."),
            )
        twice = [str(one) for one in outputs if outputs.count(one) > 1]
        if twice:
            raise UsageError(
                Text(f"--output : {twice[0]} est donné deux fois", f"--output: {twice[0]} is given twice"),
                Text("Donner un fichier à chaque rapport.", "Give each report a file of its own."),
            )
        return tuple(
            Place(chosen or meant.get(output.suffix.casefold(), "text"), None if str(output) == "-" else output)
            for output in outputs
        ) or (Place(chosen or "text", None),)

    def add(command: F) -> F:
        command = option(
            "--output",
            "-o",
            "places",
            type=click.Path(readable=False, path_type=Path),
            multiple=True,
            callback=places,
            help=Text(
                "écrit le rapport dans ce fichier (« - » : la sortie standard) ; plusieurs fois pour plusieurs rapports",
                'write the report to this file ("-": standard output); several times for several reports',
            ),
        )(command)
        return option(
            "--format",
            "-f",
            "form",
            type=click.Choice(list(forms)),
            default=None,
            is_eager=True,  # the callback of --output asks for it
            help=Text(
                f"format du rapport ; sinon celui que nomme --output ({french}), sinon text",
                f"format of the report; else the one that --output names ({english}), else text",
            ),
        )(command)

    return add


def rendered(report: Report, form: str, lang: Lang, output: Path | None, *, verbose: bool = False) -> Iterator[str]:
    """A report in the format asked for, a piece at a time; text is coloured and as wide as the terminal when it goes to one."""
    from harness.reporting import chunks
    from harness.reporting.layout import wants_colour

    return chunks(
        report,
        form,
        lang,
        verbose=verbose,
        colour=wants_colour(output is None and _is_on_terminal(), os.environ),
        width=_columns() if output is None else 80,
    )


def _columns() -> int:
    """Of what goes to standard output."""
    return min(shutil.get_terminal_size().columns, 110) if _is_on_terminal() else 80


def _is_on_terminal() -> bool:
    return sys.stdout is not None and sys.stdout.isatty()


def say(text: str, indent: str = "", hanging: str | None = None) -> None:
    """A paragraph on standard output, as wide as the terminal. hanging: indent of the lines after the first."""
    from harness.reporting.layout import Page

    for line in Page(_columns()).wrap(text, indent, hanging):
        click.echo(line)


def deliver_reports(report: Report, places: Sequence[Place], lang: Lang, *, verbose: bool = False) -> None:
    """To standard output; or to a file, and a line on standard error tells which and what the report comes to."""
    from harness.cli.delivery import deliver

    for place in places:
        deliver(rendered(report, place.form, lang, place.output, verbose=verbose), place.output)
        if place.output is not None:
            from harness.reporting import wording

            verdict = wording.verdict(report, lang)
            click.echo("→ " + (labelled(str(place.output), verdict, lang) if verdict else str(place.output)), err=True)


def check_writable(places: Sequence[Place]) -> None:
    """Raises UsageError when a report could not be written where it is to go."""
    from harness.cli import delivery

    for place in places:
        if place.output is not None:
            delivery.check_writable(place.output)


def open_library() -> Library:
    """The library, opened once a command. Says on standard error when its compiled form cannot be kept."""
    from harness.library import Library

    context = click.get_current_context(silent=True)
    opened = context.find_root().meta if context else {}
    if _LIBRARY not in opened:
        opened[_LIBRARY] = Library.open(told=note)
    library: Library = opened[_LIBRARY]
    return library


_LIBRARY = "harness.library"
_NOTED = "harness.noted"


def note(said: Text) -> None:
    """A note on standard error, once a command even when several processes have the same to say."""
    context = click.get_current_context(silent=True)
    noted = context.find_root().meta.setdefault(_NOTED, set()) if context else set()
    if said in noted:
        return
    noted.add(said)
    click.echo(Text(f"remarque : {said.fr}", f"note: {said.en}").in_(asked_lang(sys.argv[1:])), err=True)


def now() -> datetime:
    return datetime.now(UTC)


def today() -> date:
    return datetime.now().astimezone().date()
