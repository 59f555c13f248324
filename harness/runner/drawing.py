"""The documents of a scenario: made afresh at each run, so that a system that keeps them never meets the same one twice."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

from harness.errors import ForbiddenProduction, told_at
from harness.identifiers import carries_production_ins
from harness.model import Mutation, Scenario, Text

if TYPE_CHECKING:
    from harness.library import Library
    from harness.synthesis import SyntheticDocument
    from harness.synthesis.people import Person

Maker = Callable[..., "SyntheticDocument"]  # harness.synthesis.synthesize, or what stands for it in a test


def draw(scenario: Scenario, library: Library, make: Maker, *, seed: int, attempt: int, at: date) -> Mapping[str, Any]:
    """What a scenario's steps may name as `${document...}`, `${documents.N...}`, `${patient...}`: values by dotted name.

    seed: of the run; attempt: 0, and another number each time the same scenario is played again in the same run.
    Raises ForbiddenProduction when a document would carry a production INS, DataError when one cannot be made as it is asked.
    """
    facts: dict[str, Any] = {}
    documents = tuple(_documents(scenario, library, make, document_seed(seed, scenario.id, attempt), at))
    if "document" in scenario.given:
        facts |= _facts("document", documents[0])
    elif documents:
        facts["documents"] = documents
        for number, document in enumerate(documents):
            facts |= _facts(f"documents.{number}", document)
    person = documents[0].person if documents else _person(scenario, library)
    if person is not None:
        facts |= {
            "patient.ins": person.ins,
            "patient.ins_oid": person.ins_oid,
            "patient.token": f"urn:oid:{person.ins_oid}|{person.ins}",
        }
    return facts


def _person(scenario: Scenario, library: Library) -> Person | None:
    if "patient" not in scenario.given:
        return None
    from harness.synthesis.people import find_person

    return find_person(library, scenario.given["patient"])


def document_seed(seed: int, scenario: str, attempt: int) -> int:
    """A number of 63 bits that only this run, scenario and attempt give."""
    digest = hashlib.sha256(f"{seed}/{scenario}/{attempt}".encode()).digest()
    return int.from_bytes(digest[:8], "big") >> 1


def _documents(scenario: Scenario, library: Library, make: Maker, seed: int, at: date) -> list[SyntheticDocument]:
    made: list[SyntheticDocument] = []
    for one in scenario.documents:
        for _ in range(one.get("count", 1)):
            with told_at(scenario.file, scenario.lines.get(one["profile"], 1)):  # a person too young, an edit that finds nothing
                document = make(
                    library,
                    one["profile"],
                    person=one.get("person", scenario.given.get("patient")),
                    story=one.get("story"),
                    seed=seed,
                    at=at,
                    number=len(made),
                    mutation=mutation_of(one, library, at),
                )
            if carries_production_ins(document.data.decode("utf-8", "replace")):
                raise ForbiddenProduction(
                    Text(
                        f"{scenario.id} : un document porterait un INS de production ; rien n'est envoyé",
                        f"{scenario.id}: a document would carry a production INS; nothing is sent",
                    )
                )
            if one.get("line_ends") == "crlf":
                document = replace(document, data=document.data.replace(b"\n", b"\r\n"))
            made.append(document)
    return made


def mutation_of(document: Mapping[str, Any], library: Library, at: date) -> Mutation | None:
    """What a document of a scenario is spoiled by, if anything. Raises UsageError when its profile has no such mutation."""
    name = document.get("mutation")
    if name is None:
        return None
    from harness.checks.proofs.mutations import find_mutation  # few scenarios spoil what they send

    return find_mutation(library.profile(library.head(document["profile"], at).coordinate), name)


def _facts(prefix: str, document: SyntheticDocument) -> Mapping[str, Any]:
    sha1 = hashlib.sha1(document.data, usedforsecurity=False).digest()
    return {
        prefix: document,
        f"{prefix}.token": f"urn:ietf:rfc:3986|urn:oid:{document.unique_id}",
        f"{prefix}.unique_id": document.unique_id,
        f"{prefix}.set_id": document.set_id,
        f"{prefix}.title": document.title,
        f"{prefix}.profile": document.profile,
        f"{prefix}.story": document.story,
        f"{prefix}.sha256": hashlib.sha256(document.data).hexdigest(),
        f"{prefix}.sha1": sha1.hex(),
        f"{prefix}.hash": base64.b64encode(sha1).decode(),  # as an attachment of FHIR says it
        f"{prefix}.size": len(document.data),
        f"{prefix}.data": document.data,
    }
