"""The metadata of an XDM archive beside the documents they describe."""

from __future__ import annotations

import hashlib
import io
import re
import zipfile
from pathlib import Path

import pytest
from judging_files import AT, NOW

from harness.checks import Judge
from harness.checks.xdm import rules
from harness.documents import Document, Input, Refused, discover, open_input
from harness.library import Library
from harness.model import DocumentVerdict, Judgement

PLACE = "IHE_XDM/SUBSET01/"
CDA = (
    b'<ClinicalDocument xmlns="urn:hl7-org:v3"><id root="1.2.3"/><code code="SYNTH" codeSystem="1.2.250.1.213.1.1.4.12"/>'
    b'<recordTarget><patientRole><id extension="279035121518989" root="1.2.250.1.213.1.4.10"/></patientRole></recordTarget>'
    b"</ClinicalDocument>"
)
FACTS = {
    "uri": "DOC00001.XML",
    "unique": "1.2.3",
    "patient": "279035121518989^^^&amp;1.2.250.1.213.1.4.10&amp;ISO^NH",
    "type": "SYNTH",
    "object": "urn:uuid:7edca82f-054d-47f2-a032-9b2a5b5186c1",
    "mime": "text/xml",
    "set": "urn:uuid:a54d6aa5-d40d-43f9-88c5-b4633d873bdd",
    "member": "Document01",
}


def metadata(cda: bytes = CDA, added: str = "", **changed: str) -> bytes:
    """What an entry says of a document. added: further slots and classifications."""
    said = FACTS | {"hash": hashlib.sha1(cda, usedforsecurity=False).hexdigest(), "size": str(len(cda))} | changed
    slots = "".join(
        f'<Slot name="{name}"><ValueList><Value>{said[key]}</Value></ValueList></Slot>'
        for name, key in (("URI", "uri"), ("hash", "hash"), ("size", "size"))
    )
    return (
        '<lcm:SubmitObjectsRequest xmlns:lcm="urn:oasis:names:tc:ebxml-regrep:xsd:lcm:3.0" '
        'xmlns="urn:oasis:names:tc:ebxml-regrep:xsd:rim:3.0"><RegistryObjectList>'
        f'<ExtrinsicObject id="Document01" objectType="{said["object"]}" mimeType="{said["mime"]}">'
        f"{added}{slots}"
        '<Classification classificationScheme="urn:uuid:f0306f51-975f-434e-a61c-c59651d33983" '
        f'nodeRepresentation="{said["type"]}"/>'
        f'<ExternalIdentifier identificationScheme="urn:uuid:58a6f841-87b3-4a3e-92fd-a8ffeff98427" value="{said["patient"]}"/>'
        f'<ExternalIdentifier identificationScheme="urn:uuid:2e82c1f6-a085-4c72-9da3-8640a32e42ab" value="{said["unique"]}"/>'
        '</ExtrinsicObject><RegistryPackage id="Lot01"/>'
        f'<Classification classifiedObject="Lot01" classificationNode="{said["set"]}"/>'
        '<Association associationType="urn:oasis:names:tc:ebxml-regrep:AssociationType:HasMember" sourceObject="Lot01" '
        f'targetObject="{said["member"]}"/></RegistryObjectList></lcm:SubmitObjectsRequest>'
    ).encode()


def judged(path: Path) -> Judgement:
    given = next(one for one in discover([str(path)], io.BytesIO) if isinstance(one, Input) and "METADATA" in one.path)
    document = open_input(given)
    assert not isinstance(document, Refused)
    return Judge(Library.open(), at=AT, now=NOW).judge(document)  # type: ignore[arg-type]


def archive(folder: Path, said: bytes, cda: bytes = CDA, name: str = "DOC00001.XML", **more: bytes) -> Path:
    path = folder / "IHE_XDM.ZIP"
    with zipfile.ZipFile(path, "w") as file:
        for member, data in {"METADATA.XML": said, name: cda, **more}.items():
            file.writestr(PLACE + member, data)
        for member in ("INDEX.HTM", "readme.txt"):
            file.writestr(member, b"")
    return path


def unpacked(folder: Path, said: bytes) -> Path:
    inside = folder / PLACE
    inside.mkdir(parents=True)
    (inside / "METADATA.XML").write_bytes(said)
    (inside / "DOC00001.XML").write_bytes(CDA)
    return folder


