"""The reference PDSm endpoint on a socket: bounded in bytes, time and connections, with the flaws that only show on the wire."""

from __future__ import annotations

import io
import json
import socket
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from harness.errors import UsageError
from harness.exchange.masking import mask_headers, mask_url
from harness.exchange.pdsm.content import JSON
from harness.exchange.pdsm.endpoint import Answer, Judge, ReferenceEndpoint
from harness.exchange.pdsm.flaws import FLAWS
from harness.model import Exchange, Finding, Request, Response, Severity, Text, Verdict

if TYPE_CHECKING:
    from harness.library import Library

MOST_BODY = 64 * 1024 * 1024
MOST_CONNECTIONS = 64
REQUEST_SECONDS = 30.0  # for a whole request to arrive
_WIRE_FLAWS = frozenset({"slow", "endless", "huge", "truncated", "not-fhir", "bad-json", "redirects-elsewhere"})
Listener = Callable[[Exchange, Verdict, tuple[Finding, ...]], None]


class Simulator:
    """A PDSm recipient and responder at `url`, from construction until `close()`; a context manager.

    port 0 takes a free one. flaws: names of FLAWS. judge: judges each CDA received. on_exchange: told of each transaction
    received, from the thread that served it. Raises UsageError on an unknown flaw or a port that cannot be had.
    """

    def __init__(
        self,
        port: int = 0,
        host: str = "127.0.0.1",
        flaws: frozenset[str] = frozenset(),
        judge: Judge | None = None,
        on_exchange: Listener | None = None,
        library: Library | None = None,  # noqa: ARG002 - the same for every protocol; this one needs none
        *,
        request_seconds: float = REQUEST_SECONDS,
        most_body: int = MOST_BODY,
    ) -> None:
        if unknown := sorted(set(flaws) - set(FLAWS)):
            raise UsageError(
                Text(f"Défaut inconnu : {', '.join(unknown)}.", f"Unknown flaw: {', '.join(unknown)}."),
                Text(f"Connus : {', '.join(FLAWS)}.", f"Known: {', '.join(FLAWS)}."),
            )
        try:
            self._server = _Server((host, port), request_seconds, most_body)
        except OSError as error:
            why = error.strerror or str(error)
            raise UsageError(
                Text(f"Impossible d'écouter sur {host}:{port} : {why}.", f"Cannot listen on {host}:{port}: {why}."),
                Text("Choisir un autre port, ou 0 pour un port libre.", "Choose another port, or 0 for a free one."),
            ) from error
        bound = self._server.server_address[1]
        self.url = f"http://{f'[{host}]' if ':' in host else host}:{bound}/fhir"
        self.flaws = flaws
        self.endpoint = ReferenceEndpoint(self.url, flaws, judge)
        self._on_exchange = on_exchange
        self._server.respond = self._respond
        self._server.wire_flaw = next(iter(sorted(flaws & _WIRE_FLAWS)), "")
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True, name="harness-pdsm"
        )
        self._thread.start()

    def close(self) -> None:
        """Stops listening, cuts what is going on and lets go of the port."""
        self._server.shutdown()
        self._server.cut_connections()
        self._server.server_close()
        self._thread.join(2.0)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def _respond(self, request: Request) -> tuple[Response, str]:
        started_at, start = datetime.now(UTC), time.monotonic()
        answer = self.endpoint.answer(request)
        if self._on_exchange is not None and answer.transaction:
            self._on_exchange(_captured(request, answer, started_at, time.monotonic() - start), _verdict(answer), answer.findings)
        return answer.response, answer.transaction


def _captured(request: Request, answer: Answer, started_at: datetime, seconds: float) -> Exchange:
    received = Request(request.method, mask_url(request.url), mask_headers(request.headers), request.body)
    return Exchange(uuid.uuid4().hex, "pdsm", answer.transaction, received, answer.response, started_at, seconds)


def _verdict(answer: Answer) -> Verdict:
    """Of what the sender sent: whether anything in it is an error."""
    return Verdict.FAIL if any(finding.severity is Severity.ERROR for finding in answer.findings) else Verdict.PASS


# ------------------------------------------------------------------ sockets


class _Server(HTTPServer):
    """One thread a connection, so many at most; further ones wait in the listen queue of the system."""

    request_queue_size = 128
    allow_reuse_address = True

    def __init__(self, address: tuple[str, int], request_seconds: float, most_body: int) -> None:
        self.address_family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
        self.respond: Callable[[Request], tuple[Response, str]]
        self.wire_flaw = ""
        self.request_seconds = request_seconds
        self.most_body = most_body
        self.closing = threading.Event()
        self._free = threading.BoundedSemaphore(MOST_CONNECTIONS)
        self._lock = threading.Lock()
        self._connections: dict[socket.socket, threading.Thread] = {}
        super().__init__(address, _Handler)

    def process_request(self, request: Any, client_address: Any) -> None:
        while not self._free.acquire(timeout=0.2):
            if self.closing.is_set():
                self.shutdown_request(request)
                return
        thread = threading.Thread(target=self._serve, args=(request, client_address), daemon=True, name="harness-pdsm-connection")
        with self._lock:
            self._connections[request] = thread
        thread.start()

    def _serve(self, connection: socket.socket, client_address: Any) -> None:
        try:
            self.finish_request(connection, client_address)
        except OSError:
            pass  # the other side went away
        finally:
            with self._lock:
                self._connections.pop(connection, None)
            self.shutdown_request(connection)
            self._free.release()

    def shutdown(self) -> None:
        self.closing.set()
        super().shutdown()

    def cut_connections(self) -> None:
        with self._lock:
            connections = dict(self._connections)
        for connection in connections:
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue
        for thread in connections.values():
            thread.join(2.0)

    def server_bind(self) -> None:
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind(self.server_address)
        self.server_address = self.socket.getsockname()
        self.server_name, self.server_port = str(self.server_address[0]), int(self.server_address[1])


