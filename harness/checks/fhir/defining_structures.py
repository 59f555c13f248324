"""StructureDefinitions and SearchParameters as resources, and the addresses of all that is defined.

Source: FHIR R4, StructureDefinition, ElementDefinition, SearchParameter; canonical URLs are absolute (references, canonical).
"""

from __future__ import annotations

from ...documents.fhir_tree import Node
from ...model import Text
from .remarks import Remarks
from .shapes import BASE, Element, Shape, Structure, Structures

_RULE = "FHIR-DEFINITION"
_ANY = frozenset({"Resource", "DomainResource", "Element", "BackboneElement", "Reference", "canonical"})
_WHERE = f"{BASE}StructureDefinition#StructureDefinition.differential.element"


def judge(resource: Node, structures: Structures, remarks: Remarks) -> None:
    _address(resource, structures, remarks)
    if resource.type == "SearchParameter":
        if resource.text("type") == "composite" and len(resource.children.get("component", ())) < 2:
            message = Text("un paramètre composite a au moins deux composants", "a composite parameter has two components at least")
            remarks.error(_RULE, f"{BASE}SearchParameter#SearchParameter.component", resource, message)
    elif resource.type == "StructureDefinition" and resource.text("derivation") == "constraint":
        base = structures.structure(resource.text("baseDefinition"))
        if base is not None and base.kind in ("resource", "complex-type"):
            for differential in resource.children.get("differential", ()):
                for changed in differential.children.get("element", ()):
                    _changed(changed, base, structures, remarks)


def _address(resource: Node, structures: Structures, remarks: Remarks) -> None:
    """What defines has a canonical URL, and that is absolute, wherever it is held."""
    shape = structures.type_shape(resource.type)
    url = resource.text("url")
    if shape is None or not url or ":" in url or not {"url", "version", "status"} <= shape.by_name.keys():
        return
    message = Text(f"« {url} » n'est pas une adresse absolue", f"`{url}` is not an absolute address")
    remarks.error(_RULE, f"{BASE}{resource.type}#{resource.type}.url", resource.only("url") or resource, message)


def _changed(changed: Node, base: Structure, structures: Structures, remarks: Remarks) -> None:
    path = changed.text("path")
    if _exists(path, base, structures) is False:
        message = Text(f"« {path} » n'est pas un élément de {base.type}", f"`{path}` is no element of {base.type}")
        remarks.error(_RULE, f"{_WHERE}.path", changed.only("path") or changed, message)
        return
    for type in changed.children.get("type", ()):
        code = type.text("code")
        for profile in type.children.get("profile", ()):
            found = structures.structure(str(profile.value)) if isinstance(profile.value, str) else None
            if found is not None and code not in _ANY and found.type != code:
                message = Text(
                    f"{profile.value} est un profil de {found.type}, pas de {code}",
                    f"{profile.value} is of {found.type}, not {code}",
                )
                remarks.error(_RULE, f"{_WHERE}.type.profile", profile, message)
    above = base.by_id.get(changed.text("id") or path)
    if above is not None and above.fixed is not None:
        _fixed(changed, above, remarks)


def _fixed(changed: Node, above: Element, remarks: Remarks) -> None:
    """What the base fixes stays fixed."""
    for name, nodes in changed.children.items():
        if name.startswith("fixed") and nodes[0].value is not None and nodes[0].value != (above.fixed or ("", None))[1]:
            wanted = (above.fixed or ("", None))[1]
            message = Text(f"la définition de base fixe « {wanted} »", f"the base definition fixes `{wanted}`")
            remarks.error(_RULE, f"{_WHERE}.fixed[x]", nodes[0], message)


def _exists(path: str, base: Structure, structures: Structures) -> bool | None:
    """Whether the type has an element of this path; None where several types leave it open, or one is not known."""
    first, *steps = path.split(".")
    if first != base.type:
        return False
    element, shape = base.root, structures.type_shape(base.type)
    for step in steps:
        if shape is None:
            return None
        found = _step(step, shape)
        if found is None:
            return False
        element, type = found
        if not type:
            return None
        shape = structures.shape(element, type)
    return True


def _step(step: str, shape: Shape) -> tuple[Element, str] | None:
    """An element by its name in a path, with its type; a choice's is `""` while it may be several."""
    known = shape.by_name.get(step)
    if known is not None:
        return known
    for choice in shape.choices:
        if step == f"{choice.name}[x]":
            return choice, choice.types[0] if len(choice.types) == 1 else ""
    return None
