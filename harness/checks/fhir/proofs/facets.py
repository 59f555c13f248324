"""What a definition asks of its elements, one facet at a time: what a mutation has to trip.

The facets of a profile are what it adds to R4: the rest belongs to R4's own definitions, which the first walk judges.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ....model import Severity
from ....remembered import remembered
from ....values import dataclass
from ..remarks import Remark
from ..shapes import BASE, Element, Invariant, Structure
from ..structures import Structures

RULES = {
    "CARD": "FHIR-CARD",
    "SLICE": "FHIR-SLICE",
    "TYPE": "FHIR-TYPE",
    "CHOICE": "FHIR-CHOICE",
    "FIXED": "FHIR-FIXED",
    "PATTERN": "FHIR-PATTERN",
    "BINDING": "FHIR-BINDING",
    "REFERENCE": "FHIR-REFERENCE",
    "LENGTH": "FHIR-LENGTH",
    "REGEX": "FHIR-REGEX",
    "LIMIT": "FHIR-LIMIT",
    "PROFILE": "FHIR-PROFILE",
    "UNKNOWN": "FHIR-UNKNOWN-ELEMENT",
    "CONTEXT": "FHIR-EXTENSION",
}
_OF_EVERY = frozenset({"id", "extension", "modifierExtension", "contained", "implicitRules", "meta", "language"})
_DEEPEST = 5  # profiles within profiles
_OF_R4 = "|4.0.1"
_STRENGTHS = ("required", "extensible", "preferred")
_VALUES = (  # kind and name of a facet, and what of an Element says it
    ("FIXED", "value", "fixed"),
    ("PATTERN", "value", "pattern"),
    ("LENGTH", "max", "max_length"),
    ("LENGTH", "min", "min_length"),
    ("LIMIT", "min", "min_value"),
    ("LIMIT", "max", "max_value"),
)


@dataclass(frozen=True, slots=True)
class Facet:
    """kind: one of RULES, or `INVARIANT`; name: what of the element it is (`min`, `max`, the key of an invariant)."""

    kind: str
    element: Element
    name: str
    requirement: str
    constraint: Any = None  # the Invariant that it is

    @property
    def id(self) -> str:
        return f"{self.kind}:{self.element.id}:{self.name}"

    @property
    def rule(self) -> str:
        return f"FHIR-INVARIANT:{self.name}" if self.kind == "INVARIANT" else RULES[self.kind]


class Tree:
    """The elements of a definition with what is above each, and what R4 says of the same element."""

    def __init__(self, structure: Structure, structures: Structures) -> None:
        self.structure = structure
        self._structures = structures
        self.above: dict[str, Element] = {}
        self.sliced: dict[str, Element] = {}  # by the id of a slice, the element or slice that it is one of
        self._order: list[Element] = []
        self._grow(structure.root)

    def __iter__(self) -> Iterator[Element]:
        return iter(self._order)

    def _grow(self, element: Element) -> None:
        self._order.append(element)
        for one in element.slices:
            self.sliced[one.id] = element
            if element.id in self.above:
                self.above[one.id] = self.above[element.id]
            self._grow(one)
        for child in element.children:
            self.above[child.id] = element
            self._grow(child)

    def chain(self, element: Element) -> Iterator[Element]:
        """The element and all those that hold it."""
        current: Element | None = element
        while current is not None:
            yield current
            if current.id in self.sliced:
                yield self.sliced[current.id]
            current = self.above.get(current.id)

    def ids_above(self, element: Element) -> set[str]:
        """Of the element and all those that hold it."""
        return {one.id for one in self.chain(element)}

    def is_r4s_form(self, element: Element) -> bool:
        """Whether its regular expression is that of its type, which snapshots repeat and R4's own walk judges."""
        type = element.types[0] if element.types else ""
        return not self.structure.is_profile or self._structures.regex(type) == element.asks["regex"]

    def comes_from(self, url: str) -> bool:
        """Whether the profile is made from this one."""
        return not url.startswith(BASE) and self._structures.derives_from(self.structure, url)

    @remembered
    def base(self, element: Element) -> Element | None:
        """The same element as R4 defines it; None for those of R4 itself, and where R4 has none."""
        if not self.structure.is_profile:
            return None
        if element is self.structure.root:
            known = self._structures.type(self.structure.type)
            return None if known is None else known.root
        above = self.above.get(element.id)
        base = None if above is None else self.base(above)
        if above is None or base is None:
            return None
        type = above.types[0] if len(above.types) == 1 else ""
        shape = self._structures.shape(base, type if above is not self.structure.root else self.structure.type)
        return next((one for one in shape.elements if one.name == element.name), None) if shape is not None else None


