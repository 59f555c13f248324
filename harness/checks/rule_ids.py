"""Ids of all the rules that `harness check` may report, to check those named in options (`--fail-on`) before anything is judged."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from .wording import FACETS

if TYPE_CHECKING:
    from ..library import Library

INVARIANT = "FHIR-INVARIANT:"  # and the key that a FHIR package gives it

# Of what is asked by code, where the others are data
_CODED = """
    FHIR-ATTACHMENT FHIR-BINDING FHIR-BUNDLE FHIR-CARD FHIR-CHOICE FHIR-CODE FHIR-CODE-ABSTRACT FHIR-CODE-FORM
    FHIR-CODE-RETIRED FHIR-CODE-SYSTEM FHIR-CODE-UNCHECKED FHIR-CONTACT FHIR-DEFINITION FHIR-DISPLAY FHIR-EXPRESSION
    FHIR-EXTENSION FHIR-FIXED FHIR-FORMAT FHIR-HTML FHIR-ID FHIR-IDENTIFIER FHIR-LENGTH FHIR-LIMIT FHIR-MEASURE FHIR-META
    FHIR-NARRATIVE FHIR-ORDER FHIR-PATTERN FHIR-PROFILE FHIR-PROFILE-VERSION FHIR-QUESTIONNAIRE FHIR-REFERENCE FHIR-REGEX
    FHIR-SAMPLES FHIR-SLICE FHIR-TYPE FHIR-UNIT FHIR-UNKNOWN-ELEMENT FHIR-UNKNOWN-RESOURCE
    document.covered document.environment document.judged document.profile document.profile-status document.readable
    document.templates document.templates-misplaced document.version document.volet
"""
CODED = frozenset(_CODED.split())
_WORDED = ("profiles/cda/grammar.yaml", "profiles/xdm/metadata.yaml")  # which have the words of rules that code asks


def is_rule(id: str, library: Library) -> bool:
    """Whether a finding may bear this id, as its rule or as its requirement. What FHIR packages name is not known before they are
    read: any invariant and any element, which is an address, are admitted.
    """
    if id in CODED or id.startswith(INVARIANT) or "://" in id or id in _written(library):
        return True
    if ":" not in id:
        return False
    constraint, _, facet = id.rpartition(".")
    known = set(library.constraint_ids())
    return id in known or (constraint in known and facet in FACETS)


def ids_like(id: str, library: Library) -> Iterable[str]:
    """Those among which the one that was meant may be."""
    if ":" not in id:
        return CODED | _written(library)
    known = set(library.constraint_ids())
    constraint, _, facet = id.rpartition(".")
    if constraint in known:
        return [f"{constraint}.{one}" for one in FACETS]
    return {f"{one}.{facet}" for one in known} if facet in FACETS else known


def _written(library: Library) -> set[str]:
    remarks = (row for file in _WORDED for row in library.data(file)["remarks"].values())
    return {*library.requirements(), *library.rule_ids(), *(row["rule"] for row in remarks)}
