"""Resources that define others: codes that exist, properties of their declared type, addresses that are absolute."""

from __future__ import annotations

from typing import Any

import pytest
from fhir_small import BASICS, PROFILES, changes, element, profile, remarked, sliced, structure, told

from harness.checks.fhir.remarks import Remarks
from harness.checks.fhir.resources import defining_codes, defining_operations, defining_structures
from harness.checks.fhir.shapes import BASE
from harness.checks.fhir.structures import Structures
from harness.documents.fhir_tree import Node
from harness.library.fhir.definitions import Definitions
from harness.model import NO_TEXT

SYSTEM, VALUES = "http://x.org/cs", "http://x.org/vs"


class Codes:
    """Of one system the code `a` alone, in one value set; nothing is known of others, nor of other versions."""

    def system(self, node: Node, system: str, requirement: str, remarks: Remarks) -> bool:
        if ":" not in system:
            remarks.error("FHIR-CODE-SYSTEM", requirement, node, NO_TEXT)
        return ":" in system

    def is_code(self, system: str, code: str, version: str = "") -> bool | None:
        return code in ("a", "b") if system == SYSTEM and not version else None

    def is_in(self, canonical: str, system: str, code: str) -> bool | None:
        return (system, code) == (SYSTEM, "a") if canonical == VALUES else None


def found(content: dict[str, Any]) -> list[str]:
    return [remark.node.path for remark in remarked(defining_codes.judge, content, Codes())]


def included(**part: Any) -> dict[str, Any]:
    return {"resourceType": "ValueSet", "compose": {"include": [part]}}


@pytest.mark.parametrize(
    ("content", "places"),
    [
        (included(system=SYSTEM, concept=[{"code": "a"}, {"code": "z"}]), ["ValueSet.compose.include[0].concept[1].code"]),
        (included(system=SYSTEM, version="2", concept=[{"code": "z"}]), []),
        (included(system="http://other.org", concept=[{"code": "z"}]), []),
        (included(system="#cs", concept=[{"code": "z"}]), ["ValueSet.compose.include[0].system"]),
        (
            included(system=SYSTEM, filter=[{"property": "concept", "op": "is-a", "value": "z"}]),
            ["ValueSet.compose.include[0].filter[0].value"],
        ),
        (included(system=SYSTEM, filter=[{"property": "colour", "op": "=", "value": "z"}]), []),
        (included(system="http://other.org", filter=[{"property": "colour", "op": "=", "value": f"{SYSTEM}#a"}]), []),
        (
            included(system="http://other.org", filter=[{"property": "colour", "op": "=", "value": f"{SYSTEM}#z"}]),
            ["ValueSet.compose.include[0].filter[0].value"],
        ),
        (
            included(system=SYSTEM, concept=[{"code": "z"}])
            | {"contained": [{"resourceType": "CodeSystem", "url": SYSTEM, "concept": [{"code": "z"}]}]},
            [],
        ),
    ],
)
def test_a_value_set_takes_codes_that_exist_from_systems_with_absolute_addresses(
    content: dict[str, Any], places: list[str]
) -> None:
    assert found(content) == places


def system(**more: Any) -> dict[str, Any]:
    return {"resourceType": "CodeSystem", "content": "complete", **more}


@pytest.mark.parametrize(
    ("content", "count"),
    [
        (system(), 0),
        (system(supplements=SYSTEM), 1),
        (system(supplements=SYSTEM, content="supplement"), 0),
        (system(content="supplement"), 1),
        (system(property=[{"code": "p", "type": "code"}, {"code": "p", "type": "string"}]), 1),
        (system(property=[{"code": "p", "uri": "http://hl7.org/fhir/concept-properties#notSelectable", "type": "code"}]), 1),
        (system(property=[{"code": "p", "uri": "http://hl7.org/fhir/concept-properties#notSelectable", "type": "boolean"}]), 0),
        (
            system(
                property=[{"code": "p", "type": "integer"}],
                concept=[{"code": "a", "concept": [{"code": "b", "property": [{"code": "p", "valueString": "1"}]}]}],
            ),
            1,
        ),
        (system(property=[{"code": "p", "type": "integer"}], concept=[{"property": [{"code": "p", "valueInteger": 1}]}]), 0),
        (system(concept=[{"code": "a", "property": [{"code": "p", "valueString": "1"}]}]), 1),
        *(
            (
                system(
                    content=content,
                    property=[{"code": "parent", "type": "code"}],
                    concept=[{"code": "a"}, {"code": "b", "property": [{"code": "parent", "valueCode": parent}]}],
                ),
                count,
            )
            for content, parent, count in (("complete", "a", 0), ("complete", "z", 1), ("fragment", "z", 0))
        ),
        (system(supplements=SYSTEM, content="supplement", concept=[{"code": "a"}]), 0),
        (system(supplements=SYSTEM, content="supplement", concept=[{"code": "a", "concept": [{"code": "z"}]}]), 1),
    ],
)
def test_a_code_system_has_properties_of_their_declared_types(content: dict[str, Any], count: int) -> None:
    assert len(found(content)) == count


