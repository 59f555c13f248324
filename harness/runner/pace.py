"""How long a run may last, how long it waits for what is late, and who may end it."""

from __future__ import annotations

import threading
import time
from dataclasses import field

from harness.model import Text
from harness.values import dataclass

ON_REQUEST = Text("Arrêté à la demande.", "Stopped on request.")
TIME_IS_OVER = Text(
    "La durée totale accordée à la campagne est écoulée (--deadline l'allonge).",
    "The total time given to the campaign has passed (--deadline extends it).",
)

DELAYS = (0.25, 0.5, 1.0, 2.0)  # seconds before a search is asked again, and again


class Stopped(Exception):
    """The run is to end now, between two steps. reason: shown to the person who started it."""

    def __init__(self, reason: Text) -> None:
        super().__init__(reason.en)
        self.reason = reason


class Patience:
    """How long one run waits for a search to find what was just published, which is asked again meanwhile.

    No text asks that it be found at once, nor says how late an index may be. A wait in vain makes the next ones shorter, down to
    what this system was once seen to need: those for one that finds nothing take 6.5 seconds together.
    """

    def __init__(self) -> None:
        self._left = len(DELAYS)
        self._needed = 0

    def delays(self) -> tuple[float, ...]:
        """Delays in seconds before the next unsuccessful search is asked again."""
        return DELAYS[: self._left]

    def learn(self, times: int, *, found: bool) -> None:
        """Remember how a search that was asked again `times` times ended."""
        if found:
            self._needed = max(self._needed, times)
        self._left = max(self._left - (not found), self._needed)


@dataclass(frozen=True, slots=True)
class Pace:
    """step_deadline: seconds; ends_at: a value of time.monotonic(); stop: set from outside."""

    step_deadline: float
    ends_at: float
    stop: threading.Event
    patience: Patience = field(default_factory=Patience)

    def next_deadline(self) -> float:
        """Seconds that the next step may take. Raises Stopped when the run is to end."""
        if self.stop.is_set():
            raise Stopped(ON_REQUEST)
        left = self.ends_at - time.monotonic()
        if left <= 0:
            raise Stopped(TIME_IS_OVER)
        return min(self.step_deadline, left)

    def sleep(self, seconds: float) -> None:
        """Raises Stopped, at once, when the run is to end meanwhile."""
        self.stop.wait(min(seconds, max(self.ends_at - time.monotonic(), 0.0)))
        self.next_deadline()
