"""The CapabilityStatement of the reference endpoint."""

from __future__ import annotations

from harness.exchange.pdsm.bundle import MHD, PDSM
from harness.exchange.pdsm.parties import Resource
from harness.exchange.pdsm.searching import PARAMETERS


def capability_statement(base: str) -> Resource:
    """What the reference endpoint says of itself at `/metadata`."""
    resources = [
        {
            "type": kind,
            "interaction": [{"code": code} for code in ("search-type", "read")],
            "searchParam": [{"name": name, "type": "token"} for name in parameters if not name.startswith("_")],
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
