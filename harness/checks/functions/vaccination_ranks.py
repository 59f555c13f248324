"""Are the doses of a vaccine dated in the order of their ranks?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ... import timestamps
from ..node import Node, once, section_of

_RANK = "30973-2"
_LONGEST_RANK = 4
_SERIES = frozenset(("INITIMMUNIZ", "BOOSTER"))


def ranks_in_order(administration: Node) -> bool:
    """False where another administration of the section, of the same series and product, has a lower rank and is later.

    Not where that rank was given before too: each season has its ranks, and who was vaccinated anew has them twice. Nor where the
    code tells no series, so that a booster may be counted among the first doses.
    """
    doses = _doses(section_of(administration))
    dose = doses.get(administration)
    if dose is None:
        return True
    alike = [one for one in doses.values() if one is not dose and one[2] == dose[2] and not one[3].isdisjoint(dose[3])]
    later = {one[0] for one in alike if one[0] < dose[0] and one[1].is_after(dose[1])}
    return not later.difference(one[0] for one in alike if dose[1].is_after(one[1]))


_Dose = tuple[int, timestamps.Timestamp, str, frozenset[str]]


@once
def _doses(section: Node) -> Mapping[Node, _Dose]:
    given = section.index.below(section, "substanceAdministration")
    return {node: dose for node in given if (dose := _dose(node)) is not None}


def _dose(node: Node) -> _Dose | None:
    """Rank, time, code of the series (first doses or boosters) and codes of the product of what was given."""
    if node.attributes.get("moodCode") != "EVN" or node.attributes.get("negationInd") == "true":
        return None
    rank = next(ranks_of(node), "")
    time = next((moment.attributes.get("value", "") for moment in node.named.get("effectiveTime", ())), "")
    given = timestamps.parse_timestamp(time)
    series = next((code.attributes.get("code", "") for code in node.named.get("code", ())), "")
    if not rank.isdecimal() or len(rank) > _LONGEST_RANK or given is None or series not in _SERIES:
        return None
    products = (code for held in node.named.get("consumable", ()) for code in node.index.below(held, ("code", "translation")))
    return int(rank), given, series, frozenset(code.attributes["code"] for code in products if "code" in code.attributes)


def ranks_of(administration: Node) -> Iterator[str]:
    """Which dose of its series it was, as the observations that it holds tell."""
    for held in administration.named.get("entryRelationship", ()):
        for observed in held.named.get("observation", ()):
            if any(code.attributes.get("code") == _RANK for code in observed.named.get("code", ())):
                yield from (rank for value in observed.named.get("value", ()) if (rank := value.attributes.get("value", "")))
