"""Does the passage that a code, a medicine, a relative or a problem cites name another one?"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache

from ...labels import akin, fold, same_label, same_product
from ..node import Node
from .dates import is_a_date
from .labels import PassageOf, asked_of, begins_with, labels_of, names_alone, reference_of, tells
from .posology import of_another_strength
from .substances import begins_with_a_substance, is_another_substance
from .tables import cells_beside

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
# Not routes: what is made for one may be given by another. Oral forms are one (code de la santé publique, L5121-1).
_FORM = re.compile(
    r"(?i)\b(?:(compr|cps?\b|g[ée]lule|capsule|sachet|buvable|sirop)|(inject|perfus|seringue|stylo|implant)|(suppos)|(collyre)"
    r"|(cr[èe]me|pommade|gel\b(?! oral)|lotion)|(inhal|a[ée]rosol|spray|n[ée]bul)|(patch|dispositif|transderm))"
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
    passage = passage_of(reference)
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


def _is_of_another_form(said: str, names: Iterable[str]) -> bool:
    """Both tell a form, and none in common: `suppositoire` and `comprimé`."""
    told = _forms_of(said)
    own = frozenset(form for name in names for form in _forms_of(name)) if told else told
    return bool(own) and own.isdisjoint(told)


@lru_cache(maxsize=1024)
def _forms_of(name: str) -> frozenset[int]:
    return frozenset(found.lastindex or 0 for found in _FORM.finditer(name))


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
    """The label of the code that a qualifier qualifies, or of the code of the observation."""
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
    """Judged where brand and substance are both told, a narrative may name either, or another brand of the substance; or where the
    forms are not one. Another medicine is a substance, or one of the document, or has another name and another form."""
    brands = [name.text.strip() for name in material.named.get("name", ())]
    if said in brands:
        return False
    substances = list(_substances(coded))
    names = [name for name in (*brands, *substances, coded.attributes.get("displayName", "")) if name]
    are_told, of_another_form = bool(substances) and any(brands), _is_of_another_form(said, names)
    if not (are_told or of_another_form) or _WITH_STRENGTH.match(said) is None:
        return False
    if not any(same_product(said, name) for name in names):
        is_of_several = any(" et " in name or "association" in name for name in substances)
        is_another = of_another_form or begins_with_a_substance(said) or _is_told_too(said, material)
        return is_another and not is_of_several and not _is_everyday(said, names)
    administration = material.nearest("substanceAdministration", "supply") or material.index.root
    return are_told and material.parent is not None and of_another_strength(said, names, administration)


def _is_told_too(said: str, material: Node) -> bool:
    """It begins as the name of another medicine of the document does, of another substance."""
    first, own = fold(said).split()[0], _atc_of(material)
    others = (other for other in material.index.under("manufacturedMaterial") if other is not material and not own & _atc_of(other))
    return any(fold(name.text).split()[:1] == [first] for other in others for name in other.named.get("name", ()))


def _atc_of(material: Node) -> set[str]:
    coded = (one for code in material.named.get("code", ()) for one in material.index.below(code, "@code", or_self=True))
    return {one.attributes["code"] for one in coded if one.attributes.get("codeSystem") == _ATC}


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


BearersOf = Callable[[str, str], list[str]]

_PROBLEM = "1.3.6.1.4.1.19376.1.5.3.1.4.5"
_ICD10 = "2.16.840.1.113883.6.3"  # codes of one category may be told by the label of each
_RELATIVES = {  # words, with what codes of HL7 RoleCode for such a relative have in them: `NMTH` is a natural mother
    "mere": "MTH", "pere": "FTH", "frere": "BRO", "soeur": "SIS", "fils": "SON", "fille": "DAU", "grand mere": "GRMTH",
    "grand pere": "GRFTH", "oncle": "UNCLE", "tante": "AUNT",
}  # fmt: skip


def names_another(bearer: Node, passage_of: PassageOf, bearers_of: BearersOf) -> bool:
    """The passage names another relative, of a reason another problem of the document, of a problem or a reaction the label of
    another without a word of its own; or what was written of it, its originalText, leads to a date.

    bearer: the coded element. bearers_of: the codes of a system that have a label.
    """
    holder = bearer.parent
    reference = own_words = reference_of(bearer, "originalText")
    if not reference and bearer.tag == "value" and holder is not None:
        reference = reference_of(holder, "text")
    passage = passage_of(reference)
    said, label = passage.whole_text.strip() if passage is not None else "", bearer.attributes.get("displayName", "")
    if not said or said == label or holder is None:
        return False
    if own_words and is_a_date(said):
        return True
    code = bearer.attributes.get("code", "")
    match holder.tag:
        case "relatedSubject":
            return _is_another_relative(said, code)
        case "act":
            return not begins_with(said, label) and _is_another_problem(said, label, bearer)
    if begins_with(said, label) or tells(said, labels_of(holder)):
        return False
    system = bearer.attributes.get("codeSystem", "")
    bearers = bearers_of(said, system)
    return bool(bearers) and not any(one == code or (system == _ICD10 and one[:3] == code[:3]) for one in bearers)


def _is_another_relative(said: str, code: str) -> bool:
    own = _RELATIVES.get(fold(said))
    return own is not None and own not in code and any(kind in code for kind in _RELATIVES.values())


def _is_another_problem(said: str, label: str, bearer: Node) -> bool:
    """It names another problem of the document, and has no word of the label."""
    if tells(said, [label]):
        return False
    problems = bearer.index.claims.get(_PROBLEM, ())
    return any(names_alone(said, labels) and not tells(label, labels) for labels in map(labels_of, problems) if labels)


_PARTS = {  # by the beginnings of words
    "membre superieur": "deltoid bras epaule coude poignet main doigt",
    "membre inferieur": "cuisse jambe genou cheville pied hanche fess quadricep vaste",
    "epaule": "deltoid",
    "bras": "deltoid epaule",
    "cuisse": "vaste quadricep",
    "fess": "gluteal",
    "tete": "crane cerveau encephale face cou",
    "thorax": "poumon coeur sein",
    "abdomen": "foie rate pancreas rein",
}


def is_within(one: str, other: str) -> bool:
    """One of the two names a region, the other a part of it: `Épaule gauche` and `deltoïde gauche`."""
    pair = f" {fold(one)}", f" {fold(other)}"
    return any(
        f" {region}" in whole and any(f" {part}" in within for part in parts.split())
        for region, parts in _PARTS.items()
        for whole, within in (pair, pair[::-1])
    )
