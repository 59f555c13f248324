"""`harness profiles`: list, find, show, test, new, specimen."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import click

from harness.cli import options
from harness.cli.delivery import deliver
from harness.cli.help import option
from harness.cli.usage import Commands
from harness.library import Library
from harness.model import Lang, Profile, ProfileHead, Requirement, Text


@click.group(
    "profiles",
    cls=Commands,
    told=Text("Liste, montre, éprouve et prépare des profils (volets).", "List, show, test and prepare profiles (volets)."),
)
def command() -> None:
    pass


@command.command(
    "list",
    told=Text(
        "Tous les profils, un par ligne : coordonnée, état, date d'entrée en vigueur, titre.",
        "Every profile, one per line: coordinate, state, day it came into force, title.",
    ),
)
@options.lang
def list_profiles(lang: Lang) -> int:
    from harness.reporting import wording

    heads = options.open_library().heads()
    width = max((len(head.coordinate) for head in heads), default=0)
    for head in heads:
        status = wording.PROFILE_STATUSES[head.status].in_(lang)
        since = f"{head.in_force_from:%Y-%m-%d}" if head.in_force_from else "-"
        click.echo(f"{head.coordinate:<{width}} {status:<22} {since:<11} {head.title.in_(lang)}")
    return 0


@command.command(
    "find",
    told=Text(
        "Cherche par des mots les sections, entrées et jeux de valeurs qu'un volet peut reprendre.",
        "Look for the sections, entries and value sets that a volet may take up, by words.",
    ),
    examples=("harness profiles find signes vitaux",),
)
@click.argument("words", nargs=-1, required=True, metavar="WORD...")
@options.lang
def find_in_library(words: tuple[str, ...], lang: Lang) -> int:
    from harness.cli.looking_up import found

    lines = list(found(options.open_library(), words, lang))
    for line in lines:
        click.echo(line)
    if not lines:
        click.echo(Text("rien de ce nom", "nothing of that name").in_(lang), err=True)
    return 0 if lines else 1


@command.command(
    "show",
    told=Text(
        "Un profil : chaque exigence, son niveau, ce qui la vérifie et sa source. Une section, une entrée, un jeu de valeurs : "
        "par son OID ou son nom.",
        "A profile: each requirement, its level, what checks it and its source. A section, an entry, a value set: by its OID or "
        "name.",
    ),
)
@click.argument("profile")
@option(
    "--mutations", is_flag=True, help=Text("liste les mutations, écrites et dérivées", "list the mutations, written and derived")
)
@options.at
@options.lang
def show_profile(profile: str, mutations: bool, at: date | None, lang: Lang) -> int:
    library = options.open_library()
    if "/" not in profile:
        from harness.cli.looking_up import shown

        if (lines := shown(library, profile, lang)) is not None:
            for line in lines:
                click.echo(line)
            return 0
    known = library.profile(library.head(profile, at or options.today()).coordinate)
    if mutations:
        from harness.checks.proofs.mutations import derived_mutations

        for mutation in (*known.mutations, *derived_mutations(known)):
            click.echo(f"{mutation.id:<60} {', '.join(mutation.trips)}")
        return 0
    _show_head(known.head, known, lang)
    own = library.own_requirements(known.head.coordinate)
    for requirement in own.values():
        _show_requirement(requirement, lang)
    if above := [requirement for id, requirement in known.requirements.items() if id not in own]:
        extended = ", ".join(known.head.extends)
        click.echo(Text(f"\nDe ce qu'il étend ({extended}) :", f"\nOf what it extends ({extended}):").in_(lang))
        for requirement in above:
            _show_requirement(requirement, lang)
    return 0


ABOUT_TEST = Text(
    """
    Éprouve des profils : un document valide ne déclenche rien, chaque mutation déclenche ce qu'elle doit.

    Sans --document, les spécimens du profil et les documents synthétiques du volet servent de base. L'URL canonique d'une
    définition FHIR, ou le nom d'un paquet installé, éprouve cette définition ou toutes celles du paquet, sur des ressources
    qui en sont dérivées ; --with seul, tous les profils de ces fichiers.
    Code 1 si une règle n'est déclenchée par aucune mutation, sans raison.
    """,
    """
    Test profiles: a valid document trips nothing, each mutation trips what it must.

    Without --document, the profile's specimens and the volet's synthetic documents are the base. The canonical URL of a FHIR
    definition, or the name of an installed package, tests that definition or all those of the package, on resources derived
    from them; --with alone, every profile of those files. Code 1 if a rule is tripped by no mutation, without a reason.
    """,
)


_loose = option(
    "--with",
    "loose",
    type=click.Path(exists=True, path_type=Path),
    multiple=True,
    metavar="PATH",
    help=Text(
        "définitions FHIR de plus : fichier JSON ou XML, dossier, .tgz", "more FHIR definitions: JSON or XML file, folder, .tgz"
    ),
)


@command.command("test", told=ABOUT_TEST, examples=("harness profiles test cda/vsm",))
@click.argument("names", nargs=-1, metavar="PROFILE|CANONICAL|PACKAGE...")
@option(
    "--document",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    multiple=True,
    help=Text("document valide à altérer", "valid document to mutate"),
)
@_loose
@option("--verbose", "-v", is_flag=True, help=Text("nomme chaque mutation", "name each mutation"))
@options.at
@options.lang
def test_profiles(
    names: tuple[str, ...], document: tuple[Path, ...], loose: tuple[Path, ...], verbose: bool, at: date | None, lang: Lang
) -> int:
    from harness.cli.proving import places_of, proofs, said, say_unread

    library = options.open_library()
    code = 0
    if names or not loose:
        say_unread(library, names, at or options.today(), lang)
    for proof in proofs(library, names, document, loose, at or options.today()):
        click.echo(said(proof, lang, verbose=verbose, places=places_of(library, proof)))
        code = code if proof.holds else 1
    return code


@command.command(
    "new",
    told=Text(
        "Prépare le dossier d'un nouveau volet dans HARNESS_HOME/profiles, ou d'une nouvelle version d'un volet, copie de la "
        "dernière. Suite : docs/authoring.md.",
        "Prepare the folder of a new volet in HARNESS_HOME/profiles, or of a new version of a volet, a copy of its latest. "
        "Next: docs/authoring.md.",
    ),
    examples=("harness profiles new BILAN-PODO", "harness profiles new cda/ldl-ses@2026.01"),
)
@click.argument("code", metavar="CODE|VOLET@VERSION")
@option("--title", default="", help=Text("titre du volet (le code par défaut)", "title of the volet (by default its code)"))
@option(
    "--template",
    default=None,
    metavar="OID",
    help=Text("templateId du document (un OID nouveau par défaut)", "templateId of the document (by default a new OID)"),
)
@option(
    "--code",
    "document_code",
    default=None,
    metavar="CODE:SYSTEM",
    help=Text("type du document (34133-9:LOINC par défaut)", "type of the document (by default 34133-9:LOINC)"),
)
@option("--unstructured", is_flag=True, help=Text("le corps est un fichier PDF (niveau 1)", "the body is a PDF file (level 1)"))
@options.lang
def new_profile(code: str, title: str, template: str | None, document_code: str | None, unstructured: bool, lang: Lang) -> int:
    from harness.cli.scaffolding import DEFAULT_CODE, next_version, scaffold
    from harness.library.folders import home

    library, today = options.open_library(), options.today()
    if "@" in code:
        name, folder = code, next_version(library, home(), code, today)
    else:
        kind = "unstructured" if unstructured else "structured"
        said = document_code or DEFAULT_CODE
        name, folder = f"cda/{code.lower()}", scaffold(library, home(), code, title, template, said, today, kind=kind)
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        click.echo(path)
    after = Text(f"Ensuite : harness profiles test {name}", f"Next: harness profiles test {name}")
    click.echo(after.in_(lang))
    return 0


ABOUT_SPECIMEN = Text(
    """
    Écrit un document valide d'un profil, dérivé de ses contraintes : tout ce dont elles parlent y est. Personnes inventées.

    D'une définition FHIR, par son URL canonique : une ressource en JSON.

    Code 1 si le document garde un défaut, ou si une contrainte n'a pu y entrer : stderr les nomme.
    """,
    """
    Write a valid document of a profile, derived from its constraints: all that they speak of is there. Invented people.

    Of a FHIR definition, by its canonical URL: a resource in JSON.

    Code 1 if the document keeps a defect, or if a constraint could not be met in it: stderr names them.
    """,
)


@command.command("specimen", told=ABOUT_SPECIMEN, examples=("harness profiles specimen cda/vsm --output specimen.xml",))
@click.argument("profile")
@option(
    "--mutation",
    default=None,
    help=Text("applique au document cette mutation du profil", "apply this mutation of the profile to the document"),
)
@_loose
@option(
    "--output",
    "-o",
    type=click.Path(dir_okay=False, readable=False, path_type=Path),
    default=None,
    help=Text("fichier (sinon stdout)", "file (otherwise stdout)"),
)
@options.at
@options.lang
def show_specimen(
    profile: str, mutation: str | None, loose: tuple[Path, ...], output: Path | None, at: date | None, lang: Lang
) -> int:
    from harness.cli.specimens import specimen, spoiled, written

    library = options.open_library()
    if ":" in profile:
        return _show_resource(library, profile, mutation, loose, output, lang)
    day = at or options.today()
    head = library.head(profile, day)
    made = specimen(library, head, day)
    deliver([written(made if mutation is None else spoiled(library, head, made, mutation))], output)
    for fault in made.faults:
        click.echo(Text(f"défaut : {fault}", f"fault: {fault}").in_(lang), err=True)
    for name, reason in made.reasons.items():
        click.echo(f"{name} : {reason.in_(lang)}", err=True)
    return 1 if made.faults else 0


def _show_resource(
    library: Library, canonical: str, mutation: str | None, loose: tuple[Path, ...], output: Path | None, lang: Lang
) -> int:
    from harness.cli import fhir_proving

    made, faults = fhir_proving.specimen(library, canonical, options.now(), mutation, loose)
    deliver([json.dumps(made, ensure_ascii=False, indent=2) + "\n"], output)
    for fault in faults:
        click.echo(Text(f"défaut : {fault}", f"fault: {fault}").in_(lang), err=True)
    return 1 if faults else 0


def _show_head(head: ProfileHead, profile: Profile, lang: Lang) -> None:
    from harness.reporting import wording

    click.echo(f"{head.coordinate}  {head.title.in_(lang)}")
    options.say(f"{head.owner}, {wording.PROFILE_STATUSES[head.status].in_(lang)}, {head.source}", "  ")
    if head.template:
        click.echo(f"  templateId {head.template}" + (f" extension {head.extension}" if head.extension else ""))
    click.echo(f"  sha256 {profile.digest}\n")


def _show_requirement(requirement: Requirement, lang: Lang) -> None:
    from harness.reporting import wording

    margin = " " * 12
    click.echo(f"{wording.word(requirement.level, lang):<12}{requirement.id}")
    options.say(requirement.text.in_(lang), margin)
    options.say(wording.cited(str(requirement.source), lang), margin)
    if requirement.opposable_from is not None:
        since = Text("opposable depuis le", "opposable since").in_(lang)
        click.echo(f"{margin}{since} {requirement.opposable_from}")
