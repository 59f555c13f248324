"""Secrets that a header, an address or a text carries: found in the same words wherever one is held."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

HIDDEN = "***"
_NAMES = frozenset(  # what is a secret wherever something has this name
    {
        *("access_token", "api_key", "apikey", "authorization", "client_assertion", "client_secret", "cookie", "id_token"),
        *("jsessionid", "jwt", "passwd", "password", "pwd", "refresh_token", "secret", "session_id", "sessionid", "set-cookie"),
        *("token", "x-api-key", "x-auth-token"),
    }
)
_PARAMETERS = _NAMES | {  # of an address, where they sign what may be called for a while
    *("key", "samlresponse", "sig", "signature"),
    *("x-amz-credential", "x-amz-security-token", "x-amz-signature", "x-goog-credential", "x-goog-signature"),
}
_PERCENT = "%(?:25)*"  # in an address, in one that is a parameter of another ...
_SECRET_HEADER = re.compile(
    r"auth|cookie|token|secret|password|passwd|(?:api|access|private)-?key|credential|session", re.IGNORECASE
)
_HARMLESS_HEADERS = frozenset({"www-authenticate", "proxy-authenticate"})


def _any(names: frozenset[str]) -> str:
    """One of the names, be its signs escaped as in an address."""
    escaped = (re.escape(name).replace("_", f"(?:_|{_PERCENT}5F)").replace(r"\-", f"(?:-|{_PERCENT}2D)") for name in sorted(names))
    return f"(?:{'|'.join(escaped)})"


_N = _any(_NAMES)
_HEADERS = _any(frozenset({"authorization", "cookie", "proxy-authorization", "set-cookie", "x-api-key", "x-auth-token"}))
# The sign before a parameter and the one before its value, as they are and as JSON, XML and another address write them
_PARAMETER = re.compile(
    rf"(?P<kept>[?&;#\\%](?:(?<=[?&;#])|(?<=\\)u0026|(?<=%)(?:25)*(?:3F|26|3B|23))"  # one class first: found much faster
    rf"{_any(_PARAMETERS)}(?:=|\\u003d|{_PERCENT}3D))(?!\*\*\*(?![\w*]))"
    rf"(?:(?!{_PERCENT}(?:26|22))[^&\"'<>\s\\;#?])+",
    re.IGNORECASE,
)
_CREDENTIALS = re.compile(r"(?P<kept>(?:^|:)(?:\\?/){2})[^\s/\"'<>\\?#]+(?=@)")  # the user and password of an address
_CREDENTIALS_ESCAPED = re.compile(
    rf"(?P<kept>{_PERCENT}3A(?:{_PERCENT}2F){{2}})(?:(?!{_PERCENT}(?:2F|40|3F))[^\s/@\"'<>\\?#&])+(?={_PERCENT}40)", re.IGNORECASE
)
_SCHEME = re.compile(  # a token has a digit or is padded, which the words of a sentence are not
    r"(?P<kept>\b(?:Bearer|Basic|DPoP|Negotiate)(?: |%20|\+)+)(?=[A-Za-z._~+/-]{0,200}(?:[0-9]|==?(?![\w\"'])))[\w.~+/=%-]{8,}",
    re.IGNORECASE,
)
_SIGNED_TOKEN = re.compile(
    r"(?P<kept>(?<![\w-])eyJ[\w-]{8,}\.[\w-]{8,}\.)[\w-]{8,}", re.ASCII
)  # without its signature it opens nothing
_NAMED = tuple(
    re.compile(rf"(?P<kept>{before}){value}", re.IGNORECASE | re.ASCII)
    for before, value in (
        (rf"(?P<q>\\*\"){_N}(?P=q)\s*:\s*(?P=q)", r"(?:(?!(?P=q))(?:\\.|[^\\\r\n]))+"),  # JSON, and JSON in a text of JSON
        (rf"\"name\"\s*:\s*\"{_N}\"\s*,\s*\"value\w*\"\s*:\s*\"", r"[^\"\r\n]+"),  # FHIR's Parameters
        (rf"<name\s+value=\"{_N}\"\s*/>\s*<value\w*\s+value=\"", r"[^\"<>]+"),
        (rf"<(?:[\w-]+:)?{_N}(?:\s[^<>]*)?(?<!/)>", r"[^<>]+(?=</)"),  # an element of XML, an attribute
        (rf"(?:(?<![\w-]){_N}|<{_N}\s+value)\s*=\s*(?P<q>\\*[\"'])", r"(?:(?!(?P=q))[^<>\r\n])+"),
        (rf"(?<![\w\"-]){_HEADERS}[ \t]*:[ \t]*", r"[^\r\n\"'<>\\]+"),  # a header that is quoted
        (rf"(?<![\w-]){_N}=", r"[^\s&\"'<>\\;#?,]+"),  # in a sentence
        (rf"\bname=\"?{_N}\"?(?:;[^\r\n]*)?\r?\n(?:[^\r\n]+\r?\n){{0,8}}\r?\n", r"[^\r\n]+"),  # a field of a form in parts
    )
)
_NUMBER = re.compile(rf"(?P<kept>\"{_N}\"\s*:\s*)-?\d+", re.IGNORECASE)
_HIDING = rf"\g<kept>{HIDDEN}"
_HINTS = ("token", "secret", "passw", "pwd", "jwt", "cookie", "authorization", "session", "api", "client_assertion")


def is_secret_header(name: str) -> bool:
    return _SECRET_HEADER.search(name) is not None and name.lower() not in _HARMLESS_HEADERS


def headers_without_secrets(headers: Mapping[str, str], secret_names: Iterable[str] = ()) -> dict[str, str]:
    """The same headers without the values of secret ones, nor what others tell. secret_names: secret too."""
    secret = {name.lower() for name in secret_names}
    return {
        name: HIDDEN if name.lower() in secret or is_secret_header(name) else without_secrets(value)
        for name, value in headers.items()
    }


def without_secrets(text: str) -> str:
    """The text, whatever it is, with each secret that an address, a name or a scheme of authentication tells in it replaced."""
    lower = text.lower()
    if "=" in text or "3d" in lower:
        text = _PARAMETER.sub(_HIDING, f"&{text}")[1:]  # a text may begin with the name of a parameter
    if "@" in text:
        text = _CREDENTIALS.sub(_HIDING, text)
    if "%" in text:
        text = _CREDENTIALS_ESCAPED.sub(_HIDING, text)
    if "bearer" in lower or "basic" in lower or "dpop" in lower or "negotiate" in lower:
        text = _SCHEME.sub(_HIDING, text)
    if "eyJ" in text:
        text = _SIGNED_TOKEN.sub(_HIDING, text)
    if any(hint in lower for hint in _HINTS):
        for pattern in _NAMED:
            text = pattern.sub(_HIDING, text)
        text = _NUMBER.sub(rf'\g<kept>"{HIDDEN}"', text)
    return text
