"""What must not reach the disk: the matricules of real people, and secrets: in headers, in addresses, under a name that tells one.

A message that names the authority of a real INS anywhere (as written, percent-encoded, escaped, or inside base64 such as
Binary.data) has every matricule it carries masked, wherever and however it is written, in its URL, headers and bodies.
What is found but cannot be masked in place (a number split over elements, escaped twice, in hexadecimal) is not kept.
An archive or a compressed body (ZIP, gzip, zlib, bzip2, xz) that carries one is not kept: nothing can be hidden in it without
making another of it. Nor is a PDF that names such an authority or comes with such a message: not all that it says can be found
in it.
Any other message is left as it is, byte for byte, but for the tokens and signatures of addresses in it.
"""

from __future__ import annotations

import base64
import binascii
import html
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from harness.addresses import HIDDEN, without_secrets
from harness.identifiers import INS_ROOT, carries_production_ins, is_ins, matricule_fault
from harness.model import Exchange, Finding, Request, Response
from harness.storage.packed import contents, is_packed, is_pdf, packed_parts
from harness.storage.values import dump, load

_SECRET_HEADER = re.compile(
    r"auth|cookie|token|secret|password|passwd|(?:api|access|private)-?key|credential|session", re.IGNORECASE
)
_HARMLESS_HEADERS = frozenset({"www-authenticate", "proxy-authenticate"})

NOT_KEPT = "(non conservé : un matricule INS de production / not kept: a production INS matricule)"

_SHOWN = 3  # sex and year of birth stay legible, as in findings
_HEAD = 13  # characters of a matricule before its key
_NESTED = 4  # base64 in base64: how deep we look
_GAP = r"(?:[ \t./_\xa0\u2000-\u200b\u202f-]|\xc2\xa0|\xe2\x80[\x80-\x8b\xaf])?"  # also as the bytes of UTF-8, read one by one
_MATRICULE = re.compile(
    rf"(?<!\d)[1-478]{_GAP}\d\d{_GAP}\d\d{_GAP}\d[\dABab]{_GAP}\d{{3}}{_GAP}\d{{3}}(?:{_GAP}\d\d)?(?!\d)", re.ASCII
)
# a backslash is in it for JSON, which may write \/ and the line breaks of MIME as \r\n
_BASE64 = re.compile(
    r"[A-Za-z0-9+/_\\-]{18,}(?:(?:(?:\r?\n|&#1[03];|&#x[AD];)+[ \t]*[A-Za-z0-9+/_\\-]+)| [A-Za-z0-9+/]{18,})*={0,2}"
)
_BASE64_NOISE = re.compile(r"\\r|\\n|&#1[03];|&#x[AD];|[\s\\]")
_ESCAPE = re.compile(r"\\u([0-9A-Fa-f]{4})")
_SOFT_BREAK = re.compile(r"=\r?\n")  # of quoted-printable
_PERCENT = re.compile(r"%([0-9A-Fa-f]{2})")
_QUOTED = re.compile(r"=([0-9A-F]{2})")  # of quoted-printable
_HL7 = re.compile(r"(?<=\\)X([0-9A-Fa-f]{2})(?=\\)")  # escapes of HL7 v2
_HEXADECIMAL = re.compile(r"(?:[0-9A-Fa-f]{2}){13,}")
_MARKUP = re.compile(r"<!--.*?-->|<!\[CDATA\[|\]\]>|<[^<>]*>|\"\s*,\s*\"", re.DOTALL)  # also between the texts of a list of JSON
_BETWEEN_DIGITS = re.compile(r"(?<=\d)[\s,;.\xa0-]+(?=\d)", re.ASCII)
_TIMES = 3  # escapes of escapes: how often they are undone


@dataclass(frozen=True, slots=True)
class Masked:
    """An exchange as it may be stored, and the matricules that were masked in it (empty: nothing was)."""

    exchange: Exchange
    matricules: frozenset[str]


def mask_exchange(exchange: Exchange, known: frozenset[str] = frozenset()) -> Masked:
    """Hides secrets, and the matricules of both messages when either names the authority of a real INS.

    known: matricules of real people that other messages of the same run carried, hidden wherever they come again.
    """
    sent, received = exchange.request, exchange.response
    request = replace(sent, url=without_secrets(sent.url), headers=_without_secrets(sent.headers), body=_without_tokens(sent.body))
    response = received and replace(received, headers=_without_secrets(received.headers), body=_without_tokens(received.body))
    matricules = _production_matricules(list(_parts(request, response)), known)
    if not matricules:
        return Masked(replace(exchange, request=request, response=response), frozenset())
    mask = _Mask(matricules)
    request = replace(request, url=mask.address(request.url), headers=mask.headers(request.headers), body=mask.body(request.body))
    response = response and replace(response, headers=mask.headers(response.headers), body=mask.body(response.body))
    return Masked(replace(exchange, request=request, response=response), matricules)


