"""What the contexts of rules share, so that it is walked once: beginnings of paths, and steps that differ by a name."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import reduce
from typing import Any

from ..expressions import Expression, branches, depends_on_position

_Steps = tuple[Any, ...]


def shared_beginnings(contexts: Iterable[Expression]) -> frozenset[Expression]:
    """The beginnings that several paths continue differently."""
    ways: defaultdict[Expression, set[_Steps]] = defaultdict(set)
    for context in contexts:
        for path in _paths(context):
            ways[path].add(())
            for beginning, further in beginnings(path):
                ways[beginning].add(further[:1])
    return frozenset(beginning for beginning, further in ways.items() if len(further) > 1)


def _paths(expression: Expression) -> Iterator[Expression]:
    """All that begin at the root element: the branches of unions, and what filters and further steps begin at."""
    match expression:
        case ("union", _, _):
            for branch in branches(expression):
                yield from _paths(branch)
        case ("filter", inner, _):
            yield from _paths(inner)
        case ("path", "context", _):
            yield expression
        case ("path", start, _) if isinstance(start, tuple):
            yield expression
            yield from _paths(start)


def beginnings(path: Expression) -> Iterator[tuple[Expression, _Steps]]:
    """Every beginning of a path, the longest first, with the steps that are left: rows of its first steps, and what these lead to
    before the last of them is asked anything."""
    match path:
        case ("path", start, steps) if start != "root":
            for length in range(len(steps), 0, -1):
                before, (axis, test, predicates), further = steps[: length - 1], steps[length - 1], steps[length:]
                if further:
                    yield ("path", start, steps[:length]), further
                if predicates and test[0] == "name" and not any(map(depends_on_position, predicates)):
                    yield ("path", start, (*before, (axis, test, ()))), (("self", ("node",), predicates), *further)
            if isinstance(start, tuple) and steps:
                yield start, steps


def at_once(expression: Expression) -> Expression:
    """The same, where branches of a union that differ by the name of what they look for below are one: `//a[p] | //b[p]`."""
    match expression:
        case ("union", _, _):
            alike: dict[Any, list[str]] = {}
            for branch in map(at_once, branches(expression)):
                match branch:
                    case ("path", start, (*before, ("descendant" as axis, ("name", name), predicates))) if not any(
                        map(depends_on_position, predicates)
                    ):
                        alike.setdefault((start, tuple(before), axis, predicates), []).append(name)
                    case _:
                        alike.setdefault(branch, [])
            return _together("union", [_under_any(key, names) if names else key for key, names in alike.items()])
        case ("filter", inner, predicates):
            return ("filter", at_once(inner), predicates)
        case ("path", start, steps) if isinstance(start, tuple):
            return ("path", at_once(start), steps)
    return expression


def _under_any(key: Any, names: list[str]) -> Expression:
    start, before, axis, predicates = key
    if len(names) == 1:
        return ("path", start, (*before, (axis, ("name", names[0]), predicates)))
    either = _together("or", [("path", "context", (("self", ("name", name), ()),)) for name in names])
    return ("path", start, (*before, (axis, ("any",), (either, *predicates))))


def _together(kind: str, parts: list[Expression]) -> Expression:
    return reduce(lambda one, other: (kind, one, other), parts)
