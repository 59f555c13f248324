"""The published terminologies as they are: what their authors expanded is what is found, and what R4 obliges can be told."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fhir_packages import CORE, PDSM, Packages

from harness.checks.fhir.terms.membership import Members
from harness.checks.fhir.terms.terminology import Terminology
from harness.library.fhir.index import VALUE_SETS

pytestmark = pytest.mark.official


@pytest.fixture(scope="module")
def french(fhir_archives: Path) -> Packages:
    return Packages(fhir_archives, PDSM)


@pytest.fixture(scope="module")
def core(fhir_archives: Path) -> Packages:
    return Packages(fhir_archives, CORE)


def expanded(packages: Packages) -> Iterator[tuple[str, dict[str, Any]]]:
    for url in packages.canonicals(VALUE_SETS):
        compiled = packages.value_set(url)
        if compiled is not None and compiled["expansion"] and compiled["include"]:
            yield url, compiled


def test_the_definitions_of_the_jdv_give_the_codes_of_their_published_expansions(french: Packages) -> None:
    terminology = Terminology(french)
    compared = 0
    for url, compiled in expanded(french):
        by_definition = Members(compiled | {"expansion": None}, terminology.at_hand)
        for system, codes in compiled["expansion"]["codes"].items():
            for code, display in codes.items():
                assert by_definition.holds(system, code).kind in ("in", "unknown"), f"{url} {system} {code}"
                assert terminology.validate(url, system, code, display).display in ("ok", "unknown"), f"{url} {code} {display}"
                compared += 1
        for system in by_definition.systems:
            known = terminology.at_hand.system(system)
            listed = compiled["expansion"]["codes"].get(system, {})
            inside = [code for code in (known.displays if known else ()) if by_definition.holds(system, code).kind == "in"]
            if listed:
                assert set(inside) <= set(listed), url
    assert compared > 300


def test_every_code_that_r4_obliges_can_be_told(core: Packages) -> None:
    """A `code` element of a resource, bound as required, to a system that R4 publishes: all in, and a stranger out."""
    terminology = Terminology(core)
    told = 0
    for name in ("Patient", "Observation", "Composition", "Bundle", "DocumentReference", "AllergyIntolerance", "Encounter"):
        structure = core.type(name)
        assert structure is not None
        for element in structure["elements"]:
            binding = element.get("binding", {})
            if binding.get("strength") == "required" and element["types"][0]["code"] == "code":
                codes = terminology.codes(binding["valueset"], 1000)
                for code in codes:
                    assert terminology.validate(binding["valueset"], None, code).kind == "in"
                stranger = terminology.validate(binding["valueset"], None, "n'existe pas")
                assert stranger.kind == "out", f"{element['path']} {binding['valueset']}: {stranger.reason}"
                told += len(codes)
    assert told > 100


@pytest.mark.parametrize(
    ("value_set", "system", "code", "expected"),
    [
        ("administrative-gender", None, "male", "in"),
        ("administrative-gender", None, "homme", "out"),
        ("mimetypes", None, "application/pdf", "in"),
        ("mimetypes", None, "pdf", "out"),
        ("all-languages", None, "fr-FR", "in"),
        ("currencies", None, "EUR", "in"),
        ("ucum-units", "http://unitsofmeasure.org", "mg/dL", "in"),
        ("all-time-units", "http://unitsofmeasure.org", "mo", "in"),
        ("all-time-units", "http://unitsofmeasure.org", "kg", "out"),
        ("all-time-units", "http://unitsofmeasure.org", "24.h", "unknown"),
        ("all-distance-units", "http://unitsofmeasure.org", "[in_i]", "in"),
        ("iso3166-1-3", "urn:iso:std:iso:3166", "FRA", "in"),
        ("iso3166-1-3", "urn:iso:std:iso:3166", "FR", "out"),
        ("condition-clinical", "http://terminology.hl7.org/CodeSystem/condition-clinical", "active", "in"),
        ("condition-clinical", "http://terminology.hl7.org/CodeSystem/condition-clinical", "actif", "out"),
        ("v3-ServiceDeliveryLocationRoleType", "http://terminology.hl7.org/CodeSystem/v3-RoleCode", "HOSP", "in"),
        ("v3-ServiceDeliveryLocationRoleType", "http://terminology.hl7.org/CodeSystem/v3-RoleCode", "MTH", "out"),
        ("condition-code", "http://snomed.info/sct", "22298006", "unknown"),
    ],
)
def test_what_is_known_of_r4(core: Packages, value_set: str, system: str | None, code: str, expected: str) -> None:
    base = "http://terminology.hl7.org/ValueSet/" if value_set.startswith("v3-") else "http://hl7.org/fhir/ValueSet/"
    assert Terminology(core).validate(base + value_set, system, code).kind == expected
