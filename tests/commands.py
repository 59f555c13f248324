"""The command as a person types it: in this process, or in one of its own where what is promised is of processes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import chdir, contextmanager
from io import BytesIO, TextIOWrapper
from pathlib import Path

import pytest
from click.testing import CliRunner

from harness import cli

COMMAND = (sys.executable, "-m", "harness")


def harness(
    *words: object, home: Path | None = None, folder: Path | None = None, given: str = "", **variables: str
) -> subprocess.CompletedProcess[str]:
    """In this process, which spares the half second that one takes to start; it never crashes.

    home: its data folder, by default that of the tests; folder: where it is run; given: what it reads.
    """
    told = [TextIOWrapper(BytesIO(), variables.get("PYTHONIOENCODING", "utf-8"), write_through=True) for _ in range(2)]
    handlers = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    with pytest.MonkeyPatch.context() as patch, chdir(folder or Path.cwd()):
        for name, value in _environment(home, variables).items():
            patch.setenv(name, value)
        patch.setattr(sys, "argv", ["harness", *map(str, words)])
        patch.setattr(sys, "stdin", TextIOWrapper(BytesIO(given.encode()), "utf-8"))
        patch.setattr(sys, "stdout", told[0])
        patch.setattr(sys, "stderr", told[1])
        try:
            with pytest.raises(SystemExit) as ended:
                cli.main()
        finally:
            for number, handler in handlers.items():
                signal.signal(number, handler)
    output, errors = (stream.buffer.getvalue().decode() for stream in told)
    return _sound(subprocess.CompletedProcess(sys.argv, int(ended.value.code or 0), output, errors))


def process(
    *words: object, home: Path | None = None, folder: Path | None = None, given: str | None = None, **variables: str
) -> subprocess.CompletedProcess[str]:
    """The same in a process of its own."""
    environment = os.environ | _environment(home, variables)
    command = [*COMMAND, *map(str, words)]
    done = subprocess.run(command, cwd=folder, env=environment, input=given, capture_output=True, encoding="utf-8", timeout=120)
    return _sound(done)


def _environment(home: Path | None, variables: dict[str, str]) -> dict[str, str]:
    return {"HARNESS_HOME": str(home), **variables} if home else variables


def _sound(done: subprocess.CompletedProcess[str]) -> subprocess.CompletedProcess[str]:
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


def assert_as_the_house_wants(module: str, path: str) -> None:
    """That what a guide has written passes the checks of its house. path: where it would stand in the repository."""
    root = Path(__file__).parents[1]
    for asked in (["check"], ["format", "--check"]):
        ruff = [sys.executable, "-m", "ruff", *asked, "--stdin-filename", path, "-"]
        done = subprocess.run(ruff, input=module, capture_output=True, text=True, cwd=root)
        assert done.returncode == 0, done.stdout
