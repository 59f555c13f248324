"""What vendors get wrong in French FHIR, made in valid resources: each is seen by our own rules, without any package.

What base R4 or a profile says (a gender in one letter, a missing masterIdentifier) is in test_checks_fhir_defects.
"""

from __future__ import annotations

import json
from typing import Any

import pytest
from fhir_french import LIBRARY, french

from harness.checks.fhir.french.mutating import mutated
from harness.documents.fhir_json import read_json
from harness.model import Environment, Severity

COMMON = "profiles/fhir/common/specimens"
PATIENT = f"{COMMON}/patient-qualified.json"
BEFORE = f"{COMMON}/patient-qualified-before-2.2.0.json"
DOCUMENT = f"{COMMON}/document.json"
REFERENCE = f"{COMMON}/document-reference.json"
ACTORS = f"{COMMON}/actors.json"
FACTS = f"{COMMON}/facts.json"
LOT = "profiles/fhir/pdsm/specimens/replacement.json"
SLOTS = "profiles/fhir/sas/specimens/slots.json"

INS = "Patient.ins()"
OFFICIAL = "Patient.name.where(use = 'official')"
STATUS = "Patient.extensionEnding('identity-reliability').extension.value"
PLACE = "Patient.extensionEnding('patient-birthPlace').value"
SHEET = "Bundle.entry.resource.where($this is DocumentReference)"
ATTACHMENT = f"{SHEET}.content.attachment"
PERSON = "identifiers().where(system = 'urn:oid:1.2.250.1.71.4.2.1')"
STRUCTURE = "identifiers().where(system = 'urn:oid:1.2.250.1.71.4.2.2')"
Edit = dict[str, Any]


def put(path: str, to: str) -> Edit:
    return {"set": path, "to": to}


def drop(path: str) -> Edit:
    return {"drop": path}


def add(to: str, into: str) -> Edit:
    return {"insert": to, "into": into}


