"""Pages are read to the last one, however many; links that lead nowhere or in circles end in words."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from exchange_replies import reference, searchset

from harness.exchange.pdsm.content import JSON
from harness.exchange.pdsm.facts import matches
from harness.exchange.pdsm.paging import MOST_PAGES, read_on
from harness.model import Exchange, Request, Response, Text

LONG = 60.0


def page(number: int, following: str = "", *, empty: bool = False) -> dict[str, Any]:
    """A page of one document; following: address of the next one."""
    links = [{"relation": "next", "url": following}] if following else []
    return searchset(*([] if empty else [reference(f"1.{number}", str(number))]), link=links)


def exchange(body: Mapping[str, Any], status: int = 200, failure: Text | None = None) -> Exchange:
    response = Response(status, {"Content-Type": JSON}, json.dumps(body).encode())
    return Exchange("x", "pdsm", "ITI-67", Request("GET", "http://ex.example/fhir", {}), response, datetime.now(UTC), 0.0, failure)


def numbered(last: int | None, *, empty: bool = False) -> Callable[[str], Exchange]:
    """Serves page N at the address N, up to the last one."""

    def fetch(address: str) -> Exchange:
        number = int(address)
        return exchange(page(number, "" if number == last else str(number + 1), empty=empty))

    return fetch


def read(first: Mapping[str, Any], fetch: Callable[[str], Exchange]) -> tuple[int, int, str]:
    """How many documents, how many further calls, why the rest was left (in English)."""
    exchanges, whole, unread = read_on(first, fetch, time.monotonic() + LONG)
    assert whole is not None
    return len(matches(whole)), len(exchanges), unread.why.en if unread else ""


def test_a_patient_with_many_documents_is_read_to_the_last_page() -> None:
    assert read(page(1, "2"), numbered(last=60)) == (60, 59, "")


def test_a_page_without_entries_is_not_the_last_one() -> None:
    pages = {"2": page(2, "3", empty=True), "3": page(3)}
    assert read(page(1, "2"), lambda address: exchange(pages[address])) == (2, 2, "")


@pytest.mark.parametrize("empty", [False, True])
def test_pages_without_end_end_at_the_bound(empty: bool) -> None:
    found, calls, why = read(page(1, "2"), numbered(last=None, empty=empty))
    assert calls == MOST_PAGES - 1
    assert found == (1 if empty else MOST_PAGES)
    assert "too many pages" in why


@pytest.mark.parametrize(
    ("pages", "calls"),
    [
        ({"2": page(2, "2")}, 1),
        ({"2": page(2, "3"), "3": page(3, "2")}, 2),
        ({"2": page(2, "again"), "again": page(2, "once-more")}, 2),
    ],
    ids=["to itself", "two by two", "the same content at new addresses"],
)
def test_pages_in_a_circle_are_left_at_the_first_turn(pages: dict[str, dict[str, Any]], calls: int) -> None:
    found, made, why = read(page(1, "2"), lambda address: exchange(pages[address]))
    assert made == calls and found == calls + 1
    assert "circles" in why


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (exchange({"resourceType": "OperationOutcome", "issue": []}, 500), "status 500"),
        (exchange({"resourceType": "Patient"}), "it is a Patient"),
        (exchange({}), "no resourceType"),
        (exchange(page(2), failure=Text("coupé", "cut")), "cut"),
    ],
    ids=["error", "another resource", "not FHIR", "no answer"],
)
def test_a_link_that_leads_to_no_page_is_told(answer: Exchange, told: str) -> None:
    found, calls, why = read(page(1, "2"), lambda address: answer)
    assert (found, calls) == (1, 1)
    assert "its page 2" in why and told in why


def test_no_page_is_called_past_the_deadline() -> None:
    exchanges, _, unread = read_on(page(1, "2"), numbered(last=3), time.monotonic() - 1)
    assert exchanges == ()
    assert unread is not None


def unsent(_: str) -> Exchange:
    return Exchange(
        "x", "pdsm", "ITI-67", Request("GET", "http://ex.example/fhir", {}), None, datetime.now(UTC), 0.0, Text("ailleurs", "away")
    )


@pytest.mark.parametrize(
    ("total", "fetch", "blamed"),
    [
        (9, unsent, False),
        (9, lambda _: exchange({}, status=500), True),
        (9, lambda _: exchange({}, status=429), False),
        (9, lambda _: replace(exchange({}, status=302, failure=Text("ailleurs", "away")), leads_away=True), False),
        (10_000, numbered(last=None), False),
        (3, numbered(last=None), True),
    ],
    ids=[
        "a next page on another host",
        "an error in place of a page",
        "later",
        "a redirect to another host",
        "more pages than we read",
        "more pages than its total",
    ],
)
def test_a_system_is_blamed_for_pages_it_serves_badly_and_not_for_those_we_leave(
    total: int, fetch: Callable[[str], Exchange], blamed: bool
) -> None:
    _, _, unread = read_on({**page(1, "2"), "total": total}, fetch, time.monotonic() + LONG)
    assert unread is not None and unread.blamed is blamed


@pytest.mark.parametrize(
    "address", ["http://[::1", "http://ex.example:0/fhir?page=2", "http://ex.example:port/", "urn:uuid:2", "ftp://ex.example/2"]
)
def test_a_system_is_blamed_for_a_next_link_that_no_client_can_call(address: str) -> None:
    exchanges, whole, unread = read_on(page(1, address), unsent, time.monotonic() + LONG)
    assert (exchanges, len(matches(whole or {}))) == ((), 1)
    assert unread is not None and unread.blamed and address in unread.why.en
