"""One HTTP call that always ends: bounded in bytes, in time and in where it may lead, and captured as evidence."""

from __future__ import annotations

import time
import uuid
from dataclasses import replace
from datetime import UTC, datetime
from urllib.parse import urljoin, urlsplit

from harness.exchange.conversation import Answer, converse
from harness.exchange.failures import DEFAULT_BOUNDS, Bounds, redirect_again, redirect_elsewhere, redirect_to_production
from harness.exchange.production import refuse_production
from harness.identifiers.notations import names_production_ins
from harness.model import Endpoint, Exchange, Request, Response, Text
from harness.values import dataclass

MOST_REDIRECTS = 5
_EVIDENCE = 65_536  # bytes kept of an answer that could not be used


def call(request: Request, endpoint: Endpoint, transaction: str, deadline: float, bounds: Bounds = DEFAULT_BOUNDS) -> Exchange:
    """Sends the request and captures what comes back within `deadline` seconds. Never raises because of the other side.

    Redirects are followed to the same scheme, host and port only. endpoint: whose protocol it is, whose certificates are used
    and whose headers are secrets, besides the usual ones. Raises ForbiddenProduction before anything is sent.
    """
    refuse_production(request.url, request.body, *request.headers, *request.headers.values())
    started_at, start = datetime.now(UTC), time.monotonic()
    answer, called, leads_away = converse(request, deadline, endpoint, bounds), {request.url}, False
    while (redirect := _redirect(request, answer)) is not None:
        if redirect.leads_elsewhere:
            answer.failure, leads_away = redirect_elsewhere(redirect.target), redirect.is_address
        elif names_production_ins(redirect.target):
            answer.failure, leads_away = redirect_to_production(), True
        elif redirect.target in called or len(called) > MOST_REDIRECTS:
            answer.failure = redirect_again(redirect.target)
        else:
            request = replace(request, url=redirect.target)
            called.add(redirect.target)
            answer = converse(request, deadline - (time.monotonic() - start), endpoint, bounds)
    exchange = _captured(request, answer, endpoint, transaction, started_at, time.monotonic() - start)
    return replace(exchange, leads_away=True) if leads_away else exchange


def unsent(request: Request, failure: Text, endpoint: Endpoint, transaction: str) -> Exchange:
    """The exchange of a request that was not sent, and why."""
    return _captured(request, Answer(failure=failure), endpoint, transaction, datetime.now(UTC), 0.0)


def _captured(
    request: Request, answer: Answer, endpoint: Endpoint, transaction: str, started_at: datetime, seconds: float
) -> Exchange:
    body = bytes(answer.body if answer.failure is None else answer.body[:_EVIDENCE])
    response = None if answer.status is None else Response(answer.status, answer.headers, body)
    sent = Request(request.method, request.url, answer.sent_headers, request.body)
    secrets = frozenset(endpoint.headers)
    return Exchange(uuid.uuid4().hex, endpoint.protocol, transaction, sent, response, started_at, seconds, answer.failure, secrets)


@dataclass(frozen=True, slots=True)
class _Redirect:
    target: str
    leads_elsewhere: bool
    is_address: bool = True


def _redirect(request: Request, answer: Answer) -> _Redirect | None:
    """Where the answer leads, when it is a redirect to follow with the same method (RFC 9110, 15.4), or to elsewhere."""
    location = next((value for name, value in answer.headers.items() if name.lower() == "location"), None)
    if answer.failure is not None or answer.status not in {301, 302, 303, 307, 308} or not location:
        return None
    try:
        target = urljoin(request.url, location)
        elsewhere = _origin(target) != _origin(request.url)
    except ValueError:  # no URL, or no port
        return _Redirect(location, leads_elsewhere=True, is_address=False)
    followed = elsewhere or request.method in {"GET", "HEAD"} or answer.status != 303
    return _Redirect(target, elsewhere) if followed else None


def _origin(url: str) -> tuple[str, str | None, int | None]:
    """Scheme, host and port. Raises ValueError when this is no URL."""
    parts = urlsplit(url)
    return parts.scheme, parts.hostname, parts.port or {"http": 80, "https": 443}.get(parts.scheme)
