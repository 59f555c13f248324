"""What a profile asks: cardinalities, slices by each discriminator, references, extensions; and what a Bundle asks."""

from __future__ import annotations

import copy
import json
import random
from typing import Any

import pytest
from fhir_small import BASICS, PROFILES, element, node, outcome, profile, reference, sliced, structure, told

from harness.checks.fhir.beside import Beside
from harness.checks.fhir.judging import judge
from harness.checks.fhir.markdown import html_tag
from harness.checks.fhir.primitives import defect, is_uri
from harness.checks.fhir.shapes import BASE
from harness.checks.fhir.structures import Structures
from harness.errors import UnreadableDocument
from harness.library.fhir.definitions import Definitions
from harness.model import Severity


def patient(**elements: Any) -> dict[str, Any]:
    return {"resourceType": "Patient", "id": "p", **elements}


def identifiers(*systems: str) -> dict[str, Any]:
    return patient(identifier=[{"system": f"urn:x:{system}", "value": "1"} for system in systems])


def of_identifiers(*slices: dict[str, Any], rules: str = "open", ordered: bool = False) -> tuple[str, dict[str, Any]]:
    said = sliced(("value", "system"), rules=rules, ordered=ordered)
    return profile("by-system", "Patient", element("Patient.identifier", 0, "*", "Identifier", **said), *slices)


def system_slice(name: str, low: int = 0, high: str = "*", **more: Any) -> list[dict[str, Any]]:
    top = f"Patient.identifier:{name}"
    return [
        element("Patient.identifier", low, high, "Identifier", id=top, sliceName=name, base_max="*", **more),
        element("Patient.identifier.system", 1, "1", "uri", id=f"{top}.system", fixedUri=f"urn:x:{name.rpartition('/')[2]}"),
        element("Patient.identifier.value", 1, "1", "string", id=f"{top}.value"),
    ]


@pytest.mark.parametrize(
    ("names", "found"),
    [
        ("A", []),
        (["A"], [("FHIR-TYPE", "family[0]")]),
        (["A", "B"], [("FHIR-CARD", "family[1]")]),
    ],  # an array of several is too many
)
def test_an_array_in_place_of_a_single_value_is_told_once(names: str | list[str], found: list[tuple[str, str]]) -> None:
    assert told(patient(name=[{"family": names}])) == [(rule, f"Patient.name[0].{place}") for rule, place in found]


@pytest.mark.parametrize(
    ("further", "warned"),
    [
        ({}, True),
        ({"type": {"text": "IPP"}}, True),
        ({"value": "1"}, False),
        (
            {
                "_value": {
                    "extension": [{"url": "http://hl7.org/fhir/StructureDefinition/data-absent-reason", "valueCode": "masked"}]
                }
            },
            False,
        ),
        ({"extension": [{"url": "http://hl7.org/fhir/StructureDefinition/data-absent-reason", "valueCode": "masked"}]}, False),
    ],
)
def test_an_identifier_without_value_names_nothing_unless_it_says_why(further: dict[str, Any], warned: bool) -> None:
    found = outcome(patient(identifier=[{"system": "urn:oid:2.999.1", **further}])).remarks
    assert [one.severity for one in found if one.rule == "FHIR-IDENTIFIER"] == [Severity.WARNING] * warned


@pytest.mark.parametrize(
    ("system", "found"),
    [
        ("1.2.250.1.71.4.2.1", True),
        ("MR", True),
        ("/ipp", True),
        ("urn:oid:1.2.250.1.71.4.2.1", False),
        ("https://chu.example/ipp", False),
    ],
)
def test_the_system_of_an_identifier_is_an_absolute_address(system: str, found: bool) -> None:
    expected = [("FHIR-IDENTIFIER", "Patient.identifier[0].system")] if found else []
    assert told(patient(identifier=[{"system": system, "value": "1"}])) == expected


@pytest.mark.parametrize(
    ("source", "right"),
    [
        ("urn:oid:2.999.1#message-12", True),
        ("urn:uuid:2b90dd2b-2dab-4c75-9bb9-a355e07401e8#message-12", True),
        ("#message-12", True),
        ("urn:oid:2.999.01#message-12", False),
        ("urn:oid:2.999.1/message-12", False),
    ],
)
def test_a_urn_may_bear_a_fragment(source: str, right: bool) -> None:
    assert is_uri(source) is right


@pytest.mark.parametrize(("value", "right"), [("YQ==", True), ("YQ==\n", True), (" ", False), ("YQ=", False), ("YQ==YQ==", False)])
def test_base64_says_some_bytes_padded_at_its_end(value: str, right: bool) -> None:
    assert (defect(node(patient(photo=value)).children["photo"][0], "base64Binary") is None) is right


@pytest.mark.parametrize(
    ("system", "value", "warned"),
    [
        ("email", "mailto:a@medecin.mssante.fr", True),
        ("phone", "tel:+33102030405", True),
        ("email", "a@medecin.mssante.fr", False),
        ("url", "mailto:a@b.fr", False),
        ("phone", "+33 1 02 03 04 05", False),
        ("phone", "1-800-FLOWERS", False),
        ("email", "secrétariat", True),
        ("email", "a@b@example.fr", True),
        ("email", "jean dupont@example.fr", True),
        ("email", "Dr A <a@example.fr>", True),
        ("email", '"jean dupont"@example.fr', False),
        ("email", "a+b.c@sous.example.fr", False),
        ("phone", "a@b.fr", True),
        ("fax", "néant", True),
        ("sms", "a@b.fr", False),
        ("other", "le voisin", False),
        ("phone", "+330612345678", True),
        ("fax", "0033 0 612345678", True),
        ("phone", "+33 (0)6 12 34 56 78", False),
        ("phone", "+3306", True),
        ("phone", "00330", False),  # within a hospital
        ("phone", "+39 06 1234567", False),  # of Italy, whose 0 is dialled
    ],
)
def test_a_contact_is_a_number_or_an_address_that_its_system_can_use(system: str, value: str, warned: bool) -> None:
    content = {"resourceType": "Practitioner", "id": "p", "telecom": [{"system": system, "value": value}]}
    assert [remark.rule for remark in outcome(content).remarks] == ["FHIR-CONTACT"] * warned


@pytest.mark.parametrize(("family", "warned"), [(" ", True), ("\n\t", True), ("DE LA TOUR", False)])
def test_words_made_of_spaces_say_nothing(family: str, warned: bool) -> None:
    found = outcome(patient(name=[{"family": family}])).remarks
    assert [(remark.rule, remark.severity) for remark in found] == [("FHIR-FORMAT", Severity.WARNING)] * warned


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("http://example.org/structuredefinition/p", True),
        ("https://example.org/StructureDefinition/p", True),
        (PROFILES + "q", False),
    ],
)
def test_what_no_package_gives_but_for_a_slip_of_the_address_is_told(written: str, meant: bool) -> None:
    definitions = (
        profile("p", "Patient"),
        structure("Extension", url=PROFILES + "e", derivation="constraint", baseDefinition=BASE + "Extension"),
    )
    content = patient(meta={"profile": [written]}, extension=[{"url": written[:-1] + "E", "valueString": "x"}])
    found = outcome(content, *definitions)
    told_of = [(remark.rule, remark.severity) for remark in found.remarks]
    both = [("FHIR-PROFILE", Severity.WARNING), ("FHIR-EXTENSION", Severity.WARNING)]
    assert told_of == (both if meant else both[1:])
    assert len(found.not_judged) == 2


