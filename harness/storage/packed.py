"""What is inside a ZIP or gzip, within bounds: as much as is needed to see whether it may be kept."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator

_ZIP, _GZIP = b"PK\x03\x04", b"\x1f\x8b"
_MOST = 32 << 20  # bytes read of one archive, all its members together
_MEMBERS = 500


def is_packed(text: str) -> bool:
    """text: bytes read one by one (latin-1)."""
    return text.startswith((_ZIP.decode("latin-1"), _GZIP.decode("latin-1")))


def contents(data: bytes) -> Iterator[bytes]:
    """The content of each member that can be read, the beginning of what is larger than the bounds. Raises nothing."""
    if data.startswith(_GZIP):
        try:
            yield zlib.decompressobj(wbits=31).decompress(data, _MOST)
        except zlib.error:
            return
    elif data.startswith(_ZIP):
        yield from _members(data)


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
