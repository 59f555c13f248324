"""Where what a command tells goes: to standard output as it is made, or to a file that is there whole or not at all."""

from __future__ import annotations

import codecs
import os
import sys
from collections.abc import Iterable
from contextlib import suppress
from errno import EACCES, EBADF, EDQUOT, EFBIG, EISDIR, ENOSPC, ENOTDIR
from io import TextIOWrapper
from pathlib import Path
from shutil import copyfile
from typing import IO

from harness.errors import UsageError, reason
from harness.model import Text


def deliver(chunks: Iterable[str], output: Path | None) -> None:
    """Raises UsageError when it cannot be written; what `chunks` raises passes, and leaves the file as it was."""
    if output is None:
        _print(chunks)
    else:
        _put((chunk.encode() for chunk in chunks), output)


def deliver_bytes(data: bytes, output: Path | None) -> None:
    """A document or a message as it is. Raises UsageError when it cannot be written."""
    if output is None:
        _print_bytes(data)
    else:
        _put([data], output)


def settle_streams() -> None:
    """What does not go to a terminal is UTF-8, as JSON, XML and HTML say of themselves, whatever the locale or system; a terminal
    is given what it can show, and what is most like the rest.
    """
    codecs.register_error(_plainly.__name__, _plainly)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(encoding=None if stream.isatty() else "utf-8", errors=_plainly.__name__)


# Signs of our texts in ASCII, none of them `?`, which is that of what could not be judged.
_PLAIN = str.maketrans({**dict(zip("✓✗○✎→·–—−…«»“”’", '+xo*>----.""""\'', strict=True)), "œ": "oe", "Œ": "OE"})


def _plainly(error: UnicodeError) -> tuple[str, int]:
    """Handles an error of encoding: letters without their accents, signs by those most like them, else `?`."""
    import unicodedata  # only where a terminal needs it

    if not isinstance(error, UnicodeEncodeError):
        raise error
    spelt = unicodedata.normalize("NFKD", error.object[error.start : error.end].translate(_PLAIN))
    return "".join(sign if sign.isascii() else "?" for sign in spelt if not unicodedata.combining(sign)), error.end


def check_writable(output: Path) -> None:
    """Raises UsageError when a report could not be written there: better said before ten thousand documents are judged."""
    try:
        if output.is_dir():
            raise cannot_write(output, OSError(EISDIR, os.strerror(EISDIR)))
        folder = next(place for place in output.absolute().parents if place.exists())
        if not folder.is_dir():
            raise cannot_write(output, OSError(ENOTDIR, os.strerror(ENOTDIR)))
        if not os.access(output if output.exists() else folder, os.W_OK):
            raise cannot_write(output, OSError(EACCES, os.strerror(EACCES)))
    except OSError as error:
        raise cannot_write(output, error) from None


def _put(pieces: Iterable[bytes], output: Path) -> None:
    try:
        target = output.resolve() if output.is_symlink() and output.is_file() else output
        if target.is_file() and not os.access(target, os.W_OK):  # nor put another in its place, where the folder allows that
            raise PermissionError(EACCES, os.strerror(EACCES))
        target.parent.mkdir(parents=True, exist_ok=True)
        beside = _beside(target)
        file = (beside or target).open("wb")
    except FileExistsError:  # what should be a folder is a file
        raise cannot_write(output, OSError(ENOTDIR, os.strerror(ENOTDIR))) from None
    except OSError as error:
        raise cannot_write(output, error) from None
    try:
        _write(pieces, file, output)
        if beside is not None:
            _put_in_place(beside, target, output)
    except BaseException:
        if beside is not None:
            with suppress(OSError):
                beside.unlink()
        raise


def _beside(target: Path) -> Path | None:
    """A temporary file beside the output, moved into its place at the end. None when the output is a device or a pipe, or its
    folder takes no new file.
    """
    if target.exists() and not (target.is_file() and os.access(target.parent, os.W_OK)):
        return None
    return target.with_name(f".cisis-harness-{os.getpid()}.part")


def _put_in_place(beside: Path, target: Path, output: Path) -> None:
    try:
        if target.exists():
            beside.chmod(target.stat().st_mode)
        try:
            beside.replace(target)
        except PermissionError:  # another's file in a folder such as /tmp: it may be written, not replaced
            copyfile(beside, target)
            beside.unlink()
    except OSError as error:
        raise cannot_write(output, error) from None


def _write(pieces: Iterable[bytes], file: IO[bytes], output: Path) -> None:
    try:
        for piece in pieces:
            try:
                file.write(piece)
            except OSError as error:
                raise cannot_write(output, error) from None
        try:
            file.flush()
        except OSError as error:
            raise cannot_write(output, error) from None
    finally:
        with suppress(OSError):  # of what could not be written, said above
            file.close()


def _print(chunks: Iterable[str]) -> None:
    """When the reader goes away (`| head`), stop without an error."""
    told = sys.stdout
    if told is None:
        raise _cannot_print(OSError(EBADF, os.strerror(EBADF)))
    last = "\n"
    try:
        for chunk in chunks:
            try:
                told.write(chunk)
            except OSError as error:
                raise _cannot_print(error) from None
            last = chunk or last
        try:
            told.write("" if last.endswith("\n") else "\n")
            told.flush()
        except OSError as error:
            raise _cannot_print(error) from None
    except BrokenPipeError:
        silence()


def _print_bytes(data: bytes) -> None:
    try:
        if sys.stdout is None:
            raise OSError(EBADF, os.strerror(EBADF))
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        silence()
    except OSError as error:
        raise _cannot_print(error) from None


def silence() -> None:
    """After the reader has gone or the disk is full: what is still buffered is not written at exit."""
    if sys.stdout is not None:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def no_room(error: Exception) -> UsageError | None:
    """The error for a list or a help text that did not fit on a full disk; None for any other error."""
    if not isinstance(error, OSError) or error.errno not in (ENOSPC, EDQUOT, EFBIG):
        return None
    said = _cannot_print(error)
    return said if isinstance(said, UsageError) else None


def _cannot_print(error: OSError) -> OSError | UsageError:
    if isinstance(error, BrokenPipeError):
        return error
    silence()
    why = reason(error)
    return UsageError(
        Text(f"impossible d'écrire le résultat : {why.fr}", f"cannot write the result: {why.en}"),
        _OPEN_IT if error.errno == EBADF else _ROOM_OR_FILE,
    )


_OPEN_IT = Text(
    "Laisser ouverte la sortie standard, ou choisir un fichier avec --output.",
    "Leave standard output open, or choose a file with --output.",
)
_ROOM_OR_FILE = Text(
    "Libérer de la place, ou choisir un fichier avec --output.", "Free some space, or choose a file with --output."
)
_OTHER_FILE = Text("Choisir un autre fichier avec --output.", "Choose another file with --output.")
_MORE_ROOM = Text("Libérer de la place, ou écrire sur un autre disque.", "Free some space, or write to another disk.")


def cannot_write(path: Path, error: OSError, hint: Text = _OTHER_FILE) -> UsageError:
    """The error for a file that cannot be written. hint: what to do, when --output does not name it."""
    why = reason(error)
    told = Text(f"impossible d'écrire {path} : {why.fr}", f"cannot write {path}: {why.en}")
    return UsageError(told, _MORE_ROOM if error.errno in (ENOSPC, EDQUOT) else hint)
