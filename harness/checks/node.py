"""The light nodes that a document is judged on, one for each element, and the index that finds them (tree.py makes both)."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import cached_property, lru_cache
from itertools import chain
from operator import attrgetter
from typing import Any, TypeVar, TypeVarTuple

from lxml import etree

from ..namespaces import HL7_V3

_order = attrgetter("order")
NONE: list[Node] = []  # shared by all that have no children, never changed
Keys = str | tuple[str, ...]  # of the index: one, or several
_Further = TypeVarTuple("_Further")
_Found = TypeVar("_Found")


class Node:
    """One element.

    tag: bare for HL7 V3 (`code`), prefixed for the extensions used in France (`sdtc:raceCode`, `lab:`, `pharm:`), `{uri}name` else;
    attributes: by name, likewise (`xsi:type`, `root`); children: elements only, in order; named: children by tag;
    parent: None for ClinicalDocument; element: the lxml element it stands for; order: place in the document, from 0;
    end: order of the last node below it; has_text: it has text of its own that is more than space; index: of the whole document.
    """

    __slots__ = ("attributes", "children", "element", "end", "has_text", "index", "named", "order", "parent", "tag")

    tag: str
    attributes: dict[str, str]
    children: list[Node]
    named: dict[str, list[Node]]
    parent: Node | None
    element: etree._Element
    order: int
    end: int
    has_text: bool
    index: Index

    @property
    def text(self) -> str:
        """The element's own text, that of its children left out."""
        element = self.element
        if len(element) == 0:
            return element.text or ""
        return (element.text or "") + "".join(child.tail or "" for child in element)

    @property
    def whole_text(self) -> str:
        """The element's text with that of all below it."""
        element = self.element
        if len(element) == 0:
            return element.text or ""
        return etree.tostring(element, method="text", encoding="unicode", with_tail=False)  # in half the time of XPath's `string()`

    def binds(self, prefix: str | None) -> bool:
        """Whether the prefix stands for HL7 V3 here; None asks it of names without a prefix."""
        return self.element.nsmap.get(prefix) == HL7_V3

    @property
    def location(self) -> str:
        """`/ClinicalDocument/recordTarget/patientRole/id[2]`: a position is written where siblings share the name."""
        steps: list[str] = []
        current: Node | None = self
        while current is not None:
            tag = current.tag
            name = f"*:{tag.rpartition('}')[2]}" if tag[0] == "{" else tag
            namesakes = NONE if current.parent is None else current.parent.named[tag]
            steps.append(name if len(namesakes) < 2 else f"{name}[{namesakes.index(current) + 1}]")
            current = current.parent
        return "/" + "/".join(reversed(steps))

    def nearest(self, *tags: str) -> Node | None:
        """The element itself, or the first above it, that has one of these tags."""
        at: Node | None = self
        while at is not None and at.tag not in tags:
            at = at.parent
        return at

    @property
    def type(self) -> str:
        """Local name of xsi:type, empty when there is none."""
        return self.attributes.get("xsi:type", "").rpartition(":")[2]


