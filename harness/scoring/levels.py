"""When a graded level is held, and with what confidence: the rules of attainment (docs/maturity.md)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from fnmatch import fnmatchcase

from harness.model import AutomaticEvidence, Confidence, DeclaredEvidence, GradedLevel, Item
from harness.values import dataclass


@dataclass(frozen=True, slots=True)
class Evidence:
    """What counts for one item at a date. tried: the last valid tries of each automatic kind; declared: valid, accepted or not."""

    tried: Mapping[str, Sequence[AutomaticEvidence]]
    declared: Sequence[DeclaredEvidence]
    at: date

    def passed(self, kind: str, level: GradedLevel) -> bool:
        tries = self.tries(kind, level)
        return bool(tries) and all(piece.passed for piece in tries)

    def failed(self, kind: str, level: GradedLevel) -> bool:
        return not all(piece.passed for piece in self.tries(kind, level))

    def tries(self, kind: str, level: GradedLevel) -> list[AutomaticEvidence]:
        """Those that concern the level: where it names volets, not those on documents of other volets."""
        return [
            piece
            for piece in self.tried.get(kind, ())
            if not level.volets or not piece.profile or any(fnmatchcase(piece.profile, volet) for volet in level.volets)
        ]

    def proofs(self, kinds: Sequence[str], level: int, *, accepted: bool) -> Iterator[DeclaredEvidence]:
        """Proofs of one of these kinds for a level; accepted: leave out those that nobody has accepted at the date."""
        for proof in self.declared:
            if proof.kind in kinds and proof.level in (None, level) and (not accepted or self._is_accepted(proof)):
                yield proof

    def claims(self, level: int) -> bool:
        """The level is claimed as such, whatever would prove it."""
        return any(not proof.kind and proof.level == level for proof in self.declared)

    def _is_accepted(self, proof: DeclaredEvidence) -> bool:
        return bool(proof.accepted_by) and proof.accepted_on is not None and proof.accepted_on <= self.at


def confidence_of(item: Item, level: GradedLevel, evidence: Evidence) -> Confidence | None:
    """The best confidence a level is held with, None when it is not held.

    It is held with a confidence when its own criteria are, and those of every level it requires in turn. A level that only asks
    for declared proofs is never proved, however many runs there were.
    """
    needed = list(_needed(item, level))
    if level.automatic and all(_is_run(part, evidence) and _is_declared(part, evidence, accepted=True) for part in needed):
        return Confidence.PROVED
    if all(_is_held(part, evidence, accepted=True) for part in needed):
        return Confidence.EVIDENCED
    if all(_is_held(part, evidence, accepted=False) for part in needed):
        return Confidence.CLAIMED
    return None


def missing_for(item: Item, number: int, evidence: Evidence) -> tuple[str, ...]:
    """Groups of kinds that a level, or one it requires, lacks to be held with accepted proofs: `a|b` where either would do."""
    missing: dict[str, None] = {}
    for level in item.levels:
        if level.level != number:
            continue
        for part in _needed(item, level):
            if not _is_substituted(part, evidence, accepted=True):
                missing |= dict.fromkeys("|".join(group) for group in _unproved(part, evidence))
            missing |= dict.fromkeys("|".join(group) for group in _undeclared(part, evidence, accepted=True))
    return tuple(missing)


def _needed(item: Item, level: GradedLevel) -> Iterator[GradedLevel]:
    """The level and all that it requires in turn; required levels are lower ones, so that this ends."""
    yield level
    for required in item.levels:
        if required.level in level.requires_levels:
            yield from _needed(item, required)


def _is_held(level: GradedLevel, evidence: Evidence, *, accepted: bool) -> bool:
    if not accepted and evidence.claims(level.level) and not _is_refuted(level, evidence):
        return True
    run = _is_run(level, evidence) or _is_substituted(level, evidence, accepted=accepted)
    return run and _is_declared(level, evidence, accepted=accepted)


def _is_run(level: GradedLevel, evidence: Evidence) -> bool:
    """Every group of the automatic part has a kind that passed; true of a level that has none."""
    return not any(_unproved(level, evidence))


def _unproved(level: GradedLevel, evidence: Evidence) -> Iterator[tuple[str, ...]]:
    return (group for group in level.automatic if not any(evidence.passed(kind, level) for kind in group))


def _is_refuted(level: GradedLevel, evidence: Evidence) -> bool:
    """A group that did not pass has a kind that was run and failed: no proof and no claim stands for that."""
    return any(evidence.failed(kind, level) for group in _unproved(level, evidence) for kind in group)


def _is_substituted(level: GradedLevel, evidence: Evidence, *, accepted: bool) -> bool:
    return not _is_refuted(level, evidence) and any(evidence.proofs(level.substitute, level.level, accepted=accepted))


def _is_declared(level: GradedLevel, evidence: Evidence, *, accepted: bool) -> bool:
    return not any(_undeclared(level, evidence, accepted=accepted))


def _undeclared(level: GradedLevel, evidence: Evidence, *, accepted: bool) -> Iterator[tuple[str, ...]]:
    return (group for group in level.declared if not any(evidence.proofs(group, level.level, accepted=accepted)))
