"""Constraints compiled to checks that run on nodes. Each facet that does not hold is noted; words are found for it later."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Protocol

from ..model import AttributeFact, Constraint, Text, ValueSet
from .comparing import same_label
from .node import Node
from .selecting import condition, parents_and_last

ValueSets = Callable[[str], ValueSet]
Note = Callable[["Check", str, Node, str], None]
"""Called with the check, the facet that does not hold, the node it is about and what was found there."""

Facet = Callable[[Node, Note], None]


class Judged(Protocol):
    """Is told the id of each requirement that has something to judge."""

    def add(self, requirement: str, /) -> None: ...


class Check:
    """One constraint, ready to run. owner: name of the template it belongs to, None for the document itself."""

    __slots__ = (
        "child",
        "constraint",
        "counted",
        "each",
        "facets",
        "high",
        "id",
        "low",
        "owner",
        "parents",
        "select",
        "when",
        "where",
    )

    def __init__(self, constraint: Constraint, owner: Text | None, value_sets: ValueSets) -> None:
        self.id = constraint.id
        self.constraint = constraint
        self.owner = owner
        self.parents, self.select = parents_and_last(constraint.path)
        self.child = constraint.path if constraint.path.replace(":", "").isalpha() else None
        self.counted = constraint.low is not None
        self.when = None if constraint.when is None else condition(constraint.when)
        self.where = None if constraint.where is None else condition(constraint.where)
        self.low = constraint.low or 0
        self.high = constraint.high
        self.facets = tuple(_facets(self, value_sets))
        self.each = compile_all(constraint.each, owner, value_sets)

    def run(self, node: Node, note: Note, judged: Judged) -> None:
        """Judges what the constraint says of `node`; its id joins `judged` when there was something to judge."""
        if self.when is not None and not self.when(node):
            return
        if self.child is not None:
            self._judge(node, node.named.get(self.child, ()), note, judged)
        else:
            for parent in self.parents(node):
                self._judge(parent, self.select(parent), note, judged)

    def _judge(self, parent: Node, found: Sequence[Node], note: Note, judged: Judged) -> None:
        if not found:
            if self.counted:
                judged.add(self.id)
                if self.low:
                    note(self, "card", parent, "0")
            return
        if self.where is not None:
            found = [one for one in found if self.where(one)]
        if self.counted:
            count = len(found)
            if count < self.low:
                note(self, "card", parent, str(count))
            elif self.high is not None and count > self.high:
                note(self, "card", found[self.high], str(count))
        elif not found:
            return
        judged.add(self.id)
        for one in found:
            for facet in self.facets:
                facet(one, note)
            for nested in self.each:
                nested.run(one, note, judged)


def compile_all(constraints: Iterable[Constraint], owner: Text | None, value_sets: ValueSets) -> tuple[Check, ...]:
    return tuple(Check(constraint, owner, value_sets) for constraint in constraints)


def _facets(check: Check, value_sets: ValueSets) -> Iterator[Facet]:
    constraint = check.constraint
    if constraint.codes:
        yield _code(check, constraint.codes)
    if constraint.labels:
        yield _label(check, constraint.labels)
    if constraint.systems:
        yield _system(check, frozenset(constraint.systems))
    if constraint.valueset is not None:
        yield _value_set(check, constraint.valueset, value_sets)
    if constraint.types:
        yield _type(check, frozenset(constraint.types))
    for name, fact in constraint.attributes.items():
        yield _attribute(check, name, fact)
    if constraint.text is not None:
        yield _text(check, constraint.text)
    if constraint.null_flavor is not None:
        yield _null_flavor(check, frozenset(constraint.null_flavor))


def _code(check: Check, codes: Sequence[tuple[str, str]]) -> Facet:
    allowed = frozenset(codes)

    def judge(node: Node, note: Note) -> None:
        attributes = node.attributes
        if "nullFlavor" in attributes:
            return
        code = attributes.get("code", "")
        system = attributes.get("codeSystem", "")
        if (code, system) not in allowed:
            note(check, "code", node, _coded(code, system))

    return judge


def _label(check: Check, labels: Mapping[str, str]) -> Facet:
    def judge(node: Node, note: Note) -> None:
        expected = labels.get(node.attributes.get("code", ""))
        written = node.attributes.get("displayName")
        if expected is not None and written is not None and not same_label(written, expected):
            note(check, "label", node, f"{written}\n{expected}")

    return judge


def _system(check: Check, systems: frozenset[str]) -> Facet:
    def judge(node: Node, note: Note) -> None:
        attributes = node.attributes
        if "code" in attributes and "nullFlavor" not in attributes and attributes.get("codeSystem") not in systems:
            note(check, "system", node, attributes.get("codeSystem", ""))

    return judge


def _value_set(check: Check, name: str, value_sets: ValueSets) -> Facet:
    def judge(node: Node, note: Note) -> None:
        attributes = node.attributes
        if "nullFlavor" in attributes:
            return
        concepts = value_sets(name).concepts
        if not concepts:
            return
        code = attributes.get("code", "")
        system = attributes.get("codeSystem", "")
        expected = concepts.get((system, code))
        if expected is None:
            note(check, "valueset", node, _coded(code, system))
            return
        written = attributes.get("displayName")
        if written is not None and expected and not same_label(written, expected):
            note(check, "label", node, f"{written}\n{expected}")

    return judge


def _type(check: Check, types: frozenset[str]) -> Facet:
    def judge(node: Node, note: Note) -> None:
        if "nullFlavor" not in node.attributes and node.type not in types:
            note(check, "type", node, node.type)

    return judge


def _attribute(check: Check, name: str, fact: AttributeFact) -> Facet:
    fits = fact_test(fact)
    required = fact.presence == "required"
    forbidden = fact.presence == "forbidden"

    def judge(node: Node, note: Note) -> None:
        value = node.attributes.get(name)
        if value is None:
            if required and (name == "nullFlavor" or "nullFlavor" not in node.attributes):
                note(check, "attributes", node, f"{name}\n")
        elif forbidden or not fits(value):
            note(check, "attributes", node, f"{name}\n{value}")

    return judge


def _text(check: Check, fact: AttributeFact) -> Facet:
    fits = fact_test(fact)
    required = fact.presence == "required"
    forbidden = fact.presence == "forbidden"

    def judge(node: Node, note: Note) -> None:
        value = node.text.strip()
        if not value:
            if required and "nullFlavor" not in node.attributes and not (node.children and not fact.values and not fact.pattern):
                note(check, "text", node, "")
        elif forbidden or not fits(value):
            note(check, "text", node, value)

    return judge


def _null_flavor(check: Check, allowed: frozenset[str]) -> Facet:
    def judge(node: Node, note: Note) -> None:
        flavor = node.attributes.get("nullFlavor")
        if flavor is not None and flavor not in allowed:
            note(check, "null", node, flavor)

    return judge


def fact_test(fact: AttributeFact) -> Callable[[str], bool]:
    """Whether a value that is there is one of those allowed and has the form asked."""
    if fact.values:
        return frozenset(fact.values).__contains__
    if fact.pattern is not None:
        fullmatch = re.compile(fact.pattern).fullmatch
        return lambda value: fullmatch(value) is not None
    return lambda _value: True


def _coded(code: str, system: str) -> str:
    return f"{code}\n{system}"
