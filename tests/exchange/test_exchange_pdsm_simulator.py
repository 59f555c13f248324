"""The reference endpoint stands what comes to its port, and the client goes nowhere it should not."""

from __future__ import annotations

import contextlib
import gzip
import json
import random
import socket
import threading
import time
import zlib
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

import pytest
from exchange_documents import ASSOCIATIONS, PATIENT, Tables, cda
from exchange_servers import answering, heard, server

from harness.exchange import Client, open_client
from harness.exchange.pdsm import FLAWS, Simulator
from harness.exchange.pdsm.bundle import provide_bundle
from harness.exchange.pdsm.content import JSON, XML
from harness.exchange.pdsm.reference.endpoint import ReferenceEndpoint
from harness.exchange.pdsm.simplified import simplified_publish
from harness.exchange.pdsm.submission_sets import Replaced, Submission
from harness.model import Endpoint, Request, Verdict

MESSAGE = json.dumps(provide_bundle([cda()], ASSOCIATIONS)).encode()


def say(simulator: Simulator, data: bytes, *, finish: bool = True) -> bytes:
    """Everything the simulator answers to these bytes."""
    address = urlsplit(simulator.url)
    with socket.create_connection((address.hostname, address.port), timeout=5) as connection:
        connection.sendall(data)
        if finish:
            connection.shutdown(socket.SHUT_WR)
        answer = b""
        with contextlib.suppress(ConnectionResetError):
            while piece := connection.recv(65_536):
                answer += piece
        return answer


GARBAGE: dict[str, tuple[bytes, bytes]] = {
    "noise": (b"\x00\x01\x02\r\n\r\n", b"Bad request syntax"),
    "no version": (b"GET\r\n\r\n", b"Bad request syntax"),
    "a line without end": (b"GET /" + b"a" * 70_000, b"414"),
    "headers without end": (b"GET /fhir HTTP/1.1\r\n" + b"A: b\r\n" * 200 + b"\r\n", b"431"),
    "a length that is none": (b"POST /fhir HTTP/1.1\r\nContent-Length: beaucoup\r\n\r\n", b"400"),
    "a negative length": (b"POST /fhir HTTP/1.1\r\nContent-Length: -5\r\n\r\n", b"400"),
    "a huge length": (b"POST /fhir HTTP/1.1\r\nContent-Length: 99999999999\r\n\r\n", b"413"),
    "less than announced": (b"POST /fhir HTTP/1.1\r\nContent-Length: 50\r\n\r\nabc", b""),
    "a chunk that is none": (b"POST /fhir HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", b"400"),
    "a huge chunk": (b"POST /fhir HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nffffffff\r\n", b"413"),
    "an address that cannot be read": (b"GET http://[::1/fhir HTTP/1.1\r\nConnection: close\r\n\r\n", b"400"),
    "a method of its own": (b"BONJOUR /fhir HTTP/1.1\r\nConnection: close\r\n\r\n", b"405"),
    "another address": (b"GET /ailleurs HTTP/1.1\r\nConnection: close\r\n\r\n", b"404"),
    "the root": (b"GET / HTTP/1.1\r\nConnection: close\r\n\r\n", b"200"),
}


@pytest.mark.parametrize(
    ("sent", "found"),
    [
        (Request("GET", f"/fhir/DocumentReference?patient.identifier={PATIENT}&status=current&creation=hier", {}), "PDSM-SEARCH"),
        (Request("PATCH", "/fhir/DocumentReference/2", {}, b'[{"op": "replace", "path": "/type", "value": {}}]'), "PDSM-UPDATE"),
        (Request("PATCH", "/fhir/DocumentReference/2", {}, b'[{"op": "replace", "path": "/status", "value": "current"}]'), ""),
        (Request("PATCH", "/fhir/DocumentReference/2", {}, b'{"op": "replace"'), "PDSM-UPDATE"),
        (Request("PATCH", "/fhir/DocumentReference/2", {"Content-Type": "application/merge-patch+json"}, b"{}"), "PDSM-MEDIA"),
    ],
)
def test_what_is_refused_because_it_asks_what_nothing_allows_is_a_finding_of_its_sender(sent: Request, found: str) -> None:
    endpoint = ReferenceEndpoint("http://host/fhir")
    endpoint.answer(Request("POST", "/fhir", {"Content-Type": JSON}, MESSAGE))
    answer = endpoint.answer(replace(sent, headers={"Content-Type": "application/json-patch+json", **sent.headers}))
    assert [one.rule for one in answer.findings] == ([found] if found else [])


