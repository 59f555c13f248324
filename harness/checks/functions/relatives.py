"""Are two people told under one number: a mother who bears the name of her child, or was born on two days?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from ...labels import fold
from ..node import Node, once

_A_DAY = len("19890531")


def told_as_another(identifiers: Sequence[Node]) -> bool:
    """The first person of the body who bears the number has none of its given names, or was born another day."""
    if not identifiers:
        return False
    own = identifiers[0]
    first = _first_bearers(own.index.root).get(_number(own), own)
    return first is not own and (_is_disjoint(_given(own), _given(first)) or _is_disjoint(_born(own), _born(first)))


@once
def _first_bearers(document: Node) -> Mapping[tuple[str, str], Node]:
    """By the numbers of those who are the subject of something."""
    found: defaultdict[tuple[str, str], list[Node]] = defaultdict(list)
    for identifier in document.index.under("sdtc:id"):
        if identifier.parent is not None and identifier.parent.tag == "subject":
            found[_number(identifier)].append(identifier)
    return {number: bearers[0] for number, bearers in found.items()}


def _number(identifier: Node) -> tuple[str, str]:
    """Two registers may give the same one."""
    return identifier.attributes.get("root", ""), identifier.attributes.get("extension", "")


def _is_disjoint(those: set[str], others: set[str]) -> bool:
    return bool(those and others) and those.isdisjoint(others)


def _given(identifier: Node) -> set[str]:
    names = identifier.parent.named.get("name", ()) if identifier.parent is not None else ()
    return {word for name in names for given in name.named.get("given", ()) for word in fold(given.text).split() if len(word) > 1}


def _born(identifier: Node) -> set[str]:
    times = identifier.parent.named.get("birthTime", ()) if identifier.parent is not None else ()
    return {value[:_A_DAY] for time in times if len(value := time.attributes.get("value", "")) >= _A_DAY}
