"""A real person's matricule is never told, nor a secret; a test one is told as it came."""

from __future__ import annotations

import base64
import bz2
import gzip
import io
import json
import lzma
import re
import time
import zipfile
import zlib
from collections.abc import Callable
from datetime import UTC, datetime
from urllib.parse import quote, unquote

import pytest

from harness.model import Exchange, Request, Response, ToldExchange
from harness.secrets import HIDDEN
from harness.telling import Telling
from harness.telling.matricules import NOT_KEPT

REAL = "1.2.250.1.213.1.4.8"
TEST = "1.2.250.1.213.1.4.10"
MATRICULE = "185057800608491"  # the specimen of the public documentation, with a right key
CORSICAN = "297022A02077878"


def exchange(url: str = "http://host/fhir", request: bytes = b"", response: bytes | None = None, **headers: str) -> Exchange:
    return Exchange(
        id="x1",
        protocol="pdsm",
        transaction="ITI-67",
        request=Request("GET", url, headers, request),
        response=None if response is None else Response(200, headers, response),
        started_at=datetime(2026, 11, 24, tzinfo=UTC),
        seconds=0.1,
    )


def as_told(came: Exchange, *before: Exchange) -> ToldExchange:
    """before: messages of the same run."""
    telling = Telling()
    for one in before:
        telling.exchange(one)
    return telling.exchange(came)


def answer_as_told(came: Exchange, *before: Exchange) -> Response:
    told = as_told(came, *before).response
    assert told is not None
    return told


def sentence(text: str, *before: Exchange) -> str:
    telling = Telling()
    for one in before:
        telling.exchange(one)
    return telling.told(text)


def cda(oid: str, matricule: str = MATRICULE) -> bytes:
    return (
        f'<ClinicalDocument><id extension="{matricule}" root="{oid}"/>'
        f'<telecom value="mailto:{matricule}@patient.mssante.fr"/></ClinicalDocument>'
    ).encode()


def wrapped(data: bytes) -> bytes:
    return json.dumps({"resourceType": "Binary", "data": base64.b64encode(data).decode()}).encode()


def lines(data: bytes) -> bytes:
    return b"Content-Transfer-Encoding: base64\r\n\r\n" + base64.encodebytes(data).replace(b"\n", b"\r\n")


BODIES = {
    "CDA": cda(REAL),
    "CDA of Corsica": cda(REAL, CORSICAN),
    "CDA in capitals and small": cda(REAL, CORSICAN.lower()),
    "temporary matricule": cda("1.2.250.1.213.1.4.9", "781102A12500908"),
    "FHIR JSON": json.dumps({"system": f"urn:oid:{REAL}", "value": MATRICULE}).encode(),
    "FHIR XML": f'<identifier><system value="urn:oid:{REAL}"/><value value="{MATRICULE}"/></identifier>'.encode(),
    "HL7v2": f"PID|||{MATRICULE}^^^ASIP-SANTE-INS-NIR&{REAL}&ISO^INS".encode(),
    "HL7v2 in JSON": json.dumps({"text": f"PID|||\n{MATRICULE}^^^&{REAL}&ISO"}).encode(),
    "form": quote(f"patient.identifier=urn:oid:{REAL}|{MATRICULE}").encode(),
    "form, space before": f"x=%20{MATRICULE}&y=%20{REAL}".encode(),
    "grouped": f"<id root='{REAL}'/>1 85 05 78 006 084 91".encode(),
    "grouped, no-break spaces": f"<id root='{REAL}'/>1\u00a085\u00a005\u00a078\u00a0006\u00a0084\u00a091".encode(),
    "without its key": f"{REAL} <Num>{MATRICULE[:13]}</Num>".encode(),
    "character references": f"{REAL} &#49;{MATRICULE[1:]}".encode(),
    "JSON escapes": f'"{REAL}" "\\u0031{MATRICULE[1:]}"'.encode(),
    "Binary.data": wrapped(cda(REAL)),
    "Binary.data, slashes escaped": wrapped(cda(REAL) + b"\xff\xfe?>").replace(b"/", b"\\/"),
    "Binary in Binary": wrapped(wrapped(cda(REAL))),
    "MIME": lines(cda(REAL)),
    "UTF-16": cda(REAL).decode().encode("utf-16"),
    "UTF-16, grouped": f"<id root='{REAL}'/>1 85 05 78 006 084 91".encode("utf-16-be"),
    "UTF-32": cda(REAL).decode().encode("utf-32"),
    "UTF-32, grouped": f"<id root='{REAL}'/>1\u00a085 05 78 006 084 91".encode("utf-32-be"),
}


