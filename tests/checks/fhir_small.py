"""A FHIR of a few types, and profiles of a few lines, for tests that need no package."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from harness.checks.fhir.judging import Outcome, judge
from harness.checks.fhir.remarks import Remarks
from harness.checks.fhir.shapes import BASE
from harness.checks.fhir.structures import Structures
from harness.documents.fhir_json import read_json
from harness.documents.fhir_tree import Node
from harness.library.fhir.definitions import Definitions
from harness.model import Severity

PROFILES = "http://example.org/StructureDefinition/"
_DATATYPES = (
    "Meta",
    "HumanName",
    "Identifier",
    "ContactPoint",
    "Coding",
    "Reference",
    "Extension",
    "Quantity",
    "Narrative",
    "BackboneElement",
    "Element",
)


def node(content: dict[str, Any]) -> Node:
    return read_json(json.dumps(content).encode())


def remarked(judge: Callable[..., object], of: dict[str, Any] | Node, *others: object) -> Remarks:
    """What a judge of one thing remarks of it. others: what it is given beside it."""
    remarks = Remarks()
    judge(of if isinstance(of, Node) else node(of), *others, remarks)
    return remarks


def element(path: str, low: int = 0, high: str = "1", *types: Any, id: str = "", **more: Any) -> dict[str, Any]:
    coded = [{"code": one} if isinstance(one, str) else one for one in types]
    base_max = more.pop("base_max", high)
    return {
        "id": id or path,
        "path": path,
        "min": low,
        "max": high,
        "base": {"path": path, "min": 0, "max": base_max},
        "type": coded,
        **more,
    }


def structure(type: str, *elements: dict[str, Any], **head: Any) -> tuple[str, dict[str, Any]]:
    plain = {
        "resourceType": "StructureDefinition",
        "url": BASE + type,
        "version": "4.0.1",
        "name": head.get("url", type).rpartition("/")[2],
        "type": type,
        "kind": "complex-type" if type in _DATATYPES else "resource",
        "derivation": "specialization",
        "snapshot": {"element": [element(type, 0, "*"), *elements]},
        **head,
    }
    return f"{plain['name']}.json", plain


def profile(name: str, type: str, *elements: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    return structure(type, *elements, url=PROFILES + name, version="1.0", derivation="constraint", baseDefinition=BASE + type)


def changes(name: str, type: str, *elements: dict[str, Any], **head: Any) -> tuple[str, dict[str, Any]]:
    """A profile without snapshot, as one writes it."""
    file, plain = profile(name, type)
    del plain["snapshot"]
    return file, plain | {"differential": {"element": list(elements)}} | head


def sliced(*discriminators: tuple[str, str], rules: str = "open", ordered: bool = False) -> dict[str, Any]:
    told = [{"type": kind, "path": way} for kind, way in discriminators]
    return {"slicing": {"discriminator": told, "rules": rules, "ordered": ordered}}


def reference(*targets: str) -> dict[str, Any]:
    return {"code": "Reference", "targetProfile": list(targets)}


def _resource(type: str, *elements: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    common = [
        element(f"{type}.id", 0, "1", "id"),
        element(f"{type}.meta", 0, "1", "Meta"),
        element(f"{type}.contained", 0, "*", "Resource"),
        element(f"{type}.extension", 0, "*", "Extension"),
    ]
    return structure(type, *common, *elements)


NARRATIVE = structure("Narrative", element("Narrative.extension", 0, "*", "Extension"), element("Narrative.div", 1, "1", "xhtml"))
BASICS = [
    structure("Meta", element("Meta.profile", 0, "*", "canonical"), element("Meta.versionId", 0, "1", "id")),
    structure("HumanName", element("HumanName.use", 0, "1", "code"), element("HumanName.family", 0, "1", "string")),
    structure("Coding", element("Coding.system", 0, "1", "uri"), element("Coding.code", 0, "1", "code")),
    structure(
        "Identifier",
        element("Identifier.use", 0, "1", "code"),
        element("Identifier.system", 0, "1", "uri"),
        element("Identifier.value", 0, "1", "string"),
        element("Identifier.type", 0, "1", "Coding"),
    ),
    structure("Reference", element("Reference.reference", 0, "1", "string"), element("Reference.type", 0, "1", "uri")),
    structure("Quantity", element("Quantity.value", 0, "1", "decimal"), element("Quantity.code", 0, "1", "code")),
    structure(
        "Extension",
        element("Extension.extension", 0, "*", "Extension"),
        element("Extension.url", 1, "1", "uri"),
        element("Extension.value[x]", 0, "1", "string", "code", "Reference"),
    ),
    _resource(
        "Patient",
        element("Patient.identifier", 0, "*", "Identifier"),
        element("Patient.name", 0, "*", "HumanName"),
        element("Patient.birthDate", 0, "1", "date"),
        element("Patient.generalPractitioner", 0, "*", reference(BASE + "Practitioner", BASE + "Organization")),
    ),
    structure("ContactPoint", element("ContactPoint.system", 0, "1", "code"), element("ContactPoint.value", 0, "1", "string")),
    _resource(
        "Practitioner",
        element("Practitioner.name", 0, "*", "HumanName"),
        element("Practitioner.telecom", 0, "*", "ContactPoint"),
    ),
    _resource("Organization", element("Organization.name", 0, "1", "string")),
    _resource(
        "Observation",
        element("Observation.subject", 0, "1", reference(BASE + "Patient")),
        element("Observation.value[x]", 0, "1", "Quantity", "string"),
        element("Observation.hasMember", 0, "*", reference(BASE + "Observation")),
    ),
    _resource(
        "Composition",
        element("Composition.subject", 0, "1", reference(BASE + "Patient")),
        element("Composition.relatesTo", 0, "*", "BackboneElement"),
        element("Composition.relatesTo.code", 1, "1", "code"),
        element("Composition.relatesTo.target[x]", 1, "1", reference(BASE + "Composition")),
        element("Composition.section", 0, "*", "BackboneElement"),
        element("Composition.section.focus", 0, "1", reference(BASE + "Resource")),
        element("Composition.section.entry", 0, "*", reference(BASE + "Resource")),
        element("Composition.section.section", 0, "*", contentReference="#Composition.section"),
    ),
    _resource(
        "Bundle",
        element("Bundle.type", 1, "1", "code"),
        element("Bundle.link", 0, "*", "BackboneElement"),
        element("Bundle.link.relation", 1, "1", "string"),
        element("Bundle.entry", 0, "*", "BackboneElement"),
        element("Bundle.entry.fullUrl", 0, "1", "uri"),
        element("Bundle.entry.resource", 0, "1", "Resource"),
        element("Bundle.entry.request", 0, "1", "BackboneElement"),
        element("Bundle.entry.request.method", 1, "1", "code"),
        element("Bundle.entry.request.url", 1, "1", "uri"),
    ),
]


def told(content: dict[str, Any], *more: tuple[str, dict[str, Any]], follow: str = "") -> list[tuple[str, str]]:
    """Rule and place of each error. more: definitions; follow: the name of a profile that the resource has to follow."""
    found = outcome(content, *more, follow=follow).remarks
    return [(remark.rule, remark.node.path) for remark in found if remark.severity is Severity.ERROR]


def outcome(content: dict[str, Any], *more: tuple[str, dict[str, Any]], follow: str = "") -> Outcome:
    structures = Structures(Definitions().with_resources([*BASICS, *more]))
    return judge(node(content), structures, profiles=[PROFILES + follow] if follow else [])
