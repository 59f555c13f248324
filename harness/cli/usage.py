"""What is wrong with a command line, in both languages: click says it in English only."""

from __future__ import annotations

import re
from collections.abc import Iterable

import click

from harness.cli.help import Group, value_name
from harness.errors import UsageError
from harness.model import Text

# What click says -> the same in French. A message that no row knows is shown as it is.
_FRENCH = (
    (r"No such option:? '?(?P<a>[^ ']+?)'?\.?", "{a} n'est pas une option"),
    (r"Option '(?P<a>.+)' requires an argument\.", "l'option {a} demande une valeur"),
    (r"Option '(?P<a>.+)' requires (?P<b>\d+) arguments\.", "l'option {a} demande {b} valeurs"),
    (r"Option '(?P<a>.+)' does not take a value\.", "l'option {a} ne prend pas de valeur"),
    (r"Got unexpected extra arguments? \((?P<a>.+)\)", "argument en trop : {a}"),
    (r"'(?P<a>.*)' is not one of (?P<b>.+)\.", "« {a} » n'est pas une valeur possible ; choisir parmi {b}"),
    (r"(?P<a>\S+) is not in the range x>=(?P<b>.+)\.", "{a} est trop petit : au moins {b}"),
    (r"(?P<a>\S+) is not in the range (?P<b>.+)\.", "{a} est hors de l'intervalle {b}"),
    (r"'(?P<a>.*)' is not a valid \w+(?: range)?\.", "« {a} » n'est pas un nombre"),
    (r"\w+ '(?P<a>.*)' does not exist\.", "« {a} » n'existe pas"),
    (r"\w+ '(?P<a>.*)' is a directory\.", "« {a} » est un dossier, un fichier est attendu"),
    (r"\w+ '(?P<a>.*)' is a file\.", "« {a} » est un fichier, un dossier est attendu"),
    (r"\w+ '(?P<a>.*)' is not readable\.", "« {a} » ne peut pas être lu"),
    (r"\w+ '(?P<a>.*)' is not writable\.", "« {a} » ne peut pas être écrit"),
)


def explained(error: click.ClickException) -> UsageError:
    """What click found wrong, with the help command as a hint."""
    path = error.ctx.command_path if isinstance(error, click.UsageError) and error.ctx else "harness"
    return UsageError(_message(error), _help_of(path))


def nearest(word: str, known: Iterable[str], most: int) -> list[str]:
    from harness.library import nearest  # only when something is wrong

    return nearest.nearest(word, known, most)


def _message(error: click.ClickException) -> Text:
    if isinstance(error, click.MissingParameter) and error.param is not None:
        if error.param.param_type_name == "argument":
            value = value_name(error.param.human_readable_name)
            return Text(f"il manque l'argument {value.fr}", f"argument {value.en} is missing")
        name = _name(error.param)
        return Text(f"il manque l'option {name.fr}", f"option {name.en} is missing")
    said = Text(_french(error.message), error.message[:1].lower() + error.message[1:].rstrip("."))
    if isinstance(error, click.BadParameter) and error.param is not None:
        name = _name(error.param)
        return Text(f"{name.fr} : {said.fr}", f"{name.en}: {said.en}")
    if isinstance(error, click.NoSuchOption):
        return _with_guess(said, nearest(error.option_name, error.possibilities or (), 1))
    return said


def _french(said: str) -> str:
    for pattern, french in _FRENCH:
        if found := re.fullmatch(pattern, said):
            told = french.format_map(found.groupdict())
            return re.sub(r"l'intervalle (\S+?)<=x<=(\S+)", r"l'intervalle de \1 à \2", told)
    return said


def _name(param: click.Parameter) -> Text:
    if isinstance(param, click.Option):
        opts = " / ".join(param.opts)
        return Text(opts, opts)
    return value_name(param.human_readable_name)


def _with_guess(said: Text, near: list[str] | None) -> Text:
    """near: the nearest first."""
    if not near:
        return said
    return Text(f"{said.fr}. Vouliez-vous dire {near[0]} ?", f"{said.en}. Did you mean {near[0]}?")


def _help_of(path: str) -> Text:
    return Text(f"`{path} --help` dit ce qui est possible.", f"`{path} --help` says what is possible.")


class Commands(Group):
    """A group of commands that, asked for one it has not, names the nearest."""

    def resolve_command(self, ctx: click.Context, args: list[str]) -> tuple[str | None, click.Command | None, list[str]]:
        known = self.list_commands(ctx)
        if args and args[0] not in known and not args[0].startswith("-"):
            said = Text(f"« {args[0]} » n'est pas une commande", f'"{args[0]}" is not a command')
            raise UsageError(_with_guess(said, nearest(args[0], known, 1)), _help_of(ctx.command_path))
        return super().resolve_command(ctx, args)
