"""A profile published as what it changes gets the elements of its base, changed."""

from __future__ import annotations

from typing import Any

import pytest

from harness.library.fhir.compiling import BASE
from harness.library.fhir.definitions import Definitions
from harness.library.fhir.packing import compiled
from harness.library.fhir.snapshots import NoSnapshot, elements
from harness.library.pack import pack, unpack

URL = "http://example.org/fhir/StructureDefinition/"


def whole(url: str, *said: dict[str, Any]) -> dict[str, Any]:
    made = [{"id": one["path"], "min": 0, "max": "*", **one} for one in said]
    kind = {"resourceType": "StructureDefinition", "url": url, "version": "4.0.1", "type": said[0]["path"]}
    return kind | {"derivation": "specialization", "snapshot": {"element": made}}


def profile(name: str, base: str, *changes: dict[str, Any]) -> dict[str, Any]:
    head = {"resourceType": "StructureDefinition", "url": URL + name, "version": "1.0.0", "type": "Patient"}
    return head | {"derivation": "constraint", "baseDefinition": base, "differential": {"element": list(changes)}}


PATIENT = whole(
    BASE + "Patient",
    {"path": "Patient", "constraint": [{"key": "p-1", "severity": "error", "expression": "true"}]},
    {"path": "Patient.identifier", "type": [{"code": "Identifier"}], "mustSupport": True},
    {"path": "Patient.deceased[x]", "max": "1", "type": [{"code": "boolean"}, {"code": "dateTime"}]},
    {"path": "Patient.contact", "type": [{"code": "BackboneElement"}]},
    {"path": "Patient.contact.name", "max": "1", "type": [{"code": "string"}]},
    {"path": "Patient.other", "contentReference": "#Patient.contact"},
)
IDENTIFIER = whole(
    BASE + "Identifier",
    {"path": "Identifier"},
    {"path": "Identifier.system", "max": "1", "type": [{"code": "uri"}]},
    {"path": "Identifier.value", "max": "1", "type": [{"code": "string"}]},
)


def definitions(*profiles: dict[str, Any]) -> Definitions:
    blobs, left_out = compiled((one["url"], one) for one in (PATIENT, IDENTIFIER, *profiles))
    found = unpack(pack(blobs))
    assert found is not None and not left_out
    return Definitions([("a", "1.0.0", "", found)])


def made(*changes: dict[str, Any]) -> dict[str, dict[str, Any]]:
    structure = definitions(profile("p", BASE + "Patient", *changes)).structure(URL + "p")
    assert structure is not None
    ids = [element["id"] for element in structure["elements"]]
    assert len(ids) == len(set(ids))
    return {element["id"]: element for element in structure["elements"]}


def test_what_is_not_changed_is_as_in_the_base() -> None:
    found = made({"id": "Patient.contact", "path": "Patient.contact", "min": 1})
    assert (found["Patient.contact"]["min"], found["Patient.contact"]["max"]) == (1, None)
    assert list(found) == [element["path"] for element in PATIENT["snapshot"]["element"]]


def test_an_invariant_is_added_to_those_of_the_base() -> None:
    found = made({"id": "Patient", "path": "Patient", "constraint": [{"key": "p-2", "severity": "error", "expression": "false"}]})
    assert [one["key"] for one in found["Patient"]["constraints"]] == ["p-1", "p-2"]


def test_slices_stand_after_their_element_in_order_and_hold_its_content() -> None:
    path = "Patient.identifier"
    found = made(
        {"id": path, "path": path, "slicing": {"discriminator": [{"type": "value", "path": "system"}], "rules": "open"}},
        {"id": f"{path}:A", "path": path, "sliceName": "A", "min": 1, "max": "1"},
        {"id": f"{path}:A.system", "path": f"{path}.system", "fixedUri": "urn:a"},
        {"id": f"{path}:B", "path": path, "sliceName": "B"},
    )
    assert list(found)[1:6] == [path, f"{path}:A", f"{path}:A.system", f"{path}:A.value", f"{path}:B"]
    assert found[f"{path}:A.system"]["fixed"] == ["uri", "urn:a"]
    assert "slicing" not in found[f"{path}:A"]
    assert "must_support" not in found[f"{path}:B"]


def test_a_choice_is_narrowed_by_the_name_of_one_of_its_types() -> None:
    for id in ("Patient.deceased[x]:deceasedBoolean", "Patient.deceasedBoolean"):
        found = made({"id": id, "path": "Patient.deceased[x]", "max": "0"})
        element = found["Patient.deceased[x]:deceasedBoolean"]
        assert [type["code"] for type in element["types"]] == ["boolean"]
        assert element["max"] == 0


def test_content_that_is_another_elements_is_copied_when_it_is_changed() -> None:
    found = made({"id": "Patient.other.name", "path": "Patient.other.name", "min": 1})
    assert (found["Patient.other.name"]["min"], found["Patient.contact.name"]["min"]) == (1, 0)


def test_a_profile_of_a_profile_has_the_changes_of_both() -> None:
    above = profile("above", BASE + "Patient", {"id": "Patient.contact", "path": "Patient.contact", "min": 1})
    below = profile("below", URL + "above", {"id": "Patient.contact.name", "path": "Patient.contact.name", "min": 1})
    structure = definitions(below, above).structure(URL + "below")
    assert structure is not None
    assert {element["id"] for element in structure["elements"] if element["min"] == 1} == {
        "Patient.contact",
        "Patient.contact.name",
    }


@pytest.mark.parametrize(
    ("base", "why"), [(URL + "gone", "is not installed"), (URL + "p", "comes from itself"), (URL + "q", "comes from itself")]
)
def test_a_profile_whose_base_is_absent_or_is_itself_judges_nothing_and_why_is_known(base: str, why: str) -> None:
    change = {"id": "Patient", "path": "Patient"}
    found = definitions(profile("p", base, change), profile("q", URL + "p", change))
    structure = found.structure(URL + "p")
    assert structure is not None and structure["elements"] == []
    assert why in " ".join(said.en for said in found.unfinished.values())


def test_a_base_that_cannot_judge_tells_why() -> None:
    change = {"id": "Patient", "path": "Patient"}
    found = definitions(profile("p", URL + "q", change), profile("q", URL + "gone", change))
    assert found.structure(URL + "p") is not None
    assert found.unfinished[URL + "p"].en == f"{URL}q: {URL}gone is not installed"


def test_a_malformed_element_is_told_and_judges_nothing() -> None:
    found = definitions(profile("p", BASE + "Patient", {"id": "Patient", "path": "Patient", "max": "many"}))
    structure = found.structure(URL + "p")
    assert structure is not None and structure["elements"] == []
    assert "malformed" in found.unfinished[URL + "p"].en


def test_an_element_that_the_base_does_not_have_is_refused() -> None:
    base = definitions().type("Patient")
    assert base is not None
    with pytest.raises(NoSnapshot, match=r"Patient\.name is not in the base"):
        elements([{"id": "Patient.name", "path": "Patient.name"}], base, definitions().structure)
