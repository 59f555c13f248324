"""The CapabilityStatement of the reference endpoint."""

from __future__ import annotations

from harness.exchange.pdsm.identifiers import MHD, PDSM
from harness.exchange.pdsm.parties import Resource
from harness.exchange.pdsm.reference.searching import PARAMETERS

_INTERACTIONS = {"DocumentReference": ("search-type", "read", "create", "patch"), "List": ("search-type", "read")}


def capability_statement(base: str) -> Resource:
    """What the reference endpoint says of itself at `/metadata`."""
    resources = [
        {
            "type": kind,
            "interaction": [{"code": code} for code in _INTERACTIONS[kind]],
            "searchParam": [{"name": name, "type": one.type} for name, one in parameters.items() if not name.startswith("_")],
        }
        for kind, parameters in PARAMETERS.items()
    ]
    return {
        "resourceType": "CapabilityStatement",
        "status": "active",
        "date": "2026-01-01",
        "kind": "instance",
        "instantiates": [
            f"{PDSM.removesuffix('StructureDefinition')}CapabilityStatement/PDSm-GestionnaireDePartageDeDocuments",
            f"{MHD}/CapabilityStatement/IHE.MHD.DocumentRecipient.Comprehensive",
        ],
        "software": {"name": "cisis-harness"},
        "implementation": {"description": "PDSm reference endpoint", "url": base},
        "fhirVersion": "4.0.1",
        "format": ["json", "xml"],
        "rest": [
            {
                "mode": "server",
                "resource": [*resources, {"type": "Binary", "interaction": [{"code": "read"}]}],
                "interaction": [{"code": "transaction"}],
            }
        ],
    }
