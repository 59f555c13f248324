"""Judges the metadata of an XDM archive against the documents beside it: each entry describes a file that is there, as it is.

Source: IHE ITI TF-2 3.32 (XDM) and TF-3 4.2 (DocumentEntry); CI-SIS, annexe Lien entre l'en-tête CDA et les métadonnées XDS.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import PurePosixPath
from urllib.parse import unquote

from lxml import etree

from ...documents import DEFAULT_LIMITS, Document
from ...documents.document import Described
from ...documents.parsing import parse_xml
from ...model import Finding, Judgement, RequirementVerdict, Severity, Text
from ..verdicts import verdict_of
from .header import UNIQUE_ID, of_creation, of_header, type_code
from .reading import CISIS, PATIENT_ID, RIM, finding, identifier, slot
from .submission import of_submission
from .traits import of_traits

_OBJECT_TYPES = (  # of a stable and of an on-demand document
    "urn:uuid:7edca82f-054d-47f2-a032-9b2a5b5186c1",
    "urn:uuid:34268e47-fdf5-41a6-ba33-82133c465248",
)
_OF_CDA = ("text/xml", "application/xslt+xml", "application/xml")
_FOR_A_PERSON = ("INDEX.HTM", "README.TXT")
_NOT_JUDGED = Text(
    "Métadonnées XDS : comparées aux documents de l'archive (fichier, empreinte, taille, identifiant, patient, type, dates, "
    "langue, confidentialité) et à leur lot ; leur structure ebRIM, leurs auteurs et leurs autres codes ne sont pas jugés.",
    "XDS metadata: compared with the documents of the archive (file, hash, size, identifier, patient, type, times, language, "
    "confidentiality) and with their set; their ebRIM structure, authors and other codes are not judged.",
)


def judge_metadata(document: Document) -> Judgement:
    """document: of kind `xds-metadata`, with the files beside it."""
    started = time.perf_counter()
    judged: set[str] = set()
    root = parse_xml(document.data, DEFAULT_LIMITS)
    found = (*_findings(root, document.beside or (), judged), *_of_media(root, document.at_root, judged))
    findings = tuple(sorted(found, key=lambda one: one.line))
    broken = {one.rule for one in findings}
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
    files = {file.name.upper(): file for file in beside}  # those of folders below by their path from here
    told: set[str] = set()
    for entry in root.iter(f"{RIM}ExtrinsicObject"):
        judged.add("XDM-FILE")
        uri = slot(entry, "URI")
        path = PurePosixPath(unquote(uri))
        file = files.get(str(path).upper()) or files.get(path.name.upper())
        if file is None:
            yield finding(
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
            yield finding(
                "XDM-TWICE",
                entry,
                Text(f"Deux entrées décrivent {file.name}.", f"Two entries describe {file.name}."),
                Text("Décrire chaque document par une seule entrée.", "Describe each document by one entry."),
                Severity.WARNING,
            )
        told.add(file.name)
        yield from _of_entry(entry, file, judged)
        yield from _of_bytes(entry, file, judged)
        if file.is_cda:
            yield from of_header(entry, file, judged)
            yield from of_creation(entry, file, judged)
            yield from of_traits(entry, file, judged)
    yield from of_submission(root, judged)
    for file in beside:
        if file.is_cda and file.name not in told:
            yield finding(
                "XDM-DESCRIBED",
                root,
                Text(
                    f"Le document {file.name} n'a pas d'entrée dans les métadonnées.",
                    f"Document {file.name} has no entry in the metadata.",
                ),
                Text("Décrire chaque document de l'archive par une entrée.", "Describe each document of the archive by an entry."),
                Severity.WARNING,
            )


def _of_media(root: etree._Element, names: tuple[str, ...] | None, judged: set[str]) -> Iterator[Finding]:
    """names: of the files at the root of the archive, None where it is not known. A person who opens it reads two of them."""
    if names is None:
        return
    judged.add("XDM-MEDIA")
    present = {name.upper() for name in names}
    missing = " et ".join(name for name in _FOR_A_PERSON if name not in present)
    if missing:
        yield finding(
            "XDM-MEDIA",
            root,
            Text(
                f"L'archive n'a pas, à sa racine : {missing}.",
                f"The archive lacks, at its root: {missing.replace(' et ', ' and ')}.",
            ),
            Text(
                "INDEX.HTM montre les documents dans un navigateur, README.TXT dit qui a fait l'archive et comment la lire.",
                "INDEX.HTM shows the documents in a browser, README.TXT tells who made the archive and how to read it.",
            ),
            Severity.WARNING,
            "IHE ITI TF-2 3.32.4.1.2, XDM",
        )


def _of_entry(entry: etree._Element, file: Described, judged: set[str]) -> Iterator[Finding]:
    """What it is an entry of, and where."""
    judged.update(("XDM-OBJECT-TYPE", "XDM-MIME", "XDM-URI"))
    if entry.get("objectType") not in _OBJECT_TYPES:
        yield finding(
            "XDM-OBJECT-TYPE",
            entry,
            Text(
                f"objectType (« {entry.get('objectType', '')} ») n'est pas celui d'une entrée de document.",
                f"objectType (“{entry.get('objectType', '')}”) is not that of a document entry.",
            ),
            Text(f"Un document stable : {_OBJECT_TYPES[0]}.", f"A stable document: {_OBJECT_TYPES[0]}."),
            Severity.WARNING,
        )
    media = entry.get("mimeType", "")
    if not media or (file.is_cda and media.partition(";")[0].strip().lower() not in _OF_CDA):
        yield finding(
            "XDM-MIME",
            entry,
            Text(
                f"mimeType (« {media} ») n'est pas le type de {file.name}.", f"mimeType (“{media}”) is not the type of {file.name}."
            ),
            Text(
                "text/xml pour un CDA, application/xslt+xml s'il est autoprésentable.",
                "text/xml for a CDA, application/xslt+xml when it presents itself.",
            ),
            Severity.WARNING,
            CISIS,
        )
    if len(PurePosixPath(unquote(slot(entry, "URI"))).parts) > 1 and "/" not in file.name:
        yield finding(
            "XDM-URI",
            entry,
            Text(
                f"URI (« {slot(entry, 'URI')} ») nomme un dossier : {file.name} est dans celui des métadonnées.",
                f"URI (“{slot(entry, 'URI')}”) names a folder: {file.name} is in that of the metadata.",
            ),
            Text(
                "Écrire le nom du fichier seul : URI part du dossier de METADATA.XML.",
                "Write the name of the file alone: URI begins in the folder of METADATA.XML.",
            ),
            Severity.WARNING,
        )


def _of_bytes(entry: etree._Element, file: Described, judged: set[str]) -> Iterator[Finding]:
    digest, size = slot(entry, "hash"), slot(entry, "size")
    judged.update(rule for rule, said in (("XDM-HASH", digest), ("XDM-SIZE", size)) if said)
    missing = [name for name, said in (("hash", digest), ("size", size)) if not said]
    if file.is_cda:
        missing += [name for name, scheme in (("uniqueId", UNIQUE_ID), ("patientId", PATIENT_ID)) if not identifier(entry, scheme)]
        missing += [] if type_code(entry) is not None else ["typeCode"]
    if missing:
        names = ", ".join(missing)
        yield finding(
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
        yield finding(
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
        yield finding(
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
