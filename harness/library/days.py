"""The days that data files write: `2026-11-24`, and where their schema allows it `2026-11`, the first day of that month."""

from __future__ import annotations

from datetime import date

from ..model import Text
from .reading import Place
from .shapes import Sheet


def day(said: str) -> date:
    """Raises ValueError when the calendar has no such day."""
    return date.fromisoformat(said if len(said) == len("2026-11-24") else f"{said}-01")


def day_at(sheet: Sheet, where: Place, said: str) -> date:
    """The same of a value of a file. Raises DataError, with its line."""
    try:
        return day(said)
    except ValueError:
        raise sheet.error(where, Text(f"{said} n'est pas une date", f"{said} is no date")) from None
