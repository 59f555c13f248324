"""`harness packages add`, then `harness check` on FHIR, as a person types them, with the published packages."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tarfile
from pathlib import Path
from typing import Any

import pytest
from commands import harness

from harness.identifiers import with_ins_key
from harness.library.fhir import snapshots
from harness.library.fhir.compiling import compile_structure
from harness.library.fhir.definitions import Definitions

pytestmark = pytest.mark.official

PACKAGES = ("hl7.fhir.r4.core-4.0.1-rebuilt", "hl7.fhir.uv.extensions.r4-5.3.0-ballot-tc1", "hl7.fhir.uv.ips-2.0.0")
_MEMORY = "/proc/self/status"  # getrusage tells a command what the tests that began it had taken
_MEASURED = (
    "import atexit, sys\n"
    f"said = lambda: dict(line.split(':', 1) for line in open('{_MEMORY}'))\n"
    "atexit.register(lambda: print(int(said()['VmHWM'].split()[0]) // 1024, file=sys.stderr))\n"
    "from harness.cli import main\n"
    "main()\n"
)


def run(home: Path, *arguments: object) -> subprocess.CompletedProcess[str]:
    return harness(*arguments, home=home, HARNESS_LANG="en")


@pytest.fixture(scope="module")
def home(official: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A HARNESS_HOME with the packages added by the command."""
    archives = [official / "fhir" / "packages" / f"{name}.tgz" for name in PACKAGES]
    if not all(path.is_file() for path in archives):
        pytest.skip(f"no FHIR packages in {official / 'fhir' / 'packages'}")
    made = tmp_path_factory.mktemp("fhir-home")
    added = run(made, "packages", "add", *archives)
    assert added.returncode == 0, added.stderr
    return made


