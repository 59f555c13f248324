"""ValueSets, CodeSystems and ConceptMaps as resources: codes that exist, properties that are what they are declared to be.

Source: FHIR R4, ValueSet, CodeSystem (with its concept properties), ConceptMap, Coding.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set

from ....documents.fhir_tree import Node
from ....model import Text
from ..bindings import Bindings
from ..remarks import Remarks
from ..shapes import BASE
from ..terms import ecl
from ..terms.known_systems import SNOMED

_BY_CODE = frozenset(
    {"is-a", "descendent-of", "is-not-a", "generalizes", "child-of", "descendent-leaf", "="}
)  # of the concept itself
_CONCEPT_PROPERTIES = "http://hl7.org/fhir/concept-properties#"
_TYPES_OF_PROPERTIES = {
    "inactive": "boolean",
    "deprecated": "dateTime",
    "deprecationDate": "dateTime",
    "retirementDate": "dateTime",
    "effectiveDate": "dateTime",
    "notSelectable": "boolean",
    "parent": "code",
    "child": "code",
    "status": "code",
}


def judge(resource: Node, codes: Bindings, remarks: Remarks) -> None:
    if resource.type == "ValueSet":
        _value_set(resource, codes, remarks)
    elif resource.type == "CodeSystem":
        _code_system(resource, codes, remarks)
    elif resource.type == "ConceptMap":
        _concept_map(resource, codes, remarks)


def _value_set(value_set: Node, codes: Bindings, remarks: Remarks) -> None:
    where = f"{BASE}ValueSet#ValueSet.compose.include"
    for compose in value_set.children.get("compose", ()):
        for part in (*compose.children.get("include", ()), *compose.children.get("exclude", ())):
            system = part.text("system")
            if not system:
                continue
            if not _is_held_beside(part, system) and not codes.system(
                part.only("system") or part, system, f"{where}.system", remarks
            ):
                continue
            version = part.text("version")
            for concept in part.children.get("concept", ()):
                _code(concept.only("code"), system, version, f"{where}.concept.code", codes, remarks)
            for one in part.children.get("filter", ()):
                _filter(one, system, version, f"{where}.filter.value", codes, remarks)


def _filter(one: Node, system: str, version: str, requirement: str, codes: Bindings, remarks: Remarks) -> None:
    value = one.only("value")
    if one.text("property") in ("concept", "code") and one.text("op") in _BY_CODE:
        _code(value, system, version, requirement, codes, remarks)
    elif system == SNOMED and one.text("property") == "constraint":
        _constraint(value, requirement, remarks)
    elif one.text("op") == "=" and "#" in one.text("value"):  # of a property that is a Coding
        of, _, code = one.text("value").partition("#")
        of, _, of_version = of.partition("|")
        _code(value, of, of_version, requirement, codes, remarks, code=code)


def _constraint(at: Node | None, requirement: str, remarks: Remarks) -> None:
    """FHIR R4, Using SNOMED CT: what follows the property `constraint` is an expression constraint (ECL)."""
    if at is not None and isinstance(at.value, str) and (fault := ecl.fault(at.value)) is not None:
        message = Text(f"ce n'est pas de l'ECL : {fault.fr}", f"this is not ECL: {fault.en}")
        remarks.error("FHIR-EXPRESSION", requirement, at, message)


def _code(at: Node | None, system: str, version: str, requirement: str, codes: Bindings, remarks: Remarks, code: str = "") -> None:
    """code: when it is a part only of what stands there."""
    if at is None or not isinstance(at.value, str) or _is_held_beside(at, system):
        return
    code = code or at.value
    if codes.is_code(system, code, version) is False:
        message = Text(f"« {code} » n'est pas un code de {system}", f"'{code}' is not a code of {system}")
        remarks.error("FHIR-CODE", requirement, at, message)


def _is_held_beside(at: Node, system: str) -> bool:
    """Whether the code system is contained, or in the same Bundle: what it says goes before what is known elsewhere."""
    held = at.container.children.get("contained", [])
    entries = at.root.children.get("entry", ()) if at.root.type == "Bundle" else ()
    held = [*held, *(one for entry in entries for one in entry.children.get("resource", ())), at.root]
    return any(one.type == "CodeSystem" and one.text("url") == system for one in held)


def _code_system(system: Node, codes: Bindings, remarks: Remarks) -> None:
    where = f"{BASE}CodeSystem#CodeSystem"
    is_supplement = system.text("content") == "supplement"
    concepts = list(_concepts(system))
    _content(system, concepts, remarks)
    if base := system.text("supplements"):
        url, _, version = base.partition("|")
        for concept in concepts:
            _code(concept.only("code"), url, version, f"{where}.concept.code", codes, remarks)
    if ("supplements" in system.children) is not is_supplement:
        at = system.only("content") or system
        message = Text(
            "content est « supplement » si et seulement si supplements est présent",
            "content is `supplement` if and only if supplements is present",
        )
        remarks.error("FHIR-CODE-SYSTEM", f"{where}.content", at, message)
    types: dict[str, str] = {}
    uris: set[str] = set()
    for one in system.children.get("property", ()):
        code, uri, type = one.text("code"), one.text("uri"), one.text("type")
        if code in types or (uri and uri in uris):
            message = Text(f"la propriété « {code} » est définie deux fois", f"the property `{code}` is defined twice")
            remarks.error("FHIR-CODE-SYSTEM", f"{where}.property", one, message)
        types.setdefault(code, type)
        uris.add(uri)
        meant = _TYPES_OF_PROPERTIES.get(uri.removeprefix(_CONCEPT_PROPERTIES)) if uri.startswith(_CONCEPT_PROPERTIES) else None
        if meant is not None and type and type != meant:
            message = Text(f"{uri} est de type {meant}, pas {type}", f"{uri} is of type {meant}, not {type}")
            remarks.error("FHIR-CODE-SYSTEM", f"{where}.property.type", one, message)
    codes_here = {concept.text("code") for concept in concepts} if system.text("content") == "complete" else None
    for concept in concepts:
        for one in concept.children.get("property", ()):
            _property(one, types, codes_here, remarks)
            wanted = types.get(one.text("code"))
            found = next((key for key in one.children if key.startswith("value")), "")
            if wanted and found and found != f"value{wanted[:1].upper()}{wanted[1:]}":
                code = one.text("code")
                message = Text(
                    f"« {code} » est de type {wanted}, pas {found[5:]}", f"`{code}` is of type {wanted}, not {found[5:]}"
                )
                remarks.error("FHIR-CODE-SYSTEM", f"{where}.concept.property.value[x]", one, message)


def _property(one: Node, declared: Mapping[str, str], codes: Set[str] | None, remarks: Remarks) -> None:
    """R4, concept.property.code: a reference to CodeSystem.property.code; parent and child name concepts of the system."""
    code, value = one.text("code"), one.text("valueCode")
    where = f"{BASE}CodeSystem#CodeSystem.concept.property"
    if code and code not in declared:
        message = Text(
            f"la propriété « {code} » n'est pas déclarée dans CodeSystem.property",
            f"the property `{code}` is not declared in CodeSystem.property",
        )
        hint = Text("L'y déclarer, avec son type, ou la retirer.", "Declare it there, with its type, or remove it.")
        remarks.warning("FHIR-CODE-SYSTEM", f"{where}.code", one, message, hint)
    if code in ("parent", "child") and value and codes is not None and value not in codes:
        message = Text(f"« {value} » n'est pas un code de ce système", f"`{value}` is not a code of this system")
        remarks.error("FHIR-CODE-SYSTEM", f"{where}.value[x]", one, message)


def _content(system: Node, concepts: list[Node], remarks: Remarks) -> None:
    """`content` tells whether none or all of the concepts are here, `count` how many there are (R4, CodeSystemContentMode)."""
    content, count = system.text("content"), system.only("count")
    if content == "not-present" and concepts:
        message = Text(
            "content dit « not-present » : aucun concept n'est là, or il y en a",
            "content says `not-present`: no concept is here, and there are some",
        )
        remarks.error("FHIR-CODE-SYSTEM", f"{BASE}CodeSystem#CodeSystem.content", concepts[0], message)
    elif content == "complete" and count is not None and isinstance(count.value, int) and count.value != len(concepts):
        told, there = count.value, len(concepts)
        message = Text(
            f"count vaut {told}, mais le système, déclaré complet, en a {there}",
            f"count is {told}, but the system, declared complete, has {there}",
        )
        remarks.error("FHIR-CODE-SYSTEM", f"{BASE}CodeSystem#CodeSystem.count", count, message)


def _concepts(node: Node) -> Iterator[Node]:
    for concept in node.children.get("concept", ()):
        yield concept
        yield from _concepts(concept)


def _concept_map(concept_map: Node, codes: Bindings, remarks: Remarks) -> None:
    where = f"{BASE}ConceptMap#ConceptMap.group.element"
    source = concept_map.text("sourceCanonical") or concept_map.text("sourceUri")
    for group in concept_map.children.get("group", ()):
        from_system, to_system = group.text("source"), group.text("target")
        for element in group.children.get("element", ()):
            at = element.only("code")
            if from_system:
                _code(at, from_system, group.text("sourceVersion"), f"{where}.code", codes, remarks)
                _mapped(at, from_system, source, f"{where}.code", codes, remarks)
            for one in element.children.get("target", ()) if to_system else ():
                _code(one.only("code"), to_system, group.text("targetVersion"), f"{where}.target.code", codes, remarks)


def _mapped(at: Node | None, system: str, canonical: str, requirement: str, codes: Bindings, remarks: Remarks) -> None:
    """What is mapped is of the value set that is mapped from; the one that is mapped to gives a context only."""
    if at is None or not isinstance(at.value, str) or not canonical or canonical.startswith("#"):
        return
    if codes.is_in(canonical, system, at.value) is False:
        message = Text(f"« {at.value} » n'est pas de {canonical}", f"'{at.value}' is not of {canonical}")
        remarks.error("FHIR-CODE", requirement, at, message)
