"""A run killed on the spot has lost at most the step in flight, and goes on from there."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

from harness.exchange.pdsm import Simulator
from harness.model import Exchange, Finding, Verdict
from harness.storage import Store

SCENARIOS = ("pdsm-iti65-publish-vsm", "pdsm-iti65-refuse-*", "pdsm-iti67-find-*")
KILLED_AT = 12  # exchanges


def command(url: str, *more: str) -> list[str]:
    return [sys.executable, "-m", "harness.cli", "run", "--target", url, "--system", "Ex", "--format", "json", *more]


def test_a_run_killed_half_way_keeps_its_steps_and_is_resumed(new_home: Callable[[], Path]) -> None:
    home = new_home()
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
            cut = store.latest("Ex")
        assert cut is not None and cut.interrupted and cut.ended_at is None
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
