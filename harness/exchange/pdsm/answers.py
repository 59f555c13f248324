"""Expectations on any reply: status, media type, bytes, entries of a transaction-response."""

from __future__ import annotations

import base64
import binascii
import codecs
import hashlib
import re
from collections.abc import Mapping, Sequence
from email.message import Message
from typing import Any

from harness.errors import UsageError
from harness.exchange import Reply
from harness.exchange.content_coding import GZIP_MAGIC
from harness.exchange.pdsm.content import JSON, XML, entries, first_text, header, listed, objects, reach
from harness.exchange.pdsm.facts import resource_type_of
from harness.exchange.statuses import status
from harness.model import NO_TEXT, Text

_XML_ENCODING = re.compile(
    rb"""(?:\xef\xbb\xbf|\xff\xfe|\xfe\xff)?\s*<(?:\?xml\s(?:[^>]*?\sencoding\s*=\s*["'](?P<encoding>[\w.-]+))?)?"""
)


def expected_status(reply: Reply, wanted: Any) -> Text | None:
    return status(reply, wanted, _diagnosis)


def refused(reply: Reply, wanted: Any) -> Text | None:
    """true: any 4xx, for a 5xx is a failure of the server; transaction: a 5xx too, as FHIR R4 lets a transaction be rejected."""
    _known("refused", wanted, (True, False, "transaction"))
    if wanted == "transaction":
        return expected_status(reply, ["4xx", "5xx"])
    return expected_status(reply, "4xx") if wanted else expected_status(reply, "2xx")


def bundle_type(reply: Reply, wanted: Any) -> Text | None:
    """The body is a Bundle of this type: transaction-response, searchset."""
    if problem := resource_type(reply, "Bundle"):
        return problem
    found = resource_of(reply).get("type")
    return (
        None
        if found == wanted
        else Text(f"Bundle de type « {found} », {wanted} attendu.", f"Bundle of type “{found}”, {wanted} expected.")
    )


def transaction_entries(reply: Reply, wanted: Any) -> Text | None:
    """all-2xx: one entry for each of the request, in its order, each 2xx; what was created is 201 and has its location."""
    if wanted != "all-2xx":
        raise UsageError(f"entries: {wanted}", "entries: all-2xx")
    if problem := bundle_type(reply, "transaction-response"):
        return problem
    asked: Sequence[str] = reply.facts.get("request_entries", ())
    found = entries(resource_of(reply))
    if len(found) != len(asked):
        return Text(
            f"Entrées dans la réponse : {len(found)}, dans la demande : {len(asked)}.",
            f"Entries in the response: {len(found)}, in the request: {len(asked)}.",
        )
    for number, (entry, request) in enumerate(zip(found, asked, strict=True), start=1):
        if problem := _entry_problem(number, entry, request):
            return problem
    created = [(request, first_text(entry, "response", "location")) for entry, request in zip(found, asked, strict=True)]
    for request, location in created:
        if request.startswith("POST ") and created.count((request, location)) > 1:
            return Text(
                f"Plusieurs entrées ({request}) ont la même location : {location}.",
                f"Several entries ({request}) have the same location: {location}.",
            )
    return None


def operation_outcome(reply: Reply, wanted: Any) -> Text | None:
    """required: the body is an OperationOutcome with an issue that is an error; absent: it is none; optional: nothing is asked."""
    _known("operation-outcome", wanted, ("required", "absent", "optional"))
    is_outcome = bool(reply.facts.get("resource")) and resource_of(reply).get("resourceType") == "OperationOutcome"
    if wanted == "absent":
        return Text("Un OperationOutcome a été rendu.", "An OperationOutcome was returned.") if is_outcome else None
    if wanted == "optional":
        return None
    if not is_outcome:
        return resource_type(reply, "OperationOutcome")
    if not {"error", "fatal"} & set(reach(resource_of(reply), "issue", "severity")):
        return Text(
            "L'OperationOutcome ne porte aucune erreur (issue de gravité error ou fatal).",
            "The OperationOutcome carries no error issue.",
        )
    return None


