"""Is a number told in a unit of the kind of the entry's, and of another size: `150 ml` and 150 L, `1 mois` and 1 year?"""

from __future__ import annotations

from functools import lru_cache

from ..codes.units import converted

_APART = 2.5  # times: units that are nearer are no slip of one for the other
_SAME = "g mg ug ng pg kg l dl cl ml ul m dm cm mm um mol mmol umol nmol pmol s min h d wk mo a gy mgy"
_UCUM = {unit: unit.replace("gy", "Gy") for unit in _SAME.split()}
_UCUM |= dict.fromkeys(("mcg", "microgramme", "microgrammes"), "ug")
_UCUM |= {"j": "d", "jour": "d", "jours": "d", "heure": "h", "heures": "h", "minutes": "min", "an": "a", "ans": "a", "mois": "mo"}


@lru_cache(maxsize=256)
def is_of_another_size(signs: str, unit: str) -> bool:
    """Not where one of the two is not known, or they are of two kinds. signs: of a unit that a person wrote (`signs_of`)."""
    told = "/".join(_UCUM.get(part, "?") for part in signs.split("/"))
    size = converted(1.0, told, unit) if "?" not in told else None
    return size is not None and not 1 / _APART < size < _APART