@pytest.fixture(scope="module")
def examples(official: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("examples")
    with tarfile.open(official / "fhir" / "packages" / f"{PACKAGES[2]}.tgz") as archive:
        for member in archive:
            if member.name.startswith("package/example/") and member.name.endswith(".json"):
                content = archive.extractfile(member)
                assert content is not None
                (folder / Path(member.name).name).write_bytes(content.read())
    return folder


def documents(home: Path, *arguments: object) -> list[dict[str, object]]:
    result = run(home, "check", "--format", "json", *arguments)
    assert result.stdout, result.stderr
    found: list[dict[str, object]] = json.loads(result.stdout)["documents"]
    return found


def test_every_published_example_of_the_ips_is_judged_without_error(home: Path, examples: Path) -> None:
    found = documents(home, examples)
    assert len(found) == 44
    assert {one["path"] for one in found if one["verdict"] not in ("pass", "partial")} == set()


def test_a_profile_without_snapshot_is_made_as_its_author_made_it(home: Path, official: Path) -> None:
    definitions = Definitions.open(home)
    with tarfile.open(official / "fhir" / "packages" / f"{PACKAGES[2]}.tgz") as archive:
        for member in archive:
            if member.name.startswith("package/StructureDefinition-"):
                content = archive.extractfile(member)
                assert content is not None
                published = json.load(content)
                if published["derivation"] != "constraint":
                    continue
                base = definitions.structure(published["baseDefinition"])
                assert base is not None
                made = snapshots.elements(published["differential"]["element"], base, definitions.structure)
                assert _facts(made, published) == _facts(compile_structure(published)["elements"], published)


def _facts(elements: list[dict[str, Any]], published: dict[str, Any]) -> dict[str, list[Any]]:
    """What both say of each element of the published snapshot. The base that was rebuilt knows two elements more of Meta."""
    known = {element["id"] for element in published["snapshot"]["element"]}
    names = ("path", "min", "max", "fixed", "pattern", "slice_name", "slicing", "must_support", "max_length")
    found = {
        one["id"]: [*(one.get(name) for name in names), [type["code"] for type in one["types"]]]
        for one in elements
        if one["id"] in known
    }
    return {id: facts for id, facts in found.items() if not id.endswith("response.outcome")}  # a rebuilt base narrows this one


def test_a_resource_that_breaks_its_profile_fails_whatever_it_is_written_in(home: Path, examples: Path, tmp_path: Path) -> None:
    patient = json.loads((examples / "Patient-eumfh-39-07.json").read_text("utf-8"))
    del patient["birthDate"]
    line = json.dumps(patient)
    (tmp_path / "a.json").write_text(line, "utf-8")
    (tmp_path / "b.ndjson").write_text(f"{line}\n{line}\n", "utf-8")
    found = documents(home, tmp_path)
    assert [(Path(str(one["path"])).name, one["verdict"]) for one in found] == [
        ("a.json", "fail"),
        ("b.ndjson:1", "fail"),
        ("b.ndjson:2", "fail"),
    ]


def test_a_check_does_not_read_the_archives_again(home: Path, examples: Path) -> None:
    hidden = [path.rename(path.with_suffix(".hidden")) for path in home.glob("packages/fhir/*/package.tgz")]
    try:
        assert len(hidden) == len(PACKAGES)
        assert documents(home, examples / "Patient-eumfh-39-07.json")[0]["verdict"] in ("pass", "partial")
    finally:
        for path in hidden:
            path.rename(path.with_suffix(".tgz"))


@pytest.mark.skipif(not Path(_MEMORY).exists(), reason=f"no {_MEMORY} on this system")
def test_a_start_takes_less_than_400_megabytes(home: Path, examples: Path) -> None:
    settings = os.environ | {"HARNESS_HOME": str(home)}
    command = [sys.executable, "-c", _MEASURED, "check", str(examples / "Bundle-bundle-ips-all-sections.json")]
    result = subprocess.run(command, capture_output=True, text=True, env=settings, check=False)
    assert int(result.stderr.split()[-1]) < 400


PROFILE = "http://hl7.org/fhir/uv/ips/StructureDefinition/Patient-uv-ips"


def test_a_definition_is_proved_by_its_canonical_and_a_package_by_its_name(home: Path) -> None:
    proved = run(home, "profiles", "test", PROFILE)
    assert (proved.returncode, proved.stderr) == (0, "")
    assert proved.stdout.startswith(f"✓ {PROFILE}|2.0.0: 3 checks, 3 tripped by ")
    unknown = run(home, "profiles", "test", "hl7.fhir.uv.ipz")
    assert unknown.returncode == 2
    assert "Did you mean hl7.fhir.uv.ips?" in unknown.stderr


OWN = "https://example.org/fhir/StructureDefinition/named"


def test_a_profile_of_ones_own_is_proved_before_it_is_published(home: Path, tmp_path: Path) -> None:
    constraints = [
        {"key": "named-1", "severity": "error", "human": "two given names", "expression": "name.all(given.count() > 1)"},
        {
            "key": "named-2",
            "severity": "error",
            "human": "cannot fail",
            "expression": "active.exists().not() or active.count() > 0",
        },
    ]
    profile = {"resourceType": "StructureDefinition", "url": OWN, "version": "1", "name": "Named", "status": "draft"}
    profile |= {"kind": "resource", "abstract": False, "type": "Patient", "derivation": "constraint", "fhirVersion": "4.0.1"}
    profile["baseDefinition"] = "http://hl7.org/fhir/StructureDefinition/Patient"
    elements = [{"id": "Patient", "path": "Patient", "constraint": constraints}]
    elements += [{"id": f"Patient.{name}", "path": f"Patient.{name}", "min": 1} for name in ("name", "birthDate")]
    (tmp_path / "named.json").write_text(json.dumps(profile | {"differential": {"element": elements}}))
    proved = run(home, "profiles", "test", "--with", tmp_path)
    assert (proved.returncode, proved.stdout.count("\n")) == (1, 3)
    assert proved.stdout.startswith(f"✗ {OWN}|1: 4 checks, 3 tripped by ")
    assert "INVARIANT:Patient:named-2: none of the mutations that were played breaks it" in proved.stdout
    made = run(home, "profiles", "specimen", OWN, "--with", tmp_path, "--mutation", "CARD:Patient.birthDate:drop")
    assert "birthDate" not in json.loads(made.stdout) and len(json.loads(made.stdout)["name"][0]["given"]) > 1


def test_a_specimen_is_judged_valid_and_its_mutation_at_fault_there(home: Path, tmp_path: Path) -> None:
    for name, arguments in {"whole": (), "spoiled": ("--mutation", "CARD:Patient.birthDate:drop")}.items():
        made = run(home, "profiles", "specimen", PROFILE, *arguments, "--output", tmp_path / f"{name}.json")
        assert (made.returncode, made.stderr) == (0, "")
    judged = run(home, "check", "--format", "json", tmp_path)
    found = {Path(one["path"]).stem: one["findings"] for one in json.loads(judged.stdout)["documents"]}
    assert [one for one in found["whole"] if one["severity"] == "error"] == []
    assert [(one["rule"], one["requirement"]) for one in found["spoiled"] if one["severity"] == "error"] == [
        ("FHIR-CARD", f"{PROFILE}#Patient.birthDate")
    ]


def test_a_mutation_that_a_definition_does_not_have_is_named_with_the_nearest(home: Path) -> None:
    made = run(home, "profiles", "specimen", PROFILE, "--mutation", "CARD:Patient.birthDate:dropp")
    assert made.returncode == 2
    assert "Did you mean CARD:Patient.birthDate:drop?" in made.stderr


def test_a_real_matricule_is_shown_nowhere(home: Path, tmp_path: Path) -> None:
    """Not even where it stands in the address of an extension, which what was not judged names."""
    matricule = with_ins_key("2801175123456")
    patient = {
        "resourceType": "Patient",
        "identifier": [{"system": "urn:oid:1.2.250.1.213.1.4.8", "value": matricule}],
        "extension": [{"url": f"https://example.org/{matricule}", "valueString": matricule}],
        "contact": [{"name": {"text": matricule}, "telecom": [{"system": matricule, "value": matricule}]}],
    }
    document = tmp_path / "patient.json"
    document.write_text(json.dumps(patient))
    for form in ("text", "json", "junit", "sarif", "html"):
        said = run(home, "check", "--format", form, document).stdout
        assert "example.org" in said
        assert matricule not in said
