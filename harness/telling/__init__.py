"""From what came to what may be told: secrets, and the matricules of real people, are hidden here and nowhere after.

An `Exchange` is as it came, for who sent it and has to read the answer. Whoever listens, keeps or reports is given a
`ToldExchange`, which only a `Telling` makes, and results whose texts went through the same one.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from datetime import date
from enum import Enum
from typing import Any, TypeVar

from harness.model import Exchange, Request, Response, ToldExchange
from harness.secrets import headers_without_secrets, without_secrets
from harness.telling.echoes import mask_bytes, secret_values
from harness.telling.matricules import Mask, matricules_of

__all__ = ["Telling"]

T = TypeVar("T")
_REMEMBERED = 64  # secrets at most, the last met: a simulator may be sent another one each time


class Telling:
    """What of one run, or of one simulator, may be told. It remembers the secrets and the matricules that its messages carried, and
    hides them in whatever is told after. Safe to use from several threads.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._secrets: tuple[bytes, ...] = ()
        self._matricules: frozenset[str] = frozenset()
        self._mask: Mask | None = None

    def exchange(self, came: Exchange) -> ToldExchange:
        """Secrets are hidden, and the matricules of both messages when either names the authority of a real INS."""
        secrets = secret_values(came.request.headers, came.secret_headers)
        plain = _without_secrets(came, secrets)
        matricules = matricules_of(plain, self._matricules)
        with self._lock:
            self._secrets = tuple(dict.fromkeys((*secrets, *self._secrets)))[:_REMEMBERED]
            if not matricules <= self._matricules:
                self._matricules |= matricules
                self._mask = Mask(self._matricules)
        request, response = plain.request, plain.response
        if matricules:
            mask = Mask(matricules)
            request = Request(request.method, mask.address(request.url), mask.headers(request.headers), mask.body(request.body))
            response = response and Response(response.status, mask.headers(response.headers), mask.body(response.body))
        return ToldExchange(
            id=came.id,
            protocol=came.protocol,
            transaction=came.transaction,
            request=request,
            response=response,
            started_at=came.started_at,
            seconds=came.seconds,
            failure=self.told(came.failure),
            masked=bool(matricules),
            request_received_sha256=_digest_before(came.request.body, request.body),
            response_received_sha256=_digest_before(came.response.body, response.body) if came.response and response else "",
        )

    def told(self, value: T) -> T:
        """The same value, every text in it as it may be told: a sentence, findings, a result, an event."""
        told: T = self._told(value)
        return told

    def _told(self, value: Any) -> Any:
        match value:
            case Enum() | date() | None:
                return value
            case str():
                return self._text(value)
            case tuple():
                return tuple(map(self._told, value))
            case Mapping():
                return {self._told(key): self._told(item) for key, item in value.items()}
            case _ if is_dataclass(value) and not isinstance(value, type):
                return replace(value, **{field.name: self._told(getattr(value, field.name)) for field in fields(value)})
        return value

    def _text(self, text: str) -> str:
        text = without_secrets(_without_echoes(text, self._secrets))
        return text if self._mask is None else self._mask.text(text)


def _without_secrets(came: Exchange, secrets: tuple[bytes, ...]) -> Exchange:
    """secrets: those of the request, which the other side may send back."""

    def headers(given: Mapping[str, str]) -> Mapping[str, str]:
        whole = headers_without_secrets(given, came.secret_headers)
        return {name: _without_echoes(value, secrets) for name, value in whole.items()}

    def body(given: bytes) -> bytes:
        return without_secrets(mask_bytes(given, secrets).decode("latin-1")).encode("latin-1")

    sent, received = came.request, came.response
    address = without_secrets(_without_echoes(sent.url, secrets))
    request = Request(sent.method, address, headers(sent.headers), body(sent.body))
    response = received and Response(received.status, headers(received.headers), body(received.body))
    return replace(came, request=request, response=response)


def _without_echoes(text: str, secrets: tuple[bytes, ...]) -> str:
    return mask_bytes(text.encode("utf-8", "replace"), secrets).decode() if secrets else text


def _digest_before(came: bytes, told: bytes) -> str:
    """SHA-256 of what came, where it is not told as it is."""
    return "" if came == told else hashlib.sha256(came).hexdigest()
