"""The maturity grid, what proves its levels, and where a system stands on it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from datetime import date, datetime

from ..values import dataclass
from .words import Confidence, ItemStatus, Text


@dataclass(frozen=True, slots=True)
class Desired:
    """The level wished from a date on, and who says so. source: a name of Grid.sources; note: what exactly it says."""

    from_: date
    level: int
    source: str
    note: Text | None = None


@dataclass(frozen=True, slots=True)
class GradedLevel:
    """automatic, declared: AND of OR groups of evidence kinds; substitute: declared kinds that may stand for automatic ones.

    volets: patterns of profiles; what documents of other volets prove says nothing of this level.
    """

    level: int
    label: Text
    colour: str
    automatic: tuple[tuple[str, ...], ...] = ()
    declared: tuple[tuple[str, ...], ...] = ()
    substitute: tuple[str, ...] = ()
    requires_levels: tuple[int, ...] = ()
    volets: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Item:
    id: str
    theme: str
    title: Text
    objective: Text
    desired: tuple[Desired, ...]
    applies_to: tuple[str, ...]
    levels: tuple[GradedLevel, ...]
    source: str  # names of Grid.sources, comma between
    further_reading: str = ""
    note: Text | None = None


@dataclass(frozen=True, slots=True)
class Theme:
    id: str
    title: Text


@dataclass(frozen=True, slots=True)
class Grid:
    """validity: days that evidence stays valid, for `automatic` and `declared` kinds; kinds: id -> text."""

    title: Text
    version: str
    themes: tuple[Theme, ...]
    products: Mapping[str, Text]
    items: tuple[Item, ...]
    automatic_kinds: Mapping[str, Text]
    declared_kinds: Mapping[str, Text]
    automatic_days: int
    declared_days: int
    caveats: tuple[Text, ...] = ()
    digest: str = ""
    sources: Mapping[str, Text] = field(default_factory=dict)  # short name -> what document it is


@dataclass(frozen=True, slots=True)
class DocumentProof:
    """How judged documents give an automatic kind of evidence (profiles/convergence/evidence.yaml).

    documents: kinds of documents; rules: patterns of rules whose errors refute it; requirements: patterns of requirements, each to
    be judged in some document and in none with an error, which refutes the kind, or a warning, which leaves it unproved.
    whole: only documents of which everything was judged say something, volet by volet, and not those judged with one of
    `general_profiles` (patterns of coordinates), which say too little.
    """

    kind: str
    documents: tuple[str, ...]
    whole: bool = False
    general_profiles: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    requirements: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AutomaticEvidence:
    """One automatic kind tried by a run. reference leads to it: scenarios or documents of that run, comma between.

    at: the moment, where it is known, so that of two tries on one day the later counts.
    profile: of the documents that were judged (`cda/vsm`), "" when the evidence is not about one volet.
    """

    kind: str
    passed: bool
    on: date
    run: str
    reference: str
    at: datetime | None = None
    profile: str = ""


@dataclass(frozen=True, slots=True)
class DeclaredEvidence:
    """One declared proof. It is accepted only when it names who accepted it and when.

    level: the one it supports, None for every level of the item that asks for its kind; kind "" is a bare claim of that level.
    """

    item: str
    kind: str
    on: date
    reference: str
    accepted_by: str = ""
    accepted_on: date | None = None
    level: int | None = None


@dataclass(frozen=True, slots=True)
class ItemAssessment:
    """Where a system stands on one item.

    attained: highest level held, with the best confidence it is held with; proved, evidenced, claimed: the highest level held with
    just that confidence, 0 when none is; gap: levels short of the desired one; missing: one text a group of kinds that the next
    level lacks, `a|b` where either would do.
    """

    item: str
    attained: int
    confidence: Confidence | None
    proved: int
    evidenced: int
    claimed: int
    desired: int | None
    gap: int
    status: ItemStatus
    evidence: tuple[AutomaticEvidence | DeclaredEvidence, ...]
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Assessment:
    """A system on the whole grid at a date. The two scores (0 to 1) are never merged; by theme likewise."""

    system: str
    product: str
    at: date
    grid_version: str
    items: tuple[ItemAssessment, ...]
    score_proved: float | None
    score_all: float | None
    themes: Mapping[str, tuple[float | None, float | None]]
