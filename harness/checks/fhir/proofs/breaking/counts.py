"""How often an element comes, and in which slices: fewer, more, in another order, of no slice."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from .....documents.fhir_tree import Node
from ...shapes import Element
from ..editing import Pointer, held, inserted, joined, pointer, removed, replaced
from ..facets import Facet
from .subject import Deed, Subject, plain


def card(subject: Subject, facet: Facet) -> Iterator[Deed]:
    element = facet.element
    for holder in subject.holders(element):
        nodes = [node for node in subject.nodes(element) if node.parent is holder]
        if facet.name == "min":
            yield from _fewer(subject, nodes, element.min)
        else:
            yield from _more(subject, holder, nodes, element)


def slices(subject: Subject, facet: Facet) -> Iterator[Deed]:
    if facet.name in ("min", "max"):
        yield from card(subject, facet)
        return
    for holder in subject.holders(facet.element):
        nodes = [node for node in subject.nodes(facet.element) if node.parent is holder]
        if facet.name == "ordered":
            yield from _out_of_order(subject, nodes)
        else:
            yield from _of_no_slice(subject, holder, nodes, facet.element)


def _fewer(subject: Subject, nodes: list[Node], least: int) -> Iterator[Deed]:
    content = subject.content
    if not nodes:
        return
    for node in reversed(nodes[max(least - 1, 0) :]):
        content = removed(content, pointer(node))
    yield "drop", content


def _more(subject: Subject, holder: Node, nodes: list[Node], element: Element) -> Iterator[Deed]:
    at = pointer(holder)
    most = element.max or 0
    if nodes:
        content = subject.content
        value = held(content, pointer(nodes[0]))
        for _ in range(most + 1 - len(nodes)):
            if nodes[0].position is None:
                content = replaced(content, pointer(nodes[0]), [value] * (most + 1))
                break
            content = inserted(content, pointer(nodes[0]), value)
        yield "repeat", content
    elif element.max == 0:
        yield from _added(subject, at, element)


def _added(subject: Subject, at: Pointer, element: Element) -> Iterator[Deed]:
    """Adds an element that must not be there."""
    base = subject.tree.base(element) or element
    for name, type in base.names():
        for value in subject.samples(element if element.id in subject.tree.sliced else base, type):
            yield "add", joined(subject.content, at, name, value, listed=not element.single)


def _out_of_order(subject: Subject, nodes: list[Node]) -> Iterator[Deed]:
    for first, second in pairwise(nodes):
        one, other = held(subject.content, pointer(first)), held(subject.content, pointer(second))
        if one != other:
            yield "swap", replaced(replaced(subject.content, pointer(first), other), pointer(second), one)


def _of_no_slice(subject: Subject, holder: Node, nodes: list[Node], element: Element) -> Iterator[Deed]:
    at = pointer(holder)
    base = subject.tree.base(element) or element
    for name, type in base.names():
        for value in subject.samples(base, type):
            if nodes and nodes[0].position is not None:
                yield "stranger", inserted(subject.content, pointer(nodes[0]), value)
                yield "stranger", joined(subject.content, at, name, value, listed=True)
            else:
                yield "stranger", joined(subject.content, at, name, value, listed=not element.single)
    listed = [node for node in nodes if node.type == "Reference" and node.position is not None]
    for node in listed:  # where slices are told by what is referred to
        target = {**plain(subject.target_type(base)), "id": "stranger"}
        content = inserted(subject.content, pointer(node), {"reference": "#stranger"})
        yield "stranger", joined(content, pointer(node.resource), "contained", target, listed=True)
