"""Names and numbers of the people of a document: a civility within a name, the mailbox of somebody else, a text about another
patient, two relatives under one number."""

from __future__ import annotations

import re
from collections.abc import Mapping

from ...labels import fold
from ..narrative.tables import narrative_text
from ..node import Node, once, section_of
from .legibility import begins_with_one_of

# ---------------------------------------------------------- a civility within a name, where prefix and suffix are for it

_SIR = re.compile(r"M\.\s*[^\W\d_]['’]?[^\W\d_].*")  # with its stop: `M BAREK` is M'BAREK
_ABBREVIATED = re.compile(r"(?:M[Rr]|MME|Mme|MLLE|Mlle|D[Rr]|P[Rr])(?:\.\s*|\s+)[^\W\d_]['’]?[^\W\d_].*")  # Melle is a name too
_IN_FULL = re.compile(r"(?:Docteur|Professeur|Monsieur|Madame|Mademoiselle)\s+[A-ZÀ-Þ][A-ZÀ-Þ'’ -]+")  # so is DOCTEUR
_LENGTH = 3
_BEGINNINGS = frozenset(
    (
        *(f"{title}{sign}" for title in ("MR", "Mr", "DR", "Dr", "PR", "Pr") for sign in (" ", ".")),
        *(f"M.{letter}" for letter in " ABCDEFGHIJKLMNOPQRSTUVWXYZÉ"),
        *("MME", "Mme", "MLL", "Mll", "Mon", "Mad", "Doc", "Pro"),
    )
)


def names_are_bare(document: Node) -> bool:
    """None of the family and given names has a civility. Hardly any begins as one does, which is seen of all."""
    if not begins_with_one_of(document, _BEGINNINGS, _LENGTH):
        return True
    return all(is_bare(tag, node.text) for tag in ("family", "given") for node in document.index.below(document, tag))


def is_bare(part: str, name: str) -> bool:
    """part: `family` or `given`. The `M.` of a given name may be that of Marie."""
    name = name.strip()
    titled = _ABBREVIATED.fullmatch(name) or _IN_FULL.fullmatch(name) or (part == "family" and _SIR.fullmatch(name))
    return not titled


# ---------------------------------------------------------- the mailbox of another person of the document

_ADDRESS = re.compile(r"(?i)mailto:([^@]+)@")
_TITLES = frozenset(("dr", "docteur", "pr", "professeur"))
_SHORTEST = 3  # letters of a name: `li` is found in many


def mailbox_of_another(telecom: Node) -> bool:
    """Its local part is made of the given and family names of another person and of nothing else, `marie.dupont2`, and has no
    name of its holder, who is named: of two family names, born and married, the mailbox may have the one that is not written."""
    address = _ADDRESS.match(telecom.attributes.get("value", ""))
    holder = telecom.parent
    if address is None or holder is None:
        return False
    words = (word.strip("0123456789") for word in fold(address[1]).split())
    said = "".join(word for word in words if word not in _TITLES)
    own, given = telecom.index.below(holder, "family"), telecom.index.below(holder, "given")
    if not any(map(_joined, own)) or any(_is_told(name, said) for name in (*own, *given)):
        return False
    return any(said in _written(family) for family in telecom.index.under("family") if family not in own)


def _is_told(own: Node, said: str) -> bool:
    """Whether the mailbox has this name or one of its words: either one of `DUPONT-MARTIN`."""
    names = (_joined(own), *(word for word in fold(own.text).split() if len(word) >= _SHORTEST))
    return any(name and name in said for name in names)


def _written(family: Node) -> set[str]:
    """A person's name as a mailbox may write it: each of the given names before the family name, and after it."""
    name = _joined(family)
    others = map(_joined, family.parent.named.get("given", ()) if family.parent is not None else ())
    return {told for other in others if min(len(name), len(other)) >= _SHORTEST for told in (name + other, other + name)}


def _joined(name: Node) -> str:
    return fold(name.text).replace(" ", "")


# ---------------------------------------------------------- a text that begins with the age, sex or birth of another patient

_TOLD = re.compile(
    r"(Patiente?),?(?: âgée?)? de ([0-9]{1,3}) ?ans\b(?! (?:et|ou|à)\b)"
)  # not of a recommendation, `de 65 ans et plus`
_BORN = re.compile(  # `Patient : DUPONT Jean, né le 01/01/1950`; what is between are names
    r"Patiente?\s?:?\s?(?:(?:M|Mr|Mme|Mlle|Monsieur|Madame)\b\.?\s)?(?:[A-ZÀ-Þ][\w'’-]*,?\s){0,5}\(?n[ée]e?(?:\(e\))? le :?\s?"
    r"([0-9]{2})/([0-9]{2})/([0-9]{4})\b"
)
_A_DAY = len("19890531")
_GROWN = 15  # years: the summary of a child tells of its mother, and that of a mother of her child
_OF_RELATIVES = "10157-6"  # LOINC: history of family member diseases
_MARGIN = 1  # years: a birthday is rounded, and comes


