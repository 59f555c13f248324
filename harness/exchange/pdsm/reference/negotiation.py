"""Which media type a client takes."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlsplit

from harness.exchange.pdsm.content import JSON, header
from harness.model import Request


def wants_xml(request: Request) -> bool:
    """Whether the answer is to be FHIR XML: `_format` or Accept ask for it and JSON is not taken."""
    asked = dict(parse_qsl(urlsplit(request.url).query)).get("_format", "") or header(request.headers, "Accept")
    in_json = JSON in asked or asked in {"json", "application/json", "*/*", ""}
    return not in_json and "xml" in asked


def accepts(accept: str, media_type: str) -> bool:
    """Whether an Accept header admits the media type; quality values of zero and order are beyond what the duties here need."""
    ranges = [part.partition(";")[0].strip().lower() for part in accept.split(",")]
    return not accept or any(one in {"*/*", media_type, f"{media_type.partition('/')[0]}/*"} for one in ranges)
