"""One code under two labels that tell two things: the code, or the label, was left when an entry was copied."""

from __future__ import annotations

import re
from collections.abc import Mapping

from ...labels import akin, fold
from ..node import Node, once

_TELLING = 2  # words: one may be what people call by its everyday name, `Rhume`
_IN_SHORT = re.compile(r"\b[A-Z]{2,6}\b")  # `HTA essentielle`
_CONTRARIES = tuple(
    (re.compile(one, re.IGNORECASE), re.compile(other, re.IGNORECASE))
    for one, other in ((r"\baig[uü]", r"\bchroniq"), (r"\bb[ée]ni[ng]", r"\bmali[ng]"), (r"\btype (1|I)\b", r"\btype (2|II)\b"))
)


def label_elsewhere(own: Node) -> str:
    """The label under which the document first writes the code of the element, where the two have no word in common or have
    contrary ones, acute and chronic; or the empty text."""
    label = own.attributes.get("displayName", "")
    first = _first_labels(own.index.root).get(_code(own), label)
    return first if first != label and _tell_two_things(first, label) else ""


@once
def _first_labels(document: Node) -> Mapping[tuple[str, str], str]:
    found: dict[tuple[str, str], str] = {}
    for coded in document.index.under("@displayName"):
        found.setdefault(_code(coded), coded.attributes["displayName"])
    return found


def _code(coded: Node) -> tuple[str, str]:
    return coded.attributes.get("code", ""), coded.attributes.get("codeSystem", "")


def _tell_two_things(one: str, other: str) -> bool:
    if any(len(fold(label).split()) < _TELLING or _IN_SHORT.search(label) for label in (one, other)):
        return False
    return not akin(one, [other]) or any(_has_alone(left, right, one, other) for left, right in _CONTRARIES)


def _has_alone(left: re.Pattern[str], right: re.Pattern[str], one: str, other: str) -> bool:
    """Each has a word of the pair, and not the same."""
    has = [tuple(word.search(label) is not None for word in (left, right)) for label in (one, other)]
    return has in ([(True, False), (False, True)], [(False, True), (True, False)])
