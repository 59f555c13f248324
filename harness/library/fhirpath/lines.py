"""A Python function while it is being written: its lines and names, and the value that each step of an expression gave."""

from __future__ import annotations

from abc import ABC, abstractmethod

from ...values import dataclass
from .dependence import depends_on_resource_only
from .syntax import Constant, Expression

WIDEST = 40  # levels of indentation; Python takes no more than a hundred


@dataclass(frozen=True, slots=True)
class Value:
    """What a step gave. kind: `one` item, `many` (a list), `truth` (True, False, None), `maybe` (an item or None).

    nodes: whether its items are nodes for sure; plain: `text` or `number` when it is a value of Python for sure; told: of a
    literal string, its value.
    """

    code: str
    kind: str = "many"
    nodes: bool = False
    plain: str = ""
    told: str | None = None


@dataclass(frozen=True, slots=True)
class Scope:
    """this: `$this`; index, total: expressions of theirs; frame: whether the variable `frame` is the one of this place."""

    this: Value
    index: str
    total: str
    frame: bool


class Lines(ABC):
    """text: of the whole expression, which errors quote.

    indent: levels of it; loops: those that are open; remembering: what is written now is kept for the whole document.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.lines: list[str] = []
        self.top: list[str] = []  # what is worked out once, before the function
        self.indent = 2
        self.loops = 0
        self.remembering = False
        self._count = 0

    @abstractmethod
    def items(self, tree: Expression, scope: Scope, focus: Value | None = None) -> Value:
        """What the expression gives. focus: what stands before the dot."""

    @abstractmethod
    def argument(self, tree: Expression) -> str:
        """A function of (items, frame) for a function of FHIRPath to call."""

    def is_remembered(self, tree: Expression) -> bool:
        """Whether what it gives is found once for the resource, and kept."""
        return not self.remembering and not isinstance(tree, Constant) and depends_on_resource_only(tree)

    def line(self, text: str) -> None:
        self.lines.append("    " * self.indent + text)

    def fresh(self, letter: str = "v") -> str:
        self._count += 1
        return f"{letter}{self._count}"

    def let(self, code: str, letter: str = "v") -> str:
        name = self.fresh(letter)
        self.line(f"{name} = {code}")
        return name

    def fixed(self, code: str) -> str:
        """What is worked out once, when the expression is loaded."""
        name = self.fresh("k")
        self.top.append(f"    {name} = {code}")
        return name

    def as_list(self, value: Value) -> str:
        """As a list."""
        if value.kind == "one":
            return f"[{value.code}]"
        if value.kind in ("truth", "maybe"):
            return f"([] if {value.code} is None else [{value.code}])"
        return value.code

    def held(self, value: Value) -> str:
        """As a list in a variable."""
        return value.code if value.kind == "many" and value.code.isidentifier() else self.let(self.as_list(value))

    def frame(self, scope: Scope) -> str:
        if scope.frame:
            return "frame"
        return f"Frame(context, start, {self.as_list(scope.this)}, {scope.index}, {scope.total})"
