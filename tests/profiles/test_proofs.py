"""Every rule and constraint of a volet is tripped by a mutation, and its valid documents trip none."""

from __future__ import annotations

from datetime import date

import pytest

from harness.cli.proving import prove_profile
from harness.library import Library

AT = date(2026, 11, 24)


@pytest.mark.mutations
@pytest.mark.parametrize("volet", ["cda/vsm", "cda/ldl-ses", "cda/ldl-ees"])
def test_mutations_prove_a_volet(volet: str) -> None:
    library = Library.open()
    proof = prove_profile(library, library.head(volet, AT), AT, ())
    assert proof.errors == ()
    assert proof.silent == ()
    assert proof.unproved == ()
    assert proof.played > 1000
