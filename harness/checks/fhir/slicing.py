"""Which slice of a profile an element belongs to, by the value, pattern, existence, type or profile of its discriminators."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Protocol

from ...documents.fhir_tree import Node
from .references import Places
from .shapes import BASE, Element, Shape, Structure, Structures
from .values import matches

_STEP = re.compile(r"(?P<function>extension|ofType|resolve|as)\((?P<argument>[^()]*)\)|(?P<name>\$this|[A-Za-z0-9_\-]+|`[^`]+`)")
Step = tuple[str, str]
Reached = dict[str, list[Node] | None]  # by path, the nodes at its end; None where a reference leads out of the document
Test = tuple[str, str, list[Step] | None, list[tuple[Any, bool]] | None]  # kind, path, its steps, values where it asks for one


class Walker(Protocol):
    """What slicing asks of the walk."""

    def conforms(self, node: Node, structure: Structure) -> bool | None: ...

    def fits(self, node: Node, element: Element) -> bool: ...

    def member(self, node: Node, binding: dict[str, str]) -> bool | None: ...


@dataclass(slots=True)
class Side:
    """What a profile says at the end of a discriminator's path: elements, and values that a pattern above implies there."""

    elements: list[Element] = field(default_factory=list)
    implied: list[tuple[Any, bool]] = field(default_factory=list)  # value, whether it is fixed
    wanted: list[tuple[Any, bool]] | None = None  # these and those that the elements have themselves, once asked

    def values(self) -> list[tuple[Any, bool]]:
        if self.wanted is None:
            self.wanted = list(self.implied)
            for element in self.elements:
                if element.fixed is not None:
                    self.wanted.append((element.fixed[1], True))
                elif element.pattern is not None:
                    self.wanted.append((element.pattern[1], False))
        return self.wanted


@dataclass(slots=True)
class Sorted:
    """Elements of a list sorted into slices. uncertain: those of which it could not be told whether they are of a slice."""

    by_slice: dict[str, list[Node]]
    unsliced: list[Node]
    slice_of: dict[int, Element]
    uncertain: dict[str, list[Node]]
    out_of_order: list[tuple[Node, Element]]


