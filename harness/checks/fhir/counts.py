"""Remarks on cardinality: an element or a slice that comes more or less often than its definition says.

Of a list whose slices are required, the one that is missing is the cause.
"""

from __future__ import annotations

from ...documents.fhir_tree import Node
from ...model import NO_TEXT, Text
from .remarks import Remarks
from .shapes import Element


def missing(node: Node, element: Element, remarks: Remarks) -> None:
    name = element.name + ("[x]" if element.choice else "")
    message = Text(f"« {name} » manque", f"`{name}` is missing")
    remarks.lack("FHIR-CARD", element.requirement, node, message, consequence=element.needs_slices)


def too_few(node: Node, element: Element, nodes: list[Node], remarks: Remarks) -> None:
    remarks.lack("FHIR-CARD", element.requirement, node, _few(element.name, nodes, element), consequence=element.needs_slices)


def too_many(nodes: list[Node], element: Element, remarks: Remarks) -> None:
    remarks.error("FHIR-CARD", element.requirement, nodes[element.max or 0], _many(element.name, nodes, element))


def too_few_in(
    parent: Node, inside: list[Node], element: Element, remarks: Remarks, hint: Text, *, consequence: bool = False
) -> None:
    name = f"{element.name}:{element.slice_name}"
    message = _few(name, inside, element) if inside else Text(f"« {name} » manque", f"`{name}` is missing")
    remarks.lack("FHIR-SLICE", element.requirement, parent, message, hint, consequence=consequence)


def recognised(said: str) -> Text:
    """A hint. said: how a slice is recognised, empty where no value tells it."""
    return Text(f"Elle se reconnaît à : {said}.", f"It is recognised by: {said}.") if said else NO_TEXT


def too_many_in(inside: list[Node], element: Element, remarks: Remarks) -> None:
    message = _many(f"{element.name}:{element.slice_name}", inside, element)
    remarks.error("FHIR-SLICE", element.requirement, inside[element.max or 0], message)


def _few(name: str, nodes: list[Node], element: Element) -> Text:
    times = "once" if len(nodes) == 1 else f"{len(nodes)} times"
    return Text(f"« {name} » vient {len(nodes)} fois, {element.min} au moins", f"`{name}` comes {times}, {element.min} at least")


def _many(name: str, nodes: list[Node], element: Element) -> Text:
    if element.max == 0:
        return Text(f"« {name} » n'est pas admis par le profil", f"`{name}` is not admitted by the profile")
    return Text(
        f"« {name} » vient {len(nodes)} fois, {element.max} au plus", f"`{name}` comes {len(nodes)} times, {element.max} at most"
    )
