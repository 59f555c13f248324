"""The reference PDSm endpoint without its sockets: a request in, a response out, and what was found wrong in the request."""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from harness.exchange.pdsm.capabilities import capability_statement
from harness.exchange.pdsm.content import JSON, XML, entries, first_text, header, reach, read_content
from harness.exchange.pdsm.fhir_xml import to_xml
from harness.exchange.pdsm.flaws import DETAILED
from harness.exchange.pdsm.negotiation import accepts, wants_xml
from harness.exchange.pdsm.parties import Resource
from harness.exchange.pdsm.patching import Forbidden, Unreadable, patched
from harness.exchange.pdsm.receiving import check_message, check_simplified, document_of, refused_entries
from harness.exchange.pdsm.repository import PERSISTED, Repository
from harness.exchange.pdsm.searching import PARAMETERS, BadQuery, missing_parameters, search, unknown_parameters
from harness.model import Finding, Request, Response, Severity, Text

Judge = Callable[[bytes], tuple[Finding, ...]]
_FHIR_BODIES = frozenset({JSON, XML, "application/json", "application/xml", "text/xml"})


@dataclass(frozen=True, slots=True)
class Answer:
    """transaction: ITI-65, ITI-66 ...; empty when the request is no business of PDSm. findings: about what the sender sent."""

    response: Response
    transaction: str
    findings: tuple[Finding, ...] = ()


