"""Times of several sides on one document, each warm: they take turns, so that a slow moment of the machine is not one side's.

Within its turn a side runs on: what the other left in the processor's caches, or still does in its own threads, is over.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

TURNS = 3
RUNS, TURN = 3, 0.5  # at least, in a turn; seconds, at least


def in_turns(sides: Mapping[str, Callable[[], float]]) -> dict[str, list[float]]:
    """Seconds of every run by side. A side runs once and says how many seconds it took."""
    taken: dict[str, list[float]] = {name: [] for name in sides}
    for _ in range(TURNS):
        for name, side in sides.items():
            taken[name] += _turn(side)
    return taken


def _turn(side: Callable[[], float]) -> list[float]:
    taken: list[float] = []
    while len(taken) < RUNS or sum(taken) < TURN:
        taken.append(side())
    return taken
