"""The three encodings of an update of metadata, and what none of them may touch.

Sources: RFC 6902, RFC 5261, FHIR R4 http and fhirpatch.
"""

from __future__ import annotations

import json
from typing import Any

import pytest
from exchange_documents import ASSOCIATIONS, cda

from harness.exchange.pdsm.bundle import provide_bundle
from harness.exchange.pdsm.reference.json_patch import BadPatch
from harness.exchange.pdsm.reference.patching import IS_ARCHIVED, Forbidden, UnknownPatch, patched

RESOURCE: dict[str, Any] = {
    "resourceType": "DocumentReference",
    "id": "2",
    "meta": {"versionId": "1"},
    "extension": [{"url": "urn:other", "valueString": "kept"}],
    "status": "current",
    "type": {"coding": [{"system": "urn:t", "code": "T1"}]},
    "securityLabel": [{"coding": [{"system": "urn:s", "code": "N"}]}],
    "content": [{"attachment": {"url": "Binary/3", "size": 12, "title": "Synthèse <médicale>"}}],
}
MASKED = {"coding": [{"system": "urn:s", "code": "MASQUE_PS"}]}
ARCHIVED = {"url": IS_ARCHIVED, "valueBoolean": True}
JSON_PATCH, XML_PATCH, FHIR_JSON = "application/json-patch+json", "application/xml-patch+xml", "application/fhir+json"


def in_json(*operations: dict[str, Any]) -> tuple[str, bytes]:
    return JSON_PATCH, json.dumps(operations).encode()


def in_xml(operations: str) -> tuple[str, bytes]:
    return XML_PATCH, f'<diff xmlns:f="http://hl7.org/fhir">{operations}</diff>'.encode()


def in_fhirpath(kind: str, path: str, **more: Any) -> tuple[str, bytes]:
    parts = [{"name": "type", "valueCode": kind}, {"name": "path", "valueString": path}]
    parts += [{"name": name.split("_")[0], name.split("_")[1]: value} for name, value in more.items()]
    return FHIR_JSON, json.dumps({"resourceType": "Parameters", "parameter": [{"name": "operation", "part": parts}]}).encode()


LABEL = '<f:securityLabel><f:coding><f:system value="urn:s"/><f:code value="MASQUE_PS"/></f:coding></f:securityLabel>'


@pytest.mark.parametrize(
    "patch",
    [
        in_json({"op": "test", "path": "/status", "value": "current"}, {"op": "replace", "path": "/status", "value": "superseded"}),
        in_xml('<replace sel="f:DocumentReference/f:status/@value">superseded</replace>'),
        in_xml('<replace sel="DocumentReference/status"><status xmlns="http://hl7.org/fhir" value="superseded"/></replace>'),
        in_fhirpath("replace", "DocumentReference.status", value_valueCode="superseded"),
    ],
)
def test_a_document_may_be_superseded(patch: tuple[str, bytes]) -> None:
    assert patched(RESOURCE, patch[1], patch[0]) == {**RESOURCE, "status": "superseded"}


@pytest.mark.parametrize(
    "patch",
    [
        in_json({"op": "add", "path": "/securityLabel/-", "value": MASKED}),
        in_json({"op": "add", "path": "/securityLabel/1", "value": MASKED}),
        in_xml(f'<add sel="f:DocumentReference/f:securityLabel[1]" pos="after">{LABEL}</add>'),
        in_fhirpath("add", "DocumentReference", name_valueString="securityLabel", value_valueCodeableConcept=MASKED),
        in_fhirpath("insert", "DocumentReference.securityLabel", index_valueInteger=1, value_valueCodeableConcept=MASKED),
    ],
)
def test_a_document_may_be_masked_beside_its_own_confidentiality(patch: tuple[str, bytes]) -> None:
    assert patched(RESOURCE, patch[1], patch[0]) == {**RESOURCE, "securityLabel": [*RESOURCE["securityLabel"], MASKED]}