def test_a_slice_that_is_required_and_missing_is_told_on_the_parent():
    rules = of_identifiers(*system_slice("ins", 1))
    assert told(identifiers("ins"), rules, follow="by-system") == []
    assert told(identifiers("ipp"), rules, follow="by-system") == [("FHIR-SLICE", "Patient")]


def test_how_a_slice_is_recognised_is_said_where_it_is_missing():
    def hints(content: dict[str, Any], *rules: tuple[str, dict[str, Any]], follow: str) -> list[str]:
        return [remark.hint.en for remark in outcome(content, *rules, follow=follow).remarks if remark.rule == "FHIR-SLICE"]

    typed = profile(
        "by-type",
        "Patient",
        element("Patient.identifier", 1, "*", "Identifier", **sliced(("value", "type"), ("value", "use"))),
        element("Patient.identifier", 1, "1", "Identifier", id="Patient.identifier:nir", sliceName="nir", base_max="*"),
        element("Patient.identifier.type", 1, "1", "Coding", id="Patient.identifier:nir.type", patternCoding={"code": "NIR"}),
    )
    assert hints(identifiers("ipp"), of_identifiers(*system_slice("ins", 1)), follow="by-system") == [
        'It is recognised by: system = "urn:x:ins".'
    ]
    assert hints(identifiers("ipp"), typed, follow="by-type") == ['It is recognised by: type.code = "NIR".']
    nobody = bundle({"resourceType": "Organization", "id": "o"})
    assert hints(nobody, with_patient(1, "1"), NAMED, follow="with-patient") == ["It is recognised by: resource = named."]


def test_of_a_list_that_is_too_short_the_slice_that_is_missing_is_the_cause():
    file, rules = of_identifiers(*system_slice("ins", 1))
    rules["snapshot"]["element"][1] |= {"min": 2}
    for content in (patient(), identifiers("ipp")):
        found = outcome(content, (file, rules), follow="by-system").remarks
        assert [(one.rule, one.consequence) for one in found] == [("FHIR-CARD", True), ("FHIR-SLICE", False)]


def test_a_slice_that_comes_too_often_is_told_on_the_one_too_many():
    rules = of_identifiers(*system_slice("ins", 0, "1"))
    assert told(identifiers("ins", "ipp", "ins"), rules, follow="by-system") == [("FHIR-SLICE", "Patient.identifier[2]")]


def test_a_slice_asks_its_own_children():
    content = identifiers("ins")
    del content["identifier"][0]["value"]
    assert told(content, of_identifiers(*system_slice("ins")), follow="by-system") == [("FHIR-CARD", "Patient.identifier[0]")]


def test_what_two_slices_admit_is_of_the_one_that_has_room():
    first, second = "Patient.identifier:first", "Patient.identifier:second"
    system = {"fixedUri": "urn:x:a"}
    rules = of_identifiers(
        element("Patient.identifier", 0, "1", "Identifier", id=first, sliceName="first", base_max="*"),
        element("Patient.identifier.system", 1, "1", "uri", id=f"{first}.system", **system),
        element("Patient.identifier", 0, "1", "Identifier", id=second, sliceName="second", base_max="*"),
        element("Patient.identifier.system", 1, "1", "uri", id=f"{second}.system", **system),
    )
    assert told(identifiers("a", "a"), rules, follow="by-system") == []
    assert told(identifiers("a", "a", "a"), rules, follow="by-system") == [("FHIR-SLICE", "Patient.identifier[2]")]


def test_closed_slices_admit_nothing_else():
    rules = of_identifiers(*system_slice("ins"), rules="closed")
    assert told(identifiers("ins", "ipp"), rules, follow="by-system") == [("FHIR-SLICE", "Patient.identifier[1]")]


def test_slices_open_at_the_end_admit_others_after_them_only():
    rules = of_identifiers(*system_slice("ins"), rules="openAtEnd")
    assert told(identifiers("ins", "ipp"), rules, follow="by-system") == []
    assert told(identifiers("ipp", "ins"), rules, follow="by-system") == [("FHIR-SLICE", "Patient.identifier[0]")]


def test_ordered_slices_follow_their_order():
    rules = of_identifiers(*system_slice("ins"), *system_slice("ipp"), ordered=True)
    assert told(identifiers("ins", "ipp"), rules, follow="by-system") == []
    assert told(identifiers("ipp", "ins"), rules, follow="by-system") == [("FHIR-SLICE", "Patient.identifier[1]")]


def test_a_slice_may_be_sliced_again():
    by_use = sliced(("value", "use"))
    official = [
        element("Patient.identifier", 1, "1", "Identifier", id="Patient.identifier:ins/official", sliceName="ins/official"),
        element("Patient.identifier.use", 1, "1", "code", id="Patient.identifier:ins/official.use", fixedCode="official"),
    ]
    rules = of_identifiers(*system_slice("ins", 0, "*", **by_use), *official)
    content = identifiers("ins", "ins")
    assert told(content, rules, follow="by-system") == [("FHIR-SLICE", "Patient")]
    content["identifier"][1]["use"] = "official"
    assert told(content, rules, follow="by-system") == []


def test_reslices_are_told_as_slices_are_where_their_slice_says_nothing_else() -> None:
    official = [
        element("Patient.identifier", 0, "1", "Identifier", id="Patient.identifier:ins/official", sliceName="ins/official"),
        element("Patient.identifier.use", 1, "1", "code", id="Patient.identifier:ins/official.use", fixedCode="official"),
        element("Patient.identifier.value", 1, "1", "string", id="Patient.identifier:ins/official.value", fixedString="2"),
    ]
    by = sliced(("value", "system"), ("value", "use"), rules="closed")
    rules = profile(
        "by-both", "Patient", element("Patient.identifier", 0, "*", "Identifier", **by), *system_slice("ins", 0, "*"), *official
    )
    content = identifiers("ins", "ins")
    assert told(content, rules, follow="by-both") == []
    content["identifier"][1]["use"] = "official"
    assert told(content, rules, follow="by-both") == [("FHIR-FIXED", "Patient.identifier[1].value")]


@pytest.mark.parametrize(
    ("said", "found"), [(["home"], []), (["home", "work", "else"], []), (["work"], [("FHIR-SLICE", "Patient")])]
)
def test_slices_of_one_extension_are_told_by_their_values_too(said: list[str], found: list[tuple[str, str]]) -> None:
    slices = []
    for name, least in (("home", 1), ("work", 0)):
        one = {"code": "Extension", "profile": [PROFILES + "place"]}
        slices += [
            element("Patient.extension", least, "1", one, id=f"Patient.extension:{name}", sliceName=name),
            element("Patient.extension.value[x]", 1, "1", "string", id=f"Patient.extension:{name}.value[x]", fixedString=name),
        ]
    by = sliced(("value", "url"), ("value", "value"))
    rules = profile("of-places", "Patient", element("Patient.extension", 0, "*", "Extension", **by), *slices)
    content = patient(extension=[{"url": PROFILES + "place", "valueString": one} for one in said])
    assert told(content, rules, extension("place"), follow="of-places") == found


