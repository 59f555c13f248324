"""A profile as its own files say it, while it is linked to what it extends."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field

from ..model import Constraint, Mutation, ProfileHead, Requirement, Rule, Text
from ..values import dataclass
from .expressions import Expression
from .shapes import Sheet


@dataclass(slots=True)
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