# the mistake, the resource it is made in, how, the rule that sees it as an error
MISTAKES: list[tuple[str, str, list[Edit], str]] = [
    ("the matricule without its key", PATIENT, [put(f"{INS}.value", "2790351215189")], "INS-R02"),
    ("the matricule as it is printed, with spaces", PATIENT, [put(f"{INS}.value", "2 79 03 51 215 189 89")], "INS-R02"),
    ("the letter O for a zero", PATIENT, [put(f"{INS}.value", "2790351215189O9")], "INS-R02"),
    ("the OID without urn:oid:", PATIENT, [put(f"{INS}.system", "1.2.250.1.213.1.4.10")], "INS-R03-URI"),
    (
        "the OID as a web address",
        PATIENT,
        [put(f"{INS}.system", "https://oid.esante.gouv.fr/1.2.250.1.213.1.4.10")],
        "INS-R03-MEANT",
    ),
    ("an arc that nobody was given", PATIENT, [put(f"{INS}.system", "urn:oid:1.2.250.1.213.1.4.1")], "INS-R03"),
    ("the matricule under the local number's system", PATIENT, [put(f"{INS}.system", "urn:oid:2.999.1")], "INS-R03-MEANT"),
    ("the matricule without system", PATIENT, [drop(f"{INS}.system")], "INS-R03-MEANT"),
    ("birth name and used name mixed up", PATIENT, [put(f"{OFFICIAL}.use", "usual")], "INS-R05-FAMILY"),
    ("the birth name said maiden", PATIENT, [put(f"{OFFICIAL}.use", "maiden")], "INS-R05-FAMILY"),
    ("no list of given names", PATIENT, [drop(f"{OFFICIAL}.extension")], "INS-R05-GIVENS"),
    ("the birthplace as words", PATIENT, [drop(f"{PLACE}.extension"), add('{"city": "REIMS"}', PLACE)], "INS-R05-PLACE"),
    ("four digits of the birthplace's code", PATIENT, [put(f"{PLACE}.extension.value.code", "5121")], "INS-R05-COG"),
    ("the year of birth alone", PATIENT, [put("Patient.birthDate", "1979")], "INS-R05-BIRTH"),
    ("sex other", PATIENT, [put("Patient.gender", "other")], "INS-R05-SEX"),
    ("an INS with a provisional identity", PATIENT, [put(f"{STATUS}.code", "PROV")], "INS-R06"),
    ("VALI of the first generation in the second", PATIENT, [put(f"{STATUS}.code", "VALI")], "INS-R06"),
    ("QUAL of the second generation in the first", BEFORE, [put(f"{STATUS}.code", "QUAL")], "INS-R06-BEFORE"),
    ("an INS with a doubtful identity", BEFORE, [put(f"{STATUS}.code", "DOUT")], "INS-R07"),
    ("the mailbox of another person", PATIENT, [put("Patient.telecom.value", "277076322082910@patient.mssante.fr")], "INS-R08"),
    ("a first given name that is not in the list", PATIENT, [put(f"{OFFICIAL}.given", "MARIE-LOUISE")], "INS-R09"),
    ("a digit in the name", PATIENT, [put(f"{OFFICIAL}.family", "PAT-3")], "INS-R10-SIGN"),
    ("an INS that has ended, still official", PATIENT, [add('{"period": {"end": "2020-01-01"}}', INS)], "INS-R13"),
    ("a dash for a birth name", PATIENT, [put(f"{OFFICIAL}.family", "-")], "INS-R10-SIGN"),
    ("dead in the future", PATIENT, [add('{"deceasedDateTime": "2079-03-24"}', "Patient")], "TIME-FUTURE-DEATH"),
    (
        "the matricule of the subject without system",
        REFERENCE,
        [drop("DocumentReference.subject.identifier.system")],
        "INS-R03-MEANT-SUBJECT",
    ),
    ("submitted in the future", LOT, [put("Bundle.entry.resource.where($this is List).date", "2126-07-01")], "TIME-FUTURE-LOT"),
    (
        "the hash in hexadecimal of a document that is elsewhere",
        LOT,
        [put(f"{ATTACHMENT}.url", "Binary/1"), put(f"{ATTACHMENT}.hash", "0fa1b1f7cb0e5f7f2c1c1b1a6f5e5d4c3b2a1908")],
        "MHD-CONTENT-HASH-FORM",
    ),
    (
        "a replacement of the status by nothing",
        LOT,
        [drop("Bundle.entry.resource.parameter.part.where(name = 'value')")],
        "MHD-PATCH-PARTS",
    ),
    (
        "a picture in a report said to be a PDF",
        FACTS,
        [put("Bundle.entry.resource.presentedForm.data", "iVBORw0KGgoAAAANSUhEUg==")],
        "DOC-CONTENT-REPORT",
    ),
    ("born in the future", PATIENT, [put("Patient.birthDate", "2079-03-24")], "TIME-FUTURE-BIRTH"),
    ("RPPS without the 8", ACTORS, [put(f"{PERSON}.value", "01234567897")], "ACTOR-PERSON"),
    (
        "the national identifier under the address of the RPPS",
        ACTORS,
        [put(f"{PERSON}.system", "https://rpps.esante.gouv.fr")],
        "ACTOR-PERSON-RPPS",
    ),
    (
        "a professional under the OID of structures",
        ACTORS,
        [put(f"{PERSON}.system", "urn:oid:1.2.250.1.71.4.2.2")],
        "ACTOR-STRUCTURE",
    ),
    ("FINESS without the 1", ACTORS, [put(f"{STRUCTURE}.value", "060016219")], "ACTOR-STRUCTURE"),
    (
        "a SIRET of 13 digits",
        ACTORS,
        [put("identifiers().where(system = 'https://sirene.fr').value", "1800350240004")],
        "ACTOR-STRUCTURE-SIRENE",
    ),
    (
        "subject and source of another person",
        REFERENCE,
        [put("DocumentReference.subject.identifier.value", "277076322082910")],
        "INS-R08-DOCUMENT",
    ),
    (
        "a picture said to be a PDF",
        REFERENCE,
        [put("DocumentReference.content.attachment.data", "iVBORw0KGgoAAAANSUhEUg==")],
        "DOC-CONTENT-REFERENCE",
    ),
    (
        "a document of tomorrow",
        REFERENCE,
        [put("DocumentReference.content.attachment.creation", "2126-01-01")],
        "TIME-FUTURE-REFERENCE",
    ),
    (
        "the patient of another document",
        DOCUMENT,
        [
            put(
                "Bundle.entry.resource.where($this is Observation).subject.reference",
                "urn:uuid:4d8a3f7e-2b6c-4f1d-9e0a-5c3b7d9f1e26",
            )
        ],
        "INS-R08-BUNDLE",
    ),
    (
        "a Composition of tomorrow",
        DOCUMENT,
        [put("Bundle.entry.resource.where($this is Composition).date", "2126-07-01")],
        "TIME-FUTURE-COMPOSITION",
    ),
    (
        "the type from the classes",
        LOT,
        [put(f"{SHEET}.type.coding.system", "https://mos.esante.gouv.fr/NOS/TRE_A03-ClasseDocument/FHIR/TRE-A03-ClasseDocument")],
        "constr-bind-type",
    ),
    ("the class from LOINC", LOT, [put(f"{SHEET}.category.coding.system", "http://loinc.org")], "constr-bind-category"),
    ("the format from media types", LOT, [put(f"{SHEET}.content.format.system", "urn:ietf:bcp:13")], "constr-bind-format"),
    ("the hash in hexadecimal", LOT, [put(f"{ATTACHMENT}.hash", "0fa1b1f7cb0e5f7f2c1c1b1a6f5e5d4c3b2a1908")], "MHD-CONTENT-HASH"),
    ("the hash of another document", LOT, [put(f"{ATTACHMENT}.hash", "qZk+NkcGgWq6PiVxeFDCbJzQ2J0=")], "MHD-CONTENT-HASH"),
    ("another media type than the document's", LOT, [put(f"{ATTACHMENT}.contentType", "text/xml")], "MHD-CONTENT-TYPE"),
    (
        "a document of 5 bytes more",
        LOT,
        [put("Bundle.entry.resource.where($this is Binary).data", "JVBERi0xLjQKJSVFT0YKMTIzNDU=")],
        "MHD-CONTENT-SIZE",
    ),
    (
        "a submission that names no sheet",
        LOT,
        [put("Bundle.entry.resource.where($this is List).entry.item.reference", "urn:uuid:11111111-7b0c-4a53-8d0b-5f1e2d3c4b5a")],
        "MHD-SUBMISSION",
    ),
    (
        "a submission for two persons",
        LOT,
        [put("Bundle.entry.resource.where($this is List).subject.identifier.value", "277076322082910")],
        "INS-R08-LOT",
    ),
    ("a replacement that replaces nothing", LOT, [drop(f"{SHEET}.relatesTo")], "constr-cdr-rempl"),
    (
        "the document at an address of the vendor",
        LOT,
        [put(f"{ATTACHMENT}.url", "https://example.org/document.pdf")],
        "constr-bind-attachmenturl",
    ),
    ("a busy slot", SLOTS, [put("Bundle.entry.resource.where($this is Slot).status", "busy")], "SAS-SLOT-STATUS"),
    (
        "a practitioner by RPPS alone",
        SLOTS,
        [put("Bundle.entry.resource.where($this is Practitioner).identifier.value", "01234567897")],
        "SAS-PRACTITIONER",
    ),
]


