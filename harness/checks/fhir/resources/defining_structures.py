"""StructureDefinitions and SearchParameters as resources, and the addresses of all that is defined.

Source: FHIR R4, StructureDefinition, ElementDefinition, SearchParameter; canonical URLs are absolute (references, canonical).
"""

from __future__ import annotations

from ....documents.fhir_tree import Node
from ....library.fhir.definitions import Definitions
from ....model import Text
from ..data_types import judge_expression
from ..fhirpath.types import base_of
from ..remarks import Remarks
from ..shapes import BASE, Element, Shape, Structure
from ..sides import steps_of
from ..structures import Structures

_RULE = "FHIR-DEFINITION"
_ANY = frozenset({"Resource", "DomainResource", "Element", "BackboneElement", "Reference", "canonical"})
_NEVER_CODED = frozenset(
    {"boolean", "integer", "unsignedInt", "positiveInt", "decimal", "date", "dateTime", "instant", "time", "base64Binary"}
)
_NAMED = 5  # types named in one sentence
_STRENGTHS = ("example", "preferred", "extensible", "required")
_WHERE = f"{BASE}StructureDefinition#StructureDefinition.differential.element"


def judge_parameters(resource: Node, known: Definitions, remarks: Remarks) -> None:
    """What a resource says of search parameters that are defined elsewhere."""
    if resource.type == "SearchParameter":
        _derived(resource, known, remarks)
    elif resource.type == "CapabilityStatement":
        for one in (node for node in resource.walk() if node.name == "searchParam"):
            found = known.search_parameter(one.text("definition")) if one.text("definition") else None
            if found is not None and found["type"] and one.text("type") != found["type"]:
                message = Text(
                    f"{one.text('definition')} est de type {found['type']}", f"{one.text('definition')} is of type {found['type']}"
                )
                where = f"{BASE}CapabilityStatement#CapabilityStatement.rest.resource.searchParam.type"
                remarks.error(_RULE, where, one.only("type") or one, message)


def _derived(parameter: Node, known: Definitions, remarks: Remarks) -> None:
    """A parameter keeps the type of the one it comes from, and searches no other resources."""
    canonical = parameter.text("derivedFrom")
    found = known.search_parameter(canonical) if canonical else None
    if found is None:
        return
    where = f"{BASE}SearchParameter#SearchParameter.derivedFrom"
    if found["type"] and parameter.text("type") != found["type"]:
        message = Text(f"{canonical} est de type {found['type']}", f"{canonical} is of type {found['type']}")
        remarks.error(_RULE, where, parameter.only("type") or parameter, message)
    for base in parameter.children.get("base", ()):
        if isinstance(base.value, str) and found["base"] and not {base.value, "Resource", "DomainResource"} & {*found["base"]}:
            message = Text(f"{canonical} ne porte pas sur {base.value}", f"{canonical} is not on {base.value}")
            remarks.error(_RULE, where, base, message)


def judge(resource: Node, structures: Structures, remarks: Remarks) -> None:
    _address(resource, structures, remarks)
    if resource.type == "SearchParameter":
        judge_expression(resource.only("expression"), remarks)
        if resource.text("type") == "composite" and len(resource.children.get("component", ())) < 2:
            message = Text("un paramètre composite a au moins deux composants", "a composite parameter has at least two components")
            remarks.error(_RULE, f"{BASE}SearchParameter#SearchParameter.component", resource, message)
    elif resource.type == "StructureDefinition" and resource.text("derivation") == "constraint":
        base = structures.structure(resource.text("baseDefinition"))
        if base is not None and base.kind in ("resource", "complex-type"):
            for differential in resource.children.get("differential", ()):
                for changed in differential.children.get("element", ()):
                    _changed(changed, base, structures, remarks)
        for constraint in [one for one in resource.walk() if one.name == "constraint"]:
            judge_expression(constraint.only("expression"), remarks)
    elif resource.type == "StructureDefinition" and resource.text("derivation") == "specialization":
        _specialised(resource, structures, remarks)


