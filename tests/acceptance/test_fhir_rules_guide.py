"""The guide to rules on FHIR, done as it says."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from guides import Followed, Home, follow

from harness.checks.fhir.french.oversights import oversights
from harness.library import Library

RULES = "profiles/fhir/wounds/rules.yaml"
SPECIMEN = "profiles/fhir/wounds/specimens/wound.json"


@pytest.fixture(scope="module")
def followed(new_home: Callable[[], Path]) -> tuple[Home, Followed]:
    home = Home(new_home())
    return home, follow("fhir-rules.md", home)


def test_the_rule_of_the_guide_is_proved_and_tells_the_mistake_in_the_words_of_its_author(followed: tuple[Home, Followed]) -> None:
    (proof, proved, _), (check, checked, code) = followed[1]
    assert proof.startswith("harness profiles test") and "1 check, 1 tripped by 1 mutation" in proved.stdout, proved.stderr
    assert check.startswith("harness check") and checked.returncode == code == 1, checked.stderr
    assert "WOUND-01" in checked.stdout and "Where the wound is (Plaie) is not said." in checked.stdout


def test_what_is_no_fhirpath_is_told_with_its_line_its_column_and_the_function_meant(followed: tuple[Home, Followed]) -> None:
    home, _ = followed
    with home.changed(RULES, "bodySite.exists()", "bodySite.exist()") as (_, line):
        refused = home.run("harness check wrong.json")
    assert refused.returncode == 2, refused.stdout
    assert re.search(rf"rules\.yaml:{line}: .*column 10: ", refused.stderr), refused.stderr
    assert "Did you mean exists?" in refused.stderr


@pytest.mark.parametrize(
    ("file", "before", "after", "told"),
    [
        (RULES, "context: Observation", "context: Observaton", "FHIR has no resource 'Observaton'\n  → Did you mean Observation?"),
        (RULES, "severity: error", "severity: eror", 'found "eror"\n  → Did you mean error?'),
        (SPECIMEN, '"final",', '"final"', "malformed JSON"),
    ],
)
def test_a_slip_is_told_with_its_file_and_line(
    followed: tuple[Home, Followed], file: str, before: str, after: str, told: str
) -> None:
    home, _ = followed
    with home.changed(file, before, after) as (_, line):
        refused = home.run("harness profiles test fhir/wounds")
    assert refused.returncode == 2, refused.stdout
    assert re.search(rf"{re.escape(file)}:{line + (file == SPECIMEN)}: .*", refused.stderr), refused.stderr
    assert told in refused.stderr, refused.stderr


def test_a_mutation_that_finds_nothing_to_change_is_named(followed: tuple[Home, Followed]) -> None:
    home, _ = followed
    with home.changed("profiles/fhir/wounds/mutations.yaml", "Observation.bodySite", "Observation.bodysite"):
        proved = home.run("harness profiles test fhir/wounds")
    assert proved.returncode == 1
    assert "WOUND-01: mutation wound-anywhere finds nothing to change in a valid document" in " ".join(proved.stdout.split())


class Known:
    """As much of R4 as the rule of the guide speaks of."""

    def type(self, name: str) -> dict[str, Any] | None:
        paths = {"Patient": (), "Observation": (".code", ".code.coding", ".code.coding.code", ".bodySite")}
        elements = [
            {"path": name + path, "id": name + path, "types": [{"code": "BackboneElement"}]} for path in paths.get(name, ())
        ]
        return {"elements": [{"path": name, "id": name, "types": []}, *elements]} if name in paths else None


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("bodySite.exists()", []),
        ("bodySit.exists()", ["WOUND-01: Observation has no element `bodySit`; did you mean bodySite?"]),
        ("bodySite.exists() or patient.exists()", []),  # of another resource
    ],
)
def test_an_element_misspelt_is_told_where_r4_is_known(followed: tuple[Home, Followed], written: str, told: list[str]) -> None:
    home, _ = followed
    with home.changed(RULES, "bodySite.exists()", written):
        assert [one.en for one in oversights(Library.open(home.folder), "fhir/wounds@1", Known())] == told
