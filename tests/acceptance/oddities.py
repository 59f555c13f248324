"""A section added to an example, to hold what a rare document has."""

from __future__ import annotations

from cda_edits import NS, Edit, into

HL7 = NS["c"]


def added(*contents: str) -> Edit:
    """A section of the body holds them."""
    return into("c:component/c:structuredBody", f"<component><section>{''.join(contents)}</section></component>")
