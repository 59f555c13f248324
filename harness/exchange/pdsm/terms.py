"""What a scenario may write for PDSm (docs/pdsm.md): arguments of its transactions, facts of the answers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from harness.exchange.pdsm.derived import is_derived
from harness.exchange.pdsm.expectations import EXPECTED
from harness.exchange.pdsm.faults import BODY_FAULTS, FAULTS
from harness.exchange.pdsm.spelling import (
    ACCEPTED,
    FIELDS,
    MEDIA_TYPE,
    METHOD,
    PATCH,
    QUERY,
    REFERENCE,
    STATUS,
    edits_of,
    slips_of_fact,
    slips_of_faults,
    spelt,
)
from harness.exchange.terms import (
    ANYTHING,
    DOCUMENTS,
    MAPPING,
    TEXT,
    TEXTS,
    Shape,
    Terms,
    needed,
    one_of,
)
from harness.model import Text


def _are_faults(value: Any) -> bool:
    names = value if isinstance(value, list) else [value]
    return all(isinstance(one, str) and (one in FAULTS or one in BODY_FAULTS or is_derived(one)) for one in names)


_NAMED = spelt(TEXTS, *FAULTS, *BODY_FAULTS)
_FAULTS = Shape(
    Text("des noms de défauts (docs/pdsm.md)", "names of faults (docs/pdsm.md)"),
    _are_faults,
    known=(*FAULTS, *BODY_FAULTS),
    slips=lambda value: (*_NAMED.slips(value), *slips_of_faults(value)),
)

_SENT = {"format": one_of("json", "xml"), "accept": ACCEPTED, "content_type": MEDIA_TYPE, "headers": FIELDS}
_SAID = {"document": DOCUMENTS, "replaces": REFERENCE, "subject": REFERENCE, "status": STATUS, "labels": TEXTS}
_ASKED = {"query": QUERY, "method": one_of("GET", "POST"), "prefer": one_of("strict", "lenient"), "pick": TEXT}

ARGUMENTS: Mapping[str, Mapping[str, Shape]] = {
    "ITI-65": {**_SENT, **_SAID, "edit": edits_of("Bundle"), "message": MAPPING, "spoil": _FAULTS},
    "ITI-66": {**_SENT, **_ASKED},
    "ITI-67": {**_SENT, **_ASKED},
    "ITI-68": {"url": TEXT, "reference": REFERENCE, "accept": MEDIA_TYPE, "headers": FIELDS},
    "ITI-105": {**_SENT, **_SAID, "document": needed(DOCUMENTS), "edit": edits_of("DocumentReference")},
    "PDSm-03": {**_SENT, "identifier": TEXT, "reference": REFERENCE, "patch": needed(PATCH)},
    "READ": {**_SENT, "reference": needed(REFERENCE)},
    "CAPABILITIES": _SENT,
    "RAW": {**_SENT, "method": METHOD, "path": TEXT, "body": ANYTHING},
}

_OF_ANY = frozenset({"status", "media_type", "location", "version", "resource", "problem", "id", "asked_again"})
_OF_A_SEARCH = frozenset(
    {"searched", "unread", "unknown_patient", "matches", "ids", "unique_ids", "total", "document_reference", "document_status"}
)
_OF_AN_ATTACHMENT = frozenset({"attachment_url", "attachment_type", "attachment_hash", "attachment_size"})
_OF_A_MESSAGE = frozenset(
    {"message", "request_entries", "unique_id", "unique_ids", "submission_unique_id", "patient", "hash", "size"}
)
_OF_ITS_ANSWER = frozenset({"locations", "warnings", "document_reference", "document_references", "list", "binary"})

FACTS: Mapping[str, frozenset[str]] = {
    **dict.fromkeys(ARGUMENTS, _OF_ANY),
    "ITI-65": _OF_ANY | _OF_A_MESSAGE | _OF_ITS_ANSWER,
    "ITI-66": _OF_ANY | _OF_A_SEARCH | _OF_AN_ATTACHMENT,
    "ITI-67": _OF_ANY | _OF_A_SEARCH | _OF_AN_ATTACHMENT,
    "ITI-68": _OF_ANY | {"url"},
    "ITI-105": _OF_ANY | {"document_reference", "message"},
}

TERMS = Terms(ARGUMENTS, EXPECTED, FACTS, slips_of_fact)
ACTORS = ("source", "consumer", "recipient", "responder")
SEARCH, IDENTIFIER, BUNDLE = "search", "identifier", "bundle"
OPTIONS = {"patients": (SEARCH, IDENTIFIER, BUNDLE)}  # how what is published names its patient (docs/targets.md)
