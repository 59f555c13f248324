"""A file of resources, one a line: what is wrong stands at its line, and decides the code."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from pathlib import Path

import pytest
from commands import harness

PATIENT = {"resourceType": "Patient", "name": [{"family": "PAT-TROIS"}], "gender": "female", "birthDate": "1979-03-24"}
SOUND = json.dumps(PATIENT).encode()
WRONG = [  # what is judged, and fails
    json.dumps({**PATIENT, "gender": 1}).encode(),
    json.dumps({**PATIENT, "birthDate": "1979-13-24"}).encode(),
    json.dumps({**PATIENT, "birthDate": "2179-03-24"}).encode(),
    json.dumps({**PATIENT, "surname": "PAT-TROIS"}).encode(),
    json.dumps({**PATIENT, "name": "PAT-TROIS"}).encode(),
    json.dumps({**PATIENT, "active": "true"}).encode(),
]
UNREADABLE = [
    SOUND[:-1],
    SOUND + b" more",
    SOUND[:-1] + b",}",
    b"[" + SOUND + b"]",
    b'"Patient"',
    SOUND.replace(b"PAT-TROIS", b"P\xc2T-TROIS"),
    SOUND.replace(b"PAT-TROIS", b"PAT\tTROIS"),
]


@pytest.fixture(scope="module")
def home(new_home: Callable[[], Path]) -> Path:
    return new_home()


def test_twenty_defects_in_two_hundred_lines_are_told_each_at_its_line(home: Path, tmp_path: Path) -> None:
    chosen = random.Random(4).sample(range(1, 201), 20)
    defects = dict(zip(chosen, (WRONG + UNREADABLE + WRONG + UNREADABLE)[:20], strict=True))
    file = tmp_path / "patients.ndjson"
    file.write_bytes(b"\n".join(defects.get(number, SOUND) for number in range(1, 201)) + b"\n")
    done = harness("check", file, "--format", "json", home=home)
    told = json.loads(done.stdout)["documents"]
    lines = [{finding["line"] for finding in one["findings"] if finding["severity"] == "error"} for one in told]
    assert done.returncode == 1
    assert [number for number, found in enumerate(lines, 1) if found] == sorted(chosen)
    assert all(lines[number - 1] == {number} for number in chosen)


@pytest.mark.parametrize(
    ("lines", "code"), [([SOUND], 0), ([SOUND, UNREADABLE[0]], 3), ([SOUND, WRONG[0]], 1), ([WRONG[0], UNREADABLE[0]], 1)]
)
def test_a_line_that_fails_weighs_more_than_one_that_cannot_be_read(
    home: Path, tmp_path: Path, lines: list[bytes], code: int
) -> None:
    file = tmp_path / "patients.ndjson"
    file.write_bytes(b"\r\n\r\n".join(lines))
    assert harness("check", file, home=home).returncode == code
