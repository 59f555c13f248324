"""FHIR in JSON and XML: nodes, their places, and what is refused."""

from __future__ import annotations

from decimal import Decimal

import pytest
from lxml import etree

from harness.documents import read
from harness.documents.fhir_json import read_json
from harness.documents.fhir_tree import Node
from harness.documents.fhir_xml import read_xml
from harness.errors import UnreadableDocument

PATIENT = b"""{
  "resourceType": "Patient",
  "id": "p1",
  "active": true,
  "name": [
    {"family": "DUPONT", "given": ["Anne", null], "_given": [null, {"extension": [{"url": "u", "valueCode": "x"}]}]}
  ],
  "_birthDate": {"extension": [{"url": "u", "valueCode": "unknown"}]},
  "multipleBirthInteger": 2,
  "contained": [{"resourceType": "Organization", "id": "o"}]
}"""

PATIENT_XML = b"""<?xml version="1.0" encoding="UTF-8"?>
<Patient xmlns="http://hl7.org/fhir">
  <id value="p1"/>
  <text><status value="generated"/><div xmlns="http://www.w3.org/1999/xhtml">Anne <b>DUPONT</b></div></text>
  <contained><Organization><id value="o"/></Organization></contained>
  <name>
    <family value="DUPONT"/>
    <given value="Anne"/><given><extension url="u"><valueCode value="x"/></extension></given>
  </name>
</Patient>"""


def child(node: Node, *steps: str | int) -> Node:
    for step in steps:
        name, index = (step, 0) if isinstance(step, str) else ("", step)
        node = node.children[name][0] if name else node.parent.children[node.name][index]  # type: ignore[union-attr]
    return node


def test_a_primitive_holds_its_value_and_what_is_said_of_it():
    patient = read_json(PATIENT)
    first, second = child(patient, "name").children["given"]
    assert (first.value, first.children, first.position) == ("Anne", {}, 0)
    assert (second.value, second.position) == (None, 1)
    assert child(second, "extension", "valueCode").value == "x"
    assert child(patient, "birthDate").value is None
    assert patient.source is not None and patient.source.problems == []


@pytest.mark.parametrize(
    ("steps", "path", "line", "begins"),
    [
        (["id"], "Patient.id", 3, '"id"'),
        (["name", "given"], "Patient.name[0].given[0]", 6, '"Anne"'),
        (["name", "given", 1, "extension", "valueCode"], "Patient.name[0].given[1].extension[0].valueCode", 6, '"valueCode"'),
        (["birthDate", "extension"], "Patient.birthDate.extension[0]", 8, '{"url"'),
        (["contained", "id"], "Patient.contained[0].id", 10, '"id"'),
    ],
)
def test_a_node_knows_its_path_its_line_and_its_column(steps, path, line, begins):
    node = child(read_json(PATIENT), *steps)
    written = PATIENT.decode().splitlines()[line - 1]
    assert (node.path, node.line, node.column) == (path, line, written.index(begins) + 1)


def test_places_are_the_same_in_whatever_order_they_are_asked():
    nodes = list(read_json(PATIENT).walk())
    there = [node.place for node in nodes]
    again = list(read_json(PATIENT).walk())
    assert [node.place for node in reversed(again)] == list(reversed(there))
    assert len(set(there)) > len(there) // 2


def test_escapes_and_spaces_do_not_move_a_place():
    data = b'{"resourceType" : "Patient" ,"a\\"b": "x,}\\"" , "id"\n :\t"p" , "n\\u0061me":[ {"family":"D"} ]\n}'
    patient = read_json(data)
    first, second, _ = data.decode().splitlines()
    assert child(patient, "id").place == (1, first.index('"id"') + 1)
    assert child(patient, "name", "family").place == (2, second.index('"family"') + 1)


@pytest.mark.parametrize("within", ['"x,{"', '"[ {\\" : { } , { \\""', '[[{"x": {}}], null, {"y": "}{"}]', '"{a}, {b} : { }"'])
def test_braces_in_strings_and_objects_out_of_place_do_not_move_a_place(within):
    data = f"""{{"resourceType": "Patient", "_birthDate": {{"extension": [{{"url": "u"}}]}}, "a": {within},
 "name": [{{"_given": [null, {{"id": "x"}}], "given": ["a", "b"],
  "period": {{"start": "2024"}}}}]}}""".encode()
    lines = data.decode().splitlines()
    patient = read_json(data)
    assert child(patient, "birthDate", "extension").place == (1, lines[0].index('{"url"') + 1)
    assert child(patient, "name").place == (2, lines[1].index('{"_given"') + 1)
    assert child(patient, "name", "given", 1, "id").place == (2, lines[1].index('"id"') + 1)
    assert child(patient, "name", "period").place == (3, 3)
    assert child(patient, "name", "period", "start").place == (3, lines[2].index('"start"') + 1)


