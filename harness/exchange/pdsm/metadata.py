"""What the header of a CDA document says of it, as the metadata of document sharing (XDS DocumentEntry, MHD DocumentReference).

The mapping is that of the CI-SIS volet on the transmission of CDA documents; what a document does not say is None, never invented.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lxml import etree

from harness.documents import read
from harness.errors import UnreadableDocument, UsageError
from harness.model import Text
from harness.namespaces import HL7_V3
from harness.timestamps import Precision, Timestamp, parse_timestamp
from harness.values import dataclass

INS_ROOTS = tuple(f"1.2.250.1.213.1.4.{arc}" for arc in (8, 9, 10, 11))
_N = {"c": HL7_V3}
_HEADER_TEMPLATES = frozenset({"2.16.840.1.113883.2.8.2.1", "1.2.250.1.213.1.1.1.1", "1.3.6.1.4.1.19376.1.2.20"})


@dataclass(frozen=True, slots=True)
class Code:
    """system: OID, or the FHIR name where there is no OID."""

    code: str
    system: str
    label: str = ""


@dataclass(frozen=True, slots=True)
class Id:
    """A II of the CDA: an OID and what is unique under it; extension empty when the OID alone identifies."""

    root: str
    extension: str = ""


@dataclass(frozen=True, slots=True)
class Organisation:
    id: Id | None
    name: str


@dataclass(frozen=True, slots=True)
class Author:
    """A professional, or a device when `device` says its model."""

    id: Id | None
    family: str
    given: tuple[str, ...]
    prefix: str
    suffix: str
    specialty: Code | None
    organisation: Organisation | None
    device: str = ""


@dataclass(frozen=True, slots=True)
class Patient:
    """ins: identifier under an INS root; ids: all of them, in order; birth_place: COG code; gender: M, F or U."""

    ins: Id | None
    ids: tuple[Id, ...]
    birth_family: str
    birth_given: str
    birth_given_list: str
    used_family: str
    used_given: str
    gender: str
    born: Timestamp | None
    birth_place: str


@dataclass(frozen=True, slots=True)
class DocumentMetadata:
    unique_id: Id | None
    media_type: str
    title: str
    language: str
    created: Timestamp | None
    type: Code | None
    category: Code | None
    format: Code | None
    confidentiality: Code | None
    events: tuple[Code, ...]
    service_start: Timestamp | None
    service_stop: Timestamp | None
    facility: Code | None
    practice: Code | None
    activity: Code | None
    patient: Patient
    authors: tuple[Author, ...]
    legal_authenticator: Author | None
    custodian: Organisation | None


def read_metadata(data: bytes, associations: Mapping[str, Any]) -> DocumentMetadata:
    """The metadata of a CDA document, a self-presenting one included. associations: profiles/pdsm/associations.yaml.

    Raises UsageError when the bytes hold no CDA document: there is nothing to publish then.
    """
    document, wrapped = _clinical_document(data)
    type_ = _code(document.find("c:code", _N))
    event = document.find("c:documentationOf/c:serviceEvent", _N)
    encounter = document.find("c:componentOf/c:encompassingEncounter", _N)
    authenticator = document.find("c:legalAuthenticator/c:assignedEntity", _N)
    return DocumentMetadata(
        unique_id=_id(document.find("c:id", _N)),
        media_type="application/xslt+xml" if wrapped else "text/xml",
        title=_text(document.find("c:title", _N)),
        language=_attribute(document.find("c:languageCode", _N), "code"),
        created=_time(document.find("c:effectiveTime", _N)),
        type=type_,
        category=_category(type_, associations),
        format=_format(document, associations),
        confidentiality=_code(document.find("c:confidentialityCode", _N)),
        events=tuple(code for code in map(_code, document.findall("c:documentationOf/c:serviceEvent/c:code", _N)) if code),
        service_start=_time(_under(event, "c:effectiveTime/c:low")),
        service_stop=_time(_under(event, "c:effectiveTime/c:high")),
        facility=_code(_under(encounter, "c:location/c:healthCareFacility/c:code")),
        practice=_code(
            _under(document, ".//c:serviceEvent/c:performer/c:assignedEntity/c:representedOrganization/c:standardIndustryClassCode")
        ),
        activity=_activity(_code(_under(encounter, "c:code")), associations),
        patient=_patient(document.find("c:recordTarget/c:patientRole", _N)),
        authors=tuple(_author(author) for author in document.findall("c:author/c:assignedAuthor", _N)),
        legal_authenticator=None if authenticator is None else _author(authenticator),
        custodian=_organisation(document.find("c:custodian/c:assignedCustodian/c:representedCustodianOrganization", _N)),
    )


def fhir_system(oid: str, associations: Mapping[str, Any]) -> str:
    """The FHIR name of a code system: that of the table, else `urn:oid:`."""
    known: Mapping[str, str] = associations["systems"]
    return known.get(oid, oid if ":" in oid else f"urn:oid:{oid}")


def _clinical_document(data: bytes) -> tuple[etree._Element, bool]:
    """The ClinicalDocument, and whether it presents itself (a stylesheet around it)."""
    try:
        document = read(data, "document")
    except UnreadableDocument as error:
        raise UsageError(error.message, error.hint) from error
    if document.root is None:
        raise UsageError(
            Text(
                f"Pas de ClinicalDocument dans ce document ({document.kind}) : rien à publier.",
                f"No ClinicalDocument in this document ({document.kind}): nothing to publish.",
            )
        )
    return document.root, document.wrapped is not None


def _category(type_: Code | None, associations: Mapping[str, Any]) -> Code | None:
    if type_ is None:
        return None
    code = associations["type_to_class"].get(type_.system, {}).get(type_.code)
    return Code(code, associations["class_system"], associations["classes"][code]) if code else None


def _format(document: etree._Element, associations: Mapping[str, Any]) -> Code | None:
    body = document.find("c:component/c:nonXMLBody/c:text", _N)
    if body is not None:
        by_media = associations["media_to_format"].get(_attribute(body, "mediaType"))
        return Code(by_media, associations["media_format_system"]) if by_media else None
    for template in document.findall("c:templateId", _N):
        root = _attribute(template, "root")
        if root in _HEADER_TEMPLATES:
            continue
        for system, formats in associations["template_to_format"].items():
            if root in formats:
                return Code(formats[root], system)
    return None


def _activity(encounter: Code | None, associations: Mapping[str, Any]) -> Code:
    code, label = associations["activities"].get(encounter.code if encounter else "", associations["activity_otherwise"])
    return Code(code, associations["activity_system"], label)


def _patient(role: etree._Element | None) -> Patient:
    ids = tuple(id_ for id_ in map(_id, _all(role, "c:id")) if id_)
    names: dict[tuple[str, str], str] = {}
    for part in [*_all(role, "c:patient/c:name/c:family"), *_all(role, "c:patient/c:name/c:given")]:
        names.setdefault((etree.QName(part).localname, _attribute(part, "qualifier")), _text(part))
    return Patient(
        ins=next((id_ for id_ in ids if id_.root in INS_ROOTS and id_.extension), None),
        ids=ids,
        birth_family=names.get(("family", "BR"), names.get(("family", ""), "")),
        birth_given=names.get(("given", "BR"), ""),
        birth_given_list=names.get(("given", ""), ""),
        used_family=names.get(("family", "CL"), ""),
        used_given=names.get(("given", "CL"), ""),
        gender=_attribute(_under(role, "c:patient/c:administrativeGenderCode"), "code"),
        born=_time(_under(role, "c:patient/c:birthTime")),
        birth_place=_text(_under(role, "c:patient/c:birthplace/c:place/c:addr/c:county")),
    )


def _author(entity: etree._Element) -> Author:
    name = _under(entity, "c:assignedPerson/c:name")
    device = _under(entity, "c:assignedAuthoringDevice")
    return Author(
        id=_id(_under(entity, "c:id")),
        family=_text(_under(name, "c:family")),
        given=tuple(_text(given) for given in _all(name, "c:given")),
        prefix=_text(_under(name, "c:prefix")),
        suffix=_text(_under(name, "c:suffix")),
        specialty=_code(_under(entity, "c:code")),
        organisation=_organisation(_under(entity, "c:representedOrganization")),
        device=""
        if device is None
        else _text(_under(device, "c:softwareName")) or _text(_under(device, "c:manufacturerModelName")) or "device",
    )


def _organisation(element: etree._Element | None) -> Organisation | None:
    return None if element is None else Organisation(_id(_under(element, "c:id")), _text(_under(element, "c:name")))


def _under(element: etree._Element | None, path: str) -> etree._Element | None:
    return None if element is None else element.find(path, _N)


def _all(element: etree._Element | None, path: str) -> list[etree._Element]:
    return [] if element is None else element.findall(path, _N)


def _attribute(element: etree._Element | None, name: str) -> str:
    return "" if element is None else element.get(name, "").strip()


def _text(element: etree._Element | None) -> str:
    return "" if element is None else " ".join("".join(map(str, element.itertext())).split())


def _id(element: etree._Element | None) -> Id | None:
    root = _attribute(element, "root")
    return Id(root, _attribute(element, "extension")) if root else None


def _code(element: etree._Element | None) -> Code | None:
    code, system = _attribute(element, "code"), _attribute(element, "codeSystem")
    return Code(code, system, _attribute(element, "displayName")) if code and system else None


def _time(element: etree._Element | None) -> Timestamp | None:
    return parse_timestamp(_attribute(element, "value"))


def fhir_date_time(time: Timestamp, *, whole: bool = False) -> str:
    """A FHIR dateTime as precise as the CDA said; with `whole`, an instant (what the CDA left open is its first moment, in UTC)."""
    first = time.first
    if time.precision >= Precision.HOUR or whole:
        zone = first.strftime("%z") or "+0000"
        return f"{first:%Y-%m-%dT%H:%M:%S}{zone[:3]}:{zone[3:5]}"
    return {Precision.YEAR: f"{first:%Y}", Precision.MONTH: f"{first:%Y-%m}"}.get(time.precision, f"{first:%Y-%m-%d}")