def test_a_pattern_above_the_path_of_the_discriminator_tells_the_slice():
    rules = profile(
        "by-type",
        "Patient",
        element("Patient.identifier", 0, "*", "Identifier", **sliced(("value", "type.code"))),
        element("Patient.identifier", 1, "1", "Identifier", id="Patient.identifier:nir", sliceName="nir", base_max="*"),
        element("Patient.identifier.type", 1, "1", "Coding", id="Patient.identifier:nir.type", patternCoding={"code": "NIR"}),
    )
    assert told(patient(identifier=[{"type": {"code": "NIR", "system": "urn:x"}}]), rules, follow="by-type") == []
    assert told(patient(identifier=[{"type": {"code": "PI"}}]), rules, follow="by-type") == [("FHIR-SLICE", "Patient")]


def test_a_slice_may_be_silent_where_others_are_told_or_ask_that_there_be_nothing():
    both = sliced(("value", "system"), ("value", "use"), rules="closed")
    rules = profile(
        "by-two",
        "Patient",
        element("Patient.identifier", 0, "*", "Identifier", **both),
        *system_slice("ins", 1, "1"),
        element("Patient.identifier.use", 1, "1", "code", id="Patient.identifier:ins.use", fixedCode="official"),
        *system_slice("ipp", 1, "1"),
        *system_slice("old", 1, "1"),
        element("Patient.identifier.use", 0, "0", "code", id="Patient.identifier:old.use", base_max="1"),
    )
    content = identifiers("ins", "ipp", "old")
    content["identifier"][0]["use"] = "official"
    content["identifier"][1]["use"] = "usual"
    assert told(content, rules, follow="by-two") == []
    content["identifier"][2]["use"] = "old"
    assert told(content, rules, follow="by-two") == [("FHIR-SLICE", "Patient"), ("FHIR-SLICE", "Patient.identifier[2]")]


def test_an_element_that_exists_tells_the_slice():
    rules = profile(
        "by-existence",
        "Patient",
        element("Patient.identifier", 0, "*", "Identifier", **sliced(("exists", "value"))),
        element("Patient.identifier", 0, "1", "Identifier", id="Patient.identifier:given", sliceName="given", base_max="*"),
        element("Patient.identifier.value", 1, "1", "string", id="Patient.identifier:given.value"),
        element("Patient.identifier", 0, "1", "Identifier", id="Patient.identifier:none", sliceName="none", base_max="*"),
        element("Patient.identifier.value", 0, "0", "string", id="Patient.identifier:none.value", base_max="1"),
    )
    assert told(patient(identifier=[{"value": "1"}, {"use": "old"}]), rules, follow="by-existence") == []
    assert told(patient(identifier=[{"use": "old"}, {"use": "old"}]), rules, follow="by-existence") == [
        ("FHIR-SLICE", "Patient.identifier[1]")
    ]


def test_the_type_of_a_choice_tells_the_slice():
    rules = profile(
        "measured",
        "Observation",
        element("Observation.value[x]", 0, "1", "Quantity", "string", **sliced(("type", "$this"))),
        element("Observation.value[x]", 0, "1", "Quantity", id="Observation.value[x]:valueQuantity", sliceName="valueQuantity"),
        element("Observation.value[x].code", 1, "1", "code", id="Observation.value[x]:valueQuantity.code"),
    )
    content = {"resourceType": "Observation", "valueQuantity": {"value": 1}}
    assert told(content, rules, follow="measured") == [("FHIR-CARD", "Observation.valueQuantity")]
    assert told({"resourceType": "Observation", "valueString": "a"}, rules, follow="measured") == []


NAMED = profile("named", "Patient", element("Patient.name", 1, "*", "HumanName"))


_UUID = "-0000-4000-8000-000000000000"


def test_what_is_asked_of_an_element_is_asked_in_its_slices_where_a_snapshot_does_not_repeat_it():
    way = "Patient.generalPractitioner"
    rules = profile(
        "followed",
        "Patient",
        element(way, 0, "*", reference(BASE + "Practitioner"), **sliced(("value", "type"))),
        element(way, 0, "*", "Reference", id=f"{way}:seen", sliceName="seen"),
        element(f"{way}.type", 1, "1", "uri", id=f"{way}:seen.type", fixedUri="Organization"),
    )
    content = patient(generalPractitioner=[{"reference": "Organization/1", "type": "Organization"}])
    assert told(content, rules, follow="followed") == [("FHIR-REFERENCE", "Patient.generalPractitioner[0]")]


@pytest.mark.parametrize("loose", [(0, "1"), (1, "1")])
def test_what_is_asked_of_the_children_of_an_element_is_asked_in_slices_whose_snapshot_asks_less(loose: tuple[int, str]):
    way = "Patient.identifier"
    rules = of_identifiers(
        element(f"{way}.system", 1, "1", "uri"),
        element(f"{way}.value", 1, "1", "string"),
        element(f"{way}.use", 0, "0", "code", base_max="1"),
        *system_slice("a")[:2],
        element(f"{way}.use", 0, "1", "code", id=f"{way}:a.use"),
        element(f"{way}.value", *loose, "string", id=f"{way}:a.value"),
    )
    content = patient(identifier=[{"use": "usual", "system": "urn:x:a"}])
    found = [("FHIR-CARD", "Patient.identifier[0]"), ("FHIR-CARD", "Patient.identifier[0].use")]
    assert sorted(told(content, rules, follow="by-system")) == found
    assert told(patient(identifier=[{"system": "urn:x:a", "value": "1"}]), rules, follow="by-system") == []


def bundle(*resources: dict[str, Any], type: str = "collection") -> dict[str, Any]:
    entries = [{"fullUrl": f"urn:uuid:{index:08}{_UUID}", "resource": one} for index, one in enumerate(resources)]
    return {"resourceType": "Bundle", "type": type, "entry": entries}


def with_patient(least: int, most: str) -> tuple[str, dict[str, Any]]:
    return profile(
        "with-patient",
        "Bundle",
        element("Bundle.entry", 0, "*", "BackboneElement", **sliced(("profile", "resource"))),
        element("Bundle.entry", least, most, "BackboneElement", id="Bundle.entry:patient", sliceName="patient", base_max="*"),
        element(
            "Bundle.entry.resource",
            1,
            "1",
            {"code": "Patient", "profile": [PROFILES + "named"]},
            id="Bundle.entry:patient.resource",
        ),
    )


