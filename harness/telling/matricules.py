"""The matricules of real people that a message carries, and the message without them.

A message that names the authority of a real INS anywhere (as written, percent-encoded, escaped, or inside base64 such as
Binary.data) has every matricule it carries masked, wherever and however it is written, in its URL, headers and bodies.
What is found but cannot be masked in place (a number split over elements, escaped twice, in hexadecimal) is not kept.
An archive or a compressed body (ZIP, gzip, zlib, bzip2, xz) that carries one is not kept: nothing can be hidden in it without
making another of it. Nor is a PDF that names such an authority or comes with such a message: not all that it says can be found
in it.
Any other message is left as it is, byte for byte.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Iterator, Mapping

from harness.identifiers import is_ins, matricule_fault
from harness.identifiers.notations import BASE64, BASE64_NOISE, NESTED, decoded, joined, names_production_ins, views
from harness.identifiers.packed import contents, is_packed, is_pdf, packed_parts
from harness.model import Exchange
from harness.secrets import HIDDEN

NOT_KEPT = "(non conservé : un matricule INS de production / not kept: a production INS matricule)"

_SHOWN = 3  # sex and year of birth stay legible, as in findings
_HEAD = 13  # characters of a matricule before its key
_GAP = r"(?:[ \t./_\xa0\u2000-\u200b\u202f-]|\xc2\xa0|\xe2\x80[\x80-\x8b\xaf])?"  # also as the bytes of UTF-8, read one by one
_MATRICULE = re.compile(
    rf"(?<!\d)[1-478]{_GAP}\d\d{_GAP}\d\d{_GAP}\d[\dABab]{_GAP}\d{{3}}{_GAP}\d{{3}}(?:{_GAP}\d\d)?(?!\d)", re.ASCII
)


# ------------------------------------------------------------------ finding


def matricules_of(exchange: Exchange, known: frozenset[str] = frozenset()) -> frozenset[str]:
    """Every matricule of the messages, without separators and in capitals; only those known when no part names a real INS.

    known: matricules of real people that other messages carried, found wherever they come again.
    """
    named = any(map(names_production_ins, _parts(exchange)))
    if not (named or known):
        return known
    whole = [view for part in _parts(exchange) for view in views(part)]
    again = _told(known, whole)
    if not named:
        return again
    split = {match[0] for view in whole for reading in joined(view) for match in _MATRICULE.finditer(reading)}
    return again | _written_whole(whole) | frozenset(one for one in map(_compact, split) if is_ins(one))


def _parts(exchange: Exchange) -> Iterator[str]:
    yield exchange.request.url
    for message in (exchange.request, exchange.response):
        if message is not None:
            yield from (*message.headers, *message.headers.values())
            yield message.body.decode("latin-1")


def _written_whole(whole: list[str]) -> frozenset[str]:
    written = {match[0] for view in whole for match in _MATRICULE.finditer(view)}
    compact = map(_compact, written)
    return frozenset(text for text in compact if len(text) == 15 or matricule_fault(text) is None)


def _told(matricules: frozenset[str], whole: Iterable[str]) -> frozenset[str]:
    """Those that one of these texts tells beyond what may be shown of them, as it is written or as someone might read it."""
    readings = (_compact(reading) for view in whole for reading in (view, *joined(view)))
    return frozenset(matricule for digits in readings for matricule in matricules if matricule[_SHOWN:_HEAD] in digits)


def _compact(text: str) -> str:
    return re.sub("[^0-9A-B]", "", text.upper())


# ------------------------------------------------------------------ masking


class Mask:
    """Replaces the matricules it was given, however they are written, and keeps everything else."""

    def __init__(self, matricules: frozenset[str]) -> None:
        self._matricules = matricules
        heads = {matricule[:_HEAD] for matricule in matricules}
        self._pattern = re.compile("|".join(_any_writing(head) for head in sorted(heads)), re.IGNORECASE)

    def text(self, text: str) -> str:
        return self._pattern.sub(_stars, text)

    def address(self, text: str) -> str:
        return self._whole(self._encoded_too(text, NESTED), HIDDEN)

    def headers(self, headers: Mapping[str, str]) -> Mapping[str, str]:
        """Their names are the other side's too, and may say as much as their values."""
        return {self.address(name): self.address(value) for name, value in headers.items()}

    def body(self, body: bytes) -> bytes:
        text = body.decode("latin-1")
        return self._whole(self._nested(text, NESTED), NOT_KEPT).encode("latin-1")

    def _whole(self, text: str, otherwise: str) -> str:
        """The masked text, or what stands in its place when a number is in it that could not be masked where it is."""
        return otherwise if _told(self._matricules, views(text)) else text

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
        return BASE64.sub(lambda match: self._payload(match[0], depth), self.text(text))

    def _payload(self, run: str, depth: int) -> str:
        payload = decoded(run)
        if payload is None:
            return run
        masked = self._nested(payload, depth - 1)
        return run if masked == payload else _encoded(masked.encode("latin-1"), run)


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
    if len(text.rstrip("=")) != len(BASE64_NOISE.sub("", like).rstrip("=")):
        return text
    text = text.rstrip("=")
    characters = iter(text)
    laid_out = []
    for piece in re.findall(r"\\r\\n|\\n|&#1[03];|&#x[AD];|\\/|[\s\S]", like):
        keeps = piece.isspace() or (len(piece) > 1 and piece != "\\/")
        laid_out.append(piece if keeps or piece == "=" else next(characters, ""))
    return "".join(laid_out) + "".join(characters)
