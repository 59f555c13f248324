"""Whether a code is in a value set, on what the packages tell: prepared once per value set, three-valued all the way.

Source: FHIR R4, ValueSet.compose: includes add up, excludes take away, what stands in one include must hold together.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

from ....library.fhir.terminology_compiling import compile_code_system
from . import known_systems
from .code_systems import CodeSystem
from .filters import passes
from .verdict import IN, OUT, Verdict, every, opposite, out, some, unknown

if TYPE_CHECKING:
    from .at_hand import AtHand

_DEEPEST = 20  # value sets that import one another
_UNDEFINED = unknown("le jeu publié ne dit pas son contenu", "the value set as published does not say what is in it")


class Members:
    """The codes of one value set. compiled: as `compile_value_set` gives it."""

    def __init__(self, compiled: Mapping[str, Any], terms: AtHand) -> None:
        self.compiled = compiled
        self.url: str = compiled["url"]
        self.title: str = compiled["title"] or compiled["name"] or compiled["url"]
        self._includes = [_Part(item, terms) for item in compiled["include"]]
        self._excludes = [_Part(item, terms) for item in compiled["exclude"]]
        self._expansion: Mapping[str, Any] | None = compiled["expansion"]
        self._active_only = compiled["inactive"] is False
        self._terms = terms

    def holds(self, system: str | None, code: str, depth: int = 0) -> Verdict:
        """system: None when the element that carries the code has none: it is that of the value set."""
        if depth > _DEEPEST:
            return unknown("les jeux de valeurs s'importent en rond", "the value sets import one another in a circle")
        if not self._includes:
            return _UNDEFINED if self._expansion is None else self._expanded(system, code)
        verdict = some(part.holds(system, code, depth) for part in self._includes)
        if verdict.kind != "out" and self._excludes:
            verdict = every((verdict, opposite(some(part.holds(system, code, depth) for part in self._excludes))))
        if verdict.kind == "in" and self._active_only and system is not None:
            known = self._terms.system(system)
            if known is not None and code in known.retired:
                return out("le code est retiré, et le jeu n'en a pas", "the code is retired, and the value set has none")
        if verdict.kind != "in" and self._expansion is not None:  # its author's own list, where the systems at hand differ from his
            expanded = self._expanded(system, code)
            if expanded.kind == "in" or (verdict.kind == "unknown" and expanded.kind == "out"):
                return expanded
        return verdict

    def words(self, system: str | None, code: str) -> list[tuple[str, str]]:
        """(language, words) that the value set itself gives a code, before those of the code system."""
        found = [pair for part in self._includes for pair in part.words(system, code)]
        if self._expansion is not None:
            for name, codes in self._expansion["codes"].items():
                if system in (None, name) and code in codes:
                    found += [("", codes[code])] if codes[code] else []
                    found += [(language, words) for language, words in self._expansion["designations"].get(name, {}).get(code, ())]
        return found

    @cached_property
    def systems(self) -> tuple[str, ...]:
        """Code systems that it draws from, its imports' not counted."""
        named = [part.system for part in self._includes if part.system]
        return tuple(dict.fromkeys(named + (list(self._expansion["codes"]) if self._expansion else [])))

    def codes(self, most: int) -> list[str]:
        """Every code, none when they are more than `most` or some cannot be told."""
        found: dict[str, None] = {}
        for part in self._includes:
            candidates = part.candidates()
            if candidates is None or len(candidates) > most:
                return []
            found |= {code: None for code in candidates if self.holds(part.system, code).kind == "in"}
        return list(found) if len(found) <= most else []

    def offered(self, depth: int = 0) -> Iterator[tuple[str, str]]:
        """(system, code) among which to look for one of it: what its parts, its imports and its expansion list."""
        for part in self._includes:
            yield from part.offered(depth)
        if self._expansion is not None:
            yield from ((system, code) for system, codes in self._expansion["codes"].items() for code in codes)

    def _expanded(self, system: str | None, code: str) -> Verdict:
        if self._expansion is None:
            return OUT
        codes = self._expansion["codes"]
        if any(code in listed for name, listed in codes.items() if system in (None, name)):
            return IN
        if self._expansion["complete"]:
            return OUT
        return unknown("le développement publié du jeu est incomplet", "the published expansion of the value set is incomplete")