def test_the_profile_of_an_entry_tells_the_slice_and_what_keeps_it_out_is_told():
    rules = with_patient(1, "1")
    assert told(bundle(patient(name=[{"family": "A"}])), rules, NAMED, follow="with-patient") == []
    assert told(bundle(patient()), rules, NAMED, follow="with-patient") == [
        ("FHIR-SLICE", "Bundle"),
        ("FHIR-CARD", "Bundle.entry[0].resource"),
    ]
    found = outcome(bundle(patient()), rules, NAMED, follow="with-patient").remarks
    assert [remark.consequence for remark in found] == [True, False]
    assert found[0].hint.en == "For named: Bundle.entry[0].resource: `name` is missing"
    nobody = outcome(bundle({"resourceType": "Organization", "id": "o"}), rules, NAMED, follow="with-patient").remarks
    assert [(remark.rule, remark.consequence) for remark in nobody] == [("FHIR-SLICE", False)]


def test_what_keeps_an_entry_out_of_an_optional_slice_is_told_and_breaks_nothing():
    rules = with_patient(0, "*")
    found = outcome(bundle(patient(), patient(name=[{"family": "A"}])), rules, NAMED, follow="with-patient").remarks
    assert [(remark.rule, remark.severity, remark.node.path) for remark in found] == [
        ("FHIR-SLICE", Severity.INFO, "Bundle.entry[0]"),
    ]
    assert "name" in found[0].hint.en
    others = bundle({"resourceType": "Organization", "id": "o"})
    assert outcome(others, rules, NAMED, follow="with-patient").remarks == []


def test_an_entry_that_could_be_of_several_slices_and_is_of_none_is_told_with_what_the_nearest_finds():
    least = profile("born", "Patient", element("Patient.birthDate", 1, "1", "date"), element("Patient.name", 1, "*", "HumanName"))
    file, rules = with_patient(0, "*")
    slices = [
        element("Bundle.entry", 0, "*", "BackboneElement", id="Bundle.entry:born", sliceName="born", base_max="*"),
        element(
            "Bundle.entry.resource", 1, "1", {"code": "Patient", "profile": [PROFILES + "born"]}, id="Bundle.entry:born.resource"
        ),
    ]
    rules["snapshot"]["element"] += slices
    found = outcome(bundle(patient()), (file, rules), NAMED, least, follow="with-patient").remarks
    assert [(remark.rule, remark.severity, remark.requirement.rpartition("#")[2]) for remark in found] == [
        ("FHIR-SLICE", Severity.INFO, "Bundle.entry:patient"),  # one error, the other slice finds two
    ]
    assert "(patient, born)" in found[0].message.en
    assert "name" in found[0].hint.en
    assert outcome(bundle(patient(name=[{"family": "A"}])), (file, rules), NAMED, least, follow="with-patient").remarks == []


def test_what_is_wrong_with_what_a_reference_names_is_told_to_the_end():
    """The profile of a reference within what a reference names: the last error is the one to mend."""
    whole = profile("whole", "Observation", element("Observation.hasMember", 0, "*", reference(PROFILES + "part")))
    part = profile("part", "Observation", element("Observation.subject", 0, "1", reference(PROFILES + "named")))
    contained = [{"resourceType": "Observation", "id": "a", "subject": {"reference": "#b"}}, {"resourceType": "Patient", "id": "b"}]
    content = {"resourceType": "Observation", "id": "o", "contained": contained, "hasMember": [{"reference": "#a"}]}
    found = outcome(content, whole, part, NAMED, follow="whole").remarks
    [hint] = [remark.hint.en for remark in found if remark.node.name == "hasMember"]
    assert hint.startswith("For part: Observation.contained[0].subject: ")
    assert hint.endswith(". For named: Observation.contained[1]: `name` is missing")


OBSERVATION = reference(BASE + "Observation")


def members() -> tuple[str, dict[str, Any]]:
    return profile(
        "by-member",
        "Observation",
        element("Observation.hasMember", 0, "*", OBSERVATION, **sliced(("type", "resolve()"))),
        element(
            "Observation.hasMember",
            1,
            "1",
            reference(BASE + "Observation"),
            id="Observation.hasMember:one",
            sliceName="one",
            base_max="*",
        ),
    )


def test_what_a_reference_leads_to_tells_the_slice_and_outside_the_document_it_cannot_be_told():
    inside = {
        "resourceType": "Observation",
        "contained": [{"resourceType": "Observation", "id": "o"}],
        "hasMember": [{"reference": "#o"}],
    }
    assert told(inside, members(), follow="by-member") == []
    outside = outcome({"resourceType": "Observation", "hasMember": [{"reference": "Observation/1"}]}, members(), follow="by-member")
    assert outside.remarks == []
    assert any("hasMember:one" in words.en for words in outside.not_judged)


@pytest.mark.parametrize(
    ("subject", "place"),
    [
        ({"reference": "Patient/1"}, None),
        ({"reference": "Organization/1"}, "Observation.subject"),
        ({"reference": "#nobody"}, "Observation.subject"),
        ({"reference": "Patient/1", "type": "Organization"}, "Observation.subject"),
        ({"type": "Organization"}, "Observation.subject"),
    ],
)
def test_a_reference_leads_to_one_of_the_types_admitted(subject, place):
    found = told({"resourceType": "Observation", "id": "o", "subject": subject})
    assert found == ([] if place is None else [("FHIR-REFERENCE", place)])


@pytest.mark.parametrize(
    ("type", "found"),
    [("Organization", False), ("organization", True), ("UF", True), (BASE + "Organization", True), ("Identifier", True)],
)
def test_the_type_of_a_reference_is_the_name_of_a_resource(type: str, found: bool) -> None:
    content = patient(generalPractitioner=[{"reference": "urn:uuid:970af6c9-5bbd-4067-b6c1-d9b2c823aece", "type": type}])
    told_here = told(content, structure("Resource", abstract=True))
    assert told_here == ([("FHIR-REFERENCE", "Patient.generalPractitioner[0]")] if found else [])


def test_an_element_may_have_the_name_by_which_json_tells_a_resource() -> None:
    scenario = structure(
        "ExampleScenario",
        element("ExampleScenario.instance", 0, "*", "BackboneElement"),
        element("ExampleScenario.instance.resourceType", 1, "1", "code"),
    )
    content = {"resourceType": "ExampleScenario", "instance": [{"resourceType": "Patient"}]}
    assert told(content, scenario) == []
    content["instance"] = [{"resourceType": "Patient "}]
    assert told(content, scenario) == [("FHIR-TYPE", "ExampleScenario.instance[0].resourceType")]
    assert ("FHIR-TYPE", "Patient.name[0]") in told(patient(name=[{"resourceType": "HumanName", "family": "x"}]))


def test_what_a_reference_leads_to_in_the_document_follows_the_profile_that_is_asked():
    content = {"resourceType": "Observation", "contained": [patient()], "subject": {"reference": "#p"}}
    rules = profile("of-named", "Observation", element("Observation.subject", 0, "1", reference(PROFILES + "named")))
    assert told(content, rules, NAMED, follow="of-named") == [("FHIR-REFERENCE", "Observation.subject")]
    content["contained"] = [patient(name=[{"family": "A"}])]
    assert told(content, rules, NAMED, follow="of-named") == []


