"""The ITI-65 message: a transaction Bundle with a submission set, the documents' references and the documents themselves.

It satisfies both builds of PDSm 3.1.1: what one requires and the other merely allows is always there (date, custodian,
authenticator, a PractitionerRole as author), and identifiers carry the `use` of MHD 4.2.0 and the `type` of later versions.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from harness.exchange.pdsm.metadata import Author, Code, DocumentMetadata, Id, Patient, fhir_date_time, read_metadata
from harness.exchange.pdsm.parties import (
    Resource,
    coding,
    concept,
    organisation_resource,
    patient_resource,
    professional,
    without_empty,
)

PDSM = "https://interop.esante.gouv.fr/ig/fhir/pdsm/StructureDefinition"
MHD = "https://profiles.ihe.net/ITI/MHD"
RFC3986 = "urn:ietf:rfc:3986"
LIST_TYPES = f"{MHD}/CodeSystem/MHDlistTypes"
SOURCE_ID = "2.25.248164077913215967515301519144513477203"  # the harness as a sending system


@dataclass(frozen=True, slots=True)
class Replaced:
    """A DocumentReference that the first document of the submission replaces, as the recipient knows it: `DocumentReference/12`."""

    reference: str


@dataclass(frozen=True, slots=True)
class Submission:
    """What the sender says of a submission besides what the documents say. Labels: codes of JDV_J08 beside the document's own."""

    replaces: Replaced | None = None
    subject: str | None = None  # literal reference to the recipient's own Patient
    status: str = "current"
    labels: tuple[str, ...] = ()
    source_id: str = SOURCE_ID


PLAIN_SUBMISSION = Submission()


def provide_bundle(
    documents: Sequence[bytes],
    associations: Mapping[str, Any],
    submission: Submission = PLAIN_SUBMISSION,
    *,
    now: datetime | None = None,
    fresh: Callable[[], UUID] = uuid4,
) -> Resource:
    """The transaction Bundle that publishes the CDA documents, in the order List, then for each DocumentReference and Binary.

    now: time of submission; fresh: where its new identifiers come from. Raises UsageError when a document is not a CDA.
    """
    now = now or datetime.now(UTC)
    described = [(data, read_metadata(data, associations)) for data in documents]
    references = [f"urn:uuid:{fresh()}" for _ in described]
    entries = [
        _entry(f"urn:uuid:{fresh()}", submission_set(described[0][1], references, associations, submission, now, fresh), "List")
    ]
    for position, ((data, metadata), reference) in enumerate(zip(described, references, strict=True)):
        binary = f"urn:uuid:{fresh()}"
        resource = document_reference(data, metadata, associations, submission, fresh)
        resource["content"][0]["attachment"]["url"] = binary
        if submission.replaces is not None and position == 0:
            resource["relatesTo"] = [{"code": "replaces", "target": {"reference": submission.replaces.reference}}]
        entries.append(_entry(reference, resource, "DocumentReference"))
        entries.append(_entry(binary, _binary(data, metadata.media_type), "Binary"))
    if submission.replaces is not None:
        entries.append(_superseding(submission.replaces, f"urn:uuid:{fresh()}"))
    return {
        "resourceType": "Bundle",
        "meta": {"profile": [f"{PDSM}/pdsm-comprehensive-provide-document-bundle"]},
        "type": "transaction",
        "timestamp": _instant(now),
        "entry": entries,
    }


def simplified_publish(
    data: bytes, associations: Mapping[str, Any], submission: Submission, *, fresh: Callable[[], UUID] = uuid4
) -> Resource:
    """The DocumentReference of ITI-105: the document travels inside it."""
    metadata = read_metadata(data, associations)
    resource = document_reference(data, metadata, associations, submission, fresh)
    resource["meta"] = {"profile": [f"{PDSM}/pdsm-simplified-publish"]}
    del resource["identifier"]  # its entryUUID is given by the recipient (MHD 2:3.105.4.1.2)
    resource["content"][0]["attachment"]["data"] = base64.b64encode(data).decode()
    return resource


def submission_set(
    metadata: DocumentMetadata,
    references: Sequence[str],
    associations: Mapping[str, Any],
    submission: Submission,
    now: datetime,
    fresh: Callable[[], UUID],
) -> Resource:
    """The List that says who submits what, why and when; its author is the (first) author of the first document."""
    role, source = professional(_sender(metadata), "source", associations)
    return without_empty(
        {
            "resourceType": "List",
            "meta": {"profile": [f"{PDSM}/pdsm-submissionset-comprehensive"]},
            "contained": source,
            "extension": [
                {
                    "url": f"{MHD}/StructureDefinition/ihe-designationType",
                    "valueCodeableConcept": concept(metadata.activity, associations),
                },
                {
                    "url": f"{MHD}/StructureDefinition/ihe-sourceId",
                    "valueIdentifier": {"system": RFC3986, "value": f"urn:oid:{submission.source_id}"},
                },
            ],
            "identifier": [unique_id(f"urn:oid:2.25.{fresh().int}"), entry_uuid(fresh())],
            "status": "current",
            "mode": "working",
            "title": metadata.title,
            "code": {"coding": [{"system": LIST_TYPES, "code": "submissionset"}]},
            "subject": _subject(metadata.patient, submission),
            "date": _instant(now),
            "source": {
                "extension": [
                    {"url": f"{MHD}/StructureDefinition/ihe-authorOrg", "valueReference": {"reference": "#source-organization"}}
                    for resource in source
                    if resource["id"] == "source-organization"
                ],
                "reference": f"#{role}",
            },
            "entry": [{"item": {"reference": reference}} for reference in references],
        }
    )


