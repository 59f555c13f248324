"""Extensions that link a narrative with the data it tells: textLink, narrativeLink."""

from __future__ import annotations

from typing import Any

import pytest
from fhir_small import NARRATIVE, element, structure, told

from harness.checks.fhir.shapes import BASE

DIV = '<div xmlns="http://www.w3.org/1999/xhtml"><span id="shown">Durand</span></div>'
KNOWN = (
    NARRATIVE,
    structure(
        "Group",
        element("Group.id", 0, "1", "id"),
        element("Group.extension", 0, "*", "Extension"),
        element("Group.text", 0, "1", "Narrative"),
        element("Group.name", 0, "*", "HumanName"),
        element("Group.identifier", 0, "*", "Identifier"),
    ),
)


def linked(**parts: str) -> list[str]:
    """Where the link of a narrative is wrong: from the text of a Group to its name, whose id is `name`."""
    values = {"htmlid": "valueString", "data": "valueUri", "selector": "valueString"}
    link = {"url": f"{BASE}textLink", "extension": [{"url": name, values[name]: said} for name, said in parts.items()]}
    text = {"extension": [link], "div": DIV}
    group = {"resourceType": "Group", "id": "g", "text": text, "name": [{"id": "name", "family": "Durand"}]}
    return [list(parts)[int(path.partition("extension[0].extension[")[2][0])] for path in wrong(group)]


def wrong(content: dict[str, Any]) -> list[str]:
    return [path for rule, path in told(content, *KNOWN) if rule == "FHIR-NARRATIVE"]


@pytest.mark.parametrize(
    ("parts", "places"),
    [
        ({"htmlid": "shown", "data": "#name"}, []),
        ({"htmlid": "hidden", "data": "#name"}, ["htmlid"]),
        ({"htmlid": "shown", "data": "#nickname"}, ["data"]),
        ({"htmlid": "shown", "data": "Group/g"}, []),
        ({"htmlid": "shown", "data": "Group/g#name"}, []),
        ({"htmlid": "shown", "data": "Group/g#nickname"}, ["data"]),
        ({"htmlid": "shown", "data": "https://elsewhere.example/Group/h#name"}, []),  # not at hand
        ({"htmlid": "shown", "data": "Group/g", "selector": "name.family"}, []),
        ({"htmlid": "shown", "data": "Group/g", "selector": "Group.identifier"}, []),  # of which this one has none
        ({"htmlid": "shown", "data": "Group/g", "selector": "Patient.name"}, ["selector"]),
        ({"htmlid": "shown", "data": "#name", "selector": "family"}, []),
        ({"htmlid": "shown", "data": "#name", "selector": "familly"}, ["selector"]),
        ({"htmlid": "shown", "data": "Group/h", "selector": "Patient.name"}, []),
    ],
)
def test_a_link_of_a_text_begins_in_it_and_ends_at_data_that_is_there(parts: dict[str, str], places: list[str]) -> None:
    assert linked(**parts) == places


def test_a_selector_is_fhirpath() -> None:
    text = {
        "extension": [
            {"url": f"{BASE}textLink", "extension": [{"url": "data", "valueUri": "#n"}, {"url": "selector", "valueString": "a("}]}
        ]
    }
    group = {"resourceType": "Group", "text": text | {"div": DIV}, "name": [{"id": "n", "family": "Durand"}]}
    assert ("FHIR-EXPRESSION", "Group.text.extension[0].extension[1].valueString") in told(group, *KNOWN)


@pytest.mark.parametrize(
    ("url", "errors"),
    [("#shown", 0), ("#hidden", 1), ("Group/g#shown", 0), ("Group/g#name", 1), ("Group/h#hidden", 0), ("Group/g", 0)],
)
def test_a_link_to_a_text_ends_at_a_portion_of_a_narrative(url: str, errors: int) -> None:
    link = {"url": f"{BASE}narrativeLink", "valueUrl": url}
    group = {"resourceType": "Group", "id": "g", "extension": [link], "text": {"div": DIV}, "name": [{"id": "name"}]}
    assert wrong(group) == ["Group.extension[0].valueUrl"] * errors
