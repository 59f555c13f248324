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
    return _contrary_to_first(own.index.root, own.attributes.get("codeSystem", "")).get(own, "")


@once
def _contrary_to_first(document: Node, system: str) -> Mapping[Node, str]:
    """The elements whose label is contrary to the first one of their code in this system, and that one."""
    first: dict[str, str] = {}
    found: dict[Node, str] = {}
    for coded in document.index.under(f"=codeSystem={system}"):
        label = coded.attributes.get("displayName")
        if label is None:
            continue
        before = first.setdefault(coded.attributes.get("code", ""), label)
        if before != label and any(_has_alone(*pair, before, label) for pair in _CONTRARIES):
            found[coded] = before
    return found


def _has_alone(left: re.Pattern[str], right: re.Pattern[str], one: str, other: str) -> bool:
    """Each has a word of the pair, and not the same."""
    has = [tuple(word.search(label) is not None for word in (left, right)) for label in (one, other)]
    return sorted(has) == [(False, True), (True, False)]
