"""Times as rules compare them. Documents repeat the same ones, so each is parsed once."""

from __future__ import annotations

from functools import lru_cache

from ... import timestamps


@lru_cache(maxsize=2048)
def moment(value: str) -> timestamps.Timestamp | None:
    """Remembered: several rules read the same times."""
    return timestamps.parse_timestamp(value)


@lru_cache(maxsize=2048)
def timestamp_fault(value: str) -> str:
    return timestamps.timestamp_fault(value) or ""


def has_zone(value: str) -> bool:
    found = moment(value)
    return found is not None and found.has_zone


@lru_cache(maxsize=2048)
def not_after(first: str, second: str) -> bool:
    one, other = moment(first), moment(second)
    return one is None or other is None or not one.is_after(other)


@lru_cache(maxsize=2048)
def not_days_after(first: str, second: str) -> bool:
    """Whether it is not on a later day, by the days as written or, where time zones differ, by the instants."""
    return not_after(first[:8], second) or not_after(first, second)
