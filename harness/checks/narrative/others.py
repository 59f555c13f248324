"""Does the passage that a relative, a reason or a problem cites name another one?"""

from __future__ import annotations

from collections.abc import Callable

from ...labels import fold
from ..node import Node
from .dates import is_a_date
from .labels import begins_with, labels_of, names_alone, reference_of, tells

PassageOf = Callable[[str], Node | None]
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
    passage = passage_of(reference) if reference else None
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
