"""Each written mutation of the bodies trips its rules on an official example, and each rule has one that does."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from lxml import etree

from harness.checks import Judge
from harness.checks.proving import prove
from harness.documents import mutation, read
from harness.library import Library

VOLETS = {
    "cda/vsm@2022.01": "VSM_1.4_2022.01",
    "cda/ldl-ses@2022.01": "LDL-SES_2022.01",
    "cda/ldl-ees@2022.01": "LDL-EES_2022.01",
}
OURS = ("BODY-", "VSM-")


@pytest.mark.official
@pytest.mark.parametrize("coordinate", VOLETS)
def test_a_written_mutation_trips_its_rules(official: Path, coordinate: str) -> None:
    library = Library.open()
    profile = library.profile(coordinate)
    judge = Judge(library, at=date(2026, 11, 24), now=datetime(2026, 11, 24, 12, tzinfo=UTC))
    document = read((official / "cda" / "examples" / f"{VOLETS[coordinate]}.xml").read_bytes(), "example.xml")
    assert document.root is not None
    tripped: set[str] = set()
    for written in profile.mutations:
        expected = {rule for rule in written.trips if rule.startswith(OURS)}
        mutated = mutation.apply(written, document.root) if expected else None
        if mutated is None:
            continue
        found = {f.rule for f in judge.judge(read(etree.tostring(mutated), "mutated.xml")).findings}
        assert expected <= found, written.id
        tripped |= expected
    rules = {rule.id for rule in profile.rules if rule.id.startswith(OURS)}
    untripped = rules - tripped
    # Neither letter refers from one of its entries to another.
    assert untripped <= (set() if coordinate.startswith("cda/vsm") else {"BODY-LINK-01", "BODY-LINK-02"})


@pytest.mark.official
def test_every_check_that_a_letter_meets_is_tripped_by_a_mutation(official: Path) -> None:
    judge = Judge(Library.open(), at=date(2026, 11, 24), now=datetime(2026, 11, 24, 12, tzinfo=UTC))
    letter = official / "cda" / "examples" / "LDL-EES_2022.01.xml"
    proof = prove(judge, "cda/ldl-ees@2022.01", [read(letter.read_bytes(), letter.name)])
    ours = ("section.", "entry.", "ldl-ees:", "content-models:", *OURS)
    assert [check for check in proof.unproved if check.startswith(ours)] == []
    # The example lacks this identifier already: one more fault of the same kind does not show.
    assert {name for name, missing in proof.silent if missing[0].startswith(ours)} <= {"section.allergies:id.card:inserted"}
