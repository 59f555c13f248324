"""What references, profiles and extensions name, where nothing is found: what was probably meant, and what cannot be meant."""

from __future__ import annotations

from typing import Any

import pytest
from fhir_small import PROFILES, element, outcome, profile, structure, told

from harness.library.fhir.neighbours import Neighbours
from harness.model import Severity

GUIDE = "https://hl7.fr/ig/fhir/core/StructureDefinition/"
KNOWN = Neighbours(
    [
        (f"{GUIDE}fr-core-patient-ins", "fr.core#2.2.0"),
        (f"{GUIDE}fr-core-patient", "fr.core#2.2.0"),
        (f"{GUIDE}fr-core-patient", "fr.core#2.10.0"),
        ("https://a.example/StructureDefinition/note", "a#1.0.0"),
    ]
)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        (f"{GUIDE}fr-core-patient-inss", f"{GUIDE}fr-core-patient-ins"),
        (f"{GUIDE}fr-core-pateint", f"{GUIDE}fr-core-patient"),
        ("https://hl7.fr/ig/fhir/core/StructureDefinition-fr-core-patient.html", f"{GUIDE}fr-core-patient"),
        ("https://interop.esante.gouv.fr/ig/fhir/core/StructureDefinition/fr-core-patient", f"{GUIDE}fr-core-patient"),
        (f"{GUIDE}couleur", None),
        (f"{GUIDE}fr-core-dp-patient", None),  # another one: three letters are no slip
        ("https://b.example/StructureDefinition/note", None),  # a word that anyone may take
        ("https://b.example/StructureDefinition/couleur", None),
    ],
)
def test_the_address_that_was_probably_meant(written: str, meant: str | None) -> None:
    assert KNOWN.nearest(written) == meant


NOS = "https://mos.esante.gouv.fr/NOS"
SYSTEMS = Neighbours(
    [
        (f"{NOS}/TRE_R13-CommuneOM/FHIR/TRE-R13-CommuneOM", ""),
        (f"{NOS}/TRE_R38-SpecialiteOrdinale/FHIR/TRE-R38-SpecialiteOrdinale", ""),
        ("http://terminology.hl7.org/CodeSystem/observation-category", ""),
        ("http://terminology.hl7.org/CodeSystem/v2-0203", ""),
    ]
)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        (f"{NOS}/TRE_R38-SpecialitesOrdinale/FHIR/TRE-R38-SpecialitesOrdinale", "SpecialiteOrdinale"),
        (f"{NOS}/TRE_R38-SpecialiteOrdinale/TRE-R38-SpecialiteOrdinale", "SpecialiteOrdinale"),
        ("http://hl7.org/fhir/observation-category", "observation-category"),
        ("http://terminology.hl7.org/odeSystem/v2-0203", "v2-0203"),
        ("http://terminology.hl7.org/CodeSysten/v2-0203", None),  # another folder, as fhir/us is of fhir/uv
        ("https://example.org/CodeSystem/observation-category", None),  # one of its own may have that name
        (f"{NOS}/TRE_R13-Commune/FHIR/TRE-R13-Commune", None),  # there is one of this name, which is not at hand
        (f"{NOS}/TRE_R39-SpecialiteOrdinale/FHIR/TRE-R39-SpecialiteOrdinale", None),
    ],
)
def test_a_code_system_was_meant_only_where_it_can_hardly_be_another(written: str, meant: str | None) -> None:
    found = SYSTEMS.slipped(written)
    assert found is None if meant is None else str(found).endswith(meant)


def test_who_defines_what_stands_at_an_address() -> None:
    assert KNOWN.packages(f"{GUIDE}couleur") == ["fr.core#2.2.0", "fr.core#2.10.0"]
    elsewhere = [(f"https://a.example/StructureDefinition/{name}", "combined#1") for name in ("x", "y")]
    copies = Neighbours([(f"{GUIDE}fr-core-patient", "combined#1"), *elsewhere])
    assert copies.packages(f"{GUIDE}couleur") == []
    assert KNOWN.packages("https://b.example/StructureDefinition/couleur") == []


