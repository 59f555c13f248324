"""What a profile asks beside cardinalities and values: each case keeps it, breaks it, or is said not to have been judged."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import fhir_small
import pytest
from fhir_small import BASICS, PROFILES, element, reference, sliced, structure

from harness.checks.fhir.bindings import Bindings
from harness.checks.fhir.invariants import Invariants
from harness.checks.fhir.judging import Outcome, judge
from harness.checks.fhir.not_judged import in_words_only
from harness.checks.fhir.proofs.bench import Bench
from harness.checks.fhir.proofs.trials import tried
from harness.checks.fhir.shapes import BASE
from harness.checks.fhir.structures import Structures
from harness.checks.fhir.terms.terminology import Terminology
from harness.library.fhir.definitions import Definitions

NOW = datetime(2026, 6, 1, tzinfo=UTC)
UNITS = "http://example.org/ValueSet/units"
UCUM = "http://unitsofmeasure.org"
LIBRARY = "http://example.org/ValueSet/units"
PLAIN = [one for one in BASICS if one[0] != "Quantity.json"]
MORE = [
    structure("string", element("string.value", 0, "1", "string"), kind="primitive-type"),
    structure(
        "Quantity",
        element("Quantity.value", 0, "1", "decimal"),
        element("Quantity.system", 0, "1", "uri"),
        element("Quantity.code", 0, "1", "code"),
    ),
    structure("Attachment", element("Attachment.contentType", 0, "1", "code"), element("Attachment.data", 0, "1", "base64Binary")),
    structure(
        "Location",
        element("Location.id", 0, "1", "id"),
        element("Location.contained", 0, "*", "Resource"),
        element("Location.photo", 0, "1", "Attachment"),
        element("Location.height", 0, "1", "Quantity"),
        element("Location.library", 0, "1", {"code": "canonical", "targetProfile": [BASE + "Library"]}),
        element(
            "Location.partOf",
            0,
            "1",
            reference(BASE + "Location") | {"extension": [{"url": BASE + "structuredefinition-hierarchy", "valueBoolean": True}]},
        ),
    ),
    (
        "units.json",
        {
            "resourceType": "ValueSet",
            "url": UNITS,
            "version": "1",
            "name": "Units",
            "compose": {"include": [{"system": UCUM, "concept": [{"code": "kg"}]}]},
        },
    ),
]


def by(name: str, value: str, said: Any) -> dict[str, Any]:
    return {"url": name if "://" in name else BASE + name, f"value{value}": said}


WHY = by("http://x.org/why", "String", "x")


def changes(type: str, *elements: dict[str, Any], name: str = "p", **head: Any) -> tuple[str, dict[str, Any]]:
    return fhir_small.changes(name, type, {"path": type}, *elements, **head)


def outcome(content: dict[str, Any], *more: tuple[str, dict[str, Any]]) -> Outcome:
    definitions = Definitions().with_resources([*PLAIN, *MORE, *more])
    structures = Structures(definitions)
    expressions = Invariants(structures, NOW)
    return judge(
        fhir_small.node(content),
        structures,
        profiles=[PROFILES + "p"],
        expressions=expressions,
        bindings=Bindings(Terminology(definitions)),
        context_of=expressions.context,
    )


def told(content: dict[str, Any], *more: tuple[str, dict[str, Any]]) -> list[str]:
    return [f"{one.severity.value} {one.rule} {one.node.path}" for one in outcome(content, *more).remarks]


def patient(**said: Any) -> dict[str, Any]:
    return {"resourceType": "Patient", **said}


def location(**said: Any) -> dict[str, Any]:
    return {"resourceType": "Location", **said}


ASKED: dict[str, tuple[tuple[str, dict[str, Any]], dict[str, Any], dict[str, Any], str]] = {
    "the form of a text": (
        changes("Patient", {"path": "Patient.name.family", "extension": [by("regex", "String", "[A-Z]+")]}),
        patient(name=[{"family": "PAT"}]),
        patient(name=[{"family": "PATx"}]),
        "error FHIR-REGEX Patient.name[0].family",
    ),
    "the form of a type": (
        changes(
            "Patient", {"path": "Patient.birthDate", "type": [{"code": "date", "extension": [by("regex", "String", "[0-9]{4}")]}]}
        ),
        patient(birthDate="2020"),
        patient(birthDate="2020-01"),
        "error FHIR-REGEX Patient.birthDate",
    ),
    "the form of the value of a primitive": (
        changes(
            "Patient",
            {"path": "Patient.name.family"},
            {"path": "Patient.name.family.value", "type": [{"code": "string", "extension": [by("regex", "String", "[A-Z]+")]}]},
        ),
        patient(name=[{"family": "PAT"}]),
        patient(name=[{"family": "pat"}]),
        "error FHIR-REGEX Patient.name[0].family",
    ),
    "that a primitive has a value": (
        changes("Patient", {"path": "Patient.name.family"}, {"path": "Patient.name.family.value", "min": 1}),
        patient(name=[{"family": "PAT"}]),
        patient(name=[{"_family": {"extension": [WHY]}}]),
        "error FHIR-CARD Patient.name[0].family",
    ),
    "the extension of a value, by a pattern": (
        changes("Patient", {"path": "Patient.name", "patternHumanName": {"_family": {"extension": [WHY]}}}),
        patient(name=[{"_family": {"extension": [WHY]}}]),
        patient(name=[{"family": "PAT"}]),
        "error FHIR-PATTERN Patient.name[0]",
    ),
    "a value with its extension, fixed": (
        changes("Patient", {"path": "Patient.name", "fixedHumanName": {"family": "PAT", "_family": {"extension": [WHY]}}}),
        patient(name=[{"family": "PAT", "_family": {"extension": [WHY]}}]),
        patient(name=[{"family": "PATY", "_family": {"extension": [WHY]}}]),
        "error FHIR-FIXED Patient.name[0]",
    ),
    "the length of a number": (
        changes("Location", {"path": "Location.height.value", "maxLength": 2}),
        location(height={"value": 12}),
        location(height={"value": 123}),
        "error FHIR-LENGTH Location.height.value",
    ),
    "the decimals of a number": (
        changes("Location", {"path": "Location.height", "extension": [by("maxDecimalPlaces", "Integer", 1)]}),
        location(height={"value": 1.5}),
        location(height={"value": 1.55}),
        "error FHIR-LIMIT Location.height.value",
    ),
    "the size of a content": (
        changes("Location", {"path": "Location.photo", "extension": [by("maxSize", "Decimal", 3)]}),
        location(photo={"data": "AAAA"}),
        location(photo={"data": "AAAAAAAA"}),
        "error FHIR-ATTACHMENT Location.photo",
    ),
    "the media type of a content": (
        changes("Location", {"path": "Location.photo", "extension": [by("mimeType", "Code", "text/plain")]}),
        location(photo={"contentType": "text/plain; charset=utf-8"}),
        location(photo={"contentType": "text/html"}),
        "error FHIR-ATTACHMENT Location.photo",
    ),
    "one of the units of a form": (
        changes(
            "Location",
            {"path": "Location.height", "extension": [by("questionnaire-unitOption", "Coding", {"system": UCUM, "code": "m"})]},
        ),
        location(height={"value": 1, "system": UCUM, "code": "m"}),
        location(height={"value": 1, "system": UCUM, "code": "cm"}),
        "error FHIR-BINDING Location.height",
    ),
    "a unit that should be used": (
        changes("Location", {"path": "Location.height", "extension": [by("elementdefinition-allowedUnits", "Canonical", UNITS)]}),
        location(height={"value": 1, "system": UCUM, "code": "kg"}),
        location(height={"value": 1, "system": UCUM, "code": "m"}),
        "warning FHIR-BINDING Location.height",
    ),
    "a version that is named": (
        changes("Observation", {"path": "Observation.subject", "type": [reference(BASE + "Patient") | {"versioning": "specific"}]}),
        {"resourceType": "Observation", "subject": {"reference": "Patient/1/_history/2"}},
        {"resourceType": "Observation", "subject": {"reference": "Patient/1"}},
        "error FHIR-REFERENCE Observation.subject",
    ),
    "no version": (
        changes(
            "Observation", {"path": "Observation.subject", "type": [reference(BASE + "Patient") | {"versioning": "independent"}]}
        ),
        {"resourceType": "Observation", "subject": {"reference": "Patient/1"}},
        {"resourceType": "Observation", "subject": {"reference": "Patient/1/_history/2"}},
        "error FHIR-REFERENCE Observation.subject",
    ),
    "the sort of what a canonical names": (
        changes("Location"),
        location(library="http://example.org/Library/elsewhere"),
        location(library=LIBRARY),
        "error FHIR-REFERENCE Location.library",
    ),
    "a hierarchy": (
        changes("Location"),
        location(id="a", partOf={"reference": "Location/b"}),
        location(id="a", partOf={"reference": "Location/a"}),
        "warning FHIR-REFERENCE Location.partOf",
    ),
    "an extension in place of a value": (
        changes(
            "Patient",
            {"path": "Patient.birthDate", "extension": [by("preferredValueAlternatives", "Canonical", "http://x.org/why")]},
        ),
        patient(_birthDate={"extension": [by("http://x.org/why", "String", "x")]}),
        patient(_birthDate={"extension": [by("http://x.org/other", "String", "x")]}),
        "warning FHIR-CARD Patient.birthDate",
    ),
    "what the default slice says of the others": (
        changes(
            "Patient",
            {"path": "Patient.identifier", **sliced(("value", "system"), rules="closed")},
            {"path": "Patient.identifier", "sliceName": "a"},
            {"path": "Patient.identifier.system", "min": 1, "fixedUri": "http://x.org/a"},
            {"path": "Patient.identifier", "sliceName": "@default"},
            {"path": "Patient.identifier.use", "min": 1},
        ),
        patient(
            identifier=[{"system": "http://x.org/a", "value": "1"}, {"use": "usual", "system": "http://x.org/b", "value": "1"}]
        ),
        patient(identifier=[{"system": "http://x.org/a", "value": "1"}, {"system": "http://x.org/b", "value": "1"}]),
        "error FHIR-CARD Patient.identifier[1]",
    ),
}


@pytest.mark.parametrize("asked", ASKED)
def test_what_a_profile_asks_is_judged(asked: str) -> None:
    follow, kept, broken, finding = ASKED[asked]
    assert told(kept, follow) == []
    assert told(broken, follow) == [finding]


@pytest.mark.parametrize("url", ["structuredefinition-imposeProfile", "structuredefinition-dependencies"])
@pytest.mark.parametrize("derived", [False, True])
def test_what_a_profile_imposes_is_asked_however_it_is_reached(url: str, derived: bool) -> None:
    named = changes("Patient", {"path": "Patient.name", "min": 1}, name="named")
    imposing = changes("Patient", name="imposing", extension=[by(url, "Canonical", PROFILES + "named")])
    made = changes("Patient", name="p", baseDefinition=PROFILES + "imposing")
    further = changes("Patient", name="p", extension=[by(url, "Canonical", PROFILES + "imposing")])
    follow = made if derived else further
    assert told(patient(name=[{"family": "x"}]), named, imposing, follow) == []
    assert told(patient(), named, imposing, follow) == ["error FHIR-CARD Patient"]
    of_subject = changes("Observation", {"path": "Observation.subject", "type": [reference(PROFILES + "imposing")]})
    observation = {"resourceType": "Observation", "contained": [patient(id="a")], "subject": {"reference": "#a"}}
    assert told(observation, named, imposing, of_subject) == ["error FHIR-REFERENCE Observation.subject"]


@pytest.mark.parametrize(
    ("said", "left"),
    [
        ({"extension": [by("narrative-source-control", "Code", "error")]}, "narrative-source-control"),
        ({"extension": [by("elementdefinition-selector", "String", "true")]}, "elementdefinition-selector"),
        ({"extension": [by("regex", "String", "(")]}, "regex"),
        ({"_fixedCode": {"extension": [WHY]}}, "_fixedCode"),
        (
            {"extension": [by("maxDecimalPlaces", "Quantity", {"value": 1})], "path": "Location.height.value"},
            "maxDecimalPlaces",
        ),
        (
            {
                "binding": {
                    "strength": "preferred",
                    "valueSet": UNITS,
                    "extension": [
                        {
                            "url": "http://hl7.org/fhir/tools/StructureDefinition/additional-binding",
                            "extension": [by("purpose", "Code", "extensible"), by("valueSet", "Canonical", UNITS)],
                        }
                    ],
                }
            },
            "additional binding",
        ),
        ({"slicing": {"discriminator": [{"type": "position", "path": "$this"}], "rules": "open"}}, "slicing by position"),
    ],
)
def test_what_is_asked_and_judged_by_nothing_is_said(said: dict[str, Any], left: str) -> None:
    for one in said.get("binding", {}).get("extension", ()):
        for part in one["extension"]:
            part["url"] = part["url"].removeprefix(BASE)
    path = said.get("path", "Location.height.code")
    follow = changes("Location", {"path": path, **said})
    found = outcome(location(height={"value": 1.5, "code": "kg"}), follow)
    assert any(f"{path} ({left})" in one.en for one in found.not_judged)
    assert outcome(location(id="a"), follow).not_judged == ()


def test_a_constraint_in_words_is_said_and_what_derives_from_its_profile_keeps_it() -> None:
    worded = {"key": "w-1", "severity": "error", "human": "a name that pleases"}
    base = changes("Patient", {"path": "Patient", "constraint": [worded]}, name="base")
    follow = changes("Patient", {"path": "Patient", "constraint": [worded | {"key": "w-2"}]}, baseDefinition=PROFILES + "base")
    found = outcome(patient(id="a"), base, follow)
    assert found.worded == {"w-1": "Patient", "w-2": "Patient"}
    assert "Patient (w-1), Patient (w-2)" in in_words_only(found.worded)[0].en


def test_forms_lengths_and_limits_of_a_profile_are_proved() -> None:
    follow = changes(
        "Patient",
        {
            "path": "Patient.name.family",
            "extension": [by("regex", "String", "^([A-Z]|[^a-z ]{3,})[-A-Z]*\\d?$"), by("minLength", "Integer", 2)],
        },
        {"path": "Patient.birthDate", "minValueDate": "1900-01-01", "maxValueDate": "2030-01-01"},
    )
    bench = Bench(Definitions().with_resources([*PLAIN, *MORE, follow]), NOW)
    profiled = bench.structures.structure(PROFILES + "p")
    assert profiled is not None
    trial = tried(bench, profiled)
    assert sorted(facet for facet in trial.tripped if facet.startswith(("REGEX", "LENGTH", "LIMIT"))) == [
        "LENGTH:Patient.name.family:min",
        "LIMIT:Patient.birthDate:max",
        "LIMIT:Patient.birthDate:min",
        "REGEX:Patient.name.family:form",
    ]