class Slicer:
    """Sorts elements into slices; what a profile's discriminators mean is worked out once per slice."""

    def __init__(self, structures: Structures, walker: Walker) -> None:
        self._structures = structures
        self._walker = walker
        self._sides: dict[tuple[int, str], Side] = structures.kept("sides")
        self._tests: dict[tuple[int, int], list[Test]] = structures.kept("tests")
        self._silent: dict[tuple[int, str], bool] = structures.kept("silent")
        self._urls: dict[int, frozenset[str] | None] = structures.kept("urls")

    def sort(self, nodes: list[Node], sliced: Element, places: Places) -> Sorted:
        result = Sorted({}, [], {}, {}, [])
        last = -1
        discriminators = sliced.slicing["discriminator"] if sliced.slicing else ()
        ordered = bool(sliced.slicing and sliced.slicing["ordered"])
        for node in nodes:
            found: Element | None = None
            doubtful: Element | None = None
            at = 0
            reached: Reached = {}
            for rank, candidate in enumerate(sliced.slices):
                verdict = self._is_of(node, candidate, sliced, discriminators, places, reached)
                if verdict:
                    full = bool(candidate.max) and len(result.by_slice.get(candidate.slice_name, ())) >= (candidate.max or 0)
                    if found is None or not full:
                        found, at = candidate, rank
                    if not full:
                        break  # of several slices that admit it, the first that has room
                elif verdict is None:
                    doubtful = doubtful or candidate
                    result.uncertain.setdefault(candidate.slice_name, []).append(node)
            if found is not None:
                if ordered and at < last:
                    result.out_of_order.append((node, found))
                last = max(last, at)
                result.by_slice.setdefault(found.slice_name, []).append(node)
                result.slice_of[id(node)] = found
            elif doubtful is None:
                result.unsliced.append(node)
        return result

    def _is_of(
        self,
        node: Node,
        candidate: Element,
        sliced: Element,
        discriminators: Iterable[list[str]],
        places: Places,
        reached: Reached,
    ) -> bool | None:
        """reached: of this node, for all the slices that it is held against."""
        if node.type == "Extension":
            urls = self.extension_urls(candidate)
            if urls is not None:
                return node.text("url") in urls
        if not discriminators:
            return self._of_type(node, candidate) if sliced.choice else self._walker.fits(node, candidate)
        key = (id(candidate), id(sliced))
        tests = self._tests.get(key)
        if tests is None:
            tests = self._tests[key] = [
                (kind, path, steps_of(path), self._plain_values(candidate, kind, path))
                for kind, path in discriminators
                if kind not in ("value", "pattern", "profile") or not self._is_silent(candidate, path)
            ]
        doubt = not tests
        for kind, path, steps, wanted in tests:
            if steps is None or wanted is None:
                verdict = self._holds(node, candidate, kind, path, places)
            else:
                if path not in reached:
                    reached[path] = _reached(node, steps, places)
                there = reached[path]
                verdict = None if there is None else _is_one_of(there, wanted)
            if verdict is False:
                return False
            doubt = doubt or verdict is None
        return None if doubt else True

    def _plain_values(self, candidate: Element, kind: str, path: str) -> list[tuple[Any, bool]] | None:
        """The values of which a slice asks one at a path, None where it asks something else."""
        steps = steps_of(path)
        if kind not in ("value", "pattern") or steps is None:
            return None
        side = self._side(candidate, path, steps)
        return None if any(element.max == 0 for element in side.elements) else side.values() or None

    def tells(self, candidate: Element, sliced: Element) -> bool:
        """Whether a slice says something at what it is told by: where it does not, nothing can be told to be of it."""
        told = sliced.slicing["discriminator"] if sliced.slicing else ()
        return not told or any(kind not in ("value", "pattern") or not self._is_silent(candidate, path) for kind, path in told)

    def _is_silent(self, candidate: Element, path: str) -> bool:
        """Whether a slice asks nothing at a path that tells other slices apart."""
        key = (id(candidate), path)
        if key not in self._silent:
            self._silent[key] = self._asks_nothing(candidate, path)
        return self._silent[key]

    def _asks_nothing(self, candidate: Element, path: str) -> bool:
        steps = steps_of(path)
        if steps is None:
            return False
        side = self._side(candidate, path, steps)
        return not side.implied and not any(
            element.fixed
            or element.pattern
            or element.min
            or element.max == 0
            or element.children
            or element.slices
            or element.profiles
            or element.targets.get("Reference")
            for element in side.elements
        )

    def _holds(self, node: Node, candidate: Element, kind: str, path: str, places: Places) -> bool | None:
        steps = steps_of(path)
        if steps is None:
            return None
        side = self._side(candidate, path, steps)
        found = _reached(node, steps, places)
        if found is None:
            return None
        if kind == "exists":
            needed = any(element.min > 0 for element in side.elements)
            forbidden = any(element.max == 0 for element in side.elements)
            return bool(found) if needed else not found if forbidden else None
        excluded = kind in ("value", "pattern") and any(element.max == 0 for element in side.elements)
        if not found or excluded:
            return excluded and not found
        if kind == "type":
            obliged = [element for element in side.elements if element.slice_name and element.min > 0]
            return _any(self._of_any_type(one, obliged or side.elements) for one in found)
        if kind == "profile":
            return _any(self._of_profile(one, side) for one in found)
        return self._has_value(found, side)

    def _of_type(self, node: Node, candidate: Element) -> bool:
        return node.type in candidate.types

    def _of_any_type(self, node: Node, elements: list[Element]) -> bool:
        for element in elements:
            if node.type in element.types or (node.is_resource and {"Resource", "DomainResource"} & set(element.types)):
                return True
            for target in element.targets.get("Reference", ()):
                if node.is_resource and self._type_of(target) in (node.type, "Resource"):
                    return True
        return False

    def _type_of(self, canonical: str) -> str:
        if canonical.startswith(BASE) and "/" not in canonical[len(BASE) :]:
            name = canonical[len(BASE) :].partition("|")[0]
            if name[:1].isupper() and self._structures.type(name) is not None:
                return name
        structure = self._structures.structure(canonical)
        return "" if structure is None else structure.type

    def _of_profile(self, node: Node, side: Side) -> bool | None:
        doubt = False
        for element in side.elements:
            wanted = element.profiles_of(node.type, is_resource=node.is_resource)
            wanted = wanted or (element.targets.get("Reference", []) if node.is_resource else [])
            for canonical in wanted:
                structure = self._structures.structure(canonical)
                if structure is None:
                    doubt = True
                    continue
                if structure.type != node.type:
                    continue
                verdict = self._walker.conforms(node, structure)
                if verdict:
                    return True
                doubt = doubt or verdict is None
            if not wanted and self._of_any_type(node, [element]):
                return True
        return None if doubt else False

    def _has_value(self, found: list[Node], side: Side) -> bool | None:
        if wanted := side.values():
            return _is_one_of(found, wanted)
        bound = [element for element in side.elements if element.binding and element.binding["strength"] == "required"]
        if bound:
            return _any(self._walker.member(one, element.binding or {}) for one in found for element in bound)
        inside = [element for element in side.elements if element.children or element.slices]
        if inside:
            return any(self._walker.fits(one, element) for one in found for element in inside)
        return None

    def near(self, node: Node, candidate: Element, sliced: Element, places: Places) -> list[tuple[Node, Structure]]:
        """What keeps an element out of a slice, when it is only that it does not follow a profile: the profile, and of whom."""
        found: list[tuple[Node, Structure]] = []
        for kind, path in sliced.slicing["discriminator"] if sliced.slicing else ():
            steps = steps_of(path)
            if kind != "profile" or steps is None:
                if self._holds(node, candidate, kind, path, places) is not True:
                    return []
                continue
            for one in _reached(node, steps, places) or ():
                for element in self._side(candidate, path, steps).elements:
                    for canonical in element.profiles_of(one.type, is_resource=one.is_resource) or element.targets.get(
                        "Reference", []
                    ):
                        structure = self._structures.structure(canonical)
                        if structure is not None and structure.type == one.type:
                            found.append((one, structure))
        return found

    # ---------------------------------------------------------- what the profile says at a path

    def _side(self, candidate: Element, path: str, steps: list[Step]) -> Side:
        key = (id(candidate), path)
        known = self._sides.get(key)
        if known is None:
            known = self._sides[key] = self._worked_out(candidate, steps)
        return known

    def _worked_out(self, candidate: Element, steps: list[Step]) -> Side:
        side = Side([candidate])
        for step in steps:
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
                for _, value, fixed in _own_value(element):
                    result.implied += [(one, fixed) for one in _inside(value, name)]
            for shape in self._shapes(element):
                result.elements += _called(shape, kind, name, self.extension_urls)
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

    def extension_urls(self, candidate: Element) -> frozenset[str] | None:
        """The URLs of the extensions of a slice, None when it is not told by URL."""
        key = id(candidate)
        if key not in self._urls:
            self._urls[key] = self._urls_of(candidate)
        return self._urls[key]

    def _urls_of(self, candidate: Element) -> frozenset[str] | None:
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


