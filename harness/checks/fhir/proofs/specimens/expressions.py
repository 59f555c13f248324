"""What an invariant's expression speaks of: the names and the texts in it, in the order in which they are written."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, TypeVar

from .....documents.fhir_tree import Node
from .....library.fhirpath.syntax import Binary, Call, Dot, Expression, Literal, Member, parse, parts
from .....values import dataclass
from ....proofs.specimens.patterns import fitting
from ...fhirpath import FhirPathError
from . import samples

_Kind = TypeVar("_Kind")


def names_in(expression: str) -> list[str]:
    """The names of elements in the expression."""
    return list(dict.fromkeys(one.name for one in _parts(expression) if isinstance(one, Member)))


def is_called(node: Node, names: Iterable[str]) -> bool:
    """Whether a node is an element of one of these names: a choice (`value`) is written with its type (`valueQuantity`)."""
    return any(
        node.name == name or (node.name.startswith(name) and node.name[len(name) :].lower() == node.type.lower()) for name in names
    )


def texts_in(expression: str) -> list[str]:
    return _literals(expression, str)


def numbers_in(expression: str) -> list[int]:
    return _literals(expression, int)


def values_for(expression: str) -> list[str]:
    """Texts that may satisfy it: those in it, what begins so, what fits it where it is a pattern."""
    found: list[str] = []
    for text in texts_in(expression):
        found += [text, *(begun for begun in samples.primitives().values() if isinstance(begun, str) and begun.startswith(text))]
        found += [fits] if (fits := fitting(text)) else []
    return list(dict.fromkeys(value for value in found if value))


def _literals(expression: str, kind: type[_Kind]) -> list[_Kind]:
    """Without booleans among the integers."""
    return list(dict.fromkeys(one.value for one in _parts(expression) if isinstance(one, Literal) and type(one.value) is kind))


def extension_urls_in(expression: str) -> list[str]:
    """The URLs in its `extension('…')` calls."""
    calls = (one for one in _parts(expression) if isinstance(one, Call) and one.name == "extension")
    return [one.value for call in calls for one in call.arguments if isinstance(one, Literal) and isinstance(one.value, str)]


@dataclass(frozen=True, slots=True)
class Condition:
    """`path.where(name = 'text' and ...)`: what has to be said at the end of a path for something to be selected there."""

    path: tuple[str, ...]
    values: dict[str, str]


def conditions_in(expression: str) -> list[Condition]:
    found = []
    for one in _parts(expression):
        if isinstance(one, Dot) and isinstance(one.right, Call) and one.right.name == "where" and (path := _path(one.left)):
            values = dict(_equal(one.right.arguments[0])) if one.right.arguments else {}
            if values:
                found.append(Condition(path, values))
    return found


def resolved_in(expression: str) -> list[str]:
    """Names of the references whose target is looked at."""
    return [
        path[-1]
        for one in _parts(expression)
        if isinstance(one, Dot) and isinstance(one.right, Call) and one.right.name == "resolve" and (path := _path(one.left))
    ]


def _path(part: Any) -> tuple[str, ...]:
    """The names of a path (`a.b.c`); () when it is anything else."""
    if isinstance(part, Member):
        return (part.name,)
    if isinstance(part, Dot) and isinstance(part.right, Member):
        before = _path(part.left)
        return (*before, part.right.name) if before else ()
    return ()


def _equal(part: Any) -> Iterator[tuple[str, str]]:
    """What is asked to be equal to a text; of alternatives, the first."""
    if not isinstance(part, Binary):
        return
    if part.operator == "and":
        yield from _equal(part.left)
        yield from _equal(part.right)
    elif part.operator == "or":
        yield from _equal(part.left)
    elif part.operator == "=" and isinstance(part.left, Member) and isinstance(part.right, Literal):
        yield from [(part.left.name, part.right.value)] if isinstance(part.right.value, str) else []


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


def _parts(expression: str) -> Iterator[Expression]:
    try:
        yield from parts(parse(expression)) if expression else ()
    except FhirPathError:
        return
