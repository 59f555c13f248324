"""Secrets that an address carries in its parameters: found in the same words wherever a message, a report or a record holds one."""

from __future__ import annotations

import re

HIDDEN = "***"
SECRET_PARAMETERS = frozenset(
    {
        *("access_token", "api_key", "apikey", "client_secret", "id_token", "jwt", "key", "password", "refresh_token", "secret"),
        *("sig", "signature", "token"),  # what signs an address that may be called for a while
        *("x-amz-credential", "x-amz-security-token", "x-amz-signature", "x-goog-credential", "x-goog-signature"),
    }
)

# The sign before a parameter and the one before its value, as they are and as JSON, XML and another address write them
_PARAMETER = re.compile(
    rf"(?P<name>(?:[?&;]|\\u0026|%3F|%26)(?:{'|'.join(sorted(map(re.escape, SECRET_PARAMETERS)))})(?:=|\\u003d|%3D))"
    r"(?:(?!%26|%22)[^&\"'<>\s\\;#])+",
    re.IGNORECASE,
)


def without_secrets(text: str) -> str:
    """The text, whatever it is, with the value of each such parameter of an address in it replaced."""
    return _PARAMETER.sub(rf"\g<name>{HIDDEN}", text) if "=" in text or "3d" in text or "3D" in text else text
