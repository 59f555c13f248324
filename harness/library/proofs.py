"""What judged documents prove on the maturity grid: profiles/convergence/evidence.yaml to DocumentProofs (docs/maturity.md)."""

from __future__ import annotations

from collections.abc import Iterable
from fnmatch import filter as named
from typing import TYPE_CHECKING, Any

from ..model import DocumentProof, Text
from .grid_checks import KIND, known
from .nearest import suggestion
from .shapes import Sheet

if TYPE_CHECKING:
    from .library import Library

FILE = "profiles/convergence/evidence.yaml"
_PROFILE = Text("aucun profil ne s'appelle", "no profile is called")
_REQUIREMENT = Text("exigence inconnue :", "unknown requirement")


def document_proofs(library: Library) -> tuple[DocumentProof, ...]:
    """Raises DataError for a kind, a profile or a requirement that nothing bears: it would prove or refute nothing, unsaid."""
    sheet = Sheet(FILE, str(library.path(FILE)), library.data(FILE))
    kinds = library.grid().automatic_kinds
    profiles, requirements = [head.coordinate for head in library.heads()], library.requirements()
    for number, proof in enumerate(sheet.data):
        known(sheet, (number, "kind"), proof["kind"], kinds, KIND)
        _check(sheet, number, "general_profiles", profiles, _PROFILE)
        _check(sheet, number, "requirements", requirements, _REQUIREMENT)
    return tuple(map(_proof, sheet.data))


def _check(sheet: Sheet, number: int, key: str, names: Iterable[str], what: Text) -> None:
    for place, pattern in enumerate(sheet.data[number].get(key, ())):
        if not named(names, pattern):
            message = Text(f"{what.fr} « {pattern} »", f"{what.en} {pattern!r}")
            raise sheet.error((number, key, place), message, suggestion(pattern, names))


def _proof(said: dict[str, Any]) -> DocumentProof:
    return DocumentProof(
        kind=said["kind"],
        documents=tuple(said["documents"]),
        whole=said.get("whole", False),
        general_profiles=tuple(said.get("general_profiles", ())),
        rules=tuple(said.get("rules", ())),
        requirements=tuple(said.get("requirements", ())),
    )
