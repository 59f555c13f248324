"""The official tool beside our rules, from `packages add` to the report: with an invented package, and with the published one when
CISIS_OFFICIAL_TOOL names a checkout of it."""

from __future__ import annotations

import json
import os
import shutil
import sys
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from commands import harness

import tiny_package
from harness import cli
from harness.errors import UsageError
from harness.library import Library
from harness.packages import bench, worker
from harness.packages.layout import Layout
from harness.packages.pool import DIED, LATE, Pool
from harness.packages.store import Store

Run = Callable[..., str]
Told = Callable[..., dict[str, Any]]


@pytest.fixture(scope="module")
def shared(new_home: Callable[[], Path]) -> Path:
    """One data folder for all: the packages in it are removed after each test."""
    return new_home()


@pytest.fixture
def home(shared: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("HARNESS_HOME", str(shared))
    monkeypatch.chdir(tmp_path)
    yield shared
    shutil.rmtree(shared / "packages", ignore_errors=True)


@pytest.fixture
def run(home: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    """What the command says; what it refuses is raised."""

    def run(*words: str) -> str:
        capsys.readouterr()
        cli.harness.main([*words], standalone_mode=False)
        return capsys.readouterr().out

    return run


@pytest.fixture(scope="module")
def compiled(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Path]:
    """What `packages add` says of the tiny package, and what it makes of it, set aside."""
    pytest.importorskip("saxonche", reason="the official extra is not installed")
    folder = tmp_path_factory.mktemp("compiled")
    done = harness("packages", "add", tiny_package.write(folder / "tiny"), home=shared, HARNESS_LANG="en")
    return done.stdout, (shared / "packages").rename(folder / "packages")


@pytest.fixture
def added(compiled: tuple[str, Path], home: Path, tmp_path: Path) -> str:
    """The tiny package is added: what was said of it."""
    told, packages = compiled
    shutil.copytree(packages, home / "packages")
    tiny_package.write(tmp_path / "tiny")
    return told


@pytest.fixture
def told(added: str, run: Run, tmp_path: Path) -> Told:
    """What the package says of a document, by part."""

    def told(body: str = "", version: str = "2022.01", *words: str) -> dict[str, Any]:
        (tmp_path / "d.xml").write_bytes(tiny_package.cda(body, version))
        report = json.loads(run("check", "d.xml", "--official", "--format", "json", "--lang", "en", *words))
        official = report["documents"][0]["official"]
        return {**official, "parts": {part["name"]: part for part in official["parts"]}}

    return told


def messages(part: dict[str, Any]) -> list[str]:
    return [finding["message"] for finding in part["findings"]]


def test_what_a_package_lacks_is_named_when_it_is_added(added: str) -> None:
    assert "ihe: included file absent: schematrons/include/absent.sch" in added
    assert "ihe: pattern activated and not declared: nowhere" in added
    assert "content-models: file absent: jeuxDeValeurs/JDV_Lost.xml; what depends on it is not judged" in added
    assert "terminologies: unusable: " in added


def test_a_document_without_a_defect_has_no_finding(told: Told) -> None:
    assert told('<sex code="F"/><count value="1"/>')["findings"] == 0


def test_each_finding_has_its_part_role_line_and_words(told: Told) -> None:
    found = told('<sex code="X"/>')
    assert found["parts"]["content-models"]["findings"] == [
        {"role": "", "location": "/ClinicalDocument/sex", "line": 4, "message": "sex is not in the set: X"}
    ]


def test_values_and_roles_are_told(told: Told, tmp_path: Path, run: Run) -> None:
    document = tiny_package.cda("").replace(b"<title>Summary", b'<title lang="xx">Letter')
    (tmp_path / "letter.xml").write_bytes(document)
    report = json.loads(run("check", "letter.xml", "--official", "--format", "json"))
    [part] = [part for part in report["documents"][0]["official"]["parts"] if part["name"] == "ihe"]
    assert [(one["role"], one["location"], one["message"]) for one in part["findings"]] == [
        ("warning", "/ClinicalDocument", "the title is Letter, not Summary"),
        ("", "/ClinicalDocument/title/@lang", "the attribute lang is xx"),
    ]


def test_an_assertion_that_needs_an_absent_file_is_counted_and_the_others_are_judged(told: Told) -> None:
    part = told('<sex code="X"/><colour code="1"/><colour code="2"/>')["parts"]["content-models"]
    assert messages(part) == ["sex is not in the set: X"]
    assert part["not_judged"] == ["2 assertions not evaluated: the package lacks jeuxDeValeurs/JDV_Lost.xml"]


def test_a_schematron_that_ends_in_an_error_is_said_counted_and_stops_no_other(told: Told) -> None:
    found = told('<sex code="X"/><count value="many"/>')
    assert "it ended in an error" in found["parts"]["ans-models"]["stopped"]
    assert messages(found["parts"]["content-models"]) == ["sex is not in the set: X"]
    assert found["stopped"] == 2  # the other one cannot be compiled


def test_the_schema_of_the_package_judges_too(told: Told, tmp_path: Path, run: Run) -> None:
    (tmp_path / "empty.xml").write_bytes(b'<ClinicalDocument xmlns="urn:hl7-org:v3"/>')
    report = json.loads(run("check", "empty.xml", "--official", "--format", "json"))
    [part] = [part for part in report["documents"][0]["official"]["parts"] if part["name"] == "schema"]
    assert len(part["findings"]) == 1


@pytest.mark.parametrize(
    ("version", "volet", "assumed"),
    [("2022.01", "VSM_2022.01", False), ("2023.01", "VSM_2023.01", False), ("2031.01", "VSM_2023.01", True)],
)
def test_the_volet_and_its_version_choose_the_schematron(told: Told, version: str, volet: str, assumed: bool) -> None:
    found = told("", version)
    assert (found["volet"], found["volet_assumed"]) == (volet, assumed)
    assert messages(found["parts"][f"volet:{volet}"]) == ([] if volet.endswith("2022.01") else ["nothing new"])


def test_a_volet_that_is_named_is_used(told: Told) -> None:
    assert told("", "2022.01", "--official-volet", "VSM_2023.01")["volet"] == "VSM_2023.01"


def test_our_verdict_and_findings_are_the_same_with_and_without(told: Told, run: Run, tmp_path: Path) -> None:
    told('<sex code="X"/>')
    alone, beside = (json.loads(run("check", "d.xml", "--format", "json", *more))["documents"][0] for more in ((), ("--official",)))
    assert (alone["verdict"], alone["findings"]) == (beside["verdict"], beside["findings"])
    assert alone["official"] is None


@pytest.mark.parametrize("form", ["text", "html", "junit", "sarif"])
def test_every_report_tells_it_apart_with_the_part_and_the_words(told: Told, run: Run, form: str) -> None:
    told('<sex code="X"/><count value="many"/>')
    report = run("check", "d.xml", "--official", "--format", form, "--lang", "en")
    for words in ("tiny-", "content-models", "sex is not in the set: X", "ended in an error"):
        assert words in " ".join(report.split())


def test_in_sarif_it_is_a_run_of_its_own(told: Told, run: Run) -> None:
    told('<sex code="X"/>')
    ours, theirs = json.loads(run("check", "d.xml", "--official", "--format", "sarif"))["runs"]
    assert [result["ruleId"] for result in theirs["results"]] == ["content-models"]
    assert theirs["tool"]["driver"]["name"].startswith("tiny-")
    assert "content-models" not in {result["ruleId"] for result in ours["results"]}


def test_the_same_sources_are_compiled_once_whether_folder_or_archive(added: str, run: Run, tmp_path: Path, home: Path) -> None:
    with zipfile.ZipFile(tmp_path / "tiny.zip", "w") as archive:
        for name, text in tiny_package.FILES.items():
            archive.writestr(f"tool-main/{name}", text)
    assert "there already" in run("packages", "add", "tiny.zip", "--lang", "en")
    assert len(Store(home).packages()) == 1


def test_a_choice_that_cannot_be_written_is_told_with_what_to_do(added: str, run: Run, tmp_path: Path, home: Path) -> None:
    (home / "packages" / "current").unlink()
    (home / "packages" / "current").mkdir()
    with pytest.raises(UsageError, match="cannot be written") as refused:
        run("packages", "add", str(tmp_path / "tiny"))
    assert "HARNESS_HOME" in refused.value.hint.en


def test_packages_are_listed_shown_and_removed(added: str, run: Run, home: Path) -> None:
    id = Store(home).packages()[0].id
    assert f"* {id}" in run("packages", "list")
    assert "schematrons/CI-SIS_VSM_2022.01.sch" in run("packages", "show", id)
    run("packages", "remove", id)
    assert Store(home).packages() == ()
    with pytest.raises(UsageError, match="unknown package"):
        run("packages", "show", id)


def test_a_damaged_package_is_as_good_as_absent_and_can_be_added_again(added: str, run: Run, tmp_path: Path, home: Path) -> None:
    [package] = Store(home).packages()
    (package.folder / "package.json").write_text("{")
    with pytest.raises(UsageError, match="no official package"):
        run("check", "tiny", "--official")
    run("packages", "add", str(tmp_path / "tiny"))
    assert [one.id for one in Store(home).packages()] == [package.id]


def test_without_the_extra_the_command_to_install_it_is_told(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bench, "find_spec", lambda name: None)
    with pytest.raises(UsageError) as error:
        run("packages", "add", str(tiny_package.write(tmp_path / "tiny")))
    assert f"{sys.executable} -m pip install 'saxonche>=" in error.value.told("fr")


def test_without_a_package_what_to_do_is_told(run: Run, tmp_path: Path) -> None:
    (tmp_path / "d.xml").write_bytes(tiny_package.cda(""))
    with pytest.raises(UsageError) as error:
        run("check", "d.xml", "--official")
    assert "harness packages add" in error.value.told("en")


# ------------------------------------------------------------ the processes


def package(tmp_path: Path, run: Run, expression: str) -> Path:
    """The folder of a package whose only Schematron evaluates an expression."""
    pytest.importorskip("saxonche", reason="the official extra is not installed")
    source = tmp_path / "one" / "schematrons/profils/IHE.sch"
    source.parent.mkdir(parents=True)
    rule = f'<rule context="cda:ClinicalDocument"><assert test="{expression}">did not hold</assert></rule>'
    source.write_text(f'<schema {tiny_package.SCH}>{tiny_package.NS}<pattern id="p">{rule}</pattern></schema>')
    run("packages", "add", str(tmp_path / "one"))
    return Store(Path(os.environ["HARNESS_HOME"])).packages()[0].folder


@pytest.mark.parametrize(
    "expression",
    [
        "unparsed-text-available('{secret}')",
        "doc-available('{secret}')",
        "string(environment-variable('PATH')) != ''",
        "exists(available-environment-variables())",
    ],
)
def test_a_schematron_reaches_no_file_and_no_environment(tmp_path: Path, run: Run, expression: str) -> None:
    secret = tmp_path / "secret.xml"
    secret.write_text("<told/>")
    folder = package(tmp_path, run, f"not({expression.format(secret=secret.as_uri())})")
    with Pool(folder, 1) as pool:
        assert pool.submit(tiny_package.cda("").decode(), ["ihe"]).result() == {"ihe": ("found", "<r/>")}


@pytest.mark.parametrize(
    "expression", ["doc('{secret}')", "collection('{folder}')", "unparsed-text('{secret}')", "unparsed-text-lines('{secret}')"]
)
def test_a_schematron_that_insists_is_stopped(tmp_path: Path, run: Run, expression: str) -> None:
    secret = tmp_path / "secret.xml"
    secret.write_text("<told/>")
    folder = package(tmp_path, run, f"empty({expression.format(secret=secret.as_uri(), folder=tmp_path.as_uri())})")
    with Pool(folder, 1) as pool:
        what, said = pool.submit(tiny_package.cda("").decode(), ["ihe"]).result()["ihe"]
    assert what == "stopped" or "<u " in said
    assert "told" not in said


def test_a_document_that_takes_too_long_is_given_up_and_the_next_is_judged(tmp_path: Path, run: Run) -> None:
    endless = "count(for $a in 1 to 100000, $b in 1 to 100000 return if ($a * $b = -1) then 1 else ()) = 0"
    folder = package(tmp_path, run, f"not(cda:slow) or {endless}")
    with Pool(folder, 1, judging=2) as pool:
        slow = pool.submit(tiny_package.cda("<slow/>").decode(), ["ihe"])
        quick = pool.submit(tiny_package.cda("").decode(), ["ihe"])
        assert slow.result() == {"ihe": (LATE, "")}
        assert quick.result() == {"ihe": ("found", "<r/>")}


def test_a_process_that_dies_is_said_and_replaced(tmp_path: Path, run: Run) -> None:
    folder = package(tmp_path, run, "true()")
    with Pool(folder, 1) as pool:
        process = pool._idle.get()
        child = process._begun()
        child.kill()
        child._process.join()
        child.is_alive = lambda: True  # it died just after it was looked at
        pool._idle.put(process)
        assert pool.submit(tiny_package.cda("").decode(), ["ihe"]).result() == {"ihe": (DIED, "")}
        assert pool.submit(tiny_package.cda("").decode(), ["ihe"]).result() == {"ihe": ("found", "<r/>")}


def test_the_processes_bound_their_memory() -> None:
    resource = pytest.importorskip("resource")
    before = resource.getrlimit(resource.RLIMIT_DATA)
    child = os.fork()
    if child == 0:
        worker._bound_memory()
        os._exit(0 if resource.getrlimit(resource.RLIMIT_DATA)[0] == worker.MEMORY else 1)
    assert os.waitpid(child, 0)[1] == 0
    assert resource.getrlimit(resource.RLIMIT_DATA) == before


# ------------------------------------------------------------ the published one


@pytest.mark.official
def test_the_published_tool_finds_nothing_in_its_own_examples(run: Run, home: Path, tmp_path: Path) -> None:
    pytest.importorskip("saxonche", reason="the official extra is not installed")
    place = os.environ.get("CISIS_OFFICIAL_TOOL")
    if not place:
        pytest.skip("CISIS_OFFICIAL_TOOL does not name a checkout of TestContenuCDA-3-0")
    run("packages", "add", place)
    examples = [
        str(Path(place, "ExemplesCDA", f"{name}.xml")) for name in ("VSM_1.4_2022.01", "LDL-SES_2022.01", "CSE-CS8_2025.01")
    ]
    documents = json.loads(run("check", "--official", "--format", "json", *examples))["documents"]
    assert [(one["official"]["findings"], one["official"]["stopped"]) for one in documents] == [(0, 0)] * 3
    assert [one["official"]["volet"] for one in documents][1:] == ["LDL-SES_2022.01", "CSE-CS8_2025.01"]


def test_the_layout_names_a_volet_once_for_each_template() -> None:
    layout = Layout.read(Library.open())
    claims = [(row["template"], row.get("code")) for row in layout.recognise]
    assert len(set(claims)) == len(claims)
