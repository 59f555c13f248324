"""What is unusual and right in FHIR: our own rules say nothing of it, and of what is like it and wrong they do."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from fhir_french import LIBRARY, told
from fhir_small import node

from harness.checks.circumstances import Circumstances
from harness.checks.fhir.french.judging import FrenchRules
from harness.model import Environment

SERVER = "https://one.example/fhir/"
UCUM = "http://unitsofmeasure.org"
Resource = dict[str, Any]


def bundle(*resources: Resource) -> Resource:
    entries = [{"fullUrl": f"{SERVER}{one['resourceType']}/{one['id']}", "resource": one} for one in resources]
    return {"resourceType": "Bundle", "type": "collection", "entry": entries}


def of_type(type_: str, id_: str = "x", **content: Any) -> Resource:
    return {"resourceType": type_, "id": id_, **content}


def placed(latitude: float, longitude: float, postal_code: str) -> Resource:
    return of_type("Location", position={"latitude": latitude, "longitude": longitude}, address={"postalCode": postal_code})


def coded(code: str, system: str = "http://snomed.info/sct") -> Resource:
    return {"coding": [{"system": system, "code": code}]}


def amount(value: float, code: str = "mmol/L") -> Resource:
    return {"value": value, "unit": code, "system": UCUM, "code": code}


def section(*entries: Resource) -> Resource:
    named = [{"reference": f"{one['resourceType']}/{one['id']}"} for one in entries]
    return bundle(of_type("Composition", title="x", section=[{"title": "x", "entry": named}]), *entries)


ABSENT = "http://hl7.org/fhir/uv/ips/CodeSystem/absent-unknown-uv-ips"
NO_ALLERGY = of_type("AllergyIntolerance", "none", code=coded("716186003"))
NO_PROBLEM = of_type("Condition", "none", code=coded("160245001"))
NO_MEDICINE = of_type("MedicationStatement", "none", status="active", medicationCodeableConcept=coded("787481004"))
ILL = of_type("Condition", code={"text": "HTA"})
ALLERGIC = of_type("AllergyIntolerance", code={"text": "Pollens"})


@pytest.mark.parametrize(
    ("entries", "rule"),
    [
        ((NO_ALLERGY, ALLERGIC), "SECTION-NONE-KNOWN"),
        ((NO_ALLERGY, of_type("AllergyIntolerance", code=coded("409137002"))), None),
        ((NO_ALLERGY, ILL), None),
        ((of_type("AllergyIntolerance", "none", code=coded("no-allergy-info", ABSENT)), ALLERGIC), "SECTION-NONE-KNOWN"),
        ((of_type("Condition", "none", code=coded("no-problem-info", ABSENT)), ILL), "SECTION-NO-PROBLEM"),
        ((NO_PROBLEM, ILL), "SECTION-NO-PROBLEM"),
        ((NO_PROBLEM, ALLERGIC), None),
        ((NO_MEDICINE, ILL), None),
        ((NO_MEDICINE, of_type("MedicationRequest", status="active")), "SECTION-NO-MEDICATION"),
        ((NO_MEDICINE, of_type("MedicationRequest", status="draft")), None),
        ((NO_MEDICINE, of_type("MedicationStatement", status="intended")), None),
    ],
)
def test_to_know_of_nothing_is_of_one_kind(entries: tuple[Resource, ...], rule: str | None) -> None:
    assert told(section(*entries)) == ({rule} if rule else set())


def observed(value: Resource, *ranges: Resource, said: str = "") -> Resource:
    content = {"status": "final", "valueQuantity": value, "referenceRange": list(ranges)}
    if said:
        content["interpretation"] = [coded(said, "http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation")]
    return of_type("Observation", **content)


BOUNDS = {"low": amount(3), "high": amount(5)}
HIGH = coded("H", "http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation")
LOCAL = {"coding": [*HIGH["coding"], {"system": "https://local.example/flags", "code": "L"}]}
GRAMS, MILLIGRAMS = {"value": 5, "unit": "g/L"}, {"value": 350, "unit": "mg/dL"}


@pytest.mark.parametrize(
    ("resource", "rule"),
    [
        (observed(amount(4), {"low": amount(70, "mg/dL")}), "MEASURE-RANGE"),
        (observed(amount(4), BOUNDS, {"low": amount(70, "mg/dL")}), None),
        (observed(amount(4), BOUNDS, said="H"), "OBSERVATION-HIGH-LOW"),
        (observed(amount(4), BOUNDS | {"type": coded("normal")}, said="H"), "OBSERVATION-HIGH-LOW"),
        (observed(amount(4), BOUNDS | {"type": coded("treatment")}, said="H"), None),
        (observed(amount(4), BOUNDS | {"type": {"text": "cible"}}, said="H"), None),
        (observed(amount(4), BOUNDS | {"appliesTo": [{"text": "hommes"}]}, said="H"), None),
        (observed(amount(4), BOUNDS | {"age": {"low": amount(18, "a")}}, said="H"), None),
        (observed(amount(6), BOUNDS, said="H") | {"interpretation": [LOCAL]}, None),
        (observed(amount(5), BOUNDS, said="H"), None),
        (observed(amount(3), BOUNDS, said="L"), None),
        (observed(GRAMS, {"low": MILLIGRAMS}, said="N"), None),
        (observed(GRAMS, {"low": GRAMS | {"value": 6}}, said="N"), "OBSERVATION-HIGH-LOW"),
    ],
)
def test_a_value_is_held_against_the_range_it_is_read_by(resource: Resource, rule: str | None) -> None:
    assert told(resource) == ({rule} if rule else set())


def report(status: str, result: Resource | None = None, **content: Any) -> Resource:
    results = {"contained": [result], "result": [{"reference": "#x"}]} if result else {}
    return of_type("DiagnosticReport", "r", status=status, **results, **content)


@pytest.mark.parametrize(
    ("resource", "rule"),
    [
        (report("registered", of_type("Observation", status="registered")), None),
        (report("registered", of_type("Observation", status="final")), "REPORT-UNMADE"),
        (report("registered", result=None, conclusion="x"), "REPORT-UNMADE"),
        (report("registered", result=None) | {"result": [{"reference": "Observation/9"}]}, None),
        (report("cancelled", of_type("Observation", status="cancelled"), conclusion="hémolysé"), None),
        (report("cancelled", conclusionCode=[{"text": "x"}]), "REPORT-UNMADE"),
        (of_type("Observation", status="cancelled", valueString="Tube hémolysé"), None),
        (of_type("Observation", status="cancelled", valueCodeableConcept={"text": "insuffisant"}), None),
        (of_type("Observation", status="cancelled", valueQuantity=amount(4)), "OBSERVATION-UNMADE"),
        (of_type("Observation", status="cancelled", component=[{"valueQuantity": amount(4)}]), None),
        (of_type("Observation", status="registered", valueString="x"), "OBSERVATION-UNMADE"),
    ],
)
def test_what_is_not_made_may_say_why(resource: Resource, rule: str | None) -> None:
    assert told(resource) == ({rule} if rule else set())


@pytest.mark.parametrize(
    ("ours", "theirs", "mixed"),
    [
        ({}, {}, True),
        ({"link": [{"other": {"reference": "Patient/b"}, "type": "seealso"}]}, {}, False),
        ({}, {"link": [{"other": {"reference": "Patient/a"}, "type": "replaced-by"}]}, False),
        (None, {}, False),
    ],
)
def test_a_report_and_its_results_are_of_one_person(ours: Resource | None, theirs: Resource, mixed: bool) -> None:
    patients = [of_type("Patient", "b", **theirs), *([] if ours is None else [of_type("Patient", "a", **ours)])]
    result = of_type("Observation", status="final", subject={"reference": "Patient/b"})
    whole = report("final", subject={"reference": "Patient/a"}) | {"result": [{"reference": "Observation/x"}]}
    assert ("REPORT-SUBJECT" in told(bundle(*patients, result, whole))) is mixed
    of_relatives = whole | {"category": [coded("GE", "http://terminology.hl7.org/CodeSystem/v2-0074")]}
    assert "REPORT-SUBJECT" not in told(bundle(*patients, result, of_relatives))
    result |= {"focus": [{"reference": "Patient/a"}]}
    assert "REPORT-SUBJECT" not in told(bundle(*patients, result, whole))


def after_death(moment: str) -> Resource:
    given = of_type("MedicationAdministration", status="completed", subject={"reference": "Patient/p"}, effectiveDateTime=moment)
    return bundle(of_type("Patient", "p", deceasedDateTime="2026-06-01T10:00:00Z"), given)


SIREN = [{"system": "https://sirene.fr", "value": "180035024"}, {"system": "https://sirene.fr", "value": "55208131766522"}]
LEGAL = {"mode": "legal"}
SHOT = {"status": "completed", "expirationDate": "2026-06-01"}


@pytest.mark.parametrize(
    ("resource", "rule", "is_told"),
    [
        (of_type("Condition", onsetDateTime="2026-06-02", recordedDate="2026-06-01T23:30:00Z"), "TIME-RECORDED", False),
        (of_type("Condition", onsetDateTime="2026-06-03", recordedDate="2026-06-01"), "TIME-RECORDED", True),
        (
            of_type("Immunization", occurrenceDateTime="2026-05-01", recorded="2026-04-01", **SHOT),
            "TIME-RECORDED-IMMUNIZATION",
            True,
        ),
        (
            of_type("Immunization", occurrenceDateTime="2026-05-01T08:00:00Z", recorded="2026-05-01", **SHOT),
            "TIME-RECORDED-IMMUNIZATION",
            False,
        ),
        (of_type("Immunization", occurrenceDateTime="2026-05", recorded="2026-05-12", **SHOT), "TIME-RECORDED-IMMUNIZATION", False),
        (of_type("Immunization", occurrenceString="enfance", recorded="1980", **SHOT), "TIME-RECORDED-IMMUNIZATION", False),
        (
            of_type("Composition", date="2026-06-02", status="final", attester=[LEGAL | {"time": "2026-05-31"}]),
            "TIME-ATTESTED",
            True,
        ),
        (
            of_type("Composition", date="2026-06-02", status="final", attester=[{"mode": "professional", "time": "2026-05-31"}]),
            "TIME-ATTESTED",
            False,
        ),
        (
            of_type("Composition", date="2026-06-02", status="final", attester=[LEGAL | {"time": "2026-06-02"}]),
            "TIME-ATTESTED",
            False,
        ),
        (
            of_type("Composition", date="2026-06-02T09:00:00Z", status="final", attester=[LEGAL | {"time": "2026-06"}]),
            "TIME-ATTESTED",
            False,
        ),
        (
            of_type("Composition", date="2026-06-02", status="amended", attester=[LEGAL | {"time": "2026-05-31"}]),
            "TIME-ATTESTED",
            False,
        ),
        (
            of_type("Composition", date="2026-06-02", status="entered-in-error", attester=[LEGAL | {"time": "2026-05-31"}]),
            "TIME-ATTESTED",
            False,
        ),
        (of_type("Encounter", status="finished", period={"start": "2090-01-01"}), "TIME-FUTURE-ENCOUNTER", True),
        (of_type("Encounter", status="in-progress", period={"start": "2090-01-01"}), "TIME-FUTURE-ENCOUNTER", True),
        (
            of_type("Encounter", status="in-progress", period={"start": "2026-01-01", "end": "2090-01-01"}),
            "TIME-FUTURE-ENCOUNTER",
            False,
        ),
        (of_type("Encounter", status="planned", period={"start": "2090-01-01"}), "TIME-FUTURE-ENCOUNTER", False),
        (of_type("Immunization", occurrenceDateTime="2026-06-02T01:00:00Z", **SHOT), "TIME-EXPIRED", False),
        (of_type("Immunization", occurrenceDateTime="2026-06-03", **SHOT), "TIME-EXPIRED", True),
        (after_death("2026-06-03T08:00:00Z"), "TIME-DEATH-ADMINISTRATION", False),
        (after_death("2026-06-05T08:00:00Z"), "TIME-DEATH-ADMINISTRATION", True),
        (of_type("Organization", identifier=SIREN), "ACTOR-STRUCTURE-SIREN-AGREE", True),
        (of_type("Organization", identifier=[SIREN[0], SIREN[1] | {"use": "old"}]), "ACTOR-STRUCTURE-SIREN-AGREE", False),
        (of_type("Patient", address=[{"country": "FR", "_postalCode": {"id": "a"}}]), "ADDRESS-POSTAL-PATIENT", False),
    ],
)
def test_days_of_places_donors_and_what_was_before(resource: Resource, rule: str, is_told: bool) -> None:
    assert (rule in told(resource)) is is_told


def test_a_record_of_another_kind_or_server_may_have_the_same_id() -> None:
    other = "https://two.example/fhir/Patient/1"
    for reference, is_told in (("RelatedPerson/1", False), (other, False), ("Patient/1", True), (f"{SERVER}Patient/1", True)):
        record = of_type("Patient", "1", link=[{"other": {"reference": reference}, "type": "seealso"}])
        whole = bundle(record, of_type("RelatedPerson", "1"))
        whole["entry"].append({"fullUrl": other, "resource": of_type("Patient", "1")})
        assert ("PATIENT-LINK-SELF" in told(whole)) is is_told


@pytest.mark.parametrize("status", ["confirmed", "entered-in-error"])
def test_what_was_entered_in_error_has_no_date_to_hold_against_the_document(status: str) -> None:
    problem = of_type("Condition", onsetDateTime="2027-06", verificationStatus=coded(status))
    whole = bundle(of_type("Composition", date="2026-06-15T10:00:00Z"), problem) | {"type": "document"}
    assert ("TIME-AFTER-DOCUMENT" in told(whole)) is (status == "confirmed")


def in_use(ended: str, holder: str) -> Resource:
    """A role that is said to be in use until a day: alone, found, sent, contained, or in a document of June."""
    role = of_type("PractitionerRole", "r", active=True, period={"end": ended})
    held = {
        "alone": lambda: role,
        "found": lambda: bundle(role) | {"type": "searchset"},
        "sent": lambda: bundle(role),
        "contained": lambda: of_type("Observation", contained=[role], performer=[{"reference": "#r"}]),
        "document": lambda: bundle(of_type("Composition", date="2026-06-15T10:00:00Z"), role) | {"type": "document"},
    }
    return held[holder]()


@pytest.mark.parametrize(
    ("ended", "holder", "rule"),
    [
        ("2020-01-01", "alone", "TIME-ENDED-ROLE"),
        ("2026-11-27", "alone", None),
        ("2020-01-01", "found", "TIME-ENDED-ROLE"),
        ("2020-01-01", "sent", None),
        ("2020-01-01", "contained", None),
        ("2026-09-01", "document", None),
        ("2020-01-01", "document", "TIME-ENDED-DOCUMENT"),
    ],
)
def test_a_role_ends_in_the_time_of_what_holds_it(ended: str, holder: str, rule: str | None) -> None:
    assert told(in_use(ended, holder)) == ({rule} if rule else set())


TEST_INS = "urn:oid:1.2.250.1.213.1.4.10"


FORMER = {"system": TEST_INS, "value": "279035121518989", "use": "old"}


def known_as(matricule: str, id_: str = "x", system: str = TEST_INS, **more: Any) -> Resource:
    return of_type("Patient", id_, identifier=[{"system": system, "value": matricule, **more}])


@pytest.mark.parametrize(("day", "is_told"), [(1, False), (3, True)])
def test_a_month_that_is_just_over_is_not_yet_over_everywhere(day: int, is_told: bool) -> None:
    now = datetime(2026, 12, day, 3, tzinfo=UTC)
    rules = FrenchRules(LIBRARY, Circumstances(now.date(), now, Environment.TEST))
    found = rules.judge(node(in_use("2026-11", "alone"))).remarks
    assert [remark.rule for remark in found] == ["TIME-ENDED-ROLE"] * is_told


def born(day: str, **content: Any) -> Resource:
    return of_type("Patient", birthDate=day, **content)


def born_at(day: str, moment: str) -> Resource:
    return born(
        day,
        _birthDate={"extension": [{"url": "http://hl7.org/fhir/StructureDefinition/patient-birthTime", "valueDateTime": moment}]},
    )


def birthplace(code: str) -> Resource:
    insee = {"url": "https://hl7.fr/ig/fhir/core/StructureDefinition/fr-core-address-insee-code", "valueCoding": {"code": code}}
    place = {"url": "http://hl7.org/fhir/StructureDefinition/patient-birthPlace", "valueAddress": {"extension": [insee]}}
    return {"extension": [place]}


def document_of(patient: Resource, date: str, *facts: Resource, stamped: str = "2026-11-28T10:00:00Z") -> Resource:
    composition = of_type("Composition", "c", date=date, subject={"reference": "Patient/x"})
    return bundle(composition, patient, *facts) | {"type": "document", "timestamp": stamped}


@pytest.mark.parametrize(
    ("resource", "rule", "is_told"),
    [
        (born("2026-11-29"), "TIME-FUTURE-BIRTH", False),  # it is that day in Nouméa
        (born("2026-11-30"), "TIME-FUTURE-BIRTH", True),
        (of_type("Composition", date="2026-11-28T12:50:00Z"), "TIME-FUTURE-COMPOSITION", False),  # two clocks
        (of_type("Composition", date="2026-11-28T13:10:00Z"), "TIME-FUTURE-COMPOSITION", True),
        (born("2026-06-15", deceasedDateTime="2026-06-14T22:30:00Z"), "TIME-DEATH", False),
        (born("2026-06-15", deceasedDateTime="2026-03"), "TIME-DEATH", False),  # a twin, in utero
        (born("2026-06-15", deceasedDateTime="2025-05"), "TIME-DEATH", True),
        (
            born("2026-06-15", deceasedDateTime="2026-06-13T22:30:00Z", identifier=known_as("279035121518989")["identifier"]),
            "TIME-DEATH",
            True,
        ),  # whom INSi knows
        (born_at("2026-06-15", "2026-06-14T22:30:00Z"), "TIME-BIRTH-TIME", False),
        (born_at("2026-06-15", "2026-06-14T22:30:00+02:00"), "TIME-BIRTH-TIME", True),
        (born_at("2026-06-15", "2026-06-12T22:30:00Z"), "TIME-BIRTH-TIME", True),
        (born_at("2026-06-15", "2026-06-16T02:30:00-00:00"), "TIME-BIRTH-TIME", False),
        (
            born_at("2026-06-15", "2026-06-14T22:30:00+02:00") | birthplace("97411"),
            "TIME-BIRTH-TIME",
            False,
        ),  # by the clock of Paris
        (born_at("2026-06-15", "2026-06-14T22:30:00+02:00") | birthplace("45234"), "TIME-BIRTH-TIME", True),
        (born_at("2026-06-15", "2026-06-12T22:30:00+02:00") | birthplace("97411"), "TIME-BIRTH-TIME", True),
        (document_of(born("2026-06-15"), "2026-06-14T22:40:00Z"), "TIME-BIRTH-COMPOSITION", False),
        (document_of(born("2026-06-15"), "2026-06-14"), "TIME-BIRTH-COMPOSITION", True),
        (document_of(born("2000"), "2026-06-16", stamped="2026-06-15T22:30:00Z"), "TIME-ASSEMBLED", False),
        (document_of(born("2000"), "2026-06-17", stamped="2026-06-15T22:30:00Z"), "TIME-ASSEMBLED", True),
        (
            of_type("Specimen", receivedTime="2026-06-15T22:30:00Z", collection={"collectedDateTime": "2026-06-16"}),
            "TIME-SPECIMEN",
            False,
        ),
        (
            of_type("Specimen", receivedTime="2026-06-15T22:30:00Z", collection={"collectedDateTime": "2026-06-17"}),
            "TIME-SPECIMEN",
            True,
        ),
        (of_type("Condition", onsetDateTime="2026-06-16", abatementDateTime="2026-06-15T22:00:00Z"), "TIME-ABATEMENT", False),
        (of_type("Condition", onsetDateTime="2026-06-16", abatementDateTime="2026-06-15"), "TIME-ABATEMENT", True),
        (of_type("Communication", sent="2026-06-16", received="2026-06-15T22:00:00Z"), "TIME-COMMUNICATION", False),
        (of_type("Communication", sent="2026-06-16T10:00:02Z", received="2026-06-16T10:00:01Z"), "TIME-COMMUNICATION", False),
        (of_type("Communication", sent="2026-06-16T10:10:00Z", received="2026-06-16T10:00:00Z"), "TIME-COMMUNICATION", True),
        (placed(0.5, 42.0, "70300"), "LOCATION-SWAPPED", False),  # of Kenya
        (placed(2.3, 48.8, "75013"), "LOCATION-SWAPPED", True),
    ],
)
def test_a_day_is_that_of_its_place_and_clocks_differ(resource: Resource, rule: str, is_told: bool) -> None:
    assert (rule in told(resource)) is is_told


@pytest.mark.parametrize(("found", "is_told"), [("2025-12", False), ("2025", False), ("2024-12", True)])
def test_what_is_found_before_birth_is_in_the_record_of_the_child(found: str, is_told: bool) -> None:
    malformation = of_type("Condition", onsetDateTime=found, subject={"reference": "Patient/x"})
    assert ("TIME-BIRTH-PROBLEM" in told(bundle(born("2026-06-15"), malformation))) is is_told
    given = of_type("Immunization", status="completed", occurrenceDateTime="2025-12", patient={"reference": "Patient/x"})
    assert "TIME-BIRTH-IMMUNIZATION" in told(bundle(born("2026-06-15"), given))


MOTHER = known_as("277076322082910", "m")
CHILD = known_as("279035121518989")
ABOUT_MOTHER = {"subject": {"reference": "Patient/m"}}


@pytest.mark.parametrize(
    ("fact", "is_told"),
    [
        (of_type("Observation", status="final", **ABOUT_MOTHER), True),
        (of_type("Observation", status="final", focus=[{"reference": "Patient/x"}], **ABOUT_MOTHER), False),
        (of_type("Specimen", **ABOUT_MOTHER), False),
        (of_type("Encounter", status="finished", **ABOUT_MOTHER), False),
        (of_type("RelatedPerson", patient={"reference": "Patient/m"}), False),
    ],
)
def test_a_document_holds_what_was_taken_from_a_donor_or_befell_the_mother(fact: Resource, is_told: bool) -> None:
    assert ("INS-R08-BUNDLE" in told(document_of(CHILD, "2026-06-15", MOTHER, fact))) is is_told


@pytest.mark.parametrize(("subject", "is_told"), [("279035121518989", False), ("277076322082910", True)])
def test_a_parent_who_is_an_author_has_another_matricule(subject: str, is_told: bool) -> None:
    parent = of_type("RelatedPerson", "p", identifier=MOTHER["identifier"], patient={"reference": "#x"})
    sheet = of_type(
        "DocumentReference",
        contained=[CHILD, parent],
        subject={"identifier": {"system": TEST_INS, "value": subject}},
        author=[{"reference": "#p"}],
        context={"sourcePatientInfo": {"reference": "#x"}},
    )
    lot = bundle(sheet) | {"type": "transaction", "meta": {"profile": [PDSM_BUNDLE]}}
    assert {rule for rule in told(lot) if rule.startswith("INS-R08")} == ({"INS-R08-DOCUMENT", "INS-R08-LOT"} if is_told else set())


def identified(id_: str, **traits: Any) -> Resource:
    family = {"use": "official", "family": traits.pop("family", "PAT-TROIS")}
    content: Resource = {"identifier": CHILD["identifier"], "gender": "female", "birthDate": "1979-03-24"} | traits
    return of_type("Patient", id_, name=[family], **content)


@pytest.mark.parametrize(
    ("other", "is_told"),
    [
        ({"birthDate": "1979-03-25"}, True),
        ({"gender": "male"}, True),
        ({"family": "PAT-QUATRE"}, True),
        ({}, False),
        ({"family": "Pat Trois"}, False),  # written otherwise
        ({"birthDate": "1979-03"}, False),  # less of it
        ({"birthDate": "1979-03-25", "identifier": known_as("277076322082910")["identifier"]}, False),  # another person
        ({"birthDate": "1979-03-25", "identifier": [{"system": "urn:oid:2.999", "value": "1"}]}, False),
        ({"birthDate": "1979-03-25", "identifier": [FORMER, {"system": TEST_INS, "value": "277076322082910"}]}, False),
        ({"birthDate": "1979-03-25", "identifier": [FORMER]}, False),  # taken from that record since
        ({"birthDate": "1979-03-25", "link": [{"other": {"reference": "Patient/x"}, "type": "replaced-by"}]}, False),
        ({"gender": "unknown"}, False),
    ],
)
def test_one_matricule_is_that_of_one_birth(other: Resource, is_told: bool) -> None:
    sheet = of_type("DocumentReference", contained=[identified("s", **other)], context={"sourcePatientInfo": {"reference": "#s"}})
    for kind in ("transaction", "document"):
        assert ("INS-R08-TRAITS" in told(bundle(identified("x"), sheet) | {"type": kind})) is is_told
    assert "INS-R08-TRAITS" not in told(bundle(identified("x"), sheet) | {"type": "searchset"})  # of before a correction


@pytest.mark.parametrize(
    ("referenced", "created", "is_told"),
    [
        ("2026-05-01T10:00:00Z", "2026-05-02T12:00:00Z", True),
        ("2026-05-01T10:00:00Z", "2026-05-01T10:00:00Z", False),
        ("2026-05-01T10:00:00Z", "2026-05-01", False),
        ("2026-05-01T10:00:00Z", "2026-05", False),
        ("2026-05-01T10:00:00+02:00", "2026-05-01T08:30:00Z", False),  # clocks differ
        ("2026-05-02T10:00:00Z", "2026-05-01T10:00:00Z", False),
    ],
)
def test_a_reference_is_made_after_its_document(referenced: str, created: str, is_told: bool) -> None:
    sheet = of_type("DocumentReference", date=referenced, content=[{"attachment": {"creation": created}}])
    assert ("TIME-REFERENCE" in told(sheet)) is is_told


@pytest.mark.parametrize(
    ("state", "is_told"),
    [
        ({"docStatus": "final", "meta": {"versionId": "1"}}, True),
        ({"docStatus": "amended"}, False),
        ({"docStatus": "preliminary"}, False),
        ({"meta": {"versionId": "4"}}, False),
        ({"status": "entered-in-error"}, False),
    ],
)
def test_a_reference_that_was_updated_keeps_the_date_of_its_making(state: Resource, is_told: bool) -> None:
    sheet = of_type("DocumentReference", date="2026-05-01", content=[{"attachment": {"creation": "2026-05-20"}}], **state)
    assert ("TIME-REFERENCE" in told(sheet)) is is_told


WEIGHT = {
    "code": {"coding": [{"system": "http://loinc.org", "code": "29463-7"}]},
    "valueQuantity": {"value": 700, "unit": "kg", "system": "http://unitsofmeasure.org", "code": "kg"},
}


@pytest.mark.parametrize(
    ("resource", "status", "rule"),
    [
        (of_type("Observation", **WEIGHT), "final", "MEASURE-VALUE"),
        (of_type("MedicationRequest", authoredOn="2090-01-01"), "active", "TIME-FUTURE-PRESCRIPTION"),
        (of_type("Composition", date="2090-01-01"), "final", "TIME-FUTURE-COMPOSITION"),
        (of_type("DocumentReference", date="2090-01-01"), "current", "TIME-FUTURE-REFERENCE"),
        (of_type("Slot", start="2026-01-01T10:00:00Z", end="2026-01-01T09:00:00Z"), "free", "TIME-SLOT"),
    ],
)
def test_what_was_entered_in_error_may_say_what_made_it_one(resource: Resource, status: str, rule: str) -> None:
    assert rule in told(resource | {"status": status})
    assert rule not in told(resource | {"status": "entered-in-error"})


@pytest.mark.parametrize("status", ["confirmed", "entered-in-error"])
def test_a_problem_that_was_entered_in_error_may_be_of_any_day(status: str) -> None:
    problem = of_type("Condition", onsetDateTime="2090-01-01", recordedDate="2026-01-01", verificationStatus=coded(status))
    assert (told(problem) >= {"TIME-FUTURE-PROBLEM", "TIME-RECORDED"}) is (status == "confirmed")


def test_a_relapse_may_begin_after_the_problem_was_recorded() -> None:
    for status, is_told in (("active", True), ("relapse", False), ("recurrence", False)):
        problem = of_type("Condition", onsetDateTime="2026-05-01", recordedDate="2020-01-01", clinicalStatus=coded(status))
        assert ("TIME-RECORDED" in told(problem)) is is_told


@pytest.mark.parametrize(
    ("none", "other", "rule"),
    [
        (
            of_type("AllergyIntolerance", "n", code=coded("716186003"), verificationStatus=coded("confirmed")),
            of_type("AllergyIntolerance", "o", code={"text": "Arachide"}),
            "SECTION-NONE-KNOWN",
        ),
        (
            of_type("Condition", "n", code=coded("160245001"), verificationStatus=coded("confirmed")),
            of_type("Condition", "o", code={"text": "Asthme"}),
            "SECTION-NO-PROBLEM",
        ),
        (
            of_type("MedicationStatement", "n", medicationCodeableConcept=coded("787481004"), status="active"),
            of_type("MedicationStatement", "o", medicationCodeableConcept={"text": "Paracétamol"}, status="active"),
            "SECTION-NO-MEDICATION",
        ),
    ],
)
def test_an_absence_that_no_longer_holds_stands_beside_what_is_known(none: Resource, other: Resource, rule: str) -> None:
    references = [{"reference": f"{one['resourceType']}/{one['id']}"} for one in (none, other)]
    composition = of_type("Composition", "c", section=[{"entry": references}])
    withdrawn = {"status": "entered-in-error"} if "status" in none else {"verificationStatus": coded("entered-in-error")}
    assert rule in told(bundle(composition, none, other))
    assert rule not in told(bundle(composition, none | withdrawn, other))


def test_an_ins_that_is_masked_asks_no_traits() -> None:
    masked = {"extension": [{"url": "http://hl7.org/fhir/StructureDefinition/data-absent-reason", "valueCode": "masked"}]}
    assert "INS-R05-BIRTH" in told(of_type("Patient", identifier=[{"system": TEST_INS, "value": "279035121518989"}]))
    assert not told(of_type("Patient", identifier=[{"system": TEST_INS, "_value": masked}]))


PDSM_BUNDLE = "https://interop.esante.gouv.fr/ig/fhir/pdsm/StructureDefinition/pdsm-comprehensive-provide-document-bundle"


@pytest.mark.parametrize(
    ("there", "elsewhere", "is_told"),
    [
        ("Patient/1", f"{SERVER}Patient/1", False),
        ("Patient/1", f"{SERVER}Patient/2", True),
        ("Patient/1", f"{SERVER}Patient/1/_history/3", False),
    ],
)
def test_a_patient_is_named_under_the_server_or_by_the_whole_address(there: str, elsewhere: str, is_told: bool) -> None:
    named = [of_type(type_, subject={"reference": url}) for type_, url in (("List", there), ("DocumentReference", elsewhere))]
    assert ("MHD-SUBJECT" in told(bundle(*named) | {"type": "transaction", "meta": {"profile": [PDSM_BUNDLE]}})) is is_told


SOCIAL = {"type": coded("SS", "http://terminology.hl7.org/CodeSystem/v2-0203")}


@pytest.mark.parametrize(
    ("patient", "is_told"),
    [
        (known_as("279035121518989", system="urn:oid:2.999.1"), True),
        (known_as("279035121518989", system="urn:oid:2.999.1", type=coded("MR")), True),
        (known_as("279035121518989", system="urn:oid:2.999.1", type=coded("INS-NIR")), True),
        (known_as("279035121518989", system="urn:oid:2.999.1", type=coded("NI")), False),
        (known_as("279035121518989", system="urn:oid:2.999.1", type={"text": "Numéro de sécurité sociale"}), False),
        (known_as("279035121518989", system="urn:oid:2.999.1", **SOCIAL), False),
        (CHILD | {"identifier": [*CHILD["identifier"], {"system": "urn:oid:2.999.1", "value": "279035121518989"}]}, False),
    ],
)
def test_a_number_of_social_security_is_no_ins_in_the_wrong_place(patient: Resource, is_told: bool) -> None:
    assert ("INS-R03-MEANT" in told(patient)) is is_told


def test_an_accent_may_be_a_sign_of_its_own() -> None:
    for family, rule in (("LE\u0301A", "INS-R10-CASE"), ("LEA2", "INS-R10-SIGN")):
        patient = CHILD | {"name": [{"use": "official", "family": family}]}
        assert {"INS-R10-CASE", "INS-R10-SIGN"} & told(patient) == {rule}


@pytest.mark.parametrize(("relation", "is_told"), [("self", True), ("next", False), ("previous", False)])
def test_the_total_of_slots_is_that_of_all_pages(relation: str, is_told: bool) -> None:
    slot = of_type(
        "Slot",
        status="free",
        meta={"profile": ["https://interop.esante.gouv.fr/ig/fhir/sas/StructureDefinition/sas-slot-aggregator"]},
    )
    found = bundle(slot) | {"type": "searchset", "total": 40, "link": [{"relation": relation, "url": f"{SERVER}Slot"}]}
    assert ("SAS-TOTAL" in told(found)) is is_told


@pytest.mark.parametrize(
    ("low", "high", "told_so"),
    [
        ((0.76, "mg/dL"), (1.27, "mg/dL"), False),
        ((0.76, "g/L"), (127, "mg/dL"), False),
        ((0.76, "g/L"), (12.7, "mg/dL"), True),
        ((5, "mmol/L"), (1, "g/L"), False),  # what it weighs is not known
        ((9, "10*9/L"), (2, "{cells}"), False),
        ((3, "g/L"), (3000, "mg/L"), False),
    ],
)
def test_a_range_in_two_units_is_compared_where_it_can_be(low: tuple[float, str], high: tuple[float, str], told_so: bool) -> None:
    range_ = {"low": amount(*low), "high": amount(*high)}
    observed = of_type("Observation", status="final", code={"text": "x"}, referenceRange=[range_])
    assert ("RANGE-ORDER" in told(observed)) is told_so


def test_a_mailbox_that_is_masked_has_no_form() -> None:
    kind = {
        "url": "https://hl7.fr/ig/fhir/core/StructureDefinition/fr-core-contact-point-email-type",
        "valueCoding": {"code": "MSSANTE"},
    }
    masked = {"extension": [{"url": "http://hl7.org/fhir/StructureDefinition/data-absent-reason", "valueCode": "masked"}]}
    mailbox: Resource = {"extension": [kind], "system": "email"}
    for said, is_told in (({"value": "a@x.example"}, True), ({}, True), ({"_value": masked}, False)):
        assert ("MSS-ADDRESS-PRACTITIONER" in told(of_type("Practitioner", telecom=[mailbox | said]))) is is_told


def _submitted(*resources: Resource) -> set[str]:
    sent = bundle(*resources)
    for entry in sent["entry"]:
        entry["request"] = {"method": "POST", "url": entry["resource"]["resourceType"]}
    return told(sent | {"type": "transaction", "meta": {"profile": [PDSM_BUNDLE]}})


def test_a_submission_may_name_what_it_holds_by_type_and_id() -> None:
    document = of_type("Binary", "b", contentType="application/pdf", data="JVBERi0xLjQKJSVFT0Y=")
    for url, is_told in (("Binary/b", False), ("Binary/c", True)):
        reference = of_type("DocumentReference", "d", content=[{"attachment": {"url": url}}])
        assert ("MHD-BINARY" in _submitted(of_type("List"), reference, document)) is is_told
    for url, is_told in (("DocumentReference/d", False), ("DocumentReference/e", True)):
        lot = of_type("List", entry=[{"item": {"reference": url}}])
        assert ("MHD-SUBMISSION-MEMBER" in _submitted(lot, of_type("DocumentReference", "d"))) is is_told


@pytest.mark.parametrize(
    ("target", "is_told"),
    [("DocumentReference?identifier=urn:ietf:rfc:3986|urn:oid:2.999.1", False), ("DocumentReference/1", False), ("List/1", True)],
)
def test_what_is_replaced_may_be_named_by_a_search(target: str, is_told: bool) -> None:
    related = [{"code": "replaces", "target": {"reference": target}}]
    assert ("constr-bind-relatesToTarget" in _submitted(of_type("DocumentReference", "d", relatesTo=related))) is is_told


@pytest.mark.parametrize(
    ("creation", "is_told"),
    [
        ("2026-01-01T10:00:04+01:00", False),
        ("2026-01-01T10:04:59+01:00", False),
        ("2026-01-01T10:05:30+01:00", True),
        ("2026-01-01", False),
        ("2026-01-03", True),
    ],
)
def test_who_submits_may_have_another_clock(creation: str, is_told: bool) -> None:
    reference = of_type("DocumentReference", "d", content=[{"attachment": {"creation": creation}}])
    code = {"coding": [{"code": "submissionset"}]}
    lot = of_type("List", code=code, date="2026-01-01T10:00:00+01:00", entry=[{"item": {"reference": "DocumentReference/d"}}])
    assert ("TIME-SUBMITTED" in _submitted(lot, reference)) is is_told


@pytest.mark.parametrize(
    ("type_", "format_", "is_told"),
    [
        ("urn:iso-astm:E1762-95:2013", "http://ihe.net/fhir/ihe.formatcode.fhir/CodeSystem/formatcode", False),
        ("http://loinc.org", "http://profiles.ihe.net/fhir/ihe.formatcode.fhir/CodeSystem/formatcode", False),
        (
            "https://mos.esante.gouv.fr/NOS/TRE_A04-Loinc/FHIR/TRE-A04-Loinc",
            "http://profiles.ihe.net/fhir/ihe.formatcode.fhir/CodeSystem/formatcode",
            False,
        ),
        ("http://snomed.info/sct", "http://one.example/formats", True),
    ],
)
def test_systems_that_are_called_as_in_fhir_are_those_of_the_constraints(type_: str, format_: str, is_told: bool) -> None:
    content = [{"format": {"system": format_, "code": "urn:ihe:iti:xds-sd:pdf:2008"}}]
    found = _submitted(of_type("DocumentReference", "d", type=coded("1.2.840.10065.1.12.1.5", type_), content=content))
    rules = {"constr-bind-type", "constr-bind-format"}
    assert found & rules == (rules if is_told else set())


def appointment(minutes: int, end: str = "2026-05-04T09:30:00+02:00") -> Resource:
    return of_type("Appointment", status="booked", start="2026-05-04T09:00:00+02:00", end=end, minutesDuration=minutes)


def taken(status: str, until: str, **said: Any) -> Resource:
    return of_type("MedicationStatement", status=status, effectivePeriod={"end": until}, **said)


def prescribed(until: str) -> Resource:
    return of_type("MedicationRequest", authoredOn="2026-06-06T23:00:00+02:00", dispenseRequest={"validityPeriod": {"end": until}})


def reported(collected: Resource, status: str = "final") -> Resource:
    specimen = of_type("Specimen", "s", collection=collected)
    of = {"contained": [specimen], "specimen": [{"reference": "#s"}], "issued": "2026-02-20T14:00:00+01:00"}
    return of_type("DiagnosticReport", status=status, **of)


def dosed(days: float) -> Resource:
    return of_type("MedicationStatement", dosage=[{"timing": {"repeat": {"boundsDuration": {"value": days, "unit": "j"}}}}])


WRITTEN = of_type("Composition", "c", date="2026-03-06T09:00:00+01:00")


@pytest.mark.parametrize(
    ("resource", "rule", "is_told"),
    [
        (appointment(45), "TIME-APPOINTMENT-MINUTES", True),
        (appointment(30), "TIME-APPOINTMENT-MINUTES", False),
        (appointment(15), "TIME-APPOINTMENT-MINUTES", False),  # with a break
        (appointment(30, "2026-05-04T09:29:59+02:00"), "TIME-APPOINTMENT-MINUTES", False),
        (appointment(30, "2026-05-04T08:30:00+01:00"), "TIME-APPOINTMENT-MINUTES", False),
        (taken("active", "2026-02-10", dateAsserted="2026-06-01"), "TIME-ENDED-MEDICATION", True),
        (taken("active", "2026-02-10"), "TIME-ENDED-MEDICATION", False),  # it was said in its time
        (taken("active", "2026-12-31", dateAsserted="2026-06-01"), "TIME-ENDED-MEDICATION", False),
        (taken("completed", "2026-02-10", dateAsserted="2026-06-01"), "TIME-ENDED-MEDICATION", False),
        (bundle(WRITTEN, taken("active", "2026-02")) | {"type": "document"}, "TIME-ENDED-MEDICATION-DOCUMENT", True),
        (bundle(WRITTEN, taken("active", "2026-03")) | {"type": "document"}, "TIME-ENDED-MEDICATION-DOCUMENT", False),
        (bundle(WRITTEN, taken("stopped", "2026-02")) | {"type": "document"}, "TIME-ENDED-MEDICATION-DOCUMENT", False),
        (prescribed("2026-01-06"), "TIME-VALIDITY", True),
        (prescribed("2026-06-06"), "TIME-VALIDITY", False),
        (reported({"collectedDateTime": "2026-02-22T08:00:00+01:00"}), "TIME-COLLECTED", True),
        (reported({"collectedPeriod": {"start": "2026-02-22"}}), "TIME-COLLECTED", True),
        (reported({"collectedDateTime": "2026-02-22"}, "partial"), "TIME-COLLECTED", False),
        (reported({"collectedDateTime": "2026-02-20"}), "TIME-COLLECTED", False),
        (reported({"collectedDateTime": "2026-02"}), "TIME-COLLECTED", False),
        (reported({}), "TIME-COLLECTED", False),
        (dosed(-5), "DOSE-STATEMENT", True),
        (dosed(5), "DOSE-STATEMENT", False),
    ],
)
def test_what_is_said_of_a_time_holds_with_the_other_times(resource: Resource, rule: str, is_told: bool) -> None:
    assert (rule in told(resource)) is is_told


FR_CORE_TYPES = "https://hl7.fr/ig/fhir/core/CodeSystem/fr-core-cs-v2-0203"


@pytest.mark.parametrize(
    ("type_", "system", "is_told"),
    [
        ("RPPS", "https://rpps.esante.gouv.fr", False),
        ("RPPS", "http://rpps.fr", False),  # of former days
        ("IDNPS", "urn:oid:1.2.250.1.71.4.2.1", False),
        ("RPPS", "https://one.example/doctors", True),
        ("INTRN", "https://one.example/doctors", False),
    ],
)
def test_the_number_of_a_professional_is_under_its_system(type_: str, system: str, is_told: bool) -> None:
    identifier = {"type": coded(type_, FR_CORE_TYPES), "system": system, "value": "01234567897"}
    assert ("ACTOR-PERSON-TYPED" in told(of_type("Practitioner", identifier=[identifier]))) is is_told
