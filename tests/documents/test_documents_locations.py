"""Where a finding is: a readable XPath, the line its element begins on, and the lines around it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from lxml import etree

from harness.checks.tree import nodes_of
from harness.documents import read
from harness.documents.locations import Places
from harness.namespaces import HL7_V3

NS = {"c": HL7_V3}
TEXT = f"""<?xml version="1.0"?>
<ClinicalDocument xmlns="{HL7_V3}" xmlns:sdtc="urn:hl7-org:sdtc" xmlns:o="urn:other">
  <id root="1"/>
  <id root="2"/>
  <author>
    <id
       root="3"
       extension="x"/>
    <sdtc:a/><o:b/><id root="4"/>
  </author>
</ClinicalDocument>
"""


def first(root: Any, path: str) -> etree._Element:
    found: etree._Element = root.xpath(path, namespaces=NS)[0]
    return found


@pytest.mark.parametrize(
    ("path", "told", "line"),
    [
        ("/c:ClinicalDocument", "/ClinicalDocument", 2),
        ("//c:id[@root='2']", "/ClinicalDocument/id[2]", 4),
        ("//c:author", "/ClinicalDocument/author", 5),
        ("//c:id[@root='3']", "/ClinicalDocument/author/id[1]", 6),
        ("//c:author/*[2]", "/ClinicalDocument/author/sdtc:a", 9),
        ("//c:author/*[3]", "/ClinicalDocument/author/*:b", 9),
        ("//c:id[@root='4']", "/ClinicalDocument/author/id[2]", 9),
    ],
)
def test_an_element_is_told_by_its_path_and_the_line_its_tag_begins_on(path: str, told: str, line: int) -> None:
    document = read(TEXT.encode(), "x")
    element = first(document.root, path)
    node = next(node for node in nodes_of(document.root) if node.element is element)  # type: ignore[arg-type]
    assert (node.location, Places(document).line(element)) == (told, line)


def test_lines_of_a_wrapped_cda_are_those_of_the_file() -> None:
    stylesheet = '<xsl:stylesheet xmlns:xsl="http://www.w3.org/1999/XSL/Transform">\n\n'
    text = stylesheet + TEXT.partition("\n")[2] + "</xsl:stylesheet>"
    document = read(text.encode(), "x")
    assert Places(document).line(first(document.root, "//c:author")) == 6


@pytest.mark.parametrize("wrapper", ["", '<xsl:stylesheet xmlns:xsl="http://www.w3.org/1999/XSL/Transform"><a/>'])
def test_lines_are_right_beyond_the_65_535th(wrapper: str) -> None:
    end = "</xsl:stylesheet>" if wrapper else ""
    text = wrapper + f'<ClinicalDocument xmlns="{HL7_V3}"><a/>' + "\n" * 70_000 + "<id/>\n<id\n/></ClinicalDocument>" + end
    document = read(text.encode(), "x")
    places = Places(document)
    assert [places.line(element) for element in document.root.iterchildren("{*}id")] == [70_001, 70_002]  # type: ignore[union-attr]


def test_an_excerpt_shows_the_lines_around_and_cuts_long_ones() -> None:
    text = TEXT.replace('<id root="1"/>', f'<id root="{"1" * 500}"/>')
    found = Places(read(text.encode(), "x")).excerpt(4)
    assert found is not None
    assert found.first_line == 3
    assert found.lines[1] == '  <id root="2"/>'
    assert len(found.lines[0]) == 301
    assert Places(read(text.encode(), "x")).excerpt(0) is None


@pytest.mark.parametrize("spaces", [0, 1, 63, 5_000])
def test_every_line_of_a_long_document_is_shown(spaces: int) -> None:
    text = "\n".join(
        [f'<ClinicalDocument xmlns="{HL7_V3}">', *(f"<a{n}/>{' ' * spaces}" for n in range(400)), "</ClinicalDocument>", ""]
    )
    lines = text.split("\n")
    places = Places(read(text.encode(), "x"))
    for number in range(len(lines), 0, -1):
        found = places.excerpt(number)
        assert found is not None
        assert [line.rstrip("…") for line in found.lines] == [line[:300] for line in lines[max(0, number - 2) : number + 1]]
    assert places.excerpt(len(lines) + 1) is None


def test_an_excerpt_is_decoded_as_the_document_is() -> None:
    data = f'<?xml version="1.0" encoding="UTF-16"?>\n<ClinicalDocument xmlns="{HL7_V3}"><a>é</a></ClinicalDocument>'.encode(
        "utf-16"
    )
    found = Places(read(data, "x")).excerpt(2)
    assert found is not None
    assert "é" in found.lines[-1]


def test_matricules_are_masked_in_excerpts_when_asked() -> None:
    text = f'<ClinicalDocument xmlns="{HL7_V3}"><id extension="279035121518989"/></ClinicalDocument>'
    found = Places(read(text.encode(), "x"), masked=True).excerpt(1)
    assert found is not None
    assert "279035121518989" not in found.lines[0]
    assert "279*" in found.lines[0]


def test_an_encoding_that_only_the_parser_knows_is_shown_as_it_can_be() -> None:
    document = read(TEXT.encode(), "x")
    announced = replace(document, data=TEXT.replace('"1.0"', '"1.0" encoding="x-only-libxml2"', 1).encode())
    found = Places(announced).excerpt(4)
    assert found is not None
    assert found.lines[1] == '  <id root="2"/>'


@pytest.mark.parametrize("wide", [0, 200_000])  # lines of a document that is short, and of one that is not
def test_the_lines_around_a_finding_are_the_same_in_a_short_document_and_in_a_long_one(wide: int) -> None:
    lines = ["\ufeff{", '"resourceType": "Patient",\r', '"id": "é",', f'"gender": "{"x" * wide}"', "}", ""]
    places = Places(read("\n".join(lines).encode(), "x"))
    shown = [excerpt and (excerpt.first_line, excerpt.lines) for excerpt in map(places.excerpt, (0, 1, 2, 6, 7))]
    plain = ["{", '"resourceType": "Patient",', '"id": "é",']
    assert shown == [None, (1, tuple(plain[:2])), (1, tuple(plain)), (5, ("}", "")), None]


@pytest.mark.parametrize("wide", [1, 200_000])
def test_a_value_has_its_line_and_column_in_a_short_text_and_in_a_long_one(wide: int) -> None:
    text = f'{{"resourceType": "Patient",\n\r "id": "{"x" * wide}",\n\n  "gender": "male"}}'
    document = read(text.encode(), "x")
    patient = document.resource
    assert patient is not None
    assert [patient.place, patient.children["id"][0].place, patient.children["gender"][0].place] == [(1, 1), (2, 3), (4, 3)]
