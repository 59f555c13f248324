"""Each written mutation of the bodies trips its rules on an official example, and each rule has one that does."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from lxml import etree

from harness.checks import Judge
from harness.checks.proofs.proving import prove
from harness.documents import mutation, read
from harness.library import Library

VOLETS = {
    "cda/vsm@2022.01": "VSM_1.4_2022.01",
    "cda/ldl-ses@2022.01": "LDL-SES_2022.01",
    "cda/ldl-ees@2022.01": "LDL-EES_2022.01",
}
OURS = ("BODY-", "VSM-")
ELSEWHERE = {
    "BODY-SEX-03",
}  # their mutations are of documents made, not of these examples: `profiles test` plays them


@pytest.fixture(scope="module")
def played(official: Path) -> dict[str, tuple[set[str], set[str]]]:
    """By written mutation: the rules of ours that it names, and those it trips on the first official example it applies to."""
    library = Library.open()
    judge = Judge(library, at=date(2026, 11, 24), now=datetime(2026, 11, 24, 12, tzinfo=UTC))
    found: dict[str, tuple[set[str], set[str]]] = {}
    for coordinate, name in VOLETS.items():
        document = read((official / "cda" / "examples" / f"{name}.xml").read_bytes(), "example.xml")
        assert document.root is not None
        for written in library.profile(coordinate).mutations:
            expected = {rule for rule in written.trips if rule.startswith(OURS)}
            if not expected or written.id in found:
                continue
            mutated = mutation.apply(written, document.root)
            if mutated is not None:
                tripped = {finding.rule for finding in judge.judge(read(etree.tostring(mutated), "mutated.xml")).findings}
                found[written.id] = expected, tripped
    return found


@pytest.mark.official
def test_a_written_mutation_trips_the_rules_it_names(played: dict[str, tuple[set[str], set[str]]]) -> None:
    assert {name: expected - tripped for name, (expected, tripped) in played.items() if expected - tripped} == {}


@pytest.mark.official
def test_every_written_rule_has_a_mutation_that_trips_it(played: dict[str, tuple[set[str], set[str]]]) -> None:
    library = Library.open()
    rules = {rule.id for coordinate in VOLETS for rule in library.profile(coordinate).rules if rule.id.startswith(OURS)}
    assert rules - ELSEWHERE == set().union(*(expected & tripped for expected, tripped in played.values()))


@pytest.mark.mutations
@pytest.mark.official
def test_every_check_that_a_letter_meets_is_tripped_by_a_mutation(official: Path) -> None:
    judge = Judge(Library.open(), at=date(2026, 11, 24), now=datetime(2026, 11, 24, 12, tzinfo=UTC))
    letter = official / "cda" / "examples" / "LDL-EES_2022.01.xml"
    proof = prove(judge, "cda/ldl-ees@2022.01", [read(letter.read_bytes(), letter.name)])
    ours = ("section.", "entry.", "ldl-ees:", "content-models:", *OURS)
    lacking = {
        *ELSEWHERE,
        "BODY-ACTIVE-01",
        "BODY-NEGATED-05",
        "BODY-FACT-08",
        "BODY-DOSE-11",
    }  # no active problems, devices, tablets
    assert {check for check in proof.unproved if check.startswith(ours)} <= lacking
    # The example lacks this identifier already: one more fault of the same kind does not show.
    assert {name for name, missing in proof.silent if missing[0].startswith(ours)} <= {"section.allergies:id.card:inserted"}
