"""Texts and numbers of XPath 1.0: string values, conversions, core functions and operators."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from typing import Any

from .node import Node

Item = Any  # a Node, or the text of an attribute or character data

_STRIPPED = "\x20\x09\x0d\x0a"
_NUMBER = re.compile(r"-?(\d+(\.\d*)?|\.\d+)")


def string_value(item: Item) -> str:
    """The text of an element with that of all below it, or an attribute's value."""
    if type(item) is str:
        return item
    text: str = item.whole_text
    return text


def to_number(text: str) -> float:
    text = text.strip(_STRIPPED)
    return float(text) if _NUMBER.fullmatch(text) else math.nan


def spelled(value: float) -> str:
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    return str(int(value)) if value == int(value) else repr(value)


def _round(value: float) -> float:
    return value if math.isnan(value) or math.isinf(value) else math.floor(value + 0.5)


def substring(text: str, start: float, length: float = math.inf) -> str:
    first = _round(start)
    last = first + _round(length) if not math.isinf(length) else math.inf
    return "".join(character for place, character in enumerate(text, 1) if first <= place < last)


def _translated(text: str, from_: str, to: str) -> str:
    table = {ord(character): (to[place] if place < len(to) else None) for place, character in reversed(list(enumerate(from_)))}
    return text.translate(table)


def name_of(item: Item, name: str) -> str:
    tag = item.tag if isinstance(item, Node) else ""
    return tag.rpartition("}")[2].rpartition(":")[2] if name == "local-name" else tag


TEXT_FUNCTIONS: Mapping[str, Callable[..., str]] = {
    "string": lambda text: text,
    "normalize-space": lambda text: " ".join(text.split()),
    "concat": lambda *texts: "".join(texts),
    "substring-before": lambda text, mark: text.partition(mark)[0] if mark in text else "",
    "substring-after": lambda text, mark: text.partition(mark)[2],
    "translate": _translated,
    "substring": substring,
    "local-name": lambda text: text,
    "name": lambda text: text,
}
BOOLEAN_FUNCTIONS = frozenset(("not", "boolean", "true", "false", "contains", "starts-with"))
ROUNDINGS: Mapping[str, Callable[[float], float]] = {
    "floor": lambda value: value if math.isnan(value) or math.isinf(value) else math.floor(value),
    "ceiling": lambda value: value if math.isnan(value) or math.isinf(value) else math.ceil(value),
    "round": _round,
}


def _divided(one: float, other: float) -> float:
    if other == 0:
        return math.nan if one == 0 or math.isnan(one) else math.copysign(math.inf, one)
    return one / other


OPERATIONS: Mapping[str, Callable[[float, float], float]] = {
    "+": lambda one, other: one + other,
    "-": lambda one, other: one - other,
    "*": lambda one, other: one * other,
    "div": _divided,
    "mod": lambda one, other: math.nan if other == 0 or math.isnan(one) or math.isnan(other) else math.fmod(one, other),
}
ORDERS: Mapping[str, Callable[[float, float], bool]] = {
    "=": lambda one, other: one == other,
    "!=": lambda one, other: one != other,
    "<": lambda one, other: one < other,
    "<=": lambda one, other: one <= other,
    ">": lambda one, other: one > other,
    ">=": lambda one, other: one >= other,
}