@pytest.mark.parametrize("made", [archive, unpacked])
def test_metadata_that_tell_the_truth_are_judged_in_part_and_say_so(tmp_path: Path, made: object) -> None:
    judgement = judged(made(tmp_path, metadata()))  # type: ignore[operator]
    assert (judgement.verdict, judgement.findings) == (DocumentVerdict.PARTIAL, ())
    assert "ebRIM" in judgement.not_judged[0].fr
    assert sorted(judgement.requirements.keys() - {"XDM-MEDIA"}) == [
        "XDM-ASSOCIATION", "XDM-DESCRIBED", "XDM-FILE", "XDM-HASH", "XDM-MEMBER", "XDM-MIME", "XDM-OBJECT-TYPE", "XDM-PATIENT",
        "XDM-PATIENT-TRAITS", "XDM-SET", "XDM-SIZE",
        "XDM-TYPE", "XDM-UNIQUE-ID", "XDM-URI",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("changed", "rules"),
    [
        ({"hash": "0" * 40}, ["XDM-HASH"]),
        ({"hash": hashlib.sha1(CDA, usedforsecurity=False).hexdigest().upper()}, []),
        ({"size": "12"}, ["XDM-SIZE"]),
        ({"uri": "DOC00002.XML"}, ["XDM-DESCRIBED", "XDM-FILE"]),
        ({"uri": "doc00001.xml"}, []),
        ({"uri": ""}, ["XDM-DESCRIBED", "XDM-FILE"]),
        ({"unique": "1.2.4"}, ["XDM-UNIQUE-ID"]),
        ({"patient": "277076322082910^^^&amp;1.2.250.1.213.1.4.10&amp;ISO^NH"}, ["XDM-PATIENT"]),
        ({"patient": "12^^^&amp;1.2.3&amp;ISO^PI"}, []),
        ({"type": "11488-4"}, ["XDM-TYPE"]),
    ],
)
def test_what_metadata_say_is_compared_with_the_document(tmp_path: Path, changed: dict[str, str], rules: list[str]) -> None:
    judgement = judged(archive(tmp_path, metadata(**changed)))
    assert sorted(finding.rule for finding in judgement.findings) == rules
    assert (judgement.verdict is DocumentVerdict.FAIL) is bool(rules)
    assert "277076322082910" not in str(judgement)


DATED = CDA.replace(b"<recordTarget>", b'<effectiveTime value="20200312111700+0100"/><languageCode code="fr-FR"/><recordTarget>')
SLOT = '<Slot name="%s"><ValueList><Value>%s</Value></ValueList></Slot>'


@pytest.mark.parametrize(
    ("added", "rules"),
    [
        (SLOT % ("creationTime", "20200312101700"), []),
        (SLOT % ("creationTime", "202003121017"), []),
        (SLOT % ("creationTime", "20200312"), []),
        (SLOT % ("creationTime", "20200312111700"), ["XDM-TIME"]),
        (SLOT % ("creationTime", "2020-03-12T10:17:00Z"), ["XDM-TIME"]),
        (SLOT % ("languageCode", "fr-FR"), []),
        (SLOT % ("languageCode", "en-US"), ["XDM-LANGUAGE"]),
    ],
)
def test_time_and_language_are_those_of_the_header(tmp_path: Path, added: str, rules: list[str]) -> None:
    judgement = judged(archive(tmp_path, metadata(DATED, added), DATED))
    assert [finding.rule for finding in judgement.findings] == rules
    assert judgement.verdict is DocumentVerdict.PARTIAL


KNOWN = DATED.replace(b"<languageCode", b'<confidentialityCode code="N"/><languageCode').replace(
    b"</patientRole>",
    b'<patient><name><family qualifier="BR">PAT-TROIS</family></name><administrativeGenderCode code="F"/>'
    b'<birthTime value="19790328"/></patient></patientRole>',
)
CONFIDENTIAL = '<Classification classificationScheme="urn:uuid:f4f85eac-e6cb-4883-b524-f2705394840f" nodeRepresentation="%s"/>'
SOURCE = "sourcePatientInfo"


