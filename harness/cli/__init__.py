"""The `harness` command: one module a subcommand, each imported only when it is asked for.

Exit codes: 0 nothing failed, 1 something failed, 2 usage or configuration, 3 could not judge.
"""

from __future__ import annotations

import sys
from importlib import import_module
from typing import Any, NoReturn

import click

from harness import __version__
from harness.cli.delivery import no_room, settle_streams, silence
from harness.cli.help import Option, asked_lang
from harness.cli.interruption import heed_signals
from harness.cli.usage import Commands, explained
from harness.errors import HarnessError, Interrupted
from harness.model import Lang, Text

COULD_NOT_JUDGE = 3
_INTERRUPTED = Text("interrompu", "interrupted")

# name -> what it does, so that `harness --help` imports no command.
COMMANDS: dict[str, Text] = {
    "check": Text(
        "juge des documents : fichiers, dossiers, archives ou entrée standard",
        "judge documents: files, folders, archives or standard input",
    ),
    "run": Text(
        "joue des scénarios contre un système et note ses réponses", "play scenarios against a system and score its answers"
    ),
    "demo": Text(
        "joue toute la campagne contre un serveur de référence local et écrit le rapport",
        "play the whole campaign against a reference server on this machine and write the report",
    ),
    "listen": Text("reçoit ce qu'un produit envoie et le juge", "receive what a product sends and judge it"),
    "synth": Text("écrit des documents de patients synthétiques", "write documents of synthetic patients"),
    "assess": Text("situe un système sur la grille de maturité", "place a system on the maturity grid"),
    "profiles": Text("liste, montre et éprouve les profils (volets)", "list, show and test profiles (volets)"),
    "packages": Text(
        "ajoute des paquets FHIR, l'outil officiel et des jeux de valeurs plus récents",
        "add FHIR packages, the official tool and newer value sets",
    ),
    "scenarios": Text("liste et montre les scénarios", "list and show scenarios"),
    "runs": Text("liste les campagnes et remonte d'un chiffre à sa preuve", "list runs and trace a figure back to its evidence"),
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
        """A reader of our output that goes away, as `head` does, is no fault. Interruptions are told without click's empty line."""
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            raise Interrupted(_INTERRUPTED) from None
        except BrokenPipeError:
            silence()
            return 0

    def summaries(self, ctx: click.Context) -> list[tuple[str, Text]]:
        return list(COMMANDS.items())


@click.group(
    cls=_Lazily,
    context_settings={"max_content_width": 100},
    told=Text(
        "Banc d'essai d'interopérabilité en santé : documents CI-SIS, identité INS, partage de documents, maturité.",
        "Interoperability test bench for health IT: CI-SIS documents, INS identity, document sharing, maturity.",
    ),
)
@click.version_option(__version__, prog_name="cisis-harness", cls=Option, help=Text("affiche la version", "show the version"))
def harness() -> None:
    pass


def main() -> NoReturn:
    """Run the command line; every expected error ends in one clear message and its exit code."""
    heed_signals()
    settle_streams()
    try:
        code = harness.main(standalone_mode=False)
    except (Interrupted, click.Abort, KeyboardInterrupt) as error:
        _leave_the_echo()
        say_error((error if isinstance(error, Interrupted) else Interrupted(_INTERRUPTED)).told(_lang()))
        code = Interrupted.exit_code
        exec("")  # noqa: S102 - CPython remembers that a text it ran was interrupted, and ends as if all were
    except HarnessError as error:
        say_error(error.told(_lang()))
        code = error.exit_code
    except click.exceptions.NoArgsIsHelpError as error:
        error.show()
        code = 2
    except click.ClickException as error:
        say_error(explained(error).told(_lang()))
        code = 2
    except Exception as error:  # noqa: BLE001 - a fault of ours: who typed the command is told what to do with it
        full = no_room(error)
        if full is None:
            say_fault(error)
        else:
            say_error(full.told(_lang()))
        code = COULD_NOT_JUDGE if full is None else full.exit_code
    sys.exit(code if isinstance(code, int) else 0)


def _leave_the_echo() -> None:
    """A terminal has written ^C where the message would begin."""
    if sys.stderr is not None and sys.stderr.isatty():
        click.echo(err=True)


def say_error(text: str) -> None:
    from harness.reporting.printable import printable

    prefix = "erreur : " if _lang() == "fr" else "error: "
    click.echo(prefix + printable(text), err=True)


def say_fault(error: Exception) -> None:
    from harness.cli import faults

    if faults.are_detailed():
        import traceback

        traceback.print_exception(error)
    say_error(faults.told(error).told(_lang()))


def _lang() -> Lang:
    return asked_lang(sys.argv[1:])


if __name__ == "__main__":
    main()
