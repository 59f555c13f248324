"""Messages are spoiled as the mutations of the same name spoil specimens."""

from __future__ import annotations

from typing import Any

import pytest

from harness.errors import UsageError
from harness.exchange.pdsm.faults import edited, spoiled

CODED = {"coding": [{"system": "http://loinc.org", "code": "60591-5"}]}
REFERENCE = {
    "resourceType": "DocumentReference",
    "status": "current",
    "type": CODED,
    "custodian": {"reference": "Organization/1"},
    "category": [CODED],
    "content": [{"attachment": {"contentType": "text/xml"}, "format": {"system": "urn:x", "code": "y"}}],
}
OUTSIDE = {"system": "urn:oid:2.999.3", "code": "hors-jeu"}


def after(name: str) -> Any:
    message = {"resourceType": "Bundle", "type": "transaction", "entry": [{"resource": REFERENCE}]}
    return spoiled(message, [name])["entry"][0]["resource"]


@pytest.mark.parametrize(
    ("name", "element", "becomes"),
    [
        ("CARD:DocumentReference.status:drop", "status", None),
        ("CARD:DocumentReference.status:repeat", "status", ["current", "current"]),
        ("CARD:DocumentReference.category:repeat", "category", [CODED, CODED]),
        ("CARD:DocumentReference.content.format:drop", "content", [{"attachment": {"contentType": "text/xml"}}]),
        ("BINDING:DocumentReference.status:outside", "status", "hors-jeu"),
        ("BINDING:DocumentReference.type:outside", "type", {"coding": [OUTSIDE]}),
        ("BINDING:DocumentReference.category:outside", "category", [{"coding": [OUTSIDE]}]),
        ("TYPE:DocumentReference.status:form", "status", 1),
        ("TYPE:DocumentReference.category:form", "category", [1]),
        ("REFERENCE:DocumentReference.custodian:other-type", "custodian", {"reference": "Basic/other"}),
        ("UNKNOWN:DocumentReference:unknown", "inconnu", "Spécimen"),
    ],
)
def test_the_name_of_a_mutation_says_what_is_done(name: str, element: str, becomes: Any) -> None:
    assert after(name).get(element) == becomes
    rest = {key: value for key, value in REFERENCE.items() if key != element}
    assert {key: value for key, value in after(name).items() if key != element} == rest


def test_a_message_without_context_contains_nothing_that_nothing_refers_to() -> None:
    author, patient = {"resourceType": "Practitioner", "id": "author"}, {"resourceType": "Patient", "id": "patient"}
    reference = {
        **REFERENCE,
        "contained": [author, patient],
        "author": [{"reference": "#author"}],
        "context": {"sourcePatientInfo": {"reference": "#patient"}},
    }
    for authors, contained in ([{"reference": "#author"}], [author]), ([{"reference": "#patient"}], [author, patient]):
        message = {"entry": [{"resource": {**reference, "author": authors}}]}
        [entry] = spoiled(message, ["missing-context"])["entry"]
        assert entry["resource"] == {**REFERENCE, "author": authors, "contained": contained}


@pytest.mark.parametrize(
    "name",
    [
        "CARD:List.mode:drop",
        "CARD:DocumentReference.subject:drop",
        "CARD:DocumentReference:drop",
        "SLICE:List.extension:x:drop",
        "REFERENCE:DocumentReference.status:other-type",
        "drop",
    ],
)
def test_a_name_that_does_not_apply_or_needs_a_definition_is_an_error(name: str) -> None:
    with pytest.raises(UsageError):
        after(name)


def test_a_document_put_into_a_message_is_written_in_base64() -> None:
    message = {"entry": [{"resource": REFERENCE}]}
    path = "DocumentReference.content[0].attachment.data"
    [entry] = edited(message, {"path": path, "value": b"<ClinicalDocument/>"})["entry"]
    assert entry["resource"]["content"][0]["attachment"]["data"] == "PENsaW5pY2FsRG9jdW1lbnQvPg=="
