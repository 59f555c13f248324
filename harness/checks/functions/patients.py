"""Is a text about another patient than that of the document, by the age and the sex that it begins with?"""

from __future__ import annotations

import re

from ..node import Node, once, section_of
from .legibility import narrative_text

_TOLD = re.compile(
    r"(Patiente?),?(?: âgée?)? de ([0-9]{1,3}) ?ans\b(?! (?:et|ou|à)\b)"
)  # not of a recommendation, `de 65 ans et plus`
_GROWN = 15  # years: the summary of a child tells of its mother
_OF_RELATIVES = "10157-6"  # LOINC: history of family member diseases
_MARGIN = 1  # years: a birthday is rounded, and comes


def tells_another_patient(narrative: Node) -> bool:
    """A cell, item or paragraph of it begins with a patient older than that of the document, or with a woman where it is a man. A
    younger one may be the same, years ago; a patient may be of either sex in the masculine; and a relative may be one too."""
    if "Patient" not in narrative_text(narrative):  # mostly, and soon seen
        return False
    age, is_man = _patient(narrative.index.root)
    if age < _GROWN or _is_of_relatives(section_of(narrative)):
        return False
    begun = (_TOLD.match(node.text.lstrip()) for node in narrative.index.below(narrative, None, True) if node.has_text)
    return any(found and (int(found[2]) > age + _MARGIN or (is_man and found[1] == "Patiente")) for found in begun)


def _is_of_relatives(section: Node) -> bool:
    return any(code.attributes.get("code") == _OF_RELATIVES for code in section.named.get("code", ()))


@once
def _patient(document: Node) -> tuple[int, bool]:
    """Years at the time of the document, at most, or none where they are not known; and whether it is a man."""
    written = [time.attributes.get("value", "") for time in document.named.get("effectiveTime", ())]
    people = [one for role in document.index.under("patientRole") for one in role.named.get("patient", ())]
    born = [time.attributes.get("value", "") for one in people for time in one.named.get("birthTime", ())]
    genders = [gender.attributes.get("code", "") for one in people for gender in one.named.get("administrativeGenderCode", ())]
    years = [int(value[:4]) for value in (*written[:1], *born[:1]) if value[:4].isdecimal()]
    return (years[0] - years[1] if len(years) > 1 else 0), genders[:1] == ["M"]
