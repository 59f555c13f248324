"""A profile while it is being linked to those it extends: what its own files say."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from ..model import Constraint, Mutation, ProfileHead, Requirement, Rule, Text
from .expressions import Expression
from .nested import walk
from .shapes import Sheet

_QUOTED = re.compile(r"'([^']+)'|\"([^\"]+)\"")


@dataclass
class Linked:
    """One profile and what it is made of. own files only; lineage: coordinates, the most general first, itself last."""

    head: ProfileHead
    sheet: Sheet
    constraints: tuple[Constraint, ...] = ()
    rules: tuple[Rule, ...] = ()
    mutations: tuple[Mutation, ...] = ()
    requirements: tuple[Requirement, ...] = ()
    unproved: Mapping[str, Text] = field(default_factory=dict)
    lineage: tuple[str, ...] = ()
    files: set[str] = field(default_factory=set)
    parsed: list[tuple[str, Expression, Expression]] = field(default_factory=list)

    @property
    def folder(self) -> str:
        return self.sheet.relative.rpartition("/")[0]

    @cached_property
    def constraint_ids(self) -> frozenset[str]:
        return frozenset(constraint.id for constraint in walk(self.constraints))

    @cached_property
    def named(self) -> frozenset[str]:
        """What may be a value set: those of constraints, and all that rules quote."""
        found = {constraint.valueset for constraint in walk(self.constraints) if constraint.valueset is not None}
        for rule in self.rules:
            found |= {one or other for one, other in _QUOTED.findall(f"{rule.context} {rule.test}")}
        return frozenset(found)
