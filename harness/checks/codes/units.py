"""What kind of quantity a UCUM unit measures, as far as laboratories need it: a mass by volume, a substance…

Source: The Unified Code for Units of Measure, dimensions of the atoms named here. Units of enzymes and international units are one
kind, and so are moles and equivalents; `%`, powers of ten and what stands between braces are numbers.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from functools import lru_cache

_NUMBER, _TIME, _ARBITRARY, _PRESSURE, _ANGLE, _TEMPERATURE = "", "time", "arbitrary", "pressure", "angle", "temperature"
# Atoms with their dimension, its power and their size in the first atom of that dimension: those without prefix, then those with.
_PLAIN = {
    "": (_NUMBER, 0, 1.0), "%": (_NUMBER, 0, 0.01), "10*": (_NUMBER, 0, 10.0), "10^": (_NUMBER, 0, 10.0),
    "min": (_TIME, 1, 60.0), "h": (_TIME, 1, 3600.0), "d": (_TIME, 1, 86400.0), "wk": (_TIME, 1, 604800.0),
    "mo": (_TIME, 1, 2629800.0), "a": (_TIME, 1, 31557600.0), "deg": (_ANGLE, 1, math.pi / 180), "[pH]": ("acidity", 1, 1.0),
    "[diop]": ("length", -1, 1.0), "[p'diop]": ("prism", 1, 1.0), "[degF]": (_TEMPERATURE, 1, 1.0),
    "[lb_av]": ("mass", 1, 453.59237), "[oz_av]": ("mass", 1, 28.349523125), "[in_i]": ("length", 1, 0.0254),
    "[ft_i]": ("length", 1, 0.3048),
}  # fmt: skip
_METRIC = {
    "g": ("mass", 1, 1.0), "m": ("length", 1, 1.0), "l": ("length", 3, 1e-3), "L": ("length", 3, 1e-3), "s": (_TIME, 1, 1.0),
    "Hz": (_TIME, -1, 1.0), "mol": ("substance", 1, 1.0), "eq": ("substance", 1, 1.0), "U": (_ARBITRARY, 1, 1.0),
    "[iU]": (_ARBITRARY, 1, 1.0), "[IU]": (_ARBITRARY, 1, 1.0), "Cel": (_TEMPERATURE, 1, 1.0), "K": (_TEMPERATURE, 1, 1.0),
    "m[Hg]": (_PRESSURE, 1, 133322.387415), "Pa": (_PRESSURE, 1, 1.0), "bar": (_PRESSURE, 1, 1e5), "rad": (_ANGLE, 1, 1.0),
    "V": ("tension", 1, 1.0), "A": ("current", 1, 1.0), "Ohm": ("resistance", 1, 1.0), "J": ("energy", 1, 1.0),
    "Bq": ("activity", 1, 1.0), "Gy": ("absorbed dose", 1, 1.0), "Sv": ("effective dose", 1, 1.0),
}  # fmt: skip
# Size and beginning of their scales, in degrees Celsius
_DEGREES = {"Cel": (1.0, 0.0), "K": (1.0, -273.15), "[degF]": (5 / 9, -160 / 9)}
_PREFIXES = {
    "da": 1e1, "Y": 1e24, "Z": 1e21, "E": 1e18, "P": 1e15, "T": 1e12, "G": 1e9, "M": 1e6, "k": 1e3, "h": 1e2, "d": 1e-1, "c": 1e-2,
    "m": 1e-3, "u": 1e-6, "n": 1e-9, "p": 1e-12, "f": 1e-15, "a": 1e-18, "z": 1e-21, "y": 1e-24,
}  # fmt: skip
_COMPONENT = re.compile(r"([./]?)(10[*^]|[A-Za-z%]*(?:\[[A-Za-z'_]+\])?)([+-]?[0-9]{1,4})?(?:\{[^{}]*\})?")
_Kind = tuple[frozenset[tuple[str, int]], float]


@lru_cache(maxsize=256)
def same_kind(one: str, other: str) -> bool:
    """False where one unit certainly cannot be converted into the other: `mmol/L` and `g/L`, `%` and `10*9/L`."""
    kinds = _kind(one), _kind(other)
    return kinds[0] is None or kinds[1] is None or kinds[0][0] == kinds[1][0]


def is_common(unit: str) -> bool:
    """Whether each of its atoms is in the tables: a megagauss (`MG`) is not."""
    return _kind(unit) is not None


def converted(value: float, unit: str, to: str) -> float | None:
    """A quantity in another unit; None where that cannot be said: other kinds, units not in the tables, parts of degrees."""
    if unit == to:
        return value
    if unit in _DEGREES and to in _DEGREES:
        (size, nought), (other_size, other_nought) = _DEGREES[unit], _DEGREES[to]
        return (value * size + nought - other_nought) / other_size
    one, other = _kind(unit), _kind(to)
    if one is None or other is None or one[0] != other[0] or (_TEMPERATURE, 1) in one[0]:
        return None
    return value * one[1] / other[1]


@lru_cache(maxsize=256)
def _kind(unit: str) -> _Kind | None:
    """The dimensions with their powers, and the size; None when an atom is not in the tables, or the unit has parentheses."""
    found: Counter[str] = Counter()
    size, place = 1.0, 0
    while place < len(unit):
        part = _COMPONENT.match(unit, place)
        atom = None if part is None or part.end() == place or (place and not part[1]) else _atom(part[2])
        if part is None or atom is None:
            return None
        dimension, power, factor = atom
        times = int(part[3] or 1) * (-1 if part[1] == "/" else 1)
        found[dimension] += power * times
        size *= factor ** max(min(times, 30), -30)
        place = part.end()
    return frozenset((dimension, power) for dimension, power in found.items() if power), size


def _atom(text: str) -> tuple[str, int, float] | None:
    known = _PLAIN.get(text) or _METRIC.get(text)
    if known is not None:
        return known
    for prefix, factor in _PREFIXES.items():
        metric = _METRIC.get(text[len(prefix) :]) if text.startswith(prefix) else None
        if metric is not None:
            return metric[0], metric[1], metric[2] * factor
    return None
