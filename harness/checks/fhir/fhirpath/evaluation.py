"""The context of an evaluation (references, terminology, clock), and the place it has come to within an expression."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from ....documents.fhir_tree import Node
from ....model import Text
from .types import Elements, Structures, Typing

Items = list[Any]  # a collection: nodes, and values of the system types
Step = Callable[[Items, "Frame"], Items]
Function = Callable[[Items, Sequence[Step], "Frame"], Items]
"""Of FHIRPath: what stands before the dot, its arguments as they are written, and where it is called."""


@dataclass(eq=False)
class Context:
    """What the functions of FHIR need; one for all expressions on a document, as it remembers what they found.

    resolve: the node that a reference leads to, None when there is none; member_of: whether a node or value is in a value set,
    None when that cannot be told; conforms_to: likewise for a profile. A function that is not given makes the expressions that
    call it impossible to evaluate. definitions: for types that nobody told; now: for `now()` and `today()`; variables: further
    `%names`; tables: what functions beside those of FHIRPath look values up in.
    """

    resolve: Callable[[Node | str], Node | None] | None = None
    member_of: Callable[[object, str], bool | None] | None = None
    conforms_to: Callable[[Node, str], bool | None] | None = None
    definitions: Structures | None = None
    now: datetime | None = None
    variables: Mapping[str, object] = field(default_factory=dict)
    tables: object = None
    within: Node | None = None  # %resource, where it is not the resource of the node that the evaluation begins with
    types_only: bool = False  # of what a reference leads to nothing but its type is asked, which the reference may name
    undecided: Text | None = None  # why an order between two values was left open, or what a reference leads to

    def __post_init__(self) -> None:
        self.typing = Typing(Elements(self.definitions))
        self.remembered: dict[tuple[object, Node | None], Items] = {}
        self.gathered: dict[int, tuple[frozenset[str | None], Items]] = {}  # of what is remembered, by its id: texts, the rest
        self.below: dict[Node, list[Node]] = {}


class Frame:
    """`$this`, `$index`, `$total` and the node that the evaluation began with."""

    __slots__ = ("context", "index", "start", "this", "total")

    def __init__(self, context: Context, start: Node, this: Items, index: int = 0, total: Items | None = None) -> None:
        self.context = context
        self.start = start
        self.this = this
        self.index = index
        self.total = total if total is not None else []

    def inner(self) -> Frame:
        """For the criteria of a function, which sets its `this` and `index` for each item."""
        return Frame(self.context, self.start, self.this, self.index, self.total)
