"""A secret that a server sends back is masked, however it writes it."""

from __future__ import annotations

import base64
import hashlib
import html
import json
import re
from collections.abc import Callable
from datetime import UTC, datetime
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.model import Exchange, Request, Response, Text
from harness.secrets import HIDDEN
from harness.telling import Telling
from harness.telling.echoes import mask_bytes, secret_values

SECRET = "cl\"é/<SECRÈTE>'+998877=="
WRITINGS: dict[str, str] = {
    "as it is": SECRET,
    "JSON": json.dumps(SECRET, ensure_ascii=False)[1:-1],
    "JSON in ASCII": json.dumps(SECRET)[1:-1],
    "JSON with every slash escaped": json.dumps(SECRET)[1:-1].replace("/", "\\/"),
    "JSON with every letter escaped": "".join(f"\\u{ord(letter):04X}" for letter in SECRET),
    "XML": html.escape(SECRET),
    "XML with every letter as a reference": "".join(f"&#x{ord(letter):x};" for letter in SECRET),
    "XML with every letter in decimals": "".join(f"&#{ord(letter):05};" for letter in SECRET),
    "HTML": SECRET.replace("é", "&eacute;").replace("<", "&lt;").replace("'", "&apos;"),
    "a URL": quote(SECRET),
    "a URL without a slash": quote(SECRET, safe=""),
    "a URL in small letters": re.sub("%..", lambda match: match[0].lower(), quote(SECRET, safe="")),
}


def masked(body: bytes) -> bytes:
    return mask_bytes(body, secret_values({"Authorization": f"Bearer {SECRET}"}))


@pytest.mark.parametrize("written", WRITINGS.values(), ids=WRITINGS)
def test_a_secret_sent_back_is_masked_however_it_is_written(written: str) -> None:
    assert masked(f"refused for Bearer {written}, sorry".encode()) == f"refused for {HIDDEN}, sorry".encode()
    assert masked(f"refused for {written}, sorry".encode()) == f"refused for {HIDDEN}, sorry".encode()


@pytest.mark.parametrize(("value", "left"), [("abcdefgh", b"<***>"), ("abcdefg", b"<abcdefg>")])
def test_a_value_of_less_than_eight_characters_may_come_by_chance(value: str, left: bytes) -> None:
    assert mask_bytes(b"<" + value.encode() + b">", secret_values({"X-Api-Key": value})) == left


def test_a_basic_header_that_holds_no_credentials_is_a_secret_as_it_stands() -> None:
    for token in ("no base64 at all", base64.b64encode(b"\xff\xfe\xfd").decode()):
        assert secret_values({"Authorization": f"Basic {token}"})[0] == f"Basic {token}".encode()


@pytest.mark.parametrize(
    ("before", "left"), [("", b"<***PT0h>"), ("a", b"<YW***IQ==>"), ("ab", b"<YWJ***PSE=>"), ("abc", b"<YWJj***PT0h>")]
)
@pytest.mark.parametrize("encode", [base64.b64encode, base64.urlsafe_b64encode])
def test_a_secret_in_base64_is_masked_wherever_it_begins(before: str, left: bytes, encode: Callable[[bytes], bytes]) -> None:
    """But for the letters that tell of its neighbours too."""
    assert masked(b"<" + encode((before + SECRET + "!").encode()) + b">") == left


def test_the_password_of_a_basic_header_is_a_secret_of_its_own() -> None:
    header = "Basic " + base64.b64encode(b"moi:motdepasse").decode()
    kept = mask_bytes(b"user moi, password motdepasse, " + header.encode(), secret_values({"Authorization": header}))
    assert b"motdepasse" not in kept and header.partition(" ")[2].encode() not in kept
    assert b"user moi" in kept


@given(st.text(max_size=60))
def test_what_holds_no_secret_is_left_as_it_is(text: str) -> None:
    assert masked(text.encode("utf-8", "replace")) == text.encode("utf-8", "replace")


def test_what_a_server_sends_back_is_hidden_in_both_messages_and_in_whatever_is_told_after() -> None:
    token = "jeton-tres-secret"
    said = f"refused for {token}".encode()
    came = Exchange(
        "x1",
        "pdsm",
        "ITI-67",
        Request("GET", f"http://host/fhir?ctx={token}", {"Authorization": f"Bearer {token}", "X-Hospital-Key": "cle-de-l-hopital"}),
        Response(403, {"X-Echo": token, "Set-Cookie": "id=cookie-monster"}, said + b" and cle-de-l-hopital"),
        datetime(2026, 11, 24, tzinfo=UTC),
        0.1,
        Text(f"fermé à {token}", f"closed for {token}"),
        frozenset({"X-Hospital-Key"}),
    )
    telling = Telling()
    told = telling.exchange(came)
    sentence = telling.told(Text(said.decode(), "cle-de-l-hopital"))
    assert told.failure == Text("fermé à ***", "closed for ***")
    for secret in (token, "cle-de-l-hopital", "cookie-monster"):
        assert secret not in repr(told) + repr(sentence)
    assert told.response_received_sha256 == hashlib.sha256(came.response.body).hexdigest() if came.response else False
    assert (told.request_received_sha256, told.masked) == ("", False)


def test_a_value_of_any_shape_is_told_in_its_shape() -> None:
    telling = Telling()
    moment, failure = datetime(2026, 11, 24, tzinfo=UTC), Text("?token=a", "?token=b")
    told = telling.told({"?token=k": ("?token=a", 3, True, None, moment, failure, Text)})
    assert told == {"?token=***": ("?token=***", 3, True, None, moment, Text("?token=***", "?token=***"), Text)}


def test_a_secret_that_was_sent_in_a_body_leaves_the_digest_of_what_was() -> None:
    request = Request("POST", "http://host/fhir", {"X-Api-Key": "cle-de-l-hopital"}, b"key cle-de-l-hopital \xff")
    told = Telling().exchange(Exchange("x1", "pdsm", "ITI-65", request, None, datetime(2026, 11, 24, tzinfo=UTC), 0.1))
    assert told.request.body == b"key *** \xff"
    assert (told.request_received_sha256, told.response_received_sha256) == (hashlib.sha256(request.body).hexdigest(), "")


def test_what_no_encoding_can_write_is_told_too() -> None:
    telling = Telling()
    sent = Request("GET", "http://host/fhir", {"X-Api-Key": "cle-de-l-hopital"}, b"")
    telling.exchange(Exchange("x1", "pdsm", "ITI-67", sent, None, datetime(2026, 11, 24, tzinfo=UTC), 0.1))
    assert telling.told("\ud800 cle-de-l-hopital") == "? ***"
