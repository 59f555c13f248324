"""A compiled StructureDefinition as a tree that can be walked: an element, its children, its slices."""

from __future__ import annotations

import copy
import sys
from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any, NamedTuple

from ...documents.fhir_tree import Value
from ...library.fhir.compiling import BASE as BASE
from ...library.fhir.compiling import PRIMITIVE_TYPES
from ...values import dataclass
from . import primitives
from .values import Test, test_of

ANY = frozenset({"Resource", "DomainResource"})  # the types of which every resource is
CODED = frozenset({"code", "Coding", "CodeableConcept"})
QUANTITIES = frozenset({"Quantity", "SimpleQuantity", "MoneyQuantity", "Age", "Count", "Distance", "Duration"})
# judged without an expression, where they say more or cost less: by the first walk, by references, by the narrative, by the Bundle
NATIVE = frozenset({"ele-1", "ext-1", "ref-1", "txt-1", "txt-2", "bdl-7", "bdl-11", "bdl-12", "dom-3"})

_VITAL_SIGN_UNITS = "http://hl7.org/fhir/ValueSet/ucum-vitals-common"


class Wanted(NamedTuple):
    """A value that an element fixes, or a pattern that it sets. rule: FHIR-FIXED or FHIR-PATTERN."""

    rule: str
    value: Any
    is_met: Test


@dataclass(frozen=True, slots=True)
class Invariant:
    """A constraint of an element.

    source: the definition that it comes from, as said; requirement: that it is; of_profile: added to what R4 says, whose own
    invariants are known to be sound.
    """

    key: str
    expression: str
    human: str
    severity: str
    source: str
    requirement: str
    best_practice: bool
    of_profile: bool


class Element:
    """One element of a snapshot.

    children and slices: in the order of the snapshot; needs_slices: whether one of them has to be there; is_bound: whether its
    binding asks anything of a code; asks: what few elements ask, as `compiling` names it; value: of a primitive, what is said of
    its value, which is no node of its own; plan, obligation: what the walk does at it and what its binding asks, worked out when
    it first comes there.
    """

    __slots__ = (
        "aggregations",
        "asks",
        "binding",
        "children",
        "choice",
        "constraints",
        "content_reference",
        "fixed",
        "id",
        "is_bound",
        "is_modifier",
        "max",
        "max_length",
        "max_value",
        "min",
        "min_length",
        "min_value",
        "must_support",
        "name",
        "needs_slices",
        "obligation",
        "path",
        "pattern",
        "plan",
        "profiles",
        "shape",
        "single",
        "slice_name",
        "slices",
        "slicing",
        "structure",
        "targets",
        "types",
        "value",
        "wanted",
    )

    def __init__(self, data: Mapping[str, Any], structure: Structure) -> None:
        self.path: str = data["path"]
        self.id: str = data["id"]
        self.structure = structure
        self.name = self.path.rpartition(".")[2].removesuffix("[x]")
        self.min: int = data["min"]
        self.max: int | None = data["max"]
        self.single = data["base_max"] == 1
        self.choice: bool = data.get("choice", False)
        self.types: tuple[str, ...] = tuple(item["code"] for item in data["types"])
        if structure.is_profile and self.name == "id" and self.types == ("id",):  # made by tools of R5: R4 writes a `string`
            self.types = ("id", "string")
        self.profiles: dict[str, list[str]] = {item["code"]: item["profiles"] for item in data["types"] if item["profiles"]}
        self.targets: dict[str, list[str]] = {}
        self.aggregations: dict[str, list[str]] = {}
        for item in data["types"]:
            self.targets.setdefault(item["code"], []).extend(item["targets"])
            if item["aggregation"]:
                self.aggregations[item["code"]] = item["aggregation"]
        self.fixed = data.get("fixed")
        self.pattern = data.get("pattern")
        self.wanted = tuple(
            Wanted(rule, said[1], test_of(said[1], exactly=rule == "FHIR-FIXED"))
            for rule, said in (("FHIR-FIXED", self.fixed), ("FHIR-PATTERN", self.pattern))
            if said is not None
        )
        self.binding = _as_meant(self.path, data.get("binding"))
        self.is_bound = self.binding is not None and _asks_of_codes(self.binding)
        self.slicing = data.get("slicing")
        self.slice_name: str = data.get("slice_name", "")
        self.constraints = [
            _invariant(item, structure) for item in data.get("constraints", ()) if item["key"] not in NATIVE and item["expression"]
        ]
        self.content_reference = data.get("content_reference")
        self.must_support: bool = data.get("must_support", False)
        self.is_modifier: bool = data.get("is_modifier", False)
        self.max_length: int | None = data.get("max_length")
        self.asks: Mapping[str, Any] = data.get("asks", {})
        self.min_length: int | None = self.asks.get("min_length")
        self.min_value = data.get("min_value")
        self.max_value = data.get("max_value")
        self.value: Element | None = None
        self.children: list[Element] = []
        self.slices: list[Element] = []
        self.needs_slices = False
        self.shape: Shape | None = None
        self.plan: Any = None
        self.obligation: Any = None

    def __repr__(self) -> str:
        return f"<{self.requirement}>"

    @property
    def requirement(self) -> str:
        return f"{self.structure.url}#{self.id}"

    def beside(self) -> tuple[str, ...]:
        """The value sets that its profile binds its slices to, where nothing may tell which slice an element is of."""
        return self.structure.value_sets.get(self.path, ()) if self.slices else ()

    def profiles_of(self, type: str, *, is_resource: bool) -> list[str]:
        """The profiles that it asks of something of this type: those of its type, or of any resource."""
        found = self.profiles.get(type)
        if found is None and is_resource:
            found = self.profiles.get("Resource") or self.profiles.get("DomainResource")
        return found or []

    def names(self) -> list[tuple[str, str]]:
        """The names under which it is written, each with its type."""
        if not self.choice:
            return [(self.name, self.types[0] if self.types else "")]
        return [(self.name + code[:1].upper() + code[1:], code) for code in self.types]


