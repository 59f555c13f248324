"""The light nodes that a document is judged on: one for each element, made in one pass over the lxml tree."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from functools import cached_property, lru_cache
from itertools import chain
from operator import attrgetter
from typing import Any

from lxml import etree

from ..namespaces import HL7_V3, NAMESPACES, TAG_PREFIXES

_PREFIXES = {f"{{{uri}}}": TAG_PREFIXES[prefix] for prefix, uri in NAMESPACES.items()}
_order = attrgetter("order")
_NONE: list[Node] = []  # shared by all that have no children, never changed
_NONE_NAMED: dict[str, list[Node]] = {}
_NO_ATTRIBUTES: dict[str, str] = {}
_NO_NAME = ""  # of a comment or a processing instruction
Keys = str | tuple[str, ...]  # of the index: one, or several
_FEW = 8  # nodes, of a zone: all of them are looked at sooner than those of a name are found
_NAMES_KEPT = 4096  # CDA has some 600


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
        """The prefix stands for HL7 V3 here; None: what has no prefix does."""
        return self.element.nsmap.get(prefix) == HL7_V3

    @property
    def location(self) -> str:
        """`/ClinicalDocument/recordTarget/patientRole/id[2]`: a position is written where siblings share the name."""
        steps: list[str] = []
        current: Node | None = self
        while current is not None:
            tag = current.tag
            name = f"*:{tag.rpartition('}')[2]}" if tag[0] == "{" else tag
            namesakes = _NONE if current.parent is None else current.parent.named[tag]
            steps.append(name if len(namesakes) < 2 else f"{name}[{namesakes.index(current) + 1}]")
            current = current.parent
        return "/" + "/".join(reversed(steps))

    @property
    def type(self) -> str:
        """Local name of xsi:type, empty when there is none."""
        return self.attributes.get("xsi:type", "").rpartition(":")[2]


class Index:
    """Nodes of a document by tag, by `#root` of a template they claim, by `/tag` of a child and by `@name` of an attribute they
    have, or by several of these; always in document order."""

    def __init__(self, nodes: list[Node], by_tag: dict[str, list[Node]], by_attribute: Mapping[str, list[Node]]) -> None:
        self._nodes = nodes
        self._rows: dict[Keys, Sequence[Node]] = by_tag  # type: ignore[assignment] # and under further keys when these are asked
        self._by_attribute = by_attribute
        self.remembered: dict[Any, Any] = {}  # by whoever finds something that is the same for the whole document

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
            return _NONE
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

    def at(self, first: int, last: int) -> Sequence[Node]:
        """All nodes that stand at these places in the document or between them."""
        return self._nodes[first : last + 1]

    def _under_any(self, keys: tuple[str, ...]) -> Sequence[Node]:
        rows = [row for key in keys if (row := self.under(key))]
        if len(rows) < 2:
            return rows[0] if rows else _NONE
        found = chain.from_iterable(rows)
        return sorted(set(found) if _may_repeat(keys) else found, key=_order)

    def _under_one(self, key: str) -> Sequence[Node]:
        kind, name = key[0], key[1:]
        if kind == "@":
            return self._by_attribute.get(name, _NONE)
        if kind == "/":
            above = {child.parent for child in self._rows.get(name, ())}
            return sorted([node for node in above if node is not None], key=_order)
        if kind == "#":
            return sorted(self.claims.get(name, ()), key=_order)
        return _NONE

    def release(self) -> None:
        """Nothing is asked of the document any more: its nodes are let go at once, not when a collector finds their circles."""
        for node in self._nodes:
            node.parent = None
        self._nodes.clear()
        self._rows = {}
        self._by_attribute = {}
        self.remembered.clear()
        self.__dict__.clear()


@lru_cache(maxsize=1024)
def _may_repeat(keys: Keys) -> bool:
    """An element has one tag, and several attributes, children and templates."""
    return any(key[0] in "@/#" for key in _each(keys))


def _each(keys: Keys) -> tuple[str, ...]:
    return (keys,) if isinstance(keys, str) else keys


def section_of(node: Node) -> Node:
    """The nearest section that holds the node, or the root."""
    while node.parent is not None and node.tag != "section":
        node = node.parent
    return node


def between(nodes: Sequence[Node], first: int, last: int) -> Sequence[Node]:
    """Those, of nodes in document order, that stand at these places in it or between them."""
    if not nodes:
        return _NONE
    begin, end = nodes[0].order, nodes[-1].order
    if end < first or last < begin:
        return _NONE
    start = bisect_left(nodes, first, key=_order) if begin < first else 0
    if end > last:
        return nodes[start : bisect_right(nodes, last, start, key=_order)]
    return nodes[start:] if start else nodes


class Zone:
    """Everything below some nodes of a document, given in its order. Ranges that follow each other are one, so that a look-up costs
    little."""

    __slots__ = ("_index", "_ranges", "_size", "_tags", "_top", "_tops")

    def __init__(self, contexts: Sequence[Node]) -> None:
        self._top: Node | None = contexts[0] if len(contexts) == 1 else None
        self._ranges: list[tuple[int, int]] = []
        if self._top is not None or not contexts:
            return
        self._index = contexts[0].index
        self._tops = {node.order for node in contexts}
        self._tags = {node.tag for node in contexts}
        self._size = 0
        begin, end = contexts[0].order, contexts[0].end
        for node in contexts:
            if node.order > end + 1:
                self._ranges.append((begin, end))
                self._size += end - begin + 1
                begin, end = node.order, node.end
            elif node.end > end:
                end = node.end
        self._ranges.append((begin, end))
        self._size += end - begin + 1

    def below(self, keys: Keys, or_self: bool = False) -> Sequence[Node]:
        """Descendants that stand under one of the keys, each once, in document order."""
        if self._top is not None:
            return self._top.index.below(self._top, keys, or_self)
        ranges = self._ranges
        if not ranges:
            return _NONE
        each = _each(keys)
        few = len(ranges) > 1 and self._size <= _FEW * len(ranges)
        if few and (not _may_repeat(keys) or (len(each) == 1 and each[0][0] == "@")):
            held = [node for begin, end in ranges for node in self._index.at(begin, end)]
            name = each[0][1:]
            found: Sequence[Node] = [node for node in held if (name in node.attributes if each[0][0] == "@" else node.tag in each)]
        else:
            among = between(self._index.under(keys), ranges[0][0], ranges[-1][1])
            if among and len(ranges) > 1:
                among = [node for begin, end in ranges for node in between(among, begin, end)]
            found = among
        return found if or_self or not found or not self._holds_tops(keys) else self._without_tops(found)

    def _holds_tops(self, keys: Keys) -> bool:
        """One of the nodes that everything is below may stand under the keys itself."""
        return _may_repeat(keys) or not self._tags.isdisjoint(_each(keys))

    def _without_tops(self, found: Sequence[Node]) -> Sequence[Node]:
        """A context that stands below another is below it; the others are not."""
        tops = self._tops
        return [node for node in found if node.order not in tops or _has_ancestor_among(node, tops)]


def _has_ancestor_among(node: Node, orders: set[int]) -> bool:
    above = node.parent
    while above is not None:
        if above.order in orders:
            return True
        above = above.parent
    return False


def nodes_of(root: etree._Element) -> list[Node]:
    """Every element of a document, in document order, ClinicalDocument first."""
    names, attribute_names = _names, _attribute_names
    found: list[Node] = []
    by_tag: defaultdict[str, list[Node]] = defaultdict(list)
    by_attribute: defaultdict[str, list[Node]] = defaultdict(list)
    index = Index(found, by_tag, by_attribute)
    above: Any = Node()  # what holds the one at hand; around the first stands one that nobody sees
    above.parent = None
    node: Any = None  # the one before
    inside, before = root.getparent(), None  # the elements of `above` and of `node`
    siblings: list[Node] = []
    named: dict[str, list[Node]] = {}  # siblings by tag
    last = -1
    for element in root.iter():
        holder = element.getparent()
        if holder is not inside:
            if holder is before:
                above, inside = node, before
                above.children, above.named = siblings, named = [], {}
            else:
                while holder is not inside:
                    above.end = last
                    above = above.parent
                    inside = above.element
                siblings, named = above.children, above.named
        text = element.tail
        if text and not (text.isspace() and text.isascii()):
            above.has_text = True
        try:
            tag = names[element.tag]
        except KeyError:
            tag = _name(element.tag)
        if tag is _NO_NAME:
            continue
        last += 1
        node = Node()
        node.element = before = element
        node.index = index
        node.order = node.end = last
        node.tag = tag
        node.parent = above
        node.children = _NONE
        node.named = _NONE_NAMED
        text = element.text
        node.has_text = not (not text or (text.isspace() and text.isascii()))  # a no-break space is text
        said: list[tuple[str, str]] = element.items()  # type: ignore[assignment]
        if said:
            node.attributes = attributes = {}
            for name, value in said:
                try:
                    short = attribute_names[name]
                except KeyError:
                    short = _attribute_name(name)
                attributes[short] = value
                by_attribute[short].append(node)
        else:
            node.attributes = _NO_ATTRIBUTES
        found.append(node)
        by_tag[tag].append(node)
        siblings.append(node)
        if tag in named:
            named[tag].append(node)
        else:
            named[tag] = [node]
    found[0].parent = None
    while above is not None:
        above.end = last
        above = above.parent
    prefixed = found[0].element.prefix is not None
    for node in by_attribute.get("xsi:type", ()):
        prefix, colon, name = node.attributes["xsi:type"].rpartition(":")
        if colon and node.binds(prefix):  # `c:PQ` is PQ to whoever asks; the grammar tells a prefix that stands for something else
            node.attributes["xsi:type"] = name
        elif prefixed and name and not colon and not node.binds(None):
            node.attributes["xsi:type"] = f":{name}"  # of no namespace: the grammar tells that too
    return found


# Names that documents share are worked out once, in plain dictionaries: what Python asks of a class that inherits from `dict` takes
# three times as long.
_names: dict[Any, str] = {}
_attribute_names: dict[str, str] = {}


def _name(name: Any) -> str:
    """lxml name -> ours."""
    if not isinstance(name, str):  # what lxml makes comments and the like with: a handful
        return _kept(_names, name, _NO_NAME)
    uri, brace, local = name.rpartition("}")
    if not uri:
        return _kept(_names, name, f"{{}}{name}")  # an element of no namespace is never one of HL7 V3
    prefix = _PREFIXES.get(uri + brace)
    return _kept(_names, name, name if prefix is None else prefix + local)


def _attribute_name(name: str) -> str:
    """Of attributes: one without a namespace is as it is written. All documents share the text, so that it is soon found."""
    return _kept(_attribute_names, name, _name(name) if name[0] == "{" else name)


def _kept(names: dict[Any, str], name: Any, short: str) -> str:
    if len(names) < _NAMES_KEPT:
        names[name] = short
    return short
