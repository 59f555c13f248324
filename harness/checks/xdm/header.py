"""What an entry of XDM metadata says as the header of its CDA does: identifier, patient, type, language, time, confidentiality.

Source: CI-SIS, annexe Lien entre l'en-tête CDA et les métadonnées XDS; IHE ITI TF-3 4.2.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from lxml import etree

from ... import identifiers, timestamps
from ...documents.document import Described
from ...identifiers import is_ins_oid, is_oid
from ...labels import fold
from ...model import Text
from ..codes.rule_tables import RuleTables
from .reading import (
    CLASS_CODE,
    CONFIDENTIALITY_CODE,
    FORMAT_CODE,
    PATIENT_ID,
    RIM,
    TYPE_CODE,
    UNIQUE_ID,
    authors,
    codes,
    identifier,
    numbered,
    slot,
    title,
)
from .rules import Asked, asked

_FAMILY, _BIRTH = Text("Nom", "Name"), Text("Date de naissance", "Date of birth")
_SEX, _DOMAIN, _NUMBER = Text("Sexe", "Sex"), Text("OID de l'INS", "OID of the INS"), Text("Matricule INS", "INS matricule")


def of_header(entry: etree._Element, file: Described, tables: RuleTables) -> Iterator[Asked]:
    """file: a CDA."""
    yield from _of_identity(entry, file)
    yield from _of_creation(entry, file)
    yield from _of_traits(entry, file)
    confidential = [one.get("nodeRepresentation", "") for one in codes(entry, CONFIDENTIALITY_CODE)]
    if confidential and file.confidentiality:
        met = file.confidentiality in confidential
        yield asked("confidentiality", met, entry, said=", ".join(confidential), own=file.confidentiality)
    yield from _of_act(entry)
    yield from _of_model(entry, file, tables)
    yield from _of_writing(entry, file)


def _of_identity(entry: etree._Element, file: Described) -> Iterator[Asked]:
    """Which document of which patient it is, and of what type."""
    unique, (own, extension) = identifier(entry, UNIQUE_ID), file.unique_id
    if unique:
        yield asked("unique-id", not own or unique in (own, f"{own}^{extension}"), entry, said=unique, own=own)
    patient, authority = numbered(identifier(entry, PATIENT_ID))
    known = [number for number, root in file.patients if is_ins_oid(root)]
    if is_ins_oid(authority) and known:
        yield asked("patient", patient in known, entry, masked=identifiers.masked(patient))
    for code in codes(entry, TYPE_CODE)[:1]:
        said, own = code.get("nodeRepresentation"), file.type_code[0]
        yield asked("type", not own or (said or "") == own, code, said=said, own=own)


def _of_creation(entry: etree._Element, file: Described) -> Iterator[Asked]:
    """When and in what language the document was written."""
    created, language = slot(entry, "creationTime"), slot(entry, "languageCode")
    if language and file.language:
        yield asked("language", language.lower() == file.language.lower(), entry, said=language, own=file.language)
    if created and not (created.isdecimal() and timestamps.parse_timestamp(created)):
        yield asked("no-time", False, entry, name="creationTime", said=created)
        return
    utc = timestamps.parse_timestamp(f"{created}+0000") if len(created) > len("YYYYMMDD") else None
    own = timestamps.parse_timestamp(file.created)
    if utc is not None and own is not None and own.has_zone:
        yield asked("time", not (utc.is_after(own) or own.is_after(utc)), entry, said=created, own=file.created)


def _of_traits(entry: etree._Element, file: Described) -> Iterator[Asked]:
    for trait, said, own in _traits(entry, file):
        if any(said) and own:
            met = any(_alike(trait, one, other) for one in said for other in own)
            yield asked("patient-traits", met, entry, trait=trait)


def _traits(entry: etree._Element, file: Described) -> Iterator[tuple[Text, Sequence[str], Sequence[str]]]:
    """A trait, what the metadata say of it, and what the header does: one of the one is one of the other.

    Names and identifiers may be several: a used name stands beside that of birth, a former INS beside the one in force.
    """
    fields = _fields(entry)
    yield _FAMILY, [said.partition("^")[0].partition("&")[0].strip() for said in fields["PID-5"]], file.families
    yield _BIRTH, [said[:8] for said in fields["PID-7"]], (file.born[:8],) if file.born else ()
    yield _SEX, fields["PID-8"], (file.sex,) if file.sex in ("M", "F") else ()
    identified = [numbered(said) for said in fields["PID-3"]]
    of_ins = tuple(own for own, root in file.patients if is_ins_oid(root))
    yield _NUMBER, [number for number, domain in identified if is_ins_oid(domain)], of_ins
    number, domain = numbered(identifier(entry, PATIENT_ID))
    if is_ins_oid(domain):
        yield _DOMAIN, [domain], tuple(root for own, root in file.patients if own == number and is_ins_oid(root))


def _fields(entry: etree._Element) -> Mapping[str, list[str]]:
    """What sourcePatientInfo says, by field of PID: of several values, or of one that repeats (`~`)."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for one in entry.iterfind(f"{RIM}Slot[@name='sourcePatientInfo']/{RIM}ValueList/{RIM}Value"):
        field, _, said = (one.text or "").strip().partition("|")
        found[field].extend(part.strip() for part in said.split("~") if part.strip())
    return found


