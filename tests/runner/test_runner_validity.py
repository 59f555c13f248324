"""What is held against a system as invalid R4 is what R4 itself asks, and no more."""

from __future__ import annotations

from typing import Any

import pytest

from harness.library.fhir.definitions import Definitions
from harness.runner.validity import of_r4

BASE = "http://hl7.org/fhir/StructureDefinition/"
LOOSE = [
    {"resourceType": "StructureDefinition", "url": BASE + name, "version": version, "type": "Extension", "kind": "complex-type"}
    for name, version in (("Bundle", "4.0.1"), ("patient-birthPlace", "4.0.1"), ("operationoutcome-issue-col", "5.3.0"))
]


@pytest.mark.parametrize(
    ("requirement", "expected"),
    [
        (BASE + "Bundle#Bundle.type", True),
        (BASE + "patient-birthPlace#Extension.value[x]", True),
        (BASE + "operationoutcome-issue-col#Extension.value[x]", False),
        ("https://ex.example/StructureDefinition/mine#Patient.name", False),
        ("FHIR-FORMAT", True),
    ],
)
def test_an_extension_that_hl7_publishes_apart_is_not_r4(requirement: str, expected: bool) -> None:
    resources: list[tuple[str, dict[str, Any]]] = [(f"{number}.json", one) for number, one in enumerate(LOOSE)]
    assert of_r4(requirement, Definitions().with_resources(resources)) is expected


def test_without_any_package_what_is_asked_is_r4() -> None:
    assert of_r4(BASE + "DocumentReference", Definitions())
