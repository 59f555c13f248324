"""The circumstances of a judgement: date, clock, environment and the profile asked for."""

from __future__ import annotations

from datetime import date, datetime

from ..model import Environment, ProfileHead
from ..values import dataclass


@dataclass(frozen=True, slots=True)
class Circumstances:
    """at: the date that says which profiles are in force; now: what "in the future" is measured from, and what `today()` is of.

    environment: the one of the documents; asked: the profile to judge them with, whatever they claim.
    """

    at: date
    now: datetime
    environment: Environment = Environment.AUTO
    asked: ProfileHead | None = None
