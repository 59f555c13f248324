"""XPath rules: compiled when first needed, judged on the elements of their context."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ..library import xpath
from ..model import Rule, Text
from .constraints import Judged
from .expressions import Compiler, Function, Words
from .node import Node
from .xpath_paths import Nodes

_SHOWN = 300  # characters of a value that a message repeats
_PLACEHOLDER = re.compile(r"\{([^{}]+)\}")


class RuleSet:
    """The rules of a profile. Elements of a context that several rules share are found once a document."""

    def __init__(self, rules: Sequence[Rule], expressions: Mapping[str, Any], functions: Mapping[str, Function]) -> None:
        """expressions: those already parsed, by text."""
        self._parsed = expressions
        self._arguments = dict.fromkeys(functions, (0, 9))
        self._compiler = Compiler(functions)
        self._contexts: dict[str, Nodes] = {}
        self._words: dict[str, Words] = {}
        self._rules = [(rule, self._context(rule.context), self._compiler.truth(self._parse(rule.test))) for rule in rules]

    def run(self, root: Node, judged: Judged) -> Iterator[tuple[Rule, Node]]:
        """Each rule that does not hold with the element it does not hold on.

        The requirement of a rule joins `judged` when the document has an element of its context.
        """
        found: dict[str, Sequence[Node]] = {}
        for rule, context, holds in self._rules:
            nodes = found.get(rule.context)
            if nodes is None:
                nodes = found[rule.context] = context(root)
            if nodes:
                judged.add(rule.requirement)
                for node in nodes:
                    if not holds(node):
                        yield rule, node

    def told(self, rule: Rule, node: Node) -> tuple[Text, Text]:
        """Message and hint, their {XPath} replaced by what they find from the element."""
        return self._filled(rule.message, node), self._filled(rule.hint, node)

    def _filled(self, text: Text, node: Node) -> Text:
        def value(found: re.Match[str]) -> str:
            words = self._words.get(found[1])
            if words is None:
                words = self._words[found[1]] = self._compiler.text(self._parse(found[1]))
            said = " ".join(words(node)[: 2 * _SHOWN].split())
            return said if len(said) <= _SHOWN else said[:_SHOWN] + "…"

        return Text(_PLACEHOLDER.sub(value, text.fr), _PLACEHOLDER.sub(value, text.en))

    def _context(self, path: str) -> Nodes:
        known = self._contexts.get(path)
        if known is None:
            known = self._contexts[path] = self._compiler.from_root(self._parse(path))
        return known

    def _parse(self, text: str) -> Any:
        return self._parsed.get(text) or xpath.parse(text, self._arguments)
