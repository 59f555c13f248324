"""Submission sets: the List that says who submitted which documents, and when (PDSm 3.1.1, MHD 4.2.0)."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from uuid import uuid4

from harness.exchange.pdsm.content import reach
from harness.exchange.pdsm.identifiers import MHD, PDSM, RFC3986, entry_uuid, unique_id
from harness.exchange.pdsm.parties import Resource, without_empty
from harness.values import dataclass

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


@dataclass(frozen=True, slots=True)
class Submitter:
    """reference: to the author among the contained resources; organisation: to that of the author, empty where there is none."""

    contained: Sequence[Resource]
    reference: str
    organisation: str = ""


def submission_set(
    references: Sequence[str],
    submitter: Submitter,
    *,
    designation: Any,
    title: Any,
    subject: Any,
    date: str,
    source_id: str,
) -> Resource:
    """references: to the DocumentReferences; designation: a CodeableConcept (kind of care); date: an instant; source_id: OID."""
    return without_empty(
        {
            "resourceType": "List",
            "meta": {"profile": [f"{PDSM}/pdsm-submissionset-comprehensive"]},
            "contained": list(submitter.contained),
            "extension": [
                *([{**_extension("designationType"), "valueCodeableConcept": designation}] if designation else ()),
                {**_extension("sourceId"), "valueIdentifier": {"system": RFC3986, "value": f"urn:oid:{source_id}"}},
            ],
            "identifier": [unique_id(f"urn:oid:2.25.{uuid4().int}"), entry_uuid()],
            "status": "current",
            "mode": "working",
            "title": title,
            "code": {"coding": [{"system": LIST_TYPES, "code": "submissionset"}]},
            "subject": subject,
            "date": date,
            "source": {
                "extension": [{**_extension("authorOrg"), "valueReference": {"reference": submitter.organisation}}]
                if submitter.organisation
                else [],
                "reference": submitter.reference,
            },
            "entry": [{"item": {"reference": reference}} for reference in references],
        }
    )


def submission_set_of(kept: Mapping[str, Any], reference: str, instant: str) -> Resource:
    """The set of one document that came alone (ITI-105). kept: its DocumentReference, under `reference`.

    MHD 2:3.105.4.1.3 asks for it; how it is filled is left to the community of the recipient: here by the author and the facility
    of the document.
    """
    author = next((str(found) for found in reach(kept, "author", "reference")), "")
    contained = list(_contained(kept, author))
    organisations = [f"#{one['id']}" for one in contained if one.get("resourceType") == "Organization"]
    return submission_set(
        [reference],
        Submitter(contained, author, organisations[0] if organisations else ""),
        designation=next(reach(kept, "context", "facilityType"), None),
        title=kept.get("description"),
        subject=kept.get("subject"),
        date=instant,
        source_id=SOURCE_ID,
    )


def _extension(name: str) -> Resource:
    return {"url": f"{MHD}/StructureDefinition/ihe-{name}"}


def _contained(resource: Mapping[str, Any], reference: str) -> Iterator[Resource]:
    """The contained resource that a reference leads to, and those that it names in turn."""
    known = {f"#{one['id']}": one for one in resource.get("contained", ()) if isinstance(one, Mapping) and "id" in one}
    waiting, met = [reference], set()
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