def test_decimals_keep_what_was_written():
    node = child(read_json(b'{"resourceType": "Observation", "valueQuantity": {"value": 1.50}}'), "valueQuantity", "value")
    assert node.value == Decimal("1.50") and str(node.value) == "1.50"


def test_xml_gives_the_same_nodes():
    patient = read_xml(PATIENT_XML, etree.fromstring(PATIENT_XML))
    assert patient.type == "Patient"
    assert child(patient, "id").value == "p1"
    assert child(patient, "contained").type == "Organization" and child(patient, "contained").is_resource
    assert child(patient, "contained", "id").value == "o"
    second = child(patient, "name", "given", 1)
    assert (second.path, second.line, second.column) == (
        "Patient.name.given[1]",
        8,
        PATIENT_XML.decode().splitlines()[7].index("<given><ext") + 1,
    )
    assert child(second, "extension", "url").value == "u"
    assert "<b>DUPONT</b>" in str(child(patient, "text", "div").value)
    assert patient.source is not None and patient.source.problems == []


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b'{"resourceType": "Patient", "name": []}', "an empty array"),
        (b'{"resourceType": "Patient", "name": [{}]}', "an empty object"),
        (b'{"resourceType": "Patient", "birthDate": null}', "the value null"),
        (b'{"resourceType": "Patient", "birthDate": null, "_birthDate": {"id": "a"}}', "the value null"),
        (b'{"resourceType": "Patient", "name": [{"given": [null]}]}', "the value null"),
        (b'{"resourceType": "Patient", "id": ""}', "an empty string"),
        (b'{"resourceType": "Patient", "_birthDate": []}', "an empty array"),
        (b'{"resourceType": "Patient", "_birthDate": null}', "`_birthDate` is not an object"),
        (b'{"resourceType": "Patient", "text": {"id": "a"}, "_text": {"id": "b"}}', "`text` is an object"),
        (b'{"resourceType": "Patient", "name": [{"id": "a"}], "_name": [null]}', "`name` is an object"),
        (b'{"resourceType": "Patient", "name": [[{}]]}', "an array in an array"),
        (b'{"resourceType": "Patient", "name": [{"given": ["A"], "_given": {"id": "a"}}]}', "`_given` has to be an array"),
        (
            b'{"resourceType": "Patient", "birthDate": "1975", "_birthDate": [{"id": "a"}]}',
            "has to be a single object",
        ),
    ],
)
def test_what_json_of_fhir_forbids_is_noted(data, told):
    source = read_json(data).source
    assert source is not None and any(told in problem.message.en for problem in source.problems)


def test_what_is_wrong_beside_a_value_is_told_of_that_value():
    source = read_json(b'{"resourceType": "Patient", "birthDate": "1975", "_birthDate": {"extension": []}}').source
    assert source is not None
    told = [(problem.node.path, problem.message.en) for problem in source.problems]
    assert told == [("Patient.birthDate", "`extension` is an empty array")]


@pytest.mark.parametrize("name", ["__proto__", "_", "_1"])
def test_a_name_that_only_begins_as_an_aside_does_is_an_unknown_element(name):
    assert list(read_json(f'{{"resourceType": "Patient", "{name}": {{"id": "a"}}}}'.encode()).children) == [name]


_XSI = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'


