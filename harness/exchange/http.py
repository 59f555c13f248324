"""One HTTP call that always ends: bounded in bytes, in time and in where it may lead, and captured as evidence.

`requests` bounds each wait on a socket, never the whole of them: a server that sends a byte now and then holds it for ever. So the
conversation runs in a thread of its own, the caller waits for its deadline, then cuts the connection under it.
"""

from __future__ import annotations

import http.client
import ipaddress
import socket
import threading
import time
import uuid
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urljoin, urlsplit

import requests
import urllib3
from requests.adapters import HTTPAdapter

from harness import __version__
from harness.exchange.failures import DEFAULT_BOUNDS, Bounds, TooLarge, deadline_passed, explain, redirect_again, redirect_elsewhere
from harness.exchange.masking import mask_bytes, mask_headers, mask_url, secret_values
from harness.exchange.production import refuse_production
from harness.model import Exchange, Request, Response, Text

_CHUNK = 65_536
_EVIDENCE = 65_536  # bytes kept of an answer that could not be used
_GRACE = 0.5  # seconds a cut connection is given to let go of its thread


@dataclass(frozen=True, slots=True)
class Trust:
    """ca_file: authorities in PEM, those of the system when None; the certificate and key present us to the server."""

    ca_file: str | None = None
    client_certificate: str | None = None
    client_key: str | None = None


SYSTEM_TRUST = Trust()


@dataclass(slots=True)
class _Answer:
    """What has arrived so far. It is read by the caller even when the conversation is cut."""

    status: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytearray = field(default_factory=bytearray)
    sent_headers: Mapping[str, str] = field(default_factory=dict)
    failure: Text | None = None
    defect: Exception | None = None
    done: threading.Event = field(default_factory=threading.Event)


class _Cutter:
    """Duplicates of the sockets of a conversation, to shut it down from outside whatever its thread waits for."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._sockets: list[socket.socket] = []
        self._over = False

    def watch(self, sock: socket.socket) -> None:
        with self._lock:
            if not self._over:
                self._sockets.append(sock.dup())
                return
        sock.close()

    def cut(self) -> None:
        with self._lock:
            self._over = True
            for sock in self._sockets:
                try:
                    sock.shutdown(socket.SHUT_RDWR)
                except OSError:  # already closed by the other side
                    pass
                finally:
                    sock.close()
            self._sockets.clear()


def call(
    request: Request,
    *,
    protocol: str,
    transaction: str,
    deadline: float,
    trust: Trust = SYSTEM_TRUST,
    bounds: Bounds = DEFAULT_BOUNDS,
    secret_names: Iterable[str] = (),
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> Exchange:
    """Sends the request and captures what comes back within `deadline` seconds. Never raises because of the other side.

    A redirect is followed once, to the same scheme, host and port only. secret_names: headers whose values are masked in the
    exchange, besides the usual ones. Raises ForbiddenProduction before anything is sent.
    """
    refuse_production(request.url, request.body, *request.headers.values())
    started_at, start = now(), time.monotonic()
    answer = _converse(request, deadline, trust, bounds)
    target = _redirect(request, answer)
    if target is not None and answer.failure is None:
        if _origin(target) == _origin(request.url):
            request = replace(request, url=target)
            refuse_production(target)
            answer = _converse(request, deadline - (time.monotonic() - start), trust, bounds)
            if answer.failure is None and _redirect(request, answer) is not None:
                answer.failure = redirect_again(_redirect(request, answer) or "")
        else:
            answer.failure = redirect_elsewhere(target)
    return _captured(request, answer, protocol, transaction, started_at, time.monotonic() - start, tuple(secret_names))


def unsent(request: Request, failure: Text, *, protocol: str, transaction: str, secret_names: Iterable[str] = ()) -> Exchange:
    """The exchange of a request that was not sent, and why."""
    return _captured(request, _Answer(failure=failure), protocol, transaction, datetime.now(UTC), 0.0, tuple(secret_names))


def is_loopback(host: str) -> bool:
    """Whether the host is this machine: localhost, 127.0.0.0/8, ::1."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _converse(request: Request, deadline: float, trust: Trust, bounds: Bounds) -> _Answer:
    answer, cutter = _Answer(sent_headers=dict(request.headers)), _Cutter()
    thread = threading.Thread(target=_run, args=(request, answer, cutter, trust, bounds), daemon=True, name="harness-http")
    thread.start()
    try:
        in_time = answer.done.wait(max(deadline, 0.0))
    finally:  # also when the person who waits presses Ctrl-C
        cutter.cut()
    thread.join(_GRACE)
    if answer.defect is not None:
        raise answer.defect
    if not in_time:
        # The thread may still be writing (a name that does not resolve cannot be cut): what it has is copied.
        return _Answer(
            answer.status,
            dict(answer.headers),
            bytearray(answer.body),
            dict(answer.sent_headers),
            deadline_passed(deadline, answer.status),
        )
    return answer


