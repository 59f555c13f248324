"""Text that came from outside, made safe to print and to encode."""

from __future__ import annotations

import re

# Control characters, the marks that reverse the direction of what follows, halves of surrogate pairs and the two
# non-characters that XML forbids: a document must not be able to drive the terminal or break the file that shows its report.
_UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")


def printable(text: str) -> str:
    """The text with whatever could act on a terminal, or not be encoded, replaced by U+FFFD. Line ends become line feeds."""
    return _UNPRINTABLE.sub("\ufffd", text.replace("\r\n", "\n").replace("\r", "\n"))
