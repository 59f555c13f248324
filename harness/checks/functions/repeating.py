"""Does an element say what a sibling before it says?"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from itertools import chain
from operator import methodcaller

from ..node import Node, once

_TELLING = {
    "telecom": "value",
    "addr": "use",
    "name": "use",
    "translation": "code",
    "value": "code",
    "id": "root",
    "templateId": "root",
}
"""An attribute in which two elements that say the same agree, by their tag; others are compared with all that stands in them."""


_MANY = 8  # siblings are compared each with each; more, with those that have the same values
_values = methodcaller("values")


def repeating(nodes: Sequence[Node]) -> Collection[Node]:
    """Those that say what a sibling before them says, and perhaps siblings of theirs that do."""
    found: set[Node] = set()
    before: set[Node] = set()
    siblings: Sequence[Node] = ()
    for node in nodes:
        if node.parent is None:
            continue
        known, siblings = siblings, node.parent.named[node.tag]
        if siblings is known:
            continue
        first = siblings[0]
        if len(siblings) > 1 and first not in before:
            before.add(first)
            found.update(_repeating(siblings))
    return found


def repeats_sibling(node: Node) -> bool:
    """Siblings are compared all at once, when the first of them that has one before it is asked about: each would otherwise be
    compared with each."""
    if node.parent is None:
        return False
    first = node.parent.named[node.tag][0]
    return node is not first and node in _repeating_after(first)


@once
def _repeating_after(first: Node) -> Collection[Node]:
    return _repeating(first.parent.named[first.tag]) if first.parent is not None else ()


def _repeating(siblings: Sequence[Node]) -> Collection[Node]:
    telling = _TELLING.get(siblings[0].tag)
    if telling is None:
        return _alike(siblings)
    if len({sibling.attributes.get(telling) for sibling in siblings}) == len(siblings):
        return ()
    return frozenset(_saying_the_same(siblings))


def _saying_the_same(siblings: Sequence[Node]) -> Iterator[Node]:
    """The elements that say the same as one before them."""
    before: set[tuple[str, ...]] = set()
    for sibling in siblings:
        said = _said(sibling)
        if said in before:
            yield sibling
        elif said is not None:
            before.add(said)


def _alike(siblings: Sequence[Node]) -> Collection[Node]:
    """Those in which all is as in one before them. Few hold as many elements; most of these differ in an attribute."""
    of_size: dict[int, list[Node]] = {}
    for sibling in siblings:
        of_size.setdefault(sibling.end - sibling.order, []).append(sibling)
    if len(of_size) == len(siblings):
        return ()
    found = set()
    for alike in of_size.values():
        before: dict[Collection[str], list[tuple[list[dict[str, str]], Sequence[Node]]]] = {}
        for sibling in alike if len(alike) > 1 else ():
            held = sibling.index.below(sibling, None, or_self=True)
            said = [node.attributes for node in held]
            values = frozenset(chain.from_iterable(map(_values, said))) if len(alike) > _MANY else ()
            others = before.setdefault(values, [])
            if any(said == other and all(map(_same, held, theirs)) for other, theirs in others):
                found.add(sibling)
            else:
                others.append((said, held))
    return found


def _same(one: Node, other: Node) -> bool:
    """Of two with the same attributes."""
    return one.tag == other.tag and one.end - one.order == other.end - other.order and one.text.split() == other.text.split()


def _said(node: Node) -> tuple[str, ...] | None:
    """What makes two siblings say the same; None for one that is not compared."""
    use = node.attributes.get("use", "")
    if node.tag == "telecom":
        return (use, node.attributes.get("value", "")) if use else None
    if node.tag in ("addr", "name"):
        return (use, " ".join(node.whole_text.split()))
    if node.tag in ("translation", "value"):
        code = node.attributes.get("code", "")
        return (code, node.attributes.get("codeSystem", "")) if code else None
    return (node.attributes.get("root", ""), node.attributes.get("extension", ""))
