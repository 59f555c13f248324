"""The reference PDSm endpoint without its sockets: a request in, a response out, and what was found wrong in the request."""

from __future__ import annotations

import base64
from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from harness.exchange.pdsm.content import JSON, XML, entries, first_text, header, read_content
from harness.exchange.pdsm.parties import Resource
from harness.exchange.pdsm.reference import flawed
from harness.exchange.pdsm.reference.agreement import disagreements
from harness.exchange.pdsm.reference.capabilities import capability_statement
from harness.exchange.pdsm.reference.flaws import IGNORED
from harness.exchange.pdsm.reference.json_patch import BadPatch
from harness.exchange.pdsm.reference.patching import Forbidden, UnknownPatch, patched
from harness.exchange.pdsm.reference.receiving import PDSM_SOURCE, check_message, check_simplified, document_of, refused_entries
from harness.exchange.pdsm.reference.repository import PERSISTED, Repository
from harness.exchange.pdsm.reference.responses import Responses, accepts
from harness.exchange.pdsm.reference.searching import PARAMETERS, BadQuery, missing_parameters, search, unknown_parameters
from harness.exchange.pdsm.simplified import document_inside
from harness.exchange.serving import Answer, Judge
from harness.model import Finding, Request, Response, Severity, Text

Pairs = list[tuple[str, str]]
_FHIR_BODIES = frozenset({JSON, XML, "application/json", "application/xml", "text/xml"})
_FORM = "application/x-www-form-urlencoded"
_READING = frozenset({"GET", "HEAD"})
_SEARCHES = {"List": "ITI-66", "DocumentReference": "ITI-67"}
_UNKNOWN_ADDRESS = Text("Adresse inconnue.", "Unknown address.")
_NOTE = """Point d'accès PDSm de référence / PDSm reference endpoint (cisis-harness)

POST {base}                                  ITI-65
GET  {base}/List?...                         ITI-66 (POST .../_search)
GET  {base}/DocumentReference?...            ITI-67 (POST .../_search)
GET  {base}/Binary/ID                        ITI-68
POST {base}/DocumentReference                ITI-105
GET  {base}/metadata
"""


