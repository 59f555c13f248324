"""Every notation in which a text may say an identifier: read here alike for what may not leave and for what may not be kept.

A text is what came, bytes read one by one (latin-1), or a text of Python's own (an address, a header).
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import html
import re
import unicodedata
from collections.abc import Callable, Collection, Iterator

from harness.identifiers.masking import carries_production_ins
from harness.identifiers.packed import contents, is_packed, is_pdf, packed_parts

NESTED = 4  # base64 in base64: how deep we look
_SHORT, _REMEMBERED = 128, 10_000  # runs are remembered as they are, longer ones as their SHA-256: characters, how many
_TIMES = 3  # escapes of escapes: how often they are undone
# a backslash is in it for JSON, which may write \/ and the line breaks of MIME as \r\n
BASE64 = re.compile(
    r"[A-Za-z0-9+/_\\-]{18,}(?:(?:(?:\r?\n|&#1[03];|&#x[AD];)+[ \t]*[A-Za-z0-9+/_\\-]+)| [A-Za-z0-9+/]{18,})*={0,2}"
)
BASE64_NOISE = re.compile(r"[\s\\&](?:(?<=\\)[rn]|(?<=&)#(?:1[03]|x[AD]);|(?<!&))")  # one class first: found much faster
_ESCAPE = re.compile(r"\\u([0-9A-Fa-f]{4})")
_SOFT_BREAK = re.compile(r"=\r?\n")  # of quoted-printable
_PERCENT = re.compile(r"%([0-9A-Fa-f]{2})")
_QUOTED = re.compile(r"=([0-9A-F]{2})")  # of quoted-printable
_HL7 = re.compile(r"X(?<=\\X)([0-9A-Fa-f]{2})(?=\\)")  # escapes of HL7 v2
_HEXADECIMAL = re.compile(r"[0-9A-Fa-f]{26,}")
_MARKUP = re.compile(
    r"<!--(?:(?!<!--).)*?-->|<!\[CDATA\[|\]\]>|<[^<>]*>|\"\s*,\s*\"", re.DOTALL
)  # also between the texts of a list of JSON
_BETWEEN_DIGITS = re.compile(r"[\s,;.\xa0-](?<=\d[\s,;.\xa0-])[\s,;.\xa0-]*(?=\d)", re.ASCII)

_Run = tuple[int, str | bytes]  # of base64: how deep it may be read yet
_NAMELESS: set[_Run | bytes] = set()  # runs, and the SHA-256 of whole texts


def names_production_ins(text: str) -> bool:
    """The authority of a real INS is named in it, in whatever notation.

    A text is read before it is sent and again when it is told, and most runs of base64 are names that come in every message: what
    was found to name none is not read again.
    """
    digest = _digest(text)
    if digest in _NAMELESS:
        return False
    seen: set[_Run] = set()
    views = _views(text, NESTED, seen, _NAMELESS)
    if any(carries_production_ins(reading) for view in views for reading in (view, *_respelled(view))):
        return True
    if len(_NAMELESS) > _REMEMBERED:
        _NAMELESS.clear()
    _NAMELESS.update((digest, *seen))
    return False


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()


def views(text: str) -> Iterator[str]:
    """The text, what it says once its escapes are undone, and the same of what is packed or in base64 in it."""
    return _views(text, NESTED, set())


def joined(view: str) -> Iterator[str]:
    """The view, read as someone might who wants to find an identifier that is written in pieces or in another notation."""
    yield _BETWEEN_DIGITS.sub("", view)  # where no OID can be: its dots are gone
    yield from _respelled(view)


def _respelled(view: str) -> Iterator[str]:
    if (text := _MARKUP.sub("", view)) != view:
        yield text
    if (text := _QUOTED.sub(_character, view)) != view:
        yield text
    if (text := _HL7.sub(_character, view)) != view:
        yield text.replace("\\", "")
    if (text := _HEXADECIMAL.sub(_of_bytes, view)) != view:
        yield text
    if not (view.isascii() or unicodedata.is_normalized("NFKC", text := _characters(view))):
        yield unicodedata.normalize("NFKC", text)


def decoded(run: str) -> str | None:
    """What a run of base64 says in either alphabet, line breaks and escapes aside; None when it is not one."""
    compact = BASE64_NOISE.sub("", run).rstrip("=").translate(str.maketrans("-_", "+/"))
    try:
        return base64.b64decode(compact + "=" * (-len(compact) % 4), validate=True).decode("latin-1")
    except binascii.Error:
        return None


def _views(text: str, depth: int, seen: set[_Run], harmless: Collection[_Run | bytes] = ()) -> Iterator[str]:
    """seen: runs of base64 that were read already, as most are found again once the escapes around them are undone.

    harmless: runs that need not be read.
    """
    yield text
    packed = is_packed(text)
    if depth and (packed or is_pdf(text)):
        for content in contents(text.encode("latin-1", "replace")):
            yield from _views(content.decode("latin-1"), depth - 1, seen, harmless)
        if packed:
            return
    for start, end in packed_parts(text) if depth else ():
        yield from _views(text[start:end], depth - 1, seen, harmless)
    for plain in (text, *_unescaped(text)):
        if plain is not text:
            yield plain
        for run in BASE64.findall(plain) if depth else ():
            key = depth, run if len(run) <= _SHORT else _digest(run)
            if key in seen or key in harmless:
                continue
            seen.add(key)
            if (payload := decoded(run)) is not None:
                yield from _views(payload, depth - 1, seen, harmless)


def _unescaped(text: str) -> Iterator[str]:
    if _SOFT_BREAK.search(text):
        yield _SOFT_BREAK.sub("", text)
    if "%" in text:
        yield from _undone(text, lambda escaped: _PERCENT.sub(_character, escaped))
    if "&#" in text or "&amp;#" in text:
        yield from _undone(text, html.unescape)
    if "\\u" in text:
        yield _ESCAPE.sub(_character, text)
    if "\0" in text:
        yield text.replace("\0", "")  # UTF-16, UTF-32


def _undone(text: str, undo: Callable[[str], str]) -> Iterator[str]:
    for _ in range(_TIMES):
        before, text = text, undo(text)
        if text == before:
            return
        yield text


def _of_bytes(run: re.Match[str]) -> str:
    end = len(run[0]) // 2 * 2
    return bytes.fromhex(run[0][:end]).decode("latin-1") + run[0][end:]


def _character(escape: re.Match[str]) -> str:
    return chr(int(escape[1], 16))


def _characters(view: str) -> str:
    """Those that its bytes write in UTF-8, when it is bytes."""
    try:
        return view.encode("latin-1").decode("utf-8", "replace")
    except UnicodeEncodeError:
        return view
