"""What is given to `packages add`: folders and archives, never anything outside them."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from harness.errors import UnreadableDocument, UsageError
from harness.packages.sources import Sources


def archive(folder: Path, **members: str) -> Path:
    path = folder / "package.zip"
    with zipfile.ZipFile(path, "w") as file:
        for name, text in members.items():
            file.writestr(name.replace("__", "/"), text)
    return path


def test_the_folder_that_an_archive_puts_everything_in_is_not_part_of_the_names(tmp_path: Path) -> None:
    sources = Sources.open(archive(tmp_path, **{"tool-1.0__a.sch": "<a/>", "tool-1.0__b__c.xml": "<c/>"}))
    assert list(sources) == ["a.sch", "b/c.xml"]
    assert sources.read("b/c.xml") == b"<c/>"


def test_a_member_that_leads_out_of_the_archive_refuses_it(tmp_path: Path) -> None:
    with pytest.raises(UnreadableDocument, match=r"package\.zip: "):  # several may be given to one command
        Sources.open(archive(tmp_path, **{"..__evil.sch": "<a/>"}))


def test_a_link_is_followed_inside_the_package_and_not_out_of_it(tmp_path: Path) -> None:
    package, outside = tmp_path / "package", tmp_path / "outside"
    for folder in (package / "one", outside):
        folder.mkdir(parents=True)
        (folder / "a.sch").write_text("<a/>")
    (package / "two").symlink_to("one")
    (package / "three").symlink_to(outside)
    (package / "loop").symlink_to(package)
    assert list(Sources.open(package)) == ["one/a.sch", "two/a.sch"]


def test_nothing_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be read"):
        Sources.open(tmp_path / "absent")


def test_an_entity_is_not_read(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("told")
    (tmp_path / "a.xml").write_text(f'<!DOCTYPE a [<!ENTITY e SYSTEM "{secret.as_uri()}">]><a>&e;</a>')
    assert "told" not in "".join(Sources.open(tmp_path).parse("a.xml").itertext())
