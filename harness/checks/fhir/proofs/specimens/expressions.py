"""What an invariant's expression speaks of: the names and the texts in it, in the order in which they are written."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from typing import Any

from .....library.fhirpath.syntax import Binary, Call, Literal, Member, parse
from ...fhirpath import FhirPathError


def names_in(expression: str) -> list[str]:
    """Of elements."""
    return list(dict.fromkeys(one.name for one in _parts(expression) if isinstance(one, Member)))


def texts_in(expression: str) -> list[str]:
    found = (one.value for one in _parts(expression) if isinstance(one, Literal))
    return list(dict.fromkeys(value for value in found if isinstance(value, str)))


def extension_urls_in(expression: str) -> list[str]:
    """Those asked for by `extension('…')`."""
    calls = (one for one in _parts(expression) if isinstance(one, Call) and one.name == "extension")
    return [one.value for call in calls for one in call.arguments if isinstance(one, Literal) and isinstance(one.value, str)]


def implication_in(expression: str) -> tuple[str, str] | None:
    """What comes before and after the `implies` that an expression is, if it is one."""
    try:
        whole = parse(expression)
    except FhirPathError:
        return None
    if not isinstance(whole, Binary) or whole.operator != "implies":
        return None
    before, after = expression[: whole.at], expression[whole.at :]
    return before.strip(), after.strip().removeprefix("implies").strip()


def _parts(expression: str) -> Iterator[Any]:
    try:
        waiting: list[Any] = [parse(expression)] if expression else []
    except FhirPathError:
        return
    while waiting:
        part = waiting.pop(0)
        yield part
        if is_dataclass(part):
            for one in fields(part):
                value = getattr(part, one.name)
                waiting += [item for item in (value if isinstance(value, tuple) else (value,)) if is_dataclass(item)]
