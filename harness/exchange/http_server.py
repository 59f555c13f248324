"""An HTTP server that survives any client: bounded in bytes, in time and in connections.

It only handles sockets: what is answered is up to the simulator.
"""

from __future__ import annotations

import io
import socket
import threading
import time
import zlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

from harness.exchange.content_coding import decoded
from harness.exchange.failures import TooLarge, UnknownCoding
from harness.model import Request, Response
from harness.values import dataclass

MOST_CONNECTIONS = 64


@dataclass(frozen=True, slots=True)
class Piecemeal:
    """An answer as a flawed system writes it: its body in pieces, `pause` seconds apart, as long as there are any."""

    status: int
    headers: Mapping[str, str]
    pieces: Iterable[bytes]
    pause: float = 0.0


Respond = Callable[[Request], Response | Piecemeal]
Refuse = Callable[[int, str], Response]


class Server(HTTPServer):
    """One thread a connection, up to a limit; further connections wait in the listen queue."""

    request_queue_size = 128
    allow_reuse_address = True

    def __init__(self, address: tuple[str, int], respond: Respond, refuse: Refuse, request_seconds: float, most_body: int) -> None:
        self.address_family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
        self.respond = respond
        self.refuse = refuse
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
        thread = threading.Thread(
            target=self._serve, args=(request, client_address), daemon=True, name="harness-simulator-connection"
        )
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
    server: Server

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
        """Refuse malformed HTTP as the simulator words its refusals."""
        refusal = self.server.refuse(code, message or f"HTTP {code}")
        readable = {"Accept-Encoding": "gzip, deflate"} if code == HTTPStatus.UNSUPPORTED_MEDIA_TYPE else {}
        self._send(replace(refusal, headers={**refusal.headers, **readable, "Connection": "close"}))

    def __getattr__(self, name: str) -> Any:
        if name.startswith("do_"):
            return self._serve
        raise AttributeError(name)

    def _serve(self) -> None:
        body = self._body()
        if body is not None:
            body = self._plain(body)
        if body is None:
            return
        headers = {name: ", ".join(self.headers.get_all(name, [])) for name in self.headers}
        answer = self.server.respond(Request(self.command, self.path, headers, body))
        if isinstance(answer, Piecemeal):
            self._send_piecemeal(answer)
        else:
            self._send(answer)

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

    def _plain(self, body: bytes) -> bytes | None:
        """The body as it was before its sender compressed it (RFC 9110, 8.4); None when the request was refused for it."""
        try:
            return b"".join(decoded([body], self.headers.get("Content-Encoding", ""), self.server.most_body))
        except UnknownCoding as coding:
            self.send_error(415, f"Content-Encoding: {coding}")
        except TooLarge:
            self.send_error(413, f"more than {self.server.most_body} bytes, decompressed")
        except zlib.error:
            self.send_error(400, "Content-Encoding: the body cannot be decompressed")
        return None

    def _send(self, response: Response) -> None:
        self.send_response(response.status)
        for name, value in response.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(response.body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(response.body)

    def _send_piecemeal(self, answer: Piecemeal) -> None:
        self.send_response(answer.status)
        for name, value in {**answer.headers, "Connection": "close"}.items():
            self.send_header(name, value)
        self.end_headers()
        for piece in answer.pieces:
            self.wfile.write(piece)
            if answer.pause and self.server.closing.wait(answer.pause):
                return
