"""Where an element stands in its document: its line, and the lines around it."""

from __future__ import annotations

import re
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


class Places:
    """Lines and excerpts of one document, worked out when first asked for. masked: production INS are masked in excerpts."""

    def __init__(self, document: Document, *, masked: bool = False) -> None:
        self._document = document
        self._masked = masked
        self._lines: list[str] | None = None
        self._starts: dict[etree._Element, int] | None = None

    def line(self, element: etree._Element) -> int:
        """Of the beginning of the element, from 1; 0 when unknown."""
        last: int = element.sourceline or 0  # type: ignore[assignment]
        if not 0 < last < _LIBXML_LAST_LINE:
            if self._starts is None:
                self._starts = self._start_lines()
            return self._starts.get(element, last)
        return self._start_of_tag(element, last)

    def excerpt(self, line: int) -> Excerpt | None:
        """The line and those next to it, long ones cut; None when the line is unknown."""
        lines = self._all_lines()
        if not 1 <= line <= len(lines):
            return None
        first = max(1, line - _AROUND)
        near = [text.rstrip("\r") for text in lines[first - 1 : line + _AROUND]]
        shown = [text if len(text) <= _WIDTH else text[:_WIDTH] + "…" for text in near]
        return Excerpt(first, tuple(mask_ins(text) for text in shown) if self._masked else tuple(shown))

    def _all_lines(self) -> list[str]:
        if self._lines is None:
            self._lines = decoded(self._document).split("\n")
        return self._lines

    def _start_of_tag(self, element: etree._Element, last: int) -> int:
        """libxml2 keeps the line where a start tag ends; it begins on the nearest line above that opens a tag of its name."""
        lines = self._all_lines()
        tag = re.compile(rf"<(?:[\w.-]+:)?{re.escape(etree.QName(element).localname)}(?=[\s/>]|$)")
        for line in range(min(last, len(lines)), max(0, last - _LONGEST_TAG), -1):
            if tag.search(lines[line - 1]):
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


def decoded(document: Document) -> str:
    """The document's text in the encoding it announces; what that encoding cannot read is replaced."""
    data = document.data
    declared = _DECLARED.match(data)
    encoding = "utf-16" if data.startswith((b"\xff\xfe", b"\xfe\xff")) else declared[1].decode() if declared else "utf-8-sig"
    try:
        return data.decode(encoding, errors="replace")
    except LookupError:
        return data.decode("utf-8", errors="replace")
