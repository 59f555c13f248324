"""What metadata in ebRIM say of an object: its slots and identifiers; and a finding about it."""

from __future__ import annotations

from lxml import etree

from ...model import Finding, Severity, Text

RIM = "{urn:oasis:names:tc:ebxml-regrep:xsd:rim:3.0}"
PATIENT_ID = "urn:uuid:58a6f841-87b3-4a3e-92fd-a8ffeff98427"
CISIS = "CI-SIS, annexe Lien entre l'en-tête CDA et les métadonnées XDS"
IHE = "IHE ITI TF-3 4.2, DocumentEntry ; TF-2 3.32, XDM"


def slot(entry: etree._Element, name: str) -> str:
    for one in entry.iterfind(f"{RIM}Slot"):
        if one.get("name") == name:
            return (one.findtext(f"{RIM}ValueList/{RIM}Value") or "").strip()
    return ""


def identifier(entry: etree._Element, scheme: str) -> str:
    found = (one for one in entry.iterfind(f"{RIM}ExternalIdentifier") if one.get("identificationScheme") == scheme)
    one = next(found, None)
    return "" if one is None else one.get("value", "").strip()


def finding(
    rule: str, element: etree._Element, message: Text, hint: Text, severity: Severity = Severity.ERROR, source: str = IHE
) -> Finding:
    line: int = element.sourceline or 0  # type: ignore[assignment]
    return Finding(rule, rule, severity, element.getroottree().getpath(element), line, message, hint, source)


def numbered(said: str) -> tuple[str, str]:
    """The number and the OID of its domain, of `number^^^&OID&ISO^type`."""
    number, _, rest = said.partition("^")
    return number, (rest.split("^")[2:3] or [""])[0].partition("&")[2].partition("&")[0]
