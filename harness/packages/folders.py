"""Folders of HARNESS_HOME, each of which appears whole or not at all.

One is written beside and renamed into its place. Two writers of one package write the same folder, and the second finds it there.
What a writer that was killed left behind is swept by the next one.
"""

from __future__ import annotations

import contextlib
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO

from harness.errors import UsageError, cannot_be_written
from harness.model import Text

try:
    import fcntl
except ImportError:  # Windows: what was left behind is swept by its age
    fcntl = None  # type: ignore[assignment]

_WRITING, _GONE, _LOCK = ".writing-", ".removed-", "lock"
_STALE = 3600  # seconds after which a folder that nobody can be seen to write is nobody's


class Folders:
    """folder: the one that holds them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @contextlib.contextmanager
    def writing(self) -> Iterator[Path]:
        """A folder of one's own, gone afterwards whatever happens unless it was renamed. Raises UsageError when there is none."""
        with self.explained():
            self.folder.mkdir(parents=True, exist_ok=True)
            self._sweep()
            place = Path(tempfile.mkdtemp(dir=self.folder, prefix=_WRITING))
            lock = _locked(place)
            try:
                yield place
            finally:
                lock.close()
                shutil.rmtree(place, ignore_errors=True)

    def put(self, place: Path, name: str, is_whole: Callable[[Path], bool]) -> bool:
        """Renames what was written into its place; False when another writer was first. is_whole: whether a folder there is good.

        Raises OSError.
        """
        final = self.folder / name
        (place / _LOCK).unlink(missing_ok=True)
        for _ in range(2):
            try:
                place.rename(final)
                return True
            except OSError:
                if is_whole(final):
                    return False
            shutil.rmtree(final, ignore_errors=True)
        raise OSError(f"{final} cannot be replaced")

    def take_away(self, folder: Path) -> None:
        """Gone at once for readers; then its files. Raises UsageError when it cannot be."""
        with self.explained():
            gone = Path(tempfile.mkdtemp(dir=self.folder, prefix=_GONE))
            folder.rename(gone / folder.name)
        shutil.rmtree(gone, ignore_errors=True)

    def _sweep(self) -> None:
        """Takes away what writers that were killed left."""
        for place in (*self.folder.glob(f"{_WRITING}*"), *self.folder.glob(f"{_GONE}*")):
            with contextlib.suppress(OSError):
                if not _is_written(place):
                    shutil.rmtree(place, ignore_errors=True)

    @contextlib.contextmanager
    def explained(self) -> Iterator[None]:
        """What the system refuses there is told as a UsageError."""
        try:
            yield
        except OSError as error:
            raise UsageError(
                cannot_be_written(self.folder, error),
                Text("Indiquer un autre dossier par HARNESS_HOME.", "Set HARNESS_HOME to another folder."),
            ) from None


def _locked(place: Path) -> IO[bytes]:
    """The folder's lock, held before it has the name under which others look for it."""
    lock = (place / f".{_LOCK}").open("wb")
    if fcntl is not None:
        fcntl.flock(lock, fcntl.LOCK_EX)
    (place / f".{_LOCK}").rename(place / _LOCK)
    return lock


def _is_written(place: Path) -> bool:
    """Whether somebody still writes it: its lock is held, or it is young and has none yet."""
    try:
        with (place / _LOCK).open("rb") as lock:
            return _is_held(lock) if fcntl is not None else time.time() - place.stat().st_mtime < _STALE
    except FileNotFoundError:
        return time.time() - place.stat().st_mtime < _STALE


def _is_held(lock: IO[bytes]) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return True
    return False