class Index:
    """Nodes of a document by tag, by `#root` of a template they claim, by `/tag` of a child, by `@name` of an attribute they have
    and by `=name=value` of it, or by several of these; always in document order."""

    def __init__(self, nodes: list[Node], by_tag: dict[str, list[Node]], by_attribute: Mapping[str, list[Node]]) -> None:
        self._nodes = nodes
        self._rows: dict[Keys, Sequence[Node]] = by_tag  # type: ignore[assignment] # and under further keys when these are asked
        self._by_attribute = by_attribute
        self.remembered: dict[Any, Any] = {}  # what is found once (see `once`), under who found it

    @property
    def root(self) -> Node:
        return self._nodes[0]

    @cached_property
    def claimants(self) -> Sequence[Node]:
        """Elements that claim a template, in document order."""
        return sorted(set().union(*self.claims.values()), key=_order)

    @cached_property
    def claims(self) -> Mapping[str | None, Collection[Node]]:
        """By root of a template: the elements that claim it."""
        found: defaultdict[str | None, set[Node]] = defaultdict(set)
        for claim in self._rows.get("templateId", ()):
            if claim.parent is not None:
                found[claim.attributes.get("root")].add(claim.parent)
        return found

    def below(self, node: Node, keys: Keys | None, or_self: bool = False) -> Sequence[Node]:
        """Descendants that stand under one of the keys (any, when None), in document order."""
        first, last = node.order if or_self else node.order + 1, node.end
        if first > last:
            return NONE
        if keys is None:
            return self._nodes[first : last + 1]
        row = self._rows.get(keys)
        return between(self.under(keys) if row is None else row, first, last)

    def under(self, keys: Keys) -> Sequence[Node]:
        """Nodes under one of the keys, in document order."""
        row = self._rows.get(keys)
        if row is None:
            row = self._rows[keys] = self._under_one(keys) if isinstance(keys, str) else self._under_any(keys)
        return row

    def within(self, keys: Keys, first: int, last: int) -> Sequence[Node]:
        """Nodes under one of the keys between these two places, both included. In a small range no others are looked at."""
        row = self._rows.get(keys)
        if row is None and isinstance(keys, tuple) and 2 * (last - first) < len(self._nodes):
            return _together([row for key in keys if (row := between(self.under(key), first, last))], keys)
        return between(self.under(keys) if row is None else row, first, last)

    def at(self, first: int, last: int) -> Sequence[Node]:
        """All nodes between these two places, both included."""
        return self._nodes[first : last + 1]

    def _under_any(self, keys: tuple[str, ...]) -> Sequence[Node]:
        return _together([row for key in keys if (row := self.under(key))], keys)

    def _under_one(self, key: str) -> Sequence[Node]:
        kind, name = key[0], key[1:]
        if kind == "@":
            return self._by_attribute.get(name, NONE)
        if kind == "/":
            above = {child.parent for child in self._rows.get(name, ())}
            return sorted([node for node in above if node is not None], key=_order)
        if kind == "#":
            return sorted(self.claims.get(name, ()), key=_order)
        if kind == "=":
            attribute, _, value = name.partition("=")
            return _by_value(self.root, attribute).get(value, NONE)
        return NONE

    def release(self) -> None:
        """Frees the nodes of the document at once, reference cycles included. To be called once it has been judged."""
        for node in self._nodes:
            node.parent = None
        self._nodes.clear()
        self._rows = {}
        self._by_attribute = {}
        self.remembered.clear()
        self.__dict__.clear()


def once(find: Callable[[Node, *_Further], _Found]) -> Callable[[Node, *_Further], _Found]:
    """Decorator: what the function returns for an element (never None) is kept while a document is judged."""

    def found(node: Node, *further: *_Further) -> _Found:
        remembered = node.index.remembered
        key = find, node, further
        known: _Found | None = remembered.get(key)
        if known is None:
            known = remembered[key] = find(node, *further)
        return known

    return found


@once
def _by_value(document: Node, attribute: str) -> Mapping[str, list[Node]]:
    """The elements that have the attribute, by its value."""
    found: defaultdict[str, list[Node]] = defaultdict(list)
    for node in document.index.under(f"@{attribute}"):
        found[node.attributes[attribute]].append(node)
    return found


def _together(rows: Sequence[Sequence[Node]], keys: tuple[str, ...]) -> Sequence[Node]:
    """What stands under several keys, in document order."""
    if len(rows) < 2:
        return rows[0] if rows else NONE
    found = chain.from_iterable(rows)
    return sorted(set(found) if may_repeat(keys) else found, key=_order)


@lru_cache(maxsize=1024)
def may_repeat(keys: Keys) -> bool:
    """Whether one element may stand under several of these keys: it has one tag, but several attributes, children and templates."""
    return any(key[0] in "@/#=" for key in each_of(keys))


def each_of(keys: Keys) -> tuple[str, ...]:
    return (keys,) if isinstance(keys, str) else keys


def section_of(node: Node) -> Node:
    """The nearest section that holds the node, or the root."""
    return node.nearest("section") or node.index.root


def between(nodes: Sequence[Node], first: int, last: int) -> Sequence[Node]:
    """The nodes that stand between these two places of the document, both included. nodes: in document order."""
    if not nodes:
        return NONE
    begin, end = nodes[0].order, nodes[-1].order
    if end < first or last < begin:
        return NONE
    start = bisect_left(nodes, first, key=_order) if begin < first else 0
    if end > last:
        return nodes[start : bisect_right(nodes, last, start, key=_order)]
    return nodes[start:] if start else nodes
