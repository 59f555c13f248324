"""Judges what an entry of an XDM archive tells of the patient, the confidentiality and the act, beside the header of its CDA.

Source: IHE ITI TF-3 4.2 (sourcePatientInfo, confidentialityCode, serviceStartTime and serviceStopTime); CI-SIS, annexe Lien entre
l'en-tête CDA et les métadonnées XDS.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from lxml import etree

from ... import timestamps
from ...documents.document import Described
from ...identifiers import is_ins_oid
from ...labels import fold
from ...model import Finding, Severity, Text
from .reading import CISIS, PATIENT_ID, RIM, finding, identifier, numbered, slot

_CONFIDENTIALITY = "urn:uuid:f4f85eac-e6cb-4883-b524-f2705394840f"
_NO_DATE = Text("AAAAMMJJhhmmss, en temps universel, sans décalage.", "YYYYMMDDhhmmss, universal time, without offset.")


def of_traits(entry: etree._Element, file: Described, judged: set[str]) -> Iterator[Finding]:
    """judged: takes the rules that had something to compare."""
    told = [trait for trait in _traits(entry, file) if any(trait[1]) and trait[2]]
    judged.update(("XDM-PATIENT-TRAITS",) if told else ())
    for name, said, own in told:
        if not any(_alike(name, one, other) for one in said for other in own):
            yield finding(
                "XDM-PATIENT-TRAITS",
                entry,
                Text(
                    f"{name.fr} du patient : les métadonnées ne disent pas ce que dit le document.",
                    f"{name.en} of the patient: the metadata do not tell what the document tells.",
                ),
                Text(
                    "sourcePatientInfo et patientId reprennent recordTarget.",
                    "sourcePatientInfo and patientId repeat recordTarget.",
                ),
                Severity.WARNING,
                CISIS,
            )
    yield from _of_confidentiality(entry, file, judged)
    yield from _of_act(entry, judged)


_FAMILY, _BIRTH = Text("Nom", "Name"), Text("Date de naissance", "Date of birth")
_SEX, _DOMAIN, _NUMBER = Text("Sexe", "Sex"), Text("OID de l'INS", "OID of the INS"), Text("Matricule INS", "INS matricule")


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


def _alike(name: Text, said: str, own: str) -> bool:
    return fold(said) == fold(own) if name is _FAMILY else said.startswith(own) or own.startswith(said)


def _of_confidentiality(entry: etree._Element, file: Described, judged: set[str]) -> Iterator[Finding]:
    codes = [
        one.get("nodeRepresentation", "")
        for one in entry.iter(f"{RIM}Classification")
        if one.get("classificationScheme") == _CONFIDENTIALITY
    ]
    if not codes or not file.confidentiality:
        return
    judged.add("XDM-CONFIDENTIALITY")
    if file.confidentiality not in codes:
        yield finding(
            "XDM-CONFIDENTIALITY",
            entry,
            Text(
                f"La confidentialité ({', '.join(codes)}) n'est pas celle du document ({file.confidentiality}).",
                f"The confidentiality ({', '.join(codes)}) is not that of the document ({file.confidentiality}).",
            ),
            Text(
                "Le premier confidentialityCode est celui de l'en-tête ; d'autres peuvent suivre (masquage).",
                "The first confidentialityCode is that of the header; others may follow (masking).",
            ),
            Severity.WARNING,
            CISIS,
        )


def _of_act(entry: etree._Element, judged: set[str]) -> Iterator[Finding]:
    """When it began and ended."""
    times = {name: slot(entry, name) for name in ("serviceStartTime", "serviceStopTime")}
    judged.update(("XDM-SERVICE-TIME",) if any(times.values()) else ())
    moments = {name: timestamps.parse_timestamp(said) for name, said in times.items()}
    for name, said in times.items():
        if said and moments[name] is None:
            yield finding(
                "XDM-SERVICE-TIME",
                entry,
                Text(f"{name} ({said}) n'est pas une date.", f"{name} ({said}) is not a time."),
                _NO_DATE,
                Severity.WARNING,
            )
    start, stop = moments["serviceStartTime"], moments["serviceStopTime"]
    if start is not None and stop is not None and start.is_after(stop):
        yield finding(
            "XDM-SERVICE-TIME",
            entry,
            Text(
                f"L'acte commence ({times['serviceStartTime']}) après sa fin ({times['serviceStopTime']}).",
                f"The act begins ({times['serviceStartTime']}) after its end ({times['serviceStopTime']}).",
            ),
            Text("Vérifier les deux dates.", "Check both times."),
            Severity.WARNING,
        )
