"""What must never reach a disk, a log or a report is replaced here, before an exchange leaves this package."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from urllib.parse import SplitResult, urlsplit, urlunsplit

MASK = "***"
SECRET_HEADERS = frozenset({"authorization", "proxy-authorization", "cookie", "set-cookie", "x-api-key", "x-auth-token"})
_SECRET_PARAMETERS = frozenset({"access_token", "api_key", "apikey", "client_secret", "id_token", "key", "password", "token"})
_SHORTEST_SECRET = 8  # shorter values are met by chance, and are not searched for in what a server echoes


def mask_headers(headers: Mapping[str, str], secret_names: Iterable[str] = ()) -> dict[str, str]:
    """The same headers with secret values replaced and URL credentials masked. secret_names: those that the endpoint configured."""
    secret = SECRET_HEADERS | {name.lower() for name in secret_names}
    return {name: MASK if name.lower() in secret else _mask_address(name, value) for name, value in headers.items()}


def mask_url(url: str) -> str:
    """The URL without user, password or token values; one that cannot be read is masked whole."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return MASK
    host = parts.netloc.rpartition("@")[2]
    return urlunsplit(
        SplitResult(
            parts.scheme, f"{MASK}@{host}" if "@" in parts.netloc else host, parts.path, _mask_query(parts.query), parts.fragment
        )
    )


def secret_values(headers: Mapping[str, str], secret_names: Iterable[str] = ()) -> tuple[bytes, ...]:
    """The secrets of a request that would be recognised if a server sent them back: whole values, and tokens after their scheme."""
    secret = SECRET_HEADERS | {name.lower() for name in secret_names}
    values: set[str] = set()
    for name, value in headers.items():
        if name.lower() in secret:
            values |= {value, value.rpartition(" ")[2]}
    return tuple(sorted((value.encode() for value in values if len(value) >= _SHORTEST_SECRET), key=len, reverse=True))


def mask_bytes(body: bytes, secrets: Iterable[bytes]) -> bytes:
    """The body with every echoed secret replaced."""
    for secret in secrets:
        body = body.replace(secret, MASK.encode())
    return body


def _mask_address(name: str, value: str) -> str:
    return mask_url(value) if name.lower() in {"location", "content-location", "referer"} else value


def _mask_query(query: str) -> str:
    pairs = (pair.partition("=") for pair in query.split("&"))
    return "&".join(
        f"{name}={MASK}" if name.lower() in _SECRET_PARAMETERS and sign else f"{name}{sign}{value}" for name, sign, value in pairs
    )
