"""Definitions by canonical: which version answers, and what is said when another stands in."""

from __future__ import annotations

from typing import Any

import pytest

from harness.library.fhir import packing
from harness.library.fhir.compiling import BASE
from harness.library.fhir.definitions import Definitions
from harness.library.fhir.versions import admitted, close_to, order
from harness.library.pack import Pack, pack, unpack

URL = "http://example.org/fhir/StructureDefinition/p"


def structure(version: str, url: str = URL, *, whole: bool = True, derivation: str = "constraint") -> dict[str, Any]:
    elements = [{"id": "Patient", "path": "Patient", "min": 0, "max": "*"}] if whole else []
    return {
        "resourceType": "StructureDefinition",
        "url": url,
        "version": version,
        "name": f"p{version}",
        "type": "Patient",
        "kind": "resource",
        "derivation": derivation,
        "snapshot": {"element": elements},
    }


def packed(*resources: dict[str, Any]) -> Pack:
    blobs, left_out = packing.compiled((str(number), one) for number, one in enumerate(resources))
    assert not left_out
    found = unpack(pack(blobs))
    assert found is not None
    return found


def definitions(*resources: dict[str, Any]) -> Definitions:
    return Definitions([("a", "1.0.0", "sha512-x", packed(*resources))])


def version_of(found: dict[str, Any] | None) -> str | None:
    return None if found is None else str(found["version"])


@pytest.mark.parametrize(
    ("asked", "answered"),
    [
        (URL, "2.1.0"),
        (f"{URL}|1.0.0", "1.0.0"),
        (f"{URL}|1.0.9", "1.2.0"),
        (f"{URL}|2", "2.1.0"),
        (f"{URL}|1.2", "1.2.0"),
        (f"{URL}|3.0.0", None),
        (f"{URL}|20230101", None),
        ("http://example.org/other", None),
    ],
)
def test_the_version_asked_for_answers_or_the_last_of_its_major(asked: str, answered: str | None) -> None:
    found = definitions(structure("1.2.0"), structure("2.1.0"), structure("1.0.0"))
    assert version_of(found.structure(asked)) == answered
    expected = {asked: f"{URL}|{answered}"} if "|" in asked and answered and not asked.endswith(f"|{answered}") else {}
    assert found.stand_ins == expected


def test_without_a_version_a_release_answers_before_a_later_draft() -> None:
    assert version_of(definitions(structure("2.2.0-ballot-2"), structure("2.1.0")).structure(URL)) == "2.1.0"
    assert version_of(definitions(structure("2.2.0-ballot-2")).structure(URL)) == "2.2.0-ballot-2"


def test_without_a_version_r4_answers_for_what_r4_defines() -> None:
    url = BASE + "Patient"
    found = definitions(structure("4.0.1", url, derivation="specialization"), structure("4.3.0", url, derivation="specialization"))
    assert version_of(found.type("Patient")) == "4.0.1"


def test_a_definition_with_its_snapshot_answers_before_one_without() -> None:
    assert version_of(definitions(structure("1.0.0"), structure("2.0.0", whole=False)).structure(URL)) == "1.0.0"


def test_a_loose_definition_takes_the_place_of_its_namesake_and_leaves_the_packages_as_they_are() -> None:
    before = definitions(structure("1.0.0"), structure("2.0.0"))
    after = before.with_resources([("mine.json", structure("1.5.0"))])
    assert version_of(after.structure(URL)) == "1.5.0"
    assert version_of(after.structure(f"{URL}|2.0.0")) == "2.0.0"
    assert version_of(before.structure(URL)) == "2.0.0"
    assert after.packages == before.packages == [("a", "1.0.0", "sha512-x")]


def test_profiles_are_found_by_type_and_versions_are_listed_in_order() -> None:
    found = definitions(structure("1.10.0"), structure("1.9.0"), structure("4.0.1", BASE + "Patient", derivation="specialization"))
    assert sorted(one.canonical for one in found.profiles("Patient")) == [f"{URL}|1.10.0", f"{URL}|1.9.0"]
    assert list(found.profiles("Observation")) == []
    assert found.canonical_versions(URL) == ["1.9.0", "1.10.0"]


def test_nothing_is_known_when_no_package_was_added() -> None:
    assert Definitions().type("Patient") is None
    assert Definitions().packages == []


def test_versions_sort_as_semantic_versioning_says() -> None:
    ascending = ["1.0.0-alpha", "1.0.0-alpha.1", "1.0.0-beta", "1.0.0-beta.2", "1.0.0-beta.11", "1.0.0", "1.2.0", "1.10.0", "2.0.0"]
    shuffled = [*ascending[1::2], *ascending[0::2]]
    assert sorted(shuffled, key=order) == ascending


@pytest.mark.parametrize(
    ("spec", "best"),
    [
        ("1.2.x", "1.2.4"),
        ("1.x", "1.10.0"),
        ("x", "2.0.0"),
        ("latest", "2.0.0"),
        ("~1.2.3", "1.2.4"),
        ("^1.2.3", "1.10.0"),
        (">=1.2.0 <1.10.0", "1.2.4"),
        ("1.2.x || 2.x", "2.0.0"),
        ("3.0.0-ballot", "3.0.0-ballot"),
        ("3.x", "3.0.0-ballot"),
        ("1.2.9", None),
        ("current", None),
        ("4.x", None),
    ],
)
def test_what_a_dependency_admits(spec: str, best: str | None) -> None:
    known = ["1.2.3", "1.2.4", "1.10.0", "2.0.0", "3.0.0-ballot"]
    assert [*admitted(spec, known), None][-1 if best is None else -2] == best
    assert best is not None or admitted(spec, known) == []


@pytest.mark.parametrize(("spec", "close"), [("1.2.9", "1.10.0"), ("0.5.0", "1.2.3"), ("9.0.0", None), ("current", "2.0.0")])
def test_what_stands_in_for_a_version_that_nobody_has(spec: str, close: str | None) -> None:
    assert close_to(spec, ["1.2.3", "1.10.0", "2.0.0", "3.0.0-ballot"]) == close
