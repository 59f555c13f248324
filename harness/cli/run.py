"""`harness run`: play scenarios against a system."""

from __future__ import annotations

from pathlib import Path
from typing import cast

import click

from harness.cli import options
from harness.cli.delivery import deliver
from harness.model import Lang


@click.command("run")
@click.option("--target", required=True, help="URL d'un serveur PDSm, ou fichier TOML qui décrit le système")
@click.option("--scenario", "patterns", multiple=True, help="scénarios à jouer (* et ? permis) ; tous par défaut")
@click.option("--system", default=None, help="nom du système, pour retrouver ses résultats")
@click.option("--resume", "resumed", default=None, metavar="PASSAGE", help="reprend un passage interrompu")
@click.option("--seed", type=click.IntRange(0), default=None, help="rejoue les documents d'un passage")
@click.option("--step-deadline", type=click.FloatRange(0.1), default=None, help="secondes au plus par étape")
@click.option("--deadline", type=click.FloatRange(1), default=None, help="secondes au plus en tout")
@click.option("--strict", is_flag=True, help="demande aussi que tout soit couvert (code 3 sinon)")
@click.option("--verbose", "-v", is_flag=True, help="montre aussi les informations")
@options.report()
@options.lang
def command(
    target: str,
    patterns: tuple[str, ...],
    system: str | None,
    resumed: str | None,
    seed: int | None,
    step_deadline: float | None,
    deadline: float | None,
    strict: bool,
    verbose: bool,
    form: str,
    output: Path | None,
    lang: str,
) -> int:
    """Joue des scénarios contre un système, garde chaque échange et note ce qui est rompu.

    Codes de retour : 0 rien de rompu, 1 une exigence rompue, 3 pas pu juger (système injoignable, interruption), 2 erreur d'usage.
    """
    from harness.cli.campaign import exit_code, play_recorded, progress, reported, resume_advice
    from harness.library import Library, home
    from harness.runner import STEP_DEADLINE, TOTAL_DEADLINE, load_target, select
    from harness.storage import Store

    library = Library.open()
    with Store(home()) as store:
        record = store.run(resumed) if resumed else None
        under_test = load_target(target, system or (record.system if record else None))
        chosen = select(library.scenarios(), patterns or (record.planned if record else ()), under_test)
        left_out = chosen.said()
        if left_out:
            click.echo(left_out.in_(cast(Lang, lang)), err=True)
        with progress(cast(Lang, lang)) as told:
            played = play_recorded(
                chosen.scenarios,
                under_test,
                library,
                store,
                seed=seed,
                resume=record,
                listeners=[told],
                step_deadline=step_deadline or STEP_DEADLINE,
                total_deadline=deadline or TOTAL_DEADLINE,
            )
        report = reported(played, library, store, under_test.product)
        deliver(options.rendered(report, form, lang, output, verbose=verbose), output)
        resume_advice(report, target)
        return exit_code(report, strict=strict)
