"""Constraints as checks: what their compiled program notes, and how those of a template or a profile are run on a node."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cached_property
from types import CodeType
from typing import Any

from ..library.nested import walk
from ..model import AttributeFact, Constraint, Text
from ..values import dataclass
from .node import Node
from .runtime import function

Note = Callable[["Check", str, Node, str], None]
"""Called with the check, the facet that does not hold, the node it is about and what was found there."""


Judged = Callable[[tuple[str, ...]], object]
"""Called with the ids of requirements that have something to judge, each time: a constant of the program that tells them."""


@dataclass(frozen=True, slots=True)
class Check:
    """One constraint, as findings speak of it. owner: name of the template it belongs to, None for the document itself."""

    constraint: Constraint
    owner: Text | None


class Checks:
    """The constraints of a template or of one profile, ready to run. program: theirs (library/programs/constraints.py)."""

    def __init__(
        self, constraints: tuple[Constraint, ...], owner: Text | None, program: CodeType, names: Mapping[str, Any]
    ) -> None:
        self._constraints = constraints
        self._owner = owner
        self._run = function(program, names)

    def run(self, node: Node, note: Note, judged: Judged) -> None:
        """Judges what the constraints say of `node`."""

        def told(number: int, facet: str, about: Node, found: str) -> None:
            note(self._checks[number], facet, about, found)

        self._run(node, told, judged)

    @cached_property
    def _checks(self) -> tuple[Check, ...]:
        return tuple(Check(constraint, self._owner) for constraint in walk(self._constraints))


def fact_test(fact: AttributeFact) -> Callable[[str], bool]:
    """Whether a value that is there is one of those allowed and has the form asked."""
    if fact.values:
        return frozenset(fact.values).__contains__
    if fact.pattern is not None:
        fullmatch = re.compile(fact.pattern).fullmatch
        return lambda value: fullmatch(value) is not None
    return lambda _value: True