class ReferenceEndpoint:
    """base: URL under which it is reached, ending in /fhir. flaws: names of `flaws.FLAWS`. judge: judges each CDA received."""

    def __init__(self, base: str, flaws: frozenset[str] = frozenset(), judge: Judge | None = None) -> None:
        self.base = base
        self.flaws = flaws
        self._judge = judge
        self._ignored = frozenset().union(*(DETAILED[name].ignores for name in flaws))
        self.repository = Repository()

    def answer(self, request: Request) -> Answer:
        """Never raises, whatever the request."""
        try:
            parts = urlsplit(request.url)
        except ValueError:
            unreadable = Text("Adresse illisible.", "Unreadable address.")
            return Answer(self._outcome(replace(request, url="/"), 400, "value", unreadable), "")
        root = urlsplit(self.base).path
        if parts.path in {"", "/"} and root:
            return Answer(
                Response(200, {"Content-Type": "text/plain; charset=utf-8"}, _NOTE.format(base=self._reached(request)).encode()), ""
            )
        if parts.path != root and not parts.path.startswith(f"{root}/"):
            return Answer(self._outcome(request, 404, "not-found", Text("Adresse inconnue.", "Unknown address.")), "")
        steps = [step for step in parts.path.removeprefix(root).split("/") if step]
        query = parse_qsl(parts.query, keep_blank_values=True)
        if self._no_acceptable(request, steps):
            return Answer(
                self._outcome(request, 406, "not-supported", Text("Type de média impossible.", "Media type not possible.")),
                _transaction_of(request.method, steps),
            )
        return self._route(request, steps, query)

    def _route(self, request: Request, steps: list[str], query: list[tuple[str, str]]) -> Answer:
        method, kind = request.method, steps[0] if steps else ""
        if not steps:
            return self._provide(request) if method == "POST" else self._not_allowed(request, "POST", "ITI-65")
        if steps == ["metadata"]:
            return (
                Answer(self._fhir(request, 200, capability_statement(self._reached(request))), "CAPABILITIES")
                if method == "GET"
                else self._not_allowed(request, "GET", "CAPABILITIES")
            )
        if kind in PARAMETERS and steps[1:] == ["_search"]:
            if method != "POST" or "post-search-missing" in self.flaws:
                return self._not_allowed(request, "GET" if method == "POST" else "POST", _SEARCHES[kind])
            return self._search(
                request, kind, [*query, *parse_qsl(request.body.decode("utf-8", "replace"), keep_blank_values=True)]
            )
        if kind in PARAMETERS and len(steps) == 1 and method == "GET":
            return (
                self._not_allowed(request, "POST", _SEARCHES[kind])
                if "get-search-missing" in self.flaws
                else self._search(request, kind, query)
            )
        if kind == "DocumentReference" and len(steps) == 1 and method == "POST":
            return self._publish(request)
        if kind == "DocumentReference" and method == "PATCH" and len(steps) <= 2:
            return self._update(request, steps, query)
        if kind in PERSISTED and (len(steps) == 2 or (len(steps) == 4 and steps[2] == "_history")):
            if method not in {"GET", "HEAD"}:
                return self._not_allowed(request, "GET", _transaction_of("GET", steps))
            return self._retrieve(request, kind, steps[1])
        if kind in PERSISTED:
            return self._not_allowed(request, "GET", "")
        return Answer(self._outcome(request, 404, "not-found", Text("Adresse inconnue.", "Unknown address.")), "")

    # -------------------------------------------------------------- transactions

    def _provide(self, request: Request) -> Answer:
        message, refusal = self._body(request, "ITI-65")
        if refusal is not None:
            return refusal
        assert message is not None
        findings = tuple(one for one in check_message(message, self.repository.is_known) if one.rule not in self._ignored)
        if findings:
            if "not-atomic" in self.flaws:
                self._keep_the_good(message, findings)
            return Answer(self._refusal(request, 422, findings), "ITI-65", findings)
        judged = self._judged(message)
        if "loses-documents" in self.flaws:
            responses = Repository().provide(message)
        else:
            responses = self.repository.provide(message, supersede="keeps-replaced-current" not in self.flaws)
        if "duplicates" in self.flaws:
            for resource in [self.repository.read(one["location"].partition("/_history")[0]) for one in responses]:
                if resource and resource["resourceType"] == "DocumentReference":
                    self.repository.add(resource)
        if "wrong-order" in self.flaws:
            responses = responses[::-1]
        if "missing-entry" in self.flaws:
            responses = responses[:-1]
        if "no-location" in self.flaws:
            responses = [{name: value for name, value in one.items() if name != "location"} for one in responses]
        bundle = {"resourceType": "Bundle", "type": "transaction-response", "entry": [{"response": one} for one in responses]}
        return Answer(self._fhir(request, 200, bundle), "ITI-65", judged)

    def _keep_the_good(self, message: Mapping[str, Any], findings: tuple[Finding, ...]) -> None:
        bad = refused_entries(findings)
        good = [
            number
            for number, entry in enumerate(entries(message))
            if number not in bad and first_text(entry, "resource", "resourceType") in PERSISTED
        ]
        self.repository.provide(message, only=good)

    def _publish(self, request: Request) -> Answer:
        resource, refusal = self._body(request, "ITI-105")
        if refusal is not None:
            return refusal
        assert resource is not None
        findings = check_simplified(resource, self.repository.is_known)
        if findings:
            return Answer(self._refusal(request, 422, findings), "ITI-105", findings)
        try:
            kept = self.repository.publish(resource)
        except (binascii.Error, KeyError, TypeError, IndexError):
            return Answer(self._outcome(request, 422, "invalid", Text("Contenu illisible.", "Unreadable content.")), "ITI-105")
        return Answer(
            self._fhir(request, 201, kept, {"Location": f"{self._reached(request)}/DocumentReference/{kept['id']}/_history/1"}),
            "ITI-105",
        )

    def _search(self, request: Request, kind: str, query: list[tuple[str, str]]) -> Answer:
        transaction = _SEARCHES[kind]
        strange = unknown_parameters(kind, query)
        strict = "handling=strict" in header(request.headers, "Prefer") and "accepts-unknown-parameter" not in self.flaws
        if strange and strict:
            text = Text(f"Paramètre inconnu : {strange[0]}.", f"Unknown parameter: {strange[0]}.")
            return Answer(self._outcome(request, 400, "not-supported", text), transaction)
        if missing := missing_parameters(kind, query):
            text = Text(f"Paramètre obligatoire absent : {missing[0]}.", f"Mandatory parameter absent: {missing[0]}.")
            finding = Finding("PDSM-SEARCH", "PDSM-SEARCH", Severity.ERROR, missing[0], 0, text, text, f"IHE MHD {transaction}")
            return Answer(self._outcome(request, 400, "required", text), transaction, (finding,))
        overlooked = {parameter for flaw, parameters in _OVERLOOKED.items() if flaw in self.flaws for parameter in parameters}
        try:
            found = search(kind, self.repository.all(kind), query, overlooked)
        except BadQuery as bad:
            text = Text(f"Valeur impossible pour {bad.parameter}.", f"Impossible value for {bad.parameter}.")
            return Answer(self._outcome(request, 400, "value", text), transaction)
        if kind == "List" and "lists-missing" in self.flaws:
            found = []
        if not found and "404-on-empty-search" in self.flaws:
            return Answer(self._outcome(request, 404, "not-found", Text("Aucun résultat.", "No result.")), transaction)
        used = [pair for pair in query if pair[0] not in strange]
        return Answer(self._fhir(request, 200, self._searchset(f"{self._reached(request)}/{kind}", found, used)), transaction)

    def _searchset(self, where: str, found: list[Mapping[str, Any]], query: list[tuple[str, str]]) -> Resource:
        """where: URL that was searched; query: the parameters that were used."""
        controls = dict(query)
        offset, count = _number(controls.get("_offset"), 0), _number(controls.get("_count"), len(found))
        used = urlencode([(name, value) for name, value in query if name not in {"_offset", "_format"}], safe=":/,")
        links = [{"relation": "self", "url": f"{where}?{used}"}]
        if offset + count < len(found) and count:
            links.append({"relation": "next", "url": f"{where}?{used}&_offset={offset + count}"})
        bundle: Resource = {
            "resourceType": "Bundle",
            "type": "searchset",
            "total": len(found) + ("wrong-total" in self.flaws),
            "link": links,
            "entry": [
                {"fullUrl": f"{where}/{one['id']}", "resource": one, "search": {"mode": "match"}}
                for one in found[offset : offset + count]
            ],
        }
        if "no-total" in self.flaws:
            del bundle["total"]
        return {name: value for name, value in bundle.items() if value != []}

    def _retrieve(self, request: Request, kind: str, id_: str) -> Answer:
        transaction = _transaction_of("GET", [kind, id_])
        resource = self.repository.read(f"{kind}/{id_}")
        if resource is None or (kind == "Binary" and "loses-bytes" in self.flaws):
            if kind == "Binary" and "200-on-unknown-document" in self.flaws:
                return Answer(Response(200, {"Content-Type": "text/xml"}, b""), transaction)
            return Answer(
                self._outcome(request, 404, "not-found", Text(f"{kind}/{id_} inconnu.", f"{kind}/{id_} unknown.")), transaction
            )
        accept = header(request.headers, "Accept")
        if kind != "Binary" or any(type_ in accept for type_ in (JSON, XML)):
            return Answer(self._fhir(request, 200, resource, {"ETag": f'W/"{resource["meta"]["versionId"]}"'}), transaction)
        if not accepts(accept, resource["contentType"]) and "ignores-accept" not in self.flaws:
            text = Text(
                f"Ce document n'est servi qu'en {resource['contentType']}.",
                f"This document is served as {resource['contentType']} only.",
            )
            return Answer(self._outcome(request, 406, "not-supported", text), transaction)
        data = base64.b64decode(resource["data"])
        if "alters-bytes" in self.flaws:
            data = data.replace(b"\r\n", b"\n").rstrip() + b"\n\n"
        served = "application/octet-stream" if "wrong-media-type" in self.flaws else resource["contentType"]
        return Answer(Response(200, {"Content-Type": served}, data), transaction)

    def _update(self, request: Request, steps: list[str], query: list[tuple[str, str]]) -> Answer:
        if len(steps) == 2:
            targets = [one for one in [self.repository.read("/".join(steps))] if one]
        else:
            targets = (
                [dict(one) for one in search("DocumentReference", self.repository.all("DocumentReference"), query)] if query else []
            )
        if not targets:
            return Answer(
                self._outcome(request, 404, "not-found", Text("Aucune fiche à modifier.", "No DocumentReference to change.")),
                "PDSm-03",
            )
        if len(targets) > 1:
            text = Text("Plusieurs fiches répondent au critère.", "Several DocumentReferences match the criterion.")
            return Answer(self._outcome(request, 412, "multiple-matches", text), "PDSm-03")
        try:
            changed = patched(
                targets[0], request.body, header(request.headers, "Content-Type"), anything="patches-anything" in self.flaws
            )
        except Forbidden as error:
            text = Text(f"L'élément {error} ne se modifie pas ainsi.", f"Element {error} cannot be changed this way.")
            return Answer(self._outcome(request, 405, "not-supported", text), "PDSm-03")
        except Unreadable as error:
            text = Text(f"Correctif illisible : {error}.", f"Unreadable patch: {error}.")
            return Answer(self._outcome(request, 415 if str(error) == "media type" else 400, "invalid", text), "PDSm-03")
        kept = self.repository.replace(f"DocumentReference/{targets[0]['id']}", changed)
        return Answer(self._fhir(request, 200, kept, {"ETag": f'W/"{kept["meta"]["versionId"]}"'}), "PDSm-03")

    # -------------------------------------------------------------- details

    def _body(self, request: Request, transaction: str) -> tuple[Mapping[str, Any] | None, Answer | None]:
        """The resource in the body, or the answer that refuses it."""
        content_type = header(request.headers, "Content-Type")
        media_type = content_type.partition(";")[0].strip().lower()
        is_xml = media_type.endswith("xml")
        supported = media_type in _FHIR_BODIES and not (is_xml and "xml-refused" in self.flaws)
        if not supported and "accepts-wrong-content-type" not in self.flaws:
            text = Text(
                f"Type de média non pris en charge : {media_type or 'absent'}.",
                f"Unsupported media type: {media_type or 'absent'}.",
            )
            finding = Finding("PDSM-MEDIA", "PDSM-MEDIA", Severity.ERROR, "Content-Type", 0, text, text, "FHIR R4 http")
            return None, Answer(self._outcome(request, 415, "not-supported", text), transaction, (finding,))
        content = read_content(request.body, content_type if supported else JSON)
        if content.problem is not None:
            finding = Finding("PDSM-BODY", "PDSM-BODY", Severity.ERROR, "", 0, content.problem, content.problem, "FHIR R4")
            status = 200 if "answers-200-to-bad-json" in self.flaws else 400
            return None, Answer(self._outcome(request, status, "structure", content.problem), transaction, (finding,))
        return content.resource, None

    def _reached(self, request: Request) -> str:
        """The base under which this client reaches the endpoint, which may listen on several addresses."""
        host = header(request.headers, "Host")
        return f"http://{host}{urlsplit(self.base).path}" if _HOST.fullmatch(host) else self.base

    def _judged(self, message: Mapping[str, Any]) -> tuple[Finding, ...]:
        if self._judge is None:
            return ()
        urls = [str(entry.get("fullUrl", "")) for entry in entries(message)]
        documents = [data for url in urls if (data := document_of(message, url)) is not None]
        return tuple(finding for data in documents for finding in self._judge(data))

    def _fhir(
        self, request: Request, status: int, resource: Mapping[str, Any], headers: Mapping[str, str] | None = None
    ) -> Response:
        body, media_type = _written(_addressed(resource, self._reached(request)), in_xml=wants_xml(request))
        return Response(status, {"Content-Type": f"{media_type}; charset=utf-8", **(headers or {})}, body)

    def _outcome(self, request: Request, status: int, code: str, text: Text, *more: Mapping[str, Any]) -> Response:
        if status >= 400 and "500-on-refusal" in self.flaws:
            status = 500
        if "no-outcome" in self.flaws:
            return Response(status, {"Content-Type": "text/plain; charset=utf-8"}, b"refused")
        issue = {"severity": "error", "code": code, "diagnostics": f"{text.fr} / {text.en}"}
        return self._fhir(request, status, {"resourceType": "OperationOutcome", "issue": list(more) or [issue]})

    def _refusal(self, request: Request, status: int, findings: tuple[Finding, ...]) -> Response:
        issues = [
            {
                "severity": "error",
                "code": "invalid",
                "diagnostics": f"{finding.message.fr} / {finding.message.en}",
                **({"expression": [finding.location]} if finding.location else {}),
            }
            for finding in findings
        ]
        return self._outcome(request, status, "invalid", findings[0].message, *issues)

    def _not_allowed(self, request: Request, allowed: str, transaction: str) -> Answer:
        text = Text(f"{request.method} n'est pas permis ici.", f"{request.method} is not allowed here.")
        response = self._outcome(request, 405, "not-supported", text)
        return Answer(Response(response.status, {**response.headers, "Allow": allowed}, response.body), transaction)

    def _no_acceptable(self, request: Request, steps: list[str]) -> bool:
        """Whether the client takes no FHIR format for an answer in FHIR."""
        if steps[:1] == ["Binary"] or "ignores-accept" in self.flaws:
            return False
        accept = header(request.headers, "Accept")
        return not any(accepts(accept, type_) for type_ in (*_FHIR_BODIES, "text/json"))


