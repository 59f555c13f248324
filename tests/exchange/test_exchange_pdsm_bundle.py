"""The ITI-65 message says what the CDA says, as both builds of PDSm want it."""

from __future__ import annotations

import base64
import hashlib
import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from exchange_documents import ASSOCIATIONS, INS, UNIQUE_ID, cda
from fhir.resources.R4B.bundle import Bundle
from fhir.resources.R4B.documentreference import DocumentReference

from harness.checks.circumstances import Circumstances
from harness.checks.fhir.french.judging import FrenchRules
from harness.documents.fhir_json import read_json
from harness.errors import UsageError
from harness.exchange.pdsm.bundle import provide_bundle
from harness.exchange.pdsm.fhir_xml import from_xml, to_xml
from harness.exchange.pdsm.mandatory import REQUIRED_OF_REFERENCE
from harness.exchange.pdsm.reference.receiving import check_message
from harness.exchange.pdsm.simplified import simplified_publish
from harness.exchange.pdsm.submission_sets import Replaced, Submission
from harness.library import Library
from harness.model import Severity

DOCUMENT = cda()


@pytest.fixture(scope="module")
def message() -> dict[str, Any]:
    return provide_bundle([DOCUMENT], ASSOCIATIONS)


@pytest.fixture(scope="module")
def reference(message: dict[str, Any]) -> dict[str, Any]:
    resource: dict[str, Any] = message["entry"][1]["resource"]
    return resource


def test_it_is_valid_fhir(message: dict[str, Any]) -> None:
    Bundle.model_validate(message)


def test_it_holds_a_set_a_reference_and_the_document(message: dict[str, Any]) -> None:
    assert [entry["resource"]["resourceType"] for entry in message["entry"]] == ["List", "DocumentReference", "Binary"]
    assert [entry["request"] for entry in message["entry"]] == [
        {"method": "POST", "url": "List"},
        {"method": "POST", "url": "DocumentReference"},
        {"method": "POST", "url": "Binary"},
    ]
    assert base64.b64decode(message["entry"][2]["resource"]["data"]) == DOCUMENT


def test_its_entries_are_linked(message: dict[str, Any], reference: dict[str, Any]) -> None:
    submission, described, binary = message["entry"]
    assert submission["resource"]["entry"] == [{"item": {"reference": described["fullUrl"]}}]
    assert reference["content"][0]["attachment"]["url"] == binary["fullUrl"]


def test_hash_and_size_are_of_the_document_itself(reference: dict[str, Any]) -> None:
    attachment = reference["content"][0]["attachment"]
    assert base64.b64decode(attachment["hash"]) == hashlib.sha1(DOCUMENT).digest()
    assert attachment["size"] == len(DOCUMENT)


def test_codes_come_from_the_header_and_the_association_tables(reference: dict[str, Any]) -> None:
    nos = "https://mos.esante.gouv.fr/NOS"
    type_, category = reference["type"]["coding"][0], reference["category"][0]["coding"][0]
    assert (type_["system"], type_["code"]) == (f"{nos}/TRE_A05-TypeDocComplementaire/FHIR/TRE-A05-TypeDocComplementaire", "SYNTH")
    assert (category["system"], category["code"]) == (f"{nos}/TRE_A03-ClasseDocument/FHIR/TRE-A03-ClasseDocument", "11")
    assert reference["content"][0]["format"]["code"] == "urn:asip:ci-sis:vsm:2012"
    assert reference["context"]["facilityType"]["coding"][0]["code"] == "SA07"
    assert reference["context"]["practiceSetting"]["coding"][0]["code"] == "ETABLISSEMENT"
    assert reference["securityLabel"][0]["coding"][0]["system"] == "http://terminology.hl7.org/CodeSystem/v3-Confidentiality"


def test_the_unique_id_is_the_oid_of_the_document(reference: dict[str, Any]) -> None:
    identifier = reference["masterIdentifier"]
    assert (identifier["system"], identifier["value"]) == ("urn:ietf:rfc:3986", f"urn:oid:{UNIQUE_ID}")


