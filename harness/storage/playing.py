"""One process at a time plays a run: it holds a lock on HOME/playing/RUN, which its death lets go."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from harness.errors import UsageError
from harness.model import Text

try:
    import fcntl
except ImportError:  # Windows: nothing tells who lives
    fcntl = None  # type: ignore[assignment]


@contextmanager
def played_alone(path: Path) -> Iterator[None]:
    """path: the file to lock, gone afterwards. Raises UsageError when another process plays this run, OSError when it cannot be
    written.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with _locked(path):
        try:
            yield
        finally:
            path.unlink(missing_ok=True)


def _locked(path: Path) -> IO[bytes]:
    while True:
        file = path.open("ab")
        if fcntl is None:
            return file
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.close()
            raise UsageError(
                Text(
                    f"la campagne {path.name} est en cours dans un autre processus",
                    f"run {path.name} is being played by another process",
                ),
                Text("Attendre qu'il ait fini, ou l'arrêter, puis reprendre.", "Wait until it has ended, or end it, then resume."),
            ) from None
        except BaseException:
            file.close()
            raise
        if path.exists() and os.path.samestat(path.stat(), os.fstat(file.fileno())):
            return file
        file.close()  # it was taken away between being opened and locked: who ended the run has let it go
