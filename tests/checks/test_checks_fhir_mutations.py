"""Mutations derived from definitions: specimens are valid, and what a profile asks is tripped by its own check."""

from __future__ import annotations

import copy
import random
import time
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from fhir_packages import CORE, EXTENSIONS, FR_CORE, IPS, Packages

from harness.checks.fhir.proofs.bench import Bench
from harness.checks.fhir.proofs.facets import Tree, facets_of
from harness.checks.fhir.proofs.mutations import mutations
from harness.checks.fhir.proofs.specimens import Deriver
from harness.checks.fhir.proofs.specimens.written import written_elements, written_reasons
from harness.checks.fhir.proofs.trials import Trial, tried
from harness.checks.fhir.shapes import BASE
from harness.exchange.pdsm import derived

NOW = datetime(2026, 6, 1, tzinfo=UTC)
SECONDS = 2.0
GUIDES = ("http://hl7.org/fhir/uv/ips/", "https://hl7.fr/ig/fhir/core/")

pytestmark = pytest.mark.official


@pytest.fixture(scope="module")
def packages(fhir_archives: Path) -> Packages:
    return Packages(fhir_archives, CORE, EXTENSIONS, IPS, FR_CORE)


def trial_of(packages: Packages, canonical: str) -> Trial:
    bench = Bench(packages, NOW)
    structure = bench.structures.structure(canonical)
    assert structure is not None
    return tried(bench, structure)


def test_each_facet_of_a_profile_is_tripped_by_its_own_check(packages: Packages) -> None:
    trial = trial_of(packages, "http://hl7.org/fhir/uv/ips/StructureDefinition/AllergyIntolerance-uv-ips")
    assert trial.faults == []
    assert trial.tripped["REFERENCE:AllergyIntolerance.patient:target"] == "REFERENCE:AllergyIntolerance.patient:other-type"
    assert trial.tripped["CARD:AllergyIntolerance.patient.reference:min"] == "CARD:AllergyIntolerance.patient.reference:drop"
    assert set(trial.facets) == trial.tripped.keys() | trial.reasons.keys()


def test_most_facets_of_a_type_are_tripped_without_any_other_error(packages: Packages) -> None:
    trial = trial_of(packages, f"{BASE}Patient")
    assert len(trial.alone) >= 0.95 * len(trial.tripped)


def test_what_a_slice_is_told_by_is_proved_by_what_is_of_it_no_more(packages: Packages) -> None:
    trial = trial_of(packages, "https://hl7.fr/ig/fhir/core/StructureDefinition/fr-core-patient")
    assert trial.tripped["PATTERN:Patient.identifier:NSS.type:value"] == "PATTERN:Patient.identifier:NSS.type:change"
    assert trial.tripped["CARD:Patient.identifier:NSS.type:min"] == "CARD:Patient.identifier:NSS.type:drop"


def test_an_extension_is_known_by_its_url(packages: Packages) -> None:
    trial = trial_of(packages, "https://hl7.fr/ig/fhir/core/StructureDefinition/fr-core-lunar-date")
    assert trial.tripped["FIXED:Extension.url:value"] == "FIXED:Extension.url:change"


def test_a_mutation_says_what_it_does_and_does_it(packages: Packages) -> None:
    found = dict(mutations(packages, "http://hl7.org/fhir/uv/ips/StructureDefinition/Patient-uv-ips", NOW))
    assert "birthDate" not in found["CARD:Patient.birthDate:drop"]
    assert found["CARD:Patient.birthDate:drop"]["name"]


@pytest.mark.parametrize(
    "name",
    ["CARD:List.mode:drop", "BINDING:DocumentReference.status:outside", "TYPE:List.title:form", "REFERENCE:List.source:other-type"],
)
def test_a_message_is_spoiled_as_the_mutation_of_that_name_spoils_a_specimen(packages: Packages, name: str) -> None:
    type_ = name.split(":")[1].partition(".")[0]
    bench = Bench(packages, NOW)
    structure = bench.structures.type(type_)
    assert structure is not None
    specimen = copy.deepcopy(Deriver(bench, structure).full().content)
    derived.spoil(specimen, name)
    assert specimen == dict(mutations(packages, structure.url, NOW))[name]