def found(name: str, edits: list[Edit], environment: Environment) -> dict[str, Severity]:
    data = LIBRARY.path(name).read_bytes()
    changed = mutated(data, edits) if edits else data
    assert changed is not None, "an edit finds nothing to work on"
    return {remark.rule: remark.severity for remark in french(environment).judge(read_json(changed)).remarks}


@pytest.mark.parametrize(("name", "edits", "rule"), [mistake[1:] for mistake in MISTAKES], ids=[mistake[0] for mistake in MISTAKES])
def test_what_a_vendor_gets_wrong_is_an_error(name: str, edits: list[Edit], rule: str) -> None:
    assert found(name, [], Environment.TEST) == {}
    environment = Environment.PRODUCTION if rule == "INS-R09" else Environment.TEST  # a warning in test
    assert found(name, edits, environment).get(rule) is Severity.ERROR


def test_a_real_identity_in_test_and_a_test_identity_in_production() -> None:
    real = [put(f"{INS}.system", "urn:oid:1.2.250.1.213.1.4.8"), put(f"{INS}.type.coding.code", "INS-NIR")]
    assert found(PATIENT, real, Environment.TEST) == {"INS-R04": Severity.WARNING}
    assert found(PATIENT, real, Environment.PRODUCTION) == {}
    assert found(PATIENT, [], Environment.PRODUCTION) == {"INS-R04": Severity.ERROR}


def test_what_is_only_unlikely_or_obsolete_is_a_warning() -> None:
    unlikely = {
        "TIME-DEATH": (PATIENT, add('{"deceasedDateTime": "1970-01-01"}', "Patient")),
        "TIME-BIRTH-COMPOSITION": (DOCUMENT, put("Bundle.entry.resource.where($this is Composition).date", "1970-01-01")),
        "TIME-BIRTH-REFERENCE": (REFERENCE, put("DocumentReference.content.attachment.creation", "1970-01-01")),
        "DOC-CONTENT-KIND": (REFERENCE, put("DocumentReference.content.attachment.data", "Qm9uam91cg==")),
        "INS-R03-OBSOLETE": (PATIENT, put(f"{INS}.system", "urn:oid:1.2.250.1.213.1.4.2")),
        "INS-R03-SSN": (PATIENT, put(f"{INS}.system", "urn:oid:1.2.250.1.213.1.4.13")),
        "SAS-SLOT-UNLINKED": (SLOTS, drop("Bundle.entry.resource.where($this is Slot).comment")),
    }
    for rule, (name, edit) in unlikely.items():
        assert found(name, [edit], Environment.TEST).get(rule) is Severity.WARNING


