"""Plays mutations on valid documents: which checks they trip, which mutation trips nothing, which check nothing trips."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from ..documents import Document, mutation
from ..library.linking import walk
from ..model import Constraint, Environment, Finding, Mutation, Profile, Rule, Severity, Text
from .constraints import Check
from .findings import Findings
from .judge import Judge
from .mutations import derived_mutations
from .node import Node
from .rules import RuleSet


@dataclass(frozen=True, slots=True)
class Proof:
    """What mutations showed of a profile.

    tripped: checks (`<constraint>.<facet>` and rules) that a mutation trips; silent: mutations that were applicable and did not
    trip what they name, with it; unproved: checks that met the documents and that no mutation trips; unmet: checks of which the
    documents hold nothing; errors: errors of the documents as they are given; played: how many mutations were applicable;
    not_applicable: the others (a derived one that takes away the very element its constraint is about is one of these).
    """

    profile: str
    tripped: frozenset[str]
    silent: tuple[tuple[str, tuple[str, ...]], ...]
    unproved: tuple[str, ...]
    unmet: tuple[str, ...]
    errors: tuple[tuple[str, Finding], ...]
    played: int
    not_applicable: tuple[str, ...]

    @property
    def holds(self) -> bool:
        return not (self.silent or self.unproved or self.errors)


def prove(
    judge: Judge, coordinate: str, documents: Sequence[Document], specimens: Mapping[str, Sequence[Document]] | None = None
) -> Proof:
    """Plays every written and derived mutation of a profile on valid documents (CDA), until one of them shows its effect.

    documents: valid for the profile; specimens: valid for the profile whose coordinate is given, which is this one or one that it
    extends. These are small and hold what is seldom written: mutations are played on them first. A derived mutation is held
    against constraints alone, so that each rule is proved by a mutation that somebody wrote for it.
    """
    compiled = judge.compiled(coordinate)
    profile = compiled.profile
    mutations = (*profile.mutations, *derived_mutations(profile))
    valid = {name: list(those) for name, those in (specimens or {}).items()}
    valid.setdefault(coordinate, []).extend(documents)
    tripped: set[str] = set()
    silent: dict[str, tuple[str, ...]] = {}
    effective: set[str] = set()
    played: set[str] = set()
    met: set[str] = set()
    for document in (document for those in valid.values() for document in those):
        root = document.root
        if root is None:
            continue
        environment = judge.environment_of(root)
        before = _Tripped(environment)
        compiled.walk(root, environment, before)
        met |= before.judged.keys()
        for one in mutations:
            if one.id in effective:
                continue
            mutated = mutation.apply(one, root)
            if mutated is None:
                continue
            after = _Tripped(environment)
            if one.derived:
                compiled.walk_constraints(mutated, after)
            else:
                compiled.walk(mutated, environment, after)
            new = {rule for rule, count in after.counts.items() if count > before.counts.get(rule, 0)}
            tripped |= new
            missing = tuple(name for name in one.trips if not _is_among(name, new))
            if missing and one.derived and _took_away(one, before, after):
                continue
            played.add(one.id)
            if missing:
                silent.setdefault(one.id, missing)
            else:
                effective.add(one.id)
    checks = dict(_checks(profile))
    return Proof(
        profile=coordinate,
        tripped=frozenset(tripped),
        silent=tuple((name, missing) for name, missing in silent.items() if name not in effective),
        unproved=tuple(sorted(name for name, requirement in checks.items() if name not in tripped and requirement in met)),
        unmet=tuple(sorted(name for name, requirement in checks.items() if name not in tripped and requirement not in met)),
        errors=tuple(error for name, those in valid.items() for error in _errors(judge, name, those)),
        played=len(played),
        not_applicable=tuple(one.id for one in mutations if one.id not in played),
    )


def _took_away(one: Mutation, before: _Tripped, after: _Tripped) -> bool:
    """The constraint had less to judge after the edit than before."""
    constraint = one.trips[0].rpartition(".")[0]
    return after.judged.get(constraint, 0) < before.judged.get(constraint, 0)


def _is_among(name: str, tripped: Iterable[str]) -> bool:
    """A mutation may name a check, or the constraint or requirement whose checks it means."""
    return any(rule == name or rule.rpartition(".")[0] == name for rule in tripped)


def _checks(profile: Profile) -> Iterator[tuple[str, str]]:
    """Every check a finding may name, with its requirement."""
    templates = {template.id: template for known in profile.templates.values() for template in known}
    for constraints in (profile.constraints, *(template.constraints for template in templates.values())):
        for constraint in walk(constraints):
            for facet in facets(constraint):
                yield f"{constraint.id}.{facet}", constraint.id
    for rule in profile.rules:
        yield rule.id, rule.requirement


def facets(constraint: Constraint) -> Iterator[str]:
    """Facets of a constraint that a document can break."""
    if constraint.low or constraint.high is not None:
        yield "card"
    if constraint.codes:
        yield "code"
    if constraint.systems:
        yield "system"
    if constraint.labels or constraint.valueset:
        yield "label"
    if constraint.types:
        yield "type"
    if constraint.valueset:
        yield "valueset"
    if any(fact.presence != "optional" or fact.values or fact.pattern for fact in constraint.attributes.values()):
        yield "attributes"
    if constraint.text is not None:
        yield "text"
    if constraint.null_flavor is not None:
        yield "null"


def _errors(judge: Judge, coordinate: str, documents: Iterable[Document]) -> Iterator[tuple[str, Finding]]:
    compiled = judge.compiled(coordinate)
    for document in documents:
        if document.root is None:
            continue
        environment = judge.environment_of(document.root)
        findings = Findings(document, document.root, compiled.profile, environment)
        compiled.walk(document.root, environment, findings)
        for finding in findings.found():
            if finding.severity is Severity.ERROR:
                yield document.path, finding


class _Occasions(dict[str, int]):
    """How often each requirement had something to judge."""

    def update(self, requirements: Iterable[str]) -> None:  # type: ignore[override]
        for requirement in requirements:
            self[requirement] = self.get(requirement, 0) + 1


@dataclass(slots=True)
class _Tripped:
    """A listener that counts, and finds no words."""

    # ruff: noqa: ARG002

    environment: Environment
    judged: _Occasions = field(default_factory=_Occasions)
    counts: dict[str, int] = field(default_factory=dict)

    def note(self, check: Check, facet: str, node: Node, found: str) -> None:
        self._count(f"{check.constraint.id}.{facet}")

    def grammar(self, rule: str, node: Node, message: Text, hint: Text) -> None:
        self._count(rule)

    def rule(self, rule: Rule, node: Node, rules: RuleSet) -> None:
        self._count(rule.id)

    def _count(self, rule: str) -> None:
        self.counts[rule] = self.counts.get(rule, 0) + 1