@pytest.mark.parametrize(
    ("added", "rules"),
    [
        (SLOT % (SOURCE, "PID-5|Pat-Trois^Dominique^^^^^L"), []),
        (SLOT % (SOURCE, "PID-5|DUPONT^DOMINIQUE"), ["XDM-PATIENT-TRAITS"]),
        (SLOT % (SOURCE, "PID-5|DUPONT^DOMINIQUE^^^^^D</Value><Value>PID-5|PAT-TROIS^DOMINIQUE^^^^^L"), []),
        (SLOT % (SOURCE, "PID-5|PAT-TROIS&amp;&amp;TROIS^DOMINIQUE^^^^^L~DUPONT^DOMINIQUE^^^^^D"), []),
        (SLOT % (SOURCE, "PID-5|DUPONT^DOMINIQUE^^^^^D~DURAND^DOMINIQUE"), ["XDM-PATIENT-TRAITS"]),
        (SLOT % (SOURCE, "PID-7|19790328"), []),
        (SLOT % (SOURCE, "PID-7|1979"), []),
        (SLOT % (SOURCE, "PID-7|19800328"), ["XDM-PATIENT-TRAITS"]),
        (SLOT % (SOURCE, "PID-8|F"), []),
        (SLOT % (SOURCE, "PID-8|M"), ["XDM-PATIENT-TRAITS"]),
        (SLOT % (SOURCE, "PID-3|12^^^&amp;1.2.3&amp;ISO^PI"), []),
        (
            SLOT
            % (
                SOURCE,
                "PID-3|279035121518989^^^&amp;1.2.250.1.213.1.4.10&amp;ISO^NH~879035121518989^^^&amp;1.2.250.1.213.1.4.11&amp;ISO",
            ),
            [],
        ),
        (SLOT % (SOURCE, "PID-3|277076322082910^^^&amp;1.2.250.1.213.1.4.10&amp;ISO^NH"), ["XDM-PATIENT-TRAITS"]),
        (CONFIDENTIAL % "N", []),
        (CONFIDENTIAL % "N" + CONFIDENTIAL % "MASQUE_PS", []),
        (CONFIDENTIAL % "R", ["XDM-CONFIDENTIALITY"]),
        (SLOT % ("serviceStartTime", "20200312") + SLOT % ("serviceStopTime", "202003121017"), []),
        (SLOT % ("serviceStartTime", "20200313") + SLOT % ("serviceStopTime", "20200312"), ["XDM-SERVICE-TIME"]),
        (SLOT % ("serviceStartTime", "12/03/2020"), ["XDM-SERVICE-TIME"]),
    ],
)
def test_traits_confidentiality_and_act_are_those_of_the_header(tmp_path: Path, added: str, rules: list[str]) -> None:
    judgement = judged(archive(tmp_path, metadata(KNOWN, added), KNOWN))
    assert [finding.rule for finding in judgement.findings] == rules
    assert "277076322082910" not in str(judgement)


def test_an_entry_under_another_oid_of_the_ins_is_told(tmp_path: Path) -> None:
    judgement = judged(archive(tmp_path, metadata(patient="279035121518989^^^&amp;1.2.250.1.213.1.4.11&amp;ISO^NH")))
    assert [finding.rule for finding in judgement.findings] == ["XDM-PATIENT-TRAITS"]


@pytest.mark.parametrize(
    ("patient", "rules"),
    [
        ("279035121518989^^^&amp;1.2.250.1.213.1.4.10&amp;ISO^NH", []),
        ("279035121518989^^^&amp;1.2.250.1.213.1.4.10&amp;ISO", []),
        ("277076322082910^^^&amp;1.2.250.1.213.1.4.10&amp;ISO^NH", ["XDM-SUBMISSION-PATIENT"]),
        ("279035121518989^^^&amp;1.2.250.1.213.1.4.11&amp;ISO^NH", ["XDM-SUBMISSION-PATIENT"]),
    ],
)
def test_a_submission_set_is_of_the_patient_of_its_documents(tmp_path: Path, patient: str, rules: list[str]) -> None:
    scheme = "urn:uuid:6b5aea1a-874d-4603-a4bc-96a0a7b38446"
    package = f'<RegistryPackage><ExternalIdentifier identificationScheme="{scheme}" value="{patient}"/></RegistryPackage>'
    said = metadata().replace(b"</RegistryObjectList>", f"{package}</RegistryObjectList>".encode())
    judgement = judged(archive(tmp_path, said))
    assert [finding.rule for finding in judgement.findings] == rules
    assert "XDM-SUBMISSION-PATIENT" in judgement.requirements


