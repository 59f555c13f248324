"""Bytes to a document: what kind it is, and for a CDA its tree. Nothing outside the bytes is ever read."""

from __future__ import annotations

import copy
import re
from codecs import BOM_UTF8
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

from lxml import etree

from ..model import Text
from ..namespaces import HL7_V3
from . import refusals
from .document import DEFAULT_LIMITS, Document, Limits
from .long_contents import without_middles

if TYPE_CHECKING:
    from .fhir_tree import Tree

_CDA = f"{{{HL7_V3}}}ClinicalDocument"
_XSLT = "http://www.w3.org/1999/XSL/Transform"
_FHIR = "http://hl7.org/fhir"
_SUBMIT = "{urn:oasis:names:tc:ebxml-regrep:xsd:lcm:3.0}SubmitObjectsRequest"
_LIBXML_TEXT_LIMIT = 9_000_000  # above it a single text may pass the 10 MB that libxml2 allows without `huge_tree`
_SHORTEST_ATTRIBUTE = 5  # bytes of ` a=""`
_SHORTEST_TAG = 3  # bytes of `<a>`
_WIDE = (
    (b"\xff\xfe\0\0", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
    (b"<\0", "utf-16-le"),
    (b"\0<", "utf-16-be"),
)
_WIDE_JSON = ((b"{\0", "utf-16-le"), (b"\0{", "utf-16-be"), (b"[\0", "utf-16-le"), (b"\0[", "utf-16-be"))

KINDS: dict[str, Text] = {
    "cda": Text("document CDA", "CDA document"),
    "fhir-xml": Text("ressource FHIR (XML)", "FHIR resource (XML)"),
    "fhir-json": Text("ressource FHIR (JSON)", "FHIR resource (JSON)"),
    "hl7v2": Text("message HL7 v2", "HL7 v2 message"),
    "pdf": Text("PDF", "PDF"),
    "zip": Text("archive ZIP", "ZIP archive"),
    "xds-metadata": Text("métadonnées XDS", "XDS metadata"),
}


# Once a block of this size has been given back, glibc keeps twice as much of what is freed. Else it returns the memory of a
# document that holds a body of a megabyte, and the system clears as much for the next: 6 to 8 % of its judgement.
bytes(4 << 20)


def read(data: bytes, path: str, limits: Limits = DEFAULT_LIMITS, *, whole: bool = False) -> Document:
    """The document in these bytes. Raises UnreadableDocument, saying where and what to do, when it is none that is known.

    whole: the tree of a CDA has the middle of its long contents in base64 too.
    """
    if len(data) > limits.size:
        raise refusals.too_large(len(data), limits.size)
    start = data[:64].removeprefix(BOM_UTF8).lstrip()
    if not start:
        raise refusals.empty()
    if start.startswith((b"{", b"[")) and b"\0" not in start[:2]:
        return _json(data, path, limits)
    wide = next((encoding for mark, encoding in (*_WIDE, *_WIDE_JSON) if data.startswith(mark)), None)
    if wide is not None and data[:64].decode(wide, "ignore").lstrip("\ufeff \t\r\n").startswith(("{", "[")):
        raise refusals.wide_json(wide)
    if start.startswith(b"<") or wide is not None:
        return _xml(data, path, limits, whole=whole)
    for mark, kind in ((b"%PDF", "pdf"), (b"PK\x03\x04", "zip"), (b"MSH|", "hl7v2"), (b"\x0bMSH|", "hl7v2")):
        if start.startswith(mark) or data.startswith(mark):
            return Document(path, data, kind)
    if path.lower().endswith(".json"):
        return _json(data, path, limits)  # which says where it stops being JSON
    raise refusals.not_recognised(Text("ni XML, ni JSON, ni HL7 v2", "neither XML, nor JSON, nor HL7 v2"))


def _xml(data: bytes, path: str, limits: Limits, *, whole: bool) -> Document:
    root = parse_xml(data, limits, whole=whole)
    if root.tag == _CDA:
        return Document(path, data, "cda", root)
    namespace = etree.QName(root).namespace
    if namespace == _XSLT:
        inside = root.find(f".//{_CDA}")
        if inside is not None:
            first = sum(1 for _ in _before(root, inside))
            return Document(path, data, "cda", copy.deepcopy(inside), "stylesheet", first)
    if namespace == _FHIR:
        from .fhir_tree import Tree  # only for FHIR
        from .fhir_xml import read_xml

        return Document(path, data, "fhir-xml", tree=Tree(read_xml(data, root)))
    if root.tag == _SUBMIT or root.find(f".//{_SUBMIT}") is not None:
        return Document(path, data, "xds-metadata")
    name = etree.QName(root).localname
    french, english = namespace or "sans espace de noms", namespace or "no namespace"
    raise refusals.not_recognised(Text(f"sa racine est <{name}> ({french})", f"its root is <{name}> ({english})"))


def has_many_values(data: bytes, limits: Limits) -> bool:
    """Whether JSON holds more than is read at once, by the marks between its values; texts and base64 count for little."""
    shortest = 4  # bytes of a member
    return len(data) > shortest * limits.values and (
        data.count(b'":') > limits.values or data.count(b",") > 2 * limits.values or data.count(b'" :') > limits.values
    )


def parse_xml(data: bytes, limits: Limits = DEFAULT_LIMITS, *, whole: bool = True) -> etree._Element:
    """The tree of an XML document without DTD, entities or network, nor comments, which say nothing. Raises UnreadableDocument."""
    long = list(_long_stretches(data, limits.attributes * _SHORTEST_ATTRIBUTE))
    _check_tags(data, limits, long)
    parsed = data if whole or not long else without_middles(data, long)
    large = len(data) > _LIBXML_TEXT_LIMIT
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=large,
        collect_ids=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(parsed, parser)
    except etree.XMLSyntaxError as error:
        if parsed is not data:
            return parse_xml(data, limits)  # which says where in the whole
        raise refusals.malformed(error, data) from None
    if root.getroottree().docinfo.internalDTD is not None:
        raise refusals.doctype(data)
    if large:
        _check_depth(root, limits)
    return root


def _check_tags(data: bytes, limits: Limits, long: Sequence[tuple[int, int]]) -> None:
    """Before parsing, bound the number of tags, and of attributes of each: libxml2 compares each with those before it."""
    if len(data) - sum(end - begin for begin, end in long) > _SHORTEST_TAG * limits.tags:
        ends = [0, *(end for _, end in long)]
        begins = [*(begin + 1 for begin, _ in long), len(data)]
        if sum(data.count(b"<", end, begin) for end, begin in zip(ends, begins, strict=True)) > limits.tags:
            raise refusals.too_many_tags(limits.tags)
    crowded = re.compile(rb"<[^\s/>]+(?:\s+[^\s=<>]+\s*=\s*(?:\"[^\"]*\"|'[^']*')){%d}" % (limits.attributes + 1))
    for begin, end in long:
        wide = b"\0" in data[begin : begin + 64]  # an encoding of two bytes a character
        if crowded.match(data[begin:end].replace(b"\0", b"")) if wide else crowded.match(data, begin, end):
            raise refusals.too_many_attributes(limits.attributes, data.count(b"\n", 0, begin) + 1)


def _long_stretches(data: bytes, length: int) -> Iterator[tuple[int, int]]:
    """From a `<` to before the next, where that is farther than `length`: bodies in base64, which nothing need look through."""
    begin = data.find(b"<")
    while begin >= 0:
        further = data.rfind(b"<", begin + 1, begin + 1 + length)
        if further < 0:
            further = data.find(b"<", begin + 1 + length)
            end = len(data) if further < 0 else further
            if end - begin > length:
                yield begin, end
        begin = further


def _check_depth(root: etree._Element, limits: Limits) -> None:
    depth = 0
    for event, element in etree.iterwalk(root, events=("start", "end")):
        depth += 1 if event == "start" else -1
        if depth > limits.depth:
            raise refusals.too_deep(limits.depth, element.sourceline or 0)


def _before(root: etree._Element, last: etree._Element) -> Any:
    for element in root.iter("*"):
        if element is last:
            return
        yield element


@cache
def _reader_of_json() -> Callable[[bytes], Tree]:
    """Only for FHIR, and found once: an import costs a little each time that it is met."""
    from .fhir_json import read_json
    from .fhir_tree import Tree

    return lambda data: Tree(read_json(data))


def _json(data: bytes, path: str, limits: Limits) -> Document:
    if has_many_values(data, limits):
        from .large_bundles import too_many_values

        raise too_many_values(limits.values)
    return Document(path, data, "fhir-json", tree=_reader_of_json()(data))
