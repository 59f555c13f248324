"""Which version a definition means by a canonical that names none, where several are installed side by side.

Its own package's, else that of the packages it depends on, the nearest first: two versions of a guide are not mixed. What R4 and
THO publish stays as it is found without a package: terminologies of all grow, and their last release is the one to judge with.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ...remembered import remembered
from . import versions
from .index import CODE_SYSTEMS, STRUCTURES, VALUE_SETS, Row

_OF_ALL = ("hl7.fhir.r4.core", "hl7.fhir.r4.examples", "hl7.terminology")
_KINDS = (STRUCTURES, VALUE_SETS, CODE_SYSTEMS)

Indexes = Sequence[Mapping[str, Mapping[str, Sequence[Row]]]]


class Scopes:
    """names: (name, version) of each package, `("", "")` of loose definitions, which come before all; dependencies: of each
    package, by `name#version`."""

    def __init__(self, names: Sequence[tuple[str, str]], indexes: Indexes, dependencies: Mapping[str, Mapping[str, str]]) -> None:
        self._names = names
        self._indexes = indexes
        self._dependencies = dependencies
        self._several = {kind: frozenset(self._told_apart(kind)) for kind in _KINDS}
        self.any = any(self._several.values())

    def _told_apart(self, kind: str) -> Iterator[str]:
        """The URLs of which guides hold several versions."""
        found: dict[str, set[str]] = {}
        loose: set[str] = set()
        for (name, _), index in zip(self._names, self._indexes, strict=True):
            if not name:
                loose |= index[kind].keys()
            elif not name.startswith(_OF_ALL):
                for url, rows in index[kind].items():
                    found.setdefault(url, set()).update(row[1] for row in rows)
        return (url for url, held in found.items() if len(held) > 1 and url not in loose)

    def pinned(self, kind: str, plain: dict[str, Any], source: int) -> dict[str, Any]:
        """A definition that says which versions it means."""
        if not self.any or not self._names[source][0]:
            return plain
        if kind == STRUCTURES:
            return self._structure(plain, source)
        return self._value_set(plain, source) if kind == VALUE_SETS else plain

    def version(self, kind: str, url: str, source: int) -> str:
        """The version that a definition of this package means, `""` where it is for the last release to answer."""
        if url not in self._several[kind]:
            return ""
        for one in self._nearest(source):
            rows = self._indexes[one][kind].get(url, ())
            if rows:
                return versions.newest(row[1] for row in rows) or ""
        return ""

    @remembered
    def _nearest(self, source: int) -> list[int]:
        """The package itself, then what it depends on, as far as installed, breadth first."""
        found = [source]
        for one in found:  # grows as it is read
            for name, wanted in self._dependencies.get("#".join(self._names[one]), {}).items():
                known = {version: place for place, (other, version) in enumerate(self._names) if other == name}
                fitting = versions.admitted(wanted, known) or [versions.close_to(wanted, known) or ""]
                place = known.get(fitting[-1])
                if place is not None and place not in found:
                    found.append(place)
        return found

    def _canonical(self, kind: str, canonical: str, source: int) -> str:
        url, hash, part = canonical.partition("#")
        version = "" if "|" in url else self.version(kind, url, source)
        return f"{url}|{version}{hash}{part}" if version else canonical

    def _structure(self, plain: dict[str, Any], source: int) -> dict[str, Any]:
        return plain | {
            "base": self._canonical(STRUCTURES, plain["base"], source),
            "imposes": [self._canonical(STRUCTURES, one, source) for one in plain["imposes"]],
            "elements": [self._element(one, source) for one in plain["elements"]],
        }

    def _element(self, element: dict[str, Any], source: int) -> dict[str, Any]:
        changed: dict[str, Any] = {}
        if any(item["profiles"] or item["targets"] for item in element["types"]):
            changed["types"] = [
                item | {key: [self._canonical(STRUCTURES, one, source) for one in item[key]] for key in ("profiles", "targets")}
                for item in element["types"]
            ]
        if "binding" in element:
            said = element["binding"]
            whole = {key: self._canonical(VALUE_SETS, said[key], source) for key in ("valueset", "max") if key in said}
            further = [self._canonical(VALUE_SETS, one, source) for one in said.get("further", ())]
            changed["binding"] = said | whole | ({"further": further} if further else {})
        return element | changed if changed else element

    def _value_set(self, plain: dict[str, Any], source: int) -> dict[str, Any]:
        return plain | {key: [self._part(one, source) for one in plain[key]] for key in ("include", "exclude")}

    def _part(self, part: dict[str, Any], source: int) -> dict[str, Any]:
        version = part["version"] or self.version(CODE_SYSTEMS, part["system"], source)
        imports = [self._canonical(VALUE_SETS, one, source) for one in part["imports"]]
        return part | {"version": version, "imports": imports}
