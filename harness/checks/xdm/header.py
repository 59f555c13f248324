"""What an entry of XDM metadata and the header of its CDA both say: identifier, patient, type, language and time.

Source: CI-SIS, annexe Lien entre l'en-tête CDA et les métadonnées XDS.
"""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from ... import identifiers, timestamps
from ...documents.document import Described
from ...model import Finding, Severity, Text
from .reading import CISIS, PATIENT_ID, RIM, finding, identifier, numbered, slot

UNIQUE_ID = "urn:uuid:2e82c1f6-a085-4c72-9da3-8640a32e42ab"
TYPE_CODE = "urn:uuid:f0306f51-975f-434e-a61c-c59651d33983"


def of_header(entry: etree._Element, file: Described, judged: set[str]) -> Iterator[Finding]:
    """What the entry and the header of the CDA both say: identifier, patient, type."""
    own, extension = file.unique_id
    unique = identifier(entry, UNIQUE_ID)
    judged.update(("XDM-DESCRIBED", *(("XDM-UNIQUE-ID",) if unique else ())))
    if unique and own and unique not in (own, f"{own}^{extension}"):
        yield finding(
            "XDM-UNIQUE-ID",
            entry,
            Text(
                f"uniqueId ({unique}) n'est pas l'identifiant du document ({own}).",
                f"uniqueId ({unique}) is not the identifier of the document ({own}).",
            ),
            Text("uniqueId est la racine de ClinicalDocument/id.", "uniqueId is the root of ClinicalDocument/id."),
            source=CISIS,
        )
    patient, authority = numbered(identifier(entry, PATIENT_ID))
    known = [number for number, root in file.patients if identifiers.is_ins_oid(root)]
    judged.update(("XDM-PATIENT",) if identifiers.is_ins_oid(authority) and known else ())
    if identifiers.is_ins_oid(authority) and known and patient not in known:
        yield finding(
            "XDM-PATIENT",
            entry,
            Text(
                f"Le patient des métadonnées ({identifiers.masked(patient)}) n'est pas celui du document.",
                f"The patient of the metadata ({identifiers.masked(patient)}) is not that of the document.",
            ),
            Text(
                "Reprendre l'INS de recordTarget : c'est un autre patient qui recevrait ce document.",
                "Take the INS of recordTarget: another patient would receive this document.",
            ),
            source=CISIS,
        )
    code = type_code(entry)
    judged.update(("XDM-TYPE",) if code is not None else ())
    if code is not None and file.type_code[0] and code.get("nodeRepresentation", "") != file.type_code[0]:
        yield finding(
            "XDM-TYPE",
            code,
            Text(
                f"typeCode ({code.get('nodeRepresentation')}) n'est pas le type du document ({file.type_code[0]}).",
                f"typeCode ({code.get('nodeRepresentation')}) is not the type of the document ({file.type_code[0]}).",
            ),
            Text("typeCode est ClinicalDocument/code.", "typeCode is ClinicalDocument/code."),
            source=CISIS,
        )


def of_creation(entry: etree._Element, file: Described, judged: set[str]) -> Iterator[Finding]:
    """When and in what language the document was written."""
    created, language = slot(entry, "creationTime"), slot(entry, "languageCode")
    if language and file.language:
        judged.add("XDM-LANGUAGE")
        if language.lower() != file.language.lower():
            yield finding(
                "XDM-LANGUAGE",
                entry,
                Text(
                    f"La langue ({language}) n'est pas celle du document ({file.language}).",
                    f"The language ({language}) is not that of the document ({file.language}).",
                ),
                Text("languageCode est celui de l'en-tête.", "languageCode is that of the header."),
                Severity.WARNING,
                CISIS,
            )
    if created and not (created.isdecimal() and timestamps.parse_timestamp(created)):
        yield finding(
            "XDM-TIME",
            entry,
            Text(f"creationTime ({created}) n'est pas une date.", f"creationTime ({created}) is not a time."),
            Text("AAAAMMJJhhmmss, en temps universel, sans décalage.", "YYYYMMDDhhmmss, universal time, without offset."),
            Severity.WARNING,
        )
        return
    utc = timestamps.parse_timestamp(f"{created}+0000") if len(created) > len("YYYYMMDD") else None
    own = timestamps.parse_timestamp(file.created)
    if utc is not None and own is not None and own.has_zone:
        judged.add("XDM-TIME")
        if utc.is_after(own) or own.is_after(utc):
            yield finding(
                "XDM-TIME",
                entry,
                Text(
                    f"creationTime ({created}, en temps universel) n'est pas la date du document ({file.created}).",
                    f"creationTime ({created}, universal time) is not the time of the document ({file.created}).",
                ),
                Text(
                    "creationTime est ClinicalDocument/effectiveTime, ramené au temps universel.",
                    "creationTime is ClinicalDocument/effectiveTime, brought to universal time.",
                ),
                Severity.WARNING,
                CISIS,
            )


def type_code(entry: etree._Element) -> etree._Element | None:
    return next((one for one in entry.iter(f"{RIM}Classification") if one.get("classificationScheme") == TYPE_CODE), None)
