"""Time in stories: offsets such as `-P3M` counted from the day a document is written, and the clock of Paris.

An offset is as precise as its smallest unit: `-P12Y` means a year, `-P3M` a month, `-P8D` a day. So a story says what a
clinician remembers, and a document carries HL7 times of 4, 6 or 8 digits.
"""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date, datetime, time, timedelta, timezone

from ..timestamps import Precision, format_timestamp, last_sunday
from ..values import dataclass

_FURTHEST = 200 * 366  # days
_OFFSET = re.compile(r"(?P<sign>[-+]?)P(?:(?P<years>\d+)Y)?(?:(?P<months>\d+)M)?(?:(?P<weeks>\d+)W)?(?:(?P<days>\d+)D)?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Offset:
    """A signed ISO 8601 duration of whole days."""

    months: int
    days: int
    precision: Precision

    @classmethod
    def parse(cls, text: str) -> Offset:
        """Raises ValueError when the text is not like `-P3M`, `P10D` or `-P1Y6M`."""
        match = _OFFSET.fullmatch(text)
        if match is None or text[-1] == "P":
            raise ValueError(f"{text!r} is not an offset such as -P3M, P10D or -P2Y")
        years, months, weeks, days = (int(match[unit] or 0) for unit in ("years", "months", "weeks", "days"))
        sign = -1 if match["sign"] == "-" else 1
        if (12 * years + months) * 30 + 7 * weeks + days > _FURTHEST:
            raise ValueError(f"{text!r} leads further than a life")
        precision = Precision.DAY if match["weeks"] or match["days"] else Precision.MONTH if match["months"] else Precision.YEAR
        return cls(sign * (12 * years + months), sign * (7 * weeks + days), precision)

    def after(self, day: date) -> date:
        """The day it leads to; the 31st of a shorter month is its last day."""
        year, month = divmod(day.year * 12 + day.month - 1 + self.months, 12)
        clamped = date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
        return clamped + timedelta(days=self.days)

    def hl7(self, day: date) -> str:
        """YYYY, YYYYMM or YYYYMMDD."""
        return format_timestamp(datetime.combine(self.after(day), time()), self.precision)

    def french(self, day: date) -> str:
        """2014, 03/2026 or 24/11/2026."""
        reached = self.after(day)
        year, month = f"{reached.year:04}", f"{reached.month:02}"
        shown = {Precision.YEAR: year, Precision.MONTH: f"{month}/{year}"}
        return shown.get(self.precision, f"{reached.day:02}/{month}/{year}")


def paris(day: date, hour: int, minute: int) -> datetime:
    """A moment of the day (between 3 and 23 h, when no change of hour happens) on the clocks of mainland France."""
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=timezone(timedelta(hours=2 if _is_summer(day) else 1)))


def _is_summer(day: date) -> bool:
    """From the last Sunday of March to the eve of that of October (directive 2000/84/EC)."""
    return last_sunday(day.year, 3).date() <= day < last_sunday(day.year, 10).date()
