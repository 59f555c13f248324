"""What the benchmarks say they measure."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "benchmarks"))

from run import BARE, peak


def test_the_peak_of_a_command_is_its_own_and_not_that_of_who_begins_it() -> None:
    held = b"x" * (200 << 20)
    assert 1 < peak(BARE) < len(held) >> 21
