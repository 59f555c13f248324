"""What two judges of FHIR say, held side by side: when they differ, where, and whether that is settled."""

from __future__ import annotations

import re
import sys
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "benchmarks"))

from comparing_fhir import STOPPED, UNSETTLED, Case, Errors, Told, class_of, more, near, place  # noqa: E402
from settled import OURS, THEIRS, Settled, settled  # noqa: E402

CASE = Case("guide", "drop", "example.json", b"{}")
SETTLED = ROOT / "benchmarks" / "settled_fhir.yaml"


def said(*errors: tuple[str, str]) -> Errors:
    return Counter(errors)


WRONG = said(("Patient.name", "FHIR-CARD: missing"))


@pytest.mark.parametrize(
    ("ours", "theirs", "differs"),
    [(WRONG, WRONG, ""), (said(), said(), ""), (WRONG, said(), OURS), (said(), WRONG, THEIRS), (WRONG, None, STOPPED)],
)
def test_two_judges_differ_when_one_alone_reports_and_one_that_stopped_is_apart(
    ours: Errors, theirs: Errors | None, differs: str
) -> None:
    assert Told(CASE, ours, theirs).differs == differs


def test_of_a_mutant_counts_what_its_base_has_not() -> None:
    twice = said(("Patient.name", "a"), ("Patient.name", "a"), ("Patient.id", "b"))
    assert more(twice, said(("Patient.name", "a"), ("Patient.id", "b"))) == said(("Patient.name", "a"))
    assert more(None, said()) is None
    assert more(said(), None) is None


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("Bundle.entry[0].resource/*Patient/null*/.name[1]", "Bundle.entry.resource.name[1]"),
        ("Observation.value.ofType(Quantity).code", "Observation.valueQuantity.code"),
        ("Observation.value[x]", "Observation.value"),
    ],
)
def test_both_write_a_place_alike(written: str, meant: str) -> None:
    assert place(written) == meant


@pytest.mark.parametrize(
    ("path", "is_near"),
    [("Patient.name", True), ("Patient.name.family", True), ("Patient", True), ("Patient.nameless", False), ("Patient.id", False)],
)
def test_errors_are_near_where_one_place_holds_the_other(path: str, is_near: bool) -> None:
    assert near(WRONG, said((path, "other"))) is is_near


def test_an_error_that_only_stands_at_another_rank_is_not_new() -> None:
    before = said(("Bundle.entry[2].resource", "entry[2]: a"), ("Patient.id", "b"))
    moved = said(("Bundle.entry[3].resource", "entry[3]: a"), ("Patient.id", "b"))
    assert more(moved, before) == said()
    assert more(before + moved, before) == moved


def test_a_disagreement_is_settled_when_each_of_its_errors_is_of_a_class_of_that_side() -> None:
    classes = [
        Settled("array", OURS, re.compile("empty array"), "ours"),
        Settled("name", OURS, re.compile(r"^Patient\.name"), "ours"),
    ]
    empty, name, other = ("Patient.meta", "an empty array"), ("Patient.name", "x"), ("Patient.id", "x")
    assert class_of(Told(CASE, said(empty), said()), classes) == "array"
    assert class_of(Told(CASE, said(name, empty), said()), classes) == "name"
    assert class_of(Told(CASE, said(empty, other), said()), classes) == UNSETTLED
    assert class_of(Told(CASE, said(), said(empty)), classes) == UNSETTLED  # the class is of what ours says
    assert class_of(Told(CASE, said(empty), said(empty)), classes) == ""
    assert class_of(Told(CASE, said(empty), None), classes) == STOPPED


def test_what_follows_from_a_settled_error_is_settled_with_it_and_not_alone() -> None:
    code, slice_ = ("Bundle.entry.resource.code", "Unknown code null"), ("Bundle", "a slice is not found")
    classes = [Settled("code", THEIRS, re.compile("Unknown code"), "ours", re.compile("slice is not found"))]
    assert class_of(Told(CASE, said(), said(slice_, code)), classes) == "code"
    assert class_of(Told(CASE, said(), said(slice_)), classes) == UNSETTLED


def test_each_settled_class_says_in_the_docs_by_which_text() -> None:
    text = (ROOT / "docs" / "fhir-oracle.md").read_text("utf-8")
    classes = settled(SETTLED)
    assert len({one.id for one in classes}) == len(classes)
    assert [one.id for one in classes if f"| `{one.id}` |" not in text] == []
    assert {one.side for one in classes} == {OURS, THEIRS}
    assert {one.right for one in classes} <= {"ours", "theirs", "both"}
