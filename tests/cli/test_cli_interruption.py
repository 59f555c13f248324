"""Ctrl-C and the end of a pipeline's patience are told to a command once."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from commands import listening

from harness.cli import interruption


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_told_twice_at_once_ends_with_the_score(number: signal.Signals) -> None:
    with listening() as (process, _):
        process.send_signal(number)
        process.send_signal(number)
        told, errors = process.communicate(timeout=30)
    assert (process.returncode, errors.splitlines()[1:]) == (0, [])  # beside the line that says that it listens
    assert "0 échange :" in told


def test_the_same_signal_later_is_another_one(monkeypatch: pytest.MonkeyPatch) -> None:
    once = interruption._Once()
    at = [10.0]
    monkeypatch.setattr(interruption.time, "monotonic", lambda: at[0])
    with pytest.raises(KeyboardInterrupt):
        once(signal.SIGINT, None)
    at[0] += 0.1
    once(signal.SIGINT, None)
    at[0] += 1
    with pytest.raises(KeyboardInterrupt):
        once(signal.SIGINT, None)


def test_an_interruption_of_code_in_a_text_ends_with_its_code_too(tmp_path: Path) -> None:
    (tmp_path / "interrupted.py").write_text(
        "import harness.cli\nharness.cli.harness.main = lambda **_: exec('raise KeyboardInterrupt')\nharness.cli.main()\n"
    )
    paths = os.pathsep.join([str(tmp_path), *sys.path])
    ended = subprocess.run([sys.executable, "-m", "interrupted"], env={**os.environ, "PYTHONPATH": paths}, capture_output=True)
    assert ended.returncode == 3


def test_an_interrupted_command_ends_with_one_line() -> None:
    interrupted = (
        "import harness.cli, harness.cli.options as options\n"
        "def ended(): raise KeyboardInterrupt\n"
        "options.open_library = ended\n"
        "harness.cli.main()\n"
    )
    environ = {**os.environ, "HARNESS_LANG": "en", "PYTHONPATH": os.pathsep.join(sys.path)}
    ended = subprocess.run([sys.executable, "-c", interrupted, "profiles", "list"], env=environ, capture_output=True, text=True)
    assert (ended.returncode, ended.stdout, ended.stderr) == (3, "", "error: interrupted\n")


def test_before_the_command_can_answer_it_ends_without_a_traceback() -> None:
    """The signal comes while the command's own modules are imported."""
    at_import = (
        "import importlib.abc, os, signal, sys\n"
        "class Interrupting(importlib.abc.MetaPathFinder):\n"
        "    def find_spec(self, name, path, target=None):\n"
        "        if name == 'harness.cli':\n"
        "            os.kill(os.getpid(), signal.SIGINT)\n"
        "sys.meta_path.insert(0, Interrupting())\n"
        "from harness.__main__ import main\n"
        "main()\n"
    )
    done = subprocess.run([sys.executable, "-c", at_import], capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout, done.stderr) == (-signal.SIGINT, "", "")
