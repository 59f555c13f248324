"""Does a passage that writes a code of a terminology, `(CIM-10 : E06.3)`, write that of the element which cites it?"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence

from ..node import Node, once, section_of
from .labels import PassageOf, reference_of
from .tables import cells_beside, narrative_text

_CODE = r"(?=[A-Z./:-]*[0-9])[A-Z0-9][A-Z0-9./:-]*(?![A-Z0-9./:-]|\s:)"  # not `CIM-10 : en attente`
_NAMED = r"CIM[- ]?10|CIM[- ]?11|CISP[- ]?2|LOINC|CCAM|ATC|LPP|NABM"
_NAMED_BEFORE = rf"{_NAMED}|(?:code )?ORPHA(?:[- ]?code)?|CIF|DRC|CIP(?:[- ]?13)?|CIS"
_WRITTEN = re.compile(rf"\b({_NAMED_BEFORE})\s?:\s?({_CODE}(?:\s?[,;+]\s?{_CODE})*)", re.IGNORECASE)  # `CIM-10 : E06.3`
_CELL = re.compile(rf"({_CODE})\s?\[({_NAMED})\]")  # alone: `C50.2 [CIM-10]`
# What these names end with: texts of another are passed over six times faster than by the expression.
_ENDS = ("10", "11", "2", "13", "ORPHA", "CODE", "LOINC", "CCAM", "ATC", "CIF", "DRC", "LPP", "CIP", "CIS", "NABM")
_OF_A_CIP = 7  # digits, as it was until 2009
_RANGE = re.compile(r"[A-Z]?(?<![0-9.])[0-9.]+\s?(?:[-–]|à)\s?[A-Z][0-9]{2}\b", re.IGNORECASE)  # `CIM-10 : E10-E14`
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


def writes_another_code(coded: Node, passage_of: PassageOf) -> bool:
    """The passage that the element or its act cites writes codes of a system in which it or one of its translations has one, and
    none of these, anywhere in it: `CIM-10 : I10 et I11.9`, `LOINC : 17861-6 (anciennement 2000-8)`.

    A code that begins as the other does is the same, told more finely; that of what an observation asks is no other answer, nor is
    that of another element, in a row that is cited as a whole.
    """
    written_so = _ways_of_writing(coded.index.root)
    if not written_so:
        return False
    reference = reference_of(coded, "originalText") or (reference_of(coded.parent, "text") if coded.parent is not None else "")
    passage = passage_of(reference)
    said = passage.whole_text if passage is not None else ""
    if ":" not in said:
        return "[]" in written_so and passage is not None and _stands_beside_another(passage, coded)
    if not _names_a_system(said):
        return False
    named: defaultdict[str, list[str]] = defaultdict(list)  # codes by the name of their system
    for system, codes in _WRITTEN.findall(said):
        named[_name(system)] += (_bare(code.strip()) for code in re.split("[,;+]", codes))
    if not named or _RANGE.search(said):
        return False
    asked = coded.parent.named.get("code", ()) if coded.tag == "value" and coded.parent is not None else ()
    holders = [*coded.index.below(coded, "@code", or_self=True), *asked]
    for name, written in named.items():
        own = [_bare(one.attributes["code"]) for one in holders if one.attributes.get("codeSystem") in _SYSTEMS.get(name, ())]
        if own and not any(_is_the_same(one, code) or one in _bare(said) for one in own for code in written):
            return passage is None or passage.tag != "tr" or not _are_of_others(written, coded)
    return False


def _stands_beside_another(passage: Node, coded: Node) -> bool:
    """A cell of its row is a code of the system of the element, and another, that nothing else in its entry bears."""
    beside = [found for cell in cells_beside(passage)[0] if cell.endswith("]") and (found := _CELL.fullmatch(cell)) is not None]
    if len(beside) != 1 or coded.attributes.get("codeSystem") not in _SYSTEMS[_name(beside[0][2])]:
        return False
    written, entry = _bare(beside[0][1]), coded.nearest("entry", "section") or coded
    return not any(_is_the_same(_bare(one.attributes["code"]), written) for one in coded.index.below(entry, "@code", or_self=True))


@once
def _ways_of_writing(document: Node) -> frozenset[str]:
    """How its narratives may write codes, `:` after the name of their system and `[]` before it: hardly any does, and passages are
    looked at one by one where one does."""
    narratives = [text for text in document.index.under("text") if text.parent is not None and text.parent.tag == "section"]
    texts = [narrative_text(narrative) for narrative in narratives]
    ways = {":": any(map(_names_a_system, texts)), "[]": any("]" in text for text in texts)}
    return frozenset(way for way, is_used in ways.items() if is_used)


def _names_a_system(text: str) -> bool:
    """Before a colon, as it seems."""
    return any(before.rstrip().upper().endswith(_ENDS) for before in text.split(":")[:-1])


def _are_of_others(written: Sequence[str], coded: Node) -> bool:
    """Whether each of these codes is that of some element of the section."""
    borne = {_bare(one.attributes["code"]) for one in coded.index.below(section_of(coded), "@code")}
    return borne.issuperset(written)


def _is_the_same(one: str, other: str) -> bool:
    """A CIP of thirteen digits holds that of seven."""
    return one.startswith(other) or other.startswith(one) or (other.isdecimal() and len(other) == _OF_A_CIP and other in one)


def _name(system: str) -> str:
    letters = re.sub(r"[^a-z0-9]", "", system.lower())
    return "orpha" if "orpha" in letters else "cip" if letters == "cip13" else letters


def _bare(code: str) -> str:
    """The code without its prefix, signs and leading zeros: `ORPHA:586` is 586, `0552` is 552."""
    letters = re.sub(r"[^A-Z0-9]", "", code.upper()).removeprefix("ORPHA")
    return letters.lstrip("0") or letters
