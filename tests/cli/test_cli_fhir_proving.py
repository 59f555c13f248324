"""What `harness profiles test` takes for a definition of FHIR, and what its specimens never hold."""

from __future__ import annotations

from harness.checks.fhir.shapes import BASE
from harness.cli.fhir_proving import is_of_fhir, without_production

REAL, TEST = "urn:oid:1.2.250.1.213.1.4.8", "urn:oid:1.2.250.1.213.1.4.10"


def test_canonicals_and_packages_are_told_from_our_profiles() -> None:
    asked = (
        f"{BASE}Patient",
        "hl7.fhir.uv.ips",
        "hl7.fhir.uv.ips#2.0.0",
        "hl7.fhir.uv.ips@2.0.0",
        "fhir/pdsm",
        "vsm",
        "cda/vsm@2022.01",
    )
    assert [name for name in asked if is_of_fhir(name)] == list(asked[:4])


def test_a_specimen_holds_no_identity_of_production() -> None:
    content = {"identifier": [{"system": REAL, "value": "1"}, {"system": TEST, "value": "1"}], "assigner": {"system": REAL}}
    assert without_production(content) == {"identifier": [{"system": TEST, "value": "1"}]}
