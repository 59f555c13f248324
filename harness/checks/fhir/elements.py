"""What a definition asks of an element by itself: its value, its length, its type, its code.

Each is a check of the walk, asked of the elements of which the definition says such a thing.
"""

# ruff: noqa: ARG001 - all checks are given the same

from __future__ import annotations

from typing import TYPE_CHECKING

from ...documents.fhir_tree import Node
from ...model import Text
from . import narrative
from .remarks import Remarks
from .shapes import CODED, Element
from .values import shown, told

if TYPE_CHECKING:
    from .walk import Walk

ANY = frozenset({"Resource", "DomainResource"})


def fixed(walk: Walk, node: Node, element: Element, remarks: Remarks) -> None:
    for rule, wanted, is_met in element.wanted:
        if not is_met(node):
            remarks.refute()
            value = told(wanted)
            message = Text(f"« {shown(node)} » : {value} est attendu", f"`{shown(node)}`: {value} is expected")
            remarks.error(rule, element.requirement, node, message)
        elif node.type in CODED or node.type == "uri":
            walk.facts.prescribed(node)


def length(walk: Walk, node: Node, element: Element, remarks: Remarks) -> None:
    if not isinstance(node.value, str):
        return
    number = len(node.value)
    if element.max_length is not None and number > element.max_length:
        limit, fr, en = element.max_length, "au plus", "at most"
    elif element.min_length is not None and number < element.min_length:
        limit, fr, en = element.min_length, "au moins", "at least"
    else:
        return
    message = Text(f"{number} caractères, {limit} {fr}", f"{number} characters, {limit} {en}")
    remarks.error("FHIR-LENGTH", element.requirement, node, message)


def languages(walk: Walk, node: Node, element: Element, remarks: Remarks) -> None:
    narrative.judge_languages(node, element.narrative_languages, element.requirement, remarks)


def has_value(walk: Walk, node: Node, element: Element, remarks: Remarks) -> None:
    """A primitive that has to say something: an extension instead of its value is not enough, unless the profile admits it."""
    if node.value is not None or (node.children.keys() - {"extension", "id"}):
        return
    if not element.must_have_value and any(
        one.text("url") in element.value_alternatives for one in node.children.get("extension", ())
    ):
        return
    admitted = "" if element.must_have_value else ", ".join(element.value_alternatives)
    fr, en = (f" ou {admitted}", f" or {admitted}") if admitted else ("", "")
    remarks.error("FHIR-CARD", element.requirement, node, Text(f"une valeur est obligatoire{fr}", f"a value is required{en}"))


def limits(walk: Walk, node: Node, element: Element, remarks: Remarks) -> None:
    walk.facts.limits(node, element, remarks)


def of_type(walk: Walk, node: Node, element: Element, remarks: Remarks) -> None:
    if node.type in element.types or not node.type or not element.types:
        return
    if node.is_resource:
        if ANY & set(element.types):
            return
    elif element.content_reference is not None or "Element" in element.types or node.type == "BackboneElement":
        return
    allowed = ", ".join(element.types)[:200]
    message = Text(f"{node.type} : {allowed} est attendu", f"{node.type}: {allowed} is expected")
    remarks.error("FHIR-TYPE", element.requirement, node, message)


def binding(walk: Walk, node: Node, element: Element, remarks: Remarks) -> None:
    walk.facts.binding(node, element, remarks)
