"""`harness listen` answers the product whatever becomes of what it tells."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import IO

import pytest
import requests


def listening(*more: str) -> tuple[subprocess.Popen[str], IO[str], str]:
    """A process that listens, what it says, its address."""
    command = [sys.executable, "-m", "harness", "listen", "pdsm", *more]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=os.environ)
    assert process.stdout is not None
    return process, process.stdout, process.stdout.readline().split()[1]


def test_nobody_reads_any_more_and_the_product_is_answered() -> None:
    process, told, url = listening()
    with process:
        told.close()
        assert [requests.get(f"{url}/metadata", timeout=20).status_code for _ in range(3)] == [200] * 3
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 0


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full")
def test_a_full_disk_is_told_at_the_end_and_the_product_is_answered() -> None:
    process, _, url = listening("--output", "/dev/full")
    with process:
        assert [requests.get(f"{url}/metadata", timeout=20).status_code for _ in range(3)] == [200] * 3
        process.send_signal(signal.SIGINT)
        told, errors = process.communicate(timeout=30)
    assert "3 échanges" in told
    assert (process.returncode, errors.count("impossible d'écrire /dev/full")) == (2, 1)