@pytest.mark.parametrize(
    ("attributes", "content", "told"),
    [
        ("", '<extension><url value="http://a.example/x"/><valueCode value="a"/></extension>', "`url` is an attribute"),
        ("", '<name><id value="a"/></name>', "`id` is an attribute"),
        ("", '<name use="official"/>', "unknown attribute"),
        ('value="a"', "", "unknown attribute"),
        ("", '<contained><Organization value="a"/></contained>', "unknown attribute"),
        ('id="a"', "", "`id` is an element"),
        ("", '<contained><Organization id="a"/></contained>', "`id` is an element"),
        ("", '<name id="a"/>', None),
        ("", '<gender xmlns="" value="male"/>', 'element of another namespace: <gender xmlns="">'),
        ("", '<gender xmlns="urn:hl7-org:v3" value="male"/>', "element of another namespace: {urn:hl7-org:v3}gender"),
        (f'{_XSI} xsi:noNamespaceSchemaLocation="a.xsd"', "", "unknown attribute"),
        (f'{_XSI} xsi:schemaLocation="http://hl7.org/fhir a.xsd"', '<id value="a"/>', None),
        ("", '<contained><Organization><id value="a"/></Organization></contained><link><url value="u"/></link>', None),
    ],
)
def test_what_xml_of_fhir_forbids_is_noted(attributes, content, told):
    data = f'<Patient xmlns="http://hl7.org/fhir" {attributes}>{content}</Patient>'.encode()
    source = read_xml(data, etree.fromstring(data)).source
    assert source is not None
    assert [told in problem.message.en for problem in source.problems] == ([True] if told else [])


@pytest.mark.parametrize(
    ("data", "line", "column", "told"),
    [
        (b'{"resourceType": "Patient",\n "id": "a",\n  "id": "b"}', 3, 3, "twice"),
        (b'{"resourceType": "Patient",\n "x": {"y": [{"z": 1, "z": 2}]}}', 2, 23, "twice"),
        (b'{"resourceType": "Observation",\n "valueDecimal": NaN}', 2, 18, "NaN"),
        (b'{"resourceType": "Patient",\n "id": "\xe9"}', 2, 9, "UTF-8"),
        (b'{"resourceType": "Patient",\n "id": }', 2, 8, "malformed"),
        (b'{"resourceType": "Patient",\n "a": ' + b"[" * 100_000, 2, 0, "nested"),
        (b'{"resourceType": "Patient", "a": ' + b'{"a": ' * 150 + b"1" + b"}" * 151, 1, 0, "nested"),
        (b'{"resourceType": "Patient",\n "a": ' + b"1" * 5_000 + b"}", 2, 7, "digits"),
        (b'{"resourceType": "Patient", "b": [1, "9e99999999999999999999"],\n "a": 1e99999999999999999999}', 2, 7, "digits"),
        (b'{"resourceType": "Patient", "b": [1.5, 2e9, "1e1000"],\n "a": 1e1000}', 2, 7, "digits"),
        (b'{"resourceType": "Patient",\n "a": 0.' + b"0" * 1_000 + b"1}", 2, 7, "digits"),
        (b'{"resourceType": "Patient", "x": "\\ud83d\\ude00\\\\ud800",\n "id": "\\ud800"}', 2, 9, "character"),
        (b'{"resourceType": "Patient", "id": "\\ude00\\ud83d"}', 1, 36, "character"),
        (b'{"id": "a"}', 1, 1, "resourceType"),
        (b"[1]", 1, 1, "not an object"),
    ],
)
def test_what_cannot_be_read_is_refused_at_its_place(data, line, column, told):
    with pytest.raises(UnreadableDocument) as refused:
        read_json(data)
    error = refused.value
    assert told in error.message.en
    assert error.line == line
    assert not column or error.column == column


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf", b"\xef\xbb\xbf\n "])
def test_a_byte_order_mark_before_json_is_passed_over(mark):
    assert read(mark + PATIENT, "patient.json").kind == "fhir-json"


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_json_is_in_utf_8_only(encoding):
    with pytest.raises(UnreadableDocument, match=r"line 1, column 1: JSON written in UTF-(16|32)"):
        read(PATIENT.decode().encode(encoding), "patient.json")


def test_xml_may_be_in_another_encoding_that_it_announces():
    text = PATIENT_XML.decode().replace("UTF-8", "UTF-16")
    assert read(text.encode("utf-16"), "patient.xml").kind == "fhir-xml"


@pytest.mark.parametrize("data", [b"null", b'"Patient"', b"\x00\x01\x02", b"\x89PNG\r\n"])
def test_a_file_named_json_says_where_it_stops_being_a_resource(data):
    with pytest.raises(UnreadableDocument) as refused:
        read(data, "patient.json")
    assert (refused.value.line, refused.value.column) == (1, 1)
