"""Does a passage, or a column of its row, tell the strength of the medicine, its dose and how often it is taken, as the
administration does?"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

from ...labels import same_product
from ..node import Node
from .numbers import counts_tablets, told_otherwise
from .tables import cells_headed

_STRENGTH = re.compile(  # of one or of several substances: `100/25/200 mg`
    r"(?<![0-9.,])([0-9]{1,3}(?:[ \u00a0\u202f][0-9]{3}){1,3}|[0-9]+(?:[.,][0-9]+)?(?:/[0-9]+(?:[.,][0-9]+)?){0,4})"
    r"\s?(g|mg|µg|microgrammes?)"
    r"(?!\w|/(?!\s?[0-9.,]+\s?(?:m?g|µg|microgrammes?)(?!\w)))",
    re.IGNORECASE,
)
_MILLIGRAMS = {"g": 1000.0, "mg": 1.0}
_NAMED = re.compile(r"\s*[^\W\d_][^0-9]*[0-9][0-9.,\s]*(?:m?g|µg|microgrammes?)\s*(?P<form>[,(]?\s*[^\W\d_]{2}.*)?", re.IGNORECASE)
_FORM = re.compile(
    r"[,(]?\s*(?:comprim|cp|g[ée]l|caps|sachet|suppo|sol|sirop|poudre|pdr|inj|patch|pommade|cr[èe]me|collyre|susp|lyoph|orodisp)",
    re.IGNORECASE,
)
_POSOLOGY = re.compile(
    r"([0-9]{1,4}) (?:comprim[ée]s?|cps?|cpr|g[ée]lules?|capsules?|sachets?),? "
    r"(?:(le matin|le midi|le soir|au coucher)|(matin et soir)|(matin,? midi et soir))"
    r"(?:,? (?:au cours|au milieu|au début|à la fin|avant|après|pendant) (?:du |d['’]un |le |les |des )?"
    r"(?:repas|petit[- ]déjeuner|déjeuner|dîner))?\.?",
    re.IGNORECASE,
)
_THOUSANDS = re.compile(r"[1-9][0-9]{0,2}[.,][0-9]{3}")
_OTHER_TAKES = re.compile(r"(?i)\bpuis\b|[0-9½¼¾]\s?(?:comprim|cp|g[ée]l|caps|sachet)")
_IN_TWO_SALTS = re.compile(r"(?i)p[ée]rindopril")  # 4 mg of one are 5 mg of the other
_EQUAL_PARTS = 12  # strengths of one medicine are to one another as small numbers; those of a salt and of its base are not
SPACED = re.compile(
    r"(?i)semaine|hebdo|\bsem\b|/s\b|mois|mensuel|trimestr|\bsur\b|tous les|toutes les|lundi|mardi|mercredi|jeudi|vendredi|samedi"
    r"|dimanche|cure|cycle|altern|dialyse|s[ée]ance|1x|\bj(?:ours?)?\s*/|/\s?7|\bj\s?[0-9]"
)
_HOURS = {"h": 1.0, "d": 24.0, "wk": 168.0, "mo": 720.0}
_OFTENEST = {1: 12, 2: 8, 3: 4}  # hours, by the takes of a day that are told
_IN_DAYS_FOR_HOURS = {1: ("24",), 2: ("12",), 3: ("6", "8")}  # periods, by the takes of a day


def of_another_strength(said: str, labels: Sequence[str], administration: Node) -> bool:
    """The passage names the medicine with one strength, that of none of its labels, nor of their substances together, nor the dose
    of a take or of a day made of these: `SOLIAN 400 mg` and one tablet a day of `SOLIAN 100 mg, comprimé`."""
    told, known = strengths(said), _strengths_of(labels)
    if len(told) != 1 or not known or not told.isdisjoint(known):
        return False
    named = _NAMED.fullmatch(said.strip())
    if named is None or not any(same_product(said, label) for label in labels):
        return False
    (strength,) = told
    if any(_IN_TWO_SALTS.search(label) and any(abs(one - 1.25 * strength) < 1e-6 for one in known) for label in labels):
        return False
    if not any(_are_as_small_numbers(strength, one) for one in known):
        return False
    doses = _doses_of(administration)
    if named["form"]:
        is_form = _FORM.match(named["form"]) is not None
        return is_form and not any(abs(dose * size - strength) < 1e-6 for dose, _ in doses for size in known)
    daily = takes_of_a_day(administration)
    if not doses or not daily:
        return False
    least = min(dose * (one if is_count else 1) for dose, is_count in doses for one in known)
    most = daily * sum(dose * (max(known) if is_count else 1) for dose, is_count in set(doses))
    return not least - 1e-6 <= strength <= most + 1e-6


def _strengths_of(labels: Iterable[str]) -> frozenset[float]:
    """Of each label those of its substances, and of them together: `MODOPAR 125` is `100 mg/25 mg`."""
    each = [strengths(label) for label in labels]
    together = [round(sum(those), 6) for those in each if len(those) > 1]
    return frozenset().union(together, *each)


def _are_as_small_numbers(one: float, other: float) -> bool:
    ratio = max(one, other) / min(one, other) * _EQUAL_PARTS if min(one, other) > 0 else 0.5
    return abs(ratio - round(ratio)) < 1e-6 * ratio


def _doses_of(administration: Node) -> list[tuple[float, bool]]:
    """The doses in milligrams, or as numbers of tablets (the answer says which); none where one of them is neither."""
    found: list[tuple[float, bool]] = []
    for quantity in administration.index.below(administration, "doseQuantity"):
        for node in (quantity, *quantity.children):
            value, unit = node.attributes.get("value", ""), node.attributes.get("unit", "{}")
            mass = _MILLIGRAMS.get(unit) or (0.001 if unit in ("ug", "mcg") else 0.0)
            if not _is_number(value):
                continue
            if not mass and unit[:1] != "1" and not counts_tablets(unit):
                return []
            found.append((float(value) * (mass or 1.0), not mass))
    return found


def takes_of_a_day(administration: Node) -> float:
    """Number of takes in a day, at least one; 0 where it is not known how often the medicine is taken."""
    hours = [_hours(period) for period in administration.index.below(administration, "period")]
    return max(1.0, 24 / min(hours)) if hours and min(hours) > 0 else 0.0


@lru_cache(maxsize=4096)
def strengths(name: str) -> frozenset[float]:
    """In milligrams. `1 000 mg` is a thousand, and `2 500 mg` may be two of 500; so `1.000 mg`, which may be one."""
    written: list[tuple[str, float]] = []
    for numbers, unit in _STRENGTH.findall(name):
        size = _MILLIGRAMS.get(unit.lower(), 0.001)
        for number in numbers.split("/"):
            parts = number.split()
            written.append(("".join(parts), size))
            if len(parts) > 1 and int(parts[-1]):
                written.append((parts[-1], size))
            if _THOUSANDS.fullmatch(number):
                written.append((number.replace(".", "").replace(",", ""), size))
    return frozenset(float(number.replace(",", ".")) * size for number, size in written)


def posology_told(said: str, cells: Iterable[str], administration: Node) -> str:
    """`dose` or `period` where the passage is a plain posology, and the administration has another: `2 comprimés le matin` and
    one; `1 comprimé matin et soir` and every twelve days, for hours, or one a day; `le matin` and every eight hours. Not where the
    row tells other takes or spaces them, nor where the administration has several moments."""
    if not said[:1].isdigit() or _is_plain(said, administration):
        return ""
    found = _plain_posology(said)
    if found is None:
        return ""
    times = 1 if found[2] else 2 if found[3] else 3
    number = int(found[1])
    row = " ".join(cell for cell in cells if cell != said)
    for quantity in administration.named.get("doseQuantity", ()):
        units = {node.attributes.get("unit", "{}") for node in (quantity, *quantity.children) if "value" in node.attributes}
        doses = _values(quantity)
        counted = all(map(counts_tablets, units))
        if counted and doses and not any(min(doses) <= taken <= max(doses) for taken in {number, number * times}):
            return "dose" if (times == 1 or number == 1) and not _OTHER_TAKES.search(row) else ""
    periods = [period for moment in administration.named.get("effectiveTime", ()) for period in moment.named.get("period", ())]
    for_hours = any(
        period.attributes.get("unit") == "d" and period.attributes.get("value") in _IN_DAYS_FOR_HOURS[times] for period in periods
    )
    otherwise = for_hours or (len(periods) == 1 and _is_spaced_otherwise(periods[0], number, times, administration))
    return "period" if otherwise and SPACED.search(row) is None and not _OTHER_TAKES.search(row) else ""


@lru_cache(maxsize=4096)
def _plain_posology(said: str) -> re.Match[str] | None:
    return _POSOLOGY.fullmatch(said)


def _is_spaced_otherwise(period: Node, number: int, times: int, administration: Node) -> bool:
    """It comes oftener than the takes that are told, three a day being every six hours to some; or but once a day, with the dose
    of one of several."""
    hours = _hours(period)
    if not hours or any(administration.index.below(administration, tag) for tag in ("event", "phase", "substanceAdministration")):
        return False
    if hours == 24 and times > 1:
        doses = [dose for quantity in administration.named.get("doseQuantity", ()) for dose in _values(quantity)]
        return bool(doses) and max(doses) == number
    return hours <= _OFTENEST[times]


def _is_plain(said: str, administration: Node) -> bool:
    """The dose is the number that the passage begins with, once each day: what most are, so that no more need be asked."""
    dose, moments = administration.named.get("doseQuantity"), administration.named.get("effectiveTime")
    bound = dose[0].named.get("low") if dose else None
    period = moments[-1].named.get("period") if moments else None
    if not bound or not period or not said.startswith(bound[0].attributes.get("value", "-")):
        return False
    return period[0].attributes.get("value") == "1" and period[0].attributes.get("unit") == "d" and " et soir" not in said


def _values(quantity: Node) -> list[float]:
    """The value of a dose, or its two bounds."""
    said = [node.attributes.get("value", "") for node in (quantity, *quantity.children)]
    return [float(value) for value in said if _is_number(value)]


def _is_number(value: str) -> bool:
    return value.replace(".", "", 1).isdigit() and value.isascii()


def _hours(period: Node) -> float:
    return hours_of(period.attributes.get("value", ""), period.attributes.get("unit", ""))


def hours_of(value: str, unit: str) -> float:
    """The hours of a duration; 0 where it is not known."""
    return float(value) * _HOURS.get(unit, 0.0) if _is_number(value) else 0.0


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
