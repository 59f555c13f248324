"""The invariants of the published packages: each is read, evaluated on their examples, and holds where nothing is wrong."""

from __future__ import annotations

import copy
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from fhir_packages import CORE, FR_CORE, IPS, PDSM, Packages

from harness.checks.fhir import fhirpath, judging
from harness.checks.fhir.invariants import Invariants
from harness.checks.fhir.structures import Structures
from harness.documents.fhir_json import read_json

pytestmark = pytest.mark.official

# What is wrong in the packages themselves.
NOT_FHIRPATH = {"fr-core-3"}  # a parenthesis is closed that was not opened
BY_A_WRONG_NAME = {
    "cid-0": "never-true",  # speaks of ChargeItemDefinition.name, which R4 has not
    "inv-1": "never-true",  # an extension's invariant that names what is in its own extensions
    "dom-r4b": "never-false",  # names resources of R4B, in a profile for R4
    "que-7": "no-type",  # Boolean for boolean
}
BASE = "http://hl7.org/fhir/StructureDefinition/"


@pytest.fixture(scope="module")
def packages(fhir_archives: Path) -> Packages:
    return Packages(fhir_archives, CORE, IPS, FR_CORE, PDSM)


def test_each_published_invariant_is_fhirpath_and_names_what_is_there(packages: Packages) -> None:
    seen: set[tuple[str, str]] = set()
    unreadable, told = set(), {}
    for structure in packages.structures:
        if structure["kind"] == "logical":
            continue
        for element in structure["elements"]:
            for constraint in element.get("constraints", ()):
                key = (constraint["expression"], element["path"] if constraint["key"] != "ele-1" else "Element")
                if key in seen or not constraint["expression"]:
                    continue
                seen.add(key)
                try:
                    compiled = fhirpath.compile(constraint["expression"])
                except fhirpath.FhirPathError:
                    unreadable.add(constraint["key"])
                    continue
                for remark in fhirpath.remarks(compiled, element["path"], packages):
                    told[constraint["key"]] = remark.kind
    assert len(seen) > 500
    assert unreadable <= NOT_FHIRPATH
    assert told.items() <= BY_A_WRONG_NAME.items()


def test_invariants_hold_on_published_examples(packages: Packages) -> None:
    structures = Structures(packages)
    invariants = Invariants(structures, datetime(2026, 3, 2, tzinfo=UTC))
    broken: list[str] = []
    untold: set[str] = set()
    for name, data in packages.examples.items():
        outcome = judging.judge(read_json(data), structures, expressions=invariants, context_of=invariants.context)
        broken += [f"{name} {remark.rule}" for remark in outcome.remarks if remark.rule.startswith("FHIR-INVARIANT")]
        untold |= {said.en for said in outcome.not_judged if said.en.startswith("invariants")}
    assert len(packages.examples) > 70
    assert [said for said in broken if not said.endswith(":dom-6")] == EXPECTED
    assert untold <= {"invariants not evaluated: fr-core-3"}


EXPECTED: list[str] = []


class WithProfile:
    """The packages and a profile of Patient with one more invariant."""

    URL = "http://example.org/StructureDefinition/patient"

    def __init__(self, packages: Packages, expression: str) -> None:
        self._packages = packages
        self._profile = copy.deepcopy(packages.type("Patient"))
        self._profile.update(url=self.URL, version="1", derivation="constraint", base=BASE + "Patient")
        constraint = {"key": "ex-1", "severity": "error", "human": "h", "expression": expression, "source": self.URL}
        self._profile["elements"][0]["constraints"].append({**constraint, "best_practice": False})

    def structure(self, canonical: str) -> dict[str, Any] | None:
        return self._profile if canonical == self.URL else self._packages.structure(canonical)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._packages, name)


@pytest.mark.parametrize(
    ("expression", "told"),
    [
        ("gender.exists()", []),
        ("extension('birthPlace').where(value.exists()).empty()", ["invariants that nothing can break, as they are written: ex-1"]),
        ("gender.exists(", ["invariants not evaluated: ex-1"]),
        ("birthDate <= @2000-01-01T10:00:00Z or gender.memberOf('http://example.org/no')", ["invariants not evaluated: ex-1"]),
    ],
)
def test_an_invariant_that_judges_nothing_is_said_to(packages: Packages, expression: str, told: list[str]) -> None:
    structures = Structures(WithProfile(packages, expression))
    invariants = Invariants(structures, datetime(2026, 3, 2, tzinfo=UTC))
    root = read_json(b'{"resourceType": "Patient", "gender": "female", "birthDate": "2000-01-01"}')
    outcome = judging.judge(root, structures, profiles=[WithProfile.URL], expressions=invariants, context_of=invariants.context)
    assert [said.en for said in outcome.not_judged if said.en.startswith("invariants")] == told
    assert not [remark for remark in outcome.remarks if remark.rule == "FHIR-INVARIANT:ex-1"]
