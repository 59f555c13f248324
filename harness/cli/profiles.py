"""`harness profiles`: list, show, test."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import cast

import click

from harness.cli import options
from harness.cli.usage import Commands
from harness.library import Library
from harness.model import Lang, Profile, ProfileHead, Requirement


@click.group("profiles", cls=Commands, help="Liste, montre et éprouve les profils (volets).")
def command() -> None:
    pass


@command.command("list")
@options.lang
def list_profiles(lang: str) -> int:
    """Tous les profils, avec leur version, leur état et ce qu'ils jugent."""
    for head in Library.open().heads():
        since = f"{head.in_force_from:%Y-%m-%d}" if head.in_force_from else "-"
        click.echo(f"{head.coordinate:<28} {head.status:<20} {since:<11} {head.title.in_(cast(Lang, lang))}")
    return 0


@command.command("show")
@click.argument("profile")
@click.option("--mutations", is_flag=True, help="liste les mutations, écrites et dérivées")
@options.at
@options.lang
def show_profile(profile: str, mutations: bool, at: date | None, lang: str) -> int:
    """Un profil : chaque exigence, son niveau, ce qui la vérifie et sa source."""
    library = Library.open()
    known = library.profile(library.head(profile, at or options.today()).coordinate)
    if mutations:
        for line in _mutations(known):
            click.echo(line)
        return 0
    language = cast(Lang, lang)
    _show_head(known.head, known, language)
    for requirement in known.requirements.values():
        _show_requirement(requirement, language)
    return 0


@command.command("test")
@click.argument("names", nargs=-1, metavar="PROFILE...")
@click.option(
    "--document", type=click.Path(exists=True, dir_okay=False, path_type=Path), multiple=True, help="document valide à abîmer"
)
@click.option("--verbose", "-v", is_flag=True, help="nomme chaque mutation")
@options.at
@options.lang
def test_profiles(names: tuple[str, ...], document: tuple[Path, ...], verbose: bool, at: date | None, lang: str) -> int:
    """Éprouve des profils : un document valide ne déclenche rien, chaque mutation déclenche ce qu'elle doit.

    Sans --document, les spécimens du profil et les documents synthétiques du volet servent de base.
    Code 1 si une règle n'est déclenchée par aucune mutation.
    """
    from harness.cli.proving import prove_profile, said

    library = Library.open()
    day = at or options.today()
    heads = [library.head(name, day) for name in names] or [
        head for head in library.heads() if head.kind == "cda" and head.template
    ]
    code = 0
    for head in heads:
        proof = prove_profile(library, head, day, document)
        click.echo(said(proof, cast(Lang, lang), verbose=verbose))
        code = code if proof.holds else 1
    return code


def _mutations(profile: Profile) -> Iterator[str]:
    from harness.checks import derived_mutations

    for mutation in (*profile.mutations, *derived_mutations(profile)):
        yield f"{mutation.id:<60} {', '.join(mutation.trips)}"


def _show_head(head: ProfileHead, profile: Profile, lang: Lang) -> None:
    click.echo(f"{head.coordinate}  {head.title.in_(lang)}")
    click.echo(f"  {head.owner}, {head.status}, {head.source}")
    if head.template:
        click.echo(f"  templateId {head.template}" + (f" extension {head.extension}" if head.extension else ""))
    click.echo(f"  sha256 {profile.digest}\n")


def _show_requirement(requirement: Requirement, lang: Lang) -> None:
    click.echo(f"{requirement.level.value:<7}{requirement.id}")
    click.echo(click.wrap_text(requirement.text.in_(lang), 100, "       ", "       "))
    click.echo(f"       {requirement.source}")