@pytest.mark.parametrize(
    ("content", "count", "refused"),
    [
        ("complete", None, False),
        ("complete", 2, False),
        ("complete", 1, True),
        ("fragment", 5, False),  # how many there are, not how many are here
        ("not-present", 2, True),
        ("not-present", None, True),
    ],
)
def test_a_code_system_holds_what_it_says_that_it_holds(content: str, count: int | None, refused: bool) -> None:
    said = system(content=content, concept=[{"code": "a", "concept": [{"code": "b"}]}])
    assert len(found(said if count is None else said | {"count": count})) == refused


def test_what_a_map_maps_is_of_its_system_and_of_the_value_set_it_maps_from() -> None:
    elements = [{"code": "a"}, {"code": "b"}, {"code": "z", "target": [{"code": "z"}]}]
    content = {
        "resourceType": "ConceptMap",
        "sourceUri": VALUES,
        "group": [{"source": SYSTEM, "target": SYSTEM, "element": elements}],
    }
    assert found(content) == [
        "ConceptMap.group[0].element[1].code",
        "ConceptMap.group[0].element[2].code",
        "ConceptMap.group[0].element[2].code",
        "ConceptMap.group[0].element[2].target[0].code",
    ]


NAMED = "Parameters.parameter:one"


def asked(*elements: dict[str, Any], low: int = 0, high: str = "*") -> tuple[str, dict[str, Any]]:
    return profile(
        "asked",
        "Parameters",
        element("Parameters.parameter", 0, "*", "BackboneElement", **sliced(("value", "name"))),
        element("Parameters.parameter", low, high, "BackboneElement", id=NAMED, sliceName="one"),
        element("Parameters.parameter.name", 1, "1", "string", id=f"{NAMED}.name", fixedString="one"),
        *elements,
    )


RESOURCE = element("Parameters.parameter.resource", 0, "1", "Patient", id=f"{NAMED}.resource")
NO_VALUE = element("Parameters.parameter.value[x]", 0, "0", "string", id=f"{NAMED}.value[x]")


@pytest.mark.parametrize(
    ("said", "rules", "conflicts"),
    [
        ({"min": 0, "max": "*", "type": "Patient"}, asked(RESOURCE, NO_VALUE, low=1, high="1"), False),  # more is not the contrary
        ({"min": 0, "max": "1", "type": "Patient"}, asked(RESOURCE, NO_VALUE, low=2), True),
        ({"min": 2, "max": "*", "type": "Patient"}, asked(RESOURCE, NO_VALUE, high="1"), True),
        ({"min": 0, "max": "1", "type": "Observation"}, asked(RESOURCE, NO_VALUE), True),
        ({"min": 0, "max": "1", "type": "Resource"}, asked(RESOURCE, NO_VALUE), False),
        ({"min": 0, "max": "1", "type": "Observation"}, asked(), False),
        ({"min": 2, "max": "2", "type": "Observation", "use": "out"}, asked(RESOURCE, NO_VALUE, high="1"), False),
        ({"min": 2, "max": "2", "type": "Observation", "name": "two"}, asked(RESOURCE, NO_VALUE, high="1"), False),
    ],
)
def test_the_profile_of_an_operation_does_not_conflict_with_its_parameters(
    said: dict[str, Any], rules: tuple[str, dict[str, Any]], conflicts: bool
) -> None:
    parameter = {"name": "one", "use": "in", **said}
    content = {"resourceType": "OperationDefinition", "inputProfile": PROFILES + "asked", "parameter": [parameter]}
    structures = Structures(Definitions().with_resources([*BASICS, structure("Parameters"), rules]))
    remarks = remarked(defining_operations.judge, content, structures)
    assert [remark.node.path for remark in remarks] == ["OperationDefinition.parameter[0]"] * conflicts


def defined(*elements: dict[str, Any], base: str = BASE + "Patient", more: tuple[Any, ...] = ()) -> list[str]:
    content = {
        "resourceType": "StructureDefinition",
        "derivation": "constraint",
        "baseDefinition": base,
        "differential": {"element": list(elements)},
    }
    structures = Structures(Definitions().with_resources([*BASICS, *more]))
    remarks = remarked(defining_structures.judge, content, structures)
    return [remark.node.path.removeprefix("StructureDefinition.differential.") for remark in remarks]


