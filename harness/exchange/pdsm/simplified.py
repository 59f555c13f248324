"""ITI-105: a document inside its DocumentReference, as it is sent and as a recipient keeps it (MHD 2:3.105.4.1.3)."""

from __future__ import annotations

import base64
import binascii
import copy
from collections.abc import Mapping
from typing import Any

from harness.exchange.pdsm.document_references import document_reference, sha1
from harness.exchange.pdsm.facts import attachment_of
from harness.exchange.pdsm.identifiers import PDSM, entry_uuid
from harness.exchange.pdsm.metadata import read_metadata
from harness.exchange.pdsm.parties import Resource
from harness.exchange.pdsm.submission_sets import Submission


def simplified_publish(data: bytes, associations: Mapping[str, Any], submission: Submission) -> Resource:
    """The DocumentReference of ITI-105: the document travels inside it."""
    metadata = read_metadata(data, associations)
    resource = document_reference(data, metadata, associations, submission)
    resource["meta"] = {"profile": [f"{PDSM}/pdsm-simplified-publish"]}
    del resource["identifier"]  # its entryUUID is given by the recipient (MHD 2:3.105.4.1.2)
    resource["content"][0]["attachment"]["data"] = base64.b64encode(data).decode()
    return resource


def document_inside(resource: Mapping[str, Any]) -> bytes | None:
    """The document that travels inside its DocumentReference; None when there is none, or no base64."""
    data = attachment_of(resource).get("data")
    try:
        return base64.b64decode(str(data), validate=True) if data else None
    except binascii.Error:
        return None


def as_kept(resource: Mapping[str, Any], data: bytes, url: str, *, inside: bool) -> Resource:
    """The DocumentReference as it is kept: the document is at `url` (inside: within it too), and its entryUUID is new."""
    kept = copy.deepcopy(dict(resource))
    attachment = attachment_of(kept)
    if isinstance(attachment, dict):
        if not inside:
            attachment.pop("data", None)
        attachment.update(url=url, size=len(data), hash=sha1(data))
    return {**kept, "meta": {"profile": [f"{PDSM}/pdsm-comprehensive-document-reference"]}, "identifier": [entry_uuid()]}
