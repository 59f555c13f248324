"""Does a row tell the measure of its entry: a number in its unit, a text (`<1.0 mg/L`), a number by a time (`5 {drink}/wk`)?"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import lru_cache

from ..codes.units import converted
from ..node import Node
from .numbers import agrees, number_of, signs_of, told_in_another_size
from .tables import cells_beside, headings_over

_NUMBER = re.compile(r"(?<![\w.,])([+-]?[0-9]{1,3}(?:\s[0-9]{3})+(?![0-9])|[+-]?[0-9]+)(?:[.,]([0-9]+))?")
_ANNOTATION = re.compile(r"\{[^}]*\}")
_SECOND = re.compile(r"^\s*/\s*[0-9]+(?:[.,][0-9]+)?")
_PACK_YEARS = re.compile(r"(?i)(?<![0-9])([0-9]+)(?:[.,]([0-9]+))?\s*(?:paquets?[-\s./]*ann[ée]es?|PA)\b")
_BOUNDED = re.compile(
    r"(?i)(?:[<>≤≥~≈±/.,–-]|\bde|\bmoins|\bsup[ée]rieur à|\binf[ée]rieur à|\bentre|\bet|à|\bou|[0-9]"
    r"|\bm(?:ax|in)(?:imum|i)?\.?)\s*$"
)
_BOUNDED_AFTER = re.compile(r"(?i)\s*(?:[+?±/]|m(?:ax|in)\w*|(?:et|ou) (?:plus|moins)|au (?:moins|plus)|par |chez )")
_ABOUT = re.compile(r"(?i)(?:\b(?:environ|env\.?|vers|autour|presque|quelque)|aine)\W*$")
_ABOUT_AFTER = re.compile(r"(?i)\W*(?:env\b|environ|estim|approx)")
_OF_ANOTHER = re.compile(r"(?i)\b(?:p[èe]re|m[èe]re|conjoint|parents?|mari|[ée]pou\w+)\b")
_HALF_AS_MANY = 1.5
_PACKS = 100  # a year, or pack-years that nobody reaches
_ALONE = re.compile(r"[+-]?[0-9]+(?:[.,][0-9]+)?")
_SCORED = re.compile(r"(?i)(?:score|total|cotation)(?: total)?\s*:?\s*[0-9]+(?:[.,][0-9]+)?(?:\s*/\s*[0-9]+)?(?:\s*points?)?")
_MINUS = re.compile(r"^\s*(?:\u2212\s*|-\s+)(?=[0-9])")
_OF_NO_RESULT = re.compile(
    r"methode|technique|unite|code|nature|date|heure|prelevement|echantillon|localisation|precision|lateralite|site|cote\b"
    r"|page|ligne|numero|n\b|annee|age\b|anteri|preced|ancien|derni|objectif|cible|norm|(?:valeurs? (?:de )?)?ref|seuil|rang\b"
)
_OF_BOUNDS = re.compile(r"(?:valeurs? |intervalles? )?(?:de |d )?(?:ref|norm|usuel)|interval|borne|limite")
_AT_A_MINUTE = re.compile(r"(?i)(?<=à )(?:1|5|10) ?m(?:in|n)\b")
_UNIT_NAMED = re.compile(r"\(([^()]+)\)$")


def measured_otherwise(cells: Sequence[str], own: int, value: str, unit: str, headed: Callable[[], Sequence[str]] = tuple) -> bool:
    """The result has a number in the unit of the value, or is a number and the name ends with the unit, `Albumine (g/L)`, or the
    value has no unit and the cell after is a number, or one cell a score: none of the row is the value. Or it is in a cell, in a
    unit of another size.

    headed: tells the headings of the columns, folded; or none. The result is the own cell, where it is one, or the one after it,
    methods and units let alone: what stands further may be a threshold, a former result. That a bound of the reference is the
    value proves nothing.
    """
    listed = [cell[2:] for cell in cells if cell.startswith("- ")]  # `- 70 kg` may be an item, or below zero
    if number_of(value) is None:
        return False
    cells = [_signed(cell) for cell in cells]
    numbers = [(found, cell) for cell in (*cells, *listed) for found in _NUMBER.finditer(cell)]
    found_so = [(found, cell) for found, cell in numbers if agrees(found[1], found[2] or "", value)]
    agreeing = [cell for found, cell in found_so if cell is not cells[own] or not _is_of_the_name(found, cell, value)]
    if agreeing and not any(cell in agreeing for cell in cells[own : own + 2]):
        bounds = [cell for cell, head in zip(cells, headed(), strict=False) if _OF_BOUNDS.match(head)]
        agreeing = [cell for cell in agreeing if cell not in bounds]
    if not numbers or agreeing:
        return bool(agreeing) and all(told_in_another_size(cell, value, unit) for cell in agreeing)
    after, heads = own + 1, headed()
    while after < min(len(cells), len(heads)) and _OF_NO_RESULT.match(heads[after]):
        after += 1
    if not unit or unit == "1" or _ANNOTATION.fullmatch(unit):
        alone = after < len(cells) and _ALONE.fullmatch(cells[after]) is not None
        return (alone and not _is_percentage(cells[after], value)) or sum(map(_is_scored, cells)) == 1
    results = cells[own : own + 1] + (cells[after : after + 1] if not _is_result(cells[own]) else [])
    signs = signs_of(unit)  # of what a cell begins with: what follows other words or signs may be a threshold, a change, an aim
    begun = [(found, cell) for cell in results if (found := _NUMBER.match(cell)) is not None]
    if any(found[1][0] != "+" and _unit_after(cell, found.end()) == signs for found, cell in begun):
        return True
    named = _UNIT_NAMED.search(cells[own])
    return named is not None and signs_of(named[1]) == signs != "" and any(_ALONE.fullmatch(cell) for cell in results)


def _is_of_the_name(found: re.Match[str], cell: str, value: str) -> bool:
    """`TSH (Modular 2)` of a value of 1.95: it is the value but rounded, and stands among words, without a unit; or `à 1 min`."""
    rounded = found[2] is None and "." in value and found[1] != value.rstrip("0").rstrip(".")
    return found.start() > 0 and (
        (rounded and cell[found.end() : found.end() + 1] == ")") or _AT_A_MINUTE.match(cell, found.start()) is not None
    )


def _is_result(cell: str) -> bool:
    """It begins with a number and its unit, a quotient: what stands beside it, in a table of columns, is of something else."""
    found = _NUMBER.match(cell)
    unit = _unit_after(cell, found.end()).strip("/") if found is not None else ""
    return "/" in unit or unit == "%"


def _signed(cell: str) -> str:
    """`− 1,5` as `-1,5`."""
    return _MINUS.sub("-", cell)


def _is_scored(cell: str) -> bool:
    return _SCORED.fullmatch(cell) is not None


def _is_percentage(cell: str, value: str) -> bool:
    """`FEVG (%) | 45` of a value of 0.45. cell: a number alone; value: another."""
    return 0 < float(value) < 1 and abs(float(cell.replace(",", ".")) / 100 - float(value)) < 0.005


def _unit_after(cell: str, place: int) -> str:
    """The unit after a number, or after two: `120/80 mmHg`."""
    return signs_of(_SECOND.sub("", cell[place:]).strip().split(" ", 1)[0])


@lru_cache(maxsize=4096)
def tells_pack_years(text: str) -> bool:
    return _PACK_YEARS.search(text) is not None


@lru_cache(maxsize=4096)
def smoked_otherwise(passage: str, value: str) -> bool:
    """The passage tells pack-years, once, not those of the value: `12 paquets-années`, not `plus de 10 PA`, `10 à 15 PA` nor
    `20 PA, puis 5 PA`; one that is about so many may be half as many again."""
    found = list(_PACK_YEARS.finditer(passage))
    if len(found) != 1 or not value.replace(".", "", 1).isdecimal() or not 0 < float(value) < _PACKS:
        return False
    (one,) = found
    told, before, after = float(f"{one[1]}.{one[2] or 0}"), passage[: one.start()], passage[one.end() :]
    if abs(told - float(value)) < 1 or _BOUNDED.search(before) or _BOUNDED_AFTER.match(after) or _OF_ANOTHER.search(passage):
        return False
    about = _ABOUT.search(before) or _ABOUT_AFTER.match(after)
    return not (about and told and 1 / _HALF_AS_MANY < told / float(value) < _HALF_AS_MANY)


_MEASURE = re.compile(r"([<>≤≥]?=?)\s*([0-9]+(?:[.,][0-9]+)?)\s*([^\W\d_%][^\s<>]*|%)")
_VARIANT = re.compile(r"(c|p)\.\(?((?<=c\.)[0-9*+_-]+[A-Za-z0-9>]*|[A-Z][a-z]{2}[0-9]+[A-Z][a-z]{2})\)?")
_BASES = re.compile(r"(?<=del|dup)[ACGT0-9]+$")  # which may be told, and need not be: `c.5266dupC` is `c.5266dup`
_OF_RESULT = re.compile(r"resultat|valeur\b|mesure|dosage|taux|concentration|cmi\b")
_OF_REFERENCE = re.compile(
    r"ref|norm|usuel|seuil|limite|interval|borne|cible|objectif|anteri|preced|ancien|dernie|critique|attendu"
)
_PER_TIME = re.compile(r"(?i)\D*?([0-9]+)(?:[.,]([0-9]+))?\s+[^\W\d_]+(?:\s[^\W\d_]+)?\s*(?:/|par)\s*(j|sem|mois|an)[^\W\d_]*\.?")
_COUNTED_PER = re.compile(r"\{[^{}]+\}/(d|wk|mo|a)")
_TIMES = {"j": "d", "sem": "wk", "mois": "mo", "an": "a"}
_NEAR = 0.01


def reads_otherwise(passage: Node, said: str) -> bool:
    """The row has measures, in columns that are headed as results and not as references, which can each be compared with the text
    and are none of them it: `<10 mg/L` and `<1.0 mg/L`, `1 g/L` and `1 mg/L`."""
    measure = _MEASURE.fullmatch(said.strip())
    if measure is None:
        return _varies_otherwise(passage.whole_text, said)
    cells, _ = cells_beside(passage)
    headed = zip(headings_over(passage, cells), cells, strict=False)
    read = [cell for head, cell in headed if _OF_RESULT.search(head) and not _OF_REFERENCE.search(head)]
    found = [(cell, _MEASURE.fullmatch(cell)) for cell in read]
    if any(one is None and measure[2] in cell for cell, one in found):
        return False
    measures = [one for _, one in found if one is not None]
    return bool(measures) and all(_is_another(measure, one) for one in measures)


def _varies_otherwise(passage: str, said: str) -> bool:
    """Both are a variant of a gene or of its protein (HGVS), and not the same: `c.2573T>G`, `p.Leu858Arg`, not `p.L858R`."""
    told, own = _VARIANT.fullmatch(passage.strip()), _VARIANT.fullmatch(said.strip())
    return (
        told is not None
        and own is not None
        and told[1] == own[1]
        and _BASES.sub("", told[2]).upper() != _BASES.sub("", own[2]).upper()
    )


def _is_another(one: re.Match[str], other: re.Match[str]) -> bool:
    """The units are of one kind, and the numbers are not the same in one of them."""
    value, told = (float(measure[2].replace(",", ".")) for measure in (one, other))
    found = converted(told, other[3], one[3])
    return found is not None and abs(found - value) > _NEAR * max(abs(found), abs(value))


def counted_by_another_time(cells: Sequence[str], value: str, unit: str) -> bool:
    """The row has the number by another time: `5 verres / jour` of `{drink}/wk`; not of pack-years."""
    counted = _COUNTED_PER.fullmatch(unit) if unit[:1] == "{" and "pack" not in unit else None
    if counted is None:
        return False
    found = [one for cell in cells if (one := _PER_TIME.fullmatch(cell))]
    return len(found) == 1 and agrees(found[0][1], found[0][2] or "", value) and _TIMES[found[0][3].lower()] != counted[1]
