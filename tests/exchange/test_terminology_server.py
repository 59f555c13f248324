"""A terminology server on loopback: asked only what is unknown, believed only when it knows, and left alone when it is away."""

from __future__ import annotations

import contextlib
import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from harness.checks.fhir.bindings import Bindings
from harness.checks.fhir.remarks import Remarks
from harness.checks.fhir.terms.terminology import Terminology
from harness.documents.fhir_json import read_json
from harness.errors import UsageError
from harness.exchange.terminology_server import TerminologyServer
from harness.library.fhir.terminology_compiling import compile_value_set

SCT = "http://snomed.info/sct"
FINDINGS = {
    "url": "http://example.org/findings",
    "compose": {"include": [{"system": SCT, "filter": [{"property": "concept", "op": "is-a", "value": "404684003"}]}]},
}
Answer = Callable[[str, dict[str, Any]], tuple[int, bytes]]


class Definitions:
    def value_set(self, canonical: str) -> dict[str, Any] | None:
        return compile_value_set(FINDINGS) if canonical == FINDINGS["url"] else None

    def canonical_versions(self, url: str) -> list[str]:
        return []

    def supplements(self, url: str) -> list[dict[str, Any]]:
        return []

    def code_system(self, canonical: str) -> None:
        return None


class Loopback:
    """Keeps what it was asked. answer: (path, body) -> (status, body)."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, dict[str, Any]]] = []
        self.answer: Answer = lambda path, body: parameters(result=True)
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                outer.asked.append((self.path, body))
                status, content = outer.answer(self.path, body)
                with contextlib.suppress(OSError):  # the other side may have left
                    self.send_response(status)
                    self.send_header("Content-Length", str(len(content)))
                    self.end_headers()
                    self.wfile.write(content)

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/fhir"
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def loopback() -> Iterator[Loopback]:
    server = Loopback()
    yield server
    server.close()


def parameters(**said: Any) -> tuple[int, bytes]:
    kinds = {bool: "valueBoolean", str: "valueString", dict: "resource"}
    found = [{"name": name.replace("_", "-"), kinds[type(value)]: value} for name, value in said.items()]
    return 200, json.dumps({"resourceType": "Parameters", "parameter": found}).encode()


def kind(server: TerminologyServer, code: str = "22298006") -> str:
    return server.validate(compile_value_set(FINDINGS), SCT, code)[0]


def test_what_is_certain_here_is_not_asked_and_what_is_not_is(loopback: Loopback) -> None:
    terminology = Terminology(Definitions(), server=TerminologyServer(loopback.url))
    assert terminology.validate(str(FINDINGS["url"]), SCT, "22298007").kind == "out"  # its check digit is wrong
    assert loopback.asked == []
    answer = terminology.validate(str(FINDINGS["url"]), SCT, "22298006", "Infarctus de Madame Untel")
    assert (answer.kind, answer.asked) == ("in", True)
    ((path, body),) = loopback.asked
    assert path == "/fhir/ValueSet/$validate-code"
    assert body["parameter"][0]["resource"]["compose"] == FINDINGS["compose"]  # it need not know the value set
    assert "Untel" not in json.dumps(body)  # no wording of the document leaves


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (parameters(result=True), "in"),
        (parameters(result=False, message="not in the value set"), "out"),
        (parameters(result=False, x_caused_by_unknown_system=SCT), "unknown"),
        (parameters(result=False, issues={"resourceType": "OperationOutcome", "issue": [{"code": "not-found"}]}), "unknown"),
        (parameters(message="perhaps"), "unknown"),
        ((404, b'{"resourceType": "OperationOutcome", "issue": [{"diagnostics": "no such value set"}]}'), "unknown"),
        ((200, b"<html>"), "unknown"),
        ((200, b'{"parameter": [[], {"name": "issues", "resource": 7}, {"name": "result", "valueBoolean": false}]}'), "unknown"),
        ((200, b'{"parameter": 7}'), "unknown"),
        ((503, b"down"), "unknown"),
        ((401, b"{}"), "unknown"),
    ],
)
def test_a_server_is_believed_only_when_it_knows(loopback: Loopback, answer: tuple[int, bytes], expected: str) -> None:
    loopback.answer = lambda path, body: answer
    said, reason = TerminologyServer(loopback.url).validate(compile_value_set(FINDINGS), SCT, "22298006")
    assert said == expected
    assert expected == "in" or expected == "out" or reason is not None


def test_a_code_without_a_system_is_looked_for_in_the_expansion(loopback: Loopback) -> None:
    expansion = {"total": 1, "contains": [{"system": SCT, "code": "22298006"}]}
    loopback.answer = lambda path, body: (200, json.dumps({"resourceType": "ValueSet", "expansion": expansion}).encode())
    server = TerminologyServer(loopback.url)
    assert server.validate("http://example.org/away", None, "22298006")[0] == "in"
    assert server.validate("http://example.org/away", None, "x")[0] == "out"
    assert loopback.asked[0][0] == "/fhir/ValueSet/$expand"
    expansion["total"] = 500_000
    assert server.validate("http://example.org/large", None, "x")[0] == "unknown"


def test_a_server_that_is_away_is_asked_once_and_named_in_the_reason() -> None:
    server = TerminologyServer("http://127.0.0.1:9/fhir", deadline=2)
    terminology = Terminology(Definitions(), server=server)
    answers = [terminology.validate(str(FINDINGS["url"]), SCT, code) for code in ("22298006", "73211009", "38341003")]
    assert {answer.kind for answer in answers} == {"unknown"}
    assert server.asked == 1
    assert answers[0].reason is not None
    assert "SNOMED" in answers[0].reason.en
    assert "127.0.0.1:9" in answers[0].reason.en


@pytest.mark.parametrize(("url", "away"), [("http://127.0.0.1:9/fhir", True), (None, False)])
def test_codes_that_a_server_away_was_to_check_are_not_passed_over(url: str | None, away: bool) -> None:
    """Nothing obliges them: without a server they are an information."""
    terminology = Terminology(Definitions(), server=TerminologyServer(url, deadline=2) if url else None)
    root = read_json(b'{"resourceType": "Coding", "system": "http://snomed.info/sct", "code": "22298006"}')
    bindings, remarks = Bindings(terminology), Remarks()
    bindings.codings([root], root, remarks)
    assert [remark.rule for remark in remarks] == ["FHIR-CODE-UNCHECKED"]
    assert ["127.0.0.1:9" in told.en for told in bindings.not_judged()] == [True] * away


def test_a_server_that_takes_too_long_is_left(loopback: Loopback) -> None:
    released = threading.Event()

    def late(path: str, body: dict[str, Any]) -> tuple[int, bytes]:
        released.wait(5)
        return parameters(result=True)

    loopback.answer = late
    said, reason = TerminologyServer(loopback.url, deadline=0.3).validate(compile_value_set(FINDINGS), SCT, "22298006")
    released.set()
    assert said == "unknown"
    assert reason is not None
    assert "deadline" in reason.en


def test_all_calls_together_have_a_bound(loopback: Loopback) -> None:
    server = TerminologyServer(loopback.url, patience=0)
    assert kind(server) == "unknown"
    assert loopback.asked == []


def test_answers_are_kept_for_another_run_while_they_are_fresh(loopback: Loopback, tmp_path: Path) -> None:
    kept = tmp_path / "cache" / "tx.json"
    first = TerminologyServer(loopback.url, kept=kept, clock=lambda: 1_000_000.0)
    assert (kind(first), kind(first)) == ("in", "in")
    assert len(loopback.asked) == 1
    first.keep()
    assert kind(TerminologyServer(loopback.url, kept=kept, clock=lambda: 1_000_100.0)) == "in"
    assert len(loopback.asked) == 1
    assert kind(TerminologyServer(loopback.url, kept=kept, clock=lambda: 9_000_000.0)) == "in"
    assert len(loopback.asked) == 2
    kept.write_bytes(b"[damaged")
    assert kind(TerminologyServer(loopback.url, kept=kept)) == "in"


def test_what_could_not_be_told_is_asked_again_another_time(loopback: Loopback, tmp_path: Path) -> None:
    loopback.answer = lambda path, body: (404, b"{}")
    first = TerminologyServer(loopback.url, kept=tmp_path / "tx.json")
    assert kind(first) == "unknown"
    first.keep()
    loopback.answer = lambda path, body: parameters(result=True)
    assert kind(TerminologyServer(loopback.url, kept=tmp_path / "tx.json")) == "in"


@pytest.mark.parametrize("url", ["tx.example.org/fhir", "ftp://tx.example.org", "https://"])
def test_an_address_that_is_none_is_refused_at_once(url: str) -> None:
    with pytest.raises(UsageError):
        TerminologyServer(url)
