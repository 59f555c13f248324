"""What is said of an expression before any resource is read: wrong names, invariants that nothing can break or fulfil."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from harness.checks.fhir import fhirpath


def element(path: str, *types: str, **more: Any) -> dict[str, Any]:
    return {"path": path, "id": path, "types": [{"code": code} for code in types], **more}


def primitive(name: str) -> list[dict[str, Any]]:
    return [element(name), element(f"{name}.extension", "Extension"), element(f"{name}.value", name)]


# As much of R4 as the expressions below speak of.
R4 = {
    "Observation": [
        element("Observation"),
        element("Observation.id", "id"),
        element("Observation.extension", "Extension"),
        element("Observation.status", "code"),
        element("Observation.value[x]", "Quantity", "string", "boolean"),
        element("Observation.component", "BackboneElement"),
        element("Observation.component.value[x]", "Quantity", "string"),
        element("Observation.component.sub", content_reference=["", "Observation.component"]),
    ],
    "Patient": [element("Patient"), element("Patient.active", "boolean")],
    "Quantity": [element("Quantity"), element("Quantity.value", "decimal"), element("Quantity.unit", "string")],
    "Extension": [
        element("Extension"),
        element("Extension.url", "uri"),
        element("Extension.extension", "Extension"),
        element("Extension.value[x]", "string", "Quantity"),
    ],
    **{name: primitive(name) for name in ("code", "string", "boolean", "decimal", "uri", "id")},
}


class Structures:
    def type(self, name: str) -> Mapping[str, Any] | None:
        return {"elements": R4[name]} if name in R4 else None


TOLD = [
    ("Observation", "status.exists()", []),
    ("Observation", "value.exists() or component.exists()", []),
    ("Observation", "value.ofType(Quantity).unit = 'kg'", []),
    ("Observation", "value is string implies value.length() > 1", []),
    ("Observation", "extension('http://example.org/a').extension('b').value.exists()", []),
    ("Observation", "component.sub.sub.value.exists()", []),
    ("Observation", "%resource.status = 'final'", []),
    ("Extension", "extension('part').exists()", []),
    ("Observation", "extension('participant').where(value.exists()).count() <= 1", ["no-element"]),
    ("Observation", "extension('participant').empty()", ["no-element", "never-false"]),
    ("Observation", "extension('participant').exists() implies value.exists()", ["no-element", "never-false"]),
    ("Observation", "colour.exists() implies status.exists()", ["no-element", "never-false"]),
    ("Observation", "colour = 'red'", ["no-element", "never-true"]),
    ("Observation", "component.colour.exists()", ["no-element", "never-true"]),
    ("Observation", "valueQuantity.exists()", ["no-element"]),
    ("Observation", "Patient.active.exists()", ["no-type", "never-true"]),
    ("Observation", "value is Patient", ["never-true"]),
    ("Observation", "(value as Quantity).text.exists()", ["no-element", "never-true"]),
    ("Observation", "status.exists() or true", ["never-false"]),
    ("Observation", "status.exists() or status.empty()", []),
    ("Observation", "children().first().exists()", ["unordered"]),
    ("Observation.component", "value.exists()", []),
    ("Observation.component", "status.exists()", ["no-element", "never-true"]),
    ("Observation.value[x]", "unit.exists()", []),
]


@pytest.mark.parametrize(("path", "expression", "kinds"), TOLD)
def test_what_an_expression_is_told_to_be(path: str, expression: str, kinds: list[str]) -> None:
    found = fhirpath.remarks(fhirpath.compile(expression), path, Structures())
    assert [remark.kind for remark in found] == kinds
    assert all(remark.told.fr and remark.told.en for remark in found)
