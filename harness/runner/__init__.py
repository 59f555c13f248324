"""Plays scenarios against a system. It emits events and does not know who listens."""

from harness.runner.campaign import STEP_DEADLINE, TOTAL_DEADLINE, play
from harness.runner.selection import Selection, select
from harness.runner.target import load_target, target_of

__all__ = ["STEP_DEADLINE", "TOTAL_DEADLINE", "Selection", "load_target", "play", "select", "target_of"]
