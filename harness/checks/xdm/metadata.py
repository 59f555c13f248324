"""Judges the metadata of an XDM archive against the documents beside it: each entry describes a file that is there, as it is.

Source: IHE ITI TF-2 3.32 (XDM) and TF-3 4.2 (DocumentEntry, SubmissionSet, SS-DE HasMember).
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
from ...identifiers import mask_ins
from ...model import Judgement, RequirementVerdict, Text
from ..verdicts import verdict_of
from . import rules
from .header import of_header
from .reading import PATIENT_ID, RIM, TYPE_CODE, UNIQUE_ID, codes, identifier, numbered, slot
from .rules import Answer

_DOCUMENTS = (rules.STABLE_DOCUMENT, "urn:uuid:34268e47-fdf5-41a6-ba33-82133c465248")  # the other is on demand
_OF_CDA = ("text/xml", "application/xslt+xml", "application/xml")
_SET_PATIENT = "urn:uuid:6b5aea1a-874d-4603-a4bc-96a0a7b38446"
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
    root = parse_xml(document.data, DEFAULT_LIMITS)
    answers = [*_of_entries(root, document.beside or ()), *_of_media(root, document.at_root)]
    findings = tuple(sorted((finding for _, finding in answers if finding), key=lambda one: one.line))
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
            rule: RequirementVerdict.BROKEN if rule in broken else RequirementVerdict.MET
            for rule in sorted({rule for rule, _ in answers})
        },
    )


def _of_entries(root: etree._Element, beside: tuple[Described, ...]) -> Iterator[Answer]:
    """Each entry beside its file, and each document beside its entry."""
    files = {file.name.upper(): file for file in beside}  # those of folders below by their path from here
    told: set[str] = set()
    for entry in root.iter(f"{RIM}ExtrinsicObject"):
        uri = slot(entry, "URI")
        path = PurePosixPath(unquote(uri))
        file = files.get(str(path).upper()) or files.get(path.name.upper())
        yield (rules.FILE if uri else rules.NO_URI).answer(file is not None, entry, uri=uri)
        if file is None:
            continue
        if file.name in told:
            yield rules.TWICE.broken(entry, file=file.name)
        told.add(file.name)
        yield from _of_entry(entry, file)
        yield from _of_bytes(entry, file)
        if file.is_cda:
            yield from of_header(entry, file)
    yield from _of_set(root)
    for file in beside:
        if file.is_cda:
            yield rules.DESCRIBED.answer(file.name in told, root, file=file.name)


def _of_entry(entry: etree._Element, file: Described) -> Iterator[Answer]:
    """What it is an entry of, and where."""
    kind, media, uri = entry.get("objectType", ""), entry.get("mimeType", ""), slot(entry, "URI")
    yield rules.OBJECT_TYPE.answer(kind in _DOCUMENTS, entry, said=kind)
    suits = bool(media) and (not file.is_cda or media.partition(";")[0].strip().lower() in _OF_CDA)
    yield rules.MIME.answer(suits, entry, said=media, file=file.name)
    names_folder = len(PurePosixPath(unquote(uri)).parts) > 1
    yield rules.URI.answer(not names_folder or "/" in file.name, entry, uri=uri, file=file.name)


def _of_bytes(entry: etree._Element, file: Described) -> Iterator[Answer]:
    """What lets a receiver file the document and see whether it is damaged."""
    digest, size = slot(entry, "hash"), slot(entry, "size")
    said: dict[str, object] = {"hash": digest, "size": size}
    if file.is_cda:
        said |= {
            "uniqueId": identifier(entry, UNIQUE_ID),
            "patientId": identifier(entry, PATIENT_ID),
            "typeCode": codes(entry, TYPE_CODE),
        }
    if missing := ", ".join(name for name, value in said.items() if not value):
        yield rules.MISSING.broken(entry, file=file.name, names=missing)
    if digest:
        yield rules.HASH.answer(digest.lower() == file.sha1, entry, said=digest, file=file.name, own=file.sha1)
    if size:
        yield rules.SIZE.answer(size == str(file.size), entry, said=size, file=file.name, own=file.size)


def _of_set(root: etree._Element) -> Iterator[Answer]:
    """There is a submission set, it holds each entry, and is of the patient of its documents."""
    entries = list(root.iter(f"{RIM}ExtrinsicObject"))
    if entries:
        has_set = any(one.get("classificationNode") == rules.SUBMISSION_SET for one in root.iter(f"{RIM}Classification"))
        yield rules.SET.answer(has_set, root)
        links = (one for one in root.iter(f"{RIM}Association") if one.get("associationType", "").endswith("HasMember"))
        held = {one.get("targetObject") for one in links}
        for entry in entries if has_set else ():
            yield rules.MEMBER.answer(entry.get("id") in held, entry, entry=entry.get("id", ""))
    patients = {numbered(one) for entry in entries if (one := identifier(entry, PATIENT_ID))}
    for package in root.iter(f"{RIM}RegistryPackage"):
        about = identifier(package, _SET_PATIENT)
        if about and patients:
            yield rules.SUBMISSION_PATIENT.answer(numbered(about) in patients, package, masked=mask_ins(about))


def _of_media(root: etree._Element, names: tuple[str, ...] | None) -> Iterator[Answer]:
    """names: of the files at the root of the archive, None where it is not known. A person who opens it reads two of them."""
    if names is None:
        return
    present = {name.upper() for name in names}
    missing = [name for name in _FOR_A_PERSON if name not in present]
    yield rules.MEDIA.answer(not missing, root, missing=Text(" et ".join(missing), " and ".join(missing)))
