"""Probable slips of the author of rules on FHIR: an element misspelt (told by `harness profiles test`)."""

from __future__ import annotations

from collections.abc import Iterator

from ....library import Library
from ....model import Text
from ..fhirpath import Structures, compile, remarks
from .functions import OURS
from .rules import type_begun_with


def oversights(library: Library, coordinate: str, definitions: Structures) -> Iterator[Text]:
    """Of the profile's own rules. definitions: nothing is told where they have not R4.

    A rule may name elements that only other resources have, as one that is written for several does: a slip alone is told.
    """
    if definitions.type("Patient") is None:
        return
    for rule in library.own_part(coordinate).rules:
        if type_ := type_begun_with(rule.context):
            asked = compile(f"({rule.context}).select({rule.test})", OURS)
            for remark in remarks(asked, type_, definitions):
                if remark.meant:
                    yield Text(
                        f"{rule.id} : {remark.told.fr} ; est-ce {remark.meant} ?",
                        f"{rule.id}: {remark.told.en}; did you mean {remark.meant}?",
                    )