def test_a_quantity_that_r4_wants_simple_has_no_comparator(packages: Packages) -> None:
    limit = {"value": 1, "comparator": "<"}
    content = {"resourceType": "Observation", "status": "final", "code": {"text": "x"}, "referenceRange": [{"low": limit}]}
    found = {(remark.rule, remark.node.path) for remark in Bench(packages, NOW).errors(content)}
    low = "Observation.referenceRange[0].low"
    assert found == {("FHIR-CARD", f"{low}.comparator"), ("FHIR-INVARIANT:sqty-1", low)}


def test_every_facet_of_a_type_of_r4_is_tripped(packages: Packages) -> None:
    for name in ("Patient", "HumanName", "Timing", "DocumentReference", "Linkage", "ProductShelfLife", "Reference"):
        trial = trial_of(packages, f"{BASE}{name}")
        assert (trial.faults, set(trial.facets) - trial.tripped.keys()) == ([], set())


@pytest.mark.parametrize(
    ("name", "facet"),
    [
        ("questionnaire-unit", "CARD:Extension.value[x]:min"),  # its contextInvariant wants another type of question
        ("questionnaire-minOccurs", "CONTEXT:Extension:context"),  # and this one a question that is required
        ("list-changeBase", "REFERENCE:Extension.value[x]:target"),
        ("location-distance", "TYPE:Extension.value[x]:types"),  # on a search result, with its resource
        ("MoneyQuantity", "INVARIANT:Quantity:mqty-1"),
        ("resource-pertainsToGoal", "CONTEXT:Extension:context"),  # anywhere but on a resource
        ("elementdefinition-de", "FIXED:ElementDefinition.extension:AllowedUnits.url:value"),
        ("bp", "TYPE:Observation.value[x]:types"),
        ("vitalsigns", "CARD:Observation.category:min"),  # of a code that no profile of its own replaces it for
        ("provenance-relevant-history", "CARD:Provenance.agent.type:min"),  # of an agent that is of no slice
        ("lipidprofile", "SLICE:DiagnosticReport.result:closed"),
        ("lipidprofile", "SLICE:DiagnosticReport.result:ordered"),
    ],
)
def test_a_specimen_is_found_for_what_little_else_can_hold(packages: Packages, name: str, facet: str) -> None:
    trial = trial_of(packages, f"{BASE}{name}")
    assert facet in trial.tripped
    assert set(trial.facets) == trial.tripped.keys() | trial.reasons.keys()


def test_what_a_person_read_in_one_definition_excuses_that_one_only(packages: Packages) -> None:
    bench = Bench(packages, NOW)
    structure = bench.structures.structure(f"{BASE}cdshooksguidanceresponse")
    assert structure is not None
    trial = tried(bench, structure)
    assert "nothing can follow it" in trial.reasons["CARD:GuidanceResponse.identifier:min"].en
    for name in written_reasons():
        canonical, _, facet = name.rpartition("#")
        if canonical:
            written = bench.structures.structure(canonical)
            assert written is not None and facet in {one.id for one in facets_of(Tree(written, bench.structures))}, name


def test_facets_of_some_profiles_of_the_day_are_tripped(packages: Packages, capsys: pytest.CaptureFixture[str]) -> None:
    """A few, others each day, for as long as a developer waits; `make test-mutations` proves them all."""
    bench = Bench(packages, NOW)
    urls = sorted(url for url in packages.canonicals() if url.startswith(GUIDES))
    seed = date.today().toordinal()
    random.Random(seed).shuffle(urls)
    end = time.monotonic() + SECONDS
    proved = tripped = 0
    while time.monotonic() < end and urls:
        structure = bench.structures.structure(urls.pop())
        assert structure is not None
        trial = tried(bench, structure, lambda: time.monotonic() > end)
        tripped += len(trial.tripped)
        proved += not trial.stopped
        if not trial.stopped:
            assert set(trial.facets) == trial.tripped.keys() | trial.reasons.keys(), structure.canonical
    with capsys.disabled():
        print(f"\nproved today (seed {seed}): {proved} profiles of FHIR, {tripped} facets")
    assert tripped


def test_what_is_written_down_of_elements_is_of_elements_of_r4(packages: Packages) -> None:
    known: dict[str, set[str]] = {}
    for path in written_elements():
        type_ = path.partition(".")[0]
        structure = packages.type(type_)
        assert structure is not None, path
        known.setdefault(type_, {element["path"].removesuffix("[x]") for element in structure["elements"]})
        assert any(path == one or (path.startswith(one) and f"{one}[x]" in str(structure)) for one in known[type_]), path
