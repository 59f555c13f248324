"""Every facet of R4 and of the guides that French documents follow is tripped by its own check, or it is said why none can."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).parents[1] / "checks"))
from fhir_packages import CORE, EXTENSIONS, FR_CORE, IPS, PDSM, TERMINOLOGY, Packages

from harness.checks.fhir.proofs.bench import Bench
from harness.checks.fhir.proofs.trials import tried
from harness.checks.fhir.shapes import BASE

NOW = datetime(2026, 6, 1, tzinfo=UTC)
GUIDES = {IPS: "http://hl7.org/fhir/uv/ips/", FR_CORE: "https://hl7.fr/ig/fhir/core/", PDSM: "https://"}


pytestmark = [pytest.mark.mutations, pytest.mark.official]


@pytest.mark.parametrize("guide", GUIDES)
def test_mutations_prove_a_guide(fhir_archives: Path, guide: str) -> None:
    packages = Packages(fhir_archives, CORE, EXTENSIONS, TERMINOLOGY, guide)
    urls = sorted(url for url in packages.canonicals() if url.startswith(GUIDES[guide]))
    facets, tripped = proved(packages, urls, guide)
    assert tripped > 0.85 * facets


def test_mutations_prove_r4(fhir_archives: Path) -> None:
    packages = Packages(fhir_archives, CORE, EXTENSIONS, TERMINOLOGY)
    of_r4 = [found for found in packages.structures if found["url"].startswith(BASE) and found.get("derivation") != "constraint"]
    urls = sorted(found["url"] for found in of_r4 if found["kind"] in ("resource", "complex-type") and not found["abstract"])
    facets, tripped = proved(packages, urls, "R4")
    assert tripped > 0.99 * facets


def test_an_extension_of_an_element_that_no_specimen_holds_has_that_reason(fhir_archives: Path) -> None:
    bench = Bench(Packages(fhir_archives, CORE), NOW)
    structure = bench.structures.structure(f"{BASE}11179-permitted-value-conceptmap")  # of a binding's value set
    assert structure is not None
    trial = tried(bench, structure)
    assert trial.facets and not trial.tripped
    assert all(trial.reasons[facet].en.startswith("no resource can be written for") for facet in trial.facets)


def proved(packages: Packages, urls: Sequence[str], name: str) -> tuple[int, int]:
    """How many facets there are and how many were tripped; each of the others has its reason."""
    bench = Bench(packages, NOW)
    tripped = facets = 0
    left: dict[str, list[str]] = {}
    for url in urls:
        structure = bench.structures.structure(url)
        assert structure is not None
        trial = tried(bench, structure)
        facets += len(trial.facets)
        tripped += len(trial.tripped)
        if open_ := [facet for facet in trial.facets if facet not in trial.tripped and facet not in trial.reasons]:
            left[url] = open_
    print(f"{name}: {facets} facets, {tripped} tripped")  # shown by -rP
    assert left == {}
    return facets, tripped
