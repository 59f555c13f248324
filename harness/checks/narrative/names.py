"""Does the passage that a code or a medicine cites name another one?"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

from ...labels import akin, fold, same_label, same_product
from ..node import Node
from .labels import asked_of, reference_of
from .posology import of_another_strength
from .regions import is_within
from .substances import begins_with_a_substance, is_another_substance
from .tables import cells_beside

PassageOf = Callable[[str], Node | None]
FaultOf = Callable[[str, str, str], str]
CodesOf = Callable[[str, str], str]

_WITH_STRENGTH = re.compile(r"[^\W\d_]{4,}+.*[0-9]\s?(?:[mµ]?g|mL|UI|microgrammes?)\b", re.IGNORECASE)
_EVERYDAY = frozenset(  # what people call medicines by that have another name, and classes of them
    (  # noqa: SIM905
        "vitamine vitamines aspirine adrenaline noradrenaline cortisone corticoide corticoides thyroxine cotrimoxazole "
        "trinitrine nitroglycerine derive derives serum solute heparine hbpm insuline beta betabloquant alpha alphabloquant "
        "diuretique statine folates facteur immunoglobuline immunoglobulines contraception contraceptif pilule oestrogene "
        "oestrogenes progestatif hormone laxatif somnifere hypnotique anxiolytique neuroleptique inhibiteur sulfamide "
        "sulfamides peni albuterol biotherapie chimiotherapie vaccin collyre generique substitut supplementation"
    ).split()
)
_OF_A_CLASS = 2  # digits of EDQM: 20 are routes, 11 forms
_ENDING = 6  # letters: `pénicilline` and `benzylpénicilline`
_BROADER = {  # HL7 FHIR, hierarchies of the code systems condition-clinical and condition-ver-status
    "recurrence": "active",
    "relapse": "active",
    "remission": "inactive",
    "resolved": "inactive",
    "provisional": "unconfirmed",
    "differential": "unconfirmed",
}
_ANSWER = "LA"  # of LOINC: its answers
_FORMER_SMOKER = "LA15920-4"  # `Non-fumeur` is said of one too
_ATC = "2.16.840.1.113883.6.73"


def cites_another(bearer: Node, passage_of: PassageOf, fault_of: FaultOf, codes_of: CodesOf) -> bool:
    """The passage is the label of another code of its system, or a medicine that is neither of the brand nor of the substance of
    this one; or the agent of an allergy is another substance; or a cell beside it is the label of another answer of LOINC.

    bearer: a coded element, or a manufacturedMaterial. fault_of: what is wrong with the label of a code (`h:label-fault`).
    codes_of: those that bear a label (`h:codes-labelled`).
    """
    coded = bearer.named["code"][0] if bearer.tag == "manufacturedMaterial" and "code" in bearer.named else bearer
    reference = reference_of(coded, "originalText")
    if not reference and bearer.tag == "value" and bearer.parent is not None:
        reference = reference_of(bearer.parent, "text") or _cited_by_the_qualified(bearer.parent)
    passage = passage_of(reference) if reference else None
    if passage is None:
        return False
    said, label = passage.whole_text.strip(), coded.attributes.get("displayName", "")
    if not said or said == label:
        return False
    if bearer is coded:
        code, system = coded.attributes.get("code", ""), coded.attributes.get("codeSystem", "")
        if bearer.tag == "value" and code.startswith(_ANSWER):
            return _answers_another(
                bearer, passage, lambda told: fault_of(code, system, told) == "other" and _ANSWER in codes_of(told, system)
            )
        if bearer.tag == "value" and bearer.parent is not None and same_label(said, _asked(bearer.parent)):
            return False
        said = next((one for one in (said, *_masculine(said)) if fault_of(code, system, one) == "other"), said)
        if fault_of(code, system, said) == "other":
            others = codes_of(said, system).split(", ")
            if bearer.tag == "routeCode" and not any(one.startswith(code[:_OF_A_CLASS]) for one in others):
                return False  # a form tells the route
            return not is_within(said, label) and _kin(code).isdisjoint(others)
        return bearer.parent is not None and bearer.parent.tag == "playingEntity" and is_another_substance(said, label)
    return _is_of_another_medicine(said, bearer, coded)


def _masculine(said: str) -> Iterator[str]:
    """`Modérée`, `Légère`: the labels of degrees are masculine."""
    if said.endswith("ée"):
        yield said[:-1]
    if said.endswith("ère"):
        yield f"{said[:-3]}er"


def _cited_by_the_qualified(qualifier: Node) -> str:
    """The passage of the code that it qualifies, or of the act of this code."""
    coded = qualifier.parent if qualifier.tag == "qualifier" else None
    if coded is None:
        return ""
    return reference_of(coded, "originalText") or (reference_of(coded.parent, "text") if coded.parent is not None else "")


def _asked(bearer: Node) -> str:
    """The label of the code that a qualifier is of, or of the observation."""
    if bearer.tag != "qualifier":
        return asked_of(bearer)
    return bearer.parent.attributes.get("displayName", "") if bearer.parent is not None else ""


def _kin(code: str) -> set[str]:
    """What the status is one of, and those that it may be more closely: a text may tell less, or more."""
    return {_BROADER.get(code, ""), *(one for one, broader in _BROADER.items() if broader == code)}


def _answers_another(value: Node, passage: Node, is_another: Callable[[str], bool]) -> bool:
    """The passage, or a cell beside the name of the question, is the label of another answer, and none of this one."""
    questions = value.parent.named.get("code", ()) if value.parent is not None else ()
    asked = [one.attributes.get("displayName", "") for one in questions]
    told = [one for one in (passage.whole_text.strip(), *cells_beside(passage)[0]) if one and not akin(one, asked)]
    label = value.attributes.get("displayName", "")
    if value.attributes.get("code") == _FORMER_SMOKER:
        told = [one for one in told if not same_label(one, "Non-fumeur")]
    return not any(same_label(one, label) for one in told) and any(map(is_another, told))


def _is_of_another_medicine(said: str, material: Node, coded: Node) -> bool:
    """Judged where brand and substance are both told: a narrative may name either, or another brand of the substance. Another
    medicine is a substance, or one of the document."""
    brands = [name.text.strip() for name in material.named.get("name", ())]
    if said in brands:
        return False
    substances = list(_substances(coded))
    if not substances or not any(brands) or _WITH_STRENGTH.match(said) is None:
        return False
    names = [name for name in (*brands, *substances, coded.attributes.get("displayName", "")) if name]
    if not any(same_product(said, name) for name in names):
        is_of_several = any(" et " in name or "association" in name for name in substances)
        return (
            not is_of_several and not _is_everyday(said, names) and (begins_with_a_substance(said) or _is_told_too(said, material))
        )
    return material.parent is not None and of_another_strength(said, names, _administration_of(material))


def _is_told_too(said: str, material: Node) -> bool:
    """It begins as the name of another medicine of the document does, of another substance."""
    first, own = fold(said).split()[0], _atc_of(material)
    others = (other for other in material.index.under("manufacturedMaterial") if other is not material and not own & _atc_of(other))
    return any(fold(name.text).split()[:1] == [first] for other in others for name in other.named.get("name", ()))


def _atc_of(material: Node) -> set[str]:
    coded = (one for code in material.named.get("code", ()) for one in material.index.below(code, "@code", or_self=True))
    return {one.attributes["code"] for one in coded if one.attributes.get("codeSystem") == _ATC}


def _administration_of(material: Node) -> Node:
    at = material
    while at.parent is not None and at.tag not in ("substanceAdministration", "supply"):
        at = at.parent
    return at


def _is_everyday(said: str, names: Iterable[str]) -> bool:
    """It begins with a common name or a class, `vitamine D`, `antivitamine K`; or ends as one of the names does."""
    first = fold(said).split()[0]
    if first in _EVERYDAY or first.startswith("anti"):
        return True
    ends = (word[-_ENDING:] for name in names for word in fold(name).split() if len(word) > _ENDING)
    return len(first) > _ENDING and any(first.endswith(end) for end in ends)


def _substances(coded: Node) -> Iterator[str]:
    for translation in coded.named.get("translation", ()):
        if translation.attributes.get("codeSystem") == _ATC and (label := translation.attributes.get("displayName")):
            yield label
