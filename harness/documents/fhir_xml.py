"""FHIR in XML: the same nodes as from JSON. Values stay strings until the walk knows their types."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from xml.parsers import expat

from lxml import etree

from ..model import NO_TEXT, Text
from . import refusals
from .fhir_tree import HOLDERS, Node, Problem
from .json_text import DEPTH

_FHIR = "{http://hl7.org/fhir}"
_OF_ANOTHER_NAMESPACE = Text(
    "sa racine n'est pas dans l'espace de noms http://hl7.org/fhir", "its root is not in namespace http://hl7.org/fhir"
)
_EXTENSIONS = ("extension", "modifierExtension")
_SCHEMA_LOCATION = "{http://www.w3.org/2001/XMLSchema-instance}schemaLocation"


def read_xml(data: bytes, root: etree._Element) -> Node:
    """The resource under this root. Raises UnreadableDocument when its root is no FHIR element or is nested too deeply."""
    if not root.tag.startswith(_FHIR):
        raise refusals.not_recognised(_OF_ANOTHER_NAMESPACE)
    source = XmlSource(data)
    node = Node(root.tag[len(_FHIR) :])
    node.type = node.name
    node.source = source
    _Reader(source).fill(node, root, 0)
    return node


class XmlSource:
    """The bytes of an XML document, and where in them a node's tag begins."""

    format = "xml"

    def __init__(self, data: bytes) -> None:
        self._data = data
        self.problems: list[Problem] = []
        self.holders: list[Node] = []

    def place(self, node: Node) -> tuple[int, int]:
        starts = self._starts
        return starts[node.order] if node.order < len(starts) else (0, 0)

    def says(self, signs: Iterable[str]) -> bool:
        return any(sign.encode() in self._data for sign in signs)

    @cached_property
    def _starts(self) -> list[tuple[int, int]]:
        """Where tags begin, by a second reading: libxml2 keeps no column, and numbers no line past 65,535."""
        found: list[tuple[int, int]] = []
        parser = expat.ParserCreate()
        parser.StartElementHandler = lambda _name, _attributes: found.append(
            (parser.CurrentLineNumber, parser.CurrentColumnNumber + 1)
        )
        try:
            parser.Parse(self._data, True)
        except (expat.ExpatError, LookupError, ValueError):
            return []  # an encoding that this reader does not know
        finally:
            parser.StartElementHandler = None  # it knows the parser
        return found


class _Reader:
    def __init__(self, source: XmlSource) -> None:
        self._source = source
        self._next = 0

    def fill(self, node: Node, element: etree._Element, depth: int) -> None:
        if depth > DEPTH:
            raise refusals.too_deep(DEPTH, element.sourceline or 0)  # type: ignore[arg-type]
        node.order = self._next
        self._next += 1
        for name, value in element.attrib.items():
            self._attribute(node, str(name), str(value))
        if element.text is not None and element.text.strip():
            self._problem(node, Text("du texte entre les balises", "text between the tags"))
        last = ""
        for child in element:
            if not isinstance(child.tag, str):  # a comment or a processing instruction
                self._tail(node, child)
                continue
            name = child.tag.removeprefix(_FHIR)
            if child.tag.rpartition("}")[2] == "div":  # of what namespace is judged with the rest of the text
                self._div(node, child)
            elif not child.tag.startswith(_FHIR):
                said = name if name.startswith("{") else f'<{name} xmlns="">'
                self._problem(node, Text(f"élément d'un autre espace de noms : {said}", f"element of another namespace: {said}"))
                self._next += sum(1 for _ in child.iter("*"))
            else:
                if name != last and name in node.children:
                    message = Text(f"les <{name}> ne se suivent pas", f"the <{name}> do not follow one another")
                    self._problem(node, message)
                if (name == "id" and node.parent is not None and not node.type) or (name == "url" and node.name in _EXTENSIONS):
                    message = Text(
                        f"« {name} » s'écrit en attribut : <{node.name} {name}=…>",
                        f"`{name}` is an attribute: <{node.name} {name}=…>",
                    )
                    self._problem(node, message)
                self._child(node, name, child, depth)
            last = name
            self._tail(node, child)
        for children in node.children.values():
            if len(children) > 1:
                for index, item in enumerate(children):
                    item.position = index
        if node.children:
            self._source.holders.append(node)

    def _child(self, parent: Node, name: str, element: etree._Element, depth: int) -> None:
        child = Node(name, parent)
        parent.add(child)
        inside = [item for item in element if isinstance(item.tag, str)]
        if name in HOLDERS and len(inside) == 1 and inside[0].tag[len(_FHIR) : len(_FHIR) + 1].isupper():
            self._next += 1
            child.type = inside[0].tag.removeprefix(_FHIR)
            self.fill(child, inside[0], depth + 1)
        else:
            self.fill(child, element, depth + 1)

    def _attribute(self, node: Node, name: str, value: str) -> None:
        if name == "value" and not node.type:
            node.value = node.raw = value
            if not value:
                self._problem(node, Text("une valeur vide", "an empty value"))
        elif name == "id" or (name == "url" and node.name in _EXTENSIONS):
            if node.type:  # of a resource, which alone has its id as an element
                self._problem(
                    node, Text("« id » s'écrit en élément : <id value=…/>", "`id` is an element of a resource: <id value=…/>")
                )
            child = Node(name, node, None, value)
            child.order = node.order
            node.add(child)
            if not value:
                self._problem(child, Text("une valeur vide", "an empty value"))
        elif name != _SCHEMA_LOCATION:
            self._problem(node, Text(f"attribut inconnu : {name}", f"unknown attribute: {name}"))

    def _div(self, parent: Node, element: etree._Element) -> None:
        child = Node("div", parent)
        child.order = self._next
        self._next += sum(1 for _ in element.iter("*"))
        child.value = child.raw = etree.tostring(element, encoding="unicode", with_tail=False)
        parent.add(child)

    def _tail(self, node: Node, child: etree._Element) -> None:
        if child.tail is not None and child.tail.strip():
            self._problem(node, Text("du texte entre les balises", "text between the tags"))

    def _problem(self, node: Node, message: Text) -> None:
        self._source.problems.append(Problem(node, message, NO_TEXT))
