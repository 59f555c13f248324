"""Times of HL7 version 3 (data type TS): what a value means, what is wrong with it, how a moment is written.

Pure, like `harness.identifiers`: judging raises nothing on any text, and only the ASCII digits are digits.
"""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta, timezone
from enum import IntEnum, StrEnum

from .values import dataclass


class TimestampFault(StrEnum):
    EMPTY = "empty"
    LENGTH = "length"
    SYNTAX = "syntax"
    CALENDAR = "calendar"  # 30 February, 25 h
    ZONE = "zone"  # not ±HHMM, out of range, or on a value without an hour


class Precision(IntEnum):
    YEAR = 4
    MONTH = 6
    DAY = 8
    HOUR = 10
    MINUTE = 12
    SECOND = 14


@dataclass(frozen=True, slots=True)
class Timestamp:
    """What a TS value means: every instant from `first` to `last`, both aware when a zone is written, both naive otherwise."""

    first: datetime
    precision: Precision

    @property
    def has_zone(self) -> bool:
        return self.first.tzinfo is not None

    @property
    def last(self) -> datetime:
        moment = self.first
        if self.precision <= Precision.YEAR:
            moment = moment.replace(month=12)
        if self.precision <= Precision.MONTH:
            moment = moment.replace(day=_days_in_month(moment.year, moment.month))
        if self.precision <= Precision.DAY:
            moment = moment.replace(hour=23)
        if self.precision <= Precision.HOUR:
            moment = moment.replace(minute=59)
        if self.precision <= Precision.MINUTE:
            moment = moment.replace(second=59)
        return moment if moment.microsecond else moment.replace(microsecond=999_999)

    def is_after(self, other: Timestamp | datetime) -> bool:
        """Certainly after, whatever the instants meant.

        When only one of the two has a zone, clocks are compared as written; universal time is the clock of no place: beside it a
        time without a zone may be half a day off.
        """
        earliest, latest = self.first, other if isinstance(other, datetime) else other.last
        one, another = earliest.utcoffset(), latest.utcoffset()
        if (one is None) != (another is None):
            earliest, latest = earliest.replace(tzinfo=None), latest.replace(tzinfo=None)
            if not one and not another:
                return earliest - latest > _FARTHEST_CLOCK
        return earliest > latest


_FARTHEST_CLOCK = timedelta(hours=12)  # from universal time: Wallis, before it

_TIMESTAMP = re.compile(r"(?P<digits>\d{4}(?:\d\d){0,5})(?P<fraction>\.\d{1,9})?(?P<zone>[+-][\d+-]*)?", re.ASCII)


def parse_timestamp(text: str) -> Timestamp | None:
    """`YYYY[MM[DD[HH[MM[SS[.f]]]]]][±ZZZZ]` as what it means; None when it is not one or names no day, hour or zone."""
    parsed = _read_timestamp(text)
    return parsed if isinstance(parsed, Timestamp) else None


def timestamp_fault(text: str) -> TimestampFault | None:
    """The first thing wrong, None when the value is good."""
    parsed = _read_timestamp(text)
    return parsed if isinstance(parsed, TimestampFault) else None


def format_timestamp(moment: datetime, precision: Precision = Precision.SECOND) -> str:
    """TS value of a moment; an aware one is written with its zone when there is an hour."""
    text = moment.strftime("%Y%m%d%H%M%S").rjust(14, "0")[: int(precision)]
    return text + moment.strftime("%z")[:5] if precision >= Precision.HOUR else text


def days_later(text: str, days: str) -> str:
    """The day so many days after the last that a TS value means; empty when either says nothing, or no such day exists."""
    moment = parse_timestamp(text)
    try:
        return "" if moment is None else format_timestamp(moment.last + timedelta(days=float(days)), Precision.DAY)
    except (ValueError, OverflowError):
        return ""


