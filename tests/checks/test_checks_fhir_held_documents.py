"""What a DocumentReference says of a CDA that comes with it is what the header of the CDA says."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from typing import Any

import fhir_french
import pytest

SPECIMEN = fhir_french.LIBRARY.path("profiles/fhir/pdsm/specimens/cda.json").read_text("utf-8")
URI = "urn:ietf:rfc:3986"
INS = "urn:oid:1.2.250.1.213.1.4.10"
Resource = dict[str, Any]


def message(change: Callable[[Resource], object], cda: tuple[str, str] = ("", "")) -> Resource:
    """change: made in the DocumentReference; cda: what is replaced in the document, by what."""
    said: Resource = json.loads(SPECIMEN)
    held = {entry["resource"]["resourceType"]: entry["resource"] for entry in said["entry"]}
    content = base64.b64decode(held["Binary"]["data"]).decode()
    assert cda[0] in content
    held["Binary"]["data"] = base64.b64encode(content.replace(*cda).encode() if cda[0] else content.encode()).decode()
    change(held["DocumentReference"])
    return said


def told(said: Resource) -> set[str]:
    return {rule for rule in fhir_french.told(said) if rule.startswith(("MHD-CDA", "MHD-CLASS", "MHD-FORMAT"))}


def attachment(**change: str) -> Callable[[Resource], object]:
    return lambda sheet: sheet["content"][0]["attachment"].update(change)


def master(value: str, system: str = URI) -> Callable[[Resource], object]:
    return lambda sheet: sheet.update(masterIdentifier={"system": system, "value": value})


def patient(**change: Any) -> Callable[[Resource], object]:
    return lambda sheet: next(one for one in sheet["contained"] if one["resourceType"] == "Patient").update(change)


def format_(code: str) -> Callable[[Resource], object]:
    return lambda sheet: sheet["content"][0]["format"].update(code=code)


def author(*persons: Resource) -> Callable[[Resource], object]:
    roles = [{"resourceType": "PractitionerRole", "practitioner": one} if "resourceType" not in one else one for one in persons]
    named = [role | {"id": f"a{rank}"} for rank, role in enumerate(roles)]

    def change(sheet: Resource) -> None:
        sheet["contained"] += named
        sheet["author"] = [{"reference": f"#{role['id']}"} for role in named]

    return change


def of_number(value: str, system: str = "urn:oid:1.2.250.1.71.4.2.1") -> Resource:
    return {"identifier": {"system": system, "value": value}}


def practitioner(*numbers: tuple[str, str]) -> Resource:
    said = [{"system": system, "value": value} for value, system in numbers]
    return {"resourceType": "Practitioner", "identifier": said, "name": [{"family": "MEDIONI"}]}


def nothing(_sheet: Resource) -> None:
    pass


ZONE, DAY = ("20260701100000+0200", "20260701100000"), ("20260701100000+0200", "20260701")
RPPS, IDNPS = "https://rpps.esante.gouv.fr", "urn:oid:1.2.250.1.71.4.2.1"
ONE, ANOTHER = "801234567897", "810100997245"
WROTE = f'<assignedAuthor><id root="1.2.250.1.71.4.2.1" extension="{ONE}"/></assignedAuthor>'
SIGNS = (
    "</ClinicalDocument>",
    f'<legalAuthenticator><assignedEntity><id root="1.2.250.1.71.4.2.1" extension="{ANOTHER}"/></assignedEntity>'
    "</legalAuthenticator></ClinicalDocument>",
)
DEVICE = (WROTE, '<assignedAuthor><id root="2.999.5" extension="77"/></assignedAuthor>')
EXTENDED = ('<id root="2.999.7.1"/>', '<id root="2.999.7" extension="A1"/>')
UUID = ('<id root="2.999.7.1"/>', '<id root="7D9F0000-41e2-46b4-98a3-f7e2b6c40000"/>')


@pytest.mark.parametrize(
    ("change", "cda"),
    [
        (nothing, ("", "")),
        (master("urn:oid:2.999.7^A1"), EXTENDED),
        (master("urn:oid:2.999.7"), EXTENDED),
        (master("A1", "urn:oid:2.999.7"), EXTENDED),
        (master("urn:uuid:7d9f0000-41e2-46b4-98a3-f7e2b6c40000"), UUID),
        (master("urn:oid:2.25.166979074694011598476599208522937532416"), UUID),
        (attachment(creation="2026-07-01T08:00:00Z"), ("", "")),  # the same moment
        (attachment(creation="2026-07-01T10:00:00.123+02:00"), ("", "")),
        (attachment(creation="2026-07-01"), ("", "")),
        (attachment(creation="2026-07-01T23:00:00+11:00"), DAY),
        (attachment(creation="2026-07-01T10:00:00Z"), ZONE),
        (patient(birthDate="1979"), ("", "")),
        (patient(birthDate="1979-03-24", name=[{"family": "Pat-Trois"}]), ("", "")),
        (patient(name=[{"text": "Dominique"}]), ("", "")),
        (patient(name=[{"family": "PAT-TROIS EPOUSE NESSI"}]), ("", "")),
        (patient(identifier=[{"system": INS, "value": "779035121518933"}]), ("", "")),  # of one who had no NIR yet
        (patient(identifier=[{"system": "urn:oid:2.999.1", "value": "42"}]), ("", "")),
        (nothing, ('<id root="1.2.250.1.213.1.4.10" extension="279035121518989"/>', '<id root="2.999.1" extension="42"/>')),
        (nothing, ("<confidentialityCode", "<other")),
        (lambda sheet: sheet["securityLabel"].append({"coding": [{"code": "MASQUE_PS"}]}), ("", "")),
        (lambda sheet: sheet["type"]["coding"].append({"system": "http://loinc.org", "code": "26436-6"}), ("", "")),
        (attachment(url="Binary/elsewhere"), ("", "")),  # a document that is not here
        (nothing, ("<ClinicalDocument", "<Autre")),  # is no CDA
        (attachment(language="fr"), ("", "")),
        (attachment(language="FR-be"), ("", "")),
        (attachment(language="en"), ('code="fr-FR"', 'nullFlavor="UNK"')),
        (lambda sheet: sheet["content"][0]["attachment"].pop("language"), ("", "")),
        (author(of_number(ONE[1:], RPPS)), ("", "")),
        (author(practitioner((ONE[1:], RPPS), (ONE, IDNPS))), ("", "")),
        (author(of_number(ANOTHER), of_number(ONE)), ("", "")),  # one of the two
        (author(of_number(ANOTHER)), SIGNS),
        (author(of_number(ANOTHER)), DEVICE),
        (author(of_number("075123456")), ("", "")),  # an ADELI: who has an RPPS too may be named by it
        (author(of_number("10001234567897", "urn:oid:2.999.5")), ("", "")),  # a number of the hospital's own
        (author({"display": "Dr MEDIONI"}), ("", "")),
        (author({"resourceType": "Device", "identifier": [{"system": "urn:oid:2.999.5", "value": "1"}]}), ("", "")),
        (format_("urn:ans:ci-sis:vsm:2027"), ("", "")),  # which the table does not have yet
        (format_("urn:ihe:lab:xd-lab:2008"), ('root="1.2.250.1.213.1.1.1.13"', 'root="2.999.9"')),  # of a template of one's own
    ],
)
def test_what_repeats_the_header_in_other_words_is_right(change: Callable[[Resource], object], cda: tuple[str, str]) -> None:
    assert told(message(change, cda)) == set()


@pytest.mark.parametrize(
    ("change", "cda", "rule"),
    [
        (master("urn:oid:2.999.7.2"), ("", ""), "MHD-CDA-ID"),
        (master("A2", "urn:oid:2.999.7"), EXTENDED, "MHD-CDA-ID"),
        (master("A1", "urn:oid:2.999.8"), EXTENDED, "MHD-CDA-ID"),
        (attachment(creation="2026-07-01T10:00:00Z"), ("", ""), "MHD-CDA-CREATION"),
        (attachment(creation="2026-07-03"), DAY, "MHD-CDA-CREATION"),
        (patient(birthDate="1980"), ("", ""), "MHD-CDA-TRAITS"),
        (patient(name=[{"family": "PAT-DEUX"}]), ("", ""), "MHD-CDA-TRAITS"),
        (nothing, ('extension="279035121518989"', 'extension="277076322082910"'), "MHD-CDA-PATIENT"),
        (nothing, ('code="N"', 'code="R"'), "MHD-CDA-CONFIDENTIALITY"),
        (nothing, ('code="11502-2"', 'code="34133-9"'), "MHD-CDA-TYPE"),
        (format_("urn:ihe:lab:xd-lab:2008"), ("", ""), "MHD-CDA-FORMAT"),
        (attachment(language="en-GB"), ("", ""), "MHD-CDA-LANGUAGE"),
        (author(of_number(ANOTHER)), ("", ""), "MHD-CDA-AUTHOR"),
        (author(of_number(ANOTHER[1:], RPPS)), ("", ""), "MHD-CDA-AUTHOR"),
        (author(practitioner((ANOTHER[1:], RPPS))), ("", ""), "MHD-CDA-AUTHOR"),
    ],
)
def test_what_the_header_says_otherwise_is_told(change: Callable[[Resource], object], cda: tuple[str, str], rule: str) -> None:
    assert told(message(change, cda)) == {rule}


def test_a_document_inside_its_reference_is_held_against_it_too() -> None:
    said = message(attachment(creation="2026-06-01"))
    sheet, binary = (
        next(e["resource"] for e in said["entry"] if e["resource"]["resourceType"] == one)
        for one in ("DocumentReference", "Binary")
    )
    sheet["content"][0]["attachment"] |= {"data": binary["data"]}
    del sheet["content"][0]["attachment"]["url"]
    assert told(sheet) == {"MHD-CDA-CREATION"}


@pytest.mark.parametrize(
    ("media", "format_", "wrong"),
    [
        ("application/pdf", "urn:ihe:iti:xds-sd:pdf:2008", False),
        ("text/xml", "urn:ihe:iti:xds-sd:pdf:2008", False),  # the CDA around it
        ("application/xslt+xml", "urn:ihe:iti-fr:xds-sd:jpeg:2010", False),
        ("image/jpeg", "urn:ihe:iti-fr:xds-sd:jpeg:2010", False),
        ("application/rtf", "urn:ihe:iti-fr:xds-sd:rtf:2010", False),
        ("text/plain; charset=UTF-8", "urn:ihe:iti:xds-sd:text:2008", False),
        ("application/octet-stream", "urn:ihe:iti:xds-sd:pdf:2008", False),
        ("application/pkcs7-mime", "urn:ihe:iti:xds-sd:pdf:2008", False),  # signed
        ("image/jpeg", "urn:ihe:iti:xds-sd:pdf:2008", True),
        ("application/pdf", "urn:ihe:iti:xds-sd:text:2008", True),
        ("image/jpeg", "urn:asip:ci-sis:vsm:2012", False),  # of a structured body this says nothing
    ],
)
def test_an_unstructured_format_is_that_of_the_media_type(media: str, format_: str, wrong: bool) -> None:
    def change(sheet: Resource) -> None:
        sheet["content"][0]["attachment"] |= {"contentType": media, "url": "Binary/elsewhere"}
        sheet["content"][0]["format"]["code"] = format_

    assert told(message(change)) == ({"MHD-FORMAT-MEDIA"} if wrong else set())


@pytest.mark.parametrize(
    ("type_", "class_", "wrong"),
    [
        (("http://loinc.org", "11502-2"), "10", False),
        (("urn:oid:2.16.840.1.113883.6.1", "11502-2"), "11", True),
        (("http://loinc.org", "00000-0"), "11", False),  # the table has none
        (("urn:oid:1.2.250.1.213.1.1.4.12", "SYNTH"), "11", False),
        (("urn:oid:1.2.250.1.213.1.1.4.12", "SYNTH"), "10", True),
    ],
)
def test_the_class_of_a_document_is_that_of_its_type(type_: tuple[str, str], class_: str, wrong: bool) -> None:
    def change(sheet: Resource) -> None:
        sheet["content"][0]["attachment"]["url"] = "Binary/elsewhere"
        sheet["type"]["coding"] = [{"system": type_[0], "code": type_[1]}]
        sheet["category"][0]["coding"][0]["code"] = class_

    assert told(message(change)) == ({"MHD-CLASS"} if wrong else set())
