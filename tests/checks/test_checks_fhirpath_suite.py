"""HL7's own FHIRPath tests, from the folder that FHIRPATH_SUITE names (see docs/fhirpath.md)."""

from __future__ import annotations

from pathlib import Path

import fhirpath_suite
import pytest
from fhir_packages import CORE, Packages


@pytest.mark.official
def test_the_official_suite_gives_what_docs_say(official: Path) -> None:
    suite = fhirpath_suite.folder()
    if suite is None:
        pytest.skip("FHIRPATH_SUITE names no folder with HL7's tests-fhir-r4.xml and its input/")
    definitions = Packages(official / "fhir" / "packages", CORE)
    outcomes = [fhirpath_suite.play(case, definitions) for case in fhirpath_suite.cases(suite)]
    assert len(outcomes) > 600
    assert {outcome.case.name for outcome in outcomes if not outcome.passed} <= fhirpath_suite.DIFFERING
