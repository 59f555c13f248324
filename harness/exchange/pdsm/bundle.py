"""The ITI-65 message: a transaction Bundle with a submission set, the documents' references and the documents themselves."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from harness.exchange.pdsm.document_references import document_reference, subject_of
from harness.exchange.pdsm.identifiers import PDSM
from harness.exchange.pdsm.metadata import Author, DocumentMetadata, read_metadata
from harness.exchange.pdsm.parties import Resource, concept, professional
from harness.exchange.pdsm.submission_sets import PLAIN_SUBMISSION, Replaced, Submission, Submitter, submission_set

ASSOCIATIONS = "profiles/pdsm/associations.yaml"


def provide_bundle(
    documents: Sequence[bytes],
    associations: Mapping[str, Any],
    submission: Submission = PLAIN_SUBMISSION,
) -> Resource:
    """The transaction Bundle that publishes the CDA documents, in the order List, then for each DocumentReference and Binary.

    Raises UsageError when a document is not a CDA.
    """
    now = datetime.now(UTC)
    described = [(data, read_metadata(data, associations)) for data in documents]
    references = [f"urn:uuid:{uuid4()}" for _ in described]
    listed = f"urn:uuid:{uuid4()}"
    first = described[0][1]
    entries = [_entry(listed, _submission_set(first, references, associations, submission, now), "List")]
    for position, ((data, metadata), reference) in enumerate(zip(described, references, strict=True)):
        binary = f"urn:uuid:{uuid4()}"
        resource = document_reference(data, metadata, associations, submission)
        resource["content"][0]["attachment"]["url"] = binary
        if submission.replaces is not None and position == 0:
            resource["relatesTo"] = [{"code": "replaces", "target": {"reference": submission.replaces.reference}}]
        entries.append(_entry(reference, resource, "DocumentReference"))
        entries.append(_entry(binary, _binary(data, metadata.media_type), "Binary"))
    if submission.replaces is not None:
        entries.append(_superseding(submission.replaces, f"urn:uuid:{uuid4()}"))
    return {
        "resourceType": "Bundle",
        "meta": {"profile": [f"{PDSM}/pdsm-comprehensive-provide-document-bundle"]},
        "type": "transaction",
        "timestamp": _instant(now),
        "entry": entries,
    }


def _submission_set(
    metadata: DocumentMetadata,
    references: Sequence[str],
    associations: Mapping[str, Any],
    submission: Submission,
    now: datetime,
) -> Resource:
    """metadata: of the first document, whose (first) author submits them all."""
    nobody = Author(None, "", (), "", "", None, metadata.custodian, "cisis-harness")
    role, contained = professional(metadata.authors[0] if metadata.authors else nobody, "source", associations)
    has_organisation = any(resource["id"] == "source-organization" for resource in contained)
    return submission_set(
        references,
        Submitter(contained, f"#{role}", "#source-organization" if has_organisation else ""),
        designation=concept(metadata.activity, associations),
        title=metadata.title,
        subject=subject_of(metadata.patient, submission),
        date=_instant(now),
        source_id=submission.source_id,
    )


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


def _instant(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
