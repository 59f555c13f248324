"""What is inside a ZIP or gzip, and where one stands among the parts of a message, within bounds: to see whether it may be kept."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator

_ZIP, _GZIP = b"PK\x03\x04", b"\x1f\x8b"
_PDF = "%PDF-"
_OPAQUE = (_ZIP.decode("latin-1"), _GZIP.decode("latin-1"), _PDF)
_BLANK = re.compile(r"\r?\n\r?\n")
_MOST = 32 << 20  # bytes read of one archive, all its members together
_MEMBERS = 500


def is_packed(text: str) -> bool:
    """text: bytes read one by one (latin-1)."""
    return text.startswith(_OPAQUE[:2])


def is_pdf(text: str) -> bool:
    """Its streams are compressed and its letters those of its fonts: what it says cannot be found in it, nor hidden."""
    return text.startswith(_PDF)


def packed_parts(text: str) -> Iterator[tuple[int, int]]:
    """Where each ZIP, gzip or PDF is that is a part of a multipart body (RFC 2046), as it is written: from, to."""
    boundary = text.partition("\n")[0].rstrip("\r ") if text.startswith("--") else ""
    start = len(boundary)
    while boundary and (end := text.find(f"\n{boundary}", start)) >= 0:
        if (blank := _BLANK.search(text, start, end)) is not None and text.startswith(_OPAQUE, blank.end()):
            yield blank.end(), end - text.startswith("\r", end - 1)
        start = end + 1 + len(boundary)


def contents(data: bytes) -> Iterator[bytes]:
    """The content of each member that can be read, the beginning of what is larger than the bounds. Raises nothing."""
    if data.startswith(_GZIP):
        yield from _streams(data)
    elif data.startswith(_ZIP):
        yield from _members(data)


def _streams(data: bytes) -> Iterator[bytes]:
    """A gzip is one stream or several, of which the contents are one; what follows the last is told as it is written."""
    found = bytearray()
    while data.startswith(_GZIP) and len(found) < _MOST:
        stream = zlib.decompressobj(wbits=31)
        try:
            found += stream.decompress(data, _MOST - len(found))
        except zlib.error:
            found += _sound_part(data, _MOST - len(found))
            break
        data = stream.unused_data
    yield bytes(found)
    if data and not data.startswith(_GZIP):
        yield data


def _sound_part(data: bytes, most: int) -> bytes:
    """Of a damaged stream, byte by byte: zlib gives nothing of the bytes among which it meets the fault."""
    stream = zlib.decompressobj(wbits=31)
    found = bytearray()
    for place in range(len(data)):
        if len(found) >= most:
            break
        try:
            found += stream.decompress(data[place : place + 1], most - len(found))
        except zlib.error:
            break
    return bytes(found)


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
