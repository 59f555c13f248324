"""The command as a person or a pipeline meets it: its exit codes, what it says and what it writes."""

from __future__ import annotations

import hashlib
import json
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import commands
import jsonschema
import pytest

import harness
from harness.cli.check import check_failing
from harness.errors import UsageError
from harness.library import Library
from harness.storage import Store

SCHEMA = Path(harness.__file__).parent / "reporting" / "schemas" / "check.schema.json"
DAY = ("--at", "2026-11-24")
CLOCK = re.compile(r'"seconds": [-+.e\d]+|\btime(?:stamp)?="[^"]+"|\d{4}-\d\d-\d\d[T ]\d\d:\d\d:[.\d]+|[.,\d]+\sm?s(?=</)')
NO_DOCUMENT = "notes.txt"
TEMPLATE_OF_THE_VSM = "1.2.250.1.213.1.1.1.13"

Done = subprocess.CompletedProcess[str]
Call = Callable[..., Done]


@pytest.fixture(scope="module")
def home(new_home: Callable[[], Path]) -> Path:
    return new_home()


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("elsewhere")


@pytest.fixture(scope="module")
def call(home: Path, elsewhere: Path) -> Call:
    def run(*words: str | Path, own: Path = home, **variables: str) -> Done:
        return commands.harness(*words, home=own, folder=elsewhere, **variables)

    return run


@pytest.fixture(scope="module")
def begin(home: Path, elsewhere: Path) -> Call:
    """The same in a process of its own: how it ends, what it reads and who else it begins are promises on processes."""
    return partial(commands.process, home=home, folder=elsewhere)


