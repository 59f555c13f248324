"""What is written of a definition beside what it requires, and where what its references lead to is put."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple, Protocol

from ...shapes import Element, Structure
from ..editing import Json

Wants = Callable[[Element], bool]
"""Whether an element that may be left out is to be written."""


class Referred(Protocol):
    """Where what a reference leads to is put."""

    def reference(self, element: Element, *, followed: bool = False) -> tuple[str, str]:
        """The address that a reference says, and the type of what is there. followed: a slice is told by what is there."""

    def inside(self, structure: Structure) -> Json | None: ...

    def addressed(self, content: Json) -> Json:
        """The resource with the address of each entry that was put in it."""


def _only_required(element: Element) -> bool:  # noqa: ARG001 - a plan
    return False


class Plan(NamedTuple):
    """wants: nothing but what is required, unless said; depth: of elements within elements of one resource."""

    referred: Referred
    wants: Wants = _only_required
    depth: int = 0

    def least(self) -> Plan:
        return self._replace(wants=_only_required)

    def telling(self) -> Plan:
        """And the values that are set: a slice is told by them, be they optional."""
        wants = self.wants
        return self._replace(wants=lambda element: wants(element) or element.fixed is not None or element.pattern is not None)

    def deeper(self) -> Plan:
        return self._replace(depth=self.depth + 1)