@pytest.mark.parametrize(
    ("method", "path", "verdict"),
    [
        ("GET", "metadata", Verdict.PASS),
        ("DELETE", "DocumentReference/2", Verdict.ERROR),
        ("PUT", "DocumentReference/2", Verdict.ERROR),
        ("POST", "List", Verdict.ERROR),
        ("PATCH", "DocumentReference?identifier=a&frobnicate=b", Verdict.FAIL),
    ],
)
def test_what_no_flow_asks_is_neither_conformant_nor_failed(method: str, path: str, verdict: Verdict) -> None:
    told: list[Verdict] = []
    with Simulator(on_exchange=lambda exchange, verdict, findings: told.append(verdict)) as simulator:
        say(simulator, f"{method} /fhir/{path} HTTP/1.1\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".encode())
    assert told == [verdict]


def test_garbage_is_refused_and_the_endpoint_goes_on() -> None:
    with Simulator() as simulator:
        for name, (data, said) in GARBAGE.items():
            first, *_ = say(simulator, data).split(b"\r\n")
            assert said in first and bool(said) is bool(first), name
        assert b"200" in say(simulator, b"GET /fhir/metadata HTTP/1.0\r\n\r\n").split(b"\r\n")[0]


@pytest.mark.parametrize(
    ("coding", "body", "expected"),
    [
        ("gzip", gzip.compress(MESSAGE), b"200"),
        ("x-gzip", gzip.compress(MESSAGE[:100]) + gzip.compress(MESSAGE[100:]), b"200"),
        ("deflate", zlib.compress(MESSAGE), b"200"),
        ("br", b"\x0b\x02\x80", b"415"),
        ("gzip", MESSAGE, b"400"),
        ("gzip", gzip.compress(MESSAGE)[:-9], b"400"),
        ("gzip", gzip.compress(bytes(2_000_000)), b"413"),
    ],
    ids=["gzip", "two members", "deflate", "unknown", "said and not done", "cut", "bomb"],
)
def test_a_body_may_come_compressed(coding: str, body: bytes, expected: bytes) -> None:
    head = f"POST /fhir HTTP/1.1\r\nContent-Type: {JSON}\r\nContent-Encoding: {coding}\r\nContent-Length: {len(body)}\r\n"
    with Simulator(most_body=1_000_000) as simulator:
        answer = say(simulator, head.encode() + b"Connection: close\r\n\r\n" + body)
    assert answer.split(b" ", 2)[1] == expected
    assert (b"Accept-Encoding: gzip, deflate" in answer) is (expected == b"415")


def test_what_can_be_got_has_a_head() -> None:
    with Simulator() as simulator:
        answer = say(simulator, b"HEAD /fhir/metadata HTTP/1.1\r\nConnection: close\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 200") and answer.endswith(b"\r\n\r\n")


def test_a_search_by_post_is_a_form() -> None:
    endpoint = ReferenceEndpoint("http://x/fhir")
    request = Request("POST", "/fhir/DocumentReference/_search", {"Content-Type": "multipart/form-data; boundary=b"}, b"--b--")
    answer = endpoint.answer(request)
    assert (answer.response.status, [finding.rule for finding in answer.findings]) == (415, ["PDSM-MEDIA"])


