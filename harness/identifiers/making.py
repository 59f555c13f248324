"""Invented identifiers that their judges find good: the same state of the generator gives the same one."""

from __future__ import annotations

from datetime import date
from random import Random

from .matricules import ins_key
from .places import is_cog


def make_ins(rng: Random, sex: str, birth: date, place: str, *, nia: bool = False) -> str:
    """15 characters. sex: M or F; place: commune code of birth (5); nia: a temporary number.

    Orders 500 to 999, which a real commune hardly reaches in a month, so that a made matricule is seldom that of someone.
    Raises ValueError when the sex or place cannot stand in a matricule.
    """
    if sex not in ("M", "F"):
        raise ValueError(f"sex of a matricule is M or F, not {sex!r}")
    if not is_cog(place):
        raise ValueError(f"not a commune code: {place!r}")
    kind = {("M", False): "1", ("F", False): "2", ("M", True): "7", ("F", True): "8"}[sex, nia]
    matricule = f"{kind}{birth.year % 100:02}{birth.month:02}{place}{rng.randint(500, 999)}"
    return f"{matricule}{ins_key(matricule):02}"


def make_oid(rng: Random) -> str:
    """Made of a UUID (arc 2.25)."""
    return f"2.25.{rng.getrandbits(128)}"
