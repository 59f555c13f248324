"""Which version of a profile is meant at a date."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from ..model import ProfileHead

NOT_TO_BE_IMPLEMENTED = ("draft", "public-comment")


def is_in_force(head: ProfileHead, at: date) -> bool:
    """Whether a profile is in force on this day. Both bounds are included; one that is not written does not limit."""
    return (head.in_force_from is None or head.in_force_from <= at) and (head.in_force_until is None or at <= head.in_force_until)


def latest(heads: Iterable[ProfileHead]) -> ProfileHead:
    """The one that came into force last; among equals, the highest version."""
    return max(heads, key=lambda head: (head.in_force_from or date.min, head.version))
