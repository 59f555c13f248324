"""Mends documents: of each check that is broken in one it asks what it wants, and makes it so, until nothing is found."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field

from lxml import etree

from ....documents.mends import Mend
from ....library import xpath
from ....library.functions import ARGUMENTS
from ....model import Constraint, Environment, Rule, Severity, Text
from ....namespaces import NAMESPACES, element_named
from ....values import dataclass
from ...constraints import Check
from ...functions.contents import base64_fault
from ...node import Node
from ...rules import RuleSet
from ...walking import CompiledProfile
from ..trial import Deaf
from .exercising import Exerciser
from .tree import Tree, Unplaced, children, claimed, holds, remove, selected, tag_of
from .writing import Writer

_ROUNDS = 60
_PATIENCE = 4  # times that one check is mended on one element before it is left as it is
_PATIENCE_IN_ALL = 30


class Mender:
    """Elements that several constraints bear on are made what all of them ask; what was exercised is taken away after the rest."""

    def __init__(self, judging: CompiledProfile, writer: Writer, exerciser: Exerciser) -> None:
        self._judging = judging
        self._tree: Tree = writer.tree
        self._writer = writer
        self._exerciser = exerciser

    def mend(self, root: etree._Element, known: Sequence[str] = ()) -> tuple[str, ...]:
        """Mends until no check is broken but those known to be, or none can be mended more. Gives back the checks still broken."""
        tried: Counter[object] = Counter()

        def worth(name: str, element: etree._Element) -> bool:
            return name not in known and tried[name] < _PATIENCE_IN_ALL and tried[name, element] < _PATIENCE

        for _ in range(_ROUNDS):
            self._writer.filler.complete(root)
            self._anchor(root)
            self._refill(root)
            todo = [note for note in self._look(root) if worth(note.name, note.element)]
            if todo:
                heard = self._mend_all(todo)
                tried.update((note.name, note.element) for note in heard)
                tried.update({note.name for note in heard})
                continue
            rules = [one for one in self._broken(root).rules if worth(one[0].id, one[1])]
            if not rules:
                break
            self._obey_all(rules)
            tried.update((rule.id, element) for rule, element in rules)
            tried.update({rule.id for rule, _ in rules})
        return self.faults(root)

    def faults(self, root: etree._Element) -> tuple[str, ...]:
        return tuple(sorted({note.name for note in self._look(root)} | self._broken(root).errors))

    def _broken(self, root: etree._Element) -> _Broken:
        found = _Broken()
        self._judging.walk(root, Environment.TEST, found)
        return found

    def _obey_all(self, broken: Sequence[tuple[Rule, etree._Element]]) -> None:
        for rule, element in broken:
            try:
                if _top(element).tag == element_named("ClinicalDocument"):
                    self._writer.conditions.obey(element, xpath.parse(rule.test, ARGUMENTS))
            except Unplaced:
                continue

    def _look(self, root: etree._Element) -> list[_Note]:
        seen = _Seen()
        self._judging.walk_constraints(root, seen)
        return seen.notes

    def _mend_all(self, notes: Sequence[_Note]) -> list[_Note]:
        """One note of each element: what is written for it may answer others. Gives back those that were heard.

        Children that are missing, and of which nothing more is asked, are all written at once.
        """
        facets = [note.element for note in notes if note.facet != "card"]
        asked = self._asked(_top(facets[0])) if facets else {}
        heard: list[_Note] = []
        done: set[object] = set()
        for note in notes:
            element, constraint = note.element, note.check.constraint
            subject = (
                (element, constraint.path) if note.missing and constraint.where is None and "//" not in constraint.path else element
            )
            if subject in done or _top(element).tag != element_named("ClinicalDocument"):
                continue  # mended already, or taken away by what was mended
            done.add(subject)
            heard.append(note)
            try:
                if note.facet != "card":
                    self._writer.values.meet(element, asked.get(element, ()))
                elif note.missing:
                    for _ in range(note.missing):
                        self._exerciser.supply(element, constraint, _last(constraint.path))
                else:
                    self._take_away(element, constraint)
            except Unplaced:
                continue
        return heard

    def _asked(self, root: etree._Element) -> Mapping[etree._Element, list[Constraint]]:
        """By element, every constraint that selects it, whether it holds or not."""
        found: dict[etree._Element, list[Constraint]] = {}

        def ask(element: etree._Element, constraints: Iterable[Constraint]) -> None:
            for constraint in constraints:
                for one in selected(element, constraint):
                    found.setdefault(one, []).append(constraint)
                    ask(one, constraint.each)

        ask(root, self._judging.profile.constraints)
        for element in root.iter("*"):
            for template in claimed(element, self._judging.profile.templates):
                ask(element, template.constraints)
        return found

    def _take_away(self, element: etree._Element, constraint: Constraint) -> None:
        """One element less that the constraint selects: what is exercised stays before others."""
        where = constraint.where
        if constraint.high == 0 and where is not None and where.negated is not None:
            self._writer.conditions.satisfy(element, where.negated)  # it may be there, if it is one of these
            return
        parent = element.getparent()
        if parent is not None and "/" not in _last(constraint.path) and element in self._exerciser.elements:
            same = [one for one in children(parent, tag_of(element)) if where is None or holds(one, where)]
            element = next((one for one in reversed(same) if one not in self._exerciser.elements), element)
        remove(element)

    def _anchor(self, root: etree._Element) -> None:
        """Every reference into the narrative has its place there."""
        known = {element.get("ID") for element in root.iter("*") if element.get("ID")}
        for reference in root.iter(element_named("reference")):
            value = reference.get("value", "")
            if value.startswith("#") and value[1:] not in known and (text := self._narrative_of(reference)) is not None:
                self._writer.filler.narrate(text, value[1:])
                known.add(value[1:])

    def _refill(self, root: etree._Element) -> None:
        """Every content in base64 is of the type that it has been given since it was written."""
        for element in root.iter("*"):
            media = element.get("mediaType", "")
            if element.get("representation") == "B64" and base64_fault(element.text or "", media):
                self._writer.filler.hold(element, media)

    def _narrative_of(self, element: etree._Element) -> etree._Element | None:
        """The text of the section that holds an element, of one above it, or of the first that has any."""
        sections = list(element.iterancestors(element_named("section")))
        for section in sections:
            for text in children(section, "text"):
                return text
        found = element.getroottree().getroot().xpath("//cda:section/cda:text", namespaces=NAMESPACES)
        if isinstance(found, list) and found and isinstance(found[0], etree._Element):
            return found[0]
        return self._tree.add(sections[0], "text") if sections and self._tree.takes(sections[0], "text") else None


@dataclass(frozen=True, slots=True)
class _Note:
    check: Check
    facet: str
    element: etree._Element
    missing: int  # how many elements are too few

    @property
    def name(self) -> str:
        return f"{self.check.constraint.id}.{self.facet}"


@dataclass(slots=True)
class _Seen(Deaf):
    """Listens to constraints alone."""

    notes: list[_Note] = field(default_factory=list)

    def note(self, check: Check, facet: str, node: Node, found: str) -> None:
        missing = max((check.constraint.low or 0) - int(found), 0) if facet == "card" else 0
        self.notes.append(_Note(check, facet, node.element, missing))


@dataclass(slots=True)
class _Broken(Deaf):
    """Listens to the grammar and to the rules whose breach is an error."""

    errors: set[str] = field(default_factory=set)
    rules: list[tuple[Rule, etree._Element]] = field(default_factory=list)

    def grammar(self, rule: str, node: Node, message: Text, hint: Text, mend: Mend | None = None) -> None:  # noqa: ARG002
        self.errors.add(rule)

    def rule(self, rule: Rule, node: Node, rules: RuleSet) -> None:  # noqa: ARG002
        self.rules.append((rule, node.element))
        if rule.severity[Environment.TEST] is Severity.ERROR:
            self.errors.add(rule.id)


def _last(path: str) -> str:
    return path if path.startswith("//") else path.rpartition("/")[2]


def _top(element: etree._Element) -> etree._Element:
    """Of what was taken away, the element itself: lxml's root would still be that of the document."""
    return next(reversed([*element.iterancestors()]), element)
