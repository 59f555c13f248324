"""Published value sets made ours: what changed is said, a retired concept keeps the day it ended."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from harness import cli
from harness.errors import UsageError
from harness.library import Library
from harness.packages.adding import add_value_sets
from harness.packages.sources import Sources
from harness.packages.valuesets import PublishedSet, changes, read_value_set, written

BEFORE = {
    "id": "JDV_Colour",
    "version": "20240101",
    "systems": ["1.2.3", "1.2.4"],
    "concepts": [[0, "R", "Red"], [0, "G", "Grean"], [1, "B", "Blue"]],
}


def published(
    folder: Path, concepts: str, name: str = "JDV_Colour", revised: str = "2025-02-03T00:00:00+01:00", oid: str = "1.2.9"
) -> Sources:
    folder.mkdir(exist_ok=True)
    (folder / f"{name}.xml").write_text(
        f"""<RetrieveValueSetResponse xmlns="urn:ihe:iti:svs:2008"><ValueSet id="{oid}" revisionDate="{revised}"
        description="Colours"><ConceptList>{concepts}</ConceptList></ValueSet></RetrieveValueSetResponse>"""
    )
    return Sources.open(folder)


def concept(code: str, label: str, system: str = "1.2.3", end: str = "") -> str:
    return f'<Concept code="{code}" codeSystem="{system}" displayName="{label}" dateFin="{end}"/>'


@pytest.fixture
def home(new_home: Callable[[], Path]) -> Path:
    """A data folder with one value set."""
    made = new_home()
    folder = made / "profiles/cda/valuesets"
    folder.mkdir(parents=True)
    (folder / "JDV_Colour.json").write_text(json.dumps({**BEFORE, "oid": "1.2.9", "title": "Colour"}))
    return made


def library(home: Path, tmp_path: Path) -> Library:
    """Of that folder alone."""
    (tmp_path / "nothing").mkdir(exist_ok=True)
    return Library.open(home, tmp_path / "nothing")


@pytest.mark.parametrize("revised", ["", "3.1", "20250230"])
def test_of_a_set_without_a_day_what_it_no_longer_has_is_gone(home: Path, tmp_path: Path, revised: str) -> None:
    sources = published(tmp_path / "svs", concept("R", "Red") + concept("B", "Blue", "1.2.4"), revised=revised)
    [added] = add_value_sets(sources, library(home, tmp_path), home)
    assert added.outcome == "changed"
    assert {code for _, code in library(home, tmp_path).value_set("JDV_Colour").concepts} == {"R", "B"}


def test_a_concept_that_ends_on_no_day_of_the_calendar_is_refused(home: Path, tmp_path: Path) -> None:
    sources = published(tmp_path / "svs", concept("R", "Red", end="20230231"))
    [added] = add_value_sets(sources, library(home, tmp_path), home)
    assert added.outcome == "refused" and "20230231 is not a date" in added.why.en
    assert library(home, tmp_path).value_set("JDV_Colour").concepts


def test_a_value_set_is_read_with_its_version_and_the_day_a_concept_ended(tmp_path: Path) -> None:
    sources = published(tmp_path / "svs", concept("R", " Red ") + concept("X", "Xanthic", end="20231231000000"))
    found = read_value_set(sources, "JDV_Colour.xml")
    assert (found.id, found.oid, found.version, found.title) == ("JDV_Colour", "1.2.9", "20250203", "Colours")
    assert dict(found.concepts) == {("1.2.3", "R"): "Red", ("1.2.3", "X"): "Xanthic"}
    assert dict(found.ended) == {("1.2.3", "X"): "2023-12-31"}


def test_added_removed_retired_and_relabelled_are_told_apart() -> None:
    concepts = {("1.2.3", "R"): "Red", ("1.2.3", "G"): "Green", ("1.2.4", "Y"): "Yellow"}
    after = PublishedSet("JDV_Colour", "1.2.9", "20250203", "", concepts, {("1.2.3", "R"): "2024-12-31"})
    found = changes(BEFORE, after)
    assert found.added == (("1.2.4", "Y"),)
    assert found.removed == (("1.2.4", "B"),)
    assert found.retired == (("1.2.3", "R"),)
    assert found.relabelled == ((("1.2.3", "G"), "Grean", "Green"),)


def test_nothing_changed_is_nothing() -> None:
    concepts = {("1.2.3", "R"): "Red", ("1.2.3", "G"): "Grean", ("1.2.4", "B"): "Blue"}
    assert not changes(BEFORE, PublishedSet("JDV_Colour", "1.2.9", "20240101", "", concepts))


def test_what_is_written_is_read_by_the_library_with_the_end_of_a_concept(tmp_path: Path, home: Path) -> None:
    sources = published(tmp_path / "svs", concept("R", "Red", end="20241231") + concept("Y", "Yellow", "1.2.4"))
    [added] = add_value_sets(sources, library(home, tmp_path), home)
    assert (added.outcome, added.versions) == ("changed", ("20240101", "20250203"))
    found = library(home, tmp_path).value_set("JDV_Colour")
    assert set(found.concepts) - set(found.ended) == {("1.2.4", "Y")}
    assert found.ended["1.2.3", "R"] == "2024-12-31"
    assert found.title == "Colour"  # ours is kept


def test_an_older_version_is_left_out_and_said(tmp_path: Path, home: Path) -> None:
    sources = published(tmp_path / "svs", concept("R", "Rouge"), revised="2020-01-01")
    [added] = add_value_sets(sources, library(home, tmp_path), home)
    assert added.outcome == "older"
    assert "20200101" in " ".join(added.told("en"))
    assert library(home, tmp_path).value_set("JDV_Colour").version == "20240101"


def test_a_set_that_is_already_there_changes_no_file(tmp_path: Path, home: Path) -> None:
    concepts = concept("R", "Red") + concept("G", "Grean") + concept("B", "Blue", "1.2.4")
    sources = published(tmp_path / "svs", concepts, revised="2024-01-01")
    path = home / "profiles/cda/valuesets/JDV_Colour.json"
    before = path.read_text()
    assert [one.outcome for one in add_value_sets(sources, library(home, tmp_path), home)] == ["same"]
    assert path.read_text() == before


def test_a_file_without_codes_is_refused_and_the_others_are_added(tmp_path: Path, home: Path) -> None:
    published(tmp_path / "svs", concept("", "No code"), name="JDV_Wrong", oid="1.2.10")
    published(tmp_path / "svs", concept("", "", ""), name="JDV_Empty", oid="1.2.11")
    sources = published(tmp_path / "svs", concept("A", "New"), name="JDV_New", oid="1.2.12")
    outcomes = {one.id: one.outcome for one in add_value_sets(sources, library(home, tmp_path), home)}
    assert outcomes == {"JDV_Empty": "new", "JDV_New": "new", "JDV_Wrong.xml": "refused"}


def test_a_written_set_is_one_concept_a_line() -> None:
    text = written(PublishedSet("A", "1.2", "20250101", "T", {("1.2.3", "é"): "É"}, {("1.2.3", "é"): "2024-12-31"}))
    assert text.splitlines()[1] == '[0, "é", "É", "2024-12-31"]'
    json.loads(text)


def test_the_command_says_what_changed(
    tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("HARNESS_HOME", str(home))
    published(tmp_path / "svs", concept("R", "Red", end="20241231") + concept("Y", "Yellow", "1.2.4"))
    cli.harness.main(["packages", "add", str(tmp_path / "svs"), "--lang", "en"], standalone_mode=False)
    said = capsys.readouterr().out
    for words in (
        "JDV_Colour: 20240101 → 20250203",
        "added: 1 (Y)",
        "retired: 1 (R)",
        "gone from the list: 2 (G, B)",
        "changed 1",
    ):
        assert words in said


def test_a_folder_with_neither_says_what_is_wanted(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(UsageError, match="neither the official test tool nor value sets"):
        cli.harness.main(["packages", "add", str(tmp_path / "empty")], standalone_mode=False)


def test_a_set_published_under_another_file_name_is_the_one_of_its_oid(tmp_path: Path, home: Path) -> None:
    sources = published(tmp_path / "svs", concept("R", "Red"), "jdv-colour-cisis")
    [added] = add_value_sets(sources, library(home, tmp_path), home)
    assert (added.id, added.outcome) == ("JDV_Colour", "changed")
    assert [file.name for file in (home / "profiles/cda/valuesets").iterdir()] == ["JDV_Colour.json"]


def test_what_is_no_longer_published_has_ended_that_day(tmp_path: Path, home: Path) -> None:
    for revised in ("2025-02-03", "2025-09-09"):
        add_value_sets(published(tmp_path / "svs", concept("R", "Red"), revised=revised), library(home, tmp_path), home)
    concepts = json.loads((home / "profiles/cda/valuesets/JDV_Colour.json").read_text())["concepts"]
    assert concepts == [[0, "R", "Red"], [0, "G", "Grean", "2025-02-03"], [1, "B", "Blue", "2025-02-03"]]
