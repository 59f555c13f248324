"""What metadata tell of the document they describe, worked out from the document itself: its bytes, and the head of a CDA."""

from __future__ import annotations

import hashlib

from ..errors import UnreadableDocument
from ..namespaces import HL7_V3
from .document import Described, Limits
from .parsing import read

METADATA = "METADATA.XML"


def described(name: str, data: bytes, limits: Limits) -> Described:
    """name: without its folder."""
    sha1, size = hashlib.sha1(data, usedforsecurity=False).hexdigest(), len(data)
    try:
        root = read(data, name, limits).root
    except UnreadableDocument:  # told where it is judged
        root = None
    if root is None:
        return Described(name, sha1, size)
    own, code = root.find(f"{{{HL7_V3}}}id"), root.find(f"{{{HL7_V3}}}code")
    created, language = root.find(f"{{{HL7_V3}}}effectiveTime"), root.find(f"{{{HL7_V3}}}languageCode")
    patients = root.iterfind("h:recordTarget/h:patientRole/h:id", {"h": HL7_V3})
    return Described(
        name,
        sha1,
        size,
        is_cda=True,
        unique_id=("", "") if own is None else (own.get("root", ""), own.get("extension", "")),
        patients=tuple((one.get("extension", ""), one.get("root", "")) for one in patients),
        type_code=("", "") if code is None else (code.get("code", ""), code.get("codeSystem", "")),
        created="" if created is None else created.get("value", ""),
        language="" if language is None else language.get("code", ""),
    )
