"""Edits of FHIR resources for the comparison with HL7's validator: each kind finds something to change, and the seed tells what."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "benchmarks"))

from spoiling_fhir import RARE, draw  # noqa: E402

LOT = (ROOT / "profiles/fhir/pdsm/specimens/replacement.json").read_bytes()
TOLD = b'{"resourceType": "Patient", "text": {"status": "generated", "div": "<div>a</div>"}}'
DOCUMENT = (ROOT / "profiles/fhir/common/specimens/document.json").read_bytes()
RESOURCES = (LOT, DOCUMENT, TOLD)


@pytest.mark.parametrize("kind", RARE)
def test_a_rare_mistake_changes_a_resource_and_the_same_seed_makes_it_again(kind: str) -> None:
    edits = [edit for data in RESOURCES for edit in draw(data, "a", 4, [kind])]
    assert edits and {edit.kind for edit in edits} == {kind}
    for edit in edits:
        assert edit.at and json.loads(edit.data) not in map(json.loads, RESOURCES)
    assert edits == [edit for data in RESOURCES for edit in draw(data, "a", 4, [kind])]


def test_rare_mistakes_are_made_when_they_are_asked_for_alone() -> None:
    assert not {edit.kind for edit in draw(DOCUMENT, "a", 40)} & set(RARE)
