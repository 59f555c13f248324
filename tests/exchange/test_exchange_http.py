"""One HTTP call always ends, within its bounds, and keeps no secret."""

from __future__ import annotations

import gzip
import socket
import ssl
import threading
import zlib
from pathlib import Path
from typing import Any

import pytest
import trustme
from exchange_servers import Behaviour, answering, heard, resetting, saying, server, silent

from harness.exchange.failures import DEFAULT_BOUNDS, Bounds, explain
from harness.exchange.http import call
from harness.model import Endpoint, Exchange, Request, Response
from harness.telling import Telling

SMALL = Bounds(body=100_000, connect=2, idle=5)
OK = b"HTTP/1.1 200 OK\r\n"


def get(url: str, deadline: float = 5.0, **known: Any) -> Exchange:
    endpoint = Endpoint("test", url, **known)
    return call(Request("GET", url, endpoint.headers), endpoint, "GET", deadline, SMALL)


ENDLESS: dict[str, Behaviour] = {
    "silence": silent,
    "a byte of headers now and then": saying(OK, every=0.02, for_ever=b"x"),
    "a byte of body now and then": saying(OK + b"Content-Length: 9999\r\n\r\n", every=0.02, for_ever=b"x"),
    "chunks without end": saying(OK + b"Transfer-Encoding: chunked\r\n\r\n", every=0.02, for_ever=b"1\r\nx\r\n"),
    "100 Continue without end": saying(every=0.01, for_ever=b"HTTP/1.1 100 Continue\r\n\r\n"),
    "102 Processing without end": saying(every=0.01, for_ever=b"HTTP/1.1 102 Processing\r\n\r\n"),
}


@pytest.mark.parametrize("behaviour", ENDLESS.values(), ids=ENDLESS)
def test_an_answer_that_never_ends_ends_at_the_deadline(behaviour: Behaviour) -> None:
    with server(behaviour) as url:
        exchange = get(url, deadline=0.4)
    assert exchange.failure is not None
    assert "0.4 s" in exchange.failure.fr


@pytest.mark.parametrize(("more", "told"), [(b"", "3 octets reçus sur 9"), (b"Content-Encoding: identity\r\n", "(statut 200)")])
def test_an_answer_shorter_than_its_length_tells_both(more: bytes, told: str) -> None:
    with server(saying(OK + more + b"Content-Length: 9\r\n\r\nabc", every=5)) as url:
        assert told in _failure(get(url, deadline=0.4))


def test_headers_without_end_are_refused() -> None:
    with server(saying(OK, for_ever=b"X-More: y\r\n")) as url:
        assert "HTTP" in _failure(get(url))


def test_a_tls_handshake_that_never_ends_ends_at_the_deadline() -> None:
    with server(silent) as url:
        assert "0.4 s" in _failure(get(url.replace("http:", "https:"), deadline=0.4))


def test_a_huge_answer_is_cut_at_the_bound_and_only_its_beginning_kept() -> None:
    with server(saying(OK + b"\r\n", for_ever=b"x" * 50_000)) as url:
        exchange = get(url)
    assert "dépasse" in _failure(exchange)
    assert exchange.response and len(exchange.response.body) <= 65_536


def test_a_gzip_bomb_is_cut_at_the_bound() -> None:
    bomb = gzip.compress(b"\0" * 50_000_000)
    with server(answering("200 OK", bomb, Content_Encoding="gzip")) as url:
        assert "dépasse" in _failure(get(url))


def test_a_compressed_answer_within_the_bound_is_read() -> None:
    with server(answering("200 OK", gzip.compress(b"bonjour"), Content_Encoding="gzip")) as url:
        assert _answer(get(url)).body == b"bonjour"


def test_a_body_compressed_in_several_members_is_read_to_its_end() -> None:
    """Servers that flush as they write send them (RFC 1952, 2.2)."""
    members = gzip.compress(b"bon") + gzip.compress(b"jour") + b"\0\0"
    with server(answering("200 OK", members, Content_Encoding="gzip")) as url:
        assert _answer(get(url)).body == b"bonjour"


@pytest.mark.parametrize("kept", range(3, 10))
def test_a_run_of_one_byte_that_ends_at_the_bound_of_a_piece_is_read_whole(kept: int) -> None:
    """The last bytes of a piece may be in the inflater when nothing is left to feed it with."""
    sent = b"x" * (65_536 + kept)
    with server(answering("200 OK", zlib.compress(sent), Content_Encoding="deflate")) as url:
        assert _answer(get(url)).body == sent


