"""Bodies that travel compressed: read as they come, and never further than their bound."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator

from harness.exchange.failures import TooLarge, UnknownCoding

_AT_ONCE = 65_536
_GZIP_OR_ZLIB = 47
GZIP_MAGIC = b"\x1f\x8b"


def decoded(pieces: Iterable[bytes], coding: str, most: int) -> Iterator[bytes]:
    """The body piece by piece, its Content-Encoding undone.

    Raises TooLarge past `most` bytes in all, a bomb included; zlib.error for what cannot be decompressed or ends too early;
    UnknownCoding for a coding that was not asked for and that we do not read.
    """
    match coding.strip().lower():
        case "" | "identity":
            plain: Iterable[bytes] = pieces
        case "gzip" | "x-gzip" | "deflate":
            plain = _inflated(pieces)
        case other:
            raise UnknownCoding(other)
    room = most
    for piece in plain:
        room -= len(piece)
        if room < 0:
            raise TooLarge
        yield piece


def _inflated(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """A gzip body may be several members one after the other (RFC 1952, 2.2); what follows the last one is no part of it."""
    inflate, begun = zlib.decompressobj(wbits=_GZIP_OR_ZLIB), False
    for piece in pieces:
        while piece:
            if inflate.eof:
                if not piece.startswith(GZIP_MAGIC[: len(piece)]):
                    return
                inflate = zlib.decompressobj(wbits=_GZIP_OR_ZLIB)
            begun = True
            yield inflate.decompress(piece, _AT_ONCE)
            piece = inflate.unused_data if inflate.eof else inflate.unconsumed_tail
    while begun and not inflate.eof and (rest := inflate.decompress(b"", _AT_ONCE)):
        yield rest  # read already, and held back by the bound of the last piece
    if begun and not inflate.eof:
        raise zlib.error("the compressed body ends before its end")
