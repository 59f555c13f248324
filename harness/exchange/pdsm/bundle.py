"""The ITI-65 message: a transaction Bundle with a submission set, the documents' references and the documents themselves.

It satisfies both builds of PDSm 3.1.1: what one requires and the other merely allows is always there (date, custodian, authenticator,
a PractitionerRole as author), and identifiers carry the `use` of MHD 4.2.0 and the `type` of later versions.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from harness.exchange.pdsm.metadata import (
    Author,
    Code,
    DocumentMetadata,
    Id,
    Organisation,
    Patient,
    fhir_date_time,
    fhir_system,
    read_metadata,
)

Resource = dict[str, Any]

PDSM = "https://interop.esante.gouv.fr/ig/fhir/pdsm/StructureDefinition"
MHD = "https://profiles.ihe.net/ITI/MHD"
FR_CORE = "https://hl7.fr/ig/fhir/core"
RFC3986 = "urn:ietf:rfc:3986"
LIST_TYPES = f"{MHD}/CodeSystem/MHDlistTypes"
SOURCE_ID = "2.25.248164077913215967515301519144513477203"  # the harness as a sending system
IDENTIFIER_TYPES = f"{FR_CORE}/CodeSystem/fr-core-cs-v2-0203"
_GENDERS = {"M": "male", "F": "female", "U": "unknown"}
_INS_TYPES = {"8": "INS-NIR", "9": "INS-NIA", "10": "INS-NIR-TEST", "11": "INS-NIR-DEMO"}
_PERSON_IDS, _PLACE_IDS = "1.2.250.1.71.4.2.1", "1.2.250.1.71.4.2.2"


@dataclass(frozen=True, slots=True)
class Replaced:
    """A DocumentReference that the first document of the submission replaces, as the recipient knows it: `DocumentReference/12`."""

    reference: str


@dataclass(frozen=True, slots=True)
class Submission:
    """What the sender says of a submission besides what the documents say. Labels are codes of JDV_J08 beside the document's own."""

    replaces: Replaced | None = None
    subject: str | None = None  # literal reference to the Patient of the recipient, when it wants one beside the identifier
    status: str = "current"
    labels: tuple[str, ...] = ()
    source_id: str = SOURCE_ID


