"""The table of measures: what it writes can be compared, and every bound of it is one that a value can break."""

from __future__ import annotations

import pytest

from harness.checks.codes.measures import Measures
from harness.checks.codes.units import converted, same_kind
from harness.library import Library
from harness.model import Measure
from harness.ucum import is_ucum

LIBRARY = Library.open()
TABLE = [
    (system, code, measure)
    for system in sorted({oid for oid, _ in LIBRARY.systems().values()})  # workers hold tests in one order
    for code, measure in LIBRARY.measures(system).items()
]


@pytest.mark.parametrize(("system", "code", "measure"), TABLE, ids=[code for _, code, _ in TABLE])
def test_a_row_says_what_can_be_judged(system: str, code: str, measure: Measure) -> None:
    measures = Measures(LIBRARY)
    unit = measure.units[0] if measure.units else ""
    for known in measure.units:
        assert is_ucum(known)
        assert not same_kind(known, "kg.m7")  # a kind that is known
    assert measure.units or measure.low is not None
    if measure.low is not None:
        assert measures.fault(code, system, str(measure.low - 1), unit) == ("scale" if measure.scale else "value")
    if measure.high is not None:
        assert measure.low is None or measure.low < measure.high
        assert measures.fault(code, system, str(measure.high + 1), unit) == ("scale" if measure.scale else "value")
        assert measures.fault(code, system, str(measure.high), unit) == ""


@pytest.mark.parametrize(
    ("value", "unit", "to", "expected"),
    [
        (3200, "g", "kg", 3.2),
        (1.7, "m", "cm", 170),
        (2, "wk", "d", 14),
        (1, "1", "%", 100),
        (5, "10*9/L", "10*6/mL", 5),
        (90, "deg", "rad", 1.5707963267948966),
        (20, "/s", "/min", 1200),
        (1, "Gy.cm", "mGy.cm", 1000),
        (37, "Cel", "Cel", 37),
        (310, "K", "Cel", 36.85),
        (98.6, "[degF]", "Cel", 37),
        (1, "Cel/min", "K/min", None),
        (1, "g", "m", None),
        (1, "[lb_av]", "kg", 0.45359237),
        (1, "[ft_i]", "[in_i]", 12),
        (1, "[gal_us]", "L", None),
    ],
)
def test_a_quantity_in_another_unit(value: float, unit: str, to: str, expected: float | None) -> None:
    found = converted(value, unit, to)
    assert found == (None if expected is None else pytest.approx(expected))
