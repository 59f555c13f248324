"""Mutations played one after the other on valid documents, and what each trips that the document alone does not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence, Set
from dataclasses import field
from functools import partial

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

    def play(self, mutations: Sequence[Mutation], root: etree._Element, environment: Environment, *, again: bool = False) -> None:
        """On a whole document, those that have shown no effect yet and (unless `again`) whose check nothing has tripped."""
        self.held |= self.part.rules_held(root, environment)
        written = (one for one in mutations if not one.derived)
        derived = (one for one in mutations if one.derived and (again or one.id in self.silent or one.trips[0] not in self.tripped))
        self.met |= self._play(written, root, partial(self.whole.walk, environment=environment))
        self._play(derived, root, self.part.walk_constraints)

    def play_on_templates(self, mutations: Iterable[Mutation], root: etree._Element) -> None:
        """Derived ones, on a part of a document: only what templates say is looked at."""
        self.met |= self._play(mutations, root, self.part.walk_templates)

    def _play(self, mutations: Iterable[Mutation], root: etree._Element, walk: Callable[..., None]) -> Set[str]:
        """Gives back the requirements that had something to judge before anything was changed."""
        walk(root, listener=(before := _Tripped()))
        for one in mutations:
            if one.id not in self.effective and (mutated := mutation.apply(one, root)) is not None:
                walk(mutated, listener=(after := _Tripped()))
                self._note(one, before, after)
        return before.occasions.keys()

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
