"""Expressions written to Python: kept with their package, evaluated from there, however deep they are nested."""

from __future__ import annotations

from typing import Any

import pytest

from harness.checks.fhir import fhirpath
from harness.documents.fhir_json import read_json
from harness.library.fhir import packing
from harness.library.fhir.definitions import Definitions
from harness.library.fhirpath.names import key
from harness.library.pack import pack, unpack

PATIENT = read_json(
    b'{"resourceType": "Patient", "active": true, "name": [{"family": "A"}, {"family": "B"}], "birthDate": "2020-05"}'
)


def packaged(*expressions: str) -> Definitions:
    """A package whose profile has these invariants."""
    constraints = [{"key": f"c-{number}", "expression": expression} for number, expression in enumerate(expressions)]
    profile: dict[str, Any] = {
        "resourceType": "StructureDefinition",
        "url": "http://example.org/p",
        "type": "Patient",
        "snapshot": {"element": [{"id": "Patient", "path": "Patient", "constraint": constraints}]},
    }
    blobs, _ = packing.compiled([("p.json", profile)])
    opened = unpack(pack(blobs))
    assert opened is not None
    return Definitions([("a", "1.0.0", "sha512-x", opened)])


@pytest.mark.parametrize(
    ("expression", "holds"),
    [
        ("name.count() = 2", True),
        ("name.where(family = 'A').family = 'B'", False),
        ("birthDate <= @2020-06-01", True),
        ("%resource.name.exists(family in ('C' | 'B'))", True),
        ("iif(birthDate > today(), false, true)", None),
    ],
)
def test_an_invariant_is_evaluated_by_what_its_package_keeps(expression: str, *, holds: bool | None) -> None:
    code = packaged(expression).program(key(expression, "truth"))
    assert code is not None
    assert not isinstance(code, tuple)
    made = fhirpath.defined(code)["made"]
    kept = fhirpath.Compiled(expression, written=lambda _: made)
    assert kept.truth(PATIENT, fhirpath.Context()) is holds
    assert fhirpath.compile(expression).truth(PATIENT, fhirpath.Context()) is holds


def test_of_what_is_no_fhirpath_the_package_keeps_what_is_wrong() -> None:
    kept = packaged("name.where(").program(key("name.where(", "truth"))
    assert isinstance(kept, tuple)
    assert kept[2] == len("name.where(")
    assert kept[0].startswith("l'expression") and kept[1].startswith("the expression")


def test_what_no_package_holds_is_written_when_it_is_asked() -> None:
    assert packaged("active").program(key("name.exists()", "truth")) is None
    assert fhirpath.Compiled("name.exists()", written=lambda _: None).truth(PATIENT, fhirpath.Context()) is True


@pytest.mark.parametrize("depth", [15, 60, 90])
def test_loops_and_conditions_within_one_another_are_evaluated_however_deep(depth: int) -> None:
    conditions = "active and (" * depth + "active" + ")" * depth
    assert fhirpath.compile(conditions).truth(PATIENT, fhirpath.Context()) is True
    loops = "exists(" * depth + "$this is Patient" + ")" * depth
    assert fhirpath.compile(f"$this.{loops}").truth(PATIENT, fhirpath.Context()) is True
