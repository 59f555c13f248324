"""Links that extensions make between a narrative and the data it tells: both ends are there.

Source: FHIR's extension textLink (`htmlid`: the id of an element of the XHTML; `data`: a resource, or by its fragment an element of
it; `selector`: FHIRPath on that), and narrativeLink (the address of a portion of a narrative). A fragment alone is looked for in
the whole document, as one of a link within a narrative is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import unescape

from ...documents.fhir_tree import Node
from ...model import Text
from . import fhirpath
from .data_types import judge_expression
from .references import Places
from .remarks import Remarks
from .resources.answers import value_of
from .shapes import BASE, Element
from .structures import Structures

_TEXT_LINK = f"{BASE}textLink"
_NARRATIVE_LINK = f"{BASE}narrativeLink"
_ID = re.compile(r"""\sid\s*=\s*(["'])(.*?)\1""", re.DOTALL)
_UNHEARD_OF = frozenset({"no-element", "no-type"})


class _Ends:
    """What links may lead to, found once for all of a document: ids in its narratives, and of the elements of its resources."""

    def __init__(self) -> None:
        self._narratives: dict[int, list[Node]] = {}
        self._anchors: dict[int, set[str]] = {}
        self._elements: dict[int, dict[str, list[Node]]] = {}

    def narratives(self, resource: Node) -> list[Node]:
        known = self._narratives.get(id(resource))
        if known is None:
            known = self._narratives[id(resource)] = [node for node in resource.walk() if node.type == "Narrative"]
        return known

    def has_anchor(self, narratives: Iterable[Node], name: str) -> bool:
        return any(name in self._anchors_of(narrative) for narrative in narratives)

    def _anchors_of(self, narrative: Node) -> set[str]:
        known = self._anchors.get(id(narrative))
        if known is None:
            known = self._anchors[id(narrative)] = {unescape(name) for _, name in _ID.findall(narrative.text("div"))}
        return known

    def identified(self, resources: Iterable[Node], name: str) -> list[Node]:
        """The elements of these resources that have this id."""
        return [node for resource in resources for node in self._elements_of(resource).get(name, ())]

    def _elements_of(self, resource: Node) -> dict[str, list[Node]]:
        known = self._elements.get(id(resource))
        if known is None:
            known = self._elements[id(resource)] = {}
            for node in resource.walk():
                if identifier := node.text("id"):
                    known.setdefault(identifier, []).append(node)
        return known


def judge(extensions: Iterable[tuple[Node, Node, Element]], places: Places, structures: Structures, remarks: Remarks) -> None:
    """extensions: each with the element that carries it, and that one's definition."""
    ends = _Ends()
    for extension, parent, _ in extensions:
        url = extension.text("url")
        if url == _TEXT_LINK:
            _text_link(extension, parent, places, ends, structures, remarks)
        elif url == _NARRATIVE_LINK:
            _narrative_link(extension, places, ends, remarks)


def _text_link(extension: Node, narrative: Node, places: Places, ends: _Ends, structures: Structures, remarks: Remarks) -> None:
    parts = [(part.text("url"), value) for part in extension.children.get("extension", ()) if (value := value_of(part)) is not None]
    for name, value in parts:
        if name == "htmlid" and isinstance(value.value, str) and not ends.has_anchor([narrative], value.value):
            message = Text(
                f"aucun élément du texte n'a l'id « {value.value[:80]} »", f"no element of the text has the id `{value.value[:80]}`"
            )
            remarks.error("FHIR-NARRATIVE", _TEXT_LINK, value, message)
    data = next((value for name, value in parts if name == "data"), None)
    if data is None or not isinstance(data.value, str):
        return
    address, _, fragment = data.value.partition("#")
    resources = places.candidates(address, extension) if address else [narrative.root]
    found = ends.identified(resources, fragment) if fragment else resources
    if resources and not found:
        message = Text(f"« {data.value[:80]} » ne mène à aucune donnée", f"`{data.value[:80]}` leads to no data")
        remarks.error("FHIR-NARRATIVE", _TEXT_LINK, data, message)
    for name, value in parts:
        if name == "selector":
            judge_expression(value, remarks)
            _selector(value, found, structures, remarks)


def _selector(value: Node, data: list[Node], structures: Structures, remarks: Remarks) -> None:
    """It selects a part of the data, so that it names nothing that such data never has."""
    if len(data) != 1 or structures.type(data[0].type) is None or not isinstance(value.value, str):
        return
    try:
        told = fhirpath.remarks(fhirpath.Compiled(value.value), data[0].type, structures.definitions)
    except fhirpath.FhirPathError:
        return  # told already
    for remark in told:
        if remark.kind in _UNHEARD_OF:
            said = value.value[:80]
            message = Text(f"« {said} » ne choisit rien : {remark.told.fr}", f"`{said}` selects nothing: {remark.told.en}")
            remarks.error("FHIR-NARRATIVE", _TEXT_LINK, value, message)
            return


def _narrative_link(extension: Node, places: Places, ends: _Ends, remarks: Remarks) -> None:
    value = value_of(extension)
    if value is None or not isinstance(value.value, str):
        return
    address, _, fragment = value.value.partition("#")
    resources = places.candidates(address, extension) if address else [extension.root]
    texts = [narrative for resource in resources for narrative in ends.narratives(resource)]
    if resources and fragment and not ends.has_anchor(texts, fragment):
        message = Text(f"« {value.value[:80]} » ne mène à aucun texte", f"`{value.value[:80]}` leads to no text")
        remarks.error("FHIR-NARRATIVE", _NARRATIVE_LINK, value, message)
