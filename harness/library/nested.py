"""Constraints with those nested in them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ..model import Constraint


def walk(constraints: Iterable[Constraint]) -> Iterator[Constraint]:
    """Each constraint, then those nested in it."""
    for constraint in constraints:
        yield constraint
        yield from walk(constraint.each)
