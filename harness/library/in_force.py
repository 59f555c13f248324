"""Which version of a profile is meant at a date."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from ..model import ProfileHead

NOT_TO_BE_IMPLEMENTED = ("draft", "public-comment")


def is_in_force(head: ProfileHead, at: date) -> bool:
    """Both bounds are days on which it is in force; one that is not written is not a bound."""
    return (head.in_force_from is None or head.in_force_from <= at) and (head.in_force_until is None or at <= head.in_force_until)


def latest(heads: Iterable[ProfileHead]) -> ProfileHead:
    """The one that came into force last; among equals, the highest version."""
    return max(heads, key=lambda head: (head.in_force_from or date.min, head.version))
