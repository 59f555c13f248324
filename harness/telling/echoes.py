"""Secrets of a request that the other side sends back: only who sent them can know them again, whatever they stand in."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from html.entities import codepoint2name

from harness.secrets import HIDDEN, is_secret_header

_SHORTEST_SECRET = 8  # shorter values are met by chance, and are not searched for in what a server echoes
_REFERENCES = {"'": "apos"} | {chr(code): name for code, name in codepoint2name.items()}


def secret_values(headers: Mapping[str, str], secret_names: Iterable[str] = ()) -> tuple[bytes, ...]:
    """The secrets of a request that would be recognised if a server sent them back, the longest first.

    Whole values, tokens after their scheme, and the password that a Basic one holds.
    """
    secret = {name.lower() for name in secret_names}
    values: set[str] = set()
    for name, value in headers.items():
        if name.lower() in secret or is_secret_header(name):
            values |= {value, value.rpartition(" ")[2], *_basic_credentials(value)}
    return tuple(sorted((value.encode() for value in values if len(value) >= _SHORTEST_SECRET), key=len, reverse=True))


def mask_bytes(body: bytes, secrets: Iterable[bytes]) -> bytes:
    """The body with every echoed secret replaced, be it as it is, escaped for JSON, XML or a URL, or in base64."""
    for secret in secrets:
        body = _written(secret).sub(HIDDEN.encode(), body)
    return body


@lru_cache(maxsize=64)
def _written(secret: bytes) -> re.Pattern[bytes]:
    """What matches a secret however it is written."""
    spelled = "".join(f"(?:{'|'.join(_spellings(letter))})" for letter in secret.decode())
    return re.compile(b"|".join([spelled.encode(), *map(re.escape, _in_base64(secret))]))


def _spellings(letter: str) -> Iterator[str]:
    """Patterns of one character: itself, JSON escapes, XML and HTML references, percent-encoding of its bytes."""
    yield re.escape(letter)
    if letter in '"\\/':
        yield r"\\" + re.escape(letter)
    units = letter.encode("utf-16-be").hex()
    yield "".join(rf"\\u(?i:{units[start : start + 4]})" for start in range(0, len(units), 4))
    yield rf"&#0*{ord(letter)};"
    yield rf"&#[xX]0*(?i:{ord(letter):x});"
    if name := _REFERENCES.get(letter):
        yield f"&{name};"
    yield "".join(rf"%(?i:{byte:02x})" for byte in letter.encode())


def _in_base64(secret: bytes) -> Iterator[bytes]:
    """What of a secret shows in base64, wherever it begins in what is encoded, in either alphabet."""
    for before in range(3):
        data = bytes(before) + secret
        whole = base64.b64encode(data[: len(data) // 3 * 3])[-(-before * 8 // 6) :]
        if len(whole) >= _SHORTEST_SECRET:
            yield whole
            yield whole.translate(bytes.maketrans(b"+/", b"-_"))


def _basic_credentials(value: str) -> set[str]:
    scheme, _, token = value.partition(" ")
    if scheme.lower() != "basic":
        return set()
    try:
        credentials = base64.b64decode(token, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return set()
    return {credentials, credentials.partition(":")[2]}
