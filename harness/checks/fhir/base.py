"""The first walk: each node gets its type from base R4, and what no profile may change is judged.

Unknown elements, how often an element comes at most and at least, one type of each choice, how values are written, extensions,
narrative. Constraints and bindings are gathered for later: an invariant may look anywhere in a document, which has to be typed.
"""

from __future__ import annotations

import re

from ...documents.fhir_tree import Node
from ...library.nearest import is_it
from ...model import NO_TEXT, Text
from ...values import dataclass
from . import counts, data_types, markdown, primitives
from .codings import CODINGS
from .remarks import Remarks
from .shapes import ANY, BASE, Element, Named, Shape, is_primitive
from .structures import Structures
from .typed import Typed

_TAG = re.compile(
    r"</?(?:a|b|br|button|div|em|embed|font|form|h[1-6]|hr|i|iframe|img|input|li|link|meta|object|ol|p|pre|script|span|strong|style|svg"
    r"|table|t[dhr]|u|ul|video)(?:\s[^<>]*)?/?>",
    re.IGNORECASE,
)
_OF_A_TYPE = Text("une ressource est attendue, avec son resourceType", "a resource is expected, with its resourceType")
_ONE_ALONE = Text("une ressource est attendue, et une seule", "a resource is expected, and one alone")
_TAGS_OF_STRINGS = Text(
    "Un logiciel qui l'affiche telle quelle exécute ce qu'elle contient : retirer les balises.",
    "Software that displays it as it is runs what it contains: remove the tags.",
)
_TAGS_OF_MARKDOWN = Text(
    "À l'affichage elle disparaît ou s'exécute : écrire \\<, ou mettre le texte entre accents graves.",
    "Displayed, it vanishes or runs: write \\<, or put the text between backticks.",
)
_SHOWN = 64  # characters of a name that a message repeats
_COMPARED = 50  # unknown elements whose nearest name is looked for


@dataclass(frozen=True, slots=True)
class _Content:
    """What there is to do at an element of a type.

    type: that it gets; root: what asks of it beside the element itself; shape, owner: of its children; further: what only its type
    asks.
    """

    type: str
    is_resource: bool
    is_primitive: bool
    is_coding: bool
    is_asked: bool
    root: Element | None
    shape: Shape | None
    owner: Element
    further: data_types.Judge | None


