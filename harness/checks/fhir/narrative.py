"""The narrative of a resource: well-formed XHTML, of the elements that FHIR admits, that says something."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cached_property, lru_cache
from html import unescape
from html.entities import html5
from urllib.parse import unquote
from xml.parsers import expat

from lxml import etree

from ...documents.fhir_tree import Node
from ...documents.refusals import malformed
from ...model import Text
from ..functions.legibility import broken_word
from .narrative_contents import may_be_misplaced, misplaced
from .remarks import Remarks
from .shapes import BASE

_XHTML = "http://www.w3.org/1999/xhtml"
_REQUIREMENT = f"{BASE}Narrative#Narrative.div"
_NAMED = re.compile(r"&([A-Za-z][A-Za-z0-9]*);")
_XML_NAMED = frozenset({"amp", "lt", "gt", "quot", "apos"})
_WORDS = (
    "a abbr acronym address area b big blockquote br caption cite code col colgroup dd dfn div dl dt em h1 h2 h3 h4 "
    "h5 h6 hr i img kbd li map ol p pre q s samp small span strike strong sub sup table tbody td tfoot th thead tr tt "
    "u ul var bdo"
)
_ELEMENTS = frozenset(_WORDS.split())
_TAGS = frozenset(f"{{{_XHTML}}}{name}" for name in _ELEMENTS)
_IMAGE = f"{{{_XHTML}}}img"
_PLAIN = frozenset({"style", "class", "title", "id", "colspan", "rowspan", "lang"})  # those that come most
_FURTHER = "abbr accesskey align axis char charoff dir headers scope span tabindex valign width"  # taken on whatever element
_OWN = {  # HTML 4.01, index of attributes, for the elements above: those of some of them alone
    name: frozenset(elements.split())
    for name, elements in {
        **dict.fromkeys(("charset", "hreflang", "rel", "rev"), "a"),
        **dict.fromkeys(("coords", "href", "shape", "target"), "a area"),
        "nohref": "area",
        "alt": "area img",
        "name": "a img map",
        **dict.fromkeys(("hspace", "ismap", "longdesc", "src", "usemap", "vspace"), "img"),
        "border": "img table",
        "height": "img td th",
        **dict.fromkeys(("cellpadding", "cellspacing", "frame", "rules", "summary"), "table"),
        "bgcolor": "table td th tr",
        "nowrap": "td th",
        "compact": "dl ol ul",
        "start": "ol",
        "type": "a li ol ul",
        "value": "li",
        "cite": "blockquote q",
        "clear": "br",
        **dict.fromkeys(("noshade", "size"), "hr"),
    }.items()
}
_ADMITTED = _PLAIN | frozenset(_FURTHER.split())
_XML_PREFIXED = frozenset({"xml:lang", "xml:space"})  # as they are written
_OF_XML = frozenset(name.replace("xml:", "{http://www.w3.org/XML/1998/namespace}") for name in _XML_PREFIXED)
_DEEPEST = 256  # elements within one another that libxml2 reads
_PARSER = etree.XMLParser(resolve_entities=False, no_network=True, collect_ids=False)  # one: each new one costs a short text again
_LANGUAGE = re.compile(r"""\s(?:xml:)?lang\s*=\s*["']([^"']*)["']""")
_ANCHOR = re.compile(r"""\s(?:id|name)\s*=\s*(["'])(.*?)\1""")
_ID = re.compile(r"""<[^<>]*?\sid\s*=\s*(["'])(.*?)\1""")
_OPENING = re.compile(rf"""<div(?:\s+(?:xml:)?lang=["'][\w-]*["'])*\s+xmlns=(["']){re.escape(_XHTML)}\1(?=[\s>])(?P<rest>[^>]*)>""")
_BEGINNING = re.compile(r"<([^/!?][^>]*)>")  # of an element, where no value of an attribute has a ">"
_NAME_AND_ATTRIBUTES = re.compile(r"""([a-z][a-z0-9]*)((?:\s+[\w:.-]+\s*=\s*(?:"[^"]*"|'[^']*'))*)\s*/?""")
_ATTRIBUTE = re.compile(r"""([\w:.-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')""")
_BLANK = " \t\n\r\f\u200b"  # white space of HTML 4 (9.1), which a space that does not break is not
_SHOWN = 80  # characters of what is quoted
_REMEMBERED = 500  # characters of a tag that is remembered
_SCRIPT = re.compile(r"\s*(?:java|vb)script:", re.IGNORECASE)


class Anchors:
    """What links within a document may lead to: the ids of its elements and resources, and the anchors of its narratives."""

    def __init__(self, root: Node) -> None:
        self._root = root

    def __contains__(self, name: str) -> bool:
        return unquote(name) in self._names

    @cached_property
    def _names(self) -> frozenset[str]:
        found: set[str] = set()
        for node in self._root.walk():
            if isinstance(node.value, str):
                if node.name == "id":
                    found.add(node.value)
                elif node.type == "xhtml":
                    found.update(unescape(value) for _, value in _ANCHOR.findall(node.value))
        return frozenset(found)


def judge(node: Node, anchors: Anchors | None, remarks: Remarks) -> None:
    """anchors: what its links may lead to, None where that is not asked."""
    text = node.value
    if isinstance(text, str):
        _language(text, node, remarks)
        _repeated(text, node, remarks)
        _encoding(text, node, remarks)
    if isinstance(text, str) and text.count("</") < _DEEPEST and not may_be_misplaced(text) and _is_sound(text):
        return
    if not isinstance(text, str):
        message = Text("du XHTML est attendu, dans une chaîne", "XHTML is expected, in a string")
        remarks.error("FHIR-NARRATIVE", _REQUIREMENT, node, message)
        return
    root = _parsed(text, node, remarks)
    if root is not None:
        _judge_tree(root, node, anchors, remarks)


def _encoding(text: str, node: Node, remarks: Remarks) -> None:
    """A warning: the text is to be read by people (R4, narrative), and software has read UTF-8 as something else."""
    if word := broken_word(text):
        message = Text(f"le texte a l'encodage abîmé : « {word} »", f"the text has a broken encoding: `{word}`")
        hint = Text("Écrire en UTF-8 d'un bout à l'autre.", "Write in UTF-8 from end to end.")
        remarks.warning("FHIR-NARRATIVE", _REQUIREMENT, node, message, hint)


def _language(text: str, node: Node, remarks: Remarks) -> None:
    """R4, Resource.language: where it is said, the <div> of its text should say it too."""
    holder = node.parent
    if holder is None or holder.parent is None or not holder.parent.is_resource or not (wanted := holder.parent.text("language")):
        return
    said = {one.partition("-")[0].lower() for one in _LANGUAGE.findall(text.partition(">")[0])}
    if said == {wanted.partition("-")[0].lower()}:
        return
    written = ", ".join(sorted(said))
    message = (
        Text(
            f"le texte est annoncé en « {written} », la ressource en « {wanted} »",
            f"the text is said to be in `{written}`, the resource in `{wanted}`",
        )
        if said
        else Text(
            f"le texte ne dit pas sa langue, la ressource est en « {wanted} »",
            f"the text does not say its language, the resource is in `{wanted}`",
        )
    )
    hint = Text(
        f'Écrire <div lang="{wanted}" xml:lang="{wanted}" …>, ou la langue du texte dans language.',
        f'Write <div lang="{wanted}" xml:lang="{wanted}" …>, or the language of the text in language.',
    )
    remarks.warning("FHIR-NARRATIVE", f"{BASE}Resource#Resource.language", node, message, hint)


def _repeated(text: str, node: Node, remarks: Remarks) -> None:
    """HTML 4, 7.5.2: an id is that of one element of a document."""
    if text.count(" id=") < 2:
        return
    names = [name for _, name in _ID.findall(text)]
    twice = next((name for name in names if names.count(name) > 1), None) if len(set(names)) < len(names) else None
    if twice is not None:
        shown = twice[:_SHOWN]
        message = Text(f"deux éléments du texte ont l'id « {shown} »", f"two elements of the text have the id `{shown}`")
        hint = Text("Donner à chaque élément un id à lui.", "Give each element an id of its own.")
        remarks.warning("FHIR-NARRATIVE", _REQUIREMENT, node, message, hint)


def _parsed(text: str, node: Node, remarks: Remarks) -> etree._Element | None:
    """Its tree, None where there is none, which is told. An entity of HTML is read all the same, and told."""
    named = _NAMED.finditer(text) if "&" in text else ()
    foreign = next((found[0] for found in named if found[1] not in _XML_NAMED), None)
    if foreign is not None:
        message = Text(
            f"« {foreign} » n'est pas du XML : écrire le caractère",
            f"`{foreign}` is not XML: the character itself is to be written",
        )
        remarks.error("FHIR-NARRATIVE", _REQUIREMENT, node, message)
    try:
        plain = text if foreign is None else _NAMED.sub(_character, text)
        return etree.fromstring(plain, _PARSER)
    except etree.XMLSyntaxError as error:
        said = malformed(error, plain.encode()).message
        message = Text(f"le XHTML est mal formé : {said.fr}", f"the XHTML is malformed: {said.en}")
    except ValueError:  # of lxml: a character that XML has not
        message = Text("le XHTML est mal formé : caractère interdit en XML", "the XHTML is malformed: a character that XML forbids")
    remarks.error("FHIR-NARRATIVE", _REQUIREMENT, node, message)
    return None


def _judge_tree(root: etree._Element, node: Node, anchors: Anchors | None, remarks: Remarks) -> None:
    if root.tag != f"{{{_XHTML}}}div":
        name = etree.QName(root)
        found = f"<{name.localname}>" if name.namespace in (None, _XHTML) else f'<{name.localname} xmlns="{name.namespace}">'
        message = Text(
            f'<div xmlns="{_XHTML}"> est attendu, {found} est trouvé', f'<div xmlns="{_XHTML}"> is expected, {found} is found'
        )
        remarks.error("FHIR-NARRATIVE", _REQUIREMENT, node, message)
        return
    speaks = False
    for element in root.iter():
        tag = element.tag
        if not isinstance(tag, str):
            speaks = speaks or _says(element.tail)
            continue
        if tag not in _TAGS or not _PLAIN.issuperset(element.keys()):
            _element(element, tag, node, anchors, remarks)
        speaks = speaks or _says(element.text) or _says(element.tail) or tag == _IMAGE
    for holder, there in misplaced(root):
        message = Text(
            f"<{holder}> contient ce qui n'y a pas sa place : {there}", f"<{holder}> holds what has no place in it: {there}"
        )
        remarks.error("FHIR-NARRATIVE", _REQUIREMENT, node, message)
    if not speaks:
        message = Text("le texte est vide", "the text is empty")
        remarks.error("FHIR-INVARIANT:txt-2", f"{BASE}Narrative#txt-2", node, message)


def _is_sound(text: str) -> bool:
    """Whether nothing is wrong with it, told without a tree; of any other the tree tells what, or that nothing is."""
    opening = _OPENING.match(text)
    if opening is None:
        return False
    tags = {f"div{opening['rest']}", *_BEGINNING.findall(text, opening.end())}
    admitted = all((_is_known_as_admitted if len(tag) <= _REMEMBERED else _is_admitted)(tag) for tag in tags)
    return admitted and _is_well_formed_and_speaks(text)


def _is_admitted(tag: str) -> bool:
    """Whether an element that begins so is one of FHIR, with attributes that do no harm, and no link within the document."""
    found = _NAME_AND_ATTRIBUTES.fullmatch(tag)
    if found is None or found[1] not in _ELEMENTS:
        return False
    for name, said, or_said in _ATTRIBUTE.findall(found[2]):
        if name not in _XML_PREFIXED and not _may_have(found[1], name):
            return False
        if name in ("href", "src") and ((link := unescape(said or or_said))[:1] == "#" or _SCRIPT.match(link)):
            return False
    return True


def _may_have(element: str, attribute: str) -> bool:
    return attribute in _ADMITTED or element in _OWN.get(attribute, ())


# what wrote a narrative begins most of its elements alike, in each that it wrote
_is_known_as_admitted = lru_cache(maxsize=1024)(_is_admitted)


def _is_well_formed_and_speaks(text: str) -> bool:
    parser = expat.ParserCreate()

    def says(said: str) -> None:
        if _says(said):
            parser.CharacterDataHandler = None  # the rest need not be looked at

    parser.CharacterDataHandler = says
    try:
        parser.Parse(text, True)
    except expat.ExpatError:
        return False
    finally:
        speaks = parser.CharacterDataHandler is None
        parser.CharacterDataHandler = None  # it knows the parser: nothing is left for Python's collector
    return speaks


def judge_languages(text: Node, wanted: Sequence[str], requirement: str, remarks: Remarks) -> None:
    """The sections in languages that a profile asks of a Narrative: `_no`, `_yes`, `_resource` or a language.

    Source: the extension narrative-language-control; FHIR R4, languages: a section is a <div> of the <div> with its language.
    """
    said = text.text("div")
    try:
        root = etree.fromstring(_NAMED.sub(_character, said), _PARSER)
    except (etree.XMLSyntaxError, ValueError):
        return  # told already
    languages = [
        language
        for section in root.iterchildren(f"{{{_XHTML}}}div")
        if (language := section.get("lang") or section.get("{http://www.w3.org/XML/1998/namespace}lang"))
    ]
    for one in wanted:
        named = text.resource.text("language") if one == "_resource" else one
        if one == "_no" and languages:
            message = Text("aucune section par langue n'est admise", "no sections in languages are admitted")
        elif one == "_yes" and not languages:
            message = Text("des sections par langue sont demandées", "sections in languages are asked for")
        elif one not in ("_no", "_yes") and named and named not in languages:
            message = Text(f"une section en « {named} » est demandée", f"a section in `{named}` is asked for")
        else:
            continue
        remarks.error("FHIR-NARRATIVE", requirement, text, message)


def _says(text: str | None) -> bool:
    return text is not None and text.strip(_BLANK) != ""


def _element(element: etree._Element, tag: str, node: Node, anchors: Anchors | None, remarks: Remarks) -> None:
    if tag not in _TAGS:
        name = etree.QName(element).localname
        message = Text(f"<{name}> n'est pas admis dans le texte", f"<{name}> is not admitted in the text")
        remarks.error("FHIR-INVARIANT:txt-1", f"{BASE}Narrative#txt-1", node, message)
        return
    name = etree.QName(element).localname
    for key, value in element.items():
        attribute, said = str(key), str(value)
        if anchors is not None and attribute in ("href", "src") and said[:1] == "#" and len(said) > 1 and said[1:] not in anchors:
            # HTML 4, 12.2.4: a link to what is not there is an error; FHIR R4, narrative: it is looked for in the resource
            message = Text(f"le lien « {said[:80]} » ne mène à rien", f"the link `{said[:80]}` leads to nothing")
            remarks.error("FHIR-NARRATIVE", _REQUIREMENT, node, message)
        forbidden = not _may_have(name, attribute) and attribute not in _OF_XML
        if forbidden or (attribute in ("href", "src") and _SCRIPT.match(said)):
            message = Text(
                f"l'attribut {attribute} de <{name}> n'est pas admis dans le texte",
                f"the attribute {attribute} of <{name}> is not admitted in the text",
            )
            remarks.error("FHIR-INVARIANT:txt-1", f"{BASE}Narrative#txt-1", node, message)


def _character(found: re.Match[str]) -> str:
    """The character that a name of HTML stands for, so that the rest is judged: XML knows five only."""
    name = found[1]
    return found[0] if name in _XML_NAMED else html5.get(f"{name};", found[0])
