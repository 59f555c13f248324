"""What stands in a table or a list of a narrative outside of its rows, cells and items: a browser shows it elsewhere.

Source: FHIR R4, narrative: an XHTML fragment of the elements that chapters 7 to 11 and 15 of HTML 4.0 describe. Their content is
that of its document type definition (10.2 and 10.3, lists; 11.2, tables; 9.3.2, line breaks).
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
_TAG = r"(?:\s[^<>]*)?(?<!/)>"
_SUSPECT = re.compile(  # after a tag that only another of a few may follow
    rf"<(?:(?:(?:table|thead|tbody|tfoot|colgroup){_TAG}|/(?:caption|colgroup|thead|tbody|tfoot|tr)>)"
    r"\s*(?!\s|</?(?:caption|col|colgroup|thead|tbody|tfoot|tr)\b|</table\b)"
    rf"|(?:tr{_TAG}|/t[dh]>)\s*(?!\s|<t[dh]\b|</tr\b)"
    rf"|(?:[uo]l{_TAG}|/li>)\s*(?!\s|<li\b|</[uo]l\b)"
    rf"|(?:dl{_TAG}|/d[td]>)\s*(?!\s|<d[td]\b|</dl\b)"
    rf"|(?:br|hr|img|col){_TAG}(?!</))"
)


def may_be_misplaced(text: str) -> bool:
    """Whether something may be, told without a tree: never False where something is, but for what follows an empty element."""
    return _SUSPECT.search(text) is not None


def misplaced(root: etree._Element) -> Iterator[tuple[str, str]]:
    """Of each element in which something has no place: its name, and what is there, a name or words."""
    for element in root.iter(*(f"{{*}}{name}" for name in _CONTENTS)):
        name = etree.QName(element).localname
        admitted = _CONTENTS[name]
        for child in element:
            if isinstance(child.tag, str) and (there := etree.QName(child).localname) not in admitted:
                yield name, f"<{there}>"
                break
        else:
            said = next((text.strip() for text in (element.text, *(child.tail for child in element)) if text and text.strip()), "")
            if said:
                yield name, said[:60]
