"""XML namespaces of a French CDA, and the one prefix by which data files, locations and messages call each."""

from __future__ import annotations

from collections.abc import Mapping

HL7_V3 = "urn:hl7-org:v3"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
XSI_TYPE = f"{{{XSI}}}type"

# prefix -> URI. In XPath of data files HL7 V3 is `cda`; in the tags of nodes and in locations its names stand bare.
NAMESPACES: Mapping[str, str] = {
    "cda": HL7_V3,
    "xsi": XSI,
    "sdtc": "urn:hl7-org:sdtc",
    "lab": "urn:oid:1.3.6.1.4.1.19376.1.3.2",
    "pharm": "urn:ihe:pharm:medication",
    "dicom": "urn:dicom-org:ps3-20",
}

# prefix -> what stands before a local name in a tag: nothing for HL7 V3, `sdtc:` and so on for the others.
TAG_PREFIXES: Mapping[str, str] = {prefix: "" if prefix == "cda" else f"{prefix}:" for prefix in NAMESPACES}


def as_document(fragment: str) -> str:
    """A piece of CDA under one root, where its names need no prefix and those of NAMESPACES are declared."""
    declared = " ".join(f'xmlns:{prefix}="{uri}"' for prefix, uri in NAMESPACES.items())
    return f'<holder xmlns="{HL7_V3}" {declared}>{fragment}</holder>'


def element_named(name: str) -> str:
    """The tag by which lxml knows an element that data files call so: `code`, `sdtc:id`."""
    prefix, colon, local = name.rpartition(":")
    return f"{{{NAMESPACES[prefix] if colon else HL7_V3}}}{local}"


def attribute_named(name: str) -> str:
    """The same of an attribute; without a prefix it is of no namespace."""
    prefix, colon, local = name.rpartition(":")
    return f"{{{NAMESPACES[prefix]}}}{local}" if colon else name
