"""How good or bad each word of the vocabulary is: one scale for colours and shapes, never the only bearer of meaning."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import TYPE_CHECKING, Literal

from harness.model import DocumentVerdict, ItemStatus, Level, RequirementVerdict, Severity, Verdict
from harness.reporting.summary import Outcome

if TYPE_CHECKING:
    from harness.model import ScenarioResult

Tone = Literal["good", "bad", "warn", "mute"]

TONES: Mapping[type[StrEnum], Mapping[str, Tone]] = {
    DocumentVerdict: {
        DocumentVerdict.PASS: "good",
        DocumentVerdict.PARTIAL: "mute",  # something was not judged: not a success, and nobody's fault
        DocumentVerdict.FAIL: "bad",
        DocumentVerdict.ERROR: "warn",
    },
    Verdict: {Verdict.PASS: "good", Verdict.FAIL: "bad", Verdict.ERROR: "warn", Verdict.SKIP: "mute"},
    RequirementVerdict: {
        RequirementVerdict.MET: "good",
        RequirementVerdict.BROKEN: "bad",
        RequirementVerdict.UNTESTED: "warn",
        RequirementVerdict.NOT_APPLICABLE: "mute",
    },
    Severity: {Severity.ERROR: "bad", Severity.WARNING: "warn", Severity.INFO: "mute"},
    Outcome: {
        Outcome.CONFORMANT: "good",
        Outcome.BROKEN: "bad",
        Outcome.UNJUDGED: "warn",
        Outcome.INCOMPLETE: "warn",
    },
    ItemStatus: {
        ItemStatus.MET: "good",
        ItemStatus.EXCEEDS: "good",
        ItemStatus.LATE: "bad",
        ItemStatus.NOT_YET_DUE: "mute",
        ItemStatus.NOT_APPLICABLE: "mute",
        ItemStatus.NOT_ASSESSED: "warn",
    },
}


# Where the tone alone would draw the same shape for two things that differ.
_SHAPES: Mapping[type[StrEnum], Mapping[str, str]] = {
    DocumentVerdict: {DocumentVerdict.PARTIAL: "half", DocumentVerdict.ERROR: "unknown"},
    Verdict: {Verdict.ERROR: "unknown"},
    RequirementVerdict: {RequirementVerdict.UNTESTED: "open"},
    Outcome: {Outcome.UNJUDGED: "unknown", Outcome.INCOMPLETE: "half"},
    ItemStatus: {ItemStatus.NOT_ASSESSED: "open"},
}


def tone(value: StrEnum) -> Tone:
    return TONES[type(value)][value]


def shape(value: StrEnum) -> str:
    """Name of the sign drawn beside the word: one for each tone, or one of its own."""
    return _SHAPES.get(type(value), {}).get(value) or tone(value)


def scenario_tone(result: ScenarioResult) -> Tone:
    """A scenario that is only `may` does not fail."""
    return "mute" if result.level is Level.MAY and result.verdict is Verdict.FAIL else tone(result.verdict)
