"""What the references of an element may lead to, worked out once for each element."""

from __future__ import annotations

from ...values import dataclass
from .shapes import ANY, BASE, Element, Structure
from .structures import Structures


@dataclass(frozen=True, slots=True)
class Allowed:
    """names: of the types, once each; is_open: whether one is any or not known; profiles: by type, none where any of it will do."""

    names: tuple[str, ...]
    is_open: bool
    profiles: dict[str, list[Structure]]


class Targets:
    """Of the definitions at hand."""

    def __init__(self, structures: Structures) -> None:
        self._structures = structures
        self._known: dict[Element, Allowed] = {}

    def of(self, element: Element) -> Allowed:
        known = self._known.get(element)
        if known is None:
            known = self._known[element] = self._read(element.targets.get("Reference", []))
        return known

    def _read(self, canonicals: list[str]) -> Allowed:
        names: list[str] = []
        plain: set[str] = set()
        profiles: dict[str, list[Structure]] = {}
        for canonical in canonicals:
            if _is_base(canonical):
                name = canonical[len(BASE) :].partition("|")[0]
                plain.add(name)
                profiles.setdefault(name, [])
            else:
                structure = self._structures.structure(canonical)
                name = "" if structure is None else structure.type
                if structure is not None:
                    profiles.setdefault(name, []).append(structure)
            names.append(name)
        told = {name: [] if name in plain else asked for name, asked in profiles.items()}
        return Allowed(tuple(dict.fromkeys(names)), "" in names or not ANY.isdisjoint(names), told)


def _is_base(canonical: str) -> bool:
    """Whether a canonical is that of a resource type itself."""
    name = canonical[len(BASE) :].partition("|")[0]
    return canonical.startswith(BASE) and name.isalpha() and name[:1].isupper()
