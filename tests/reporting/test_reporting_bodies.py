"""Bodies made readable without trusting them."""

from __future__ import annotations

import base64
import json

import pytest

from harness.reporting import bodies
from harness.reporting.bodies import readable


def test_json_is_indented_and_long_payloads_shortened() -> None:
    payload = base64.b64encode(b"x" * 3000).decode()
    shown = readable("0", json.dumps({"resourceType": "Binary", "data": payload}).encode())
    assert shown.kind == "json"
    assert '  "resourceType": "Binary"' in shown.text
    assert "… (4000)" in shown.text
    assert payload not in shown.text


def test_xml_is_indented() -> None:
    shown = readable("0", b"<a><b>x</b></a>")
    assert (shown.kind, shown.text) == ("xml", "<a>\n  <b>x</b>\n</a>\n")


def test_an_entity_is_neither_expanded_nor_fetched() -> None:
    attack = b'<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/hostname">]><a>&e;</a>'
    assert "&e;" in readable("0", attack).text


@pytest.mark.parametrize(
    "data",
    [b"{", b"[" * 100_000, b"<a>", b"<a" * 100_000, b"plain words", b"<!DOCTYPE html><p>not closed", b'{"a": NaN'],
    ids=range(7),
)
def test_what_does_not_parse_is_shown_as_it_is(data: bytes) -> None:
    shown = readable("0", data)
    assert shown.kind == "text"
    assert shown.text == data.decode()[: bodies.SHOWN_CHARACTERS]
    assert shown.hidden == max(len(data) - bodies.SHOWN_CHARACTERS, 0)


@pytest.mark.parametrize("data", [b"\xff\xfe\x00binary", b"text with \x00 inside"])
def test_binary_is_shown_in_hexadecimal(data: bytes) -> None:
    shown = readable("0", data)
    assert shown.kind == "binary"
    assert shown.text.replace(" ", "") == data.hex()


def test_control_characters_are_not_let_through() -> None:
    assert readable("0", b"a\x1b[31mb").text == "a\ufffd[31mb"


def test_small_bodies_are_carried_whole_and_large_ones_are_not() -> None:
    small = readable("0", b"hello")
    assert base64.b64decode(small.download.partition(",")[2]) == b"hello"
    assert readable("0", b"x" * (bodies.DOWNLOADED_BYTES + 1)).download == ""


def test_an_empty_body_is_said_to_be_empty() -> None:
    assert readable("0", b"").kind == "empty"