def patient(**members: Any) -> dict[str, Any]:
    return {"resourceType": "Patient", "id": "p", **members}


VALUE_SET = ("states.json", {"resourceType": "ValueSet", "url": "http://example.org/ValueSet/states", "status": "active"})
PROFILE = profile("patient-ins", "Patient")


@pytest.mark.parametrize(
    ("claimed", "found"),
    [
        ("patient-ins", []),
        ("patient-inss", [("FHIR-PROFILE", Severity.WARNING, f"Did you mean {PROFILES}patient-ins?")]),
        ("patient-ins|9.0", [("FHIR-PROFILE-VERSION", Severity.INFO, "Correct the version, or install its package.")]),
        ("http://example.org/ValueSet/states", [("FHIR-PROFILE", Severity.ERROR, "")]),
        ("https://elsewhere.example/StructureDefinition/x", []),
    ],
)
def test_a_profile_that_nothing_gives_is_told_with_what_was_probably_meant(
    claimed: str, found: list[tuple[str, Severity, str]]
) -> None:
    url = claimed if ":" in claimed else PROFILES + claimed
    judged = outcome(patient(meta={"profile": [url]}), PROFILE, VALUE_SET)
    assert [(one.rule, one.severity, one.hint.en) for one in judged.remarks] == found
    assert bool(judged.not_judged) == (claimed != "patient-ins")


def extension(name: str, high: str = "1") -> tuple[str, dict[str, Any]]:
    file, plain = profile(name, "Extension", element("Extension.url", 1, "1", "uri", fixedUri=PROFILES + name))
    plain["snapshot"]["element"][0]["max"] = high
    return file, plain


def test_an_extension_that_nothing_defines_is_told_with_the_one_probably_meant() -> None:
    written = {"url": f"{PROFILES}birth-plaec", "valueString": "Lyon"}
    found = outcome(patient(extension=[written]), extension("birth-place")).remarks
    assert [(one.severity, one.hint.en) for one in found] == [(Severity.WARNING, f"Did you mean {PROFILES}birth-place?")]
    foreign = {"url": "https://elsewhere.example/StructureDefinition/couleur", "valueString": "bleu"}
    assert outcome(patient(extension=[foreign]), extension("birth-place")).remarks == []


@pytest.mark.parametrize(("high", "warned"), [("1", ["Patient.extension[1]"]), ("2", ["Patient.extension[2]"]), ("*", [])])
def test_an_extension_comes_as_often_as_its_definition_says(high: str, warned: list[str]) -> None:
    content = patient(extension=[{"url": f"{PROFILES}place", "valueString": "Lyon"}] * 3)
    found = outcome(content, extension("place", high)).remarks
    assert [(one.severity, one.node.path) for one in found] == [(Severity.WARNING, where) for where in warned]


@pytest.mark.parametrize(("name", "warned"), [("modifierExtension", True), ("extension", False)])
def test_what_changes_the_meaning_and_is_not_known_is_told(name: str, warned: bool) -> None:
    basic = structure(
        "Basic", element("Basic.extension", 0, "*", "Extension"), element("Basic.modifierExtension", 0, "*", "Extension")
    )
    content = {"resourceType": "Basic", name: [{"url": "https://elsewhere.example/annule", "valueString": "oui"}]}
    found = outcome(content, basic)
    assert [(one.rule, one.severity) for one in found.remarks] == [("FHIR-EXTENSION", Severity.WARNING)] * warned
    assert len(found.not_judged) == 1


@pytest.mark.parametrize(
    ("url", "leads"),
    [
        ("Patient/1", True),
        ("Patient/1/_history/2", True),
        ("Patient?identifier=1", True),  # conditional, in a transaction
        ("https://a.example/fhir/Patient/1", True),
        ("https://a.example/anything", True),
        ("urn:uuid:2b90dd2b-2dab-4c75-9bb9-a355e07401e8", True),  # of a Bundle that is not here
        ("2b90dd2b-2dab-4c75-9bb9-a355e07401e8", False),
        ("Patiente/1", False),
        ("patient/1", False),
        ("Patient", False),
        ("/Patient/1", False),
    ],
)
def test_a_relative_reference_is_that_of_a_resource(url: str, leads: bool) -> None:
    content = {"resourceType": "Observation", "subject": {"reference": url}}
    assert told(content) == ([] if leads else [("FHIR-REFERENCE", "Observation.subject")])


