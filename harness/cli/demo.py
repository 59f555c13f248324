"""`harness demo`: the whole campaign against a reference endpoint of ours, on loopback."""

from __future__ import annotations

from pathlib import Path
from typing import cast

import click

from harness.cli import options
from harness.cli.delivery import deliver
from harness.model import Endpoint, Lang, System

REFERENCE = "reference"
FLAWED = "reference-flawed"
PRODUCT = "PTF"
FLAWS = frozenset({"accepts-missing-master-identifier", "not-atomic", "alters-bytes"})


@click.command("demo")
@click.option("--flawed", is_flag=True, help="le serveur de référence a des défauts : montre à quoi ressemble un échec")
@click.option("--seed", type=click.IntRange(0), default=None, help="rejoue les mêmes documents")
@click.option("--output", "-o", type=click.Path(path_type=Path, file_okay=False), default=Path("harness-report"), show_default=True)
@options.lang
def command(flawed: bool, seed: int | None, output: Path, lang: str) -> int:
    """Démarre un serveur de référence local, joue tous les scénarios, note, situe sur la grille et écrit la page.

    Rien ne sort de cette machine ; les patients sont synthétiques.
    """
    from harness.cli.campaign import exit_code, play_recorded, progress, reported
    from harness.cli.judging import Received
    from harness.exchange.pdsm import Simulator
    from harness.library import Library, home
    from harness.reporting import chunks
    from harness.runner import select
    from harness.storage import Store

    language = cast(Lang, lang)
    library = Library.open()
    flaws = FLAWS if flawed else frozenset()
    with Simulator(library=library, flaws=flaws, judge=Received(library).judge) as endpoint, Store(home()) as store:
        system = System(FLAWED if flawed else REFERENCE, (Endpoint("pdsm", endpoint.url),), product=PRODUCT)
        chosen = select(library.scenarios(), (), system)
        with progress(language) as told:
            record = play_recorded(chosen.scenarios, system, library, store, seed=seed, listeners=[told])
        report = reported(record, library, store, PRODUCT)
        page = output / "index.html"
        deliver(chunks(report, "html", language), page)
        deliver(options.rendered(report, "text", lang, None), None)
    click.echo(f"→ {page}")
    return exit_code(report, strict=False)
