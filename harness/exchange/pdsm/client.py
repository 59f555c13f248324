"""The harness as a PDSm producer and consumer: plays one transaction and tells what came back.

docs/pdsm.md lists the transactions, their arguments and the facts of their replies.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode, urljoin, urlsplit

from harness.errors import UsageError
from harness.exchange import Client, Reply
from harness.exchange.conversation import is_loopback
from harness.exchange.http import call, unsent
from harness.exchange.pdsm.answers import content_of
from harness.exchange.pdsm.bundle import ASSOCIATIONS, provide_bundle
from harness.exchange.pdsm.content import JSON, XML, Content, header, listed, read_content
from harness.exchange.pdsm.expectations import AWAITED, EXPECTATIONS
from harness.exchange.pdsm.facts import described, facts_of_content, facts_of_message, facts_of_response, facts_of_search
from harness.exchange.pdsm.faults import edited, spoiled, spoiled_body
from harness.exchange.pdsm.fhir_xml import to_xml
from harness.exchange.pdsm.paging import read_on
from harness.exchange.pdsm.parties import Resource
from harness.exchange.pdsm.patients import Patients, include
from harness.exchange.pdsm.simplified import simplified_publish
from harness.exchange.pdsm.submission_sets import Replaced, Submission
from harness.exchange.pdsm.terms import BUNDLE, IDENTIFIER, SEARCH, TERMS
from harness.identifiers.notations import names_production_ins
from harness.model import Endpoint, Exchange, Request, Text
from harness.secrets import without_secrets
from harness.values import dataclass

if TYPE_CHECKING:
    from harness.library import Library

_FORMATS = {"json": JSON, "xml": XML}
_FRESH = {"Cache-Control": "no-cache"}  # a search that a server or a proxy kept from before says nothing of what was just sent


def open_client(endpoint: Endpoint, library: Library) -> PdsmClient:
    """A client of the endpoint. Raises UsageError when its URL or one of its files cannot be used."""
    shown = without_secrets(endpoint.url)
    if urlsplit(endpoint.url).scheme not in {"http", "https"} or not urlsplit(endpoint.url).hostname:
        raise UsageError(
            Text(f"URL de cible inutilisable : {shown}", f"Unusable target URL: {shown}"),
            "https://host[:port]/base",
        )
    for name in ("ca_file", "client_certificate", "client_key"):
        path = getattr(endpoint, name)
        if path and not Path(path).is_file():
            raise UsageError(Text(f"{name} : pas de fichier {path}", f"{name}: no file {path}"))
    return PdsmClient(endpoint, library.data(ASSOCIATIONS))


@dataclass(frozen=True)
class PdsmClient(Client):
    """associations: profiles/pdsm/associations.yaml, parsed."""

    endpoint: Endpoint
    associations: Mapping[str, Any]
    patients: Patients = field(default_factory=Patients)

    protocol = "pdsm"
    terms = TERMS
    expectations = EXPECTATIONS
    awaited = AWAITED

    def perform(self, transaction: str, arguments: Mapping[str, Any], deadline: float) -> Reply:
        return _TRANSACTIONS[transaction](self, transaction, arguments, deadline)

    # -------------------------------------------------------------- transactions

    def _provide(self, transaction: str, arguments: Mapping[str, Any], deadline: float) -> Reply:
        message = self._message(arguments)
        asked = () if "message" in arguments else self._name_patient(message, arguments, deadline)
        faults = listed(arguments.get("spoil"))
        message = spoiled(message, faults)
        for edit in listed(arguments.get("edit")):
            message = edited(message, edit)
        body, media_type = _written(message, arguments)
        body, media_type = spoiled_body(body, media_type, faults)
        headers = {"Content-Type": str(arguments.get("content_type", media_type)), **_accept(arguments)}
        exchange = self._call(transaction, Request("POST", self.endpoint.url, headers, body), arguments, deadline)
        content, facts = _read(exchange)
        facts = {**facts, **facts_of_message(message), **facts_of_response(message, content.resource)}
        return Reply(exchange, facts, before=asked)

    def _publish(self, transaction: str, arguments: Mapping[str, Any], deadline: float) -> Reply:
        resource = simplified_publish(_documents(arguments)[0], self.associations, _submission(arguments))
        asked = self._name_patient(resource, arguments, deadline)
        for edit in listed(arguments.get("edit")):
            resource = edited(resource, edit)
        body, media_type = _written(resource, arguments)
        headers = {"Content-Type": str(arguments.get("content_type", media_type)), **_accept(arguments)}
        request = Request("POST", self._under("DocumentReference"), headers, body)
        exchange = self._call(transaction, request, arguments, deadline)
        content, facts = _read(exchange)
        created = described(content.resource) if content.resource and "id" in facts else None
        facts = {**facts, "message": resource}
        return Reply(exchange, facts if created is None else {**facts, "document_reference": created.reference}, before=asked)

    def _search(self, transaction: str, arguments: Mapping[str, Any], deadline: float) -> Reply:
        kind = "List" if transaction == "ITI-66" else "DocumentReference"
        asked = arguments.get("query", {})
        if not isinstance(asked, Mapping):
            told = Text(
                f"{transaction} : la recherche a des critères et leurs valeurs.", f"{transaction}: a search has names and values."
            )
            raise UsageError(told, "query: {status: current}")
        query = urlencode(
            [(name, str(value)) for name, values in asked.items() for value in listed(values)],
            safe=":,/",
        )
        method = str(arguments.get("method", "GET")).upper()
        headers = _accept(arguments)
        if arguments.get("prefer"):
            headers["Prefer"] = f"handling={arguments['prefer']}"
        if method == "POST":
            headers["Content-Type"] = "application/x-www-form-urlencoded"
            url, body = self._under(f"{kind}/_search"), query.encode()
        else:
            url, body = self._under(kind) + (f"?{query}" if query else ""), b""
        start = time.monotonic()
        exchange = self._call(transaction, Request(method, url, headers, body), arguments, deadline)
        content, facts = _read(exchange)

        def fetch(address: str) -> Exchange:
            left = start + deadline - time.monotonic()
            page = Request("GET", self._under(address), _accept(arguments))
            return self._call(transaction, page, arguments, left, theirs=True)

        pages, searchset, unread = read_on(content.resource, fetch, start + deadline)
        unknown = any(map(self.patients.lacks, listed(asked.get("patient.identifier"))))
        pick = str(arguments.get("pick", ""))
        facts = {**facts, "resource": searchset, "searched": kind, "pick": pick, "unread": unread, "unknown_patient": unknown}
        return Reply(exchange, {**facts, **facts_of_search(searchset, pick)}, pages)

    def _retrieve(self, transaction: str, arguments: Mapping[str, Any], deadline: float) -> Reply:
        headers = {"Accept": str(arguments.get("accept", "*/*"))}
        given = str(arguments.get("url") or arguments.get("reference") or "")
        if not given:
            raise UsageError(Text("ITI-68 : aucune adresse de document.", "ITI-68: no document address."), "url: ...")
        url = self._under(given)
        exchange = self._call(transaction, Request("GET", url, headers), arguments, deadline, theirs=True)
        return Reply(exchange, {**_read(exchange)[1], "url": url}, called=self._why_not_called(url) is None)

    def _read_resource(self, transaction: str, arguments: Mapping[str, Any], deadline: float) -> Reply:
        reference = "metadata" if transaction == "CAPABILITIES" else str(arguments.get("reference", ""))
        url = self._under(reference)
        exchange = self._call(transaction, Request("GET", url, _accept(arguments)), arguments, deadline, theirs=True)
        return Reply(exchange, _read(exchange)[1], called=self._why_not_called(url) is None)

    def _update(self, transaction: str, arguments: Mapping[str, Any], deadline: float) -> Reply:
        given = str(arguments.get("reference") or "")
        named = urlencode({"identifier": arguments.get("identifier", "")}, safe="|:")
        url, theirs = self._under(given or f"DocumentReference?{named}"), bool(given)
        headers = {"Content-Type": str(arguments.get("content_type", "application/json-patch+json")), **_accept(arguments)}
        body = json.dumps(arguments.get("patch", []), ensure_ascii=False).encode()
        exchange = self._call(transaction, Request("PATCH", url, headers, body), arguments, deadline, theirs=theirs)
        return Reply(exchange, _read(exchange)[1], called=self._why_not_called(url, theirs=theirs) is None)

    def _raw(self, transaction: str, arguments: Mapping[str, Any], deadline: float) -> Reply:
        body = arguments.get("body", b"")
        data = json.dumps(body, ensure_ascii=False).encode() if isinstance(body, Mapping | list) else content_of(body)
        headers = _accept(arguments)
        if arguments.get("content_type"):
            headers["Content-Type"] = str(arguments["content_type"])
        url = self._under(str(arguments.get("path", "")))
        request = Request(str(arguments.get("method", "GET")).upper(), url, headers, data)
        exchange = self._call(transaction, request, arguments, deadline)
        return Reply(exchange, _read(exchange)[1])

    # -------------------------------------------------------------- details

    def _message(self, arguments: Mapping[str, Any]) -> Resource:
        if "message" in arguments:
            message: Resource = dict(arguments["message"])
            return message
        return provide_bundle(_documents(arguments), self.associations, _submission(arguments))

    def _name_patient(self, message: Resource, arguments: Mapping[str, Any], deadline: float) -> tuple[Exchange, ...]:
        """Name the patient as the endpoint wants it; the exchanges that this took, outside the deadline of the transaction."""
        if self._patients_by == BUNDLE and message["resourceType"] == "Bundle":
            include(message)
        if self._patients_by == IDENTIFIER:
            return ()

        def ask(address: str, seconds: float) -> Exchange:
            return self._call("PATIENT", Request("GET", self._under(address), _accept({})), arguments, seconds, theirs=True)

        def create(patient: Resource, criteria: str, seconds: float) -> Exchange:
            headers = {"Content-Type": JSON, "If-None-Exist": criteria, **_accept({})}
            body = json.dumps(patient, ensure_ascii=False).encode()
            return self._call("PATIENT", Request("POST", self._under("Patient"), headers, body), arguments, seconds)

        sends_patients = self._patients_by == BUNDLE and message["resourceType"] != "Bundle"
        return self.patients.name_in(message, ask, deadline, create if sends_patients else None)

    @property
    def _patients_by(self) -> str:
        return self.endpoint.options.get("patients", SEARCH)

    def _why_not_called(self, url: str, *, theirs: bool = True) -> Text | None:
        """Why a URL is not called, if so. theirs: given by the system (`call` refuses one of ours with a production INS)."""
        if not _same_place(url, self.endpoint.url):
            return Text(
                f"L'adresse donnée par le système mène à {url}, hors de la cible : elle n'a pas été appelée. "
                "Faire donner au système l'adresse sous laquelle on l'appelle, ou prendre la sienne comme cible.",
                f"The address given by the system leads to {url}, away from the target: it was not called. "
                "Have the system give the address that it is called by, or take its own as the target.",
            )
        if theirs and names_production_ins(url):
            return Text(
                "L'adresse donnée par le système porte un OID d'INS de production : elle n'a pas été appelée.",
                "The address given by the system carries a production INS OID: it was not called.",
            )
        return None

    def _call(
        self, transaction: str, request: Request, arguments: Mapping[str, Any], deadline: float, *, theirs: bool = False
    ) -> Exchange:
        """arguments: their headers go with those of the request; theirs: its address was given by the system."""
        secrets = self.endpoint.headers if _same_place(request.url, self.endpoint.url, exactly=True) else {}
        extra = {str(name): str(value) for name, value in dict(arguments.get("headers", {})).items()}
        request = replace(request, headers={**_FRESH, **request.headers, **extra, **secrets})
        if (failure := self._why_not_called(request.url, theirs=theirs)) is not None:
            return unsent(request, failure, self.endpoint, transaction)
        return call(request, self.endpoint, transaction, deadline)

    def _under(self, reference: str) -> str:
        """An absolute URL for a reference relative to the base, or for one that is absolute already."""
        try:
            return urljoin(self.endpoint.url.rstrip("/") + "/", reference)
        except ValueError:
            return reference  # no URL at all: it will be refused, and named


_Play = Callable[[PdsmClient, str, Mapping[str, Any], float], Reply]
_TRANSACTIONS: Mapping[str, _Play] = {
    "ITI-65": PdsmClient._provide,
    "ITI-66": PdsmClient._search,
    "ITI-67": PdsmClient._search,
    "ITI-68": PdsmClient._retrieve,
    "ITI-105": PdsmClient._publish,
    "PDSm-03": PdsmClient._update,
    "READ": PdsmClient._read_resource,
    "CAPABILITIES": PdsmClient._read_resource,
    "RAW": PdsmClient._raw,
}


def _documents(arguments: Mapping[str, Any]) -> list[bytes]:
    documents = [content_of(document) for document in listed(arguments.get("document"))]
    if not documents:
        raise UsageError(Text("Aucun document à envoyer.", "No document to send."), "document: ${document}")
    return documents


def _submission(arguments: Mapping[str, Any]) -> Submission:
    replaces = arguments.get("replaces")
    return Submission(
        replaces=Replaced(str(replaces)) if replaces else None,
        subject=str(arguments["subject"]) if arguments.get("subject") else None,
        status=str(arguments.get("status", "current")),
        labels=tuple(map(str, listed(arguments.get("labels")))),
    )


def _written(resource: Resource, arguments: Mapping[str, Any]) -> tuple[bytes, str]:
    name = str(arguments.get("format", "json"))
    if name not in _FORMATS:
        raise UsageError(f"format: {name}", "format: json | xml")
    if name == "json":
        return json.dumps(resource, ensure_ascii=False).encode(), JSON
    try:
        return to_xml(resource), XML
    except ValueError as error:
        raise UsageError(
            Text(f"Ce message ne s'écrit pas en XML : {error}.", f"This message cannot be written in XML: {error}.")
        ) from error


def _accept(arguments: Mapping[str, Any]) -> dict[str, str]:
    asked = str(arguments.get("accept", arguments.get("format", "json")))
    return {"Accept": _FORMATS.get(asked, asked)}


def _read(exchange: Exchange) -> tuple[Content, dict[str, Any]]:
    response = exchange.response
    if response is None or exchange.failure is not None:
        nothing = Content(None, exchange.failure, "")
        return nothing, facts_of_content(nothing, None if response is None else response.status, "")
    content = read_content(response.body, header(response.headers, "Content-Type"))
    location, etag = header(response.headers, "Location"), header(response.headers, "ETag")
    return content, facts_of_content(content, response.status, location, etag)


def _same_place(url: str, base: str, *, exactly: bool = False) -> bool:
    """Whether the URL is on the target's host (all names of this machine are one); `exactly`: scheme and port too, for secrets."""
    try:
        here, there = urlsplit(url), urlsplit(base)
        same_host = here.hostname == there.hostname or (is_loopback(here.hostname or "") and is_loopback(there.hostname or ""))
        return same_host and (not exactly or (here.scheme, here.port) == (there.scheme, there.port))
    except ValueError:
        return False