@pytest.mark.parametrize(
    ("subject", "warned"),
    [
        ({"type": "Patient"}, True),  # which one is not said
        ({"type": "Patient", "display": "Alice"}, False),
        ({"type": "Patient", "reference": "Patient/1"}, False),
        ({"reference": "https://a.example/fhir/Patient"}, True),  # all of them
        ({"reference": "https://a.example/fhir/Patient/"}, True),
        ({"reference": "https://a.example/fhir/Patient/Patient"}, False),
        ({"reference": "https://a.example/fhir/patient"}, False),
        ({"reference": "https://a.example/Dossier"}, False),
        ({"reference": "https://a.example"}, False),
        ({"reference": "Patient?identifier=1"}, True),  # no transaction replaces it
    ],
)
def test_a_reference_names_one_resource(subject: dict[str, str], warned: bool) -> None:
    found = outcome({"resourceType": "Observation", "subject": subject}).remarks
    assert [one.severity for one in found if one.rule == "FHIR-REFERENCE"] == [Severity.WARNING] * warned


@pytest.mark.parametrize(
    ("search", "right"),
    [
        ("identifier=urn:oid:2.999.1|1", True),
        ("general-practitioner:Practitioner.name=A&_id=1&active=", True),
        ("identifier=1&?==", False),
        ("identifier", False),
        ("", False),
    ],
)
def test_a_conditional_reference_is_a_search(search: str, right: bool) -> None:
    """An error where it is none; where it is one, a warning, as only a transaction replaces it by what it finds."""
    found = outcome({"resourceType": "Observation", "subject": {"reference": f"Patient?{search}"}}).remarks
    severity = Severity.WARNING if right else Severity.ERROR
    assert [one.severity for one in found if one.rule == "FHIR-REFERENCE"] == [severity]


@pytest.mark.parametrize(
    ("member", "warned"),
    [("Observation/o", True), ("Observation/o/_history/1", True), ("Observation/p", False), ("#p", False), ("#", False)],
)
def test_nothing_is_made_of_itself(member: str, warned: bool) -> None:
    content = {"resourceType": "Observation", "id": "o", "hasMember": [{"reference": member}]}
    if member == "#p":
        content["contained"] = [{"resourceType": "Observation", "id": "p"}]
    found = outcome(content).remarks
    assert [(one.rule, one.severity) for one in found] == [("FHIR-REFERENCE", Severity.WARNING)] * warned


@pytest.mark.parametrize(
    ("canonical", "found"),
    [("#q", []), ("#r", ["Basic.from"]), ("https://a.example/Questionnaire/r", []), ("#", [])],
)
def test_a_canonical_may_be_of_what_is_contained(canonical: str, found: list[str]) -> None:
    basic = structure(
        "Basic",
        element("Basic.id", 0, "1", "id"),
        element("Basic.contained", 0, "*", "Resource"),
        element("Basic.from", 0, "1", {"code": "canonical", "targetProfile": ["http://hl7.org/fhir/StructureDefinition/Basic"]}),
        element("Basic.also", 0, "1", "canonical"),
    )
    content = {"resourceType": "Basic", "contained": [{"resourceType": "Basic", "id": "q"}], "from": canonical, "also": "#q"}
    assert [place for _, place in told(content, basic)] == found


