"""What an entry and its submission set have to say at all.

Source: IHE ITI TF-3 4.2.3 for the first five; for French documents the CI-SIS asks more, which their header always has.
"""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from ... import timestamps
from ...documents.document import Described
from . import reading
from .reading import authors, codes, identifier, slot, title
from .rules import Asked, asked

_FRENCH_HEADER = "1.2.250.1.213.1.1.1.1"  # the template of the header of the CI-SIS
_SLOTS = ("creationTime", "languageCode", "sourcePatientId", "serviceStartTime", "legalAuthenticator")
_CODES = {
    "classCode": reading.CLASS_CODE,
    "confidentialityCode": reading.CONFIDENTIALITY_CODE,
    "formatCode": reading.FORMAT_CODE,
    "healthcareFacilityTypeCode": reading.FACILITY_CODE,
    "practiceSettingCode": reading.PRACTICE_CODE,
}


def is_french(file: Described) -> bool:
    """Whether it has the header of the CI-SIS."""
    return _FRENCH_HEADER in file.templates


def missing_of(entry: etree._Element, file: Described) -> str:
    """What an entry does not say, by name; empty where it says all."""
    said: dict[str, object] = {name: slot(entry, name) for name in ("hash", "size")}
    if file.is_cda:
        said["uniqueId"] = identifier(entry, reading.UNIQUE_ID)
        said["patientId"] = identifier(entry, reading.PATIENT_ID)
        said["typeCode"] = codes(entry, reading.TYPE_CODE)
    if is_french(file):
        said |= {name: slot(entry, name) for name in _SLOTS} | {name: codes(entry, scheme) for name, scheme in _CODES.items()}
        said["codingScheme"] = all(
            slot(one, "codingScheme") for scheme in (reading.TYPE_CODE, *_CODES.values()) for one in codes(entry, scheme)
        )
        said |= {"title": title(entry), "authorPerson": authors(entry)}
    return _empty(said)


def of_submission(package: etree._Element) -> Iterator[Asked]:
    """A submission set of French documents says who sends what, from where, of whom, when."""
    sent = slot(package, "submissionTime")
    missing = _empty(
        {
            "submissionTime": sent,
            "authorPerson": authors(package, reading.SET_AUTHOR),
            "contentTypeCode": codes(package, reading.SET_CONTENT),
            "patientId": identifier(package, reading.SET_PATIENT),
            "sourceId": identifier(package, reading.SET_SOURCE),
            "uniqueId": identifier(package, reading.SET_UNIQUE_ID),
        }
    )
    yield asked("set-missing", not missing, package, names=missing)
    if sent:  # the stylesheet of the ANS lets it have an offset, which IHE does not
        yield asked("no-time", timestamps.parse_timestamp(sent) is not None, package, name="submissionTime", said=sent)


def _empty(said: dict[str, object]) -> str:
    return ", ".join(name for name, value in said.items() if not value)
