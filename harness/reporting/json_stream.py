"""Indented JSON, written as it goes."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

# What json.dumps leaves as it is and a terminal or an encoder may not.
_UNSAFE_IN_JSON = re.compile("[\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")


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
        yield from _between("[", ((("", item)) for item in value.items), "]", newline)
    elif _is_made_late(value):
        yield from _between("{", ((f"{_plain(key, '')}: ", member) for key, member in value.items()), "}", newline)
    else:
        yield _plain(value, newline)


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


def _plain(value: Any, newline: str) -> str:
    """No string holds a line feed once it is JSON: each one is of the layout."""
    written = json.dumps(value, ensure_ascii=False, indent=2).replace("\n", newline)
    return _UNSAFE_IN_JSON.sub(lambda found: f"\\u{ord(found[0]):04x}", written)
