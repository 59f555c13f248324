"""Judges the metadata of an XDM archive against the documents beside it: each entry describes a file that is there, as it is.

Source: IHE ITI TF-2 3.32 (XDM) and TF-3 4.2 (DocumentEntry, SubmissionSet, SS-DE HasMember).
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from itertools import chain
from pathlib import PurePosixPath
from urllib.parse import unquote

from lxml import etree

from ...documents import DEFAULT_LIMITS, Document
from ...documents.document import Described
from ...documents.parsing import parse_xml
from ...identifiers import mask_ins
from ...library import Library
from ...model import Judgement, Text
from ..codes.rule_tables import RuleTables
from ..verdicts import verdict_of
from . import required
from .header import of_header
from .reading import PATIENT_ID, RIM, SET_PATIENT, SET_UNIQUE_ID, UNIQUE_ID, identifier, numbered, slot
from .rules import Asked, asked, findings_of

_SUBMISSION_SET = "urn:uuid:a54d6aa5-d40d-43f9-88c5-b4633d873bdd"
_STABLE_DOCUMENT = "urn:uuid:7edca82f-054d-47f2-a032-9b2a5b5186c1"
_DOCUMENTS = (_STABLE_DOCUMENT, "urn:uuid:34268e47-fdf5-41a6-ba33-82133c465248")  # the other is on demand
_OF_CDA = ("text/xml", "application/xslt+xml", "application/xml")
_FOR_A_PERSON = ("INDEX.HTM", "README.TXT")
_NOT_JUDGED = Text(
    "Métadonnées XDS : comparées aux documents de l'archive (fichier, empreinte, taille, identifiant, patient, type, dates, "
    "langue, confidentialité, classe, format, titre, auteur) et à leur lot ; leur structure ebRIM et leurs autres codes ne "
    "sont pas jugés.",
    "XDS metadata: compared with the documents of the archive (file, hash, size, identifier, patient, type, times, language, "
    "confidentiality, class, format, title, author) and with their set; their ebRIM structure and other codes are not judged.",
)


def judge_metadata(document: Document, library: Library) -> Judgement:
    """document: of kind `xds-metadata`, with the files beside it."""
    started = time.perf_counter()
    root = parse_xml(document.data, DEFAULT_LIMITS)
    answers = chain(
        _of_entries(root, document.beside or (), RuleTables(library)), _of_links(root), _of_media(root, document.at_root)
    )
    findings, verdicts = findings_of(answers, library)
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
        requirements=verdicts,
    )


def _of_entries(root: etree._Element, beside: tuple[Described, ...], tables: RuleTables) -> Iterator[Asked]:
    """Each entry beside its file, and each document beside its entry."""
    files = {file.name.upper(): file for file in beside}  # those of folders below by their path from here
    told: set[str] = set()
    for entry in root.iter(f"{RIM}ExtrinsicObject"):
        uri = slot(entry, "URI")
        path = PurePosixPath(unquote(uri))
        file = files.get(str(path).upper()) or files.get(path.name.upper())
        yield asked("file" if uri else "no-uri", file is not None, entry, uri=uri)
        if file is None:
            continue
        if file.name in told:
            yield asked("twice", False, entry, file=file.name)
        told.add(file.name)
        yield from _of_entry(entry, file)
        yield from _of_bytes(entry, file)
        if file.is_cda:
            yield from of_header(entry, file, tables)
    yield from _of_set(root, french=any(required.is_french(file) for file in beside))
    for file in beside:
        if file.is_cda:
            yield asked("described", file.name in told, root, file=file.name)


def _of_entry(entry: etree._Element, file: Described) -> Iterator[Asked]:
    """What it is an entry of, and where."""
    kind, media, uri = entry.get("objectType", ""), entry.get("mimeType", ""), slot(entry, "URI")
    yield asked("object-type", kind in _DOCUMENTS, entry, said=kind)
    suits = bool(media) and (not file.is_cda or media.partition(";")[0].strip().lower() in _OF_CDA)
    yield asked("mime", suits, entry, said=media, file=file.name)
    names_folder = len(PurePosixPath(unquote(uri)).parts) > 1
    yield asked("uri", not names_folder or "/" in file.name, entry, uri=uri, file=file.name)


def _of_bytes(entry: etree._Element, file: Described) -> Iterator[Asked]:
    """What lets a receiver file the document and see whether it is damaged."""
    digest, size = slot(entry, "hash"), slot(entry, "size")
    if missing := required.missing_of(entry, file):
        yield asked("missing", False, entry, file=file.name, names=missing)
    if digest:
        yield asked("hash", digest.lower() == file.sha1, entry, said=digest, file=file.name, own=file.sha1)
    if size:
        yield asked("size", size == str(file.size), entry, said=size, file=file.name, own=file.size)


def _of_set(root: etree._Element, *, french: bool) -> Iterator[Asked]:
    """There is a submission set, it holds each entry, and is of the patient of its documents. french: as are these."""
    entries = list(root.iter(f"{RIM}ExtrinsicObject"))
    if entries:
        sets = {
            one.get("classifiedObject")
            for one in root.iter(f"{RIM}Classification")
            if one.get("classificationNode") == _SUBMISSION_SET
        }
        has_set = bool(sets)
        yield asked("several-sets" if has_set else "set", len(sets) == 1, root)
        for package in root.iter(f"{RIM}RegistryPackage") if french else ():
            if package.get("id") in sets:
                yield from required.of_submission(package)
        links = (one for one in root.iter(f"{RIM}Association") if one.get("associationType", "").endswith("HasMember"))
        held = {one.get("targetObject") for one in links}
        for entry in entries if has_set else ():
            yield asked("member", entry.get("id") in held, entry, entry=entry.get("id", ""))
    patients = {numbered(one) for entry in entries if (one := identifier(entry, PATIENT_ID))}
    for package in root.iter(f"{RIM}RegistryPackage"):
        about = identifier(package, SET_PATIENT)
        if about and patients:
            own = numbered(about)
            others = any(one[1] == own[1] and one != own for one in patients)
            yield asked("submission-patient", own in patients and not others, package, masked=mask_ins(about))


def _of_links(root: etree._Element) -> Iterator[Asked]:
    """What objects are called: each by a name of its own, and an association by names that there are."""
    entries = list(root.iter(f"{RIM}ExtrinsicObject"))
    called = [one.get("id", "") for one in entries]
    unique = [identifier(one, UNIQUE_ID) for one in entries]
    unique += [identifier(one, SET_UNIQUE_ID) for one in root.iter(f"{RIM}RegistryPackage")]
    for name, values in (("id", called), ("uniqueId", unique)):
        for said, count in Counter(values).items():
            if said and count > 1:
                yield asked("same-id", False, root, name=name, said=said)
    known = {one.get("id", "") for one in root.iter()}
    for link in root.iter(f"{RIM}Association"):
        ends = [link.get(name, "") for name in ("sourceObject", "targetObject")]
        lost = [end for end in ends if end not in known and not end.startswith("urn:uuid:")]
        yield asked("association", not lost, link, said=", ".join(lost))


def _of_media(root: etree._Element, names: tuple[str, ...] | None) -> Iterator[Asked]:
    """names: of the files at the root of the archive, None where it is not known. A person who opens it reads two of them."""
    if names is None:
        return
    present = {name.upper() for name in names}
    missing = [name for name in _FOR_A_PERSON if name not in present]
    yield asked("media", not missing, root, missing=Text(" et ".join(missing), " and ".join(missing)))
