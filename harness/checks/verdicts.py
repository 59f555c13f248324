"""What CDA and FHIR share of telling findings: the verdict of all, how many of one rule are shown, and what is hidden in them."""

from __future__ import annotations

from typing import Literal

from .. import identifiers
from ..model import DocumentVerdict, Finding, Severity, Text

KEPT_PER_RULE = 100
Mending = Literal["", "what", "how"]  # whether findings say how to mend what is certain


def verdict_of(found: tuple[Finding, ...], not_judged: tuple[Text, ...]) -> DocumentVerdict:
    """Of a document that could be judged."""
    if any(finding.severity is Severity.ERROR for finding in found):
        return DocumentVerdict.FAIL
    return DocumentVerdict.PARTIAL if not_judged else DocumentVerdict.PASS


def masked(text: Text) -> Text:
    """Without any matricule in either language: for what is said of a document with a production INS."""
    return Text(identifiers.mask_ins(text.fr), identifiers.mask_ins(text.en))
