"""What two judges of FHIR say of the same documents, held side by side: for `oracle_fhir.py`."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from settled import OURS, THEIRS, Settled

Errors = Counter[tuple[str, str]]  # path, message
STOPPED, UNSETTLED = "stopped", "not settled"


@dataclass(frozen=True, slots=True)
class Case:
    """base: what the mutant was made from, None for what is published as it is."""

    guide: str
    kind: str
    name: str
    data: bytes
    base: bytes | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """What both say of a case, of a mutant what they do not say of its base. theirs: None when the validator stopped."""

    case: Case
    ours: Errors
    theirs: Errors | None

    @property
    def differs(self) -> str:
        if self.theirs is None:
            return STOPPED
        return "" if bool(self.ours) == bool(self.theirs) else OURS if self.ours else THEIRS

    @property
    def alone(self) -> Errors:
        """The errors of the side that is alone to report."""
        return {OURS: self.ours, THEIRS: self.theirs or Errors()}.get(self.differs, Errors())


def class_of(told: Told, classes: Iterable[Settled]) -> str:
    """The class of a disagreement: that of its first error where each is of one or follows from it, else that it is not settled."""
    if told.differs in ("", STOPPED):
        return told.differs
    known = [one for one in classes if one.side == told.differs]
    found = {error: next((one for one in known if one.covers(*error)), None) for error in told.alone}
    classes_found = [one for one in found.values() if one is not None]
    is_settled = all(one is not None or any(other.follows(*error) for other in classes_found) for error, one in found.items())
    return classes_found[0].id if classes_found and is_settled else UNSETTLED


def more(after: Errors | None, before: Errors | None) -> Errors | None:
    """What is said of a mutant and not of its base, nor of it at another rank; None when one of the two was not judged."""
    if after is None or before is None:
        return None
    moved = Counter(map(_without_ranks, (before - after).elements()))
    new: Errors = Counter()
    for error in (after - before).elements():
        if moved[_without_ranks(error)]:
            moved[_without_ranks(error)] -= 1
        else:
            new[error] += 1
    return new


def _without_ranks(error: tuple[str, str]) -> tuple[str, str]:
    path, message = error
    return re.sub(r"\[\d+\]", "", path), re.sub(r"\[\d+\]", "", message)


def place(path: str) -> str:
    """A path as both write it: no comment, and a choice by its name in JSON."""
    path = re.sub(r"/\*.*?\*/", "", path)
    path = re.sub(r"(\w+)\.ofType\((\w)(\w*)\)", lambda found: found[1] + found[2].upper() + found[3], path)
    return re.sub(r"\[x\]|\[0\]", "", path)


def near(one: Errors, other: Errors) -> bool:
    """Whether an error of each is at the same element, or at one that holds the other."""
    paths = {path for path, _ in other}
    return any(f"{path}.".startswith(f"{held}.") or f"{held}.".startswith(f"{path}.") for path, _ in one for held in paths)
