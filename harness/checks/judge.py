"""Judges a document: recognised, walked once against grammar and constraints, then against the rules that cross elements."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from lxml import etree

from .. import identifiers
from ..documents import HL7_V3, KINDS, Document, Refused
from ..documents.locations import Places, location
from ..library import Library, is_in_force
from ..model import (
    DocumentVerdict,
    Environment,
    Finding,
    Judgement,
    Level,
    Profile,
    ProfileHead,
    RequirementVerdict,
    Rule,
    Severity,
    Source,
    Text,
)
from . import recognition
from .constraints import Check, compile_all
from .functions import RuleFunctions
from .grammar import Grammar
from .node import Node, nodes_of
from .rules import RuleSet
from .wording import told

KEPT_PER_RULE = 100
_SEVERITIES = {Level.MUST: Severity.ERROR, Level.SHOULD: Severity.WARNING, Level.MAY: Severity.INFO}


class Judge:
    """Judges documents against the profiles of a library.

    at: the date that says which profiles are in force; now: what `in the future` is measured from; profile: judge with this one
    whatever the document claims. Profiles are compiled when a document first needs them and kept.
    """

    def __init__(
        self,
        library: Library,
        *,
        at: date,
        now: datetime,
        environment: Environment = Environment.AUTO,
        profile: str | None = None,
    ) -> None:
        self._library = library
        self._at = at
        self._now = now
        self._environment = environment
        self._asked = None if profile is None else library.head(profile, at)
        self._judging: dict[str, _ProfileJudge] = {}

    def judge(self, document: Document) -> Judgement:
        """Raises DataError when a file of the profile is wrong."""
        started = time.perf_counter()
        root = document.root
        if root is None:
            return _not_judged_here(document, time.perf_counter() - started)
        said = recognition.claims(root)
        head, assumed, not_judged, remarks = self._profile_for(said)
        environment = self._environment_of(root)
        judged = self._judge_with(head.coordinate).judge(document, root, environment, remarks)
        return _judgement(document, head, assumed, not_judged, judged, started)

    def _profile_for(self, said: recognition.Claims) -> tuple[ProfileHead, bool, tuple[Text, ...], list[tuple[str, Severity, Text, Text]]]:
        remarks: list[tuple[str, Severity, Text, Text]] = []
        header = self._library.head(recognition.HEADER, self._at)
        if self._asked is not None:
            head, assumed, not_judged = self._asked, False, ()
            if recognition.mismatch(said, head):
                remarks.append(_mismatch(head))
        else:
            recognised = recognition.recognise(said, self._library.heads(), self._at)
            head, assumed, not_judged = recognised.head or header, recognised.assumed, recognised.not_judged
        if not head.judges_body and not not_judged:
            not_judged = (_body_not_judged(head),)
        remarks += _life_cycle(head, self._at)
        return head, assumed, not_judged, remarks

    def _judge_with(self, coordinate: str) -> _ProfileJudge:
        known = self._judging.get(coordinate)
        if known is None:
            known = self._judging[coordinate] = _ProfileJudge(self._library, self._library.profile(coordinate), self._now)
        return known

    def _environment_of(self, root: etree._Element) -> Environment:
        if self._environment is not Environment.AUTO:
            return self._environment
        ids = root.iterfind(f"{{{HL7_V3}}}recordTarget/{{{HL7_V3}}}patientRole/{{{HL7_V3}}}id")
        real = any(identifiers.is_production_ins_oid(element.get("root", "")) for element in ids)
        return Environment.PRODUCTION if real else Environment.TEST


class _ProfileJudge:
    """One profile, compiled: constraints on the document, templates as they are first claimed, rules."""

    def __init__(self, library: Library, profile: Profile, now: datetime) -> None:
        self.profile = profile
        self._value_sets = library.value_set
        self._library = library
        self._grammar = Grammar(library.grammar())
        self._functions = RuleFunctions(library.value_set, now)
        self._document = compile_all(profile.constraints, None, library.value_set)
        self._templates: dict[str, tuple[_TemplateCheck, ...]] = {}
        self._rules = RuleSet(profile.rules, profile.expressions, self._functions.table())

    def judge(
        self,
        document: Document,
        root: etree._Element,
        environment: Environment,
        remarks: Iterable[tuple[str, Severity, Text, Text]],
    ) -> _Judging:
        judging = _Judging(document, self.profile, masked=identifiers.carries_production_ins(_identity_roots(root)))
        for rule, severity, message, hint in remarks:
            judging.add(rule, rule, severity, root, message, hint, self.profile.head.source)
        nodes = nodes_of(root)
        self._grammar.check(nodes[0], judging.grammar)
        for check in self._document:
            check.run(nodes[0], judging.note, judging.judged)
        for node in nodes:
            if "templateId" in node.named:
                for check in self._claimed(node):
                    check.run(node, judging.note, judging.judged)
        self._functions.begin(nodes[0], environment)
        for rule, node in self._rules.run(nodes[0], judging.judged):
            judging.rule(rule, node, environment, self._rules)
        return judging

    def _claimed(self, node: Node) -> list[Check]:
        """The checks of every template that an element claims, those of each template once."""
        found: dict[str, tuple[Check, ...]] = {}
        for claim in node.named["templateId"]:
            root = claim.attributes.get("root")
            if root is None or root not in self.profile.templates:
                continue
            for template in self._compiled(root):
                if template.fits(node, claim.attributes.get("extension")):
                    found[template.id] = template.checks
        return [check for checks in found.values() for check in checks]

    def _compiled(self, root: str) -> tuple[_TemplateCheck, ...]:
        known = self._templates.get(root)
        if known is None:
            known = self._templates[root] = tuple(
                _TemplateCheck(
                    template.id,
                    template.element,
                    template.extension,
                    compile_all(template.constraints, template.name, self._value_sets),
                )
                for template in self.profile.templates[root]
            )
        return known


class _TemplateCheck:
    __slots__ = ("checks", "element", "extension", "id")

    def __init__(self, id: str, element: str, extension: str | None, checks: tuple[Check, ...]) -> None:
        self.id = id
        self.element = element
        self.extension = extension
        self.checks = checks

    def fits(self, node: Node, extension: str | None) -> bool:
        return node.tag == self.element and self.extension in (None, extension)


class _Judging:
    """What is found in one document while it is judged. judged: ids of the requirements that had something to judge."""

    def __init__(self, document: Document, profile: Profile, *, masked: bool) -> None:
        self.profile = profile
        self.judged: set[str] = set()
        self.broken: set[str] = set()
        self.found: list[Finding] = []
        self._masked = masked
        self._places = Places(document, masked=masked)
        self._counts: Counter[str] = Counter()

    def note(self, check: Check, facet: str, node: Node, found: str) -> None:
        constraint = check.constraint
        severity = Severity.WARNING if facet == "label" else _SEVERITIES[constraint.level]
        if facet != "label" or constraint.level is not Level.MUST:
            self.broken.add(constraint.id)
        rule = f"{constraint.id}.{facet}"
        if self._counted(rule):
            message, hint = told(check, facet, node, found)
            self._keep(rule, constraint.id, severity, node.element, message, hint, constraint.source)

    def grammar(self, rule: str, node: Node, message: Text, hint: Text) -> None:
        self.broken.add(rule)
        if self._counted(rule):
            known = self.profile.requirements.get(rule)
            self._keep(rule, rule, Severity.ERROR, node.element, message, hint, known.source if known else None)

    def rule(self, rule: Rule, node: Node, environment: Environment, rules: RuleSet) -> None:
        severity = rule.severity[environment]
        known = self.profile.requirements.get(rule.requirement)
        if severity is Severity.ERROR or (known is not None and known.level is not Level.MUST):
            self.broken.add(rule.requirement)
        if self._counted(rule.id):
            message, hint = rules.told(rule, node)
            self._keep(rule.id, rule.requirement, severity, node.element, message, hint, known.source if known else None)

    def add(self, rule: str, requirement: str, severity: Severity, element: Any, message: Text, hint: Text, source: Source) -> None:
        if self._counted(rule):
            self._keep(rule, requirement, severity, element, message, hint, source)

    def findings(self) -> tuple[Finding, ...]:
        """In the order of the document; where a rule spoke too often, its last finding says how often."""
        kept = [self._with_count(finding) for finding in self.found]
        return tuple(sorted(kept, key=lambda finding: finding.line))

    def _counted(self, rule: str) -> bool:
        self._counts[rule] += 1
        return self._counts[rule] <= KEPT_PER_RULE

    def _with_count(self, finding: Finding) -> Finding:
        count = self._counts[finding.rule]
        if count <= KEPT_PER_RULE or finding is not self._last_of(finding.rule):
            return finding
        more = count - KEPT_PER_RULE
        message = Text(
            f"{finding.message.fr} (et {more} fois encore dans ce document)", f"{finding.message.en} (and {more} times more in this document)"
        )
        return replace(finding, message=message)

    def _last_of(self, rule: str) -> Finding:
        return next(finding for finding in reversed(self.found) if finding.rule == rule)

    def _keep(
        self, rule: str, requirement: str, severity: Severity, element: Any, message: Text, hint: Text, source: Source | None
    ) -> None:
        line = self._places.line(element)
        if self._masked:
            message, hint = _masked(message), _masked(hint)
        self.found.append(
            Finding(
                rule=rule,
                requirement=requirement,
                severity=severity,
                location=location(element),
                line=line,
                message=message,
                hint=hint,
                source=str(source or ""),
                excerpt=self._places.excerpt(line),
            )
        )


def _judgement(
    document: Document, head: ProfileHead, assumed: bool, not_judged: tuple[Text, ...], judging: _Judging, started: float
) -> Judgement:
    findings = judging.findings()
    failed = any(finding.severity is Severity.ERROR for finding in findings)
    verdict = DocumentVerdict.FAIL if failed else DocumentVerdict.PARTIAL if not_judged else DocumentVerdict.PASS
    requirements = {
        name: RequirementVerdict.BROKEN if name in judging.broken else RequirementVerdict.MET
        for name in sorted(judging.judged | judging.broken)
    }
    return Judgement(
        path=document.path,
        kind=document.kind,
        profile=head.coordinate,
        profile_digest=judging.profile.digest,
        version_assumed=assumed,
        verdict=verdict,
        not_judged=not_judged,
        findings=findings,
        seconds=time.perf_counter() - started,
        sha256=document.sha256,
        requirements=requirements,
    )


def refused(refusal: Refused) -> Judgement:
    """The judgement of a document that could not be read."""
    import hashlib

    error = refusal.error
    return _error(refusal.path, "", hashlib.sha256(refusal.data).hexdigest(), "document.readable", error.message, error.hint, error.line)


def _not_judged_here(document: Document, seconds: float) -> Judgement:
    kind = KINDS[document.kind]
    message = Text(f"{kind.fr} : reconnu, mais pas jugé par cette version.", f"{kind.en}: recognised, but not judged by this version.")
    hint = Text("Sont jugés les documents CDA.", "CDA documents are judged.")
    return replace(_error(document.path, document.kind, document.sha256, "document.covered", message, hint, 0), seconds=seconds)


def _error(path: str, kind: str, sha256: str, rule: str, message: Text, hint: Text, line: int) -> Judgement:
    finding = Finding(rule, rule, Severity.ERROR, "/", line, message, hint, "")
    return Judgement(path, kind, None, "", False, DocumentVerdict.ERROR, (message,), (finding,), 0.0, sha256)


def _masked(text: Text) -> Text:
    return Text(identifiers.mask_ins(text.fr), identifiers.mask_ins(text.en))


def _identity_roots(root: etree._Element) -> str:
    return " ".join(element.get("root", "") for element in root.iter(f"{{{HL7_V3}}}id"))


def _mismatch(head: ProfileHead) -> tuple[str, Severity, Text, Text]:
    wanted = head.template or ", ".join(code for code, _ in head.codes)
    return (
        "document.profile",
        Severity.ERROR,
        Text(f"Le document ne se dit pas conforme à « {head.title.fr} ».", f'The document does not claim to be a "{head.title.en}".'),
        Text(f"Attendu : {wanted}. Est-ce le bon --profile ?", f"Expected: {wanted}. Is it the right --profile?"),
    )


def _life_cycle(head: ProfileHead, at: date) -> list[tuple[str, Severity, Text, Text]]:
    hint = Text("Vérifier la version applicable, ou la date (--at).", "Check which version applies, or the date (--at).")
    if head.status in ("deprecated", "withdrawn"):
        word = Text("dépréciée", "deprecated") if head.status == "deprecated" else Text("retirée", "withdrawn")
        message = Text(f"La spécification {head.coordinate} est {word.fr}.", f"Specification {head.coordinate} is {word.en}.")
    elif head.status in ("draft", "public-comment"):
        message = Text(f"La spécification {head.coordinate} est un projet.", f"Specification {head.coordinate} is a draft.")
    elif not is_in_force(head, at):
        message = Text(
            f"La spécification {head.coordinate} n'est pas en vigueur le {at}.", f"Specification {head.coordinate} is not in force on {at}."
        )
    else:
        return []
    return [("document.profile-status", Severity.WARNING, message, hint)]


def _body_not_judged(head: ProfileHead) -> Text:
    return Text(
        f"Seul l'en-tête a été jugé (profil {head.coordinate}), pas le corps.",
        f"The header only was judged (profile {head.coordinate}), not the body.",
    )