def _is_one_of(found: list[Node], wanted: list[tuple[Any, bool]]) -> bool:
    for one in found:
        for value, exactly in wanted:
            if matches(one, value, exactly=exactly):
                return True
    return False


def _reached(node: Node, steps: list[Step], places: Places) -> list[Node] | None:
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


def _called(shape: Shape, kind: str, name: str, urls: Any) -> list[Element]:
    if kind == "extension":
        found = shape.by_name.get("extension")
        return [one for one in found[0].slices if name in (urls(one) or ())] if found else []
    named = shape.by_name.get(name)
    elements = [named[0]] if named else [element for element in shape.choices if element.name == name]
    return [one for element in elements for one in (element, *element.slices)]


def _own_value(element: Element) -> list[tuple[str, Any, bool]]:
    if element.fixed is not None:
        return [("fixed", element.fixed[1], True)]
    if element.pattern is not None:
        return [("pattern", element.pattern[1], False)]
    return []


def _inside(value: Any, name: str) -> list[Any]:
    if not isinstance(value, dict) or name not in value:
        return []
    found = value[name]
    return found if isinstance(found, list) else [found]


def _any(verdicts: Iterable[bool | None]) -> bool | None:
    doubt = False
    for verdict in verdicts:
        if verdict:
            return True
        doubt = doubt or verdict is None
    return None if doubt else False
