"""What the harness sends as PDSm follows the published profiles, down to what its references and codes lead to."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from fhir_packages import CORE, EXTENSIONS, FR_CORE, PDSM, Bench, Packages, errors

from harness.exchange.pdsm.bundle import provide_bundle
from harness.exchange.pdsm.submission_sets import Replaced, Submission
from harness.library import Library
from harness.synthesis import synthesize

pytestmark = pytest.mark.official

PROFILE = "https://interop.esante.gouv.fr/ig/fhir/pdsm/StructureDefinition/pdsm-comprehensive-provide-document-bundle"
DOCUMENTS = (("cda/vsm", "diabetes-followup"), ("cda/ldl-ses", "hospital-discharge"), ("cda/ldl-ees", "referral-to-hospital"))
SPECIALTIES = "https://mos.esante.gouv.fr/NOS/TRE_R38-SpecialiteOrdinale/FHIR/TRE-R38-SpecialiteOrdinale"

Provide = Callable[..., dict[str, Any]]


@pytest.fixture(scope="module")
def bench(fhir_archives: Path) -> Bench:
    return Bench(Packages(fhir_archives, CORE, EXTENSIONS, FR_CORE, PDSM))


@pytest.fixture(scope="module")
def provide() -> Provide:
    library = Library.open()
    associations = library.data("profiles/pdsm/associations.yaml")

    def message(profile: str, story: str, submission: Submission = Submission()) -> dict[str, Any]:  # noqa: B008 - frozen
        document = synthesize(library, profile, person=None, story=story, seed=3, at=date(2026, 5, 1))
        return provide_bundle([document.data], associations, submission)

    return message


@pytest.mark.parametrize(("profile", "story"), DOCUMENTS)
def test_a_message_has_no_error_against_the_profile_it_claims(bench: Bench, provide: Provide, profile: str, story: str) -> None:
    assert errors(bench.judge(provide(profile, story), profiles=[PROFILE])) == []


def test_a_replacement_has_no_error_either(bench: Bench, provide: Provide) -> None:
    message = provide(*DOCUMENTS[0], Submission(replaces=Replaced("DocumentReference/12")))
    assert errors(bench.judge(message, profiles=[PROFILE])) == []


def test_a_specialty_of_another_system_would_be_seen(bench: Bench, provide: Provide) -> None:
    message = provide(*DOCUMENTS[0])
    role = next(one for one in message["entry"][1]["resource"]["contained"] if one["resourceType"] == "PractitionerRole")
    coding = role["specialty"][0]["coding"][0]
    assert (coding["system"], coding["code"][:2]) == (SPECIALTIES, "SM")
    coding |= {"system": "urn:oid:1.2.250.1.213.1.1.4.5", "code": f"G15_10/{coding['code']}"}
    assert any("author" in error for error in errors(bench.judge(message, profiles=[PROFILE])))
