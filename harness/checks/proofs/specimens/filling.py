"""What a new element holds before anything else is asked of it: what its class obliges, and a value of its data type."""

from __future__ import annotations

from collections.abc import Callable

from lxml import etree

from ....namespaces import XSI_TYPE, attribute_named, element_named
from ...grammar import CdaClass, Form
from . import samples
from .tree import Tree, children, is_blank, tag_of

_STRUCTURAL = {
    ("act", "classCode"): "ACT",
    ("observation", "classCode"): "OBS",
    ("organizer", "classCode"): "CLUSTER",
    ("procedure", "classCode"): "PROC",
    ("encounter", "classCode"): "ENC",
    ("observationMedia", "classCode"): "OBS",
    ("regionOfInterest", "classCode"): "ROIOVL",
    ("associatedEntity", "classCode"): "PROV",
    ("entryRelationship", "typeCode"): "COMP",
    ("reference", "typeCode"): "REFR",
    ("participant", "typeCode"): "PART",
}
_NEVER_BLANK = ("id", "code")
_OF_A_SECTION = ("id", "code", "title", "text")
# Types that an element declared abstract may have, the most usual first.
USUAL_TYPES = ("ST", "CD", "PQ", "IVL_TS", "TS", "INT", "BL", "IVL_PQ", "RTO_PQ_PQ", "ED", "REAL", "II", "TEL", "AD", "EN", "MO")
_FOR_DECLARED = {"QTY": "PQ", "SXCM_TS": "IVL_TS", "PPD_PQ": "PQ"}


# What elements of a type say where they say nothing yet, and the children that they hold then.
_SAID = {
    "BL": {"value": "true"},
    "EIVL.event": {"code": "ACM"},
    "EIVL_TS": {"operator": "A"},
    "INT": {"value": "1"},
    "MO": {"value": "10", "currency": "EUR"},
    "PIVL_TS": {"operator": "A"},
    "REAL": {"value": "1.5"},
}
_HELD = {
    "AD": ("streetName", "postalCode", "city"),
    "EIVL_TS": ("event",),
    "IVL_PQ": ("low", "high"),
    "IVL_TS": ("low",),
    "PIVL_TS": ("period",),
    "PN": ("family", "given"),
    "Person": ("name",),
}


