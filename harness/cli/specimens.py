"""What `harness profiles specimen` does: a document of a profile to look at, as it should be or spoiled."""

from __future__ import annotations

from datetime import date

from lxml import etree

from harness.checks import Judge
from harness.checks.proofs.mutations import find_mutation
from harness.checks.proofs.specimens import Derived
from harness.checks.proofs.specimens.samples import WORDS
from harness.checks.proofs.targets import targets_of
from harness.cli import options
from harness.cli.proving import derive_from, read_specimens_of_lineage
from harness.documents import mutation
from harness.errors import UsageError
from harness.library import Library
from harness.model import ProfileHead, Text
from harness.namespaces import HL7_V3


def specimen(library: Library, head: ProfileHead, at: date) -> Derived:
    """A valid document with all that the profile's own constraints and templates speak of, as far as one document can hold it.

    Raises UsageError for a profile of which none can be made.
    """
    judge = Judge(library, at=at, now=options.now(), profile=head.coordinate)
    deriver = derive_from(library, judge, head, read_specimens_of_lineage(library, head))
    if deriver is None:
        raise UsageError(
            Text(f"{head.coordinate} ne juge pas de corps structuré", f"{head.coordinate} judges no structured body"),
            Text(
                "Un volet qui étend cda/header et juge le corps en a un.",
                "A volet that extends cda/header and judges bodies has one.",
            ),
        )
    own = library.own_part(head.coordinate)
    return deriver.together(targets_of(own))


def spoiled(library: Library, head: ProfileHead, derived: Derived, wanted: str) -> Derived:
    """The document after a mutation of the profile. Raises UsageError when it is unknown or has nothing to work on."""
    root = mutation.apply(find_mutation(library.profile(head.coordinate), wanted), derived.root)
    if root is None:
        raise UsageError(Text(f"{wanted} ne trouve rien à changer dans ce document", f"{wanted} finds nothing to change here"))
    return Derived(root, derived.faults, derived.reasons)


def written(derived: Derived) -> str:
    _word(derived.root)
    etree.indent(derived.root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + etree.tostring(derived.root, encoding="unicode")


def _word(root: etree._Element) -> None:
    """Titles, names and narrative say what the codes beside them say, so that a person can read the document."""
    for section in root.iter(f"{{{HL7_V3}}}section"):
        for title in section.iterchildren(f"{{{HL7_V3}}}title"):
            if title.text == WORDS:
                title.text = _label(section) or WORDS
    for name in root.iter(f"{{{HL7_V3}}}name"):  # of a product
        if name.text == WORDS and (parent := name.getparent()) is not None:
            name.text = _label(parent) or WORDS
    told = {content.get("ID"): content for content in root.iter(f"{{{HL7_V3}}}content") if content.text == WORDS}
    for reference in root.iter(f"{{{HL7_V3}}}reference"):
        content = told.get(reference.get("value", "").removeprefix("#"))
        subject = next((above for above in reference.iterancestors() if _label(above)), None)
        if content is not None and subject is not None:
            content.text = _label(subject)


def _label(element: etree._Element) -> str:
    """Of an element's code, and of its value."""
    coded = [*element.iterchildren(f"{{{HL7_V3}}}code"), *element.iterchildren(f"{{{HL7_V3}}}value")]
    return " : ".join(label for one in coded if (label := one.get("displayName", "")))
