"""The command, run as a person types it, in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from click.testing import CliRunner

from harness import cli

COMMAND = (sys.executable, "-m", "harness")


def harness(
    *words: object, home: Path | None = None, folder: Path | None = None, given: str | None = None, **variables: str
) -> subprocess.CompletedProcess[str]:
    """home: its data folder, by default that of the tests; folder: where it is run; given: what it reads; it never crashes."""
    own = {"HARNESS_HOME": str(home)} if home else {}
    done = subprocess.run(
        [*COMMAND, *map(str, words)],
        cwd=folder,
        env=os.environ | own | variables,
        input=given,
        capture_output=True,
        encoding="utf-8",
        timeout=120,
    )
    assert "Traceback" not in done.stderr, done.stderr
    return done


@contextmanager
def listening(*more: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """`harness listen pdsm`, once it listens, and its address; gone in the end whatever becomes of it."""
    with subprocess.Popen(
        [*COMMAND, "listen", "pdsm", *more], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            protocol, address = process.stdout.readline().split()[:2]  # type: ignore[union-attr]
            assert (protocol, address.startswith("http://127.0.0.1:")) == ("pdsm", True)
            yield process, address
        finally:
            process.kill()


def printed(*words: str, **variables: str) -> str:
    """What it prints when it ends well, in this process and in French unless told otherwise."""
    done = CliRunner(env={"HARNESS_LANG": "", **variables}).invoke(cli.harness, words)
    assert done.exit_code == 0, done.output
    return done.output
