"""`harness run`: play scenarios against a system."""

from __future__ import annotations

import click

from harness.cli import options
from harness.cli.help import Command, option
from harness.model import Lang, Text

ABOUT = Text(
    """
    Joue des scénarios contre un système, garde chaque échange et note les exigences non respectées.

    Codes de retour : 0 aucune exigence non respectée, 1 au moins une, 3 jugement impossible (système injoignable, interruption),
    2 erreur d'usage.
    """,
    """
    Play scenarios against a system, keep every exchange and note what is broken.

    Exit codes: 0 nothing broken, 1 a requirement broken, 3 could not judge (system unreachable, interruption), 2 usage error.
    """,
)


@click.command(
    "run",
    cls=Command,
    told=ABOUT,
    examples=(
        "harness run --target https://my-server.example/fhir",
        "harness run --target my-product.toml --scenario 'pdsm-iti65-*' -o run.html",
    ),
)
@option(
    "--target",
    required=True,
    help=Text(
        "URL d'un serveur PDSm, ou fichier TOML qui décrit le système",
        "URL of a PDSm server, or TOML file that describes the system",
    ),
)
@option(
    "--scenario",
    "patterns",
    multiple=True,
    help=Text("scénarios à jouer (* et ? permis) ; tous par défaut", "scenarios to play (* and ? allowed); all by default"),
)
@option(
    "--system",
    default=None,
    help=Text("nom du système, pour retrouver ses résultats", "name of the system, to find its results later"),
)
@option(
    "--resume",
    "resumed",
    default=None,
    metavar="RUN",
    help=Text("reprend une campagne interrompue", "resume a run that was interrupted"),
)
@option(
    "--seed",
    type=click.IntRange(0),
    default=None,
    help=Text("rejoue les documents d'une campagne", "send the documents of a run again"),
)
@option(
    "--step-deadline",
    type=click.FloatRange(0.1),
    default=None,
    help=Text("secondes au plus par étape", "maximum seconds per step"),
)
@option("--deadline", type=click.FloatRange(1), default=None, help=Text("secondes au plus en tout", "maximum seconds in total"))
@option(
    "--strict",
    is_flag=True,
    help=Text("exige aussi une couverture complète (code 3 sinon)", "also require full coverage (code 3 otherwise)"),
)
@option("--verbose", "-v", is_flag=True, help=Text("montre aussi les informations", "also show information findings"))
@options.report("run")
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
    places: tuple[options.Place, ...],
    lang: Lang,
) -> int:
    from harness.cli.campaign import exit_code, play_recorded, progress, reported, resume_advice
    from harness.library import home
    from harness.runner import STEP_DEADLINE, TOTAL_DEADLINE, load_target, select
    from harness.storage import Store

    options.check_writable(places)
    with Store(home()) as store:
        store.check_writable()
        library = options.open_library()
        record = store.run(resumed) if resumed else None
        under_test = load_target(target, system or (record.system if record else None), library=library)
        chosen = select(library.scenarios(), patterns or (record.planned if record else ()), under_test)
        left_out = chosen.said()
        if left_out:
            click.echo(left_out.in_(lang), err=True)
        with progress(lang, why=not any(place.is_to_read for place in places)) as told:
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
        options.deliver_reports(report, places, lang, verbose=verbose)
        resume_advice(report, target)
        return exit_code(report, strict=strict)
