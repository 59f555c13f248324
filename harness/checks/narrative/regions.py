"""Regions of the body and what lies within them: a text may name either."""

from __future__ import annotations

from ...labels import fold

_PARTS = {  # by the beginnings of words
    "membre superieur": "deltoid bras epaule coude poignet main doigt",
    "membre inferieur": "cuisse jambe genou cheville pied hanche fess quadricep vaste",
    "epaule": "deltoid",
    "bras": "deltoid epaule",
    "cuisse": "vaste quadricep",
    "fess": "gluteal",
    "tete": "crane cerveau encephale face cou",
    "thorax": "poumon coeur sein",
    "abdomen": "foie rate pancreas rein",
}


def is_within(one: str, other: str) -> bool:
    """One of the two names a region, the other a part of it: `Épaule gauche` and `deltoïde gauche`."""
    pair = f" {fold(one)}", f" {fold(other)}"
    return any(
        f" {region}" in whole and any(f" {part}" in within for part in parts.split())
        for region, parts in _PARTS.items()
        for whole, within in (pair, pair[::-1])
    )