def provide_bundle(
    documents: Sequence[bytes],
    associations: Mapping[str, Any],
    submission: Submission = Submission(),
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
    role, source = _professional(_sender(metadata), "source", associations)
    return _without_empty(
        {
            "resourceType": "List",
            "meta": {"profile": [f"{PDSM}/pdsm-submissionset-comprehensive"]},
            "contained": source,
            "extension": [
                {
                    "url": f"{MHD}/StructureDefinition/ihe-designationType",
                    "valueCodeableConcept": _concept(metadata.activity, associations),
                },
                {
                    "url": f"{MHD}/StructureDefinition/ihe-sourceId",
                    "valueIdentifier": {"system": RFC3986, "value": f"urn:oid:{submission.source_id}"},
                },
            ],
            "identifier": [_unique_id(f"urn:oid:2.25.{fresh().int}"), _entry_uuid(fresh())],
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
    contained = [_contained_patient(metadata.patient)]
    authors = []
    for number, author in enumerate(metadata.authors, start=1):
        role, resources = _professional(author, f"author-{number}", associations)
        contained += resources
        authors.append({"reference": f"#{role}"})
    authenticator = None
    if metadata.legal_authenticator is not None:
        role, resources = _professional(metadata.legal_authenticator, "authenticator", associations)
        contained += resources
        authenticator = {"reference": f"#{role}"}
    if metadata.custodian is not None:
        contained.append(_organisation(metadata.custodian, "custodian"))
    labels = [metadata.confidentiality, *(Code(label, "1.2.250.1.213.1.1.4.13") for label in submission.labels)]
    return _without_empty(
        {
            "resourceType": "DocumentReference",
            "meta": {"profile": [f"{PDSM}/pdsm-comprehensive-document-reference"]},
            "contained": contained,
            "masterIdentifier": _master_identifier(metadata.unique_id),
            "identifier": [_entry_uuid(fresh())],
            "status": submission.status,
            "type": _concept(metadata.type, associations),
            "category": [_concept(metadata.category, associations)],
            "subject": _subject(metadata.patient, submission),
            "date": metadata.created and fhir_date_time(metadata.created, whole=True),
            "author": authors,
            "authenticator": authenticator,
            "custodian": metadata.custodian and {"reference": "#custodian"},
            "description": metadata.title,
            "securityLabel": [_concept(label, associations) for label in labels],
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
                    "format": _coding(metadata.format, associations),
                }
            ],
            "context": {
                "event": [_concept(event, associations) for event in metadata.events],
                "period": {
                    "start": metadata.service_start and fhir_date_time(metadata.service_start),
                    "end": metadata.service_stop and fhir_date_time(metadata.service_stop),
                },
                "facilityType": _concept(metadata.facility, associations),
                "practiceSetting": _concept(metadata.practice, associations),
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


def _professional(author: Author, name: str, associations: Mapping[str, Any]) -> tuple[str, list[Resource]]:
    """Id of the contained resource that stands for the author, and all that has to be contained for it."""
    organisation = [_organisation(author.organisation, f"{name}-organization")] if author.organisation else []
    here = {"reference": f"#{name}-organization"} if organisation else None
    if author.device:
        return name, [*organisation, _without_empty(_device(author, name, here))]
    person = _without_empty(
        {
            "resourceType": "Practitioner",
            "id": f"{name}-practitioner",
            "identifier": [_identifier(author.id, "IDNPS" if author.id.root == _PERSON_IDS else "")] if author.id else [],
            "name": [
                {
                    "family": author.family,
                    "given": [given for given in author.given if given],
                    "prefix": [author.prefix] if author.prefix else [],
                    "suffix": [author.suffix] if author.suffix else [],
                }
            ],
        }
    )
    role = {
        "resourceType": "PractitionerRole",
        "id": name,
        "practitioner": {"reference": f"#{name}-practitioner"},
        "organization": here,
        "specialty": [_concept(author.specialty, associations)],
    }
    return name, [*organisation, person, _without_empty(role)]


def _device(author: Author, name: str, organisation: Mapping[str, str] | None) -> Resource:
    return {
        "resourceType": "Device",
        "id": name,
        "identifier": [_identifier(author.id)] if author.id else [],
        "deviceName": [{"name": author.device, "type": "user-friendly-name"}],
        "owner": organisation,
    }


def _organisation(organisation: Organisation, name: str) -> Resource:
    identifier = organisation.id and _identifier(organisation.id, "IDNST" if organisation.id.root == _PLACE_IDS else "")
    return _without_empty({"resourceType": "Organization", "id": name, "identifier": [identifier], "name": organisation.name})


def _contained_patient(patient: Patient) -> Resource:
    listed = {
        "url": f"{FR_CORE}/StructureDefinition/fr-core-patient-birth-list-given-name",
        "valueString": patient.birth_given_list,
    }
    insee = {
        "url": f"{FR_CORE}/StructureDefinition/fr-core-address-insee-code",
        "valueCoding": {
            "system": "https://mos.esante.gouv.fr/NOS/TRE_R13-CommuneOM/FHIR/TRE-R13-CommuneOM",
            "code": patient.birth_place,
        },
    }
    birth_place = {"url": "http://hl7.org/fhir/StructureDefinition/patient-birthPlace", "valueAddress": {"extension": [insee]}}
    official = {
        "extension": [listed] if patient.birth_given_list else [],
        "use": "official",
        "family": patient.birth_family,
        "given": [patient.birth_given] if patient.birth_given else [],
    }
    used = {"use": "usual", "family": patient.used_family, "given": [patient.used_given] if patient.used_given else []}
    return _without_empty(
        {
            "resourceType": "Patient",
            "id": "patient",
            "extension": [birth_place] if patient.birth_place else [],
            "identifier": [_patient_identifier(id_, patient) for id_ in patient.ids if id_.extension],
            "name": [official, used if patient.used_family or patient.used_given else None],
            "gender": _GENDERS.get(patient.gender),
            "birthDate": patient.born and fhir_date_time(patient.born)[:10],
        }
    )


def _patient_identifier(id_: Id, patient: Patient) -> Resource:
    if id_ == patient.ins:
        return _identifier(id_, _INS_TYPES[id_.root.rpartition(".")[2]], use="official")
    return _identifier(id_)


def _subject(patient: Patient, submission: Submission) -> Resource:
    id_ = patient.ins or next(iter(patient.ids), None)
    return _without_empty(
        {
            "reference": submission.subject,
            "type": "Patient",
            "identifier": id_ and {"system": f"urn:oid:{id_.root}", "value": id_.extension},
        }
    )


def _identifier(id_: Id, type_: str = "", use: str = "") -> Resource:
    return _without_empty(
        {
            "use": use,
            "type": {"coding": [{"system": IDENTIFIER_TYPES, "code": type_}]} if type_ else None,
            "system": f"urn:oid:{id_.root}",
            "value": id_.extension or f"urn:oid:{id_.root}",
        }
    )


def _master_identifier(id_: Id | None) -> Resource | None:
    if id_ is None:
        return None
    return _unique_id(f"urn:oid:{id_.root}") if not id_.extension else _unique_id(id_.extension, f"urn:oid:{id_.root}")


def _unique_id(value: str, system: str = RFC3986) -> Resource:
    type_ = {"coding": [{"system": f"{MHD}/CodeSystem/IHE.MHD.MHDIdentifierType", "code": "uniqueId"}]}
    return {"use": "usual", "type": type_, "system": system, "value": value}


def _entry_uuid(value: UUID) -> Resource:
    type_ = {"coding": [{"system": f"{MHD}/CodeSystem/IHE.MHD.MHDIdentifierType", "code": "entryUUID"}]}
    return {"use": "official", "type": type_, "system": RFC3986, "value": f"urn:uuid:{value}"}


def _coding(code: Code | None, associations: Mapping[str, Any]) -> Resource | None:
    if code is None:
        return None
    return _without_empty({"system": fhir_system(code.system, associations), "code": code.code, "display": code.label})


def _concept(code: Code | None, associations: Mapping[str, Any]) -> Resource | None:
    coding = _coding(code, associations)
    return coding and {"coding": [coding]}


def _instant(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _without_empty(value: Any) -> Any:
    """The same JSON without null, empty text, empty lists and empty objects, which FHIR forbids."""
    if isinstance(value, dict):
        kept = {name: _without_empty(child) for name, child in value.items()}
        return {name: child for name, child in kept.items() if child not in (None, "", [], {})}
    if isinstance(value, list):
        return [child for child in map(_without_empty, value) if child not in (None, "", [], {})]
    return value
