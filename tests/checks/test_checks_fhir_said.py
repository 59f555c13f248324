"""What a resource says to people and of itself: labels that can be read, a title of its own type, a content of its own kind."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from fhir_french import french, told
from lxml import etree

from harness.documents.fhir_xml import read_xml

Resource = dict[str, Any]


@pytest.mark.parametrize(
    ("resource", "is_told"),
    [
        ({"resourceType": "Patient", "name": [{"family": "BÃ©rard"}]}, True),
        ({"resourceType": "Patient", "name": [{"family": "B\ufffdrard"}]}, True),
        ({"resourceType": "Patient", "address": [{"line": ["lâ€™Ã©tang"]}]}, True),
        ({"resourceType": "Observation", "code": {"coding": [{"display": "Âge"}], "text": "HÃ©moglobine"}}, True),
        ({"resourceType": "Composition", "title": "${title}"}, True),
        ({"resourceType": "DocumentReference", "content": [{"attachment": {"title": "null"}}]}, True),
        ({"resourceType": "Patient", "name": [{"family": "NULL", "given": ["JOÃO"]}], "address": [{"city": "ÂMES"}]}, False),
        ({"resourceType": "Observation", "code": {"text": "Âge"}, "valueCodeableConcept": {"text": "null"}}, False),  # of a gene
        ({"resourceType": "Observation", "code": {"text": "Âge"}, "note": [{"text": "5&nbsp;ans, voir {{lien}}"}]}, False),
        ({"resourceType": "Observation", "code": {"text": "«ZEKÂ», «IRMÃ»"}, "note": [{"text": "« Â »"}]}, False),
        ({"resourceType": "Observation", "code": {"text": "Â« plaieÂ Â»"}}, True),
        ({"resourceType": "Patient", "name": [{"family": "Bérard", "_given": [{"id": "null"}]}]}, False),
    ],
)
def test_what_people_read_is_legible(resource: Resource, is_told: bool) -> None:
    assert any(rule.startswith("LEGIBLE") for rule in told(resource)) is is_told


def test_what_people_read_in_xml_is_legible() -> None:
    for family, is_told in (("BÃ©rard", True), ("BÉRARD", False)):
        data = f'<Patient xmlns="http://hl7.org/fhir"><name><family value="{family}"/></name></Patient>'.encode()
        found = french().judge(read_xml(data, etree.fromstring(data))).remarks
        assert any(remark.rule.startswith("LEGIBLE") for remark in found) is is_told


@pytest.mark.parametrize(
    ("title", "code", "is_told"),
    [
        ("Ordonnance", "60591-5", True),
        ("Compte rendu  d'hospitalisation", "60591-5", True),
        ("Compte-rendu opératoire", "60591-5", True),
        ("CR d'accouchement", "60591-5", True),
        ("Compte rendu opératoire", "11502-2", False),
        ("Synthèse après compte rendu opératoire", "60591-5", False),
        ("Compte rendu opératoire de la hanche", "60591-5", False),  # of what, is not asked
        ("Patient Summary as of December 11", "60591-5", False),
        ("Volet de synthèse médicale", "60591-5", False),
        ("Lettre de liaison à la sortie", "11502-2", True),
        ("Compte rendu d'examens biologiques", "11502-2", False),
        ("Ordonnance", "99999-9", False),  # of a type whose titles are not known
    ],
)
def test_a_title_is_of_the_type_of_its_document(title: str, code: str, is_told: bool) -> None:
    kind = {"coding": [{"system": "http://loinc.org", "code": code}]}
    assert ("DOC-TITLE" in told({"resourceType": "Composition", "type": kind, "title": title})) is is_told
    reference = {"resourceType": "DocumentReference", "type": kind, "content": [{"attachment": {"title": title}}]}
    assert ("DOC-TITLE-REFERENCE" in told(reference)) is is_told


def held(media: str, content: bytes) -> Resource:
    return {"resourceType": "Binary", "contentType": media, "data": base64.b64encode(content).decode()}


@pytest.mark.parametrize(
    ("media", "content", "is_told"),
    [
        ("text/xml", base64.b64encode(b"<a/>"), True),  # encoded twice
        ("text/xml", b"<a>", True),
        ("text/xml", b"\xef\xbb\xbf \n<a/>", False),
        ("text/xml", "<a/>".encode("utf-16"), False),
        ("text/xml", "<?xml version='1.0' encoding='UTF-16BE'?><a/>".encode("utf-16-be"), False),
        ("text/xml", "<?xml version='1.0' encoding='UTF-32BE'?><a/>".encode("utf-32-be"), False),
        ("text/xml", "<?xml version='1.0' encoding='IBM037'?><a/>".encode("cp037"), False),
        ("text/xml", b"<?xml version='1.0' encoding='x-of-ours'?><a>\xe9</a>", False),
        ("text/xml", "<?xml version='1.0' encoding='windows-1252'?><a>é’</a>".encode("cp1252"), False),
        ("text/xml", "<?xml version='1.0' encoding='Shift_JIS'?><a>日本</a>".encode("shift_jis"), False),
        ("text/xml", b"<a>\xe9</a>", True),
        ("text/xml", b"<a>" * 300 + b"</a>" * 300, False),
        ("text/xml", b"<?xml version='1.0'?><!--" + b"c" * 5000 + b"--><!DOCTYPE a [<!ENTITY e 'x'>]><a>&e;</a>", False),
        ("application/xml-dtd", b"<!ELEMENT a EMPTY>", False),
        ("application/xml-external-parsed-entity", b"text, <a/>", False),
        ("text/xml; charset=iso-8859-1", b"<a>\xe9</a>", False),
        ('application/xml;charset="windows-1252"', b"<a>\x92</a>", False),
        ("text/xml; charset=utf-16le", "<a>é</a>".encode("utf-16-le"), False),
        ("text/xml; charset=utf-8", b"<a>\xe9</a>", True),
        ("application/fhir+xml; fhirVersion=4.0", b"<a>", True),
    ],
)
def test_what_says_to_be_xml_by_its_media_type_is(media: str, content: bytes, is_told: bool) -> None:
    assert ("DOC-CONTENT-KIND-BINARY" in told(held(media, content))) is is_told


def test_a_pdf_that_says_to_be_xml_is_of_another_kind() -> None:
    assert "DOC-CONTENT-BINARY" in told(held("text/xml", b"%PDF-1.4 %%EOF"))


@pytest.mark.parametrize(
    ("media", "begins", "is_told"),
    [
        ("image/apng", b"\x89PNG\r\n\x1a\n", False),
        ("image/tiff-fx", b"II*\0", False),
        ("image/jpg", b"\xff\xd8\xff", False),
        ("image/x-aperio-svs", b"%PDF-1.4", True),
        ("image/svg+xml", b"\x89PNG\r\n\x1a\n", True),
        ("image/png", b"\xff\xd8\xff", True),
        ("application/dicom", b"II*\0", False),  # a preamble that makes it a TIFF too (DICOM PS3.10, 7.1)
        ("application/msword", b"{\\rtf1", False),
        ("application/x-rtf", b"{\\rtf1", False),
        ("application/x-pdf", b"%PDF-1.4", False),
        ("application/fhir+json", b"%PDF-1.4", True),
        ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", b"%PDF-1.4", True),
        ("text/html; charset=utf-8", b"%PDF-1.4", True),
    ],
)
def test_a_content_is_of_another_type_where_that_is_sure(media: str, begins: bytes, is_told: bool) -> None:
    assert ("DOC-CONTENT-BINARY" in told(held(media, begins + b" 1234"))) is is_told


def test_a_number_that_was_said_of_the_other_is_none_of_two() -> None:
    kinds = [{"type": {"coding": [{"code": code}]}, "value": "060016219"} for code in ("FINEJ", "FINEG")]
    organization = {"resourceType": "Organization", "identifier": kinds}
    assert "ACTOR-STRUCTURE-FINESS-KIND" in told(organization)
    assert "ACTOR-STRUCTURE-FINESS-KIND" not in told(organization | {"identifier": [{"use": "old", **kinds[0]}, kinds[1]]})


@pytest.mark.parametrize(("other", "is_told"), [("060016219", True), ("060016227", False)])
def test_a_legal_entity_and_its_establishment_have_two_numbers(other: str, is_told: bool) -> None:
    system = "https://hl7.fr/ig/fhir/core/CodeSystem/fr-core-cs-v2-0203"
    numbers = [("FINEJ", "060016219"), ("FINEG", other)]
    identifier = [
        {"type": {"coding": [{"system": system, "code": code}]}, "system": "https://finess.esante.gouv.fr", "value": value}
        for code, value in numbers
    ]
    assert ("ACTOR-STRUCTURE-FINESS-KIND" in told({"resourceType": "Organization", "identifier": identifier})) is is_told


@pytest.mark.parametrize(
    ("family", "is_told"),
    [
        ("Dr HODA", True),
        ("MME DURAND", True),
        ("M. Durand", True),
        ("M BAREK", False),
        ("DRAGAN", False),
        ("PRADEL MME", False),
        ("MELLE", False),
    ],
)
def test_a_family_name_has_no_civility(family: str, is_told: bool) -> None:
    practitioner = {"resourceType": "Practitioner", "name": [{"prefix": ["Dr"], "family": family}]}
    assert ("NAME-CIVILITY" in told(practitioner)) is is_told