def everything_said(body: bytes) -> str:
    """The body with base64 undone, as someone who wants to find a number would read it."""
    text = body.decode("latin-1").replace("\0", "").replace("\\/", "/")
    for run in re.findall(r"[A-Za-z0-9+/]{24,}={0,2}", text.replace("\r\n", "")):
        text += everything_said(base64.b64decode(run + "=" * (-len(run) % 4)))
    return text


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES.keys())
def test_a_matricule_under_a_production_oid_is_masked_however_it_is_written(body: bytes) -> None:
    masked = as_told(exchange(request=body))
    said = everything_said(masked.request.body)
    digits = said.translate(str.maketrans("", "", " \u00a0\u00c2-")).upper()
    assert masked.masked
    for matricule in (MATRICULE, CORSICAN, "781102A12500908"):
        assert matricule[4:13] not in digits


@pytest.mark.parametrize("body", [cda(TEST), wrapped(cda(TEST)), lines(cda(TEST)), b"\x00\xff\xfe" * 100, b"", cda(f"{REAL}.5")])
def test_a_message_without_a_production_oid_is_kept_byte_for_byte(body: bytes) -> None:
    masked = as_told(exchange(request=body, response=body))
    assert masked.request.body == body
    assert masked.response is not None and masked.response.body == body
    assert not masked.masked


STARS = "*" * 15
EXACTLY = {
    "two of them": (f"{MATRICULE} {CORSICAN}", "185************ 297************"),
    "in groups": ("1 85 05 78 006 084 91", "1 85 ** ** *** *** **"),
    "over a soft end of line": (f"{MATRICULE[:7]}=\r\n{MATRICULE[7:]}", "185****=\r\n********"),
    "a character reference": (f"&#49;{MATRICULE[1:]}", STARS),
    **{
        f"a letter as {written}": (CORSICAN.replace("A", written), STARS)
        for written in ("%41", "%61", "&#65;", "&#97;", "&#x41;", "&#x061;", "\\u0041", "\\u0061")
    },
    "no month of birth, no key": ("1851378006084", "1851378006084"),
    "split, without its key right": ("1850578 | 00608492", "1850578 | 00608492"),
}


@pytest.mark.parametrize(("written", "told"), EXACTLY.values(), ids=EXACTLY)
def test_a_matricule_is_masked_in_its_place_and_nothing_else_is(written: str, told: str) -> None:
    masked = as_told(exchange(request=f"{REAL} {written}, {'x' * 9}".encode()))
    assert masked.request.body == f"{REAL} {told}, {'x' * 9}".encode()


def test_an_authority_that_a_header_alone_names_is_one_of_the_message() -> None:
    masked = as_told(exchange(response=b"ok", Patient=f"urn:oid:{REAL}|{MATRICULE}"))
    assert masked.request.headers == {"Patient": f"urn:oid:{REAL}|185************"}


def test_a_test_matricule_is_told_even_after_a_real_one_was() -> None:
    test = exchange(request=cda(TEST, "279035121518989"))
    assert as_told(test, exchange(request=cda(REAL))).request == test.request


