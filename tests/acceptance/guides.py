"""Guides of docs/ done as they say: their files written, their commands run, in their order, from an empty folder."""

from __future__ import annotations

import re
import shlex
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from commands import harness

DOCS = Path(__file__).resolve().parents[2] / "docs"
BLOCK = re.compile(r"^```(\w+)(?: (file|append)=(\S+))?\n(.*?)^```", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Home:
    """An author's data folder, in which the commands are run."""

    folder: Path

    def run(self, command: str) -> subprocess.CompletedProcess[str]:
        words = shlex.split(command)
        assert words[0] == "harness"
        return harness(*words[1:], home=self.folder, folder=self.folder, HARNESS_LANG="en")

    @contextmanager
    def changed(self, name: str, right: str, wrong: str) -> Iterator[tuple[Path, int]]:
        """For a while a file is written otherwise, at the last such place: the first may stand in a comment. Gives its line."""
        path = self.folder / name
        text = path.read_text("utf-8")
        before, found, after = text.rpartition(right)
        assert found, right
        try:
            path.write_text(before + wrong + after, "utf-8")
            yield path, before.count("\n") + 1
        finally:
            path.write_text(text, "utf-8")

    def write(self, how: str, name: str, text: str) -> None:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        assert how == "file" or path.exists()
        path.write_text(path.read_text("utf-8") + text if how == "append" else text, "utf-8")


Followed = list[tuple[str, subprocess.CompletedProcess[str], int]]


def follow(guide: str, home: Home) -> Followed:
    """Every command with what it did and the exit code that the guide announces."""
    done: Followed = []
    for kind, how, name, body in BLOCK.findall((DOCS / guide).read_text("utf-8")):
        if how:
            home.write(how, name, body)
        elif kind == "console":
            lines = body.splitlines()
            for line, after in zip(lines, [*lines[1:], ""], strict=True):
                if line.startswith("$ "):
                    done.append((line[2:], home.run(line[2:]), int(after[2:]) if after.startswith("→ ") else 0))
    return done