class BaseWalk:
    """Types a document and judges it against base R4."""

    def __init__(self, structures: Structures, remarks: Remarks) -> None:
        self.structures = structures
        self.remarks = remarks
        self.typed = Typed()
        self._strangers = 0
        self._is_xml = False

    def walk(self, root: Node) -> Typed:
        source = root.source
        self._is_xml = source is not None and source.format == "xml"
        self._resource(root)
        if source is not None:
            for problem in source.problems:
                self.remarks.error("FHIR-FORMAT", "FHIR-FORMAT", problem.node, problem.message, problem.hint)
        return self.typed

    def _resource(self, node: Node) -> None:
        structure = self.structures.type(node.type)
        if structure is None or structure.kind != "resource" or structure.abstract:
            self.typed.unknown_resources.append(node)
            message = Text(f"ressource inconnue de FHIR R4 : {node.type}", f"resource unknown to FHIR R4: {node.type}")
            self.remarks.error("FHIR-UNKNOWN-RESOURCE", f"{BASE}Resource", node, message)
            return
        self.typed.resources.append(node)
        if node.name != "contained":
            self.typed.referring = self.typed.references.setdefault(id(node), [])
        shape = self.structures.type_shape(node.type)
        if structure.root.constraints:
            self.typed.elements.append((node, structure.root))
        if shape is not None:
            self._children(node, shape, structure.root)

    def _children(self, node: Node, shape: Shape, owner: Element) -> None:
        by_name = shape.by_name
        is_xml = self._is_xml
        children = node.children
        chosen: dict[str, str] | None = None
        last = -1
        for name, nodes in children.items():
            known = by_name.get(name)
            if known is None:
                self._unknown(nodes[0], shape)
                continue
            element = known.element
            if element.choice:
                chosen = chosen or {}
                if element.name in chosen:
                    self._two_types(nodes[0], element, chosen[element.name])
                chosen[element.name] = name
            if is_xml:
                last = self._order(nodes, element, shape, last)
            elif known.single is (nodes[0].position is not None) and len(nodes) == 1:  # several are told as too many
                self._brackets(nodes[0], element)
            if len(nodes) > known.most:
                counts.too_many(nodes, element, self.remarks)
            is_correct = known.is_correct
            for child in nodes:
                if is_correct is None or child.children or child.type or is_xml or not is_correct(child.value):
                    self._element(child, known, node, owner)
                    continue
                child.type = known.type
                if known.is_asked:
                    self.typed.elements.append((child, element))
        for element in shape.required:
            if element.choice:
                if chosen is None or element.name not in chosen:
                    counts.missing(node, element, self.remarks)
            elif element.name not in children:
                counts.missing(node, element, self.remarks)

    def _brackets(self, node: Node, element: Element) -> None:
        name = node.name
        if element.single:
            message = Text(f"« {name} » est un tableau : il n'y en a qu'un", f"`{name}` is an array: there is only one")
            hint = Text("Retirer les crochets.", "Remove the brackets.")
        else:
            message = Text(
                f"« {name} » n'est pas un tableau : il peut y en avoir plusieurs", f"`{name}` is not an array: there can be several"
            )
            hint = Text("Ajouter des crochets.", "Add brackets.")
        self.remarks.error("FHIR-TYPE", element.requirement, node, message, hint)

    def _element(self, node: Node, known: Named, parent: Node, owner: Element) -> None:
        content: _Content = known.content or self._content_of(known)
        element = known.element
        if (node.type or content.is_resource) and self._as_resource(node, known):
            return
        node.type = type = content.type
        children = node.children
        typed = self.typed
        if "id" in children:
            typed.named.append(node)
        if content.is_asked:
            typed.elements.append((node, element))
        if content.is_primitive:
            self._primitive(node, element, type)
            return
        if node.value is not None or isinstance(node.raw, list) or (children and node.order < 0):  # `_code` without `code`, in JSON
            message = Text(
                f"un objet ({known.type}) est attendu, pas une valeur", f"an object ({known.type}) is expected, not a value"
            )
            self.remarks.error("FHIR-TYPE", element.requirement, node, message)
            return
        if content.is_coding:
            typed.codings.append(node)
        elif type == "Extension":
            typed.extensions.append((node, parent, owner))
        if content.root is not None:
            typed.elements.append((node, content.root))
        if content.shape is not None:
            self._children(node, content.shape, content.owner)
        if not children or (len(children) == 1 and "id" in children):
            self._nothing_said(node)
        if content.further is not None:
            content.further(node, typed, self.structures, self.remarks)

    def _as_resource(self, node: Node, known: Named) -> bool:
        """Judges what is, or should be, a resource. True when nothing is left to judge in it as an element."""
        element, type = known.element, known.type
        if type in ANY:
            if node.type:
                self._resource(node)
            else:
                message = _ONE_ALONE if self._is_xml else _OF_A_TYPE
                self.remarks.error("FHIR-TYPE", element.requirement, node, message)
            return True
        named = self.structures.type(type)
        if named is not None and named.kind == "resource":  # of one type only
            if node.type != type:
                message = Text(f"une ressource {type} est attendue", f"a {type} resource is expected")
                self.remarks.error("FHIR-TYPE", element.requirement, node, message)
            self._resource(node)
            return True
        shape = self.structures.shape(element, type)
        if shape is not None and "resourceType" in shape.by_name:  # an element of that name: ExampleScenario.instance
            node.add(Node("resourceType", node, value=node.type))
        else:
            message = Text("une ressource n'est pas attendue ici", "a resource is not expected here")
            self.remarks.error("FHIR-TYPE", element.requirement, node, message)
        return False

    def _content_of(self, known: Named) -> _Content:
        element, type = known.element, known.type
        root = self._root_of(type, element)
        content = known.content = _Content(
            type=type or "BackboneElement",
            is_resource=type in ANY,
            is_primitive=is_primitive(type),
            is_coding=type in CODINGS,
            is_asked=known.is_asked or type in ("Reference", "canonical"),
            # what a type asks of itself, elements of that type do not repeat
            root=root if root.constraints and root is not element else None,
            shape=self.structures.shape(element, type),
            owner=element if element.children else root,
            further=data_types.FURTHER.get(type),
        )
        return content

    def _root_of(self, type: str, element: Element) -> Element:
        """What else constrains the element: its type, or the element whose content it reuses (contentReference)."""
        structure = self.structures.type(type)
        return (self.structures.content(element) or element) if structure is None else structure.root

    def _primitive(self, node: Node, element: Element, type: str) -> None:
        value = node.value
        if value is None:
            if node.children.keys() - {"extension", "id"} or isinstance(node.raw, list):
                message = Text(f"une valeur ({type}) est attendue, pas un objet", f"a value ({type}) is expected, not an object")
                self.remarks.error("FHIR-TYPE", element.requirement, node, message)
            elif "extension" not in node.children:
                self._nothing_said(node)
        else:
            if self._is_xml and isinstance(value, str) and type != "xhtml":
                node.value = primitives.from_xml(value, type)
            if type == "xhtml":
                self.typed.narratives.append(node)
            elif (expected := primitives.defect(node, type)) is not None:
                said = str(node.raw)[:60]
                message = Text(f"« {said} » : il faut {expected.fr} ({type})", f"`{said}`: {expected.en} is expected ({type})")
                self.remarks.error("FHIR-TYPE", element.requirement, node, message)
            elif isinstance(value, str) and value.isspace() and type in ("string", "markdown"):  # R4: it may be trimmed to nothing
                message = Text("la valeur n'est faite que d'espaces", "the value is made of spaces only")
                self.remarks.warning("FHIR-FORMAT", element.requirement, node, message)
            elif isinstance(value, str) and "<" in value and type in ("string", "markdown"):
                self._tagged(node, element, value)
            if element.max_length is not None and isinstance(value, str) and len(value) > element.max_length:
                limit = element.max_length
                message = Text(f"{len(value)} caractères, {limit} au plus", f"{len(value)} characters, {limit} at most")
                self.remarks.error("FHIR-LENGTH", element.requirement, node, message)
        if node.children and node.name == "id" and type == "id" and node.parent is not None and node.parent.is_resource:
            message = Text("l'id d'une ressource n'a ni id ni extension", "the id of a resource has neither id nor extension")
            self.remarks.error("FHIR-EXTENSION", element.requirement, node, message)
        if node.children:
            shape = self.structures.type_shape("Element")
            if shape is not None:
                self._children(node, shape, element)

    def _tagged(self, node: Node, element: Element, text: str) -> None:
        """Tags of HTML, which neither a string nor FHIR's markdown has."""
        if node.type == "string":
            found = _TAG.search(text)
            tag, hint = "" if found is None else found[0], _TAGS_OF_STRINGS
            why = Text("du HTML dans une chaîne de texte simple", "HTML in a string, which is plain text")
        else:
            tag, hint = markdown.html_tag(text), _TAGS_OF_MARKDOWN
            why = Text(
                "une balise HTML, que le markdown de FHIR n'admet pas", "an HTML tag, which FHIR's markdown does not support"
            )
        if tag:
            message = Text(f"« {tag[:40]} » : {why.fr}", f"`{tag[:40]}`: {why.en}")
            self.remarks.warning("FHIR-HTML", element.requirement, node, message, hint)

    def _nothing_said(self, node: Node) -> None:
        message = Text("l'élément ne dit rien : ni valeur, ni contenu", "the element says nothing: neither value nor content")
        self.remarks.error("FHIR-INVARIANT:ele-1", f"{BASE}Element#ele-1", node, message)

    def _unknown(self, node: Node, shape: Shape) -> None:
        parent = node.parent
        inside = parent.type if parent is not None else ""
        choice = shape.choice_of(node.name)
        if choice is not None:
            allowed = ", ".join(name for name, _ in choice.names())[:300]
            message = Text(f"« {node.name} » : type non admis ici", f"`{node.name}`: type not admitted here")
            hint = Text(f"Sont admis : {allowed}.", f"Admitted: {allowed}.")
            self.remarks.error("FHIR-TYPE", choice.requirement, node, message, hint)
            return
        name = node.name[:_SHOWN]
        message = Text(f"élément inconnu : « {name} » ({inside})", f"unknown element: `{name}` ({inside})")
        owner = shape.elements[0].structure.url if shape.elements else BASE
        self._strangers += 1
        close = _nearest(name, shape) if self._strangers <= _COMPARED else ""
        hint = is_it(close) if close else NO_TEXT
        self.remarks.error("FHIR-UNKNOWN-ELEMENT", owner, node, message, hint)

    def _two_types(self, node: Node, element: Element, other: str) -> None:
        message = Text(f"« {node.name} » et « {other} » : un seul des deux", f"`{node.name}` and `{other}`: only one of them")
        self.remarks.error("FHIR-CHOICE", element.requirement, node, message)

    def _order(self, nodes: list[Node], element: Element, shape: Shape, last: int) -> int:
        """In XML, elements follow the order of the definition; items of lists get their index here."""
        if not element.single and nodes[0].position is None:
            nodes[0].position = 0
        if nodes[0].order == (nodes[0].parent or nodes[0]).order:
            return last  # an attribute
        rank = shape.elements.index(element)
        if rank < last:
            before = shape.elements[last].name
            message = Text(
                f"<{element.name}> vient après <{before}>, il doit le précéder",
                f"<{element.name}> comes after <{before}>, it must precede it",
            )
            self.remarks.error("FHIR-ORDER", element.requirement, nodes[0], message)
        return max(last, rank)


def _nearest(name: str, shape: Shape) -> str:
    """Nearer than a suggestion of the library has to be: among the short names of a type it would ask `timestamp`: is it meta?"""
    import difflib  # only when something is wrong

    found = difflib.get_close_matches(name, list(shape.by_name), 1, 0.7)
    return found[0] if found else ""
