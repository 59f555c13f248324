"""How long a run may last, how long it waits for what is late, and who may end it."""

from __future__ import annotations

import threading
import time
from dataclasses import field

from harness.model import Text
from harness.runner.patience import Patience
from harness.values import dataclass

ON_REQUEST = Text("Arrêté à la demande.", "Stopped on request.")
TIME_IS_OVER = Text("La durée totale accordée à la campagne est écoulée.", "The total time given to the campaign has passed.")


class Stopped(Exception):
    """The run is to end now, between two steps. reason: shown to the person who started it."""

    def __init__(self, reason: Text) -> None:
        super().__init__(reason.en)
        self.reason = reason


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
