"""Judges CDA documents: recognised by the templates they claim, walked once against their profile."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping

from lxml import etree

from .. import collector, identifiers
from ..documents import Document
from ..library import Library
from ..model import Environment, Judgement, ProfileHead, RequirementVerdict, Text
from ..remembered import remembered
from . import environments, recognition, remarks
from .circumstances import Circumstances
from .findings import Findings
from .node import Node
from .tree import nodes_of
from .verdicts import Mending, could_not_be_judged, verdict_of
from .walking import CompiledProfile


class CdaJudge:
    """Profiles are compiled when a document first needs them and kept. mending: as `Judge` says."""

    def __init__(self, library: Library, circumstances: Circumstances, *, mending: Mending) -> None:
        self._library = library
        self._circumstances = circumstances
        self._mending = mending
        self._volets = recognition.Volets(library.heads())

    def judge(self, document: Document, root: etree._Element) -> Judgement:
        """Raises DataError when a file of the profile is wrong."""
        started = time.perf_counter()
        with collector.at_rest():
            return self._judge(document, nodes_of(root)[0], started)

    def _judge(self, document: Document, first: Node, started: float) -> Judgement:
        """A function of its own: its nodes are freed when it returns, before the garbage collector would go through them all."""
        said = recognition.claims(first)
        recognised = self._recognise(said)
        if recognised.head is None and (abroad := recognition.of_another_country(first)) is not None:
            why = remarks.of_another_country(abroad)
            return could_not_be_judged(document.path, document.kind, "", why.rule, why.message, why.hint, 0)
        head, assumed, not_judged = self._profile_for(recognised)
        compiled = self.compiled(head.coordinate)
        environment = self.environment_of(first)
        real = self._real_ins(first) if environment is Environment.PRODUCTION else None
        findings = Findings(document, first, compiled.profile, environment, real=real, mending=self._mending)
        if self._circumstances.asked is not None and recognition.mismatch(said, head):
            findings.remark(remarks.mismatch(head))
        if recognised.meant:
            findings.remark(remarks.volet_not_claimed(recognised.meant))
        if recognised.unknown:
            findings.remark(remarks.version_unknown(not_judged[0]))
        elif assumed:
            findings.remark(remarks.version_assumed(head))
        if (remark := remarks.life_cycle(head, self._circumstances.at)) is not None:
            findings.remark(remark)
        if head.judges_body:
            unknown, misplaced = recognition.doubtful_templates(first, compiled.bearers, self._volets.templates)
            if unknown:
                findings.remark(remarks.templates_unknown(unknown))
            if misplaced:
                findings.remark(remarks.templates_misplaced(misplaced))
        compiled.walk_nodes(first, environment, findings)
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
            requirements=_verdicts(compiled, findings),
        )

    @remembered
    def compiled(self, coordinate: str) -> CompiledProfile:
        return CompiledProfile(self._library, self._library.profile(coordinate), self._circumstances.now)

    def environment_of(self, first: Node) -> Environment:
        """Told by the identifiers of the patient."""
        roots = (id.attributes.get("root", "") for id in _patient_ids(first))
        return environments.told_by(roots, self._circumstances.environment)

    def _real_ins(self, first: Node) -> Node | None:
        """The one that told it, where no environment was asked for."""
        if self._circumstances.environment is not Environment.AUTO:
            return None
        return next(id for id in _patient_ids(first) if identifiers.is_production_ins_oid(id.attributes.get("root", "")))

    def _recognise(self, said: recognition.Claims) -> recognition.Recognition:
        if self._circumstances.asked is not None:
            return recognition.Recognition(self._circumstances.asked, False, ())
        return recognition.recognise(said, self._volets, self._circumstances.at)

    def _profile_for(self, recognised: recognition.Recognition) -> tuple[ProfileHead, bool, tuple[Text, ...]]:
        """The profile, whether its version was assumed, and what will not be judged with it."""
        head = recognised.head or self._library.head(recognition.HEADER, self._circumstances.at)
        not_judged = recognised.not_judged
        if not head.judges_body and not not_judged:
            not_judged = (remarks.body_not_judged(head),)
        return head, recognised.assumed, not_judged


def _patient_ids(first: Node) -> Iterator[Node]:
    roles = (role for target in first.named.get("recordTarget", ()) for role in target.named.get("patientRole", ()))
    return (id for role in roles for id in role.named.get("id", ()))


def _verdicts(compiled: CompiledProfile, findings: Findings) -> Mapping[str, RequirementVerdict]:
    met = compiled.met(findings.said_judged)
    if not findings.broken:
        return met
    told = {**met, **dict.fromkeys(findings.broken, RequirementVerdict.BROKEN)}
    return told if len(told) == len(met) else dict(sorted(told.items()))
