"""What tells the slices of a profile apart: the value, pattern, existence, type or profile that each asks at the end of a path.

It is worked out once per slice, from the definitions alone, as tests of what a document has there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, NamedTuple

from ...documents.fhir_tree import Node
from ...remembered import remembered
from .references import Places
from .shapes import ANY, BASE, Element, Structure
from .sides import Side, Sides, Step, reached, steps_of
from .structures import Structures
from .values import told

if TYPE_CHECKING:
    from .walk import Walk


Verdict = Callable[[list[Node], "Walk"], bool | None]


class Test(NamedTuple):
    """What a slice asks at the end of a path.

    steps: None where the path is not one that FHIR allows; may_hold: of what is there alone, by its type, where that tells.
    """

    path: str
    steps: list[Step] | None
    holds: Verdict
    may_hold: Callable[[Node], bool] | None = None


_DEFAULT = "@default"  # the slice of what is of no other (R4, profiling, default slice)
Ranked = tuple[int, Element, list[Test]]  # a slice: its place among the others, and what is asked of what is in it


class Choice:
    """The slices of an element, and those that a node may belong to. default: the slice of whatever fits no other."""

    def __init__(self, slices: list[Ranked], urls: list[frozenset[str] | None]) -> None:
        self._slices = slices
        self.default = next((one for _, one, _ in slices if one.slice_name == _DEFAULT), None)
        self._by_type: dict[tuple[str, bool], list[Ranked]] = {}
        told = [(test.path, test.steps) for _, _, tests in slices for test in tests[:1] if test.may_hold is not None]
        self._is_by_type = bool(told) and len(told) == len(slices) and all(one == told[0] for one in told)
        self._by_url: dict[str, list[Ranked]] | None = None if None in urls else {}
        if self._by_url is not None:
            for ranked, known in zip(slices, urls, strict=True):
                for url in known or ():
                    self._by_url.setdefault(url, []).append(ranked)

    def slices(self, node: Node, places: Places, ends: dict[str, list[Node] | None]) -> list[Ranked]:
        """ends: of the paths from this node, filled here."""
        if self._by_url is not None and node.type == "Extension":
            return self._by_url.get(node.text("url"), [])
        if not self._is_by_type:
            return self._slices
        path, steps, _, _ = self._slices[0][2][0]
        there = ends[path] = reached(node, steps or [], places)
        if there is None or len(there) != 1:
            return self._slices
        key = (there[0].type, there[0].is_resource)
        found = self._by_type.get(key)
        if found is None:
            found = self._by_type[key] = [one for one in self._slices if (may := one[2][0].may_hold) is None or may(there[0])]
        return found


class Discriminators:
    """How the slices of these definitions are told apart."""

    def __init__(self, structures: Structures) -> None:
        self._structures = structures
        self._sides = structures.kept(Sides)

    @remembered
    def choice(self, sliced: Element) -> Choice:
        slices = [(rank, candidate, self._tests(candidate, sliced)) for rank, candidate in enumerate(sliced.slices)]
        return Choice(slices, [self._sides.extension_urls(candidate) for candidate in sliced.slices])

    def _tests(self, candidate: Element, sliced: Element) -> list[Test]:
        """The tests that a node of the slice passes, all of them; empty where the slice gives no way to recognise it.

        The address of an extension is told beside them, by the profile that its slice names too.
        """
        is_by_url = self._sides.extension_urls(candidate) is not None
        return [
            self.test(candidate, kind, path)
            for kind, path in (sliced.slicing or {}).get("discriminator", ())
            if kind not in ("value", "pattern", "profile")
            or not ((is_by_url and path == "url") or self._is_silent(candidate, sliced, path))
        ]

    def test(self, candidate: Element, kind: str, path: str) -> Test:
        steps = steps_of(path)
        if steps is None:
            return Test(path, None, lambda _found, _walk: None)
        side = self._sides.at(candidate, path)
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
            return Test(path, steps, lambda found, _: any(map(of_type, found)), of_type)
        if kind == "profile":
            asked = self._profiles(side)

            def of_profile(node: Node, walk: Walk) -> bool | None:
                profiles, doubt, is_enough = asked(node)
                if is_enough or any(walk.conforms(node, one) for one in profiles):
                    return True
                return None if doubt else False

            return Test(path, steps, lambda found, walk: _any(of_profile(one, walk) for one in found), lambda one: any(asked(one)))
        return Test(path, steps, _of_value(side))

    def tells(self, candidate: Element, sliced: Element) -> bool:
        """Whether a slice constrains what discriminates it: where it does not, no node can be recognised as its own."""
        by = sliced.slicing["discriminator"] if sliced.slicing else ()
        return not by or any(kind not in ("value", "pattern") or not self._is_silent(candidate, sliced, path) for kind, path in by)

    def said(self, candidate: Element, sliced: Element) -> str:
        """How a slice is recognised, in few words; empty where no value tells it."""
        if urls := self._sides.extension_urls(candidate):
            return f"url = {', '.join(sorted(urls))}"
        parts: list[str] = []
        for kind, path in (sliced.slicing or {}).get("discriminator", ()):
            side = self._sides.at(candidate, path)
            wanted = [value for value, _ in side.implied] + [one.wanted[0].value for one in side.elements if one.wanted]
            if kind in ("value", "pattern") and wanted:
                parts.append(told(wanted[0] if path == "$this" else {path: wanted[0]}))
            elif kind == "profile":
                asked = [one for element in side.elements for profiles in element.profiles.values() for one in profiles]
                names = [known.title for one in asked if (known := self._structures.structure(one)) is not None]
                parts += [f"{path} = {', '.join(names)}"] if names else []
        return ", ".join(parts)

    @remembered
    def _is_silent(self, candidate: Element, sliced: Element, path: str) -> bool:
        """Whether a slice constrains nothing at a path that discriminates other slices, beyond what holds for all of them."""
        if steps_of(path) is None:
            return False
        side = self._sides.at(candidate, path)
        of_all = [element.binding for element in self._sides.at(sliced, path).elements]
        return not side.implied and not any(
            element.fixed
            or element.pattern
            or element.min
            or element.max == 0
            or element.children
            or element.slices
            or element.profiles
            or element.targets.get("Reference")
            or (_is_bound(element) and element.binding not in of_all)
            for element in side.elements
        )

    # ---------------------------------------------------------- types and profiles

    def _of_types(self, elements: list[Element]) -> Callable[[Node], bool]:
        """Whether a node is of a type of one of these elements, or what one of them refers to."""
        by_type: dict[tuple[str, bool], bool] = {}

        def told(type: str, *, is_resource: bool) -> bool:
            types = {code for element in elements for code in element.types}
            if type in types or (is_resource and types & ANY):
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

    def _profiles(self, side: Side) -> Callable[[Node], tuple[list[Structure], bool, bool]]:
        """For what is there, by its type: the profiles asked of it, whether one is not known, whether its type is enough."""
        by_type: dict[tuple[str, bool], tuple[list[Structure], bool, bool]] = {}

        def told(node: Node) -> tuple[list[Structure], bool, bool]:
            profiles: list[Structure] = []
            doubt = is_enough = False
            for element in side.elements:
                wanted = element.profiles_of(node.type, is_resource=node.is_resource)
                wanted = wanted or (element.targets.get("Reference", []) if node.is_resource else [])
                known = [self._structures.structure(canonical) for canonical in wanted]
                doubt = doubt or None in known
                profiles += [one for one in known if one is not None and one.type == node.type]
                is_enough = is_enough or (not wanted and self._of_types([element])(node))
            return profiles, doubt, is_enough

        def asked(node: Node) -> tuple[list[Structure], bool, bool]:
            key = (node.type, node.is_resource)
            if key not in by_type:
                by_type[key] = told(node)
            return by_type[key]

        return asked


def _of_value(side: Side) -> Verdict:
    """By a fixed value or a pattern, otherwise by the codes of its binding, otherwise by the content it requires."""
    if wanted := side.values():
        if len(wanted) == 1:
            return lambda found, _: any(map(wanted[0], found))
        return lambda found, _: any(test(one) for one in found for test in wanted)
    bound = [element.binding or {} for element in side.elements if _is_bound(element)]
    if bound:
        return lambda found, walk: _any(walk.member(one, binding) for one in found for binding in bound)
    inside = [element for element in side.elements if element.children or element.slices]
    if inside:
        return lambda found, walk: any(walk.fits(one, element) for one in found for element in inside)
    return lambda found, _: None if found else False


def _is_bound(element: Element) -> bool:
    """Whether a value is told by its value set (R4, profiling, discriminator `value`: a required binding)."""
    return bool(element.binding) and element.binding["strength"] == "required"


def _any(verdicts: Iterable[bool | None]) -> bool | None:
    doubt = False
    for verdict in verdicts:
        if verdict:
            return True
        doubt = doubt or verdict is None
    return None if doubt else False
