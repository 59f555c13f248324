"""The filters of a value set, on what a code system tells. Source: FHIR R4, ValueSet.compose.include.filter and its operators."""

from __future__ import annotations

import re
from collections.abc import Callable

from .code_systems import CodeSystem
from .verdict import IN, OUT, Verdict, opposite, unknown

_CODING = re.compile(r"[a-z]+:[^#]+#.")  # system|version#code, of a property that is a Coding: its code alone is kept
_LONGEST = 256  # characters of what a regular expression of a package is tried on


def passes(system: CodeSystem, code: str, name: str, op: str, value: str) -> Verdict:
    """Whether a code passes one filter. code: as the system spells it, or as written when it does not know it."""
    judge = _HIERARCHY.get(op)
    if judge is not None:
        return _by_hierarchy(system, code, op, value, judge)
    if op == "exists":
        return _exists(system, code, name, value)
    if op not in ("=", "in", "not-in", "regex"):
        return unknown(f"le filtre « {op} » n'est pas connu", f"the filter '{op}' is not known")
    if code not in system.displays and name not in ("code", "concept"):
        return system.untold
    values = system.values(name, code)
    if values is None:
        return _silent(system, name)
    if not values and not system.is_complete:
        return system.untold
    if op == "regex":
        return _matches(values, value)
    wanted = {value} if op == "=" else {item.strip() for item in value.split(",")}
    wanted |= {item.partition("#")[2] for item in wanted if _CODING.match(item)}
    met = any(item in wanted for item in values)
    return IN if met is not (op == "not-in") else OUT


def _by_hierarchy(system: CodeSystem, code: str, op: str, value: str, judge: Callable[[CodeSystem, str, str], bool]) -> Verdict:
    if code == value:
        return IN if op in ("is-a", "generalizes") else OUT
    if value not in system.displays:
        if system.is_complete:
            return unknown(
                f"le filtre nomme « {value} », que le système {system.title} n'a pas",
                f"the filter names '{value}', which the system {system.title} does not have",
            )
        return system.untold
    if code not in system.displays:
        return system.untold
    if judge(system, code, value):
        if not system.subsumes and op != "child-of":
            return unknown(
                f"la hiérarchie du système {system.title} ne dit pas « est un »",
                f"the hierarchy of the system {system.title} does not say 'is a'",
            )
        return OUT if op == "is-not-a" else IN
    if not system.is_complete:
        return system.untold
    return IN if op == "is-not-a" else OUT


def _is_under(system: CodeSystem, code: str, value: str) -> bool:
    return code in system.under(value)


def _is_above(system: CodeSystem, code: str, value: str) -> bool:
    return code in system.above(value)


def _is_child(system: CodeSystem, code: str, value: str) -> bool:
    return code in system.children(value)


def _is_leaf(system: CodeSystem, code: str, value: str) -> bool:
    return _is_under(system, code, value) and not system.children(code)


_HIERARCHY: dict[str, Callable[[CodeSystem, str, str], bool]] = {
    "is-a": _is_under,
    "descendent-of": _is_under,
    "is-not-a": _is_under,
    "generalizes": _is_above,
    "child-of": _is_child,  # this one and the next come from R5; packages for R4 carry them
    "descendent-leaf": _is_leaf,
}


def _exists(system: CodeSystem, code: str, name: str, value: str) -> Verdict:
    if code not in system.displays:
        return system.untold
    values = system.values(name, code)
    if not system.is_complete and not values:
        return system.untold
    if values is None:
        return _silent(system, name)
    there = IN if any(values) else OUT
    return there if value == "true" else opposite(there)


def _silent(system: CodeSystem, name: str) -> Verdict:
    return unknown(f"le système {system.title} ne dit rien de « {name} »", f"the system {system.title} says nothing of '{name}'")


def _matches(values: tuple[str, ...], pattern: str) -> Verdict:
    try:
        compiled = re.compile(pattern)
    except (re.error, OverflowError):
        return unknown(f"l'expression « {pattern} » n'est pas lisible", f"the expression '{pattern}' cannot be read")
    if any(len(item) > _LONGEST for item in values):
        return unknown("valeur trop longue pour une expression régulière", "value too long for a regular expression")
    return IN if any(compiled.fullmatch(item) for item in values) else OUT
