"""What a recipient makes of an ITI-105 DocumentReference: the document, what is kept of the reference, and a submission set.

MHD 2:3.105.4.1.3 asks for the three; how the set is filled is left to the community of the recipient: here by the author and the
facility of the document.
"""

from __future__ import annotations

import base64
import binascii
import copy
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any
from uuid import UUID

from harness.exchange.pdsm.bundle import LIST_TYPES, MHD, PDSM, RFC3986, SOURCE_ID, entry_uuid, sha1, unique_id
from harness.exchange.pdsm.content import reach
from harness.exchange.pdsm.parties import Resource, without_empty


def attachment_of(resource: Mapping[str, Any]) -> Mapping[str, Any]:
    """The first attachment of a DocumentReference; an empty one when there is none."""
    return next((found for found in reach(resource, "content", "attachment") if isinstance(found, Mapping)), {})


def document_inside(resource: Mapping[str, Any]) -> bytes | None:
    """The document that travels inside its DocumentReference; None when there is none, or no base64."""
    data = attachment_of(resource).get("data")
    try:
        return base64.b64decode(str(data), validate=True) if data else None
    except binascii.Error:
        return None


def without_document(resource: Mapping[str, Any], data: bytes, url: str, fresh: Callable[[], UUID]) -> Resource:
    """The DocumentReference as it is kept: the document is at `url`, and its entryUUID is new."""
    kept = copy.deepcopy(dict(resource))
    attachment = attachment_of(kept)
    if isinstance(attachment, dict):
        attachment.pop("data", None)
        attachment.update(url=url, size=len(data), hash=sha1(data))
    return {**kept, "meta": {"profile": [f"{PDSM}/pdsm-comprehensive-document-reference"]}, "identifier": [entry_uuid(fresh())]}


def submission_set_of(kept: Mapping[str, Any], reference: str, instant: str, fresh: Callable[[], UUID]) -> Resource:
    """The List that says who submitted it and when. kept: the DocumentReference, under `reference`."""
    author = next((str(found) for found in reach(kept, "author", "reference")), "")
    contained = list(_contained(kept, [author]))
    organisations = [f"#{one['id']}" for one in contained if one.get("resourceType") == "Organization"]
    return without_empty(
        {
            "resourceType": "List",
            "meta": {"profile": [f"{PDSM}/pdsm-submissionset-comprehensive"]},
            "contained": contained,
            "extension": [
                *(
                    {"url": f"{MHD}/StructureDefinition/ihe-designationType", "valueCodeableConcept": concept}
                    for concept in islice(reach(kept, "context", "facilityType"), 1)
                ),
                {
                    "url": f"{MHD}/StructureDefinition/ihe-sourceId",
                    "valueIdentifier": {"system": RFC3986, "value": f"urn:oid:{SOURCE_ID}"},
                },
            ],
            "identifier": [unique_id(f"urn:oid:2.25.{fresh().int}"), entry_uuid(fresh())],
            "status": "current",
            "mode": "working",
            "title": kept.get("description"),
            "code": {"coding": [{"system": LIST_TYPES, "code": "submissionset"}]},
            "subject": kept.get("subject"),
            "date": instant,
            "source": {
                "extension": [
                    {"url": f"{MHD}/StructureDefinition/ihe-authorOrg", "valueReference": {"reference": one}}
                    for one in organisations[:1]
                ],
                "reference": author,
            },
            "entry": [{"item": {"reference": reference}}],
        }
    )


def _contained(resource: Mapping[str, Any], references: Sequence[str]) -> Iterator[Resource]:
    """The contained resources that these references lead to, and those that these name in turn."""
    known = {f"#{one['id']}": one for one in resource.get("contained", ()) if isinstance(one, Mapping) and "id" in one}
    waiting, met = list(references), set()
    while waiting:
        name = waiting.pop()
        if name in known and name not in met:
            met.add(name)
            yield copy.deepcopy(dict(known[name]))
            waiting += [
                str(found)
                for element in ("practitioner", "organization", "owner")
                for found in reach(known[name], element, "reference")
            ]
