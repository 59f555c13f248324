"""One HTTP call that always ends: bounded in bytes, in time and in where it may lead, and captured as evidence.

`requests` bounds each wait on a socket, never the whole of them: a server that sends a byte now and then holds it for ever. So the
conversation runs in a thread of its own, the caller waits for its deadline, then cuts the connection under it.
"""

from __future__ import annotations

import http.client
import ipaddress
import socket
import ssl
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
from harness.exchange.masking import mask_bytes, mask_headers, mask_url, secret_values
from harness.exchange.production import refuse_production
from harness.model import Exchange, Request, Response, Text

_CHUNK = 65_536
_EVIDENCE = 65_536  # bytes kept of an answer that could not be used
_GRACE = 0.5  # seconds a cut connection is given to let go of its thread


@dataclass(frozen=True, slots=True)
class Bounds:
    """body: bytes, decoded; connect, idle: seconds without progress (the deadline of the call bounds the whole)."""

    body: int = 64 * 1024 * 1024
    connect: float = 10.0
    idle: float = 30.0


@dataclass(frozen=True, slots=True)
class Trust:
    """ca_file: authorities in PEM, those of the system when None; the certificate and key present us to the server."""

    ca_file: str | None = None
    client_certificate: str | None = None
    client_key: str | None = None


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
    trust: Trust = Trust(),
    bounds: Bounds = Bounds(),
    secret_names: Iterable[str] = (),
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> Exchange:
    """Sends the request and captures what comes back within `deadline` seconds. Never raises because of the other side.

    A redirect is followed once, to the same scheme, host and port only. secret_names: headers whose values are masked in the exchange,
    besides the usual ones. Raises ForbiddenProduction before anything is sent.
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
                answer.failure = _text_redirect_again(_redirect(request, answer) or "")
        else:
            answer.failure = _text_redirect_elsewhere(target)
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
            _text_deadline(deadline, answer.status),
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
        _TooLarge,
    ) as error:
        answer.failure = _explain(error, request.url, bounds)
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
                raise _TooLarge
            yield plain


class _TooLarge(Exception):
    pass


class _WatchedAdapter(HTTPAdapter):
    """Makes connections that tell the cutter of their sockets as soon as they exist, before TLS and before any answer."""

    def __init__(self, cutter: _Cutter) -> None:
        super().__init__(max_retries=0)
        self._cutter = cutter

    def get_connection_with_tls_context(self, *args: Any, **kwargs: Any) -> Any:
        pool = super().get_connection_with_tls_context(*args, **kwargs)
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
    secrets = secret_values(request.headers, secret_names)
    body = bytes(answer.body if answer.failure is None else answer.body[:_EVIDENCE])
    response = None
    if answer.status is not None:
        headers = {name: mask_bytes(value.encode("utf-8", "replace"), secrets).decode() for name, value in answer.headers.items()}
        response = Response(answer.status, mask_headers(headers, secret_names), mask_bytes(body, secrets))
    sent = Request(request.method, mask_url(request.url), mask_headers(answer.sent_headers, secret_names), request.body)
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


# ------------------------------------------------------------------ what happened, in words


def _explain(error: Exception, url: str, bounds: Bounds) -> Text:
    host = urlsplit(mask_url(url)).netloc
    causes = list(_causes(error))
    for kind, text in _EXPLANATIONS:
        found = next(
            (cause for cause in causes if isinstance(cause, kind) and (kind is not OSError or getattr(cause, "errno", None))), None
        )
        if found is not None:
            return text(host, found, bounds)
    return Text(
        f"L'échange avec {host} a échoué ({type(error).__name__}). Vérifier l'adresse et les journaux du serveur.",
        f"The exchange with {host} failed ({type(error).__name__}). Check the address and the server's logs.",
    )


def _causes(error: BaseException) -> Iterator[BaseException]:
    seen: list[BaseException] = []
    queue: list[Any] = [error]
    while queue:
        cause = queue.pop(0)
        if isinstance(cause, BaseException) and cause not in seen:
            seen.append(cause)
            yield cause
            queue += [getattr(cause, "reason", None), cause.__cause__, cause.__context__, *cause.args]


def _reason(error: BaseException) -> str:
    return str(getattr(error, "verify_message", "") or getattr(error, "reason", "") or type(error).__name__)


_EXPLANATIONS: tuple[tuple[type[BaseException], Callable[[str, Any, Bounds], Text]], ...] = (
    (
        _TooLarge,
        lambda host, _, bounds: Text(
            f"La réponse de {host} dépasse {bounds.body // 1_048_576} Mio ; elle n'a pas été lue plus loin.",
            f"The reply of {host} exceeds {bounds.body // 1_048_576} MiB; it was not read further.",
        ),
    ),
    (
        zlib.error,
        lambda host, *_: Text(
            f"Le corps de la réponse de {host} est annoncé compressé et ne se décompresse pas.",
            f"The body of the reply of {host} is said to be compressed and cannot be decompressed.",
        ),
    ),
    (
        ssl.SSLError,
        lambda host, error, _: Text(
            f"Connexion TLS refusée avec {host} : {_reason(error)}. Vérifier le certificat du serveur, ou indiquer son autorité (ca_file).",
            f"TLS connection refused with {host}: {_reason(error)}. Check the server's certificate, or name its authority (ca_file).",
        ),
    ),
    (
        urllib3.exceptions.SSLError,
        lambda host, *_: Text(
            f"Le certificat TLS de {host} n'est pas valable pour cette adresse. Vérifier le certificat du serveur.",
            f"The TLS certificate of {host} is not valid for this address. Check the server's certificate.",
        ),
    ),
    (
        socket.gaierror,
        lambda host, *_: Text(
            f"Le nom {host} ne se résout pas en adresse. Vérifier l'URL de la cible et le réseau.",
            f"The name {host} does not resolve to an address. Check the target's URL and the network.",
        ),
    ),
    (
        urllib3.exceptions.ProxyError,
        lambda host, *_: Text(
            f"Le mandataire HTTP de l'environnement n'a pas mené à {host}. Vérifier HTTP_PROXY, HTTPS_PROXY et NO_PROXY.",
            f"The HTTP proxy of the environment did not lead to {host}. Check HTTP_PROXY, HTTPS_PROXY and NO_PROXY.",
        ),
    ),
    (
        ConnectionRefusedError,
        lambda host, *_: Text(
            f"Connexion refusée par {host} : rien n'écoute à cette adresse. Vérifier que le système est démarré, et son port.",
            f"Connection refused by {host}: nothing listens there. Check that the system is started, and its port.",
        ),
    ),
    (
        urllib3.exceptions.ConnectTimeoutError,
        lambda host, _, bounds: Text(
            f"{host} n'a pas accepté la connexion en {bounds.connect:g} s. Vérifier l'adresse et les pare-feu.",
            f"{host} did not accept the connection in {bounds.connect:g} s. Check the address and firewalls.",
        ),
    ),
    (
        urllib3.exceptions.ReadTimeoutError,
        lambda host, _, bounds: Text(
            f"{host} est resté muet {bounds.idle:g} s au milieu de l'échange.",
            f"{host} stayed silent for {bounds.idle:g} s in the exchange.",
        ),
    ),
    (
        http.client.RemoteDisconnected,
        lambda host, *_: Text(f"{host} a fermé la connexion sans répondre.", f"{host} closed the connection without an answer."),
    ),
    (
        ConnectionResetError,
        lambda host, *_: Text(f"{host} a rompu la connexion.", f"{host} reset the connection."),
    ),
    (
        BrokenPipeError,
        lambda host, *_: Text(f"{host} a rompu la connexion.", f"{host} reset the connection."),
    ),
    (
        http.client.IncompleteRead,
        lambda host, *_: Text(
            f"La réponse de {host} est tronquée : la connexion s'est fermée avant la fin annoncée.",
            f"The reply of {host} is truncated: the connection closed before its announced end.",
        ),
    ),
    (
        urllib3.exceptions.InvalidChunkLength,
        lambda host, *_: Text(
            f"Le découpage (chunked) de la réponse de {host} est faux.", f"The chunked reply of {host} is malformed."
        ),
    ),
    (
        http.client.HTTPException,
        lambda host, error, _: Text(
            f"{host} n'a pas répondu en HTTP correct ({type(error).__name__}).",
            f"{host} did not answer in proper HTTP ({type(error).__name__}).",
        ),
    ),
    (
        requests.exceptions.InvalidURL,
        lambda *_: Text("L'URL n'est pas valable.", "The URL is not valid."),
    ),
    (
        requests.exceptions.InvalidSchema,
        lambda *_: Text("L'URL n'est ni http ni https.", "The URL is neither http nor https."),
    ),
    (
        OSError,
        lambda host, error, _: Text(
            f"Pas de connexion avec {host} : {getattr(error, 'strerror', None) or type(error).__name__}.",
            f"No connection with {host}: {getattr(error, 'strerror', None) or type(error).__name__}.",
        ),
    ),
)


def _text_deadline(deadline: float, status: int | None) -> Text:
    if status is None:
        return Text(
            f"Pas de réponse complète en {deadline:g} s : délai dépassé.", f"No complete answer in {deadline:g} s: deadline passed."
        )
    return Text(
        f"La réponse (statut {status}) n'était pas finie au bout de {deadline:g} s : délai dépassé.",
        f"The answer (status {status}) had not ended after {deadline:g} s: deadline passed.",
    )


def _text_redirect_elsewhere(target: str) -> Text:
    where = mask_url(target)
    return Text(
        f"Le serveur redirige vers {where}, hors de la cible : redirection refusée. Donner cette adresse comme cible si elle est la bonne.",
        f"The server redirects to {where}, away from the target: refused. Give that address as the target if it is the right one.",
    )


def _text_redirect_again(target: str) -> Text:
    where = mask_url(target)
    return Text(f"Le serveur redirige encore, vers {where} : abandon.", f"The server redirects again, to {where}: given up.")
