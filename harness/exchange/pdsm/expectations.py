"""What a reply may be expected to be. Each takes the reply and the argument a scenario wrote, and says what is wrong, or None.

They ask what the texts ask and no more: relative and absolute URLs are both fine, other documents of the patient may be there, a refusal
is any 4xx, a created entry is any 2xx. What the client read of the reply is in `reply.facts` (see `facts.py`).
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from harness.errors import UsageError
from harness.exchange import Expectation, Reply
from harness.exchange.pdsm.content import JSON, XML, entries, first_text, header, reach
from harness.exchange.pdsm.facts import bare, described, matches, resource_type_of
from harness.model import Text


def expected_status(reply: Reply, wanted: Any) -> Text | None:
    """200 | [200, 201] | "2xx" | "4xx": any of these."""
    status = _status(reply)
    choices = [str(choice) for choice in (wanted if isinstance(wanted, list) else [wanted])]
    if any(str(status) == choice or (choice.endswith("xx") and str(status)[:1] == choice[:1]) for choice in choices):
        return None
    asked = ", ".join(choices)
    if status >= 500 and any(choice.startswith("4") for choice in choices):
        return Text(
            f"Statut {status} : une erreur du serveur n'est pas un refus ; {asked} attendu.",
            f"Status {status}: a server error is not a refusal; {asked} expected.",
        )
    return Text(
        f"Statut {status}, {asked} attendu.{_diagnosis(reply).fr}", f"Status {status}, {asked} expected.{_diagnosis(reply).en}"
    )


def refused(reply: Reply, wanted: Any) -> Text | None:
    """true: any 4xx. A 5xx is a failure of the server and no refusal."""
    return expected_status(reply, "4xx") if wanted else expected_status(reply, "2xx")


def bundle_type(reply: Reply, wanted: Any) -> Text | None:
    """The body is a Bundle of this type: transaction-response, searchset."""
    if problem := resource_type(reply, "Bundle"):
        return problem
    found = _resource(reply).get("type")
    return (
        None
        if found == wanted
        else Text(f"Bundle de type « {found} », {wanted} attendu.", f"Bundle of type “{found}”, {wanted} expected.")
    )


def transaction_entries(reply: Reply, wanted: Any) -> Text | None:
    """all-2xx: one entry for each of the request, in its order, each 2xx, what was created with its location."""
    if wanted != "all-2xx":
        raise UsageError(f"entries: {wanted}", "entries: all-2xx")
    if problem := bundle_type(reply, "transaction-response"):
        return problem
    asked: Sequence[str] = reply.facts.get("request_entries", ())
    found = entries(_resource(reply))
    if len(found) != len(asked):
        return Text(
            f"{len(found)} entrées dans la réponse pour {len(asked)} dans la demande.",
            f"{len(found)} entries in the response for {len(asked)} in the request.",
        )
    for number, (entry, request) in enumerate(zip(found, asked, strict=True), start=1):
        if problem := _entry_problem(number, entry, request):
            return problem
    return None


def operation_outcome(reply: Reply, wanted: Any) -> Text | None:
    """required: the body is an OperationOutcome with an issue that is an error; absent: it is none; optional: nothing is asked."""
    _known("operation-outcome", wanted, ("required", "absent", "optional"))
    is_outcome = bool(reply.facts.get("resource")) and _resource(reply).get("resourceType") == "OperationOutcome"
    if wanted == "absent":
        return Text("Un OperationOutcome a été rendu.", "An OperationOutcome was returned.") if is_outcome else None
    if wanted == "optional":
        return None
    if not is_outcome:
        return resource_type(reply, "OperationOutcome")
    if not {"error", "fatal"} & set(reach(_resource(reply), "issue", "severity")):
        return Text(
            "L'OperationOutcome ne porte aucune erreur (issue de gravité error ou fatal).",
            "The OperationOutcome carries no error issue.",
        )
    return None


def found(reply: Reply, unique_ids: Any) -> Text | None:
    """Each unique id is that of a DocumentReference of the answer."""
    return _count(reply, unique_ids, lambda count: count >= 1, Text("au moins une fois", "at least once"))


def found_once(reply: Reply, unique_ids: Any) -> Text | None:
    """Each unique id is that of exactly one DocumentReference of the answer."""
    return _count(reply, unique_ids, lambda count: count == 1, Text("une fois exactement", "exactly once"))


def not_found(reply: Reply, unique_ids: Any) -> Text | None:
    """None of the unique ids is in the answer, all pages read. Also holds of an OperationOutcome or an empty answer to a search by id."""
    if problem := bundle_type(reply, "searchset"):
        return problem
    if reply.facts.get("more_pages"):
        return Text(
            "La réponse a trop de pages pour affirmer l'absence du document.",
            "The answer has too many pages to say that the document is absent.",
        )
    return _count(reply, unique_ids, lambda count: count == 0, Text("nulle part", "nowhere"))


def total_is_matches(reply: Reply, wanted: Any) -> Text | None:
    """true: `total` is there and is the number of matches; a number: `total` is that number too."""
    if problem := bundle_type(reply, "searchset"):
        return problem
    total, count = _resource(reply).get("total"), len(matches(_resource(reply)))
    if not isinstance(total, int) or isinstance(total, bool):
        return Text("Le searchset n'a pas de total, que MHD rend obligatoire.", "The searchset has no total, which MHD requires.")
    if total != count and not (reply.facts.get("more_pages") and total > count):
        return Text(f"total vaut {total} pour {count} réponses.", f"total is {total} for {count} matches.")
    if not isinstance(wanted, bool) and total != wanted:
        return Text(f"total vaut {total}, {wanted} attendu.", f"total is {total}, {wanted} expected.")
    return None


def only_matching(reply: Reply, wanted: Any) -> Text | None:
    """{patient, status, type}: every match is a DocumentReference (a List for ITI-66) of that patient, status and type code.

    patient: `system|value`. A match whose patient is given by a literal reference alone is not questioned.
    """
    if problem := bundle_type(reply, "searchset"):
        return problem
    conditions = dict(wanted) if isinstance(wanted, Mapping) else {}
    kind = str(reply.facts.get("searched", "DocumentReference"))
    for resource in matches(_resource(reply)):
        if resource.get("resourceType") != kind:
            return Text(
                f"La réponse contient un {resource.get('resourceType')} parmi les {kind}.",
                f"The answer holds a {resource.get('resourceType')} among the {kind}s.",
            )
        if problem := _mismatch(resource, conditions):
            return problem
    return None


def status_of(reply: Reply, wanted: Any) -> Text | None:
    """{unique id: status}: each DocumentReference is there with that status (`current`, `superseded`)."""
    if problem := found(reply, list(wanted)):
        return problem
    for unique_id, status in wanted.items():
        statuses = [
            resource.get("status") for resource in matches(_resource(reply)) if bare(unique_id) in described(resource).names
        ]
        if status not in statuses:
            return Text(
                f"Le document {bare(unique_id)} a le statut {statuses[0]}, {status} attendu.",
                f"Document {bare(unique_id)} has status {statuses[0]}, {status} expected.",
            )
    return None


def attachment_matches(reply: Reply, document: Any) -> Text | None:
    """The DocumentReference found announces the size and SHA-1 of the document that was sent. Needs the argument `pick` of the search."""
    announced = {"size": reply.facts.get("attachment_size"), "hash": reply.facts.get("attachment_hash")}
    if announced["hash"] is None and announced["size"] is None:
        return Text(
            "La fiche attendue n'est pas dans la réponse, ou n'annonce ni hash ni taille.",
            "The DocumentReference is not there, or announces neither hash nor size.",
        )
    return _same_content(announced, content_of(document))


def bytes_equal(reply: Reply, document: Any) -> Text | None:
    """The body is the document that was sent, byte for byte."""
    body, sent = _body(reply), content_of(document)
    if body == sent:
        return None
    if not body:
        return Text("Le corps est vide : le document était attendu.", "The body is empty: the document was expected.")
    return Text(
        f"Le document rendu n'est pas celui envoyé : {len(body)} octets (sha256 {_sha256(body)}), {len(sent)} attendus (sha256 {_sha256(sent)}).",
        f"The document served is not the one sent: {len(body)} bytes (sha256 {_sha256(body)}), {len(sent)} expected (sha256 {_sha256(sent)}).",
    )


def hash_matches(reply: Reply, metadata: Any) -> Text | None:
    """{hash, size} as the DocumentReference announces them (SHA-1 in base64, bytes): the body served is that document."""
    return _same_content(dict(metadata), _body(reply))


def media_type(reply: Reply, wanted: Any) -> Text | None:
    """The essence of the Content-Type is this one, or one of these; parameters are free."""
    choices = [str(choice).lower() for choice in (wanted if isinstance(wanted, list) else [wanted])]
    served = str(reply.facts.get("media_type", ""))
    if served in choices:
        return None
    asked = ", ".join(choices)
    return Text(
        f"Content-Type « {served or 'absent'} », {asked} attendu.", f"Content-Type “{served or 'absent'}”, {asked} expected."
    )


def is_fhir(reply: Reply, wanted: Any) -> Text | None:
    """true, json or xml: the body is a FHIR resource, said to be one by its media type."""
    problem = reply.facts.get("problem")
    if isinstance(problem, Text):
        return problem
    types = {"json": [JSON], "xml": [XML]}.get(str(wanted), [JSON, XML])
    return media_type(reply, types)


def resource_type(reply: Reply, wanted: Any) -> Text | None:
    """The body is a FHIR resource of this type."""
    problem = reply.facts.get("problem")
    if isinstance(problem, Text):
        return problem
    served = _resource(reply).get("resourceType")
    if served == wanted:
        return None
    diagnosis = _diagnosis(reply)
    return Text(
        f"La réponse est un {served}, {wanted} attendu.{diagnosis.fr}", f"The reply is a {served}, {wanted} expected.{diagnosis.en}"
    )


def full_urls(reply: Reply, wanted: Any) -> Text | None:
    """true: every entry of the searchset has its fullUrl (1..1 in the MHD response profiles)."""
    if problem := bundle_type(reply, "searchset"):
        return problem
    bare_entries = [number for number, entry in enumerate(entries(_resource(reply)), start=1) if not entry.get("fullUrl")]
    if not wanted or not bare_entries:
        return None
    return Text(f"L'entrée {bare_entries[0]} n'a pas de fullUrl.", f"Entry {bare_entries[0]} has no fullUrl.")


def self_link(reply: Reply, wanted: Any) -> Text | None:
    """true: the searchset says in its `self` link what was searched."""
    if problem := bundle_type(reply, "searchset"):
        return problem
    if not wanted or "self" in reach(_resource(reply), "link", "relation"):
        return None
    return Text("Le searchset n'a pas de lien self.", "The searchset has no self link.")


def headers(reply: Reply, wanted: Any) -> Text | None:
    """{name: value}: the header has that value, or `present`, or `absent`."""
    response = reply.exchange.response
    for name, value in dict(wanted).items():
        served = header(response.headers, name) if response else ""
        if (value == "present" and served) or (value == "absent" and not served) or served == str(value):
            continue
        return Text(
            f"En-tête {name} : « {served or 'absent'} », {value} attendu.",
            f"Header {name}: “{served or 'absent'}”, {value} expected.",
        )
    return None


def content_of(document: Any) -> bytes:
    """The bytes of what a scenario calls a document: bytes, text, or something with `data`."""
    data = getattr(document, "data", document)
    if isinstance(data, bytes | bytearray):
        return bytes(data)
    if isinstance(data, str):
        return data.encode()
    raise UsageError(f"Pas un document / not a document: {type(document).__name__}")


# ------------------------------------------------------------------ details


def _guarded(expectation: Expectation) -> Expectation:
    """An exchange that failed meets no expectation: its failure is what is wrong."""

    def judged(reply: Reply, argument: Any) -> Text | None:
        if reply.exchange.failure is not None:
            return reply.exchange.failure
        return expectation(reply, argument)

    judged.__doc__ = expectation.__doc__
    return judged


EXPECTATIONS: Mapping[str, Callable[[Reply, Any], Text | None]] = {
    name: _guarded(expectation)
    for name, expectation in {
        "status": expected_status,
        "refused": refused,
        "bundle": bundle_type,
        "entries": transaction_entries,
        "operation-outcome": operation_outcome,
        "found": found,
        "found-once": found_once,
        "not-found": not_found,
        "total-is-matches": total_is_matches,
        "only-matching": only_matching,
        "status-of": status_of,
        "attachment-matches": attachment_matches,
        "bytes-equal": bytes_equal,
        "hash-matches": hash_matches,
        "media-type": media_type,
        "is-fhir": is_fhir,
        "resource": resource_type,
        "full-urls": full_urls,
        "self-link": self_link,
        "headers": headers,
    }.items()
}


def _status(reply: Reply) -> int:
    return reply.exchange.response.status if reply.exchange.response else 0


def _body(reply: Reply) -> bytes:
    return reply.exchange.response.body if reply.exchange.response else b""


def _resource(reply: Reply) -> Mapping[str, Any]:
    resource = reply.facts.get("resource")
    return resource if isinstance(resource, Mapping) else {}


def _known(name: str, value: Any, values: Sequence[str]) -> None:
    if value not in values:
        raise UsageError(f"{name}: {value}", f"{name}: {' | '.join(values)}")


def _diagnosis(reply: Reply) -> Text:
    """What the system itself says in its OperationOutcome, to be added to a message."""
    resource = _resource(reply)
    if resource.get("resourceType") != "OperationOutcome":
        return Text("", "")
    said = first_text(resource, "issue", "diagnostics") or first_text(resource, "issue", "details", "text")
    said = said[:300]
    return Text(f" Le système dit : « {said} »", f" The system says: “{said}”") if said else Text("", "")


def _entry_problem(number: int, entry: Mapping[str, Any], request: str) -> Text | None:
    response = entry.get("response")
    status = str(response.get("status", "")) if isinstance(response, Mapping) else ""
    if not status.startswith("2"):
        return Text(
            f"L'entrée {number} ({request}) a le statut « {status} ».", f"Entry {number} ({request}) has status “{status}”."
        )
    location = first_text(response, "location")
    method, _, kind = request.partition(" ")
    if method != "POST":
        return None
    if not location:
        return Text(f"L'entrée {number} ({kind}) n'a pas de location.", f"Entry {number} ({kind}) has no location.")
    placed = resource_type_of(location)
    if placed and placed != kind:
        return Text(
            f"L'entrée {number} de la réponse parle d'un {placed}, celle de la demande d'un {kind} : l'ordre n'est pas gardé.",
            f"Entry {number} of the response is about a {placed}, that of the request about a {kind}: the order is not kept.",
        )
    return None


def _count(reply: Reply, unique_ids: Any, holds: Callable[[int], bool], how_often: Text) -> Text | None:
    if problem := bundle_type(reply, "searchset"):
        return problem
    for unique_id in unique_ids if isinstance(unique_ids, list) else [unique_ids]:
        name = bare(str(unique_id))
        count = sum(name in described(resource).names for resource in matches(_resource(reply)))
        if not holds(count):
            return Text(
                f"Document {name} trouvé {count} fois, attendu {how_often.fr}.",
                f"Document {name} found {count} times, expected {how_often.en}.",
            )
    return None


def _mismatch(resource: Mapping[str, Any], conditions: Mapping[str, Any]) -> Text | None:
    seen = described(resource)
    for name, wanted in conditions.items():
        if name == "patient":
            system, _, value = str(wanted).rpartition("|")
            others = {found for place, found in seen.patients if place == system or not system}
            if others and value not in others:
                return Text(
                    f"La réponse contient {seen.reference}, d'un autre patient.",
                    f"The answer holds {seen.reference}, of another patient.",
                )
        elif name in {"status", "type"}:
            values = {seen.status} if name == "status" else set(reach(resource, "type", "coding", "code"))
            if wanted not in values:
                shown = ", ".join(sorted(map(str, values)))
                return Text(
                    f"La réponse contient {seen.reference}, dont {name} vaut {shown} et non {wanted}.",
                    f"The answer holds {seen.reference}, whose {name} is {shown} and not {wanted}.",
                )
        else:
            raise UsageError(f"only-matching: {name}", "only-matching: {patient, status, type}")
    return None


def _same_content(announced: Mapping[str, Any], data: bytes) -> Text | None:
    size, digest = announced.get("size"), announced.get("hash")
    if size is not None and str(size) != str(len(data)):
        return Text(
            f"Taille annoncée {size}, taille réelle {len(data)} octets.", f"Size announced {size}, actual size {len(data)} bytes."
        )
    if digest is not None and _decoded(str(digest)) != hashlib.sha1(data, usedforsecurity=False).digest():
        return Text("Le hash annoncé n'est pas le SHA-1 du document.", "The hash announced is not the SHA-1 of the document.")
    return None


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return b""


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[:12]
