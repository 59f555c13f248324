"""What a document's edits add to what each side says of it unedited: our rules and the official ones.

An edit is reported by a side when it adds to what that side says of the document unedited: for ours an error or a warning, for
the official tool any message. Missed: reported by the official tool and not by us. Alone: an error of ours where it says nothing.
Stopped: the official tool was late or ended in an error on it; the part that did is left out on both sides.
Settled: what would be missed, where each message is of a class of `settled_cda.yaml`, or cites another value of what was wrong
already.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from settled import Settled, settled

from harness.model import Judgement, OfficialReport, Severity

SETTLED = Path(__file__).parent / "settled_cda.yaml"
REWORDED = "reworded"
FEW, WIDTH = 3, 240  # of what is said of one edit: how many messages are printed, how much of each
SOFT = ("warning", "info", "information")  # roles of what the official tool does not call an error
TOLD = (Severity.ERROR, Severity.WARNING)


@dataclass(frozen=True)
class Example:
    """One example and its edits, the unedited first in `ours` and `theirs`; what is in `theirs` waits for the report."""

    name: str
    edits: list[str]
    ours: list[Judgement]
    theirs: list[Callable[[], OfficialReport | None]]


Reported = tuple[str, list[tuple[str, str]]]  # an edit, and what one side alone says of it: part or rule, message


@dataclass
class Tally:
    """What came of the edits of one volet."""

    edits: int = 0
    reported: int = 0
    both: int = 0
    stopped: int = 0
    missed: list[Reported] = field(default_factory=list)
    alone: list[Reported] = field(default_factory=list)
    softer: list[Reported] = field(default_factory=list)  # an error of the official tool, no more than a warning of ours
    settled: Counter[str] = field(default_factory=Counter)  # by class


@dataclass
class Comparison:
    volets: dict[str, Tally] = field(default_factory=lambda: defaultdict(Tally))
    kinds: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    parts: dict[str, list[int]] = field(default_factory=lambda: defaultdict(lambda: [0, 0]))  # reported, not by us
    classes: Sequence[Settled] = field(default_factory=lambda: settled(SETTLED))


def settle(example: Example, comparison: Comparison) -> list[Reported]:
    """Counts the edits of the example in `comparison`; gives those that were missed."""
    theirs = [report() for report in example.theirs]
    clean = theirs[0]
    assert clean is not None
    tally = comparison.volets[clean.volet or "(no volet)"]
    before = len(tally.missed)
    for edit, judgement, report in zip(example.edits, example.ours[1:], theirs[1:], strict=True):
        assert report is not None
        _edit(f"{example.name}: {edit}", (example.ours[0], judgement), (clean, report), tally, comparison)
    return tally.missed[before:]


def in_lines(reported: Reported) -> str:
    edit, told = reported
    return "\n".join((f"  {edit}", *(f"      {what}: {message[:WIDTH]}" for what, message in told[:FEW])))


def _edit(
    edit: str,
    ours: tuple[Judgement, Judgement],
    theirs: tuple[OfficialReport, OfficialReport],
    tally: Tally,
    comparison: Comparison,
) -> None:
    kind = comparison.kinds[edit.partition(": ")[2].partition(" ")[0]]
    tally.edits += 1
    kind["edits"] += 1
    stopped = {part.name for report in theirs for part in report.parts if part.stopped}
    tally.stopped += theirs[1].stopped > theirs[0].stopped
    before, after = (_said(one, stopped) for one in theirs)
    new, gone = after - before, before - after
    counted, errors = added(*ours), added(*ours, (Severity.ERROR,))
    if new:
        tally.reported += 1
        tally.both += bool(counted)
        kind["reported"] += 1
        kind["both"] += bool(counted)
        if wrong := _said(theirs[1], stopped, errors=True) - _said(theirs[0], stopped, errors=True):
            kind["errors"] += 1
            kind["errors both"] += bool(errors)
            if counted and not errors:
                warned = {(one.rule, one.message.fr) for one in ours[1].findings if one.rule in counted}
                tally.softer.append((edit, [*sorted(wrong)[:1], *sorted(warned)]))
        for part in {part for part, _ in new}:
            comparison.parts[part.partition(":")[0]][0] += 1
            comparison.parts[part.partition(":")[0]][1] += not counted
        if not counted:
            missed = edit, sorted(new)
            if known := _class(missed, comparison.classes) if _unquoted(new) - _unquoted(gone) else REWORDED:
                tally.settled[known] += 1
            else:
                tally.missed.append(missed)
        return
    if errors and theirs[1].stopped <= theirs[0].stopped:  # what it had no time to say is not said
        told = {(one.rule, one.message.fr) for one in ours[1].findings if one.rule in errors and one.severity is Severity.ERROR}
        tally.alone.append((edit, sorted(told)))


def _class(missed: Reported, classes: Sequence[Settled]) -> str:
    """That of the first message where each is of one, else none."""
    edit, said = missed
    found = [next((one.id for one in classes if one.covers(f"{edit}: {part}", message)), "") for part, message in said]
    return found[0] if all(found) else ""


def _unquoted(said: Counter[tuple[str, str]]) -> Counter[tuple[str, str]]:
    """Without the values that the messages cite of the document, which stand between signs."""
    return Counter((part, re.sub(r"\[[^\]]*\]|\"[^\"]*\"", "", message)) for part, message in said.elements())


def added(before: Judgement, after: Judgement, severities: Sequence[Severity] = TOLD) -> Counter[str]:
    """By rule, the findings that ours has more of."""
    return _rules(after, severities) - _rules(before, severities)


def _said(report: OfficialReport, without: Collection[str], errors: bool = False) -> Counter[tuple[str, str]]:
    found = ((part.name, one) for part in report.parts if part.name not in without for one in part.findings)
    return Counter((part, one.message) for part, one in found if not errors or one.role not in SOFT)


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
        summed.softer += one.softer
        summed.settled += one.settled
    return summed
