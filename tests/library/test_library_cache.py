"""The compiled library: what is read again and what is not, and what happens when it cannot be kept."""

from __future__ import annotations

import errno
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from library_files import Files, profile_yaml, template_yaml

from harness.errors import DataError
from harness.library import Library, compiled, compiling, folders, pack
from harness.library.codec import from_plain, to_plain
from harness.model import Constraint, Level, Source, Text, Where


@pytest.fixture
def readings(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Names of the files that were parsed."""
    found: list[str] = []
    read = compiling.read

    def noted(content: bytes, file: str) -> Any:
        found.append(Path(file).name)
        return read(content, file)

    monkeypatch.setattr(compiling, "read", noted)
    return found


def packs(files: Files) -> list[Path]:
    return sorted((files.home / "cache").glob("*.pack"))


def test_a_second_opening_parses_nothing(files: Files, readings: list[str]) -> None:
    files.write("fixtures/a.yaml", "x: 1")
    files.open()
    assert sorted(readings) == ["a.yaml", "profile.yaml", "systems.yaml"]
    readings.clear()
    library = files.open()
    assert readings == []
    assert library.data("fixtures/a.yaml") == {"x": 1}
    assert library.profile("cda/header").head.version == "1"


def test_a_changed_file_alone_is_parsed_again(files: Files, readings: list[str]) -> None:
    files.write("fixtures/a.yaml", "x: 1")
    files.open()
    readings.clear()
    files.write("fixtures/a.yaml", "x: 2")
    assert files.open().data("fixtures/a.yaml") == {"x": 2}
    assert readings == ["a.yaml"]


def test_a_change_that_keeps_size_and_time_is_seen(files: Files) -> None:
    path = files.write("fixtures/a.yaml", "x: 1")
    files.open()
    state = path.stat()
    files.write("fixtures/a.yaml", "x: 2")
    os.utime(path, ns=(state.st_atime_ns, state.st_mtime_ns))
    assert files.open().data("fixtures/a.yaml") == {"x": 2}


def test_what_a_process_compiles_after_an_upgrade_is_not_for_those_of_the_new_code(
    files: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    files.write("fixtures/a.yaml", "x: 1")
    files.open()
    monkeypatch.setattr(compiled, "_SOURCES", ())  # other code on the disk than what this process runs
    files.write("fixtures/a.yaml", "x: 2")
    files.open()
    assert len({path.name.split("-")[1] for path in packs(files)}) == 1


LABELS = '{"systems": ["1.3"], "concepts": [[0, "c", "label of c"]]}'


def value_set(id: str, label: str, oid: str = "1.2") -> str:
    return f'{{"id": "{id}", "oid": "{oid}", "version": "1", "title": "t", "systems": ["1.3"], "concepts": [[0, "a", "{label}"]]}}'


def scenario_yaml(id: str, level: str = "must") -> str:
    return (
        f"id: {id}\ntitle: {{fr: a, en: b}}\nprotocol: pdsm\nlevel: {level}\nrequirements: [R-1]\nsteps:\n- wait: {{seconds: 1}}\n"
    )


WRITTEN = {
    "profiles/cda/valuesets/One.json": value_set("One", "one"),
    "profiles/cda/valuesets/Two.json": value_set("Two", "two"),
    "profiles/cda/labels.json": LABELS,
    "profiles/cda/header/requirements.yaml": "- {id: R-1, text: {fr: a, en: b}, level: must, source: {document: d}}\n",
    "profiles/cda/header/rules.yaml": "- {id: r, requirement: R-1, context: /*, assert: \"@a = 'Two'\", severity: error, "
    "message: {fr: a, en: b}, hint: {fr: a, en: b}}\n",
    "profiles/cda/volet/profile.yaml": profile_yaml("cda/volet", judges="body", extends="[cda/header]"),
    "profiles/cda/volet/mutations.yaml": "- {id: m, edit: {drop: /*}, trips: [r, section.trial:code]}\n",
    "profiles/cda/sections/a.yaml": template_yaml("- {path: code, valueset: One}\n"),
    "scenarios/a.yaml": scenario_yaml("a"),
    "scenarios/b.yaml": scenario_yaml("b"),
    "fixtures/a.yaml": "x: 1",
}
CHANGES = {  # a file, what it becomes, or nothing where it goes away
    "the same": ("fixtures/a.yaml", "x: 1"),
    "any data": ("fixtures/a.yaml", "x: 2"),
    "a scenario": ("scenarios/b.yaml", scenario_yaml("b", "should")),
    "a scenario called as another": ("scenarios/b.yaml", scenario_yaml("a")),
    "a scenario less": ("scenarios/a.yaml", None),
    "a requirement of a scenario": (
        "profiles/cda/header/requirements.yaml",
        "- {id: R-2, text: {fr: a, en: b}, level: must, source: {document: d}}\n",
    ),
    "what a rule says": ("profiles/cda/header/rules.yaml", WRITTEN["profiles/cda/header/rules.yaml"].replace("Two", "One")),
    "rules less": ("profiles/cda/header/rules.yaml", None),
    "what is tripped": ("profiles/cda/sections/a.yaml", template_yaml("- {path: id}\n")),
    "a template that is wrong": ("profiles/cda/sections/a.yaml", template_yaml("- {pat: id}\n")),
    "a label": ("profiles/cda/valuesets/Two.json", value_set("Two", "other")),
    "a value set less": ("profiles/cda/valuesets/Two.json", None),
    "a value set more": ("profiles/cda/valuesets/Three.json", value_set("Three", "three")),
    "a value set that is wrong": ("profiles/cda/valuesets/One.json", "{"),
    "a further label": ("profiles/cda/labels.json", LABELS.replace("of c", "of d")),
    "a code system": ("profiles/cda/systems.yaml", "LOINC: {oid: 1.9, name: LOINC}\n"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_what_is_taken_over_is_what_would_be_compiled(files: Files, change: str) -> None:
    for name, text in WRITTEN.items():
        files.write(name, text)
    before = pack.of(pack.pack(compiling.compile_library(folders.listing((files.data,)), None)))
    assert list(before["scenarios"]) == ["scenarios/a.yaml", "scenarios/b.yaml"]
    name, text = CHANGES[change]
    path = files.write(name, text or "")
    if text is None:
        path.unlink()
    found = folders.listing((files.data,))
    for previous in (before, pack.of(pack.pack(compiling.compile_library(found, before)))):
        again, anew = (pack.of(pack.pack(compiling.compile_library(found, known))) for known in (previous, None))
        assert list(again) == list(anew)
        assert {part: plain(again[part]) for part in again} == {part: plain(anew[part]) for part in anew}


def plain(value: Any) -> Any:
    """Ids of a summary come from sets, which have no order."""
    if isinstance(value, tuple) and len(value) == 4 and isinstance(value[1], tuple) and value[0] == "section.trial":
        return (*value[:2], *map(sorted, value[2:]))
    return value


def test_a_file_that_goes_away_is_forgotten(files: Files) -> None:
    path = files.write("fixtures/a.yaml", "x: 1")
    files.open()
    path.unlink()
    assert files.open().files("fixtures/**") == ()


def test_a_mistake_stays_one_when_it_is_read_from_the_cache(files: Files) -> None:
    path = files.write("profiles/cda/header/constraints.yaml", "- {path: id}\n- {card: x}\n")
    told = []
    for _ in range(2):
        with pytest.raises(DataError) as error:
            files.open().profile("cda/header")
        told.append((error.value.file, error.value.line, error.value.message, error.value.hint))
    assert told[0] == told[1]
    assert told[0][:2] == (str(path), 2)


def test_a_cache_that_cannot_be_written_is_said_before_anything_is_compiled(files: Files, readings: list[str]) -> None:
    (files.home / "cache").write_text("not a folder")
    told: list[tuple[Text, bool]] = []
    Library.open(files.home, files.data, told=lambda said: told.append((said, bool(readings))))
    [(said, late)] = told
    assert "cannot be kept" in said.en and "HARNESS_HOME" in said.en and "HARNESS_HOME" in said.fr
    assert readings and not late


def test_a_disk_that_fills_while_the_cache_is_written_is_said(files: Files, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pack, "save", lambda path, content: OSError(errno.ENOSPC, "No space left on device"))
    told: list[Text] = []
    Library.open(files.home, files.data, told=told.append)
    [said] = told
    assert "plus de place sur le disque" in said.fr


def test_a_cache_that_can_be_written_is_not_spoken_of(files: Files) -> None:
    told: list[Text] = []
    Library.open(files.home, files.data, told=told.append)
    assert told == []


def test_a_library_whose_cache_cannot_be_written_works_in_memory(files: Files, readings: list[str]) -> None:
    (files.home / "cache").write_text("not a folder")
    for _ in range(2):
        assert files.open().profile("cda/header").head.version == "1"
    assert readings.count("profile.yaml") == 2


@pytest.mark.parametrize(
    "damage", [lambda data: b"", lambda data: data[:-20], lambda data: data[:30] + b"\0" + data[31:], lambda _: b"x"]
)
def test_a_damaged_cache_is_made_again(files: Files, damage: Any) -> None:
    files.write("fixtures/a.yaml", "x: 1")
    files.open()
    (path,) = packs(files)
    path.write_bytes(damage(path.read_bytes()))
    assert files.open().data("fixtures/a.yaml") == {"x": 1}


def test_a_value_damaged_while_the_library_is_open_is_compiled_again(files: Files) -> None:
    files.write("fixtures/a.yaml", "x: 1")
    files.open()
    (path,) = packs(files)
    content = bytearray(path.read_bytes())
    library = files.open()
    for offset in range(len(content) - 400, len(content)):
        content[offset] ^= 0xFF
    path.write_bytes(content)
    assert library.data("fixtures/a.yaml") == {"x": 1}
    assert files.open().profile("cda/header").head.id == "cda/header"


def test_two_writers_at_once_leave_one_whole_cache(files: Files) -> None:
    files.write("fixtures/a.yaml", "x: 1")
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda _: files.open().data("fixtures/a.yaml"), range(8)))
    assert found == [{"x": 1}] * 8
    assert len(packs(files)) == 1
    assert list((files.home / "cache").glob(".writing-*")) == []


def test_only_the_last_caches_are_kept(files: Files) -> None:
    for number in range(pack.KEPT + 3):
        files.write("fixtures/a.yaml", f"x: {number}")
        files.open()
    assert len(packs(files)) == pack.KEPT


def test_reading_a_library_creates_nothing_but_its_cache(files: Files) -> None:
    files.open()
    assert [path.name for path in files.home.iterdir()] == ["cache"]


def test_a_blob_that_changed_on_disk_is_not_believed() -> None:
    content = bytearray(pack.pack({"a": [1, 2, 3], "b": "text"}))
    content[-1] ^= 1
    found = pack.unpack(bytes(content))
    assert found is not None
    assert found["a"] == [1, 2, 3]
    with pytest.raises(pack.DamagedPack):
        found["b"]


def test_values_come_back_from_plain_data_as_they_were() -> None:
    value = Constraint(
        "a",
        "b",
        where=Where({"x": ("1", "2")}, any=(Where(null_flavor=False),)),
        low=0,
        labels={"k": "v"},
        null_flavor=(),
        each=(Constraint("c", "d"),),
        level=Level.SHOULD,
        message=Text("f", "e"),
        source=Source("d"),
    )
    assert from_plain(to_plain(value)) == value
