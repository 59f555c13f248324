"""A CDA document carried in a message: what its header says, to be compared with what the message says of it.

Source: CI-SIS, annexe Lien entre l'en-tête CDA et les métadonnées XDS; IHE ITI MHD, DocumentReference.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from functools import lru_cache
from xml.parsers import expat

from ....documents import DEFAULT_LIMITS
from ....documents.document import Described
from ....documents.fhir_tree import Node
from ....identifiers import is_ins_oid, uuid_fault
from ....labels import fold
from ....timestamps import Precision, parse_timestamp
from ..fhirpath import Context
from ..resources.attachments import octets

_OF_WIDE = (b"\xff\xfe", b"\xfe\xff", b"\0", b"Lo\xa7\x94")  # UTF-16, UTF-32 and EBCDIC, as XML 1.0 tells them (annex F)
_UNREAD = frozenset(
    (expat.errors.codes[expat.errors.XML_ERROR_UNKNOWN_ENCODING], expat.errors.codes[expat.errors.XML_ERROR_INCORRECT_ENCODING])
)


def told(reference: Node, what: str, context: Context) -> str:
    """Of a DocumentReference, what the CDA says that is in its attachment or in the Binary beside it; `""` without one."""
    found = held(reference, context)
    return "" if found is None else _SAID[what](found)


def held(reference: Node, context: Context) -> Described | None:
    for content in reference.children.get("content", ()):
        for attachment in content.children.get("attachment", ()):
            data = attachment.text("data") or _beside(attachment, context)
            if data and (found := _header(data)) is not None:
                return found
    return None


def _beside(attachment: Node, context: Context) -> str:
    url = attachment.only("url")
    binary = context.resolve(url) if url is not None and context.resolve is not None else None
    return binary.text("data") if isinstance(binary, Node) and binary.type == "Binary" else ""


@lru_cache(maxsize=4)
def _header(data: str) -> Described | None:
    content = octets(data)
    if not _begins_as_xml(content):
        return None
    from ....documents.described import described  # lxml is read only for a document

    found = described("document", content, DEFAULT_LIMITS)
    return found if found.is_cda else None


@lru_cache(maxsize=4)
def is_malformed(data: str, charset: str | None = None) -> bool:
    """Whether a content is no XML; what has a DTD, or an encoding that is not known, is left. charset: that of its media type."""
    content = octets(data)
    if not _begins_as_xml(content):
        return bool(content) and not content.startswith(_OF_WIDE)
    if b"<!DOCTYPE" in content:
        return False
    try:
        expat.ParserCreate(charset, namespace_separator=" ").Parse(content, True)
    except expat.ExpatError as error:
        return error.code not in _UNREAD
    except (LookupError, ValueError):  # an encoding
        return False
    return False


def _begins_as_xml(content: bytes) -> bool:
    return content.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<")


def _created(found: Described) -> str:
    """As FHIR writes it: to the second where the document says its zone, else its day."""
    moment = parse_timestamp(found.created)
    if moment is None or moment.precision < Precision.DAY:
        return ""
    if moment.precision < Precision.SECOND or not moment.has_zone:
        return f"{moment.first:%Y-%m-%d}"
    return moment.first.isoformat(timespec="seconds")


def _arc(root: str) -> str:
    """The OID of a UUID, which metadata may write in its place (ITU-T X.667)."""
    return f"2.25.{uuid.UUID(root).int}" if uuid_fault(root) is None else ""


def _rpps(found: Described) -> str:
    """Of who wrote or signed it, with and without the 8 of a national identifier, between bars."""
    numbers = [number for number in found.professionals if number.startswith("8") and len(number) == 12]
    return "|".join(["", *numbers, *(number[1:] for number in numbers), ""]) if numbers else ""


_SAID: Mapping[str, Callable[[Described], str]] = {
    "root": lambda found: found.unique_id[0],
    "extension": lambda found: found.unique_id[1],
    "arc": lambda found: _arc(found.unique_id[0]),
    "type": lambda found: found.type_code[0],
    "created": _created,
    "confidentiality": lambda found: found.confidentiality,
    "language": lambda found: found.language,
    "rpps": _rpps,
    "born": lambda found: found.born[:8],
    "ins": lambda found: " ".join(number for number, root in found.patients if is_ins_oid(root)),
    "families": lambda found: "|".join(["", *map(fold, found.families), ""]) if found.families else "",
}