class _Part:
    """One include or exclude. Its code system is looked up when a code of it is first asked about."""

    def __init__(self, said: Mapping[str, Any], terms: AtHand) -> None:
        self.system: str = said["system"]
        self._canonical = f"{said['system']}|{said['version']}" if said["version"] else said["system"]
        self._codes: Mapping[str, str] | None = said["codes"]
        self._designations: Mapping[str, list[list[str]]] = said["designations"]
        self._filters: list[list[str]] = said["filters"]
        self._imports: list[str] = said["imports"]
        self._terms = terms

    def holds(self, system: str | None, code: str, depth: int) -> Verdict:
        if self.system and system not in (None, self.system):
            return OUT
        if self._codes is not None and not self._imports:
            return self._listed(code)
        if not self._imports:
            return self._of_system(code)
        own = [] if not self.system else [self._listed(code) if self._codes is not None else self._of_system(code)]
        return every([*own, *(self._imported(canonical, self.system or system, code, depth) for canonical in self._imports)])

    def words(self, system: str | None, code: str) -> list[tuple[str, str]]:
        if self._codes is None or system not in (None, self.system) or code not in self._codes:
            return []
        listed = [("", self._codes[code])] if self._codes[code] else []
        return listed + [(language, words) for language, words in self._designations.get(code, ())]

    def candidates(self) -> list[str] | None:
        """Codes among which all of this part are; None when they cannot be listed."""
        if self._codes is not None:
            return list(self._codes)
        if not self.system:
            return None
        known = self._terms.system(self._canonical)
        return list(known.displays) if known is not None and known.is_complete else None

    def offered(self, depth: int) -> Iterator[tuple[str, str]]:
        known = self._terms.system(self._canonical) if self.system else None
        listed = self._codes if self._codes is not None else known.displays if known is not None else ()
        yield from ((self.system, code) for code in listed)
        for canonical in self._imports if depth < _DEEPEST else ():
            if (imported := self._terms.members(canonical)) is not None:
                yield from imported.offered(depth + 1)

    def _listed(self, code: str) -> Verdict:
        """An enumeration says by itself what is in it; only a difference of case asks for the system."""
        codes = self._codes or {}
        if code in codes:
            return IN
        known = self._terms.system(self._canonical)
        spelled = None if known is None else known.spelled(code)
        return known.holds(code) if known is not None and spelled != code and spelled in codes else OUT

    def _of_system(self, code: str) -> Verdict:
        known = self._terms.system(self._canonical)
        whole = held(known, self.system, code)
        if not self._filters or whole.kind == "out":
            return whole
        if known is None:
            known = _nothing_of(self.system)
        spelled = known.spelled(code) or code
        filtered = (
            known_systems.passes(self.system, code, name, op, value) or passes(known, spelled, name, op, value)
            for name, op, value in self._filters
        )
        return every([whole, *filtered])

    def _imported(self, canonical: str, system: str | None, code: str, depth: int) -> Verdict:
        imported = self._terms.members(canonical)
        if imported is None:
            return unknown(
                f"il reprend le jeu {canonical}, qu'aucun paquet installé ne donne",
                f"it takes over the value set {canonical}, which no installed package gives",
            )
        return imported.holds(system, code, depth + 1)


def held(known: CodeSystem | None, url: str, code: str) -> Verdict:
    """Whether a system has a code: from its content, else from what is certain of it."""
    if known is not None and (known.is_complete or code in known.displays):
        verdict = known.holds(code)
        return IN if verdict.kind == "out" and known_systems.has_form(url, code) else verdict
    certain = known_systems.told(url, code)
    if certain is not None:
        return certain
    if known is not None:
        return known.holds(code)
    return unknown(f"aucun paquet installé ne donne le système {url}", f"no installed package gives the system {url}")


def _nothing_of(url: str) -> CodeSystem:
    return CodeSystem(compile_code_system({"url": url, "content": "not-present"}))
