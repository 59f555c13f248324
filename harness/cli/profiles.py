"""`harness profiles`: list, show, test, new, specimen."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, cast

import click

from harness.cli import options
from harness.cli.delivery import deliver
from harness.cli.usage import Commands
from harness.library import Library
from harness.model import Lang, Profile, ProfileHead, Requirement, Text

if TYPE_CHECKING:
    from harness.checks import Proof


@click.group("profiles", cls=Commands, help="Liste, montre, éprouve et prépare des profils (volets).")
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
@click.argument("names", nargs=-1, metavar="PROFIL|CANONIQUE|PAQUET...")
@click.option(
    "--document", type=click.Path(exists=True, dir_okay=False, path_type=Path), multiple=True, help="document valide à abîmer"
)
@click.option("--verbose", "-v", is_flag=True, help="nomme chaque mutation")
@options.at
@options.lang
def test_profiles(names: tuple[str, ...], document: tuple[Path, ...], verbose: bool, at: date | None, lang: str) -> int:
    """Éprouve des profils : un document valide ne déclenche rien, chaque mutation déclenche ce qu'elle doit.

    Sans --document, les spécimens du profil et les documents synthétiques du volet servent de base. L'URL canonique d'une
    définition FHIR, ou le nom d'un paquet installé, éprouve cette définition ou toutes celles du paquet, sur des ressources
    qui en sont dérivées.
    Code 1 si une règle n'est déclenchée par aucune mutation, sans raison.
    """
    from harness.cli.proving import said

    library = Library.open()
    code = 0
    for proof in _proofs(library, names, document, at or options.today()):
        click.echo(said(proof, cast(Lang, lang), verbose=verbose))
        code = code if proof.holds else 1
    return code


def _proofs(library: Library, names: tuple[str, ...], document: tuple[Path, ...], day: date) -> Iterator[Proof]:
    from harness.cli import fhir_proving
    from harness.cli.proving import prove_profile

    for name in names:
        if fhir_proving.is_of_fhir(name):
            yield from fhir_proving.proofs(library, [name], options.now())
        else:
            yield prove_profile(library, library.head(name, day), day, document)
    for head in () if names else library.heads():
        if head.kind in ("cda", "fhir"):
            yield prove_profile(library, head, day, document)


@command.command("new")
@click.argument("code")
@click.option("--title", default="", help="titre du volet (le code par défaut)")
@click.option("--template", default=None, metavar="OID", help="templateId du document (un OID nouveau par défaut)")
@click.option("--code", "document_code", default=None, metavar="CODE:SYSTÈME", help="type du document (34133-9:LOINC par défaut)")
@options.lang
def new_profile(code: str, title: str, template: str | None, document_code: str | None, lang: str) -> int:
    """Prépare le dossier d'un nouveau volet dans HARNESS_HOME/profiles, avec une section à lui. docs/authoring.md dit la suite."""
    from harness.cli.authoring import DEFAULT_CODE, scaffold
    from harness.library.folders import home

    folder = scaffold(Library.open(), home(), code, title, template, document_code or DEFAULT_CODE, options.today())
    for path in sorted(folder.rglob("*.yaml")):
        click.echo(path)
    name = f"cda/{code.lower()}"
    after = Text(f"Ensuite : harness profiles test {name}", f"Next: harness profiles test {name}")
    click.echo(after.in_(cast(Lang, lang)))
    return 0


@command.command("specimen")
@click.argument("profile")
@click.option("--mutation", default=None, help="abîme le document par cette mutation du profil")
@click.option("--output", "-o", type=click.Path(dir_okay=False, path_type=Path), default=None, help="fichier (sinon stdout)")
@options.at
@options.lang
def show_specimen(profile: str, mutation: str | None, output: Path | None, at: date | None, lang: str) -> int:
    """Écrit un document valide d'un profil, dérivé de ses contraintes : tout ce dont elles parlent y est. Personnes inventées.

    D'une définition FHIR, par son URL canonique : une ressource en JSON.

    Code 1 si le document garde un défaut, ou si une contrainte n'a pu y entrer : stderr les nomme.
    """
    from harness.cli.authoring import specimen, spoiled, written

    library = Library.open()
    if ":" in profile:
        return _show_resource(library, profile, mutation, output, lang)
    day = at or options.today()
    head = library.head(profile, day)
    made = specimen(library, head, day)
    deliver([written(made if mutation is None else spoiled(library, head, made, mutation))], output)
    for fault in made.faults:
        click.echo(Text(f"défaut : {fault}", f"fault: {fault}").in_(cast(Lang, lang)), err=True)
    for name, reason in made.reasons.items():
        click.echo(f"{name} : {reason.in_(cast(Lang, lang))}", err=True)
    return 1 if made.faults else 0


def _show_resource(library: Library, canonical: str, mutation: str | None, output: Path | None, lang: str) -> int:
    from harness.cli import fhir_proving

    made, faults = fhir_proving.specimen(library, canonical, options.now(), mutation)
    deliver([json.dumps(made, ensure_ascii=False, indent=2) + "\n"], output)
    for fault in faults:
        click.echo(Text(f"défaut : {fault}", f"fault: {fault}").in_(cast(Lang, lang)), err=True)
    return 1 if faults else 0


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
