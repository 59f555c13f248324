"""Help in the language asked for: click takes a help text in one language only, and has its own words in English."""

from __future__ import annotations

import inspect
import os
import re
import shutil
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import click
from click.core import ParameterSource

from harness.model import Lang, Text

# What stands for a value in a usage line, where the two languages differ.
_VALUES = {
    "ARGS": "ARGUMENTS",
    "CODE:SYSTEM": "CODE:SYSTÈME",
    "COMMAND": "COMMANDE",
    "DIRECTORY": "DOSSIER",
    "FILE": "FICHIER",
    "FLOAT RANGE": "NOMBRE",
    "INTEGER RANGE": "NOMBRE",
    "NAME@VERSION": "NOM@VERSION",
    "PACKAGE": "PAQUET",
    "PATH": "CHEMIN",
    "PATHS": "CHEMINS",
    "PROFILE": "PROFIL",
    "PROFILE|CANONICAL|PACKAGE": "PROFIL|CANONIQUE|PAQUET",
    "PROTOCOL[:PORT]": "PROTOCOLE[:PORT]",
    "REQUIREMENT": "EXIGENCE",
    "RULE": "RÈGLE",
    "RUN": "CAMPAGNE",
    "SCENARIO": "SCÉNARIO",
    "TEXT": "TEXTE",
    "warning|RULE": "warning|RÈGLE",
    "YYYY-MM-DD": "AAAA-MM-JJ",
}
_VALUE = re.compile("|".join(rf"(?<![\w|]){re.escape(word)}(?!\w|\|)" for word in sorted(_VALUES, key=len, reverse=True)))
_EXTRAS = (
    (r"; ", " ; "),
    (r"\bdefault: ", "défaut : "),
    (r"\brequired\b", "obligatoire"),
    (r"([\d.]+)<=x<=([\d.]+)", r"de \1 à \2"),
    (r"x>=([\d.]+)", r"au moins \1"),
)
_NARROW = 60  # columns
_HELD = "\u00a0"  # where a line must not break; some terminals cannot show it, so that it does not leave here
_GIVEN = f"{__name__}.given"  # in the context: the language that a group was given, before the name of its command


def asked_lang(arguments: Sequence[str]) -> Lang:
    """The language asked for anywhere on a command line, else HARNESS_LANG, else French: needed before options are parsed."""
    for place, argument in enumerate(arguments):
        if argument == "--lang=en" or (argument == "--lang" and list(arguments[place + 1 : place + 2]) == ["en"]):
            return "en"
    return "en" if os.environ.get("HARNESS_LANG") == "en" and "--lang" not in arguments else "fr"


def value_name(name: str) -> Text:
    """What stands for a value, from its English name."""
    return Text(_VALUE.sub(lambda found: _VALUES[found[0]], name), name)


