"""The `harness` command: one module a subcommand, each imported only when it is asked for.

Exit codes: 0 nothing failed, 1 something failed, 2 usage or configuration, 3 could not judge.
"""

from __future__ import annotations

import os
import sys
from importlib import import_module
from typing import Any, NoReturn

import click

from harness import __version__
from harness.cli.delivery import settle_streams, silence
from harness.cli.interruption import heed_signals
from harness.cli.usage import Commands, explained
from harness.errors import HarnessError
from harness.model import Lang

COULD_NOT_JUDGE = 3

# name -> what it does, so that `harness --help` imports no command.
COMMANDS: dict[str, str] = {
    "check": "juge des documents : fichiers, dossiers, archives ou entrée standard",
    "run": "joue des scénarios contre un système et note ce qu'il répond",
    "demo": "joue toute la campagne contre un serveur de référence local et écrit le rapport",
    "listen": "reçoit ce qu'un produit envoie et le juge",
    "synth": "écrit des documents de patients synthétiques",
    "assess": "situe un système sur la grille de maturité",
    "profiles": "liste, montre et éprouve les profils (volets)",
    "packages": "ajoute l'outil officiel et des jeux de valeurs plus récents",
    "scenarios": "liste et montre les scénarios",
    "runs": "liste les passages et mène d'un chiffre à sa preuve",
}


class _Lazily(Commands):
    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = import_module(f"harness.cli.{cmd_name}").command
        return command

    def invoke(self, ctx: click.Context) -> Any:
        """A reader of our output that goes away, as `head` does, is no fault."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            silence()
            return 0

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commandes"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(cls=_Lazily, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="cisis-harness")
def harness() -> None:
    """Banc d'essai d'interopérabilité en santé : documents CI-SIS, identité INS, partage de documents, maturité."""


def main() -> NoReturn:
    """Run the command line; every expected error ends in one clear message and its exit code."""
    heed_signals()
    settle_streams()
    try:
        code = harness.main(standalone_mode=False)
    except HarnessError as error:
        say_error(error.told(_lang()))
        code = error.exit_code
    except click.exceptions.NoArgsIsHelpError as error:
        error.show()
        code = 2
    except click.ClickException as error:
        say_error(explained(error).told(_lang()))
        code = 2
    except (click.Abort, KeyboardInterrupt):
        say_error("interrompu" if _lang() == "fr" else "interrupted")
        code = COULD_NOT_JUDGE
    except Exception as error:  # noqa: BLE001 - a fault of ours: who typed the command is told what to do with it
        say_fault(error)
        code = COULD_NOT_JUDGE
    sys.exit(code if isinstance(code, int) else 0)


def say_error(text: str) -> None:
    prefix = "erreur : " if _lang() == "fr" else "error: "
    click.echo(prefix + text, err=True)


def say_fault(error: Exception) -> None:
    from harness.cli import faults

    if faults.are_detailed():
        import traceback

        traceback.print_exception(error)
    say_error(faults.told(error).told(_lang()))


def _lang() -> Lang:
    """The language asked for anywhere on the command line, else HARNESS_LANG, else French: needed before options are parsed."""
    arguments: list[Any] = sys.argv[1:]
    for place, argument in enumerate(arguments):
        if (argument == "--lang" and arguments[place + 1 : place + 2] == ["en"]) or argument == "--lang=en":
            return "en"
    return "en" if os.environ.get("HARNESS_LANG") == "en" and "--lang" not in arguments else "fr"


if __name__ == "__main__":
    main()
