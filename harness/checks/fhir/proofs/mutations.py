"""Mutations derived from a definition: each takes a valid resource and breaks one facet of what is asked.

Their names say what they do: `CARD:DocumentReference.subject:drop` is a cardinality broken by dropping an element. Several may
break the same facet; whoever plays them keeps the first that trips its own check (`trials`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from functools import partial
from itertools import islice
from typing import Any

from ....values import dataclass
from ..shapes import Structure
from .bench import Bench
from .breaking import counts, links, values
from .breaking.subject import Deed, Subject
from .editing import Json, held, pointer, without_orphans
from .facets import Facet, facets_of, is_tripped
from .specimens import Deriver, Specimen

_TRIED = 400  # mutations of one facet


@dataclass(frozen=True, slots=True)
class Mutation:
    """id: kind of facet, element, what is done; resource: what it makes; facet: what it has to trip."""

    id: str
    facet: Facet
    resource: Json


def mutations(definitions: Any, canonical: str, now: datetime | None = None) -> Iterator[tuple[str, Json]]:
    """(id, resource) of every mutation of a definition, on the least specimens that hold what it speaks of.

    definitions: as `library.fhir.definitions` gives them. Raises LookupError when it is unknown or can stand in no resource.
    """
    for id, resource, _ in mutations_of_specimens(definitions, canonical, now):
        yield id, resource


def mutations_of_specimens(definitions: Any, canonical: str, now: datetime | None = None) -> Iterator[tuple[str, Json, Json]]:
    """As `mutations`, each with the valid resource that it was made from."""
    bench = Bench(definitions, now or datetime.now(UTC))
    structure = bench.structures.structure(canonical)
    if structure is None:
        raise LookupError(canonical)
    deriver = Deriver(bench, structure)
    seen: set[str] = set()
    for specimen in deriver.specimens():
        if not specimen.is_valid:
            continue
        mutator = Mutator(deriver, specimen)
        for facet in facets_of(deriver.tree):
            for mutation in mutator.of(facet):
                if mutation.id not in seen:
                    seen.add(mutation.id)
                    yield mutation.id, mutation.resource, specimen.content


class Mutator:
    """The mutations that one valid resource can undergo."""

    def __init__(self, deriver: Deriver, specimen: Specimen) -> None:
        self._subject = Subject(deriver, specimen, partial(broken, deriver.bench))

    def of(self, facet: Facet) -> Iterator[Mutation]:
        for deed, resource in islice(_BREAKING[facet.kind](self._subject, facet), _TRIED):
            name = f"{facet.kind}:{facet.element.id}:{deed}"
            yield Mutation(name, facet, without_orphans(resource, self._subject.content))


def _invariant(subject: Subject, facet: Facet) -> Iterator[Deed]:
    for node in subject.nodes(facet.element):
        yield from subject.deriver.swayer.refuted(facet.constraint.expression, node, subject.content, subject.referred())


_BREAKING: Mapping[str, Callable[[Subject, Facet], Iterator[Deed]]] = {
    "CARD": counts.card,
    "SLICE": counts.slices,
    "TYPE": values.form_or_type,
    "CHOICE": values.choice,
    "FIXED": values.fixed,
    "PATTERN": values.fixed,
    "BINDING": values.binding,
    "REGEX": values.regex,
    "LIMIT": values.limit,
    "LENGTH": values.length,
    "UNKNOWN": values.unknown,
    "REFERENCE": links.reference,
    "PROFILE": links.profile,
    "CONTEXT": links.context,
    "INVARIANT": _invariant,
}


def broken(bench: Bench, structure: Structure) -> Any:
    """A value or resource that does not follow a profile, by the first of its facets that can be broken; None when none can."""
    if structure.canonical not in bench.broken:
        bench.broken[structure.canonical] = None  # profiles go round in circles
        bench.broken[structure.canonical] = _broken(bench, structure)
    return bench.broken[structure.canonical]


def _broken(bench: Bench, structure: Structure) -> Any:
    try:
        deriver = Deriver(bench, structure)
    except LookupError:
        return None
    for specimen in (deriver.minimal(), deriver.full()):
        at = next((pointer(node) for node, element in specimen.met if element is structure.root), None)
        if at is None or not specimen.is_valid:
            continue
        mutator = Mutator(deriver, specimen)
        for facet in facets_of(deriver.tree):
            for mutation in islice(mutator.of(facet), 5):
                errors = bench.errors(mutation.resource, deriver.profiles)
                if is_tripped(facet, errors):
                    return held(mutation.resource, at)
    return None
