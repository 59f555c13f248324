"""What metadata in ebRIM say of an object: its slots, identifiers and codes."""

from __future__ import annotations

from lxml import etree

RIM = "{urn:oasis:names:tc:ebxml-regrep:xsd:rim:3.0}"
PATIENT_ID = "urn:uuid:58a6f841-87b3-4a3e-92fd-a8ffeff98427"
UNIQUE_ID = "urn:uuid:2e82c1f6-a085-4c72-9da3-8640a32e42ab"
TYPE_CODE = "urn:uuid:f0306f51-975f-434e-a61c-c59651d33983"
CONFIDENTIALITY_CODE = "urn:uuid:f4f85eac-e6cb-4883-b524-f2705394840f"
CLASS_CODE = "urn:uuid:41a5887f-8865-4c09-adf7-e362475b143a"
FORMAT_CODE = "urn:uuid:a09d5840-386c-46f2-b5ad-9c3699a4309d"
FACILITY_CODE = "urn:uuid:f33fb8ac-18af-42cc-ae0e-ed0b0bdb91e1"
PRACTICE_CODE = "urn:uuid:cccf5598-8b07-4b77-a05e-ae952c785ead"
AUTHOR = "urn:uuid:93606bcf-9494-43ec-9b4e-a7748d1a838d"
SET_AUTHOR = "urn:uuid:a7058bb9-b4e4-4307-ba5b-e3f0ab85e12d"
SET_CONTENT = "urn:uuid:aa543740-bdda-424e-8c96-df4873be8500"
SET_PATIENT = "urn:uuid:6b5aea1a-874d-4603-a4bc-96a0a7b38446"
SET_SOURCE = "urn:uuid:554ac39e-e3fe-47fe-b233-965d2a147832"
SET_UNIQUE_ID = "urn:uuid:96fdda7c-d067-4183-912e-bf5ee74998a8"


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


def title(entry: etree._Element) -> str:
    """Its name, with single spaces; empty where it has none."""
    one = entry.find(f"{RIM}Name/{RIM}LocalizedString")
    return "" if one is None else " ".join(one.get("value", "").split())


def authors(entry: etree._Element, scheme: str = AUTHOR) -> list[str]:
    """Who wrote it, or sent a set (SET_AUTHOR), each as an XCN."""
    return [person for one in codes(entry, scheme) if (person := slot(one, "authorPerson"))]


def numbered(said: str) -> tuple[str, str]:
    """The number and the OID of its domain, of `number^^^&OID&ISO^type`."""
    number, _, rest = said.partition("^")
    return number, (rest.split("^")[2:3] or [""])[0].partition("&")[2].partition("&")[0]
