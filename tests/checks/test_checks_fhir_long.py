"""A FHIR document of twice as many parts takes twice as many steps: counted, since a time would depend on the machine."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from fhir_small import BASE, NARRATIVE, PROFILES, element, node, outcome, reference, structure
from steps import steps

from harness.checks.fhir import fhirpath

Resource = dict[str, Any]
TIMES = 100
SERVER = "http://s.example/fhir/"
HIERARCHY = {"extension": [{"url": f"{BASE}structuredefinition-hierarchy", "valueBoolean": True}]}
ONCE = f"{PROFILES}once"
KNOWN = (
    NARRATIVE,
    structure(
        "Extension",
        url=ONCE,
        derivation="constraint",
        baseDefinition=f"{BASE}Extension",
        snapshot={"element": [element("Extension", 0, "1"), element("Extension.url", 1, "1", "uri", fixedUri=ONCE)]},
    ),
    structure(
        "Location",
        element("Location.id", 0, "1", "id"),
        element("Location.text", 0, "1", "Narrative"),
        element("Location.contained", 0, "*", "Resource"),
        element("Location.extension", 0, "*", "Extension"),
        element("Location.partOf", 0, "1", reference(f"{BASE}Location") | HIERARCHY),
        element("Location.endpoint", 0, "*", reference(f"{BASE}Patient")),
    ),
)


def place(id_: str, above: str = "") -> Resource:
    found: Resource = {"resourceType": "Location", "id": id_}
    return found | ({"partOf": {"reference": f"Location/{above}"}} if above else {})


def collection(*places: Resource) -> Resource:
    entries = [{"fullUrl": f"{SERVER}Location/{one['id']}", "resource": one} for one in places]
    return {"resourceType": "Bundle", "type": "collection", "entry": entries}


def holding(times: int) -> Resource:
    inside = [{"resourceType": "Patient", "id": f"p{number}"} for number in range(times)]
    return place("a") | {"contained": inside, "endpoint": [{"reference": f"#{one['id']}"} for one in inside]}


def linked(times: int) -> Resource:
    def link(number: int) -> Resource:
        parts = [{"url": "htmlid", "valueString": f"t{number}"}, {"url": "data", "valueUri": f"#e{number}"}]
        return {"url": f"{BASE}textLink", "extension": parts}

    spans = "".join(f'<span id="t{number}">x</span>' for number in range(times))
    text = {
        "extension": [link(number) for number in range(times)],
        "div": f'<div xmlns="http://www.w3.org/1999/xhtml">{spans}</div>',
    }
    return place("a") | {"text": text, "endpoint": [{"id": f"e{number}", "display": "x"} for number in range(times)]}


@pytest.mark.parametrize(
    "made",
    [
        lambda times: collection(*(place(f"l{number}", f"l{number + 1}") for number in range(times))),
        lambda times: collection(*(place(f"l{number + 1}", f"l{number}") for number in range(times))),
        holding,
        linked,
        lambda times: place("a") | {"extension": [{"url": ONCE, "valueString": "x"}] * times},
    ],
)
def test_steps_grow_as_the_resource_does(made: Callable[[int], Resource]) -> None:
    resources = [made(times) for times in (TIMES, 2 * TIMES)]
    for resource in resources:
        outcome(resource, *KNOWN)  # what is remembered of a text is not counted
    once, twice = (steps(outcome, resource, *KNOWN) for resource in resources)
    assert twice < 2.1 * once


def test_what_an_expression_seeks_among_what_the_resource_holds_is_looked_up() -> None:
    expression = fhirpath.compile("contained.all('#' & id in %resource.contained.select('#' & id))")
    resources = [node(holding(times)) for times in (TIMES, 2 * TIMES)]
    once, twice = (steps(expression.truth, resource, fhirpath.Context()) for resource in resources)
    assert twice < 2.1 * once


@pytest.mark.parametrize(
    ("places", "round_"),
    [
        ([place("a", "b"), place("b", "c"), place("c")], []),
        ([place("a", "b"), place("b", "c"), place("c", "b")], [1, 2]),  # what leads to a circle is not in it
        ([place("c", "b"), place("b", "c"), place("a", "b"), place("d", "a")], [0, 1]),
        ([place("a", "a")], [0]),
    ],
)
def test_what_comes_back_to_itself_is_told_wherever_one_begins(places: list[Resource], round_: list[int]) -> None:
    remarks = outcome(collection(*places), *KNOWN).remarks
    found = sorted(one.node.path for one in remarks if one.rule == "FHIR-REFERENCE")
    assert found == [f"Bundle.entry[{number}].resource.partOf" for number in round_]
