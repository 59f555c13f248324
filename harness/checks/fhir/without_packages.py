"""A resource judged where no definition of FHIR is installed: on its structure, by the models of fhir.resources (R4B)."""

from __future__ import annotations

import json
from typing import Any

from ...documents import Document
from ...documents.fhir_tree import Node
from ...model import Text
from .judging import Outcome
from .remarks import NOTHING, Remark, Remarks
from .shapes import BASE

# resources of R4 that R4B renamed, took out or made anew (Evidence): its models say nothing of them
_NOT_IN_R4B = frozenset(
    {
        "EffectEvidenceSynthesis",
        "Evidence",
        "EvidenceVariable",
        "MedicinalProduct",
        "MedicinalProductAuthorization",
        "MedicinalProductContraindication",
        "MedicinalProductIndication",
        "MedicinalProductIngredient",
        "MedicinalProductInteraction",
        "MedicinalProductManufactured",
        "MedicinalProductPackaged",
        "MedicinalProductPharmaceutical",
        "MedicinalProductUndesirableEffect",
        "RiskEvidenceSynthesis",
        "SubstanceNucleicAcid",
        "SubstancePolymer",
        "SubstanceProtein",
        "SubstanceReferenceInformation",
        "SubstanceSourceMaterial",
        "SubstanceSpecification",
    }
)
_TOLD = {
    "missing": Text("manque", "is missing"),
    "value_error.missing": Text("manque", "is missing"),
    "extra_forbidden": Text("élément inconnu", "unknown element"),
    "value_error.extra": Text("élément inconnu", "unknown element"),
}
_WHY = Text(
    "profils, cardinalités, invariants et jeux de valeurs : aucun paquet FHIR n'est installé "
    "(`harness packages install hl7.fhir.r4.core@4.0.1`, ou `harness packages add PAQUET.tgz`)",
    "profiles, cardinalities, invariants and value sets: no FHIR package is installed "
    "(`harness packages install hl7.fhir.r4.core@4.0.1`, or `harness packages add PACKAGE.tgz`)",
)
_XML = Text("la structure de la ressource, écrite en XML", "the structure of the resource, written in XML")


def judge(document: Document, root: Node) -> Outcome:
    remarks = Remarks()
    for problem in root.source.problems if root.source is not None else ():
        remarks.error("FHIR-FORMAT", "FHIR-FORMAT", problem.node, problem.message, problem.hint)
    if document.kind != "fhir-json":
        return Outcome(list(remarks), [], (_XML, _WHY))
    if root.type in _NOT_IN_R4B:
        said = Text(
            f"la structure de {root.type}, que R4B n'a plus ainsi", f"the structure of {root.type}, which R4B no longer has so"
        )
        return Outcome(list(remarks), [], (said, _WHY))
    content = json.loads(document.data.decode("utf-8-sig"))
    found: list[Remark] = [*remarks, *_structure(root, content)]
    return Outcome(found, [], (_WHY,))


def _structure(root: Node, content: dict[str, Any]) -> list[Remark]:
    from fhir.resources.R4B import get_fhir_model_class  # a tenth of a second, for documents of FHIR only
    from pydantic import ValidationError

    remarks = Remarks()
    try:
        model = get_fhir_model_class(root.type)
    except (KeyError, LookupError, ImportError, AttributeError):
        message = Text(f"ressource inconnue de FHIR R4 : {root.type}", f"resource unknown to FHIR R4: {root.type}")
        remarks.error("FHIR-UNKNOWN-RESOURCE", f"{BASE}Resource", root, message)
        return list(remarks)
    try:
        model.model_validate(content)
    except ValidationError as error:
        for item in error.errors(include_url=False, include_context=False):
            node, missing = _at(root, item["loc"])
            said = _TOLD.get(item["type"], Text(str(item["msg"]), str(item["msg"])))
            name = ".".join(str(step) for step in missing) or node.name
            message = Text(f"« {name} » : {said.fr}", f"`{name}`: {said.en}")
            remarks.error("FHIR-STRUCTURE", f"{BASE}{root.type}", node, message, NOTHING)
    return list(remarks)


def _at(root: Node, way: tuple[int | str, ...]) -> tuple[Node, list[int | str]]:
    """The node at the end of a way of names and indices, as far as there is one, and the rest of the way."""
    node = root
    steps = list(way)
    while steps:
        found = node.children.get(str(steps[0]), [])
        if not found:
            break
        steps.pop(0)
        index = steps.pop(0) if steps and isinstance(steps[0], int) else 0
        node = found[index] if isinstance(index, int) and index < len(found) else found[0]
    return node, steps