@pytest.mark.parametrize(("condition", "status"), [('W/"1"', 200), ("*", 200), ('W/"7"', 412)])
def test_an_update_may_say_which_version_it_is_of(condition: str, status: int) -> None:
    endpoint = ReferenceEndpoint("http://x/fhir")
    assert endpoint.answer(Request("POST", "/fhir", {"Content-Type": JSON}, MESSAGE)).response.status == 200
    patch = json.dumps([{"op": "replace", "path": "/status", "value": "superseded"}]).encode()
    headers = {"Content-Type": "application/json-patch+json", "If-Match": condition}
    assert endpoint.answer(Request("PATCH", "/fhir/DocumentReference/2", headers, patch)).response.status == status


def test_a_body_in_chunks_is_read() -> None:
    query = f"patient.identifier={PATIENT}&status=current".encode()
    pieces = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in (query[:10], query[10:])) + b"0\r\n\r\n"
    head = (
        b"POST /fhir/DocumentReference/_search HTTP/1.1\r\nContent-Type: application/x-www-form-urlencoded\r\nConnection: close\r\n"
    )
    with Simulator() as simulator:
        answer = say(simulator, head + b"Transfer-Encoding: chunked\r\n\r\n" + pieces)
    assert json.loads(answer.partition(b"\r\n\r\n")[2])["total"] == 0


def test_two_requests_on_one_connection_are_both_answered() -> None:
    request = b"GET /fhir/metadata HTTP/1.1\r\nHost: x\r\n\r\n"
    with Simulator() as simulator:
        assert say(simulator, request + request).count(b"HTTP/1.1 200") == 2


def test_a_request_that_never_ends_is_let_go() -> None:
    with Simulator(request_seconds=0.3) as simulator:
        address = urlsplit(simulator.url)
        with socket.create_connection((address.hostname, address.port), timeout=5) as connection:
            connection.sendall(b"GET /fhir HTTP/1.1\r\n")
            with contextlib.suppress(ConnectionError):
                for _ in range(100):
                    connection.sendall(b"A")
                    time.sleep(0.05)
                pytest.fail("still listening")


def test_many_at_once_are_all_served() -> None:
    with Simulator() as simulator:
        client = open_client(Endpoint("pdsm", simulator.url), Tables())  # type: ignore[arg-type]
        statuses: list[int] = []

        def publish(number: int) -> None:
            reply = client.perform("ITI-65", {"document": cda(f"2.25.7{number:03}")}, 20)
            statuses.append(reply.facts["status"])

        threads = [threading.Thread(target=publish, args=(number,)) for number in range(24)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        found = client.perform("ITI-67", {"query": {"patient.identifier": PATIENT, "status": "current"}}, 10)
    assert statuses == [200] * 24
    assert found.facts["matches"] == 24


def test_addresses_it_gives_are_those_by_which_it_is_reached() -> None:
    with Simulator(host="0.0.0.0") as simulator:
        url = simulator.url.replace("0.0.0.0", "localhost")
        client = open_client(Endpoint("pdsm", url), Tables())  # type: ignore[arg-type]
        client.perform("ITI-65", {"document": cda()}, 5)
        found = client.perform("ITI-67", {"query": {"patient.identifier": PATIENT, "status": "current"}}, 5)
    assert found.facts["attachment_url"].startswith(f"{url}/Binary/")


def test_closing_does_not_wait_for_a_client_that_hangs_on() -> None:
    simulator = Simulator()
    address = urlsplit(simulator.url)
    with socket.create_connection((address.hostname, address.port), timeout=5) as connection:
        connection.sendall(b"GET /fhir HTTP/1.1\r\n")
        simulator.close()
        with contextlib.suppress(ConnectionResetError):
            assert connection.recv(1) == b""


def _places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(place for key, child in inner for place in _places(child, (*path, key)))]


JUNK: list[Any] = [None, 1, -1.5, True, "", "x", [], {}, [[]], [None], {"a": 1}, {"resourceType": 5}, {"coding": "x"}, "2024-99-99"]