@pytest.mark.parametrize(
    ("others", "found", "unknown"),
    [((), ["Observation.subject"], []), (("absent",), [], [PROFILES + "absent"])],
)
def test_what_a_reference_leads_to_may_follow_a_profile_that_is_not_at_hand(
    others: tuple[str, ...], found: list[str], unknown: list[str]
) -> None:
    content = {"resourceType": "Observation", "contained": [patient()], "subject": {"reference": "#p"}}
    asked = reference(PROFILES + "named", *(PROFILES + one for one in others))
    judged = outcome(
        content, profile("of-named", "Observation", element("Observation.subject", 0, "1", asked)), NAMED, follow="of-named"
    )
    assert [one.node.path for one in judged.remarks if one.severity is Severity.ERROR] == found
    assert all(any(one in text.en for text in judged.not_judged) for one in unknown) and bool(judged.not_judged) is bool(unknown)


@pytest.mark.parametrize(("kinds", "found"), [(["contained"], ["Observation.subject"]), (["contained", "bundled"], [])])
def test_what_has_to_be_contained_is_not_elsewhere_and_what_may_be_bundled_cannot_be_told(kinds, found):
    asked = {**reference(BASE + "Patient"), "aggregation": kinds}
    rules = profile("holding", "Observation", element("Observation.subject", 0, "1", asked))
    content = {"resourceType": "Observation", "subject": {"reference": "Patient/1"}}
    assert told(content, rules, follow="holding") == [("FHIR-REFERENCE", place) for place in found]
    said = [one for one in outcome(content, rules, follow="holding").remarks if one.rule == "FHIR-REFERENCE"]
    assert all("Patient/1" in one.message.en and "under contained" in one.hint.en for one in said)


def test_a_profile_asked_of_a_bundle_that_holds_its_type_is_asked_of_these_entries() -> None:
    content = {
        "resourceType": "Bundle",
        "type": "collection",
        "entry": [
            {"fullUrl": "urn:uuid:6f1fd5c4-5e7c-4a7b-9b2f-0d6c1f0c7a01", "resource": {"resourceType": "Patient"}},
            {"fullUrl": "urn:uuid:6f1fd5c4-5e7c-4a7b-9b2f-0d6c1f0c7a02", "resource": {"resourceType": "Organization", "name": "a"}},
        ],
    }
    asked = profile("named", "Patient", element("Patient.name", 1, "*", "HumanName"))
    assert told(content, asked, follow="named") == [("FHIR-CARD", "Bundle.entry[0].resource")]
    assert told(content, profile("of-basic", "Practitioner"), follow="of-basic") != []


@pytest.mark.parametrize(("name", "found"), [({}, ["Patient.generalPractitioner[0]"]), ({"name": "CHU"}, [])])
def test_what_a_reference_leads_to_beside_the_document_follows_the_profile_that_is_asked(name: dict[str, str], found: list[str]):
    organization = json.dumps({"resourceType": "Organization", "id": "o", **name}).encode()
    named = profile("named-place", "Organization", element("Organization.name", 1, "1", "string"))
    way = "Patient.generalPractitioner"
    led = profile("led", "Patient", element(way, 0, "*", reference(PROFILES + "named-place")))
    structures = Structures(Definitions().with_resources([*BASICS, named, led]))
    beside = Beside([("other.txt", b"nothing"), ("o.json", organization)], structures)
    content = patient(generalPractitioner=[{"reference": "Organization/o"}])
    judged = judge(node(content), structures, profiles=[PROFILES + "led"], beside=beside)
    assert [(remark.rule, remark.node.path) for remark in judged.remarks] == [("FHIR-REFERENCE", place) for place in found]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("<script>x</script>", ["FHIR-HTML"]),
        ('a <img src="x"/>', ["FHIR-HTML"]),
        ("3 < 5 > 2", []),
        ("<unknown>", []),
        ("<blood", []),
    ],
)
def test_html_in_a_string_is_a_warning(text: str, found: list[str]) -> None:
    warned = [one.rule for one in outcome(patient(name=[{"family": text}])).remarks if one.severity is Severity.WARNING]
    assert warned == found


@pytest.mark.parametrize(
    ("text", "tag"),
    [
        ("<resource type>\\<id>", "<resource type>"),
        ("un saut<br/>de ligne", "<br/>"),
        ('voir </p> et <a href="x">y</a>', "</p>"),
        ("3 < 5 > 2, <http://example.org>, <a@example.org>, \\<id>", ""),
        ("le code `<id>`, et ``<a `b>``", ""),
        ("```\n<Patient>\n```\n\n    <id>\n", ""),
        ("~~~ xml\n<Patient>\n~~~\net [un lien](<adresse longue>)", ""),
        ("~~~\n<Patient>\n~~~\n<b>", "<b>"),
        ("`un accent seul, <id>", "<id>"),
        ("``<a>` `<b>``", ""),
        ("`a` <b> `c`", "<b>"),
    ],
)
def test_html_in_markdown_is_a_warning(text: str, tag: str) -> None:
    assert html_tag(text) == tag
    note = structure("Note", element("Note.comment", 0, "1", "markdown"))
    told = outcome({"resourceType": "Note", "comment": text}, note).remarks
    assert [(one.rule, one.severity) for one in told] == [("FHIR-HTML", Severity.WARNING)] * bool(tag)


def test_a_type_that_the_profile_leaves_out_and_an_element_that_it_excludes_are_told():
    rules = profile(
        "strict",
        "Observation",
        element("Observation.subject", 0, "0", reference(BASE + "Patient"), base_max="1"),
        element("Observation.value[x]", 1, "1", "Quantity"),
    )
    content = {"resourceType": "Observation", "subject": {"reference": "Patient/1"}, "valueString": "a"}
    assert set(told(content, rules, follow="strict")) == {
        ("FHIR-CARD", "Observation.subject"),
        ("FHIR-TYPE", "Observation.valueString"),
    }


def extension(name: str, *elements: dict[str, Any], context: str = "Patient") -> tuple[str, dict[str, Any]]:
    file, plain = profile(name, "Extension", element("Extension.url", 1, "1", "uri", fixedUri=PROFILES + name), *elements)
    return file, {**plain, "context": [{"type": "element", "expression": context}]}


@pytest.mark.parametrize(("name", "errors"), [("fixedPlaced", 0), ("patternPlaced", 0), ("meantPlaced", 1)])
def test_an_extension_of_a_value_that_a_definition_sets_is_made_for_what_it_defines(name: str, errors: int) -> None:
    values = [element(f"ElementDefinition.{kind}[x]", 0, "1", "Placed") for kind in ("fixed", "pattern", "meant")]
    of_element = structure("ElementDefinition", *values, kind="complex-type")
    holder = structure("Guide", element("Guide.element", 0, "1", "ElementDefinition"))
    type = structure("Placed", element("Placed.extension", 0, "*", "Extension"), kind="complex-type")
    placed = {"extension": [{"url": PROFILES + "place", "valueString": "Lyon"}]}
    found = outcome({"resourceType": "Guide", "element": {name: placed}}, of_element, type, holder, extension("place")).remarks
    assert [one.rule for one in found if one.severity is Severity.ERROR] == ["FHIR-EXTENSION"] * errors