@pytest.mark.parametrize(
    ("path", "exists"),
    [
        ("Patient.name.family", True),
        ("Patient.name.familly", False),
        ("Patient.named", False),
        ("Observation.value[x]", False),
        ("Patient.extension.value[x]", True),
        ("Patient.extension.valueString", True),
        ("Patient.contained.whatever", True),
    ],
)
def test_a_profile_speaks_of_elements_that_its_base_has(path: str, exists: bool) -> None:
    assert defined({"path": path}) == ([] if exists else ["element[0].path"])


def test_the_profile_of_a_type_is_one_of_that_type() -> None:
    named = profile("named", "HumanName", element("HumanName.family", 1, "1", "string"))
    right = {"path": "Patient.name", "type": [{"code": "HumanName", "profile": [PROFILES + "named"]}]}
    wrong = {"path": "Patient.identifier", "type": [{"code": "Identifier", "profile": [PROFILES + "named"]}]}
    assert defined(right, wrong, more=(named,)) == ["element[1].type[0].profile[0]"]


def test_what_the_base_fixes_stays_fixed() -> None:
    base = profile("base", "Patient", element("Patient.birthDate", 0, "1", "date", fixedDate="2000"))
    same = {"path": "Patient.birthDate", "fixedDate": "2000"}
    assert defined(same, base=PROFILES + "base", more=(base,)) == []
    assert defined(same | {"fixedDate": "2001"}, base=PROFILES + "base", more=(base,)) == ["element[0].fixedDate"]


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"min": 0}, "min"),
        ({"min": 1}, None),
        ({"max": "2"}, None),
        ({"max": "3"}, "max"),
        ({"max": "*"}, "max"),
        ({"binding": {"strength": "preferred"}}, "binding[0].strength"),
        ({"binding": {"strength": "required"}}, None),
        ({"sliceName": "s", "min": 0}, None),
    ],
)
def test_a_profile_asks_at_least_what_its_base_asks(change: dict[str, Any], place: str | None) -> None:
    bound = {"binding": {"strength": "extensible", "valueSet": VALUES}}
    base = profile("base", "Patient", element("Patient.birthDate", 1, "2", "date", **bound))
    found = defined({"path": "Patient.birthDate", **change}, base=PROFILES + "base", more=(base,))
    assert [one.replace("binding.", "binding[0].") for one in found] == ([] if place is None else [f"element[0].{place}"])


@pytest.mark.parametrize("said", ["meaningWhenMissing", "defaultValueDate"])
def test_a_profile_gives_no_meaning_to_what_is_missing_but_an_extension_may(said: str) -> None:
    assert defined({"path": "Patient.birthDate", said: "2000"}) == [f"element[0].{said}"]
    assert defined({"path": "Extension.extension", said: "2000"}, base=BASE + "Extension") == []


@pytest.mark.parametrize(
    ("types", "admitted"),
    [(["date"], False), (["boolean", "integer"], False), (["code"], True), (["date", "Coding"], True), ([], True)],
)
def test_only_what_can_be_coded_has_a_binding(types: list[str], admitted: bool) -> None:
    bound = {"strength": "required", "valueSet": VALUES}
    told = defined({"path": "Patient.birthDate", "type": [{"code": type} for type in types], "binding": bound})
    assert [one for one in told if "type" not in one] == ([] if admitted else ["element[0].binding"])


@pytest.mark.parametrize(
    ("path", "change", "place"),
    [
        ("Patient.birthDate", {"type": [{"code": "date"}]}, None),
        ("Patient.birthDate", {"type": [{"code": "dateTime"}]}, "type[0]"),
        ("Patient.extension.value[x]", {"type": [{"code": "string"}]}, None),
        ("Patient.contained", {"type": [{"code": "Observation"}]}, None),
        ("Patient.birthDate", {"fixedDate": "2000"}, None),
        ("Patient.birthDate", {"fixedString": "2000"}, "fixedString"),
        ("Patient.birthDate", {"patternString": "2000"}, "patternString"),
        ("Patient.name", {"patternHumanName": {"family": "x"}}, None),
    ],
)
def test_a_profile_keeps_types_of_its_base_and_sets_values_of_them(path: str, change: dict[str, Any], place: str | None) -> None:
    assert defined({"path": path, **change}) == ([] if place is None else [f"element[0].{place}"])