def test_the_patient_is_named_by_ins_and_contained_with_traits(reference: dict[str, Any]) -> None:
    assert reference["subject"]["identifier"] == {"system": "urn:oid:1.2.250.1.213.1.4.10", "value": INS}
    patient = next(one for one in reference["contained"] if one["resourceType"] == "Patient")
    assert reference["context"]["sourcePatientInfo"]["reference"] == f"#{patient['id']}"
    official = patient["name"][0]
    assert (official["use"], official["family"], official["given"]) == ("official", "PAT-TROIS", ["DOMINIQUE"])
    assert official["extension"][0]["valueString"] == "DOMINIQUE MARIE-LOUISE"
    assert (patient["gender"], patient["birthDate"]) == ("female", "1979-03-28")


def test_every_contained_resource_is_referred_to(reference: dict[str, Any], message: dict[str, Any]) -> None:
    for resource in (reference, message["entry"][0]["resource"]):
        text = repr(resource)
        assert all(f"'#{contained['id']}'" in text for contained in resource["contained"])


def test_times_are_as_precise_as_the_document(reference: dict[str, Any]) -> None:
    assert reference["date"] == "2026-01-15T10:30:00+01:00"
    assert reference["context"]["period"] == {"start": "2026-01-15"}


def test_a_document_dated_by_the_day_was_created_that_day_and_is_dated_by_an_instant() -> None:
    by_the_day = DOCUMENT.replace(b'<effectiveTime value="20260115103000+0100"/>', b'<effectiveTime value="20260115"/>')
    said = provide_bundle([by_the_day], ASSOCIATIONS)["entry"][1]["resource"]
    assert said["content"][0]["attachment"]["creation"] == "2026-01-15"
    assert said["date"] == "2026-01-15T00:00:00+00:00"


def test_what_one_build_requires_and_the_other_allows_is_there(reference: dict[str, Any]) -> None:
    assert {"date", "custodian", "authenticator"} <= set(reference)
    authors = {one["id"]: one["resourceType"] for one in reference["contained"]}
    assert authors[reference["author"][0]["reference"][1:]] == "PractitionerRole"


def test_the_reference_endpoint_finds_nothing_wrong_with_it(message: dict[str, Any]) -> None:
    assert check_message(message, lambda _: False) == ()


@pytest.mark.parametrize(
    ("request_", "place"),
    [
        ({"method": "PUT", "url": "List/1"}, "Bundle.entry[0]"),
        ({"method": "DELETE", "url": "List/1"}, "Bundle.entry[0]"),
        ({"method": "POST", "url": "http://elsewhere.example/List"}, "Bundle.entry[0].request.url"),
        ({"method": "POST", "url": "Binary"}, "Bundle.entry[0].request.url"),
    ],
)
def test_a_submission_set_is_created_by_post_at_its_own_address(request_: dict[str, str], place: str) -> None:
    message = provide_bundle([DOCUMENT], ASSOCIATIONS)
    message["entry"][0]["request"] = request_
    assert place in {finding.location for finding in check_message(message, lambda _: False) if finding.rule == "PDSM-ENTRY"}


def test_two_messages_of_one_document_differ_in_their_set_only() -> None:
    first, second = (provide_bundle([DOCUMENT], ASSOCIATIONS) for _ in range(2))
    assert first["entry"][0]["resource"]["identifier"] != second["entry"][0]["resource"]["identifier"]
    assert first["entry"][1]["resource"]["masterIdentifier"] == second["entry"][1]["resource"]["masterIdentifier"]


def test_a_replacement_says_what_it_replaces_and_supersedes_it() -> None:
    message = provide_bundle([DOCUMENT], ASSOCIATIONS, Submission(replaces=Replaced("DocumentReference/12")))
    assert message["entry"][1]["resource"]["relatesTo"] == [{"code": "replaces", "target": {"reference": "DocumentReference/12"}}]
    patch = message["entry"][-1]
    assert patch["request"] == {"method": "PATCH", "url": "DocumentReference/12"}
    parts = {part["name"]: part for part in patch["resource"]["parameter"][0]["part"]}
    assert (parts["path"]["valueString"], parts["value"]["valueCode"]) == ("DocumentReference.status", "superseded")
    Bundle.model_validate(message)