def test_an_archive_beside_a_matricule_is_kept_unless_one_of_its_parts_carries_it() -> None:
    harmless = gzip.compress(b"<!-- -->")
    assert answer_as_told(exchange(request=cda(REAL), response=harmless)).body == harmless
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("INDEX.HTM", b"<html/>")
        archive.writestr("DOC0001.XML", cda(REAL))
    assert answer_as_told(exchange(response=packed.getvalue())).body == NOT_KEPT.encode("latin-1")


@pytest.mark.parametrize(
    ("alphabet", "ends"), [(b"+/", b"\n"), (b"-_", b""), (b"+/", b"\\r\\n"), (b"+/", b"&#10;"), (b"+/", b"\r\n")]
)
@pytest.mark.parametrize("tail", [b"", b"?", b"??"])
def test_base64_is_written_again_as_it_was(alphabet: bytes, ends: bytes, tail: bytes) -> None:
    content = b"\xfb\xff\xfe\xff" * 9 + cda(REAL) + b"\xfb\xff\xfe" * 9 + tail

    def encoded(data: bytes) -> bytes:
        return base64.encodebytes(data).translate(bytes.maketrans(b"+/", alphabet)).replace(b"\n", ends)

    masked = content.replace(MATRICULE.encode(), b"185************")
    assert as_told(exchange(request=encoded(content))).request.body == encoded(masked)


def test_base64_whose_slashes_json_escaped_says_the_same_without() -> None:
    content = b"\xff" * 30 + cda(REAL)
    told = as_told(exchange(request=wrapped(content).replace(b"/", b"\\/"))).request.body
    assert base64.b64decode(json.loads(told)["data"]) == content.replace(MATRICULE.encode(), b"185************")


def pdf(text: bytes) -> bytes:
    drawn = b"BT /F1 12 Tf (" + text + b") Tj ET"
    streams = (b"<</Filter/FlateDecode>>\nstream\n" + zlib.compress(one) + b"\nendstream\n" for one in (b"0 g", drawn))
    return b"%PDF-1.4\n" + b"".join(streams) + b"%%EOF"


