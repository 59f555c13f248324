"""Every rule and constraint of a volet is met by a valid document and tripped by a mutation of it."""

from __future__ import annotations

from datetime import date

import pytest

from harness.cli.proving import prove_profile
from harness.library import Library

AT = date(2026, 11, 24)


@pytest.mark.mutations
@pytest.mark.parametrize("profile", ["cda/header", "cda/content-models", "cda/vsm", "cda/ldl-ses", "cda/ldl-ees"])
def test_mutations_prove_a_profile(profile: str) -> None:
    library = Library.open()
    proof = prove_profile(library, library.head(profile, AT), AT, ())
    assert proof.errors == ()
    assert proof.silent == ()
    assert proof.unproved == ()
    assert proof.unmet == ()
    assert proof.played > 900