def _twisted(text: str, chance: random.Random) -> Any:
    """The JSON with something else at one place."""
    message = json.loads(text)
    *path, last = chance.choice([place for place in _places(message) if place])
    holder = message
    for key in path:
        holder = holder[key]
    holder[last] = chance.choice(JUNK)
    return message


@pytest.mark.parametrize("seed", range(6))
def test_no_message_however_twisted_is_an_exception(seed: int) -> None:
    chance = random.Random(seed)
    replaced = Submission(replaces=Replaced("DocumentReference/2"))
    text = json.dumps(provide_bundle([cda(), cda("2.25.9")], ASSOCIATIONS, replaced))
    alone = json.dumps(simplified_publish(cda("2.25.10"), ASSOCIATIONS, replaced))
    for _ in range(40):
        message, reference = _twisted(text, chance), _twisted(alone, chance)
        flaws = frozenset(chance.sample(sorted(FLAWS), chance.choice([0, 1, 20])))
        endpoint = ReferenceEndpoint("http://127.0.0.1:1/fhir", flaws)
        for accept in (JSON, XML):
            headers = {"Content-Type": JSON, "Accept": accept}
            endpoint.answer(Request("POST", "/fhir", headers, json.dumps(message).encode()))
            endpoint.answer(Request("POST", "/fhir/DocumentReference", headers, json.dumps(reference).encode()))
            endpoint.answer(
                Request("GET", f"/fhir/DocumentReference?patient.identifier={PATIENT}&status=current", {"Accept": accept})
            )


# ------------------------------------------------------------------ where the client goes


def _client(url: str, **headers: str) -> Client:
    return open_client(Endpoint("pdsm", url, headers=headers), Tables())  # type: ignore[arg-type]


def test_a_document_address_on_another_host_is_not_called() -> None:
    reply = _client("http://127.0.0.1:9/fhir").perform("ITI-68", {"url": "http://192.0.2.1/secret"}, 5)
    assert reply.exchange.failure is not None
    assert "192.0.2.1" in reply.exchange.failure.fr
    assert reply.exchange.response is None


@pytest.mark.parametrize(
    "url", ["file:///etc/passwd", "urn:uuid:00000000-0000-4000-8000-000000000000", "http://[::1", "//ex.example/x"]
)
def test_an_address_that_is_none_is_not_called(url: str) -> None:
    assert _client("http://127.0.0.1:9/fhir").perform("ITI-68", {"url": url}, 5).exchange.failure is not None


@pytest.mark.parametrize("url", ["Binary/3", "{base}/Binary/3", "/fhir/Binary/3"])
def test_relative_and_absolute_addresses_lead_to_the_same_document(url: str) -> None:
    with server(answering("200 OK", b"abc", Content_Type="text/xml")) as base:
        reply = _client(base).perform("ITI-68", {"url": url.format(base=base)}, 5)
        assert reply.exchange.request.url == f"{base}/Binary/3"
    assert reply.facts["status"] == 200


def test_secrets_go_to_the_origin_of_the_target_only() -> None:
    heard_by: dict[str, bytes] = {}

    def listening(name: str) -> Any:
        def behave(connection: socket.socket, over: threading.Event) -> None:
            heard_by[name] = heard(connection)
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")

        return behave

    with server(listening("target")) as target, server(listening("elsewhere")) as elsewhere:
        client = _client(target, Authorization="Bearer jeton-tres-secret")
        client.perform("ITI-68", {"url": "Binary/1"}, 5)
        client.perform("ITI-68", {"url": f"{elsewhere}/Binary/1"}, 5)
    assert b"jeton-tres-secret" in heard_by["target"]
    assert b"jeton-tres-secret" not in heard_by["elsewhere"]


@pytest.mark.parametrize(("transaction", "argument"), [("ITI-68", "url"), ("READ", "reference"), ("PDSm-03", "reference")])
def test_an_address_of_the_system_with_a_production_ins_is_not_called_and_ends_nothing_else(
    transaction: str, argument: str
) -> None:
    reply = _client("http://127.0.0.1:9/fhir").perform(transaction, {argument: "Binary/1.2.250.1.213.1.4.8"}, 5)
    assert "production" in str(reply.exchange.failure)
    assert not reply.called


