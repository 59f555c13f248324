"""Documents made of what constraints ask: each of them exercised, then the whole mended until nothing is found in it.

To exercise a constraint is to write what it speaks of, be it optional. To mend is to ask of each constraint that is broken what it
wants; elements that several constraints bear on are made what all of them ask.
"""

from __future__ import annotations

import copy
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from lxml import etree

from ...documents.mends import Mend
from ...library import Library, xpath
from ...library.functions import arguments
from ...library.nested import walk
from ...model import Constraint, Environment, ProfileHead, Rule, Severity, Template, Text
from ...namespaces import NAMESPACES
from ..constraints import Check
from ..grammar import Grammar
from ..node import Node
from ..rules import RuleSet
from ..walking import CompiledProfile
from .obeying import Obeyer
from .tree import Tree, Unplaced, children, holds, named, reached, tag_of
from .watching import Watching
from .writing import Writer

_ROUNDS = 60
_PATIENCE = 4  # times that one check is mended on one element before it is left as it is
_PATIENCE_IN_ALL = 30
_OWN_MODEL = "2.999.1"  # the document model, nobody's, that a document of no volet claims
_WRAPPERS = ("entry", "entryRelationship", "component")

Chain = tuple[Constraint, ...]
"""A constraint after those it is nested in."""


@dataclass(frozen=True, slots=True)
class Target:
    """Whose constraints are exercised: those of a template, on an element that claims it, or (None) of the document."""

    template: Template | None
    roots: tuple[str, ...]
    constraints: tuple[Constraint, ...]

    @property
    def name(self) -> str:
        return "document" if self.template is None else self.template.id


@dataclass(slots=True)
class Derived:
    """A document. faults: checks that are broken in it still; reasons: what could not be written, by the constraint's id."""

    root: etree._Element
    faults: tuple[str, ...] = ()
    reasons: dict[str, Text] = field(default_factory=dict)


