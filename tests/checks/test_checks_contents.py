"""What a content in base64 holds."""

from __future__ import annotations

import base64
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from harness.checks.functions.contents import claims_pdfa1, content_fault
from harness.checks.node import Node
from harness.checks.tree import nodes_of

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\n<x pdfaid:part='1'/>\nstartxref\n0\n%%EOF\n"


def value(text: str, media: str = "application/pdf", **more: str) -> Node:
    element = etree.Element("{urn:hl7-org:v3}text", mediaType=media, representation="B64", **more)
    element.text = text
    return nodes_of(element)[0]


def coded(content: bytes) -> str:
    return base64.b64encode(content).decode()


@pytest.mark.parametrize(
    ("content", "media", "fault"),
    [
        (PDF, "application/pdf", ""),
        (PDF, "application/pdf; version=1.4", ""),
        (PDF, "image/jpeg", "kind"),
        (PDF.replace(b"%%EOF", b""), "application/pdf", "cut"),
        (PDF[:40], "application/pdf", "cut"),
        (PDF.replace(b"startxref", b"trailer<</Root 1 0 R/Encrypt 9 0 R>>startxref"), "application/pdf", "locked"),
        (
            PDF.replace(b"startxref", b"trailer<</Encrypt <</V 2>> >>startxref"),
            "application/pdf",
            "locked",
        ),
        (PDF.replace(b"startxref", b"(/Encrypt) startxref"), "application/pdf", ""),
        (b"\r\n" + PDF, "application/pdf", ""),
        (b"\r\n" + PDF[:40], "application/pdf", "cut"),
        (b" " * 1024 + PDF, "application/pdf", "kind"),
        (b"II+\x00", "image/tiff", ""),
        (b"\xff\xd8\xff\xe0", "image/jpeg", ""),
        (b"\x89PNG\r\n\x1a\n", "image/jpeg", "other"),
        (b"\x89PNG\r\n\x1a\n" + bytes(4000), "image/png", "cut"),
        (b"\x89PNG\r\n\x1a\n" + bytes(4000) + b"IEND\xaeB`\x82", "image/png", ""),
        (b"\x89PNG\r\n\x1a\n", "image/png", ""),  # one that stands for a picture
        (b"II*\0", "image/tiff", ""),
        (b"{\\rtf1}", "text/rtf", ""),
        (b"hello", "application/octet-stream", ""),
        (b"hello", "application/pdf", "kind"),
        (b"", "application/pdf", "empty"),
    ],
)
def test_a_content_is_what_its_media_type_says(content: bytes, media: str, fault: str) -> None:
    assert content_fault(value(coded(content), media)) == fault


@pytest.mark.parametrize("text", ["Ceci est du texte.", "QUJD=QUJD", "QUJ", "QQ===", "=QUI", "QUJDé", "QUJD*"])
def test_what_is_not_base64_is_said(text: str) -> None:
    assert content_fault(value(text, "application/octet-stream")) == "base64"


@given(st.binary(min_size=1, max_size=400), st.integers(1, 80))
def test_any_content_is_decoded_however_its_lines_are_cut(content: bytes, width: int) -> None:
    text = coded(content)
    lines = "\r\n  ".join(text[start : start + width] for start in range(0, len(text), width))
    assert content_fault(value(f"\n{lines}\n", "application/octet-stream")) == ""


def test_a_large_content_is_looked_at_to_its_end() -> None:
    content = PDF[:9] + b"x" * 300_000
    assert content_fault(value(coded(content))) == "cut"
    assert content_fault(value(coded(content + b"%%EOF"))) == ""
    assert content_fault(value(coded(content)[:-8] + "****")) == "base64"
    assert content_fault(value("QQ==" + coded(content))) == "base64"
    assert content_fault(value(coded(content + b"%%EOF") + 5_000 * " \n")) == ""


def test_a_content_that_a_reference_leads_to_is_not_empty() -> None:
    referring = value("")
    assert content_fault(referring) == "empty"
    etree.SubElement(referring.element, "{urn:hl7-org:v3}reference", value="#there")
    assert content_fault(nodes_of(referring.element)[0]) == ""


def test_a_compressed_content_is_decoded_and_no_more() -> None:
    assert content_fault(value(coded(b"zzz"), "image/jpeg", compression="DF")) == ""


@pytest.mark.parametrize(
    ("metadata", "claims"),
    [
        (b"pdfaid:part='1'", True),
        (b'pdfaid:part="1"', True),
        (b"<pdfaid:part>1</", True),
        (b"<pdfaid:part>2</", False),
        (b"", False),
    ],
)
def test_a_pdf_says_that_it_is_pdfa1(metadata: bytes, claims: bool) -> None:
    assert claims_pdfa1(value(coded(b"%PDF-1.4\n" + metadata + b"\n%%EOF"))) is claims
    assert claims_pdfa1(value(coded(b"text"), "text/rtf"))


def test_of_a_compressed_pdf_nothing_is_asked() -> None:
    assert claims_pdfa1(value(coded(zlib.compress(PDF)), compression="ZL"))
