"""Where in France: departments, territories and communes, as the INSEE codes of births write them (COG)."""

from __future__ import annotations

import re

from .faults import Fault

CORSICA = {"2A": "19", "2B": "18"}
_DEPARTMENTS = frozenset(f"{number:02}" for number in range(1, 96)) | frozenset(CORSICA)
_TERRITORIES = frozenset(f"97{digit}" for digit in "12345678") | frozenset(f"98{digit}" for digit in "456789")


def cog_fault(text: str) -> Fault | None:
    """Commune code of INSEE: 5 characters, 2A and 2B in Corsica, 97x and 98x overseas, 99 and a country abroad.

    The form is judged; whether the commune exists is not.
    """
    if not text:
        return Fault.EMPTY
    if len(text) != 5:
        return Fault.LENGTH
    if not re.fullmatch(r"\d[\dAB]\d{3}", text, re.ASCII):
        return Fault.CHARACTERS
    return None if is_place(text) else Fault.PLACE


def is_cog(text: str) -> bool:
    return cog_fault(text) is None


def is_place(place: str) -> bool:
    """department and commune, territory and commune, or 99 and country: five characters, the last part never zero."""
    if place[:2] in _DEPARTMENTS or place[:2] == "99":
        return place[2:] != "000"
    return place[:3] in _TERRITORIES and place[3:] != "00"
