"""A grid that names what does not exist, or is out of order, is refused at its file and line."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest
from library_files import Files

from harness.errors import DataError
from harness.library.folders import packaged
from harness.library.grids import grid as read_grid
from harness.library.reading import read
from harness.library.shapes import Sheet, check_shape

FOLDER = packaged() / "profiles" / "convergence"
PROFILES = ("cda/vsm", "cda/dlu", "cda/ips-fr", "cda/bio-cr-bio", "cda/ep-med-dm", "cda/img-cr-img", "cda/tlm-cr")
THEMES = ("socle", "services", "plateformes", "territoires")


@cache
def sheet(path: Path) -> Sheet:
    made = Sheet(f"profiles/convergence/{path.name}", str(path), read(path.read_bytes(), str(path)))
    check_shape(made)
    return made


def changed(folder: Path, file: str, old: str, new: str) -> tuple[Sheet, dict[str, Sheet]]:
    """The grid with one text changed once in one of its files."""
    text = (FOLDER / f"{file}.yaml").read_text("utf-8")
    assert old in text
    (folder / f"{file}.yaml").write_text(text.replace(old, new, 1), "utf-8")
    sheets = {name: sheet((folder if name == file else FOLDER) / f"{name}.yaml") for name in ("grid", *THEMES)}
    return sheets.pop("grid"), sheets


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        ("socle", "[[ins.insi]]", "[[ins.insy]]", "unknown kind of evidence 'ins.insy'"),
        ("socle", "declared: [[indicator]]", "declared: [[indicateur]]", "unknown kind of evidence 'indicateur'"),
        ("socle", "substitute: [screenshot]", "substitute: [screenshots]", "unknown kind of evidence 'screenshots'"),
        ("socle", "[PTF, DPI, TLM]", "[PTF, DPI, TLN]", "unknown product 'TLN'"),
        ("socle", "level: 2, source: S003}", "level: 2, source: S005}", "unknown source 'S005'"),
        ("socle", "sources: [S003, S004]", "sources: [S003, S014]", "unknown source 'S014'"),
        ("socle", "from: 2023-05, level: 3", "from: 2023-05, level: 7", "the highest level is 4"),
        ("socle", "from: 2023-05, level: 3", "from: 2023-13, level: 3", "2023-13 is not a date"),
        ("socle", "from: 2023-05, level: 3", "from: 2019-05, level: 3", "does not follow the one before it"),
        ("socle", "  - level: 2\n", "  - level: 3\n", "levels follow each other from 0: here 2 is expected"),
        ("socle", "    declared: [[attestation]]\n", "", "level 0 asks for nothing, any other for proof"),
        ("socle", "requires_levels: [4]", "requires_levels: [5]", "a level can only require lower levels"),
        ("socle", "- id: A02\n", "- id: A01\n", "two items are called A01"),
        ("services", "- id: B01\n", "- id: A01\n", "two items are called A01"),
        ("socle", "    automatic: [[", '    volets: ["cda/*vms*"]\n    automatic: [[', "no profile answers to 'cda/\\*vms\\*'"),
        ("grid", "substitutes: [message, log", "substitutes: [message, logs", "unknown kind of evidence 'logs'"),
        ("grid", "jaune, vert, bleu]", "jaune, vert]", "grid.yaml gives no colour to level 5"),
    ],
)
def test_what_is_wrong_in_a_grid_is_said(tmp_path: Path, file: str, old: str, new: str, said: str) -> None:
    with pytest.raises(DataError, match=said) as caught:
        read_grid(*changed(tmp_path, file, old, new), digest="", profiles=PROFILES)
    assert caught.value.line > 1


def test_a_substitute_without_anything_to_stand_for_is_refused(tmp_path: Path) -> None:
    old = "    declared: [[document]]\n"
    with pytest.raises(DataError, match="no automatic part here"):
        read_grid(*changed(tmp_path, "socle", old, f"{old}    substitute: [screenshot]\n"), digest="")


def test_the_grid_as_it_is_written_is_read(tmp_path: Path) -> None:
    assert len(read_grid(*changed(tmp_path, "grid", "", ""), digest="").items) == 29


@pytest.mark.parametrize(
    ("name", "old", "new", "said"),
    [
        ("socle", "  - level: 1\n", "  - lvel: 1\n", "unknown key 'lvel'"),  # not that the theme has no file
        ("mine", "  - level: 1\n", "  - level: 1\n", "theme socle is in "),
    ],
)
def test_a_theme_s_file_is_told_at_its_own_line(files: Files, name: str, old: str, new: str, said: str) -> None:
    for theme in ("grid", *THEMES):
        files.write(f"profiles/convergence/{theme}.yaml", (FOLDER / f"{theme}.yaml").read_text("utf-8"))
    path = files.write(f"profiles/convergence/{name}.yaml", (FOLDER / "socle.yaml").read_text("utf-8").replace(old, new, 1))
    with pytest.raises(DataError) as caught:
        files.open().grid()
    assert said in caught.value.message.en
    assert Path(caught.value.file).name in (path.name, "socle.yaml")
