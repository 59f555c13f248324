"""Guides of docs/ done as they say: their files written, their commands run, in their order, from an empty folder."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

DOCS = Path(__file__).resolve().parents[2] / "docs"
BLOCK = re.compile(r"^```(\w+)(?: (file|append)=(\S+))?\n(.*?)^```", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Home:
    """An author's data folder, in which the commands are run."""

    folder: Path

    def run(self, command: str) -> subprocess.CompletedProcess[str]:
        words = shlex.split(command)
        assert words[0] == "harness"
        environment = {**os.environ, "HARNESS_HOME": str(self.folder), "HARNESS_LANG": "en"}
        return subprocess.run(
            [sys.executable, "-m", "harness", *words[1:]],
            cwd=self.folder,
            env=environment,
            capture_output=True,
            text=True,
            timeout=120,
        )

    def write(self, how: str, name: str, text: str) -> None:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        assert how == "file" or path.exists()
        path.write_text(path.read_text("utf-8") + text if how == "append" else text, "utf-8")


def follow(guide: str, home: Home) -> list[tuple[str, subprocess.CompletedProcess[str], int]]:
    """Every command with what it did and the exit code that the guide announces."""
    done: list[tuple[str, subprocess.CompletedProcess[str], int]] = []
    for kind, how, name, body in BLOCK.findall((DOCS / guide).read_text("utf-8")):
        if how:
            home.write(how, name, body)
        elif kind == "console":
            lines = body.splitlines()
            for line, after in zip(lines, [*lines[1:], ""], strict=True):
                if line.startswith("$ "):
                    done.append((line[2:], home.run(line[2:]), int(after[2:]) if after.startswith("→ ") else 0))
    return done
