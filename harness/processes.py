"""Processes of ours that answer over a pipe, and that whoever waits for them can end at any moment."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Any


class Child:
    """One process, begun at once. serve: what runs in it, given its end of the pipe, then `given`.

    copied: it begins as a copy of this one, with all that is read already, and not from nothing: not where other threads run, nor
    elsewhere than on Linux, where libraries of the system are not safe to copy.
    """

    def __init__(self, serve: Callable[..., None], *given: Any, copied: bool = False) -> None:
        context: Any = multiprocessing.get_context("fork" if copied else "spawn")
        self.connection, theirs = context.Pipe()
        self._process = context.Process(
            target=_begin, args=(self.connection if copied else None, serve, theirs, given), daemon=True
        )
        self._process.start()
        theirs.close()

    def is_alive(self) -> bool:
        alive: bool = self._process.is_alive()
        return alive

    def kill(self) -> None:
        """From any thread; who listens then hears that nobody is at the other end."""
        self._process.kill()

    def end(self) -> int | None:
        """Nothing of it is left; the code that it ended with."""
        self.connection.close()
        self._process.kill()
        self._process.join()
        code: int | None = self._process.exitcode
        return code


def _begin(inherited: Connection | None, serve: Callable[..., None], theirs: Connection, given: tuple[Any, ...]) -> None:
    """A copy has our end of the pipe too: while it stands open, the process would not hear that we are gone."""
    if inherited is not None:
        inherited.close()
    serve(theirs, *given)
