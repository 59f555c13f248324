"""Plays mutations on valid documents: which checks they trip, which mutation trips nothing, which check nothing trips."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import field
from itertools import product

from lxml import etree

from ...documents import Document
from ...library.nested import walk
from ...model import Constraint, Environment, Finding, Mutation, Profile, Severity, Text
from ...values import dataclass
from ..findings import Findings
from ..judge import Judge
from ..tree import nodes_of
from ..walking import CompiledProfile
from .mutations import derived_mutations, mutations_of
from .specimens import Derived, Deriver, chains
from .targets import Target, targets_of
from .trial import Trial

_TOGETHER = 40  # templates that one document is made to hold, for the rules that cross them


@dataclass(frozen=True, slots=True)
class Proof:
    """What mutations showed of a profile.

    checks: how many there are; tripped: those (`<constraint>.<facet>` and rules) that a mutation trips; silent: mutations that were
    applicable and did not trip what they name, with it; unproved: checks that met the documents and that no mutation trips; unmet:
    checks of which the documents hold nothing; excused: checks that need not be tripped, as the profile's data say; reasons: why a
    check is unproved or unmet; faults: what a derived specimen breaks still, by what it was derived for; errors: errors of the
    documents as they are given; played: how many mutations were applicable; not_applicable: the others (a derived one that takes
    away the very element its constraint is about is one of these); whole: documents were derived, so that nothing should be unmet;
    unheld: rules that hold nowhere in a valid document: of them is shown that they can fail, not that they can be obeyed.
    """

    profile: str
    checks: int
    tripped: frozenset[str]
    unproved: tuple[str, ...]
    played: int
    silent: tuple[tuple[str, tuple[str, ...]], ...] = ()
    unmet: tuple[str, ...] = ()
    errors: tuple[tuple[str, Finding], ...] = ()
    not_applicable: tuple[str, ...] = ()
    excused: tuple[str, ...] = ()
    reasons: Mapping[str, Text] = field(default_factory=dict)
    faults: tuple[tuple[str, tuple[str, ...]], ...] = ()
    whole: bool = False
    unheld: tuple[str, ...] = ()

    @property
    def holds(self) -> bool:
        """Every check is tripped or excused; of documents that somebody gave, every check that they meet."""
        return not (self.silent or self.unproved or self.errors or (self.whole and self.unmet))


def prove(
    judge: Judge,
    coordinate: str,
    documents: Sequence[Document],
    specimens: Mapping[str, Sequence[Document]] | None = None,
    *,
    own: CompiledProfile | None = None,
    deriver: Deriver | None = None,
) -> Proof:
    """Plays every written and derived mutation of a profile on valid documents (CDA), until one of them shows its effect.

    documents: valid for the profile; specimens: valid for the profile whose coordinate is given, which is this one or one that it
    extends; own: the part of the profile to be proved (all of it, unless given); deriver: makes valid documents of the profile's
    constraints, on which derived mutations are played first. A derived mutation is held against constraints alone, so that each
    rule is proved by a mutation that somebody wrote for it.
    """
    whole = judge.cda().compiled(coordinate)
    part = whole if own is None else own
    profile = part.profile
    trial = Trial(part, whole)
    valid = {name: list(those) for name, those in (specimens or {}).items()}
    valid.setdefault(coordinate, []).extend(documents)
    mine = valid.values() if own is None else [valid[coordinate]]
    given = [document.root for those in mine for document in those if document.root is not None]
    derived = [] if deriver is None else _derive(deriver, trial)
    mutations = (*profile.mutations, *derived_mutations(profile))
    for root in (*given, *derived):
        trial.play(mutations, root, judge.cda().environment_of(nodes_of(root)[0]))
    checks = dict(_checks(profile))
    if checks.keys() - trial.tripped:  # what is proved already may trip these by the way
        for root in given:
            trial.play(mutations, root, judge.cda().environment_of(nodes_of(root)[0]), again=True)
    excused = tuple(name for name in profile.excused if name in checks)
    open_checks = {name: requirement for name, requirement in checks.items() if name not in trial.tripped and name not in excused}
    return Proof(
        profile=coordinate,
        checks=len(checks),
        tripped=frozenset(trial.tripped),
        silent=tuple((name, missing) for name, missing in trial.silent.items() if name not in trial.effective),
        unproved=tuple(sorted(name for name, requirement in open_checks.items() if requirement in trial.met)),
        unmet=tuple(sorted(name for name, requirement in open_checks.items() if requirement not in trial.met)),
        errors=tuple(
            error for name, those in valid.items() if own is None or name == coordinate for error in _errors(judge, name, those)
        ),
        played=len(trial.played),
        not_applicable=tuple(one.id for one in mutations if one.id not in trial.played),
        excused=excused,
        reasons={name: _reason(name, requirement, trial) for name, requirement in open_checks.items()},
        faults=tuple(trial.faults.items()),
        whole=deriver is not None,
        unheld=tuple(sorted({rule.id for rule in profile.rules} - trial.held)),
    )


def _derive(deriver: Deriver, trial: Trial) -> list[etree._Element]:
    """Plays the derived mutations of each template on specimens of its own. Gives back documents made for the profile itself."""
    document, *targets = targets_of(trial.part.profile)
    for target in targets:
        _try(deriver, trial, target)
    whole = _try(deriver, trial, document)
    is_crossed = trial.part.profile.mutations and len(targets) < _TOGETHER
    return [whole.root, deriver.together([document, *targets]).root] if is_crossed else [whole.root]


def _try(deriver: Deriver, trial: Trial, target: Target) -> Derived:
    """Plays its derived mutations on a document with all that it speaks of, and one more for each that this one does not hold."""
    mutations = list(mutations_of(target))

    def play(made: Derived, among: Container[str] | None = None) -> None:
        some = mutations if among is None else [one for one in mutations if one.trips[0] in among]
        if target.template is None:
            trial.play(some, made.root, Environment.TEST)
        elif (part := deriver.part(made.root, target)) is not None:
            trial.play_on_templates(some, part)

    first = deriver.whole(target)
    known = () if target.template is None else deriver.blank.faults
    if left := tuple(name for name in first.faults if name not in known):
        trial.faults[target.name] = left
    trial.reasons |= first.reasons
    play(first)
    for chain, apart in product(chains(target.constraints), (False, True) if target.template is None else (False,)):
        missing = {f"{chain[-1].id}.{facet}" for facet in facets(chain[-1])} - trial.tripped
        if missing:
            other = deriver.variant(target, chain, apart=apart)
            trial.reasons |= {name: reason for name, reason in other.reasons.items() if name == chain[-1].id}
            if set(other.faults) <= set(first.faults):
                play(other, missing)
    return first


def _reason(name: str, requirement: str, trial: Trial) -> Text:
    if requirement in trial.reasons:
        return trial.reasons[requirement]
    silent = [one for one, missing in trial.silent.items() if name in missing and one not in trial.effective]
    if silent:
        return Text(f"joué sans effet : {silent[0]}", f"played to no effect: {silent[0]}")
    if name in {rule.id for rule in trial.part.profile.rules}:
        return not_played(name, requirement, trial.part.profile.mutations)
    if requirement in trial.met:
        return Text("aucune mutation ne s'applique", "no mutation is applicable")
    return Text("aucun document ne contient ce dont elle parle", "no document holds what it speaks of")


def not_played(rule: str, requirement: str, mutations: Iterable[Mutation]) -> Text:
    """Why no written mutation was played on a rule."""
    written = next((one.id for one in mutations if rule in one.trips or requirement in one.trips), None)
    if written is None:
        return Text("aucune mutation écrite ne la nomme", "no written mutation names it")
    return Text(
        f"la mutation {written} ne trouve pas ce qu'elle change dans un document valide",
        f"mutation {written} finds nothing to change in a valid document",
    )


def _checks(profile: Profile) -> Iterator[tuple[str, str]]:
    """Every check a finding may name, with its requirement."""
    for target in targets_of(profile):
        for constraint in walk(target.constraints):
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
    compiled = judge.cda().compiled(coordinate)
    for document in documents:
        if document.root is None:
            continue
        first = nodes_of(document.root)[0]
        environment = judge.cda().environment_of(first)
        findings = Findings(document, first, compiled.profile, environment)
        compiled.walk_nodes(first, environment, findings)
        for finding in findings.found():
            if finding.severity is Severity.ERROR:
                yield document.path, finding