class Filler:
    """Fills elements; identifiers and references are numbered in the order in which they are written."""

    def __init__(self, tree: Tree) -> None:
        self.tree = tree
        self._count = 0
        self._made: dict[str, Callable[[etree._Element], None]] = {
            "II": lambda one: _put(one, "root", self.identifier()),
            "CS": lambda one: _put(one, "code", _structural_code(one)),
            "CD": _code,
            "TEL": lambda one: _put(one, "value", f"#{self.anchor()}" if tag_of(one) == "reference" else samples.PHONE),
            "EN": _words,
            "ST": _words,
            "ED": self._data_or_reference,
            "TS": lambda one: _put(one, "value", moment(one)),
            "PQ": _amount,
            "Narrative.Text": lambda one: self.narrate(one, self.anchor()),
        }

    def identifier(self) -> str:
        self._count += 1
        return samples.numbered(self._count)

    def anchor(self) -> str:
        self._count += 1
        return f"specimen-{self._count}"

    def child(self, element: etree._Element, tag: str) -> etree._Element:
        """One more child, filled. Raises Unplaced."""
        child = self.tree.add(element, tag)
        self.fill(child)
        return child

    def fill(self, element: etree._Element) -> None:
        """An empty element gets what its class obliges it to hold, and a value."""
        cls = self.tree.class_of(element)
        if cls is None or (cls.free and cls.name == "xs:anyType"):
            return
        if cls.abstract or cls.name in _FOR_DECLARED:
            self.retype(element, _FOR_DECLARED.get(cls.name) or self._usual(cls))
            return
        self.complete(element)
        names = (name.removeprefix("pharm.") for name in self.tree.lineage(cls))
        name = next((name for name in names if name in self._made or name in _SAID or name in _HELD), None)
        if name is not None and not (element.text or "").strip() and not children(element) and "nullFlavor" not in element.attrib:
            self._say(element, name)

    def _say(self, element: etree._Element, type: str) -> None:
        for attribute, value in _SAID.get(type, {}).items():
            _put(element, attribute, value)
        for tag in _HELD.get(type, ()) if "value" not in element.attrib else ():
            self.child(element, f"{_prefix(element)}{tag}")
        if type in self._made:
            self._made[type](element)

    def retype(self, element: etree._Element, type: str) -> None:
        """Another data type, and a value of it."""
        for name in list(element.attrib):
            if name not in (attribute_named("operator"), attribute_named("sdtc:valueSet")):
                del element.attrib[name]
        for child in list(element):
            element.remove(child)
        element.text = None
        element.set(XSI_TYPE, type)
        self.fill(element)

    def complete(self, element: etree._Element) -> None:
        """Required attributes and children, in this element and all below it."""
        cls = self.tree.class_of(element)
        if cls is None or cls.free:
            return
        if cls.abstract:
            self.fill(element)
            return
        for name in cls.required:
            if element.get(attribute_named(name)) is None:
                element.set(attribute_named(name), self.structural(element, name, cls.attributes[name]))
        for child in self.tree.arrange(element):
            self.fill(child)
        if cls.name == "Section" and "nullFlavor" not in element.attrib:
            self._introduce(element)
        for child in children(element):
            if is_blank(child) and tag_of(child) in _NEVER_BLANK:
                self.fill(child)
            else:
                self.complete(child)

    def _introduce(self, section: etree._Element) -> None:
        """What hardly any section goes without, though CDA does not oblige it."""
        present = {tag_of(child) for child in children(section)}
        for tag in _OF_A_SECTION:
            if tag not in present and not (tag == "text" and "component" in present):
                self.child(section, tag)

    def structural(self, element: etree._Element, name: str, form: Form) -> str:
        """A value for an attribute of this form."""
        preferred = (_STRUCTURAL.get((tag_of(element), name), ""), "EVN" if name == "moodCode" else "")
        return samples.first_fit((*preferred, *form.values, *samples.VALUES), form.fits) or samples.CODE

    def _usual(self, cls: CdaClass) -> str:
        derived = self.tree.derived(cls.name)
        return next((name for name in USUAL_TYPES if name in derived), derived[0])

    # ---------------------------------------------------------- data types

    def _data_or_reference(self, element: etree._Element) -> None:
        parent = element.getparent()
        if parent is not None and tag_of(parent) == "observationMedia":
            self.hold(element, "image/jpeg")
        elif parent is not None and tag_of(parent) == "nonXMLBody":
            self.hold(element, "application/pdf")
        elif self.tree.takes(element, "reference"):
            self.child(element, "reference")
        else:
            element.text = samples.WORDS

    def hold(self, element: etree._Element, media: str) -> None:
        """A content in base64 that is of its type."""
        element.set("mediaType", media)
        element.set("representation", "B64")
        element.text = samples.CONTENTS.get(media, samples.CONTENT)

    def narrate(self, text: etree._Element, anchor: str) -> None:
        """A paragraph of the narrative that references may point to."""
        content = etree.SubElement(etree.SubElement(text, element_named("paragraph")), element_named("content"))
        content.set("ID", anchor)
        content.text = samples.WORDS


def _prefix(element: etree._Element) -> str:
    """`pharm:` in what is of its namespace: its data types hold children of the same."""
    prefix, colon, _ = tag_of(element).rpartition(":")
    return prefix + colon if prefix == "pharm" else ""


def _put(element: etree._Element, name: str, value: str) -> None:
    """An attribute, where it is not said yet."""
    if name not in element.attrib:
        element.set(name, value)


def _code(element: etree._Element) -> None:
    system, unknown = element.get("codeSystem", samples.SYSTEM), (samples.CODE, samples.LABEL)
    code, label = unknown if "code" in element.attrib else samples.CODES.get(system, unknown)
    for name, value in (("code", code), ("codeSystem", system), ("displayName", label)):
        _put(element, name, value)


def _structural_code(element: etree._Element) -> str:
    parent = element.getparent()
    planned = parent is not None and parent.get("moodCode", "EVN") != "EVN"
    known = {"languageCode": "fr-FR", "realmCode": "FR", "signatureCode": "S", "statusCode": "active" if planned else "completed"}
    return known.get(tag_of(element), samples.CODE)


def _words(element: etree._Element) -> None:
    element.text = samples.TEXTS.get(tag_of(element).rpartition(":")[2], samples.WORDS)


def moment(element: etree._Element) -> str:
    return {"low": samples.BEGUN, "high": samples.ENDED, "birthTime": samples.BORN}.get(tag_of(element), samples.MOMENT)


def _amount(element: etree._Element) -> None:
    tag = tag_of(element)
    _put(element, "value", "2" if tag == "high" else "1")
    _put(element, "unit", "h" if tag in ("period", "width", "offset") else "mg")
