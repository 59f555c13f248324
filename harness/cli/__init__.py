"""The `harness` command: one module a subcommand, each imported only when it is asked for.

Exit codes: 0 nothing failed, 1 something failed, 2 usage or configuration, 3 could not judge.
"""

from __future__ import annotations

import os
import sys
from importlib import import_module
from pathlib import Path
from typing import Any, NoReturn

import click

from harness import __version__
from harness.cli.usage import Commands, explained
from harness.errors import CannotJudge, HarnessError
from harness.model import Lang, Text

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

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commandes"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(cls=_Lazily, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="cisis-harness")
def harness() -> None:
    """Banc d'essai d'interopérabilité en santé : documents CI-SIS, identité INS, partage de documents, maturité."""


def main() -> NoReturn:
    """Run the command line; every expected error ends in one clear message and its exit code."""
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
    except BrokenPipeError:  # the reader of our output went away, as `head` does
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 0
    except Exception as error:  # noqa: BLE001 - a fault of ours: who typed the command is told what to do with it
        say_fault(error)
        code = COULD_NOT_JUDGE
    sys.exit(code if isinstance(code, int) else 0)


def say_error(text: str) -> None:
    prefix = "erreur : " if _lang() == "fr" else "error: "
    click.echo(prefix + text, err=True)


def say_fault(error: Exception) -> None:
    """One line to report: what it was and where, never its message, which may quote a document."""
    import traceback

    if os.environ.get("HARNESS_DEBUG") == "1":
        traceback.print_exception(error)
    frames = traceback.extract_tb(error.__traceback__)
    package = Path(__file__).resolve().parent.parent
    ours = [frame for frame in frames if Path(frame.filename).is_relative_to(package)] or frames
    where = f"{Path(ours[-1].filename).name}:{ours[-1].lineno}, {ours[-1].name}" if ours else "?"
    what = f"{type(error).__name__} ({where}), cisis-harness {__version__}"
    told = CannotJudge(
        Text(f"défaut du banc d'essai : {what}", f"fault of the harness: {what}"),
        Text(
            "Merci de le signaler avec cette ligne. HARNESS_DEBUG=1 montre le détail, qui peut citer le document.",
            "Please report it with this line. HARNESS_DEBUG=1 shows the details, which may quote the document.",
        ),
    )
    say_error(told.told(_lang()))


def _lang() -> Lang:
    """The language asked for anywhere on the command line, else HARNESS_LANG, else French: needed before options are parsed."""
    arguments: list[Any] = sys.argv[1:]
    for place, argument in enumerate(arguments):
        if (argument == "--lang" and arguments[place + 1 : place + 2] == ["en"]) or argument == "--lang=en":
            return "en"
    return "en" if os.environ.get("HARNESS_LANG") == "en" and "--lang" not in arguments else "fr"


if __name__ == "__main__":
    main()