@pytest.mark.parametrize(
    ("path", "found"),
    [("system", False), ("value", False), ("whatever", True), ("$this", False), ("resolve().name", False)],
)
def test_a_discriminator_leads_to_an_element_that_is_there(path: str, found: bool) -> None:
    slicing = {"discriminator": [{"type": "value", "path": path}], "rules": "open"}
    told = defined({"path": "Patient.identifier", "slicing": slicing})
    assert told == (["element[0].slicing.discriminator[0]"] if found else [])


def test_an_invariant_is_fhirpath() -> None:
    said = [{"key": "a", "expression": "a.exists()"}, {"key": "b", "expression": "a.exists("}]
    assert defined({"path": "Patient.name", "constraint": said}) == ["element[0].constraint[1].expression"]


class Parameters:
    def search_parameter(self, canonical: str) -> dict[str, Any] | None:
        return {"url": canonical, "type": "string", "base": ["Patient"]} if canonical == ROOT else None


ROOT = "http://x.org/sp"


@pytest.mark.parametrize(
    ("said", "places"),
    [
        ({"type": "string", "base": ["Patient"]}, []),
        ({"type": "token", "base": ["Patient"]}, ["SearchParameter.type"]),
        ({"type": "string", "base": ["Group"]}, ["SearchParameter.base[0]"]),
        ({"type": "token", "base": ["Group"], "derivedFrom": "http://other.org"}, []),
    ],
)
def test_a_search_parameter_keeps_the_type_of_the_one_it_comes_from(said: dict[str, Any], places: list[str]) -> None:
    content = {"resourceType": "SearchParameter", "derivedFrom": ROOT, **said}
    remarks = remarked(defining_structures.judge_parameters, content, Parameters())
    assert [remark.node.path for remark in remarks] == places


@pytest.mark.parametrize(("type", "places"), [("string", []), ("date", ["CapabilityStatement.rest.resource.searchParam[0].type"])])
def test_a_server_says_the_type_that_the_parameter_has(type: str, places: list[str]) -> None:
    said = {"searchParam": [{"name": "a", "definition": ROOT, "type": type}]}
    content = {"resourceType": "CapabilityStatement", "rest": {"resource": said}}
    remarks = remarked(defining_structures.judge_parameters, content, Parameters())
    assert [remark.node.path for remark in remarks] == places


def test_what_defines_has_an_absolute_address() -> None:
    kind = structure("Library", *(element(f"Library.{name}", 0, "1", "uri") for name in ("url", "version", "status")))
    assert told({"resourceType": "Library", "url": "http://x.org/l"}, kind) == []
    assert told({"resourceType": "Library", "url": "l"}, kind) == [("FHIR-DEFINITION", "Library.url")]


@pytest.mark.parametrize(
    ("extension", "carried", "errors"),
    [
        ("mustHaveValue", "http://x.org/why", 1),
        ("valueAlternatives", "http://x.org/why", 0),
        ("valueAlternatives", "http://x.org/other", 1),
    ],
)
def test_a_profile_may_oblige_to_a_value_or_to_one_of_its_alternatives(extension: str, carried: str, errors: int) -> None:
    url = f"http://hl7.org/fhir/5.0/StructureDefinition/extension-ElementDefinition.{extension}"
    said = {"valueBoolean": True} if extension == "mustHaveValue" else {"valueCanonical": "http://x.org/why"}
    follow = changes("p", "Patient", {"path": "Patient.birthDate", "extension": [{"url": url, **said}]})
    content = {"resourceType": "Patient", "_birthDate": {"extension": [{"url": carried, "valueString": "x"}]}}
    assert len(told(content, follow, follow="p")) == errors


@pytest.mark.parametrize(
    ("type", "kind", "url", "places"),
    [
        ("http://x.org/Model", "logical", "http://x.org/Model", []),
        ("Model", "logical", "http://x.org/Model", ["StructureDefinition.type"]),
        ("Model", "logical", BASE + "Model", []),
        ("Patient", "logical", "http://x.org/Model", ["StructureDefinition.type"]),
        ("Patient", "resource", BASE + "Patient", []),
    ],
)
def test_a_specialization_defines_a_type_of_its_own(type: str, kind: str, url: str, places: list[str]) -> None:
    said = {"url": url, "type": type, "kind": kind, "derivation": "specialization", "baseDefinition": BASE + "Patient"}
    structures = Structures(Definitions().with_resources(BASICS))
    remarks = remarked(defining_structures.judge, {"resourceType": "StructureDefinition", **said}, structures)
    assert [remark.node.path for remark in remarks] == places
