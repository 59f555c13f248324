"""What an identifier's system names."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from ....documents.fhir_tree import Node
from ....model import Text
from ..remarks import Remarks
from ..shapes import BASE

_HINT = Text("Un OID s'écrit urn:oid:1.2.250.1…", "An OID is written urn:oid:1.2.250.1…")


def judge_systems(relative: Iterable[Node], prescribed: Collection[int], remarks: Remarks) -> None:
    """A system is a URL that means the same wherever it appears (R4, Identifier.system).

    relative: systems that are no absolute address; prescribed: ids of elements whose very value a profile asks for, which is not
    held against who writes it (FR Core fixes one such system, of what an encounter was admitted under).
    """
    for system in relative:
        if id(system) not in prescribed:
            message = Text(
                f"« {str(system.value)[:80]} » n'est pas une adresse absolue : ce système ne désigne rien",
                f"`{str(system.value)[:80]}` is not an absolute address: this system names nothing",
            )
            remarks.error("FHIR-IDENTIFIER", f"{BASE}Identifier#Identifier.system", system, message, _HINT)
