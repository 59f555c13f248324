"""Which slice of a profile an element belongs to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ...documents.fhir_tree import Node
from .discriminators import Discriminators, Test
from .references import Places
from .shapes import Element, Structure
from .sides import Sides, reached, steps_of
from .structures import Structures

if TYPE_CHECKING:
    from .walk import Walk

Reached = dict[str, list[Node] | None]  # by path, the nodes at its end; None where a reference leads out of the document


@dataclass(slots=True)
class Sorted:
    """Elements of a list sorted into slices. uncertain: those of which it could not be told whether they are of a slice."""

    by_slice: dict[str, list[Node]]
    unsliced: list[Node]
    slice_of: dict[int, Element]
    uncertain: dict[str, list[Node]]
    out_of_order: list[tuple[Node, Element]]


class Slicer:
    """Sorts the elements of any document into slices. walk: the walk of the document."""

    def __init__(self, structures: Structures) -> None:
        self._structures = structures
        self._discriminators = structures.kept(Discriminators)
        self._sides = structures.kept(Sides)

    def sort(self, nodes: list[Node], sliced: Element, places: Places, walk: Walk) -> Sorted:
        result = Sorted({}, [], {}, {}, [])
        last = -1
        ordered = bool(sliced.slicing and sliced.slicing["ordered"])
        choice = self._discriminators.choice(sliced)
        default = choice.default
        for node in nodes:
            found: Element | None = None
            doubtful = False
            at = 0
            ends: Reached = {}
            for rank, candidate, tests in choice.slices(node, places, ends):
                if candidate is default:
                    continue
                verdict = self._is_of(node, candidate, sliced, tests, places, ends, walk)
                if verdict:
                    full = bool(candidate.max) and len(result.by_slice.get(candidate.slice_name, ())) >= (candidate.max or 0)
                    if found is None or not full:
                        found, at = candidate, rank
                    if not full:
                        break  # of several slices that admit it, the first that has room
                elif verdict is None:
                    doubtful = True
                    result.uncertain.setdefault(candidate.slice_name, []).append(node)
            if found is None and not doubtful:
                found, at = default, last
            if found is not None:
                if ordered and at < last:
                    result.out_of_order.append((node, found))
                last = max(last, at)
                result.by_slice.setdefault(found.slice_name, []).append(node)
                result.slice_of[id(node)] = found
            elif not doubtful:
                result.unsliced.append(node)
        return result

    def _is_of(
        self,
        node: Node,
        candidate: Element,
        sliced: Element,
        tests: list[Test],
        places: Places,
        ends: Reached,
        walk: Walk,
    ) -> bool | None:
        """ends: of this node's paths, for all the slices that it is held against."""
        if node.type == "Extension":
            urls = self.extension_urls(candidate)
            if urls is not None and (node.text("url") not in urls or not tests):
                return node.text("url") in urls
        if not (sliced.slicing and sliced.slicing["discriminator"]):
            return node.type in candidate.types if sliced.choice else walk.fits(node, candidate)
        doubt = not tests
        for path, steps, holds, _ in tests:
            if path not in ends:
                ends[path] = None if steps is None else reached(node, steps, places)
            there = ends[path]
            verdict = None if there is None else holds(there, walk)
            if verdict is False:
                return False
            doubt = doubt or verdict is None
        return None if doubt else True

    def tells(self, candidate: Element, sliced: Element) -> bool:
        """Whether a slice constrains what discriminates it: where it does not, no node can be recognised as its own."""
        return self._discriminators.tells(candidate, sliced)

    def said(self, candidate: Element, sliced: Element) -> str:
        """How a slice is recognised, in few words; empty where no value tells it."""
        return self._discriminators.said(candidate, sliced)

    def extension_urls(self, candidate: Element) -> frozenset[str] | None:
        """The URLs of the extensions of a slice, None when it is not told by URL."""
        return self._sides.extension_urls(candidate)

    def possible(self, node: Node, sliced: Element, places: Places) -> list[Element]:
        """The slices that an element could be of by what is there."""
        return [candidate for _, candidate, _ in self._discriminators.choice(sliced).slices(node, places, {})]

    def near(self, node: Node, candidate: Element, sliced: Element, places: Places, walk: Walk) -> list[tuple[Node, Structure]]:
        """What keeps an element out of a slice, when it is only that it does not follow a profile: the profile, and of whom."""
        found: list[tuple[Node, Structure]] = []
        for kind, path in sliced.slicing["discriminator"] if sliced.slicing else ():
            steps = steps_of(path)
            there = None if steps is None else reached(node, steps, places)
            if kind != "profile" or steps is None:
                if there is None or self._discriminators.test(candidate, kind, path).holds(there, walk) is not True:
                    return []
                continue
            for one in there or ():
                for element in self._sides.at(candidate, path).elements:
                    for canonical in element.profiles_of(one.type, is_resource=one.is_resource) or element.targets.get(
                        "Reference", []
                    ):
                        structure = self._structures.structure(canonical)
                        if structure is not None and structure.type == one.type:
                            found.append((one, structure))
        return found