def is_idle(structure: Structure, structures: Structures, depth: int = 0) -> bool:
    """Whether a profile asks nothing that R4 does not, itself or by the profiles of its elements."""
    for facet in facets_of(Tree(structure, structures)):
        inner = (
            [structures.structure(name) for name in facet.element.profiles.get(facet.name, ())] if facet.kind == "PROFILE" else []
        )
        if depth > _DEEPEST or not inner or not all(one is not None and is_idle(one, structures, depth + 1) for one in inner):
            return False
    return True


def slice_told_by(facet: Facet, tree: Tree) -> Element | None:
    """The slice that a facet tells: where it does not hold, what should be of the slice is of another or of none."""
    element = facet.element
    for one in tree.chain(element):
        sliced = tree.sliced.get(one.id)
        while sliced is not None and sliced.slicing is None:
            sliced = tree.sliced.get(sliced.id)
        if sliced is None or sliced.slicing is None:
            continue
        inside = [step.partition(":")[0].removesuffix("[x]") for step in element.id[len(one.id) :].split(".") if step]
        if not inside and facet.kind in ("CARD", "SLICE"):
            continue  # how often the slice itself comes
        for kind, path in sliced.slicing["discriminator"]:
            steps = [step for step in path.split(".") if step != "$this" and not step.startswith(("resolve(", "ofType("))]
            alike = inside == steps if kind in ("type", "exists") else steps[: len(inside)] == inside[: len(steps)]
            if alike:
                return one
    return None


def is_of_every_element(element: Element) -> bool:
    """Whether R4 gives it to each element or resource: it is not each type that asks something of it."""
    return element.name in _OF_EVERY or (element.path.count(".") == 1 and element.types == ("Narrative",))


def facets_of(tree: Tree) -> Iterator[Facet]:
    structure = tree.structure
    if structure.type == "Extension" and structure.is_profile and structure.data["context"]:
        yield Facet("CONTEXT", structure.root, "context", structure.url)
    for element in tree:
        if structure.is_profile or not is_of_every_element(element):
            yield from _own(element, tree)


def own_elements(tree: Tree) -> set[str]:
    """Ids of the elements of which the definition says something of its own, those above them included."""
    speaking = {facet.element.id for facet in facets_of(tree)}
    speaking |= {element.id for element in tree if element.must_support}
    return set().union(*(tree.ids_above(tree.structure.by_id[name]) for name in speaking))


def _own(element: Element, tree: Tree) -> Iterator[Facet]:
    base = tree.base(element)
    at = element.requirement
    is_root = element is tree.structure.root
    is_slice = element.id in tree.sliced
    if not is_root:
        kind = "SLICE" if is_slice else "CARD"
        if element.min > (0 if base is None or is_slice else base.min):
            yield Facet(kind, element, "min", at)
        limit = None if base is None else base.max
        if element.max is not None and (element.max == 0 or not (is_slice and element.single)) and element.max != limit:
            yield Facet(kind, element, "max", at)
        yield from _typed(element, base, tree)
    if element.slicing is not None and element.slices:
        if element.slicing["rules"] != "open":
            yield Facet("SLICE", element, element.slicing["rules"], at)
        if element.slicing["ordered"]:
            yield Facet("SLICE", element, "ordered", at)
    yield from _valued(element, base, at)
    if "regex" in element.asks and not tree.is_r4s_form(element):
        yield Facet("REGEX", element, "form", at)
    known = {(item.key, item.expression) for item in base.constraints} if base is not None else set()
    for item in element.constraints:
        if (item.key, item.expression) not in known and _is_its_own(item, tree):
            yield Facet("INVARIANT", element, item.key, item.requirement, item)
    if base is None and not tree.structure.is_profile and element.children:
        yield Facet("UNKNOWN", element, "element", tree.structure.url)


