"""Scores: conformance and coverage."""

from __future__ import annotations

from collections.abc import Mapping

from ..values import dataclass
from .words import RequirementVerdict


@dataclass(frozen=True, slots=True)
class GroupScore:
    """Counts of must requirements of one group; broken_should counts the shoulds that did not hold."""

    group: str
    met: int
    broken: int
    untested: int
    broken_should: int = 0

    @property
    def conformance(self) -> float | None:
        tested = self.met + self.broken
        return self.met / tested if tested else None

    @property
    def coverage(self) -> float | None:
        applicable = self.met + self.broken + self.untested
        return (self.met + self.broken) / applicable if applicable else None


@dataclass(frozen=True, slots=True)
class Score:
    """Conformance and coverage over must requirements, always together. verdicts: requirement id -> verdict."""

    total: GroupScore
    groups: tuple[GroupScore, ...]
    verdicts: Mapping[str, RequirementVerdict]

    @property
    def conformant(self) -> bool:
        return self.total.broken == 0 and self.total.untested == 0 and self.total.met > 0