def zipped(content: bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("IHE_XDM/SUBSET01/DOC0001.XML", content)
    return packed.getvalue()


PACKED = {
    "zip": zipped,
    "gzip": gzip.compress,
    "gzip of several members": lambda content: b"".join(map(gzip.compress, (b"<!-- -->", content[:500], content[500:]))),
    "gzip with a wrong checksum": lambda content: gzip.compress(content)[:-8] + bytes(8),
    "gzip cut short": lambda content: gzip.compress(content)[:-9],
    "something after a gzip": lambda content: gzip.compress(b"<!-- -->") + content,
    "bzip2": bz2.compress,
    "bzip2 of several streams": lambda content: bz2.compress(content[:50]) + bz2.compress(content[50:]),
    "xz": lzma.compress,
    "xz cut short": lambda content: lzma.compress(content)[:-9],
    "zlib": zlib.compress,
    "zlib, hardly compressed": lambda content: zlib.compress(content, 1),
    "zlib in gzip": lambda content: gzip.compress(zlib.compress(content)),
    "PDF": pdf,
    "zip in zip": lambda content: zipped(zipped(content)),
    "zip in base64": lambda content: json.dumps({"data": base64.b64encode(zipped(content)).decode()}).encode(),
}


@pytest.mark.parametrize("pack", PACKED.values(), ids=PACKED)
def test_an_archive_that_carries_a_production_matricule_is_not_kept(pack: Callable[[bytes], bytes]) -> None:
    masked = as_told(exchange(response=pack(cda(REAL))))
    assert masked.masked
    assert masked.response
    kept = masked.response.body
    assert NOT_KEPT.encode("latin-1") in kept or base64.b64encode(NOT_KEPT.encode("latin-1")).rstrip(b"=") in kept


@pytest.mark.parametrize("pack", PACKED.values(), ids=PACKED)
def test_another_archive_is_kept_byte_for_byte(pack: Callable[[bytes], bytes]) -> None:
    sent = exchange(response=pack(cda(TEST)))
    assert (as_told(sent).request, as_told(sent).response) == (sent.request, sent.response)


@pytest.mark.parametrize(
    "body",
    [
        b"BZh9",
        b"\xfd7zXZ\0" + bytes(50),
        b"x\x9c" + bytes(50),
        b"x^2",
        b"PK\x03\x04",
        b"PK\x03\x04" + bytes(200),
        b"\x1f\x8b",
        b"\x1f\x8b" + bytes(50),
        zipped(b"x")[:40],
    ],
    # A zip carries the time of its making: named by its bytes, two workers that
    # collect in different seconds would not hold the same test.
    ids=lambda body: f"{body[:4].hex()}-{len(body)}",
)
def test_a_damaged_archive_is_kept_as_it_came(body: bytes) -> None:
    sent = exchange(response=body)
    assert (as_told(sent).request, as_told(sent).response) == (sent.request, sent.response)


def test_a_masked_document_keeps_its_length_and_its_base64() -> None:
    body = wrapped(cda(REAL))
    masked = as_told(exchange(request=body)).request.body
    assert len(masked) == len(body)
    assert base64.b64decode(json.loads(masked)["data"]) == cda(REAL, "185************")


def test_line_breaks_of_a_mime_part_stay_where_they_were() -> None:
    masked = as_told(exchange(request=lines(cda(REAL)))).request.body
    assert masked.count(b"\r\n") == lines(cda(REAL)).count(b"\r\n")
    assert base64.b64decode(masked.split(b"\r\n\r\n")[1]) == cda(REAL, "185************")


def test_the_url_the_headers_and_the_answer_are_masked_together() -> None:
    url = f"http://host/fhir/DocumentReference?patient.identifier={quote(f'urn:oid:{REAL}|{MATRICULE}')}"
    masked = as_told(exchange(url, response=f'{{"value": "{MATRICULE}"}}'.encode(), Location=f"/Patient/{MATRICULE}"))
    assert masked.response
    assert MATRICULE not in masked.request.url + masked.response.body.decode() + str(masked.response.headers)
    assert masked.request.url.startswith(
        "http://host/fhir/DocumentReference?patient.identifier=urn%3Aoid%3A1.2.250.1.213.1.4.8%7C185"
    )


def test_secrets_in_headers_are_hidden_and_other_headers_are_not() -> None:
    headers = {"Authorization": "Bearer abc", "X-Api-Key": "abc", "Set-Cookie": "sid=abc", "Content-Type": "text/plain"}
    masked = as_told(exchange(response=b"", **headers))
    assert masked.response
    for kept in (masked.request.headers, masked.response.headers):
        assert kept == {"Authorization": HIDDEN, "X-Api-Key": HIDDEN, "Set-Cookie": HIDDEN, "Content-Type": "text/plain"}


def test_a_matricule_that_names_a_header_is_masked() -> None:
    masked = as_told(exchange(response=cda(REAL), **{f"X-{MATRICULE}": "1"}))
    assert masked.response
    assert [*masked.request.headers, *masked.response.headers] == ["X-185************"] * 2


def test_our_own_messages_about_a_masked_exchange_are_masked_too() -> None:
    assert sentence(f"trouvé {MATRICULE}", exchange(request=cda(REAL))) == "trouvé 185************"
    assert sentence(f"trouvé {MATRICULE}") == f"trouvé {MATRICULE}"


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ('{"url": "https://h/d/1?v=2&token=s3cr3t"}', '{"url": "https://h/d/1?v=2&token=***"}'),
        ('{"url": "https://h/d?X-Amz-Signature=0ff1ce&part=1"}', '{"url": "https://h/d?X-Amz-Signature=***&part=1"}'),
        ('<url value="https://h/d?a=1&amp;sig=s3%2Fcr"/>', '<url value="https://h/d?a=1&amp;sig=***"/>'),
        (r'{"url":"https:\/\/h\/d?a=1\u0026access_token\u003ds3cr3t"}', r'{"url":"https:\/\/h\/d?a=1\u0026access_token\u003d***"}'),
        ("https://h/login?next=%2Fd%3Ftoken%3Ds3cr3t%26a%3D1", "https://h/login?next=%2Fd%3Ftoken%3D***%26a%3D1"),
        (
            '{"text": "le token est dans la clef=3 ; key = 4", "code": "a?b"}',
            '{"text": "le token est dans la clef=3 ; key = 4", "code": "a?b"}',
        ),
        ("https://h/List?code=submissionset&status=current", "https://h/List?code=submissionset&status=current"),
    ],
)
def test_a_secret_in_an_address_that_a_message_holds_is_not_kept(written: str, kept: str) -> None:
    masked = as_told(exchange(response=written.encode(), Location=written))
    assert masked.response
    assert (masked.response.body.decode(), masked.response.headers["Location"]) == (kept, kept)
    assert sentence(written) == kept


