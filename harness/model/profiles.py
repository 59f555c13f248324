"""Profiles: what a document must satisfy."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from datetime import date
from types import CodeType
from typing import Any, Literal

from ..values import dataclass
from .words import Environment, Level, Requirement, Severity, Source, Text


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
    program: CodeType = field(compare=False)  # the constraints as Python (harness/library/programs/)


@dataclass(frozen=True, slots=True)
class RuleFix:
    """How a broken rule is mended where that is certain: an attribute written on an element.

    All are XPath from the element of the context. element: the one that bears the attribute; to: its value as a text; when: holds
    where the mend is certain.
    """

    element: str
    attribute: str
    to: str
    when: str


@dataclass(frozen=True, slots=True)
class Rule:
    """A check that crosses elements or needs knowledge: XPath context and assertion with the `h:` functions.

    unless, instead: a facet of constraints. What it has told of an element, the rule does not tell again, or tells in its place.
    On FHIR instead names another rule, of a profile that this one extends.
    """

    id: str
    requirement: str
    context: str
    test: str
    severity: Mapping[Environment, Severity]  # keys TEST and PRODUCTION
    message: Text
    hint: Text
    fix: RuleFix | None = None
    unless: str = ""
    instead: str = ""


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
    """concepts: (code system OID, code) -> display; ended: of those that are retired, the day from which they are."""

    id: str
    oid: str
    version: str
    title: str
    concepts: Mapping[tuple[str, str], str]
    ended: Mapping[tuple[str, str], str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Measure:
    """What the value of a code can be: units, of which one of the same kind is also admitted and the first is that of the bounds.

    above: the low bound itself is not reached; whole: without a fraction; scale: closed, another value is no value of it;
    also: values beyond the bounds.
    """

    units: tuple[str, ...]
    low: float | None
    high: float | None
    above: bool
    whole: bool
    scale: bool
    also: tuple[float, ...]


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
    canonicals: tuple[str, ...] = ()  # FHIR: how what a resource claims in meta.profile begins
    when: tuple[str, ...] = ()  # FHIR: FHIRPath on the document, one of which is true
    follow: tuple[tuple[str, str, str], ...] = ()  # FHIR: type, FHIRPath on the document, profile that it has to follow when true

    @property
    def coordinate(self) -> str:
        return f"{self.id}@{self.version}"

    @property
    def is_claimed(self) -> bool:
        """Documents are recognised by it; others are only extended."""
        return self.template is not None or bool(self.codes or self.canonicals or self.when)


@dataclass(frozen=True, slots=True)
class ProfilePart:
    """What one profile says itself: constraints on ClinicalDocument and rules, each with the Python they were written to."""

    constraints: tuple[Constraint, ...]
    constraint_program: CodeType = field(compare=False)
    rules: tuple[Rule, ...]
    rule_program: CodeType = field(compare=False)


@dataclass(frozen=True, slots=True)
class Profile:
    """A profile ready to judge with, everything it extends included.

    templates: by templateId root; parts: of each profile it extends, the most general first, and its own last; excused: checks
    that no mutation needs to trip, and constraints of which nothing is to be remarked, with the reason.
    """

    head: ProfileHead
    parts: tuple[ProfilePart, ...]
    templates: Mapping[str, tuple[Template, ...]]
    mutations: tuple[Mutation, ...]
    requirements: Mapping[str, Requirement]
    digest: str
    excused: Mapping[str, Text] = field(default_factory=dict)

    @property
    def constraints(self) -> tuple[Constraint, ...]:
        """On ClinicalDocument itself."""
        return tuple(constraint for part in self.parts for constraint in part.constraints)

    @property
    def rules(self) -> tuple[Rule, ...]:
        return tuple(rule for part in self.parts for rule in part.rules)