def _specialised(definition: Node, structures: Structures, remarks: Remarks) -> None:
    """It defines a new type (R4, type-derivation-rule); a name without address is one of FHIR's (StructureDefinition.type)."""
    type, url = definition.text("type"), definition.text("url")
    base = structures.definitions.structure(definition.text("baseDefinition"))  # that of a logical model may have no snapshot
    if not type or not url:
        return
    if base is not None and type in (base["type"], f"{BASE}{base['type']}") and url != base["url"]:
        message = Text(
            f"« {type} » est le type de la définition de base : une spécialisation en définit un autre",
            f"`{type}` is the type of the base definition: a specialization defines another",
        )
    elif ":" not in type and definition.text("kind") == "logical" and url != f"{BASE}{type}":
        message = Text(
            f"« {type} » désigne {BASE}{type} : le type d'un modèle qui n'est pas de FHIR est une adresse",
            f"`{type}` names {BASE}{type}: the type of a model that is not FHIR's is an address",
        )
    else:
        return
    remarks.error(_RULE, f"{BASE}StructureDefinition#StructureDefinition.type", definition.only("type") or definition, message)


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
        message = Text(f"« {path} » n'est pas un élément de {base.type}", f"`{path}` is not an element of {base.type}")
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
    _bound(changed, remarks)
    _of_originals(changed, base, remarks)
    for slicing in changed.children.get("slicing", ()):
        for discriminator in slicing.children.get("discriminator", ()):
            _discriminator(discriminator, path, base, structures, remarks)
    above = base.by_id.get(changed.text("id") or path)
    if above is not None:
        _typed(changed, above, remarks)
        _fixed(changed, above, remarks)
        _loosened(changed, above, remarks)


def _bound(changed: Node, remarks: Remarks) -> None:
    """Only coded elements, strings and URIs have a binding (R4, eld-11, whose expression lets every type by)."""
    binding = changed.only("binding")
    types = {type.text("code") for type in changed.children.get("type", ())}
    if binding is not None and types and types <= _NEVER_CODED:
        named = ", ".join(sorted(types))
        message = Text(f"{named} : un élément sans code n'a pas de liaison", f"{named}: an element without code has no binding")
        remarks.error(_RULE, f"{BASE}ElementDefinition#eld-11", binding, message)


def _of_originals(changed: Node, base: Structure, remarks: Remarks) -> None:
    """R4, ElementDefinition: no profile says what a missing value means, or which stands in; the definition of an extension may."""
    for name, nodes in changed.children.items() if base.type != "Extension" else ():
        if name == "meaningWhenMissing" or name.startswith("defaultValue"):
            message = Text(f"{name} n'est pas permis dans un profil", f"{name} is not allowed in a profile")
            kind = "defaultValue[x]" if name.startswith("default") else name
            remarks.error(_RULE, f"{_WHERE}.{kind}", nodes[0], message)


def _typed(changed: Node, above: Element, remarks: Remarks) -> None:
    """Of the types that the base admits a profile keeps some (R4, profiling); a value that it sets is of one of them."""
    if not above.types or not _ANY.isdisjoint(above.types):
        return
    said = changed.children.get("type", [])
    for type in said:
        code = type.text("code")
        if code and ":" not in code and code not in above.types and base_of(code) not in above.types:
            names = ", ".join(above.types[:_NAMED])
            message = Text(f"{code} : la définition de base admet {names}", f"{code}: the base definition admits {names}")
            remarks.error(_RULE, f"{_WHERE}.type", type, message)
    types = {type.text("code") for type in said} or {*above.types}
    for name, nodes in changed.children.items():
        kind = name.removeprefix("fixed").removeprefix("pattern")
        if (
            kind != name
            and kind[:1].isupper()
            and not types & {kind, kind[:1].lower() + kind[1:]}
            and not any(":" in one for one in types)
        ):
            names = ", ".join(sorted(types)[:_NAMED])
            message = Text(f"« {name} » : l'élément est de type {names}", f"`{name}`: the element is of type {names}")
            remarks.error(_RULE, f"{_WHERE}.{'fixed' if name[0] == 'f' else 'pattern'}[x]", nodes[0], message)