def test_a_compressed_body_that_ends_too_early_is_no_answer() -> None:
    whole = gzip.compress(bytes(range(256)) * 40)
    with server(answering("200 OK", whole[: len(whole) // 2], Content_Encoding="gzip")) as url:
        assert "compressé" in _failure(get(url))


def test_a_coding_that_was_not_asked_for_is_named() -> None:
    with server(answering("200 OK", b"\x0b\x02\x80", Content_Encoding="br")) as url:
        assert "« br »" in _failure(get(url))


@pytest.mark.parametrize("length", ["abc", "-5", "0x10", ""])
def test_a_length_that_is_no_number_is_told(length: str) -> None:
    with server(saying(OK + f"Content-Length: {length}\r\n\r\n".encode() + b"bonjour")) as url:
        assert f"« {length} »" in _failure(get(url))


def test_a_server_without_tls_is_told_to_be() -> None:
    def answering_at_once(connection: socket.socket, over: threading.Event) -> None:
        connection.recv(1000)
        connection.sendall(OK)

    with server(answering_at_once) as url:
        assert "ne répond pas en TLS" in _failure(get(url.replace("http:", "https:")))


@pytest.mark.parametrize("reason", ["WRONG_VERSION_NUMBER", "RECORD_LAYER_FAILURE"])  # of OpenSSL 3.0 and 3.5.5
def test_each_openssl_has_its_word_for_it(reason: str) -> None:
    error = ssl.SSLError()
    error.reason = reason
    assert "ne répond pas en TLS" in explain(error, "https://127.0.0.1/fhir", DEFAULT_BOUNDS).fr


@pytest.mark.parametrize("before", ["102 Processing", "103 Early Hints", "199 Whatever"])
def test_answers_that_only_inform_are_not_the_answer(before: str) -> None:
    informed = f"HTTP/1.1 {before}\r\nLink: </style>\r\n\r\n".encode() * 2
    with server(saying(informed + OK + b"Content-Length: 7\r\n\r\nbonjour")) as url:
        answer = _answer(get(url))
    assert (answer.status, answer.body) == (200, b"bonjour")


def test_what_is_said_to_be_compressed_and_is_not_is_told() -> None:
    with server(answering("200 OK", b"bonjour", Content_Encoding="gzip")) as url:
        assert "compressé" in _failure(get(url))


def closing(connection: socket.socket, over: threading.Event) -> None:
    heard(connection)


BROKEN: dict[str, tuple[Behaviour, str]] = {
    "truncated": (saying(OK + b"Content-Length: 50\r\n\r\nhello"), "tronquée"),
    "reset": (resetting, "rompu"),
    "closed": (closing, "sans répondre"),
    "not HTTP": (saying(b"\x15\x03\x01 bonjour\r\n\r\n"), "HTTP"),
    "bad chunk": (saying(OK + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n"), "mal découpée"),
    "two lengths": (saying(OK + b"Content-Length: 5\r\nContent-Length: 7\r\n\r\nhello"), "HTTP correct"),
}


@pytest.mark.parametrize(("behaviour", "told"), BROKEN.values(), ids=BROKEN)
def test_a_broken_answer_is_told_in_words(behaviour: Behaviour, told: str) -> None:
    with server(behaviour) as url:
        assert told in _failure(get(url))


def test_nobody_listening_is_told_in_words() -> None:
    with socket.socket() as held:  # as long as it is asked, so that nobody else gets the port
        held.bind(("127.0.0.1", 0))
        exchange = get(f"http://127.0.0.1:{held.getsockname()[1]}/fhir")
    assert "rien n'écoute" in _failure(exchange)
    assert exchange.response is None


@pytest.mark.parametrize("url", ["ftp://ex.example/", "http://[::1", "http:///x", "http://a b/", "nothing"])
def test_a_url_that_cannot_be_called_is_told_in_words(url: str) -> None:
    assert "URL" in _failure(get(url))


# ------------------------------------------------------------------ redirects


@pytest.mark.parametrize(("method", "status"), [("GET", b"302"), ("GET", b"303"), ("POST", b"301"), ("POST", b"307")])
def test_redirects_on_the_same_origin_are_followed_with_the_same_method(method: str, status: bytes) -> None:
    ways = {b"/fhir": b"/fhir/", b"/fhir/": b"/fhir/there"}

    def behave(connection: socket.socket, over: threading.Event) -> None:
        verb, path, _ = heard(connection).split(b" ", 2)
        moved = b"HTTP/1.1 %s Moved\r\nLocation: %s\r\nContent-Length: 0\r\n\r\n" % (status, ways.get(path, b""))
        connection.sendall(moved if path in ways else OK + b"Content-Length: %d\r\n\r\n%s" % (len(verb), verb))

    with server(behave) as url:
        exchange = call(Request(method, url, {}, b""), Endpoint("test", url), method, 5)
    assert _answer(exchange).body == method.encode()
    assert exchange.request.url.endswith("/fhir/there")


def test_redirects_without_end_are_given_up() -> None:
    def behave(connection: socket.socket, over: threading.Event) -> None:
        path = heard(connection).split(b" ")[1]
        connection.sendall(b"HTTP/1.1 307 Moved\r\nLocation: %sx\r\nContent-Length: 0\r\n\r\n" % path)

    with server(behave) as url:
        exchange = get(url)
    assert "redirige encore" in _failure(exchange) and not exchange.leads_away


def test_redirects_in_a_circle_are_given_up() -> None:
    with server(answering("302 Found", Location="/fhir")) as url:
        assert "redirige encore" in _failure(get(url))


@pytest.mark.parametrize(
    "target", ["http://192.0.2.1/fhir", "https://127.0.0.1/fhir", "http://127.0.0.1:1/", "//ex.example/x", "ftp://x/"]
)
def test_a_redirect_elsewhere_is_refused_and_names_where(target: str) -> None:
    with server(answering("302 Found", Location=target)) as url:
        exchange = get(url)
    assert target.rpartition("//")[2] in _failure(exchange)
    assert exchange.response and exchange.response.status == 302 and exchange.leads_away


@pytest.mark.parametrize("address", [b"http://[::1", b"http://127.0.0.1:99999/x", b"http://127.0.0.1:8o8/", b"//[\xff\xfe/"])
def test_a_redirect_to_what_is_no_address_is_refused(address: bytes) -> None:
    with server(saying(b"HTTP/1.1 302 Found\r\nLocation: " + address + b"\r\nContent-Length: 0\r\n\r\n")) as url:
        exchange = get(url)
    assert "redirige" in _failure(exchange) and not exchange.leads_away


@pytest.mark.parametrize("address", ["/fhir/1.2.250.1.213.1.4.8", "/fhir?patient=urn%3Aoid%3A1.2.250.1.213.1.4.9%7C2"])
def test_a_redirect_to_a_production_ins_is_not_followed_and_ends_nothing_else(address: str) -> None:
    with server(answering("302 Found", Location=address)) as url:
        exchange = get(url)
    assert "production" in _failure(exchange)
    assert exchange.response and exchange.response.status == 302
    assert exchange.request.url == url


def test_a_redirect_that_would_turn_a_post_into_a_get_is_not_followed() -> None:
    with server(answering("303 See Other", Location="/fhir/there")) as url:
        exchange = call(Request("POST", url, {}, b"x"), Endpoint("test", url), "POST", 5)
    assert _answer(exchange).status == 303


# ------------------------------------------------------------------ TLS


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


def _context(authority: trustme.CA, *names: str) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(*names).configure_cert(context)
    return context


def test_an_unknown_authority_is_refused_and_the_given_one_accepted(authority: trustme.CA, tmp_path: Path) -> None:
    file = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(file)
    with server(answering("200 OK", b"hello"), _context(authority, "127.0.0.1")) as url:
        assert "TLS" in _failure(get(url))
        assert get(url, ca_file=str(file)).failure is None


def test_a_certificate_for_another_name_is_refused(authority: trustme.CA, tmp_path: Path) -> None:
    file = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(file)
    with server(answering("200 OK"), _context(authority, "ex.example")) as url:
        assert "TLS" in _failure(get(url, ca_file=str(file)))


def test_a_client_certificate_is_presented(authority: trustme.CA, tmp_path: Path) -> None:
    context = _context(authority, "127.0.0.1")
    context.verify_mode = ssl.CERT_REQUIRED
    authority.configure_trust(context)
    ours = authority.issue_cert("harness.example")
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    ours.private_key_and_cert_chain_pem.write_to_path(tmp_path / "ours.pem")
    authorities, certificate = str(tmp_path / "ca.pem"), str(tmp_path / "ours.pem")
    with server(answering("200 OK", b"hello"), context) as url:
        assert get(url, ca_file=authorities).failure is not None
        assert get(url, ca_file=authorities, client_certificate=certificate).failure is None


# ------------------------------------------------------------------ secrets


def test_an_exchange_is_as_it_came_and_knows_its_secret_headers() -> None:
    headers = {"Authorization": "Bearer jeton-tres-secret", "X-Hospital-Key": "cle-de-l-hopital"}
    with server(answering("200 OK", b"hello")) as url:
        exchange = get(url, headers=headers)
    assert exchange.request.headers["Authorization"] == "Bearer jeton-tres-secret"
    told = repr(Telling().exchange(exchange))
    assert "tres-secret" not in told and "hopital" not in told.replace("X-Hospital-Key", "")


def test_credentials_in_a_url_are_sent_and_not_told() -> None:
    heard_headers: list[bytes] = []

    def behave(connection: socket.socket, over: threading.Event) -> None:
        heard_headers.append(heard(connection))
        connection.sendall(OK + b"Content-Length: 0\r\n\r\n")

    with server(behave) as url:
        exchange = Telling().exchange(get(url.replace("://", "://moi:motdepasse@")))
    assert b"Authorization: Basic" in heard_headers[0]
    assert "motdepasse" not in repr(exchange)
    assert "bW9pOm1vdGRlcGFzc2U" not in repr(exchange)


def test_the_proxies_of_the_environment_are_not_used_for_loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    with server(answering("200 OK", b"hello")) as url:
        assert get(url).failure is None


def _failure(exchange: Exchange) -> str:
    assert exchange.failure is not None
    return exchange.failure.fr


def _answer(exchange: Exchange) -> Response:
    assert exchange.failure is None and exchange.response is not None
    return exchange.response
