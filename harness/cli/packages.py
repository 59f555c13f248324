"""`harness packages`: install, add, list, show, remove."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import click

from harness.cli import options
from harness.cli.help import option
from harness.cli.usage import Commands
from harness.errors import UsageError
from harness.library import home
from harness.model import Lang, Text, labelled
from harness.packages.fhir import finding
from harness.packages.fhir.store import Store as FhirStore
from harness.packages.layout import Layout
from harness.packages.package import Package, Part
from harness.packages.sources import Sources
from harness.packages.store import Store


@click.group(
    "packages",
    cls=Commands,
    told=Text(
        "Ajoute des paquets FHIR, l'outil de test officiel et des jeux de valeurs publiés.",
        "Add FHIR packages, the official test tool and published value sets.",
    ),
)
def command() -> None:
    pass


ABOUT_INSTALL = Text(
    """
    Installe des paquets FHIR et ce dont ils dépendent depuis un registre qui parle le protocole de npm.

    Une dépendance introuvable est nommée (code 1) ; la dernière de même version majeure en tient lieu quand elle est publiée.
    """,
    """
    Install FHIR packages and what they depend on from a registry that speaks npm's protocol.

    A dependency that is not found is named (code 1); the latest of the same major version stands in for it when one is published.
    """,
)


@command.command("install", told=ABOUT_INSTALL, examples=("harness packages install hl7.fhir.uv.ips@2.0.0",))
@click.argument("packages", nargs=-1, required=True, metavar="NAME@VERSION...")
@option(
    "--registry",
    default=None,
    metavar="URL",
    help=Text(
        "registre de paquets (par défaut celui de npm sur cette machine)", "package registry (by default npm's on this machine)"
    ),
)
@option(
    "--digest",
    default="",
    metavar="sha512-...",
    help=Text("empreinte que l'archive doit avoir, comme npm l'écrit", "digest that the archive must have, as npm writes it"),
)
@option("--no-dependencies", is_flag=True, help=Text("sans ce dont le paquet dépend", "without what the package depends on"))
@options.lang
def install_packages(packages: tuple[str, ...], registry: str | None, digest: str, no_dependencies: bool, lang: Lang) -> int:
    from harness.cli import fhir_packages

    return fhir_packages.install(packages, home(), registry, digest, alone=no_dependencies, lang=lang)


ABOUT_ADD = Text(
    """
    Ajoute CHEMIN : paquets FHIR (.tgz, dossier), outil de test officiel (dossier ou ZIP), jeux de valeurs (SVS).

    Les Schematrons sont compilés une fois et gardés sous HARNESS_HOME ; ce qui manque au paquet est nommé.
    """,
    """
    Add PATH: FHIR packages (.tgz, folder), official test tool (folder or ZIP), value sets (SVS).

    Schematrons are compiled once and kept under HARNESS_HOME; what the package lacks is named.
    """,
)


@command.command(
    "add",
    told=ABOUT_ADD,
    examples=(
        "harness packages add TestContenuCDA-3-0",
        "harness packages add hl7.fhir.fr.core-2.1.0.tgz",
    ),
)
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="PATH...")
@option(
    "--name",
    default=None,
    help=Text(
        "nom de l'outil officiel (celui du dossier ou du ZIP par défaut)",
        "name of the official tool (by default that of the folder or ZIP)",
    ),
)
@option("--jobs", type=click.IntRange(1, 64), default=2, show_default=True, help=Text("nombre de processus", "number of processes"))
@options.lang
def add_package(paths: tuple[Path, ...], name: str | None, jobs: int, lang: Lang) -> int:
    fhir: list[Path] = []
    codes = [0]
    for path in paths:
        if found := finding.found(path):
            fhir += found
        else:
            codes.append(_add_other(path, name, jobs, lang))
    if fhir:
        from harness.cli import fhir_packages

        codes.append(fhir_packages.add(fhir, home(), lang))
    return max(codes)


@command.command(
    "list",
    told=Text(
        "Les paquets installés ; * marque celui que `harness check --official` utilise.",
        "The packages installed; * marks the one that `harness check --official` uses.",
    ),
)
@options.lang
def list_packages(lang: Lang) -> int:
    store = Store(home())
    current = store.current()
    for package in store.packages():
        mark = "*" if current is not None and package.id == current.id else " "
        parts = Text(f"parties : {len(package.parts)}", f"parts: {len(package.parts)}").in_(lang)
        click.echo(f"{mark} {package.id:<44} {package.added:%Y-%m-%d %H:%M}  {parts}  {package.origin}")
    from harness.cli import fhir_packages

    fhir = FhirStore(home()).packages()
    for one in fhir:
        click.echo(fhir_packages.told_in_list(one, lang))
    if not store.packages() and not fhir:
        click.echo(Text("Aucun paquet.", "No package.").in_(lang))
    return 0


@command.command(
    "show",
    told=Text(
        "Un paquet : ses parties, leur source, ce qui leur manque ; un paquet FHIR : son contenu, son empreinte, ses dépendances.",
        "A package: its parts, their source, what they lack; a FHIR package: its content, digest and dependencies.",
    ),
)
@click.argument("package")
@options.lang
def show_package(package: str, lang: Lang) -> int:
    from harness.cli import fhir_packages

    fhir = fhir_packages.one_of(FhirStore(home()).named(package), package)
    if fhir is not None:
        fhir_packages.show(fhir, home(), lang)
        return 0
    found = Store(home()).package(package)
    click.echo(f"{found.id}  {found.origin}")
    click.echo(f"  sha256 {found.digest}")
    for part in found.parts:
        click.echo(f"  {part.name:<40} {part.source}")
        for line in _troubles(part, lang):
            click.echo(f"      {line}")
    return 0


@command.command("remove", told=Text("Retire un paquet de HARNESS_HOME.", "Remove a package from HARNESS_HOME."))
@click.argument("package")
@options.lang
def remove_package(package: str, lang: Lang) -> int:
    from harness.cli import fhir_packages

    fhir = FhirStore(home())
    kept = fhir_packages.one_of(fhir.named(package), package)
    if kept is not None:
        fhir.remove(kept)
        click.echo(Text(f"{kept.id} retiré", f"{kept.id} removed").in_(lang))
        fhir_packages.tell_who_depended(kept, fhir, lang)
        return 0
    store = Store(home())
    found = store.package(package)
    store.remove(found)
    click.echo(Text(f"{found.id} retiré", f"{found.id} removed").in_(lang))
    return 0


def _add_other(path: Path, name: str | None, jobs: int, lang: Lang) -> int:
    sources = Sources.open(path)
    layout = Layout.read(options.open_library())
    top = layout.top(sources)
    if top is None:
        return _add_value_sets(sources, path, lang)
    return _add_tool(sources.below(top), layout, name or _name(path), jobs, lang)


def _add_tool(sources: Sources, layout: Layout, name: str, jobs: int, lang: Lang) -> int:
    from harness.packages.bench import require_saxon, tried
    from harness.packages.compiling import code_digest, compile_package, digest

    require_saxon()
    store = Store(home())
    read, code = digest(sources), code_digest()
    package = store.same(read, code)
    if package is not None:
        store.choose(package)
        click.echo(Text(f"{package.id} : déjà là, choisi", f"{package.id}: there already, chosen").in_(lang))
        return 0
    compiled = compile_package(sources, layout)
    parts = tried(compiled, jobs)
    package = store.add(Package(name, read, code, sources.origin, datetime.now(UTC), parts, store.folder), compiled.files)
    said = Text(
        f"{package.id} : {len(package.parts)} parties, dont {len(package.volets())} volets",
        f"{package.id}: {len(package.parts)} parts, {len(package.volets())} of them volets",
    )
    click.echo(said.in_(lang))
    for part in package.parts:
        for line in _troubles(part, lang):
            click.echo(labelled(f"  {part.name}", line, lang))
    return 0


def _troubles(part: Part, lang: Lang) -> list[str]:
    broken = [Text(f"inutilisable : {part.broken}", f"unusable: {part.broken}")] if part.broken else []
    return [text.in_(lang) for text in (*broken, *part.gaps)]


def _name(path: Path) -> str:
    plain = path.resolve().stem if path.is_file() else path.resolve().name
    return "".join(sign if sign.isalnum() or sign in "._-" else "-" for sign in plain).strip(".-") or "package"


def _add_value_sets(sources: Sources, path: Path, lang: Lang) -> int:
    from harness.packages.adding import add_value_sets

    results = add_value_sets(sources, options.open_library(), home())
    if not results:
        raise UsageError(
            Text(
                f"{path} : ni l'outil de test officiel, ni des jeux de valeurs (SVS)",
                f"{path}: neither the official test tool nor value sets (SVS)",
            ),
            Text(
                "Donner le dossier ou le ZIP du dépôt TestContenuCDA-3-0, ou des fichiers RetrieveValueSetResponse.",
                "Give the folder or the ZIP of the TestContenuCDA-3-0 repository, or RetrieveValueSetResponse files.",
            ),
        )
    for result in results:
        for line in result.told(lang):
            click.echo(line)
    counts = Counter(result.outcome for result in results)
    new, changed, same, refused = (counts[outcome] for outcome in ("new", "changed", "same", "refused"))
    click.echo(
        Text(
            f"jeux de valeurs : nouveaux {new}, changés {changed}, inchangés {same}, refusés {refused}",
            f"value sets: new {new}, changed {changed}, unchanged {same}, refused {refused}",
        ).in_(lang)
    )
    return 1 if refused else 0