class Named:
    """A child as its name is written.

    type: that the name says; is_correct: what is asked of its value, None where more is; is_asked: of codes, rules and canonicals;
    single, most: as of its element; content: what the first walk does at what is no plain value, worked out when one first comes.
    """

    __slots__ = ("content", "element", "is_asked", "is_correct", "most", "single", "type")

    def __init__(self, element: Element, type: str, *, is_asked: bool) -> None:
        self.element = element
        self.type = type
        self.is_correct: Callable[[Value], bool] | None = primitives.PLAIN.get(type) if element.max_length is None else None
        self.is_asked = is_asked
        self.single = element.single
        self.most = sys.maxsize if element.max is None else element.max
        self.content: Any = None


class Shape:
    """The children that an element may have, by_name as they are written."""

    __slots__ = ("by_name", "choices", "elements", "required", "sliced")

    def __init__(self, elements: list[Element]) -> None:
        self.elements = elements
        self.by_name: dict[str, Named] = {}
        for element in elements:
            is_asked = bool(element.constraints or element.is_bound or element.profiles)
            for name, code in element.names():
                leads = code == "canonical" and element.path != "Meta.profile"  # profiles are looked for by themselves
                self.by_name[name] = Named(element, code, is_asked=is_asked or leads)
        self.required = [element for element in elements if element.min > 0]
        self.sliced = [element for element in elements if element.slices]
        self.choices = [element for element in elements if element.choice]

    def choice_of(self, name: str) -> Element | None:
        """The choice of which a name would be a type that is not among those allowed."""
        for element in self.choices:
            if name.startswith(element.name) and name[len(element.name) : len(element.name) + 1].isupper():
                return element
        return None


