"""Does a row tell otherwise a measure that its entry writes as a text, `<1.0 mg/L`, or a number by a time, `5 {drink}/wk`?"""

from __future__ import annotations

import re
from collections.abc import Sequence

from ..codes.units import converted
from ..node import Node
from .numbers import agrees
from .tables import cells_beside, headings_over

_MEASURE = re.compile(r"([<>≤≥]?=?)\s*([0-9]+(?:[.,][0-9]+)?)\s*([^\W\d_%][^\s<>]*|%)")
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
        return False
    cells, _ = cells_beside(passage)
    headed = zip(headings_over(passage, cells), cells, strict=False)
    read = [cell for head, cell in headed if _OF_RESULT.search(head) and not _OF_REFERENCE.search(head)]
    found = [(cell, _MEASURE.fullmatch(cell)) for cell in read]
    if any(one is None and measure[2] in cell for cell, one in found):
        return False
    measures = [one for _, one in found if one is not None]
    return bool(measures) and all(_is_another(measure, one) for one in measures)


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
