"""Judges the metadata of an XDM archive against the documents beside it: each entry describes a file that is there, as it is.

Source: IHE ITI TF-2 3.32 (XDM) and TF-3 4.2 (DocumentEntry); CI-SIS, annexe Lien entre l'en-tête CDA et les métadonnées XDS.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import PurePosixPath
from urllib.parse import unquote

from lxml import etree

from .. import identifiers, timestamps
from ..documents import DEFAULT_LIMITS, Document
from ..documents.described import Described
from ..documents.parsing import parse_xml
from ..model import Finding, Judgement, RequirementVerdict, Severity, Text
from .verdicts import verdict_of

_RIM = "{urn:oasis:names:tc:ebxml-regrep:xsd:rim:3.0}"
_UNIQUE_ID = "urn:uuid:2e82c1f6-a085-4c72-9da3-8640a32e42ab"
_PATIENT_ID = "urn:uuid:58a6f841-87b3-4a3e-92fd-a8ffeff98427"
_OF_SUBMISSION = "urn:uuid:6b5aea1a-874d-4603-a4bc-96a0a7b38446"
_TYPE_CODE = "urn:uuid:f0306f51-975f-434e-a61c-c59651d33983"
_IHE = "IHE ITI TF-3 4.2, DocumentEntry ; TF-2 3.32, XDM"
_CISIS = "CI-SIS, annexe Lien entre l'en-tête CDA et les métadonnées XDS"
_NOT_JUDGED = Text(
    "Métadonnées XDS : comparées aux documents de l'archive (fichier, empreinte, taille, identifiant, patient, type, date, "
    "langue) ; leur structure ebRIM, leurs auteurs et leurs autres codes ne sont pas jugés.",
    "XDS metadata: compared with the documents of the archive (file, hash, size, identifier, patient, type, date, language); "
    "their ebRIM structure, authors and other codes are not judged.",
)


def judge_metadata(document: Document) -> Judgement:
    """document: of kind `xds-metadata`, with the files beside it."""
    started = time.perf_counter()
    judged: set[str] = set()
    found = _findings(parse_xml(document.data, DEFAULT_LIMITS), document.beside or (), judged)
    findings = tuple(sorted(found, key=lambda finding: finding.line))
    broken = {finding.rule for finding in findings}
    return Judgement(
        path=document.path,
        kind=document.kind,
        profile=None,
        profile_digest="",
        version_assumed=False,
        verdict=verdict_of(findings, (_NOT_JUDGED,)),
        not_judged=(_NOT_JUDGED,),
        findings=findings,
        seconds=time.perf_counter() - started,
        requirements={
            rule: RequirementVerdict.BROKEN if rule in broken else RequirementVerdict.MET for rule in sorted(judged | broken)
        },
    )


def _findings(root: etree._Element, beside: tuple[Described, ...], judged: set[str]) -> Iterator[Finding]:
    """judged: takes the rules that had something to compare."""
    files = {file.name.upper(): file for file in beside}
    told: set[str] = set()
    for entry in root.iter(f"{_RIM}ExtrinsicObject"):
        judged.add("XDM-FILE")
        uri = _slot(entry, "URI")
        name = PurePosixPath(unquote(uri)).name
        file = files.get(name.upper())
        if file is None:
            yield _finding(
                "XDM-FILE",
                entry,
                Text(
                    f"L'entrée décrit « {uri} », qui n'est pas dans l'archive.",
                    f"The entry describes “{uri}”, which is not in the archive.",
                )
                if uri
                else Text("L'entrée ne dit pas quel fichier elle décrit.", "The entry does not say which file it describes."),
                Text(
                    "URI porte le nom du fichier, dans le dossier des métadonnées.",
                    "URI carries the name of the file, in the folder of the metadata.",
                ),
            )
            continue
        if file.name in told:
            yield _finding(
                "XDM-TWICE",
                entry,
                Text(f"Deux entrées décrivent {file.name}.", f"Two entries describe {file.name}."),
                Text("Décrire chaque document par une seule entrée.", "Describe each document by one entry."),
                Severity.WARNING,
            )
        told.add(file.name)
        yield from _of_bytes(entry, file, judged)
        if file.is_cda:
            yield from _of_header(entry, file, judged)
            yield from _of_creation(entry, file, judged)
    yield from _of_submission(root, judged)
    for file in beside:
        if file.is_cda and file.name not in told:
            yield _finding(
                "XDM-DESCRIBED",
                root,
                Text(
                    f"Le document {file.name} n'a pas d'entrée dans les métadonnées.",
                    f"Document {file.name} has no entry in the metadata.",
                ),
                Text("Décrire chaque document de l'archive par une entrée.", "Describe each document of the archive by an entry."),
                Severity.WARNING,
            )


def _of_bytes(entry: etree._Element, file: Described, judged: set[str]) -> Iterator[Finding]:
    digest, size = _slot(entry, "hash"), _slot(entry, "size")
    judged.update(rule for rule, said in (("XDM-HASH", digest), ("XDM-SIZE", size)) if said)
    missing = [name for name, said in (("hash", digest), ("size", size)) if not said]
    if file.is_cda:
        missing += [
            name for name, scheme in (("uniqueId", _UNIQUE_ID), ("patientId", _PATIENT_ID)) if not _identifier(entry, scheme)
        ]
        missing += [] if _type_code(entry) is not None else ["typeCode"]
    if missing:
        names = ", ".join(missing)
        yield _finding(
            "XDM-MISSING",
            entry,
            Text(f"L'entrée de {file.name} n'a pas : {names}.", f"The entry of {file.name} has no {names}."),
            Text(
                "IHE les demande de chaque entrée : c'est par eux que le destinataire range le document et voit s'il est abîmé.",
                "IHE asks them of each entry: by them the receiver files the document and sees whether it is damaged.",
            ),
            Severity.WARNING,
        )
    if digest and digest.lower() != file.sha1:
        yield _finding(
            "XDM-HASH",
            entry,
            Text(
                f"L'empreinte ({digest}) n'est pas celle de {file.name} ({file.sha1}).",
                f"The hash ({digest}) is not that of {file.name} ({file.sha1}).",
            ),
            Text(
                "SHA-1 du fichier tel qu'il est dans l'archive, en hexadécimal.",
                "SHA-1 of the file as it is in the archive, in hexadecimal.",
            ),
        )
    if size and size != str(file.size):
        yield _finding(
            "XDM-SIZE",
            entry,
            Text(
                f"La taille ({size}) n'est pas celle de {file.name} ({file.size} octets).",
                f"The size ({size}) is not that of {file.name} ({file.size} bytes).",
            ),
            Text(
                "Compter les octets du fichier tel qu'il est dans l'archive.",
                "Count the bytes of the file as it is in the archive.",
            ),
        )


def _of_header(entry: etree._Element, file: Described, judged: set[str]) -> Iterator[Finding]:
    """What the entry and the header of the CDA both say: identifier, patient, type."""
    own, extension = file.unique_id
    unique = _identifier(entry, _UNIQUE_ID)
    judged.update(("XDM-DESCRIBED", *(("XDM-UNIQUE-ID",) if unique else ())))
    if unique and own and unique not in (own, f"{own}^{extension}"):
        yield _finding(
            "XDM-UNIQUE-ID",
            entry,
            Text(
                f"uniqueId ({unique}) n'est pas l'identifiant du document ({own}).",
                f"uniqueId ({unique}) is not the identifier of the document ({own}).",
            ),
            Text("uniqueId est la racine de ClinicalDocument/id.", "uniqueId is the root of ClinicalDocument/id."),
            source=_CISIS,
        )
    patient, _, rest = _identifier(entry, _PATIENT_ID).partition("^")
    authority = (rest.split("^")[2:3] or [""])[0].partition("&")[2].partition("&")[0]
    known = [number for number, root in file.patients if identifiers.is_ins_oid(root)]
    judged.update(("XDM-PATIENT",) if identifiers.is_ins_oid(authority) and known else ())
    if identifiers.is_ins_oid(authority) and known and patient not in known:
        yield _finding(
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
            source=_CISIS,
        )
    code = _type_code(entry)
    judged.update(("XDM-TYPE",) if code is not None else ())
    if code is not None and file.type_code[0] and code.get("nodeRepresentation", "") != file.type_code[0]:
        yield _finding(
            "XDM-TYPE",
            code,
            Text(
                f"typeCode ({code.get('nodeRepresentation')}) n'est pas le type du document ({file.type_code[0]}).",
                f"typeCode ({code.get('nodeRepresentation')}) is not the type of the document ({file.type_code[0]}).",
            ),
            Text("typeCode est ClinicalDocument/code.", "typeCode is ClinicalDocument/code."),
            source=_CISIS,
        )


def _of_creation(entry: etree._Element, file: Described, judged: set[str]) -> Iterator[Finding]:
    """When and in what language the document was written."""
    created, language = _slot(entry, "creationTime"), _slot(entry, "languageCode")
    if language and file.language:
        judged.add("XDM-LANGUAGE")
        if language.lower() != file.language.lower():
            yield _finding(
                "XDM-LANGUAGE",
                entry,
                Text(
                    f"La langue ({language}) n'est pas celle du document ({file.language}).",
                    f"The language ({language}) is not that of the document ({file.language}).",
                ),
                Text("languageCode est celui de l'en-tête.", "languageCode is that of the header."),
                Severity.WARNING,
                _CISIS,
            )
    if created and not (created.isdecimal() and timestamps.parse_timestamp(created)):
        yield _finding(
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
            yield _finding(
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
                _CISIS,
            )


def _of_submission(root: etree._Element, judged: set[str]) -> Iterator[Finding]:
    """The lot is sent about the patient of its documents."""
    patients = {one for entry in root.iter(f"{_RIM}ExtrinsicObject") if (one := _identifier(entry, _PATIENT_ID))}
    for package in root.iter(f"{_RIM}RegistryPackage"):
        about = _identifier(package, _OF_SUBMISSION)
        judged.update(("XDM-SUBMISSION-PATIENT",) if about and patients else ())
        if about and patients and about not in patients:
            yield _finding(
                "XDM-SUBMISSION-PATIENT",
                package,
                Text(
                    f"Le lot est celui d'un autre patient ({identifiers.mask_ins(about)}) que ses documents.",
                    f"The submission set is of another patient ({identifiers.mask_ins(about)}) than its documents.",
                ),
                Text(
                    "Le lot et les entrées portent le même patientId.",
                    "The submission set and the entries bear the same patientId.",
                ),
                Severity.WARNING,
            )


def _type_code(entry: etree._Element) -> etree._Element | None:
    return next((one for one in entry.iter(f"{_RIM}Classification") if one.get("classificationScheme") == _TYPE_CODE), None)


def _slot(entry: etree._Element, name: str) -> str:
    for slot in entry.iterfind(f"{_RIM}Slot"):
        if slot.get("name") == name:
            return (slot.findtext(f"{_RIM}ValueList/{_RIM}Value") or "").strip()
    return ""


def _identifier(entry: etree._Element, scheme: str) -> str:
    found = (one for one in entry.iterfind(f"{_RIM}ExternalIdentifier") if one.get("identificationScheme") == scheme)
    one = next(found, None)
    return "" if one is None else one.get("value", "").strip()


def _finding(
    rule: str, element: etree._Element, message: Text, hint: Text, severity: Severity = Severity.ERROR, source: str = _IHE
) -> Finding:
    line: int = element.sourceline or 0  # type: ignore[assignment]
    return Finding(rule, rule, severity, element.getroottree().getpath(element), line, message, hint, source)
