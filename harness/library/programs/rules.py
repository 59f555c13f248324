"""The rules of one file as one Python function: each context found once, each assertion asked of each of its elements."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from types import CodeType
from typing import Any

from ..xpath import Expression
from .expressions import Expressions
from .paths import Walk, branches
from .writing import compiled


def rule_program(rules: Sequence[tuple[str, Expression, Expression]], functions: Mapping[str, Mapping[str, Any]]) -> CodeType:
    """rules: requirement, context and assertion of each. The function: `program(root, judged, broken)`.

    It calls `judged` with the requirements of rules whose context is there, and `broken` with the number of a rule and the element
    on which it does not hold.
    """
    return compiled(_Writer(rules, functions).source())


class _Writer:
    def __init__(self, rules: Sequence[tuple[str, Expression, Expression]], functions: Mapping[str, Mapping[str, Any]]) -> None:
        self._rules = rules
        self._expressions = Expressions(functions)
        self._lines = ["def program(root, judged, broken):"]
        self._known: dict[Expression, tuple[str, int]] = {}
        self._zones: dict[str, str] = {}
        begun = Counter(path for context in {context for _, context, _ in rules} for path in dict.fromkeys(_beginnings(context)))
        self._shared = {path for path, count in begun.items() if count > 1}

    def source(self) -> str:
        by_context: dict[Expression, list[tuple[int, str, Expression]]] = {}
        for number, (requirement, context, test) in enumerate(self._rules):
            by_context.setdefault(context, []).append((number, requirement, test))
        for context, asked in by_context.items():
            found, depth = self._found(context)
            self._lines += [f"    if {found}:", f"        judged({tuple(requirement for _, requirement, _ in asked)!r})"]
            item = self._expressions.names.fresh()
            self._lines.append(f"        for {item} in {found}:")
            for number, _, test in asked:
                holds = self._expressions.truth(test, item, depth)
                self._lines.append(f"            if not {holds}: broken({number}, {item})")
        return "\n".join([*self._lines, "    return", ""])

    def _found(self, path: Expression) -> tuple[str, int]:
        """The variable that holds what a path from the root element leads to."""
        known = self._known.get(path)
        if known is None:
            walk = self._walk(path)
            name = self._expressions.names.fresh("found")
            self._lines.append(f"    {name} = {self._expressions.sorted(walk)}")
            known = self._known[path] = (name, walk.depth)
        return known

    def _zone(self, found: str) -> str:
        if found not in self._zones:
            self._zones[found] = self._expressions.names.fresh("zone")
            self._lines.append(f"    {self._zones[found]} = zone({found})")
        return self._zones[found]

    def _walk(self, path: Expression) -> Walk:
        """From the longest beginning that other contexts have too: it is walked once."""
        if path[0] == "union":
            return self._expressions.union([self._walk(branch) for branch in branches(path)])
        if path[:2] == ("path", "context"):
            steps = path[2]
            for length in range(len(steps) - 1, 0, -1):
                beginning = ("path", "context", steps[:length])
                if beginning in self._shared:
                    found, depth = self._found(beginning)
                    zone = self._zone(found) if steps[length][0].startswith("descendant") else ""
                    return self._expressions.further(found, depth, steps[length:], zone)
        return self._expressions.walk(path, "root", 0)


def _beginnings(context: Expression) -> list[Expression]:
    """Each row of first steps, not the whole, of the paths that a context is made of."""
    return [
        ("path", "context", path[2][:length])
        for path in branches(context)
        if path[:2] == ("path", "context")
        for length in range(1, len(path[2]))
    ]