class Deriver:
    """Derives documents that are valid for one profile. carrier: a valid document with a structured body, which is not changed."""

    def __init__(self, library: Library, compiled: CompiledProfile, now: datetime, carrier: etree._Element) -> None:
        profile = compiled.profile
        self._judging = compiled
        self._watching = Watching(library, profile, now)
        self.tree = Tree(Grammar(library.grammar()))
        self.writer = Writer(self.tree, library.value_set, self._constraints_on)
        self._obeyer = Obeyer(self.writer)
        self._exercised: set[etree._Element] = set()  # not to be taken away
        self._plain: set[etree._Element] = set()  # of which nothing was asked but to be there
        self._carrier = copy.deepcopy(carrier)
        _bare(self._carrier)
        self._claim_volet(profile.head)
        self._base: Derived | None = None
        self._blank: Derived | None = None

    def _constraints_on(self, element: etree._Element) -> Iterator[Constraint]:
        for claim in children(element, "templateId"):
            for template in self._judging.profile.templates.get(claim.get("root", ""), ()):
                yield from walk(template.constraints)

    def _claim_volet(self, head: ProfileHead) -> None:
        root = self._carrier
        if head.template is not None:
            for claim in children(root, "templateId"):
                if claim.get("root") == _OWN_MODEL:
                    claim.set("root", head.template)
                    if head.extension is not None:
                        claim.set("extension", head.extension)
        for code, system in head.codes[:1]:
            for element in children(root, "code"):
                element.attrib.clear()
                element.set("code", code)
                element.set("codeSystem", system)

    # ---------------------------------------------------------- documents

    def base(self) -> Derived:
        """The least document that the profile accepts."""
        if self._base is None:
            root = copy.deepcopy(self._carrier)
            self._base = Derived(root, self.mend(root))
        return self._base

    def blank(self) -> Derived:
        """The carrier alone. faults: what the profile misses in it, which is not asked of a document made for one template."""
        if self._blank is None:
            root = copy.deepcopy(self._carrier)
            self.writer.filler.complete(root)
            self._blank = Derived(root, self._faults(root))
        return self._blank

    def whole(self, target: Target) -> Derived:
        """All that the target's constraints speak of, as far as one document can hold it.

        One made for a template holds little beside: only what the profile asks of what is there.
        """
        start = self._start(target)
        together = copy.deepcopy(start.root)
        reasons: dict[str, Text] = dict(start.reasons)
        for constraint in target.constraints:
            self._exercise_on(together, target, (constraint,), reasons)
        faults = self.mend(together, start.faults)
        if faults == start.faults:
            return Derived(together, faults, reasons)
        return self._one_by_one(target, start)

    def _one_by_one(self, target: Target, start: Derived) -> Derived:
        root, reasons = start.root, dict(start.reasons)
        for constraint in target.constraints:
            further = copy.deepcopy(root)
            self._exercise_on(further, target, (constraint,), reasons)
            faults = self.mend(further, start.faults)
            if faults == start.faults:
                root = further
            else:
                reasons[constraint.id] = _against(faults, start.faults, constraint)
        return Derived(root, start.faults, reasons)

    def together(self, targets: Iterable[Target]) -> Derived:
        """All that several targets speak of, as far as one document can hold it."""
        base = self.base()
        root, faults = base.root, base.faults
        reasons: dict[str, Text] = {}
        for target in targets:
            for constraint in target.constraints:
                further = copy.deepcopy(root)
                self._exercise_on(further, target, (constraint,), reasons)
                left = self.mend(further, faults)
                if set(left) <= set(faults):
                    root, faults = further, left
                else:
                    reasons[constraint.id] = _against(left, faults, constraint)
        return Derived(root, faults, reasons)

    def variant(self, target: Target, chain: Chain, *, apart: bool = False) -> Derived:
        """The least document with what one constraint speaks of. apart: in a section of no template, if it needs a place."""
        start = self._start(target)
        root, reasons = copy.deepcopy(start.root), dict(start.reasons)
        self.writer.apart = apart
        self._exercise_on(root, target, chain, reasons)
        self.writer.apart = False
        faults = self.mend(root, start.faults)
        if faults != start.faults:
            reasons.setdefault(chain[-1].id, _against(faults, start.faults, chain[-1]))
        return Derived(root, faults, reasons)

    def part(self, root: etree._Element, target: Target) -> etree._Element | None:
        """A copy of the part of the body in which an element claims the template; None where none does."""
        element = self._claims(root, target)
        if element is None:
            return None
        for above in (element, *element.iterancestors()):
            parent = above.getparent()
            if parent is None or parent.tag == named("structuredBody"):
                return copy.deepcopy(above)
        return None

    def _start(self, target: Target) -> Derived:
        if target.template is None:
            return self.base()
        base = self.blank()
        root = copy.deepcopy(base.root)
        try:
            self._claimant(root, target)
        except Unplaced as unplaced:
            return Derived(root, base.faults, {one.id: unplaced.reason for one in target.constraints})
        return Derived(root, self.mend(root, base.faults))

    # ---------------------------------------------------------- exercising

    def _claimant(self, root: etree._Element, target: Target) -> etree._Element:
        """An element that claims the template, made where there is none. Raises Unplaced."""
        template = target.template
        if template is None:
            return root
        present = self._claims(root, target)
        if present is not None:
            return present
        element = self._host(root, template)
        claim = self.tree.add(element, "templateId")
        claim.set("root", target.roots[0])
        if template.extension is not None:
            claim.set("extension", template.extension)
        return element

    def _claims(self, root: etree._Element, target: Target) -> etree._Element | None:
        template = target.template
        if template is None:
            return root
        for element in root.iter(named(template.element)):
            for claim in children(element, "templateId"):
                if claim.get("root") in target.roots and template.extension in (None, claim.get("extension")):
                    return element
        return None

    def _host(self, root: etree._Element, template: Template) -> etree._Element:
        """A new element for the template, in the body if it has a place there, under a parent that may be as it asks."""
        body = next(root.iter(named("structuredBody")), root)
        known = self._judging.profile.templates.get(template.root, ())
        links = [one for some in known for one in some.constraints if one.path == ".." and one.attributes]
        try:
            way = self.tree.way(body, template.element)
        except Unplaced:
            return self.writer.grow(root, self.tree.way(root, template.element))
        if way[-2] == "entry" and links:
            inner = ("component", "section", "entry", "observation", "entryRelationship", template.element)
            element = self.writer.grow(body, inner)
            if not self._suits(element.getparent(), links):
                _remove(element)
                element = self.writer.grow(body, way)
            return element
        return self.writer.grow(body, way)

    def _suits(self, parent: etree._Element | None, links: Sequence[Constraint]) -> bool:
        """The parent has every attribute that the links want of it."""
        cls = None if parent is None else self.tree.class_of(parent)
        return cls is not None and all(name in cls.attributes for link in links for name in link.attributes)

    def _exercise_on(self, root: etree._Element, target: Target, chain: Chain, reasons: dict[str, Text]) -> None:
        try:
            element = self._claimant(root, target)
        except Unplaced as unplaced:
            reasons[chain[-1].id] = unplaced.reason
            return
        self._exercise(element, chain[0], chain[1:], reasons)

    def _exercise(self, element: etree._Element, constraint: Constraint, chain: Chain, reasons: dict[str, Text]) -> None:
        """chain: the only nested constraints to go on with; empty: all of them."""
        try:
            found = self._subject(element, constraint)
        except Unplaced as unplaced:
            reasons[constraint.id] = unplaced.reason
            for nested in _nested(constraint):
                reasons[nested.id] = unplaced.reason
            return
        reasons.pop(constraint.id, None)
        if found is not None:
            self._exercised.add(found)
            for nested in chain[:1] or constraint.each:
                self._exercise(found, nested, chain[1:], reasons)

    def _subject(self, element: etree._Element, constraint: Constraint) -> etree._Element | None:
        """An element that the constraint selects, made where there is none; None where there may be none. Raises Unplaced."""
        if constraint.when is not None:
            self.writer.satisfy(element, constraint.when)
        path, where = constraint.path, constraint.where
        if path in (".", ".."):
            one = element if path == "." else element.getparent()
            if one is not None and where is not None:
                self.writer.satisfy(one, where)
            return one
        if constraint.high == 0:
            self._parent(element, path)
            return None
        present = [one for one in self._reached(element, path) if where is None or holds(one, where)]
        present.sort(key=lambda one: "nullFlavor" in one.attrib)
        one = present[0] if present else self._supply(element, constraint, path)
        null = constraint.attributes.get("nullFlavor")
        if null is not None and null.presence == "required" and "nullFlavor" not in one.attrib:
            self.writer.empty(one, (null.values or ("UNK",))[0])  # at once: a condition may hang on there being no value
        wants_null = "nullFlavor" in constraint.attributes or (where is not None and where.null_flavor)
        if "nullFlavor" in one.attrib and not wants_null:
            self.writer.unnull(one)
        return one

    def _parent(self, element: etree._Element, path: str) -> etree._Element:
        """The element under which a path counts. Raises Unplaced."""
        before, slash, _ = path.rpartition("/")
        before = before.rstrip("/")
        if not slash or path.startswith("//") or not before:
            return element
        found = reached(element, before)
        return found[0] if found else self.writer.grow(element, self.writer.way(element, before))

    def _supply(self, element: etree._Element, constraint: Constraint, path: str) -> etree._Element:
        """One more element that the constraint selects: a new one, else one that is there and made to suit. Raises Unplaced.

        path: from the element; the last step of the constraint's, when the element is the one under which it counts.
        """
        where = constraint.where
        present = self._reached(element, path)
        if where is not None:
            null = [one for one in present if "nullFlavor" in one.attrib and where.null_flavor is False]
            for one in (*null, *(one for one in present if one in self._plain)):
                self._plain.discard(one)
                self.writer.satisfy(one, where)
                if holds(one, where):
                    return one
        try:
            one = self.writer.grow(element, self.writer.way(element, path), where)
            if where is None:
                self._plain.add(one)
            return one
        except Unplaced:
            if not present:
                raise
        one = present[-1]
        if where is not None:
            self.writer.satisfy(one, where)
        return one

    def _reached(self, element: etree._Element, path: str) -> list[etree._Element]:
        return [] if "*" in path.split("/") else reached(element, path)

    # ---------------------------------------------------------- mending

    def mend(self, root: etree._Element, known: Sequence[str] = ()) -> tuple[str, ...]:
        """Mends until no check is broken but those known to be, or none can be mended more. Gives back the checks still broken."""
        tried: Counter[object] = Counter()

        def worth(name: str, element: etree._Element) -> bool:
            return name not in known and tried[name] < _PATIENCE_IN_ALL and tried[name, element] < _PATIENCE

        for _ in range(_ROUNDS):
            self.writer.filler.complete(root)
            self._anchor(root)
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
        return self._faults(root)

    def _faults(self, root: etree._Element) -> tuple[str, ...]:
        return tuple(sorted({note.name for note in self._look(root)} | self._broken(root).errors))

    def _broken(self, root: etree._Element) -> _Broken:
        found = _Broken()
        self._judging.walk(root, Environment.TEST, found)
        return found

    def _obey_all(self, broken: Sequence[tuple[Rule, etree._Element]]) -> None:
        for rule, element in broken:
            try:
                if _top(element).tag == named("ClinicalDocument"):
                    self._obeyer.obey(element, xpath.parse(rule.test, arguments()))
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
        asked = self._watching.asked(_top(facets[0])) if facets else {}
        heard: list[_Note] = []
        done: set[object] = set()
        for note in notes:
            element, constraint = note.element, note.check.constraint
            subject = (
                (element, constraint.path) if note.missing and constraint.where is None and "//" not in constraint.path else element
            )
            if subject in done or _top(element).tag != named("ClinicalDocument"):
                continue  # mended already, or taken away by what was mended
            done.add(subject)
            heard.append(note)
            try:
                if note.facet != "card":
                    self.writer.meet(element, asked.get(element, ()))
                elif note.missing:
                    for _ in range(note.missing):
                        self._supply(element, constraint, _last(constraint.path))
                else:
                    self._take_away(element, constraint)
            except Unplaced:
                continue
        return heard

    def _take_away(self, element: etree._Element, constraint: Constraint) -> None:
        """One element less that the constraint selects: what is exercised stays before others."""
        where = constraint.where
        if constraint.high == 0 and where is not None and where.negated is not None:
            self.writer.falsify(element, where)  # it may be there, if it is one of these
            return
        parent = element.getparent()
        if parent is not None and "/" not in _last(constraint.path) and element in self._exercised:
            same = [one for one in children(parent, tag_of(element)) if where is None or holds(one, where)]
            element = next((one for one in reversed(same) if one not in self._exercised), element)
        _remove(element)

    def _anchor(self, root: etree._Element) -> None:
        """Every reference into the narrative has its place there."""
        known = {element.get("ID") for element in root.iter("*") if element.get("ID")}
        for reference in root.iter(named("reference")):
            value = reference.get("value", "")
            if value.startswith("#") and value[1:] not in known and (text := self._narrative_of(reference)) is not None:
                self.writer.filler.narrate(text, value[1:])
                known.add(value[1:])

    def _narrative_of(self, element: etree._Element) -> etree._Element | None:
        """The text of the section that holds an element, of one above it, or of the first that has any."""
        sections = list(element.iterancestors(named("section")))
        for section in sections:
            for text in children(section, "text"):
                return text
        found = element.getroottree().getroot().xpath("//cda:section/cda:text", namespaces=NAMESPACES)
        if isinstance(found, list) and found and isinstance(found[0], etree._Element):
            return found[0]
        return self.tree.add(sections[0], "text") if sections and self.tree.takes(sections[0], "text") else None


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
class _Seen:
    """Listens to constraints alone."""

    # ruff: noqa: ARG002

    judged: set[str] = field(default_factory=set)
    notes: list[_Note] = field(default_factory=list)

    def note(self, check: Check, facet: str, node: Node, found: str) -> None:
        missing = max((check.constraint.low or 0) - int(found), 0) if facet == "card" else 0
        self.notes.append(_Note(check, facet, node.element, missing))

    def grammar(self, rule: str, node: Node, message: Text, hint: Text, mend: Mend | None = None) -> None:
        raise AssertionError("constraints alone are looked at")

    def rule(self, rule: Rule, node: Node, rules: RuleSet) -> None:
        raise AssertionError("constraints alone are looked at")