def test_what_the_document_does_not_say_is_left_out() -> None:
    silent = DOCUMENT.replace(b"<title>Synth\xc3\xa8se de 2.25.171</title>", b"")
    attachment = provide_bundle([silent], ASSOCIATIONS)["entry"][1]["resource"]["content"][0]["attachment"]
    assert "title" not in attachment


def test_an_unstructured_document_has_the_format_of_its_media() -> None:
    pdf = b'<component><nonXMLBody><text mediaType="application/pdf" representation="B64">JVBERg==</text></nonXMLBody></component>'
    document = DOCUMENT.replace(b"<component><structuredBody/></component>", pdf)
    reference = provide_bundle([document], ASSOCIATIONS)["entry"][1]["resource"]
    assert reference["content"][0]["format"]["code"] == "urn:ihe:iti:xds-sd:pdf:2008"


@pytest.mark.parametrize("data", [b"", b"bonjour", b"<a/>", b"{}", b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>"])
def test_what_is_no_cda_cannot_be_published(data: bytes) -> None:
    with pytest.raises(UsageError):
        provide_bundle([data], ASSOCIATIONS)


def test_a_simplified_publication_carries_the_document_inside() -> None:
    resource = simplified_publish(DOCUMENT, ASSOCIATIONS, Submission())
    DocumentReference.model_validate(resource)
    attachment = resource["content"][0]["attachment"]
    assert base64.b64decode(attachment["data"]) == DOCUMENT
    assert "url" not in attachment


# ------------------------------------------------------------------ XML


def test_xml_says_the_same_as_json(message: dict[str, Any]) -> None:
    assert from_xml(to_xml(message)) == message


def test_xml_is_what_an_independent_reader_reads(message: dict[str, Any]) -> None:
    read = Bundle.model_validate_xml(to_xml(message))
    assert read.entry[1].resource.masterIdentifier.value == f"urn:oid:{UNIQUE_ID}"
    assert read.entry[1].resource.content[0].attachment.size == len(DOCUMENT)


def test_xml_keeps_booleans_numbers_narratives_and_extended_values() -> None:
    resource = {
        "resourceType": "Patient",
        "text": {"status": "generated", "div": '<div xmlns="http://www.w3.org/1999/xhtml"><p>é</p></div>'},
        "active": False,
        "name": [{"given": ["A", "B"], "_given": [None, {"extension": [{"url": "http://x/y", "valueInteger": 3}]}]}],
        "_birthDate": {"extension": [{"url": "http://x/z", "valueDecimal": 1.5}]},
    }
    assert from_xml(to_xml(resource)) == resource


def test_xml_of_what_fhir_does_not_know_is_written_all_the_same() -> None:
    resource = {"resourceType": "Parchemin", "couleur": "bleu", "feuille": [{"numero": "1"}, {"numero": "2"}]}
    assert from_xml(to_xml(resource)) == resource


# ------------------------------------------------------------------ official material


@pytest.mark.official
def test_every_official_example_gives_a_message_that_is_valid_fhir(official: Path) -> None:
    for file in sorted((official / "cda" / "examples").glob("*.xml")):
        message = provide_bundle([file.read_bytes()], ASSOCIATIONS)
        Bundle.model_validate(message)
        absent = [
            path for path, _ in REQUIRED_OF_REFERENCE if path[0] not in message["entry"][1]["resource"] and path[0] != "content"
        ]
        assert not absent, file.name


@pytest.mark.parametrize("submission", [Submission(), Submission(replaces=Replaced("DocumentReference/12"))])
def test_what_our_client_sends_breaks_no_french_rule(submission: Submission) -> None:
    rules = FrenchRules(Library.open(), Circumstances(date(2026, 11, 28), datetime.now(UTC)))
    verdict = rules.judge(read_json(json.dumps(provide_bundle([DOCUMENT], ASSOCIATIONS, submission)).encode()))
    assert verdict.coordinate.startswith("fhir/pdsm@")
    assert [remark.rule for remark in verdict.remarks if remark.severity is Severity.ERROR] == []
    assert {"INS-R05", "constr-bind-type", "constr-bind-attachmenturl"} <= verdict.requirements.keys()