_HOST = re.compile(r"[A-Za-z0-9.\-]+(:\d{1,5})?|\[[0-9A-Fa-f:.]+\](:\d{1,5})?")
_SEARCHES = {"List": "ITI-66", "DocumentReference": "ITI-67"}
_OVERLOOKED = {"ignores-patient": ("patient", "patient.identifier"), "ignores-status": ("status",), "ignores-type": ("type",)}
_NOTE = """Point d'accès PDSm de référence / PDSm reference endpoint (cisis-harness)

Base FHIR : {base}
POST {base}                                  ITI-65
GET  {base}/List?...                         ITI-66 (POST .../_search)
GET  {base}/DocumentReference?...            ITI-67 (POST .../_search)
GET  {base}/Binary/ID                        ITI-68
POST {base}/DocumentReference                ITI-105
GET  {base}/metadata
"""


def _transaction_of(method: str, steps: list[str]) -> str:
    if not steps:
        return "ITI-65"
    if steps[0] == "Binary":
        return "ITI-68"
    if steps[0] in _SEARCHES and len(steps) == 1 and method == "GET":
        return _SEARCHES[steps[0]]
    return "READ"


def _addressed(resource: Mapping[str, Any], base: str) -> Mapping[str, Any]:
    """The same with the addresses of documents, kept relative, as the client can call them."""
    described = [resource, *(entry.get("resource") for entry in entries(resource))]
    for attachment in reach(described, "content", "attachment"):
        if isinstance(attachment, dict) and str(attachment.get("url", "")).startswith("Binary/"):
            attachment["url"] = f"{base}/{attachment['url']}"
    return resource


def _written(resource: Mapping[str, Any], *, in_xml: bool) -> tuple[bytes, str]:
    """Body and media type. What was kept without being validated may have no form in XML: it is then given in JSON."""
    if in_xml:
        try:
            return to_xml(resource), XML
        except ValueError:
            pass
    return json.dumps(resource, ensure_ascii=False).encode(), JSON


def _number(text: str | None, otherwise: int) -> int:
    return int(text) if text and text.isdecimal() and len(text) < 9 else otherwise
