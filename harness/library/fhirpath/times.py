"""Dates, times and both, each to its precision. Source: FHIRPath N1 (2.0.0), Date, Time and DateTime; comparison; arithmetic."""

from __future__ import annotations

import re
from calendar import monthrange
from contextlib import suppress
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache

from ...values import dataclass

_TEXT = re.compile(
    r"(?:(\d{4})(?:-(\d\d)(?:-(\d\d))?)?)?"
    r"(?:(T)(?:(\d\d)(?::(\d\d)(?::(\d\d(?:\.\d+)?))?)?)?(Z|[+-]\d\d:\d\d)?)?",
    re.ASCII,
)
_LOWEST = (1, 1, 1, 0, 0, 0, 0)
_SECONDS = {
    **{unit: Decimal(length) for unit, length in (("week", 604800), ("day", 86400), ("hour", 3600), ("minute", 60), ("second", 1))},
    "millisecond": Decimal("0.001"),
}
DAY, HOUR, MINUTE, SECOND = 3, 4, 5, 6


@dataclass(frozen=True, slots=True)
class Moment:
    """kind: `date`, `datetime` or `time`; fields: year, month, day, hour, minute, second, as far as they are known, the first
    three 0 for a time; zone: minutes east of UTC, None when not said; text: as written, without `@`, `""` of one that was worked
    out, which few ask for their text."""

    kind: str
    fields: tuple[int | Decimal, ...]
    zone: int | None
    text: str = ""

    def __str__(self) -> str:
        return self.text or _text_of(self.kind, self.fields, self.zone)

    @property
    def key(self) -> tuple[object, ...]:
        """Equal for two that are equal."""
        moment = self.in_utc
        return moment.kind == "time", moment.fields, moment.zone is not None

    @property
    def in_utc(self) -> Moment:
        if not self.zone or len(self.fields) < HOUR or self.kind == "time":
            return self
        year, month, day, hour = self.fields[:HOUR]
        minutes = hour * 60 + (self.fields[4] if len(self.fields) >= MINUTE else 0) - self.zone
        if not 0 <= minutes < 24 * 60:
            try:
                moved = _datetime((year, month, day)) + timedelta(minutes=int(minutes))
            except OverflowError:
                return self
            year, month, day, minutes = moved.year, moved.month, moved.day, moved.hour * 60 + moved.minute
        return Moment(self.kind, (year, month, day, *divmod(minutes, 60), *self.fields[5:]), 0, self.text)


def read_moment(text: str, kind: str = "") -> Moment | None:
    """kind: `date`, `datetime` or `time`, found from the text when not said. A time may begin with T. None: there is none."""
    if kind == "date" and len(text) == 10 and text[4] == text[7] == "-":  # as most are
        with suppress(ValueError):
            found = date.fromisoformat(text)
            return Moment(kind, (found.year, found.month, found.day), None, text)
    if kind == "time" or (not kind and re.match(r"T?\d\d(:|$)", text)):
        text, kind = "T" + text.removeprefix("T"), "time"
    match = _TEXT.fullmatch(text)
    if match is None:
        return None
    year, month, day, clock, hour, minute, second, zone = match.groups()
    if (year is None) != (kind == "time"):
        return None
    kind = kind or ("datetime" if clock else "date")
    if (kind == "date" and clock) or (zone and hour is None) or (hour and not day and kind != "time"):
        return None
    fields: list[int | Decimal] = [0, 0, 0] if kind == "time" else [int(part) for part in (year, month, day) if part]
    if hour is not None:
        fields.append(int(hour))
        if minute is not None:
            fields.append(int(minute))
            if second is not None:
                fields.append(Decimal(second))
    elif kind == "time":
        return None
    return Moment(kind, tuple(fields), _zone(zone), text.removeprefix("T")) if _exists(fields, kind) else None


def _zone(text: str | None) -> int | None:
    if text is None or text == "Z":
        return None if text is None else 0
    minutes = int(text[1:3]) * 60 + int(text[4:6])
    return -minutes if text[0] == "-" else minutes


def _exists(fields: list[int | Decimal], kind: str) -> bool:
    size = len(fields)
    if kind != "time":
        if fields[0] < 1 or (size > 1 and not 1 <= fields[1] <= 12):
            return False
        if size >= DAY and not 1 <= fields[2] <= 28 and not 28 < fields[2] <= monthrange(int(fields[0]), int(fields[1]))[1]:
            return False
    return size < HOUR or (fields[3] < 24 and (size < MINUTE or fields[4] < 60) and (size < SECOND or fields[5] < 60))


def compare(left: Moment, right: Moment) -> int | None:
    """-1, 0 or 1; None when the less precise of the two, or a zone that only one has, leaves it open."""
    if (left.kind == "time") != (right.kind == "time"):
        raise TypeError("a time is compared with a date")
    years = left.fields[0] - right.fields[0]
    if not -1 <= years <= 1:  # no zone changes the order
        return -1 if years < 0 else 1
    if left.zone != right.zone and min(len(left.fields), len(right.fields)) >= HOUR and left.kind != "time":
        if (left.zone is None) != (right.zone is None):
            return _compare_unzoned(left, right)
        left, right = left.in_utc, right.in_utc
    for one, other in zip(left.fields, right.fields, strict=False):
        if one != other:
            return -1 if one < other else 1
    return 0 if len(left.fields) == len(right.fields) else None


