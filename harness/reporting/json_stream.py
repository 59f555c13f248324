"""Indented JSON, written as it goes."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

# What json.dumps leaves as it is and a terminal or an encoder may not.
_UNSAFE_IN_JSON = re.compile("[\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")

_SCALAR = json.JSONEncoder(ensure_ascii=False).encode


@dataclass(frozen=True, slots=True)
class Each:
    """An array whose items are made one at a time, while they are written. It stands in objects and in other such arrays."""

    items: Iterable[Any]


def json_chunks(value: Any) -> Iterator[str]:
    """The value as indented JSON, accents readable, anything that could act on a terminal escaped; ended by a newline."""
    yield from _written(value, "\n")
    yield "\n"


def _written(value: Any, newline: str) -> Iterator[str]:
    if isinstance(value, Each):
        yield from _between("[", (("", item) for item in value.items), "]", newline)
    elif _is_made_late(value):
        yield from _between("{", ((f"{_SCALAR(key)}: ", member) for key, member in value.items()), "}", newline)
    else:
        yield _UNSAFE_IN_JSON.sub(lambda found: f"\\u{ord(found[0]):04x}", _whole(value, newline))


def _between(opening: str, members: Iterable[tuple[str, Any]], closing: str, newline: str) -> Iterator[str]:
    inside, separator = f"{newline}  ", ""
    yield opening
    for label, member in members:
        yield f"{separator}{inside}{label}"
        yield from _written(member, inside)
        separator = ","
    yield f"{newline}{closing}" if separator else closing


def _is_made_late(value: Any) -> bool:
    return isinstance(value, dict) and any(isinstance(member, Each) or _is_made_late(member) for member in value.values())


def _whole(value: Any, newline: str) -> str:
    """As json.dumps indents it, several times as fast: what a document is mostly made of, lists of ids, is left to its C part,
    which it does not use to indent.
    """
    inside = f"{newline}  "
    between = f",{inside}"
    if isinstance(value, dict) and value:
        members = between.join([f"{_SCALAR(key)}: {_whole(member, inside)}" for key, member in value.items()])
        return f"{{{inside}{members}{newline}}}"
    if isinstance(value, list | tuple) and value:
        if all(type(item) is str for item in value):
            items = json.dumps(value, ensure_ascii=False, separators=(between, ": "))[1:-1]
        else:
            items = between.join([_whole(item, inside) for item in value])
        return f"[{inside}{items}{newline}]"
    return _SCALAR(value)
