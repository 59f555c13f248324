"""The names that PDSm and MHD write: where their profiles are, and the two identifiers of a document or a submission set."""

from __future__ import annotations

from uuid import uuid4

from harness.exchange.pdsm.parties import Resource

PDSM = "https://interop.esante.gouv.fr/ig/fhir/pdsm/StructureDefinition"
MHD = "https://profiles.ihe.net/ITI/MHD"
RFC3986 = "urn:ietf:rfc:3986"


def unique_id(value: str, system: str = RFC3986) -> Resource:
    return {"use": "usual", "type": _type("uniqueId"), "system": system, "value": value}


def entry_uuid() -> Resource:
    """A new entryUUID."""
    return {"use": "official", "type": _type("entryUUID"), "system": RFC3986, "value": f"urn:uuid:{uuid4()}"}


def _type(code: str) -> Resource:
    return {"coding": [{"system": f"{MHD}/CodeSystem/IHE.MHD.MHDIdentifierType", "code": code}]}
