"""What all findings together say of a document, and how many of one rule are shown."""

from __future__ import annotations

from typing import Literal

from ..model import DocumentVerdict, Finding, Severity, Text

KEPT_PER_RULE = 100
Mending = Literal["", "what", "how"]  # whether findings say how to mend what is certain


def verdict_of(found: tuple[Finding, ...], not_judged: tuple[Text, ...]) -> DocumentVerdict:
    """Of a document that could be judged."""
    if any(finding.severity is Severity.ERROR for finding in found):
        return DocumentVerdict.FAIL
    return DocumentVerdict.PARTIAL if not_judged else DocumentVerdict.PASS
