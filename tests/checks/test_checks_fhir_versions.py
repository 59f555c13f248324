"""Several versions of a code system or a value set are installed: a code of any of them is not wrong where none is asked."""

from __future__ import annotations

from typing import Any

import pytest

from harness.checks.fhir.terms.terminology import Terminology
from harness.library.fhir.definitions import Definitions
from harness.library.fhir.packing import compiled
from harness.library.pack import pack, unpack

URL = "http://example.org/fhir/"


def system(version: str, *codes: str) -> dict[str, Any]:
    concepts = [{"code": code} for code in codes]
    return {"resourceType": "CodeSystem", "url": f"{URL}cs", "version": version, "content": "complete", "concept": concepts}


def value_set(version: str, *codes: str) -> dict[str, Any]:
    include = [{"system": f"{URL}cs", "concept": [{"code": code} for code in codes]}]
    return {"resourceType": "ValueSet", "url": f"{URL}vs", "version": version, "compose": {"include": include}}


@pytest.fixture
def terminology() -> Terminology:
    old, new = (system("1.0.0", "a", "b"), value_set("1.0.0", "a", "b")), (system("2.0.0", "a", "c"), value_set("2.0.0", "a", "c"))
    blobs, _ = compiled((f"{number}", one) for number, one in enumerate((*old, *new)))
    found = unpack(pack(blobs))
    assert found is not None
    return Terminology(Definitions([("p", "1.0.0", "", found)]))


@pytest.mark.parametrize(
    ("version", "code", "kind"),
    [
        ("", "a", "in"),
        ("", "c", "in"),
        ("", "b", "unknown"),
        ("", "d", "out"),
        ("|2.0.0", "b", "out"),
        ("|1.0.0", "b", "in"),
        ("|1.0.0", "c", "out"),
    ],
)
def test_a_code_is_judged_by_the_version_asked_and_by_all_when_none_is(
    terminology: Terminology, version: str, code: str, kind: str
) -> None:
    assert terminology.code(f"{URL}cs{version}", code).kind == kind
    assert terminology.validate(f"{URL}vs{version}", f"{URL}cs", code).kind == kind
