"""The reference PDSm endpoint on a socket, with the flaws that only show on the wire."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace

from harness.exchange.http_server import Piecemeal
from harness.exchange.pdsm.bundle import ASSOCIATIONS
from harness.exchange.pdsm.content import JSON
from harness.exchange.pdsm.reference.endpoint import ReferenceEndpoint
from harness.exchange.pdsm.reference.flaws import FLAWS
from harness.exchange.serving import Answer, HttpSimulator
from harness.model import Request, Response

_ON_THE_WIRE = frozenset({"slow", "endless", "huge", "truncated", "not-fhir", "bad-json", "redirects-elsewhere"})


class Simulator(HttpSimulator):
    """A PDSm recipient and responder."""

    protocol = "pdsm"
    path = "/fhir"
    FLAWS = FLAWS

    def start(self) -> None:
        associations = self.library.data(ASSOCIATIONS) if self.library else None
        self.endpoint = ReferenceEndpoint(self.url, self.flaws, self.judge, associations)
        self._wire_flaw = next(iter(sorted(self.flaws & _ON_THE_WIRE)), "")
        super().start()

    def respond(self, request: Request) -> Answer:
        answer = self.endpoint.answer(request)
        if self._wire_flaw and answer.transaction in {"ITI-66", "ITI-67"} and answer.response.status == 200:
            return replace(answer, written=_flawed(self._wire_flaw, answer.response))
        return answer

    def refuse(self, status: int, reason: str) -> Response:
        """A refusal as an OperationOutcome."""
        issue = {"severity": "error", "code": "structure", "diagnostics": reason}
        return Response(status, {"Content-Type": JSON}, json.dumps({"resourceType": "OperationOutcome", "issue": [issue]}).encode())


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