def _multipart(*parts: bytes) -> bytes:
    return (
        b"".join(b"--limit\r\nContent-Type: application/octet-stream\r\n\r\n" + part + b"\r\n" for part in parts) + b"--limit--\r\n"
    )


def test_a_text_that_begins_as_zlib_may_is_a_text() -> None:
    masked = as_told(exchange(response=b"x^2 " + cda(REAL)))
    assert masked.response is not None and masked.response.body == b"x^2 " + cda(REAL, "185************")


@pytest.mark.parametrize("pack", [gzip.compress, zipped, bz2.compress, zlib.compress])
def test_an_archive_among_the_parts_of_a_message_is_not_kept(pack: Callable[[bytes], bytes]) -> None:
    masked = as_told(exchange(response=_multipart(b"before", pack(cda(REAL)), b"after")))
    assert masked.response
    assert masked.response.body == _multipart(b"before", NOT_KEPT.encode("latin-1"), b"after")
    harmless = _multipart(pack(cda(TEST)))
    assert as_told(exchange(response=harmless)).response == Response(200, {}, harmless)


def test_a_pdf_is_not_kept_with_a_message_that_names_a_real_person() -> None:
    pdf = b"%PDF-1.4\nstream\n\x78\x9c\x01\nendstream"

    def carrying(oid: str) -> bytes:
        return json.dumps(
            {"subject": {"system": f"urn:oid:{oid}", "value": MATRICULE}, "data": base64.b64encode(pdf).decode()}
        ).encode()

    masked = as_told(exchange(response=carrying(REAL)))
    assert masked.response
    assert base64.b64decode(json.loads(masked.response.body)["data"]) == NOT_KEPT.encode("latin-1")
    assert as_told(exchange(response=carrying(TEST))).response == Response(200, {}, carrying(TEST))


@pytest.mark.parametrize(
    "written",
    [f"{MATRICULE[:7]}=\r\n{MATRICULE[7:]}", "".join(f"&#{ord(digit):04d};" for digit in MATRICULE)],
    ids=["soft line break", "padded references"],
)
def test_a_matricule_written_another_way_is_masked(written: str) -> None:
    masked = as_told(exchange(response=cda(REAL).replace(MATRICULE.encode(), written.encode())))
    assert masked.response is not None and written.encode() not in masked.response.body


