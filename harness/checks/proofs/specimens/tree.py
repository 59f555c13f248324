"""A CDA being written: where an element may stand, in what order, what it must hold beside; all from grammar.yaml."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from functools import cache

from lxml import etree

from ....model import Constraint, Template, Text, Where
from ....namespaces import NAMESPACES, TAG_PREFIXES, XSI_TYPE, element_named
from ....remembered import remembered
from ...grammar import CdaClass, Grammar
from ..as_xpath import predicate, steps

_PREFIXES = {uri: TAG_PREFIXES[prefix] for prefix, uri in NAMESPACES.items()}
_FAR = 12  # steps, from an element to one that may stand somewhere below it
_WRAPPERS = ("entry", "entryRelationship", "component")


class Unplaced(Exception):
    """What was to be written has no place there. reason: shown to the author of the constraint."""

    def __init__(self, reason: Text) -> None:
        super().__init__(reason.en)
        self.reason = reason


def tag_of(element: etree._Element) -> str:
    """`code`, `sdtc:id`: as paths of constraints write it."""
    name = etree.QName(element)
    return f"{_PREFIXES.get(name.namespace or '', '')}{name.localname}"


def drop(element: etree._Element, attribute: str) -> None:
    if attribute in element.attrib:
        del element.attrib[attribute]


def children(element: etree._Element, tag: str | None = None) -> list[etree._Element]:
    return [child for child in element.iterchildren("*") if tag is None or tag_of(child) == tag]


def is_blank(element: etree._Element) -> bool:
    return not (len(element) or element.attrib or (element.text or "").strip())


def reached(element: etree._Element, path: str) -> list[etree._Element]:
    """The elements that the path of a constraint leads to."""
    found = _query(f".{steps(path)}" if path.startswith("//") else steps(path))(element)
    return [one for one in found if isinstance(one, etree._Element)] if isinstance(found, list) else []


def holds(element: etree._Element, where: Where) -> bool:
    return bool(_query(f"boolean(self::*[{predicate(where)}])")(element))


def selected(element: etree._Element, constraint: Constraint) -> list[etree._Element]:
    """The elements that a constraint on this one bears on."""
    if constraint.when is not None and not holds(element, constraint.when):
        return []
    return [one for one in reached(element, constraint.path) if constraint.where is None or holds(one, constraint.where)]


def claimed(element: etree._Element, templates: Mapping[str, tuple[Template, ...]]) -> Iterator[Template]:
    """The templates that an element claims, each once."""
    known: dict[str, Template] = {}
    for claim in children(element, "templateId"):
        for template in templates.get(claim.get("root", ""), ()):
            if tag_of(element) == template.element and template.extension in (None, claim.get("extension")):
                known[template.id] = template
    return iter(known.values())


@cache
def _query(expression: str) -> etree.XPath:
    return etree.XPath(expression, namespaces=NAMESPACES)


def type_of(element: etree._Element) -> str:
    return element.get(XSI_TYPE, "").rpartition(":")[2]


class Tree:
    """What the grammar says of the elements of documents."""

    def __init__(self, grammar: Grammar) -> None:
        self.grammar = grammar

    def declared(self, element: etree._Element) -> CdaClass | None:
        """The class that the parent declares, None where it declares none."""
        parent = element.getparent()
        if parent is None:
            return self.grammar.root(tag_of(element))
        above = self.class_of(parent)
        name = None if above is None else above.content.classes.get(tag_of(element))
        return None if name is None else self.grammar.class_named(name)

    def class_of(self, element: etree._Element) -> CdaClass | None:
        """The class declared, or the one derived from it that xsi:type says."""
        cls = self.declared(element)
        said = type_of(element)
        if cls is not None and said and self.grammar.knows(said) and (cls.free or self.grammar.derives(said, cls.name)):
            return self.grammar.class_named(said)
        return cls

    def lineage(self, cls: CdaClass) -> list[str]:
        return list(self.grammar.lineage(cls.name))

    @remembered
    def derived(self, base: str) -> tuple[str, ...]:
        return tuple(self.grammar.derived(base))

    # ---------------------------------------------------------- children

    def takes(self, element: etree._Element, tag: str) -> bool:
        """Whether one more child of this name may stand there."""
        cls = self.class_of(element)
        return cls is not None and self._row(cls, [*map(tag_of, children(element)), tag]) is not None

    def add(self, element: etree._Element, tag: str) -> etree._Element:
        """One more child, in its place, still empty. Raises Unplaced."""
        cls = self.class_of(element)
        if cls is None or self._row(cls, [*map(tag_of, children(element)), tag]) is None:
            here = tag_of(element)
            if cls is not None and tag in cls.content.classes:
                raise Unplaced(Text(f"<{here}> ne peut contenir un <{tag}> de plus", f"<{here}> may not hold one more <{tag}>"))
            raise Unplaced(Text(f"<{tag}> n'existe pas dans <{here}>", f"<{tag}> does not exist in <{here}>"))
        child = etree.SubElement(element, element_named(tag))
        self.arrange(element)
        return child

    def arrange(self, element: etree._Element) -> list[etree._Element]:
        """Children put in the order of the grammar, those it demands made. Gives back the new ones, still empty."""
        cls = self.class_of(element)
        if cls is None or cls.free:
            return []
        present = children(element)
        tags = [tag_of(child) for child in present]
        row = self._row(cls, tags)
        if row is None or row == tags:
            return []
        waiting = list(present)
        added: list[etree._Element] = []
        for tag in row:
            child = next((one for one in waiting if tag_of(one) == tag), None)
            if child is None:
                child = etree.Element(element_named(tag))
                added.append(child)
            else:
                waiting.remove(child)
            element.append(child)
        for foreign in waiting:
            element.append(foreign)
        return added

    def _row(self, cls: CdaClass, tags: Sequence[str]) -> list[str] | None:
        if any(tag not in cls.content.classes and not cls.content.foreign for tag in tags):
            return None
        return cls.content.completed(tags)

    # ---------------------------------------------------------- ways

    def way(self, element: etree._Element, tag: str) -> tuple[str, ...]:
        """The shortest path down from an element to one of this name. Raises Unplaced."""
        cls = self.class_of(element)
        found = None if cls is None else self._way(cls.name, tag)
        if found is None:
            here = tag_of(element)
            raise Unplaced(Text(f"aucun <{tag}> n'a de place sous <{here}>", f"no <{tag}> has a place below <{here}>"))
        return found

    @remembered
    def _way(self, name: str, tag: str) -> tuple[str, ...] | None:
        todo: deque[tuple[CdaClass, tuple[str, ...]]] = deque([(self.grammar.class_named(name), ())])
        seen = {name}
        while todo:
            here, way = todo.popleft()
            if tag in here.content.classes:
                return (*way, tag)
            if len(way) < _FAR:
                for step, name in self._below(here):
                    if name not in seen:
                        seen.add(name)
                        todo.append((self.grammar.class_named(name), (*way, step)))
        return None

    def _below(self, cls: CdaClass) -> Iterator[tuple[str, str]]:
        """Steps down, an observation before other acts: it may hold most."""
        steps = [(tag, name) for tag, name in cls.content.classes.items() if self.grammar.knows(name)]
        yield from sorted(steps, key=lambda step: step[0] != "observation")


def remove(element: etree._Element) -> None:
    """Removes an element, and its parent where that only wrapped it."""
    parent = element.getparent()
    if parent is None:
        return
    parent.remove(element)
    above = parent.getparent()
    if above is not None and tag_of(parent) in _WRAPPERS and not children(parent):
        above.remove(parent)
