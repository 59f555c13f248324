"""The functions that our rules on FHIR may call beside those of FHIRPath (docs/fhir-rules.md), as an expression calls them.

On nothing, each answers as on an empty text: a rule is never empty for want of an element.
"""

from __future__ import annotations

from typing import Literal, NamedTuple


class Signature(NamedTuple):
    """takes: all items and the context, or their text; further arguments are texts; gives: items, a truth, a text or a number."""

    takes: Literal["items", "text"]
    gives: Literal["items", "truth", "text", "number"]
    arguments: int = 0


FURTHER = {
    "identifiers": Signature("items", "items"),
    "ins": Signature("items", "items"),
    "doubtful": Signature("items", "items"),
    "extensionEnding": Signature("items", "items", 1),
    "heldBy": Signature("items", "truth", 1),
    "inTheFuture": Signature("items", "truth"),
    "isBefore": Signature("text", "truth", 1),
    "measureFault": Signature("items", "text"),
    "measureRange": Signature("items", "text"),
    "documentClass": Signature("items", "text"),
    "titledOtherwise": Signature("items", "truth", 1),
    "formatMeant": Signature("items", "text"),
    "ofCda": Signature("items", "text", 1),
    "written": Signature("text", "text"),
    "folded": Signature("text", "text"),
    "isIns": Signature("text", "truth"),
    "isProductionIns": Signature("text", "truth"),
    "isUnderInsRoot": Signature("text", "truth"),
    "insArcExists": Signature("text", "truth"),
    "agreesWithSex": Signature("text", "truth", 1),
    "agreesWithBirth": Signature("text", "truth", 1),
    "agreesWithBirthplace": Signature("text", "truth", 1),
    "contentFault": Signature("text", "text", 1),
    "octets": Signature("text", "number"),
    "sha1": Signature("text", "text"),
    "isBare": Signature("text", "truth"),
    "isLegible": Signature("text", "truth"),
    "fault": Signature("text", "text", 1),
}
