"""The DocumentReference of a CDA document: what its header says, as PDSm asks for it.

It satisfies both builds of PDSm 3.1.1: what one requires and the other merely allows is always there (date, custodian,
authenticator, a PractitionerRole as author), and identifiers carry the `use` of MHD 4.2.0 and the `type` of later versions.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from typing import Any

from harness.exchange.pdsm.identifiers import PDSM, entry_uuid, unique_id
from harness.exchange.pdsm.metadata import Code, DocumentMetadata, Id, Patient, fhir_date_time
from harness.exchange.pdsm.parties import (
    Resource,
    coding,
    concept,
    organisation_resource,
    patient_resource,
    professional,
    without_empty,
)
from harness.exchange.pdsm.submission_sets import Submission


def document_reference(
    data: bytes, metadata: DocumentMetadata, associations: Mapping[str, Any], submission: Submission
) -> Resource:
    """The metadata of one document; its attachment has no `url` yet."""
    authors = [professional(author, f"author-{number}", associations) for number, author in enumerate(metadata.authors, start=1)]
    authenticators = [professional(one, "authenticator", associations) for one in (metadata.legal_authenticator,) if one]
    custodians = [organisation_resource(one, "custodian") for one in (metadata.custodian,) if one]
    people = [resource for _, resources in (*authors, *authenticators) for resource in resources]
    labels = [metadata.confidentiality, *(Code(label, "1.2.250.1.213.1.1.4.13") for label in submission.labels)]
    return without_empty(
        {
            "resourceType": "DocumentReference",
            "meta": {"profile": [f"{PDSM}/pdsm-comprehensive-document-reference"]},
            "contained": [patient_resource(metadata.patient), *people, *custodians],
            "masterIdentifier": _master_identifier(metadata.unique_id),
            "identifier": [entry_uuid()],
            "status": submission.status,
            "type": concept(metadata.type, associations),
            "category": [concept(metadata.category, associations)],
            "subject": subject_of(metadata.patient, submission),
            "date": metadata.created and fhir_date_time(metadata.created, whole=True),
            "author": [{"reference": f"#{role}"} for role, _ in authors],
            "authenticator": next(({"reference": f"#{role}"} for role, _ in authenticators), None),
            "custodian": metadata.custodian and {"reference": "#custodian"},
            "description": metadata.title,
            "securityLabel": [concept(label, associations) for label in labels],
            "content": [{"attachment": _attachment(data, metadata), "format": coding(metadata.format, associations)}],
            "context": _context(metadata, associations),
        }
    )


def subject_of(patient: Patient, submission: Submission) -> Resource:
    """The patient by the INS, or the first identifier that the document gives, and at the recipient where that is known."""
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


def _attachment(data: bytes, metadata: DocumentMetadata) -> Resource:
    return {
        "contentType": metadata.media_type,
        "language": metadata.language,
        "size": len(data),
        "hash": sha1(data),
        "title": metadata.title,
        "creation": metadata.created and fhir_date_time(metadata.created),
    }


def _context(metadata: DocumentMetadata, associations: Mapping[str, Any]) -> Resource:
    return {
        "event": [concept(event, associations) for event in metadata.events],
        "period": {
            "start": metadata.service_start and fhir_date_time(metadata.service_start),
            "end": metadata.service_stop and fhir_date_time(metadata.service_stop),
        },
        "facilityType": concept(metadata.facility, associations),
        "practiceSetting": concept(metadata.practice, associations),
        "sourcePatientInfo": {"reference": "#patient"},
    }


def sha1(data: bytes) -> str:
    """SHA-1 in base64, as Attachment.hash is written."""
    return base64.b64encode(hashlib.sha1(data, usedforsecurity=False).digest()).decode()
