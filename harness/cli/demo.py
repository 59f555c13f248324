"""`harness demo`: the whole campaign against a reference endpoint of ours, on loopback."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path

import click

from harness.cli import options
from harness.cli.delivery import check_writable, deliver
from harness.cli.help import Command, option
from harness.model import Endpoint, Lang, System, Text

PRODUCT = "PTF"
FLAWS = frozenset({"accepts-missing-master-identifier", "not-atomic", "alters-bytes"})


ABOUT = Text(
    """
    Démarre un serveur de référence local, joue tous les scénarios, note, situe sur la grille et écrit la page.

    Rien ne sort de cette machine ; les patients sont synthétiques.
    """,
    """
    Start a reference server on this machine, play every scenario, score, place on the grid and write the page.

    Nothing leaves this machine; the patients are synthetic.
    """,
)


@click.command("demo", cls=Command, told=ABOUT, examples=("harness demo --flawed",))
@option(
    "--flawed",
    is_flag=True,
    help=Text(
        "le serveur de référence a des défauts : montre à quoi ressemble un échec",
        "the reference server has flaws: shows what a failure looks like",
    ),
)
@option("--seed", type=click.IntRange(0), default=None, help=Text("rejoue les mêmes documents", "send the same documents again"))
@option(
    "--output",
    "-o",
    type=click.Path(readable=False, path_type=Path, file_okay=False),
    default=Path("harness-report"),
    show_default=True,
    help=Text("dossier où écrire la page", "folder for the page"),
)
@options.lang
def command(flawed: bool, seed: int | None, output: Path, lang: Lang) -> int:
    from harness.cli.campaign import FLAWED, REFERENCE, exit_code, play_recorded, progress, reported
    from harness.cli.judging import Received
    from harness.exchange.pdsm import Simulator
    from harness.library import home
    from harness.reporting import chunks
    from harness.runner import select
    from harness.storage import Store

    page = output / "index.html"
    check_writable(page)
    flaws = FLAWS if flawed else frozenset()
    with ExitStack() as open_:
        store = open_.enter_context(Store(home()))
        store.check_writable()
        library = options.open_library()
        endpoint = open_.enter_context(Simulator(library=library, flaws=flaws, judge=Received(library).judge))
        system = System(FLAWED if flawed else REFERENCE, (Endpoint("pdsm", endpoint.url),), product=PRODUCT)
        chosen = select(library.scenarios(), (), system)
        with progress(lang, resumable=False, why=False) as told:
            record = play_recorded(chosen.scenarios, system, library, store, seed=seed, listeners=[told])
        report = reported(record, library, store, PRODUCT)
        deliver(chunks(report, "html", lang), page)
        deliver(options.rendered(report, "text", lang, None), None)
    click.echo(f"→ {page}")
    return exit_code(report, strict=False)