def tells_another_patient(narrative: Node) -> bool:
    """A cell, item or paragraph of it begins with a patient older than that of the document, or born another day, or with a woman
    where it is a man. A younger one may be the same, years ago; a patient may be of either sex in the masculine; and a relative
    may be one too, as a child is, or the subject of the section."""
    if "Patient" not in narrative_text(narrative):  # mostly, and soon seen
        return False
    section = section_of(narrative)
    age, is_man, day = _patient(narrative.index.root)
    if age < _GROWN or _is_of_relatives(section) or "subject" in section.named:
        return False
    texts = [node.text.lstrip() for node in narrative.index.below(narrative, None, True) if node.has_text]
    days = ["".join(reversed(found.groups())) for found in map(_BORN.match, texts) if found]
    if len(day) == _A_DAY and any(told != day and int(told[:4]) < int(day[:4]) + _GROWN for told in days):
        return True
    begun = map(_TOLD.match, texts)
    return any(found and (int(found[2]) > age + _MARGIN or (is_man and found[1] == "Patiente")) for found in begun)


def _is_of_relatives(section: Node) -> bool:
    return any(code.attributes.get("code") == _OF_RELATIVES for code in section.named.get("code", ()))


@once
def _patient(document: Node) -> tuple[int, bool, str]:
    """Years at the time of the document, at most, or none where they are not known; whether it is a man; and the day of birth."""
    written = [time.attributes.get("value", "") for time in document.named.get("effectiveTime", ())]
    people = [one for role in document.index.under("patientRole") for one in role.named.get("patient", ())]
    born = [time.attributes.get("value", "") for one in people for time in one.named.get("birthTime", ())]
    genders = [gender.attributes.get("code", "") for one in people for gender in one.named.get("administrativeGenderCode", ())]
    years = [int(value[:4]) for value in (*written[:1], *born[:1]) if value[:4].isdecimal()]
    return (years[0] - years[1] if len(years) > 1 else 0), genders[:1] == ["M"], "".join(born[:1])[:_A_DAY]


# ---------------------------------------------------------- two relatives under one number, by their names and days of birth

_OF_A_NAME = 3  # letters: fewer are initials


def told_as_another(own: Node) -> bool:
    """The first person of the body who bears the number has none of its given names, or was born another day."""
    first = _first_bearers(own.index.root).get(_number(own), own)
    if first is own or not own.attributes.get("extension", "").strip("0"):
        return False
    born, others = _born(own), _born(first)
    return _are_others(_given(own), _given(first)) or bool(born and others and born.isdisjoint(others))


@once
def _first_bearers(document: Node) -> Mapping[tuple[str, str, str], Node]:
    """By the numbers of those who are the subject of something."""
    found: dict[tuple[str, str, str], Node] = {}
    for identifier in document.index.under("sdtc:id"):
        if identifier.parent is not None and identifier.parent.tag == "subject":
            found.setdefault(_number(identifier), identifier)
    return found


def _number(identifier: Node) -> tuple[str, str, str]:
    """Two registers may give the same one, and children are insured under the number of a parent: of one kind of relative."""
    return identifier.attributes.get("root", ""), identifier.attributes.get("extension", ""), _kind(identifier)


def _kind(identifier: Node) -> str:
    bearer = identifier.parent.parent if identifier.parent is not None else None
    codes = bearer.named.get("code", ()) if bearer is not None else ()
    return codes[0].attributes.get("code", "") if codes else ""


def _are_others(those: set[str], others: set[str]) -> bool:
    return bool(those and others) and not any(_begin_alike(one, other) for one in those for other in others)


def _begin_alike(one: str, other: str) -> bool:
    """`Catherine` and `Cathy`; or initials, `JP`."""
    letters = 1 if min(len(one), len(other)) < _OF_A_NAME else _OF_A_NAME
    return one[:letters] == other[:letters]


def _given(identifier: Node) -> set[str]:
    """An unborn child bears the name of its mother, so that of it they tell nothing."""
    bearer = identifier.parent
    if bearer is None or (_kind(identifier) == "CHILD" and "birthTime" not in bearer.named):
        return set()
    told = (given for name in bearer.named.get("name", ()) for given in name.named.get("given", ()))
    return {word for given in told for word in fold(given.text).split() if len(word) > 1}


def _born(identifier: Node) -> set[str]:
    times = identifier.parent.named.get("birthTime", ()) if identifier.parent is not None else ()
    return {value for time in times if len(value := time.attributes.get("value", "")) == _A_DAY}
