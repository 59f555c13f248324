"""Does an element say what a sibling before it says?"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence

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
    if node is siblings[0]:
        return False
    remembered = node.index.remembered
    key = (repeats_sibling, parent, node.tag)
    repeating = remembered.get(key)
    if repeating is None:
        repeating = remembered[key] = frozenset(_repeating(siblings))
    return node in repeating


def _repeating(siblings: Sequence[Node]) -> Iterator[Node]:
    """Those that say what one before them said."""
    telling = _TELLING.get(siblings[0].tag)
    if telling is None:
        siblings = list(_of_one_size(siblings))
    elif len(siblings) == len({sibling.attributes.get(telling) for sibling in siblings}):
        return
    before: set[Hashable] = set()
    for sibling in siblings:
        said = _said(sibling) if telling else _all_said(sibling)
        if said in before:
            yield sibling
        elif said is not None:
            before.add(said)


def _of_one_size(siblings: Sequence[Node]) -> Iterator[Node]:
    """Those that hold as many elements as another one, and the same first identifier: the others are not read."""
    outlines = [(node.end - node.order, _first_identifier(node)) for node in siblings]
    return (node for node, outline in zip(siblings, outlines, strict=True) if outlines.count(outline) > 1)


def _first_identifier(node: Node) -> tuple[str | None, str | None]:
    found = node.index.below(node, ("id",))
    return (found[0].attributes.get("root"), found[0].attributes.get("extension")) if found else (None, None)


def _all_said(node: Node) -> Hashable:
    said = sorted(node.attributes.items())
    return (node.tag, tuple(said), " ".join(node.text.split()), tuple(_all_said(child) for child in node.children))


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
