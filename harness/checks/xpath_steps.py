"""Steps of location paths on nodes: axes, node tests, and which keys of the document's index a step can start from."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from lxml import etree

from ..library.xpath import Expression, depends_on_position
from .node import Node
from .xpath_values import Item

Nodes = Callable[[Node], Sequence[Item]]
_characters = etree.XPath("text()")


def alone(node: Node) -> Sequence[Node]:
    return (node,)


def root_of(node: Node) -> Sequence[Node]:
    return (node.index.root,)


def children_step(test: tuple[Any, ...]) -> Nodes:
    match test:
        case ("name", tag):
            return lambda node: node.named.get(tag, ())
        case ("any",) | ("node",):
            return lambda node: node.children
        case ("characters",):
            return lambda node: [str(text) for text in _characters(node.element)]  # type: ignore[union-attr]
    passes = tag_test(test)
    return lambda node: [child for child in node.children if passes(child.tag)]


def attribute_step(test: tuple[Any, ...]) -> Nodes:
    if test[0] == "name":
        name = test[1]
        return lambda node: (node.attributes[name],) if name in node.attributes else ()
    return lambda node: list(node.attributes.values())


def tag_test(test: tuple[Any, ...]) -> Callable[[str], bool]:
    match test:
        case ("name", tag):
            return lambda found: found == tag
        case ("any in", ""):
            return lambda found: ":" not in found and "{" not in found
        case ("any in", prefix):
            return lambda found: found.startswith(prefix)
        case ("characters",):
            return lambda _found: False
    return lambda _found: True


def index_keys(test: tuple[Any, ...], predicates: Sequence[Expression]) -> tuple[tuple[str, ...] | None, Sequence[Expression]]:
    """Keys of the document's index, under one of which every node that can pass stands, and the predicates left to ask.

    None when there are no such keys. Tags are better keys than attributes: fewer nodes have them.
    """
    if test[0] == "name":
        return (test[1],), predicates
    if test[0] not in ("any", "node"):
        return None, predicates
    best: tuple[str, ...] | None = None
    chosen = -1
    for number, predicate in enumerate(predicates):
        if depends_on_position(predicate):
            break
        keys = _keys(predicate)
        if keys is not None and (best is None or (best[0][0] == "@" and not any(key[0] == "@" for key in keys))):
            best, chosen = keys, number
    if best is None:
        return None, predicates
    left = [predicate for number, predicate in enumerate(predicates) if number != chosen or not _is_just_keys(predicate)]
    return best, left


def _keys(predicate: Any) -> tuple[str, ...] | None:
    match predicate:
        case ("path", "context", (("self", ("name", tag), _), *_)):
            return (tag,)
        case ("path", "context", (("attribute", ("name", name), ()),)):
            return (f"@{name}",)
        case ("compare", "=", left, right):
            return _keys(left) if left[0] == "path" else _keys(right)
        case ("or", left, right):
            one, other = _keys(left), _keys(right)
            return None if one is None or other is None else tuple(dict.fromkeys((*one, *other)))
        case ("and", left, right):
            return _keys(left) or _keys(right)
    return None


def _is_just_keys(predicate: Any) -> bool:
    """Every node that stands under its keys passes: `@a or self::x`."""
    match predicate:
        case ("path", "context", (("self" | "attribute", ("name", _), ()),)):
            return True
        case ("or", left, right):
            return _is_just_keys(left) and _is_just_keys(right)
    return False


def in_order(found: Sequence[Item]) -> Sequence[Item]:
    """Each node once, in document order. Texts are left as they are: they come from steps that give each once."""
    if found and type(found[0]) is str:
        return found
    return [node for _, node in sorted({node.order: node for node in found}.items())]


def _ancestors(node: Node) -> list[Node]:
    found = []
    current = node.parent
    while current is not None:
        found.append(current)
        current = current.parent
    return found


def _siblings(node: Node) -> tuple[Sequence[Node], int]:
    siblings = (node,) if node.parent is None else node.parent.children
    return siblings, next(place for place, sibling in enumerate(siblings) if sibling is node)


def has_before(node: Node, tag: str) -> bool:
    """A sibling of this tag stands before the node."""
    same = None if node.parent is None else node.parent.named.get(tag)
    return same is not None and same[0].order < node.order


def _before(node: Node) -> list[Node]:
    """The nearest first, as positions count on this axis."""
    siblings, place = _siblings(node)
    return list(reversed(siblings[:place]))


def _after(node: Node) -> list[Node]:
    siblings, place = _siblings(node)
    return list(siblings[place + 1 :])


AXES: Mapping[str, Callable[[Node], Sequence[Node]]] = {
    "self": alone,
    "parent": lambda node: () if node.parent is None else (node.parent,),
    "ancestor": _ancestors,
    "ancestor-or-self": lambda node: [node, *_ancestors(node)],
    "preceding-sibling": _before,
    "following-sibling": _after,
}
