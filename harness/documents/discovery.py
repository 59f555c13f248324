"""What there is to judge in files, folders, archives and standard input: nothing is passed over in silence."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ..errors import UnreadableDocument, UsageError
from ..model import Text
from . import refusals
from .document import DEFAULT_LIMITS, ZIP_MAGIC, Document, Limits
from .parsing import KINDS, read

CARRIERS = (".xml", ".cda", ".json", ".ndjson", ".jsonl", ".zip", ".hl7", ".er7")
_BY_LINE = (".ndjson", ".jsonl")
_GZIP = b"\x1f\x8b"
_STREAM = "-"


@dataclass(frozen=True, slots=True)
class Input:
    """Bytes to be read as a document. required: they were named, or bear a carrier's extension, so that a failure is an error."""

    path: str
    data: bytes = field(repr=False)
    required: bool


@dataclass(frozen=True, slots=True)
class Skipped:
    """A file that is no carrier of a document, and why."""

    path: str
    reason: Text


@dataclass(frozen=True, slots=True)
class Refused:
    """What should have been a document and could not be read."""

    path: str
    error: UnreadableDocument
    data: bytes = field(default=b"", repr=False)


def discover(
    paths: Sequence[str], stdin: Callable[[], bytes], limits: Limits = DEFAULT_LIMITS
) -> Iterator[Input | Skipped | Refused]:
    """Everything in these paths, sorted within a folder; `-` is standard input.

    Inputs carry bytes only, so that they may be opened in another process (`open_input`). Raises UsageError for a path that does
    not exist.
    """
    for path in paths:
        if path != _STREAM and not Path(path).exists():
            message = Text(f"fichier ou dossier introuvable : {path}", f"no such file or folder: {path}")
            raise UsageError(message, Text("Vérifier le chemin.", "Check the path."))
    for path in paths:
        if path == _STREAM:
            yield from _from_bytes(_STREAM, stdin(), required=True, limits=limits)
        elif Path(path).is_dir():
            yield from _folder(path, set(), limits)
        else:
            yield from _file(path, named=True, limits=limits)


def open_input(given: Input, limits: Limits = DEFAULT_LIMITS) -> Document | Skipped | Refused:
    """The document in an input; skipped when it is recognised and of no use alone (metadata of an archive, a PDF not named)."""
    try:
        document = read(given.data, given.path, limits)
    except UnreadableDocument as error:
        return Refused(given.path, error, given.data) if given.required else Skipped(given.path, error.message)
    if document.kind == "xds-metadata" or (document.kind == "pdf" and not given.required):
        kind = KINDS[document.kind]
        return Skipped(given.path, Text(f"{kind.fr} : pas un document à juger", f"{kind.en}: not a document to judge"))
    return document


def _folder(path: str, seen: set[tuple[int, int]], limits: Limits) -> Iterator[Input | Skipped | Refused]:
    """A folder met a second time, through a symbolic link, is passed over."""
    try:
        state = os.stat(path)  # noqa: PTH116 - paths stay as typed
        if (state.st_dev, state.st_ino) in seen:
            return
        seen.add((state.st_dev, state.st_ino))
        names = sorted(os.listdir(path))  # noqa: PTH208
    except OSError as error:
        yield Skipped(path, _cannot_open(error))
        return
    for name in names:
        inside = os.path.join(path, name)  # noqa: PTH118
        if Path(inside).is_dir():
            yield from _folder(inside, seen, limits)
        else:
            yield from _file(inside, named=False, limits=limits)


def _file(path: str, *, named: bool, limits: Limits) -> Iterator[Input | Skipped | Refused]:
    """A file that is named may be a pipe; one that is met in a folder is not waited for."""
    required = named or path.lower().endswith(CARRIERS)
    try:
        state = Path(path).stat()
        if not named and not stat.S_ISREG(state.st_mode):
            message = Text("pas un fichier ordinaire", "not a regular file")
            yield from _refuse_or_skip(path, UnreadableDocument(message), required=required)
            return
        if state.st_size > max(limits.size, limits.expanded):
            yield from _refuse_or_skip(path, refusals.too_large(state.st_size, limits.size), required=required)
            return
        with open(path, "rb", opener=_without_waiting) as file:
            data = file.read(state.st_size + 1)  # what is asked for is set aside: no more than the file has
            if len(data) != state.st_size:  # a pipe, or a file that grows
                data += file.read(max(limits.size, limits.expanded) + 1 - len(data))
        if not data and stat.S_ISFIFO(state.st_mode):
            message = Text("rien dans ce tube : aucun programme n'y écrit", "nothing in this pipe: no program writes to it")
            yield from _refuse_or_skip(path, UnreadableDocument(message), required=required)
            return
    except OSError as error:
        yield from _refuse_or_skip(path, UnreadableDocument(_cannot_open(error)), required=required)
        return
    yield from _from_bytes(path, data, required=required, limits=limits)


def _without_waiting(path: str, flags: int) -> int:
    """Opens a pipe that no program writes to as an empty one, where a plain open would wait for ever."""
    descriptor = os.open(path, flags | getattr(os, "O_NONBLOCK", 0))
    os.set_blocking(descriptor, True)
    return descriptor


def _refuse_or_skip(path: str, error: UnreadableDocument, *, required: bool) -> Iterator[Skipped | Refused]:
    yield Refused(path, error) if required else Skipped(path, error.message)


def _from_bytes(path: str, data: bytes, *, required: bool, limits: Limits) -> Iterator[Input | Skipped | Refused]:
    if _is_by_line(path, data):
        yield from _lines(path, data)
        return
    if data.startswith(_GZIP):
        yield from _refuse_or_skip(path, refusals.gzipped(), required=required)
        return
    if not data.startswith(ZIP_MAGIC):
        yield Input(path, data, required)
        return
    from . import archives  # zipfile is slow to import, and few inputs are archives

    try:
        for name, content in archives.members(data, limits):
            inside = f"{path}!{name}"
            if isinstance(content, UnreadableDocument):
                yield Refused(inside, content)
            elif _is_by_line(inside, content):
                yield from _lines(inside, content)
            else:
                yield Input(inside, content, required=name.lower().endswith(CARRIERS))
    except UnreadableDocument as error:
        yield Refused(path, error, data)


def _is_by_line(path: str, data: bytes) -> bool:
    """Whether each line is a resource (NDJSON): by the name of the file, or when two lines follow that are each an object."""
    if path.lower().endswith(_BY_LINE):
        return True
    if not data.startswith(b"{"):
        return False
    end = data.find(b"\n")
    return end > 0 and data[:end].rstrip().endswith(b"}") and data[end : end + 64].lstrip().startswith(b"{")


def _lines(path: str, data: bytes) -> Iterator[Input | Refused]:
    """Each line that is not blank, by its number from 1; never two lines in memory but the file."""
    if not data.strip():
        yield Refused(path, refusals.empty(), data)
    start, number = 0, 0
    while start < len(data):
        end = data.find(b"\n", start)
        end = len(data) if end < 0 else end
        number += 1
        if line := data[start:end].strip():
            yield Input(f"{path}:{number}", line, required=True)
        start = end + 1


def _cannot_open(error: OSError) -> Text:
    return Text(f"lecture impossible : {error.strerror}", f"cannot be read: {error.strerror}")
