"""The reference PDSm endpoint on a socket, with the flaws that only show on the wire."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from harness.exchange.http_server import Piecemeal
from harness.exchange.pdsm.bundle import ASSOCIATIONS
from harness.exchange.pdsm.content import JSON
from harness.exchange.pdsm.reference.endpoint import Answer, Judge, ReferenceEndpoint
from harness.exchange.pdsm.reference.flaws import FLAWS
from harness.exchange.serving import MOST_BODY, REQUEST_SECONDS, HttpSimulator, Listener, check_flaws
from harness.model import Request, Response, Severity, Verdict

if TYPE_CHECKING:
    from harness.library import Library

_ON_THE_WIRE = frozenset({"slow", "endless", "huge", "truncated", "not-fhir", "bad-json", "redirects-elsewhere"})


class Simulator(HttpSimulator):
    """A PDSm recipient and responder at `url`, from construction until `close()`; a context manager.

    port 0 takes a free one. flaws: names of FLAWS. judge: judges each CDA received. Raises UsageError on an unknown flaw or a port
    that cannot be had.
    """

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
        check_flaws(flaws, FLAWS)
        super().__init__(port, host, "/fhir", on_exchange=on_exchange, request_seconds=request_seconds, most_body=most_body)
        self.flaws = flaws
        self.endpoint = ReferenceEndpoint(self.url, flaws, judge, library.data(ASSOCIATIONS) if library else None)
        self._wire_flaw = next(iter(sorted(flaws & _ON_THE_WIRE)), "")
        self.start()

    def respond(self, request: Request) -> Response | Piecemeal:
        started_at = datetime.now(UTC)
        answer = self.endpoint.answer(request)
        if answer.transaction:
            self.tell(
                request,
                answer.response,
                _verdict(answer),
                answer.findings,
                protocol="pdsm",
                transaction=answer.transaction,
                started_at=started_at,
            )
        if self._wire_flaw and answer.transaction in {"ITI-66", "ITI-67"} and answer.response.status == 200:
            return _flawed(self._wire_flaw, answer.response)
        return answer.response

    def refuse(self, status: int, reason: str) -> Response:
        """A refusal as an OperationOutcome."""
        issue = {"severity": "error", "code": "structure", "diagnostics": reason}
        return Response(status, {"Content-Type": JSON}, json.dumps({"resourceType": "OperationOutcome", "issue": [issue]}).encode())


def _verdict(answer: Answer) -> Verdict:
    """FAIL when what was received has an error, ERROR when it is nothing that the protocol asks, else PASS."""
    if any(finding.severity is Severity.ERROR for finding in answer.findings):
        return Verdict.FAIL
    return Verdict.ERROR if answer.unasked else Verdict.PASS


def _flawed(flaw: str, response: Response) -> Response | Piecemeal:
    """What a flawed endpoint sends instead of its response."""
    media_type = response.headers.get("Content-Type", JSON)
    if flaw == "not-fhir":
        headers = {"Content-Type": "text/html; charset=utf-8", "Connection": "close"}
        return Response(200, headers, b"<html><body>It works</body></html>")
    if flaw == "bad-json":
        return Response(200, {"Content-Type": media_type, "Connection": "close"}, response.body[: len(response.body) * 2 // 3])
    if flaw == "redirects-elsewhere":
        return Response(302, {"Location": "http://192.0.2.1/fhir", "Connection": "close"})
    announced = {"Content-Length": str(len(response.body))} if flaw in {"slow", "truncated"} else {}
    headers = {"Content-Type": media_type, **announced}
    return Piecemeal(200, headers, _pieces(flaw, response.body), pause=0.3 if flaw in {"slow", "endless"} else 0.0)


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