def test_a_next_page_with_a_production_ins_is_not_called() -> None:
    link = {"relation": "next", "url": "DocumentReference?patient.identifier=urn:oid:1.2.250.1.213.1.4.8%7C2"}
    page = {"resourceType": "Bundle", "type": "searchset", "total": 0, "link": [link]}
    with server(answering("200 OK", json.dumps(page).encode(), Content_Type=JSON)) as base:
        reply = _client(base).perform("ITI-67", {"query": {"status": "current"}}, 5)
    assert "production" in str(reply.facts["unread"])


def test_a_next_page_that_comes_back_to_itself_ends() -> None:
    page = {
        "resourceType": "Bundle",
        "type": "searchset",
        "total": 0,
        "link": [{"relation": "next", "url": "DocumentReference?page=1"}],
    }
    with server(answering("200 OK", json.dumps(page).encode(), Content_Type=JSON)) as base:
        reply = _client(base).perform("ITI-67", {"query": {"status": "current"}}, 5)
    assert reply.facts["status"] == 200
    assert len(reply.others) == 1


@pytest.mark.parametrize("query", ["date=geHIER", "date=2026-13-01", "date=ge2026,zz", "creation=x", "identifier=,"])
def test_a_value_that_cannot_be_is_refused_whether_or_not_there_is_something_to_find(query: str) -> None:
    asked = f"http://x/fhir/DocumentReference?patient.identifier=urn:oid:1.2%7C3&status=current&{query}"
    answer = ReferenceEndpoint("http://x/fhir", frozenset()).answer(Request("GET", asked, {}))
    assert answer.response.status == 400
    assert b"OperationOutcome" in answer.response.body


def test_every_link_of_a_message_leads_to_what_was_created_and_a_status_may_be_said_with_its_system() -> None:
    endpoint = ReferenceEndpoint("http://host/fhir")
    message = provide_bundle([cda()], ASSOCIATIONS)
    patient = {"resourceType": "Patient", "identifier": [dict(zip(("system", "value"), PATIENT.split("|"), strict=True))]}
    message["entry"].append({"fullUrl": "urn:uuid:p", "resource": patient, "request": {"method": "POST", "url": "Patient"}})
    message["entry"][1]["resource"]["subject"] = {"reference": "urn:uuid:p"}
    assert endpoint.answer(Request("POST", "/fhir", {"Content-Type": JSON}, json.dumps(message).encode())).response.status == 200
    query = f"patient.identifier={PATIENT}&status=http://hl7.org/fhir/document-reference-status|current"
    found = json.loads(endpoint.answer(Request("GET", f"/fhir/DocumentReference?{query}", {})).response.body)
    assert [one["resource"]["subject"]["reference"].partition("/")[0] for one in found["entry"]] == ["Patient"]


@pytest.mark.parametrize(
    ("condition", "status"), [("urn:ietf:rfc:3986|urn:oid:2.25.171", 200), ("urn:ietf:rfc:3986|urn:oid:9", 422)]
)
def test_what_is_replaced_may_be_named_by_its_identifier(condition: str, status: int) -> None:
    endpoint = ReferenceEndpoint("http://host/fhir")
    assert endpoint.answer(Request("POST", "/fhir", {"Content-Type": JSON}, MESSAGE)).response.status == 200
    message = provide_bundle([cda("2.25.172")], ASSOCIATIONS, Submission(replaces=Replaced("DocumentReference/2")))
    message["entry"][-1]["request"]["url"] = f"DocumentReference?identifier={condition}"
    answer = endpoint.answer(Request("POST", "/fhir", {"Content-Type": JSON}, json.dumps(message).encode()))
    assert answer.response.status == status
    kept = endpoint.repository.read("DocumentReference/2")
    assert kept is not None and kept["status"] == ("superseded" if status == 200 else "current")
