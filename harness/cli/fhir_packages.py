"""What `harness packages` does and says of FHIR packages."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

import click

from harness.errors import HarnessError, UsageError
from harness.library.fhir.installed import Installed
from harness.model import Lang, Text, labelled
from harness.packages.fhir import finding, npmrc, registry, resolving
from harness.packages.fhir.naming import split
from harness.packages.fhir.resolving import Outcome
from harness.packages.fhir.store import Store

_SORTS = (
    ("structures", Text("structures : {}", "structures: {}")),
    ("value_sets", Text("jeux de valeurs : {}", "value sets: {}")),
    ("code_systems", Text("terminologies : {}", "code systems: {}")),
)

_UNUSED = Text("n'est pas de FHIR R4 : ne sert pas à juger", "is not of FHIR R4: not used to judge")

_NOTHING = Text(
    "rien de FHIR dans ce paquet : vérifier son nom (`harness packages remove` le retire)",
    "nothing of FHIR in this package: check its name (`harness packages remove` takes it away)",
)


def install(given: tuple[str, ...], home: Path, address: str | None, digest: str, *, alone: bool, lang: Lang) -> int:
    """1 when a dependency is missing. Raises what `resolving.install` does."""
    wanted = [split(one) for one in given]
    if digest and len(wanted) > 1:
        raise UsageError(Text("--digest vaut pour un seul paquet", "--digest is for one package only"))
    source = registry.Registry(address or npmrc.configured(), npmrc.credentials())
    outcomes: list[Outcome] = []
    for name, version in wanted:
        for outcome in resolving.install(name, version, Store(home), source, now=_now(), digest=digest, alone=alone):
            _tell(outcome, lang)
            outcomes.append(outcome)
    return _ended(outcomes, lang)


def add(paths: list[Path], home: Path, lang: Lang) -> int:
    """Every package of these paths, then what they depend on is looked for among those installed."""
    store, added, refused = Store(home), [], 0
    for path in paths:
        try:
            package, new = store.add(finding.archive(path), str(path.resolve()), now=_now())
        except HarnessError as error:
            if len(paths) == 1:
                raise
            click.echo(labelled(str(path), error.told(lang), lang), err=True)
            refused += 1
            continue
        added.append(package)
        _tell(Outcome("installed" if new else "there", package.name, package.version, "", package), lang)
    seen: set[tuple[str, str]] = set()
    for package in added:
        for outcome in resolving.dependencies(package, store, None, now=_now()):
            if outcome.kind in ("missing", "stands_in") and (outcome.name, outcome.wanted) not in seen:
                seen.add((outcome.name, outcome.wanted))
                _tell(outcome, lang)
    return 1 if refused else 0


def told_in_list(package: Installed, lang: Lang) -> str:
    return f"  {package.id:<44} {_day(package)}  {_counts(package, lang)}  {package.origin}"


def show(package: Installed, home: Path, lang: Lang) -> None:
    """Raises UnreadableDocument when the archive is no longer what was added."""
    click.echo(f"{package.id}  {package.origin}")
    if package.title:
        click.echo(f"  {package.title}")
    click.echo(f"  {package.digest}")
    fhir = ", ".join(package.fhir_versions) or "?"
    click.echo(f"  FHIR {fhir}  {_counts(package, lang)}  {package.license}".rstrip())
    if not package.is_r4:
        click.echo("  " + _UNUSED.in_(lang))
    if without := package.counts.get("without_snapshot"):
        said = Text(f"structures publiées sans snapshot : {without}", f"structures published without snapshot: {without}")
        click.echo("  " + said.in_(lang))
    if package.left_out:
        said = Text("illisibles, laissés : ", "unreadable, left out: ")
        click.echo("  " + said.in_(lang) + ", ".join(package.left_out))
    states = {(one.name, one.wanted): one for one in resolving.dependencies(package, Store(home), None, now=_now())}
    for name, wanted in package.dependencies.items():
        outcome = states.get((name, wanted))
        state = "" if outcome is None else _state(outcome).in_(lang)
        click.echo(f"  → {name}@{wanted}  {state}".rstrip())
    package.archive()


def tell_who_depended(removed: Installed, store: Store, lang: Lang) -> None:
    """Tell which remaining packages now lack a dependency, or get another version of it."""
    for package in store.packages():
        for outcome in resolving.dependencies(package, store, None, now=_now()):
            if outcome.name == removed.name and outcome.by == package.id and outcome.kind in ("missing", "stands_in"):
                _tell(outcome, lang)


def one_of(found: tuple[Installed, ...], name: str) -> Installed | None:
    """The package of this name, None when there is none. Raises UsageError when several versions answer to it."""
    if len(found) > 1:
        raise UsageError(
            Text(f"{name} : plusieurs versions", f"{name}: several versions"),
            Text("Choisir : " + ", ".join(one.id for one in found), "Choose: " + ", ".join(one.id for one in found)),
        )
    return found[0] if found else None


def _tell(outcome: Outcome, lang: Lang) -> None:
    wanted = f"{outcome.name}@{outcome.wanted}"
    by = Text(f" (demandé par {outcome.by})", f" (asked for by {outcome.by})").in_(lang) if outcome.by else ""
    if outcome.package is not None and outcome.kind != "stands_in":
        unused = "" if outcome.package.is_r4 else f", {_UNUSED.in_(lang)}"
        if not outcome.package.fhir_versions and not any(outcome.package.counts.values()):
            unused = f", {_NOTHING.in_(lang)}"
        said = f"{_state(outcome).in_(lang)}, {_counts(outcome.package, lang)}{unused}"
        click.echo(labelled(outcome.package.id, said, lang))
        return
    why = f" ({outcome.why.in_(lang)})" if outcome.why is not None and outcome.kind == "missing" else ""
    click.echo(labelled(wanted, f"{_state(outcome).in_(lang)}{by}{why}", lang))


def _state(outcome: Outcome) -> Text:
    if outcome.kind == "installed":
        return Text("installé", "installed")
    if outcome.kind == "there":
        return Text("déjà là", "there already")
    if outcome.kind == "stands_in" and outcome.package is not None:
        return Text(f"absent, {outcome.package.id} en tient lieu", f"absent, {outcome.package.id} stands in")
    return Text("absent, ce qui en dépend ne sera pas jugé", "absent, what depends on it will not be judged")


def _ended(outcomes: Iterable[Outcome], lang: Lang) -> int:
    missing = sorted({f"{one.name}@{one.wanted}" for one in outcomes if one.kind == "missing"})
    if missing:
        click.echo(
            Text(
                "Ce qui manque : `harness packages install NOM@VERSION --registry URL`, ou `harness packages add FICHIER.tgz`.",
                "For what is missing: `harness packages install NAME@VERSION --registry URL`, or `harness packages add FILE.tgz`.",
            ).in_(lang),
            err=True,
        )
    return 1 if missing else 0


def _counts(package: Installed, lang: Lang) -> str:
    return ", ".join(word.in_(lang).format(package.counts.get(sort, 0)) for sort, word in _SORTS)


def _day(package: Installed) -> str:
    return package.added[:16].replace("T", " ")


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
