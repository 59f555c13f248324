"""What mends a document: an attribute written, an element moved among its siblings. Places are those of elements, from 0."""

from __future__ import annotations

from ..values import dataclass


@dataclass(frozen=True, slots=True)
class SetAttribute:
    """order: place of the element in the document, from 0."""

    order: int
    name: str
    value: str


@dataclass(frozen=True, slots=True)
class Move:
    """An element, and the sibling it goes before or after. Both are places in the document."""

    order: int
    beside: int
    after: bool = False


Mend = SetAttribute | Move
