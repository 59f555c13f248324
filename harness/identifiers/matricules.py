"""The INS matricule: the form of its 15 characters, its key, and how it agrees with the traits of its bearer."""

from __future__ import annotations

import re

from .faults import Fault, all_digits, digits_fault
from .places import CORSICA, is_place

_COLONIES = {"91": "99352", "92": "99352", "93": "99352", "94": "99352", "95": "99350", "96": "99351"}
"""Births before independence: Algeria, Morocco, Tunisia; INSEE country code that the trait carries today."""
_DIVIDED = {"75": ("92", "93", "94"), "78": ("91", "92", "93", "94", "95")}
"""Births in Seine and Seine-et-Oise before 1968; the communes kept their numbers."""

_RENUMBERED = {"985": "976", "97123": "97701", "97127": "97801"}
"""Mayotte as it was before it was a department, whose communes kept their last digits; Saint-Barthélemy, Saint-Martin."""

_UNKNOWN_PLACES = frozenset({"99999", "99100"})
_SEX_OF_KIND = {"1": "M", "2": "F", "3": "M", "4": "F", "7": "M", "8": "F"}
_MATRICULE = re.compile(r"(?P<kind>\d)\d\d(?P<month>\d\d)(?P<place>\d[\dAB]\d{3})(?P<order>\d{3})", re.ASCII)


def ins_fault(text: str) -> Fault | None:
    """A whole INS: 15 characters, the form of each position, then the key (rules INS-R02 and INS-R01)."""
    return ins_form_fault(text) or (None if _key_holds(text) else Fault.KEY)


def ins_form_fault(text: str) -> Fault | None:
    """The 15 characters position by position; the key is only asked to be one (01 to 97)."""
    if not text:
        return Fault.EMPTY
    if len(text) != 15:
        return Fault.LENGTH
    return matricule_fault(text[:13]) or digits_fault(text[13:]) or (None if 1 <= int(text[13:]) <= 97 else Fault.KEY)


def matricule_fault(text: str) -> Fault | None:
    """The 13 characters of a NIR or NIA, without the key. Kinds 1, 2 (NIR), 3, 4 (being registered), 7, 8 (NIA)."""
    if not text:
        return Fault.EMPTY
    if len(text) != 13:
        return Fault.LENGTH
    if (parts := _MATRICULE.fullmatch(text)) is None:
        return Fault.CHARACTERS
    month = int(parts["month"])
    if parts["kind"] not in _SEX_OF_KIND:
        return Fault.KIND
    # 20 to 42 and 50 to 99: month unknown, or a month and commune that have used all their numbers
    if not (1 <= month <= 12 or 20 <= month <= 42 or month >= 50):
        return Fault.MONTH
    if not (is_place(parts["place"]) or (parts["place"][:2] in _COLONIES and parts["place"][2:] != "000")):
        return Fault.PLACE
    return Fault.ORDER if parts["order"] == "000" else None


def is_ins(text: str) -> bool:
    return ins_fault(text) is None


def ins_key(matricule: str) -> int:
    """Control key (1 to 97) of an INS matricule.

    matricule: the 13 characters without the key; Corsican departments as 2A or 2B.
    Raises ValueError when the 13 characters are not a NIR or NIA. Source: NIR structure, INSEE; 2A and 2B count as 19 and 18.
    """
    if (fault := matricule_fault(matricule)) is not None:
        raise ValueError(f"not a matricule of 13 characters: {fault}")
    return _key(matricule)


def _key(matricule: str) -> int:
    department = matricule[5:7]
    return 97 - int(matricule[:5] + CORSICA.get(department, department) + matricule[7:]) % 97


def with_ins_key(text: str) -> str:
    """An INS with the key of its matricule, whatever the one that is written; empty when the matricule is not one."""
    matricule = text[:13]
    return "" if len(text) not in (13, 15) or matricule_fault(matricule) else f"{matricule}{ins_key(matricule):02}"


def _key_holds(ins: str) -> bool:
    """Whether the key of a well-formed INS is right."""
    return int(ins[13:]) == _key(ins[:13])


# The traits against the matricule (rule INS-R11)


def ins_agrees_with_sex(ins: str, sex: str) -> bool:
    """sex: M or F; any other value has nothing to disagree with."""
    return sex not in ("M", "F") or _SEX_OF_KIND.get(ins[:1], sex) == sex


def ins_agrees_with_year(ins: str, birth: str) -> bool:
    """birth: digits YYYY, YYYYMM, YYYYMMDD or longer."""
    return not (all_digits(birth[:4]) and len(birth) >= 4) or birth[2:4] == ins[1:3]


def ins_agrees_with_month(ins: str, birth: str) -> bool:
    """A fictitious month of the matricule (20 and more) agrees with any."""
    month = ins[3:5]
    if len(birth) < 6 or not all_digits(birth[4:6]) or not all_digits(month):
        return True
    return int(month) >= 20 or month == birth[4:6]


def ins_agrees_with_birthplace(ins: str, cog: str) -> bool:
    """cog: commune code of the trait.

    A former colony agrees with its country, department 20 with both of Corsica, Seine and Seine-et-Oise with the departments that
    they were divided into, a territory with its number of today, an unknown place with all.
    """
    place = ins[5:10]
    if cog == place or cog in _UNKNOWN_PLACES or len(cog) != 5 or place in _UNKNOWN_PLACES:
        return True
    if {place[:2], cog[:2]} <= {"20", "2A", "2B"} and "20" in (place[:2], cog[:2]):
        return place[2:] == cog[2:]
    if cog[:2] in _DIVIDED.get(place[:2], ()) and place[2:] == cog[2:]:
        return True
    renumbered = _RENUMBERED.get(place, _RENUMBERED.get(place[:3], "") + place[3:])
    return cog in (_COLONIES.get(place[:2]), renumbered)
