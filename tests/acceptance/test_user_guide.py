"""The user guide's commands, run as written, in its order, in an empty folder."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

GUIDE = Path(__file__).resolve().parents[2] / "docs" / "user-guide.md"
BLOCK = re.compile(r"^```console\n(.*?)^```", re.MULTILINE | re.DOTALL)


def commands() -> list[tuple[str, int]]:
    """Each command of the guide with the exit code it announces."""
    found: list[tuple[str, int]] = []
    for line in (line for block in BLOCK.findall(GUIDE.read_text("utf-8")) for line in block.splitlines()):
        if line.startswith("$ "):
            found.append((line[2:], 0))
        elif line.startswith("→ "):
            found[-1] = (found[-1][0], int(line[2:]))
    return found


def test_every_command_of_the_guide_ends_as_it_says(tmp_path: Path, new_home: Callable[[], Path]) -> None:
    environment = {**os.environ, "HARNESS_HOME": str(new_home())}
    wrong = []
    for command, expected in commands():
        words = shlex.split(command)
        assert words[0] == "harness"
        done = subprocess.run(
            [sys.executable, "-m", "harness", *words[1:]],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            timeout=120,
        )
        if done.returncode != expected or "Traceback" in done.stderr:
            wrong.append(f"{command} ended with {done.returncode}, not {expected}:\n{done.stderr[-800:]}{done.stdout[-800:]}")
    assert wrong == []
    assert len(commands()) > 15


def test_the_guide_leaves_what_it_promises(tmp_path: Path) -> None:
    """Commands that write a file are followed by that file: a guide whose commands did nothing would pass the test above."""
    written = [
        word
        for command, _ in commands()
        for before, word in zip(shlex.split(command), shlex.split(command)[1:], strict=False)
        if before == "--output"
    ]
    assert {"vsm.xml", "letters", "junit.xml", "harness.sarif", "maturity.html"} <= set(written)
