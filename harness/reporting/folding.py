"""Findings in the order to read them: the worst first, repetitions of one rule folded into one, and one cause told once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace

from harness.model import Finding, Severity
from harness.values import dataclass

GRAVITY: dict[Severity, int] = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.INFO: 2}


@dataclass(frozen=True, slots=True)
class Fold:
    """All findings of one rule at one severity in one document, in the order of its lines, consequences last; at least one.

    same_place: those of other rules, found only where this one was found: most often what the same mistake brings with it.
    """

    rule: str
    severity: Severity
    findings: tuple[Finding, ...]
    same_place: tuple[Fold, ...] = ()

    @property
    def first(self) -> Finding:
        return self.findings[0]

    @property
    def count(self) -> int:
        """With those of the same place."""
        return len(self.findings) + sum(fold.count for fold in self.same_place)

    @property
    def rules(self) -> tuple[str, ...]:
        """With those of the same place."""
        return (self.rule, *(fold.rule for fold in self.same_place))

    @property
    def others(self) -> tuple[Finding, ...]:
        return self.findings[1:]


def folded(findings: Iterable[Finding]) -> tuple[Fold, ...]:
    """The foremost, then by severity, causes before consequences, then by the line where the rule first did not hold; those without
    one come last."""
    groups: dict[tuple[Severity, str], list[Finding]] = {}
    for finding in sorted(findings, key=_place):
        groups.setdefault((finding.severity, finding.rule), []).append(finding)
    folds = [Fold(rule, severity, tuple(members)) for (severity, rule), members in groups.items()]
    foremost = [fold for fold in folds if fold.first.foremost]
    others = _with_those_of_the_same_place([fold for fold in folds if not fold.first.foremost])
    return (*foremost, *sorted(others, key=lambda fold: (GRAVITY[fold.severity], _place(fold.first))))


def _with_those_of_the_same_place(folds: list[Fold]) -> Iterator[Fold]:
    """Of the same element, what is wrong with the grammar comes before what a model says, and that before what rules say."""
    ranked = sorted(folds, key=lambda fold: _generality(fold.rule))
    told: set[str] = set()
    for number, fold in enumerate(ranked):
        if fold.rule in told:
            continue
        places = {finding.location for finding in fold.findings} - {"", "/", "/ClinicalDocument"}
        same = [
            other
            for other in ranked[number + 1 :]
            if other.severity is fold.severity
            and other.rule not in told
            and all(finding.location in places for finding in other.findings)
        ]
        told.update(other.rule for other in same)
        yield replace(fold, same_place=tuple(same))


def _generality(rule: str) -> int:
    return 0 if rule.startswith("CDA-") else 1 if ":" in rule and not rule.startswith("FHIR-") else 2  # FHIR: as they stand


def _place(finding: Finding) -> tuple[bool, bool, int]:
    return finding.consequence, finding.line <= 0, finding.line


@dataclass(frozen=True, slots=True)
class Priority:
    """A rule to repair, with how often it was found and in how many documents."""

    example: Finding
    findings: int
    documents: int


class Priorities:
    """Broken rules, errors before warnings, causes before consequences, those that touch the most documents and places first.

    Infos are left out.
    """

    def __init__(self) -> None:
        self._examples: dict[tuple[Severity, str], Finding] = {}
        self._findings: Counter[tuple[Severity, str]] = Counter()
        self._documents: Counter[tuple[Severity, str]] = Counter()

    def add(self, findings: Iterable[Finding]) -> None:
        """Those of one document more."""
        told: Counter[tuple[Severity, str]] = Counter()
        for finding in findings:
            if finding.severity is not Severity.INFO:
                told[finding.severity, finding.rule] += 1
                self._examples.setdefault((finding.severity, finding.rule), finding)
        self._findings.update(told)
        self._documents.update(told.keys())

    def ranked(self) -> list[Priority]:
        every = [Priority(example, self._findings[what], self._documents[what]) for what, example in self._examples.items()]
        return sorted(
            every,
            key=lambda p: (GRAVITY[p.example.severity], p.example.consequence, -p.documents, -p.findings, p.example.rule),
        )
