"""Writes into a document what conditions select, one element at a time; what an element then says is in `values`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from lxml import etree

from ....library import Library
from ....model import Constraint, Text, Where
from ....namespaces import attribute_named
from . import samples
from .concepts import Concepts
from .filling import USUAL_TYPES, Filler
from .tree import Tree, Unplaced, children, drop, holds, is_blank, reached, tag_of, type_of
from .values import Values

_NULL = "nullFlavor"


class Writer:
    """known: the constraints of the templates that an element claims."""

    def __init__(self, tree: Tree, library: Library, known: Callable[[etree._Element], Iterable[Constraint]]) -> None:
        self.tree = tree
        self.filler = Filler(tree)
        self.values = Values(tree, self.filler, Concepts(library, known))
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
                self.satisfy(child, where)  # before it is filled: what it holds may be of one kind only
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

    # ---------------------------------------------------------- conditions

    def satisfy(self, element: etree._Element, where: Where) -> None:
        """Changes what is needed for the condition to hold. Raises Unplaced."""
        if holds(element, where):
            return
        if where.null_flavor is False and _NULL in element.attrib:
            self.values.unnull(element)
        if where.types and type_of(element) not in where.types:
            self.values.types.change(element, where.types[0])
        if where.template is not None:
            self._among(element, "templateId/@root", (where.template,))
        for path in where.lacks:
            self._remove(element, path)
        for name, values in where.attributes.items():
            self._among(element, name, values)
        for path in where.has:
            self.lead(element, path)
        if where.null_flavor:
            self.values.empty(element, "UNK")
        if where.negated is not None:
            self.falsify(element, where.negated)
        if where.any and not any(holds(element, option) for option in where.any):
            self._first_that_works(element, where.any)

    def _first_that_works(self, element: etree._Element, options: Sequence[Where]) -> None:
        for option in options[:-1]:
            try:
                return self.satisfy(element, option)
            except Unplaced:
                continue
        return self.satisfy(element, options[-1])

    def falsify(self, element: etree._Element, where: Where) -> None:
        """Changes what is needed for the condition not to hold. Raises Unplaced."""
        if not holds(element, where):
            return
        if where.negated is not None:
            self.satisfy(element, where.negated)
        elif where.template is not None:
            for claim in reached(element, "templateId"):
                if claim.get("root") == where.template:
                    element.remove(claim)
        elif where.attributes:
            name, values = next(iter(where.attributes.items()))
            self._away(element, name, values)
        elif where.has:
            self._remove(element, where.has[0])
        elif where.lacks:
            self.lead(element, where.lacks[0])
        elif where.null_flavor is not None:
            self.values.unnull(element) if where.null_flavor else self.values.empty(element, "UNK")
        elif where.types:
            other = next(name for name in USUAL_TYPES if name not in where.types)
            self.values.types.change(element, other)
        elif where.any:
            for option in where.any:
                self.falsify(element, option)

    def _among(self, element: etree._Element, name: str, values: Sequence[str]) -> None:
        """The attribute at the end of this path has one of the values."""
        path, attribute = _parts(name if "@" in name else f"@{name}")
        bearing = _at(element, path)
        if any(one.get(attribute_named(attribute)) in values for one in bearing):
            return
        if not bearing or path.rpartition("/")[2] == "templateId":
            bearing = [self.grow(element, self.way(element, path))]
        self.values.write(bearing[0], attribute, values[0])

    def _away(self, element: etree._Element, name: str, values: Sequence[str]) -> None:
        path, attribute = _parts(name if "@" in name else f"@{name}")
        for one in _at(element, path):
            if one.get(attribute_named(attribute)) in values:
                parent = one.getparent()
                if tag_of(one) == "templateId" and parent is not None:
                    parent.remove(one)
                else:
                    self.values.write_other(one, attribute, values)

    def lead(self, element: etree._Element, path: str) -> None:
        """Makes a path lead to an element or attribute. Raises Unplaced."""
        steps, attribute = _parts(path)
        found = _at(element, steps)
        one = found[0] if found else self.grow(element, self.way(element, steps))
        if attribute and one.get(attribute_named(attribute)) is None:
            self.values.write(one, attribute, self.values.value_for(one, attribute, ()) or samples.CODE)

    def _remove(self, element: etree._Element, path: str) -> None:
        steps, attribute = _parts(path)
        for one in _at(element, steps):
            if attribute:
                drop(one, attribute_named(attribute))
            elif (parent := one.getparent()) is not None:
                parent.remove(one)


def _parts(path: str) -> tuple[str, str]:
    """`templateId/@root` as the way to an element and the attribute there; either may be empty."""
    before, at, attribute = path.rpartition("@")
    return (before.removesuffix("/"), attribute) if at else (path, "")


def _at(element: etree._Element, way: str) -> list[etree._Element]:
    return reached(element, way) if way else [element]
