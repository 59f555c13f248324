"""A package and what it depends on, brought from a registry, or told when they cannot be."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from typing import Literal

from harness.errors import UnreachableSystem, UsageError
from harness.library.fhir import versions
from harness.library.fhir.installed import Installed
from harness.model import Text
from harness.packages.fhir.naming import require_name, today
from harness.packages.fhir.registry import NotPublished, Published, Registry, matches
from harness.packages.fhir.store import Store
from harness.values import dataclass

_AS_WELL = {"hl7.fhir.r4.core": "hl7.fhir.r4.examples"}  # holds the same definitions, and is on npm's own registry too


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one package. wanted: the version that was asked for; by: the package that asked, "" for the person."""

    kind: Literal["installed", "there", "stands_in", "missing"]
    name: str
    wanted: str
    by: str
    package: Installed | None = None
    why: Text | None = None


def install(
    name: str, wanted: str, store: Store, registry: Registry, *, now: str, digest: str = "", alone: bool = False
) -> Iterator[Outcome]:
    """The package, then its dependencies and theirs, each once. digest: the one it must have; alone: without dependencies.

    Raises NotPublished, UsageError and UnreachableSystem for the package itself; a dependency that cannot be had is an outcome.
    """
    package, new = store.find(name, wanted), False
    if package is None:
        try:
            package, new = _brought(registry.choose(name, wanted), store, registry, now, digest)
        except NotPublished as error:
            if digest or (package := _same_definitions(name, wanted, store, registry, now)) is None:
                raise
            yield Outcome("stands_in", name, wanted, "", package, error.message)
            return
    elif digest and package.digest != digest:
        raise UsageError(Text(f"{package.id} est là avec une autre empreinte", f"{package.id} is there with another digest"))
    yield Outcome("installed" if new else "there", name, wanted, "", package)
    if not alone:
        yield from dependencies(package, store, registry, now=now)


def dependencies(package: Installed, store: Store, registry: Registry | None, *, now: str) -> Iterator[Outcome]:
    """All dependencies of a package, direct or not. registry: None to look only among installed packages."""
    asked = deque((today(name, wanted), wanted, package.id) for name, wanted in package.dependencies.items())
    seen: set[tuple[str, str]] = set()
    while asked:
        name, wanted, by = asked.popleft()
        if (name, wanted) in seen:
            continue
        seen.add((name, wanted))
        outcome = _dependency(name, wanted, by, store, registry, now)
        yield outcome
        if outcome.package is not None:
            asked.extend(
                (today(other, version), version, outcome.package.id) for other, version in outcome.package.dependencies.items()
            )


def _dependency(name: str, wanted: str, by: str, store: Store, registry: Registry | None, now: str) -> Outcome:
    if (package := store.find(name, wanted)) is not None:
        return Outcome("there", name, wanted, by, package)
    why: Text | None = None
    elsewhere: Registry | None = None  # where the same definitions may be under another name
    if registry is not None:
        try:
            require_name(name)
            published = _chosen(name, wanted, registry)
            package, new = _brought(published, store, registry, now)
            if versions.admitted(wanted, [package.version]):
                return Outcome("installed" if new else "there", name, wanted, by, package)
            return Outcome("stands_in", name, wanted, by, package)
        except (NotPublished, UnreachableSystem, UsageError) as error:
            why = error.message
            elsewhere = registry if isinstance(error, NotPublished) else None
    known = [one for one in store.packages() if one.name == name]
    fitting = versions.admitted(wanted, [one.version for one in known])
    if fitting:
        return Outcome("there", name, wanted, by, next(one for one in known if one.version == fitting[-1]), why)
    close = versions.close_to(wanted, [one.version for one in known])
    if close is None:
        same = _same_definitions(name, wanted, store, elsewhere, now)
        return Outcome("missing" if same is None else "stands_in", name, wanted, by, same, why)
    return Outcome("stands_in", name, wanted, by, next(one for one in known if one.version == close), why)


def _same_definitions(name: str, wanted: str, store: Store, registry: Registry | None, now: str) -> Installed | None:
    """A package with the same definitions under another name: installed, or brought. registry: None to bring nothing."""
    if name not in _AS_WELL:
        return None
    known = store.find(_AS_WELL[name], wanted)
    if known is not None or registry is None:
        return known
    try:
        return _brought(registry.choose(_AS_WELL[name], wanted), store, registry, now)[0]
    except (NotPublished, UnreachableSystem, UsageError):
        return None


def _chosen(name: str, wanted: str, registry: Registry) -> Published:
    """The wanted version, else one close to it: registries do not keep all, and none has `current`."""
    try:
        return registry.choose(name, wanted)
    except NotPublished:
        close = versions.close_to(wanted, registry.versions(name))
        if close is None:
            raise
        return registry.choose(name, close)


def _brought(published: Published, store: Store, registry: Registry, now: str, digest: str = "") -> tuple[Installed, bool]:
    known = store.find(published.name, published.version)
    if known is not None:
        return known, False
    if published.uncheckable and not digest:
        raise UsageError(
            Text(
                f"{published.name}@{published.version} : l'empreinte annoncée ne peut être vérifiée ({published.uncheckable})",
                f"{published.name}@{published.version}: the digest announced cannot be checked ({published.uncheckable})",
            ),
            Text("Donner celle qu'on attend : `--digest sha512-…`.", "Give the one that is expected: `--digest sha512-…`."),
        )
    with store.writing() as place:
        content = registry.download(published, place / "download")
    if digest and not matches(content, digest):
        raise UsageError(
            Text(
                f"{published.name}@{published.version} n'a pas l'empreinte demandée",
                f"{published.name}@{published.version} does not have the digest asked for",
            )
        )
    return store.add(content, published.address, (published.name, published.version), now=now)
