"""A code for an element that is bound: one that its value set certainly has, else one that nothing contradicts."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain, islice
from typing import Any

from .....remembered import remembered
from ... import implied
from ...shapes import Element
from ...terms.terminology import Terminology
from .samples import CODE, known_codes

_TRIED = 3000  # codes of one value set
Code = tuple[str, str]


class Codes:
    """Codes of value sets, looked for once."""

    def __init__(self, terminology: Terminology) -> None:
        self._terminology = terminology

    def certain(self, value_set: str, most: int) -> list[Code]:
        """Some that it surely has."""
        members = self._terminology.at_hand.members(value_set)
        offered = () if members is None else islice(members.offered(), most)
        return [code for code in offered if self._terminology.validate(value_set, *code).kind == "in"]

    def is_certain(self, value_set: str) -> bool:
        """Whether the code that was found is surely in the value set."""
        found = self.one(value_set)
        return found is not None and self._terminology.validate(value_set, *found).kind == "in"

    @remembered
    def one(self, value_set: str) -> Code | None:
        """(system, code); None when the value set is not at hand or nothing of it can be listed."""
        members = self._terminology.at_hand.members(value_set)
        if members is None:
            return None
        known = ((system, known_codes()[system]) for system in members.systems if system in known_codes())
        found: dict[str, Code] = {}
        for system, code in chain(islice(members.offered(), _TRIED), known):
            answer = self._terminology.validate(value_set, system, code)
            if answer.kind == "in" and not answer.state and not implied.asks_a_profile(system, code):
                return system, code
            found.setdefault(answer.kind, (system, code))  # retired, or of what has to follow a profile of its own; or in doubt
        systems = members.systems
        first = (systems[0], self.of_system(systems[0])) if systems else None
        return found.get("in") or found.get("unknown") or first

    def of_system(self, system: str) -> str:
        """A code of a system, one of nobody where its content is not here."""
        known = self._terminology.at_hand.system(system)
        usable = (code for code in known.displays if not known.is_abstract(code) and code not in known.retired) if known else ()
        return next(iter(usable), known_codes().get(system, CODE))


def codes_set(slices: Iterable[Element]) -> frozenset[Code]:
    """Those that slices, or what is in them, set."""
    found: set[Code] = set()
    waiting: list[Any] = list(slices)
    while waiting:
        one = waiting.pop()
        if isinstance(one, Element):
            values = [value[1] for value in (one.fixed, one.pattern) if value is not None]
            parts = {child.name: child.fixed[1] for child in one.children if child.fixed is not None}
            waiting += [*one.children, *one.slices, *values, parts]
        elif isinstance(one, dict):
            if isinstance(one.get("system"), str) and isinstance(one.get("code"), str):
                found.add((one["system"], one["code"]))
            waiting += one.values()
        elif isinstance(one, list):
            waiting += one
    return frozenset(found)