@pytest.mark.parametrize(
    ("scheme", "name"), [("2e82c1f6", "uniqueId"), ("58a6f841", "patientId"), ("f0306f51", "typeCode"), ('name="size"', "size")]
)
def test_an_entry_without_what_ihe_asks_of_each_is_told(tmp_path: Path, scheme: str, name: str) -> None:
    other = scheme.replace("size", "Size") if name == "size" else scheme[::-1]
    (told,) = judged(archive(tmp_path, metadata().replace(scheme.encode(), other.encode()))).findings
    assert (told.rule, told.message.en) == ("XDM-MISSING", f"The entry of DOC00001.XML has no {name}.")


def test_a_document_described_twice_and_an_entry_without_hash_are_told(tmp_path: Path) -> None:
    said = metadata().decode()
    entry = said[said.index("<ExtrinsicObject") : said.index("<RegistryPackage")]
    twice = said.replace(
        "</RegistryObjectList>",
        entry.replace('name="hash"', 'name="Hash"') + "</RegistryObjectList>",
    )
    judgement = judged(archive(tmp_path, twice.encode()))
    assert {finding.rule for finding in judgement.findings} == {"XDM-MISSING", "XDM-TWICE"}


@pytest.mark.parametrize(
    ("changed", "rules"),
    [
        ({"object": "urn:uuid:a54d6aa5-d40d-43f9-88c5-b4633d873bdd"}, ["XDM-OBJECT-TYPE"]),
        ({"object": "urn:uuid:34268e47-fdf5-41a6-ba33-82133c465248"}, []),
        ({"mime": ""}, ["XDM-MIME"]),
        ({"mime": "application/pdf"}, ["XDM-MIME"]),
        ({"mime": "application/xslt+xml"}, []),
        ({"mime": "Text/XML; charset=UTF-8"}, []),
        ({"uri": "IHE_XDM/SUBSET01/DOC00001.XML"}, ["XDM-URI"]),
        ({"uri": "./DOC00001.XML"}, []),
        ({"set": "urn:uuid:d9d542f3-6cc4-48b6-8870-ea235fbc94c2"}, ["XDM-SET"]),
        ({"member": "Document02"}, ["XDM-MEMBER", "XDM-ASSOCIATION"]),
    ],
)
def test_what_an_entry_is_and_its_place_in_the_set_are_told(tmp_path: Path, changed: dict[str, str], rules: list[str]) -> None:
    judgement = judged(archive(tmp_path, metadata(**changed)))
    assert [finding.rule for finding in judgement.findings] == rules
    assert judgement.verdict is DocumentVerdict.PARTIAL


@pytest.mark.parametrize(("unique", "rules"), [("1.2.3", []), ("1.2.3^7", []), ("1.2.3^8", ["XDM-UNIQUE-ID"])])
def test_the_identifier_of_a_document_may_be_written_with_its_extension(tmp_path: Path, unique: str, rules: list[str]) -> None:
    cda = CDA.replace(b'<id root="1.2.3"/>', b'<id root="1.2.3" extension="7"/>')
    judgement = judged(archive(tmp_path, metadata(cda, unique=unique), cda))
    assert [finding.rule for finding in judgement.findings] == rules


def test_the_letters_of_a_file_name_may_be_small_in_the_archive_too(tmp_path: Path) -> None:
    assert judged(archive(tmp_path, metadata(), name="doc00001.xml")).findings == ()


@pytest.mark.parametrize("made", [archive, unpacked])
def test_a_document_of_several_files_stands_in_a_folder_beside_its_metadata(tmp_path: Path, made: object) -> None:
    path = made(tmp_path, metadata(uri="DOC1/CDA.XML"))  # type: ignore[operator]
    if path.is_dir():
        (path / PLACE / "DOC1").mkdir()
        (path / PLACE / "DOC00001.XML").rename(path / PLACE / "DOC1" / "CDA.XML")
    else:
        path = archive(tmp_path, metadata(uri="DOC1/CDA.XML"), name="DOC1/CDA.XML", **{"DOC1/IMAGE.JPG": b"\xff\xd8\xff"})
    assert judged(path).findings == ()


