"""The vocabulary of the project as frozen values. No I/O, and no other module of ours is known here.

Top down: words shared by everything, profiles (what a document must satisfy), judgements (what a document was found to be),
scenarios and runs (what a system was found to do), scores, and the maturity grid.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Literal

Lang = Literal["fr", "en"]


@dataclass(frozen=True, slots=True)
class Text:
    """One sentence in both languages of the project."""

    fr: str
    en: str

    def in_(self, lang: Lang) -> str:
        return self.fr if lang == "fr" else self.en


class Severity(StrEnum):
    ERROR = "error"  # a must is broken
    WARNING = "warning"  # a should, or a must that the environment softens
    INFO = "info"  # worth knowing; never counts


class Level(StrEnum):
    MUST = "must"
    SHOULD = "should"
    MAY = "may"  # shown, never counted


class Environment(StrEnum):
    AUTO = "auto"  # production when the document carries a production INS OID, else test
    TEST = "test"
    PRODUCTION = "production"


class RequirementVerdict(StrEnum):
    MET = "met"
    BROKEN = "broken"
    UNTESTED = "untested"
    NOT_APPLICABLE = "not-applicable"


class DocumentVerdict(StrEnum):
    PASS = "pass"  # all of it judged, no error
    PARTIAL = "partial"  # no error in what was judged; `not_judged` says what was not
    FAIL = "fail"
    ERROR = "error"  # could not be judged


class Verdict(StrEnum):
    """Of a step or a scenario."""

    PASS = "pass"
    FAIL = "fail"
    ERROR = "error"  # the harness or the network could not judge
    SKIP = "skip"


@dataclass(frozen=True, slots=True)
class Source:
    """Where a statement comes from: a document, its section, its version."""

    document: str
    section: str = ""
    version: str = ""

    def __str__(self) -> str:
        return " ".join(part for part in (self.document, self.version, self.section) if part)


@dataclass(frozen=True, slots=True)
class Requirement:
    """One testable statement of a referential. `group` names the family it is counted under in a score."""

    id: str
    text: Text
    level: Level
    source: Source
    group: str = ""
    opposable_from: date | None = None


# ------------------------------------------------------------------ profiles: what a document must satisfy


@dataclass(frozen=True, slots=True)
class Where:
    """A condition on one element. Every part given must hold.

    attributes: name -> allowed values (any of them); has, lacks: child paths that must, must not, lead somewhere;
    template: root of a templateId among the children; null_flavor: True wants one, False wants none;
    types: local names of xsi:type; negated: must not hold; any: one of these must hold.
    """

    attributes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    template: str | None = None
    has: tuple[str, ...] = ()
    lacks: tuple[str, ...] = ()
    null_flavor: bool | None = None
    types: tuple[str, ...] = ()
    negated: Where | None = None
    any: tuple[Where, ...] = ()


@dataclass(frozen=True, slots=True)
class AttributeFact:
    """What one attribute of an element has to be. values: allowed ones; pattern: regular expression on the whole value."""

    presence: Literal["required", "optional", "forbidden"] = "optional"
    values: tuple[str, ...] = ()
    pattern: str | None = None


@dataclass(frozen=True, slots=True)
class Constraint:
    """One fact on the elements that `path` reaches from its context element and `where` selects (docs/profile-format.md).

    high None means no upper bound; low None and high None mean that nothing is counted.
    codes: allowed (code, code system OID) pairs; labels: code -> expected label.
    null_flavor: allowed null flavors, () forbids any, None leaves it free.
    """

    id: str
    path: str
    where: Where | None = None
    when: Where | None = None
    low: int | None = None
    high: int | None = None
    codes: tuple[tuple[str, str], ...] = ()
    labels: Mapping[str, str] = field(default_factory=dict)
    systems: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    valueset: str | None = None
    attributes: Mapping[str, AttributeFact] = field(default_factory=dict)
    text: AttributeFact | None = None
    null_flavor: tuple[str, ...] | None = None
    each: tuple[Constraint, ...] = ()
    level: Level = Level.MUST
    message: Text | None = None
    hint: Text | None = None
    source: Source | None = None


@dataclass(frozen=True, slots=True)
class Template:
    """A set of constraints on every element that claims it by templateId root (extension None: any)."""

    id: str
    root: str
    extension: str | None
    element: str
    name: Text
    source: Source
    constraints: tuple[Constraint, ...]


@dataclass(frozen=True, slots=True)
class Rule:
    """A check that crosses elements or needs knowledge: XPath context and assertion with the `h:` functions."""

    id: str
    requirement: str
    context: str
    test: str
    severity: Mapping[Environment, Severity]  # keys TEST and PRODUCTION
    message: Text
    hint: Text


@dataclass(frozen=True, slots=True)
class Mutation:
    """One edit of a valid document that must trip the named rules (or constraint facets).

    edits: mappings with one verb each (docs/profile-format.md); `derived` ones come from a constraint.
    """

    id: str
    edits: tuple[Mapping[str, Any], ...]
    trips: tuple[str, ...]
    derived: bool = False


@dataclass(frozen=True, slots=True)
class ValueSet:
    """concepts: (code system OID, code) -> display."""

    id: str
    oid: str
    version: str
    title: str
    concepts: Mapping[tuple[str, str], str]


@dataclass(frozen=True, slots=True)
class ProfileHead:
    """What is known of a profile before its rules are loaded: enough to recognise a document."""

    id: str  # family/name
    version: str
    code: str
    title: Text
    owner: str
    category: str
    status: str  # life cycle of a CI-SIS specification; draft and public-comment are never counted
    in_force_from: date | None
    in_force_until: date | None
    source: Source
    kind: Literal["cda", "fhir", "xdm", "api"]
    template: str | None = None  # document templateId that recognises it
    extension: str | None = None
    codes: tuple[tuple[str, str], ...] = ()
    extends: tuple[str, ...] = ()
    judges_body: bool = True

    @property
    def coordinate(self) -> str:
        return f"{self.id}@{self.version}"


@dataclass(frozen=True, slots=True)
class Profile:
    """A profile ready to judge with, everything it extends included.

    templates: by templateId root; expressions: the XPath of the rules, by its text, parsed (harness/library/xpath.py).
    """

    head: ProfileHead
    constraints: tuple[Constraint, ...]  # on ClinicalDocument itself
    templates: Mapping[str, tuple[Template, ...]]
    rules: tuple[Rule, ...]
    mutations: tuple[Mutation, ...]
    requirements: Mapping[str, Requirement]
    digest: str
    expressions: Mapping[str, Any] = field(default_factory=dict)


# ------------------------------------------------------------------ judgements: what a document was found to be


@dataclass(frozen=True, slots=True)
class Excerpt:
    """Lines of the document around a finding, masked, the first one's number given (from 1)."""

    first_line: int
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Finding:
    """A rule that did not hold. location: XPath (or FHIRPath); line from 1, 0 when unknown."""

    rule: str
    requirement: str
    severity: Severity
    location: str
    line: int
    message: Text
    hint: Text
    source: str
    fix: str | None = None
    excerpt: Excerpt | None = None


