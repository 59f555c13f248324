"""What a person writes in the data folder and nothing reads is told when the library is opened."""

from __future__ import annotations

import pytest
from library_files import Files, profile_yaml

from harness.library import Library

VOLET = "profiles/cda/mine/1"


@pytest.mark.parametrize(
    ("relative", "said"),
    [
        ("scenarios/mine.yml", "not read, as this suffix is not .yaml"),
        ("scenarios/mine.YAML", "not read, as this suffix is not .yaml"),
        ("fixtures/people/me.yml", "not read, as this suffix is not .yaml"),
        (f"{VOLET}/profile.yml", "not read, as this suffix is not .yaml"),
        (f"{VOLET}/rules.yaml", "as it has no profile.yaml"),
        (f"{VOLET}/document.xml.j2", "as it has no profile.yaml"),
    ],
)
def test_what_nothing_reads_is_told_in_one_line(files: Files, relative: str, said: str) -> None:
    path = files.write(relative, "[]\n", home=True)
    (told,) = opened(files)
    assert said in told
    assert str(path if "suffix" in said else path.parent) in told and "\n" not in told


def test_many_files_of_one_slip_are_told_in_one_line(files: Files) -> None:
    for number in range(5):
        files.write(f"scenarios/{number}.yml", "[]\n", home=True)
    (told,) = opened(files)
    assert told.endswith("2.yml… (+2)")


def test_what_is_read_is_not_told(files: Files) -> None:
    files.write("scenarios/README.md", "", home=True)
    files.write("profiles/cda/sections/mine.yml", "", home=True)
    files.write("profiles/cda/header/rules.yaml", "[]\n", home=True)  # in place of the one of the package's profile
    files.write(f"{VOLET}/profile.yaml", profile_yaml("cda/mine"), home=True)
    files.write(f"{VOLET}/rules.yaml", "[]\n", home=True)
    assert opened(files) == []


def opened(files: Files) -> list[str]:
    told: list[str] = []
    Library.open(files.home, files.data, told=lambda said: told.append(said.en))
    return told
