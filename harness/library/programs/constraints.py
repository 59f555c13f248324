"""The constraints of a template, or of a profile, as one Python function."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from itertools import groupby
from types import CodeType

from ...model import AttributeFact, Constraint, Where
from .conditions import condition, parents_and_last, reached
from .writing import Names, claims, compiled, one_of

_DEEPEST = 15  # loops within loops; Python allows 20, and those of `path` come on top


def constraint_program(constraints: Iterable[Constraint]) -> CodeType:
    """The function: `program(node, note, judged)` judges what the constraints say of a node.

    It calls `note` with the number of a constraint (in the order of `nested.walk`), the facet that does not hold, the node it is
    about and what was found there; and `judged` with the ids of constraints that had something to judge.
    """
    return compiled(_Writer().source(constraints))


class _Writer:
    def __init__(self) -> None:
        self._names = Names()
        self._lines = ["def program(node, note, judged):"]
        self._number = 0

    def source(self, constraints: Iterable[Constraint]) -> str:
        self._block(constraints, "node", 1)
        return "\n".join([*self._lines, " return", ""])

    def _line(self, depth: int, text: str) -> None:
        self._lines.append(" " * depth + text)

    def _block(self, constraints: Iterable[Constraint], item: str, depth: int, *, told: bool = False) -> None:
        """Those that always have something to judge are said at once. told: they were."""
        several = list(constraints)
        if not told:
            self._judged([one.id for one in several if _always_judged(one)], depth)
        for at_most_once, some in groupby(several, _is_at_most_once):
            if at_most_once:
                self._line(depth, f"if len({item}.named) != len({item}.children):")
            for constraint in some:
                self._constraint(constraint, item, depth + at_most_once)

    def _judged(self, ids: Iterable[str], depth: int) -> None:
        if said := tuple(ids):
            self._line(depth, f"judged({said!r})")

    def _constraint(self, constraint: Constraint, item: str, depth: int) -> None:
        number, self._number = self._number, self._number + 1
        if depth > _DEEPEST:
            raise ValueError(f"{constraint.id}: nested too deep")
        if constraint.when is not None:
            self._line(depth, f"if {condition(constraint.when, item, self._names)}:")
            depth += 1
        before, last = parents_and_last(constraint.path)
        parent = item
        if before != ".":
            reach, clauses = reached(before, item, self._names)
            parent = self._names.fresh()
            self._line(depth, f"for {parent} in [{reach} {' '.join(clauses)}]:")
            depth += 1
        found, where = self._found(constraint, last, parent)
        self._judge(constraint, number, parent, found, where, depth)

    def _found(self, constraint: Constraint, last: str, parent: str) -> tuple[str, Where | None]:
        """The elements that the last step reaches, and what is left to ask of them."""
        where = constraint.where
        if last == ".":
            return f"({parent},)", where
        if last == "..":
            return f"parent({parent})", where
        if last == "*":
            return f"{parent}.children", where
        if not last.startswith("//"):
            return f"{parent}.named.get({last!r}, E)", where
        if where is not None and where.template is not None:
            return f"claiming({parent}, {where.template!r}, {last[2:]!r})", _without_template(where)
        reach, clauses = reached(last, parent, self._names)
        return (clauses[0].partition(" in ")[2] if len(clauses) == 1 else f"[{reach} {' '.join(clauses)}]"), where

    def _judge(self, constraint: Constraint, number: int, parent: str, found: str, where: Where | None, depth: int) -> None:
        if roots := _only_claimed(constraint):
            if not _always_judged(constraint):
                self._judged([constraint.id], depth)
            self._line(depth, f"if not {claims(parent, roots)}: note({number}, 'card', {parent}, '0')")
            return
        if constraint.low is None and found == f"({parent},)":
            self._itself(constraint, number, parent, where, depth)
            return
        name = self._names.fresh("f")
        if where is not None:
            one = self._names.fresh()
            found = f"[{one} for {one} in {found} if {condition(where, one, self._names)}]"
        self._line(depth, f"{name} = {found}")
        if constraint.low is not None:
            if not _always_judged(constraint):
                self._judged([constraint.id], depth)
            self._count(constraint, number, parent, name, depth)
        each = constraint.each
        if not (each or _has_facets(constraint)):
            if constraint.low is None:
                self._line(depth, f"if {name}: judged(({constraint.id!r},))")
            return
        if constraint.low is None:
            self._line(depth, f"if {name}:")
            depth += 1
            self._judged([constraint.id, *(one.id for one in each if _always_judged(one))], depth)
        item = self._names.fresh()
        self._line(depth, f"for {item} in {name}:")
        self._facets(constraint, number, item, depth + 1)
        self._block(each, item, depth + 1, told=constraint.low is None)
        self._line(depth + 1, "pass")  # what is optional asks nothing

    def _itself(self, constraint: Constraint, number: int, item: str, where: Where | None, depth: int) -> None:
        if where is not None:
            self._line(depth, f"if {condition(where, item, self._names)}:")
            depth += 1
        self._judged([constraint.id, *(one.id for one in constraint.each if _always_judged(one))], depth)
        self._facets(constraint, number, item, depth)
        self._block(constraint.each, item, depth, told=True)

    def _count(self, constraint: Constraint, number: int, parent: str, name: str, depth: int) -> None:
        low, high = constraint.low or 0, constraint.high
        if low == high == 1:  # asked once of what is there once
            self._line(depth, f"if len({name}) != 1:")
            depth += 1
        if low == 1:
            self._line(depth, f"if not {name}: note({number}, 'card', {parent}, '0')")
        elif low > 1:
            self._line(depth, f"if len({name}) < {low}: note({number}, 'card', {parent}, str(len({name})))")
        if high is not None:
            extra = f"note({number}, 'card', {name}[{high}], str(len({name})))"
            self._line(depth, f"if len({name}) > {high}: {extra}" if high else f"if {name}: {extra}")

    # ---------------------------------------------------------- facets

    def _facets(self, constraint: Constraint, number: int, item: str, depth: int) -> None:
        """What is as it should be passes at its first question; an absence, or a null flavour, is asked about after that."""
        coded = [*_coded(constraint, number, item)]
        if coded or constraint.types or constraint.attributes or constraint.null_flavor is not None:
            self._line(depth, f"a = {item}.attributes")
        for line in coded:
            self._line(depth, line)
        if constraint.valueset is not None:
            self._line(depth, f"value_set({number}, {item}, {constraint.valueset!r}, note)")
        if constraint.types:
            differs = _none_of(frozenset(constraint.types), f"{item}.type")
            self._line(depth, f"if 'nullFlavor' not in a and {differs}: note({number}, 'type', {item}, {item}.type)")
        for name, fact in constraint.attributes.items():
            self._attribute(name, fact, number, item, depth)
        if constraint.text is not None:
            self._text(constraint.text, number, item, depth)
        if constraint.null_flavor is not None:
            wrong = _none_of(frozenset(constraint.null_flavor), "a['nullFlavor']")
            self._line(depth, f"if 'nullFlavor' in a and {wrong}: note({number}, 'null', {item}, a['nullFlavor'])")

    def _attribute(self, name: str, fact: AttributeFact, number: int, item: str, depth: int) -> None:
        present = f"note({number}, 'attributes', {item}, {name + chr(10)!r} + v)"
        absent = f"note({number}, 'attributes', {item}, {name + chr(10)!r})"
        unless = "" if name == "nullFlavor" else " and 'nullFlavor' not in a"
        wrong = "True" if fact.presence == "forbidden" else _unfit(fact, "v")
        if fact.presence != "required":
            if wrong:
                self._line(depth, f"v = a.get({name!r})")
                self._line(depth, f"if v is not None and {wrong}: {present}")
        elif not wrong:
            self._line(depth, f"if {name!r} not in a{unless}: {absent}")
        else:
            self._line(depth, f"v = a.get({name!r})")
            self._line(depth, f"if {wrong}:" if fact.values else f"if v is None or {wrong}:")
            self._line(depth + 1, f"if v is not None: {present}")
            self._line(depth + 1, f"if v is None{unless}: {absent}")

    def _text(self, fact: AttributeFact, number: int, item: str, depth: int) -> None:
        self._line(depth, f"v = {item}.text.strip()")
        wrong = "True" if fact.presence == "forbidden" else _unfit(fact, "v")
        if wrong:
            self._line(depth, f"if v and {wrong}: note({number}, 'text', {item}, v)")
        if fact.presence == "required":
            unless = "" if fact.values or fact.pattern else f" and not {item}.children"
            said = f"note({number}, 'text', {item}, '')"
            self._line(depth, f"if not v and 'nullFlavor' not in {item}.attributes{unless}: {said}")


def _always_judged(constraint: Constraint) -> bool:
    """What is counted under the context itself, whatever it is."""
    return constraint.low is not None and constraint.when is None and parents_and_last(constraint.path)[0] == "."


def _is_at_most_once(constraint: Constraint) -> bool:
    """Nothing is asked but that no two children have the name."""
    plain = constraint.path.isidentifier() and constraint.when is None and constraint.where is None
    return plain and (constraint.low, constraint.high) == (0, 1) and not constraint.each and not _has_facets(constraint)


def _has_facets(constraint: Constraint) -> bool:
    said = (constraint.codes, constraint.labels, constraint.systems, constraint.types, constraint.attributes)
    return any(said) or any(part is not None for part in (constraint.valueset, constraint.text, constraint.null_flavor))


def _only_claimed(constraint: Constraint) -> frozenset[str]:
    """Roots of templates one of which has to be claimed, where nothing else is asked: the elements that claim one are found once a
    document, so that this is one look-up."""
    where = constraint.where
    if where is None or [*where.attributes] != ["root"] or parents_and_last(constraint.path)[1] != "templateId":
        return frozenset()
    more = replace(where, attributes={}) != Where() or constraint.each or _has_facets(constraint)
    return frozenset() if more or (constraint.low, constraint.high) != (1, None) else frozenset(where.attributes["root"])


def _coded(constraint: Constraint, number: int, item: str) -> list[str]:
    lines = []
    found = "coded(a)"
    if constraint.codes:
        pairs = frozenset(constraint.codes)
        if len(pairs) == 1:
            ((code, system),) = pairs
            wrong = f"(a.get('code', '') != {code!r} or a.get('codeSystem', '') != {system!r})"
        else:
            wrong = f"(a.get('code', ''), a.get('codeSystem', '')) not in {{{', '.join(map(repr, sorted(pairs)))}}}"
        lines.append(f"if {wrong} and 'nullFlavor' not in a: note({number}, 'code', {item}, {found})")
    for code, label in constraint.labels.items():
        differs = f"a.get('displayName', {label!r}) != {label!r} and not same_label(a['displayName'], {label!r})"
        said = f"note({number}, 'label', {item}, a['displayName'] + {chr(10) + label!r})"
        lines.append(f"if a.get('code') == {code!r} and {differs}: {said}")
    if constraint.systems:
        wrong = _none_of(frozenset(constraint.systems), "a.get('codeSystem', '')")
        lines.append(f"if {wrong} and 'code' in a and 'nullFlavor' not in a: note({number}, 'system', {item}, {found})")
    return lines


def _none_of(values: frozenset[str], value: str) -> str:
    if not values:
        return "True"
    if len(values) == 1:
        (only,) = values
        return f"{value} != {only!r}"
    return f"not {one_of(values, value)}"


def _unfit(fact: AttributeFact, value: str) -> str:
    if fact.values:
        return _none_of(frozenset(fact.values), value)
    if fact.pattern is not None:
        return f"not matches({fact.pattern!r}, {value})"
    return ""


def _without_template(where: Where) -> Where | None:
    left = replace(where, template=None)
    return None if left == Where() else left
