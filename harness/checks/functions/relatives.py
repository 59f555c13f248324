"""Are two people told under one number: a mother who bears the name of her child, or was born on two days?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ...labels import fold
from ..node import Node, once

_A_DAY = len("19890531")
_OF_A_NAME = 3  # letters: fewer are initials


def told_as_another(identifiers: Sequence[Node]) -> bool:
    """The first person of the body who bears the number has none of its given names, or was born another day."""
    if not identifiers:
        return False
    own = identifiers[0]
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
