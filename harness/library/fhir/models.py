"""What the models of fhir.resources (R4B) know of FHIR, as definitions: elements, types, cardinalities, targets, codes.

They stand in for R4's own definitions where no package is installed. Profiles, invariants and value sets are not in them.
"""

from __future__ import annotations

import re
import typing
from collections.abc import Iterator, Mapping
from typing import Any

from ...model import Text
from ...remembered import remembered
from .compiling import BASE, PRIMITIVE_TYPES
from .neighbours import Neighbours

VERSION = "4.3.0"
# resources and types of R4 that R4B renamed, took out or made anew: its models say nothing of them
NOT_IN_R4B = frozenset(
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
_NEW_IN_R4B = frozenset(
    {
        "AdministrableProductDefinition",
        "Citation",
        "ClinicalUseDefinition",
        "EvidenceReport",
        "Ingredient",
        "ManufacturedItemDefinition",
        "MedicinalProductDefinition",
        "NutritionProduct",
        "PackagedProductDefinition",
        "RegulatedAuthorization",
        "SubscriptionStatus",
        "SubscriptionTopic",
        "SubstanceDefinition",
    }
)
_ABSTRACT = frozenset({"Resource", "DomainResource", "Element", "BackboneElement"})
_BACKBONE = frozenset({"BackboneElement", "Element"})
_NAME = re.compile(r"[A-Z][A-Za-z0-9]*")
_OPEN = frozenset({"+", "etc.", "...", "mime"})  # says that a list of codes goes on, or admits any media type
_ANY_TYPE = 40  # types of a choice that admits them all: R4 counts Meta among them
_PYTHON = {bool: "boolean", bytes: "base64Binary"}


class Models:
    """The definitions that a walk asks for. codes: of an element whose codes R4B lists whole, by `<canonical>#<element id>`."""

    def __init__(self) -> None:
        self.codes: dict[str, frozenset[str]] = {}
        self.unfinished: dict[str, Text] = {}

    def structure(self, canonical: str) -> Mapping[str, Any] | None:
        url = canonical.partition("|")[0]
        return self.type(url.removeprefix(BASE)) if url.startswith(BASE) else None

    def namesake(self, kind: str, url: str) -> str | None:  # noqa: ARG002 - as definitions are asked
        """Only packages give addresses of their own."""
        return None

    def neighbours(self, *, extensions: bool) -> Neighbours:  # noqa: ARG002 - as definitions are asked
        return Neighbours(())

    def sort(self, url: str) -> str:  # noqa: ARG002 - as definitions are asked
        return ""

    def canonical_versions(self, url: str) -> list[str]:  # noqa: ARG002 - as definitions are asked
        return []

    def republished(self, url: str) -> str | None:  # noqa: ARG002 - as definitions are asked
        return None

    @remembered
    def type(self, name: str) -> Mapping[str, Any] | None:
        model = _model(name)
        if model is None:
            return None
        from fhir.resources.R4B.resource import Resource

        url = BASE + name
        elements = [_element(name, 0, None, [])]
        elements += self._children(model, url, name, {})
        return {
            "url": url,
            "version": VERSION,
            "name": name,
            "title": name,
            "status": "active",
            "type": name,
            "kind": "resource" if issubclass(model, Resource) else "complex-type",
            "base": "",
            "abstract": name in _ABSTRACT,
            "derivation": "specialization",
            "context": [],
            "context_invariants": [],
            "imposes": [],
            "elements": elements,
        }

    def _children(self, model: Any, url: str, path: str, above: Mapping[Any, str]) -> Iterator[dict[str, Any]]:
        """The elements under a path. above: where the models of parts stand that this one is in: some hold themselves."""
        above = {**above, model: path}
        fields = {field.alias or name: field for name, field in model.model_fields.items()}  # `class` is class_fhir in Python
        choices: dict[str, list[str]] = {}
        for name in model.elements_sequence():
            choices.setdefault((fields[name].json_schema_extra or {}).get("one_of_many") or name, []).append(name)
        for name, written in choices.items():
            said = fields[written[0]].json_schema_extra or {}
            is_choice = "one_of_many" in said
            required = (
                said.get("one_of_many_required") if is_choice else said.get("element_required") or fields[written[0]].is_required()
            )
            types = [_type(name, one, fields[one], is_choice=is_choice) for one in written]
            if len(types) > _ANY_TYPE:
                types.append({"code": "Meta", "profiles": [], "targets": [], "aggregation": []})
            is_list, part = _unwrapped(fields[written[0]].annotation)
            inside = f"{path}.{name}{'[x]' if is_choice else ''}"
            made = _element(inside, 1 if required else 0, None if is_list else 1, types)
            if is_choice:
                made["choice"] = True
            listed = said.get("enum_values") or ()
            if types[0]["code"] == "code" and listed and not _OPEN & set(listed):
                self.codes[f"{url}#{inside}"] = frozenset(listed)
                made["binding"] = {"strength": "required", "valueset": ""}
            if types[0]["code"] == "BackboneElement" and (model_of_part := _part(part)) is not None:
                if model_of_part in above:
                    made["content_reference"] = ["", above[model_of_part]]
                    yield made
                    continue
                yield made
                yield from self._children(model_of_part, url, inside, above)
                continue
            yield made


def _model(name: str) -> Any:
    """The model of a type or resource of R4, None when R4B has none for it."""
    if not _NAME.fullmatch(name) or name in NOT_IN_R4B or name in _NEW_IN_R4B:
        return None
    from fhir.resources.R4B import get_fhir_model_class  # a tenth of a second, for documents of FHIR only

    try:
        model = get_fhir_model_class(name)
    except (ValueError, LookupError, ImportError, AttributeError):
        return None
    return None if _is_part(model) else model


def _is_part(model: Any) -> bool:
    """A part of a resource, of which FHIR makes no type: `PatientContact`."""
    name = model.__name__
    parents = {parent.__name__ for parent in model.__mro__[1:2]}
    whole = model.__module__.rpartition(".")[2]
    return bool(parents & _BACKBONE) and name.lower() != whole and name not in _BACKBONE


def _part(annotation: Any) -> Any:
    model = _class(annotation)
    return model if model is not None and _is_part(model) else None


def _class(annotation: Any) -> Any:
    get = getattr(annotation, "get_model_klass", None)
    return None if get is None else get()


def _unwrapped(annotation: Any) -> tuple[bool, Any]:
    """Whether it is a list, and what is in it."""
    is_list = False
    while True:
        origin = typing.get_origin(annotation)
        if origin is None or origin is typing.Annotated:
            return is_list, annotation
        inside = [one for one in typing.get_args(annotation) if one is not type(None)]
        is_list = is_list or origin is list
        annotation = inside[0]


def _type(name: str, written: str, field: Any, *, is_choice: bool) -> dict[str, Any]:
    if is_choice:  # its name tells more than the model (valueMarkdown), which need not be imported: an Extension has fifty
        suffix = written[len(name) :]
        small = suffix[:1].lower() + suffix[1:]
        code = small if small in PRIMITIVE_TYPES else suffix
    else:
        _, annotation = _unwrapped(field.annotation)
        code = _primitive(annotation)
        if not code:
            model = _class(annotation)
            code = "" if model is None else "BackboneElement" if _is_part(model) else model.__name__
    said = (field.json_schema_extra or {}).get("enum_reference_types") or ()
    return {"code": code, "profiles": [], "targets": [BASE + one for one in said] if code == "Reference" else [], "aggregation": []}


def _primitive(annotation: Any) -> str:
    if annotation in _PYTHON:
        return _PYTHON[annotation]
    if typing.get_origin(annotation) is not typing.Annotated:
        return ""
    name = type(typing.get_args(annotation)[-1]).__name__
    small = name[:1].lower() + name[1:]
    return small if small in PRIMITIVE_TYPES else "string"


def _element(path: str, least: int, most: int | None, types: list[dict[str, Any]]) -> dict[str, Any]:
    return {"path": path, "id": path, "min": least, "max": most, "base_min": least, "base_max": most, "types": types}
