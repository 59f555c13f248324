"""Mends of a document as replacements in its text: an attribute written, an element moved among its siblings."""

from __future__ import annotations

import difflib
import re
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from xml.parsers import expat
from xml.sax.saxutils import escape

from ..model import Replacement
from .document import Document
from .locations import decoded, encoding_of, in_utf8, reads_ascii
from .mends import Mend, SetAttribute

_NAME = re.compile(rb"<[^\s/>]+")
_PART = 1 << 20
_LARGEST_MOVED = 100_000  # bytes; a larger element makes a patch nobody reads


class Patcher:
    """Finds where in the text the elements of one document stand. Empty answers when its text cannot be read a second time."""

    def __init__(self, document: Document) -> None:
        self._bytes = in_utf8(document)
        self._lines = [-1, *(found.start() for found in re.finditer(b"\n", self._bytes))]
        self._first = document.first
        self._spans = _spans(self._bytes)

    def replacements(self, mend: Mend) -> tuple[Replacement, ...]:
        """In the order of the text, none over another."""
        wanted = (mend.order,) if isinstance(mend, SetAttribute) else (mend.order, mend.beside)
        if max(wanted) + self._first >= len(self._spans):
            return ()
        if isinstance(mend, SetAttribute):
            return (self._attribute(mend),)
        begin, end = self._spans[mend.order + self._first]
        begin -= len(self._space_before(begin))
        first, last = self._spans[mend.beside + self._first]
        place = last if mend.after else first - len(self._space_before(first))
        if begin <= place <= end or end - begin > _LARGEST_MOVED:
            return ()
        cut = self._replacement(begin, end, "")
        paste = self._replacement(place, place, self._bytes[begin:end].decode("utf-8", "replace"))
        return (cut, paste) if begin < place else (paste, cut)

    def _attribute(self, mend: SetAttribute) -> Replacement:
        start = self._spans[mend.order + self._first][0]
        tag = self._bytes[start : _end_of_tag(self._bytes, start)]
        written = re.search(rb"\s" + re.escape(mend.name.encode()) + rb"\s*=\s*(\"[^\"]*\"|'[^']*')", tag)
        value = escape(mend.value, {'"': "&quot;", "\n": "&#10;", "\t": "&#9;"})
        if written is not None:
            return self._replacement(start + written.start(1), start + written.end(1), f'"{value}"')
        name = _NAME.match(tag)
        place = start + (name.end() if name else 0)
        return self._replacement(place, place, f' {mend.name}="{value}"')

    def _space_before(self, place: int) -> bytes:
        space = re.search(rb"\s*\Z", self._bytes[max(0, place - 500) : place])
        return space[0] if space else b""

    def _replacement(self, begin: int, end: int, text: str) -> Replacement:
        return Replacement(*self._place(begin), *self._place(end), text)

    def _place(self, offset: int) -> tuple[int, int]:
        """Line and column of a byte, from 1, columns in characters."""
        line = bisect_left(self._lines, offset)
        start = self._lines[line - 1] + 1
        return line, len(self._bytes[start:offset].decode("utf-8", "replace")) + 1


def mended(text: str, mends: Iterable[Sequence[Replacement]]) -> tuple[str, int]:
    """The text with all mends but those that touch one made before, and how many were made."""
    lines = text.split("\n")
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line) + 1)
    taken: list[tuple[int, int, str]] = []
    made = 0
    for replacements in mends:
        edits = [
            (starts[one.line - 1] + one.column - 1, starts[one.end_line - 1] + one.end_column - 1, one.text) for one in replacements
        ]
        if edits and not any(_touch(edit, other) for edit in edits for other in taken):
            taken += edits
            made += 1
    for begin, end, new in sorted(taken, reverse=True):
        text = text[:begin] + new + text[end:]
    return text, made


def _touch(one: tuple[int, int, str], other: tuple[int, int, str]) -> bool:
    return one[0] <= other[1] and other[0] <= one[1]


def patch(document: Document, new: str) -> str:
    """What makes a document's text the new one, as `patch -p0` and `git apply -p0` read it.

    Written with `surrogateescape`, its lines are the bytes of the file, whatever its encoding. Empty where no patch can be: UTF-16,
    or bytes that the encoding cannot read.
    """
    encoding = encoding_of(document)
    old = decoded(document)
    if not reads_ascii(encoding) or old.encode(encoding, "replace") != document.data:
        return ""
    return unified_diff(document.path, _as_bytes(old, encoding), _as_bytes(new, encoding))


def _as_bytes(text: str, encoding: str) -> str:
    """The bytes of a text as surrogates, but for what is UTF-8; what the encoding lacks is written as XML allows."""
    return text.encode(encoding, "xmlcharrefreplace").decode("utf-8", "surrogateescape")


def unified_diff(path: str, text: str, new: str) -> str:
    """A patch as `patch -p0` and `git apply -p0` read it."""
    name = _named(path)
    lines = difflib.unified_diff(_lines(text), _lines(new), name, name)
    return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)


def _named(path: str) -> str:
    """A name as both read it: a space would end it but for the tab after it; what would break the line is quoted as in C."""
    if re.search(r'[\x00-\x1f"\\\x7f]', path):
        quoted = re.sub(r'["\\]', r"\\\g<0>", path)
        return '"' + re.sub(r"[\x00-\x1f\x7f]", lambda found: f"\\{ord(found[0]):03o}", quoted) + '"'
    return f"{path}\t" if " " in path else path


def _lines(text: str) -> list[str]:
    """With their ends; only a line feed ends a line, as for `patch`."""
    return re.findall(r"[^\n]*\n|[^\n]+\Z", text)


def _spans(data: bytes) -> list[tuple[int, int]]:
    """First byte and end of each element, in document order."""
    spans: list[tuple[int, int]] = []
    open_elements: list[int] = []
    parser = expat.ParserCreate("utf-8")

    def start(_name: str, _attributes: object) -> None:
        open_elements.append(len(spans))
        spans.append((parser.CurrentByteIndex, 0))

    def end(_name: str) -> None:
        place = parser.CurrentByteIndex
        number = open_elements.pop()
        begin = spans[number][0]
        after = _end_of_tag(data, begin)
        spans[number] = (begin, after if data[after - 2 : after] == b"/>" else _end_of_tag(data, place))

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    try:
        for place in range(0, len(data), _PART):  # the parser copies what it is given
            parser.Parse(data[place : place + _PART])
        parser.Parse(b"", True)
    except (expat.ExpatError, LookupError, ValueError):
        return []
    return spans


def _end_of_tag(data: bytes, start: int) -> int:
    """The byte after the `>` of the tag that starts here; `>` in a value of an attribute does not count."""
    place = start
    while True:
        close = data.find(b">", place)
        if close < 0:
            return len(data)
        tag = data[start:close]
        quotes = re.findall(rb"\"[^\"]*\"|'[^']*'|[\"']", tag)
        if not quotes or len(quotes[-1]) > 1:
            return close + 1
        place = close + 1
