"""A resource in which something is wrong still: each error is met by what it speaks of, added or taken away, until none is left."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

from .....documents.fhir_tree import Node
from ...remarks import Remark
from ...shapes import Element, is_primitive
from ...structures import Structures
from ..bench import Bench
from ..editing import Json, Pointer, held, is_there, joined, pointer, removed, replaced
from .plans import Plan, Referred
from .swaying import Swayer, with_codes
from .writing import Writer

_ROUNDS = 40
_TRIED = 80  # remedies of one error


class Mender:
    """profiles: canonicals that the resource has to follow."""

    def __init__(self, bench: Bench, writer: Writer, swayer: Swayer, profiles: tuple[str, ...]) -> None:
        self._bench = bench
        self._writer = writer
        self._profiles = profiles
        self._swayer = swayer

    def mended(self, content: Json, referred: Referred, kept: Sequence[Pointer] = ()) -> tuple[Json, list[Remark]]:
        """And the errors that are left. kept: what is not to be taken away."""
        errors = self._bench.errors(content, self._profiles)
        given_up: set[tuple[str, str]] = set()
        for _ in range(_ROUNDS):
            remark = next((one for one in errors if (one.rule, one.node.path) not in given_up), None)
            if remark is None:
                break
            better = self._better(content, errors, remark, referred, kept)
            if better is None:
                given_up.add((remark.rule, remark.node.path))
            else:
                content, errors = better
        return content, errors

    def _better(
        self, content: Json, errors: list[Remark], remark: Remark, referred: Referred, kept: Sequence[Pointer]
    ) -> tuple[Json, list[Remark]] | None:
        """The first remedy that breaks nothing else, else the first after which there are fewer errors."""
        known = {(one.rule, one.node.path) for one in errors}
        fallback: tuple[Json, list[Remark]] | None = None
        remedies = self._remedies(content, remark, referred)
        for candidate in islice((one for one in remedies if all(is_there(one, at) for at in kept)), _TRIED):
            left = self._bench.errors(candidate, self._profiles)
            if len(left) < len(errors):
                if all((one.rule, one.node.path) in known for one in left):
                    return candidate, left
                fallback = fallback or (candidate, left)
        return fallback

    def _remedies(self, content: Json, remark: Remark, referred: Referred) -> Iterator[Json]:
        structures = self._bench.structures
        node = remark.node
        if remark.rule.startswith("FHIR-INVARIANT:"):
            yield from self._swayer.satisfied(expression_of(remark, structures), node, content, referred)
        elif remark.rule == "FHIR-EXTENSION" and node.parent is not None:
            for expression in _asked_of_its_place(remark, structures):
                yield from self._swayer.satisfied(expression, node.parent, content, referred)
        elif remark.rule not in ("FHIR-BINDING", "FHIR-CARD", "FHIR-SLICE"):
            coded = node.parent if is_primitive(node.type) and node.parent is not None else node
            yield from (edit.make(content) for edit in with_codes(coded, structures, self._writer))
        element = _named(remark, structures)
        if element is not None and remark.rule in ("FHIR-CARD", "FHIR-SLICE"):
            yield from self._with_element(content, node, element, referred)
        while node.parent is not None:
            yield removed(content, pointer(node))
            node = node.parent
        for children in remark.node.children.values():
            yield from (removed(content, pointer(child)) for child in children)
            if len(children) > 1:  # several that are too many together
                first = pointer(children[0])
                yield replaced(content, first[:-1], [held(content, first)])

    def _with_element(self, content: Json, node: Node, element: Element, referred: Referred) -> Iterator[Json]:
        at = pointer(node)
        made: dict[str, Any] = {}
        if self._writer.put(made, element, Plan(referred)):
            for name, value in made.items():
                listed = isinstance(value, list)
                yield referred.addressed(joined(content, at, name, value[0] if listed else value, listed=listed))


def _named(remark: Remark, structures: Structures) -> Element | None:
    url, _, name = remark.requirement.partition("#")
    structure = structures.structure(url)
    return None if structure is None else structure.by_id.get(name)


def _asked_of_its_place(remark: Remark, structures: Structures) -> Sequence[str]:
    """What the definition of an extension asks of the element that carries it (`contextInvariant`)."""
    structure = structures.structure(remark.requirement)
    return () if structure is None else structure.data["context_invariants"]


def expression_of(remark: Remark, structures: Structures) -> str:
    """The expression of the invariant that a remark reports."""
    key = remark.rule.partition(":")[2]
    url = remark.requirement.partition("#")[0]
    for structure in (structures.structure(url), structures.type(remark.node.type)):
        for element in structure.by_id.values() if structure is not None else ():
            for constraint in element.constraints:
                if constraint.key == key:
                    return constraint.expression
    return ""
