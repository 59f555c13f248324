"""Moments of a story: how long before the day of a document, to the precision written, and in the time of Paris."""

from __future__ import annotations

from datetime import date

import pytest

from harness.synthesis.moments import Offset, paris
from harness.timestamps import format_timestamp

DAY = date(2026, 11, 24)


@pytest.mark.parametrize(
    ("text", "hl7", "french"),
    [
        ("P0D", "20261124", "24/11/2026"),
        ("-P8D", "20261116", "16/11/2026"),
        ("-P2W", "20261110", "10/11/2026"),
        ("P10D", "20261204", "04/12/2026"),
        ("-P3M", "202608", "08/2026"),
        ("-P1Y6M", "202505", "05/2025"),
        ("-P12Y", "2014", "2014"),
    ],
)
def test_an_offset_is_as_precise_as_its_smallest_unit(text: str, hl7: str, french: str) -> None:
    offset = Offset.parse(text)
    assert (offset.hl7(DAY), offset.french(DAY)) == (hl7, french)


def test_a_month_later_than_the_31st_is_the_last_day_of_a_shorter_month() -> None:
    assert Offset.parse("P1M").after(date(2027, 1, 31)) == date(2027, 2, 28)


@pytest.mark.parametrize("text", ["", "P", "-P", "3M", "-P3", "P1.5M", "-P3H", "PT3H"])
def test_what_is_no_offset_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        Offset.parse(text)


@pytest.mark.parametrize(
    ("day", "written"),
    [
        (date(2026, 3, 28), "20260328090000+0100"),
        (date(2026, 3, 29), "20260329090000+0200"),
        (date(2026, 10, 24), "20261024090000+0200"),
        (date(2026, 10, 25), "20261025090000+0100"),
    ],
)
def test_paris_changes_its_clocks_on_the_last_sundays_of_march_and_october(day: date, written: str) -> None:
    assert format_timestamp(paris(day, 9, 0)) == written
