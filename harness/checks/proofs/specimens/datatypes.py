"""Data types of elements: one that has the attributes and children that are wanted, and what is there made to suit it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from lxml import etree

from ....model import AttributeFact, Constraint
from ...grammar import CdaClass
from .filling import USUAL_TYPES, Filler
from .tree import Tree, children, tag_of, type_of

_NULL = "nullFlavor"


class DataTypes:
    """Chooses and changes them."""

    def __init__(self, tree: Tree, filler: Filler) -> None:
        self._tree = tree
        self._filler = filler

    def fit(
        self, element: etree._Element, asked: Sequence[Constraint], facts: Mapping[str, Sequence[AttributeFact]], coded: object
    ) -> None:
        """Another type where the one that is there has not what all these ask of it together."""
        lists = [constraint.types for constraint in asked if constraint.types]
        allowed = [name for name in (lists[0] if lists else ()) if all(name in types for types in lists)]
        needed = [name for name, those in facts.items() if any(fact.presence == "required" for fact in those)]
        needed += ["code"] if coded and any(one.codes or one.valueset for one in asked) else []
        present = [tag_of(child) for child in children(element)]
        cls = self._tree.class_of(element)
        if cls is None or cls.free:
            return
        fits = not set(needed) - cls.attributes.keys() - {"xsi:type", _NULL}
        if fits and (not lists or type_of(element) in allowed):
            return
        declared = self._tree.declared(element)
        for tags in (present, ()):
            for name in self.fitting(declared, needed, tags, allowed):
                if name != type_of(element):
                    self.change(element, name)
                return

    def fitting(
        self, declared: CdaClass | None, attributes: Sequence[str], tags: Sequence[str], allowed: Sequence[str]
    ) -> list[str]:
        """Data types that an element so declared may have, with these attributes and children."""
        if declared is None or declared.free or not {"ANY", "pharm.ANY"} & set(self._tree.lineage(declared)):
            return []
        names = [name for name in (*USUAL_TYPES, *self._tree.derived(declared.name)) if name in self._tree.derived(declared.name)]
        found = []
        for name in dict.fromkeys([*allowed] if allowed else names):
            if not self._tree.grammar.knows(name) or not self._tree.grammar.derives(name, declared.name):
                continue
            cls = self._tree.grammar.class_named(name)
            if set(attributes) - cls.attributes.keys() - {"xsi:type", _NULL} or cls.abstract:
                continue
            if all(tag in cls.content.classes for tag in tags):
                found.append(name)
        return found

    def change(self, element: etree._Element, name: str) -> None:
        """Another data type; children that it has too stay."""
        kept = children(element)
        self._filler.retype(element, name)
        cls = self._tree.class_of(element)
        if cls is None:
            return
        for child in kept:
            tag = tag_of(child)
            if tag in cls.content.classes:
                for same in children(element, tag):
                    element.remove(same)
                element.append(child)
                self._suit(child)
        self._tree.arrange(element)

    def _suit(self, element: etree._Element) -> None:
        """A value of another type makes room for one of the type that its place has now."""
        cls = self._tree.class_of(element)
        if cls is not None and not cls.free and any(name[0] != "{" and name not in cls.attributes for name in element.attrib):
            element.attrib.clear()
            self._filler.fill(element)