@pytest.mark.parametrize(
    ("birth", "warned"),
    [
        ({"birthDate": "1974"}, True),
        ({}, False),
    ],
)
def test_a_value_that_is_there_has_no_reason_to_be_missing(birth: dict[str, str], warned: bool) -> None:
    url = "http://hl7.org/fhir/StructureDefinition/data-absent-reason"
    plain = structure("Element", element("Element.extension", 0, "*", "Extension"))
    absent = structure("Extension", element("Extension.url", 1, "1", "uri", fixedUri=url), url=url, derivation="constraint")
    content = patient(_birthDate={"extension": [{"url": url, "valueCode": "unknown"}]}, **birth)
    found = [one for one in outcome(content, plain, absent).remarks if one.severity is Severity.WARNING]
    assert [one.rule for one in found] == ["FHIR-EXTENSION"] * warned


UUID = "urn:uuid:2b90dd2b-2dab-4c75-9bb9-a355e07401e8"


@pytest.mark.parametrize(("total", "warned"), [(0, True), (1, True), (2, False), (40, False), (None, False)])
def test_a_search_finds_no_less_than_it_shows(total: int | None, warned: bool) -> None:
    found = {"resource": patient(), "search": {"mode": "match"}}
    entries = [{"fullUrl": f"https://example.org/fhir/Patient/{id}", **found, "resource": patient(id=id)} for id in ("a", "b")]
    included = {"fullUrl": "https://example.org/fhir/Patient/c", "resource": patient(id="c"), "search": {"mode": "include"}}
    bundle = {
        "resourceType": "Bundle",
        "type": "searchset",
        "link": [{"relation": "self", "url": "https://example.org/fhir/Patient"}],
    }
    bundle |= {"entry": [*entries, included]} | ({} if total is None else {"total": total})
    assert [one.node.path for one in outcome(bundle).remarks if "total is" in one.message.en] == ["Bundle.total"] * warned


@pytest.mark.parametrize(("score", "warned"), [(0, False), (0.5, False), (1, False), (1.01, True), (-1, True), (98, True)])
def test_the_score_of_a_result_goes_from_0_to_1(score: float, warned: bool) -> None:
    entry = {
        "fullUrl": "https://example.org/fhir/Patient/a",
        "resource": patient(id="a"),
        "search": {"mode": "match", "score": score},
    }
    link = {"relation": "self", "url": "https://example.org/fhir/Patient"}
    found = outcome({"resourceType": "Bundle", "type": "searchset", "link": [link], "entry": [entry]}).remarks
    assert [one.node.name for one in found if one.severity is Severity.WARNING] == ["score"] * warned


@pytest.mark.parametrize(
    ("kind", "severity"),
    [
        ("document", Severity.ERROR),
        ("transaction", Severity.ERROR),
        ("collection", Severity.WARNING),
        ("searchset", Severity.WARNING),
    ],
)
@pytest.mark.parametrize("subject", [UUID, UUID.upper().replace("URN:UUID", "urn:uuid"), UUID[:-1] + "9", "urn:oid:1.2.3"])
def test_a_urn_leads_to_an_entry_of_its_bundle_or_nowhere(kind: str, severity: Severity, subject: str) -> None:
    first = {"resourceType": "Composition", "id": "c", "subject": {"reference": UUID}}
    observation = {"resourceType": "Observation", "id": "o", "subject": {"reference": subject}, "hasMember": []}
    entries = [
        {"fullUrl": "urn:uuid:00000000-0000-4000-8000-000000000001", "resource": first},
        {"fullUrl": UUID, "resource": patient()},
        {"fullUrl": "urn:uuid:00000000-0000-4000-8000-000000000002", "resource": observation},
    ]
    del observation["hasMember"]
    found = outcome({"resourceType": "Bundle", "type": kind, "entry": entries}).remarks
    of_subject = [one.severity for one in found if one.node.path == "Bundle.entry[2].resource.subject"]
    assert of_subject == ([] if subject == UUID else [severity])


@pytest.mark.parametrize(("subject", "errors"), [(UUID, []), (UUID[:-1] + "9", ["Patient.contained[0].entry[1].resource.subject"])])
def test_a_urn_leads_to_an_entry_of_a_contained_bundle(subject: str, errors: list[str]) -> None:
    observation = {"resourceType": "Observation", "subject": {"reference": subject}}
    entries = [{"fullUrl": UUID, "resource": {"resourceType": "Patient"}}, {"fullUrl": UUID[:-1] + "2", "resource": observation}]
    held = {"resourceType": "Bundle", "id": "b", "type": "transaction", "entry": entries}
    outer = {"resourceType": "Patient", "contained": [held], "generalPractitioner": [{"reference": "#b"}]}
    assert [path for _, path in told(outer) if path.endswith("subject")] == errors


