"""Files of which each line is a resource (NDJSON)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

SUFFIXES = (".ndjson", ".jsonl")


def is_by_line(path: str, data: bytes) -> bool:
    """Whether each line is a resource (NDJSON): by the name of the file, or when two lines follow that are each an object."""
    if path.lower().endswith(SUFFIXES):
        return True
    if not data.startswith(b"{"):
        return False
    end = data.find(b"\n")
    return end > 0 and data[:end].rstrip().endswith(b"}") and data[end : end + 64].lstrip().startswith(b"{")


def whole_lines(pieces: Iterable[bytes], most: int) -> Iterator[bytes | int]:
    """The lines that pieces make; of one that is longer than that, its length alone."""
    parts: list[bytes] = []
    length = 0
    for piece in pieces:
        start = 0
        while (end := piece.find(b"\n", start)) >= 0:
            parts.append(piece[start:end])
            yield b"".join(parts) if length + end - start <= most else length + end - start
            parts, length, start = [], 0, end + 1
        length += len(piece) - start
        if length <= most:
            parts.append(piece[start:])
        else:
            parts.clear()
    if length:
        yield b"".join(parts) if length <= most else length