def _alike(trait: Text, said: str, own: str) -> bool:
    return fold(said) == fold(own) if trait is _FAMILY else said.startswith(own) or own.startswith(said)


def _of_act(entry: etree._Element) -> Iterator[Asked]:
    """When the act began and ended."""
    times = {name: slot(entry, name) for name in ("serviceStartTime", "serviceStopTime")}
    start, stop = (timestamps.parse_timestamp(said) for said in times.values())
    for (name, said), moment in zip(times.items(), (start, stop), strict=True):
        if said:
            yield asked("no-service-time", said.isdecimal() and moment is not None, entry, name=name, said=said)
    if start is not None and stop is not None and start.is_after(stop):
        yield asked("service-time", False, entry, start=times["serviceStartTime"], stop=times["serviceStopTime"])


def _of_model(entry: etree._Element, file: Described, tables: RuleTables) -> Iterator[Asked]:
    """The class of its type, and the format of its templates."""
    meant = tables.document_class(file.type_code[1], file.type_code[0])
    for code in codes(entry, CLASS_CODE)[:1]:
        said = code.get("nodeRepresentation", "")
        yield asked("class", not meant or said == meant, code, said=said, own=meant)
    for code in codes(entry, FORMAT_CODE)[:1]:
        said = code.get("nodeRepresentation", "")
        own = tables.format_meant(said, file.templates)
        yield asked("format", not own, code, said=said, own=own)


def _of_writing(entry: etree._Element, file: Described) -> Iterator[Asked]:
    """Its title, which may be cut short, and who wrote it: by RPPS alone, and who signs may stand for who wrote."""
    said, own = fold(title(entry)), fold(file.title)
    if said and own:
        yield asked("title", own.startswith(said), entry, said=title(entry), own=file.title)
    known = {one for one in file.professionals if one.startswith("8")}
    signed = slot(entry, "legalAuthenticator")
    for name, people in (("authorPerson", authors(entry)), ("legalAuthenticator", [signed] if signed else [])):
        if not people:
            continue
        numbers = [(person.split("^") + [""] * 9)[0:9:8] for person in people]  # with the authority that gave each
        lacking = [number for number, authority in numbers if number and not ("&" in authority or is_oid(number))]
        yield asked("no-authority", not lacking, entry, name=name, said=", ".join(lacking))
        written = {number for number, authority in numbers if "&1.2.250.1.71.4.2.1&" in authority and number.startswith("8")}
        if written and known:
            yield asked("author", bool(written & known), entry, name=name)
