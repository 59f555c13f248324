"""Replies made by hand, as another system might have answered."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from harness.exchange import Reply
from harness.exchange.pdsm.content import JSON, read_content
from harness.exchange.pdsm.facts import facts_of_content, facts_of_search
from harness.model import Exchange, Request, Response, Text


def reply_of(
    body: bytes | Mapping[str, Any],
    status: int = 200,
    content_type: str = JSON,
    *,
    failure: Text | None = None,
    pick: str = "",
    **facts: Any,
) -> Reply:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    response = Response(status, {"content-type": content_type}, data)
    exchange = Exchange("x", "pdsm", "T", Request("GET", "http://ex.example/fhir", {}), response, datetime.now(UTC), 0.0, failure)
    content = read_content(data, content_type)
    return Reply(exchange, {**facts_of_content(content, status, ""), **facts_of_search(content.resource, pick), **facts})


def searchset(*resources: Mapping[str, Any], total: int | None = -1, **more: Any) -> dict[str, Any]:
    """total: that of the resources by default, None for none."""
    entries = [{"fullUrl": f"https://ex.example/fhir/{r['resourceType']}/{r['id']}", "resource": dict(r)} for r in resources]
    bundle: dict[str, Any] = {"resourceType": "Bundle", "type": "searchset", "entry": entries, **more}
    return bundle if total is None else {**bundle, "total": len(entries) if total == -1 else total}


def reference(name: str, id: str = "1", status: str = "current", **more: Any) -> dict[str, Any]:
    master = {"system": "urn:ietf:rfc:3986", "value": f"urn:oid:{name}"}
    return {"resourceType": "DocumentReference", "id": id, "status": status, "masterIdentifier": master, **more}


def transaction_response(*responses: Mapping[str, Any]) -> dict[str, Any]:
    return {"resourceType": "Bundle", "type": "transaction-response", "entry": [{"response": dict(one)} for one in responses]}
