"""The pages of a searchset, read by its `next` links to the last one, or to where they lead nowhere."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urljoin, urlsplit

from harness.exchange.pdsm.content import Content, entries, first_text, header, objects, read_content
from harness.exchange.pdsm.facts import matches
from harness.model import Exchange, Text
from harness.secrets import without_secrets
from harness.values import dataclass

MOST_PAGES = 200  # a patient known for years, on a system that answers by tens


@dataclass(frozen=True, slots=True)
class Unread:
    """Why pages were left.

    blamed: the system gave a link that cannot be called, answered its own link badly, or has more pages than what it says it found;
    else it may be in the right, with a next page on another host or more of them than we read.
    """

    why: Text
    blamed: bool


def read_on(
    first: Mapping[str, Any] | None, fetch: Callable[[str], Exchange], until: float
) -> tuple[tuple[Exchange, ...], Mapping[str, Any] | None, Unread | None]:
    """The further exchanges, the first page with the entries of all, and why the rest was left unread (None when nothing was).

    first: the resource of the first answer; fetch: calls the address of a `next` link as it is given; until: time.monotonic().
    A page without entries may be followed by others; one that brings back what was already returned is the last one read.
    """
    searchset, address = first, _next_link(first)
    pages: list[Exchange] = []
    called, known = {address}, {_identity(entry) for entry in entries(first)}
    while searchset is not None and address:
        number = len(pages) + 2
        if number > MOST_PAGES or time.monotonic() >= until:
            return tuple(pages), searchset, Unread(_text_left(number), blamed=_is_past_its_total(searchset))
        if not may_be_called(address):
            return tuple(pages), searchset, Unread(_text_unread(number, _text_no_url(address)), blamed=True)
        exchange = fetch(address)
        pages.append(exchange)
        page, problem = _read(exchange)
        if problem is not None:
            answered = exchange.response is not None and not exchange.response.asks_for_later and not exchange.leads_away
            return tuple(pages), searchset, Unread(_text_unread(number, problem), blamed=answered)
        added = entries(page)
        searchset, address = {**searchset, "entry": [*entries(searchset), *added]}, _next_link(page)
        names = {_identity(entry) for entry in added}
        if address in called or (address and names and names <= known):
            return tuple(pages), searchset, Unread(_text_circle(number), blamed=True)
        called.add(address)
        known |= names
    return tuple(pages), searchset, None


def may_be_called(address: str) -> bool:
    """Whether it is an http(s) URL, absolute or relative, that a client can call, wherever it leads."""
    try:
        parts = urlsplit(urljoin("http://base/", address))
        return parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def _is_past_its_total(searchset: Mapping[str, Any]) -> bool:
    total = searchset.get("total")
    return isinstance(total, int) and len(matches(searchset)) >= total


def _read(exchange: Exchange) -> tuple[Mapping[str, Any] | None, Text | None]:
    """The page, or why the reply to a `next` link is none."""
    response = exchange.response
    if response is None or exchange.failure is not None:
        return None, exchange.failure or Text("aucune réponse", "no answer")
    if response.status != 200:
        return None, Text(f"statut {response.status}", f"status {response.status}")
    content: Content = read_content(response.body, header(response.headers, "Content-Type"))
    if content.resource is None:
        return None, content.problem
    kind = content.resource.get("resourceType")
    return (content.resource, None) if kind == "Bundle" else (None, Text(f"c'est un {kind}", f"it is a {kind}"))


def _next_link(bundle: Mapping[str, Any] | None) -> str:
    return first_text([link for link in objects(bundle, "link") if link.get("relation") == "next"], "url")


def _identity(entry: Mapping[str, Any]) -> str:
    return json.dumps(entry, sort_keys=True)


def _text_unread(number: int, problem: Text) -> Text:
    return Text(
        f"Le lien next de la réponse ne mène pas à sa page {number} : {problem.fr}",
        f"The next link of the answer does not lead to its page {number}: {problem.en}",
    )


def _text_no_url(address: str) -> Text:
    shown = without_secrets(address)[:200]
    return Text(f"« {shown} » ne peut pas être appelé", f"“{shown}” cannot be called")


def _text_circle(number: int) -> Text:
    return Text(
        f"Les liens next de la réponse tournent en rond : la page {number} rend ce qui l'a déjà été",
        f"The next links of the answer go round in circles: page {number} returns what was already returned",
    )


def _text_left(number: int) -> Text:
    return Text(
        f"La réponse a trop de pages : elle n'a pas été lue à partir de la page {number}",
        f"The answer has too many pages: it was not read from page {number} on",
    )
