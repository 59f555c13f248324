"""The light nodes that a document is judged on: one for each element, made in one pass over the lxml tree."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from lxml import etree

_PREFIXES = {
    "{urn:hl7-org:v3}": "",
    "{urn:hl7-org:sdtc}": "sdtc:",
    "{urn:oid:1.3.6.1.4.1.19376.1.3.2}": "lab:",
    "{urn:ihe:pharm:medication}": "pharm:",
    "{urn:dicom-org:ps3-20}": "dicom:",
    "{http://www.w3.org/2001/XMLSchema-instance}": "xsi:",
}
_NO_CHILDREN: tuple[Any, ...] = ()
_NO_NAMES: Mapping[str, Any] = {}


class Node:
    """One element.

    tag: bare for HL7 V3 (`code`), prefixed for the extensions used in France (`sdtc:raceCode`, `lab:`, `pharm:`), `{uri}name` else;
    attributes: by name, likewise (`xsi:type`, `root`); children: elements only, in order; named: children by tag;
    parent: None for ClinicalDocument; element: the lxml element it stands for.
    """

    __slots__ = ("attributes", "children", "element", "named", "parent", "tag")

    tag: str
    attributes: Mapping[str, str]
    children: Sequence[Node]
    named: Mapping[str, Sequence[Node]]
    parent: Node | None
    element: etree._Element

    @property
    def text(self) -> str:
        """The element's own text, that of its children left out."""
        element = self.element
        if len(element) == 0:
            return element.text or ""
        return (element.text or "") + "".join(child.tail or "" for child in element)

    @property
    def has_text(self) -> bool:
        element = self.element
        text = element.text
        if text is not None and not text.isspace():
            return True
        return len(element) > 0 and any(child.tail is not None and not child.tail.isspace() for child in element)

    @property
    def type(self) -> str:
        """Local name of xsi:type, empty when there is none."""
        return self.attributes.get("xsi:type", "").rpartition(":")[2]


def nodes_of(root: etree._Element) -> list[Node]:
    """Every element of a document, parents before their children, ClinicalDocument first."""
    names = _Names()
    first = _node(root, None, names)
    found = [first]
    todo = [first]
    while todo:
        node = todo.pop()
        children: list[Node] = []
        named: dict[str, list[Node]] = {}
        for element in node.element:
            if type(element.tag) is not str:  # comments and processing instructions
                continue
            child = _node(element, node, names)
            children.append(child)
            tag = child.tag
            if tag in named:
                named[tag].append(child)
            else:
                named[tag] = [child]
        if children:
            node.children = children
            node.named = named
            found += children
            todo += children
    return found


def _node(element: etree._Element, parent: Node | None, names: _Names) -> Node:
    node = Node()
    node.tag = names[element.tag]
    node.attributes = {key if key[0] != "{" else names[key]: value for key, value in element.items()}
    node.children = _NO_CHILDREN
    node.named = _NO_NAMES
    node.parent = parent
    node.element = element
    return node


class _Names(dict[str, str]):
    """lxml names -> ours; each is worked out once a document."""

    def __missing__(self, name: str) -> str:
        uri, brace, local = name.rpartition("}")
        prefix = _PREFIXES.get(uri + brace)
        short = name if prefix is None else prefix + local
        if not uri:
            short = f"{{}}{name}"  # an element of no namespace is never one of HL7 V3
        self[name] = short
        return short
