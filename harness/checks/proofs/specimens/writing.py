"""Writes into a document what conditions select, one element at a time; what an element then says is in `values`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from lxml import etree

from ....library import Library
from ....model import Template, Text, Where
from .concepts import Concepts
from .conditions import Conditions
from .filling import Filler
from .tree import Tree, Unplaced, children, is_blank, reached, tag_of, type_of
from .values import Values


class Writer:
    def __init__(self, tree: Tree, library: Library, templates: Mapping[str, tuple[Template, ...]]) -> None:
        self.tree = tree
        self.filler = Filler(tree)
        self.values = Values(tree, self.filler, Concepts(library, templates))
        self.conditions = Conditions(self)
        self.apart = False  # what is grown does not go into a section that claims a template

    # ---------------------------------------------------------- elements

    def grow(self, element: etree._Element, steps: Sequence[str], where: Where | None = None) -> etree._Element:
        """A new element at the end of these steps, under what is there already where it has room, such as the condition selects.

        Raises Unplaced.
        """
        if steps[0] in ("..", "."):
            above = element if steps[0] == "." else element.getparent()
            if above is None or len(steps) == 1:
                raise Unplaced(Text("rien ne s'ajoute au-dessus", "nothing is added above"))
            return self.grow(above, steps[1:], where)
        tag, rest = steps[0], steps[1:]
        if rest:
            for child in children(element, tag):
                if self.apart and tag == "section" and children(child, "templateId"):
                    continue
                try:
                    return self.grow(child, rest, where)
                except Unplaced:
                    continue
        child = self.child(element, tag)
        try:
            if where is not None and not rest:
                self.conditions.satisfy(child, where)  # before it is filled: what it holds may be of one kind only
            found = self.grow(child, rest, where) if rest else child
        except Unplaced:
            element.remove(child)
            raise
        self.filler.fill(child)
        return found

    def child(self, element: etree._Element, tag: str) -> etree._Element:
        """One more child, not filled yet: a blank one that is there already, before any other. Raises Unplaced."""
        blank = (one for one in children(element, tag) if is_blank(one))
        found = next(blank, None)
        return self._child(element, tag) if found is None else found

    def _child(self, element: etree._Element, tag: str) -> etree._Element:
        """A new one; an element whose data type has no such child takes one that has."""
        try:
            return self.tree.add(element, tag)
        except Unplaced:
            declared = self.tree.declared(element)
            present = [tag_of(child) for child in children(element)]
            for name in self.values.types.fitting(declared, (), (*present, tag), ()):
                if name != type_of(element):
                    self.values.types.change(element, name)
                    return self.tree.add(element, tag)
            if self._make_room(element, tag):
                return self.tree.add(element, tag)
            raise

    def _make_room(self, element: etree._Element, tag: str) -> bool:
        """Takes away the one child that stands in the way of another and that no template speaks of."""
        for child in children(element):
            if tag_of(child) == tag or child.find(".//{*}templateId") is not None:
                continue
            place = element.index(child)
            element.remove(child)
            if self.tree.takes(element, tag):
                return True
            element.insert(place, child)
        return False

    def way(self, element: etree._Element, path: str) -> tuple[str, ...]:
        """Steps of a path, those that `//` leaves open included. Raises Unplaced."""
        found: list[str] = []
        before, descending, last = path.partition("//")
        if before:
            found += before.split("/")
        if descending:
            inner = reached(element, before)[:1] if before else [element]
            if not inner:
                raise Unplaced(Text(f"rien ne mène à {path}", f"nothing leads to {path}"))
            head, slash, rest = last.partition("/")
            found += [*self.tree.way(inner[0], head), *(rest.split("/") if slash else ())]
        if "*" in found:
            raise Unplaced(Text(f"{path} ne dit pas quel élément écrire", f"{path} does not say which element to write"))
        return tuple(found)
