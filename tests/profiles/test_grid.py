"""The maturity grid of profiles/convergence: its counts, and where systems whose evidence is simple stand on it.

The figures come from the description of the grid; the oracle below reads the YAML by itself and knows only the rules.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.library import Library
from harness.library.reading import read
from harness.model import Assessment, AutomaticEvidence, DeclaredEvidence, Grid, ItemStatus
from harness.scoring import assess

FOLDER = Path(__file__).resolve().parent.parent.parent / "profiles" / "convergence"
AT = date(2026, 11, 24)
SHORT_WITHOUT_PROOFS = ["A01", "A02", "A11", "A12", "B01", "B02", "B05", "C01", "D01", "D03"]


@pytest.fixture(scope="module")
def grid() -> Grid:
    return Library.open().grid()


def raw(name: str) -> Any:
    return read((FOLDER / name).read_bytes(), name)


RAW_ITEMS: list[dict[str, Any]] = [
    item for theme in ("socle", "services", "plateformes", "territoires") for item in raw(f"{theme}.yaml")["items"]
]
KINDS = sorted(raw("grid.yaml")["evidence"]["automatic"])


def placed(grid: Grid, *kinds: str, proofs: bool = False) -> Assessment:
    """A system for which these kinds passed, and, with proofs, every declared kind was accepted for every item."""
    automatic = [AutomaticEvidence(kind, True, AT, "run", "scenario") for kind in kinds]
    declared = [
        DeclaredEvidence(item.id, kind, AT, "ref", "an examiner", AT)
        for item in grid.items
        for kind in grid.declared_kinds
        if proofs
    ]
    return assess(grid, system="S", product="", at=AT, automatic=automatic, declared=declared)


def short_of_desired(found: Assessment) -> list[str]:
    return [item.item for item in found.items if item.desired is None or item.attained < item.desired]


# ------------------------------------------------------------------ what it holds


def test_it_has_29_items_in_four_themes(grid: Grid) -> None:
    assert [item.id for item in grid.items] == [
        *(f"A{number:02}" for number in range(1, 13)),
        *(f"B{number:02}" for number in range(1, 9)),
        *(f"C{number:02}" for number in range(1, 4)),
        *(f"D{number:02}" for number in range(1, 7)),
    ]
    assert [theme.id for theme in grid.themes] == ["socle", "services", "plateformes", "territoires"]


def test_its_123_levels_above_the_floor_are_68_automatic_18_mixed_and_37_declared(grid: Grid) -> None:
    levels = [level for item in grid.items for level in item.levels if level.level > 0]
    natures = [(bool(level.automatic), bool(level.declared)) for level in levels]
    assert len(levels) == 123
    assert [natures.count(nature) for nature in ((True, False), (True, True), (False, True))] == [68, 18, 37]


def test_every_kind_of_evidence_is_asked_somewhere_or_may_stand_for_tests(grid: Grid) -> None:
    automatic = {kind for item in grid.items for level in item.levels for group in level.automatic for kind in group}
    declared = {kind for item in grid.items for level in item.levels for group in level.declared for kind in group}
    substitutes = {kind for item in grid.items for level in item.levels for kind in level.substitute}
    assert automatic == set(grid.automatic_kinds)
    assert declared | substitutes == set(grid.declared_kinds)


def test_what_is_desired_only_grows_and_says_its_source(grid: Grid) -> None:
    for item in grid.items:
        levels = [wish.level for wish in item.desired]
        assert levels == sorted(levels), item.id
        assert all(wish.source in grid.sources for wish in item.desired), item.id


def test_a_month_is_read_as_its_first_day(grid: Grid) -> None:
    ins = next(item for item in grid.items if item.id == "A06")
    assert [(wish.from_, wish.level) for wish in ins.desired] == [
        (date(2020, 7, 1), 2),
        (date(2021, 1, 1), 3),
        (date(2024, 12, 1), 4),
    ]


def test_message_log_and_external_report_may_stand_for_any_automatic_part(grid: Grid) -> None:
    for item in grid.items:
        for level in item.levels:
            assert ({"message", "log", "validator_report"} <= set(level.substitute)) is bool(level.automatic)


def test_colours_go_from_grey_to_blue(grid: Grid) -> None:
    assert [level.colour for level in grid.items[4].levels] == ["gris", "rouge", "orange", "jaune", "vert", "bleu"]


def test_it_says_what_it_is_not(grid: Grid) -> None:
    told = " ".join(caveat.en for caveat in grid.caveats)
    assert "not the official Convergence questionnaire" in told
    assert "Only item A05" in told


def test_evidence_is_valid_180_days_from_a_run_and_365_from_a_proof(grid: Grid) -> None:
    assert (grid.automatic_days, grid.declared_days) == (180, 365)


# ------------------------------------------------------------------ where systems stand


def test_with_every_automatic_kind_and_no_proof_19_of_29_items_reach_the_desired_level(grid: Grid) -> None:
    found = placed(grid, *grid.automatic_kinds)
    assert short_of_desired(found) == SHORT_WITHOUT_PROOFS
    assert len(found.items) - len(SHORT_WITHOUT_PROOFS) == 19


def test_without_the_peer_kinds_14_do(grid: Grid) -> None:
    found = placed(grid, *(kind for kind in grid.automatic_kinds if not kind.startswith("peer.")))
    assert len(found.items) - len(short_of_desired(found)) == 14


def test_with_nothing_none_is_above_its_floor(grid: Grid) -> None:
    found = placed(grid)
    assert {item.attained for item in found.items} == {0}
    assert {item.status for item in found.items} == {ItemStatus.NOT_ASSESSED}
    assert (found.score_proved, found.score_all) == (0.0, 0.0)


def test_with_everything_all_29_do_and_stand_at_their_top(grid: Grid) -> None:
    found = placed(grid, *grid.automatic_kinds, proofs=True)
    assert short_of_desired(found) == []
    assert [item.attained for item in found.items] == [item.levels[-1].level for item in grid.items]
    assert found.score_all == 1.0


def test_proofs_alone_prove_nothing(grid: Grid) -> None:
    found = placed(grid, proofs=True)
    assert {item.proved for item in found.items} == {0}
    assert found.score_proved == 0.0


def test_a_level_of_proofs_alone_is_never_proved(grid: Grid) -> None:
    found = placed(grid, *grid.automatic_kinds, proofs=True)
    for item, placed_item in zip(grid.items, found.items, strict=True):
        assert placed_item.proved == max((level.level for level in item.levels if level.automatic), default=0), item.id


@pytest.mark.parametrize(
    ("product", "applicable"),
    # counted by hand: 10 items of the base apply to all; ROR: PTF, DPI, TLM; ApCV: LGC, LGO, DPI, RIS, SGL ...
    [("LGC", 10 + 1 + 6 + 2 + 2), ("MES", 10 + 1 + 1 + 1), ("PFI", 10 + 3), ("TLM", 10 + 1 + 3 + 0 + 2)],
)
def test_a_product_is_asked_only_what_applies_to_it(grid: Grid, product: str, applicable: int) -> None:
    found = assess(grid, system="S", product=product, at=AT, automatic=[], declared=[])
    assert sum(item.status is not ItemStatus.NOT_APPLICABLE for item in found.items) == applicable


def test_a_medical_summary_proves_nothing_of_laboratory_reports_nor_of_imaging(grid: Grid) -> None:
    summary = [
        AutomaticEvidence(kind, True, AT, "run", "vsm.xml", profile="cda/vsm") for kind in ("cda.schematron", "cda.terminology")
    ]
    found = assess(grid, system="S", product="", at=AT, automatic=summary, declared=[])
    attained = {item.item: item.attained for item in found.items}
    assert (attained["A08"], attained["B07"], attained["B08"]) == (2, 0, 0)


# ------------------------------------------------------------------ against an oracle that shares no code


def held(item: dict[str, Any], number: int, passed: set[str]) -> bool:
    level = item["levels"][number]
    return (
        "declared" not in level
        and all(set(group) & passed for group in level.get("automatic", []))
        and all(held(item, lower, passed) for lower in level.get("requires_levels", []))
    )


@given(passed=st.sets(st.sampled_from(KINDS), max_size=len(KINDS)))
@settings(max_examples=60)
def test_any_set_of_kinds_that_passed_leads_where_the_rules_say(passed: set[str]) -> None:
    expected = {item["id"]: max(n for n in range(len(item["levels"])) if held(item, n, passed)) for item in RAW_ITEMS}
    found = placed(Library.open().grid(), *passed)
    assert {item.item: item.attained for item in found.items} == expected
    assert {item.item: item.proved for item in found.items} == expected


@given(passed=st.sets(st.sampled_from(KINDS), max_size=len(KINDS)), more=st.sampled_from(KINDS))
@settings(max_examples=30)
def test_one_more_kind_that_passes_never_lowers_an_item(passed: set[str], more: str) -> None:
    grid = Library.open().grid()
    before, after = placed(grid, *passed), placed(grid, *(passed | {more}))
    assert all(one.attained <= other.attained for one, other in zip(before.items, after.items, strict=True))
