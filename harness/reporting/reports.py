"""What a report is made of: values of the model, and nothing that has to be fetched while it is written."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import field
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar

from harness.model import Environment, Judgement, Requirement
from harness.reporting.totals import Totals
from harness.values import dataclass

if TYPE_CHECKING:
    from harness.model import Assessment, Grid, RunRecord, Scenario, Score, Skipped


@dataclass(frozen=True)
class CheckReport:
    """Documents judged by one `harness check`.

    judgements: read several times, from the first to the last, and never held together; skipped: likewise.
    environment: the one asked for; started: aware; elapsed: seconds since then, by whoever asks.
    requirements: texts of the requirements named by the findings, where the caller has them at hand.
    base: the absolute folder that relative paths start from ("" when unknown); only SARIF needs it.
    counted: the totals, where who judged has counted while it judged.
    """

    command: ClassVar[str] = "check"
    version: str
    judgements: Sequence[Judgement]
    skipped: Sequence[Skipped]
    environment: Environment
    started: datetime
    elapsed: Callable[[], float]
    requirements: Mapping[str, Requirement] = field(default_factory=dict)
    base: str = ""
    counted: Totals | None = None

    @cached_property
    def totals(self) -> Totals:
        """Totals of all documents: those already counted, else counted by reading them."""
        return Totals.of(self.judgements) if self.counted is None else self.counted


@dataclass(frozen=True, slots=True)
class RunReport:
    """A run with its score. content: SHA-256 -> stored bytes, KeyError or HarnessError when they are not at hand.

    resumable: what it was played against may still be there to go on with.
    """

    command: ClassVar[str] = "run"
    record: RunRecord
    score: Score
    requirements: Mapping[str, Requirement]
    scenarios: Mapping[str, Scenario]
    assessment: Assessment | None
    grid: Grid | None
    content: Callable[[str], bytes]
    version: str
    resumable: bool = True


@dataclass(frozen=True, slots=True)
class AssessReport:
    """A system on the maturity grid, without a run beside it."""

    command: ClassVar[str] = "assess"
    assessment: Assessment
    grid: Grid
    version: str


Report = CheckReport | RunReport | AssessReport
