"""Gathers findings while a document is walked: their words and places, masked where needed, so many of one rule at most."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from .. import identifiers
from ..documents import Document
from ..documents.locations import Places
from ..documents.mends import Mend, Move, SetAttribute
from ..model import Environment, Finding, Fix, Level, Profile, Rule, Severity, Source, Text
from . import environments
from .constraints import Check
from .node import Index, Node
from .remarks import Remark
from .rules import RuleSet
from .verdicts import KEPT_PER_RULE, Mending, masked, with_count
from .wording import told

_ROOT = "/ClinicalDocument"
_LONGEST_TITLE = 120
_SEVERITIES = {Level.MUST: Severity.ERROR, Level.SHOULD: Severity.WARNING, Level.MAY: Severity.INFO}


class Findings:
    """What does not hold in one document. said_judged: what programs tell `judged`; broken: ids of requirements.

    Nothing is broken by a label that differs or a code that was retired; a must is broken by an error only: not by what the
    environment softens.
    """

    def __init__(
        self,
        document: Document,
        first: Node,
        profile: Profile,
        environment: Environment,
        *,
        real: Node | None = None,
        mending: Mending = "",
    ) -> None:
        """first: of the document's nodes; real: the INS that alone told that it is of production; mending: whether to say what can
        be mended with certainty, and how: which characters of the text to replace."""
        self._document = document
        self._mending = mending
        self._mends: dict[int, Mend] = {}
        self.said_judged: list[tuple[str, ...]] = []
        self.judged = self.said_judged.append
        self.broken: set[str] = set()
        self._root = first.element
        self._profile = profile
        self._environment = environment
        self._real = real
        self._graver = 0
        self._masked = _carries_production_ins(first.index)
        self._places = Places(document, masked=self._masked)
        self._found: list[Finding] = []
        self._counts: Counter[str] = Counter()
        self._last: dict[str, int] = {}
        # facet and element -> its finding, which rules leave in place or take the place of
        self._told: dict[tuple[str, int], int] = {}

    def note(self, check: Check, facet: str, node: Node, found: str) -> None:
        constraint = check.constraint
        severity = _SEVERITIES[constraint.level]
        if facet in ("label", "retired"):  # the code is one of those asked, so nothing that was asked is broken
            severity = Severity.WARNING if severity is Severity.ERROR else severity
        else:
            self.broken.add(constraint.id)
        rule = f"{constraint.id}.{facet}"
        if self._counted(rule):
            if facet == "label":
                self._told[facet, node.order] = len(self._found)
                self._mend(SetAttribute(node.order, "displayName", found.partition("\n")[2]))
            message, hint = told(check, facet, node, found)
            self._keep(rule, constraint.id, severity, node, message, hint, constraint.source)

    def grammar(self, rule: str, node: Node, message: Text, hint: Text, mend: Mend | None = None) -> None:
        known = self._profile.requirements.get(rule)
        severity = Severity.ERROR if known is None or known.level is Level.MUST else Severity.WARNING
        self.broken.add(rule)
        if self._counted(rule):
            self._mend(mend)
            self._keep(rule, rule, severity, node, message, hint, known.source if known else None)

    def rule(self, rule: Rule, node: Node, rules: RuleSet) -> None:
        if rule.unless and (rule.unless, node.order) in self._told:
            return
        place = self._told.pop((rule.instead, node.order), None)
        severity = rule.severity[self._environment]
        graver = self._real is not None and severity is not rule.severity[Environment.TEST]
        self._graver += graver
        known = self._profile.requirements.get(rule.requirement)
        if severity is Severity.ERROR or (known is not None and known.level is not Level.MUST):
            self.broken.add(rule.requirement)
        if self._counted(rule.id):
            if place is None:
                self._mend(rules.mend(rule, node) if self._mending else None)
            message, hint = rules.told(rule, node)
            source = known.source if known else None
            self._keep(rule.id, rule.requirement, severity, node, message, hint, source, consequence=graver)
            if place is not None:
                self._found[place] = self._found.pop()  # mended as it was
                self._last[rule.id] = place

    def remark(self, remark: Remark) -> None:
        """Something about the document as a whole."""
        source = self._profile.head.source
        self._keep(remark.rule, remark.rule, remark.severity, None, remark.message, remark.hint, source)

    def found(self) -> tuple[Finding, ...]:
        """The foremost, then in the order of the lines; where a rule spoke too often, its last finding says how often."""
        for rule, count in self._counts.items():
            if count > KEPT_PER_RULE:
                place = self._last[rule]
                self._found[place] = with_count(self._found[place], count - KEPT_PER_RULE)
        if self._mends:
            self._write_fixes()
        found = sorted(self._found, key=lambda finding: finding.line)
        if self._real is not None and self._graver:
            message, hint = environments.told_of_production(self._real.attributes["root"], self._graver)
            self._keep(environments.TOLD, "", Severity.INFO, self._real, message, hint, None, foremost=True)
            return (self._found.pop(), *found)
        return tuple(found)

    def _mend(self, mend: Mend | None) -> None:
        """How the next finding is mended. Nothing is mended in a document whose numbers are masked: a patch would show them."""
        if mend is not None and self._mending and not self._masked:
            self._mends[len(self._found)] = mend

    def _write_fixes(self) -> None:
        if self._mending == "what":
            for place, mend in self._mends.items():
                self._found[place] = replace(self._found[place], fix=Fix(_described(mend), ()))
            return
        from ..documents.patching import Patcher

        patcher = Patcher(self._document)
        for place, mend in self._mends.items():
            if replacements := patcher.replacements(mend):
                self._found[place] = replace(self._found[place], fix=Fix(_described(mend), replacements))

    def _counted(self, rule: str) -> bool:
        self._counts[rule] += 1
        return self._counts[rule] <= KEPT_PER_RULE

    def _keep(
        self,
        rule: str,
        requirement: str,
        severity: Severity,
        node: Node | None,
        message: Text,
        hint: Text,
        source: Source | None,
        *,
        consequence: bool = False,
        foremost: bool = False,
    ) -> None:
        line = self._places.line(self._root if node is None else node.element)
        section = "" if node is None else _section(node)
        if self._masked:
            message, hint, section = masked(message), masked(hint), identifiers.mask_ins(section)
        self._last[rule] = len(self._found)
        self._found.append(
            Finding(
                rule=rule,
                requirement=requirement,
                severity=severity,
                location=_ROOT if node is None else node.location,
                line=line,
                message=message,
                hint=hint,
                source=str(source or ""),
                excerpt=self._places.excerpt(line),
                section=section,
                consequence=consequence,
                foremost=foremost,
            )
        )


def _described(mend: Mend) -> Text:
    if isinstance(mend, Move):
        return Text("Mettre l'élément à sa place.", "Move the element to its place.")
    said = f'{mend.name}="{mend.value}"'
    return Text(f"Écrire {said}.", f"Write {said}.")


def _section(node: Node) -> str:
    """Title of the nearest section that holds the element."""
    section = node.nearest("section")
    titles = section.named.get("title") if section is not None else None
    return " ".join(titles[0].whole_text.split())[:_LONGEST_TITLE] if titles else ""


def _carries_production_ins(index: Index) -> bool:
    return any(identifiers.is_production_ins_oid(node.attributes.get("root", "")) for node in index.under("id"))
