"""What is inside an archive or a compressed body, and where one stands among the parts of a message, within bounds: to see whether
it may be kept."""

from __future__ import annotations

import bz2
import io
import lzma
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator
from typing import Protocol

_ZIP, _PDF = "PK\x03\x04", "%PDF-"
_ZLIB = ("x\x01", "x\x5e", "x\x9c", "x\xda")  # RFC 1950, with the window that all write; the second is a text's too
_STREAM = re.compile(rb"stream\r?\n(?=x[\x01\x5e\x9c\xda])")  # of a PDF, compressed alone
_IMAGE = re.compile(rb"/Subtype\s*/Image\b")
_BLANK = re.compile(r"\r?\n\r?\n")
_MOST = 32 << 20  # bytes read of one archive, all its members together
_MEMBERS = 500
_MEMORY = 128 << 20  # that a stream of xz may ask for


class _Unpacking(Protocol):
    @property
    def unused_data(self) -> bytes: ...

    def decompress(self, data: bytes, max_length: int, /) -> bytes: ...


_STREAMS: dict[str, Callable[[], _Unpacking]] = {
    "\x1f\x8b": lambda: zlib.decompressobj(wbits=31),
    "BZh": bz2.BZ2Decompressor,
    "\xfd7zXZ\0": lambda: lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=_MEMORY),
}
_MAGIC = (_ZIP, *_STREAMS)
_DAMAGED = (zlib.error, lzma.LZMAError, OSError, EOFError)


def is_packed(text: str, at: int = 0) -> bool:
    """text: bytes read one by one (latin-1); at: where in it."""
    return text.startswith(_MAGIC, at) or (text.startswith(_ZLIB, at) and _is_zlib(text[at : at + 1024]))


def is_pdf(text: str, at: int = 0) -> bool:
    """Its streams are compressed and its letters those of its fonts: what it says may not be found in it, nor can it be hidden."""
    return text.startswith(_PDF, at)


def _is_zlib(beginning: str) -> bool:
    """Whether this is the beginning of a zlib stream, which a text may only seem for a few bytes."""
    try:
        return bool(zlib.decompressobj().decompress(beginning.encode("latin-1", "replace"), 1 << 16))
    except zlib.error:
        return False


def packed_parts(text: str) -> Iterator[tuple[int, int]]:
    """Where each archive, compressed part or PDF of a multipart body is (RFC 2046), as it is written: from, to."""
    boundary = text.partition("\n")[0].rstrip("\r ") if text.startswith("--") else ""
    start = len(boundary)
    while boundary and (end := text.find(f"\n{boundary}", start)) >= 0:
        if (blank := _BLANK.search(text, start, end)) is not None:
            at = blank.end()
            if is_packed(text, at) or is_pdf(text, at):
                yield at, end - text.startswith("\r", end - 1)
        start = end + 1 + len(boundary)


def contents(data: bytes) -> Iterator[bytes]:
    """The content of each member that can be read, the beginning of what is larger than the bounds. Raises nothing.

    Of a PDF, its compressed streams.
    """
    head = data[:6].decode("latin-1")
    if head.startswith(_ZIP):
        yield from _members(data)
    elif head.startswith(_PDF):
        yield from _streams_of_pdf(data)
    else:
        magic = next((one for one in _STREAMS if head.startswith(one)), "")
        yield from _streams(data, magic.encode("latin-1"), _STREAMS.get(magic, zlib.decompressobj))


def _streams(data: bytes, magic: bytes, unpacking: Callable[[], _Unpacking]) -> Iterator[bytes]:
    """One stream or several, of which the contents are one; what follows the last is told as it is written."""
    found = bytearray()
    while data and data.startswith(magic) and len(found) < _MOST:
        stream = unpacking()
        try:
            found += stream.decompress(data, _MOST - len(found))
        except _DAMAGED:
            found += _sound_part(data, _MOST - len(found), unpacking())
            break
        data = stream.unused_data
        if not magic:  # of zlib alone, another stream does not follow the first
            break
    yield bytes(found)
    if data and not (magic and data.startswith(magic)):
        yield data


def _sound_part(data: bytes, most: int, stream: _Unpacking) -> bytes:
    """Of a damaged stream, byte by byte: nothing is given of the bytes among which the fault is met."""
    found = bytearray()
    for place in range(len(data)):
        if len(found) >= most:
            break
        try:
            found += stream.decompress(data[place : place + 1], most - len(found))
        except _DAMAGED:
            break
    return bytes(found)


def _streams_of_pdf(data: bytes) -> Iterator[bytes]:
    left = _MOST
    for count, found in enumerate(_STREAM.finditer(data)):
        if count == _MEMBERS or left <= 0:
            return
        if _IMAGE.search(data, data.rfind(b"obj", 0, found.start()) + 1, found.start()):
            continue
        end = data.find(b"endstream", found.end())
        try:
            content = zlib.decompressobj().decompress(data[found.end() : end if end >= 0 else None], left)
        except zlib.error:
            continue
        left -= len(content)
        yield content


def _members(data: bytes) -> Iterator[bytes]:
    left = _MOST
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for member in archive.infolist()[:_MEMBERS]:
                try:
                    with archive.open(member) as opened:
                        content = opened.read(left)
                except (RuntimeError, NotImplementedError, zipfile.BadZipFile, zlib.error, EOFError, OSError):
                    continue  # encrypted, of an unknown method, damaged
                left -= len(content)
                yield content
                if left <= 0:
                    return
    except (zipfile.BadZipFile, ValueError, OSError):
        return
