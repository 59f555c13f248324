"""Bodies and pictures in base64: whether the content can be decoded, and is of the type that it is said to be."""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterator, Mapping

from ...documents.long_contents import ALPHABET, SPACES
from ..node import Node, once

_PART = 1 << 16  # characters looked at together, so that a body of 50 MB is never copied whole
_PDF_END = 2048  # bytes before the end among which %%EOF stands
_PDF_START = 1024  # bytes among which readers look for its mark, as Acrobat does
_SMALL = 400  # signs in base64: a shorter picture only holds the place of one
_TAIL = (_PDF_END // 3 + 1) * 4  # characters that say these bytes
_LOCKED = re.compile(rb"/Encrypt\s*(?:\d+\s+\d+\s+R|<<)")
_PDFA = re.compile(rb"pdfaid:part\s*(?:=\s*[\"']|>\s*)(\d)")

# media type -> what its content begins with
_MARKS: Mapping[str, tuple[bytes, ...]] = {
    "application/pdf": (b"%PDF-",),
    "image/jpeg": (b"\xff\xd8\xff",),
    "image/png": (b"\x89PNG\r\n\x1a\n",),
    "image/gif": (b"GIF87a", b"GIF89a"),
    "image/tiff": (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"),
    "text/rtf": (b"{\\rtf",),
    "application/rtf": (b"{\\rtf",),
}
_BOM = b"\xef\xbb\xbf"
_BEGINNINGS = tuple(mark for marks in _MARKS.values() for mark in marks)
_PICTURES = tuple(mark for media, marks in _MARKS.items() if media.startswith("image/") for mark in marks)
_OF_NO_PICTURE = tuple(mark for mark in _BEGINNINGS if mark not in _PICTURES)
_UNLIKE = re.compile(r"text/(?!.*(?:rich|rtf))|audio/|video/|.+[/+](?:xml|json|zip)$|application/vnd\.openxmlformats")


@once  # several rules ask, and a content may be large
def content_fault(node: Node) -> str:
    """What is wrong, as one word, or the empty text.

    `empty`, `base64` (cannot be decoded), `kind` (not what its mediaType says), `other` (a picture, of another kind), `cut` (a PDF
    or a PNG without its end), `locked` (a PDF that is encrypted, as its end says), `plain` (said to be compressed, and is not).

    node: an element whose text is in base64; a compressed content is decoded and no more.
    """
    media = node.attributes.get("mediaType", "text/plain")
    if "reference" in node.named and not node.has_text:
        return ""  # its content is what the reference leads to
    return base64_fault(node.text, media, compressed=bool(node.attributes.get("compression")))


def begins_as_another(text: str, media: str) -> bool:
    """Whether a content in base64 begins as a type that is surely not the one it says to be.

    Of other types nothing is sure: a Word document may be RTF, an animated PNG begins as one, and DICOM leaves room for a TIFF.
    """
    media = _bare(media)
    own = _MARKS.get(media)
    if own is not None or _UNLIKE.match(media):
        others = _BEGINNINGS
    elif media.startswith("image/"):
        others = _OF_NO_PICTURE
    else:
        return False
    start = _decoded(text, 64).lstrip(_BOM)
    return start.startswith(others) and not (own and start.startswith(own))


def base64_fault(text: str, media: str, *, compressed: bool = False) -> str:
    """What is wrong with a content in base64, as `content_fault` tells it."""
    length, padding = 0, 0
    for part in _parts(text):
        others = part.translate(None, ALPHABET)  # most parts hold none, or the ends of their lines
        equals = others.translate(None, SPACES)
        signs = len(part) - len(others)
        if equals.strip(b"=") or (padding and signs) or (equals and b"=" in part.translate(None, SPACES).rstrip(b"=")):
            return "base64"
        padding += len(equals)
        length += signs + len(equals)
    if not length:
        return "empty"
    if length % 4 or padding > 2:
        return "base64"
    media = _bare(media)
    marks = _MARKS.get(media)
    if compressed:
        return "plain" if marks is not None and _decoded(text, 64).startswith(marks) else ""
    if marks is not None and not (start := _decoded(text, 64).lstrip(_BOM)).startswith(marks):
        if media == "application/pdf" and marks[0] in _decoded(text, _PDF_START):
            return _fault_of_pdf(text)
        return "other" if start.startswith(_PICTURES) and media.startswith("image/") else "kind"
    if marks is None and media == "text/plain" and begins_as_another(text, media):
        return "kind"
    if media == "image/png" and length > _SMALL and b"IEND" not in binascii.a2b_base64(_last_signs(text)):
        return "cut"
    return _fault_of_pdf(text) if media == "application/pdf" else ""


def _fault_of_pdf(text: str) -> str:
    end = binascii.a2b_base64(_last_signs(text))
    return "cut" if b"%%EOF" not in end else "locked" if _LOCKED.search(end) else ""


def claims_pdfa1(node: Node) -> bool:
    """A PDF in base64 says in its metadata that it is PDF/A-1; true of anything that is not a PDF, or is compressed."""
    if _bare(node.attributes.get("mediaType", "")) != "application/pdf" or node.attributes.get("compression"):
        return True
    found = _PDFA.search(_decoded(node.text))
    return found is not None and found[1] == b"1"


def _bare(media: str) -> str:
    """The media type without its parameters."""
    return media.partition(";")[0].strip().lower()


def _parts(text: str) -> Iterator[bytes]:
    for start in range(0, len(text), _PART):
        yield text[start : start + _PART].encode("ascii", "replace")


def _without_spaces(part: bytes) -> bytes:
    """Many have none, which is soon seen."""
    return part.translate(None, SPACES) if any(space in part for space in SPACES) else part


def _last_signs(text: str) -> bytes:
    """Of a content that can be decoded: those that say its last bytes."""
    end, found = len(text), b""
    while end > 0 and len(found) < _TAIL:
        found = _without_spaces(text[max(0, end - _TAIL) : end].encode("ascii")) + found
        end -= _TAIL
    return found[-_TAIL:]


def _decoded(text: str, length: int | None = None) -> bytes:
    """The first bytes, or all; empty when it is not base64."""
    said = b"".join(map(_without_spaces, _parts(text if length is None else text[: 4 * length])))
    try:
        return binascii.a2b_base64(said[: len(said) // 4 * 4])[:length]
    except binascii.Error:
        return b""
