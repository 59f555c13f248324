"""`harness synth`: write synthetic documents."""

from __future__ import annotations

import os
import secrets
from datetime import date
from pathlib import Path

import click

from harness.cli import options
from harness.cli.delivery import deliver_bytes
from harness.cli.help import Command, option
from harness.errors import Interrupted, UsageError
from harness.library import Library
from harness.model import NO_TEXT, Mutation, Text, counted

ABOUT = Text(
    """
    Écrit des documents de patients synthétiques, sous des OID d'INS de test seulement.

    PROFIL est un volet (cda/vsm, cda/ldl-ses@2022.01). Un document va sur la sortie standard ou dans
    --output ; plusieurs vont dans le dossier --output, nommés <volet>-<personne>-<n>.xml.
    """,
    """
    Write documents of synthetic patients, under test INS OIDs only.

    PROFILE is a volet (cda/vsm, cda/ldl-ses@2022.01). One document goes to standard output or to --output; several go to the
    folder --output, named <volet>-<person>-<n>.xml.
    """,
)


@click.command(
    "synth",
    cls=Command,
    told=ABOUT,
    examples=(
        "harness synth cda/vsm --story diabetes-followup --output vsm.xml",
        "harness synth cda/ldl-ses --count 5 --output letters",
    ),
)
@click.argument("profile")
@option(
    "--patient",
    "people",
    multiple=True,
    help=Text("personne nommée (fixtures/people) ; sinon générée", "named person (fixtures/people); otherwise generated"),
)
@option(
    "--story",
    default=None,
    help=Text(
        "histoire clinique (fixtures/stories) ; sinon tirée au sort",
        "clinical story (fixtures/stories); otherwise drawn at random",
    ),
)
@option(
    "--mutation",
    default=None,
    help=Text("applique au document cette mutation du profil", "apply this mutation of the profile to the document"),
)
@option(
    "--count",
    type=click.IntRange(1, 100_000),
    default=1,
    show_default=True,
    help=Text("nombre de documents", "number of documents"),
)
@option(
    "--seed",
    type=click.IntRange(0),
    default=None,
    help=Text("graine : la même donne les mêmes octets", "seed: the same seed gives the same bytes"),
)
@option(
    "--output",
    "-o",
    type=click.Path(readable=False, path_type=Path),
    default=None,
    help=Text("fichier, ou dossier pour plusieurs documents", "file, or folder for several documents"),
)
@options.dated(Text("date des documents", "date of the documents"))
@options.lang_of_errors
def command(
    profile: str,
    people: tuple[str, ...],
    story: str | None,
    mutation: str | None,
    count: int,
    seed: int | None,
    output: Path | None,
    at: date | None,
) -> int:
    from harness.synthesis import synthesize_many

    library = options.open_library()
    day = at or options.today()
    spoiling = _mutation(library, profile, day, mutation) if mutation else None
    drawn = secrets.randbelow(2**31) if seed is None else seed
    if count > 1 and output is None:
        raise UsageError(
            Text("plusieurs documents demandent un dossier", "several documents need a folder"),
            Text("Ajouter --output DOSSIER.", "Add --output FOLDER."),
        )
    made = synthesize_many(library, profile, count=count, people=people, story=story, seed=drawn, at=day, mutation=spoiling)
    written = 0
    try:
        for name, document in made:
            in_folder = output is not None and (count > 1 or os.path.isdir(output))  # noqa: PTH112 - Path raises below what cannot be entered
            deliver_bytes(document.data, output / name if output and in_folder else output)
            written += 1
    except KeyboardInterrupt:
        raise _interrupted(written, output, drawn) from None
    if seed is None:
        click.echo(f"--seed {drawn}", err=True)
    return 0


def _interrupted(written: int, output: Path | None, seed: int) -> Interrupted:
    """Interrupted between two documents: those already written are complete."""
    documents = counted(written, Text("document écrit", "document written"), Text("documents écrits", "documents written"))
    where = Text(f" dans {output}", f" to {output}") if output is not None and written else NO_TEXT
    return Interrupted(
        Text(f"interrompu après {documents.fr}{where.fr}", f"interrupted after {documents.en}{where.en}"),
        Text(
            f"--seed {seed} à la même date redonne ces documents.",
            f"--seed {seed} at the same date gives them again.",
        ),
    )


def _mutation(library: Library, profile: str, at: date, wanted: str) -> Mutation:
    from harness.checks.proofs.mutations import find_mutation

    return find_mutation(library.profile(library.head(profile, at).coordinate), wanted)
