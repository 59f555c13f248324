"""What metadata in ebRIM say of an object: its slots, identifiers and codes."""

from __future__ import annotations

from lxml import etree

RIM = "{urn:oasis:names:tc:ebxml-regrep:xsd:rim:3.0}"
PATIENT_ID = "urn:uuid:58a6f841-87b3-4a3e-92fd-a8ffeff98427"
UNIQUE_ID = "urn:uuid:2e82c1f6-a085-4c72-9da3-8640a32e42ab"
TYPE_CODE = "urn:uuid:f0306f51-975f-434e-a61c-c59651d33983"
CONFIDENTIALITY_CODE = "urn:uuid:f4f85eac-e6cb-4883-b524-f2705394840f"


def slot(entry: etree._Element, name: str) -> str:
    """Its first value, empty where it has none."""
    for one in entry.iterfind(f"{RIM}Slot"):
        if one.get("name") == name:
            return (one.findtext(f"{RIM}ValueList/{RIM}Value") or "").strip()
    return ""


def identifier(entry: etree._Element, scheme: str) -> str:
    found = (one for one in entry.iterfind(f"{RIM}ExternalIdentifier") if one.get("identificationScheme") == scheme)
    one = next(found, None)
    return "" if one is None else one.get("value", "").strip()


def codes(entry: etree._Element, scheme: str) -> list[etree._Element]:
    """The classifications of an entry in a scheme. The code of each is its `nodeRepresentation`."""
    return [one for one in entry.iter(f"{RIM}Classification") if one.get("classificationScheme") == scheme]


def numbered(said: str) -> tuple[str, str]:
    """The number and the OID of its domain, of `number^^^&OID&ISO^type`."""
    number, _, rest = said.partition("^")
    return number, (rest.split("^")[2:3] or [""])[0].partition("&")[2].partition("&")[0]
