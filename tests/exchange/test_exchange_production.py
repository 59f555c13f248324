"""No message with a production INS leaves, however it is written."""

from __future__ import annotations

import base64
import gzip
import json
import time
from urllib.parse import quote

import pytest
from exchange_documents import cda

from harness.errors import ForbiddenProduction
from harness.exchange.http import call
from harness.identifiers.notations import NESTED, names_production_ins
from harness.model import Endpoint, Request

NIR, NIA, TEST = "1.2.250.1.213.1.4.8", "1.2.250.1.213.1.4.9", "1.2.250.1.213.1.4.10"
DOCUMENT = cda(ins_root=NIR)
WRAPPED = "\n".join(base64.b64encode(DOCUMENT).decode()[place : place + 76] for place in range(0, 4000, 76))

CARRIERS: dict[str, bytes] = {
    "as written": DOCUMENT,
    "NIA": f"urn:oid:{NIA}|279035121518989".encode(),
    "percent-encoded": quote(f"urn:oid:{NIR}|2", safe="").encode(),
    "every character percent-encoded": "".join(f"%{ord(sign):02x}" for sign in NIR).encode(),
    "percent-encoded twice": quote("".join(f"%{ord(sign):02x}" for sign in NIR)).encode(),
    "JSON escapes": json.dumps({"system": NIR}).replace(".", "\\u002e").encode(),
    "XML character references": NIR.replace(".", "&#46;").encode(),
    "XML hexadecimal references": NIR.replace("8", "&#x38;").encode(),
    "UTF-16": NIR.encode("utf-16"),
    "a Binary": json.dumps({"resourceType": "Binary", "data": base64.b64encode(DOCUMENT).decode()}).encode(),
    "a Binary in lines": WRAPPED.encode(),
    "a Binary in lines, in JSON": json.dumps({"data": WRAPPED}).encode(),
    "a Binary in UTF-16": base64.b64encode(DOCUMENT.decode().replace("UTF-8", "UTF-16").encode("utf-16")),
    "base64 of base64": base64.b64encode(base64.b64encode(DOCUMENT)),
    "base64 for URLs": base64.urlsafe_b64encode(b"\xff\xfe\xff" + DOCUMENT),
    "base64 in a form": quote("data=" + base64.b64encode(b"\xff\xfe\xff" + DOCUMENT).decode(), safe="").encode(),
    "base64 in UTF-16": base64.b64encode(DOCUMENT).decode().encode("utf-16"),
    "elements": b"<b>1.2.250.1.213</b><i>.1.4.8</i>",
    "an element for each character": "".join(f"<td>{sign}</td>" for sign in NIR).encode(),
    "CDATA": b"<b>1.2.250.1<![CDATA[.213.1.4.8]]></b>",
    "a comment": b"<b>1.2.250.1<!-- x -->.213.1.4.8</b>",
    "texts of a JSON list": b'["1.2.250.1.", "213.1.4.8"]',
    "soft line breaks": b"1.2.250.1=\r\n.213.1.4.8",
    "quoted-printable": "".join(f"={ord(sign):02X}" for sign in NIR).encode(),
    "references of references": "".join(f"&amp;#{ord(sign)};" for sign in NIR).encode(),
    "hexadecimal": NIR.encode().hex().encode(),
    "HL7 v2": "".join(f"\\X{ord(sign):02X}\\" for sign in NIR).encode(),
    "full-width": "".join(chr(ord(sign) + 0xFEE0) for sign in NIR).encode(),
    "gzip": gzip.compress(DOCUMENT),
}


@pytest.mark.parametrize("data", CARRIERS.values(), ids=CARRIERS)
def test_a_production_oid_is_found_however_it_is_written(data: bytes) -> None:
    assert names_production_ins(data.decode("latin-1"))


INNOCENT: dict[str, bytes] = {
    "a test INS": cda(),
    "a test INS in a Binary": base64.b64encode(cda()),
    "a longer arc": b"1.2.250.1.213.1.4.80",
    "another root": b"11.2.250.1.213.1.4.8",
    "the social-security arcs": b"1.2.250.1.213.1.4.13 and .14",
    "nothing": b"",
}


@pytest.mark.parametrize("data", INNOCENT.values(), ids=INNOCENT)
def test_what_carries_none_is_let_through(data: bytes) -> None:
    assert not names_production_ins(data.decode("latin-1"))


@pytest.mark.parametrize("unit", [b"<!--", b"%2525", b"&amp;#49;", b"=41", b"<a", b"1 ", b"QUJDQUJDQUJDQUJDQUJD "])
def test_a_message_made_to_be_slow_to_read_is_not(unit: bytes) -> None:
    begun = time.process_time()
    names_production_ins((unit * (200_000 // len(unit))).decode("latin-1"))
    assert time.process_time() - begun < 3


@pytest.mark.parametrize(
    "request_",
    [
        Request("GET", f"http://127.0.0.1:9/fhir/DocumentReference?patient.identifier=urn%3Aoid%3A{NIR}%7C2", {}),
        Request("POST", "http://127.0.0.1:9/fhir", {}, CARRIERS["a Binary"]),
        Request("GET", "http://127.0.0.1:9/fhir", {"X-Patient": f"{NIA}|2"}),
        Request("GET", "http://127.0.0.1:9/fhir", {"X-Patient": "".join(chr(ord(sign) + 0xFEE0) for sign in NIR)}),
        Request("GET", "http://127.0.0.1:9/fhir", {f"X-{NIR}": "2"}),
    ],
    ids=["URL", "body", "header", "full-width header", "name of a header"],
)
def test_such_a_message_is_not_sent(request_: Request) -> None:
    with pytest.raises(ForbiddenProduction):
        call(request_, Endpoint("test", "http://127.0.0.1:9/fhir"), "T", 1)


def test_a_run_of_base64_met_too_deep_to_be_read_whole_is_read_where_it_stands_higher() -> None:
    run = NIR.encode()
    for _ in range(NESTED):
        run = base64.b64encode(run)
    assert not names_production_ins(base64.b64encode(run).decode())
    assert names_production_ins(f"<a>{run.decode()}</a>")


def test_what_named_none_hides_nothing_of_what_comes_after() -> None:
    harmless = base64.b64encode(b"an organisation, a person").decode()
    for _ in range(2):
        assert not names_production_ins(harmless)
        assert names_production_ins(f"{harmless} {NIR}")