def _compare_unzoned(left: Moment, right: Moment) -> int | None:
    """Zones lie between 12 hours west and 14 hours east of UTC: further apart than that, no zone changes the order."""
    one, other = _seconds(left), _seconds(right)
    if abs(one - other) > 14 * 3600 + 3600:
        return -1 if one < other else 1
    return None


def _seconds(moment: Moment) -> float:
    fields = moment.in_utc.fields
    padded = (*fields, *_LOWEST[len(fields) : SECOND])
    return (_datetime(padded) - datetime(1, 1, 1)).total_seconds()


def _datetime(fields: tuple[int | Decimal, ...]) -> datetime:
    year, month, day, *clock = (int(part) for part in fields)
    hour, minute, second = (*clock, 0, 0, 0)[:3]
    return datetime(year, month, day, hour, minute, second)


def shifted(moment: Moment, number: Decimal, unit: str) -> Moment | None:
    """A moment some `year`, `month`, `week`, `day`, `hour`, `minute`, `second` or `millisecond` later, of the same precision.

    What is finer than the precision counts as whole units of it, as the specification says; a day that the month lacks becomes
    its last. None when the calendar ends before.
    """
    if unit in ("year", "month"):
        if moment.kind == "time":
            raise TypeError(f"a time has no {unit}")
        return _months_later(moment, int(number) * (12 if unit == "year" else 1))
    seconds = (number if unit in ("second", "millisecond") else int(number)) * _SECONDS[unit]
    size = len(moment.fields)
    if size < DAY and moment.kind != "time":
        return _months_later(moment, int(seconds / (30 * 86400)) if size == 2 else int(seconds / (365 * 86400)) * 12)
    step = {DAY: 86400, HOUR: 3600, MINUTE: 60}.get(size)
    if step:
        seconds = Decimal(int(seconds / step) * step)
    return _seconds_later(moment, seconds)


def _months_later(moment: Moment, months: int) -> Moment | None:
    fields = moment.fields
    if len(fields) == 1:
        months = int(months / 12) * 12
    month = int(fields[1]) if len(fields) > 1 else 1
    year, month = divmod(int(fields[0]) * 12 + month - 1 + months, 12)
    if not 1 <= year <= 9999:
        return None
    moved: tuple[int | Decimal, ...] = (year, month + 1)[: len(fields)]
    if len(fields) >= DAY:
        moved = (*moved, min(int(fields[2]), monthrange(year, month + 1)[1]), *fields[3:])
    return Moment(moment.kind, moved, moment.zone)


def _seconds_later(moment: Moment, seconds: Decimal) -> Moment | None:
    fields = moment.fields
    padded = (*fields, *_LOWEST[len(fields) : SECOND])
    second = Decimal(padded[5])
    start = _datetime((*((2000, 1, 1) if moment.kind == "time" else padded[:3]), *padded[3:5]))
    whole, rest = divmod(second + seconds, 1)
    if rest < 0:
        whole, rest = whole - 1, rest + 1
    try:
        moved = start + timedelta(seconds=int(whole))
    except OverflowError:
        return None
    calendar = (0, 0, 0) if moment.kind == "time" else (moved.year, moved.month, moved.day)
    last = moved.second + rest
    return Moment(moment.kind, (*calendar, moved.hour, moved.minute, last)[: len(fields)], moment.zone)


def _text_of(kind: str, fields: tuple[int | Decimal, ...], zone: int | None) -> str:
    day = "-".join(f"{int(part):0{4 if index == 0 else 2}}" for index, part in enumerate(fields[:3]))
    clock = ":".join(f"{int(part):02}" for part in fields[3:5])
    if len(fields) >= SECOND:
        whole = Decimal(fields[5])
        has_fraction = int(whole.as_tuple().exponent) < 0
        clock += f":{int(whole):02}" + (f".{int(whole % 1 * 1000):03}" if has_fraction else "")
    if kind == "time":
        return clock
    if kind == "datetime":
        ending = (
            ""
            if zone is None or not clock
            else "Z"
            if zone == 0
            else f"{'-' if zone < 0 else '+'}{abs(zone) // 60:02}:{abs(zone) % 60:02}"
        )
        return f"{day}T{clock}{ending}"
    return day


@lru_cache(maxsize=16)
def moment_at(now: datetime, kind: str) -> Moment:
    """`now()`, `today()` and `timeOfDay()` for a clock that is passed in."""
    second = now.second + Decimal(now.microsecond // 1000).scaleb(-3)
    offset = now.utcoffset()
    zone = None if offset is None else int(offset.total_seconds() // 60)
    fields: tuple[int | Decimal, ...] = (now.year, now.month, now.day, now.hour, now.minute, second)
    if kind == "date":
        return Moment(kind, fields[:3], None)
    return Moment(kind, (0, 0, 0, *fields[3:]) if kind == "time" else fields, zone if kind == "datetime" else None)
