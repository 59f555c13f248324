"""Files: what a person names is read without waiting for what nobody writes, nor without end; what we keep is written whole."""

from __future__ import annotations

import contextlib
import errno
import os
import stat
from pathlib import Path


def read_named(path: Path) -> bytes:
    """What a file holds, or a pipe that a program writes to. Raises OSError, which `errors.reason` tells, of anything else too."""
    with open(path, "rb", opener=without_waiting) as file:
        kind = os.fstat(file.fileno()).st_mode
        if not stat.S_ISREG(kind) and not stat.S_ISFIFO(kind):
            raise OSError(errno.ENXIO, "not a regular file")
        content: bytes | None = file.read()
    if not content and stat.S_ISFIFO(kind):
        raise OSError(errno.ENODATA, "no program writes to this pipe")
    return content or b""


def write_whole(path: Path, content: bytes) -> None:
    """The file appears whole or not at all, whoever else is writing it. Raises OSError."""
    import tempfile  # few commands write

    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".writing-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        Path(temporary).replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            Path(temporary).unlink()
        raise


def without_waiting(path: str, flags: int) -> int:
    """Opens a pipe that no program writes to as an empty one, where a plain open would wait for ever. A pipe that one writes to is
    waited for, nothing else (`/proc/kmsg`, which is said to be a regular file).
    """
    descriptor = os.open(path, flags | getattr(os, "O_NONBLOCK", 0))
    if stat.S_ISFIFO(os.fstat(descriptor).st_mode):
        os.set_blocking(descriptor, True)
    return descriptor