def test_a_part_of_a_patient_that_says_so_need_not_have_all_that_an_identity_asks() -> None:
    subsetted = '{"tag": [{"system": "http://terminology.hl7.org/CodeSystem/v3-ObservationValue", "code": "SUBSETTED"}]}'
    part = [
        drop(f"{OFFICIAL}.extension"),
        drop("Patient.birthDate"),
        add(f'{{"meta": {subsetted}}}', "Patient"),
    ]
    assert found(PATIENT, part, Environment.TEST) == {}
    assert "INS-R05-BIRTH" in found(PATIENT, part[:2], Environment.TEST)


def test_a_matricule_with_spaces_is_not_told_of_the_mailbox_too() -> None:
    assert found(PATIENT, [put(f"{INS}.value", "2 79 03 51 215 189 89")], Environment.TEST) == {"INS-R02": Severity.ERROR}


@pytest.mark.parametrize("day", ["1979-02-30", "1979-13-24", "1979-03-24T00:00:00Z", "24/03/1979", ""])
def test_a_birth_that_is_no_date_is_told_of_its_form_alone(day: str) -> None:
    assert found(PATIENT, [put("Patient.birthDate", day)], Environment.TEST) == {}


def measured(value: object, unit: str, code: str, within: str = "") -> Edit:
    said = {"code": {"coding": [{"system": "http://loinc.org", "code": code}]}}
    said |= {"valueQuantity": {"value": value, "unit": unit, "system": "http://unitsofmeasure.org", "code": unit}}
    place = "Bundle.entry.resource.where($this is Observation)"
    return add(json.dumps({"component": [said]} if within else said), place)


@pytest.mark.parametrize(
    ("value", "unit", "code", "rule"),
    [
        (70, "kg", "29463-7", None),
        (70000, "g", "29463-7", None),  # another unit of the same kind
        (700, "kg", "29463-7", "MEASURE-VALUE"),
        (70, "cm", "29463-7", "MEASURE-UNIT"),
        (375, "Cel", "8310-5", "MEASURE-VALUE"),
        (98.6, "[degF]", "8310-5", None),
        (37, "[degF]", "8310-5", "MEASURE-VALUE"),
        (154, "[lb_av]", "29463-7", None),
        (120, "mm[Hg]", "8480-6", None),
        (1200, "mm[Hg]", "8480-6", "MEASURE-VALUE"),
        (32, "g/dL", "718-7", None),
        (132, "g/dL", "718-7", "MEASURE-VALUE"),  # g/L, written in g/dL
        (3, "kg", "99999-9", None),  # no measure of the table
    ],
)
@pytest.mark.parametrize("within", ["", "component"])
def test_an_observation_is_held_against_the_table_of_measures(
    value: float, unit: str, code: str, rule: str | None, within: str
) -> None:
    expected = {rule: Severity.WARNING} if rule else {}
    assert found(DOCUMENT, [measured(value, unit, code, within)], Environment.TEST) == expected


@pytest.mark.parametrize(
    ("value", "bound", "told"),
    [
        ("g/dL", "mmol/L", True),
        ("g/L", "%", True),
        ("umol/L", "mmol/L", False),
        ("g/dL", "ug/mL", False),
        ("{copies}/mL", "/mL", False),
        ("meq/L", "mmol/L", False),
        ("[iU]/L", "U/L", False),
    ],
)
def test_a_reference_range_is_of_the_kind_of_the_value(value: str, bound: str, told: bool) -> None:
    high = {"value": 5, "system": "http://unitsofmeasure.org", "code": bound}
    edits = [
        measured(2, value, "99999-9"),
        add(json.dumps({"referenceRange": [{"high": high}]}), "Bundle.entry.resource.where($this is Observation)"),
    ]
    assert found(DOCUMENT, edits, Environment.TEST) == ({"MEASURE-RANGE": Severity.WARNING} if told else {})


def test_what_is_about_another_person_by_its_focus_is_no_mixture() -> None:
    other = "urn:uuid:4d8a3f7e-2b6c-4f1d-9e0a-5c3b7d9f1e26"
    about = add(f'{{"focus": {{"reference": "{other}"}}}}', "Bundle.entry.resource.where($this is Composition).section")
    newborn = put("Bundle.entry.resource.where($this is Observation).subject.reference", other)
    assert found(DOCUMENT, [newborn, about], Environment.TEST) == {}
