"""Requirements of a profile: the written ones, and one derived from each constraint, put into words when it is read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from itertools import chain

from ..model import Constraint, Requirement, Source, Template, Text
from .nested import walk
from .wording import requirement_text


class DerivedRequirements(Mapping[str, Requirement]):
    """By id. Group of a derived one: the part of its id before the first `.` or `:` (`header`, `section`, `entry`)."""

    def __init__(
        self,
        written: Mapping[str, Requirement],
        constraints: Sequence[Constraint],
        templates: Mapping[str, tuple[Template, ...]],
    ) -> None:
        self._written = written
        self._constraints = constraints
        self._templates = templates

    def __getitem__(self, name: str) -> Requirement:
        if name in self._written:
            return self._written[name]
        constraint, owner = self._owners[name]
        return Requirement(
            id=name,
            text=requirement_text(constraint, owner),
            level=constraint.level,
            source=constraint.source or Source(""),
            group=name.partition(":")[0].partition(".")[0],
        )

    def __iter__(self) -> Iterator[str]:
        yield from self._written
        yield from (name for name in self._owners if name not in self._written)

    def __len__(self) -> int:
        return len(self._written.keys() | self._owners.keys())

    @cached_property
    def _owners(self) -> Mapping[str, tuple[Constraint, Text | None]]:
        found: dict[str, tuple[Constraint, Text | None]] = {one.id: (one, None) for one in walk(self._constraints)}
        for template in chain.from_iterable(self._templates.values()):
            found |= {one.id: (one, template.name) for one in walk(template.constraints)}
        return found
