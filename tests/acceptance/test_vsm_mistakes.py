"""Mistakes that vendors make, each made in the official VSM example: each adds an error or a warning that the clean one lacks."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from cda_examples import Examples
from commands import harness

from cda_edits import Edit, drop, lose, one, put, text, twice

PATIENT = "c:recordTarget/c:patientRole"
AUTHOR = "c:author/c:assignedAuthor"


def swap(path: str) -> Edit:
    return lambda root: one(root, path + "/following-sibling::*[1]").addnext(one(root, path))


INS = f"{PATIENT}/c:id[1]"
NAME = f"{PATIENT}/c:patient/c:name"
SECTION = "//c:section[c:templateId/@root='{}']"
PROBLEMS = SECTION.format("1.2.250.1.213.1.1.2.132")

MISTAKES: dict[str, Edit] = {
    "INS key wrong": put(INS, "extension", "279035121518988"),
    "INS of 13 characters": put(INS, "extension", "2790351215189"),
    "INS of 16 characters": put(INS, "extension", "2790351215189890"),
    "INS with a letter": put(INS, "extension", "27903512151898O"),
    "INS with a month 13": put(INS, "extension", "279135121518970"),
    "INS of another sex": put(f"{PATIENT}/c:patient/c:administrativeGenderCode", "code", "M"),
    "INS of another birth year": put(f"{PATIENT}/c:patient/c:birthTime", "value", "19800328"),
    "INS of another birth month": put(f"{PATIENT}/c:patient/c:birthTime", "value", "19790428"),
    "INS of another birthplace": text(f"{PATIENT}/c:patient/c:birthplace/c:place/c:addr/c:county", "75056"),
    "INS under an unknown arc": put(INS, "root", "1.2.250.1.213.1.4.99"),
    "INS under an obsolete arc": put(INS, "root", "1.2.250.1.213.1.4.2"),
    "birthplace missing": drop(f"{PATIENT}/c:patient/c:birthplace"),
    "birthplace code missing": drop(f"{PATIENT}/c:patient/c:birthplace/c:place/c:addr/c:county"),
    "birth family name missing": drop(f"{NAME}/c:family[@qualifier='BR']"),
    "first given name missing": drop(f"{NAME}/c:given[@qualifier='BR']"),
    "list of given names missing": drop(f"{NAME}/c:given[not(@qualifier)]"),
    "first given name not the head of the list": text(f"{NAME}/c:given[@qualifier='BR']", "MARIE-LOUISE"),
    "family name without qualifier": lose(f"{NAME}/c:family[1]", "qualifier"),
    "qualifier unknown": put(f"{NAME}/c:family[1]", "qualifier", "SP"),
    "digit in a name": text(f"{NAME}/c:family[@qualifier='BR']", "PAT-TR0IS"),
    "birth date missing": drop(f"{PATIENT}/c:patient/c:birthTime"),
    "birth date impossible": put(f"{PATIENT}/c:patient/c:birthTime", "value", "19790230"),
    "birth in the future": put(f"{PATIENT}/c:patient/c:birthTime", "value", "20790328"),
    "gender code unknown": put(f"{PATIENT}/c:patient/c:administrativeGenderCode", "code", "X"),
    "gender label of the other sex": put(f"{PATIENT}/c:patient/c:administrativeGenderCode", "displayName", "Masculin"),
    "mailbox of another person": put(f"{PATIENT}/c:telecom[3]", "value", "mailto:277076322082910@patient.mssante.fr"),
    "mailbox cut": put(f"{PATIENT}/c:telecom[3]", "value", "mailto:27903512151898@patient.mssante.fr"),
    "telephone without scheme": put(f"{PATIENT}/c:telecom[1]", "value", "0144534551"),
    "RPPS with a wrong digit": put(f"{AUTHOR}/c:id", "extension", "801234567890"),
    "RPPS too short": put(f"{AUTHOR}/c:id", "extension", "80123456789"),
    "RPPS without its type digit": put(f"{AUTHOR}/c:id", "extension", "01234567897"),
    "author without identifier": drop(f"{AUTHOR}/c:id"),
    "author with a null identifier": lambda root: (
        one(root, f"{AUTHOR}/c:id").attrib.clear(),
        one(root, f"{AUTHOR}/c:id").set("nullFlavor", "UNK"),
    ),
    "author's profession unknown": put(f"{AUTHOR}/c:code", "code", "G15_99/SM99"),
    "author's profession mislabelled": put(f"{AUTHOR}/c:code", "displayName", "Pharmacien"),
    "author's name without family": drop(f"{AUTHOR}/c:assignedPerson/c:name/c:family"),
    "author after the document": put("c:author/c:time", "value", "20200313111700+0100"),
    "author in the future": put("c:author/c:time", "value", "20990312111700+0100"),
    "structure identifier of a wrong length": put("c:custodian//c:id", "extension", "112045678"),
    "structure identifier with a letter": put("c:custodian//c:id", "extension", "11204567X9"),
    "structure identifier of an unknown kind": put("c:custodian//c:id", "extension", "9120456789"),
    "document time without zone": put("c:effectiveTime", "value", "20200312111700"),
    "document time in the future": put("c:effectiveTime", "value", "20990312111700+0100"),
    "document before birth": put("c:effectiveTime", "value", "19600312111700+0100"),
    "document time with hour 25": put("c:effectiveTime", "value", "20200312251700+0100"),
    "end of an interval before its start": put(
        f"{SECTION.format('1.2.250.1.213.1.1.2.134')}//c:effectiveTime[c:high]/c:high", "value", "20170101"
    ),
    "problem that begins in the future": put(f"{PROBLEMS}//c:observation/c:effectiveTime/c:low", "value", "20990101"),
    "realm missing": drop("c:realmCode"),
    "realm of another country": put("c:realmCode", "code", "DE"),
    "typeId wrong": put("c:typeId", "extension", "POCD_HD000041"),
    "CI-SIS template missing": drop("c:templateId[@root='1.2.250.1.213.1.1.1.1']"),
    "HL7 France template missing": drop("c:templateId[@root='2.16.840.1.113883.2.8.2.1']"),
    "document without identifier": drop("c:id"),
    "document code of another type": put("c:code", "code", "ZZZ"),
    "document code mislabelled": put("c:code", "displayName", "Compte rendu opératoire"),
    "title empty": text("c:title", ""),
    "confidentiality unknown": put("c:confidentialityCode", "code", "X"),
    "language missing": drop("c:languageCode"),
    "language unknown": put("c:languageCode", "code", "français"),
    "set identifier missing": drop("c:setId"),
    "version zero": put("c:versionNumber", "value", "0"),
    "version not a number": put("c:versionNumber", "value", "A"),
    "custodian missing": drop("c:custodian"),
    "legal authenticator missing": drop("c:legalAuthenticator"),
    "two legal authenticators": twice("c:legalAuthenticator"),
    "signature code wrong": put("c:legalAuthenticator/c:signatureCode", "code", "X"),
    "service event missing": drop("c:documentationOf"),
    "encounter missing": drop("c:componentOf"),
    "care setting unknown": put("c:componentOf//c:healthCareFacility/c:code", "code", "SA99"),
    "care setting mislabelled": put("c:componentOf//c:healthCareFacility/c:code", "displayName", "Pharmacie"),
    "attending physician missing": drop("c:participant[c:functionCode/@code='PCP']"),
    "service event of another code": put("c:documentationOf/c:serviceEvent/c:code", "code", "11111-1"),
    "header out of order": swap("c:confidentialityCode"),
    "section code replaced": put(f"{PROBLEMS}/c:code", "code", "11348-0"),
    "section mislabelled": put(f"{PROBLEMS}/c:code", "displayName", "Traitements"),
    "section of another code system": put(f"{PROBLEMS}/c:code", "codeSystem", "2.16.840.1.113883.6.96"),
    "section narrative missing": drop(f"{PROBLEMS}/c:text"),
    "required section missing": drop("//c:component[c:section/c:templateId/@root='1.3.6.1.4.1.19376.1.5.3.1.3.27']"),
    "entry without identifier": drop(f"{PROBLEMS}//c:observation/c:id"),
    "problem status wrong": put(f"{PROBLEMS}//c:observation/c:statusCode", "code", "active"),
    "problem value of another type": put(
        f"{PROBLEMS}//c:observation/c:value", "{http://www.w3.org/2001/XMLSchema-instance}type", "ST"
    ),
    "problem code without system": lose(f"{PROBLEMS}//c:observation/c:value", "codeSystem"),
    "reference that leads nowhere": put(f"{PROBLEMS}//c:observation/c:text/c:reference", "value", "#pb-actif-99"),
    "narrative identifier repeated": put(f"{PROBLEMS}//c:content[@ID='pb-actif-02']", "ID", "pb-actif-01"),
    "mood wrong": put(f"{PROBLEMS}/c:entry/c:act", "moodCode", "INT"),
    "concern template lost": drop(f"{PROBLEMS}/c:entry/c:act/c:templateId[@root='1.3.6.1.4.1.19376.1.5.3.1.4.5.2']"),
    "onset missing": drop(f"{PROBLEMS}//c:observation/c:effectiveTime/c:low"),
}


@pytest.mark.official
@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_reported(examples: Examples, name: str) -> None:
    assert examples.more("VSM_1.4_2022.01", MISTAKES[name]), f"{name}: nothing that the clean example does not have"


@pytest.mark.official
def test_the_clean_example_has_no_error(official: Path) -> None:
    example = official / "cda" / "examples" / "VSM_1.4_2022.01.xml"
    done = harness("check", "--format", "json", example)
    assert done.returncode == 0, done.stdout
    document = json.loads(done.stdout)["documents"][0]
    assert document["verdict"] == "pass"
    assert [f for f in document["findings"] if f["severity"] == "error"] == []