@dataclass(frozen=True, slots=True)
class Judgement:
    """A document judged. requirements: those that were judged on it, `met` or `broken`; profile: coordinate or None."""

    path: str
    kind: str
    profile: str | None
    profile_digest: str
    version_assumed: bool
    verdict: DocumentVerdict
    not_judged: tuple[Text, ...]
    findings: tuple[Finding, ...]
    seconds: float
    sha256: str
    requirements: Mapping[str, RequirementVerdict] = field(default_factory=dict)


# ------------------------------------------------------------------ scenarios and runs: what a system was found to do


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a scenario. kind: its verb; arguments and expect as written, `${...}` not yet replaced.

    requirements: those this step gives evidence on (the loader writes all of the scenario's where the file names none).
    when: a comparison that must hold for the step to be played; always: played even after a step that failed;
    line: where it stands in the scenario's file, from 1.
    """

    id: str
    kind: Literal["send", "receive", "check", "wait", "ask"]
    arguments: Mapping[str, Any]
    expect: Mapping[str, Any]
    requirements: tuple[str, ...] = ()
    save: Mapping[str, str] = field(default_factory=dict)
    when: Mapping[str, Any] = field(default_factory=dict)
    always: bool = False
    line: int = 0


@dataclass(frozen=True, slots=True)
class Scenario:
    """proves: kinds of automatic evidence of the maturity grid that its success supports. level MAY is never counted."""

    id: str
    title: Text
    protocol: str
    level: Level
    requirements: tuple[str, ...]
    actors: Mapping[str, str]
    given: Mapping[str, Any]
    steps: tuple[Step, ...]
    negative: bool = False
    proves: tuple[str, ...] = ()
    note: Text | None = None
    file: str = ""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where one protocol of a system is reached. headers hold secrets: never printed, stored or reported."""

    protocol: str
    url: str
    ca_file: str | None = None
    client_certificate: str | None = None
    client_key: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class System:
    """The product under test."""

    name: str
    endpoints: tuple[Endpoint, ...]
    actors: tuple[str, ...] = ()
    volets: tuple[str, ...] = ()
    product: str = ""


@dataclass(frozen=True, slots=True)
class Request:
    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class Response:
    status: int
    headers: Mapping[str, str]
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class Exchange:
    """One captured request and what came back. failure says why there is no usable response (deadline, TLS, size ...).

    Secret header values are already replaced here.
    """

    id: str
    protocol: str
    transaction: str
    request: Request
    response: Response | None
    started_at: datetime
    seconds: float
    failure: Text | None = None


@dataclass(frozen=True, slots=True)
class StepResult:
    id: str
    verdict: Verdict
    message: Text
    exchanges: tuple[str, ...]
    requirements: tuple[str, ...]
    findings: tuple[Finding, ...] = ()
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class ScenarioResult:
    id: str
    title: Text
    level: Level
    negative: bool
    verdict: Verdict
    steps: tuple[StepResult, ...]
    requirements: Mapping[str, RequirementVerdict]
    proves: tuple[str, ...]
    seconds: float


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened in a run. The runner emits, the terminal, the store and the reports listen."""

    run: str
    at: datetime


@dataclass(frozen=True, slots=True)
class RunStarted(Event):
    system: str
    target: str
    seed: int
    scenarios: tuple[str, ...]
    profiles: Mapping[str, str]  # coordinate -> digest
    resumed: bool = False


@dataclass(frozen=True, slots=True)
class ScenarioStarted(Event):
    scenario: str
    title: Text
    level: Level = Level.MUST
    negative: bool = False


@dataclass(frozen=True, slots=True)
class StepStarted(Event):
    scenario: str
    step: str


@dataclass(frozen=True, slots=True)
class ExchangeCaptured(Event):
    scenario: str
    step: str
    exchange: Exchange


@dataclass(frozen=True, slots=True)
class StepEnded(Event):
    scenario: str
    result: StepResult


@dataclass(frozen=True, slots=True)
class ScenarioEnded(Event):
    result: ScenarioResult


@dataclass(frozen=True, slots=True)
class RunEnded(Event):
    interrupted: bool
    reason: Text | None = None


@dataclass(frozen=True, slots=True)
class ExchangeRecord:
    """An exchange as stored: digests instead of bytes. `masked` when a production INS was masked before storing."""

    id: str
    scenario: str
    step: str
    protocol: str
    transaction: str
    method: str
    url: str
    status: int | None
    request_sha256: str
    response_sha256: str | None
    started_at: datetime
    seconds: float
    failure: Text | None
    request_headers: Mapping[str, str] = field(default_factory=dict)
    response_headers: Mapping[str, str] = field(default_factory=dict)
    request_received_sha256: str = ""  # before masking, when it differs
    response_received_sha256: str = ""
    masked: bool = False


@dataclass(frozen=True, slots=True)
class RunRecord:
    """A run as read back from the store, or as it stands at its end."""

    id: str
    system: str
    target: str
    seed: int
    started_at: datetime
    ended_at: datetime | None
    interrupted: bool
    planned: tuple[str, ...]
    scenarios: tuple[ScenarioResult, ...]
    exchanges: tuple[ExchangeRecord, ...]
    profiles: Mapping[str, str]
    judgements: tuple[Judgement, ...] = ()
    harness_version: str = ""


# ------------------------------------------------------------------ scores


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


# ------------------------------------------------------------------ the maturity grid


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
    further_reading: str
    desired: tuple[Desired, ...]
    applies_to: tuple[str, ...]
    levels: tuple[GradedLevel, ...]
    source: str  # names of Grid.sources, comma between
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


class Confidence(StrEnum):
    PROVED = "proved"  # by a run of this system, still valid
    EVIDENCED = "evidenced"  # by an accepted proof
    CLAIMED = "claimed"  # declared, no accepted proof


class ItemStatus(StrEnum):
    MET = "met"
    LATE = "late"
    NOT_YET_DUE = "not_yet_due"
    EXCEEDS = "exceeds"
    NOT_APPLICABLE = "not_applicable"
    NOT_ASSESSED = "not_assessed"


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
