"""Mutations played one after the other on valid documents, and what each trips that the document alone does not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import field

from lxml import etree

from ...documents import mutation
from ...documents.mends import Mend
from ...model import Environment, Mutation, Rule, Text
from ...values import dataclass
from ..constraints import Check
from ..node import Node
from ..rules import RuleSet
from ..walking import CompiledProfile


class Trial:
    """Mutations played one after the other, and what they showed. part: what is to be proved, of the whole profile."""

    def __init__(self, part: CompiledProfile, whole: CompiledProfile) -> None:
        self.part = part
        self.whole = whole
        self.tripped: set[str] = set()
        self.silent: dict[str, tuple[str, ...]] = {}
        self.effective: set[str] = set()
        self.played: set[str] = set()
        self.met: set[str] = set()
        self.held: set[str] = set()
        self.reasons: dict[str, Text] = {}
        self.faults: dict[str, tuple[str, ...]] = {}

    def play(self, mutations: Iterable[Mutation], root: etree._Element, environment: Environment, *, again: bool = False) -> None:
        """On a whole document, those that have shown no effect yet and (unless `again`) whose check nothing has tripped."""
        before = _Tripped(environment)
        self.whole.walk(root, environment, before)
        part = _Tripped(environment)
        self.part.walk_constraints(root, part)
        self.met |= before.occasions.keys()
        self.held |= self.part.rules_held(root, environment)
        for one in mutations:
            if one.derived and one.trips[0] in self.tripped and one.id not in self.silent and not again:
                continue
            if one.id not in self.effective and (mutated := mutation.apply(one, root)) is not None:
                after = _Tripped(environment)
                if one.derived:
                    self.part.walk_constraints(mutated, after)
                else:
                    self.whole.walk(mutated, environment, after)
                self._note(one, part if one.derived else before, after)

    def play_on_templates(self, mutations: Iterable[Mutation], root: etree._Element) -> None:
        """Derived ones, on a part of a document: only what templates say is looked at."""
        before = _Tripped(Environment.TEST)
        self.part.walk_templates(root, before)
        self.met |= before.occasions.keys()
        for one in mutations:
            if one.id not in self.effective and (mutated := mutation.apply(one, root)) is not None:
                after = _Tripped(Environment.TEST)
                self.part.walk_templates(mutated, after)
                self._note(one, before, after)

    def _note(self, one: Mutation, before: _Tripped, after: _Tripped) -> None:
        new = {rule for rule, count in after.counts.items() if count > before.counts.get(rule, 0)}
        self.tripped |= new
        missing = tuple(name for name in one.trips if not _is_among(name, new))
        if missing and one.derived and _took_away(one, before, after):
            return
        self.played.add(one.id)
        if missing:
            self.silent.setdefault(one.id, missing)
        else:
            self.effective.add(one.id)


def _took_away(one: Mutation, before: _Tripped, after: _Tripped) -> bool:
    """Whether the constraint had less to judge after the edit than before."""
    constraint = one.trips[0].rpartition(".")[0]
    return after.occasions[constraint] < before.occasions[constraint]


def _is_among(name: str, tripped: Iterable[str]) -> bool:
    """A mutation may name a check, or the constraint or requirement whose checks it means."""
    return any(rule == name or rule.rpartition(".")[0] == name for rule in tripped)


class Deaf:
    """A listener that ignores everything; subclasses listen to what they need."""

    # ruff: noqa: ARG002

    def judged(self, requirements: tuple[str, ...]) -> None: ...
    def note(self, check: Check, facet: str, node: Node, found: str) -> None: ...
    def grammar(self, rule: str, node: Node, message: Text, hint: Text, mend: Mend | None = None) -> None: ...
    def rule(self, rule: Rule, node: Node, rules: RuleSet) -> None: ...


@dataclass(slots=True)
class _Tripped(Deaf):
    """Counts, and finds no words. occasions: how often each requirement had something to judge."""

    environment: Environment
    occasions: Counter[str] = field(default_factory=Counter)
    counts: dict[str, int] = field(default_factory=dict)

    def judged(self, requirements: tuple[str, ...]) -> None:
        self.occasions.update(requirements)

    def note(self, check: Check, facet: str, node: Node, found: str) -> None:
        self._count(f"{check.constraint.id}.{facet}")

    def grammar(self, rule: str, node: Node, message: Text, hint: Text, mend: Mend | None = None) -> None:
        self._count(rule)

    def rule(self, rule: Rule, node: Node, rules: RuleSet) -> None:
        self._count(rule.id)

    def _count(self, rule: str) -> None:
        self.counts[rule] = self.counts.get(rule, 0) + 1
