"""A resource in which something is wrong still: each error is met by what it speaks of, added or taken away, until none is left."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

from .....documents.fhir_tree import Node
from ....proofs.specimens.patterns import fitting
from ...remarks import Remark
from ...shapes import Element, is_primitive
from ...structures import Structures
from ..bench import Bench
from ..editing import Json, Pointer, held, joined, pointer, removed, replaced
from . import samples
from .adding import shape_of, with_conditions
from .expressions import is_called, names_in, numbers_in, texts_in
from .plans import Plan, Referred
from .writing import Writer

_ROUNDS = 40
_TRIED = 80  # remedies of one error
_CODES = 8  # codes of one value set
_MOST = 12  # times that an element is repeated


class Mender:
    """profiles: canonicals that the resource has to follow."""

    def __init__(self, bench: Bench, writer: Writer, profiles: tuple[str, ...]) -> None:
        self._bench = bench
        self._writer = writer
        self._profiles = profiles

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
            yield from self._by_expression(content, node, expression_of(remark, structures), referred)
        elif remark.rule == "FHIR-EXTENSION" and node.parent is not None:
            for expression in _asked_of_its_place(remark, structures):
                yield from self._by_expression(content, node.parent, expression, referred)
        elif remark.rule not in ("FHIR-BINDING", "FHIR-CARD", "FHIR-SLICE"):
            coded = node.parent if is_primitive(node.type) and node.parent is not None else node
            yield from self._with_codes(content, coded)
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

    def _by_expression(self, content: Json, node: Node, expression: str, referred: Referred) -> Iterator[Json]:
        """What may make an expression true of a node."""
        names = names_in(expression)
        yield from (edit.make(content) for edit in with_conditions(expression, node, self._bench.structures))
        yield from _more_often(content, node, names, expression)
        yield from self._with_codes(content, node, names)
        yield from self._with_names(content, node, names, referred)
        yield from _with_values(content, node, expression)

    def _with_codes(self, content: Json, node: Node, names: Sequence[str] = ()) -> Iterator[Json]:
        """Other codes of the value sets that R4 binds the children of a node to. names: of those to change, all when empty."""
        shape = None if is_primitive(node.type) else shape_of(node, self._bench.structures)
        for name, children in node.children.items():
            known = None if shape is None else shape.by_name.get(name)
            binding = None if known is None else known.element.binding
            if binding is None or (names and name not in names):
                continue
            for system, code in self._writer.codes.certain(binding["valueset"], _CODES):
                value = code if is_primitive(children[0].type) else {"coding": [{"system": system, "code": code}]}
                if children[0].type in ("code", "CodeableConcept"):
                    yield replaced(content, pointer(children[0]), value)

    def _with_element(self, content: Json, node: Node, element: Element, referred: Referred) -> Iterator[Json]:
        at = pointer(node)
        made: dict[str, Any] = {}
        if self._writer.put(made, element, Plan(referred)):
            for name, value in made.items():
                listed = isinstance(value, list)
                yield referred.addressed(joined(content, at, name, value[0] if listed else value, listed=listed))

    def _with_names(self, content: Json, node: Node, names: list[str], referred: Referred) -> Iterator[Json]:
        """What an expression names: added where it is missing, else taken away."""
        shape = None if is_primitive(node.type) else shape_of(node, self._bench.structures)
        missing = [
            element
            for name in names
            for element in (shape.elements if shape is not None else ())
            if element.name == name and not any(one in node.children for one, _ in element.names())
        ]
        for element in sorted(missing, key=lambda one: bool(one.children or "Reference" in one.types)):
            yield from self._with_element(content, node, element, referred)
        found = [one for one in node.walk() if one is not node and is_called(one, names)]
        found.sort(key=_leads_on)
        for one in found:
            yield removed(content, pointer(one))
        for first in found[:8]:
            for second in found[:8]:
                if first is not second and held_in(content, second):
                    once = removed(content, pointer(first))
                    if held_in(once, second):
                        yield removed(once, pointer(second))


def _more_often(content: Json, node: Node, names: Sequence[str], expression: str) -> Iterator[Json]:
    """What is named as often as a number in the expression wants, and what is there twice told apart."""
    found = [one for one in node.walk() if one is not node and is_called(one, names)]
    for number in numbers_in(expression):
        for one in found:
            if one.position is not None and 0 < number < _MOST:
                at = pointer(one)
                yield replaced(content, at[:-1], [*held(content, at[:-1]), *[held(content, at)] * number])
    values = Counter(one.value for one in found if isinstance(one.value, str))
    for one in found if "isDistinct()" in expression else ():
        if values[str(one.value)] > 1:
            yield replaced(content, pointer(one), f"{one.value}-2")


def _with_values(content: Json, node: Node, expression: str) -> Iterator[Json]:
    """Other values for the strings of elements that the expression names."""
    names = names_in(expression)
    for one in node.walk():
        if isinstance(one.value, str) and one.type != "xhtml" and (one is node or is_called(one, names)):
            for value in values_for(expression):
                yield replaced(content, pointer(one), value)


def values_for(expression: str) -> list[str]:
    """Texts that may satisfy an expression: those in it, what begins so, what fits it where it is a pattern."""
    found: list[str] = []
    for text in texts_in(expression):
        found += [text, *(begun for begun in samples.PRIMITIVES.values() if isinstance(begun, str) and begun.startswith(text))]
        found += [fits] if (fits := fitting(text)) else []
    return list(dict.fromkeys(value for value in found if value))


def held_in(content: Any, node: Node) -> bool:
    return is_there(content, pointer(node))


def is_there(content: Any, at: Pointer) -> bool:
    try:
        held(content, at)
    except (LookupError, TypeError):
        return False
    return True


def _leads_on(node: Node) -> bool:
    """Whether there are references in it: to take them away leaves what they lead to without a link."""
    return any(one.type == "Reference" for one in node.walk())


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