def mask_findings(findings: tuple[Finding, ...], exchange: Exchange) -> tuple[Finding, ...]:
    """What is found in a message, without what may not be kept of it."""
    if not findings:
        return ()
    cleaned = mask_text(dump(findings), mask_exchange(exchange).matricules)
    return load(tuple[Finding, ...], cleaned)


def mask_text(text: str, matricules: frozenset[str]) -> str:
    """A text of ours (a step's message) without secrets of addresses, nor the matricules masked in the messages it speaks of."""
    return _Mask(matricules).text(without_secrets(text)) if matricules else without_secrets(text)


def _without_secrets(headers: Mapping[str, str]) -> Mapping[str, str]:
    return {
        name: HIDDEN if _SECRET_HEADER.search(name) and name.lower() not in _HARMLESS_HEADERS else without_secrets(value)
        for name, value in headers.items()
    }


def _without_tokens(body: bytes) -> bytes:
    text = body.decode("latin-1")
    hidden = without_secrets(text)
    return body if hidden == text else hidden.encode("latin-1")


# ------------------------------------------------------------------ finding


def _parts(request: Request, response: Response | None) -> Iterator[str]:
    for message in (request, response):
        if message is not None:
            yield from message.headers.values()
            yield message.body.decode("latin-1")
    yield request.url


def _production_matricules(parts: list[str], known: frozenset[str]) -> frozenset[str]:
    """Every matricule of the messages, without separators and in capitals; only those known when no part names a real INS."""
    views = [view for part in parts for view in _views(part, _NESTED)]
    again = _told(known, views) if known else known
    if not any(INS_ROOT in view and carries_production_ins(view) for view in views):  # the root first: it is found much faster
        return again
    split = {match[0] for view in views for joined in _joined(view) for match in _MATRICULE.finditer(joined)}
    return again | _written_whole(views) | frozenset(one for one in map(_compact, split) if is_ins(one))


def _written_whole(views: list[str]) -> frozenset[str]:
    written = {match[0] for view in views for match in _MATRICULE.finditer(view)}
    compact = map(_compact, written)
    return frozenset(text for text in compact if len(text) == 15 or matricule_fault(text) is None)


def _told(matricules: frozenset[str], views: Iterable[str]) -> frozenset[str]:
    """Those that one of these texts tells beyond what may be shown of them, as it is written or as someone might read it."""
    readings = (_compact(reading) for view in views for reading in (view, *_joined(view)))
    return frozenset(matricule for digits in readings for matricule in matricules if matricule[_SHOWN:_HEAD] in digits)


def _compact(text: str) -> str:
    return re.sub("[^0-9A-B]", "", text.upper())


def _joined(view: str) -> Iterator[str]:
    """The view, read as someone might who wants to find a number that is written in pieces or in another notation."""
    if (text := _MARKUP.sub("", view)) != view:
        yield text
    yield _BETWEEN_DIGITS.sub("", view)
    if (text := _QUOTED.sub(_character, view)) != view:
        yield text
    if (text := _HL7.sub(_character, view)) != view:
        yield text.replace("\\", "")
    yield _HEXADECIMAL.sub(lambda run: bytes.fromhex(run[0]).decode("latin-1"), view)
    if not view.isascii():
        yield unicodedata.normalize("NFKC", view.encode("latin-1", "replace").decode("utf-8", "replace"))


def _views(text: str, depth: int) -> Iterator[str]:
    """The text, what it says once its escapes are undone, and the same of what is packed or in base64 in it."""
    yield text
    if depth and is_packed(text):
        for content in contents(text.encode("latin-1", "replace")):
            yield from _views(content.decode("latin-1"), depth - 1)
        return
    if depth and is_pdf(text):
        for content in contents(text.encode("latin-1", "replace")):
            yield from _views(content.decode("latin-1"), depth - 1)
    if depth:
        for start, end in packed_parts(text):
            yield from _views(text[start:end], depth - 1)
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
    if depth:
        for match in _BASE64.finditer(text):
            if (payload := _decoded(match[0])) is not None:
                yield from _views(payload.decode("latin-1"), depth - 1)


def _undone(text: str, undo: Callable[[str], str]) -> Iterator[str]:
    for _ in range(_TIMES):
        before, text = text, undo(text)
        if text == before:
            return
        yield text


def _character(escape: re.Match[str]) -> str:
    return chr(int(escape[1], 16))


def _decoded(run: str) -> bytes | None:
    """The bytes of a base64 payload in either alphabet, line breaks and escapes aside; None when it is not one."""
    compact = _BASE64_NOISE.sub("", run).rstrip("=").translate(str.maketrans("-_", "+/"))
    try:
        return base64.b64decode(compact + "=" * (-len(compact) % 4), validate=True)
    except binascii.Error:
        return None


