"""What tells the slices of a profile apart: the value, pattern, existence, type or profile that each asks at the end of a path.

It is worked out once per slice, from the definitions alone, as tests of what a document has there.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, NamedTuple, Protocol

from ...documents.fhir_tree import Node
from .references import Places
from .shapes import BASE, Element, Shape, Structure, Structures
from .values import Test as OfValue
from .values import test_of

_STEP = re.compile(r"(?P<function>extension|ofType|resolve|as)\((?P<argument>[^()]*)\)|(?P<name>\$this|[A-Za-z0-9_\-]+|`[^`]+`)")
_ANY = frozenset({"Resource", "DomainResource"})
Step = tuple[str, str]


class Walker(Protocol):
    """What slicing asks of the walk."""

    def conforms(self, node: Node, structure: Structure) -> bool | None: ...

    def fits(self, node: Node, element: Element) -> bool: ...

    def member(self, node: Node, binding: dict[str, str]) -> bool | None: ...


Verdict = Callable[[list[Node], Walker], bool | None]


class Test(NamedTuple):
    """What a slice asks at the end of a path. steps: None where the path is not one that FHIR allows."""

    path: str
    steps: list[Step] | None
    holds: Verdict


@dataclass(slots=True)
class Side:
    """What a profile says at the end of a discriminator's path: elements, and values that a pattern above implies there."""

    elements: list[Element] = field(default_factory=list)
    implied: list[tuple[Any, bool]] = field(default_factory=list)  # value, whether it is fixed

    def values(self) -> list[OfValue]:
        """Tests of these values and of those that the elements have themselves."""
        implied = [test_of(value, exactly=fixed) for value, fixed in self.implied]
        return implied + [element.wanted[0].is_met for element in self.elements if element.wanted]