def _is_its_own(constraint: Invariant, tree: Tree) -> bool:
    """Whether an invariant is of the definition or of one that it comes from: snapshots repeat those of each element's type."""
    source = constraint.source.partition("|")[0]
    return source in ("", tree.structure.url) or (tree.structure.is_profile and tree.comes_from(source))


def _typed(element: Element, base: Element | None, tree: Tree) -> Iterator[Facet]:
    at = element.requirement
    sliced = tree.sliced.get(element.id)
    if base is None and not tree.structure.is_profile:
        if element.choice and len(element.types) > 1:
            yield Facet("CHOICE", element, "types", at)
        yield Facet("TYPE", element, "form", at)
    elif base is not None and base.types and set(element.types) < set(base.types) and not (sliced is not None and sliced.choice):
        yield Facet("TYPE", element, "types", at)
    for code, profiles in element.profiles.items():
        if code != "Extension" and (base is None or not _same(base.profiles.get(code), profiles)):
            yield Facet("PROFILE", element, code, at)
    targets = element.targets.get("Reference", [])
    if targets and (base is None or not _same(base.targets.get("Reference"), targets)) and f"{BASE}Resource" not in _bare(targets):
        yield Facet("REFERENCE", element, "target", at)
    wanted = element.aggregations.get("Reference")
    if wanted and (base is None or base.aggregations.get("Reference") != wanted):
        yield Facet("REFERENCE", element, "aggregation", at)


def _valued(element: Element, base: Element | None, at: str) -> Iterator[Facet]:
    for kind, name, attribute in _VALUES:
        wanted = getattr(element, attribute)
        if wanted is not None and (base is None or getattr(base, attribute) != wanted):
            yield Facet(kind, element, name, at)
    binding = element.binding
    if binding is not None and (base is None or _bare_binding(base.binding) != _bare_binding(binding)):
        if binding["strength"] in _STRENGTHS:
            yield Facet("BINDING", element, binding["strength"], at)
        if binding.get("max"):
            yield Facet("BINDING", element, "limit", at)


def _bare(canonicals: Iterable[str] | None) -> set[str]:
    return {canonical.removesuffix(_OF_R4) for canonical in canonicals or ()}


def _same(some: Iterable[str] | None, others: Iterable[str]) -> bool:
    """Whether two lists of canonicals are the same; the version of R4, which snapshots may add, is ignored."""
    return _bare(some) == _bare(others)


def _bare_binding(binding: Mapping[str, str] | None) -> dict[str, str]:
    return {name: value.removesuffix(_OF_R4) for name, value in (binding or {}).items()}


def is_alone(facet: Facet, remarks: Iterable[Remark]) -> bool:
    """Whether the only errors are those of this facet."""
    return all(remark.severity is not Severity.ERROR or _is_own(facet, remark) for remark in remarks)


def is_tripped(facet: Facet, remarks: Iterable[Remark]) -> bool:
    """Whether one of the remarks reports this facet."""
    return any(_is_own(facet, remark) for remark in remarks)


def _is_own(facet: Facet, remark: Remark) -> bool:
    """That an element has to follow a profile is told by what breaks the profile too."""
    if (remark.rule, remark.requirement) == (facet.rule, facet.requirement):
        return facet.kind != "PROFILE" or remark.severity is Severity.ERROR
    if facet.kind != "PROFILE" or remark.severity is not Severity.ERROR:
        return False
    named = {canonical.partition("|")[0] for canonical in facet.element.profiles[facet.name]}
    return remark.requirement.partition("#")[0] in named
