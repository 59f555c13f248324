"""What a document's edits add to what each side says of it unedited: our rules and the official ones.

An edit is reported by a side when it adds to what that side says of the document unedited: for ours an error or a warning, for
the official tool any message. Missed: reported by the official tool and not by us. Alone: an error of ours where it says nothing.
Stopped: the official tool was late or ended in an error on it; the part that did is left out on both sides.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field

from harness.model import Judgement, OfficialReport, Severity

TOLD = (Severity.ERROR, Severity.WARNING)


@dataclass(frozen=True)
class Example:
    """One example and its edits, the unedited first in `ours` and `theirs`; what is in `theirs` waits for the report."""

    name: str
    edits: list[str]
    ours: list[Judgement]
    theirs: list[Callable[[], OfficialReport | None]]


@dataclass
class Tally:
    """What came of the edits of one volet."""

    edits: int = 0
    reported: int = 0
    both: int = 0
    stopped: int = 0
    missed: list[tuple[str, list[tuple[str, str]]]] = field(default_factory=list)
    alone: list[tuple[str, list[tuple[str, str]]]] = field(default_factory=list)


@dataclass
class Comparison:
    volets: dict[str, Tally] = field(default_factory=lambda: defaultdict(Tally))
    parts: dict[str, list[int]] = field(default_factory=lambda: defaultdict(lambda: [0, 0]))  # reported, missed


def settle(example: Example, comparison: Comparison) -> None:
    theirs = [report() for report in example.theirs]
    clean = theirs[0]
    assert clean is not None
    tally = comparison.volets[clean.volet or "(no volet)"]
    for edit, judgement, report in zip(example.edits, example.ours[1:], theirs[1:], strict=True):
        assert report is not None
        _edit(f"{example.name}: {edit}", (example.ours[0], judgement), (clean, report), tally, comparison.parts)


def _edit(
    edit: str,
    ours: tuple[Judgement, Judgement],
    theirs: tuple[OfficialReport, OfficialReport],
    tally: Tally,
    parts: dict[str, list[int]],
) -> None:
    tally.edits += 1
    stopped = {part.name for report in theirs for part in report.parts if part.stopped}
    tally.stopped += theirs[1].stopped > theirs[0].stopped
    new = _said(theirs[1], stopped) - _said(theirs[0], stopped)
    counted = added(*ours)
    if new:
        tally.reported += 1
        tally.both += bool(counted)
        for part in {part for part, _ in new}:
            parts[part.partition(":")[0]][0] += 1
            parts[part.partition(":")[0]][1] += not counted
        if not counted:
            tally.missed.append((edit, sorted(new)))
        return
    errors = added(*ours, (Severity.ERROR,))
    if errors and theirs[1].stopped <= theirs[0].stopped:  # what it had no time to say is not said
        told = {(one.rule, one.message.fr) for one in ours[1].findings if one.rule in errors and one.severity is Severity.ERROR}
        tally.alone.append((edit, sorted(told)))


def added(before: Judgement, after: Judgement, severities: Sequence[Severity] = TOLD) -> Counter[str]:
    """By rule, the findings that ours has more of."""
    return _rules(after, severities) - _rules(before, severities)


def _said(report: OfficialReport, without: Collection[str]) -> Counter[tuple[str, str]]:
    parts = (part for part in report.parts if part.name not in without)
    return Counter((part.name, finding.message) for part in parts for finding in part.findings)


def _rules(judgement: Judgement, severities: Sequence[Severity]) -> Counter[str]:
    return Counter(finding.rule for finding in judgement.findings if finding.severity in severities)


def total(tallies: Iterable[Tally]) -> Tally:
    summed = Tally()
    for one in tallies:
        summed.edits += one.edits
        summed.reported += one.reported
        summed.both += one.both
        summed.stopped += one.stopped
        summed.missed += one.missed
        summed.alone += one.alone
    return summed
