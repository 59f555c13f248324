"""A text that fits a regular expression, where a rule or a profile asks one."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

_TRIED = "a1A-_. é\n"  # of a class that says what it is not
_OF_CATEGORY = {"digit": "1", "space": " ", "word": "a", "not_digit": "a", "not_space": "a", "not_word": "-"}


def fitting(regex: str) -> str | None:
    """The shortest that Python's own reading of the expression leads to; None where it leads to none."""
    try:
        text = _of(re._parser.parse(regex))  # type: ignore[attr-defined]  # nothing else tells how it is read
        return text if re.fullmatch(regex, text) else None
    except (re.error, OverflowError, RecursionError, LookupError):
        return None


def _of(steps: Iterable[tuple[Any, Any]]) -> str:
    return "".join(_step(str(kind), said) for kind, said in steps)


def _step(kind: str, said: Any) -> str:
    if kind == "LITERAL":
        return chr(said)
    if kind == "NOT_LITERAL":
        return "x" if chr(said) != "x" else "y"
    if kind == "ANY":
        return "x"
    if kind == "IN":
        return _one_of(said)
    if kind in ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"):
        least, most, inside = said
        return _of(inside) * max(int(least), min(1, int(most)))
    if kind == "SUBPATTERN":
        return _of(said[-1])
    if kind == "BRANCH":
        return _of(said[1][0])
    if kind in ("AT", "ASSERT", "ASSERT_NOT"):
        return ""
    raise LookupError(kind)


def _one_of(said: list[tuple[Any, Any]]) -> str:
    if str(said[0][0]) == "NEGATE":
        return next(one for one in _TRIED if not any(_is_of(one, item) for item in said[1:]))
    kind, first = said[0]
    return chr(first[0]) if str(kind) == "RANGE" else _category(first) if str(kind) == "CATEGORY" else chr(first)


def _is_of(character: str, item: tuple[Any, Any]) -> bool:
    kind, said = str(item[0]), item[1]
    if kind == "RANGE":
        return bool(said[0] <= ord(character) <= said[1])
    if kind == "CATEGORY":
        return {"digit": character.isdigit(), "space": character.isspace(), "word": character.isalnum() or character == "_"}.get(
            str(said).removeprefix("CATEGORY_").lower(), True
        )
    return bool(ord(character) == said)


def _category(said: Any) -> str:
    return _OF_CATEGORY[str(said).removeprefix("CATEGORY_").lower()]
