"""Is a civility or a title written within the name of a person, where prefix and suffix are for them?"""

from __future__ import annotations

import re

from ..node import Node
from .legibility import begins_with_one_of

_SIR = re.compile(r"M\.\s*[^\W\d_]['’]?[^\W\d_].*")  # with its stop: `M BAREK` is M'BAREK
_ABBREVIATED = re.compile(r"(?:M[Rr]|MME|Mme|MLLE|Mlle|D[Rr]|P[Rr])(?:\.\s*|\s+)[^\W\d_]['’]?[^\W\d_].*")  # Melle is a name too
_IN_FULL = re.compile(r"(?:Docteur|Professeur|Monsieur|Madame|Mademoiselle)\s+[A-ZÀ-Þ][A-ZÀ-Þ'’ -]+")  # so is DOCTEUR
_LENGTH = 3
_BEGINNINGS = frozenset(
    (
        *(f"{title}{sign}" for title in ("MR", "Mr", "DR", "Dr", "PR", "Pr") for sign in (" ", ".")),
        *(f"M.{letter}" for letter in " ABCDEFGHIJKLMNOPQRSTUVWXYZÉ"),
        *("MME", "Mme", "MLL", "Mll", "Mon", "Mad", "Doc", "Pro"),
    )
)


def names_are_bare(document: Node) -> bool:
    """None of the family and given names has a civility. Hardly any begins as one does, which is seen of all."""
    if not begins_with_one_of(document, _BEGINNINGS, _LENGTH):
        return True
    return all(is_bare(tag, node.text) for tag in ("family", "given") for node in document.index.below(document, tag))


def is_bare(part: str, name: str) -> bool:
    """part: `family` or `given`. The `M.` of a given name may be that of Marie."""
    name = name.strip()
    titled = _ABBREVIATED.fullmatch(name) or _IN_FULL.fullmatch(name) or (part == "family" and _SIR.fullmatch(name))
    return not titled