def test_an_extension_stands_where_its_context_says():
    place = {"url": PROFILES + "place", "valueString": "Lyon"}
    assert told(patient(extension=[place]), extension("place")) == []
    assert told(patient(extension=[place]), extension("place", context="Observation")) == [
        ("FHIR-EXTENSION", "Patient.extension[0]")
    ]
    inside = patient(birthDate="1975", _birthDate={"extension": [place]})
    assert told(inside, extension("place", context="Patient.birthDate")) == []


@pytest.mark.parametrize("name", ["place", "nowhere"])
def test_the_address_of_an_extension_has_no_version(name: str) -> None:
    content = patient(extension=[{"url": f"{PROFILES}{name}|1.0", "valueString": "Lyon"}])
    assert told(content, extension("place")) == [("FHIR-EXTENSION", "Patient.extension[0]")]


def test_an_extension_may_stand_on_what_follows_a_profile() -> None:
    born = profile("born", "Patient", element("Patient.birthDate", 1, "1", "date"))
    place = [{"url": PROFILES + "place", "valueString": "Lyon"}]
    definitions = (born, extension("place", context=f"{PROFILES}born#Patient"))
    assert told(patient(extension=place, birthDate="1975"), *definitions) == []
    assert told(patient(extension=place), *definitions) == [("FHIR-EXTENSION", "Patient.extension[0]")]
    claiming = patient(extension=place, meta={"profile": [PROFILES + "born"]})
    assert told(claiming, *definitions) == [("FHIR-CARD", "Patient")]
    dated = patient(birthDate="1975", _birthDate={"extension": place})
    any_element = structure("Element", element("Element.extension", 0, "*", "Extension"))
    assert told(dated, any_element, born, extension("place", context=f"{PROFILES}born#Patient.birthDate:any")) == []
    assert told(dated, any_element, born, extension("place", context=f"{PROFILES}born#Patient.identifier:any")) == [
        ("FHIR-EXTENSION", "Patient.birthDate.extension[0]")
    ]


def test_the_version_of_an_extension_that_a_profile_names_is_the_one_that_judges():
    def place(version: str, type: str) -> tuple[str, dict[str, Any]]:
        file, plain = extension("place", element("Extension.value[x]", 1, "1", type, base_max="1"))
        return f"{version}-{file}", {**plain, "version": version}

    slot = {"code": "Extension", "profile": [f"{PROFILES}place|1.0"]}
    rules = profile(
        "placed",
        "Patient",
        element("Patient.extension", 0, "*", "Extension", **sliced(("value", "url"))),
        element("Patient.extension", 0, "1", slot, id="Patient.extension:place", sliceName="place", base_max="*"),
    )
    content = patient(extension=[{"url": PROFILES + "place", "valueString": "Lyon"}])
    assert told(content, place("1.0", "string"), place("2.0", "code")) == [("FHIR-TYPE", "Patient.extension[0].valueString")]
    assert told(content, place("1.0", "string"), place("2.0", "code"), rules, follow="placed") == []


@pytest.mark.parametrize(("name", "found"), [("id", []), ("note", [("FHIR-TYPE", "Basic.period.note")])])
def test_the_id_of_an_element_is_that_of_r4_whatever_a_profile_made_by_later_tools_says(
    name: str, found: list[tuple[str, str]]
) -> None:
    period = structure(
        "Period", element("Period.id", 0, "1", "string"), element("Period.note", 0, "1", "string"), kind="complex-type"
    )
    basic = structure("Basic", element("Basic.period", 0, "1", "Period"))
    later = profile("later", "Basic", element("Basic.period", 0, "1", "Period"), element(f"Basic.period.{name}", 0, "1", "id"))
    content = {"resourceType": "Basic", "period": {"note": "a", name: "a_b"}}
    assert told(content, period, basic, later, follow="later") == found


def test_the_parts_of_an_extension_are_those_of_its_definition():
    part = "Extension.extension:status"
    rules = extension(
        "reliability",
        element("Extension.extension", 0, "*", "Extension", **sliced(("value", "url"))),
        element("Extension.extension", 1, "1", "Extension", id=part, sliceName="status", base_max="*"),
        element("Extension.extension.url", 1, "1", "uri", id=f"{part}.url", fixedUri="status"),
        element("Extension.extension.value[x]", 1, "1", "code", id=f"{part}.value[x]"),
    )
    good = {"url": PROFILES + "reliability", "extension": [{"url": "status", "valueCode": "VALI"}]}
    assert told(patient(extension=[good]), rules) == []
    good["extension"].append({"url": "statut", "valueCode": "VALI"})
    assert told(patient(extension=[good]), rules) == [("FHIR-EXTENSION", "Patient.extension[0].extension[1]")]
    good["extension"] = [{"url": "status", "valueString": "VALI"}]
    assert told(patient(extension=[good]), rules) == [("FHIR-TYPE", "Patient.extension[0].extension[0].valueString")]


def composition(reference: str) -> dict[str, Any]:
    return {"resourceType": "Composition", "id": "c", "subject": {"reference": reference}}


FIRST = f"urn:uuid:00000001{_UUID}"


def test_a_document_holds_what_its_composition_speaks_of_and_nothing_else():
    assert told(bundle(composition(FIRST), patient(), type="document")) == []
    assert told(bundle(composition("Patient/p"), patient(), type="document")) == [
        ("FHIR-REFERENCE", "Bundle.entry[0].resource.subject"),
        ("FHIR-BUNDLE", "Bundle.entry[1].resource"),
    ]
    assert ("FHIR-INVARIANT:bdl-11", "Bundle.entry[0]") in told(bundle(patient(), composition(FIRST), type="document"))


def test_a_document_that_parameters_carry_is_one_of_its_own():
    carried = [
        structure(
            "Parameters",
            element("Parameters.parameter", 0, "*", "BackboneElement"),
            element("Parameters.parameter.resource", 0, "1", "Resource"),
            element("Parameters.parameter.part", 0, "*", "BackboneElement"),
            element("Parameters.parameter.part.resource", 0, "1", "Resource"),
        )
    ]
    whole = bundle(composition(FIRST), patient(), type="document")
    for held in (whole, patient()):
        assert told({"resourceType": "Parameters", "parameter": [{"part": [{"resource": held}]}]}, *carried) == []
    lost = {"resource": bundle(composition("Patient/p"), patient(), type="document")}
    assert ("FHIR-REFERENCE", "Parameters.parameter[0].resource.entry[0].resource.subject") in told(
        {"resourceType": "Parameters", "parameter": [lost]}, *carried
    )


def test_a_relative_reference_counts_from_the_server_of_its_own_entry():
    content = bundle(composition("Patient/p"), patient(), type="document")
    content["entry"][0]["fullUrl"] = "https://a.example/fhir/Composition/c"
    content["entry"][1]["fullUrl"] = "https://a.example/fhir/Patient/p"
    assert told(content) == []
    content["entry"][1]["fullUrl"] = "https://b.example/fhir/Patient/p"
    assert ("FHIR-REFERENCE", "Bundle.entry[0].resource.subject") in told(content)


