"""Files of declarations: what is read, and where they are wrong."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from harness.errors import DataError, UsageError
from harness.library import Library
from harness.library.declarations import load_declarations
from harness.model import DeclaredEvidence, Grid

GUIDE = Path(__file__).resolve().parent.parent.parent / "docs" / "maturity.md"


@pytest.fixture(scope="module")
def grid() -> Grid:
    return Library.open().grid()


def written(folder: Path, text: str) -> Path:
    path = folder / "declarations.yaml"
    path.write_text(text, "utf-8")
    return path


def test_the_example_of_the_guide_is_read(tmp_path: Path, grid: Grid) -> None:
    example = next(block for block in re.findall(r"```yaml\n(.*?)```", GUIDE.read_text("utf-8"), re.DOTALL) if "proofs:" in block)
    system, product, declared = load_declarations(written(tmp_path, example), grid)
    assert (system, product) == ("My product", "LGC")
    assert [(piece.item, piece.kind, piece.level, bool(piece.accepted_on)) for piece in declared] == [
        ("A02", "certificate", 3, True),
        ("A02", "certificate", 4, True),
        ("A02", "contract", 4, True),
        ("B03", "catalogue", 2, False),
        ("A01", "", 2, False),
    ]


def test_a_proof_without_levels_counts_for_all_and_keeps_who_accepted_it(tmp_path: Path) -> None:
    text = """system: S
proofs:
- {item: A11, kind: document, on: 2026-01-02, reference: plan.pdf, accepted: {by: Someone, on: 2026-01-03}}
"""
    assert load_declarations(written(tmp_path, text)) == (
        "S",
        "",
        (DeclaredEvidence("A11", "document", date(2026, 1, 2), "plan.pdf", "Someone", date(2026, 1, 3), None),),
    )


PROOF = "- {{item: {item}, kind: {kind}, on: {on}, reference: x{more}}}\n"


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("product: LGC\n", 1, "'system' is missing"),
        ("system: S\nproduct: LGX\n", 2, "unknown product 'LGX'"),
        ("system: S\n\nprofs: []\n", 3, "unknown key 'profs'"),
        ("system: S\nproofs:\n" + PROOF.format(item="A99", kind="document", on="2026-01-02", more=""), 3, "unknown item 'A99'"),
        (
            "system: S\nproofs:\n" + PROOF.format(item="A01", kind="documents", on="2026-01-02", more=""),
            3,
            "unknown kind of evidence",
        ),
        (
            "system: S\nproofs:\n" + PROOF.format(item="A01", kind="document", on="2026-02-30", more=""),
            3,
            "2026-02-30 is not a date",
        ),
        ("system: S\nproofs:\n" + PROOF.format(item="A01", kind="document", on="hier", more=""), 3, "expected a date"),
        (
            "system: S\nproofs:\n" + PROOF.format(item="A01", kind="document", on="2026-01-02", more=", levels: [5]"),
            3,
            "highest level of A01 is 4",
        ),
        (
            "system: S\nproofs:\n"
            + PROOF.format(item="A01", kind="document", on="2026-01-02", more=", accepted: {by: X, on: 2026-01-01}"),
            3,
            "accepted before the date of the proof",
        ),
        (
            "system: S\nproofs:\n" + PROOF.format(item="A01", kind="document", on="2026-01-02", more=", accepted: {by: X}"),
            3,
            "'on' is missing",
        ),
        ("system: S\nclaims:\n- {item: A01, level: 0, on: 2026-01-02}\n", 3, "the number of a level"),
        ("system: S\nclaims:\n- item: A01\n  level: 6\n  on: 2026-01-02\n", 4, "highest level of A01 is 4"),
        ("system: S\nsystem: T\n", 2, "written twice"),
        ("- system: S\n", 1, "expected a mapping"),
        ("", 1, "found nothing"),
        ("system: S\nproofs: [" + ", ".join(["{item: A01}"] * 20_000) + "]\n", 2, "'kind' is missing"),
        ("system: [\n", 1, "not YAML"),
    ],
)
def test_what_is_wrong_is_said_with_file_and_line(tmp_path: Path, grid: Grid, text: str, line: int, said: str) -> None:
    path = written(tmp_path, text)
    with pytest.raises(DataError) as caught:
        load_declarations(path, grid)
    assert caught.value.message.en.startswith(f"{path}:{line}: "), caught.value.message.en
    assert said in caught.value.message.en


def test_a_file_that_is_not_there_is_a_usage_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="absent"):
        load_declarations(tmp_path / "absent.yaml")