@pytest.fixture(scope="module")
def documents(call: Call, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Summaries without fault, with an error, with a warning only, of a volet that no profile covers; and what is no document."""
    folder = tmp_path_factory.mktemp("documents")
    for name, spoiled in (
        ("good.xml", ()),
        ("wrong.xml", ("--mutation", "two-different-ins")),
        ("warned.xml", ("--mutation", "author-without-name")),
    ):
        assert call("synth", "cda/vsm", "--seed", "7", *DAY, *spoiled, "--output", folder / name).returncode == 0
    good = (folder / "good.xml").read_text("utf-8")
    (folder / "partial.xml").write_text(good.replace(TEMPLATE_OF_THE_VSM, TEMPLATE_OF_THE_VSM + "99"), "utf-8")
    (folder / NO_DOCUMENT).write_text("call back on Monday", "utf-8")
    return folder


def judged(done: Done) -> dict[str, Any]:
    """The JSON report, without what changes from one run to the next."""
    report: dict[str, Any] = json.loads(done.stdout)
    for document in report["documents"]:
        del document["seconds"]
    return report


def test_a_document_without_error_ends_with_0(begin: Call, documents: Path) -> None:
    assert begin("check", documents / "good.xml", *DAY).returncode == 0


def test_a_document_with_an_error_ends_with_1(begin: Call, documents: Path) -> None:
    assert begin("check", documents / "good.xml", documents / "wrong.xml", *DAY).returncode == 1


def test_a_path_that_leads_nowhere_ends_with_2(begin: Call) -> None:
    done = begin("check", "absent.xml")
    assert done.returncode == 2
    assert "absent.xml" in done.stderr


def test_a_name_cannot_drive_the_terminal_of_who_reads_of_it(call: Call) -> None:
    done = call("check", "absent\x1b[31m.xml")
    assert done.returncode == 2
    assert "absent\ufffd[31m.xml" in done.stderr


def test_what_is_no_document_ends_with_3(begin: Call, documents: Path) -> None:
    assert begin("check", documents / NO_DOCUMENT).returncode == 3


def test_a_warning_fails_only_who_asks_for_it(call: Call, documents: Path) -> None:
    assert call("check", documents / "warned.xml", *DAY).returncode == 0
    done = call("check", documents / "warned.xml", *DAY, "--fail-on", "warning", "--format", "json")
    assert done.returncode == 1
    assert [document["verdict"] for document in judged(done)["documents"]] == ["pass"]


def test_a_rule_that_warns_fails_only_who_names_it(call: Call, documents: Path) -> None:
    done = call("check", documents / "warned.xml", *DAY, "--format", "json")
    [(rule, requirement)] = {
        (one["rule"], one["requirement"]) for one in judged(done)["documents"][0]["findings"] if one["severity"] == "warning"
    }
    assert call("check", documents / "warned.xml", *DAY, "--fail-on", rule).returncode == 1
    assert call("check", documents / "warned.xml", *DAY, "--fail-on", requirement).returncode == 1
    assert call("check", documents / "warned.xml", *DAY, "--fail-on", "FHIR-DISPLAY").returncode == 0  # of another document


def test_a_rule_that_no_finding_can_bear_is_refused_before_anything_is_judged(call: Call, documents: Path) -> None:
    done = call("check", documents / "warned.xml", *DAY, "--fail-on", "FHIR-DISPLAI")
    assert (done.returncode, done.stdout) == (2, "")
    assert "« FHIR-DISPLAI »" in done.stderr and "FHIR-DISPLAY" in done.stderr


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("warnings", "warning"),
        ("body-unit-01", "BODY-UNIT-01"),
        ("BODY-UNIT", "BODY-UNITS"),
        ("vsm:problem-negations.card", "vsm:problem-negation.card"),
        ("vsm:problem-negation.cards", "vsm:problem-negation.card"),
        ("DOMINIC-6", "FHIR-DISPLAY"),  # how rules are written, where none is near
    ],
)
def test_a_rule_that_no_finding_can_bear_is_not_waited_for(written: str, meant: str) -> None:
    with pytest.raises(UsageError, match=f'"{written}" is neither') as refused:
        check_failing((written,))
    assert meant in refused.value.hint.en


@pytest.mark.parametrize(
    "named",
    [
        "FHIR-INVARIANT:us-core-1",
        "http://example.org/StructureDefinition/ours#Patient.name",
        "vsm:problem-negation.card",
        "BODY-UNITS",
    ],
)
def test_a_rule_that_another_document_may_break_is_admitted(named: str) -> None:
    check_failing((named,))


def test_what_was_judged_in_part_is_told_and_fails_only_who_is_strict(call: Call, documents: Path) -> None:
    done = call("check", documents / "partial.xml", *DAY, "--format", "json")
    assert done.returncode == 0
    [document] = judged(done)["documents"]
    assert document["verdict"] == "partial"
    assert "pas le corps" in document["not_judged"][0]
    assert call("check", documents / "partial.xml", *DAY, "--strict").returncode == 3


def test_a_folder_is_judged_whole_by_two_processes_as_by_one(call: Call, begin: Call, documents: Path) -> None:
    alone = call("check", documents, *DAY, "--format", "json")
    shared = begin("check", documents, *DAY, "--format", "json", "--jobs", "2")
    assert alone.returncode == shared.returncode == 1
    report = judged(alone)
    assert report["documents"] == judged(shared)["documents"]
    assert [Path(document["path"]).name for document in report["documents"]] == [
        "good.xml",
        "partial.xml",
        "warned.xml",
        "wrong.xml",
    ]
    assert [Path(path).name for path in report["skipped"]] == [NO_DOCUMENT]
    jsonschema.validate(json.loads(alone.stdout), json.loads(SCHEMA.read_text("utf-8")))


@pytest.mark.parametrize("form", ["text", "junit", "sarif", "html"])  # JSON: above
def test_a_report_of_two_processes_is_that_of_one_to_the_byte(call: Call, begin: Call, documents: Path, form: str) -> None:
    """But for moments and durations, which no two runs share."""
    words = ("check", documents, *DAY, "--format", form, "--lang", "en")
    for _ in range(2):  # again when a minute, which a page tells, ended between the two
        begun = time.time() // 60
        alone, shared = (CLOCK.sub("", done.stdout) for done in (call(*words), begin(*words, "--jobs", "2")))
        if time.time() // 60 == begun:
            break
    assert "wrong.xml" in alone
    assert alone == shared


def test_a_document_comes_by_standard_input(begin: Call, documents: Path) -> None:
    done = begin("check", "-", *DAY, "--format", "json", given=(documents / "good.xml").read_text("utf-8"))
    assert done.returncode == 0
    assert [(document["path"], document["verdict"]) for document in judged(done)["documents"]] == [("-", "pass")]


@pytest.mark.parametrize(
    ("name", "asked", "begins"),
    [
        ("report.html", (), "<!doctype html>"),
        ("report.json", (), "{"),
        ("report.xml", (), "<?xml"),
        ("report.html", ("--format", "json"), "{"),
        ("report.txt", (), "✓"),
    ],
)
def test_the_name_of_the_report_says_its_format_unless_one_is_asked(
    call: Call, documents: Path, tmp_path: Path, name: str, asked: tuple[str, ...], begins: str
) -> None:
    done = call("check", documents / "good.xml", "--output", tmp_path / name, *asked)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", f"→ {tmp_path / name} : conforme\n")
    assert (tmp_path / name).read_text("utf-8").startswith(begins)


def test_a_volet_that_no_story_tells_names_those_that_are_told(call: Call) -> None:
    done = call("synth", "cda/dlu", "--lang", "en")
    assert done.returncode == 2
    assert "cda/vsm" in done.stderr and "harness profiles specimen cda/dlu" in done.stderr


def test_an_unknown_profile_is_told_with_the_nearest(call: Call, documents: Path) -> None:
    done = call("check", documents / "good.xml", "--profile", "cda/vsn")
    assert (done.returncode, done.stdout) == (2, "")
    assert "cda/vsn" in done.stderr and "cda/vsm" in done.stderr


def test_a_wrong_option_is_told_in_the_language_asked_for(call: Call) -> None:
    french, english = call("check", "--jbos", "2", "x"), call("check", "--jbos", "2", "x", "--lang", "en")
    assert french.returncode == english.returncode == 2
    assert french.stderr.startswith("erreur : --jbos n'est pas une option. Vouliez-vous dire --jobs ?")
    assert english.stderr.startswith("error: no such option '--jbos'. Did you mean --jobs?")


def test_a_profile_of_the_user_that_is_no_yaml_is_told_with_its_file_and_line(call: Call, new_home: Callable[[], Path]) -> None:
    own = new_home()
    broken = own / "profiles" / "cda" / "ours" / "profile.yaml"
    broken.parent.mkdir(parents=True)
    broken.write_text("id: cda/ours\nversion: [1\ncode: ours\n", "utf-8")
    done = call("profiles", "list", own=own)
    assert done.returncode == 2
    assert f"{broken}:3" in done.stderr


def test_a_dead_endpoint_cannot_be_judged(call: Call) -> None:
    with socket.socket() as held:  # bound and not listening, so that nobody else gets the port
        held.bind(("127.0.0.1", 0))
        target = f"http://127.0.0.1:{held.getsockname()[1]}/fhir"
        done = call("run", "--target", target, "--scenario", "pdsm-iti68-retrieve", "--system", "dead")
    assert done.returncode == 3
    assert "Connexion refusée" in done.stdout


def test_what_a_check_keeps_of_a_system_tells_its_documents_by_their_digest(
    call: Call, new_home: Callable[[], Path], documents: Path
) -> None:
    home = new_home()
    assert call("check", documents / "good.xml", *DAY, "--system", "kept", own=home).returncode == 0
    with Store(home) as store:
        (judgement,) = store.run(next(iter(store.runs("kept"))).id).judgements
    assert judgement.sha256 == hashlib.sha256((documents / "good.xml").read_bytes()).hexdigest()


def test_without_a_run_there_is_no_system_to_assess(call: Call, new_home: Callable[[], Path]) -> None:
    own = new_home()
    done = call("assess", own=own)
    assert done.returncode == 2
    assert "harness run" in done.stderr


def test_a_person_with_a_production_ins_is_not_told_as_a_document(call: Call, new_home: Callable[[], Path]) -> None:
    own = new_home()
    people = Library.open().path("fixtures/people/awa-ndoye.yaml").read_text("utf-8")
    real = people.replace("1.2.250.1.213.1.4.10", "1.2.250.1.213.1.4.8").replace("id: awa-ndoye", "id: real")
    assert real.count("1.2.250.1.213.1.4.8") == 1
    (own / "fixtures" / "people").mkdir(parents=True)
    (own / "fixtures" / "people" / "real.yaml").write_text(real, "utf-8")
    done = call("synth", "cda/vsm", "--patient", "real", own=own)
    assert (done.returncode, done.stdout) == (2, "")
    assert "INS de production" in done.stderr


def test_the_same_seed_writes_the_same_bytes(call: Call, documents: Path) -> None:
    again = call("synth", "cda/vsm", "--seed", "7", *DAY)
    other = call("synth", "cda/vsm", "--seed", "8", *DAY)
    assert again.stdout == (documents / "good.xml").read_text("utf-8")
    assert other.stdout != again.stdout


def test_a_reader_that_goes_away_is_no_fault(home: Path, documents: Path) -> None:
    command = f"'{sys.executable}' -m harness profiles show cda/vsm | head -1"
    done = subprocess.run(
        command, shell=True, env={**os.environ, "HARNESS_HOME": str(home)}, capture_output=True, text=True, timeout=60
    )
    assert done.stdout.startswith("cda/vsm@")
    assert done.stderr == ""


@pytest.mark.parametrize(("names", "code"), [(("good.xml",), 0), (("good.xml", "good.xml", "good.xml"), 3)])
def test_a_reader_that_goes_away_ends_with_what_is_left_to_judge(
    home: Path, documents: Path, names: tuple[str, ...], code: int
) -> None:
    command = [*commands.COMMAND, "check", *(str(documents / name) for name in names)]
    environment = {**os.environ, "HARNESS_HOME": str(home), "PYTHONUNBUFFERED": "1"}  # what is told is written at once
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment) as process:
        assert process.stdout is not None and process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait(60) == code


@pytest.mark.parametrize(("form", "encoding"), [("text", "ascii"), ("text", "latin-1"), ("html", "latin-1"), ("junit", "latin-1")])
def test_what_goes_into_a_file_is_utf_8_whatever_the_locale(call: Call, documents: Path, form: str, encoding: str) -> None:
    told = call("check", "--format", form, documents / "warned.xml", PYTHONIOENCODING=encoding)
    assert (told.returncode, told.stderr) == (0, "")
    assert "é" in told.stdout


def test_a_document_for_a_closed_output_is_said_not_to_be_written(home: Path) -> None:
    script = f'exec "{sys.executable}" -m harness synth cda/vsm --seed 7 >&-'
    done = subprocess.run(
        ["sh", "-c", script], env={**os.environ, "HARNESS_HOME": str(home)}, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 2
    assert done.stderr.startswith("erreur : impossible d'écrire le résultat")


def test_a_home_that_cannot_be_written_is_said_once_and_the_document_is_judged(
    new_home: Callable[[], Path], documents: Path
) -> None:
    home = new_home()
    ours = home / "fixtures" / "people" / "ours.yaml"  # so that there is something to keep, and little to compile
    ours.parent.mkdir(parents=True)
    ours.write_text("id: ours\n", "utf-8")
    limited = f'ulimit -f 0; exec "{sys.executable}" -m harness check "$0" --format sarif --lang en'
    done = subprocess.run(
        ["sh", "-c", limited, documents / "good.xml"],
        env={**os.environ, "HARNESS_HOME": str(home), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0
    assert done.stderr.startswith(f"note: the compiled rules cannot be kept in {home / 'cache'}") and done.stderr.count("\n") == 1
    assert '"results"' in done.stdout


@pytest.mark.parametrize("words", [("run", "--target", "http://127.0.0.1:9"), ("demo",)], ids=" ".join)
def test_a_home_that_is_no_folder_is_refused_before_anything_is_sent(call: Call, tmp_path: Path, words: tuple[str, ...]) -> None:
    home = tmp_path / "home"
    home.write_text("a file")
    refused = call(*words, own=home)
    assert refused.returncode == 2
    assert refused.stderr.startswith(f"erreur : {home}") and "compilées" not in refused.stderr


def test_a_document_that_does_not_fit_leaves_no_part_of_it(home: Path, tmp_path: Path) -> None:
    limited = f'ulimit -f 8; exec "{sys.executable}" -m harness synth cda/vsm --seed 7 --output {tmp_path / "d.xml"}'
    variables = {**os.environ, "HARNESS_HOME": str(home), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(["sh", "-c", limited], env=variables, capture_output=True, text=True, timeout=60)
    assert done.returncode == 2, done.stderr
    assert list(tmp_path.iterdir()) == []