class ReferenceEndpoint:
    """base: URL under which it is reached, ending in /fhir. flaws: names of `flaws.FLAWS`. judge: judges each CDA received;
    associations: profiles/pdsm/associations.yaml, by which metadata are held against the document, where given.
    """

    def __init__(
        self,
        base: str,
        flaws: frozenset[str] = frozenset(),
        judge: Judge | None = None,
        associations: Mapping[str, Any] | None = None,
    ) -> None:
        self.flaws = flaws
        self.repository = Repository()
        self._root = urlsplit(base).path
        self._judge = judge
        self._associations = associations
        self._ignored = frozenset().union(*(IGNORED.get(name, ()) for name in flaws))
        self._say = Responses(base, flaws)

    def answer(self, request: Request) -> Answer:
        """Never raises, whatever the request."""
        try:
            parts = urlsplit(request.url)
        except ValueError:
            unreadable = Text("Adresse illisible.", "Unreadable address.")
            return Answer(self._say.outcome(replace(request, url="/"), 400, "value", unreadable), "")
        if parts.path in {"", "/"}:
            note = _NOTE.format(base=self._say.reached(request)).encode()
            return Answer(Response(200, {"Content-Type": "text/plain; charset=utf-8"}, note), "")
        if parts.path != self._root and not parts.path.startswith(f"{self._root}/"):
            return Answer(self._say.outcome(request, 404, "not-found", _UNKNOWN_ADDRESS), "")
        steps = [step for step in parts.path.removeprefix(self._root).split("/") if step]
        if self._takes_no_fhir(request, steps):
            text = Text("Type de média impossible.", "Impossible media type.")
            return Answer(self._say.outcome(request, 406, "not-supported", text), _transaction_of(request.method, steps))
        return self._route(request, steps, parse_qsl(parts.query, keep_blank_values=True))

    def _route(self, request: Request, steps: list[str], query: Pairs) -> Answer:
        method, kind = request.method, steps[0] if steps else ""
        if not steps:
            return self._provide(request) if method == "POST" else self._not_allowed(request, "POST", "ITI-65")
        if steps == ["metadata"] and method in _READING and "no-capabilities" not in self.flaws:
            statement = flawed.statement(capability_statement(self._say.reached(request)), self.flaws)
            return Answer(self._say.resource(request, 200, statement), "CAPABILITIES")
        if kind in PARAMETERS and steps[1:] == ["_search"] and method == "POST" and "post-search-missing" not in self.flaws:
            return self._search_by_form(request, kind, query)
        if kind in PARAMETERS and len(steps) == 1 and method in _READING and "get-search-missing" not in self.flaws:
            return self._search(request, kind, query)
        if kind == "DocumentReference" and len(steps) == 1 and method == "POST":
            return self._publish(request)
        if kind == "DocumentReference" and len(steps) <= 2 and method == "PATCH":
            return self._update(request, steps, query)
        if kind in PERSISTED and _names_one(steps) and method in _READING:
            return self._retrieve(request, kind, steps[1])
        if kind in PERSISTED or kind == "metadata":
            return self._not_allowed(request, "POST" if steps[1:] == ["_search"] else "GET", _transaction_of(method, steps))
        return Answer(self._say.outcome(request, 404, "not-found", _UNKNOWN_ADDRESS), "")

    # -------------------------------------------------------------- transactions

    def _provide(self, request: Request) -> Answer:
        message = self._body(request, "ITI-65")
        if isinstance(message, Answer):
            return message
        findings = tuple(one for one in check_message(message, self.repository.is_known) if one.rule not in self._ignored)
        if findings:
            if "not-atomic" in self.flaws:
                self._keep_the_good(message, findings)
            return Answer(self._say.refusal(request, findings), "ITI-65", findings)
        warned = disagreements(message, self._associations) if self._associations else ()
        judged = (*warned, *self._judged(message))
        relink, supersede = "keeps-message-links" not in self.flaws, "keeps-replaced-current" not in self.flaws
        responses = self._kept_in().provide(flawed.message(message, self.flaws), supersede=supersede, relink=relink)
        if "duplicates" in self.flaws:
            self._keep_again(responses)
        responses = flawed.responses(responses, self.flaws)
        bundle = {"resourceType": "Bundle", "type": "transaction-response", "entry": [{"response": one} for one in responses]}
        return Answer(self._say.resource(request, 200, bundle), "ITI-65", judged)

    def _publish(self, request: Request) -> Answer:
        resource = self._body(request, "ITI-105")
        if isinstance(resource, Answer):
            return resource
        found = check_simplified(resource, self.repository.is_known)
        if findings := tuple(one for one in found if one.rule not in self._ignored):
            return Answer(self._say.refusal(request, findings), "ITI-105", findings)
        data = document_inside(resource) or b""
        judged = self._judge(data) if self._judge is not None else ()
        kept = self._kept_in().publish(resource, data, inside="keeps-document-inside" in self.flaws)
        location = f"{self._say.reached(request)}/DocumentReference/{kept['id']}/_history/1"
        headers = {} if "no-location" in self.flaws else {"Location": location}
        return Answer(self._say.resource(request, 201, flawed.returned(kept, self.flaws), headers), "ITI-105", judged)

    def _kept_in(self) -> Repository:
        return Repository() if "loses-documents" in self.flaws else self.repository

    def _search_by_form(self, request: Request, kind: str, query: Pairs) -> Answer:
        media_type = header(request.headers, "Content-Type").partition(";")[0].strip().lower()
        if media_type != _FORM and request.body:
            text = Text(
                f"Une recherche par POST est un formulaire ({_FORM}) ; Content-Type reçu : {media_type or 'aucun'}.",
                f"A search by POST is a form ({_FORM}); Content-Type received: {media_type or 'none'}.",
            )
            finding = _finding("PDSM-MEDIA", "Content-Type", text, "FHIR R4 http")
            return Answer(self._say.outcome(request, 415, "not-supported", text), _SEARCHES[kind], (finding,))
        form = parse_qsl(request.body.decode("utf-8", "replace"), keep_blank_values=True)
        everything = PARAMETERS[kind] if "post-ignores-criteria" in self.flaws else ()
        return self._search(request, kind, [*query, *form], everything)

    def _search(self, request: Request, kind: str, query: Pairs, unseen: Collection[str] = ()) -> Answer:
        """unseen: parameters that this flawed endpoint overlooks, beside those that it always does."""
        transaction = _SEARCHES[kind]
        strange = unknown_parameters(kind, query)
        strict = "handling=strict" in header(request.headers, "Prefer") and "accepts-unknown-parameter" not in self.flaws
        if strange and strict:
            text = Text(f"Paramètre inconnu : {strange[0]}.", f"Unknown parameter: {strange[0]}.")
            return Answer(self._say.outcome(request, 400, "not-supported", text), transaction)
        if missing := missing_parameters(kind, query):
            text = Text(f"Paramètre obligatoire absent : {missing[0]}.", f"Mandatory parameter absent: {missing[0]}.")
            finding = _finding("PDSM-SEARCH", missing[0], text, f"IHE MHD {transaction}")
            return Answer(self._say.outcome(request, 400, "required", text), transaction, (finding,))
        asked, overlooked = flawed.asked(query, self.flaws), flawed.overlooked(self.flaws).union(unseen)
        try:
            found = self.repository.find(kind, lambda kept: search(kind, kept, asked, overlooked))
        except BadQuery as bad:
            return self._bad_query(request, bad, transaction)
        found = flawed.found(found, self.flaws)
        if not found and "404-on-empty-search" in self.flaws:
            return Answer(self._say.outcome(request, 404, "not-found", Text("Aucun résultat.", "No result.")), transaction)
        used = [pair for pair in query if pair[0] not in strange]
        bundle = self._searchset(f"{self._say.reached(request)}/{kind}", found, used)
        return Answer(self._say.resource(request, 200, bundle), transaction)

    def _retrieve(self, request: Request, kind: str, id_: str) -> Answer:
        transaction, accept = _transaction_of("GET", [kind, id_]), header(request.headers, "Accept")
        resource = self.repository.read(f"{kind}/{id_}")
        if kind == "Binary" and "loses-bytes" in self.flaws:
            resource = None
        if resource is None:
            if kind == "Binary" and "200-on-unknown-document" in self.flaws:
                return Answer(Response(200, {"Content-Type": "text/xml"}), transaction)
            text = Text(f"{kind}/{id_} inconnu.", f"{kind}/{id_} unknown.")
            return Answer(self._say.outcome(request, 404, "not-found", text), transaction)
        if kind != "Binary" or JSON in accept or XML in accept:
            return Answer(self._say.version(request, 200, flawed.read(resource, self.flaws)), transaction)
        media_type = str(resource.get("contentType"))
        if not accepts(accept, media_type) and "ignores-accept" not in self.flaws:
            text = Text(f"Ce document n'est servi qu'en {media_type}.", f"This document is served as {media_type} only.")
            return Answer(self._say.outcome(request, 406, "not-supported", text), transaction)
        data, media_type = flawed.document(base64.b64decode(str(resource.get("data"))), media_type, self.flaws)
        return Answer(Response(200, {"Content-Type": media_type}, data), transaction)

    def _update(self, request: Request, steps: list[str], query: Pairs) -> Answer:
        if "refuses-updates" in self.flaws:
            return self._not_allowed(request, "GET", "PDSm-03")
        try:
            targets = self._targets(steps, query)
        except BadQuery as bad:
            return self._bad_query(request, bad, "PDSm-03")
        if len(targets) != 1:
            text = Text(
                f"Fiches désignées : {len(targets)}, une attendue.", f"DocumentReferences named: {len(targets)}, one expected."
            )
            unknown = 200 if "patches-unknown" in self.flaws else 404
            status, code = (412, "multiple-matches") if targets else (unknown, "not-found")
            return Answer(self._say.outcome(request, status, code, text), "PDSm-03")
        version = targets[0]["meta"]["versionId"]
        named = header(request.headers, "If-Match") if "overlooks-if-match" not in self.flaws else ""
        if named not in {"", "*", f'W/"{version}"', f'"{version}"'}:
            text = Text(f"La fiche est à sa version {version}.", f"The DocumentReference is at version {version}.")
            return Answer(self._say.outcome(request, 412, "conflict", text), "PDSm-03")
        media_type = header(request.headers, "Content-Type")
        try:
            changed = patched(targets[0], request.body, media_type, anything="patches-anything" in self.flaws)
        except Forbidden as error:
            if "patches-the-rest" in self.flaws:
                self.repository.replace(f"DocumentReference/{targets[0]['id']}", {**targets[0], "status": "superseded"})
            text = Text(f"L'élément {error} ne se modifie pas ainsi.", f"Element {error} cannot be changed this way.")
            finding = _finding("PDSM-UPDATE", str(error), text, PDSM_SOURCE)
            return Answer(self._say.outcome(request, 405, "not-supported", text), "PDSm-03", (finding,))
        except UnknownPatch:
            return self._unsupported(request, media_type, "PDSm-03")
        except BadPatch as error:
            text = Text(f"Correctif illisible : {error}.", f"Unreadable patch: {error}.")
            finding = _finding("PDSM-UPDATE", "", text, "FHIR R4 http")
            return Answer(self._say.outcome(request, 400, "invalid", text), "PDSm-03", (finding,))
        if "patches-nothing" in self.flaws:
            return Answer(self._say.version(request, 200, targets[0]), "PDSm-03")
        kept = self.repository.replace(f"DocumentReference/{targets[0]['id']}", changed)
        return Answer(self._say.version(request, 200, kept), "PDSm-03")

    # -------------------------------------------------------------- details

    def _body(self, request: Request, transaction: str) -> Mapping[str, Any] | Answer:
        """The resource in the body, or the answer that refuses it."""
        content_type = header(request.headers, "Content-Type")
        media_type = content_type.partition(";")[0].strip().lower()
        supported = media_type in _FHIR_BODIES and not (media_type.endswith("xml") and "xml-refused" in self.flaws)
        if not supported and "accepts-wrong-content-type" not in self.flaws:
            return self._unsupported(request, media_type, transaction)
        content = read_content(request.body, content_type if supported else JSON)
        if content.resource is not None:
            return content.resource
        problem = content.problem or Text("Corps illisible.", "Unreadable body.")
        status = 200 if "answers-200-to-bad-json" in self.flaws else 400
        finding = _finding("PDSM-BODY", "", problem, "FHIR R4")
        return Answer(self._say.outcome(request, status, "structure", problem), transaction, (finding,))

    def _unsupported(self, request: Request, media_type: str, transaction: str) -> Answer:
        shown = media_type.partition(";")[0].strip().lower() or "absent"
        text = Text(f"Type de média non pris en charge : {shown}.", f"Unsupported media type: {shown}.")
        finding = _finding("PDSM-MEDIA", "Content-Type", text, "FHIR R4 http")
        return Answer(self._say.outcome(request, 415, "not-supported", text), transaction, (finding,))

    def _judged(self, message: Mapping[str, Any]) -> tuple[Finding, ...]:
        if self._judge is None:
            return ()
        urls = [str(entry.get("fullUrl", "")) for entry in entries(message)]
        documents = [data for url in urls if (data := document_of(message, url)) is not None]
        return tuple(finding for data in documents for finding in self._judge(data))

    def _keep_the_good(self, message: Mapping[str, Any], findings: tuple[Finding, ...]) -> None:
        bad = refused_entries(findings)
        good = [
            number
            for number, entry in enumerate(entries(message))
            if number not in bad and first_text(entry, "resource", "resourceType") in PERSISTED
        ]
        self.repository.provide(message, only=good)

    def _keep_again(self, responses: list[Resource]) -> None:
        for response in responses:
            resource = self.repository.read(str(response.get("location")).partition("/_history")[0])
            if resource and resource["resourceType"] == "DocumentReference":
                self.repository.add(resource)

    def _searchset(self, where: str, found: list[Mapping[str, Any]], query: Pairs) -> Resource:
        """where: URL that was searched; query: the parameters that were used."""
        controls = dict(query)
        offset, count = _number(controls.get("_offset"), 0), _number(controls.get("_count"), len(found))
        used = urlencode([pair for pair in query if pair[0] not in {"_offset", "_format"}], safe=":/,")
        links = [{"relation": "self", "url": f"{where}?{used}"}]
        if 0 < count < len(found) - offset:
            links.append({"relation": "next", "url": f"{where}?{used}&_offset={offset + count}"})
        page = found[offset : offset + count]
        bundle: Resource = {"resourceType": "Bundle", "type": "searchset", "total": len(found), "link": links}
        if page:
            bundle["entry"] = [{"fullUrl": f"{where}/{one['id']}", "resource": one, "search": {"mode": "match"}} for one in page]
        return flawed.searchset(bundle, self.flaws)

    def _targets(self, steps: list[str], query: Pairs) -> list[Mapping[str, Any]]:
        """The DocumentReferences that a PATCH is about: one by id, or those that a criterion names."""
        if len(steps) == 2:
            named = self.repository.read("/".join(steps))
            return [named] if named else []
        if not query or unknown_parameters("DocumentReference", query):
            raise BadQuery(query[0][0] if query else "identifier", "no criterion")
        return self.repository.find("DocumentReference", lambda kept: search("DocumentReference", kept, query))

    def _bad_query(self, request: Request, bad: BadQuery, transaction: str) -> Answer:
        text = Text(f"Valeur impossible pour {bad.parameter}.", f"Impossible value for {bad.parameter}.")
        finding = _finding("PDSM-SEARCH", bad.parameter, text, "FHIR R4 search")
        return Answer(self._say.outcome(request, 400, "value", text), transaction, (finding,))

    def _not_allowed(self, request: Request, allowed: str, transaction: str) -> Answer:
        return Answer(self._say.not_allowed(request, allowed), transaction, unasked=True)

    def _takes_no_fhir(self, request: Request, steps: list[str]) -> bool:
        """Whether the client takes no FHIR format for an answer in FHIR."""
        if steps[:1] == ["Binary"] or "ignores-accept" in self.flaws:
            return False
        accept = header(request.headers, "Accept")
        return not any(accepts(accept, type_) for type_ in (*_FHIR_BODIES, "text/json"))


def _finding(rule: str, location: str, text: Text, source: str) -> Finding:
    return Finding(rule, rule, Severity.ERROR, location, 0, text, text, source)


def _names_one(steps: list[str]) -> bool:
    return len(steps) == 2 or (len(steps) == 4 and steps[2] == "_history")


def _transaction_of(method: str, steps: list[str]) -> str:
    """What a request that is not served was about."""
    if not steps:
        return "ITI-65"
    if steps[0] == "Binary":
        return "ITI-68"
    if steps[0] in _SEARCHES and (steps[1:] == ["_search"] or (len(steps) == 1 and method == "GET")):
        return _SEARCHES[steps[0]]
    return "READ"


def _number(text: str | None, otherwise: int) -> int:
    return int(text) if text and text.isdecimal() and len(text) < 9 else otherwise
