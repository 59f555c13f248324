"""The rules of one file as one Python function: each context found once, each assertion asked of each of its elements."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from types import CodeType
from typing import Any

from ..expressions import Expression
from ..functions import Signature, function_name
from .expressions import Expressions
from .paths import Walk
from .sharing import at_once, beginnings, shared_beginnings
from .writing import compiled

_ROOT = "root"


def rule_program(rules: Sequence[tuple[str, Expression, Expression]], functions: Mapping[str, Signature]) -> CodeType:
    """rules: requirement, context and assertion of each. The function: `program(root, judged, broken)`.

    It calls `judged` with the requirements of rules whose context is there, and `broken` with the number of a rule and the element
    on which it does not hold.
    """
    return compiled(rule_source(rules, functions))


def rule_source(rules: Sequence[tuple[str, Expression, Expression]], functions: Mapping[str, Signature]) -> str:
    return _Writer(rules, functions).source()


class _Writer(Expressions):
    root = _ROOT

    def __init__(self, rules: Sequence[tuple[str, Expression, Expression]], functions: Mapping[str, Signature]) -> None:
        super().__init__(functions)
        self._by_context: dict[Expression, list[tuple[int, str, Expression]]] = {}
        for number, (requirement, context, test) in enumerate(rules):
            self._by_context.setdefault(at_once(context), []).append((number, requirement, test))
        self._shared = shared_beginnings(self._by_context)
        self._lines = ["def program(root, judged, broken):"]
        self._known: dict[Expression, tuple[str, int]] = {}
        self._before: dict[str, str] | None = None  # what is worked out before the elements that are asked, and its name
        self._zones: dict[str, str] = {}

    def source(self) -> str:
        for context, asked in self._by_context.items():
            found, depth = self._found(context)
            requirements = tuple(dict.fromkeys(requirement for _, requirement, _ in asked))
            self._lines += [f"    if {found}:", f"        judged({requirements!r})"]
            self._before = {}
            lines = self._asked([(number, test) for number, _, test in asked], found, depth)
            self._lines += [f"        {name} = {text}" for text, name in self._before.items()] + lines
            self._before = None
        return "\n".join([*self._lines, "    return", ""])

    def _asked(self, tests: Sequence[tuple[int, Expression]], found: str, depth: int) -> list[str]:
        """The tests of each element found."""
        item = self.names.fresh("asked")
        lines = [f"        for {item} in {found}:"]
        made = Counter(call for _, test in tests for call in self._calls(test))
        for call, times in made.items():
            if self._is_asked_of_all(call):
                self.answered[call, item] = f"({item} in {self.once(f'{function_name(call[1])}_of_all({found})')})"
            elif times > 1:
                answer = self.names.fresh("said")
                lines.append(f"            {answer} = {self._called(call, item, depth)}")
                self.answered[call, item] = answer
        for number, test in tests:
            lines.append(f"            if not {self.truth(test, item, depth)}: broken({number}, {item})")
        return lines

    def _is_asked_of_all(self, call: Expression) -> bool:
        """The function tells at once of which of the elements it is true."""
        return self._functions[call[1]].of_all and call[2] == (("path", "context", ()),)

    def once(self, text: str) -> str:
        if self._before is None:
            return text
        return self._before.setdefault(text, self.names.fresh("once"))

    def _calls(self, expression: Any) -> frozenset[Expression]:
        match expression:
            case ("call", name, _) if name in self._functions:
                return frozenset((expression,))
            case tuple() if expression[:1] not in (("path",), ("union",), ("filter",)):  # within these, other items are asked
                return frozenset(call for part in expression for call in self._calls(part))
        return frozenset()

    def walk(self, expression: Expression, item: str, depth: int = 0, *, placed: bool = True) -> Walk:
        """From the longest beginning that other contexts have too: it is walked once."""
        for beginning, further in beginnings(expression) if item == _ROOT else ():
            if beginning in self._shared:
                found, reached = self._found(beginning)
                zone = self._zone(found) if further[0][0].startswith("descendant") else ""
                return self.further(found, reached, further, zone)
        return super().walk(expression, item, depth, placed=placed)

    def _found(self, path: Expression) -> tuple[str, int]:
        """The variable that holds what a path from the root element leads to."""
        known = self._known.get(path)
        if known is None:
            walk = self.walk(path, _ROOT)
            name = self.names.fresh("found")
            self._lines.append(f"    {name} = {self.sorted(walk)}")
            known = self._known[path] = (name, walk.depth)
        return known

    def _zone(self, found: str) -> str:
        if found not in self._zones:
            self._zones[found] = self.names.fresh("zone")
            self._lines.append(f"    {self._zones[found]} = zone({found})")
        return self._zones[found]