def test_what_a_composition_refers_to_in_vain_is_told_once() -> None:
    first = {"resourceType": "Composition", "id": "c", "subject": {"reference": UUID}}
    content = {"resourceType": "Bundle", "type": "document", "entry": [{"fullUrl": "urn:uuid:x", "resource": first}]}
    of_subject = [one for one in told(content) if one[1] == "Bundle.entry[0].resource.subject"]
    assert of_subject == [("FHIR-REFERENCE", "Bundle.entry[0].resource.subject")]


@pytest.mark.parametrize(
    ("value", "right"),
    [
        ("urn:oid:1.2.250.1.213", True),
        (UUID, True),
        ("https://a.example/doc/1", True),
        ("urn:uuid:555", False),
        ("urn:oid:1.2.abc", False),
        ("urn:oid:1.2.250.1^42", False),
        ("1.2.250.1.213", False),
        ("c757873d-ec9a-4326-a141-556f43239520", False),
    ],
)
def test_an_identifier_that_says_to_be_a_uri_is_a_whole_one(value: str, right: bool) -> None:
    content = patient(identifier=[{"system": "urn:ietf:rfc:3986", "value": value}])
    assert told(content) == ([] if right else [("FHIR-IDENTIFIER", "Patient.identifier[0]")])


@pytest.mark.parametrize(
    ("system", "value", "is_told"),
    [
        ("urn:oid:1.2.250.1.999.1", "urn:oid:2.999.1", True),
        ("https://one.example/ids", "urn:uuid:2b90dd2b-2dab-4c75-9bb9-a355e07401e8", True),
        ("urn:dicom:uid", "urn:oid:2.999.1", False),
        ("https://one.example/ids", "2b90dd2b-2dab-4c75-9bb9-a355e07401e8", False),
        ("https://one.example/ids", "https://one.example/ids/1", False),  # which may be what is counted there
    ],
)
def test_a_whole_uri_is_under_the_system_of_uris(system: str, value: str, is_told: bool) -> None:
    found = outcome(patient(identifier=[{"system": system, "value": value}])).remarks
    told_of = [("FHIR-IDENTIFIER", Severity.WARNING, "Patient.identifier[0].system")] * is_told
    assert [(one.rule, one.severity, one.node.path) for one in found] == told_of
    assert told(patient(identifier=[{"system": "urn:x:ipp", "value": value}])) == []


@pytest.mark.parametrize(
    ("url", "wanted"),
    [
        ("urn:uuid:condition-5", "a UUID"),
        (UUID.replace("b", "B"), "a UUID in small letters"),
        ("urn:oid:1.2.A", "an OID"),
        ("https://example.org/a b", "a URI without space"),
    ],
)
def test_what_is_wrong_with_a_uri_is_told_by_its_kind(url: str, wanted: str) -> None:
    content = {"resourceType": "Bundle", "type": "collection", "entry": [{"fullUrl": url, "resource": patient()}]}
    found = [one.message.en for one in outcome(content).remarks if one.rule == "FHIR-TYPE"]
    assert len(found) == 1 and f": {wanted}" in found[0]


@pytest.mark.parametrize(
    ("system", "warned"), [("urn:oid:1.2.3", False), ("URN:OID:1.2.3", True), ("urn:OID:1.2.3", True), ("https://X.org/ids", False)]
)
def test_the_system_of_an_identifier_begins_in_small_letters(system: str, warned: bool) -> None:
    found = outcome(patient(identifier=[{"system": system, "value": "1"}])).remarks
    assert [(one.rule, one.severity) for one in found] == [("FHIR-IDENTIFIER", Severity.WARNING)] * warned
