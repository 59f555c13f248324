"""Does a passage that writes a code of a terminology, `(CIM-10 : E06.3)`, write that of the element which cites it?"""

from __future__ import annotations

import re
from collections.abc import Callable

from ..node import Node
from .labels import reference_of

_WRITTEN = re.compile(
    r"\b(CIM[- ]?10|CIM[- ]?11|CISP[- ]?2|(?:code )?ORPHA(?:[- ]?code)?|LOINC|CCAM|ATC|CIF|DRC|LPP|CIP(?:[- ]?13)?|CIS|NABM)"
    r"\s?:\s?([A-Z0-9][A-Z0-9./:-]*)",
    re.IGNORECASE,
)
_SYSTEMS = {
    "cim10": ("2.16.840.1.113883.6.3",),
    "cim11": ("2.16.840.1.113883.6.347",),
    "cisp2": ("2.16.840.1.113883.6.139",),
    "orpha": ("1.2.250.1.213.2.49", "1.2.250.1.213.2.49.1", "1.2.250.1.213.2.49.2"),
    "loinc": ("2.16.840.1.113883.6.1",),
    "ccam": ("1.2.250.1.215.300.1",),
    "atc": ("2.16.840.1.113883.6.73",),
    "cif": ("2.16.840.1.113883.6.254",),
    "drc": ("1.2.250.1.213.2.9",),
    "lpp": ("1.2.250.1.215.200.2.1",),
    "cip": ("1.2.250.1.213.2.3.2", "1.2.250.1.213.2.3.3"),
    "cis": ("1.2.250.1.213.2.3.1",),
    "nabm": ("1.2.250.1.213.2.7",),
}


def writes_another_code(coded: Node, passage_of: Callable[[str], Node | None]) -> bool:
    """The passage that the element or its act cites writes codes of a system in which it or one of its translations has one, and
    none of these.

    A code that begins as the other does is the same, told more finely.
    """
    reference = reference_of(coded, "originalText") or (reference_of(coded.parent, "text") if coded.parent is not None else "")
    passage = passage_of(reference) if reference else None
    said = passage.whole_text if passage is not None else ""
    if ":" not in said:
        return False
    for name, systems in _SYSTEMS.items():
        written = [_bare(code) for system, code in _WRITTEN.findall(said) if _name(system) == name]
        if not written:
            continue
        holders = coded.index.below(coded, "@code", or_self=True)
        own = [_bare(one.attributes["code"]) for one in holders if one.attributes.get("codeSystem") in systems]
        if own and not any(one.startswith(code) or code.startswith(one) for one in own for code in written):
            return True
    return False


def _name(system: str) -> str:
    letters = re.sub(r"[^a-z0-9]", "", system.lower())
    return "orpha" if "orpha" in letters else "cip" if letters == "cip13" else letters


def _bare(code: str) -> str:
    return code.upper().rstrip(".:-").replace(".", "")
