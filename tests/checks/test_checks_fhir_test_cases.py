"""HL7's own cases for validators, from the folder that FHIR_TEST_CASES names (see docs/fhir-test-cases.md)."""

from __future__ import annotations

import fhir_test_cases
import pytest

from harness.library.fhir.definitions import Definitions


@pytest.mark.official
def test_the_official_cases_differ_where_docs_say() -> None:
    suite = fhir_test_cases.folder()
    if suite is None:
        pytest.skip("FHIR_TEST_CASES names no folder with HL7's validator/manifest.json")
    if Definitions.open().type("Patient") is None:
        pytest.skip("HARNESS_HOME has no definitions of R4")
    compared, _ = fhir_test_cases.play(suite)
    assert len(compared) > 500
    assert {one.run.name for one in compared if not one.agrees} <= fhir_test_cases.DIFFERING