class Option(click.Option):
    """An option whose help is said in both languages."""

    def __init__(self, *args: Any, help: Text, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.told = help

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        record = super().get_help_record(ctx)
        if record is None:
            return None
        names, extra = record
        lang = _lang(ctx)
        if lang == "fr":
            for pattern, french in _EXTRAS:
                extra = re.sub(pattern, french, extra)
        return value_name(names).in_(lang), "  ".join(filter(None, (_said(self.told, lang), _held(extra, lang))))


class LangOption(Option):
    """The language of a command, which may have been given before its name."""

    def consume_value(self, ctx: click.Context, opts: Mapping[str, Any]) -> tuple[Any, ParameterSource]:
        value, source = super().consume_value(ctx, opts)
        if source is not ParameterSource.COMMANDLINE and _GIVEN in ctx.meta:
            return ctx.meta[_GIVEN], ParameterSource.COMMANDLINE
        return value, source


option = partial(click.option, cls=Option)


def _show(ctx: click.Context, _: click.Parameter, asked: bool) -> None:
    if asked and not ctx.resilient_parsing:
        click.echo(ctx.get_help(), color=ctx.color)
        ctx.exit()


def _write_pairs(formatter: click.HelpFormatter, pairs: list[tuple[str, str]]) -> None:
    formatter.write_dl(pairs, col_max=30 if formatter.width >= _NARROW else 8)  # names that are longer stand on a line of their own


class Command(click.Command):
    """A command whose help is said in both languages; its first paragraph is its summary. examples: command lines, as typed."""

    def __init__(self, *args: Any, told: Text, examples: Sequence[str] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.examples = examples
        self.add_help_option = False  # ours stands in for it
        self.told = told
        asking = Text("affiche cette aide", "show this help")
        self.params.append(Option(["-h", "--help"], is_flag=True, is_eager=True, expose_value=False, callback=_show, help=asking))

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        ctx.meta.setdefault("lang", asked_lang(args))
        return super().parse_args(ctx, args)

    def get_help(self, ctx: click.Context) -> str:
        """As wide as the terminal, however narrow: click goes no lower than 50 columns."""
        if ctx.terminal_width is None and (columns := shutil.get_terminal_size().columns) < _NARROW:
            ctx.terminal_width = max(columns - 1, 20)
        return super().get_help(ctx).replace(_HELD, " ")

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        lang = _lang(ctx)
        pieces = value_name(" ".join(self.collect_usage_pieces(ctx))).in_(lang)
        formatter.write_usage(ctx.command_path, pieces, Text("Usage : ", "Usage: ").in_(lang))

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        formatter.write_paragraph()
        with formatter.indentation():
            formatter.write_text(inspect.cleandoc(_said(self.told, _lang(ctx))))

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        options = (param for param in self.get_params(ctx) if isinstance(param, click.Option))
        records = [record for option in options if (record := option.get_help_record(ctx)) is not None]
        with formatter.section(Text("Options ", "Options").in_(_lang(ctx))):
            _write_pairs(formatter, records)

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        if self.examples:
            with formatter.section(Text("Exemples ", "Examples").in_(_lang(ctx))):
                for line in self.examples:
                    formatter.write(f"{'':>{formatter.current_indent}}{line}\n")


def _keep_given(ctx: click.Context, _: click.Parameter, value: str | None) -> None:
    if value is not None:
        ctx.meta[_GIVEN] = value


class Group(Command, click.Group):
    """A group of commands. The language may be given to it, for its command."""

    command_class = Command

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        asking = Text("langue, qui se donne aussi après la commande", "language, which may also follow the command")
        choice = click.Choice(["fr", "en"])
        self.params.insert(0, Option(["--lang"], type=choice, expose_value=False, callback=_keep_given, help=asking))

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        super().format_options(ctx, formatter)
        self.format_commands(ctx, formatter)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        lang = _lang(ctx)
        with formatter.section(Text("Commandes ", "Commands").in_(lang)):
            _write_pairs(formatter, [(name, _said(told, lang)) for name, told in self.summaries(ctx)])

    def summaries(self, ctx: click.Context) -> list[tuple[str, Text]]:
        """Each command with its summary."""
        commands = ((name, self.get_command(ctx, name)) for name in self.list_commands(ctx))
        return [(name, _summary(command.told)) for name, command in commands if isinstance(command, Command)]


def _summary(told: Text) -> Text:
    return Text(*(" ".join(inspect.cleandoc(words).partition("\n\n")[0].split()) for words in (told.fr, told.en)))


def _lang(ctx: click.Context) -> Lang:
    lang: Lang = ctx.meta.get("lang", "fr")
    return lang


def _said(told: Text, lang: Lang) -> str:
    return _held(told.in_(lang), lang)


def _held(text: str, lang: Lang) -> str:
    """Ties French punctuation to its word with a no-break space, so that no line begins with it."""
    return re.sub(r" (?=[:;?!»](?:\s|$))|(?<=«) ", _HELD, text) if lang == "fr" else text
