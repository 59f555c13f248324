"""How often a medicine is taken and how much of it, as a column of the narrative tells it: `3 fois/j`, `2 comprimés`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from ..node import Node
from .numbers import told_otherwise
from .posology import SPACED, hours_of, takes_of_a_day
from .tables import cells_headed

_A_DAY = re.compile(r"(?i)([0-9]{1,2})\s?(?:fois|prises?|x)?\s?(?:/|par)\s?(?:j|jours?|24\s?h)\b(.*)", re.DOTALL)
_AS_NEEDED = re.compile(r"(?i)\bsi\b|besoin|max|minimum|au plus|au moins|puis|\bet\b|augment|dimin|palier")  # or in steps
_DOSE_HEAD = re.compile(r"dose(?: prescrite| administree| par prise| unitaire)?")
_COUNTED = re.compile(r"(?i)([0-9]{1,4})\s(?:comprim[ée]s?|cps?|cpr|g[ée]lules?|capsules?|sachets?)")


@lru_cache(maxsize=4096)
def taken_otherwise(said: str, value: str, unit: str) -> bool:
    """`3 fois/j` of what is taken every 80 hours, or every 12. Not of what is told by the day, whose dose may be that of the day,
    nor of what is spaced besides or taken as needed; 3 times may be every 6 hours, when the patient is awake."""
    found = _A_DAY.match(said.strip()) if unit in ("h", "d", "wk") else None
    plain = found is not None and SPACED.search(found[2]) is None and _AS_NEEDED.search(found[2]) is None
    hours = hours_of(value, unit) if plain else 0.0
    if found is None or not hours or hours == 24:
        return False
    times = int(found[1])
    return hours > 24 or abs(24 / hours - times) > (1 if times > 2 else 0.5)


def row_takes_otherwise(entry: Node, passage: Node, cells: Sequence[str]) -> str:
    """`dose` or `period` where a cell tells it otherwise than an administration of one dose or period; or nothing."""
    told = [cell for cell in cells if cell[:1].isdigit()]
    if not told:
        return ""
    often = [cell for cell in told if _A_DAY.fullmatch(cell)]
    if len(often) == 1 and len(periods := entry.index.below(entry, "period")) == 1:
        every = periods[0].attributes
        if taken_otherwise(often[0], every.get("value", ""), every.get("unit", "")):
            return "period"
    counted = [cell for cell in told if _COUNTED.fullmatch(cell)]
    doses = entry.index.below(entry, "doseQuantity") if len(counted) == 1 else ()
    if len(doses) != 1 or counted != cells_headed(passage, cells, _DOSE_HEAD):
        return ""
    bounds = [node.attributes for node in (doses[0], *doses[0].children) if "value" in node.attributes]
    otherwise = bounds and all(told_otherwise(counted[0], bound["value"], bound.get("unit", "")) for bound in bounds)
    if not otherwise or int(counted[0].split()[0]) in {float(bound["value"]) * takes_of_a_day(entry) for bound in bounds}:
        return ""
    return "dose"
