"""The places of a CDA by kind, and the document reduced to what surrounds one of them, for `one_by_one.py`."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

from lxml import etree
from mistakes import TYPE

from spoiling import V3

HOLDERS = tuple(f"{{{V3}}}{name}" for name in ("structuredBody", "section", "organizer"))
PARTS = (f"{{{V3}}}component", f"{{{V3}}}entry")
NARRATIVE = "narrative"

Kind = tuple[tuple[str, ...], str, str]  # the templates it stands under, their code, its path below


def kinds(root: Any) -> list[Kind]:
    """Of each element below the root, in document order. The header is that of all volets, a narrative that of all sections."""
    return list(_kinds(root, ((), "", "")))


def reduced(root: Any, place: int) -> tuple[bytes, int]:
    """The document, and the place in it, without the components and entries beside those that hold the place; of those that do not
    hold it, the first."""
    root = copy.deepcopy(root)
    element = list(root.iterdescendants("*"))[place]
    around = {element, *element.iterancestors()}
    for holder in list(root.iter(*HOLDERS)):
        parts = [one for one in holder if one.tag in PARTS]
        kept = [one for one in parts if one in around] or [one for one in map(holder.find, PARTS) if one is not None]
        for one in parts:
            if one not in kept:
                holder.remove(one)
    return etree.tostring(root), list(root.iterdescendants("*")).index(element)


def _kinds(parent: Any, above: Kind) -> Iterator[Kind]:
    templates, code, path = above
    for child in parent.iterchildren("*"):
        own = tuple(sorted(one.get("root", "") for one in child.iterchildren(f"{{{V3}}}templateId")))
        step = f"{path}/{_step(child)}"
        yield templates, code, " ".join((step, *own))
        name = etree.QName(child).localname
        if path == NARRATIVE or (child.tag == f"{{{V3}}}text" and parent.tag == f"{{{V3}}}section"):
            yield from _kinds(child, ((), name, NARRATIVE))
        elif own:
            found = child.find(f"{{{V3}}}code")
            yield from _kinds(child, (own, "" if found is None else found.get("code", ""), ""))
        else:
            yield from _kinds(child, (templates, code, step))


def _step(element: Any) -> str:
    """Its name, and what makes of it another thing than its namesakes: link, type, template."""
    name = etree.QName(element).localname
    root = element.get("root") if name == "templateId" else None
    return " ".join(filter(None, (name, element.get("typeCode"), element.get(TYPE), root)))
