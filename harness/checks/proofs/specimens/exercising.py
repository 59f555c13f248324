"""Exercises constraints: writes into a document what each speaks of, be it optional, under an element that claims its template."""

from __future__ import annotations

from collections.abc import Sequence

from lxml import etree

from ....library.nested import walk
from ....model import Constraint, Profile, Template, Text
from ....namespaces import element_named
from ..targets import Target
from .tree import Tree, Unplaced, children, holds, reached, remove
from .writing import Writer

Chain = tuple[Constraint, ...]
"""A constraint after those it is nested in."""


class Exerciser:
    """elements: those that were exercised, not to be taken away."""

    def __init__(self, profile: Profile, tree: Tree, writer: Writer) -> None:
        self._profile = profile
        self._tree = tree
        self._writer = writer
        self.elements: set[etree._Element] = set()
        self._plain: set[etree._Element] = set()  # of which nothing was asked but to be there

    def exercise(self, root: etree._Element, target: Target, chain: Chain, reasons: dict[str, Text]) -> None:
        try:
            element = self.claimant(root, target)
        except Unplaced as unplaced:
            reasons[chain[-1].id] = unplaced.reason
            return
        self._exercise(element, chain[0], chain[1:], reasons)

    def claims(self, root: etree._Element, target: Target) -> etree._Element | None:
        template = target.template
        if template is None:
            return root
        for element in root.iter(element_named(template.element)):
            for claim in children(element, "templateId"):
                if claim.get("root") in target.roots and template.extension in (None, claim.get("extension")):
                    return element
        return None

    def claimant(self, root: etree._Element, target: Target) -> etree._Element:
        """An element that claims the template, made where there is none. Raises Unplaced."""
        template = target.template
        if template is None:
            return root
        present = self.claims(root, target)
        if present is not None:
            return present
        element = self._host(root, template)
        claim = self._tree.add(element, "templateId")
        claim.set("root", target.roots[0])
        if template.extension is not None:
            claim.set("extension", template.extension)
        return element

    def supply(self, element: etree._Element, constraint: Constraint, path: str) -> etree._Element:
        """One more element that the constraint selects: a new one, else one that is there and made to suit. Raises Unplaced.

        path: from the element; the last step of the constraint's, when the element is the one under which it counts.
        """
        where = constraint.where
        present = self._reached(element, path)
        if where is not None:
            null = [one for one in present if "nullFlavor" in one.attrib and where.null_flavor is False]
            for one in (*null, *(one for one in present if one in self._plain)):
                self._plain.discard(one)
                self._writer.conditions.satisfy(one, where)
                if holds(one, where):
                    return one
        try:
            one = self._writer.grow(element, self._writer.way(element, path), where)
            if where is None:
                self._plain.add(one)
            return one
        except Unplaced:
            if not present:
                raise
        one = present[-1]
        if where is not None:
            self._writer.conditions.satisfy(one, where)
        return one

    def _host(self, root: etree._Element, template: Template) -> etree._Element:
        """A new element for the template, in the body if it has a place there, under a parent that may be as it asks."""
        body = next(root.iter(element_named("structuredBody")), root)
        known = self._profile.templates.get(template.root, ())
        links = [one for some in known for one in some.constraints if one.path == ".." and one.attributes]
        try:
            way = self._tree.way(body, template.element)
        except Unplaced:
            return self._writer.grow(root, self._tree.way(root, template.element))
        if way[-2] == "entry" and links:
            inner = ("component", "section", "entry", "observation", "entryRelationship", template.element)
            element = self._writer.grow(body, inner)
            if not self._suits(element.getparent(), links):
                remove(element)
                element = self._writer.grow(body, way)
            return element
        return self._writer.grow(body, way)

    def _suits(self, parent: etree._Element | None, links: Sequence[Constraint]) -> bool:
        """The parent has every attribute that the links want of it."""
        cls = None if parent is None else self._tree.class_of(parent)
        return cls is not None and all(name in cls.attributes for link in links for name in link.attributes)

    def _exercise(self, element: etree._Element, constraint: Constraint, chain: Chain, reasons: dict[str, Text]) -> None:
        """chain: the only nested constraints to go on with; empty: all of them."""
        try:
            found = self._subject(element, constraint)
        except Unplaced as unplaced:
            reasons[constraint.id] = unplaced.reason
            for nested in walk(constraint.each):
                reasons[nested.id] = unplaced.reason
            return
        reasons.pop(constraint.id, None)
        if found is not None:
            self.elements.add(found)
            for nested in chain[:1] or constraint.each:
                self._exercise(found, nested, chain[1:], reasons)

    def _subject(self, element: etree._Element, constraint: Constraint) -> etree._Element | None:
        """An element that the constraint selects, made where there is none; None where there may be none. Raises Unplaced."""
        if constraint.when is not None:
            self._writer.conditions.satisfy(element, constraint.when)
        path, where = constraint.path, constraint.where
        if path in (".", ".."):
            one = element if path == "." else element.getparent()
            if one is not None and where is not None:
                self._writer.conditions.satisfy(one, where)
            return one
        if constraint.high == 0:
            self._parent(element, path)
            return None
        present = [one for one in self._reached(element, path) if where is None or holds(one, where)]
        present.sort(key=lambda one: "nullFlavor" in one.attrib)
        one = present[0] if present else self.supply(element, constraint, path)
        null = constraint.attributes.get("nullFlavor")
        if null is not None and null.presence == "required" and "nullFlavor" not in one.attrib:
            self._writer.values.empty(one, (null.values or ("UNK",))[0])  # at once: a condition may hang on there being no value
        wants_null = "nullFlavor" in constraint.attributes or (where is not None and where.null_flavor)
        if "nullFlavor" in one.attrib and not wants_null:
            self._writer.values.unnull(one)
        return one

    def _parent(self, element: etree._Element, path: str) -> etree._Element:
        """The element under which a path counts. Raises Unplaced."""
        before, slash, _ = path.rpartition("/")
        before = before.rstrip("/")
        if not slash or path.startswith("//") or not before:
            return element
        found = reached(element, before)
        return found[0] if found else self._writer.grow(element, self._writer.way(element, before))

    def _reached(self, element: etree._Element, path: str) -> list[etree._Element]:
        return [] if "*" in path.split("/") else reached(element, path)
