"""Whether a value is less than, equal to or more than a limit that a profile or a questionnaire sets."""

from __future__ import annotations

from typing import Any

from ...documents.fhir_tree import Node
from ...library.fhirpath import quantities
from ...library.fhirpath.quantities import Quantity
from . import fhirpath
from .fhirpath.values import order, value_of


def compare(value: Node, limit: Node) -> int | None:
    """-1, 0 or 1; None when it cannot be told: precisions, zones or units that leave it open, kinds that have no order."""
    try:
        return order([value], [limit], fhirpath.Context(), "<")
    except fhirpath.NotEvaluatedError:
        return None


def measure_otherwise(value: Node, limit: Node) -> bool:
    """Whether two quantities are known to be of different kinds, so that no value of the one is within the other."""
    one, other = (value_of(node, fhirpath.Context()) for node in (value, limit))
    return isinstance(one, Quantity) and isinstance(other, Quantity) and quantities.measure_otherwise(one, other)


def node_of(type: str, plain: Any) -> Node:
    """A value as definitions hold it (`["Quantity", {...}]`)."""
    node = Node("value")
    node.type = type
    if isinstance(plain, dict):
        for name, inside in plain.items():
            for item in inside if isinstance(inside, list) else [inside]:
                child = node_of("", item)
                child.name, child.parent = name, node
                node.add(child)
    else:
        node.value = node.raw = plain
    return node
