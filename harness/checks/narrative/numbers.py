"""Does a passage of the narrative that is a number tell the value of the entry which cites it?"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from functools import lru_cache

from ...labels import fold
from ..codes.units import converted

_NUMBER = re.compile(r"([+-]?[0-9]{1,3}(?: [0-9]{3})+|[+-]?[0-9]+)(?:[.,]([0-9]+))?(.*)")
_AND_ANOTHER = re.compile(r"(?:[^\w\s(]|\b(?:à|a|au|ou|et|x|fois|puis)\b|\s)+[0-9]")  # `1 à 2 cp`, `2*10 mg`, `1. 150 mL`
_SIGNS = re.compile(r"[^a-z%/]")
_MICRO = str.maketrans("\u00b5\u03bc", "uu")
_WRITTEN = {
    "sa": "wk",
    "sem": "wk",
    "semaine": "wk",
    "semaines": "wk",
    "mn": "min",
    "jours": "d",
    "ans": "a",
    "mois": "mo",
    "c": "cel",
}
_TWO_DIGITS = 10
_COUNTED = re.compile(r"(?<!plus de )(?<!moins )(?<!\ba )\b([1-9][0-9]?|une?|deux|trois|quatre|cinq|six) ([a-z]{5})")
_NUMERAL = re.compile(r"\b(?:[0-9]+|une?|deux|trois|quatre|cinq|six)\b")
_NUMERALS = {"un": "1", "une": "1", "deux": "2", "trois": "3", "quatre": "4", "cinq": "5", "six": "6"}
_MEASURED = frozenset(("heure", "jours", "semai", "minut", "annee", "seanc", "cycle", "cures", "doses"))  # of a whole, one is done
_TIMES = frozenset(("s", "min", "h", "d", "wk", "mo", "a"))
_A_DAY = {"j": "d", "jour": "d", "jours": "d"}
_TABLETS = re.compile(r"(?:cps?|cpr|comprims?|glules?|capsules?|sachets?)")  # by their signs, which have no accents
_TAKEN_WHOLE = re.compile(r"(?i)dose|prise|take|bo[iî]te|box|pack|admin|jour|day")  # units that count no tablets


def told_otherwise(passage: str, value: str, unit: str) -> bool:
    """True where the passage is nothing but a number, with the unit or without, and not the value rounded or cut to its decimals,
    nor the value it: `70 kg` and `76`, not `70` and `70.6`, `70,25` and `70.3`, nor `1 m 70`, `environ 70`; where it is the
    value in a unit of another size, `7 g` and `7 mg`; or where it counts other tablets than the value does, `1 cp` and 2.

    A number alone may be in another unit, told beside it: a duration, and what differs by a power of ten, are not compared.
    """
    if passage == value:
        return False
    found = _NUMBER.fullmatch(" ".join(passage.replace("\u2212", "-").split()))
    if found is None or _AND_ANOTHER.match(found[3]):
        return False
    if (number := number_of(value)) is None:
        return False
    signs, decimals = signs_of(found[3]), found[2] or ""
    told = _number(found[1], decimals)
    if found[3] and signs != signs_of(unit):
        if told == number:
            return told_in_another_size(passage, value, unit)
        return counts_tablets(unit) and _TABLETS.fullmatch(signs) is not None
    if not found[3] and unit in _TIMES and (found[1][0] == "-") == value.startswith("-"):
        return False
    if agrees(found[1], decimals, value):
        return False
    return bool(signs) or not _differ_by_a_power_of_ten(told, number)


def number_of(value: str) -> float | None:
    """None for `1,5`, and for `NaN` and `inf`, which are numbers to Python."""
    try:
        number = float(value)
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def told_in_another_size(passage: str, value: str, unit: str) -> bool:
    """The passage is the value, a number, and nothing else, in a unit of another size; not in one with a number, `mg/24h`."""
    found = _NUMBER.fullmatch(" ".join(passage.split()))
    if found is None or not found[3] or any(map(str.isdigit, found[3])) or (signs := signs_of(found[3])) == signs_of(unit):
        return False
    return float(value) == _number(found[1], found[2] or "") != 0 and is_of_another_size(signs, unit)


def is_alone(passage: str) -> bool:
    """Whether the text is a number and nothing else."""
    found = _NUMBER.fullmatch(passage.strip())
    return found is not None and not found[3]


def counted_otherwise(passage: str, label: str) -> bool:
    """Both count the same things once, `deux vaisseaux` and `2 vaisseaux coronaires`, and not as many; the passage counts no
    other things, `2 stents sur l'IVA, 1 sur la CX`."""
    theirs = _counts(label)
    if not theirs or " ou plus" in label or len(_NUMERAL.findall(fold(passage))) != 1:
        return False
    own = _counts(passage)
    return any(own[noun] != number for noun, number in theirs.items() if noun in own)


@lru_cache(maxsize=4096)
def _counts(text: str) -> Mapping[str, str]:
    """Number of each thing that the text counts once, by the first letters of its noun."""
    found = _COUNTED.findall(fold(text))
    nouns = [noun for _, noun in found if noun not in _MEASURED]
    return {noun: _NUMERALS.get(number, number) for number, noun in found if nouns.count(noun) == 1}


def agrees(whole: str, decimals: str, value: str) -> bool:
    """The number written is the value, as it is rounded or cut where one of the two is; so is one that cannot be compared."""
    number = number_of(value)
    if number is None or (len(decimals) == 3 and _number(whole + decimals, "") == number):  # `3.900 g`
        return True
    told = _number(whole, decimals)
    if value.isdecimal() and number >= _TWO_DIGITS and abs(told - number) <= 0.5:  # `19,05` of 19
        return True
    return _rounds(told, _fewer(decimals, value), number)


@lru_cache(maxsize=1024)
def signs_of(unit: str) -> str:
    """The letters of a unit, `%` and `/`: how units are compared; `mmHg` is `mm[Hg]`, `mUI/l` `m[IU]/L`, `SA` `wk`, `°C` `Cel`."""
    signs = _SIGNS.sub("", unit.translate(_MICRO).lower())
    if "/j" in signs:  # `mg/j`
        whole, _, by = signs.rpartition("/")
        signs = f"{whole}/{_A_DAY.get(by, by)}"
    return _WRITTEN.get(signs, signs.replace("iu", "ui"))


def counts_tablets(unit: str) -> bool:
    """Whether a unit is an annotation that counts tablets (`{tablet}`), not doses or boxes."""
    return unit[:1] == "{" and _TAKEN_WHOLE.search(unit) is None


def _number(whole: str, decimals: str) -> float:
    return float(f"{''.join(whole.split())}.{decimals or 0}")


def _fewer(decimals: str, value: str) -> str:
    """The decimals of a number that was written, or those of the value where it has some, but not as many."""
    own = value.partition(".")[2]
    return own if own and len(own) < len(decimals) else decimals


def _rounds(told: float, decimals: str, number: float) -> bool:
    return abs(told - number) < 10.0 ** -len(decimals) * (1 - 1e-9)


def _differ_by_a_power_of_ten(one: float, other: float) -> bool:
    if one * other <= 0 or math.isinf(one * other):
        return False
    power = math.log10(one / other)
    return abs(power - round(power)) < 0.005


_APART = 2.5  # times: units that are nearer are no slip of one for the other
_SAME = "g mg ug ng pg kg l dl cl ml ul m dm cm mm um mol mmol umol nmol pmol s min h d wk mo a gy mgy"
_UNIT_WRITTEN = {unit: unit.replace("gy", "Gy") for unit in _SAME.split()}
_UNIT_WRITTEN |= dict.fromkeys(("mcg", "microgramme", "microgrammes"), "ug")
_UNIT_WRITTEN |= {"j": "d", "jour": "d", "jours": "d", "heure": "h", "heures": "h", "minutes": "min", "an": "a", "ans": "a"}
_UNIT_WRITTEN |= {"mois": "mo", "bq": "Bq", "kbq": "kBq", "mbq": "MBq", "gbq": "GBq"}


@lru_cache(maxsize=256)
def is_of_another_size(signs: str, unit: str) -> bool:
    """Not where one of the two is not known, or they are of two kinds. signs: of a unit that a person wrote (`signs_of`)."""
    told = "/".join(_UNIT_WRITTEN.get(part, "?") for part in signs.split("/"))
    size = converted(1.0, told, unit) if "?" not in told else None
    return size is not None and not 1 / _APART < size < _APART
