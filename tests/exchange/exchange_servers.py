"""Servers that behave badly, on loopback, for the tests of what a client survives."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
from collections.abc import Callable, Iterator

Behaviour = Callable[[socket.socket, threading.Event], None]


@contextlib.contextmanager
def server(behaviour: Behaviour, context: ssl.SSLContext | None = None) -> Iterator[str]:
    """URL of a server that treats each connection so; `behaviour` is given an event that is set when the test is over."""
    listener = socket.create_server(("127.0.0.1", 0))
    listener.settimeout(0.05)
    over = threading.Event()
    threads: list[threading.Thread] = []

    def accept() -> None:
        while not over.is_set():
            try:
                connection, _ = listener.accept()
            except TimeoutError:
                continue
            thread = threading.Thread(target=serve, args=(connection,), daemon=True)
            threads.append(thread)
            thread.start()

    def serve(connection: socket.socket) -> None:
        connection.settimeout(5)
        with contextlib.suppress(OSError):
            if context is not None:
                connection = context.wrap_socket(connection, server_side=True)
            behaviour(connection, over)
        connection.close()

    acceptor = threading.Thread(target=accept, daemon=True)
    acceptor.start()
    try:
        yield f"http{'s' if context else ''}://127.0.0.1:{listener.getsockname()[1]}/fhir"
    finally:
        over.set()
        acceptor.join(2)
        for thread in threads:
            thread.join(2)
        listener.close()


def saying(*pieces: bytes, every: float = 0.0, for_ever: bytes = b"") -> Behaviour:
    """Reads the request, says the pieces, then `for_ever` again and again."""

    def behave(connection: socket.socket, over: threading.Event) -> None:
        heard(connection)
        for piece in pieces:
            connection.sendall(piece)
            over.wait(every)
        while for_ever and not over.is_set():
            connection.sendall(for_ever)
            over.wait(every)

    return behave


def answering(status: str, body: bytes = b"", **headers: str) -> Behaviour:
    """A complete answer; underscores in names of headers stand for hyphens."""
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *(f"{n.replace('_', '-')}: {v}" for n, v in headers.items())]
    return saying("\r\n".join(lines).encode() + b"\r\n\r\n" + body)


def silent(connection: socket.socket, over: threading.Event) -> None:
    """Reads and never answers."""
    heard(connection)
    over.wait(5)


def resetting(connection: socket.socket, over: threading.Event) -> None:
    """Reads, then resets the connection."""
    heard(connection)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")


def heard(connection: socket.socket) -> bytes:
    """The request as far as the end of its headers."""
    data = b""
    while b"\r\n\r\n" not in data and (piece := connection.recv(65_536)):
        data += piece
    return data
