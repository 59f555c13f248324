"""Quantities: a number and a unit, of UCUM or of the calendar. Source: FHIRPath N1 (2.0.0) and FHIR R4, Quantity."""

from __future__ import annotations

import re
from decimal import Decimal

from ...values import dataclass

UCUM = "http://unitsofmeasure.org"

# Units that have a fixed ratio to one another, calendar durations above the week left out: a month has no length.
_RATIOS: dict[str, tuple[str, Decimal]] = {
    **{unit: ("s", Decimal(ratio)) for unit, ratio in (("wk", "604800"), ("d", "86400"), ("h", "3600"), ("min", "60"), ("s", "1"))},
    "ms": ("s", Decimal("0.001")),
    "1": ("1", Decimal(1)),
    "": ("1", Decimal(1)),
    "%": ("1", Decimal("0.01")),
    "[in_i]": ("m", Decimal("0.0254")),
    "[ft_i]": ("m", Decimal("0.3048")),
    "[mi_i]": ("m", Decimal("1609.344")),
    "[lb_av]": ("g", Decimal("453.59237")),
    "[oz_av]": ("g", Decimal("28.349523125")),
    "t": ("g", Decimal(1000000)),
}
_CALENDAR_AS_UCUM = {"week": "wk", "day": "d", "hour": "h", "minute": "min", "second": "s", "millisecond": "ms"}
_MONTHS = {"year": Decimal(12), "month": Decimal(1)}
_PREFIXES = {
    "": "1",
    "n": "1E-9",
    "u": "1E-6",
    "m": "1E-3",
    "c": "1E-2",
    "d": "1E-1",
    "da": "1E1",
    "h": "1E2",
    "k": "1E3",
    "M": "1E6",
    "p": "1E-12",
}
_METRIC = ("g", "m", "mol", "Pa", "J", "W", "V", "A", "N", "Hz", "eq", "cal", "[iU]", "U", "kat", "Bq", "Gy", "Sv")
_SIMPLE = {
    **_RATIOS,
    **{prefix + unit: (unit, Decimal(ratio)) for prefix, ratio in _PREFIXES.items() for unit in _METRIC},
    **{f"{prefix}m{power}": (f"m{power}", Decimal(ratio) ** power) for prefix, ratio in _PREFIXES.items() for power in (2, 3)},
    **{prefix + litre: ("m3", Decimal(ratio) / 1000) for prefix, ratio in _PREFIXES.items() for litre in ("l", "L")},
}
_TEXT = re.compile(r"([+-]?\d+(?:\.\d+)?)\s*(?:'([^']+)'|([a-z]+))?", re.ASCII)
_PERIOD = re.compile(r"(year|month|week|day|hour|minute|second|millisecond)s?")


@dataclass(frozen=True, slots=True)
class Quantity:
    """unit: a UCUM code, or the name of a period in the singular when it is of the calendar."""

    value: Decimal
    unit: str
    calendar: bool = False

    def __str__(self) -> str:
        if self.calendar:
            return f"{self.value} {self.unit}{'' if self.value == 1 else 's'}"
        return f"{self.value} '{self.unit}'"

    @property
    def canonical(self) -> tuple[Decimal, str]:
        """The same amount in a unit that all comparable ones share, `g/L` and `mg/dL` too; other compounds stay as they are."""
        if self.calendar:
            if self.unit in _MONTHS:
                return self.value * _MONTHS[self.unit], "month"
            unit, ratio = _RATIOS[_CALENDAR_AS_UCUM[self.unit]]
            return self.value * ratio, unit
        parts = self.unit.split("/")
        if len(parts) <= 2 and all(part in _SIMPLE for part in parts):
            unit, ratio = _SIMPLE[parts[0]]
            if len(parts) == 2:
                below, divisor = _SIMPLE[parts[1]]
                unit, ratio = (f"{unit}/{below}", ratio / divisor)
            return self.value * ratio, unit
        return self.value, self.unit


def compare(left: Quantity, right: Quantity) -> int | None:
    """-1, 0 or 1; None when the units cannot be compared here."""
    one, unit = left.canonical
    other, as_unit = right.canonical
    if unit != as_unit:
        return None
    return (one > other) - (one < other)


def measure_otherwise(left: Quantity, right: Quantity) -> bool:
    """Whether it is known that two units measure different things, as a mass and a length do."""
    known = all(part in _SIMPLE for one in (left, right) for part in one.unit.split("/"))
    return known and left.canonical[1] != right.canonical[1]


def read_quantity(text: str) -> Quantity | None:
    """`4 days`, `10 'mg'`, `5`; None when the text is no quantity."""
    match = _TEXT.fullmatch(text)
    if match is None:
        return None
    number = Decimal(match[1])
    if match[2] is not None:
        return Quantity(number, match[2])
    if match[3] is None:
        return Quantity(number, "1")
    period = _PERIOD.fullmatch(match[3])
    return Quantity(number, period[1], calendar=True) if period else None
