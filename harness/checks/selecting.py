"""Paths and conditions of constraints as functions on nodes, compiled once for a profile."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from ..model import Where
from .node import Node

Reach = Callable[[Node], Sequence[Node]]
Holds = Callable[[Node], bool]


def parents_and_last(path: str) -> tuple[Reach, Reach]:
    """How to reach, from the context element, the parents under which elements are counted; and from a parent, these elements."""
    if path == ".":
        return _itself, _itself
    if path.startswith("//"):
        return _itself, reach(path)
    before, slash, last = path.rpartition("/")
    if not slash:
        return _itself, _step(last)
    if before.endswith("/"):
        return reach(before.rstrip("/")), _descendants(last)
    return reach(before), _step(last)


def reach(path: str) -> Reach:
    """From a node to every element that the path leads to."""
    steps: list[Reach] = []
    descending = False
    for name in path.split("/"):
        if name == "":
            descending = True
            continue
        steps.append(_descendants(name) if descending else _step(name))
        descending = False
    if len(steps) == 1:
        return steps[0]

    def follow(node: Node) -> Sequence[Node]:
        found: Sequence[Node] = (node,)
        for step in steps:
            found = [further for one in found for further in step(one)]
            if not found:
                break
        return found

    return follow


def _itself(node: Node) -> Sequence[Node]:
    return (node,)


def _step(name: str) -> Reach:
    if name == ".":
        return _itself
    if name == "..":
        return lambda node: () if node.parent is None else (node.parent,)
    if name == "*":
        return lambda node: node.children
    return lambda node: node.named.get(name, ())


def _descendants(name: str) -> Reach:
    keys = None if name == "*" else (name,)
    return lambda node: node.index.below(node, keys)


def condition(where: Where) -> Holds:
    """Whether every part of a condition holds on a node."""
    parts = list(_parts(where))
    if len(parts) == 1:
        return parts[0]
    if len(parts) == 2:
        one, other = parts
        return lambda node: one(node) and other(node)
    return lambda node: all(part(node) for part in parts)


def _parts(where: Where) -> Iterator[Holds]:
    for name, values in where.attributes.items():
        yield _attribute_among(name, frozenset(values))
    if where.template is not None:
        yield _claims(where.template)
    for path in where.has:
        yield _leads(path)
    for path in where.lacks:
        yield _not(_leads(path))
    if where.null_flavor is not None:
        wanted = where.null_flavor
        yield lambda node: ("nullFlavor" in node.attributes) is wanted
    if where.types:
        types = frozenset(where.types)
        yield lambda node: node.type in types
    if where.negated is not None:
        yield _not(condition(where.negated))
    if where.any:
        options = [condition(option) for option in where.any]
        yield lambda node: any(option(node) for option in options)


def _claims(root: str) -> Holds:
    def holds(node: Node) -> bool:
        for claim in node.named.get("templateId", ()):  # noqa: SIM110 - a generator costs more than the rest
            if claim.attributes.get("root") == root:
                return True
        return False

    return holds


def _attribute_among(name: str, values: frozenset[str]) -> Holds:
    path, _, attribute = name.rpartition("@")
    if not path:
        attribute = attribute or name
        if len(values) == 1:
            (only,) = values
            return lambda node: node.attributes.get(attribute) == only
        return lambda node: node.attributes.get(attribute) in values
    further = reach(path.removesuffix("/"))
    return lambda node: any(found.attributes.get(attribute) in values for found in further(node))


def _leads(path: str) -> Holds:
    """Whether a path leads to an element, or to an attribute when its last step is one."""
    before, at, attribute = path.rpartition("@")
    if not at:
        further = reach(path)
        return lambda node: bool(further(node))
    if not before:
        return lambda node: attribute in node.attributes
    along = reach(before.removesuffix("/"))
    return lambda node: any(attribute in found.attributes for found in along(node))


def _not(holds: Holds) -> Holds:
    return lambda node: not holds(node)
