"""A code system as far as its content is here: is this a code of it, how is it spelled, what stands above and under it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property
from typing import Any

from ....model import Text
from ....remembered import remembered
from .verdict import IN, Verdict, out, unknown

_SUBSUMES = ("", "is-a")
_ABSENT = {
    "not-present": Text("son contenu n'est publié dans aucun paquet", "no package publishes its content"),
    "example": Text("seuls des exemples de ses codes sont publiés", "only examples of its codes are published"),
    "fragment": Text("une partie seulement de ses codes est publiée", "only a part of its codes is published"),
    "supplement": Text("c'est le supplément d'un autre système", "it is the supplement of another system"),
}


class CodeSystem:
    """Read only. compiled: as `compile_code_system` gives it; supplements: compiled too, what they add is added."""

    def __init__(self, compiled: Mapping[str, Any], supplements: Iterable[Mapping[str, Any]] = ()) -> None:
        self._said = compiled
        self._supplements = tuple(supplements)
        self.url: str = compiled["url"]
        self.oid: str = compiled["oid"]
        self.version: str = compiled["version"]
        self.title: str = compiled["title"] or compiled["name"] or compiled["url"]
        self.content: str = compiled["content"]
        self.is_complete = self.content == "complete"
        self.displays: Mapping[str, str] = compiled["displays"]
        self._abstract = frozenset(compiled["abstract"])
        self.retired: Mapping[str, str] = compiled["retired"]

    # ---------------------------------------------------------- codes

    def holds(self, code: str) -> Verdict:
        """Whether it is a code of this system."""
        spelled = self.spelled(code)
        if spelled is not None:
            if spelled == code or self._said["case_sensitive"] is False:
                return IN
            if self._said["case_sensitive"] is None:
                return unknown(
                    f"le système {self.title} connaît « {spelled} » et ne dit pas si la casse compte",
                    f"the system {self.title} knows '{spelled}' and does not say whether case counts",
                )
            return out(f"le code s'écrit « {spelled} », et la casse compte", f"the code is spelled '{spelled}', and case counts")
        if self.is_complete:
            return out(f"le système {self.title} n'a pas ce code", f"the system {self.title} has no such code")
        return self.untold

    @property
    def untold(self) -> Verdict:
        """Why nothing more is known of this system."""
        why = _ABSENT.get(self.content, _ABSENT["not-present"])
        return unknown(f"système {self.title} : {why.fr}", f"system {self.title}: {why.en}")

    def spelled(self, code: str) -> str | None:
        """The code as the system writes it, whatever the case of this one; None when it is not among those known."""
        return code if code in self.displays else self._folded.get(code.casefold())

    @cached_property
    def _folded(self) -> Mapping[str, str]:
        return {known.casefold(): known for known in reversed([*self.displays])}  # of two that fold alike, the first

    def is_abstract(self, code: str) -> bool:
        return code in self._abstract

    def words(self, code: str) -> Iterator[tuple[str, str]]:
        """(language, words) of a code: its display first, then its designations and those of the supplements."""
        if display := self.displays.get(code):
            yield "", display
        for said in (self._said, *self._supplements):
            if said is not self._said and said["displays"].get(code):
                yield "", said["displays"][code]
            yield from ((language, words) for language, words in said["designations"].get(code, ()))

    # ---------------------------------------------------------- hierarchy

    @property
    def subsumes(self) -> bool:
        """Whether the hierarchy means is-a: what stands under a concept is a kind of it."""
        return self._said["meaning"] in _SUBSUMES

    def parents(self, code: str) -> tuple[str, ...]:
        return tuple(self._said["parents"].get(code, ()))

    def children(self, code: str) -> tuple[str, ...]:
        return tuple(self._children.get(code, ()))

    @cached_property
    def _children(self) -> Mapping[str, list[str]]:
        found: defaultdict[str, list[str]] = defaultdict(list)
        for child, parents in self._said["parents"].items():
            for parent in parents:
                found[parent].append(child)
        return found

    @remembered
    def under(self, code: str) -> frozenset[str]:
        """Every code under this one, itself not among them; a circle of parents ends."""
        return _reached(code, self.children)

    def above(self, code: str) -> frozenset[str]:
        return _reached(code, self.parents)

    # ---------------------------------------------------------- properties

    def values(self, name: str, code: str) -> tuple[str, ...] | None:
        """Values of a property; None when this system does not tell of it."""
        if name in ("code", "concept"):
            return (code,)
        if name == "display":
            return (self.displays.get(code, ""),)
        if name == "parent":
            return self.parents(code)
        if name == "child":
            return self.children(code)
        if name == "inactive" and not self._tells(name):
            return ("true" if code in self.retired else "false",)
        if name in ("notSelectable", "abstract") and not self._tells(name):
            return ("true" if code in self._abstract else "false",)
        if not self._tells(name):
            return None
        found: list[str] = []
        for said in (self._said, *self._supplements):
            found += said["properties"].get(name, {}).get(code, ())
        if not found and any(name in said["flags"] for said in (self._said, *self._supplements)):
            return ("false",)
        return tuple(found)

    def _tells(self, name: str) -> bool:
        sources = (self._said, *self._supplements)
        if any(name in said["left_out"] for said in sources):
            return False
        return any(name in said["declared"] or name in said["properties"] for said in sources)


def _reached(code: str, next_of: Callable[[str], Iterable[str]]) -> frozenset[str]:
    """All that one step after the other leads to."""
    found: set[str] = set()
    waiting = list(next_of(code))
    while waiting:
        one = waiting.pop()
        if one not in found:
            found.add(one)
            waiting += next_of(one)
    return frozenset(found)
