"""Does a passage tell the strength of the medicine, its dose and how often it is taken, as the administration does?"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

from ..labels import same_product
from .node import Node

_STRENGTH = re.compile(
    r"(?<![0-9.,])([0-9]{1,3}(?:[ \u00a0\u202f][0-9]{3})+|[0-9]+(?:[.,][0-9]+)?)\s?(g|mg|µg|microgrammes?)"
    r"(?!\w|/(?!\s?[0-9.,]+\s?(?:m?g|µg|microgrammes?)(?!\w)))",
    re.IGNORECASE,
)
_MILLIGRAMS = {"g": 1000.0, "mg": 1.0}
_NAMED = re.compile(r"\s*[^\W\d_][^0-9]*[0-9][0-9.,\s]*(?:m?g|µg|microgrammes?)\s*(?P<form>[,(]?\s*[^\W\d_]{2}.*)?", re.IGNORECASE)
_FORM = re.compile(
    r"[,(]?\s*(?:comprim|cp|g[ée]l|caps|sachet|suppo|sol|sirop|poudre|pdr|inj|patch|pommade|cr[èe]me|collyre|susp|LP\b|lyoph|orodisp)",
    re.IGNORECASE,
)
_POSOLOGY = re.compile(
    r"([0-9]+) (?:comprim[ée]s?|cps?|cpr|g[ée]lules?|capsules?|sachets?),? "
    r"(?:(le matin|le midi|le soir|au coucher)|(matin et soir)|(matin,? midi et soir))"
    r"(?:,? (?:au cours|au milieu|au début|à la fin|avant|après|pendant) (?:du |d['’]un |le |les |des )?"
    r"(?:repas|petit[- ]déjeuner|déjeuner|dîner))?\.?",
    re.IGNORECASE,
)
_SPACED = re.compile(
    r"(?i)semaine|hebdo|\bsem\b|/s\b|mois|mensuel|trimestr|\bsur\b|tous les|toutes les|lundi|mardi|mercredi|jeudi|vendredi|samedi"
    r"|dimanche|cure|cycle|alterne|1x|\bj(?:ours?)?\s*/|/\s?7|\bj\s?[0-9]"
)
_DAYS = {"h": 1 / 24, "d": 1.0, "wk": 7.0, "mo": 30.0}


def of_another_strength(said: str, labels: Sequence[str], administration: Node) -> bool:
    """The passage names the medicine with one strength, that of none of its labels, which have one, nor the dose made of these:
    `SOLIAN 400 mg` and `SOLIAN 100 mg, comprimé`."""
    told, known = strengths(said), {strength for label in labels for strength in strengths(label)}
    if len(told) != 1 or not known or not told.isdisjoint(known):
        return False
    named = _NAMED.fullmatch(said.strip())
    if named is None or not any(same_product(said, label) for label in labels):
        return False
    if named["form"]:
        return _FORM.match(named["form"]) is not None
    (strength,) = told
    doses = [dose for quantity in administration.index.below(administration, "doseQuantity") for dose in _values(quantity)]
    return bool(doses) and not any(abs(dose * one - strength) < 1e-6 or dose == strength for dose in doses for one in known)


@lru_cache(maxsize=4096)
def strengths(name: str) -> frozenset[float]:
    """In milligrams. `1 000 mg` is a thousand; and `2 500 mg` may be two of 500."""
    found = [(number, _MILLIGRAMS.get(unit.lower(), 0.001)) for number, unit in _STRENGTH.findall(name)]
    written = [("".join(number.split()), size) for number, size in found]
    written += [(number.split()[-1], size) for number, size in found if len(number.split()) > 1 and int(number.split()[-1])]
    return frozenset(float(number.replace(",", ".")) * size for number, size in written)


def posology_told(said: str, cells: Iterable[str], administration: Node) -> str:
    """`dose` or `period` where the passage is a plain posology, and the administration has another: `2 comprimés le matin` and
    one; `1 comprimé matin et soir` and every twelve days. What the row spaces otherwise (`un jour sur deux`) is not compared."""
    if not said[:1].isdigit() or _is_plain(said, administration):
        return ""
    found = _POSOLOGY.fullmatch(said)
    if found is None:
        return ""
    times = 1 if found[2] else 2 if found[3] else 3
    number = int(found[1])
    for quantity in administration.named.get("doseQuantity", ()):
        units = {node.attributes.get("unit", "{}")[:1] for node in (quantity, *quantity.children) if "value" in node.attributes}
        doses = _values(quantity)
        if units == {"{"} and doses and not any(min(doses) <= taken <= max(doses) for taken in {number, number * times}):
            return "dose" if times == 1 or number == 1 else ""
    periods = [period for moment in administration.named.get("effectiveTime", ()) for period in moment.named.get("period", ())]
    if any(_days(period) > 1 for period in periods) and _SPACED.search(" ".join(cells)) is None:
        return "period"
    return ""


def _is_plain(said: str, administration: Node) -> bool:
    """The dose is the number that the passage begins with, by hours or each day: what most are, so that no more need be asked."""
    dose, moments = administration.named.get("doseQuantity"), administration.named.get("effectiveTime")
    bound = dose[0].named.get("low") if dose else None
    period = moments[-1].named.get("period") if moments else None
    if not bound or not period or not said.startswith(bound[0].attributes.get("value", "-")):
        return False
    return period[0].attributes.get("unit") == "h" or period[0].attributes.get("value") == "1"


def _values(quantity: Node) -> list[float]:
    """Of a dose, or of its bounds."""
    said = [node.attributes.get("value", "") for node in (quantity, *quantity.children)]
    return [float(value) for value in said if value.replace(".", "", 1).isdigit() and value.isascii()]


def _days(period: Node) -> float:
    value = period.attributes.get("value", "")
    return float(value) * _DAYS.get(period.attributes.get("unit", ""), 0.0) if value.isdigit() else 0.0