# ------------------------------------------------------------------ masking


class _Mask:
    """Replaces the matricules it was given, however they are written, and keeps everything else."""

    def __init__(self, matricules: frozenset[str]) -> None:
        self._matricules = matricules
        heads = {matricule[:_HEAD] for matricule in matricules}
        self._pattern = re.compile("|".join(_any_writing(head) for head in sorted(heads)), re.IGNORECASE)

    def text(self, text: str) -> str:
        return self._pattern.sub(_stars, text)

    def address(self, url: str) -> str:
        return self._whole(self._encoded_too(url, _NESTED), HIDDEN)

    def headers(self, headers: Mapping[str, str]) -> Mapping[str, str]:
        return {name: self._whole(self._encoded_too(value, _NESTED), HIDDEN) for name, value in headers.items()}

    def body(self, body: bytes) -> bytes:
        return self._whole(self._nested(body.decode("latin-1"), _NESTED), NOT_KEPT).encode("latin-1")

    def _whole(self, text: str, otherwise: str) -> str:
        """The masked text, or what stands in its place when a number is in it that could not be masked where it is."""
        return otherwise if _told(self._matricules, _views(text, _NESTED)) else text

    def _nested(self, text: str, depth: int) -> str:
        if depth and is_packed(text):
            inside = (content.decode("latin-1") for content in contents(text.encode("latin-1")))
            return NOT_KEPT if any(self._nested(one, depth - 1) != one for one in inside) else text
        if is_pdf(text):
            return NOT_KEPT
        if not depth:
            return self.text(text)
        for start, end in reversed(list(packed_parts(text))):
            text = text[:start] + self._nested(text[start:end], depth - 1) + text[end:]
        return self._encoded_too(text, depth)

    def _encoded_too(self, text: str, depth: int) -> str:
        return _BASE64.sub(lambda match: self._payload(match[0], depth), self.text(text))

    def _payload(self, run: str, depth: int) -> str:
        payload = _decoded(run)
        if payload is None:
            return run
        content = payload.decode("latin-1")
        masked = self._nested(content, depth - 1)
        return run if masked == content else _encoded(masked.encode("latin-1"), run)


def _any_writing(matricule: str) -> str:
    """A pattern of the 13 characters and of the key if it follows: each one plain or escaped, in one piece or in groups."""
    sign = (
        r"=\r?\n|[ \t./_\xa0\u2000-\u200b\u202f-]|\xc2\xa0|\xe2\x80[\x80-\x8b\xaf]|%20|%C2%A0|\+"
        r"|&#(?:160|xa0|8239|x202f);|&nbsp;|\\u(?:00a0|202f)"
    )
    gap = rf"\0{{0,3}}(?:(?:{sign})\0{{0,3}})?"  # the zeros of UTF-16 and UTF-32
    characters = [_any_escape(character) for character in matricule]
    key = "(?:%[30][0-9]|&#x?0*[0-9]{2};|\\\\u003[0-9]|[0-9])"
    return gap.join(characters) + f"(?:{gap}{key}{gap}{key}(?![0-9]))?"


def _any_escape(character: str) -> str:
    code = ord(character)
    if character.isdigit():
        return f"(?:{character}|%{code:x}|&#0*{code};|&#x0*{code:x};|\\\\u{code:04x})"
    lower = code + 32
    codes = "|".join(f"%{one:x}|&#0*{one};|&#x0*{one:x};|\\\\u{one:04x}" for one in (code, lower))
    return f"(?:{character}|{codes})"


def _stars(match: re.Match[str]) -> str:
    """The same length where nothing was escaped, so that offsets, sizes and base64 keep their shape."""
    if re.search(r"[%&\\]", match[0]):
        return "*" * 15
    shown = 0
    characters = []
    for character in match[0]:
        characters.append(character if shown < _SHOWN or not character.isalnum() else "*")
        shown += character.isalnum()
    return "".join(characters)


def _encoded(data: bytes, like: str) -> str:
    """Base64 in the alphabet of the run it replaces, and with its padding and line breaks where it is as long."""
    text = base64.b64encode(data).decode("ascii")
    if re.search("[-_]", like):
        text = text.translate(str.maketrans("+/", "-_"))
    if len(text.rstrip("=")) != len(_BASE64_NOISE.sub("", like).rstrip("=")):
        return text
    text = text.rstrip("=")
    characters = iter(text)
    laid_out = []
    for piece in re.findall(r"\\r\\n|\\n|&#1[03];|&#x[AD];|\\/|[\s\S]", like):
        keeps = piece.isspace() or (len(piece) > 1 and piece != "\\/")
        laid_out.append(piece if keeps or piece == "=" else next(characters, ""))
    return "".join(laid_out) + "".join(characters)
