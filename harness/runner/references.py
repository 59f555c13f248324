"""What `${...}` stands for in a scenario: names to values, filled as its steps are played."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from harness.library.scenarios import REFERENCE

Place = tuple[str | int, ...]  # keys, and numbers from 0


class MissingFact(LookupError):
    """A step asks for a fact that no earlier answer gave."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


def reference_of(value: Any) -> str | None:
    """The name in a value that is one `${...}` and nothing else."""
    alone = REFERENCE.fullmatch(value) if isinstance(value, str) else None
    return None if alone is None else alone[1]


def references_in(value: Any, place: Place = ()) -> Iterator[tuple[Place, str]]:
    """Each name in data as a scenario writes it, in keys too, and where it stands."""
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield from references_in(key, (*place, key))
            yield from references_in(item, (*place, key))
    elif isinstance(value, list | tuple):
        for position, item in enumerate(value):
            yield from references_in(item, (*place, position))
    elif isinstance(value, str):
        for name in REFERENCE.findall(value):
            yield place, name


class MissingPart(MissingFact):
    """The fact is there, and what is named inside it is not."""


class Facts:
    """Values by dotted name. A name that is not there may lead inside a mapping or a list that is: `steps.find.urls.0`."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        self._values = dict(values)

    def add(self, prefix: str, facts: Mapping[str, Any]) -> None:
        self._values.update({f"{prefix}.{name}": value for name, value in facts.items()})

    def get(self, name: str) -> Any:
        """Raises MissingFact."""
        head = name
        tail: list[str] = []
        while head not in self._values:
            head, dot, last = head.rpartition(".")
            if not dot:
                raise MissingFact(name)
            tail.insert(0, last)
        value = self._values[head]
        for part in tail:
            value = _inside(value, part, name)
        return value

    def fill(self, value: Any) -> Any:
        """The same data with every `${...}` replaced: by the value itself when it stands alone, by its text inside a text."""
        if isinstance(value, Mapping):
            return {self.fill(key): self.fill(item) for key, item in value.items()}
        if isinstance(value, list | tuple):
            return [self.fill(item) for item in value]
        if not isinstance(value, str):
            return value
        if (alone := reference_of(value)) is not None:
            return self.get(alone)
        return REFERENCE.sub(lambda match: str(self.get(match[1])), value)


def _inside(value: Any, part: str, name: str) -> Any:
    if isinstance(value, Mapping) and part in value:
        return value[part]
    if isinstance(value, list | tuple) and part.isdigit() and int(part) < len(value):
        return value[int(part)]
    raise MissingPart(name)
