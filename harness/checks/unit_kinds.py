"""What kind of quantity a UCUM unit measures, as far as laboratories need it: a mass by volume, a substance…

Source: The Unified Code for Units of Measure, dimensions of the atoms named here. Units of enzymes and international units are one
kind, and so are moles and equivalents; `%`, powers of ten and what stands between braces are numbers.
"""

from __future__ import annotations

import re
from collections import Counter
from functools import lru_cache

_NUMBER = ("", 0)
_TIME, _SUBSTANCE, _ARBITRARY, _PRESSURE = ("time", 1), ("substance", 1), ("arbitrary", 1), ("pressure", 1)
_VOLUME = ("length", 3)
# Atoms with their dimension and its power: those that take no prefix, then those that do.
_PLAIN = {"": _NUMBER, "%": _NUMBER, "10*": _NUMBER, "10^": _NUMBER, "[pH]": ("acidity", 1)} | {
    "min": _TIME, "h": _TIME, "d": _TIME, "wk": _TIME, "mo": _TIME, "a": _TIME,
}  # fmt: skip
_METRIC = {
    "g": ("mass", 1), "m": ("length", 1), "l": _VOLUME, "L": _VOLUME, "s": _TIME, "mol": _SUBSTANCE, "eq": _SUBSTANCE,
    "U": _ARBITRARY, "[iU]": _ARBITRARY, "[IU]": _ARBITRARY, "Cel": ("temperature", 1), "K": ("temperature", 1), "m[Hg]": _PRESSURE,
    "Pa": _PRESSURE, "bar": _PRESSURE,
}  # fmt: skip
_PREFIXES = ("da", *"YZEPTGMkhdcmunpfazy")
_COMPONENT = re.compile(r"([./]?)(10[*^]|[A-Za-z%]*(?:\[[A-Za-z]+\])?)([+-]?[0-9]+)?(?:\{[^{}]*\})?")


@lru_cache(maxsize=256)
def same_kind(one: str, other: str) -> bool:
    """False where one unit certainly cannot be turned into the other: `mmol/L` and `g/L`, `%` and `10*9/L`."""
    kinds = _kind(one), _kind(other)
    return None in kinds or kinds[0] == kinds[1]


def _kind(unit: str) -> frozenset[tuple[str, int]] | None:
    """The dimensions with their powers; None when an atom is not in the tables, or the unit has parentheses."""
    found: Counter[str] = Counter()
    place = 0
    while place < len(unit):
        part = _COMPONENT.match(unit, place)
        atom = None if part is None or part.end() == place or (place and not part[1]) else _atom(part[2])
        if part is None or atom is None:
            return None
        dimension, power = atom
        found[dimension] += power * int(part[3] or 1) * (-1 if part[1] == "/" else 1)
        place = part.end()
    return frozenset((dimension, power) for dimension, power in found.items() if power)


def _atom(text: str) -> tuple[str, int] | None:
    if text in _PLAIN:
        return _PLAIN[text]
    return _METRIC.get(text) or next(
        (_METRIC[text[len(p) :]] for p in _PREFIXES if text.startswith(p) and text[len(p) :] in _METRIC), None
    )
