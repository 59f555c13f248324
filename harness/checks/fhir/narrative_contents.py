"""What stands in a narrative where HTML has no place for it: outside of rows, cells and items, or within a paragraph.

A browser shows it elsewhere. Source: FHIR R4, narrative: an XHTML fragment of the elements that chapters 7 to 11 and 15 of HTML 4.0
describe. Their content is that of its document type definition (9.3, paragraphs, line breaks; 10.2 and 10.3, lists; 11.2, tables).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree

_NOTHING: frozenset[str] = frozenset()
_ROWS, _ITEMS = frozenset({"tr"}), frozenset({"li"})
_CONTENTS = {
    "table": frozenset({"caption", "col", "colgroup", "thead", "tfoot", "tbody", "tr"}),
    "thead": _ROWS,
    "tbody": _ROWS,
    "tfoot": _ROWS,
    "tr": frozenset({"th", "td"}),
    "colgroup": frozenset({"col"}),
    "ul": _ITEMS,
    "ol": _ITEMS,
    "dl": frozenset({"dt", "dd"}),
    **dict.fromkeys(("br", "hr", "img", "col"), _NOTHING),
}
_PARTS = frozenset().union(*_CONTENTS.values())  # what only these hold
_BLOCKS = frozenset(
    {"p", "div", "table", "ul", "ol", "dl", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "pre", "hr", "address"}
)
_BLOCK = r"(?:p|div|table|[uod]l|h[1-6r]|blockquote|pre|address)\b"
_TAG = r"(?:\s[^>]*+)?+(?<!/)>"  # as everything here, nothing that was read is given back: to go back sign by sign costs most
_PARTS_OF_TABLE = r"</?(?:caption|col|colgroup|thead|tbody|tfoot|tr)\b|</table\b"
_SUSPECT = re.compile(  # one pass over the tags: what each is and what follows it
    rf"<(?:p{_TAG}[^<]*+(?:<(?!/p>|{_BLOCK})[^<]*+)*+<{_BLOCK}"  # a paragraph that another block follows before it ends
    rf"|t(?:(?:able|head|body|foot){_TAG}\s*+(?!{_PARTS_OF_TABLE})|r{_TAG}\s*+(?!<t[dh]\b|</tr\b))"
    rf"|[uo]l{_TAG}\s*+(?!<li\b|</[uo]l\b)|dl{_TAG}\s*+(?!<d[td]\b|</dl\b)"
    rf"|/(?:t[dh]>\s*+(?!<t[dh]\b|</tr\b)|(?:tr|thead|tbody|tfoot|caption)>\s*+(?!{_PARTS_OF_TABLE})"
    r"|li>\s*+(?!<li\b|</[uo]l\b)|d[td]>\s*+(?!<d[td]\b|</dl\b)"
    r"|(?:br|hr|img|col|colgroup)>))"  # which end what may be empty
)


def may_be_misplaced(text: str) -> bool:
    """Whether something may be, told without a tree.

    False where something is: after an empty element alone; an item or a cell outside, where there is a list or a table too.
    """
    return (
        _SUSPECT.search(text) is not None
        or ("<li" in text and "<ul" not in text and "<ol" not in text)
        or ("<t" in text and "<table" not in text)
        or (("<dt" in text or "<dd" in text) and "<dl" not in text)
    )


def misplaced(root: etree._Element) -> Iterator[tuple[str, str]]:
    """Of each element in which something has no place: its name, and what is there, a name or words."""
    for element in root.iter(etree.Element):
        there = _within(element, etree.QName(element).localname)
        if there:
            yield etree.QName(element).localname, there


def _within(element: etree._Element, name: str) -> str:
    """The first thing in it that has no place there, nothing where all has."""
    if name == "p":
        inside = (etree.QName(one).localname for one in element.iterdescendants(etree.Element))
        return next((f"<{one}>" for one in inside if one in _BLOCKS), "")
    admitted = _CONTENTS.get(name)
    for child in element.iterchildren(etree.Element):
        there = etree.QName(child).localname
        if there not in admitted if admitted is not None else there in _PARTS:
            return f"<{there}>"
    if admitted is None:
        return ""
    said = (text.strip() for text in (element.text, *(child.tail for child in element)) if text)
    return next((text[:60] for text in said if text), "")
