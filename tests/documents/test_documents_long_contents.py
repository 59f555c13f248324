"""Long contents in base64 are read without their middle, and what is asked of them is answered as of the whole."""

from __future__ import annotations

import random
from base64 import b64encode

import pytest
from lxml import etree

from harness.checks.functions.contents import content_fault
from harness.checks.tree import nodes_of
from harness.documents import read
from harness.errors import UnreadableDocument
from harness.namespaces import HL7_V3

PDF = b"%PDF-1.4\n" + random.Random(1).randbytes(150_000) + b"\nstartxref\n0\n%%EOF"
CODED = b64encode(PDF).decode()


def cda(*contents: str, tag: str = "value") -> bytes:
    said = "\n".join(f'<{tag} mediaType="application/pdf"\n representation="B64">{one}</{tag}>' for one in contents)
    return f'<ClinicalDocument xmlns="{HL7_V3}"><component>{said}<title>é</title></component></ClinicalDocument>'.encode()


def elements(data: bytes, *, whole: bool) -> list[etree._Element]:
    root = read(data, "x.xml", whole=whole).root
    assert root is not None
    return list(root.iter("*"))


def values(data: bytes, *, whole: bool) -> list[str]:
    return [one.text or "" for one in elements(data, whole=whole) if one.tag == f"{{{HL7_V3}}}value"]


def in_lines(text: str, end: str = "\n") -> str:
    return end.join(text[at : at + 76] for at in range(0, len(text), 76))


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (CODED, ""),
        (in_lines(CODED), ""),
        (f"\n{in_lines(CODED, chr(13) + chr(10))}\n", ""),
        (CODED[:-40], "cut"),
        (CODED + "\n", ""),
        (b64encode(PDF[:-1]).decode(), "cut"),
        (b64encode(b"GIF89a" + PDF[9:]).decode(), "kind"),
        (CODED[:-3], "base64"),
        (CODED[:90_000] + CODED[90_001:], "base64"),
        ("QQ==" + CODED, "base64"),
        (CODED + "*", "base64"),
    ],
)
def test_a_content_is_judged_as_if_it_were_whole(content: str, fault: str) -> None:
    data = cda(content)
    assert len(values(data, whole=False)[0]) < len(values(data, whole=True)[0]) / 2
    for whole in (False, True):
        (node,) = (one for one in nodes_of(elements(data, whole=whole)[0]) if one.tag == "value")
        assert content_fault(node) == fault


@pytest.mark.parametrize(
    "content",
    [
        CODED[:90_000] + "=" + CODED[90_000:],
        CODED[:90_000] + "é" + CODED[90_000:],
        CODED[:90_000] + "&amp;" + CODED[90_000:],
        CODED + 8_000 * " ",
        CODED[:40_000],
    ],
)
def test_a_middle_that_is_not_sound_is_read(content: str) -> None:
    data = cda(content)
    assert values(data, whole=False) == values(data, whole=True)


def test_the_body_of_an_unstructured_document_is_read_whole() -> None:
    data = cda(CODED, tag="text")
    assert elements(data, whole=False)[2].text == CODED


def test_contents_that_differ_in_their_middle_still_differ_and_equal_ones_are_equal() -> None:
    other = CODED[:90_000] + ("A" if CODED[90_000] != "A" else "B") + CODED[90_001:]
    one, two, three = values(cda(CODED, other, CODED), whole=False)
    assert one == three != two


def test_elements_after_a_content_stand_on_their_lines() -> None:
    data = cda(in_lines(CODED), CODED)
    short, whole = (elements(data, whole=whole) for whole in (False, True))
    assert [one.sourceline for one in short] == [one.sourceline for one in whole]


def test_what_is_malformed_after_a_content_is_told_where_it_stands() -> None:
    data = cda(CODED).replace(b"<title>", b"<title")
    told = []
    for whole in (False, True):
        with pytest.raises(UnreadableDocument) as refusal:
            read(data, "x.xml", whole=whole)
        told.append((refusal.value.line, refusal.value.column))
    assert told[0] == told[1]
    assert told[0][1] > len(CODED)
