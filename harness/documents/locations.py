"""Where an element stands in its document: its line, and the lines around it."""

from __future__ import annotations

import re
from codecs import BOM_UTF8
from collections.abc import Iterator
from functools import cached_property, lru_cache
from io import BytesIO
from itertools import accumulate, chain, islice, pairwise
from xml.parsers import expat

from lxml import etree

from ..identifiers import mask_ins
from ..model import Excerpt
from .document import Document

_DECLARED = re.compile(rb"""(?:\xef\xbb\xbf)?<\?xml[^>]*encoding=["']([A-Za-z0-9._-]+)""")
_LIBXML_LAST_LINE = 65_535
_LONGEST_TAG = 200  # lines
_AROUND = 1
_WIDTH = 300
_SHORT = 100_000  # bytes
_DECODED = 4 * (_WIDTH + 1)  # bytes of a line, some of which may be half a character


class Places:
    """Lines and excerpts of one document, worked out when first asked for. masked: production INS are masked in excerpts."""

    def __init__(self, document: Document, *, masked: bool = False) -> None:
        self._document = document
        self._masked = masked
        self._starts: dict[etree._Element, int] | None = None
        self._excerpts: dict[int, Excerpt | None] = {}

    def line(self, element: etree._Element) -> int:
        """Line where the element begins, from 1; 0 when unknown."""
        last: int = element.sourceline or 0  # type: ignore[assignment]
        if not 0 < last < _LIBXML_LAST_LINE:
            if self._starts is None:
                self._starts = self._start_lines()
            return self._starts.get(element, last)
        return self._start_of_tag(element, last)

    def excerpt(self, line: int) -> Excerpt | None:
        """The line and those next to it, long ones cut; None when the line is unknown."""
        if line not in self._excerpts:  # several findings may stand on one
            self._excerpts[line] = self._excerpt(line)
        return self._excerpts[line]

    def _excerpt(self, line: int) -> Excerpt | None:
        lines = self._lines
        if not lines.has(line):
            return None
        first = max(1, line - _AROUND)
        shown = [text if len(text) <= _WIDTH else text[:_WIDTH] + "…" for text in lines.texts(first, line + _AROUND)]
        return Excerpt(first, tuple(map(mask_ins, shown) if self._masked else shown))

    @cached_property
    def _lines(self) -> _Lines | _FewLines:
        data, encoding = _bytes_of(self._document)
        return _FewLines(data, encoding) if len(data) <= _SHORT else _Lines(data, encoding)

    def _start_of_tag(self, element: etree._Element, last: int) -> int:
        """libxml2 keeps the line where a start tag ends; it begins on the nearest line above that opens a tag of its name."""
        lines = self._lines
        tag = _opening(element.tag.rpartition("}")[2])
        for line in range(last, max(0, last - _LONGEST_TAG), -1):
            if lines.has(line) and lines.holds(line, tag):
                return line
        return last

    def _start_lines(self) -> dict[etree._Element, int]:
        """Lines where tags begin, by a second reading, for documents longer than libxml2 can number.

        Empty when that reader does not know the encoding.
        """
        found: list[int] = []
        parser = expat.ParserCreate()
        parser.StartElementHandler = lambda _name, _attributes: found.append(parser.CurrentLineNumber)
        try:
            parser.Parse(self._document.data, True)
        except (expat.ExpatError, LookupError, ValueError):
            return {}
        root = self._document.root
        if root is None:
            return {}
        return dict(zip(root.iter("*"), found[self._document.first :], strict=False))


def _bytes_of(document: Document) -> tuple[bytes, str]:
    """The bytes of its text, in an encoding that ends a line with the byte of ASCII; and that encoding."""
    encoding = encoding_of(document)
    if not reads_ascii(encoding):
        return in_utf8(document), "utf-8"
    data = document.data
    return data.removeprefix(BOM_UTF8) if encoding.endswith("-sig") else data, encoding.removesuffix("-sig")


class _FewLines:
    """The lines of a short document, counted from 1, as pieces of it: found in a quarter of the time."""

    def __init__(self, data: bytes, encoding: str) -> None:
        self._pieces = BytesIO(data).readlines()  # in half the time of `split`, which looks at each byte
        if data.endswith(b"\n"):
            self._pieces.append(b"")
        self._encoding = encoding

    def has(self, line: int) -> bool:
        return 0 < line <= len(self._pieces)

    def texts(self, first: int, last: int) -> Iterator[str]:
        """The beginnings of the lines from first to last, as far as they exist: longer than what is shown of them."""
        for piece in self._pieces[first - 1 : last]:
            text = piece[:_DECODED].decode(self._encoding, "replace")
            yield text.rstrip("\r\n") if len(piece) <= _DECODED else text

    def holds(self, line: int, what: re.Pattern[bytes]) -> bool:
        return what.search(self._pieces[line - 1]) is not None


class _Lines:
    """The lines of a document, counted from 1 as far as one is asked for, never copied: one may be a body of 50 MB."""

    def __init__(self, data: bytes, encoding: str) -> None:
        self._data, self._encoding = data, encoding
        self._starts = [0]  # and where the next would
        empty_last = (len(data),) if data.endswith(b"\n") else ()
        self._further = chain(accumulate(map(len, BytesIO(data))), empty_last)

    def has(self, line: int) -> bool:
        """Whether there is such a line. They are numbered from 1."""
        unread = line + 1 - len(self._starts)
        if unread > 0:
            self._starts += islice(self._further, unread)
        return 0 < line < len(self._starts)

    def texts(self, first: int, last: int) -> Iterator[str]:
        """The beginnings of the lines from first to last, as far as they exist: longer than what is shown of them."""
        self.has(last)  # reads as far
        for start, end in pairwise(self._starts[first - 1 : last + 1]):
            cut = self._data[start : min(end, start + _DECODED)]
            text = cut.decode(self._encoding, "replace")
            yield text.rstrip("\r\n") if start + len(cut) == end else text

    def holds(self, line: int, what: re.Pattern[bytes]) -> bool:
        return what.search(self._data, self._starts[line - 1], self._starts[line]) is not None


@lru_cache(maxsize=512)
def _opening(name: str) -> re.Pattern[bytes]:
    return re.compile(rb"<(?:[\w.-]+:)?" + re.escape(name.encode()) + rb"(?=[\s/>]|$)")


def reads_ascii(encoding: str) -> bool:
    """Whether bytes below 128 are ASCII in this encoding."""
    try:
        return "<a>\n".encode(encoding.removesuffix("-sig")) == b"<a>\n"
    except LookupError:
        return False


def encoding_of(document: Document) -> str:
    """The encoding that the document declares."""
    declared = _DECLARED.match(document.data)
    if document.data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    if declared:
        return declared[1].decode()
    return "utf-8-sig" if document.data.startswith(BOM_UTF8) else "utf-8"


def in_utf8(document: Document) -> bytes:
    """The document's text in UTF-8 without a mark at its beginning: its own bytes wherever they are that."""
    if encoding_of(document).lower() in ("utf-8", "utf-8-sig", "us-ascii", "ascii"):
        return document.data.removeprefix(BOM_UTF8)
    return decoded(document).encode("utf-8", "replace")


def decoded(document: Document) -> str:
    """The document's text in the encoding it announces; what that encoding cannot read is replaced."""
    data = document.data
    try:
        return data.decode(encoding_of(document), errors="replace")
    except LookupError:
        return data.decode("utf-8", errors="replace")
