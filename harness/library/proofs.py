"""What judged documents prove on the maturity grid: profiles/convergence/evidence.yaml to DocumentProofs (docs/maturity.md)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ..model import DocumentProof

FILE = "profiles/convergence/evidence.yaml"


def document_proofs(data: Iterable[Mapping[str, Any]]) -> tuple[DocumentProof, ...]:
    """data: what the library reads in FILE (`library.data(FILE)`)."""
    return tuple(
        DocumentProof(
            kind=proof["kind"],
            documents=tuple(proof["documents"]),
            whole=proof.get("whole", False),
            general_profiles=tuple(proof.get("general_profiles", ())),
            rules=tuple(proof.get("rules", ())),
            requirements=tuple(proof.get("requirements", ())),
        )
        for proof in data
    )