_OTHER_NOTATION = re.compile(
    r"(\d{4})-?(\d\d)-?(\d\d)(?:[T ]?(\d\d):?(\d\d)(?::?(\d\d)(\.\d+)?)?)?"
    r"(?:(?P<zulu>Z)|(?P<sign>[+-])(?P<hours>\d{1,2})(?::?(?P<minutes>\d\d))?)?",
    re.ASCII,
)


def mended_time(text: str) -> str:
    """The TS value that was certainly meant; empty when none is.

    ISO 8601 (`2020-03-12T11:17:00+01:00`) in the notation of HL7, an offset written `Z`, `+1`, `+01` or `+01:00` in four digits, a
    local time of metropolitan France with its offset.
    """
    parts = _OTHER_NOTATION.fullmatch(text)
    if parts is None:
        return ""
    offset = "+0000" if parts["zulu"] else f"{parts['sign']}{parts['hours']:0>2}{parts['minutes'] or '00'}" if parts["sign"] else ""
    written = "".join(part or "" for part in parts.groups()[:7]) + offset
    if timestamp_fault(written) is not None:
        return ""
    written = with_paris_offset(written) or written
    return written if written != text else ""


def with_paris_offset(text: str) -> str:
    """A local time of metropolitan France with its offset from universal time.

    Empty for a value that has an offset already, has no minute, or is no time; and when two offsets or none fit: an hour that comes
    twice in autumn, or never in spring, or a year before the common rule of 1996.
    """
    parsed = _read_timestamp(text)
    if not isinstance(parsed, Timestamp) or parsed.has_zone or parsed.precision < Precision.MINUTE or parsed.first.year < 1996:
        return ""
    moment = parsed.first
    spring, autumn = (last_sunday(moment.year, month) for month in (3, 10))
    if timedelta(hours=2) <= moment - spring < timedelta(hours=3) or timedelta(hours=2) <= moment - autumn < timedelta(hours=3):
        return ""
    summer = spring + timedelta(hours=3) <= moment < autumn + timedelta(hours=2)
    return f"{text}{'+0200' if summer else '+0100'}"


def last_sunday(year: int, month: int) -> datetime:
    """Of a month of 31 days, its first instant: when clocks change in Europe."""
    last = datetime(year, month, 31)
    return last - timedelta(days=(last.weekday() + 1) % 7)


def _read_timestamp(text: str) -> Timestamp | TimestampFault:
    if not text:
        return TimestampFault.EMPTY
    if len(text) > 29:
        return TimestampFault.LENGTH
    parts = _TIMESTAMP.fullmatch(text)
    if parts is None or (parts["fraction"] and len(parts["digits"]) != Precision.SECOND):
        return TimestampFault.SYNTAX
    precision = Precision(len(parts["digits"]))
    zone = None
    if parts["zone"] is not None:
        zone = _zone(parts["zone"])
        if zone is None or precision < Precision.HOUR:
            return TimestampFault.ZONE
    year, *others = (int(parts["digits"][start : start + (2 if start else 4)]) for start in (0, *range(4, precision, 2)))
    month, day, hour, minute, second = (*others, *(1, 1, 0, 0, 0)[len(others) :])
    microsecond = int((parts["fraction"] or ".")[1:7].ljust(6, "0"))
    try:
        return Timestamp(datetime(year, month, day, hour, minute, second, microsecond, tzinfo=zone), precision)
    except ValueError:
        return TimestampFault.CALENDAR


def _zone(text: str) -> timezone | None:
    match = re.fullmatch(r"([+-])(\d\d)(\d\d)", text, re.ASCII)
    if match is None or int(match[2]) > 14 or int(match[3]) > 59:
        return None
    offset = timedelta(hours=int(match[2]), minutes=int(match[3]))
    return timezone(-offset if match[1] == "-" else offset)


def _days_in_month(year: int, month: int) -> int:
    return 31 if month == 12 else (date(year, month + 1, 1) - timedelta(days=1)).day
