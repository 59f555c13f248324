"""One code under two labels of which one says the contrary of the other: the code, or the label, was left when an entry was copied.

Labels that only differ are not told: a diagnosis may be written in the words of every day.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from ..node import Node, once

_CONTRARIES = tuple(
    (re.compile(one, re.IGNORECASE), re.compile(other, re.IGNORECASE))
    for one, other in ((r"\baig[uü]", r"\bchroniq"), (r"\bb[ée]ni[ng]", r"\bmali[ng]"), (r"\btype (1|I)\b", r"\btype (2|II)\b"))
)


def label_elsewhere(own: Node) -> str:
    """The label under which the document first writes the code of the element, where the two are contrary: or the empty text."""
    label = own.attributes.get("displayName", "")
    first = _first_labels(own.index.root).get(_code(own), label)
    return first if first != label and any(_has_alone(*pair, first, label) for pair in _CONTRARIES) else ""


@once
def _first_labels(document: Node) -> Mapping[tuple[str, str], str]:
    found: dict[tuple[str, str], str] = {}
    for coded in document.index.under("@displayName"):
        found.setdefault(_code(coded), coded.attributes["displayName"])
    return found


def _code(coded: Node) -> tuple[str, str]:
    return coded.attributes.get("code", ""), coded.attributes.get("codeSystem", "")


def _has_alone(left: re.Pattern[str], right: re.Pattern[str], one: str, other: str) -> bool:
    """Each has a word of the pair, and not the same."""
    has = [tuple(word.search(label) is not None for word in (left, right)) for label in (one, other)]
    return sorted(has) == [(False, True), (True, False)]
