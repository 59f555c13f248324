"""Size and hash of an Attachment are those of its bytes. The digests are those that `sha1sum` and `base64` give."""

from __future__ import annotations

from typing import Any

import pytest
from fhir_small import node, remarked

from harness.checks.fhir.resources import attachments

ABC = {"data": "YWJj", "size": 3, "hash": "qZk+NkcGgWq6PiVxeFDCbJzQ2J0="}  # "abc"
OF_NOTHING = "2jmj7l5rSw0yVb/vlWAYkK/YBwk="


def told(attachment: dict[str, Any]) -> list[str]:
    holder = node({"resourceType": "DocumentReference", "content": [{"attachment": attachment}]})
    found = remarked(attachments.judge, holder.children["content"][0].children["attachment"][0])
    return [remark.node.name for remark in found]


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({}, []),
        ({"size": 4}, ["size"]),
        ({"size": 5 * 10**400}, ["size"]),
        ({"hash": OF_NOTHING}, ["hash"]),
        ({"hash": "a9993e364706816aba3e25717850c26c9cd0d89d"}, ["hash"]),  # in hexadecimal, as XDS writes it
        ({"hash": "ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0="}, ["hash"]),  # SHA-256
        ({"size": 0, "hash": OF_NOTHING}, ["size", "hash"]),
        ({"data": "YW Jj\n"}, []),
        ({"data": "YW*j"}, []),  # no base64: told of the value
        ({"data": ""}, []),
        ({"hash": 3, "size": "3"}, []),  # told as types
    ],
)
def test_size_and_hash_are_those_of_the_bytes(change: dict[str, Any], found: list[str]) -> None:
    assert told(ABC | change) == found


def test_without_content_only_the_form_of_the_hash_can_be_told() -> None:
    assert told({"hash": "a9993e364706816aba3e25717850c26c9cd0d89d", "url": "Binary/1"}) == ["hash"]  # hexadecimal: 30 bytes
    assert told({"hash": "no base64!", "url": "Binary/1"}) == []  # told of the value


@pytest.mark.parametrize(
    ("attachment", "found"),
    [
        ({"size": 12, "hash": OF_NOTHING}, ["hash"]),
        ({"size": 0, "hash": ABC["hash"]}, ["hash"]),
        ({"size": 0, "hash": OF_NOTHING}, []),  # a document to come, as MHD writes it
        ({"size": 3, "hash": ABC["hash"]}, []),
        ({"hash": OF_NOTHING}, []),
        ({"size": 0}, []),
        ({"size": 0, "hash": "no base64!"}, []),
        ({"size": "12", "hash": OF_NOTHING}, []),  # told as a type
    ],
)
def test_an_empty_content_has_one_digest_that_no_other_has(attachment: dict[str, Any], found: list[str]) -> None:
    assert told(attachment | {"url": "Binary/1"}) == found


@pytest.mark.parametrize(
    ("url", "found"), [("JavaScript:alert(1)", ["url"]), ("https://a.example/javascript:x", []), ("Binary/1", [])]
)
def test_an_address_is_no_program(url: str, found: list[str]) -> None:
    assert told({"url": url}) == found