def bytes_equal(reply: Reply, document: Any) -> Text | None:
    """The body is the document that was sent, byte for byte."""
    body, sent = _body(reply), content_of(document)
    if body == sent:
        return None
    if resource_of(reply).get("resourceType") == "Binary":
        return Text(
            "Une ressource Binary enveloppe le document : ce sont les octets du document lui-même qui sont attendus.",
            "A Binary resource wraps the document: the bytes of the document itself were expected.",
        )
    if not body:
        return Text("Le corps est vide : le document était attendu.", "The body is empty: the document was expected.")
    served, awaited = f"{len(body)} (sha256 {_sha256(body)})", f"{len(sent)} (sha256 {_sha256(sent)})"
    where = _difference(body, sent)
    return Text(
        f"Le document rendu n'est pas celui envoyé : {where.fr} ; octets rendus : {served}, attendus : {awaited}.",
        f"The document served is not the one sent: {where.en}; bytes served: {served}, expected: {awaited}.",
    )


def _difference(body: bytes, sent: bytes) -> Text:
    """What was done to the document, where that is plain; else where the first byte is that differs, from 0."""
    if body.startswith(GZIP_MAGIC) and not sent.startswith(GZIP_MAGIC):
        return Text("il est compressé en gzip, sans Content-Encoding", "it is compressed with gzip, without Content-Encoding")
    if b"".join(body.split()) == base64.b64encode(sent):
        return Text("il est resté en base64", "it is still in base64")
    if body.replace(b"\r\n", b"\n") == sent.replace(b"\r\n", b"\n"):
        return Text("ses fins de ligne ont été changées", "its line ends were changed")
    both = enumerate(zip(body, sent, strict=False))
    at = next((place for place, (one, other) in both if one != other), min(len(body), len(sent)))
    if at == len(sent):
        return Text(f"il est suivi d'autres octets ({len(body) - at})", f"other bytes follow it ({len(body) - at})")
    if at == len(body):
        return Text(f"il lui manque la fin, {len(sent) - at} octets", f"its end is missing, {len(sent) - at} bytes")
    return Text(f"il diffère dès l'octet {at}", f"it differs from byte {at} on")


def hash_matches(reply: Reply, metadata: Any) -> Text | None:
    """{hash, size} as the DocumentReference announces them (SHA-1 in base64, bytes): the body served is that document."""
    return same_content(dict(metadata), _body(reply))


def media_type(reply: Reply, wanted: Any) -> Text | None:
    """The essence of the Content-Type is that of this one, or of one of these; parameters are free on both sides."""
    choices = [str(choice).partition(";")[0].strip().lower() for choice in listed(wanted)]
    served = str(reply.facts.get("media_type", ""))
    if served in choices:
        return None
    asked = ", ".join(choices)
    return Text(
        f"Content-Type « {served or 'absent'} », {asked} attendu.", f"Content-Type “{served or 'absent'}”, {asked} expected."
    )


def charset_truthful(reply: Reply, wanted: Any) -> Text | None:
    """true: an XML body reads the same by the charset of its Content-Type, if there is one, as by what it says of itself."""
    said, body = _charset(reply), _body(reply)
    own = _XML_ENCODING.match(body)
    if not wanted or said is None or own is None:
        return None
    by_itself = "utf-16" if body.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else (own["encoding"] or b"utf-8").decode()
    try:
        if body.decode(said) == body.decode(by_itself):
            return None
    except (LookupError, ValueError):  # no charset of texts, or not that of these bytes
        pass
    return Text(
        f"Le Content-Type dit charset={said}, mais le document est en {by_itself} : qui s'y fie lit d'autres caractères.",
        f"The Content-Type says charset={said}, but the document is in {by_itself}: readers that trust it read other characters.",
    )


