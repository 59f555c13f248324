"""Does the row of a vaccination tell its lot and its rank, where the table has a column for them?"""

from __future__ import annotations

import re
from collections.abc import Sequence

from ...labels import fold
from ..node import Node
from .tables import IDEM, cells_headed, heads_of

_RANK_HEAD = re.compile(r".*\brang\b.*")
_BOOSTER = re.compile(r"(?i)rappel|\bR\s?[0-9]*\b")  # boosters may be counted apart
_DATE = re.compile(r"(?i)[0-9]{1,2}[/.-][0-9]{1,2}[/.-][0-9]{2,4}")
_AGE = re.compile(r"(?i)\bM\s?[0-9]+\b|(?<![0-9])[0-9]+\s(?:mois|ans?|semaines?)\b")  # `11 mois` tells which dose it is
_SERIES = re.compile(  # `1ère série vaccinante / 2`: the second of the first
    r"(?i)(?<![0-9])[0-9]+\s?(?:[èe]re|[èe]me|e|re)?\s+s[ée]ries?\b"
)
_LONGEST = 60  # of what is a lot
_OF_A_LOT = re.compile(r"[^\W_]")


def lacks_lot(passage: Node, cells: Sequence[str], lot: str) -> bool:
    """No cell of the row has it, however it is spaced, nor is `idem`; and the table has a column for lots. What has no digit is
    none: `inconnu`, `NC`."""
    if not cells or not any(map(str.isdigit, lot)) or len(lot) > _LONGEST:
        return False
    if not any("lot" in fold(head.whole_text).split() for head in heads_of(passage)):
        return False
    spaced = r"[\W_]*".join(map(re.escape, _OF_A_LOT.findall(lot)))
    written = re.compile(rf"(?i)(?:(?<![^\W_])|(?<=lot)){spaced}(?![^\W_])")
    return not any(written.search(cell) or IDEM.match(cell) for cell in cells)


def lacks_rank(passage: Node, cells: Sequence[str], rank: str) -> bool:
    """The cell under `Rang` has other numbers, or nothing; words may tell it: `première`, `D1`, `1/3`, `rappel`."""
    told = cells_headed(passage, cells, _RANK_HEAD)
    return bool(told) and rank.isdecimal() and not any(tells_rank(cell, rank) for cell in told)


def tells_rank(cell: str, rank: str) -> bool:
    if _BOOSTER.search(cell) or IDEM.match(cell):
        return True
    said = _SERIES.sub("série", _AGE.sub("âge", _DATE.sub("", cell)))
    numbers = re.findall(r"[0-9]+", said)
    return rank.lstrip("0") in {number.lstrip("0") for number in numbers} if numbers else bool(fold(said))
