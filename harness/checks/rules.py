"""XPath rules: run as the programs they were written to, file by file; their words found when one does not hold."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from types import CodeType

from ..model import Rule, Text
from .constraints import Judged
from .node import Node
from .questions import Questions
from .runtime import function

_SHOWN = 300  # characters of a value that a message repeats
_PLACEHOLDER = re.compile(r"\{([^{}]+)\}")

Broken = Callable[[Rule, Node], None]


class RuleSet:
    """The rules of a profile. programs: of each profile it is made of, its rules and what they were written to.

    table: the `h:` functions, by name.
    """

    def __init__(self, programs: Iterable[tuple[Sequence[Rule], CodeType]], table: Mapping[str, Callable[..., object]]) -> None:
        self._questions = Questions(table)
        self._programs = [(rules, function(code, self._questions.names)) for rules, code in programs]
        self._words: dict[str, Callable[[Node], str]] = {}

    def run(self, root: Node, judged: Judged, broken: Broken) -> None:
        """Tells `broken` each rule that does not hold with the element it does not hold on.

        The requirement of a rule joins `judged` when the document has an element of its context.
        """
        for rules, program in self._programs:
            program(root, judged.update, lambda number, node, rules=rules: broken(rules[number], node))

    def told(self, rule: Rule, node: Node) -> tuple[Text, Text]:
        """Message and hint, their {XPath} replaced by what they find from the element."""
        return self._filled(rule.message, node), self._filled(rule.hint, node)

    def _filled(self, text: Text, node: Node) -> Text:
        def value(found: re.Match[str]) -> str:
            words = self._words.get(found[1])
            if words is None:
                words = self._words[found[1]] = self._questions.text(found[1])
            said = " ".join(words(node)[: 2 * _SHOWN].split())
            return said if len(said) <= _SHOWN else said[:_SHOWN] + "…"

        return Text(_PLACEHOLDER.sub(value, text.fr), _PLACEHOLDER.sub(value, text.en))
