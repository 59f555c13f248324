"""The expectation `status`, which any protocol over HTTP may offer, and the shape of what it wants (`Terms.expected`)."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from harness.errors import UsageError
from harness.exchange import Reply
from harness.exchange.terms import Shape
from harness.model import NO_TEXT, Text

_STATUS = re.compile(r"[1-5](?:\d\d|xx)")


def _is_status(value: Any) -> bool:
    if isinstance(value, list):
        return all(map(_is_status, value))
    return not isinstance(value, bool) and isinstance(value, int | str) and _STATUS.fullmatch(str(value)) is not None


HTTP_STATUS = Shape(Text("200, [200, 201] ou 2xx", "200, [200, 201] or 2xx"), _is_status)


def status(reply: Reply, wanted: Any, said: Callable[[Reply], Text] = lambda _: NO_TEXT) -> Text | None:
    """200 | [200, 201] | "2xx" | "4xx": any of these. said: what the system says of another, in its own words."""
    found = reply.exchange.response.status if reply.exchange.response else 0
    choices = [str(choice) for choice in (wanted if isinstance(wanted, list) else [wanted])]
    for choice in choices:
        if not _STATUS.fullmatch(choice):
            message = Text(f"« {choice} » n'est pas un statut HTTP", f"{choice!r} is not an HTTP status")
            raise UsageError(message, HTTP_STATUS.said)
    if any(str(found) == choice or (choice.endswith("xx") and str(found)[:1] == choice[:1]) for choice in choices):
        return None
    french, english = " ou ".join(choices), " or ".join(choices)
    if found >= 500 and any(choice.startswith("4") for choice in choices):
        return Text(
            f"Statut {found} : une erreur du serveur n'est pas un refus ; {french} attendu.",
            f"Status {found}: a server error is not a refusal; {english} expected.",
        )
    diagnosis = said(reply)
    return Text(
        f"Statut {found} rendu, {french} attendu.{diagnosis.fr}",
        f"Status {found} returned, {english} expected.{diagnosis.en}",
    )