@pytest.mark.parametrize(
    "patch",
    [
        in_json({"op": "add", "path": "/extension/-", "value": ARCHIVED}),
        in_xml(
            f'<add sel="f:DocumentReference/f:extension[1]" pos="after">'
            f'<f:extension url="{IS_ARCHIVED}"><f:valueBoolean value="true"/></f:extension></add>'
        ),
        in_fhirpath("add", "DocumentReference", name_valueString="extension", value_valueExtension=ARCHIVED),
    ],
)
def test_a_document_may_be_archived_and_keeps_its_other_extensions(patch: tuple[str, bytes]) -> None:
    archived = patched(RESOURCE, patch[1], patch[0])
    assert archived == {**RESOURCE, "extension": [*RESOURCE["extension"], ARCHIVED]}
    back = in_fhirpath("replace", f"DocumentReference.extension.where(url='{IS_ARCHIVED}').value", value_valueBoolean=False)
    assert patched(archived, back[1], back[0])["extension"][1] == {"url": IS_ARCHIVED, "valueBoolean": False}


@pytest.mark.parametrize(
    ("patch", "element"),
    [
        (in_json({"op": "replace", "path": "/type/coding/0/code", "value": "T2"}), "type"),
        (in_json({"op": "replace", "path": "/extension/0/valueString", "value": "changed"}), "extension"),
        (in_json({"op": "add", "path": "/description", "value": "new"}), "description"),
        (in_xml('<replace sel="f:DocumentReference/f:type/f:coding/f:code/@value">T2</replace>'), "type"),
        (in_xml('<remove sel="f:DocumentReference/f:content"/>'), "content"),
        (in_fhirpath("delete", "DocumentReference.type"), "type"),
    ],
)
def test_nothing_else_may_be_changed(patch: tuple[str, bytes], element: str) -> None:
    with pytest.raises(Forbidden, match=element):
        patched(RESOURCE, patch[1], patch[0])


@pytest.mark.parametrize(
    "patch",
    [
        (JSON_PATCH, b"[]"),
        (JSON_PATCH, b"{"),
        (JSON_PATCH, b'[{"op": "replace", "path": "status", "value": "superseded"}]'),
        (JSON_PATCH, b'["status"]'),
        in_json({"op": "replace", "path": "/status"}),
        in_json({"op": "test", "path": "/status", "value": "superseded"}),
        in_json({"op": "add", "path": "/securityLabel/7", "value": MASKED}),
        in_json({"op": "replace", "path": "/securityLabel/-1", "value": MASKED}),
        in_json({"op": "replace", "path": "/status/0", "value": "x"}),
        in_json({"op": "replace", "path": "/status", "value": "entered-in-error"}),
        in_json({"op": "remove", "path": "/status"}),
        in_xml(""),
        in_xml('<replace sel="f:DocumentReference/f:nothing/@value">x</replace>'),
        in_xml('<replace sel="//f:status/@value">x</replace>'),
        in_xml('<frobnicate sel="f:DocumentReference/f:status"/>'),
        (XML_PATCH, b'<!DOCTYPE d [<!ENTITY a "b">]><diff><replace sel="DocumentReference/status/@value">&a;</replace></diff>'),
        (XML_PATCH, b"<diff"),
        in_fhirpath("replace", "DocumentReference.nothing.at.all", value_valueCode="x"),
        in_fhirpath("replace", "DocumentReference.status.matches('x')", value_valueCode="x"),
        in_fhirpath("replace", "DocumentReference.status"),
        (FHIR_JSON, b'{"resourceType": "Parameters"}'),
        (FHIR_JSON, b'{"resourceType": "Patient"}'),
    ],
)
def test_what_cannot_be_read_or_done_is_no_patch(patch: tuple[str, bytes]) -> None:
    with pytest.raises(BadPatch):
        patched(RESOURCE, patch[1], patch[0])


def test_another_media_type_is_none_of_a_patch() -> None:
    with pytest.raises(UnknownPatch):
        patched(RESOURCE, b"[]", "application/merge-patch+json")


def test_a_whole_document_reference_comes_back_from_xml_as_it_was() -> None:
    resource = next(
        one["resource"]
        for one in provide_bundle([cda()], ASSOCIATIONS)["entry"]
        if one["resource"]["resourceType"] == "DocumentReference"
    )
    kind, patch = in_xml('<replace sel="f:DocumentReference/f:status/@value">superseded</replace>')
    assert patched(resource, patch, kind) == {**resource, "status": "superseded"}
