"""Definitions of one's own files: found in files, folders, Bundles and packages; a file that defines nothing is an error."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from harness.errors import UsageError
from harness.library.fhir import tarballs
from harness.library.fhir.definitions import Definitions
from harness.library.fhir.loose import profile_in, with_loose

URL = "http://example.org/fhir/"


def profile(name: str, *, whole: bool = True) -> dict[str, Any]:
    made: dict[str, Any] = {"resourceType": "StructureDefinition", "url": URL + name, "version": "1.0.0", "type": "Patient"} | {
        "derivation": "constraint"
    }
    if whole:
        made["snapshot"] = {"element": [{"id": "Patient", "path": "Patient"}]}
    return made


VALUE_SET = {
    "resourceType": "ValueSet",
    "url": URL + "codes",
    "compose": {"include": [{"system": URL, "concept": [{"code": "a"}]}]},
}


def test_files_folders_bundles_and_packages_define(tmp_path: Path) -> None:
    (tmp_path / "folder" / "deep").mkdir(parents=True)
    (tmp_path / "folder" / "deep" / "a.json").write_text(json.dumps(profile("a")))
    (tmp_path / "folder" / "b.json").write_text(json.dumps({"resourceType": "Bundle", "entry": [{"resource": VALUE_SET}, {}]}))
    said = json.dumps({"name": "x", "version": "1"}).encode()
    (tmp_path / "p.tgz").write_bytes(
        tarballs.packed({"package/package.json": said, "package/c.json": json.dumps(profile("c")).encode()})
    )
    found = with_loose(Definitions(), [tmp_path / "folder", tmp_path / "p.tgz"])
    assert found.structure(URL + "a") is not None
    assert found.structure(URL + "c|1.0.0") is not None
    assert found.value_set(URL + "codes") is not None
    assert found.packages == []


def test_a_profile_may_name_one_that_it_contains(tmp_path: Path) -> None:
    asked = {"path": "Patient.generalPractitioner", "type": [{"code": "Reference", "targetProfile": ["#local", URL + "other"]}]}
    holder = profile("holder") | {"contained": [profile("local") | {"id": "local"}, {"resourceType": "Basic", "id": "local"}]}
    holder["snapshot"]["element"].append(asked)
    (tmp_path / "holder.json").write_text(json.dumps(holder))
    found = with_loose(Definitions(), [tmp_path])
    assert profile_in(tmp_path / "holder.json", found) == URL + "holder"
    assert (made := found.structure(URL + "holder")) is not None and found.structure(URL + "local") is not None
    assert made["elements"][1]["types"][0]["targets"] == [URL + "local", URL + "other"]


def test_a_guide_says_which_profiles_the_resources_it_covers_follow(tmp_path: Path) -> None:
    asked = [{"type": "Patient", "profile": URL + "a"}, {"type": "Patient", "profile": URL + "b"}, {"type": "Basic"}]
    guide = {"resourceType": "ImplementationGuide", "url": URL + "guide", "global": asked}
    (tmp_path / "guide.json").write_text(json.dumps(guide))
    assert with_loose(Definitions(), [tmp_path]).global_profiles == {"Patient": [URL + "a", URL + "b"]}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b'{\n "a" 1}', r":2:6: unreadable JSON"),
        (b"[1]", "no FHIR definition"),
        (b'{"resourceType": "Patient"}', "no FHIR definition"),
        (b'<StructureDefinition xmlns="http://hl7.org/fhir"><url', "unreadable XML"),
    ],
)
def test_a_file_that_defines_nothing_is_an_error_that_names_it(tmp_path: Path, content: bytes, message: str) -> None:
    (tmp_path / "mine.json").write_bytes(content)
    with pytest.raises(UsageError, match=rf"mine\.json.*{message}"):
        with_loose(Definitions(), [tmp_path / "mine.json"])


def test_a_definition_that_cannot_judge_is_told_and_the_others_serve(tmp_path: Path) -> None:
    (tmp_path / "bad.json").write_text(json.dumps(profile("d", whole=False)))
    (tmp_path / "good.json").write_text(json.dumps(profile("a")))
    found = with_loose(Definitions(), [tmp_path / "bad.json", tmp_path / "good.json"])
    assert found.unfinished[URL + "d"].en == "neither snapshot nor differential"
    assert found.structure(URL + "a") is not None


@pytest.mark.parametrize(
    "content",
    [
        b'{"resourceType": "Patient", "id": "p"}',
        b'<?xml version="1.0"?><Patient xmlns="http://hl7.org/fhir"><!-- x --><id value="p"/></Patient>',
        b'{"resourceType": "Library", "url": "http://x.org/l"}',
    ],
)
def test_a_resource_that_defines_nothing_is_kept_for_who_refers_to_it(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "p.json").write_bytes(content)
    assert with_loose(Definitions(), [tmp_path / "p.json"]).beside == [(str(tmp_path / "p.json"), content)]


def test_a_file_of_one_profile_names_it(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(json.dumps(profile("a")))
    assert profile_in(tmp_path / "a.json", Definitions()) == URL + "a"
    (tmp_path / "codes.json").write_text(json.dumps(VALUE_SET))
    with pytest.raises(UsageError, match=r"codes\.json.*not 0"):
        profile_in(tmp_path / "codes.json", Definitions())


def test_a_path_that_is_not_there_is_an_error_that_names_it(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be read"):
        with_loose(Definitions(), [tmp_path / "gone.json"])
