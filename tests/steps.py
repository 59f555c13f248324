"""How many steps a call takes: counted where a time would depend on the machine."""

from __future__ import annotations

import cProfile
import pstats
from collections.abc import Callable


def steps(call: Callable[..., object], *arguments: object) -> int:
    """Calls of functions, those of C included, that it makes."""
    profile = cProfile.Profile()
    profile.runcall(call, *arguments)
    calls: int = pstats.Stats(profile).total_calls  # type: ignore[attr-defined]
    return calls