GROUPED = "1,85,05,78,006,084,91"
SPLIT = {
    "elements": f"<b>{MATRICULE[:5]}</b><i>{MATRICULE[5:]}</i>",
    "an element for each digit": "".join(f"<td>{digit}</td>" for digit in MATRICULE),
    "CDATA": f"<b>{MATRICULE[:5]}<![CDATA[{MATRICULE[5:]}]]></b>",
    "a comment": f"<b>{MATRICULE[:5]}<!-- x -->{MATRICULE[5:]}</b>",
    "texts of a JSON list": f'["{MATRICULE[:5]}", "{MATRICULE[5:]}"]',
    "groups of three": "|185 057 800 608 491|",
    "two spaces": "|" + GROUPED.replace(",", "  ") + "|",
    "tabs": GROUPED.replace(",", "\t"),
    "slashes": GROUPED.replace(",", "/"),
    "thin spaces": GROUPED.replace(",", "\u2009"),
    "references of narrow spaces": GROUPED.replace(",", "&#8239;"),
    "percents of percents": "".join(f"%25{ord(digit):02x}" for digit in MATRICULE),
    "references of references": "".join(f"&amp;#{ord(digit)};" for digit in MATRICULE),
    "references without their end": "".join(f"&#{ord(digit)}" for digit in MATRICULE) + " ",
    "quoted-printable": "".join(f"={ord(digit):02X}" for digit in MATRICULE),
    "hexadecimal": MATRICULE.encode().hex(),
    "HL7 v2": "".join(f"\\X{ord(digit):02X}\\" for digit in MATRICULE),
    "full-width digits": "".join(chr(0xFF10 + int(digit)) for digit in MATRICULE),
    "base64 alone": base64.b64encode(MATRICULE.encode()).decode(),
    "base64 in pieces": " ".join(re.findall(".{1,40}", base64.b64encode(cda(REAL)).decode())),
}


@pytest.mark.parametrize("written", SPLIT.values(), ids=SPLIT)
def test_a_matricule_in_pieces_or_in_another_notation_is_not_kept(written: str) -> None:
    body = f'<id root="{REAL}"/>{written}'.encode()
    masked = as_told(exchange(response=body))
    assert masked.response is not None and written.encode() not in masked.response.body
    assert masked.response.body == NOT_KEPT.encode("latin-1") or b"***" in masked.response.body or b"Kioq" in masked.response.body
    harmless = body.replace(REAL.encode(), TEST.encode())
    if written != SPLIT["base64 in pieces"]:
        assert as_told(exchange(response=harmless)).response == Response(200, {}, harmless)


def _token(claims: bytes) -> str:
    return ".".join(base64.urlsafe_b64encode(part).decode().rstrip("=") for part in (b'{"alg":"none"}', claims, b"signed"))


@pytest.mark.parametrize(
    "write", [_token, lambda data: base64.b64encode(data).decode(), lambda data: quote(base64.b64encode(data + b"?>~~"), "")]
)
def test_a_matricule_encoded_in_an_address_or_a_header_is_masked(write: Callable[[bytes], str]) -> None:
    claims = json.dumps({"system": f"urn:oid:{REAL}", "value": MATRICULE}).encode()
    told = write(claims)
    masked = as_told(exchange(f"http://host/fhir?ctx={told}", response=b"", Patient=told))
    kept = unquote(f"{masked.request.url} {masked.request.headers['Patient']}")
    assert masked.response
    assert MATRICULE[3:13] not in everything_said(kept.replace(".", " ").replace("-", "+").replace("_", "/").encode())


def test_a_matricule_that_an_earlier_message_told_is_masked_when_it_comes_alone() -> None:
    alone = exchange(f"http://host/fhir/Patient/{MATRICULE}", response=b'{"id": "x"}')
    assert as_told(alone).request == alone.request
    masked = as_told(alone, exchange(request=cda(REAL)))
    assert masked.request.url == "http://host/fhir/Patient/185************"
    assert masked.masked
    assert not as_told(exchange(response=b'{"id": "x"}'), exchange(request=cda(REAL))).masked


