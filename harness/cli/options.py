"""Options that several commands share, and where their output goes."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable
from datetime import UTC, date, datetime
from errno import EBADF
from pathlib import Path
from typing import Any, TypeVar, cast

import click

from harness.errors import UsageError
from harness.model import Lang, Text

F = TypeVar("F", bound=Callable[..., Any])

FORMATS = ("text", "json", "junit", "sarif", "html")


class DateType(click.ParamType[date]):
    name = "AAAA-MM-JJ"

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
    return click.option(
        "--lang",
        type=click.Choice(["fr", "en"]),
        default="fr",
        envvar="HARNESS_LANG",
        show_default=True,
        help="langue des résultats",
    )(command)


def lang_of_errors(command: F) -> F:
    """For a command that says nothing but errors, whose language is read before options are parsed."""
    return click.option("--lang", type=click.Choice(["fr", "en"]), expose_value=False, help="langue des erreurs")(command)


def at(command: F) -> F:
    return click.option("--at", type=DateType(), default=None, help="date du jugement (aujourd'hui par défaut)")(command)


def report(formats: tuple[str, ...] = FORMATS) -> Callable[[F], F]:
    def add(command: F) -> F:
        command = click.option(
            "--output", "-o", type=click.Path(path_type=Path), default=None, help="écrit le rapport dans ce fichier"
        )(command)
        return click.option(
            "--format", "-f", "form", type=click.Choice(formats), default="text", show_default=True, help="format du rapport"
        )(command)

    return add


def deliver(text: str, output: Path | None) -> None:
    """Write a report to a file, or to standard output."""
    if output is None:
        _write_out(text if text.endswith("\n") else text + "\n")
        return
    try:
        output.parent.mkdir(parents=True, exist_ok=True)
        output.write_text(text, encoding="utf-8")
    except OSError as error:
        raise UsageError(
            Text(f"impossible d'écrire {output} : {error.strerror}", f"cannot write {output}: {error.strerror}"),
            Text("Choisir un autre fichier avec --output.", "Choose another file with --output."),
        ) from None


def _write_out(text: str) -> None:
    """BrokenPipeError passes: a reader that goes away is no fault. Raises UsageError when the output cannot be written."""
    try:
        if sys.stdout is None:
            raise OSError(EBADF, os.strerror(EBADF))
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        if sys.stdout is not None:
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # what remains is not tried again at exit
        raise UsageError(
            Text(f"impossible d'écrire le résultat : {error.strerror}", f"cannot write the result: {error.strerror}"),
            Text("Libérer de la place, ou choisir un fichier avec --output.", "Free some space, or choose a file with --output."),
        ) from None


def rendered(report: Any, form: str, lang: str, output: Path | None, *, verbose: bool = False) -> str:
    """A report in the format asked for; text is coloured and as wide as the terminal when it goes to one."""
    from harness.reporting import render
    from harness.reporting.layout import wants_colour

    on_terminal = output is None and sys.stdout is not None and sys.stdout.isatty()
    return render(
        report,
        cast(Any, form),
        cast(Lang, lang),
        verbose=verbose,
        colour=wants_colour(on_terminal, os.environ),
        width=min(shutil.get_terminal_size().columns, 110) if on_terminal else 80,
    )


def now() -> datetime:
    return datetime.now(UTC)


def today() -> date:
    return datetime.now().astimezone().date()