@dataclass(slots=True)
class _Broken:
    """Listens to the grammar and to the rules whose breach is an error."""

    judged: set[str] = field(default_factory=set)
    errors: set[str] = field(default_factory=set)
    rules: list[tuple[Rule, etree._Element]] = field(default_factory=list)

    def note(self, check: Check, facet: str, node: Node, found: str) -> None:
        pass

    def grammar(self, rule: str, node: Node, message: Text, hint: Text, mend: Mend | None = None) -> None:
        self.errors.add(rule)

    def rule(self, rule: Rule, node: Node, rules: RuleSet) -> None:
        self.rules.append((rule, node.element))
        if rule.severity[Environment.TEST] is Severity.ERROR:
            self.errors.add(rule.id)


def _bare(root: etree._Element) -> None:
    """Takes the sections out of a document's body."""
    for body in root.iter(named("structuredBody")):
        for child in list(body):
            body.remove(child)


def _last(path: str) -> str:
    return path if path.startswith("//") else path.rpartition("/")[2]


def _top(element: etree._Element) -> etree._Element:
    above = list(element.iterancestors())
    return above[-1] if above else element


def _remove(element: etree._Element) -> None:
    parent = element.getparent()
    if parent is None:
        return
    parent.remove(element)
    above = parent.getparent()
    if above is not None and tag_of(parent) in _WRAPPERS and not children(parent):
        above.remove(parent)


def _against(faults: Iterable[str], known: Iterable[str], constraint: Constraint | None = None) -> Text:
    new = sorted(set(faults) - set(known))
    if constraint is not None and new and all(name.rpartition(".")[0] == constraint.id for name in new):
        french = "rien ne convient à la fois à ce qu'elle demande, aux autres contraintes et à la grammaire de CDA"
        return Text(french, "nothing suits what it asks, the other constraints and the grammar of CDA together")
    names = ", ".join(new[:3])
    return Text(f"ce qu'elle demande ne va pas avec {names}", f"what it asks does not go with {names}")


def _nested(constraint: Constraint) -> Iterator[Constraint]:
    for nested in constraint.each:
        yield nested
        yield from _nested(nested)


def chains(constraints: Iterable[Constraint], above: Chain = ()) -> Iterator[Chain]:
    """Every constraint, each with those it is nested in before it."""
    for constraint in constraints:
        yield (*above, constraint)
        yield from chains(constraint.each, (*above, constraint))
