"""The header of the 59 official examples: no error but where the example itself is wrong, and nothing unknown in its codes."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from harness.checks import Judge
from harness.documents import read
from harness.library import Library
from harness.model import Severity

LUHN = {"ACTOR-PERSON-KEY", "ACTOR-STRUCTURE-KEY"}
DEFECTS = {  # all six carry a production INS, so that every false control key is an error
    "CSE-CS24_2024.01": {"INS-R01", "ACTOR-STRUCTURE-KEY"},
    "CSE-MDE_2023.01": {"INS-R01", "ACTOR-STRUCTURE-KEY"},
    "OBP-SCM_2024.01": LUHN,
    "OBP-SNE_2024.01": {"INS-R01", *LUHN},
    "OBP-SNM_2024.01": LUHN,
    # the first given name is left out of the list, and a name has the qualifier SP
    "eDISP-MED_2024.01": {"ACTOR-PERSON-KEY", "INS-R09", "header:recordTarget/patientRole/patient/name/family.attributes"},
}


@pytest.fixture(scope="module")
def found(official: Path) -> dict[str, dict[Severity, set[str]]]:
    """Rules of the header that speak, by example and severity."""
    library = Library.open()
    judge = Judge(library, at=date(2026, 11, 24), now=datetime(2026, 11, 24, tzinfo=UTC), profile="cda/header")
    spoken: dict[str, dict[Severity, set[str]]] = {}
    for path in sorted((official / "cda" / "examples").glob("*.xml")):
        rules = spoken[path.stem] = defaultdict(set)
        for finding in judge.judge(read(path.read_bytes(), path.name)).findings:
            if not finding.rule.startswith(("document.", "CDA-")):  # the grammar has tests of its own
                rules[finding.severity].add(finding.rule)
    return spoken


@pytest.mark.official
def test_only_the_known_defects_of_the_examples_are_errors(found: dict[str, dict[Severity, set[str]]]) -> None:
    errors = {name: rules[Severity.ERROR] for name, rules in found.items() if Severity.ERROR in rules}
    assert len(found) == 59
    assert errors == DEFECTS


@pytest.mark.official
def test_no_example_has_a_code_out_of_its_value_set(found: dict[str, dict[Severity, set[str]]]) -> None:
    assert not [rule for rules in found.values() for spoken in rules.values() for rule in spoken if rule.endswith(".valueset")]


@pytest.mark.official
def test_a_clean_medical_summary_is_warned_of_control_keys_and_of_its_empty_reference(
    found: dict[str, dict[Severity, set[str]]],
) -> None:
    assert found["VSM_1.4_2022.01"] == {Severity.WARNING: {"ACTOR-STRUCTURE-KEY", "REF-01"}}
