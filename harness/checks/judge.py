"""Judges a document: recognised, walked once against its profile, and told in findings and verdicts."""

from __future__ import annotations

import hashlib
import time
from datetime import date, datetime
from typing import TYPE_CHECKING

from lxml import etree

from .. import identifiers
from ..documents import KINDS, Document, Refused
from ..library import Library
from ..model import (
    DocumentVerdict,
    Environment,
    Finding,
    Judgement,
    ProfileHead,
    RequirementVerdict,
    Severity,
    Text,
)
from ..namespaces import HL7_V3
from . import recognition, remarks
from .findings import Findings, Mending, verdict_of
from .walking import CompiledProfile

if TYPE_CHECKING:
    from ..library.fhir.definitions import Definitions
    from .fhir.judge import FhirJudge
    from .fhir.terminology import Server


class Judge:
    """Judges documents against the profiles of a library.

    at: the date that says which profiles are in force; now: what "in the future" is measured from; profile: judge with this one
    whatever the document claims (the canonical of a FHIR profile: for FHIR documents, beside what they claim); mending: findings
    say how to mend what is certain; definitions: of FHIR, those of HARNESS_HOME unless given; server: of
    terminology, asked what cannot be told without it. Profiles are compiled when a document
    first needs them and kept.
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
    ) -> None:
        self._library = library
        self._at = at
        self._now = now
        self._environment = environment
        self._mending = mending
        self._definitions = definitions
        self._server = server
        self._fhir_profiles = [profile] if profile is not None and ":" in profile else []
        self._fhir: FhirJudge | None = None
        self._asked = None if profile is None or self._fhir_profiles else library.head(profile, at)
        self._compiled: dict[str, CompiledProfile] = {}

    def judge(self, document: Document) -> Judgement:
        """Raises DataError when a file of the profile is wrong."""
        started = time.perf_counter()
        root = document.root
        if document.resource is not None:
            return self.fhir().judge(document)
        if root is None:
            return _not_judged_here(document)
        said = recognition.claims(root)
        recognised = self._recognise(said)
        head, assumed, not_judged = self._profile_for(recognised)
        compiled = self.compiled(head.coordinate)
        environment = self.environment_of(root)
        findings = Findings(document, root, compiled.profile, environment, mending=self._mending)
        if self._asked is not None and recognition.mismatch(said, head):
            findings.remark(remarks.mismatch(head))
        if recognised.meant:
            findings.remark(remarks.volet_not_claimed(recognised.meant))
        if recognised.unknown:
            findings.remark(remarks.version_unknown(not_judged[0]))
        elif assumed:
            findings.remark(remarks.version_assumed(head))
        if (remark := remarks.life_cycle(head, self._at)) is not None:
            findings.remark(remark)
        compiled.walk(root, environment, findings)
        return Judgement(
            path=document.path,
            kind=document.kind,
            profile=head.coordinate,
            profile_digest=compiled.profile.digest,
            version_assumed=assumed,
            verdict=verdict_of(found := findings.found(), not_judged),
            not_judged=not_judged,
            findings=found,
            seconds=time.perf_counter() - started,
            sha256=document.sha256,
            requirements=_requirements(findings),
        )

    def fhir(self) -> FhirJudge:
        """Judges FHIR documents; opened when there is one. Raises UsageError when the profile asked for is not known."""
        if self._fhir is None:
            from ..library.fhir.definitions import Definitions  # only for FHIR
            from .fhir.french import FrenchRules
            from .fhir.judge import FhirJudge
            from .fhir.terminology import of_library

            asked = self._asked if self._asked is not None and self._asked.kind == "fhir" else None
            known = self._definitions if self._definitions is not None else Definitions.open()
            self._fhir = FhirJudge(
                known,
                FrenchRules(self._library, at=self._at, now=self._now, environment=self._environment, asked=asked),
                now=self._now,
                profiles=self._fhir_profiles,
                value_sets=of_library(self._library),
                server=self._server,
            )
        return self._fhir

    def compiled(self, coordinate: str) -> CompiledProfile:
        known = self._compiled.get(coordinate)
        if known is None:
            profile = self._library.profile(coordinate)
            known = self._compiled[coordinate] = CompiledProfile(self._library, profile, self._now)
        return known

    def environment_of(self, root: etree._Element) -> Environment:
        """The one that was asked for; else production when the patient is identified by a production INS."""
        if self._environment is not Environment.AUTO:
            return self._environment
        ids = root.iterfind(f"{{{HL7_V3}}}recordTarget/{{{HL7_V3}}}patientRole/{{{HL7_V3}}}id")
        real = any(identifiers.is_production_ins_oid(element.get("root", "")) for element in ids)
        return Environment.PRODUCTION if real else Environment.TEST

    def _recognise(self, said: recognition.Claims) -> recognition.Recognition:
        if self._asked is not None:
            return recognition.Recognition(self._asked, False, ())
        return recognition.recognise(said, self._library.heads(), self._at)

    def _profile_for(self, recognised: recognition.Recognition) -> tuple[ProfileHead, bool, tuple[Text, ...]]:
        """The profile, whether its version was assumed, and what will not be judged with it."""
        head = recognised.head or self._library.head(recognition.HEADER, self._at)
        not_judged = recognised.not_judged
        if not head.judges_body and not not_judged:
            not_judged = (remarks.body_not_judged(head),)
        return head, recognised.assumed, not_judged


def refused(refusal: Refused) -> Judgement:
    """The judgement of a document that could not be read."""
    error = refusal.error
    digest = hashlib.sha256(refusal.data).hexdigest()
    return _error(refusal.path, "", digest, "document.readable", error.message, error.hint, error.line)


def _not_judged_here(document: Document) -> Judgement:
    kind = KINDS[document.kind]
    message = Text(
        f"{kind.fr} : reconnu, mais pas jugé par cette version.", f"{kind.en}: recognised, but not judged by this version."
    )
    hint = Text("Sont jugés les documents CDA et les ressources FHIR.", "CDA documents and FHIR resources are judged.")
    return _error(document.path, document.kind, document.sha256, "document.covered", message, hint, 0)


def _error(path: str, kind: str, sha256: str, rule: str, message: Text, hint: Text, line: int) -> Judgement:
    finding = Finding(rule, rule, Severity.ERROR, "/", line, message, hint, "")
    return Judgement(path, kind, None, "", False, DocumentVerdict.ERROR, (message,), (finding,), 0.0, sha256)


def _requirements(findings: Findings) -> dict[str, RequirementVerdict]:
    told = dict.fromkeys(sorted(findings.judged | findings.broken), RequirementVerdict.MET)
    told.update(dict.fromkeys(findings.broken, RequirementVerdict.BROKEN))
    return told
