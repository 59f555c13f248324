"""The two sides of a discriminator: what a profile says at the end of its path, and what a document has there."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from ...documents.fhir_tree import Node
from ...remembered import remembered
from .references import Places
from .shapes import Element, Shape
from .structures import Structures
from .values import Test, test_of

_STEP = re.compile(r"(?P<function>extension|ofType|resolve|as)\((?P<argument>[^()]*)\)|(?P<name>\$this|[A-Za-z0-9_\-]+|`[^`]+`)")
Step = tuple[str, str]


@dataclass(slots=True)
class Side:
    """What a profile says at the end of a discriminator's path: elements, and values that a pattern above implies there."""

    elements: list[Element] = field(default_factory=list)
    implied: list[tuple[Any, bool]] = field(default_factory=list)  # value, whether it is fixed

    def values(self) -> list[Test]:
        """Tests of these values and of those that the elements have themselves."""
        implied = [test_of(value, exactly=fixed) for value, fixed in self.implied]
        return implied + [element.wanted[0].is_met for element in self.elements if element.wanted]


class Sides:
    """Of the slices of these definitions, by path."""

    def __init__(self, structures: Structures) -> None:
        self._structures = structures

    @remembered
    def at(self, candidate: Element, path: str) -> Side:
        """path: one that `steps_of` reads."""
        side = Side([candidate])
        for step in steps_of(path) or ():
            side = self._next(side, step)
        return side

    def _next(self, side: Side, step: Step) -> Side:
        kind, name = step
        result = Side()
        if kind == "resolve":
            return side
        if kind == "type":
            return Side([element for element in side.elements if name in element.types], side.implied)
        for value, fixed in side.implied:
            result.implied += [(one, fixed) for one in _inside(value, name if kind == "name" else "")]
        for element in side.elements:
            if kind == "name":
                for wanted in element.wanted[:1]:
                    result.implied += [(one, wanted.rule == "FHIR-FIXED") for one in _inside(wanted.value, name)]
            for shape in self._shapes(element):
                result.elements += self._called(shape, kind, name)
        return result

    def _shapes(self, element: Element) -> list[Shape]:
        """Where an element's children are told: by itself, by the profiles of its type or of what it refers to, or by its type."""
        own = self._structures.own_shape(element)
        if own is not None:
            return [own]
        named = [one for profiles in element.profiles.values() for one in profiles]
        if not named and element.types == ("Reference",):
            named = list(element.targets.get("Reference", ()))
        shapes: list[Shape] = []
        for canonical in named:
            structure = self._structures.structure(canonical)
            if structure is not None:
                shape = self._structures.own_shape(structure.root)
                if shape is not None:
                    shapes.append(shape)
        if not shapes or element.types == ("Reference",):
            shapes += [shape for code in element.types if (shape := self._structures.type_shape(code)) is not None]
        return shapes

    def _called(self, shape: Shape, kind: str, name: str) -> list[Element]:
        if kind == "extension":
            found = shape.by_name.get("extension")
            return [one for one in found.element.slices if name in (self.extension_urls(one) or ())] if found else []
        named = shape.by_name.get(name)
        elements = [named.element] if named else [element for element in shape.choices if element.name == name]
        return [one for element in elements for one in (element, *element.slices)]

    @remembered
    def extension_urls(self, candidate: Element) -> frozenset[str] | None:
        """The URLs of the extensions of a slice, None when it is not told by URL."""
        for child in candidate.children:
            if child.name == "url" and child.fixed is not None:
                return frozenset({child.fixed[1]})
        found: set[str] = set()
        for canonical in candidate.profiles.get("Extension", ()):
            structure = self._structures.structure(canonical)
            told = [child.fixed[1] for child in structure.root.children if child.name == "url" and child.fixed] if structure else []
            found |= set(told) or {canonical.partition("|")[0]}
        return frozenset(found) or None


@lru_cache(maxsize=512)
def steps_of(path: str) -> list[Step] | None:
    """A discriminator's path as steps, None when it is not of the subset that FHIR allows there."""
    steps: list[Step] = []
    at = 0
    while at < len(path):
        found = _STEP.match(path, at)
        if found is None:
            return None
        if found["function"] == "extension":
            steps.append(("extension", found["argument"].strip().strip("'\"")))
        elif found["function"] in ("ofType", "as"):
            steps.append(("type", found["argument"].strip()))
        elif found["function"] == "resolve":
            steps.append(("resolve", ""))
        elif found["name"] != "$this":
            steps.append(("name", found["name"].strip("`")))
        at = found.end()
        if at < len(path):
            if path[at] != ".":
                return None
            at += 1
    return steps


def reached(node: Node, steps: list[Step], places: Places) -> list[Node] | None:
    """The nodes at the end of a path, None when a reference on the way leads out of the document."""
    current = [node]
    for kind, name in steps:
        following: list[Node] = []
        for one in current:
            if kind == "resolve":
                if "reference" not in one.children and one.value is None:
                    continue
                target = places.target(one)
                if target is None:
                    return None
                following.append(target)
            elif kind == "extension":
                following += [item for item in one.children.get("extension", ()) if item.text("url") == name]
            elif kind == "type":
                following += [one] if one.type == name else []
            else:
                following += children_called(one, name)
        current = following
    return current


def children_called(node: Node, name: str) -> list[Node]:
    """The children of a name, a choice's without its type."""
    found = node.children.get(name)
    if found is not None:
        return found
    size = len(name)
    return [
        one
        for key, nodes in node.children.items()
        if key.startswith(name) and key[size : size + 1].isupper()
        for one in nodes
        if one.type and key[size:].lower() == one.type.lower()
    ]


def _inside(value: Any, name: str) -> list[Any]:
    if not isinstance(value, dict) or name not in value:
        return []
    found = value[name]
    return found if isinstance(found, list) else [found]
