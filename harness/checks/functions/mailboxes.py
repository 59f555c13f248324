"""Is the mailbox of a professional that of another person of the document?"""

from __future__ import annotations

import re

from ...labels import fold
from ..node import Node

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
    """It, or one of its words: of `DUPONT-MARTIN` the mailbox may have either."""
    names = (_joined(own), *(word for word in fold(own.text).split() if len(word) >= _SHORTEST))
    return any(name and name in said for name in names)


def _written(family: Node) -> set[str]:
    """A person's name as a mailbox may write it: each of the given names before the family name, and after it."""
    name = _joined(family)
    others = map(_joined, family.parent.named.get("given", ()) if family.parent is not None else ())
    return {told for other in others if min(len(name), len(other)) >= _SHORTEST for told in (name + other, other + name)}


def _joined(name: Node) -> str:
    return fold(name.text).replace(" ", "")
