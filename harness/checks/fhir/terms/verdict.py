"""What is said of a code: in, out, or that it cannot be told here, and why. Three-valued logic keeps the reason on its way up."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from ....model import Text
from ....values import dataclass

Kind = Literal["in", "out", "unknown"]


@dataclass(frozen=True, slots=True)
class Verdict:
    """reason: why it is out or cannot be told; None where being out speaks for itself."""

    kind: Kind
    reason: Text | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """kind: of membership; display: of the wording given, "unknown" also when none was or none is known to compare with.

    state: what the code system says of the code besides. asked: a terminology server said so.
    """

    kind: Kind
    display: Literal["ok", "differs", "unknown"] = "unknown"
    expected_display: str = ""
    reason: Text | None = None
    state: Literal["", "abstract", "retired"] = ""
    ended: str = ""
    asked: bool = False


IN = Verdict("in")
OUT = Verdict("out")


def unknown(fr: str, en: str) -> Verdict:
    return Verdict("unknown", Text(fr, en))


def out(fr: str, en: str) -> Verdict:
    return Verdict("out", Text(fr, en))


def every(verdicts: Iterable[Verdict]) -> Verdict:
    """In when all are, out when one is, whatever the others are."""
    doubt: Verdict | None = None
    for verdict in verdicts:
        if verdict.kind == "out":
            return verdict
        if verdict.kind == "unknown" and doubt is None:
            doubt = verdict
    return doubt or IN


def some(verdicts: Iterable[Verdict]) -> Verdict:
    """In when one is, out when all are."""
    doubt: Verdict | None = None
    explained: Verdict | None = None
    for verdict in verdicts:
        if verdict.kind == "in":
            return verdict
        if verdict.kind == "unknown":
            doubt = doubt or verdict
        elif verdict.reason is not None:
            explained = explained or verdict
    return doubt or explained or OUT


def opposite(verdict: Verdict) -> Verdict:
    if verdict.kind == "unknown":
        return verdict
    return OUT if verdict.kind == "in" else IN
