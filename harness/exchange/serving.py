"""A simulator of a protocol over HTTP: what it answers is the protocol's, what it received is told."""

from __future__ import annotations

import threading
import uuid
from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Iterable
from datetime import UTC, datetime
from types import TracebackType
from typing import Self

from harness.errors import UsageError, reason
from harness.exchange.http_server import Piecemeal, Server
from harness.library.nearest import suggestion
from harness.model import Exchange, Finding, Request, Response, Text, ToldExchange, Verdict
from harness.telling import Telling

MOST_BODY = 64 * 1024 * 1024
REQUEST_SECONDS = 30.0  # for a whole request to arrive
Listener = Callable[[ToldExchange, Verdict, tuple[Finding, ...]], None]


def check_flaws(flaws: Iterable[str], known: Collection[str]) -> None:
    """Raises UsageError when one of the flaws asked for is none of those known."""
    if unknown := sorted(set(flaws) - set(known)):
        raise UsageError(
            Text(f"défaut inconnu : {', '.join(unknown)}", f"unknown flaw: {', '.join(unknown)}"),
            suggestion(unknown[0], known),
        )


class HttpSimulator(ABC):
    """A system over HTTP that holds its port from construction, and answers from `start()` until `close()`; a context manager.

    path: where it is reached, after host and port; on_exchange: told of each transaction received, from the thread that served it.
    Raises UsageError when the port cannot be had.
    """

    def __init__(
        self,
        port: int,
        host: str,
        path: str = "/",
        *,
        on_exchange: Listener | None = None,
        request_seconds: float = REQUEST_SECONDS,
        most_body: int = MOST_BODY,
    ) -> None:
        self._on_exchange = on_exchange
        self._telling = Telling()
        try:
            self._server = Server((host, port), self.respond, self.refuse, request_seconds, most_body)
        except OSError as error:
            why = reason(error)
            raise UsageError(
                Text(f"impossible d'écouter sur {host}:{port} : {why.fr}", f"cannot listen on {host}:{port}: {why.en}"),
                Text(
                    "Choisir une adresse de cette machine et un autre port, ou 0 pour un port libre.",
                    "Choose an address of this machine and another port, or 0 for a free one.",
                ),
            ) from error
        self.url = f"http://{f'[{host}]' if ':' in host else host}:{self._server.server_port}{path}"
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True, name="harness-simulator"
        )

    @abstractmethod
    def respond(self, request: Request) -> Response | Piecemeal:
        """The answer to a request, whose `url` is its path and query. Called from the thread of each connection."""

    def tell(
        self,
        request: Request,
        response: Response,
        verdict: Verdict,
        findings: tuple[Finding, ...] = (),
        *,
        protocol: str,
        transaction: str,
        started_at: datetime,
    ) -> None:
        """Tells whoever listens of a transaction received. findings: on what was sent."""
        if self._on_exchange is None:
            return
        seconds = (datetime.now(UTC) - started_at).total_seconds()
        exchange = Exchange(uuid.uuid4().hex, protocol, transaction, request, response, started_at, seconds)
        self._on_exchange(self._telling.exchange(exchange), verdict, self._telling.told(findings))

    def refuse(self, status: int, reason: str) -> Response:
        """The response to a request that is malformed or too large."""
        return Response(status, {"Content-Type": "text/plain; charset=utf-8"}, f"{reason}\n".encode())

    def start(self) -> None:
        self._thread.start()

    def close(self) -> None:
        """Stops listening, cuts what is going on and lets go of the port."""
        if self._thread.is_alive():
            self._server.shutdown()
        self._server.cut_connections()
        self._server.server_close()
        if self._thread.is_alive():
            self._thread.join(2.0)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()


# ------------------------------------------------------------------ sockets