def test_a_document_in_a_folder_that_has_its_own_metadata_is_of_these(tmp_path: Path) -> None:
    more = {"SUBSET02/METADATA.XML": metadata(), "SUBSET02/DOC00002.XML": CDA}
    assert judged(archive(tmp_path, metadata(), **more)).findings == ()


@pytest.mark.parametrize(("uri", "words"), [("DOC00002.XML", "“DOC00002.XML”, which is not in"), ("", "does not say which file")])
def test_an_entry_without_its_file_says_what_it_describes(tmp_path: Path, uri: str, words: str) -> None:
    judgement = judged(archive(tmp_path, metadata(uri=uri)))
    assert words in next(finding.message.en for finding in judgement.findings if finding.rule == "XDM-FILE")


def test_a_document_that_no_entry_describes_is_told(tmp_path: Path) -> None:
    judgement = judged(archive(tmp_path, metadata(), **{"DOC00002.XML": CDA, "DOC00003.PDF": b"%PDF-1.4"}))
    assert [(finding.rule, finding.message.en) for finding in judgement.findings] == [
        ("XDM-DESCRIBED", "Document DOC00002.XML has no entry in the metadata.")
    ]


@pytest.mark.parametrize(
    ("place", "names", "words"),
    [
        (PLACE, ["INDEX.HTM", "README.TXT"], []),
        (PLACE, ["README.TXT"], ["INDEX.HTM."]),
        (PLACE, [PLACE + "INDEX.HTM", "INDEX.HTML", "IHE_XDM/README.TXT"], ["INDEX.HTM et README.TXT."]),
        ("sent/ihe_xdm/LOT/", ["sent/index.htm", "README.TXT"], ["README.TXT."]),
        ("samples/", [], []),
        ("", [], []),
    ],
)
def test_an_archive_has_at_its_root_what_a_person_reads(tmp_path: Path, place: str, names: list[str], words: list[str]) -> None:
    path = tmp_path / "IHE_XDM.ZIP"
    with zipfile.ZipFile(path, "w") as file:
        for member, data in {place + "METADATA.XML": metadata(), place + "DOC00001.XML": CDA, **dict.fromkeys(names, b"")}.items():
            file.writestr(member, data)
    assert [one.message.fr.partition(" : ")[2] for one in judged(path).findings if one.rule == "XDM-MEDIA"] == words


def test_the_root_of_an_archive_of_two_sets_is_told_once(tmp_path: Path) -> None:
    path = tmp_path / "IHE_XDM.ZIP"
    with zipfile.ZipFile(path, "w") as file:
        for place in (PLACE, "IHE_XDM/SUBSET02/"):
            file.writestr(place + "METADATA.XML", metadata())
            file.writestr(place + "DOC00001.XML", CDA)
    judge = Judge(Library.open(), at=AT, now=NOW)
    opened = [open_input(one) for one in discover([str(path)], io.BytesIO) if isinstance(one, Input)]
    judgements = [judge.judge(one) for one in opened if isinstance(one, Document) and one.kind == "xds-metadata"]
    assert len(judgements) == 2
    assert sum("XDM-MEDIA" in one.requirements for one in judgements) == 1


