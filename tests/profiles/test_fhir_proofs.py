"""Every facet of the guides that French documents follow is tripped by its own check, or it is said why none can."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).parents[1] / "checks"))
from fhir_packages import CORE, EXTENSIONS, FR_CORE, IPS, PDSM, Packages

from harness.checks.fhir.proofs.bench import Bench
from harness.checks.fhir.proofs.trials import tried

NOW = datetime(2026, 6, 1, tzinfo=UTC)
GUIDES = {IPS: "http://hl7.org/fhir/uv/ips/", FR_CORE: "https://hl7.fr/ig/fhir/core/", PDSM: "https://"}


@pytest.mark.mutations
@pytest.mark.official
@pytest.mark.parametrize("guide", GUIDES)
def test_mutations_prove_a_guide(fhir_archives: Path, guide: str, capsys: pytest.CaptureFixture[str]) -> None:
    packages = Packages(fhir_archives, CORE, EXTENSIONS, guide)
    bench = Bench(packages, NOW)
    tripped = facets = 0
    left: dict[str, list[str]] = {}
    for url in sorted(found["url"] for found in packages.structures if found["url"].startswith(GUIDES[guide])):
        structure = bench.structures.structure(url)
        assert structure is not None
        trial = tried(bench, structure)
        facets += len(trial.facets)
        tripped += len(trial.tripped)
        if open_ := [facet for facet in trial.facets if facet not in trial.tripped and facet not in trial.reasons]:
            left[url] = open_
    with capsys.disabled():
        print(f"\n{guide}: {facets} facets, {tripped} tripped")
    assert left == {}
    assert tripped > 0.6 * facets
