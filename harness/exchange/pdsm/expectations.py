"""What a reply may be expected to be, by name. Each says what is wrong, or None (docs/pdsm.md lists names and arguments).

They ask what the texts ask and no more: relative and absolute URLs are both fine, other documents of the patient may be there,
a refusal is any 4xx, a created entry is a 201, with or without its reason.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any, NamedTuple

from harness.exchange import Expectation, Reply
from harness.exchange.pdsm import answers, kept, returned, searchsets
from harness.exchange.pdsm.spelling import (
    EXPECTED_FIELDS,
    MEDIA_TYPES,
    PARAMETERS,
    RESOURCE_TYPE,
    STATUS,
    STATUSES,
    slips_of_status,
)
from harness.exchange.statuses import HTTP_STATUS
from harness.exchange.terms import DOCUMENT, FLAG, MAPPING, TEXT, TEXTS, Shape, Slip, mapping_of, one_of
from harness.model import Text

_MATCHED = mapping_of("patient", "status", "type")


def _slips_of_statuses(value: Any) -> Iterator[Slip]:
    return (slip for one in (value.values() if isinstance(value, dict) else ()) for slip in STATUS.slips(one))


def _are_statuses(value: Any) -> bool:
    return isinstance(value, dict) and all(str(one) in STATUSES or "${" in str(one) for one in value.values())


class _Asked(NamedTuple):
    """argument: what a scenario may write for it; may_be_late: whether an answer that does not meet it may have come too early.

    What was just published and is not found may be late; what is found otherwise than expected is not.
    """

    judge: Expectation
    argument: Shape
    may_be_late: Callable[[Reply, Any], bool] | None = None


_TABLE: Mapping[str, _Asked] = {
    "status": _Asked(answers.expected_status, HTTP_STATUS),
    "refused": _Asked(answers.refused, one_of(True, False, "transaction")),
    "bundle": _Asked(
        answers.bundle_type,
        one_of("transaction-response", "searchset", "batch-response", "history", "collection", "document", "message"),
    ),
    "entries": _Asked(answers.transaction_entries, one_of("all-2xx")),
    "operation-outcome": _Asked(answers.operation_outcome, one_of("required", "absent", "optional")),
    "found": _Asked(searchsets.found, TEXTS, searchsets.lacks),
    "found-once": _Asked(searchsets.found_once, TEXTS, searchsets.lacks),
    "found-at": _Asked(searchsets.found_at, TEXT),
    "not-found": _Asked(searchsets.not_found, TEXTS),
    "total-is-matches": _Asked(
        searchsets.total_is_matches, Shape(Text("true ou un nombre", "true or a number"), lambda value: isinstance(value, int))
    ),
    "only-matching": _Asked(
        searchsets.only_matching, replace(_MATCHED, slips=lambda value: (*_MATCHED.slips(value), *slips_of_status(value)))
    ),
    "status-of": _Asked(
        searchsets.status_of,
        Shape(Text("{id: statut}", "{unique id: status}"), _are_statuses, slips=_slips_of_statuses),
        searchsets.lacks,
    ),
    "attachment-matches": _Asked(searchsets.attachment_matches, DOCUMENT),
    "attachment-truthful": _Asked(searchsets.attachment_truthful, DOCUMENT),
    "attachment-address": _Asked(searchsets.attachment_address, FLAG),
    "bytes-equal": _Asked(answers.bytes_equal, DOCUMENT),
    "hash-matches": _Asked(answers.hash_matches, mapping_of("hash", "size")),
    "media-type": _Asked(answers.media_type, MEDIA_TYPES),
    "charset-truthful": _Asked(answers.charset_truthful, FLAG),
    "utf-8": _Asked(answers.utf8, FLAG),
    "is-fhir": _Asked(answers.is_fhir, one_of(True, "json", "xml")),
    "resource": _Asked(answers.resource_type, RESOURCE_TYPE),
    "has": _Asked(returned.has, TEXTS),
    "lacks": _Asked(returned.lacks, TEXTS),
    "complete": _Asked(returned.complete, TEXTS, searchsets.lacks),
    "codes-kept": _Asked(returned.codes_kept, MAPPING),
    "metadata-kept": _Asked(kept.metadata_kept, MAPPING),
    "relates-to": _Asked(kept.relates_to, mapping_of("replaces", "transforms", "signs", "appends")),
    "links-resolved": _Asked(kept.links_resolved, MAPPING),
    "set-holds": _Asked(kept.set_holds, TEXTS, kept.lacks_set),
    "new-version": _Asked(kept.new_version, MAPPING),
    "full-urls": _Asked(searchsets.full_urls, FLAG),
    "self-link": _Asked(
        searchsets.self_link,
        Shape(
            Text("true ou des noms de paramètres", "true or names of parameters"),
            lambda value: FLAG.admits(value) or PARAMETERS.admits(value),
            slips=PARAMETERS.slips,
        ),
    ),
    "headers": _Asked(answers.headers, EXPECTED_FIELDS),
}

EXPECTATIONS: Mapping[str, Expectation] = {name: asked.judge for name, asked in _TABLE.items()}
EXPECTED: Mapping[str, Shape] = {name: asked.argument for name, asked in _TABLE.items()}
AWAITED = {name: asked.may_be_late for name, asked in _TABLE.items() if asked.may_be_late is not None}
