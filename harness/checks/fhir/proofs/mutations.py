"""Mutations derived from a definition: each takes a valid resource and breaks one facet of what is asked.

Their names say what they do: `CARD:DocumentReference.subject:drop` is a cardinality broken by dropping an element. Several may
break the same facet; whoever plays them keeps the first that trips its own check (`trials`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice, pairwise
from typing import Any

from ....documents.fhir_tree import Node
from ..shapes import Element, Structure, is_primitive
from ..structures import Structures
from .bench import Bench
from .editing import Json, Pointer, held, inserted, joined, pointer, removed, replaced, without_orphans
from .facets import Facet, facets_of, is_tripped
from .specimens import Deriver, Specimen, samples
from .specimens.plans import Plan
from .specimens.referring import Contained
from .specimens.spoiling import spoiled_for

_OTHER_CODE = {"system": "urn:oid:2.999.3", "code": "hors-jeu"}
_TYPES = ("string", "boolean", "integer", "CodeableConcept", "Quantity", "date", "Period", "Reference", "Identifier")
_CODED = frozenset({"Coding", "Quantity", "code", "uri", "string"})
_TARGETS = ("Basic", "Subscription", "Patient")
_OTHER_FORMS = ("§", "x", "1", "x1-§ 1x", "urn:oid:2.999.3.1", "1999-01-01")  # one of them follows hardly any expression
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
        self._deriver = deriver
        self._tree = deriver.tree
        self._structures: Structures = deriver.bench.structures
        self._content = specimen.content
        self._nodes: dict[str, list[Node]] = {}
        for node, element in specimen.met:
            known = self._nodes.setdefault(element.id, [])
            if not any(node is one for one in known):
                known.append(node)

    def holds(self, facet: Facet) -> bool:
        """Whether the resource has something for the facet to be asked of."""
        return bool(self._all(facet.element))

    def of(self, facet: Facet) -> Iterator[Mutation]:
        deeds = getattr(self, f"_{facet.kind.lower()}")(facet)
        for deed, resource in islice(deeds, _TRIED):
            name = f"{facet.kind}:{facet.element.id}:{deed}"
            yield Mutation(name, facet, without_orphans(resource, self._content))

    # ---------------------------------------------------------- how often

    def _card(self, facet: Facet) -> Iterator[tuple[str, Json]]:
        element = facet.element
        for holder in self._holders(element):
            nodes = [node for node in self._all(element) if node.parent is holder]
            if facet.name == "min":
                yield from self._fewer(nodes, element.min)
            else:
                yield from self._more(holder, nodes, element)

    def _slice(self, facet: Facet) -> Iterator[tuple[str, Json]]:
        if facet.name in ("min", "max"):
            yield from self._card(facet)
            return
        for holder in self._holders(facet.element):
            nodes = [node for node in self._all(facet.element) if node.parent is holder]
            if facet.name == "ordered":
                yield from self._out_of_order(nodes)
            else:
                yield from self._of_no_slice(holder, nodes, facet.element)

    def _fewer(self, nodes: list[Node], least: int) -> Iterator[tuple[str, Json]]:
        content = self._content
        if not nodes:
            return
        for node in reversed(nodes[max(least - 1, 0) :]):
            content = removed(content, pointer(node))
        yield "drop", content

    def _more(self, holder: Node, nodes: list[Node], element: Element) -> Iterator[tuple[str, Json]]:
        at = pointer(holder)
        most = element.max or 0
        if nodes:
            content = self._content
            value = held(content, pointer(nodes[0]))
            for _ in range(most + 1 - len(nodes)):
                if nodes[0].position is None:
                    content = replaced(content, pointer(nodes[0]), [value] * (most + 1))
                    break
                content = inserted(content, pointer(nodes[0]), value)
            yield "repeat", content
        elif element.max == 0:
            yield from self._added(at, element)

    def _added(self, at: Pointer, element: Element) -> Iterator[tuple[str, Json]]:
        """An element that must not be there."""
        base = self._tree.base(element) or element
        for name, type in base.names():
            for value in self._samples(element if element.id in self._tree.sliced else base, type):
                yield "add", joined(self._content, at, name, value, listed=not element.single)

    # ---------------------------------------------------------- slices

    def _out_of_order(self, nodes: list[Node]) -> Iterator[tuple[str, Json]]:
        for first, second in pairwise(nodes):
            one, other = held(self._content, pointer(first)), held(self._content, pointer(second))
            if one != other:
                yield "swap", replaced(replaced(self._content, pointer(first), other), pointer(second), one)

    def _of_no_slice(self, holder: Node, nodes: list[Node], element: Element) -> Iterator[tuple[str, Json]]:
        at = pointer(holder)
        base = self._tree.base(element) or element
        for name, type in base.names():
            for value in self._samples(base, type):
                if nodes and nodes[0].position is not None:
                    yield "stranger", inserted(self._content, pointer(nodes[0]), value)
                    yield "stranger", joined(self._content, at, name, value, listed=True)
                else:
                    yield "stranger", joined(self._content, at, name, value, listed=not element.single)
        listed = [node for node in nodes if node.type == "Reference" and node.position is not None]
        for node in listed:  # where slices are told by what is referred to
            target = {**_plain(self._target_type(base)), "id": "stranger"}
            content = inserted(self._content, pointer(node), {"reference": "#stranger"})
            yield "stranger", joined(content, pointer(node.resource), "contained", target, listed=True)

    # ---------------------------------------------------------- types and values

    def _type(self, facet: Facet) -> Iterator[tuple[str, Json]]:
        element = facet.element
        if element.slices and all(one.max == 0 for one in element.slices):  # none of those admitted can be there
            yield from self._of_other_types(element)
        for node in self._all(element):
            at = pointer(node)
            if facet.name == "form":
                yield "form", replaced(self._content, at, _misshapen(node, held(self._content, at)))
                continue
            base = self._tree.base(element)
            others = [name for name in (base.types if base is not None else ()) if name not in element.types]
            if not element.choice:
                yield "retype", replaced(self._content, at, {"resourceType": "Basic", "code": {"text": samples.WORDS}})
                continue
            for type in sorted(others, key=lambda one: _TYPES.index(one) if one in _TYPES else len(_TYPES)):
                name = f"{element.name}{type[:1].upper()}{type[1:]}"
                for value in self._samples(base or element, type):
                    yield "retype", replaced(removed(self._content, at), (*at[:-1], name), value)

    def _of_other_types(self, element: Element) -> Iterator[tuple[str, Json]]:
        base = self._tree.base(element) or element
        for holder in self._holders(element):
            for name, type in base.names():
                for value in self._samples(base, type) if type not in element.types else ():
                    yield "retype", joined(self._content, pointer(holder), name, value, listed=False)

    def _choice(self, facet: Facet) -> Iterator[tuple[str, Json]]:
        for node in self._all(facet.element):
            for name, type in facet.element.names():
                if name != node.name:
                    for value in self._samples(facet.element, type):
                        yield "twice", replaced(self._content, (*pointer(node)[:-1], name), value)

    def _fixed(self, facet: Facet) -> Iterator[tuple[str, Json]]:
        wanted = (facet.element.fixed or facet.element.pattern or ("", None))[1]
        for node in self._all(facet.element):
            at = pointer(node)
            for way, value in _leaves(wanted):
                spoiled = _other(value)
                try:
                    yield "change", replaced(self._content, (*at, *way), spoiled)
                    if way:
                        yield "drop", removed(self._content, (*at, *way))
                except (LookupError, TypeError, AttributeError):
                    continue

    _pattern = _fixed

    def _binding(self, facet: Facet) -> Iterator[tuple[str, Json]]:
        for node in self._all(facet.element):
            at = pointer(node)
            if node.type == "CodeableConcept":
                yield "outside", replaced(self._content, at, {"coding": [_OTHER_CODE]})
            elif node.type not in _CODED and "CodeableConcept" in facet.element.types:  # a choice: with the type that is bound
                name = f"{facet.element.name}CodeableConcept"
                yield "outside", replaced(removed(self._content, at), (*at[:-1], name), {"coding": [_OTHER_CODE]})
            elif not is_primitive(node.type):
                yield "outside", replaced(self._content, at, {**held(self._content, at), **_OTHER_CODE})
            else:
                yield "outside", replaced(self._content, at, _OTHER_CODE["code"])
                yield "outside", replaced(self._content, at, f"urn:oid:2.999.3.{_OTHER_CODE['code']}")

    def _regex(self, facet: Facet) -> Iterator[tuple[str, Json]]:
        for node in self._all(facet.element):
            at = pointer(node)
            written = held(self._content, at)
            for value in _OTHER_FORMS if isinstance(written, str) else (written + 1, written * 1000, -written):
                yield "misform", replaced(self._content, at, value)

    def _limit(self, facet: Facet) -> Iterator[tuple[str, Json]]:
        limit = facet.element.min_value if facet.name == "min" else facet.element.max_value
        for node in self._all(facet.element):
            for value in _beyond(limit[1], below=facet.name == "min") if limit is not None else ():
                yield "exceed", replaced(self._content, pointer(node), value)

    def _length(self, facet: Facet) -> Iterator[tuple[str, Json]]:
        for node in self._all(facet.element):
            if facet.name == "min":
                yield "shorten", replaced(self._content, pointer(node), "x" * ((facet.element.min_length or 0) - 1))
                continue
            yield "lengthen", replaced(self._content, pointer(node), "x" * ((facet.element.max_length or 0) + 1))

    def _unknown(self, facet: Facet) -> Iterator[tuple[str, Json]]:
        for node in self._all(facet.element):
            yield "unknown", joined(self._content, pointer(node), "inconnu", samples.WORDS, listed=False)

    # ---------------------------------------------------------- references, profiles, extensions

    def _reference(self, facet: Facet) -> Iterator[tuple[str, Json]]:
        for node in self._all(facet.element):
            if node.type != "Reference":
                continue
            at = pointer(node)
            if facet.name == "aggregation":
                type = node.text("type") or self._target_type(facet.element)
                yield "outside", replaced(self._content, at, {"reference": f"{type}/outside"})
                yield from self._contained(at, facet.element)
                continue
            for type in (*self._types_of_r4(facet.element), *_TARGETS):
                yield "other-type", replaced(self._content, at, {"reference": f"{type}/other"})
            yield from self._contained(at, facet.element)

    def _types_of_r4(self, element: Element) -> list[str]:
        """Those that R4 lets the reference lead to, and the profile does not."""
        base = self._tree.base(element)
        known = (self._structures.structure(one) for one in (base.targets.get("Reference", ()) if base is not None else ()))
        excluded = {structure.type for one in element.targets["Reference"] if (structure := self._structures.structure(one))}
        return [one.type for one in known if one is not None and one.type not in excluded]

    def _contained(self, at: Pointer, element: Element) -> Iterator[tuple[str, Json]]:
        """What the reference leads to is of the right type, and does not follow its profile."""
        resource: Pointer = ()
        for size in range(len(at)):
            if at[size] == "resource":
                resource = at[: size + 1]
        for canonical in element.targets.get("Reference", ()):
            structure = self._structures.structure(canonical)
            if structure is None or structure.kind != "resource":
                continue
            bare = broken(self._deriver.bench, structure) or {"resourceType": structure.type}
            content = replaced(self._content, at, {"reference": "#bare"})
            for inner in bare.get("contained", ()):
                content = joined(content, resource, "contained", inner, listed=True)
            target = {**{key: value for key, value in bare.items() if key != "contained"}, "id": "bare"}
            yield "other-profile", joined(content, resource, "contained", target, listed=True)

    def _target_type(self, element: Element) -> str:
        for canonical in element.targets.get("Reference", ()):
            structure = self._structures.structure(canonical)
            if structure is not None:
                return structure.type
        return "Patient"

    def _profile(self, facet: Facet) -> Iterator[tuple[str, Json]]:
        for node in self._all(facet.element):
            for canonical in facet.element.profiles[facet.name]:
                structure = self._structures.structure(canonical)
                value = None if structure is None else broken(self._deriver.bench, structure)
                if value is not None:
                    yield "other-profile", replaced(self._content, pointer(node), value)

    def _context(self, facet: Facet) -> Iterator[tuple[str, Json]]:
        for node in self._all(facet.element):
            value = held(self._content, pointer(node))
            for type in ("Basic", "Patient", "OperationOutcome", "Observation"):
                yield "elsewhere", {**_plain(type), "extension": [value]}
            yield "elsewhere", {**_plain("Patient"), "name": [{**samples.DATA_TYPES["HumanName"], "extension": [value]}]}

    # ---------------------------------------------------------- invariants

    def _invariant(self, facet: Facet) -> Iterator[tuple[str, Json]]:
        for node in self._all(facet.element):
            yield from spoiled_for(facet.constraint.expression, node, self._content, self._deriver)

    # ---------------------------------------------------------- where, and with what

    def _all(self, element: Element) -> list[Node]:
        """The nodes of an element and of its slices, in the order of the resource."""
        found = list(self._nodes.get(element.id, ()))
        waiting = list(element.slices)
        while waiting:
            one = waiting.pop(0)
            found += [node for node in self._nodes.get(one.id, ()) if not any(node is other for other in found)]
            waiting += one.slices
        return sorted(found, key=lambda node: node.position or 0)

    def _holders(self, element: Element) -> Iterable[Node]:
        """The nodes whose children it is one of: not those of slices that tell their children themselves."""
        above = self._tree.above.get(element.id)
        if above is None:
            return []
        telling = {id(node) for one in self._tree if one.children and one is not above for node in self._nodes.get(one.id, ())}
        return [node for node in self._all(above) if id(node) not in telling]

    def _samples(self, element: Element, type: str) -> Iterator[Any]:
        if type == "xhtml":
            return
        type = type or "BackboneElement"
        try:
            referred = Contained(self._deriver.writer, self._structures, self._deriver.structure)
            value = self._deriver.writer.value(element, type, Plan(referred).telling())
        except LookupError:
            return
        if value is not None and value != {}:
            yield value


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


def _misshapen(node: Node, value: Any) -> Any:
    if node.type == "xhtml":  # which the narrative is judged by, be it a string at all
        return [value]
    return 1 if not is_primitive(node.type) or isinstance(node.value, str) else "x y"


def _beyond(limit: Any, *, below: bool) -> Iterator[Any]:
    """Values on the other side of a limit."""
    if isinstance(limit, dict):
        for value in _beyond(limit.get("value", 0), below=below):
            yield {**limit, "value": value}
    elif isinstance(limit, str):
        yield ("0001" if below else "9999") + limit[4:]
        yield "00:00:00" if below else "23:59:59"
    else:
        yield limit - 1 if below else limit + 1


def _plain(type: str) -> Json:
    needs: dict[str, Json] = {
        "Basic": {"code": {"text": samples.WORDS}},
        "OperationOutcome": {"issue": [{"severity": "error", "code": "invalid"}]},
        "Observation": {"status": "final", "code": {"text": samples.WORDS}},
    }
    return {"resourceType": type, **needs.get(type, {})}


def _leaves(value: Any, way: Pointer = ()) -> Iterator[tuple[Pointer, Any]]:
    if isinstance(value, dict):
        for key, inside in value.items():
            yield from _leaves(inside, (*way, key))
    elif isinstance(value, list):
        for index, inside in enumerate(value):
            yield from _leaves(inside, (*way, index))
    else:
        yield way, value


def _other(value: Any) -> Any:
    if isinstance(value, bool):
        return not value
    if isinstance(value, int | float):
        return value + 1
    text = str(value)
    if text[:4].isdigit() and "-" in text:
        return "1999-01-01"
    return f"{text}-autre" if not text.startswith("<") else text
