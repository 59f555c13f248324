"""Ctrl-C, a terminal that is closed, and what a pipeline ends a command with: told to the command once."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from types import FrameType

_ECHO = 0.5  # seconds in which a second signal is the same one
_HANG_UP = getattr(signal, "SIGHUP", None)  # Windows has none


class _Once:
    """Raises KeyboardInterrupt, and not again for its echo: `timeout` tells the process, then its whole group; a terminal and the
    shell in it both tell that it is closed.
    """

    def __init__(self) -> None:
        self._last = -_ECHO

    def __call__(self, number: int, frame: FrameType | None) -> None:
        now = time.monotonic()
        if now - self._last >= _ECHO:
            self._last = now
            raise KeyboardInterrupt


class _HungUp:
    """The terminal is closed: output to it is discarded, and the command ends as it would have in front of a reader."""

    def __init__(self, then: _Once) -> None:
        streams = [stream for stream in (sys.stdout, sys.stderr) if stream is not None]
        self._shown = [stream.fileno() for stream in streams if stream.isatty()]
        self._then = then

    def __call__(self, number: int, frame: FrameType | None) -> None:
        for shown in self._shown:
            os.dup2(os.open(os.devnull, os.O_WRONLY), shown)
        self._shown = []
        self._then(number, frame)


def heed_signals() -> None:
    """SIGTERM ends a command as SIGINT does, and so does SIGHUP; the last two stay ignored where the caller had them so (a command
    put in the background, `nohup`).
    """
    if threading.current_thread() is not threading.main_thread():
        return
    once = _Once()
    signal.signal(signal.SIGTERM, once)
    if signal.getsignal(signal.SIGINT) is not signal.SIG_IGN:
        signal.signal(signal.SIGINT, once)
    if _HANG_UP is not None and signal.getsignal(_HANG_UP) is not signal.SIG_IGN:
        signal.signal(_HANG_UP, _HungUp(once))
