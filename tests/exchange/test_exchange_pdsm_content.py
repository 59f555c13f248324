"""Whatever a system answers becomes a resource, or a sentence that says why it is none."""

from __future__ import annotations

import gzip
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.exchange.pdsm.content import JSON, XML, read_content

NONE: dict[str, tuple[bytes, str, str]] = {
    "nothing": (b"", "", "vide"),
    "HTML": (b"<html/>", "text/html", "text/html"),
    "empty JSON": (b"", JSON, "vide"),
    "a list": (b"[]", JSON, "resourceType"),
    "no resourceType": (b"{}", JSON, "resourceType"),
    "a resourceType that is no text": (b'{"resourceType": 5}', JSON, "resourceType"),
    "cut JSON": (b'{"resourceType": "A"', JSON, "ligne 1"),
    "a key twice": (b'{"resourceType": "A", "a": 1, "a": 2}', JSON, "« a »"),
    "NaN": (b'{"resourceType": "A", "a": NaN}', JSON, "NaN"),
    "an endless number": (b'{"resourceType": "A", "a": ' + b"9" * 5000 + b"}", JSON, "nombre"),
    "a list deep as a well": (b"[" * 200_000, JSON, "imbriqués"),
    "an object deeper than FHIR": (b'{"a":' * 200 + b"1" + b"}" * 200, JSON, "profondément"),
    "not UTF-8": (b"\xff", JSON, "UTF-8"),
    "half a character": (b'{"resourceType": "A", "a": "\\ud800"}', JSON, "moitié de caractère"),
    "gzip that nothing says": (gzip.compress(b'{"resourceType": "A"}'), JSON, "gzip"),
    "cut XML": (b"<Patient", XML, "ligne 1"),
    "XML that is not FHIR": (b"<a/>", XML, "espace"),
    "a DTD": (b'<!DOCTYPE a [<!ENTITY b "c">]><Patient xmlns="http://hl7.org/fhir"/>', XML, "DOCTYPE"),
    "XML deep as a well": (b"<a>" * 100_000, XML, "démesuré"),
    "XML deeper than FHIR": (
        b'<Patient xmlns="http://hl7.org/fhir">' + b"<a>" * 200 + b"</a>" * 200 + b"</Patient>",
        XML,
        "imbriqués",
    ),
}


@pytest.mark.parametrize(("body", "content_type", "told"), NONE.values(), ids=NONE)
def test_what_is_no_resource_is_told_in_words(body: bytes, content_type: str, told: str) -> None:
    content = read_content(body, content_type)
    assert content.resource is None
    assert content.problem is not None
    assert told in content.problem.fr


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b'{"resourceType": "Patient", "id": "1"}', "application/fhir+json; charset=UTF-8"),
        (b'\xef\xbb\xbf{"resourceType": "Patient", "id": "1"}', "Application/JSON"),
        (b'<Patient xmlns="http://hl7.org/fhir"><id value="1"/></Patient>', "application/fhir+xml"),
        (b'<?xml version="1.0"?><!-- c --><f:Patient xmlns:f="http://hl7.org/fhir"><f:id value="1"/></f:Patient>', "text/xml"),
    ],
)
def test_a_resource_is_read_from_either_format(body: bytes, content_type: str) -> None:
    assert read_content(body, content_type).resource == {"resourceType": "Patient", "id": "1"}


@given(st.binary(max_size=200), st.sampled_from([JSON, XML, "text/plain", ""]))
@settings(max_examples=200)
def test_no_bytes_are_ever_an_exception(body: bytes, content_type: str) -> None:
    content = read_content(body, content_type)
    assert (content.resource is None) != (content.problem is None)


_JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=12,
)


@given(st.dictionaries(st.sampled_from(["entry", "total", "link", "type", "id", "issue", "x"]), _JSON_VALUES))
@settings(max_examples=200)
def test_no_shape_of_bundle_is_ever_an_exception_for_an_expectation(shape: dict[str, Any]) -> None:
    from exchange_replies import reply_of

    from harness.exchange.pdsm.expectations import EXPECTATIONS

    body = json.dumps({"resourceType": "Bundle", **shape}).encode()
    arguments = {
        "status": 200, "refused": True, "bundle": "searchset", "entries": "all-2xx", "operation-outcome": "required",
        "found": "1.2", "found-once": ["1.2"], "found-at": "DocumentReference/1", "not-found": "1.2", "total-is-matches": True,
        "only-matching": {"patient": "a|b", "status": "current", "type": "X"}, "status-of": {"1.2": "current"},
        "attachment-matches": b"x", "attachment-truthful": b"x", "attachment-address": True,
        "bytes-equal": b"x", "hash-matches": {"hash": "x", "size": 1}, "media-type": "text/xml",
        "is-fhir": True, "resource": "Bundle", "has": ["entry.link", "total"], "lacks": ["entry.link"],
        "full-urls": True, "complete": "1.2",
        "codes-kept": {"masterIdentifier": {"value": "1.2"}, "type": {"coding": [{"code": "X"}]}},
        "self-link": True, "headers": {"ETag": "present"}, "relates-to": {"replaces": "DocumentReference/1"},
        "metadata-kept": {"masterIdentifier": {"value": "1.2"}}, "links-resolved": {"entry": [{"fullUrl": "urn:uuid:1"}]},
        "set-holds": "DocumentReference/1", "new-version": {"entry": []}, "charset-truthful": True, "utf-8": True,
    }  # fmt: skip
    assert set(arguments) == set(EXPECTATIONS)
    for type_ in ("searchset", "transaction-response", None):
        reply = reply_of(body.replace(b'"Bundle"', b'"Bundle", "type": "%s"' % type_.encode(), 1) if type_ else body)
        for name, argument in arguments.items():
            EXPECTATIONS[name](reply, argument)
