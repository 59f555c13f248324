"""Our rules on FHIR proved: their specimens trip nothing, each mutation trips what it names, each rule is tripped by one."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from ....documents.fhir_json import read_json
from ....library import Library
from ....model import Environment, Finding, Severity
from ...circumstances import Circumstances
from ...proofs.proving import Proof, not_played
from ..remarks import Remark
from .judging import FrenchRules
from .mutating import mutated

_PLAYED = (Environment.TEST, Environment.PRODUCTION)


def prove_rules(library: Library, coordinate: str, specimens: Mapping[str, bytes], *, at: date, now: datetime) -> Proof:
    """Of the profile's own rules. specimens: valid resources in JSON, by name. Each is judged in the environment that its
    authorities tell, and so are its mutations, whatever authority they write: a NIA has an authority of production only.
    """
    own = library.own_part(coordinate)
    told = FrenchRules(library, Circumstances(at, now, Environment.AUTO, own.head))
    judges = {one: FrenchRules(library, Circumstances(at, now, one, own.head)) for one in _PLAYED}
    judge_of = {name: judges[told.environment_of(read_json(data))] for name, data in specimens.items()}
    checks = {rule.id: rule.requirement for rule in own.rules}
    errors: list[tuple[str, Finding]] = []
    met: set[str] = set()
    for name, data in specimens.items():
        verdict = judge_of[name].judge(read_json(data))
        met |= verdict.requirements.keys()
        errors += [(name, _finding(remark)) for remark in verdict.remarks if remark.severity is not Severity.INFO]
    tripped: set[str] = set()
    silent: list[tuple[str, tuple[str, ...]]] = []
    not_applicable: list[str] = []
    for mutation in own.mutations:
        tried = [(name, found) for name, data in specimens.items() if (found := mutated(data, mutation.edits)) is not None]
        seen = [{remark.rule for remark in judge_of[name].judge(read_json(data)).remarks} for name, data in tried]
        tripped = tripped.union(*seen) & checks.keys()
        missing = min((tuple(sorted(set(mutation.trips) - rules)) for rules in seen), key=len, default=())
        if not tried:
            not_applicable.append(mutation.id)
        elif missing:
            silent.append((mutation.id, missing))
    left = checks.keys() - tripped - own.excused.keys()
    unplayed = left - {rule for _, rules in silent for rule in rules}
    return Proof(
        profile=coordinate,
        checks=len(checks),
        tripped=frozenset(tripped),
        silent=tuple(silent),
        unproved=tuple(sorted(rule for rule in left if checks[rule] in met)),
        unmet=tuple(sorted(rule for rule in left if checks[rule] not in met)),
        errors=tuple(errors),
        played=len(own.mutations) - len(not_applicable),
        not_applicable=tuple(not_applicable),
        excused=tuple(rule for rule in own.excused if rule in checks),
        reasons={rule: not_played(rule, checks[rule], own.mutations) for rule in unplayed},
        whole=True,
        unheld=tuple(sorted(rule for rule, requirement in checks.items() if requirement not in met)),
    )


def _finding(remark: Remark) -> Finding:
    node = remark.node
    return Finding(remark.rule, remark.requirement, remark.severity, node.path, node.line, remark.message, remark.hint, "")
