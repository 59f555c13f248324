"""What there is to judge in files, folders, archives and standard input: nothing is passed over in silence."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import field, replace
from itertools import chain
from pathlib import Path, PurePath
from typing import IO

from ..errors import UnreadableDocument, UsageError, reason
from ..files import without_waiting
from ..model import NO_TEXT, Skipped, Text, Within
from ..values import dataclass
from . import refusals
from .by_line import SUFFIXES, is_by_line, whole_lines
from .described import METADATA, described
from .document import DEFAULT_LIMITS, XDM_FOLDER, ZIP_MAGIC, Described, Document, Limits
from .parsing import KINDS, has_many_values, read

CARRIERS = (".xml", ".cda", ".json", ".ndjson", ".jsonl", ".zip", ".hl7", ".er7")
_BEFORE_JSON = b"\xef\xbb\xbf \t\r\n"
_PIECE = 1 << 20
_GZIP = b"\x1f\x8b"
_STREAM = "-"
_NOT_REGULAR = UnreadableDocument(
    Text("pas un fichier ordinaire", "not a regular file"),
    Text("Donner un fichier, un dossier, ou « - » pour l'entrée standard.", 'Give a file, a folder, or "-" for standard input.'),
)


@dataclass(frozen=True, slots=True)
class Input:
    """Bytes to be read as a document.

    required: they were named, or bear a carrier's extension, so that a failure is an error; apart: they were taken out of a Bundle;
    beside: of the metadata of an XDM archive or folder, the files beside them; at_root: of the first ones of an archive, the names
    at its root; within: None of a file of its own.
    """

    path: str
    data: bytes = field(repr=False)
    required: bool
    apart: bool = False
    beside: tuple[Described, ...] | None = field(default=None, repr=False)
    at_root: tuple[str, ...] | None = None
    within: Within | None = None


@dataclass(frozen=True, slots=True)
class Refused:
    """What should have been a document and could not be read. within: None of a file of its own."""

    path: str
    error: UnreadableDocument
    data: bytes = field(default=b"", repr=False)
    within: Within | None = None


def discover(
    paths: Sequence[str], stdin: Callable[[], IO[bytes]], limits: Limits = DEFAULT_LIMITS
) -> Iterator[Input | Skipped | Refused]:
    """Everything in these paths, sorted within a folder; `-` is standard input. A resource a line (NDJSON) is read as it comes.

    Inputs carry bytes only, so that they may be opened in another process (`open_input`). Raises UsageError for a path that does
    not exist.
    """
    for path in paths:
        if path != _STREAM and not _exists(path):
            message = Text(f"fichier ou dossier introuvable : {path}", f"no such file or folder: {path}")
            raise UsageError(message, Text("Vérifier le chemin.", "Check the path."))
    for path in paths:
        if path == _STREAM:
            yield from _stream(_STREAM, stdin(), limits)
        elif os.path.isdir(path):  # noqa: PTH112 - says no, where Path raises, of what cannot be reached
            yield from _folder(path, set(), limits)
        else:
            yield from _file(path, named=True, limits=limits)


def open_input(given: Input, limits: Limits = DEFAULT_LIMITS) -> Document | Skipped | Refused:
    """The document in an input; skipped when it is recognised and of no use alone (metadata without documents, a PDF not named)."""
    try:
        document = read(given.data, given.path, limits)
    except UnreadableDocument as error:
        if given.required:
            return Refused(given.path, error, given.data, given.within)
        return Skipped(given.path, error.message, given.within)
    if document.kind == "xds-metadata" and given.beside is not None:
        return replace(document, beside=given.beside, at_root=given.at_root)
    if document.kind == "xds-metadata" or (document.kind == "pdf" and not given.required):
        kind = KINDS[document.kind]
        why = Text(f"{kind.fr} : pas un document à juger", f"{kind.en}: not a document to judge")
        return Skipped(given.path, why, given.within)
    return replace(document, wrapped="bundle") if given.apart else document


def _folder(path: str, seen: set[tuple[int, int]], limits: Limits) -> Iterator[Input | Skipped | Refused]:
    """The documents in a folder; one met again through a symbolic link is passed over."""
    try:
        state = os.stat(path)  # noqa: PTH116 - paths stay as typed
        if (state.st_dev, state.st_ino) in seen:
            return
        seen.add((state.st_dev, state.st_ino))
        names = sorted(os.listdir(path))  # noqa: PTH208
    except OSError as error:
        yield Refused(path, _cannot_open(error))  # it may hold documents: nobody is to believe that they were judged
        return
    for name in names:
        inside = os.path.join(path, name)  # noqa: PTH118
        if os.path.isdir(inside):  # noqa: PTH112
            yield from _folder(inside, seen, limits)
        else:
            yield from _file(inside, named=False, limits=limits)


def _file(path: str, *, named: bool, limits: Limits) -> Iterator[Input | Skipped | Refused]:
    """A file that is named may be a pipe; one that is met in a folder is not waited for. A device or a socket has no end, or none
    that comes.
    """
    required = named or path.lower().endswith(CARRIERS)
    try:
        state = Path(path).stat()
        if not stat.S_ISREG(state.st_mode) and not (named and stat.S_ISFIFO(state.st_mode)):
            yield from _refuse_or_skip(path, _NOT_REGULAR, required=required)
            return
        if path.lower().endswith(SUFFIXES):
            with open(path, "rb", opener=without_waiting) as file:
                yield from _lines(path, _pieces(file), limits)
            return
        if state.st_size > max(limits.size, limits.expanded):
            yield from _refuse_or_skip(path, refusals.too_large(state.st_size, limits.size), required=required)
            return
        with open(path, "rb", opener=without_waiting) as file:
            data = _at_once(file, state.st_size + 1)  # what is asked for is set aside: no more than the file has
            if len(data) != state.st_size:  # a pipe, or a file that grows
                data += _at_once(file, max(limits.size, limits.expanded) + 1 - len(data))
        if not data and stat.S_ISFIFO(state.st_mode):
            message = Text("rien dans ce tube : aucun programme n'y écrit", "nothing in this pipe: no program writes to it")
            yield from _refuse_or_skip(path, UnreadableDocument(message), required=required)
            return
    except OSError as error:
        yield from _refuse_or_skip(path, _cannot_open(error), required=required)
        return
    if _is_metadata(path) and not data.startswith(ZIP_MAGIC):
        yield Input(path, data, required, beside=_in_folder(path, limits))
        return
    yield from _from_bytes(path, data, required=required, limits=limits)


def _is_metadata(path: str) -> bool:
    return PurePath(path).name.upper() == METADATA


def _in_archive(data: bytes, folder: str, limits: Limits) -> tuple[Described, ...]:
    """What the metadata of an archive describe: the other files of their folder, and those of folders in it that have none."""
    from . import archives

    others = archives.folders_of(data, METADATA) - {folder}
    return tuple(
        described(name.removeprefix(f"{folder}/"), content, limits)
        for name, content in archives.members(data, limits, folder)
        if isinstance(content, bytes) and not _is_metadata(name) and archives.folder_of(name) not in others
    )


def _in_folder(metadata: str, limits: Limits) -> tuple[Described, ...]:
    folder = Path(metadata).parent
    found: list[Described] = []
    with suppress(OSError):
        files = folder.rglob("*") if folder.parent.name.upper() == XDM_FOLDER else folder.iterdir()
        for file in sorted(file for file in files if file.is_file()):
            if not _is_metadata(file.name) and file.stat().st_size <= limits.size:
                found.append(described(file.relative_to(folder).as_posix(), file.read_bytes(), limits))
    return tuple(found)


def _stream(path: str, file: IO[bytes], limits: Limits) -> Iterator[Input | Skipped | Refused]:
    """What comes on a stream: line by line when its first piece shows that each is a resource; else it is read whole."""
    start = file.read(_PIECE)
    if is_by_line(path, start):
        yield from _lines(path, chain((start,), _pieces(file)), limits)
        return
    rest = file.read(limits.size + 1 - len(start)) if len(start) == _PIECE else b""
    yield from _from_bytes(path, start + rest, required=True, limits=limits)


def _pieces(file: IO[bytes]) -> Iterator[bytes]:
    while piece := file.read(_PIECE):
        yield piece


def _at_once(file: IO[bytes], most: int) -> bytes:
    """Up to that many bytes; none when they would have to be waited for."""
    read: bytes | None = file.read(most)
    return read or b""


def _refuse_or_skip(path: str, error: UnreadableDocument, *, required: bool) -> Iterator[Skipped | Refused]:
    yield Refused(path, error) if required else Skipped(path, error.message)


def _from_bytes(path: str, data: bytes, *, required: bool, limits: Limits) -> Iterator[Input | Skipped | Refused]:
    if is_by_line(path, data):
        yield from _lines(path, (data,), limits)
    elif data.startswith(_GZIP):
        yield from _refuse_or_skip(path, refusals.gzipped(), required=required)
    elif data.startswith(ZIP_MAGIC):
        yield from _members(path, data, limits)
    else:
        yield from _whole_or_apart(path, data, required=required, limits=limits)


def _members(path: str, data: bytes, limits: Limits) -> Iterator[Input | Refused]:
    """What an archive holds."""
    from . import archives  # zipfile is slow to import, and few inputs are archives

    described_in: dict[str, tuple[Described, ...]] = {}  # by folder: metadata named twice do not have it read twice
    is_xdm = has_metadata = False
    try:
        for name, content in archives.members(data, limits):
            inside = f"{path}!{name}"
            within = Within(inside, archive=path)
            is_xdm = is_xdm or XDM_FOLDER in name.upper().split("/")[:-1]
            has_metadata = has_metadata or _is_metadata(name)  # damaged ones too, of which that is said
            if isinstance(content, UnreadableDocument):
                yield Refused(inside, content, within=within)
            elif is_by_line(inside, content):
                yield from _lines(inside, (content,), limits, archive=path)
            else:
                beside = at_root = None
                if _is_metadata(name):
                    at_root = None if described_in else archives.at_root(data, name)
                    folder = archives.folder_of(name)
                    beside = described_in.get(folder)
                    if beside is None:
                        beside = described_in[folder] = _in_archive(data, folder, limits)
                required = name.lower().endswith(CARRIERS)
                yield Input(inside, content, required, beside=beside, at_root=at_root, within=within)
        if is_xdm and not has_metadata:
            yield Refused(path, refusals.no_metadata(), data)
    except UnreadableDocument as error:
        yield Refused(path, error, data)


def _whole_or_apart(path: str, data: bytes, *, required: bool, limits: Limits) -> Iterator[Input | Skipped | Refused]:
    """A Bundle that is too large to be held at once is judged entry by entry; a document of any other kind as it is."""
    if has_many_values(data, limits) or (len(data) > limits.size and data[:64].lstrip(_BEFORE_JSON).startswith(b"{")):
        from . import large_bundles  # for few inputs

        try:
            parts = large_bundles.taken_apart(data)
        except UnreadableDocument as error:
            yield Refused(path, error, data)
            return
        if parts is not None:
            del data  # its text is enough
            yield Skipped(path, large_bundles.told(len(parts)))
            for number, line, resource in parts.resources():
                yield Input(f"{path}!entry[{number}]", resource, required=True, apart=True, within=Within(path, line))
            return
    yield Input(path, data, required)


def _lines(path: str, pieces: Iterable[bytes], limits: Limits, archive: str = "") -> Iterator[Input | Refused]:
    """Each line that is not blank, by its number from 1; of a stream never more in memory than a line and a piece."""
    number, found = 0, False
    for line in whole_lines(pieces, limits.size):
        number += 1
        if isinstance(line, int):
            within = Within(path, number, archive)
            yield Refused(f"{path}:{number}", refusals.too_large(line, limits.size), within=within)
        elif line := line.strip():
            yield Input(f"{path}:{number}", line, required=True, within=Within(path, number, archive))
        else:
            continue
        found = True
    if not found:
        yield Refused(path, refusals.empty(), within=Within(path, archive=archive) if archive else None)


def _exists(path: str) -> bool:
    """Whether there is a file of that name. What cannot be reached counts as there, and is refused when it is opened."""
    try:
        Path(path).stat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError:
        return True
    return True


def _cannot_open(error: OSError) -> UnreadableDocument:
    why = reason(error)
    return UnreadableDocument(
        Text(f"lecture impossible : {why.fr}", f"cannot be read: {why.en}"),
        Text(
            "En donner le droit de lecture, ou en faire une copie lisible.",
            "Grant the right to read it, or make a copy that can be read.",
        )
        if isinstance(error, PermissionError)
        else NO_TEXT,
    )
