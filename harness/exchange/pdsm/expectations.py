"""What a reply may be expected to be, by name. Each says what is wrong, or None (docs/pdsm.md lists names and arguments).

They ask what the texts ask and no more: relative and absolute URLs are both fine, other documents of the patient may be there,
a refusal is any 4xx, a created entry is a 201, with or without its reason.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from harness.exchange import Expectation, Reply
from harness.exchange.pdsm import answers, kept, returned, searchsets

EXPECTATIONS: Mapping[str, Expectation] = {
    "status": answers.expected_status,
    "refused": answers.refused,
    "bundle": answers.bundle_type,
    "entries": answers.transaction_entries,
    "operation-outcome": answers.operation_outcome,
    "found": searchsets.found,
    "found-once": searchsets.found_once,
    "found-at": searchsets.found_at,
    "not-found": searchsets.not_found,
    "total-is-matches": searchsets.total_is_matches,
    "only-matching": searchsets.only_matching,
    "status-of": searchsets.status_of,
    "attachment-matches": searchsets.attachment_matches,
    "attachment-truthful": searchsets.attachment_truthful,
    "attachment-address": searchsets.attachment_address,
    "bytes-equal": answers.bytes_equal,
    "hash-matches": answers.hash_matches,
    "media-type": answers.media_type,
    "charset-truthful": answers.charset_truthful,
    "utf-8": answers.utf8,
    "is-fhir": answers.is_fhir,
    "resource": answers.resource_type,
    "has": returned.has,
    "lacks": returned.lacks,
    "complete": returned.complete,
    "codes-kept": returned.codes_kept,
    "metadata-kept": kept.metadata_kept,
    "relates-to": kept.relates_to,
    "links-resolved": kept.links_resolved,
    "set-holds": kept.set_holds,
    "new-version": kept.new_version,
    "full-urls": searchsets.full_urls,
    "self-link": searchsets.self_link,
    "headers": answers.headers,
}

# What was just published and is not found may be late; what is found otherwise than expected is not
AWAITED: Mapping[str, Callable[[Reply, Any], bool]] = {
    "found": searchsets.lacks,
    "found-once": searchsets.lacks,
    "complete": searchsets.lacks,
    "status-of": searchsets.lacks,
    "set-holds": kept.lacks_set,
}
