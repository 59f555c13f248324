"""One conversation over HTTP, which its caller can leave at any moment.

`requests` limits each wait on a socket, never their sum: a server that sends a byte now and then would hold it for ever. So the
conversation runs in a thread of its own; the caller waits until its deadline, then closes the connection.
"""

from __future__ import annotations

import http
import http.client
import ipaddress
import socket
import threading
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import field
from typing import Any
from urllib.parse import urlsplit

import requests
import urllib3
from requests.adapters import HTTPAdapter

from harness import __version__
from harness.exchange.content_coding import decoded
from harness.exchange.failures import Bounds, NoLength, TooLarge, UnknownCoding, deadline_passed, explain
from harness.model import Endpoint, Request, Text
from harness.values import dataclass

_CHUNK = 65_536
_GRACE = 0.5  # seconds a cut connection is given to let go of its thread


@dataclass(slots=True)
class Answer:
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


def converse(request: Request, deadline: float, endpoint: Endpoint, bounds: Bounds) -> Answer:
    answer, cutter = Answer(sent_headers=dict(request.headers)), _Cutter()
    thread = threading.Thread(target=_run, args=(request, answer, cutter, endpoint, bounds), daemon=True, name="harness-http")
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
        return Answer(
            answer.status,
            dict(answer.headers),
            bytearray(answer.body),
            dict(answer.sent_headers),
            deadline_passed(deadline, answer.status, dict(answer.headers), len(answer.body)),
        )
    return answer


def _run(request: Request, answer: Answer, cutter: _Cutter, endpoint: Endpoint, bounds: Bounds) -> None:
    try:
        _talk(request, answer, cutter, endpoint, bounds)
    except (
        requests.RequestException,
        urllib3.exceptions.HTTPError,
        http.client.HTTPException,
        OSError,
        zlib.error,
        NoLength,
        TooLarge,
        UnknownCoding,
    ) as error:
        answer.failure = explain(error, request.url, bounds)
    except Exception as defect:  # noqa: BLE001 - ours: raised again in the thread of the caller
        answer.defect = defect
    finally:
        answer.done.set()


def _talk(request: Request, answer: Answer, cutter: _Cutter, endpoint: Endpoint, bounds: Bounds) -> None:
    with _Session() as session:
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
        certificate = endpoint.client_certificate
        response = session.send(
            prepared,
            stream=True,
            allow_redirects=False,
            timeout=(bounds.connect, bounds.idle),
            verify=endpoint.ca_file or True,
            cert=(certificate, endpoint.client_key) if certificate and endpoint.client_key else certificate,
            proxies={} if is_loopback(host) else requests.utils.get_environ_proxies(request.url),
        )
        with response:
            answer.headers = dict(response.headers)
            answer.status = response.status_code
            _check_length(response.headers)
            for piece in decoded(_pieces(response), response.headers.get("Content-Encoding", ""), bounds.body):
                answer.body += piece


class _Session(requests.Session):
    def get_redirect_target(self, resp: requests.Response) -> str | None:  # noqa: ARG002
        """None: redirects are left to the caller. requests would still parse their address, and fail on some."""
        return None


def _check_length(headers: Mapping[str, str]) -> None:
    """Raises NoLength for a Content-Length that is no number: http.client would read to the end of the connection."""
    length = headers.get("Content-Length", "0")
    if "Transfer-Encoding" not in headers and not all(one.strip().isdecimal() for one in length.split(",")):
        raise NoLength(length)


def _pieces(response: requests.Response) -> Iterator[bytes]:
    while piece := response.raw.read1(_CHUNK, decode_content=False):
        yield piece


class _FinalResponse(http.client.HTTPResponse):
    """The answer itself: those that come before it and only inform (102, 103) are passed over, as RFC 9110 15.2 asks of a client.

    http.client passes over 100 alone, and takes any other for the answer.
    """

    def _read_status(self) -> tuple[str, int, str]:
        version, status, reason = super()._read_status()  # type: ignore[misc]  # that of http.client, where begin() asks for it
        while http.HTTPStatus.SWITCHING_PROTOCOLS < status < http.HTTPStatus.OK:
            http.client.parse_headers(self.fp)
            version, status, reason = super()._read_status()  # type: ignore[misc]
        return version, status, reason


class _WatchedAdapter(HTTPAdapter):
    """Makes connections that register their sockets with the cutter as soon as they exist, before TLS and any answer."""

    def __init__(self, cutter: _Cutter) -> None:
        super().__init__(max_retries=0)
        self._cutter = cutter

    def get_connection_with_tls_context(self, *args: Any, **kwargs: Any) -> Any:
        pool: Any = super().get_connection_with_tls_context(*args, **kwargs)
        cutter, kind = self._cutter, pool.ConnectionCls

        class Watched(kind):  # type: ignore[misc, valid-type]  # the class of the pool: plain, TLS or through a proxy
            response_class = _FinalResponse

            def _new_conn(self) -> socket.socket:
                sock: socket.socket = super()._new_conn()
                cutter.watch(sock)
                return sock

        pool.ConnectionCls = Watched
        return pool


def is_loopback(host: str) -> bool:
    """Whether the host is this machine: localhost, 127.0.0.0/8, ::1."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
