"""Single XPath expressions, ready to be asked of a node: what a message repeats, and what tests ask."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ..library import xpath
from ..library.linking import arguments, functions
from ..library.programs import Expressions, compiled
from ..library.programs.expressions import function_name
from .node import Node
from .runtime import Item, function


class Questions:
    """table: the `h:` functions, by name."""

    def __init__(self, table: Mapping[str, Callable[..., Any]]) -> None:
        self.names = {function_name(name): call for name, call in table.items()}

    def truth(self, expression: str) -> Callable[[Node], bool]:
        return self._asked(f"bool({Expressions(functions()).truth(_parsed(expression), 'node')})")

    def text(self, expression: str) -> Callable[[Node], str]:
        return self._asked(Expressions(functions()).text(_parsed(expression), "node"))

    def number(self, expression: str) -> Callable[[Node], float]:
        return self._asked(Expressions(functions()).number(_parsed(expression), "node"))

    def nodes(self, expression: str) -> Callable[[Node], Sequence[Item]]:
        return self._asked(Expressions(functions()).nodes(_parsed(expression), "node"))

    def _asked(self, source: str) -> Callable[[Node], Any]:
        return function(compiled(f"def program(node):\n    return {source}\n"), self.names)


def _parsed(expression: str) -> xpath.Expression:
    return xpath.parse(expression, arguments())
