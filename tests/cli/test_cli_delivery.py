"""A report is there whole or not at all."""

from __future__ import annotations

import io
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from commands import COMMAND
from commands import harness as command

from harness import cli
from harness.cli import harness
from harness.cli.delivery import check_writable, deliver, settle_streams
from harness.errors import UsageError


def interrupted() -> Iterator[str]:
    yield "half of it"
    raise KeyboardInterrupt


def test_a_report_is_written_with_its_folder(tmp_path: Path) -> None:
    deliver(["é\n", "b\n"], tmp_path / "new" / "report.json")
    assert (tmp_path / "new" / "report.json").read_text("utf-8") == "é\nb\n"


@pytest.mark.parametrize("before", [None, "the last report\n"])
def test_an_interrupted_report_leaves_what_was_there(tmp_path: Path, before: str | None) -> None:
    report = tmp_path / "report.json"
    if before is not None:
        report.write_text(before)
    with pytest.raises(KeyboardInterrupt):
        deliver(interrupted(), report)
    assert [path.name for path in tmp_path.iterdir()] == ([] if before is None else ["report.json"])
    assert before is None or report.read_text() == before


def test_a_report_takes_the_place_of_the_last_one_with_its_rights_and_through_its_link(tmp_path: Path) -> None:
    (tmp_path / "kept").mkdir()
    kept = tmp_path / "kept" / "report.json"
    kept.write_text("the last report\n")
    kept.chmod(0o640)
    (tmp_path / "report.json").symlink_to(kept)
    deliver(["new\n"], tmp_path / "report.json")
    assert (tmp_path / "report.json").is_symlink()
    assert (kept.read_text(), kept.stat().st_mode & 0o777) == ("new\n", 0o640)


def test_a_device_is_written_to_and_not_replaced(tmp_path: Path) -> None:
    deliver(["new\n"], Path(os.devnull))
    assert not Path(os.devnull).is_file()
    if Path("/dev/full").exists():
        with pytest.raises(UsageError, match="cannot write /dev/full: No space left"):
            deliver(["new\n"], Path("/dev/full"))


_WITHOUT_RIGHTS = ("setpriv", "--bounding-set=-all", "--inh-caps=-all")  # the administrator's, to whom no mode applies
OTHER = 65534

not_ours = pytest.mark.skipif(
    os.geteuid() != 0 or shutil.which("setpriv") is None, reason="only the administrator, with setpriv, makes files of another"
)


