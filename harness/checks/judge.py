"""Judges a document: recognised, walked once against its profile, and told in findings and verdicts."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import date, datetime
from typing import TYPE_CHECKING

from ..documents import KINDS, Document, Refused
from ..errors import HarnessError
from ..library import Library
from ..model import (
    Environment,
    Finding,
    Judgement,
    Text,
    Within,
)
from .circumstances import Circumstances
from .verdicts import could_not_be_judged

if TYPE_CHECKING:
    from ..library.fhir.definitions import Definitions
    from .cda_judge import CdaJudge
    from .fhir.judge import FhirJudge
    from .fhir.terms.terminology import Server
    from .verdicts import Mending


class Judge:
    """Judges documents against the profiles of a library.

    at: the date that says which profiles are in force; now: what "in the future" is measured from; profile: judge with this one
    whatever the document claims (the canonical of a FHIR profile: for FHIR documents, beside what they claim); mending: findings
    say how to mend what is certain; definitions: of FHIR, those of HARNESS_HOME unless given; server: of
    terminology, asked what cannot be told without it; must_support: tell which of these elements FHIR documents have; digests:
    judgements carry the SHA-256 of their document.
    """

    def __init__(
        self,
        library: Library,
        *,
        at: date,
        now: datetime,
        environment: Environment = Environment.AUTO,
        profile: str | None = None,
        mending: Mending = "",
        definitions: Definitions | None = None,
        server: Server | None = None,
        must_support: bool = False,
        digests: bool = True,
    ) -> None:
        self._library = library
        self._digests = digests
        self._mending = mending
        self._definitions = definitions
        self._server = server
        self._must_support = must_support
        self._fhir_profiles = [profile] if profile is not None and ":" in profile else []
        self._fhir: FhirJudge | None = None
        asked = None if profile is None or self._fhir_profiles else library.head(profile, at)
        self._circumstances = Circumstances(at, now, environment, asked)
        self._cda: CdaJudge | None = None

    def judge(self, document: Document) -> Judgement:
        """Raises DataError when a file of the profile is wrong."""
        sha256 = document.sha256 if self._digests else ""
        if document.resource is not None:
            return self.fhir().judge(document, sha256)
        judgement = self._judge(document)
        return replace(judgement, sha256=sha256) if sha256 else judgement

    def _judge(self, document: Document) -> Judgement:
        root = document.root
        if document.beside is not None:
            from .xdm.metadata import judge_metadata  # only for XDM

            return judge_metadata(document, self._library)
        if root is None:
            return _not_judged_here(document)
        return self.cda().judge(document, root)

    def cda(self) -> CdaJudge:
        """Judges CDA documents."""
        if self._cda is None:
            from .cda_judge import CdaJudge  # only for CDA

            self._cda = CdaJudge(self._library, self._circumstances, mending=self._mending)
        return self._cda

    def fhir(self) -> FhirJudge:
        """Judges FHIR documents; opened when there is one. Raises UsageError when the profile asked for is not known."""
        if self._fhir is None:
            from ..library.fhir.definitions import Definitions  # only for FHIR
            from .fhir.french.judging import FrenchRules
            from .fhir.judge import FhirJudge

            circumstances = self._circumstances
            if circumstances.asked is not None and circumstances.asked.kind != "fhir":
                circumstances = replace(circumstances, asked=None)
            known = self._definitions if self._definitions is not None else Definitions.open(told=self._library.told)
            self._fhir = FhirJudge(
                known,
                FrenchRules(self._library, circumstances),
                now=circumstances.now,
                profiles=self._fhir_profiles,
                tables=self._library,
                server=self._server,
                must_support=self._must_support,
            )
        return self._fhir


def refused(refusal: Refused) -> Judgement:
    """The judgement of a document that could not be read."""
    error = refusal.error
    digest = hashlib.sha256(refusal.data).hexdigest()
    what = error.what
    if error.column > 1:  # the line is told beside
        what = Text(f"colonne {error.column} : {what.fr}", f"column {error.column}: {what.en}")
    return placed(could_not_be_judged(refusal.path, "", digest, "document.readable", what, error.hint, error.line), refusal.within)


def unjudged(path: str, data: bytes, why: HarnessError) -> Judgement:
    """The judgement of a document that could be read, for all we know, and was not judged."""
    return could_not_be_judged(path, "", hashlib.sha256(data).hexdigest(), "document.judged", why.message, why.hint, 0)


def placed(judgement: Judgement, within: Within | None) -> Judgement:
    """The judgement of what stands in a file, its findings at the lines of that. Only JSON begins elsewhere than at the first."""
    if within is None:
        return judgement
    more = max(within.line, 1) - 1
    findings = tuple(_moved(finding, more) for finding in judgement.findings) if more else judgement.findings
    return replace(judgement, within=within, findings=findings)


def _moved(finding: Finding, more: int) -> Finding:
    excerpt = finding.excerpt
    if excerpt is not None:
        excerpt = replace(excerpt, first_line=excerpt.first_line + more)
    return replace(finding, line=max(finding.line, 1) + more, excerpt=excerpt)


def _not_judged_here(document: Document) -> Judgement:
    kind = KINDS[document.kind]
    message = Text(
        f"{kind.fr} : reconnu, mais pas jugé par cette version.", f"{kind.en}: recognised, but not judged by this version."
    )
    hint = Text("Sont jugés les documents CDA et les ressources FHIR.", "CDA documents and FHIR resources are judged.")
    return could_not_be_judged(document.path, document.kind, "", "document.covered", message, hint, 0)
