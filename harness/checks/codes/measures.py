"""Whether a measure has a unit of its kind and a value that it can have, by the table of measures (profiles/cda/measures.yaml)."""

from __future__ import annotations

import math

from ...library.tables import Tables
from ...model import Measure
from ..runtime import number
from .units import converted, same_kind


class Measures:
    """Compares values with the table; finds nothing wrong with a code that is not in it."""

    def __init__(self, table: Tables) -> None:
        self._table = table

    def fault(self, code: str, system: str, value: str, unit: str) -> str:
        """`unit`: the unit is of another kind; `scale`: a value that its closed scale does not have; `value`: one that can hardly
        be; or nothing. A value without unit is in the one of the table; one that cannot be turned into it is not bounded."""
        measure = self._table.measures(system).get(code) if code else None
        if measure is None:
            return ""
        if unit and measure.units and not any(same_kind(unit, known) for known in measure.units):
            return "unit"
        written = number(value)
        found = converted(written, unit, measure.units[0]) if unit and measure.units else written
        if written < 0 and measure.low == 0:  # nought is nought in every unit of the kinds that are listed
            return "scale" if measure.scale else "value"
        if found is None or math.isnan(found) or found in measure.also or _within(found, measure):
            return ""
        return "scale" if measure.scale else "value"

    def range(self, code: str, system: str) -> str:
        """The values that are possible, as a message shows them: `0.2…650 kg`, `0…4, 9`, `≥ 1`."""
        measure = self._table.measures(system).get(code)
        if measure is None:
            return ""
        values = ", ".join([_bounds(measure), *(f"{one:g}" for one in measure.also)])
        return f"{values} {' / '.join(unit for unit in measure.units if unit != '1')}".strip()


def _bounds(measure: Measure) -> str:
    if measure.high is None:
        return "" if measure.low is None else f"{'>' if measure.above else '≥'} {measure.low:g}"
    return f"≤ {measure.high:g}" if measure.low is None else f"{measure.low:g}…{measure.high:g}"


def _within(value: float, measure: Measure) -> bool:
    if measure.whole and (math.isinf(value) or value != int(value)):
        return False
    if measure.low is not None and (value < measure.low or (measure.above and value == measure.low)):
        return False
    return measure.high is None or value <= measure.high
