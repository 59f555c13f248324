"""A FHIR resource as light nodes, the same whether it came in JSON or in XML; each knows where it stands in its document."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import field
from decimal import Decimal
from typing import Protocol

from ..model import Text
from ..values import dataclass

# Names under which a resource stands in another, with those of what holds it: others name a reference so (RequestGroup.action).
HOLDERS = {"resource": ("entry", "parameter", "part"), "contained": (), "outcome": ("response",)}
Value = str | bool | int | Decimal | None


@dataclass(frozen=True, slots=True)
class Problem:
    """What the format itself forbids: an empty array, a null, an element out of its place. Noted while reading, judged later."""

    node: Node
    message: Text
    hint: Text


class Source(Protocol):
    """The text that nodes were read from. format: `json` or `xml`; holders: those that have children, each after what it holds."""

    format: str
    problems: list[Problem]
    holders: list[Node]

    def place(self, node: Node) -> tuple[int, int]:
        """Line and column of a node, from 1."""

    def says(self, signs: Iterable[str]) -> bool:
        """Whether one of these stands in the text; of signs that are no ASCII, as they are, and not as a format may escape them."""


class Node:
    """An element of a resource.

    name: as JSON writes it, a choice with its type (`valueQuantity`); type: that of the element, `""` until the walk says it, a
    resource's own at once; value: of a primitive, in XML a string until the walk has typed it; raw: as written; children: by
    name, a primitive's `id` and `extension` among them; position: its index when it is an item of a list, else None; order:
    rank of its tag in an XML document, of the end of its object in JSON, else -1; source: of the root only.
    """

    __slots__ = ("children", "name", "order", "parent", "position", "raw", "source", "type", "value")

    def __init__(self, name: str, parent: Node | None = None, position: int | None = None, value: Value = None) -> None:
        self.name = name
        self.type = ""
        self.value = value
        self.raw: object = value
        self.children: dict[str, list[Node]] = {}
        self.parent = parent
        self.position = position
        self.order = -1
        self.source: Source | None = None

    def __repr__(self) -> str:
        return f"<{self.path}{'' if self.value is None else f' = {self.value!r}'}>"

    @property
    def root(self) -> Node:
        """The top of the document."""
        node = self
        while node.parent is not None:
            node = node.parent
        return node

    @property
    def path(self) -> str:
        """Its location as FHIRPath writes it: `Bundle.entry[2].resource.name[0].given[0]`."""
        steps: list[str] = []
        node: Node | None = self
        while node is not None:
            name = node.name if node.parent is not None else node.type or node.name
            steps.append(name if node.position is None else f"{name}[{node.position}]")
            node = node.parent
        return ".".join(reversed(steps))

    @property
    def line(self) -> int:
        return self.place[0]

    @property
    def column(self) -> int:
        return self.place[1]

    @property
    def place(self) -> tuple[int, int]:
        """Line and column, from 1."""
        source = self.root.source
        return (0, 0) if source is None else source.place(self)

    @property
    def is_resource(self) -> bool:
        if self.parent is None:
            return True
        within = HOLDERS.get(self.name)
        return within is not None and self.type[:1].isupper() and (not within or self.parent.name in within)

    @property
    def resource(self) -> Node:
        """The nearest resource that holds it, itself when it is one."""
        node = self
        while not node.is_resource and node.parent is not None:
            node = node.parent
        return node

    @property
    def container(self) -> Node:
        """That resource, or the one that contains it; an entry of a Bundle is its own."""
        node = self.resource
        while node.name == "contained" and node.parent is not None:
            node = node.parent.resource
        return node

    @property
    def holders(self) -> list[Node]:
        """All that have children, itself and those under it: of a whole document, as it was read."""
        return self.source.holders if self.source is not None else [node for node in self.walk() if node.children]

    def only(self, name: str) -> Node | None:
        """Its first child of this name."""
        found = self.children.get(name)
        return found[0] if found else None

    def text(self, name: str) -> str:
        """The value of its first child of this name, `""` when there is none or it is no string."""
        found = self.children.get(name)
        value = found[0].value if found else None
        return value if isinstance(value, str) else ""

    def add(self, child: Node) -> None:
        self.children.setdefault(child.name, []).append(child)

    def walk(self) -> Iterator[Node]:
        """This node and all its descendants, in document order."""
        waiting = [self]
        while waiting:
            node = waiting.pop()
            yield node
            if node.children:
                for children in reversed(node.children.values()):
                    waiting += children if len(children) == 1 else reversed(children)


class Tree:
    """A resource as a document holds it.

    Its nodes refer to each other in circles: they are let go with their document, not when Python's collector comes by.
    """

    __slots__ = ("root",)

    def __init__(self, root: Node) -> None:
        self.root = root

    def __del__(self) -> None:
        holders = self.root.holders
        self.root.source = None
        for node in holders:
            node.children.clear()


@dataclass(slots=True)
class Unplaced:
    """The source of nodes that no text was read from, in tests."""

    format: str = "json"
    problems: list[Problem] = field(default_factory=list)
    holders: list[Node] = field(default_factory=list)

    def place(self, node: Node) -> tuple[int, int]:  # noqa: ARG002 - the shape of a source
        return 0, 0

    def says(self, signs: Iterable[str]) -> bool:  # noqa: ARG002
        return True
