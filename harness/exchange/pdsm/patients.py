"""How a message names its patient to the system that receives it.

MHD 2:3.65.4.1.2.2: a reference to the Patient that both sides can reach, when there is one; else a Patient in the Bundle; a common
identifier instead, such as the INS, "may be acceptable". So a system that takes no bare identifier is not at fault.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

from harness.exchange.pdsm.content import entries, first_text, header, objects, reach, read_content
from harness.exchange.pdsm.facts import matches
from harness.exchange.pdsm.parties import Resource
from harness.model import Exchange

IDENTIFIER, BUNDLE = "identifier", "bundle"  # what Endpoint.patients may say, beside "search"
_MOST_SECONDS = 5.0  # for a question that most systems have no answer to

Ask = Callable[[str, float], Exchange]  # an address under the base, and seconds


class Patients:
    """The Patients of one system, asked for once each. Safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: dict[str, str] = {}
        self._serves_patients = True

    def name_in(self, message: Resource, ask: Ask, deadline: float) -> tuple[Exchange, ...]:
        """Gives each subject of the message, beside its identifier, the reference to the Patient that the system has under it.

        The exchanges that this took. A system that does not answer with a searchset is not asked again; one that asks to come
        back later is asked for the next message.
        """
        asked: list[Exchange] = []
        until = time.monotonic() + min(deadline / 2, _MOST_SECONDS)
        with self._lock:
            for token, subject in _subjects(message):
                may_ask = self._serves_patients and time.monotonic() < until and not any(map(_asks_for_later, asked))
                if token not in self._known and may_ask:
                    asked.append(ask(f"Patient?{urlencode({'identifier': token}, safe='|:')}", until - time.monotonic()))
                    self._learn(token, asked[-1])
                if reference := self._known.get(token):
                    subject["reference"] = reference
        return tuple(asked)

    def _learn(self, token: str, exchange: Exchange) -> None:
        response = exchange.response
        searchset = (
            read_content(response.body, header(response.headers, "Content-Type")).resource
            if response is not None and exchange.failure is None and response.status == 200
            else None
        )
        if searchset is None or searchset.get("resourceType") != "Bundle":
            self._serves_patients = _asks_for_later(exchange)
            return
        found = {first_text(one, "id") for one in matches(searchset) if _is(one, token)} - {""}
        self._known[token] = f"Patient/{found.pop()}" if len(found) == 1 else ""


def _asks_for_later(exchange: Exchange) -> bool:
    return exchange.response is not None and exchange.response.asks_for_later


def include(message: Resource) -> None:
    """Adds the Patient of the message to it, to be created unless the system has it, and lets every subject refer to it."""
    included: dict[str, str] = {}
    described = {token: patient for resource in _resources(message) for token, patient in _contained(resource)}
    for token, subject in _subjects(message):
        if token in described:
            subject["reference"] = included.setdefault(token, f"urn:uuid:{uuid4()}")
    for token, full_url in included.items():
        patient = {name: value for name, value in described[token].items() if name != "id"}
        request = {"method": "POST", "url": "Patient", "ifNoneExist": urlencode({"identifier": token}, safe="|:")}
        message["entry"].append({"fullUrl": full_url, "resource": patient, "request": request})


def _resources(message: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    if message.get("resourceType") != "Bundle":
        yield dict(message)
    for entry in entries(message):
        if isinstance(resource := entry.get("resource"), dict):
            yield resource


def _subjects(message: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each subject with an identifier and without a reference."""
    for resource in _resources(message):
        subject = resource.get("subject")
        if isinstance(subject, dict) and isinstance(subject.get("identifier"), Mapping) and "reference" not in subject:
            yield _token(subject["identifier"]), subject


def _contained(resource: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for one in objects(resource, "contained"):
        if one.get("resourceType") == "Patient":
            yield from ((_token(identifier), one) for identifier in reach(one, "identifier"))


def _is(patient: Mapping[str, Any], token: str) -> bool:
    return patient.get("resourceType") == "Patient" and token in map(_token, reach(patient, "identifier"))


def _token(identifier: Any) -> str:
    return f"{first_text(identifier, 'system')}|{first_text(identifier, 'value')}"
