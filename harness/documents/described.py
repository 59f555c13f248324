"""What metadata should say of a document, worked out from the document itself: from its bytes, and from the header of a CDA."""

from __future__ import annotations

import hashlib

from lxml import etree

from ..errors import UnreadableDocument
from ..namespaces import HL7_V3
from .document import Described, Limits
from .parsing import read

METADATA = "METADATA.XML"
_HL7 = {"h": HL7_V3}
_PATIENT = "h:recordTarget/h:patientRole/h:patient"
_PROFESSIONALS = (  # by the national identifier
    "h:author/h:assignedAuthor/h:id[@root='1.2.250.1.71.4.2.1']",
    "h:legalAuthenticator/h:assignedEntity/h:id[@root='1.2.250.1.71.4.2.1']",
)


def described(name: str, data: bytes, limits: Limits) -> Described:
    """What metadata should say of these bytes. name: without its folder."""
    sha1, size = hashlib.sha1(data, usedforsecurity=False).hexdigest(), len(data)
    try:
        root = read(data, name, limits).root
    except UnreadableDocument:  # told where it is judged
        root = None
    if root is None:
        return Described(name, sha1, size)
    patients = root.iterfind("h:recordTarget/h:patientRole/h:id", _HL7)
    families = root.iterfind(f"{_PATIENT}/h:name/h:family", _HL7)
    return Described(
        name,
        sha1,
        size,
        is_cda=True,
        unique_id=(_said(root, "h:id", "root"), _said(root, "h:id", "extension")),
        patients=tuple((one.get("extension", ""), one.get("root", "")) for one in patients),
        type_code=(_said(root, "h:code", "code"), _said(root, "h:code", "codeSystem")),
        title=" ".join((root.findtext("h:title", "", _HL7)).split()),
        created=_said(root, "h:effectiveTime", "value"),
        language=_said(root, "h:languageCode", "code"),
        confidentiality=_said(root, "h:confidentialityCode", "code"),
        families=tuple(one.text.strip() for one in families if one.text and one.text.strip()),
        born=_said(root, f"{_PATIENT}/h:birthTime", "value"),
        sex=_said(root, f"{_PATIENT}/h:administrativeGenderCode", "code"),
        templates=tuple(one.get("root", "") for one in root.iterfind("h:templateId", _HL7)),
        professionals=tuple(one.get("extension", "") for path in _PROFESSIONALS for one in root.iterfind(path, _HL7)),
    )


def _said(root: etree._Element, path: str, attribute: str) -> str:
    found = root.find(path, _HL7)
    return "" if found is None else found.get(attribute, "")
