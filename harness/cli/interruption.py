"""Ctrl-C, and what a pipeline ends a command with: told to the command once."""

from __future__ import annotations

import signal
import threading
import time
from types import FrameType

_ECHO = 0.5  # seconds in which a second signal is the same one


class _Once:
    """Raises KeyboardInterrupt, and not again for its echo: `timeout` tells the process, then its whole group."""

    def __init__(self) -> None:
        self._last = -_ECHO

    def __call__(self, number: int, frame: FrameType | None) -> None:
        now = time.monotonic()
        if now - self._last >= _ECHO:
            self._last = now
            raise KeyboardInterrupt


def heed_signals() -> None:
    """SIGTERM ends a command as SIGINT does, which stays ignored where the caller had it so (a command put in the background)."""
    if threading.current_thread() is not threading.main_thread():
        return
    once = _Once()
    signal.signal(signal.SIGTERM, once)
    if signal.getsignal(signal.SIGINT) is not signal.SIG_IGN:
        signal.signal(signal.SIGINT, once)
