"""Does an element say what a sibling before it says?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from .node import Node

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


def repeats_sibling(nodes: Sequence[Node]) -> bool:
    """Siblings are compared all at once: each would otherwise be compared with each."""
    parent = nodes[0].parent if nodes else None
    if parent is None:
        return False
    node = nodes[0]
    siblings = parent.named[node.tag]
    if len(siblings) == 1:
        return False
    remembered = node.index.remembered
    key = (repeats_sibling, parent, node.tag)
    repeating = remembered.get(key)
    if repeating is None:
        telling = _TELLING.get(node.tag)
        repeating = remembered[key] = frozenset(_repeating(siblings, telling) if telling else _alike(siblings))
    return node in repeating


def _repeating(siblings: Sequence[Node], telling: str) -> Iterator[Node]:
    """Those that say what one before them said."""
    if len(siblings) == len({sibling.attributes.get(telling) for sibling in siblings}):
        return
    before: set[tuple[str, ...]] = set()
    for sibling in siblings:
        said = _said(sibling)
        if said in before:
            yield sibling
        elif said is not None:
            before.add(said)


def _alike(siblings: Sequence[Node]) -> Iterator[Node]:
    """Those in which all is as in one before them. Few hold as many elements; most of these differ in the first ones."""
    of_size: dict[int, list[Sequence[Node]]] = {}
    for sibling in siblings:
        before = of_size.setdefault(sibling.end - sibling.order, [])
        held = sibling.index.below(sibling, None, or_self=True)
        if any(all(map(_same, held, other)) for other in before):
            yield sibling
        else:
            before.append(held)


def _same(one: Node, other: Node) -> bool:
    return (
        one.attributes == other.attributes
        and one.tag == other.tag
        and one.end - one.order == other.end - other.order
        and one.text.split() == other.text.split()
    )


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
