"""The rules of attainment on a small grid whose levels are computed by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from harness.errors import UsageError
from harness.model import (
    Assessment,
    AutomaticEvidence,
    Confidence,
    DeclaredEvidence,
    Desired,
    GradedLevel,
    Grid,
    Item,
    ItemAssessment,
    ItemStatus,
    Text,
    Theme,
)
from harness.scoring import assess

AT = date(2026, 11, 24)
NAME = Text("x", "x")


def level(
    number: int,
    *automatic: tuple[str, ...],
    declared: tuple[tuple[str, ...], ...] = (),
    substitute: tuple[str, ...] = (),
    requires: tuple[int, ...] = (),
) -> GradedLevel:
    return GradedLevel(number, NAME, "", automatic, declared, substitute, requires)


def item(id: str, *levels: GradedLevel, desired: tuple[tuple[date, int], ...], theme: str = "t", applies: str = "LGC") -> Item:
    wishes = tuple(Desired(from_, wished, "S") for from_, wished in desired)
    return Item(id, theme, NAME, NAME, wishes, (applies,), (level(0), *levels), "S")


def grid(*items: Item) -> Grid:
    themes = tuple(Theme(name, NAME) for name in dict.fromkeys(one.theme for one in items))
    kinds = {kind: NAME for one in items for each in one.levels for group in each.automatic for kind in group}
    return Grid(NAME, "1", themes, {"LGC": NAME, "DPI": NAME}, items, kinds, {}, 180, 365)


X = item(
    "X01",
    level(1, ("a",), substitute=("screenshot",)),
    level(2, ("a", "b"), ("c",), substitute=("screenshot",)),
    level(3, ("d",), declared=(("certificate",),)),
    level(4, declared=(("contract", "document"),), requires=(3,)),
    level(5, ("e",), requires=(4,)),
    desired=((date(2020, 1, 1), 1), (date(2025, 1, 1), 2), (date(2027, 1, 1), 4)),
)
GRID = grid(X)


def passed(*kinds: str, on: date = AT, run: str = "r") -> list[AutomaticEvidence]:
    return [AutomaticEvidence(kind, True, on, run, "") for kind in kinds]


def failed(*kinds: str, on: date = AT) -> list[AutomaticEvidence]:
    return [AutomaticEvidence(kind, False, on, "r", "") for kind in kinds]


def proof(kind: str, *, on: date = AT, accepted: date | None = AT, level: int | None = None) -> DeclaredEvidence:
    return DeclaredEvidence("X01", kind, on, "ref", "an examiner" if accepted else "", accepted, level)


def place(
    automatic: list[AutomaticEvidence], declared: list[DeclaredEvidence] | None = None, *, at: date = AT, product: str = ""
) -> ItemAssessment:
    return whole(automatic, declared, at=at, product=product).items[0]


def whole(
    automatic: list[AutomaticEvidence], declared: list[DeclaredEvidence] | None = None, *, at: date = AT, product: str = ""
) -> Assessment:
    return assess(GRID, system="S", product=product, at=at, automatic=automatic, declared=declared or [])


# ------------------------------------------------------------------ attaining


def test_nothing_run_and_nothing_declared_is_not_assessed_and_counts_zero() -> None:
    found = whole([])
    assert (found.items[0].attained, found.items[0].confidence) == (0, None)
    assert found.items[0].status is ItemStatus.NOT_ASSESSED
    assert (found.score_proved, found.score_all) == (0.0, 0.0)


@pytest.mark.parametrize(
    ("kinds", "attained"),
    [
        (("a",), 1),
        (("b", "c"), 2),  # level 1 is not met: levels need not be climbed
        (("a", "c"), 2),
        (("c",), 0),
        (("b",), 0),
        (("d",), 0),  # the certificate lacks
        (("e",), 0),  # required levels lack
    ],
)
def test_a_level_is_met_by_one_kind_of_each_group(kinds: tuple[str, ...], attained: int) -> None:
    found = place(passed(*kinds))
    assert (found.attained, found.proved) == (attained, attained)


def test_a_level_with_tests_and_an_accepted_proof_is_proved_and_one_of_proofs_alone_only_evidenced() -> None:
    found = place(passed("d"), [proof("certificate"), proof("document")])
    assert (found.attained, found.proved, found.evidenced) == (4, 3, 4)
    assert found.confidence is Confidence.EVIDENCED


def test_required_levels_are_required_in_turn() -> None:
    assert place(passed("e"), [proof("document")]).attained == 0
    everything = place(passed("d", "e"), [proof("certificate"), proof("document")])
    assert (everything.attained, everything.proved) == (5, 5)
    without_level_3 = place(passed("e"), [proof("certificate"), proof("document")])
    assert without_level_3.attained == 0


# ------------------------------------------------------------------ substitution, acceptance, claims


def test_an_accepted_proof_stands_for_tests_that_were_not_run_and_the_level_is_evidenced() -> None:
    found = place([], [proof("screenshot", level=2)])
    assert (found.attained, found.proved, found.evidenced, found.confidence) == (2, 0, 2, Confidence.EVIDENCED)


def test_a_failed_run_is_never_substituted_nor_claimed_away() -> None:
    claim = DeclaredEvidence("X01", "", AT, "", level=2)
    found = place(failed("c"), [proof("screenshot", level=2), claim])
    assert (found.attained, found.status) == (0, ItemStatus.LATE)


def test_a_failure_does_not_matter_in_a_group_where_another_kind_passed() -> None:
    assert place([*failed("a"), *passed("b", "c")]).attained == 2


def test_a_proof_stands_for_the_part_not_run_beside_a_part_that_passed() -> None:
    assert place(passed("c"), [proof("screenshot", level=2)]).attained == 2


def test_a_proof_that_nobody_accepted_is_only_a_claim() -> None:
    found = place([], [proof("screenshot", accepted=None)])
    assert (found.attained, found.evidenced, found.claimed, found.confidence) == (2, 0, 2, Confidence.CLAIMED)


@pytest.mark.parametrize(("accepted", "confidence"), [(AT, Confidence.EVIDENCED), (AT + timedelta(days=1), Confidence.CLAIMED)])
def test_an_acceptance_counts_from_its_day_on(accepted: date, confidence: Confidence) -> None:
    assert place([], [proof("screenshot", accepted=accepted)]).confidence is confidence


@pytest.mark.parametrize(("by", "on"), [("an examiner", None), ("", AT)])
def test_a_name_without_a_date_accepts_nothing_nor_a_date_without_a_name(by: str, on: date | None) -> None:
    assert place([], [DeclaredEvidence("X01", "screenshot", AT, "ref", by, on)]).confidence is Confidence.CLAIMED


def test_a_level_whose_proof_nobody_accepted_is_claimed_whatever_was_run() -> None:
    found = place(passed("d"), [proof("certificate", accepted=None)])
    assert (found.attained, found.proved, found.confidence) == (3, 0, Confidence.CLAIMED)


def test_a_proof_of_another_kind_than_a_level_asks_claims_nothing_of_it() -> None:
    assert place([], [proof("document", level=2)]).attained == 0


def test_a_bare_claim_of_a_level_is_held_as_claimed_apart_from_what_is_proved() -> None:
    found = whole(passed("a"), [DeclaredEvidence("X01", "", AT, "", level=2)])
    assert (found.items[0].proved, found.items[0].claimed, found.items[0].attained) == (1, 2, 2)
    assert (found.score_proved, found.score_all) == (0.5, 1.0)


def test_a_proof_for_one_level_says_nothing_of_another() -> None:
    assert place([], [proof("screenshot", level=1)]).attained == 1


def test_a_proof_of_another_item_says_nothing_of_this_one() -> None:
    other = DeclaredEvidence("X02", "screenshot", AT, "ref", "an examiner", AT)
    assert place([], [other]).status is ItemStatus.NOT_ASSESSED


# ------------------------------------------------------------------ dates


@pytest.mark.parametrize(("age", "attained"), [(0, 1), (180, 1), (181, 0), (-1, 0)])
def test_a_run_is_valid_for_180_days_and_not_before_its_day(age: int, attained: int) -> None:
    assert place(passed("a", on=AT - timedelta(days=age))).attained == attained


@pytest.mark.parametrize(("age", "attained"), [(0, 2), (365, 2), (366, 0), (-1, 0)])
def test_a_proof_is_valid_for_365_days_and_not_before_its_day(age: int, attained: int) -> None:
    on = AT - timedelta(days=age)
    assert place([], [proof("screenshot", on=on, accepted=on)]).attained == attained


def test_a_later_failure_overrides_an_earlier_pass_and_the_other_way_round() -> None:
    before = AT - timedelta(days=3)
    assert place([*passed("a", on=before), *failed("a")]).attained == 0
    assert place([*failed("a"), *passed("a", on=before)]).attained == 0
    assert place([*failed("a", on=before), *passed("a")]).attained == 1


def test_of_two_tries_on_one_day_the_later_counts_and_the_failed_one_when_nothing_tells() -> None:
    morning, evening = datetime(2026, 11, 24, 8, tzinfo=UTC), datetime(2026, 11, 24, 20, tzinfo=UTC)
    bad = AutomaticEvidence("a", False, AT, "1", "", morning)
    good = AutomaticEvidence("a", True, AT, "2", "", evening)
    assert place([bad, good]).attained == place([good, bad]).attained == 1
    assert place([*passed("a"), *failed("a")]).attained == place([*failed("a"), *passed("a")]).attained == 0


def test_a_failure_past_its_validity_counts_for_nothing() -> None:
    assert place(failed("a", on=AT - timedelta(days=181))).status is ItemStatus.NOT_ASSESSED


# ------------------------------------------------------------------ volets

LABORATORY = replace(level(1, ("a",)), volets=("cda/*cr-bio*", "cda/trod"))
TWO_VOLETS = grid(
    item("X01", level(1, ("a",)), desired=((date(2020, 1, 1), 1),)),
    item("X02", LABORATORY, desired=((date(2020, 1, 1), 1),)),
)


def on_volet(profile: str, *, passes: bool = True, on: date = AT) -> AutomaticEvidence:
    return AutomaticEvidence("a", passes, on, "r", "", profile=profile)


@pytest.mark.parametrize(
    ("automatic", "attained"),
    [
        ([on_volet("cda/vsm")], [1, 0]),
        ([on_volet("cda/cr-bio")], [1, 1]),
        ([on_volet("")], [1, 1]),
        ([on_volet("cda/vsm", passes=False), on_volet("cda/cr-bio")], [0, 1]),
        ([on_volet("cda/cr-bio", on=AT - timedelta(days=9)), on_volet("cda/vsm")], [1, 1]),  # a later check of others
        ([on_volet("cda/vsm", passes=False, on=AT - timedelta(days=9)), on_volet("cda/vsm")], [1, 0]),
    ],
)
def test_documents_of_other_volets_say_nothing_of_a_level_that_names_its_own(
    automatic: list[AutomaticEvidence], attained: list[int]
) -> None:
    found = assess(TWO_VOLETS, system="S", product="", at=AT, automatic=automatic, declared=[])
    assert [one.attained for one in found.items] == attained


# ------------------------------------------------------------------ statuses, gap, what lacks, scores


@pytest.mark.parametrize(
    ("automatic", "at", "product", "status", "desired", "gap"),
    [
        (passed("a"), AT, "", ItemStatus.LATE, 2, 1),
        (passed("a", "c"), AT, "LGC", ItemStatus.MET, 2, 0),
        (passed("a", "c", on=date(2024, 6, 1)), date(2024, 6, 1), "", ItemStatus.EXCEEDS, 1, 0),
        (failed("a"), AT, "", ItemStatus.LATE, 2, 2),
        ([], date(2019, 6, 1), "", ItemStatus.NOT_YET_DUE, None, 0),
        (passed("a"), AT, "DPI", ItemStatus.NOT_APPLICABLE, 2, 1),
    ],
)
def test_a_status_says_where_an_item_stands_beside_what_is_desired(
    automatic: list[AutomaticEvidence], at: date, product: str, status: ItemStatus, desired: int | None, gap: int
) -> None:
    found = place(automatic, at=at, product=product)
    assert (found.status, found.desired, found.gap) == (status, desired, gap)


def test_the_desired_level_changes_on_its_very_day() -> None:
    assert place([], at=date(2024, 12, 31)).desired == 1
    assert place([], at=date(2025, 1, 1)).desired == 2


def test_a_product_that_the_grid_does_not_know_is_refused() -> None:
    with pytest.raises(UsageError, match="LGX") as refused:
        place([], product="LGX")
    assert refused.value.hint.en == "Known: LGC, DPI."


@pytest.mark.parametrize(
    ("automatic", "declared", "missing"),
    [
        ([], [], ("a",)),
        (passed("a"), [], ("c",)),
        (passed("a", "c"), [], ("d", "certificate")),
        (passed("a", "c", "d"), [proof("certificate")], ("contract|document",)),
        (failed("c"), [proof("screenshot", level=1)], ("a|b", "c")),
        (passed("d", "e"), [proof("certificate"), proof("document")], ()),
    ],
)
def test_what_the_next_level_lacks_is_named(
    automatic: list[AutomaticEvidence], declared: list[DeclaredEvidence], missing: tuple[str, ...]
) -> None:
    assert place(automatic, declared).missing == missing


@pytest.mark.parametrize(
    ("automatic", "declared", "missing"),
    [
        ([], [proof("screenshot")], ("certificate",)),
        ([], [proof("screenshot", accepted=None)], ("a", "certificate")),
        ([], [proof("certificate", accepted=None)], ("a", "certificate")),
        ([], [proof("certificate")], ("a",)),
        (passed("a"), [], ("certificate",)),
    ],
)
def test_only_an_accepted_proof_is_no_longer_lacking(
    automatic: list[AutomaticEvidence], declared: list[DeclaredEvidence], missing: tuple[str, ...]
) -> None:
    both = level(1, ("a",), declared=(("certificate",),), substitute=("screenshot",))
    small = grid(item("X01", both, desired=((date(2020, 1, 1), 1),)))
    assert assess(small, system="S", product="", at=AT, automatic=automatic, declared=declared).items[0].missing == missing


def test_an_item_of_which_nothing_is_desired_yet_lacks_nothing() -> None:
    found = assess(
        grid(item("X01", level(1, ("a",)), desired=((date(2020, 1, 1), 0),))),
        system="S",
        product="",
        at=AT,
        automatic=[],
        declared=[],
    )
    assert found.score_all == 1.0


def test_scores_are_means_of_themes_and_leave_out_what_is_not_due_or_not_applicable() -> None:
    old = ((date(2020, 1, 1), 2),)
    four = grid(
        item("X01", level(1, ("a",)), level(2, ("b",)), desired=old, theme="one"),
        item("X02", level(1, ("a",)), level(2, ("c",)), desired=old, theme="one"),
        item("X03", level(1, ("a",)), desired=((date(2030, 1, 1), 1),), theme="one"),
        item("X04", level(1, ("z",)), level(2, ("d",)), desired=old, theme="one", applies="DPI"),
        item("X05", level(1, ("z",)), desired=((date(2020, 1, 1), 1),), theme="two"),
    )
    found = assess(four, system="S", product="LGC", at=AT, automatic=passed("a", "b"), declared=[])
    assert found.themes == {"one": (0.75, 0.75), "two": (0.0, 0.0)}
    assert found.score_proved == 0.375


def test_a_level_above_the_desired_one_earns_no_more_than_the_whole_item() -> None:
    found = whole(passed("d"), [proof("certificate")])
    assert (found.items[0].status, found.score_all) == (ItemStatus.EXCEEDS, 1.0)