WRITER = b'<author><assignedAuthor><id root="1.2.250.1.71.4.2.1" extension="801234567897"/></assignedAuthor></author>'
TEMPLATES = b'<templateId root="1.2.250.1.213.1.1.1.1"/><templateId root="1.2.250.1.213.1.1.1.13"/>'
FRENCH = (
    KNOWN.replace(b'<id root="1.2.3"/>', TEMPLATES + b'<id root="1.2.3"/>')
    .replace(b"<effectiveTime", "<title>Synthèse médicale</title><effectiveTime".encode())
    .replace(b"</ClinicalDocument>", WRITER + b"</ClinicalDocument>")
)
SCHEME = SLOT % ("codingScheme", "1.2.3") + "</Classification>"
CODED = '<Classification classificationScheme="urn:uuid:%s" nodeRepresentation="%s">' + SCHEME.replace("%", "%%")
CLASS, FORMAT, FACILITY, PRACTICE, CONFIDENTIAL_TO, AUTHOR, SET_AUTHOR, CONTENT = (
    "41a5887f-8865-4c09-adf7-e362475b143a", "a09d5840-386c-46f2-b5ad-9c3699a4309d", "f33fb8ac-18af-42cc-ae0e-ed0b0bdb91e1",
    "cccf5598-8b07-4b77-a05e-ae952c785ead", "f4f85eac-e6cb-4883-b524-f2705394840f", "93606bcf-9494-43ec-9b4e-a7748d1a838d",
    "a7058bb9-b4e4-4307-ba5b-e3f0ab85e12d", "aa543740-bdda-424e-8c96-df4873be8500",
)  # fmt: skip
DOCTOR = "801234567897^VIALATTE^Helene^^^^^^&amp;1.2.250.1.71.4.2.1&amp;ISO^D^^^IDNPS"
WRITTEN = '<Classification classificationScheme="urn:uuid:%s">' + SLOT % ("authorPerson", DOCTOR) + "</Classification>"
NAMED = '<Name><LocalizedString value="Synthèse médicale"/></Name>'
SAID = (
    "".join(
        SLOT % one
        for one in (
            ("creationTime", "20200312101700"), ("languageCode", "fr-FR"), ("sourcePatientId", "1^^^&amp;1.2&amp;ISO^PI"),
            ("serviceStartTime", "20200312"), ("legalAuthenticator", DOCTOR),
        )
    )
    + NAMED + WRITTEN % AUTHOR + CODED % (CLASS, "11") + CODED % (FORMAT, "urn:asip:ci-sis:vsm:2012") + CODED % (FACILITY, "SA05")
    + CODED % (PRACTICE, "AMBULATOIRE") + CODED % (CONFIDENTIAL_TO, "N")
)  # fmt: skip
INS = FACTS["patient"]
PACKAGE = (
    '<RegistryPackage id="Lot01">'
    + SLOT % ("submissionTime", "20200312102000") + WRITTEN % SET_AUTHOR + CODED % (CONTENT, "07")
    + "".join(
        f'<ExternalIdentifier identificationScheme="urn:uuid:{scheme}" value="{value}"/>'
        for scheme, value in (
            ("6b5aea1a-874d-4603-a4bc-96a0a7b38446", INS), ("554ac39e-e3fe-47fe-b233-965d2a147832", "1.2.9"),
            ("96fdda7c-d067-4183-912e-bf5ee74998a8", "1.2.9.1"),
        )
    )
    + "</RegistryPackage>"
)  # fmt: skip
LINK = "<Association "


def french() -> str:
    """Metadata that say of a French document and of its set all that the CI-SIS asks."""
    told = metadata(FRENCH, SAID).decode().replace('<RegistryPackage id="Lot01"/>', PACKAGE)
    return told.replace('nodeRepresentation="SYNTH"/>', f'nodeRepresentation="SYNTH">{SCHEME}')