class _BoundedReader(io.RawIOBase):
    """Reads a socket until a deadline for the whole, however few bytes come at a time."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self.until = 0.0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        left = self.until - time.monotonic()
        if left <= 0:
            raise TimeoutError
        self._connection.settimeout(left)
        return self._connection.recv_into(buffer)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "cisis-harness"
    sys_version = ""
    server: _Server

    def setup(self) -> None:
        super().setup()
        self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.rfile.close()
        self._reader = _BoundedReader(self.connection)
        self.rfile = io.BufferedReader(self._reader)

    def handle_one_request(self) -> None:
        self._reader.until = time.monotonic() + self.server.request_seconds
        super().handle_one_request()

    def log_message(self, *_: Any) -> None:
        """No access log."""

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:  # noqa: ARG002 - signature of the base
        """What HTTP itself refuses, said in FHIR."""
        issue = {"severity": "error", "code": "structure", "diagnostics": message or f"HTTP {code}"}
        body = json.dumps({"resourceType": "OperationOutcome", "issue": [issue]}).encode()
        self.close_connection = True
        self._send(Response(code, {"Content-Type": JSON, "Connection": "close"}, body))

    def __getattr__(self, name: str) -> Any:
        if name.startswith("do_"):
            return self._serve
        raise AttributeError(name)

    def _serve(self) -> None:
        body = self._body()
        if body is None:
            return
        headers = {name: ", ".join(self.headers.get_all(name, [])) for name in self.headers}
        request = Request(self.command, self.path, headers, body)
        response, transaction = self.server.respond(request)
        flaw = self.server.wire_flaw if transaction in {"ITI-66", "ITI-67"} and response.status == 200 else ""
        if flaw:
            self.close_connection = True
            self._send_flawed(flaw, response)
        else:
            self._send(response)

    def _body(self) -> bytes | None:
        """The body, bounded; None when the request was refused for it."""
        if "chunked" in self.headers.get("Transfer-Encoding", "").lower():
            return self._chunked_body()
        length = self.headers.get("Content-Length", "0")
        if not length.isdecimal() or len(length) > 12:
            self.send_error(400, "Content-Length")
            return None
        if int(length) > self.server.most_body:
            self.send_error(413, f"more than {self.server.most_body} bytes")
            return None
        body = self.rfile.read(int(length))
        if len(body) < int(length):
            self.close_connection = True
            return None
        return body

    def _chunked_body(self) -> bytes | None:
        body = bytearray()
        while True:
            size = self.rfile.readline(64).partition(b";")[0].strip()
            try:
                length = int(size, 16)
            except ValueError:
                self.send_error(400, "chunk size")
                return None
            if length < 0 or len(body) + length > self.server.most_body:
                self.send_error(413, f"more than {self.server.most_body} bytes")
                return None
            if not length:
                while self.rfile.readline(65_536).strip():
                    continue
                return bytes(body)
            body += self.rfile.read(length)
            self.rfile.readline(64)

    def _send(self, response: Response) -> None:
        self.send_response(response.status)
        for name, value in response.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(response.body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(response.body)

    def _send_flawed(self, flaw: str, response: Response) -> None:
        media_type = response.headers.get("Content-Type", JSON)
        if flaw == "not-fhir":
            self._send(
                Response(
                    200, {"Content-Type": "text/html; charset=utf-8", "Connection": "close"}, b"<html><body>It works</body></html>"
                )
            )
        elif flaw == "bad-json":
            self._send(
                Response(200, {"Content-Type": media_type, "Connection": "close"}, response.body[: len(response.body) * 2 // 3])
            )
        elif flaw == "redirects-elsewhere":
            self._send(Response(302, {"Location": "http://192.0.2.1/fhir", "Connection": "close"}))
        else:
            self._send_piecemeal(
                _pieces(flaw, response.body), media_type, len(response.body), pause=0.3 if flaw in {"slow", "endless"} else 0.0
            )

    def _send_piecemeal(self, pieces: Iterator[bytes], media_type: str, length: int, pause: float) -> None:
        self.send_response(200)
        self.send_header("Content-Type", media_type)
        self.send_header("Connection", "close")
        if self.server.wire_flaw in {"slow", "truncated"}:
            self.send_header("Content-Length", str(length))
        self.end_headers()
        for piece in pieces:
            self.wfile.write(piece)
            if pause and self.server.closing.wait(pause):
                return


def _pieces(flaw: str, body: bytes) -> Iterator[bytes]:
    if flaw == "slow":
        yield from (body[place : place + 1] for place in range(len(body)))
    elif flaw == "truncated":
        yield body[: len(body) // 2]
    elif flaw == "endless":
        while True:
            yield b" "
    else:
        while True:
            yield b" " * 1_048_576
