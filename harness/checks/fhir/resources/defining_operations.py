"""OperationDefinitions: what the profiles of their parameters say may not conflict with what the parameters say themselves.

Source: FHIR R4, OperationDefinition.inputProfile and outputProfile: a profile may ask more, in addition, not the contrary.
"""

from __future__ import annotations

from collections.abc import Iterator

from ....documents.fhir_tree import Node
from ....model import Text
from ..remarks import Remarks
from ..shapes import BASE, Element, Structure
from ..structures import Structures

_PROFILES = {"in": "inputProfile", "out": "outputProfile"}
_ANY = frozenset({"Any", "Type", "Element", "Resource", "DomainResource"})


def judge(resource: Node, structures: Structures, remarks: Remarks) -> None:
    if resource.type != "OperationDefinition":
        return
    for use, name in _PROFILES.items():
        said = resource.only(name)
        profile = structures.structure(str(said.value)) if said is not None else None
        if said is None or profile is None or profile.type != "Parameters":
            continue
        slices = dict(_named(profile))
        for parameter in resource.children.get("parameter", ()):
            asked = slices.get(parameter.text("name")) if parameter.text("use") == use else None
            if asked is not None and (conflict := _conflict(parameter, asked)) is not None:
                message = Text(
                    f"{profile.title}, paramètre « {parameter.text('name')} » : {conflict.fr}",
                    f"{profile.title}, parameter `{parameter.text('name')}`: {conflict.en}",
                )
                where = f"{BASE}OperationDefinition#OperationDefinition.{name}"
                remarks.error("FHIR-DEFINITION", where, parameter, message)


def _named(profile: Structure) -> Iterator[tuple[str, Element]]:
    """The slices of `parameter`, by the name that each fixes."""
    for element in profile.root.children:
        for one in element.slices if element.name == "parameter" else ():
            name = next((child.fixed or child.pattern for child in one.children if child.name == "name"), None)
            if name is not None and isinstance(name[1], str):
                yield name[1], one


def _conflict(parameter: Node, asked: Element) -> Text | None:
    """What no set of parameters could satisfy both."""
    least, most = parameter.only("min"), parameter.text("max")
    if most.isdigit() and asked.min > int(most):
        return Text(f"{asked.min} au moins, l'opération en admet {most}", f"{asked.min} at least, the operation admits {most}")
    if least is not None and isinstance(least.value, int) and asked.max is not None and asked.max < least.value:
        low = least.value
        return Text(f"{asked.max} au plus, l'opération en demande {low}", f"{asked.max} at most, the operation asks for {low}")
    type = parameter.text("type")
    admitted = {
        one for child in asked.children if child.name in ("value", "resource") and child.max != 0 for one in child.types or ("Any",)
    }
    if type and admitted and type not in _ANY | admitted and not admitted & _ANY:
        names = ", ".join(sorted(admitted))[:200]
        return Text(f"{names} est attendu, l'opération dit {type}", f"{names} is expected, the operation says {type}")
    return None
