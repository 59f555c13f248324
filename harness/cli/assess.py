"""`harness assess`: place a system on the maturity grid, by its runs and what is declared for it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

from harness import __version__
from harness.cli import options
from harness.cli.help import Command, option
from harness.errors import UsageError
from harness.library.nearest import suggestion
from harness.model import Lang, RunRecord, Text, counted
from harness.storage import Store

ABOUT = Text(
    """
    Situe un système sur chaque item de la grille : niveau atteint, niveau désiré à la date, écart, et preuves.

    Un niveau n'est prouvé que par une campagne de ce système, encore valide à la date ; ce qui est déclaré est montré à part.
    """,
    """
    Place a system on each item of the grid: level reached, level desired at the date, gap, and the evidence.

    A level is proved only by a run of this system that is still valid at the date; what is declared is shown separately.
    """,
)


@click.command(
    "assess", cls=Command, told=ABOUT, examples=("harness assess --system my-product --product DPI --output maturity.html",)
)
@option(
    "--system",
    default=None,
    help=Text("système à situer ; par défaut celui de la dernière campagne", "system to assess; by default that of the last run"),
)
@option(
    "--product",
    default=None,
    help=Text(
        "type de produit (LGC, DPI, PFI, SGL, RIS, DUI, LGO, TLM, PTF, MES)",
        "product type (LGC, DPI, PFI, SGL, RIS, DUI, LGO, TLM, PTF, MES)",
    ),
)
@option(
    "--runs",
    multiple=True,
    help=Text("campagnes à retenir ; par défaut toutes celles du système", "runs to include; by default all those of the system"),
)
@option(
    "--declared",
    type=click.Path(path_type=Path),
    default=None,
    help=Text("déclarations et preuves (docs/maturity.md)", "declarations and evidence (docs/maturity.md)"),
)
@options.report("assess")
@options.at
@options.lang
def command(
    system: str | None,
    product: str | None,
    runs: tuple[str, ...],
    declared: Path | None,
    places: tuple[options.Place, ...],
    at: date | None,
    lang: Lang,
) -> int:
    from harness.cli.campaign import evidence
    from harness.library import home
    from harness.library.declarations import load_declarations
    from harness.reporting import AssessReport
    from harness.scoring import assess

    library = options.open_library()
    grid = library.grid()
    said_system, said_product, proofs = load_declarations(declared, grid) if declared else ("", "", ())
    with Store(home()) as store:
        records = [store.run(id) for id in runs]
        name = system or said_system or _only_system(records) or _last_system(store)
        _check_same_system(name, said_system, records)
        if not runs:
            records = [store.run(head.id) for head in store.runs(name)]
            if not records:
                _say_nothing_is_kept(name, sorted({head.system for head in store.runs()}), lang)
    day = at or options.today()
    _say_what_is_later(records, day, lang)
    assessment = assess(
        grid,
        system=name,
        product=product or said_product,
        at=day,
        automatic=evidence(records, library),
        declared=proofs,
    )
    report = AssessReport(assessment=assessment, grid=grid, version=__version__)
    options.deliver_reports(report, places, lang)
    return 0


def _say_nothing_is_kept(name: str, known: list[str], lang: Lang) -> None:
    """Warn that nothing is kept for this system: a misspelt name would silently give an empty grid."""
    hint = suggestion(name, known).in_(lang)
    said = Text(f"remarque : rien n'est gardé du système {name}.", f"note: nothing is kept of the system {name}.").in_(lang)
    click.echo(f"{said} {hint}".rstrip(), err=True)


def _say_what_is_later(records: list[RunRecord], at: date, lang: Lang) -> None:
    """Warn of evidence later than `--at`: a date in the past would silently empty the grid."""
    later = sum((record.ended_at or record.started_at).astimezone().date() > at for record in records)
    if not later:
        return
    one = Text("campagne d'après cette date n'est pas comptée", "run of after that date is not counted")
    many = Text("campagnes d'après cette date ne sont pas comptées", "runs of after that date are not counted")
    said = counted(later, one, many)
    click.echo(Text(f"remarque : {said.fr} ({at}).", f"note: {said.en} ({at}).").in_(lang), err=True)


def _only_system(records: list[RunRecord]) -> str:
    return records[0].system if records else ""


def _last_system(store: Store) -> str:
    heads = store.runs()
    if not heads:
        raise UsageError(
            Text("aucune campagne n'est gardée : quel système situer ?", "no run is kept: which system is meant?"),
            Text(
                "Jouer `harness run --target ...`, ou nommer le système avec --system ou --declared.",
                "Play `harness run --target ...`, or name the system with --system or --declared.",
            ),
        )
    return heads[0].system


def _check_same_system(name: str, said: str, records: list[RunRecord]) -> None:
    others = sorted({record.system for record in records if record.system != name} | ({said} - {name, ""}))
    if others:
        raise UsageError(
            Text(
                f"les preuves d'un système sont les siennes : {name} est demandé, et ce qui est donné est de {', '.join(others)}",
                f"what proves a system is its own: {name} is asked for, and what is given is of {', '.join(others)}",
            ),
            Text(
                "Retirer ces campagnes ou ces déclarations, ou nommer leur système avec --system.",
                "Leave these runs or declarations out, or name their system with --system.",
            ),
        )
