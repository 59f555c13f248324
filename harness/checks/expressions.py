"""Parsed XPath (library/xpath.py) as Python functions on nodes.

libxml2 walks the whole tree for every `//x`; here the index of the document answers, and a call of `h:` costs a Python call. An
expression is compiled for what is wanted of it (a truth, a text, a number, elements), so that `@root = '1.2'` is one look-up.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import reduce
from typing import Any

from ..library.xpath import Expression, is_number
from .node import Node
from .xpath_paths import Amount, Paths, Truth, leads_to_one
from .xpath_steps import alone, has_before
from .xpath_values import (
    BOOLEAN_FUNCTIONS,
    OPERATIONS,
    ORDERS,
    ROUNDINGS,
    TEXT_FUNCTIONS,
    name_of,
    spelled,
    string_value,
    substring,
    to_number,
)

Words = Callable[[Node], str]


@dataclass(frozen=True, slots=True)
class Function:
    """One `h:` function. call: with texts, or with a node list where `takes_nodes`; gives: `boolean` or `string`."""

    call: Callable[..., Any]
    gives: str
    takes_nodes: bool = False


class Compiler(Paths):
    """Compiles expressions that may call these functions."""

    def __init__(self, functions: Mapping[str, Function]) -> None:
        super().__init__()
        self._functions = functions

    # ---------------------------------------------------------- as a truth

    def truth(self, expression: Expression) -> Truth:
        match expression:
            case ("or", _, _):
                return self._any_of(alternatives(expression))
            case ("and", left, right):
                one, other = self.truth(left), self.truth(right)
                return lambda node: one(node) and other(node)
            case ("compare", operator, left, right):
                return self._comparison(operator, left, right)
            case ("call", "not", (inner,)):
                holds = self.truth(inner)
                return lambda node: not holds(node)
            case ("call", "boolean", (inner,)):
                return self.truth(inner)
            case ("call", "true" | "false" as name, ()):
                return (lambda _node: True) if name == "true" else (lambda _node: False)
            case ("call", "contains", (left, right)):
                whole, part = self.text(left), self.text(right)
                return lambda node: part(node) in whole(node)
            case ("call", "starts-with", (left, right)):
                whole, part = self.text(left), self.text(right)
                return lambda node: whole(node).startswith(part(node))
            case ("path", "context", (("attribute", ("name", name), ()),)):
                return lambda node: name in node.attributes
            case ("path", "context", (("child", ("name", tag), ()),)):
                return lambda node: tag in node.named
            case ("path", "context", (("self", ("name", tag), ()),)):
                return lambda node: node.tag == tag
            case ("path", "context", steps) if steps and all(leads_to_one(step) for step in steps):
                up = self._up(steps)
                return lambda node: up(node) is not None
            case ("path", "context", (("preceding-sibling", ("name", tag), ()),)):
                return lambda node: has_before(node, tag)
            case ("path", "context", (("child", ("characters",), (("call", "normalize-space", ()),)),)):
                return lambda node: node.has_text
        if self._kind(expression) == "nodes":
            select = self.nodes(expression)
            return lambda node: bool(select(node))
        if self._kind(expression) == "number":
            amount = self.number(expression)
            return lambda node: not (math.isnan(value := amount(node)) or value == 0)
        if self._kind(expression) == "boolean":
            return self._called(expression)
        words = self.text(expression)
        return lambda node: words(node) != ""

    def _any_of(self, options: list[Expression]) -> Truth:
        """`@a = 'x' or @a = 'y'` and `self::x or self::y` are one look-up each."""
        values: dict[str, set[str]] = {}
        paths: dict[Expression, set[str]] = {}
        tags: set[str] = set()
        truths: list[Truth] = []
        for option in options:
            match option:
                case ("compare", "=", ("path", "context", (("attribute", ("name", name), ()),)), ("text", value)):
                    values.setdefault(name, set()).add(value)
                case ("compare", "=", ("path", _, _) as path, ("text", value)):
                    paths.setdefault(path, set()).add(value)
                case ("path", "context", (("self", ("name", tag), ()),)):
                    tags.add(tag)
                case _:
                    truths.append(self.truth(option))
        quick = [_among(name, frozenset(allowed)) for name, allowed in values.items()]
        truths += [self._some_among(path, frozenset(allowed)) for path, allowed in paths.items()]
        if tags:
            quick.append(lambda node: node.tag in tags)
        return reduce(_either, [*quick, *truths])

    def _comparison(self, operator: str, left: Expression, right: Expression) -> Truth:
        kinds = self._kind(left), self._kind(right)
        if operator in ("=", "!=") and left[:2] == ("call", "normalize-space") and right == ("text", ""):
            wanted = operator == "!="
            spaced = self.text(left[2][0] if left[2] else ("path", "context", ()))
            return lambda node: bool(spaced(node).strip()) is wanted
        if operator in ("=", "!="):
            equal = operator == "="
            if "boolean" in kinds:
                truth, other_truth = self.truth(left), self.truth(right)
                return lambda node: (truth(node) == other_truth(node)) is equal
            if "number" in kinds:
                return self._numbers(operator, left, right)
            if "nodes" not in kinds:
                words, other_words = self.text(left), self.text(right)
                return lambda node: (words(node) == other_words(node)) is equal
            return self._existential(left, right, equal=equal)
        return self._numbers(operator, left, right)

    def _existential(self, left: Expression, right: Expression, *, equal: bool) -> Truth:
        """Some text of the one side equals (or differs from) some text of the other."""
        if self._kind(left) != "nodes":
            left, right = right, left
        if right[0] == "text":
            wanted = right[1]
            match left:
                case ("path", "context", (("attribute", ("name", name), ()),)) if equal:
                    return lambda node: node.attributes.get(name) == wanted
                case ("path", "context", (("attribute", ("name", name), ()),)):
                    return lambda node: name in node.attributes and node.attributes[name] != wanted
            if equal:
                return self._some_among(left, frozenset((wanted,)))
            select = self.nodes(left)
            return lambda node: any(string_value(item) != wanted for item in select(node))
        values, others = self._values(left), self._values(right)
        if equal:
            return lambda node: not values(node).isdisjoint(others(node))
        return lambda node: bool((one := values(node)) and (other := others(node))) and len(one | other) > 1

    def _some_among(self, path: Expression, allowed: frozenset[str]) -> Truth:
        """One of the texts that the path leads to is one of those allowed."""
        match path:
            case ("path", "context", (("child", ("name", tag), ()), ("attribute", ("name", name), ()))):
                return lambda node: any(child.attributes.get(name) in allowed for child in node.named.get(tag, ()))
        select = self.nodes(path)
        return lambda node: any(string_value(item) in allowed for item in select(node))

    def _values(self, expression: Expression) -> Callable[[Node], frozenset[str]]:
        """The texts of what it selects, each once. Those of a path from the root are found once a document."""
        if self._kind(expression) != "nodes":
            words = self.text(expression)
            return lambda node: frozenset((words(node),))
        select = self.nodes(expression)
        if expression[:2] != ("path", "root"):
            return lambda node: frozenset(map(string_value, select(node)))

        key = object()

        def kept(node: Node) -> frozenset[str]:
            known: frozenset[str] | None = node.index.remembered.get(key)
            if known is None:
                known = node.index.remembered[key] = frozenset(map(string_value, select(node)))
            return known

        return kept

    def _numbers(self, operator: str, left: Expression, right: Expression) -> Truth:
        holds = ORDERS[operator]
        one, other = self._amounts(left), self._amounts(right)
        return lambda node: any(holds(a, b) for a in one(node) for b in other(node))

    def _amounts(self, expression: Expression) -> Callable[[Node], Iterable[float]]:
        if self._kind(expression) == "nodes":
            select = self.nodes(expression)
            return lambda node: [to_number(string_value(item)) for item in select(node)]
        amount = self.number(expression)
        return lambda node: (amount(node),)

    # ---------------------------------------------------------- as a text or a number

    def text(self, expression: Expression) -> Words:
        match expression:
            case ("text", words):
                return lambda _node: words
            case ("path", "context", ()):
                return string_value
            case ("path", "context", (("attribute", ("name", name), ()),)):
                return lambda node: node.attributes.get(name, "")
            case ("call", name, arguments) if name in TEXT_FUNCTIONS:
                return self._core_text(name, arguments)
        kind = self._kind(expression)
        if kind == "nodes":
            select = self.nodes(expression)
            return lambda node: string_value(found[0]) if (found := select(node)) else ""
        if kind == "number":
            amount = self.number(expression)
            return lambda node: spelled(amount(node))
        if kind == "boolean":
            truth = self.truth(expression)
            return lambda node: "true" if truth(node) else "false"
        return self._called(expression)

    def _core_text(self, name: str, arguments: tuple[Expression, ...]) -> Words:
        if name in ("local-name", "name"):
            select = self.nodes(arguments[0]) if arguments else alone
            return lambda node: name_of(found[0], name) if (found := select(node)) else ""
        if not arguments:
            arguments = (("path", "context", ()),)
        if name == "substring":
            words, bounds = self.text(arguments[0]), [self.number(argument) for argument in arguments[1:]]
            return lambda node: substring(words(node), *[bound(node) for bound in bounds])
        parts = [self.text(argument) for argument in arguments]
        make = TEXT_FUNCTIONS[name]
        if len(parts) == 1:
            only = parts[0]
            return lambda node: make(only(node))
        return lambda node: make(*[part(node) for part in parts])

    def number(self, expression: Expression) -> Amount:
        match expression:
            case ("number", value):
                return lambda _node: value
            case ("minus", inner):
                amount = self.number(inner)
                return lambda node: -amount(node)
            case ("math", operator, left, right):
                compute, one, other = OPERATIONS[operator], self.number(left), self.number(right)
                return lambda node: compute(one(node), other(node))
            case ("call", "position", ()):
                focus = self._focus
                return lambda _node: focus.position
            case ("call", "last", ()):
                focus = self._focus
                return lambda _node: focus.size
            case ("call", "count", (inner,)):
                select = self.nodes(inner)
                return lambda node: len(select(node))
            case ("call", "sum", (inner,)):
                select = self.nodes(inner)
                return lambda node: sum(to_number(string_value(item)) for item in select(node))
            case ("call", "floor" | "ceiling" | "round" as name, (inner,)):
                amount, rounded = self.number(inner), ROUNDINGS[name]
                return lambda node: rounded(amount(node))
            case ("call", "string-length", arguments):
                words = self.text(arguments[0] if arguments else ("path", "context", ()))
                return lambda node: len(words(node))
            case ("call", "number", arguments):
                return self.number(arguments[0] if arguments else ("path", "context", ()))
        if self._kind(expression) == "boolean":
            truth = self.truth(expression)
            return lambda node: float(truth(node))
        words = self.text(expression)
        return lambda node: to_number(words(node))

    # ---------------------------------------------------------- functions of ours

    def _called(self, expression: Expression) -> Callable[[Node], Any]:
        _, name, arguments = expression
        function = self._functions[name]
        call = function.call
        given: list[Callable[[Node], Any]] = [
            self.nodes(argument) if function.takes_nodes else self.text(argument) for argument in arguments
        ]
        if len(given) == 1:
            only = given[0]
            return lambda node: call(only(node))
        return lambda node: call(*[value(node) for value in given])

    def _kind(self, expression: Expression) -> str:
        name = expression[0]
        if name in ("path", "union", "filter"):
            return "nodes"
        if is_number(expression):
            return "number"
        if name in ("or", "and", "compare"):
            return "boolean"
        if name == "call" and expression[1] in BOOLEAN_FUNCTIONS:
            return "boolean"
        if name == "call" and expression[1] in self._functions:
            return self._functions[expression[1]].gives
        return "string"


def alternatives(expression: Expression) -> list[Expression]:
    """What an `or` of several offers, in order."""
    if expression[0] != "or":
        return [expression]
    return [*alternatives(expression[1]), *alternatives(expression[2])]


def _among(name: str, allowed: frozenset[str]) -> Truth:
    return lambda node: node.attributes.get(name) in allowed


def _either(one: Truth, other: Truth) -> Truth:
    return lambda node: one(node) or other(node)
