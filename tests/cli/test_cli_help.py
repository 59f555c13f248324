"""The help of every command, in the language asked for and in no other."""

from __future__ import annotations

from collections.abc import Iterator

import click
import pytest
from click.testing import CliRunner
from commands import printed

from harness.cli import harness

OF_CLICK = (
    "Usage: ",
    "Options:",
    "Commandes:",
    "COMMAND ",
    "[ARGS]",
    "<=x",
    "Show ",
    " and exit",
    "default: ",
    "required",
    "TEXT ",
    "RANGE",
    "YYYY",
)
FRENCH = ("Usage :", "défaut", "obligatoire", "affiche", "é", "à ", " le ", " la ", " les ", " de ")


def every_command(group: click.Group, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    context = click.Context(group)
    for name in group.list_commands(context):
        yield (*path, name)
        command = group.get_command(context, name)
        if isinstance(command, click.Group):
            yield from every_command(command, (*path, name))


COMMANDS = [(), *every_command(harness)]


@pytest.mark.parametrize("path", COMMANDS, ids=" ".join)
def test_help_is_in_one_language(path: tuple[str, ...]) -> None:
    french, english = printed(*path, "--help"), printed(*path, "-h", HARNESS_LANG="en")
    assert french.startswith("Usage : ") and english.startswith("Usage: ")
    assert not [word for word in OF_CLICK if word in french]
    assert not [word for word in FRENCH if word in english]
    assert not [line for line in french.splitlines() if line.lstrip().startswith((":", ";", "!", "?", "»"))]


def test_the_language_may_follow_or_precede_the_wish_for_help() -> None:
    assert printed("check", "--lang", "en", "--help") == printed("check", "--help", "--lang=en") != printed("check", "--help")


def test_the_language_may_precede_the_command_or_its_group() -> None:
    listed = printed("profiles", "list", "--lang", "en")
    assert listed == printed("--lang", "en", "profiles", "list") == printed("profiles", "--lang", "en", "list")
    assert listed != printed("--lang", "en", "profiles", "list", "--lang", "fr") == printed("profiles", "list")
    assert printed("--lang", "fr", "profiles", "list", HARNESS_LANG="en") == printed("profiles", "list")
    assert printed("--lang", "en", "--help") == printed("--help", "--lang", "en") != printed("--help")


def test_a_command_only_names_the_forms_of_report_that_it_has() -> None:
    assess, check = (
        " ".join(CliRunner().invoke(harness, [name, "--help", "--lang", "en"]).output.split()) for name in ("assess", "check")
    )
    assert "(.json, .html), else text" in assess
    assert "(.json, .xml: junit, .sarif, .html), else text" in check


def test_the_arguments_of_a_command_are_told_in_its_usage_alone() -> None:
    assert [line for line in printed("check", "--help").splitlines() if "CHEMINS" in line] == [
        printed("check", "-h").splitlines()[0]
    ]
    assert "PATHS" not in printed("check", "--help")


def test_help_fits_a_narrow_terminal() -> None:
    for path in (("check",), ("run",), ()):
        told = printed(*path, "--help", COLUMNS="40")
        narrow = told.partition("Exemples :")[0].splitlines()[2:]  # but what is typed on one line
        assert [line for line in narrow if len(line) > 40 and not line.startswith("  -")] == []


@pytest.mark.parametrize("path", COMMANDS, ids=" ".join)
def test_each_example_is_a_command_with_options_that_it_has(path: tuple[str, ...]) -> None:
    context = click.Context(harness)
    command: click.Command = harness
    for name in path:
        assert isinstance(command, click.Group)
        found = command.get_command(context, name)
        assert found is not None
        command = found
    options = {word for param in command.params for word in param.opts}
    for example in getattr(command, "examples", ()):
        assert example.startswith(" ".join(("harness", *path)))
        assert {word for word in example.partition("|")[0].split() if word.startswith("--")} <= options
