"""XPath rules: their compiled programs are run file by file; messages are made only for rules that do not hold."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from types import CodeType
from typing import Any

from ..documents.mends import SetAttribute
from ..library.functions import function_name
from ..library.placeholders import filled
from ..model import Rule, Text
from ..remembered import remembered
from .constraints import Judged
from .functions.rule_functions import OF_ALL
from .node import Node
from .questions import Questions
from .runtime import function

Broken = Callable[[Rule, Node], None]


class RuleSet:
    """The rules of a profile. programs: of each profile it is made of, its rules and what they were written to.

    table: the `h:` functions, by name.
    """

    def __init__(self, programs: Iterable[tuple[Sequence[Rule], CodeType]], table: Mapping[str, Callable[..., object]]) -> None:
        self._questions = Questions(table)
        names = {**self._questions.names, **{f"{function_name(name)}_of_all": call for name, call in OF_ALL.items()}}
        self._programs = [(rules, function(code, names)) for rules, code in programs]

    def run(self, root: Node, judged: Judged, broken: Broken) -> None:
        """Tells `broken` each rule that does not hold with the element it does not hold on.

        `judged` is told the requirement of a rule when the document has an element of its context.
        """
        for rules, program in self._programs:
            program(root, judged, lambda number, node, rules=rules: broken(rules[number], node))

    def held(self, root: Node) -> set[str]:
        """Ids of the rules that hold on at least one element of their context: asked by proofs only, never by judgements."""
        return {
            rule.id
            for rules, _ in self._programs
            for rule in rules
            if any(map(self._asked(self._questions.truth, rule.test), self._asked(self._questions.nodes, rule.context)(root)))
        }

    def told(self, rule: Rule, node: Node) -> tuple[Text, Text]:
        """Message and hint, their {XPath} replaced by what they find from the element."""
        return filled(rule, lambda expression: self._asked(self._questions.text, expression)(node))

    def mend(self, rule: Rule, node: Node) -> SetAttribute | None:
        """The attribute to write, where the rule says how to mend it and the value is certain."""
        if rule.fix is None or not self._asked(self._questions.truth, rule.fix.when)(node):
            return None
        bearers = self._asked(self._questions.nodes, rule.fix.element)(node)
        value = self._asked(self._questions.text, rule.fix.to)(node)
        if len(bearers) != 1 or not value:
            return None
        return SetAttribute(bearers[0].order, rule.fix.attribute, value)

    @remembered
    def _asked(self, compile: Callable[[str], Callable[[Node], Any]], expression: str) -> Callable[[Node], Any]:
        """Compiled once for each kind of answer that is wanted."""
        return compile(expression)
