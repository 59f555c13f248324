"""Which must-support elements of the profiles a document follows it has, and which it does not have.

An element that is absent is no error: must-support obliges a system to be able to send and to use it, not each resource to hold it.
Source: FHIR R4, conformance rules, mustSupport.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator

from ...documents.fhir_tree import Node
from ...model import MustSupport
from .shapes import Element, Structure
from .slicing import Sorted

Sort = Callable[[list[Node], Element], Sorted]


def seen(followed: Iterable[tuple[Node, Structure]], sort: Sort) -> tuple[MustSupport, ...]:
    """followed: each resource with a profile that it follows, in any order; each pair counts once. sort: into slices."""
    counts: dict[str, Counter[str]] = {}
    resources: Counter[str] = Counter()
    structures: dict[str, Structure] = {}
    done: set[tuple[int, str]] = set()
    for node, structure in followed:
        if (mark := (id(node), structure.canonical)) in done:
            continue
        done.add(mark)
        structures[structure.canonical] = structure
        resources[structure.canonical] += 1
        present = {element.id for element in _present([node], structure.root, sort)}
        counts.setdefault(structure.canonical, Counter()).update(present)
    found = []
    for canonical, structure in structures.items():
        asked = [element.id for element in structure.by_id.values() if element.must_support and element.max != 0]
        if asked:
            said = counts[canonical]
            present_in = {id: said[id] for id in asked if said[id]}
            found.append(MustSupport(canonical, resources[canonical], present_in, tuple(id for id in asked if not said[id])))
    return tuple(found)


def _present(nodes: list[Node], element: Element, sort: Sort) -> Iterator[Element]:
    """The must-support elements at and under one, of which these are the occurrences."""
    if not nodes:
        return
    if element.must_support:
        yield element
    for child in element.children:
        inside = [(parent, _called(parent, child)) for parent in nodes]
        yield from _present([node for _, found in inside for node in found], child, sort)
        if child.slices:
            yield from _sliced([found for _, found in inside if found], child, sort)


def _sliced(lists: list[list[Node]], sliced: Element, sort: Sort) -> Iterator[Element]:
    by_slice: dict[str, list[Node]] = {}
    for nodes in lists:
        for name, found in sort(nodes, sliced).by_slice.items():
            by_slice.setdefault(name, []).extend(found)
    for one in sliced.slices:
        found = by_slice.get(one.slice_name, [])
        yield from _present(found, one, sort)
        if one.slices and found:
            yield from _sliced([found], one, sort)


def _called(parent: Node, element: Element) -> list[Node]:
    return [node for name, _ in element.names() for node in parent.children.get(name, ())]
