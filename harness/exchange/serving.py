"""A simulator of a protocol over HTTP: what it answers is the protocol's, what it received is told."""

from __future__ import annotations

import threading
import uuid
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from types import TracebackType
from typing import TYPE_CHECKING, ClassVar, Self

from harness.errors import UsageError, reason
from harness.exchange.http_server import Piecemeal, Server
from harness.library.nearest import suggestion
from harness.model import Exchange, Finding, Request, Response, Severity, Text, ToldExchange, Verdict
from harness.telling import Telling
from harness.values import dataclass

if TYPE_CHECKING:
    from harness.library import Library

MOST_BODY = 64 * 1024 * 1024
REQUEST_SECONDS = 30.0  # for a whole request to arrive
Judge = Callable[[bytes], tuple[Finding, ...]]
Listener = Callable[[ToldExchange, Verdict, tuple[Finding, ...]], None]


@dataclass(frozen=True, slots=True)
class Answer:
    """What a simulator makes of a request. transaction: empty when it is no business of the protocol, and nobody is told; findings:
    on what was sent; unasked: nothing says whether it was right to send it; written: what a flaw writes in place of the response.
    """

    response: Response
    transaction: str
    findings: tuple[Finding, ...] = ()
    unasked: bool = False
    written: Response | Piecemeal | None = None

    @property
    def verdict(self) -> Verdict:
        """Of what was received."""
        if any(finding.severity is Severity.ERROR for finding in self.findings):
            return Verdict.FAIL
        return Verdict.ERROR if self.unasked else Verdict.PASS


class HttpSimulator(ABC):
    """A system over HTTP, reached at `url` from construction until `close()`; a context manager. A protocol says its name, what it
    answers, the flaws that it can be given and, where it is not the root, the path it is reached under.

    port 0 takes a free one; flaws: names of FLAWS; judge: judges a document received; on_exchange: told of each transaction
    received, from the thread that served it. Raises UsageError on an unknown flaw, or a port that cannot be had.
    """

    protocol: ClassVar[str]
    path: ClassVar[str] = "/"
    FLAWS: ClassVar[Mapping[str, Text]] = {}

    def __init__(
        self,
        port: int = 0,
        host: str = "127.0.0.1",
        flaws: frozenset[str] = frozenset(),
        judge: Judge | None = None,
        on_exchange: Listener | None = None,
        library: Library | None = None,
        *,
        request_seconds: float = REQUEST_SECONDS,
        most_body: int = MOST_BODY,
    ) -> None:
        if unknown := sorted(flaws - set(self.FLAWS)):
            message = Text(f"défaut inconnu : {', '.join(unknown)}", f"unknown flaw: {', '.join(unknown)}")
            raise UsageError(message, suggestion(unknown[0], self.FLAWS))
        self.flaws, self.judge, self.library = flaws, judge, library
        self._on_exchange = on_exchange
        self._telling = Telling()
        try:
            self._server = Server((host, port), self._answered, self.refuse, request_seconds, most_body)
        except OSError as error:
            why = reason(error)
            raise UsageError(
                Text(f"impossible d'écouter sur {host}:{port} : {why.fr}", f"cannot listen on {host}:{port}: {why.en}"),
                Text(
                    "Choisir une adresse de cette machine et un autre port, ou 0 pour un port libre.",
                    "Choose an address of this machine and another port, or 0 for a free one.",
                ),
            ) from error
        self.url = f"http://{f'[{host}]' if ':' in host else host}:{self._server.server_port}{self.path}"
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True, name="harness-simulator"
        )
        self.start()

    def start(self) -> None:
        """Begins to answer. What a protocol has to set up once `url` is known, it sets up here."""
        self._thread.start()

    @abstractmethod
    def respond(self, request: Request) -> Answer:
        """The answer to a request, whose `url` is its path and query. Called from the thread of each connection."""

    def _answered(self, request: Request) -> Response | Piecemeal:
        started_at = datetime.now(UTC)
        answer = self.respond(request)
        self.tell(request, answer, started_at)
        return answer.written or answer.response

    def tell(self, request: Request, answer: Answer, started_at: datetime) -> None:
        """Tells whoever listens of a transaction received."""
        if self._on_exchange is None or not answer.transaction:
            return
        seconds = (datetime.now(UTC) - started_at).total_seconds()
        exchange = Exchange(uuid.uuid4().hex, self.protocol, answer.transaction, request, answer.response, started_at, seconds)
        self._on_exchange(self._telling.exchange(exchange), answer.verdict, self._telling.told(answer.findings))

    def refuse(self, status: int, reason: str) -> Response:
        """The response to a request that is malformed or too large."""
        return Response(status, {"Content-Type": "text/plain; charset=utf-8"}, f"{reason}\n".encode())

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
