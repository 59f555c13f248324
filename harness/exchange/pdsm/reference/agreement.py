"""What the metadata of a message say against the documents in it: warned of, never a reason to refuse it.

The mapping is that of the CI-SIS volet on the transmission of CDA documents (`metadata.py`); what is no CDA says nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from harness.errors import UsageError
from harness.exchange.pdsm.bundle import provide_bundle
from harness.exchange.pdsm.content import entries, first_text, objects, reach, span
from harness.exchange.pdsm.facts import described
from harness.exchange.pdsm.parties import Resource
from harness.exchange.pdsm.reference.receiving import document_of
from harness.identifiers import is_ins_oid
from harness.model import Finding, Severity, Text

_SOURCE = "CI-SIS, transmission de documents CDA ; PDSm 3.1.1"
_HINT = Text("Reprendre ce que dit le document.", "Take what the document says.")
_OF_SET = Text("Le patient du lot n'est pas celui de ses documents.", "The patient of the set is not that of its documents.")
_ATTACHMENT = ("content", "attachment")


def disagreements(message: Mapping[str, Any], associations: Mapping[str, Any]) -> tuple[Finding, ...]:
    """associations: profiles/pdsm/associations.yaml. Of each DocumentReference whose document is in the message."""
    return tuple(_found(message, associations))


def _found(message: Mapping[str, Any], associations: Mapping[str, Any]) -> Iterator[Finding]:
    resources = [(number, entry.get("resource")) for number, entry in enumerate(entries(message))]
    whole = [(number, one) for number, one in resources if isinstance(one, Mapping)]
    references = [(number, one) for number, one in whole if one.get("resourceType") == "DocumentReference"]
    patients = {value for _, one in references for value in _ins(one)}
    for number, one in whole:
        place = f"Bundle.entry[{number}].resource"
        if one.get("resourceType") == "List" and patients and _ins(one) and not _ins(one) & patients:
            yield _warning(f"{place}.subject", _OF_SET)
    for number, one in references:
        data = document_of(message, first_text(one, *_ATTACHMENT, "url"))
        try:
            told = provide_bundle([data], associations)["entry"][1]["resource"] if data else None
        except UsageError:
            told = None
        for element, what in _differences(one, told) if told else ():
            told_so = Text(f"{what.fr} n'est pas ce que dit le document.", f"{what.en} is not what the document says.")
            yield _warning(f"Bundle.entry[{number}].resource.{element}", told_so)


def _differences(said: Mapping[str, Any], told: Resource) -> Iterator[tuple[str, Text]]:
    """said: the DocumentReference received; told: the one derived from the document."""
    if not described(told).names <= described(said).names:
        yield "masterIdentifier", Text("L'identifiant unique", "The unique id")
    if _ins(said) and _ins(told) and not _ins(said) & _ins(told):
        yield "subject", Text("Le patient", "The patient")
    for path, what in (
        (("type", "coding", "code"), Text("Le type", "The type")),
        (("securityLabel", "coding", "code"), Text("La confidentialité", "The confidentiality")),
    ):
        if not set(reach(told, *path)) <= set(reach(said, *path)):
            yield path[0], what
    times = [span(first_text(one, *_ATTACHMENT, "creation")) for one in (said, told)]
    if times[0] and times[1] and not (times[0][0] <= times[1][1] and times[1][0] <= times[0][1]):
        yield "content[0].attachment.creation", Text("Le moment de création", "The time of creation")
    languages = [first_text(one, *_ATTACHMENT, "language").casefold().partition("-")[0] for one in (said, told)]
    if all(languages) and languages[0] != languages[1]:
        yield "content[0].attachment.language", Text("La langue", "The language")
    if "xml" not in first_text(said, *_ATTACHMENT, "contentType"):
        yield "content[0].attachment.contentType", Text("Le type de média", "The media type")


def _ins(resource: Mapping[str, Any]) -> set[str]:
    """The INS of its subject, else of the Patients that it contains."""
    identifier = next(objects(resource, "subject", "identifier"), {})
    if is_ins_oid(str(identifier.get("system"))):
        return {str(identifier.get("value"))}
    return {value for system, value in described(resource).patients if is_ins_oid(system)}


def _warning(location: str, message: Text) -> Finding:
    return Finding("PDSM-METADATA", "PDSM-METADATA", Severity.WARNING, location, 0, message, _HINT, _SOURCE)
