"""What FHIR allows in the `div` of a narrative. Source: FHIR R4 (4.0.1), Narrative: rules txt-1 and txt-2."""

from __future__ import annotations

import re
from functools import lru_cache
from html import unescape

from lxml import etree

_XHTML = "{http://www.w3.org/1999/xhtml}"

# HTML 4.0 chapters 7 to 11 (without 9.4, changes) and 15, links, images. ruff: noqa: SIM905
_ELEMENTS = frozenset(
    """a abbr acronym address b big blockquote br caption center cite code col colgroup dd dfn div dl dt em font h1 h2 h3 h4 h5 h6
    hr i img kbd li map area ol p pre q s samp small span strike strong sub sup table tbody td tfoot th thead tr tt u ul var bdo
    ins del""".split()
)
_ATTRIBUTES = frozenset(
    """id class style lang dir title align valign width height border cellpadding cellspacing colspan rowspan span abbr axis scope
    headers char charoff summary frame rules bgcolor color face size href name rel rev target type hreflang src alt longdesc usemap
    ismap hspace vspace shape coords nohref cite datetime start value compact clear noshade tabindex accesskey charset nowrap
    background""".split()
)
_HTML_ENTITY = re.compile(r"&(?!(?:amp|lt|gt|quot|apos);)[A-Za-z][A-Za-z0-9]*;")  # allowed, though no XML parser knows them
_PARSER = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)


@lru_cache(maxsize=256)
def faults(text: str) -> tuple[str, ...]:
    """What is not allowed, in words for who debugs; empty when the narrative is sound."""
    try:
        root = etree.fromstring(_HTML_ENTITY.sub(lambda match: unescape(match[0]), text).encode(), _PARSER)
    except (etree.XMLSyntaxError, ValueError) as error:
        return (f"no well-formed XHTML: {error}",)
    found: list[str] = []
    if root.tag != _XHTML + "div":
        found.append(f"the root is {root.tag}, no XHTML div")
    has_image = False
    for element in root.iter():
        if not isinstance(element.tag, str):
            if isinstance(element, etree._Entity | etree._ProcessingInstruction):
                found.append("an entity or a processing instruction")
            continue
        name = element.tag.removeprefix(_XHTML)
        if name not in _ELEMENTS:
            found.append(f"the element {name}")
        has_image = has_image or name == "img"
        for attribute, value in element.attrib.items():
            said = str(attribute)
            if said not in _ATTRIBUTES and said != "{http://www.w3.org/XML/1998/namespace}lang":
                found.append(f"the attribute {said}")
            elif said in ("href", "src") and str(value).strip().lower().startswith(("javascript:", "vbscript:")):
                found.append(f"a script in {said}")
    if not has_image and not "".join(root.itertext()).strip():
        found.append("no text and no image")
    return tuple(found)
