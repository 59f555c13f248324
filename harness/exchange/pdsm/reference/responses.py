"""How the reference endpoint words its responses: a resource in the format asked for, or a refusal in an OperationOutcome."""

from __future__ import annotations

import json
import re
from codecs import BOM_UTF8
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from harness.exchange.pdsm.content import JSON, XML, entries, header, reach
from harness.exchange.pdsm.fhir_xml import to_xml
from harness.exchange.pdsm.parties import Resource
from harness.model import Finding, Request, Response, Text

_HOST = re.compile(r"[A-Za-z0-9.\-]+(:\d{1,5})?|\[[0-9A-Fa-f:.]+\](:\d{1,5})?")


class Responses:
    """base: URL of the endpoint; flaws: those that show in how an answer is said."""

    def __init__(self, base: str, flaws: frozenset[str]) -> None:
        self._base = base
        self._flaws = flaws

    def reached(self, request: Request) -> str:
        """The base under which this client reaches the endpoint, which may listen on several addresses."""
        host = header(request.headers, "Host")
        return f"http://{host}{urlsplit(self._base).path}" if _HOST.fullmatch(host) else self._base

    def resource(
        self, request: Request, status: int, resource: Mapping[str, Any], headers: Mapping[str, str] | None = None
    ) -> Response:
        body, media_type = _written(_addressed(resource, self.reached(request)), in_xml=_wants_xml(request))
        if media_type == JSON and "plain-json" in self._flaws:
            media_type = "application/json"
        if media_type == JSON and "json-after-a-mark" in self._flaws:
            body = BOM_UTF8 + body
        charset = "iso-8859-1" if "fhir-in-latin" in self._flaws else "utf-8"
        return Response(status, {"Content-Type": f"{media_type}; charset={charset}", **(headers or {})}, body)

    def version(self, request: Request, status: int, resource: Mapping[str, Any]) -> Response:
        """A resource that is kept, with the version it stands at."""
        headers = {} if "no-etag" in self._flaws else {"ETag": f'W/"{resource["meta"]["versionId"]}"'}
        return self.resource(request, status, resource, headers)

    def outcome(self, request: Request, status: int, code: str, text: Text) -> Response:
        """A refusal. code: of the value set IssueType."""
        return self._outcome(request, status, [_issue(code, text)])

    def refusal(self, request: Request, findings: Sequence[Finding]) -> Response:
        """The refusal of a message, with an issue for each finding."""
        return self._outcome(request, 422, [_issue("invalid", finding.message, finding.location) for finding in findings])

    def not_allowed(self, request: Request, allowed: str) -> Response:
        text = Text(f"{request.method} n'est pas permis ici.", f"{request.method} is not allowed here.")
        response = self.outcome(request, 405, "not-supported", text)
        return Response(response.status, {**response.headers, "Allow": allowed}, response.body)

    def _outcome(self, request: Request, status: int, issues: list[Resource]) -> Response:
        if status >= 400 and "500-on-refusal" in self._flaws:
            status = 500
        if "no-outcome" in self._flaws:
            return Response(status, {"Content-Type": "text/plain; charset=utf-8"}, b"refused")
        return self.resource(request, status, {"resourceType": "OperationOutcome", "issue": issues})


def accepts(accept: str, media_type: str) -> bool:
    """Whether an Accept header admits the media type; quality values of zero and order are beyond what the duties here need."""
    ranges = [part.partition(";")[0].strip().lower() for part in accept.split(",")]
    return not accept or any(one in {"*/*", media_type, f"{media_type.partition('/')[0]}/*"} for one in ranges)


def _wants_xml(request: Request) -> bool:
    """Whether the answer is to be FHIR XML: `_format` or Accept ask for it and JSON is not taken."""
    asked = dict(parse_qsl(urlsplit(request.url).query)).get("_format", "") or header(request.headers, "Accept")
    in_json = JSON in asked or asked in {"json", "application/json", "*/*", ""}
    return not in_json and "xml" in asked


def _issue(code: str, text: Text, location: str = "") -> Resource:
    issue: Resource = {"severity": "error", "code": code, "diagnostics": f"{text.fr} / {text.en}"}
    return {**issue, "expression": [location]} if location else issue


def _addressed(resource: Mapping[str, Any], base: str) -> Mapping[str, Any]:
    """The resource with the relative URLs of documents made absolute for this client."""
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