@pytest.mark.parametrize("url", ["Patient/p", "https://a.example/Patient/q", "https://a.example/Organization/p"])
def test_the_address_of_an_entry_is_absolute_and_names_its_resource(url):
    content = bundle(patient())
    content["entry"][0]["fullUrl"] = url
    assert told(content) == [("FHIR-BUNDLE", "Bundle.entry[0].fullUrl")]


@pytest.mark.parametrize("kind", ["document", "transaction", "batch", "collection", "history"])
def test_a_full_url_names_one_entry_of_a_bundle_but_of_a_history(kind: str) -> None:
    content = bundle(patient(), patient(), type=kind)
    for entry in content["entry"]:
        entry["fullUrl"] = "urn:uuid:2b90dd2b-2dab-4c75-9bb9-a355e07401e8"
    found = [path for rule, path in told(content) if rule == "FHIR-INVARIANT:bdl-7"]
    assert found == ([] if kind == "history" else ["Bundle.entry[1]"])
    for number, entry in enumerate(content["entry"]):
        entry["resource"]["meta"] = {"versionId": str(number)}
    assert "FHIR-INVARIANT:bdl-7" not in dict(told(content))


def test_a_search_gives_ids_and_each_link_once():
    content = bundle({"resourceType": "Patient"}, type="searchset")
    content["link"] = [{"relation": "self"}, {"relation": "self"}]
    assert set(told(content)) == {("FHIR-BUNDLE", "Bundle.link[1]"), ("FHIR-BUNDLE", "Bundle.entry[0].resource")}


@pytest.mark.parametrize(
    ("kind", "mode", "refused"), [("searchset", "outcome", False), ("searchset", "match", True), ("collection", "outcome", True)]
)
def test_what_a_server_says_of_a_search_needs_no_address(kind: str, mode: str, refused: bool):
    said = {"resourceType": "OperationOutcome", "id": "w", "issue": [{"severity": "warning", "code": "not-found"}]}
    content = {"resourceType": "Bundle", "type": kind, "entry": [{"resource": said, "search": {"mode": mode}}]}
    remarks = [one for one in outcome(content).remarks if "has a fullUrl" in one.message.en]
    assert len(remarks) == refused


@pytest.mark.parametrize(
    ("url", "mode", "refused"),
    [
        ("https://a.example/fhir/Practitioner?_include=b/c", "match", True),
        ("Practitioner/_search", "match", True),
        ("https://a.example/fhir/Practitioner?name=x", "include", False),
        ("https://a.example/fhir/Practitioner/1/Patient", "match", False),
        ("https://a.example/fhir?_type=Practitioner", "match", False),
        ("https://a.example/fhir/Practitioner?name=x&_contained=true", "match", False),  # what holds it is found
        ("https://a.example/fhir/Practitioner/1/$everything", "match", False),
        ("https://a.example/Server?_id=1", "match", False),
    ],
)
def test_a_match_is_of_the_type_that_was_searched(url: str, mode: str, refused: bool) -> None:
    content = bundle(patient(), type="searchset") | {"link": [{"relation": "self", "url": url}]}
    content["entry"][0]["search"] = {"mode": mode}
    found = [rule for rule, path in told(content) if path == "Bundle.entry[0].search.mode"]
    assert found == ["FHIR-BUNDLE"] * refused


def test_what_only_is_named_as_a_resource_is_none() -> None:
    """A reference to what is contained, in an element that is called `resource`: RequestGroup.action has one."""
    group = structure(
        "RequestGroup",
        element("RequestGroup.contained", 0, "*", "Resource"),
        element("RequestGroup.action", 0, "*", "BackboneElement"),
        element("RequestGroup.action.resource", 0, "1", "Reference"),
    )
    content: dict[str, Any] = {"resourceType": "RequestGroup", "contained": [patient()]}
    assert told(content | {"action": [{"resource": {"reference": "#p"}}]}, group) == []
    assert told(content | {"action": [{"resource": {"reference": "#q"}}]}, group) == [
        ("FHIR-REFERENCE", "RequestGroup.action[0].resource"),
        ("FHIR-INVARIANT:dom-3", "RequestGroup.contained[0]"),
    ]


def test_what_stands_beside_a_value_is_of_values_only() -> None:
    assert told(patient(_name=[{"id": "a"}])) == [("FHIR-TYPE", "Patient.name[0]")]


@pytest.mark.parametrize(
    ("type", "mode", "places"),
    [
        ("OperationOutcome", "outcome", []),
        ("OperationOutcome", "match", ["resource"]),
        ("Patient", "outcome", ["search.mode", "resource"]),
    ],
)
def test_only_an_operation_outcome_says_something_of_the_search(type: str, mode: str, places: list[str]) -> None:
    content = bundle({"resourceType": type}, type="searchset")
    content["entry"][0]["search"] = {"mode": mode}
    assert [path for rule, path in told(content) if rule == "FHIR-BUNDLE"] == [f"Bundle.entry[0].{place}" for place in places]


@pytest.mark.parametrize(
    ("url", "found"),
    [("Binary/style", True), ("Binary/none", False), ("https://other.example/style.css", True), ("urn:uuid:0", True)],
)
def test_the_stylesheet_of_a_document_is_in_it_or_absolute(url: str, found: bool) -> None:
    content = bundle(composition(FIRST), patient(), {"resourceType": "Binary", "id": "style"}, type="document")
    content["entry"][0]["fullUrl"] = "https://a.example/Composition/c"
    content["entry"][2]["fullUrl"] = "https://a.example/Binary/style"
    content["link"] = [{"relation": "stylesheet", "url": url}]
    assert (("FHIR-BUNDLE", "Bundle.link[0].url") in told(content)) is not found


@pytest.mark.parametrize(
    ("url", "media_type", "told_of"),
    [
        ("https://a.example/Binary/scan", "image/png", 0),
        ("Binary/scan", "image/png", 0),
        ("Binary/other", "image/png", 1),
        ("Binary/scan-2", "image/png", 1),
        ("Binary/other", "text/css", 0),  # R4 admits a style sheet
    ],
)
def test_a_binary_that_a_document_does_not_cite_has_no_place_in_it(url: str, media_type: str, told_of: int) -> None:
    binary = {"resourceType": "Binary", "id": "scan", "contentType": media_type}
    content = bundle(composition(FIRST), patient(photo=[{"url": url}]), binary, type="document")
    content["entry"][0]["fullUrl"] = "https://a.example/Composition/c"
    content["entry"][2]["fullUrl"] = "https://a.example/Binary/scan"
    assert [path for rule, path in told(content) if rule == "FHIR-BUNDLE"] == ["Bundle.entry[2].resource"] * told_of


