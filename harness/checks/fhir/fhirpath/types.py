"""Types of nodes and values: what a choice element may be called, what a type derives from. Source: FHIR R4 (4.0.1), data types."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from typing import Any, Protocol

from ....documents.fhir_tree import Node
from ....library.fhirpath.names import CHOICE_NAMES
from ....library.fhirpath.quantities import Quantity
from ....library.fhirpath.times import Moment
from ....values import dataclass


class Structures(Protocol):
    """Where definitions of types are looked up."""

    def type(self, name: str) -> Mapping[str, Any] | None: ...


@dataclass(frozen=True, slots=True)
class TypeName:
    """`FHIR.Patient`, `System.String`: also what `type()` gives."""

    namespace: str
    name: str


# ruff: noqa: SIM905 - lists that are read, and checked against the definitions, as text
PRIMITIVES = frozenset(
    """base64Binary boolean canonical code date dateTime decimal id instant integer integer64 markdown oid positiveInt string
    time unsignedInt uri url uuid xhtml""".split()
)
COMPLEX_TYPES = frozenset(
    """Address Age Annotation Attachment CodeableConcept Coding ContactDetail ContactPoint Contributor Count DataRequirement
    Distance Dosage Duration ElementDefinition Expression Extension HumanName Identifier MarketingStatus Meta Money Narrative
    ParameterDefinition Period Population ProdCharacteristic ProductShelfLife Quantity Range Ratio Reference RelatedArtifact
    SampledData Signature SubstanceAmount Timing TriggerDefinition UsageContext""".split()
)
_SUFFIXES = {name[0].upper() + name[1:]: name for name in PRIMITIVES - {"xhtml"}} | {name: name for name in COMPLEX_TYPES}
_BASES = {
    **dict.fromkeys(("code", "id", "markdown"), "string"),
    **dict.fromkeys(("canonical", "oid", "url", "uuid"), "uri"),
    **dict.fromkeys(("positiveInt", "unsignedInt"), "integer"),
    **dict.fromkeys(("Age", "Count", "Distance", "Duration", "MoneyQuantity", "SimpleQuantity"), "Quantity"),
    **dict.fromkeys(("Bundle", "Binary", "Parameters", "DomainResource"), "Resource"),
    **dict.fromkeys(
        "Dosage ElementDefinition MarketingStatus Population ProdCharacteristic ProductShelfLife SubstanceAmount Timing".split(),
        "BackboneElement",
    ),
    "Resource": "",
    "Element": "",
}
_NOT_RESOURCES = COMPLEX_TYPES | PRIMITIVES | {"Element", "BackboneElement", "Base"}


def base_of(name: str) -> str:
    """The type that a FHIR type derives from, `""` for the first ones. An unknown name with a capital is a resource."""
    if name in _BASES:
        return _BASES[name]
    return "Element" if name in _NOT_RESOURCES else "DomainResource" if name[:1].isupper() else "Element"


def is_subtype(name: str, of: str) -> bool:
    while name and name != of:
        name = base_of(name)
    return bool(name)


def type_in_name(name: str) -> str:
    """The type at the end of the name of a choice, `""` when it is the name of none."""
    for place in range(len(name) - 1, 0, -1):
        if name[place].isupper() and name[:place] in CHOICE_NAMES:
            found = _SUFFIXES.get(name[place:])
            if found:
                return found
    return ""


def children_named(node: Node, name: str) -> list[Node]:
    """The children of a name as FHIRPath has it: `value` is also any `valueQuantity` or `valueString`."""
    children = node.children
    found = children.get(name)
    if found is not None:
        return found
    if name in CHOICE_NAMES:
        typed = _typed_names(name)
        for key in children:
            if key in typed:
                return children[key]
    return []


@cache
def _typed_names(name: str) -> frozenset[str]:
    """What a choice may be called."""
    return frozenset(name + suffix for suffix in _SUFFIXES)


Place = tuple[str, str]  # a type, and the path of the definition where its children are: `("BackboneElement", "Patient.contact")`


class Elements:
    """What base R4 says of the children of each type."""

    def __init__(self, structures: Structures | None) -> None:
        self._structures = structures
        self._known: dict[str, dict[str, list[Place]]] = {}

    def children(self, path: str) -> dict[str, list[Place]]:
        """Each name that a child may have; a choice has its bare name too, with all its types. Empty when nothing is known."""
        if path not in self._known:
            structure = None if self._structures is None or not path else self._structures.type(path.partition(".")[0])
            self._known[path] = {} if structure is None else _read(path, structure)
        return self._known[path]

    def knows(self, type: str) -> bool:
        return self._structures is not None and self._structures.type(type) is not None


def _read(path: str, structure: Mapping[str, Any]) -> dict[str, list[Place]]:
    found: dict[str, list[Place]] = {}
    start = path + "."
    for element in structure["elements"]:
        at: str = element["path"]
        name = at[len(start) :]
        if not at.startswith(start) or "." in name or ":" in element["id"]:
            continue
        if "content_reference" in element:
            found[name] = [("BackboneElement", element["content_reference"][-1])]
        for said in element["types"]:
            code: str = said["code"]
            place = (code, at if code in ("BackboneElement", "Element") else code)
            if name.endswith("[x]"):
                found.setdefault(name[:-3], []).append(place)
                found[name[:-3] + code[:1].upper() + code[1:]] = [place]
            else:
                found[name] = [place]
    return found


class Typing:
    """Types of the nodes that the walk has not typed, from the definitions; worked out once for each node."""

    def __init__(self, elements: Elements) -> None:
        self._elements = elements
        self._places: dict[Node, Place] = {}

    def type_of(self, node: Node) -> str:
        """`""` when neither the node, its name nor the definitions tell."""
        return node.type or self._place(node)[0] or type_in_name(node.name)

    def _place(self, node: Node) -> Place:
        known = self._places.get(node)
        if known is None:
            known = self._places[node] = self._found(node)
        return known

    def _found(self, node: Node) -> Place:
        if node.is_resource or node.parent is None:
            return node.type, node.type
        _, path = self._place(node.parent)
        known = self._elements.children(path).get(node.name)
        name, defined = known[0] if known else ("", "")
        return node.type or name, defined or node.type


def system_type(value: object) -> str:
    """The type of a value that is no node."""
    if isinstance(value, bool):
        return "Boolean"
    if isinstance(value, int):
        return "Integer"
    if isinstance(value, Moment):
        return {"date": "Date", "datetime": "DateTime", "time": "Time"}[value.kind]
    return {str: "String", Decimal: "Decimal", Quantity: "Quantity"}.get(type(value), "")
