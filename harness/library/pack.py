"""The compiled library on disk: one file of named blobs, read one at a time.

Layout: magic, length and CRC of the index, the index {name: (offset, length, CRC)}, the blobs; all in `marshal`, which holds
plain values and code, and is read an order of magnitude faster than text can be parsed. A file that is damaged, cut or of another
Python is as good as absent; the CRC tells damage, not malice: the folder is the user's own, as trusted as the data beside it.
"""

from __future__ import annotations

import contextlib
import marshal
import mmap
import struct
import sys
import zlib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from ..errors import reason
from ..files import write_whole
from ..model import Text

_MAGIC = b"CISISPK1" + struct.pack("<I", sys.hexversion)
_HEAD = struct.Struct("<II")
KEPT = 4  # packs kept in the cache folder, newest first


class Pack:
    """Named blobs of plain data and code, in memory or in a file. Raises KeyError for a name it does not hold."""

    def __init__(self, content: bytes | mmap.mmap, index: Mapping[str, tuple[int, int, int]]) -> None:
        self._content = content
        self._index = index

    def __contains__(self, name: str) -> bool:
        return name in self._index

    def __iter__(self) -> Iterator[str]:
        return iter(self._index)

    def __getitem__(self, name: str) -> Any:
        return self.written(name).read()

    def written(self, name: str) -> Written:
        """To be taken over as it is."""
        offset, length, crc = self._index[name]
        blob = self._content[offset : offset + length]
        if zlib.crc32(blob) != crc:
            raise DamagedPack(name)
        return Written(blob)


class Written:
    """A blob as its bytes, which are read only when somebody asks what they say."""

    __slots__ = ("content",)

    def __init__(self, content: bytes) -> None:
        self.content = content

    def read(self) -> Any:
        return marshal.loads(self.content)  # noqa: S302 - written by us into the user's own folder, checked by its CRC


class DamagedPack(Exception):
    """A blob is not what was written; whoever opened the pack compiles again."""


def pack(blobs: Mapping[str, Any]) -> bytes:
    """The bytes of a pack that holds these blobs of plain values and code, those of another pack as they are written there."""
    body = bytearray()
    index: dict[str, tuple[int, int, int]] = {}
    for name, value in blobs.items():
        blob = value.content if type(value) is Written else marshal.dumps(value)
        index[name] = (len(body), len(blob), zlib.crc32(blob))
        body += blob
    packed = marshal.dumps(index)  # offsets count from the end of the index: its own length is not known before
    return _MAGIC + _HEAD.pack(len(packed), zlib.crc32(packed)) + packed + bytes(body)


def unpack(content: bytes | mmap.mmap) -> Pack | None:
    """The pack in these bytes, None when they are not one."""
    start = len(_MAGIC) + _HEAD.size
    if content[: len(_MAGIC)] != _MAGIC or len(content) < start:
        return None
    length, crc = _HEAD.unpack(content[len(_MAGIC) : start])
    packed = content[start : start + length]
    if len(packed) != length or zlib.crc32(packed) != crc:
        return None
    base = start + length
    index = {name: (offset + base, size, check) for name, (offset, size, check) in marshal.loads(packed).items()}  # noqa: S302
    return Pack(content, index)


def open_file(path: Path) -> Pack | None:
    """The pack in this file, None when there is none that is whole."""
    try:
        return unpack(path.read_bytes())
    except OSError:
        return None


def of(content: bytes) -> Pack:
    """The pack in bytes that were just made."""
    made = unpack(content)
    if made is None:
        raise AssertionError("a pack just made cannot be read")
    return made


def kept(path: Path, compiled: Callable[[], bytes], told: Callable[[Text], None] | None) -> Pack:
    """What is compiled now, and kept in this file. told: hears why it cannot be, before the time that compiling takes where that is
    known then.
    """
    refused = refusal(path.parent)
    if refused and told:
        told(_not_kept(path.parent, refused))
    content = compiled()
    refused_now = None if refused else save(path, content)
    if refused_now and told:
        told(_not_kept(path.parent, refused_now))
    return of(content)


def _not_kept(folder: Path, error: OSError) -> Text:
    why = reason(error)
    return Text(
        f"les règles compilées ne peuvent pas être gardées dans {folder} ({why.fr}) et chaque commande les compile de nouveau, "
        "ce qui prend des secondes ; HARNESS_HOME doit nommer un dossier où l'on peut écrire, sur un disque qui a de la place.",
        f"the compiled rules cannot be kept in {folder} ({why.en}) and each command compiles them again, which takes seconds; "
        "HARNESS_HOME has to name a folder that can be written, on a disk that has room.",
    )


def save(path: Path, content: bytes) -> OSError | None:
    """Writes the file whole or not at all, whoever else is writing it; why the system refuses, when it does."""
    try:
        write_whole(path, content)
    except OSError as error:
        return error
    _forget_old(path)
    return None


def refusal(folder: Path) -> OSError | None:
    """Why nothing can be written in a folder, as far as a few bytes tell; None when they can."""
    import tempfile  # only when something changed

    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(bytes(1 << 16))
    except OSError as error:
        return error
    return None


def newest(folder: Path, prefix: str) -> Pack | None:
    """The last pack written under this prefix."""
    for path in _by_age(folder, prefix):
        found = open_file(path)
        if found is not None:
            return found
    return None


def _by_age(folder: Path, prefix: str) -> list[Path]:
    found: list[tuple[float, Path]] = []
    with contextlib.suppress(OSError):
        for path in folder.glob(f"{prefix}*.pack"):
            with contextlib.suppress(OSError):
                found.append((path.stat().st_mtime, path))
    return [path for _, path in sorted(found, reverse=True)]


def _forget_old(path: Path) -> None:
    for old in _by_age(path.parent, "")[KEPT:]:
        if old != path:
            with contextlib.suppress(OSError):
                old.unlink()
