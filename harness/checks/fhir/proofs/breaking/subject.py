"""A valid resource to be broken: which of its nodes each element is, and what else could stand in their place."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from .....documents.fhir_tree import Node
from ...shapes import Element, Structure
from ..editing import Json
from ..specimens import Deriver, Specimen, samples
from ..specimens.plans import Plan
from ..specimens.referring import Contained

Deed = tuple[str, Json]
"""What is done, in a word, and the resource that it makes."""


class Subject:
    """broken: a value or resource that does not follow a profile, None where none is found."""

    def __init__(self, deriver: Deriver, specimen: Specimen, broken: Callable[[Structure], Any]) -> None:
        self.deriver = deriver
        self.tree = deriver.tree
        self.structures = deriver.bench.structures
        self.content = specimen.content
        self.broken = broken
        self._met: dict[str, list[Node]] = {}
        for node, element in specimen.met:
            known = self._met.setdefault(element.id, [])
            if not any(node is one for one in known):
                known.append(node)

    def nodes(self, element: Element) -> list[Node]:
        """The nodes of an element and of its slices, in the order of the resource."""
        found = list(self._met.get(element.id, ()))
        waiting = list(element.slices)
        while waiting:
            one = waiting.pop(0)
            found += [node for node in self._met.get(one.id, ()) if not any(node is other for other in found)]
            waiting += one.slices
        return sorted(found, key=lambda node: node.position or 0)

    def holders(self, element: Element) -> Iterable[Node]:
        """The nodes whose children it is one of: not those of slices that tell their children themselves."""
        above = self.tree.above.get(element.id)
        if above is None:
            return []
        telling = {id(node) for one in self.tree if one.children and one is not above for node in self._met.get(one.id, ())}
        return [node for node in self.nodes(above) if id(node) not in telling]

    def samples(self, element: Element, type: str) -> Iterator[Any]:
        if type == "xhtml":
            return
        type = type or "BackboneElement"
        try:
            value = self.deriver.writer.value(element, type, Plan(self.referred()).telling())
        except LookupError:
            return
        if value is not None and value != {}:
            yield value

    def referred(self) -> Contained:
        return Contained(self.deriver.writer, self.structures, self.deriver.structure)

    def target_type(self, element: Element) -> str:
        for canonical in element.targets.get("Reference", ()):
            structure = self.structures.structure(canonical)
            if structure is not None:
                return structure.type
        return "Patient"


def plain(type: str) -> Json:
    """The least resource of a type."""
    needs: dict[str, Json] = {
        "Basic": {"code": {"text": samples.WORDS}},
        "OperationOutcome": {"issue": [{"severity": "error", "code": "invalid"}]},
        "Observation": {"status": "final", "code": {"text": samples.WORDS}},
    }
    return {"resourceType": type, **needs.get(type, {})}