def document_reference(
    data: bytes, metadata: DocumentMetadata, associations: Mapping[str, Any], submission: Submission, fresh: Callable[[], UUID]
) -> Resource:
    """The metadata of one document; its attachment has no `url` yet."""
    contained = [patient_resource(metadata.patient)]
    authors = []
    for number, author in enumerate(metadata.authors, start=1):
        role, resources = professional(author, f"author-{number}", associations)
        contained += resources
        authors.append({"reference": f"#{role}"})
    authenticator = None
    if metadata.legal_authenticator is not None:
        role, resources = professional(metadata.legal_authenticator, "authenticator", associations)
        contained += resources
        authenticator = {"reference": f"#{role}"}
    if metadata.custodian is not None:
        contained.append(organisation_resource(metadata.custodian, "custodian"))
    labels = [metadata.confidentiality, *(Code(label, "1.2.250.1.213.1.1.4.13") for label in submission.labels)]
    return without_empty(
        {
            "resourceType": "DocumentReference",
            "meta": {"profile": [f"{PDSM}/pdsm-comprehensive-document-reference"]},
            "contained": contained,
            "masterIdentifier": _master_identifier(metadata.unique_id),
            "identifier": [entry_uuid(fresh())],
            "status": submission.status,
            "type": concept(metadata.type, associations),
            "category": [concept(metadata.category, associations)],
            "subject": _subject(metadata.patient, submission),
            "date": metadata.created and fhir_date_time(metadata.created, whole=True),
            "author": authors,
            "authenticator": authenticator,
            "custodian": metadata.custodian and {"reference": "#custodian"},
            "description": metadata.title,
            "securityLabel": [concept(label, associations) for label in labels],
            "content": [
                {
                    "attachment": {
                        "contentType": metadata.media_type,
                        "language": metadata.language,
                        "size": len(data),
                        "hash": sha1(data),
                        "title": metadata.title,
                        "creation": metadata.created and fhir_date_time(metadata.created),
                    },
                    "format": coding(metadata.format, associations),
                }
            ],
            "context": {
                "event": [concept(event, associations) for event in metadata.events],
                "period": {
                    "start": metadata.service_start and fhir_date_time(metadata.service_start),
                    "end": metadata.service_stop and fhir_date_time(metadata.service_stop),
                },
                "facilityType": concept(metadata.facility, associations),
                "practiceSetting": concept(metadata.practice, associations),
                "sourcePatientInfo": {"reference": "#patient"},
            },
        }
    )


def sha1(data: bytes) -> str:
    """SHA-1 in base64, as Attachment.hash is written."""
    return base64.b64encode(hashlib.sha1(data, usedforsecurity=False).digest()).decode()


def _entry(full_url: str, resource: Resource, url: str, method: str = "POST") -> Resource:
    return {"fullUrl": full_url, "resource": resource, "request": {"method": method, "url": url}}


def _binary(data: bytes, media_type: str) -> Resource:
    return {"resourceType": "Binary", "contentType": media_type, "data": base64.b64encode(data).decode()}


def _superseding(replaced: Replaced, full_url: str) -> Resource:
    parts = [
        {"name": "type", "valueCode": "replace"},
        {"name": "path", "valueString": "DocumentReference.status"},
        {"name": "value", "valueCode": "superseded"},
    ]
    return _entry(
        full_url, {"resourceType": "Parameters", "parameter": [{"name": "operation", "part": parts}]}, replaced.reference, "PATCH"
    )


def _sender(metadata: DocumentMetadata) -> Author:
    return metadata.authors[0] if metadata.authors else Author(None, "", (), "", "", None, metadata.custodian, "cisis-harness")


def _subject(patient: Patient, submission: Submission) -> Resource:
    id_ = patient.ins or next(iter(patient.ids), None)
    return without_empty(
        {
            "reference": submission.subject,
            "type": "Patient",
            "identifier": id_ and {"system": f"urn:oid:{id_.root}", "value": id_.extension},
        }
    )


def _master_identifier(id_: Id | None) -> Resource | None:
    if id_ is None:
        return None
    return unique_id(f"urn:oid:{id_.root}") if not id_.extension else unique_id(id_.extension, f"urn:oid:{id_.root}")


def unique_id(value: str, system: str = RFC3986) -> Resource:
    type_ = {"coding": [{"system": f"{MHD}/CodeSystem/IHE.MHD.MHDIdentifierType", "code": "uniqueId"}]}
    return {"use": "usual", "type": type_, "system": system, "value": value}


def entry_uuid(value: UUID) -> Resource:
    type_ = {"coding": [{"system": f"{MHD}/CodeSystem/IHE.MHD.MHDIdentifierType", "code": "entryUUID"}]}
    return {"use": "official", "type": type_, "system": RFC3986, "value": f"urn:uuid:{value}"}


def _instant(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