class Discriminators:
    """What the slices of these definitions are told apart by."""

    def __init__(self, structures: Structures) -> None:
        self._structures = structures
        self._sides: dict[tuple[Element, str], Side] = {}
        self._tests: dict[tuple[Element, Element], list[Test]] = {}
        self._silent: dict[tuple[Element, str], bool] = {}
        self._urls: dict[Element, frozenset[str] | None] = {}

    def tests(self, candidate: Element, sliced: Element) -> list[Test]:
        """All have to hold of what is in the slice; none where the slice says nothing by which it could be told."""
        key = (candidate, sliced)
        known = self._tests.get(key)
        if known is None:
            known = self._tests[key] = [
                self.test(candidate, kind, path)
                for kind, path in (sliced.slicing or {}).get("discriminator", ())
                if kind not in ("value", "pattern", "profile") or not self._is_silent(candidate, path)
            ]
        return known

    def test(self, candidate: Element, kind: str, path: str) -> Test:
        steps = steps_of(path)
        if steps is None:
            return Test(path, None, lambda _found, _walker: None)
        side = self.side(candidate, path, steps)
        forbidden = any(element.max == 0 for element in side.elements)
        if kind == "exists":
            if any(element.min > 0 for element in side.elements):
                return Test(path, steps, lambda found, _: bool(found))
            return Test(path, steps, lambda found, _: not found if forbidden else None)
        if kind in ("value", "pattern") and forbidden:
            return Test(path, steps, lambda found, _: not found)
        if kind == "type":
            obliged = [element for element in side.elements if element.slice_name and element.min > 0]
            of_type = self._of_types(obliged or side.elements)
            return Test(path, steps, lambda found, _: any(map(of_type, found)))
        if kind == "profile":
            of_profile = self._of_profiles(side)
            return Test(path, steps, lambda found, walker: _any(of_profile(one, walker) for one in found))
        return Test(path, steps, _of_value(side))

    def tells(self, candidate: Element, sliced: Element) -> bool:
        """Whether a slice says something at what it is told by: where it does not, nothing can be told to be of it."""
        told = sliced.slicing["discriminator"] if sliced.slicing else ()
        return not told or any(kind not in ("value", "pattern") or not self._is_silent(candidate, path) for kind, path in told)

    def _is_silent(self, candidate: Element, path: str) -> bool:
        """Whether a slice asks nothing at a path that tells other slices apart."""
        key = (candidate, path)
        if key not in self._silent:
            self._silent[key] = self._asks_nothing(candidate, path)
        return self._silent[key]

    def _asks_nothing(self, candidate: Element, path: str) -> bool:
        steps = steps_of(path)
        if steps is None:
            return False
        side = self.side(candidate, path, steps)
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

    # ---------------------------------------------------------- types and profiles

    def _of_types(self, elements: list[Element]) -> Callable[[Node], bool]:
        """Whether a node is of a type of one of these elements, or what one of them refers to."""
        by_type: dict[tuple[str, bool], bool] = {}

        def told(type: str, *, is_resource: bool) -> bool:
            types = {code for element in elements for code in element.types}
            if type in types or (is_resource and types & _ANY):
                return True
            targets = [target for element in elements for target in element.targets.get("Reference", ())] if is_resource else ()
            return any(self._type_of(target) in (type, "Resource") for target in targets)

        def of_type(node: Node) -> bool:
            key = (node.type, node.is_resource)
            if key not in by_type:
                by_type[key] = told(key[0], is_resource=key[1])
            return by_type[key]

        return of_type

    def _type_of(self, canonical: str) -> str:
        if canonical.startswith(BASE) and "/" not in canonical[len(BASE) :]:
            name = canonical[len(BASE) :].partition("|")[0]
            if name[:1].isupper() and self._structures.type(name) is not None:
                return name
        structure = self._structures.structure(canonical)
        return "" if structure is None else structure.type

    def _of_profiles(self, side: Side) -> Callable[[Node, Walker], bool | None]:
        """Whether a node follows a profile that is asked there; where none is, whether it is of a type that is."""
        by_type: dict[tuple[str, bool], tuple[list[Structure], bool, bool]] = {}

        def asked(node: Node, *, is_resource: bool) -> tuple[list[Structure], bool, bool]:
            """The profiles of its type, whether one of all is not known, whether its type alone is enough."""
            structures: list[Structure] = []
            doubt = enough = False
            for element in side.elements:
                wanted = element.profiles_of(node.type, is_resource=is_resource)
                wanted = wanted or (element.targets.get("Reference", []) if is_resource else [])
                known = [self._structures.structure(canonical) for canonical in wanted]
                doubt = doubt or None in known
                structures += [one for one in known if one is not None and one.type == node.type]
                enough = enough or (not wanted and self._of_types([element])(node))
            return structures, doubt, enough

        def of_profile(node: Node, walker: Walker) -> bool | None:
            key = (node.type, node.is_resource)
            if key not in by_type:
                by_type[key] = asked(node, is_resource=key[1])
            structures, doubt, enough = by_type[key]
            if enough:
                return True
            for structure in structures:
                verdict = walker.conforms(node, structure)
                if verdict:
                    return True
                doubt = doubt or verdict is None
            return None if doubt else False

        return of_profile

    # ---------------------------------------------------------- what the profile says at a path

    def side(self, candidate: Element, path: str, steps: list[Step]) -> Side:
        key = (candidate, path)
        known = self._sides.get(key)
        if known is None:
            known = Side([candidate])
            for step in steps:
                known = self._next(known, step)
            self._sides[key] = known
        return known

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
            return [one for one in found[0].slices if name in (self.extension_urls(one) or ())] if found else []
        named = shape.by_name.get(name)
        elements = [named[0]] if named else [element for element in shape.choices if element.name == name]
        return [one for element in elements for one in (element, *element.slices)]

    def extension_urls(self, candidate: Element) -> frozenset[str] | None:
        """The URLs of the extensions of a slice, None when it is not told by URL."""
        if candidate not in self._urls:
            self._urls[candidate] = self._urls_of(candidate)
        return self._urls[candidate]

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


def _of_value(side: Side) -> Verdict:
    """By a value or a pattern where there is one, else by the codes, else by the content that is asked."""
    if wanted := side.values():
        if len(wanted) == 1:
            return lambda found, _: any(map(wanted[0], found))
        return lambda found, _: any(test(one) for one in found for test in wanted)
    bound = [element.binding or {} for element in side.elements if element.binding and element.binding["strength"] == "required"]
    if bound:
        return lambda found, walker: _any(walker.member(one, binding) for one in found for binding in bound)
    inside = [element for element in side.elements if element.children or element.slices]
    if inside:
        return lambda found, walker: any(walker.fits(one, element) for one in found for element in inside)
    return lambda found, _: None if found else False


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


def _any(verdicts: Iterable[bool | None]) -> bool | None:
    doubt = False
    for verdict in verdicts:
        if verdict:
            return True
        doubt = doubt or verdict is None
    return None if doubt else False