SECRET = "s3cr3tV4lue9"
BASIC = base64.b64encode(f"bob:{SECRET}".encode()).decode()
TELLING = {
    "JSON": '{{"access_token": "{0}", "expires_in": 3600}}',
    "JSON in JSON": '{{"text": "{{\\"refresh_token\\": \\"{0}\\"}}"}}',
    "an element": "<o><wsse:Password Type='x'>{0}</wsse:Password></o>",
    "an attribute": "<o password='{0}' user='bob'/>",
    "Parameters in JSON": '{{"parameter": [{{"name": "password", "valueString": "{0}"}}]}}',
    "Parameters in XML": '<parameter><name value="password"/><valueString value="{0}"/></parameter>',
    "a form": "password={0}&grant_type=password",
    "a form in parts": '--b\r\nContent-Disposition: form-data; name="password"\r\n\r\n{0}\r\n--b--\r\n',
    "an address": '{{"url": "https://bob:{0}@host.example/Binary/1"}}',
    "an address in XML": '<url value="https://bob:{0}@host.example/Binary/1"/>',
    "an address, slashes escaped": '{{"url": "https:\\/\\/bob:{0}@host.example\\/Binary\\/1"}}',
    "an address in an address": "https://h/?next=https%3A%2F%2Fbob%3A{0}%40h%2Fd",
    "a fragment": "https://h/cb#access_token={0}&state=1",
    "a session in a path": "https://h/f;jsessionid={0}?a=1",
    "a quoted header": '{{"diagnostics": "Authorization: Bearer {0}"}}',
    "a quoted cookie": "TRACE / HTTP/1.1\r\nCookie: JSESSIONID={0}\r\nHost: h",
    "a scheme and its token": '{{"diagnostics": "token refused: Bearer {0}"}}',
    "a sentence": "refused for password={0} of bob",
    "a challenge": 'Bearer realm="x", access_token="{0}"',
    "a signed token": "it was eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ4In0.{0} that came",
}


@pytest.mark.parametrize("told", TELLING.values(), ids=TELLING)
def test_a_secret_that_its_name_or_its_place_tells_is_not_kept(told: str) -> None:
    written, kept = told.format(SECRET), told.format("***")
    masked = as_told(exchange(request=written.encode(), response=written.encode(), Link=written))
    assert masked.response
    assert SECRET.encode() not in masked.request.body + masked.response.body + masked.response.headers["Link"].encode()
    assert masked.response.body.decode().count("***") == 1
    assert len(masked.response.body.decode()) <= len(kept)
    assert sentence(written) == masked.response.body.decode()


def test_a_number_that_is_a_secret_is_hidden_and_json_stays_json() -> None:
    masked = as_told(exchange(response=b'{"password": 7731992288, "n": 1}'))
    assert masked.response is not None and json.loads(masked.response.body) == {"password": HIDDEN, "n": 1}


def test_credentials_of_basic_are_hidden_and_its_name_is_not() -> None:
    assert sentence(f"refused: Basic {BASIC}") == "refused: Basic ***"
    for harmless in ("Basic authentication required", 'Bearer realm="example", error="invalid_token"', 'Basic realm="x"'):
        assert sentence(harmless) == harmless


@pytest.mark.parametrize(
    "harmless",
    [
        '{"searchParam": [{"name": "identifier", "type": "token"}]}',
        '{"id": "x", "telecom": [{"value": "mailto:someone@example.org"}], "url": "https://h/Patient/a@b"}',
        '<telecom value="mailto:someone@example.org"/><id root="1.2" extension="http://h/x"/>',
        "<signatureCode code='S'/><assignedAuthor/><authenticator/>",
    ],
)
def test_what_resembles_a_secret_is_kept(harmless: str) -> None:
    assert sentence(harmless) == harmless


@pytest.mark.parametrize("unit", ['name="token"\r\na\r\n', "Basic+", "eyJaaaaaaaa.", "password='", '\\"token'])
def test_a_message_made_to_be_slow_to_read_is_not(unit: str) -> None:
    begun = time.process_time()
    sentence(unit * (200_000 // len(unit)))
    assert time.process_time() - begun < 3
