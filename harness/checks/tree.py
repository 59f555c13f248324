"""The light nodes of a document, made in one pass over the lxml tree."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from lxml import etree

from ..namespaces import NAMESPACES, TAG_PREFIXES
from .node import NONE, Index, Node

_PREFIXES = {f"{{{uri}}}": TAG_PREFIXES[prefix] for prefix, uri in NAMESPACES.items()}
_NONE_NAMED: dict[str, list[Node]] = {}
_NO_ATTRIBUTES: dict[str, str] = {}
_NO_NAME = ""  # of a comment or a processing instruction
_ENDING_WORDS = ("br", "paragraph", "item")
_NAMES_KEPT = 4096  # CDA has some 600


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
        node.children = NONE
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
    _set_words_apart(by_tag)
    prefixed = found[0].element.prefix is not None
    for node in by_attribute.get("xsi:type", ()):
        node.attributes["xsi:type"] = written = node.attributes["xsi:type"].strip()  # spaces around a QName are no part of it
        prefix, colon, name = written.rpartition(":")
        if colon and node.binds(prefix):  # `c:PQ` is PQ to whoever asks; the grammar tells a prefix that stands for something else
            node.attributes["xsi:type"] = name
        elif prefixed and name and not colon and not node.binds(None):
            node.attributes["xsi:type"] = f":{name}"  # of no namespace: the grammar tells that too
    return found


def _set_words_apart(by_tag: Mapping[str, Sequence[Node]]) -> None:
    """Separates words at the ends of lines and paragraphs: `non<br/>détecté` is two words. Changes the lxml tree itself."""
    for tag in _ENDING_WORDS:
        for node in by_tag.get(tag, ()):
            tail = node.element.tail
            if not tail or not tail[0].isspace():
                node.element.tail = f" {tail or ''}"


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
