"""Long contents in base64, pictures and documents within a CDA: nothing asks for their middle, so that it is not parsed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

ALPHABET = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
SPACES = b"\n \t\r"
_HOLDER = re.compile(  # not the `text` of a body without structure, which is asked whether it is PDF/A
    rb"<(?:[\w.-]+:)?value(?:\s+[^\s=<>]+\s*=\s*(?:\"[^\"<]*+\"|'[^'<]*+'))*\s*>"
)
_KEPT = 8192  # bytes at either end, which say what the content is, and whether it is whole
_SHORTEST_MIDDLE = 32_768
_SIGNS = 4  # of a group, which says three bytes


def without_middles(data: bytes, stretches: Iterable[tuple[int, int]]) -> bytes:
    """The document with its long contents shortened: of a middle that is sound, only the spaces, which hold the ends of lines,
    and after a number that is its own, so many signs that the whole can be decoded where it could. stretches: where they may
    stand, each from a `<` to before the next."""
    pieces: list[bytes] = []
    known: list[bytes] = []
    after = 0
    for first, last in _middles(data, stretches):
        middle = data[first:last]
        spaces = middle.translate(None, ALPHABET)
        if spaces.strip(SPACES):
            continue
        if middle not in known:  # what differs is told apart, as siblings that say the same are
            known.append(middle)
        number = b"%08d" % known.index(middle)
        pieces += data[after:first], number + b"A" * ((len(middle) - len(spaces)) % _SIGNS), spaces
        after = last
    return b"".join((*pieces, data[after:])) if pieces else data


def _middles(data: bytes, stretches: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Of those that are long; and whose last part is not mostly spaces."""
    for begin, end in stretches:
        holder = _HOLDER.match(data, begin, end) if end - begin > 2 * _KEPT + _SHORTEST_MIDDLE else None
        if holder is None or len(data[end - _KEPT : end].translate(None, SPACES)) < _KEPT // 2:
            continue
        first, last = holder.end() + _KEPT, end - _KEPT
        if last - first > _SHORTEST_MIDDLE:
            yield first, last
