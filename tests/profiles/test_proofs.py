"""Every check of a profile is met by a valid document and tripped by a mutation of it."""

from __future__ import annotations

import random
import time
from datetime import date

import pytest

from harness.checks import Proof
from harness.checks.proofs.oversights import oversights
from harness.cli.proving import prove_profile
from harness.library import Library
from harness.model import ProfileHead

AT = date(2026, 11, 24)
LIBRARY = Library.open()
PROFILES = [head for head in LIBRARY.heads() if head.kind == "cda"]
WRITTEN_FIRST = ("cda/header", "cda/content-models", "cda/vsm", "cda/ldl-ses", "cda/ldl-ees")
SECONDS = 2.0  # of a developer's waiting


def proved(head: ProfileHead) -> Proof:
    proof = prove_profile(LIBRARY, head, AT, ())
    assert proof.errors == ()
    assert proof.silent == ()
    assert proof.unproved == ()
    assert {name: str(proof.reasons.get(name)) for name in proof.unmet} == {}
    return proof


@pytest.mark.mutations
def test_our_own_profiles_are_without_oversight() -> None:
    assert [str(told) for head in PROFILES for told in oversights(LIBRARY, head.coordinate)] == []


@pytest.mark.mutations
@pytest.mark.parametrize("head", PROFILES, ids=[head.coordinate for head in PROFILES])
def test_mutations_prove_a_profile(head: ProfileHead) -> None:
    proof = proved(head)
    if head.id in WRITTEN_FIRST:
        assert proof.checks > 10 and proof.played > 10


def test_mutations_prove_some_profiles_of_the_day(capsys: pytest.CaptureFixture[str]) -> None:
    """A few volets, others each day, for as long as a developer waits; `make test-mutations` proves them all."""
    seed = date.today().toordinal()
    volets = [head for head in PROFILES if head.is_claimed]
    random.Random(seed).shuffle(volets)
    begun = time.monotonic()
    done = []
    for head in volets:
        proof = proved(head)
        assert proof.tripped or not proof.checks
        done.append(head.coordinate)
        if time.monotonic() - begun > SECONDS:
            break
    with capsys.disabled():
        print(f"\nproved today (seed {seed}): {', '.join(done)}")