def call_without_rights(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    environ = {**os.environ, "PYTHONPATH": str(Path(cli.__file__).parents[2])}
    asked = [*_WITHOUT_RIGHTS, *COMMAND, *words]
    return subprocess.run(asked, cwd=folder, env=environ, capture_output=True, text=True, timeout=60)


@not_ours
@pytest.mark.parametrize("asked", ["synth cda/vsm -o", "profiles specimen cda/vsm -o", "check document.xml -o"])
def test_a_file_of_another_that_cannot_be_written_is_not_replaced(tmp_path: Path, asked: str) -> None:
    (tmp_path / "document.xml").write_text("<a/>")
    kept = tmp_path / "kept.xml"
    kept.write_text("theirs")
    kept.chmod(0o444)
    os.chown(kept, OTHER, OTHER)
    done = call_without_rights(tmp_path, *asked.split(), "kept.xml")
    assert (done.returncode, done.stderr.splitlines()[0]) == (2, "erreur : impossible d'écrire kept.xml : accès refusé")
    assert kept.read_text() == "theirs"


@not_ours
def test_a_file_of_another_that_can_be_written_is_even_where_it_cannot_be_replaced(tmp_path: Path) -> None:
    shared = tmp_path / "shared"
    shared.mkdir()
    report = shared / "report.json"
    report.write_text("before")
    (tmp_path / "document.xml").write_text("<a/>")
    for path, mode in ((report, 0o666), (shared, 0o1777)):
        os.chown(path, OTHER, OTHER)
        path.chmod(mode)
    assert call_without_rights(tmp_path, "check", "document.xml", "-o", "shared/report.json").returncode == 3
    assert json.loads(report.read_text())["documents"]
    assert [path.name for path in shared.iterdir()] == ["report.json"]


@not_ours
def test_a_folder_of_another_is_told_as_one_that_cannot_be_written(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    os.chown(closed, OTHER, OTHER)
    done = call_without_rights(tmp_path, "demo", "-o", "closed")
    assert done.stderr.splitlines()[0] == "erreur : impossible d'écrire closed/index.html : accès refusé"


def test_what_cannot_be_written_is_said_before_anything_is_judged(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for place, why in ((tmp_path, "Is a directory"), (tmp_path / "file" / "report.json", "Not a directory")):
        with pytest.raises(UsageError, match=f"cannot write .*: {why}"):
            check_writable(place)
        with pytest.raises(UsageError, match=f"cannot write .*: {why}"):
            deliver(["new\n"], place)
    check_writable(tmp_path / "file")
    check_writable(tmp_path / "new" / "folder" / "report.json")


@pytest.mark.parametrize("asked", [["run", "--target", "http://127.0.0.1:9/fhir", "-o", "file/r"], ["demo", "-o", "file/r"]])
def test_a_run_whose_report_could_not_be_written_is_not_begun(
    asked: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HARNESS_HOME", str(tmp_path / "home"))
    with pytest.raises(UsageError, match="cannot write"):
        harness.main(asked, standalone_mode=False)
    assert not (tmp_path / "home").exists()
    assert not (tmp_path / "new").exists()


def test_what_goes_wrong_while_a_report_is_made_is_no_fault_of_where_it_goes(tmp_path: Path) -> None:
    def broken() -> Iterator[str]:
        yield "a"
        raise OSError(5, "Input/output error")

    with pytest.raises(OSError, match="Input/output"):
        deliver(broken(), tmp_path / "report.json")


def test_what_is_printed_ends_with_a_line_end(capsys: pytest.CaptureFixture[str]) -> None:
    deliver(["a", "b"], None)
    deliver([], None)
    assert capsys.readouterr().out == "ab\n"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
@pytest.mark.parametrize("asked", ["--version", "check --help", "scenarios list"])
def test_a_full_disk_is_no_fault_of_ours_whatever_is_printed(asked: str) -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run([*COMMAND, *asked.split()], stdout=full, stderr=subprocess.PIPE, text=True)
    assert done.returncode == 2
    assert done.stderr.startswith("erreur : impossible d'écrire le résultat : plus de place sur le disque\n  → ")


def test_who_closed_standard_output_is_told_so_and_not_to_free_space(tmp_path: Path) -> None:
    document = tmp_path / "empty.xml"
    document.touch()
    command = f"{shlex.join([*COMMAND, 'check', str(document), '--lang', 'en'])} >&-"
    done = subprocess.run(["sh", "-c", command], stderr=subprocess.PIPE, text=True)
    assert done.returncode == 2
    assert done.stderr.endswith("\n  → Leave standard output open, or choose a file with --output.\n")


def test_a_terminal_that_has_no_accents_is_given_plain_letters_and_signs(monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal(io.TextIOWrapper):
        def isatty(self) -> bool:
            return True

    shown = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", Terminal(shown, encoding="latin-1"))
    settle_streams()
    print("✗ non conforme · « clé » → œuvre 漢", end="", flush=True)
    assert shown.getvalue().decode("latin-1") == "x non conforme · « clé » > oeuvre ?"
    monkeypatch.setattr(sys, "stdout", Terminal(shown, encoding="ascii"))
    settle_streams()
    print("\n✗ non conforme · « clé »", end="", flush=True)
    assert shown.getvalue().endswith(b'\nx non conforme - " cle "')


def test_several_reports_of_one_judgement_are_those_that_each_would_be_alone(tmp_path: Path) -> None:
    (tmp_path / "patient.xml").write_text('<Patient xmlns="http://hl7.org/fhir"><gender value="man"/></Patient>')
    forms = {"text": "-", "junit": "a.xml", "sarif": "b.sarif", "json": "c.json", "html": "d.html"}
    asked = [word for place in forms.values() for word in ("-o", place)]
    done = command("check", "patient.xml", *asked, "--at", "2026-01-01", folder=tmp_path)
    assert done.returncode == 1
    assert sorted(one.name for one in tmp_path.iterdir()) == ["a.xml", "b.sarif", "c.json", "d.html", "patient.xml"]
    for form, place in forms.items():
        alone = command("check", "patient.xml", "--format", form, "--at", "2026-01-01", folder=tmp_path).stdout
        together = done.stdout if place == "-" else (tmp_path / place).read_text("utf-8")
        assert _untimed(together) == _untimed(alone), form


def _untimed(report: str) -> str:
    return re.sub(r"\d+([.,]\d+)?\s?m?s\b|\d+\.\d+|\d{4}-\d\d-\d\dT[0-9:.]+(Z|\+00:00)?|\d\d:\d\d(:\d\d)?", "", report).rstrip()