@pytest.mark.parametrize(
    ("kind", "relation", "warned"), [("searchset", "next", True), ("searchset", "self", False), ("collection", "next", False)]
)
def test_a_search_says_what_was_searched(kind: str, relation: str, warned: bool):
    content = bundle({"resourceType": "Patient", "id": "p"}, type=kind) | {"link": [{"relation": relation}]}
    assert [(remark.rule, remark.severity) for remark in outcome(content).remarks] == [("FHIR-BUNDLE", Severity.WARNING)] * warned


JUNK = [
    None,
    True,
    -1,
    1.5,
    "",
    " a ",
    "#",
    "2024-02-30",
    [],
    {},
    [[]],
    [None],
    {"a": 1},
    {"resourceType": "Patient"},
    {"extension": [{}]},
]


def spots(value: Any) -> list[tuple[Any, Any]]:
    inside = list(value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ())
    return [(value, key) for key, _ in inside] + [spot for _, one in inside for spot in spots(one)]


@pytest.mark.parametrize("seed", range(8))
def test_whatever_stands_in_the_place_of_whatever_is_told_and_stops_nothing(seed):
    chance = random.Random(seed)
    rules = of_identifiers(*system_slice("ins", 1), rules="closed")
    place = {"url": PROFILES + "place", "valueString": "Lyon"}
    whole = patient(
        identifier=identifiers("ins")["identifier"],
        name=[{"family": "A"}],
        extension=[place],
        generalPractitioner=[{"reference": "#o"}],
        birthDate="1975",
    )
    whole["contained"] = [{"resourceType": "Organization", "id": "o"}]
    for _ in range(25):
        content = bundle(composition(FIRST), copy.deepcopy(whole), type="document")
        for _ in range(chance.randint(1, 3)):
            holder, key = chance.choice(spots(content))
            if isinstance(holder, dict) and key != "resourceType" and chance.random() < 0.3:
                key = f"_{key}"
            holder[key] = copy.deepcopy(chance.choice(JUNK))
        try:
            found = told(content, rules, extension("place"))
        except UnreadableDocument:
            continue
        assert all(where.startswith(str(content["resourceType"])) for _, where in found)


def test_references_that_lead_on_and_on_are_followed_so_far_and_no_further():
    """Without end to follow, and without a crash: what was not followed is said."""
    rules = profile("chained", "Observation", element("Observation.hasMember", 0, "*", reference(PROFILES + "chained")))
    entries = [
        {
            "fullUrl": f"urn:x:{number}",
            "resource": {"resourceType": "Observation", "hasMember": [{"reference": f"urn:x:{number + 1}"}]},
        }
        for number in range(300)
    ]
    entries[0]["resource"]["meta"] = {"profile": [PROFILES + "chained"]}
    found = outcome({"resourceType": "Bundle", "type": "collection", "entry": entries}, rules)
    assert [remark.rule for remark in found.remarks if remark.rule == "FHIR-REFERENCE"] == []
    assert any("beyond 40 resources" in said.en for said in found.not_judged)


def test_names_beyond_reason_are_told_shortly():
    long = "k" * 1_000_000
    found = outcome(patient(**{long: 1, **{f"x{number}": 1 for number in range(500)}}))
    unknown = [remark for remark in found.remarks if remark.rule == "FHIR-UNKNOWN-ELEMENT"]
    assert len(unknown) == 501
    assert max(len(remark.message.en) for remark in unknown) < 200


SUBSETTED = {"system": "http://terminology.hl7.org/CodeSystem/v3-ObservationValue", "code": "SUBSETTED"}
OF_TAGS = structure("Meta", element("Meta.tag", 0, "*", "Coding"), element("Meta.profile", 0, "*", "canonical"))


OF_SETS = structure(
    "Meta",
    element("Meta.profile", 0, "*", "canonical"),
    element("Meta.security", 0, "*", "Coding"),
    element("Meta.tag", 0, "*", "Coding"),
)


@pytest.mark.parametrize(
    ("meta", "place"),
    [
        ({"profile": [BASE + "Patient", BASE + "Patient"]}, "profile[1]"),
        ({"profile": [BASE + "Patient", BASE + "Patient|4.0.1"]}, None),
        (
            {"security": [{"system": "urn:x:s", "code": "R"}, {"code": "R"}, {"system": "urn:x:s", "code": "R", "display": "r"}]},
            "security[2]",
        ),
        ({"tag": [{"system": "urn:x:s", "code": "R"}, {"system": "urn:x:s", "code": "N"}]}, None),
        ({"tag": [{"system": "urn:x:s", "code": "R"}], "security": [{"system": "urn:x:s", "code": "R"}]}, None),
        ({"tag": [{"display": "a"}, {"display": "b"}]}, None),
    ],
)
def test_profiles_labels_and_tags_are_sets(meta: dict[str, Any], place: str | None) -> None:
    structures = Structures(Definitions().with_resources([*(one for one in BASICS if one[0] != "Meta.json"), OF_SETS]))
    told_of = [one for one in judge(node(patient(meta=meta)), structures).remarks if one.rule == "FHIR-META"]
    found = [(one.severity, one.node.path) for one in told_of]
    assert found == ([] if place is None else [(Severity.WARNING, f"Patient.meta.{place}")])


@pytest.mark.parametrize(
    ("written", "right"), [(BASE + "Patient|4.0.1", True), (BASE + "Patient", True), (BASE + "Patient|", False)]
)
def test_a_version_follows_the_bar_of_a_canonical(written: str, right: bool) -> None:
    assert ("FHIR-TYPE" not in {one.rule for one in outcome(patient(meta={"profile": [written]})).remarks}) is right


@pytest.mark.parametrize(
    ("tag", "is_whole"),
    [(SUBSETTED, False), ({**SUBSETTED, "system": "http://x.org"}, True), ({**SUBSETTED, "code": "DELETED"}, True)],
)
def test_what_a_server_left_out_of_a_resource_that_it_says_is_a_part_is_no_error(tag: dict[str, Any], is_whole: bool) -> None:
    """Searches with _summary or _elements leave out what is mandatory, and contained resources that are referred to."""
    part = {
        "resourceType": "Composition",
        "meta": {"tag": [tag]},
        "subject": {"reference": "#patient"},
        "relatesTo": [{"targetReference": {"reference": "Composition/2"}}],
    }
    whole = {"resourceType": "Composition", "relatesTo": [{}]}
    entries = [{"resource": part}, {"resource": whole}]
    definitions = [one for one in BASICS if one[0] != "Meta.json"]
    structures = Structures(Definitions().with_resources([*definitions, OF_TAGS]))
    bundle = node({"resourceType": "Bundle", "type": "searchset", "entry": entries})
    remarks = [one for one in judge(bundle, structures).remarks if one.rule in ("FHIR-CARD", "FHIR-REFERENCE")]
    of_part = {(one.severity, one.rule) for one in remarks if one.node.path.startswith("Bundle.entry[0]")}
    severity = Severity.ERROR if is_whole else Severity.INFO
    assert of_part == {(severity, "FHIR-CARD"), (severity, "FHIR-REFERENCE")}
    assert {one.severity for one in remarks if one.node.path.startswith("Bundle.entry[1]")} == {Severity.ERROR}
