"""Synthetic people only: a message that carries a production INS is refused before a byte of it leaves."""

from __future__ import annotations

import base64
import binascii
import html
import re
from urllib.parse import unquote_to_bytes

from harness.errors import ForbiddenProduction
from harness.model import Text

_PRODUCTION_INS = re.compile(rb"(?<![\d.])1\.2\.250\.1\.213\.1\.4\.[89](?!\d)")
_BASE64_RUN = re.compile(rb"[A-Za-z0-9+/]{28,}={0,2}")
_BASE64_URL_RUN = re.compile(rb"[A-Za-z0-9_-]{28,}={0,2}")
_JSON_ESCAPE = re.compile(rb"\\u00([0-9A-Fa-f]{2})")
_DEEPEST = 3  # a document in a Binary in a Bundle, and one more


def refuse_production(*parts: bytes | str) -> None:
    """Raises ForbiddenProduction when a production INS OID stands in one of the parts of a message (URL, header, body).

    It is found as written, percent-encoded, as JSON or XML escapes, in UTF-16, and inside base64 (a document in its Binary).
    """
    for part in parts:
        if carries_production(part.encode() if isinstance(part, str) else part):
            raise ForbiddenProduction(
                Text(
                    "Message non envoyé : il porte un OID d'INS de production.",
                    "Message not sent: it carries a production INS OID.",
                ),
                Text(
                    "Utiliser une identité de test (OID 1.2.250.1.213.1.4.10).",
                    "Use a test identity (OID 1.2.250.1.213.1.4.10).",
                ),
            )


def carries_production(data: bytes, depth: int = 0) -> bool:
    """Whether a production INS OID (arc 8 or 9 of 1.2.250.1.213.1.4) stands in the data, however it is encoded."""
    plain = data.replace(b"\0", b"")
    if any(_PRODUCTION_INS.search(reading) for reading in _readings(plain)):
        return True
    if depth >= _DEEPEST:
        return False
    return any(carries_production(inner, depth + 1) for inner in _base64_contents(plain))


def _readings(data: bytes) -> list[bytes]:
    readings = [data]
    if b"%" in data:
        once = unquote_to_bytes(data)
        readings += [once, unquote_to_bytes(once)]
    if b"\\u00" in data:
        readings.append(_JSON_ESCAPE.sub(lambda match: bytes.fromhex(match[1].decode()), data))
    if b"&#" in data:
        readings.append(html.unescape(data.decode("latin-1")).encode("latin-1", "replace"))
    return readings


def _base64_contents(data: bytes) -> list[bytes]:
    joined = data.translate(None, b" \t\r\n").replace(b"\\n", b"").replace(b"\\r", b"").replace(b"\\/", b"/")
    contents = []
    for run in (*_BASE64_RUN.findall(joined), *(run for run in _BASE64_URL_RUN.findall(joined) if b"-" in run or b"_" in run)):
        text = run.rstrip(b"=").replace(b"-", b"+").replace(b"_", b"/")
        text = text[: len(text) - 1] if len(text) % 4 == 1 else text
        try:
            contents.append(base64.b64decode(text + b"=" * (-len(text) % 4)))
        except binascii.Error:
            continue
    return contents
