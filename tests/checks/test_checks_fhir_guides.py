"""Where to look for what no installed package gives: the packages of the guides whose addresses a resource names."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from typing import Any

import pytest
from fhir_small import BASICS, PROFILES, element, profile

from harness.checks import Judge
from harness.checks.fhir.guides import where_to_look
from harness.documents import read
from harness.library import Library
from harness.library.fhir.definitions import Definitions

LIBRARY = Library.open()
ROR = "https://interop.esante.gouv.fr/ig/fhir/ror/StructureDefinition/ror-organization"
JDV = "https://mos.esante.gouv.fr/NOS/JDV_J20-ChampActivite-ROR/FHIR/JDV-J20-ChampActivite-ROR"


def named(*missing: str, installed: tuple[str, ...] = ()) -> list[str]:
    """Packages of the command that is told."""
    told = where_to_look(missing, installed, LIBRARY.guides())
    return told[0].en.partition("install ")[2].partition(" --registry")[0].split() if told else []


@pytest.mark.parametrize(
    ("address", "package"),
    [
        (ROR, "ans.fhir.fr.ror"),
        (
            "https://interop.esante.gouv.fr/ig/fhir/annuaire/StructureDefinition/as-dp-organization|1.1.0",
            "ans.fhir.fr.annuaire@1.1.0",
        ),
        ("http://sas.fr/fhir/StructureDefinition/FrSlotAgregateur", "ans.fhir.fr.sas"),
        ("https://hl7.fr/ig/fhir/core/StructureDefinition/fr-core-patient|2.2.0", "hl7.fhir.fr.core@2.2.0"),
        ("http://interopsante.org/fhir/StructureDefinition/FrPatient", "hl7.fhir.fr.core@1.1.0"),
        (JDV, "ans.fr.terminologies"),
        ("http://hl7.org/fhir/uv/ips/StructureDefinition/Bundle-uv-ips", "hl7.fhir.uv.ips"),
        ("http://hl7.eu/fhir/laboratory/StructureDefinition/Bundle-eu-lab", "hl7.fhir.eu.laboratory"),
        ("http://hl7.org/fhir/5.0/StructureDefinition/extension-Slot.serviceType", "hl7.fhir.uv.xver-r5.r4"),
        ("http://hl7.org/fhir/StructureDefinition/organization-period", "hl7.fhir.uv.extensions.r4"),
    ],
)
def test_the_package_of_an_address_is_named_in_the_version_that_is_asked(address: str, package: str) -> None:
    assert named(address) == [package]


def test_what_is_of_nobody_known_or_of_a_package_that_is_there_is_not_looked_for() -> None:
    assert named("https://example.org/StructureDefinition/wound") == []
    assert named(ROR, installed=("ans.fhir.fr.ror",)) == []


def test_each_package_is_named_once_and_a_few_of_many() -> None:
    assert named(ROR, f"{ROR}-x", f"{ROR}|1.0.0") == ["ans.fhir.fr.ror@1.0.0"]
    assert len(named(*(f"http://hl7.eu/fhir/{guide}/x" for guide in "abcdefgh"))) == 6


def judged(resource: dict[str, Any], definitions: Definitions) -> list[str]:
    judge = Judge(LIBRARY, at=date(2026, 11, 28), now=datetime(2026, 11, 28, tzinfo=UTC), definitions=definitions)
    return [
        said.en for said in judge.judge(read(json.dumps(resource).encode(), "resource")).not_judged if "where to look" in said.en
    ]


@pytest.mark.parametrize("definitions", [Definitions(), Definitions().with_resources(BASICS)])
def test_a_resource_of_a_guide_that_is_not_installed_says_which_package_has_it(definitions: Definitions) -> None:
    said = judged({"resourceType": "Patient", "meta": {"profile": [ROR]}}, definitions)
    assert len(said) == 1
    assert "`harness packages install ans.fhir.fr.ror --registry URL`" in said[0]
    assert judged({"resourceType": "Patient"}, definitions) == []


def test_so_does_one_whose_code_is_bound_to_a_value_set_that_no_package_gives() -> None:
    bound = element("Patient.identifier.type", 0, "1", "Coding", binding={"strength": "required", "valueSet": JDV})
    definitions = Definitions().with_resources(
        [*BASICS, profile("bound", "Patient", element("Patient.identifier", 0, "*", "Identifier"), bound)]
    )
    coded = {"type": {"system": "http://example.org/kinds", "code": "a"}}
    resource = {"resourceType": "Patient", "meta": {"profile": [f"{PROFILES}bound"]}, "identifier": [coded]}
    assert "ans.fr.terminologies" in judged(resource, definitions)[0]
