"""What `harness profiles test` and `specimen` do with FHIR: a canonical, all those of a package, or files of one's own."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path

from harness import identifiers
from harness.checks import Proof
from harness.checks.circumstances import Circumstances
from harness.checks.fhir.french.judging import FrenchRules
from harness.checks.fhir.proofs.bench import Bench
from harness.checks.fhir.proofs.editing import Json
from harness.checks.fhir.proofs.facets import facets_of, is_alone, is_tripped
from harness.checks.fhir.proofs.mutations import Mutator
from harness.checks.fhir.proofs.specimens import Deriver, NotCarried, Specimen
from harness.checks.fhir.proofs.trials import tried
from harness.checks.fhir.shapes import Structure
from harness.errors import UsageError
from harness.library import Library
from harness.library.fhir.definitions import Definitions
from harness.library.fhir.loose import with_loose
from harness.library.nearest import suggestion
from harness.model import Environment, Text

_LOOSE = "#"  # of what belongs to no package
_PACKAGE = re.compile(r"[a-z0-9\-]+(\.[A-Za-z0-9\-]+)+([#@]\S+)?")


def is_of_fhir(name: str) -> bool:
    """Whether a name is that of a definition (a canonical) or of a package, and not of a profile of ours."""
    return ":" in name or _PACKAGE.fullmatch(name) is not None


def proofs(library: Library, names: Sequence[str], now: datetime, loose: Sequence[Path] = ()) -> Iterator[Proof]:
    """Of each definition named; without a name, of each profile of the loose files.

    Raises UsageError for a name that is none, and when no package is installed.
    """
    definitions = with_loose(Definitions.open(told=library.told), loose)
    bench = Bench(definitions, now, library.published_set)
    canonicals = [one for name in names for one in _canonicals(definitions, name)] or _of_package(definitions, {_LOOSE})
    if not canonicals:
        raise UsageError(Text("aucun profil FHIR à éprouver", "no FHIR profile to test"), _INSTALL)
    for canonical in canonicals:
        yield _proof(bench, bench.structures.asked(canonical))


def _canonicals(definitions: Definitions, name: str) -> list[str]:
    if ":" in name:
        return [name]
    wanted = name.replace("@", "#")
    known = [f"{package}#{version}" for package, version, _ in definitions.packages]
    chosen = {one for one in known if wanted in (one, one.partition("#")[0])}
    if not chosen:
        message = Text(f"paquet FHIR inconnu : {name}", f"unknown FHIR package: {name}")
        near = suggestion(wanted, [*known, *(one.partition("#")[0] for one in known)])
        raise UsageError(message, near if near.en else _INSTALL)
    return _of_package(definitions, chosen)


def _of_package(definitions: Definitions, packages: set[str]) -> list[str]:
    return sorted({held.canonical for held in definitions.profiles() if held.package in packages})


_INSTALL = Text("`harness packages list` montre ce qui est installé.", "`harness packages list` shows what is installed.")


def _proof(bench: Bench, structure: Structure) -> Proof:
    trial = tried(bench, structure)
    left = [facet for facet in trial.facets if facet not in trial.tripped and facet not in trial.reasons]
    return Proof(
        profile=structure.canonical,
        checks=len(trial.facets),
        tripped=frozenset(trial.tripped),
        unproved=tuple(sorted(left)),
        played=trial.played,
        excused=tuple(sorted(trial.reasons)),
        reasons={**trial.open, **trial.reasons},
        faults=((structure.canonical, tuple(trial.faults)),) if trial.faults else (),
        whole=True,
    )


def specimen(
    library: Library, canonical: str, now: datetime, mutation: str | None, loose: Sequence[Path] = ()
) -> tuple[Json, tuple[str, ...]]:
    """A resource that follows a definition, spoiled by a mutation of it if one is named, and what is wrong with it still.

    Raises UsageError when the definition or the mutation is unknown, or none can be written. No identity of production is in it.
    """
    french = FrenchRules(library, Circumstances(now.date(), now, Environment.TEST))
    definitions = with_loose(Definitions.open(told=library.told), loose)
    bench = Bench(definitions, now, library.published_set, lambda root: french.judge(root).remarks)
    structure = bench.structures.asked(canonical)
    try:
        deriver = Deriver(bench, structure)
    except NotCarried as error:
        message = Text(f"pas de spécimen de {canonical} : {error.why.fr}", f"no specimen of {canonical}: {error.why.en}")
        raise UsageError(message) from None
    if mutation is not None:
        return without_production(_spoiled(deriver, mutation)), ()
    made = without_production(deriver.full().content)
    return made, tuple(f"{one.rule} {one.node.path}: {one.message.en}" for one in bench.errors(made, deriver.profiles))


def _spoiled(deriver: Deriver, wanted: str) -> Json:
    """The resource after a mutation of that name: one that trips its own check alone if possible, else among others, else any."""
    known: dict[str, Json] = {}
    tripping: Json | None = None
    for specimen in _valid(deriver):
        mutator = Mutator(deriver, specimen)
        for facet in facets_of(deriver.tree):
            if wanted.split(":", 1)[0] != facet.kind or f":{facet.element.id}:" not in wanted:
                continue
            for made in mutator.of(facet):
                known.setdefault(made.id, made.resource)
                if made.id == wanted and is_tripped(facet, remarks := deriver.bench.judge(made.resource, deriver.profiles)):
                    if is_alone(facet, remarks):
                        return made.resource
                    tripping = tripping or made.resource
        if tripping is not None:
            return tripping
    if wanted in known:
        return known[wanted]
    canonical = deriver.structure.canonical
    message = Text(f"{canonical} n'a pas de mutation {wanted}", f"{canonical} has no mutation {wanted}")
    names = list(known) or [facet.id for facet in facets_of(deriver.tree)]
    raise UsageError(message, suggestion(wanted, names))


def _valid(deriver: Deriver) -> Iterator[Specimen]:
    return (specimen for specimen in deriver.specimens() if specimen.is_valid)


def without_production(value: Json) -> Json:
    """Without the identifiers that claim to be those of a real person."""
    made: Json = {}
    for name, inside in value.items():
        if isinstance(inside, list):
            kept = [without_production(one) if isinstance(one, dict) else one for one in inside if not _is_real(one)]
            if kept:
                made[name] = kept
        elif isinstance(inside, dict):
            if not _is_real(inside):
                made[name] = without_production(inside)
        else:
            made[name] = inside
    return made


def _is_real(value: object) -> bool:
    system = value.get("system") if isinstance(value, dict) else None
    return isinstance(system, str) and identifiers.is_production_ins_oid(system.removeprefix("urn:oid:"))