def _fixed(changed: Node, above: Element, remarks: Remarks) -> None:
    """What the base fixes stays fixed."""
    if above.fixed is None:
        return
    wanted = above.fixed[1]
    for name, nodes in changed.children.items():
        if name.startswith("fixed") and nodes[0].value is not None and nodes[0].value != wanted:
            message = Text(f"la définition de base fixe « {wanted} »", f"the base definition fixes `{wanted}`")
            remarks.error(_RULE, f"{_WHERE}.fixed[x]", nodes[0], message)


def _loosened(changed: Node, above: Element, remarks: Remarks) -> None:
    """A profile asks at least what its base asks: cardinality, and strength of a binding."""
    low, high = changed.only("min"), changed.text("max")
    if low is not None and isinstance(low.value, int) and low.value < above.min and not changed.text("sliceName"):
        message = Text(
            f"la définition de base en demande {above.min} au moins", f"the base definition asks for {above.min} at least"
        )
        remarks.error(_RULE, f"{_WHERE}.min", low, message)
    if high and above.max is not None and (high == "*" or (high.isdigit() and int(high) > above.max)):
        message = Text(f"la définition de base en admet {above.max} au plus", f"the base definition admits {above.max} at most")
        remarks.error(_RULE, f"{_WHERE}.max", changed.only("max") or changed, message)
    for binding in changed.children.get("binding", ()):
        said, strength = binding.only("strength"), binding.text("strength")
        wanted = above.binding["strength"] if above.binding else ""
        if wanted in _STRENGTHS and strength in _STRENGTHS and _STRENGTHS.index(strength) < _STRENGTHS.index(wanted):
            message = Text(
                f"« {strength} » : la définition de base dit {wanted}", f"`{strength}`: the base definition says {wanted}"
            )
            remarks.error(_RULE, f"{_WHERE}.binding.strength", said or binding, message)


def _discriminator(discriminator: Node, sliced: str, base: Structure, structures: Structures, remarks: Remarks) -> None:
    """Its path leads from the element that is sliced to one that is there."""
    path = discriminator.text("path")
    steps = steps_of(path) or []
    names = [name for kind, name in steps if kind == "name"]
    if len(names) == len(steps) and names and _exists(".".join([sliced, *names]), base, structures, by_choice=True) is False:
        message = Text(f"« {path} » n'est pas un élément de {sliced}", f"`{path}` is not an element of {sliced}")
        remarks.error(_RULE, f"{_WHERE}.slicing.discriminator.path", discriminator, message)


def _exists(path: str, base: Structure, structures: Structures, *, by_choice: bool = False) -> bool | None:
    """Whether the type has an element of this path; None where several types leave it open, or one is not known.

    by_choice: a choice may be called without `[x]`, as discriminators do.
    """
    first, *steps = path.split(".")
    if first != base.type:
        return False
    element, shape = base.root, structures.type_shape(base.type)
    for step in steps:
        if shape is None:
            return None
        found = _step(step, shape, by_choice=by_choice)
        if found is None:
            return False
        element, type = found
        if not type:
            return None
        shape = structures.shape(element, type)
    return True


def _step(step: str, shape: Shape, *, by_choice: bool) -> tuple[Element, str] | None:
    """An element by its name in a path, with its type; a choice's is `""` while it may be several."""
    known = shape.by_name.get(step)
    if known is not None:
        return known.element, known.type
    for choice in shape.choices:
        if step == f"{choice.name}[x]" or (by_choice and step == choice.name):
            return choice, choice.types[0] if len(choice.types) == 1 else ""
    return None
