"""What judgements of CDA and FHIR share: the verdict that findings give, how many of one rule are shown, what is masked in them."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

from .. import identifiers
from ..model import DocumentVerdict, Finding, Judgement, Severity, Text, counted

KEPT_PER_RULE = 100
_ENDS = (".", "!", "?", "…", ":")
Mending = Literal["", "what", "how"]  # whether findings say how to mend what is certain


def verdict_of(found: tuple[Finding, ...], not_judged: tuple[Text, ...]) -> DocumentVerdict:
    """The verdict of a document that could be judged."""
    if any(finding.severity is Severity.ERROR for finding in found):
        return DocumentVerdict.FAIL
    return DocumentVerdict.PARTIAL if not_judged else DocumentVerdict.PASS


def could_not_be_judged(path: str, kind: str, sha256: str, rule: str, message: Text, hint: Text, line: int) -> Judgement:
    """The judgement of a document that was not, and why."""
    finding = Finding(rule, rule, Severity.ERROR, "/", line, message, hint, "")
    return Judgement(path, kind, None, "", False, DocumentVerdict.ERROR, (message,), (finding,), 0.0, sha256)


def with_count(finding: Finding, more: int) -> Finding:
    """The last finding shown of a rule, with the number of those left out."""
    again = counted(more, Text("fois encore", "time more"), Text("fois encore", "times more"))
    message = finding.message
    return replace(
        finding,
        message=Text(f"{message.fr} (et {again.fr} dans ce document)", f"{message.en} (and {again.en} in this document)"),
    )


def ended(text: Text) -> Text:
    """With a full stop, where the sentence has no end of its own."""
    return Text(*(said if said.endswith(_ENDS) else f"{said}." for said in (text.fr, text.en)))


def masked(text: Text) -> Text:
    """Both languages without any matricule, for findings on a document with a production INS."""
    return Text(identifiers.mask_ins(text.fr), identifiers.mask_ins(text.en))
