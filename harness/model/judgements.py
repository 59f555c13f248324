"""Judgements: what a document was found to be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from .words import DocumentVerdict, RequirementVerdict, Severity, Text


@dataclass(frozen=True, slots=True)
class Excerpt:
    """Lines of the document around a finding, masked, the first one's number given (from 1)."""

    first_line: int
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Replacement:
    """Characters of a document's text, and what is to stand in their place. Lines and columns from 1; the end is not included."""

    line: int
    column: int
    end_line: int
    end_column: int
    text: str


@dataclass(frozen=True, slots=True)
class Fix:
    """A mend that is certain. replacements: in the order of the text, none over another."""

    description: Text
    replacements: tuple[Replacement, ...]


@dataclass(frozen=True, slots=True)
class Finding:
    """A rule that did not hold. location: XPath (or FHIRPath); line from 1, 0 when unknown; section: title of the one it is in."""

    rule: str
    requirement: str
    severity: Severity
    location: str
    line: int
    message: Text
    hint: Text
    source: str
    fix: Fix | None = None
    excerpt: Excerpt | None = None
    section: str = ""


@dataclass(frozen=True, slots=True)
class Judgement:
    """A document judged. requirements: those that were judged on it, `met` or `broken`; profile: coordinate or None.

    patch: its fixes as a unified diff, when it was asked for and there are any.
    """

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
    patch: str = ""
