"""A StructureDefinition compiled to plain data."""

from __future__ import annotations

import marshal
from decimal import Decimal

from harness.library.fhir.compiling import compile_structure

IDENTITY = "http://hl7.org/fhirpath/System.String"


def compiled(*elements: dict, **head: object) -> dict:
    return compile_structure({"kind": "resource", "type": "Patient", "snapshot": {"element": list(elements)}, **head})


def only(element: dict) -> dict:
    return compiled(element)["elements"][0]


def test_any_number_is_none_and_the_base_is_kept():
    element = only({"path": "Patient.name", "min": 1, "max": "*", "base": {"path": "Patient.name", "min": 0, "max": "*"}})
    assert (element["min"], element["max"], element["base_min"], element["base_max"]) == (1, None, 0, None)
    assert element["id"] == "Patient.name"


def test_the_id_of_a_resource_is_an_id_and_that_of_an_element_a_string():
    told = [{"url": "http://hl7.org/fhir/StructureDefinition/structuredefinition-fhir-type", "valueUrl": "string"}]
    of_resource = only({"path": "Patient.id", "type": [{"code": IDENTITY, "extension": told}]})
    of_element = only({"path": "Patient.contact.id", "type": [{"code": IDENTITY, "extension": told}]})
    assert [of_resource["types"][0]["code"], of_element["types"][0]["code"]] == ["id", "string"]


def test_fixed_and_pattern_keep_their_type_and_are_plain():
    element = only({"path": "Patient.x", "fixedDateTime": "2020", "patternQuantity": {"value": Decimal("1.5")}})
    assert element["fixed"] == ["dateTime", "2020"]
    assert element["pattern"] == ["Quantity", {"value": 1.5}]
    marshal.dumps(element)


def test_a_slice_a_reference_to_content_and_a_choice_are_told():
    sliced = only(
        {"path": "Patient.value[x]", "slicing": {"discriminator": [{"type": "type", "path": "$this"}], "rules": "closed"}}
    )
    assert sliced["choice"] is True
    assert sliced["slicing"] == {"discriminator": [["type", "$this"]], "rules": "closed", "ordered": False}
    assert only({"path": "B.e.link", "contentReference": "http://x/B#B.link"})["content_reference"] == ["http://x/B", "B.link"]
    assert only({"path": "B.e.link", "contentReference": "#B.link"})["content_reference"] == ["", "B.link"]


def test_a_definition_without_snapshot_has_no_elements():
    assert compile_structure({"url": "u", "differential": {"element": [{"path": "Patient"}]}})["elements"] == []
