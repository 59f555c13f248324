"""Types of nodes and values: what a choice element may be called, what a type derives from. Source: FHIR R4 (4.0.1), data types."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Protocol

from ....documents.fhir_tree import Node
from .quantities import Quantity
from .times import Moment


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
CHOICE_NAMES = frozenset(
    """abatement additive age allowed amount answer asNeeded author born bounds characteristic chargeItem code collected content
    created date deceased defaultValue definingSubstance definition detail diagnosis dose doseNumber due duration effective entity
    event example fastingStatus fixed identified indication instances item legallyBinding location manufacturer maxValue
    medication minValue minimumVolume module multipleBirth name occurred occurrence offset onset participantEffective pattern
    performed probability procedure product quantity rate reported scheduled seriesDoses serviced source start statusReason
    studyEffective subject substance target time timing topic used value when""".split()
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
SYSTEM_TYPES = frozenset({"Boolean", "String", "Integer", "Decimal", "Date", "DateTime", "Time", "Quantity"})
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


def choice_type(name: str, base: str) -> str:
    """The type in the name of a choice: `("valueDateTime", "value")` gives `dateTime`; `""` when it is none."""
    return _SUFFIXES.get(name[len(base) :], "") if name.startswith(base) else ""


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
        for key, items in children.items():
            if key.startswith(name) and key[len(name) :] in _SUFFIXES:
                return items
    return []


class Typing:
    """Types of nodes that nobody has typed, from the definitions; told once for each node of a document."""

    def __init__(self, structures: Structures | None) -> None:
        self._structures = structures
        self._places: dict[Node, tuple[str, str]] = {}
        self._elements: dict[str, dict[str, tuple[str, str]]] = {}

    def type_of(self, node: Node) -> str:
        """`""` when neither the node, its name nor the definitions tell."""
        return node.type or self._place(node)[0] or type_in_name(node.name)

    def _place(self, node: Node) -> tuple[str, str]:
        """Type of the node, and path of its definition when its children are defined there."""
        known = self._places.get(node)
        if known is None:
            known = self._places[node] = self._found(node)
        return known

    def _found(self, node: Node) -> tuple[str, str]:
        if self._structures is None:
            return node.type, ""
        if node.is_resource:
            return node.type, node.type
        if node.parent is None:
            return node.type, ""
        _, path = self._place(node.parent)
        name, defined = self._children_of(path).get(node.name, ("", ""))
        return node.type or name, defined or node.type

    def _children_of(self, path: str) -> dict[str, tuple[str, str]]:
        """Name of each child of an element, choices in each type: its type and the path where its own children are defined."""
        owner = path.partition(".")[0]
        if not owner or self._structures is None:
            return {}
        if path not in self._elements:
            self._elements[path] = self._read(path, self._structures.type(owner) or {})
        return self._elements[path]

    @staticmethod
    def _read(path: str, structure: Mapping[str, Any]) -> dict[str, tuple[str, str]]:
        found: dict[str, tuple[str, str]] = {}
        start = path + "."
        for element in structure.get("elements", ()):
            at: str = element["path"]
            if not at.startswith(start) or "." in at[len(start) :] or ":" in element["id"]:
                continue
            name = at[len(start) :]
            reference = element.get("content_reference")
            if reference:
                found[name] = ("BackboneElement", reference[-1])
            for said in element["types"]:
                code: str = said["code"]
                inside = at if code in ("BackboneElement", "Element") else code
                if name.endswith("[x]"):
                    found[name[:-3] + code[:1].upper() + code[1:]] = (code, inside)
                else:
                    found[name] = (code, inside)
        return found


def system_type(value: object) -> str:
    """The type of a value that is no node."""
    if isinstance(value, bool):
        return "Boolean"
    if isinstance(value, int):
        return "Integer"
    if isinstance(value, Moment):
        return {"date": "Date", "datetime": "DateTime", "time": "Time"}[value.kind]
    return {str: "String", Decimal: "Decimal", Quantity: "Quantity"}.get(type(value), "")
