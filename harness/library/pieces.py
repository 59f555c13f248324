"""Pieces that several data files write alike: a sentence in two languages, where something is said, a day."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from ..model import Source, Text
from .reading import Place
from .shapes import Sheet


def text(data: Mapping[str, str]) -> Text:
    """Of `{fr: ..., en: ...}`."""
    return Text(data["fr"], data["en"])


def optional_text(data: Mapping[str, str] | None) -> Text | None:
    return None if data is None else text(data)


def source(data: Mapping[str, str]) -> Source:
    return Source(data["document"], data.get("section", ""), data.get("version", ""))


def day(said: str) -> date:
    """`2026-11-24`, or `2026-11`, the first of that month. Raises ValueError when the calendar has no such day."""
    return date.fromisoformat(said if len(said) == len("2026-11-24") else f"{said}-01")


def day_at(sheet: Sheet, where: Place, said: str) -> date:
    """The same of a value of a file. Raises DataError, with its line."""
    try:
        return day(said)
    except ValueError:
        raise sheet.error(where, Text(f"{said} n'est pas une date", f"{said} is not a date")) from None