def utf8(reply: Reply, wanted: Any) -> Text | None:
    """true: a FHIR body is UTF-8, by the charset of its Content-Type too if there is one, and JSON has no byte order mark."""
    body = _body(reply)
    said = _charset(reply)
    if not wanted or not reply.facts.get("resource"):
        return None
    if said is not None and said.lower() not in {"utf-8", "utf8"}:
        return Text(f"Le Content-Type dit charset={said}, utf-8 attendu.", f"The Content-Type says charset={said}, utf-8 expected.")
    if reply.facts.get("media_type") != XML and body.startswith(codecs.BOM_UTF8):
        return Text("Une marque d'ordre (BOM) précède le JSON.", "A byte order mark (BOM) precedes the JSON.")
    try:
        body.decode()
    except UnicodeDecodeError:
        return Text("Le corps n'est pas en UTF-8.", "The body is not UTF-8.")
    return None


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
    served = resource_of(reply).get("resourceType")
    if served == wanted:
        return None
    diagnosis = _diagnosis(reply)
    return Text(
        f"La réponse est de type {served}, {wanted} attendu.{diagnosis.fr}",
        f"The reply is of type {served}, {wanted} expected.{diagnosis.en}",
    )


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
    kind = type(document).__name__
    raise UsageError(Text(f"Ce n'est pas un document : {kind}.", f"This is not a document: {kind}."))


def _charset(reply: Reply) -> str | None:
    """The charset that the Content-Type says, if any."""
    read = Message()
    read["Content-Type"] = header(reply.exchange.response.headers, "Content-Type") if reply.exchange.response else ""
    said = read.get_param("charset")
    return said if isinstance(said, str) else None


def _body(reply: Reply) -> bytes:
    return reply.exchange.response.body if reply.exchange.response else b""


def resource_of(reply: Reply) -> Mapping[str, Any]:
    """The parsed body; empty when it is no FHIR."""
    resource = reply.facts.get("resource")
    return resource if isinstance(resource, Mapping) else {}


def _known(name: str, value: Any, values: Sequence[Any]) -> None:
    if value not in values:
        raise UsageError(f"{name}: {value}", f"{name}: {' | '.join(map(str, values))}")


def _diagnosis(reply: Reply) -> Text:
    """What the system's OperationOutcome says, errors first, to add to a message."""
    resource = resource_of(reply)
    if resource.get("resourceType") != "OperationOutcome":
        return NO_TEXT
    issues = sorted(objects(resource, "issue"), key=lambda issue: issue.get("severity") not in {"error", "fatal"})
    said = first_text(issues, "diagnostics") or first_text(issues, "details", "text")
    said = said if len(said) <= 300 else f"{said[:297]}..."
    return Text(f" Le système dit : « {said} »", f" The system says: “{said}”") if said else NO_TEXT


def _entry_problem(number: int, entry: Mapping[str, Any], request: str) -> Text | None:
    response = entry.get("response")
    status = first_text(response, "status")
    if not status:
        return Text(
            f"L'entrée {number} ({request}) n'a pas de statut (response.status, un texte).",
            f"Entry {number} ({request}) has no status (response.status, a text).",
        )
    if not status.startswith("2"):
        return Text(
            f"L'entrée {number} ({request}) a le statut « {status} ».", f"Entry {number} ({request}) has status “{status}”."
        )
    if {"error", "fatal"} & set(reach(response, "outcome", "issue", "severity")):
        return Text(
            f"L'entrée {number} ({request}) a le statut « {status} » et annonce une erreur (response.outcome).",
            f"Entry {number} ({request}) has status “{status}” and reports an error (response.outcome).",
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
    if not status.startswith("201"):
        return Text(
            f"L'entrée {number} ({kind}) a le statut « {status} », 201 attendu pour ce qui est créé.",
            f"Entry {number} ({kind}) has status “{status}”, 201 expected of what is created.",
        )
    return None


def same_content(announced: Mapping[str, Any], data: bytes) -> Text | None:
    """Which of the announced `size` and `hash` (SHA-1 in base64) are not those of the data."""
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