@pytest.mark.parametrize(
    ("written", "instead", "rules"),
    [
        ("", "", []),
        *((f'Slot name="{name}"', f'Slot name="{name.upper()}"', ["XDM-MISSING"]) for name in (
            "creationTime", "languageCode", "sourcePatientId", "serviceStartTime", "legalAuthenticator", "submissionTime",
            "codingScheme", "authorPerson",
        )),
        *((scheme, scheme[::-1], ["XDM-MISSING"]) for scheme in (CLASS, FORMAT, FACILITY, PRACTICE, CONFIDENTIAL_TO)),
        *((scheme, scheme[::-1], ["XDM-MISSING"]) for scheme in (AUTHOR, SET_AUTHOR, CONTENT)),
        *((f"{one}-", "0-", ["XDM-MISSING"]) for one in ("6b5aea1a", "554ac39e", "96fdda7c")),
        (NAMED, "", ["XDM-MISSING"]),
        ('"11"', '"10"', ["XDM-CLASS"]),
        ("vsm:2012", "ldl-ses:2017", ["XDM-FORMAT"]),
        ("vsm:2012", "vsm:2099", []),
        ("Synthèse médicale", "SYNTHESE", []),
        ("Synthèse médicale", "Ordonnance", ["XDM-TITLE"]),
        (DOCTOR, DOCTOR.replace("8012", "8112"), ["XDM-AUTHOR"]),
        (DOCTOR, "1.2.250.1.9^X^Logiciel^^^^^^^U^^^RI", []),
        (DOCTOR, "Helene VIALATTE", ["XDM-AUTHOR"]),
        ("20200312102000", "20200312112000+0100", []),
        ("20200312102000", "hier", ["XDM-TIME"]),
        ("<Value>20200312<", "<Value>20200312111700+0100<", ["XDM-SERVICE-TIME"]),
        ('value="1.2.9.1"', 'value="1.2.3"', ["XDM-TWICE"]),
        ('sourceObject="Lot01"', 'sourceObject="Lot02"', ["XDM-ASSOCIATION"]),
        (LINK, f'{LINK}sourceObject="Document01" targetObject="urn:uuid:3e6cd5a0-1111-4c4c-8d8d-0123456789ab"/>{LINK}', []),
        (LINK, f'<Classification classifiedObject="Lot02" classificationNode="{FACTS["set"]}"/>{LINK}', ["XDM-SET"]),
    ],
)  # fmt: skip
def test_what_the_cisis_asks_of_the_metadata_of_a_french_document(
    tmp_path: Path, written: str, instead: str, rules: list[str]
) -> None:
    told = french()
    assert written in told
    judgement = judged(archive(tmp_path, told.replace(written, instead, 1).encode(), FRENCH))
    assert [finding.rule for finding in judgement.findings] == rules


def test_entries_of_two_patients_in_one_set_are_told(tmp_path: Path) -> None:
    told = french()
    entry = told[told.index("<ExtrinsicObject") : told.index("<RegistryPackage")].replace("Document01", "Document02")
    other = entry.replace("279035121518989", "277076322082910").replace("DOC00001", "DOC00002").replace('"1.2.3"', '"1.2.4"')
    cda = FRENCH.replace(b"279035121518989", b"277076322082910").replace(b'"1.2.3"', b'"1.2.4"')
    hashes = [hashlib.sha1(one, usedforsecurity=False).hexdigest() for one in (FRENCH, cda)]
    other = other.replace(*hashes)
    link = '<Association associationType="HasMember" sourceObject="Lot01" targetObject="Document02"/>'
    both = told.replace("<RegistryPackage", other + "<RegistryPackage", 1).replace("<Association ", link + "<Association ", 1)
    judgement = judged(archive(tmp_path, both.encode(), FRENCH, **{"DOC00002.XML": cda}))
    assert [finding.rule for finding in judgement.findings] == ["XDM-SUBMISSION-PATIENT"]


def test_an_xdm_archive_without_metadata_is_not_passed(tmp_path: Path) -> None:
    path = tmp_path / "IHE_XDM.ZIP"
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("INDEX.HTM", b"")
        file.writestr(PLACE + "DOC00001.XML", CDA)
    (refused,) = [one for one in discover([str(path)], io.BytesIO) if isinstance(one, Refused)]
    assert refused.error.message.en == "XDM archive without METADATA.XML"


def test_metadata_that_are_damaged_are_not_said_to_be_missing(tmp_path: Path) -> None:
    path = tmp_path / "IHE_XDM.ZIP"
    with zipfile.ZipFile(path, "w") as file:
        file.writestr(PLACE + "METADATA.XML", b"<metadata/>")
    path.write_bytes(path.read_bytes().replace(b"<metadata/>", b"<metadato/>"))
    (refused,) = discover([str(path)], io.BytesIO)
    assert isinstance(refused, Refused) and refused.error.message.en.startswith("damaged file in the archive")


def test_what_is_asked_of_metadata_is_what_the_data_have_words_for() -> None:
    code = "".join(file.read_text() for file in Path(rules.__file__).parent.glob("*.py"))
    named = {name for pair in re.findall(r'asked\(\s*"([a-z-]+)"(?: if \w+ else "([a-z-]+)")?', code) for name in pair if name}
    assert named == Library.open().data(rules.METADATA)["remarks"].keys()
