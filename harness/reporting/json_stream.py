"""Indented JSON, written as it goes."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator
from json.encoder import encode_basestring
from typing import Any

from ..values import dataclass

# What json.dumps leaves as it is and a terminal or an encoder may not.
_UNSAFE_IN_JSON = re.compile("[\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")

_SCALAR = json.JSONEncoder(ensure_ascii=False).encode
_REMEMBERED = 20_000


@dataclass(frozen=True, slots=True)
class Each:
    """An array whose items are made one at a time, while they are written. It stands in objects and in other such arrays."""

    items: Iterable[Any]


@dataclass(frozen=True, slots=True)
class Late:
    """A value computed only when everything before it is written. Allowed where `Each` is."""

    make: Callable[[], Any]


def json_chunks(value: Any) -> Iterator[str]:
    """The value as indented JSON, accents readable, anything that could act on a terminal escaped; ended by a newline."""
    yield from _written(value, "\n")
    yield "\n"


def _written(value: Any, newline: str) -> Iterator[str]:
    if isinstance(value, Each):
        yield from _between("[", (("", item) for item in value.items), "]", newline)
    elif isinstance(value, Late):
        yield from _written(value.make(), newline)
    elif _is_made_late(value):
        yield from _between("{", ((f"{_SCALAR(key)}: ", member) for key, member in value.items()), "}", newline)
    else:
        yield _whole(value, newline)


def _between(opening: str, members: Iterable[tuple[str, Any]], closing: str, newline: str) -> Iterator[str]:
    inside, separator = f"{newline}  ", ""
    yield opening
    for label, member in members:
        yield f"{separator}{inside}{label}"
        yield from _written(member, inside)
        separator = ","
    yield f"{newline}{closing}" if separator else closing


def _is_made_late(value: Any) -> bool:
    return isinstance(value, dict) and any(isinstance(member, Each | Late) or _is_made_late(member) for member in value.values())


def _whole(value: Any, newline: str) -> str:
    """Indented as json.dumps does, several times as fast: a document is mostly lists of ids, the same in all."""
    inside = f"{newline}  "
    between = f",{inside}"
    if isinstance(value, dict) and value:
        members = between.join([f"{_WORDS[key]}: {_whole(member, inside)}" for key, member in value.items()])
        return f"{{{inside}{members}{newline}}}"
    if isinstance(value, list | tuple) and value:
        plain = set(map(type, value)) == {str}
        items = between.join(map(_WORDS.__getitem__, value) if plain else [_whole(item, inside) for item in value])
        return f"[{inside}{items}{newline}]"
    return _scalar(value)


def _scalar(value: Any) -> str:
    if value is None:
        return "null"
    written = encode_basestring(value) if isinstance(value, str) else _SCALAR(value)
    if written.isascii() and "\x7f" not in written:
        return written
    return _UNSAFE_IN_JSON.sub(lambda found: f"\\u{ord(found[0]):04x}", written)


class _Words(dict[str, str]):
    """Cache of strings as JSON, the recent ones."""

    def __missing__(self, text: str) -> str:
        if len(self) >= _REMEMBERED:
            self.clear()
        written = self[text] = _scalar(text)
        return written


_WORDS = _Words()
