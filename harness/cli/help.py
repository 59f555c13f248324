"""Help in the language asked for: click knows a help text in one language, and its own words in English only."""

from __future__ import annotations

import inspect
import os
import re
from collections.abc import Sequence
from functools import partial
from typing import Any

import click

from harness.model import Lang, Text

# What stands for a value in a usage line, where the two languages differ.
_VALUES = {
    "CODE:SYSTEM": "CODE:SYSTÈME",
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
    "YYYY-MM-DD": "AAAA-MM-JJ",
}
_VALUE = re.compile("|".join(rf"(?<![\w|]){re.escape(word)}(?!\w|\|)" for word in sorted(_VALUES, key=len, reverse=True)))
_EXTRAS = ((r"\bdefault: ", "défaut : "), (r"\brequired\b", "obligatoire"))


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
        return value_name(names).in_(lang), "  ".join(filter(None, (self.told.in_(lang), extra)))


option = partial(click.option, cls=Option)


def _show(ctx: click.Context, _: click.Parameter, asked: bool) -> None:
    if asked and not ctx.resilient_parsing:
        click.echo(ctx.get_help(), color=ctx.color)
        ctx.exit()


class Command(click.Command):
    """A command whose help is said in both languages; its first paragraph is its summary."""

    def __init__(self, *args: Any, told: Text, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.add_help_option = False  # ours stands in for it
        self.told = told
        asking = Text("affiche cette aide", "show this help")
        self.params.append(Option(["-h", "--help"], is_flag=True, is_eager=True, expose_value=False, callback=_show, help=asking))

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        ctx.meta.setdefault("lang", asked_lang(args))
        return super().parse_args(ctx, args)

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        lang = _lang(ctx)
        pieces = value_name(" ".join(self.collect_usage_pieces(ctx))).in_(lang)
        formatter.write_usage(ctx.command_path, pieces, Text("Usage : ", "Usage: ").in_(lang))

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        formatter.write_paragraph()
        with formatter.indentation():
            formatter.write_text(inspect.cleandoc(self.told.in_(_lang(ctx))))


class Group(Command, click.Group):
    """A group of commands."""

    command_class = Command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        lang = _lang(ctx)
        with formatter.section(Text("Commandes", "Commands").in_(lang)):
            formatter.write_dl([(name, told.in_(lang)) for name, told in self.summaries(ctx)])

    def summaries(self, ctx: click.Context) -> list[tuple[str, Text]]:
        """Each command with its summary."""
        commands = ((name, self.get_command(ctx, name)) for name in self.list_commands(ctx))
        return [(name, _summary(command.told)) for name, command in commands if isinstance(command, Command)]


def _summary(told: Text) -> Text:
    return Text(*(" ".join(inspect.cleandoc(words).partition("\n\n")[0].split()) for words in (told.fr, told.en)))


def _lang(ctx: click.Context) -> Lang:
    lang: Lang = ctx.meta.get("lang", "fr")
    return lang