class Structure:
    """A definition as a tree. root: its first element."""

    def __init__(self, data: Mapping[str, Any]) -> None:
        self.data = data
        self.url: str = data["url"]
        self.version: str = data["version"]
        self.name: str = data["name"]
        self.title: str = data.get("title") or data["name"] or data["url"]
        self.type: str = data["type"]
        self.kind: str = data["kind"]
        self.base: str = data["base"]
        self.abstract: bool = data["abstract"]
        # some profiles say that they specialize; a type's own definition, and a logical model's, is named after it
        self.is_profile = data["derivation"] == "constraint" or self.url not in (BASE + self.type, self.type)
        self.by_id: dict[str, Element] = {}
        self._grow(data["elements"])
        self.root: Element = self.by_id[data["elements"][0]["id"]]
        self.is_primitive = self.kind == "primitive-type"
        self.canonical = f"{self.url}|{self.version}" if self.version else self.url

    def _grow(self, elements: list[Mapping[str, Any]]) -> None:
        by_id = self.by_id
        for data in elements:
            element = Element(data, self)
            by_id[element.id] = element
            above, _, last = element.id.rpartition(".")
            name, colon, slice_name = last.rpartition(":")
            if colon:
                whole = f"{above}.{name}" if above else name
                part = slice_name.rpartition("/")[0]
                general = by_id.get(whole)
                sliced = by_id.get(f"{whole}:{part}") if part else None
                if sliced is not None and sliced.slicing is None and general is not None and general.slicing is not None:
                    sliced.slicing = general.slicing | {"rules": "open", "ordered": False}  # reslices told as slices are
                sliced = sliced or general
                if sliced is not None:
                    sliced.slices.append(element)
                    sliced.needs_slices = sliced.needs_slices or element.min > 0
                    continue
            holder = by_id.get(above) if above else None
            if holder is not None and element.name == "value" and is_primitive(holder.types[0] if holder.types else self.type):
                holder.value = element
            elif holder is not None:
                holder.children.append(element)

    def part(self, id: str) -> Structure:
        """One of its elements, as a definition of its own."""
        made = copy.copy(self)
        made.root = self.by_id[id]
        made.type = made.root.types[0] if made.root.types else ""
        made.is_profile = True
        made.canonical = f"{self.canonical}#{id}"
        return made

    @cached_property
    def value_sets(self) -> dict[str, tuple[str, ...]]:
        """By path, those that elements and their slices are bound to so that a code out of them is told."""
        found: dict[str, tuple[str, ...]] = {}
        for element in self.by_id.values():
            if element.binding is not None and element.binding["strength"] in ("required", "extensible"):
                found[element.path] = (*found.get(element.path, ()), element.binding["valueset"])
        return found

    @property
    def imposes(self) -> list[str]:
        """Canonicals of the profiles that whatever follows it has to follow too."""
        imposes: list[str] = self.data["imposes"]
        return imposes


def _invariant(said: Mapping[str, Any], structure: Structure) -> Invariant:
    return Invariant(
        key=said["key"],
        expression=said["expression"],
        human=said["human"],
        severity=said["severity"],
        source=said["source"],
        requirement=f"{(said['source'] or structure.url).partition('|')[0]}#{said['key']}",
        best_practice=said["best_practice"],
        of_profile=structure.is_profile and not said["source"].startswith(BASE),
    )


def _as_meant(path: str, binding: Any) -> Any:
    """R4's vital signs require units of vital signs of whatever components say, profiles made from them too; R4B takes it back."""
    if binding and path == "Observation.component.value[x]" and binding["valueset"].startswith(_VITAL_SIGN_UNITS):
        return {**binding, "strength": "extensible"}
    return binding


def _asks_of_codes(binding: Mapping[str, Any]) -> bool:
    """Whether a binding is more than an example."""
    return binding["strength"] in ("required", "extensible", "preferred") or "max" in binding or "further" in binding


def is_primitive(type: str) -> bool:
    return type in PRIMITIVE_TYPES
