"""HL7's own FHIRPath tests, from the folder that FHIRPATH_SUITE names (see docs/fhirpath.md)."""

from __future__ import annotations

import fhirpath_suite
import pytest


def test_the_official_suite_gives_what_docs_say() -> None:
    suite = fhirpath_suite.folder()
    if suite is None:
        pytest.skip("FHIRPATH_SUITE names no folder with HL7's tests-fhir-r4.xml and its input/")
    outcomes = [fhirpath_suite.play(case, None) for case in fhirpath_suite.cases(suite)]
    assert len(outcomes) > 600
    differing = {outcome.case.name for outcome in outcomes if not outcome.passed}
    assert differing <= fhirpath_suite.DIFFERING
