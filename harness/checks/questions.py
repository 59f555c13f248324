"""Single XPath expressions to evaluate on a node: those within messages, and those of tests."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ..library.functions import ARGUMENTS, FUNCTIONS, function_name
from .node import Node
from .runtime import Item, function


class Questions:
    """table: the `h:` functions, by name. What writes expressions is loaded when the first is asked: few documents need one."""

    def __init__(self, table: Mapping[str, Callable[..., Any]]) -> None:
        self.names = {function_name(name): call for name, call in table.items()}

    def truth(self, expression: str) -> Callable[[Node], bool]:
        return self._asked("truth", expression)

    def text(self, expression: str) -> Callable[[Node], str]:
        return self._asked("text", expression)

    def number(self, expression: str) -> Callable[[Node], float]:
        return self._asked("number", expression)

    def nodes(self, expression: str) -> Callable[[Node], Sequence[Item]]:
        return self._asked("nodes", expression)

    def _asked(self, wanted: str, expression: str) -> Callable[[Node], Any]:
        from ..library import xpath
        from ..library.programs.expressions import Expressions
        from ..library.programs.writing import compiled

        written = getattr(Expressions(FUNCTIONS), wanted)(xpath.parse(expression, ARGUMENTS), "node")
        said = f"bool({written})" if wanted == "truth" else written
        return function(compiled(f"def program(node):\n    return {said}\n"), self.names)
