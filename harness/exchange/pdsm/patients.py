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
from harness.exchange.pdsm.facts import local_reference, matches, resource_type_of
from harness.exchange.pdsm.parties import Resource
from harness.model import Exchange, Text

UNKNOWN_PATIENT = Text(
    "Rien n'est jugé : le système sert des Patients et n'en a pas un sous cet INS ; déposé sous l'INS seul, un document peut ne "
    'pas se trouver par patient.identifier. Enregistrer le patient, ou dire patients = "bundle" dans le fichier de la cible '
    "(docs/targets.md).",
    "Nothing is judged: the system serves Patients and has none under this INS; submitted under the INS alone, a document may not "
    'be found by patient.identifier. Register the patient, or say patients = "bundle" in the target file (docs/targets.md).',
)
_MOST_SECONDS = 5.0  # for a question that most systems have no answer to

Ask = Callable[[str, float], Exchange]  # an address under the base, and seconds
Create = Callable[[Resource, str, float], Exchange]  # a Patient, the criteria under which the system may have it, and seconds


class Patients:
    """The Patients of one system, asked for once each. Safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: dict[str, str] = {}
        self._sent: set[str] = set()
        self._serves_patients = True

    def name_in(self, message: Resource, ask: Ask, deadline: float, create: Create | None = None) -> tuple[Exchange, ...]:
        """Gives each subject of the message, beside its identifier, the reference to the Patient that the system has under it.

        create: for a system that wants each Patient, and a message that cannot carry it: one that it has not is sent before, once.
        The exchanges that this took. A system that does not answer with a searchset is not asked again; one that asks to come
        back later is asked for the next message.
        """
        asked: list[Exchange] = []
        until = time.monotonic() + min(deadline / 2, _MOST_SECONDS)
        with self._lock:
            for token, subject in _subjects(message):
                may_ask = self._serves_patients and time.monotonic() < until and not any(map(_asks_for_later, asked))
                if token not in self._known and may_ask:
                    asked.append(ask(f"Patient?{criteria(token)}", until - time.monotonic()))
                    self._learn(token, asked[-1])
                patient = None if create is None or self._known.get(token) or token in self._sent else described(message, token)
                if create is not None and patient is not None and time.monotonic() < until:
                    self._sent.add(token)
                    asked.append(create(patient, criteria(token), until - time.monotonic()))
                    if created := _created(asked[-1]):
                        self._known[token] = created
                if reference := self._known.get(token):
                    subject["reference"] = reference
        return tuple(asked)

    def lacks(self, token: str) -> bool:
        """Whether the system serves Patients, and has been seen not to have the one (or to have several) of this identifier."""
        with self._lock:
            return self._known.get(token) == ""

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
    included: dict[str, tuple[str, Resource]] = {}
    for token, subject in _subjects(message):
        if token not in included and (patient := described(message, token)) is not None:
            included[token] = f"urn:uuid:{uuid4()}", patient
        if token in included:
            subject["reference"] = included[token][0]
    for token, (full_url, patient) in included.items():
        request = {"method": "POST", "url": "Patient", "ifNoneExist": criteria(token)}
        message["entry"].append({"fullUrl": full_url, "resource": patient, "request": request})


def criteria(token: str) -> str:
    """How a Patient is searched by its identifier, `system|value`."""
    return urlencode({"identifier": token}, safe="|:")


def described(message: Mapping[str, Any], token: str) -> Resource | None:
    """The Patient of this identifier that a resource of the message contains, as a resource of its own."""
    for resource in _resources(message):
        for one, patient in _contained(resource):
            if one == token:
                return {name: value for name, value in patient.items() if name != "id"}
    return None


def _created(exchange: Exchange) -> str:
    """The reference to what was created, or was there already; empty where the answer does not tell."""
    response = exchange.response
    if response is None or exchange.failure is not None or response.status not in (200, 201):
        return ""
    body = read_content(response.body, header(response.headers, "Content-Type")).resource or {}
    identifier = first_text(body, "id") if body.get("resourceType") == "Patient" else ""
    place = f"Patient/{identifier}" if identifier else local_reference(header(response.headers, "Location"))
    return place if resource_type_of(place) == "Patient" else ""


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