def _run(request: Request, answer: _Answer, cutter: _Cutter, trust: Trust, bounds: Bounds) -> None:
    try:
        _talk(request, answer, cutter, trust, bounds)
    except (
        requests.RequestException,
        urllib3.exceptions.HTTPError,
        http.client.HTTPException,
        OSError,
        zlib.error,
        TooLarge,
    ) as error:
        answer.failure = explain(error, request.url, bounds)
    except Exception as defect:  # noqa: BLE001 - ours: raised again in the thread of the caller
        answer.defect = defect
    finally:
        answer.done.set()


def _talk(request: Request, answer: _Answer, cutter: _Cutter, trust: Trust, bounds: Bounds) -> None:
    with requests.Session() as session:
        session.trust_env = False  # no credentials, proxies or authorities picked up on the way
        session.headers.clear()
        session.headers.update({"User-Agent": f"cisis-harness/{__version__}", "Accept-Encoding": "identity"})
        adapter = _WatchedAdapter(cutter)
        session.mount("http://", adapter)
        session.mount("https://", adapter)
        prepared = session.prepare_request(
            requests.Request(request.method, request.url, headers=dict(request.headers), data=request.body or None)
        )
        answer.sent_headers = dict(prepared.headers)
        host = urlsplit(request.url).hostname or ""
        certificate = trust.client_certificate
        response = session.send(
            prepared,
            stream=True,
            allow_redirects=False,
            timeout=(bounds.connect, bounds.idle),
            verify=trust.ca_file or True,
            cert=(certificate, trust.client_key) if certificate and trust.client_key else certificate,
            proxies={} if is_loopback(host) else requests.utils.get_environ_proxies(request.url),
        )
        with response:
            answer.headers = dict(response.headers)
            answer.status = response.status_code
            for piece in _decoded(response, bounds.body):
                answer.body += piece


def _decoded(response: requests.Response, most: int) -> Iterator[bytes]:
    """The body piece by piece, gzip and deflate undone; never more than `most` bytes in all, a bomb included."""
    encoding = response.headers.get("Content-Encoding", "").strip().lower()
    inflate = zlib.decompressobj(wbits=47) if encoding in {"gzip", "x-gzip", "deflate"} else None
    room = most
    while piece := response.raw.read1(_CHUNK, decode_content=False):
        while piece:
            plain = inflate.decompress(piece, min(room + 1, _CHUNK)) if inflate else piece
            piece = inflate.unconsumed_tail if inflate else b""
            room -= len(plain)
            if room < 0:
                raise TooLarge
            yield plain


class _WatchedAdapter(HTTPAdapter):
    """Makes connections that tell the cutter of their sockets as soon as they exist, before TLS and before any answer."""

    def __init__(self, cutter: _Cutter) -> None:
        super().__init__(max_retries=0)
        self._cutter = cutter

    def get_connection_with_tls_context(self, *args: Any, **kwargs: Any) -> Any:
        pool: Any = super().get_connection_with_tls_context(*args, **kwargs)
        cutter, kind = self._cutter, pool.ConnectionCls

        class Watched(kind):  # type: ignore[misc, valid-type]  # the class of the pool: plain, TLS or through a proxy
            def _new_conn(self) -> socket.socket:
                sock: socket.socket = super()._new_conn()
                cutter.watch(sock)
                return sock

        pool.ConnectionCls = Watched
        return pool


def _captured(
    request: Request,
    answer: _Answer,
    protocol: str,
    transaction: str,
    started_at: datetime,
    seconds: float,
    secret_names: tuple[str, ...],
) -> Exchange:
    secrets = secret_values({**request.headers, **answer.sent_headers}, secret_names)
    body = bytes(answer.body if answer.failure is None else answer.body[:_EVIDENCE])
    response = None
    if answer.status is not None:
        headers = {name: mask_bytes(value.encode("utf-8", "replace"), secrets).decode() for name, value in answer.headers.items()}
        response = Response(answer.status, mask_headers(headers, secret_names), mask_bytes(body, secrets))
    url = mask_bytes(mask_url(request.url).encode("utf-8", "replace"), secrets).decode()
    sent = Request(request.method, url, mask_headers(answer.sent_headers, secret_names), request.body)
    return Exchange(uuid.uuid4().hex, protocol, transaction, sent, response, started_at, seconds, answer.failure)


def _redirect(request: Request, answer: _Answer) -> str | None:
    """Where the answer leads, when it is a redirect that this method may follow or that leads elsewhere."""
    location = next((value for name, value in answer.headers.items() if name.lower() == "location"), None)
    if answer.status not in {301, 302, 303, 307, 308} or not location:
        return None
    try:
        target = urljoin(request.url, location)
        elsewhere = _origin(target) != _origin(request.url)
    except ValueError:
        return location
    return target if elsewhere or request.method in {"GET", "HEAD"} or answer.status in {307, 308} else None


def _origin(url: str) -> tuple[str, str | None, int | None]:
    parts = urlsplit(url)
    return parts.scheme, parts.hostname, parts.port or {"http": 80, "https": 443}.get(parts.scheme)
