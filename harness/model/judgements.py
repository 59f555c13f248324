"""Judgements: what a document was found to be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from itertools import compress, repeat
from operator import is_

from ..values import dataclass
from .words import DocumentVerdict, RequirementVerdict, Severity, Text

STEP_NOT_JUDGED = "step.judged"  # rule of the findings of a step that say what of an answer could not be judged


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
    """A mend that is certain. replacements: in the order of the text, none over another; none where only the mend was asked for."""

    description: Text
    replacements: tuple[Replacement, ...]


@dataclass(frozen=True, slots=True)
class Finding:
    """A rule that did not hold. location: XPath (or FHIRPath); line from 1, 0 when unknown; section: title of the one it is in.

    consequence: it comes from something else that is told; foremost: it is to be read before all others, whatever its severity.
    """

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
    consequence: bool = False
    foremost: bool = False


@dataclass(frozen=True, slots=True)
class OfficialFinding:
    """What a published tool reports, in its own words. role: as its author wrote it; line from 1, 0 when unknown."""

    role: str
    location: str
    line: int
    message: str


@dataclass(frozen=True, slots=True)
class OfficialPart:
    """One of its judges. stopped: why it gave no verdict, None when it gave one; unjudged: what it could not evaluate."""

    name: str
    findings: tuple[OfficialFinding, ...]
    stopped: Text | None = None
    unjudged: tuple[Text, ...] = ()


@dataclass(frozen=True, slots=True)
class OfficialReport:
    """A document as a published tool judges it: beside our judgement, never mixed with it.

    package, digest: what judged; volet: the one whose rules were added to those of every document, None when none is known.
    """

    package: str
    digest: str
    volet: str | None
    volet_assumed: bool
    parts: tuple[OfficialPart, ...]
    seconds: float

    @property
    def findings(self) -> int:
        return sum(len(part.findings) for part in self.parts)

    @property
    def stopped(self) -> int:
        return sum(part.stopped is not None for part in self.parts)


@dataclass(frozen=True, slots=True)
class MustSupport:
    """The must-support elements of a FHIR profile in one document. profile: its canonical with its version.

    resources: how many of the document follow it; present: in how many of these each element is, by its id; absent: those that
    none has, which is no error.
    """

    profile: str
    resources: int
    present: Mapping[str, int]
    absent: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Within:
    """Where a document stands that is no file of its own: a line of NDJSON, an entry of a Bundle, a member of an archive.

    file: what its lines are counted in, named as paths are (`archive.zip!member`); line: of it, where the document begins, 0
    when it is the whole of it; archive: the file that holds it all, if it is one.
    """

    file: str
    line: int = 0
    archive: str = ""


@dataclass(frozen=True, slots=True)
class Skipped:
    """A file that is no carrier of a document, and why. within: None of a file of its own."""

    path: str
    reason: Text
    within: Within | None = None


@dataclass(frozen=True, slots=True)
class Judgement:
    """A document judged. requirements: those that were judged on it, `met` or `broken`; profile: coordinate or None.

    patch: its fixes as a unified diff, when it was asked for and there are any.
    must_support: of the FHIR profiles it follows, when it was asked for; else None.
    official: what a published tool says of it, where one was asked.
    sha256: of its bytes, in hexadecimal; empty where no one asks for it.
    within: None of a file of its own. The lines of findings are those of the file.
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
    sha256: str = ""
    requirements: Mapping[str, RequirementVerdict] = field(default_factory=dict)
    patch: str = ""
    official: OfficialReport | None = None
    must_support: tuple[MustSupport, ...] | None = None
    within: Within | None = None

    def met(self) -> list[str]:
        """Ids of requirements that held."""
        return self._with_verdict(RequirementVerdict.MET)

    def broken(self) -> tuple[list[str], list[str]]:
        """Ids of requirements that did not hold, of CDA, FHIR and XDM alike: musts, then those that are no more than recommended
        or optional, of which findings speak and none is an error."""
        told = self._with_verdict(RequirementVerdict.BROKEN)
        if not told:
            return [], []
        errors = {finding.requirement for finding in self.findings if finding.severity is Severity.ERROR}
        milder = {finding.requirement for finding in self.findings} - errors
        return [id for id in told if id not in milder], [id for id in told if id in milder]

    def _with_verdict(self, verdict: RequirementVerdict) -> list[str]:
        asked = self.requirements
        return list(compress(asked, map(is_, asked.values(), repeat(verdict))))  # of hundreds
