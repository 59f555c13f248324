"""A run that is cut short has lost at most the step in flight, and goes on from there, for one process at a time."""

from __future__ import annotations

import fcntl
import json
import os
import select
import signal
import subprocess
import sys
import termios
import threading
import time
from pathlib import Path

from harness.exchange.pdsm import Simulator
from harness.model import Exchange, Finding, Verdict
from harness.storage import Store

SCENARIOS = ("pdsm-iti65-publish-vsm", "pdsm-iti65-refuse-wrong-*", "pdsm-iti67-find-by-get")
KILLED_AT = 12  # exchanges


def command(url: str, *more: str) -> list[str]:
    return [sys.executable, "-m", "harness.cli", "run", "--target", url, "--system", "Ex", "--format", "json", *more]


def test_a_run_killed_half_way_keeps_its_steps_and_is_resumed(home: Path) -> None:
    environment = {**os.environ, "HARNESS_HOME": str(home)}
    answered: list[str] = []
    process: subprocess.Popen[bytes] | None = None
    started = threading.Event()

    def kill_in_time(exchange: Exchange, verdict: Verdict, findings: tuple[Finding, ...]) -> None:
        answered.append(exchange.transaction)
        if len(answered) == KILLED_AT:
            started.wait(10)
            assert process is not None
            process.send_signal(signal.SIGKILL)

    patterns = [part for pattern in SCENARIOS for part in ("--scenario", pattern)]
    with Simulator(on_exchange=kill_in_time) as endpoint:
        process = subprocess.Popen(
            command(endpoint.url, *patterns), env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        started.set()
        assert process.wait(60) == -signal.SIGKILL

        with Store(home) as store:
            cut = store.run(store.runs("Ex")[0].id)
        assert cut.interrupted and cut.ended_at is None
        assert len(cut.exchanges) >= KILLED_AT - 1
        sent = {id for result in cut.scenarios for step in result.steps for id in step.exchanges}
        assert len(sent) >= KILLED_AT - 2  # the step in flight may have been captured without having ended
        done = {result.id for result in cut.scenarios if result.verdict is Verdict.PASS}
        assert done

        resumed = subprocess.run(
            command(endpoint.url, "--resume", cut.id), env=environment, capture_output=True, timeout=60, check=False
        )
        assert resumed.returncode == 0, resumed.stderr.decode()

    report = json.loads(resumed.stdout)
    assert report["run"] == cut.id and report["seed"] == cut.seed
    assert [one["id"] for one in report["scenarios"]] == list(cut.planned)
    assert {one["verdict"] for one in report["scenarios"]} == {"pass"}
    with Store(home) as store:
        whole = store.run(cut.id)
    assert not whole.interrupted
    again = {record.scenario for record in whole.exchanges[len(cut.exchanges) :]}
    assert again.isdisjoint(done)  # what was judged before the kill was not played again


def _enter_terminal() -> None:
    signal.signal(signal.SIGHUP, signal.SIG_DFL)  # who runs the tests under nohup leaves it ignored, and so it would stay
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


class Terminal:
    """Runs a command in a terminal of its own, reading what it shows until it is closed."""

    def __init__(self, words: list[str], environment: dict[str, str]) -> None:
        self._side, shown = os.openpty()
        self.process = subprocess.Popen(
            words,
            env=environment | {"TERM": "xterm"},
            stdin=shown,
            stdout=shown,
            stderr=shown,
            start_new_session=True,
            preexec_fn=_enter_terminal,
        )
        os.close(shown)
        self._closing = threading.Event()
        threading.Thread(target=self._read).start()

    def close(self) -> None:
        self._closing.set()

    def _read(self) -> None:
        try:
            while not self._closing.is_set():
                if select.select([self._side], [], [], 0.02)[0]:
                    os.read(self._side, 1 << 16)
        except OSError:
            pass  # the command has ended
        os.close(self._side)


def test_a_run_whose_terminal_is_closed_says_so_and_is_resumed(home: Path) -> None:
    environment = {**os.environ, "HARNESS_HOME": str(home)}
    answered: list[str] = []
    terminal: Terminal | None = None
    started = threading.Event()

    def close_in_time(exchange: Exchange, verdict: Verdict, findings: tuple[Finding, ...]) -> None:
        answered.append(exchange.transaction)
        if len(answered) == KILLED_AT:
            started.wait(10)
            assert terminal is not None
            terminal.close()
            time.sleep(0.5)  # for the signal to come in the middle of a step

    patterns = [part for pattern in SCENARIOS for part in ("--scenario", pattern)]
    report = home / "cut.json"
    with Simulator(on_exchange=close_in_time) as endpoint:
        terminal = Terminal(command(endpoint.url, *patterns, "--output", str(report)), environment)
        started.set()
        assert terminal.process.wait(60) == 3
        with Store(home) as store:
            [cut] = map(store.run, [head.id for head in store.runs("Ex")])
        assert cut.interrupted and cut.ended_at is not None
        assert cut.reason is not None and "terminal fermé" in cut.reason.fr
        assert json.loads(report.read_text("utf-8"))["run"] == cut.id
        resumed = subprocess.run(command(endpoint.url, "--resume", cut.id), env=environment, capture_output=True, timeout=60)
    assert resumed.returncode == 0, resumed.stderr.decode()
    assert {one["verdict"] for one in json.loads(resumed.stdout)["scenarios"]} == {"pass"}


def test_a_run_that_is_being_played_is_resumed_by_nobody_else(home: Path) -> None:
    environment = {**os.environ, "HARNESS_HOME": str(home), "HARNESS_LANG": "en"}
    refusals: list[tuple[int, str, bytes]] = []

    def resume_too(exchange: Exchange, verdict: Verdict, findings: tuple[Finding, ...]) -> None:
        if refusals:
            return
        with Store(home) as store:
            playing = store.runs("Ex")[0]
        done = subprocess.run(command(endpoint.url, "--resume", playing.id), env=environment, capture_output=True, timeout=20)
        refusals.append((done.returncode, playing.id, done.stderr))

    with Simulator(on_exchange=resume_too) as endpoint:
        whole = subprocess.run(command(endpoint.url, "--scenario", SCENARIOS[0]), env=environment, capture_output=True, timeout=60)
    assert whole.returncode == 0, whole.stderr.decode()
    [(code, run, said)] = refusals
    assert code == 2
    assert f"run {run} is being played by another process" in said.decode()
    with Store(home) as store:
        assert (
            len({one.id for one in store.run(run).exchanges})
            == len(store.run(run).exchanges)
            == len(json.loads(whole.stdout)["exchanges"])
        )
    assert list((home / "playing").iterdir()) == []
