"""XPath expressions as plain data, and what can be told of one without evaluating it.

An expression is a tuple: ("or"|"and", left, right), ("compare", operator, left, right), ("math", operator, left, right),
("minus", value), ("union", left, right), ("text", "..."), ("number", 1.0), ("call", name, (arguments)),
("filter", expression, (predicates)), ("path", start, (steps)) with start "context", "root" or an expression,
and a step (axis, test, (predicates)) whose test is ("name", tag), ("any",), ("any in", prefix), ("node",) or ("characters",).
A tag is written as nodes bear it: bare for HL7 V3, `sdtc:x` ..., `{}x` for no namespace.
"""

# ruff: noqa: SIM905

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

Expression = tuple[Any, ...]

AXES = frozenset(
    "child descendant descendant-or-self self parent ancestor ancestor-or-self attribute "
    "following-sibling preceding-sibling".split()
)
_NUMERIC_FUNCTIONS = frozenset("ceiling count floor last number position round string-length sum".split())


def leads_to_elements(expression: Expression) -> bool:
    match expression:
        case ("union", left, right):
            return leads_to_elements(left) and leads_to_elements(right)
        case ("filter", inner, _):
            return leads_to_elements(inner)
        case ("path", start, ()):
            return not isinstance(start, tuple) or leads_to_elements(start)
        case ("path", _, (*_, (axis, test, _))):
            return bool(axis != "attribute" and test != ("characters",))
    return False


def branches(expression: Expression) -> list[Expression]:
    """The branches of a union, in order."""
    return [*branches(expression[1]), *branches(expression[2])] if expression[0] == "union" else [expression]


def selects(expression: Expression) -> str:
    """What an expression selects: elements, attributes, characters, or nothing (a text, a number, a truth)."""
    match expression:
        case ("union" | "filter", inner, _):
            return selects(inner)
        case ("path", _, (*_, (axis, test, _))):
            return "attributes" if axis == "attribute" else "characters" if test == ("characters",) else "elements"
        case ("path", start, ()):
            return selects(start) if isinstance(start, tuple) else "elements"
    return "nothing"


def is_ordered(union: Expression) -> bool:
    """Whether what a union selects can be put in document order: elements, or attributes that its paths name themselves."""
    paths = branches(union)
    kinds = {selects(path) for path in paths}
    if kinds == {"attributes"}:
        return all(path[0] == "path" and path[2] and path[2][-1][1][0] == "name" for path in paths)
    return kinds == {"elements"}


def tags(expression: Any) -> Iterator[str]:
    """The tags of the elements that it names, step by step."""
    if not isinstance(expression, tuple):
        return
    if len(expression) == 3 and expression[0] in AXES and expression[0] != "attribute" and expression[1][0] == "name":
        yield expression[1][1]
    for part in expression:
        yield from tags(part)


def attributes(expression: Any) -> Iterator[str]:
    """Of the attributes that it names, those that stand in no namespace."""
    if not isinstance(expression, tuple):
        return
    if len(expression) == 3 and expression[0] == "attribute" and expression[1][0] == "name" and ":" not in expression[1][1]:
        yield expression[1][1]
    for part in expression:
        yield from attributes(part)


def calls(expression: Any) -> Iterator[tuple[str, tuple[Expression, ...]]]:
    """The functions that it calls, each with its arguments."""
    if not isinstance(expression, tuple):
        return
    if len(expression) == 3 and expression[0] == "call":
        yield expression[1], expression[2]
    for part in expression:
        yield from calls(part)


def is_number(expression: Expression) -> bool:
    kind: str = expression[0]
    return kind in ("number", "math", "minus") or (kind == "call" and str(expression[1]) in _NUMERIC_FUNCTIONS)


def depends_on_position(expression: Any) -> bool:
    """Whether a predicate asks where a node stands among those selected with it."""
    return is_number(expression) or _asks_position(expression)


def _asks_position(expression: Any) -> bool:
    match expression:
        case ("call", name, arguments):
            return name in ("position", "last") or any(_asks_position(argument) for argument in arguments)
        case ("or" | "and" | "union", left, right):
            return _asks_position(left) or _asks_position(right)
        case ("compare" | "math", _, left, right):
            return _asks_position(left) or _asks_position(right)
        case ("minus", value) | ("filter", value, _):
            return _asks_position(value)
        case ("path", start, _):
            return isinstance(start, tuple) and _asks_position(start)
    return False
