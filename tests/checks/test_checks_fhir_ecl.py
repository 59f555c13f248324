"""Expression constraints of SNOMED CT in value sets, by their syntax."""

from __future__ import annotations

import pytest
from fhir_small import remarked

from harness.checks.fhir.remarks import Remarks
from harness.checks.fhir.resources import defining_codes
from harness.checks.fhir.terms.ecl import fault
from harness.documents.fhir_tree import Node


@pytest.mark.parametrize(
    "text",
    [
        "*",
        "404684003 |Clinical finding|",
        "<< 404684003",
        ">>! 40541001",
        "^ [targetComponentId] 900000000000527005",
        "descendantOrSelfOf 73211009 and ancestorOf 40541001",
        "LOINC#54486-6",
        "< 19829001 OR < 301867009 OR 40541001",
        "(< 19829001 AND < 301867009) MINUS ^ 700043003",
        "<91723000: R 363698007 = <125605004",
        "< 125605004 . 363698007",
        "< 404684003: { 363698007 = << 39057004, 116676008 = << 415582006 }, { 363698007 = * }",
        "< 404684003: [1..3] { [1..*] 363698007 = < 91723000, 116676008 != 40541001 }",
        "< 404684003: (363698007 = << 39057004 OR 116676008 = << 415582006) AND 363698007 = *",
        "<404684003: (<<363698007 OR 116676008) = <<39057004",
        '< 27658006: 1142135004 >= #250, 774160008 = (385055001 OR 385055002), 774159003 = "x"',
        '< 64572001 {{ term = wild:"cardi*}} |", language = sv }} {{ C definitionStatus = primitive }}',
        "195967001 {{ +HISTORY-MOD }} /* asthma */",
    ],
)
def test_what_the_language_allows_is_read(text: str) -> None:
    assert fault(text) is None


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("", 1),
        ("<", 2),
        ("<< 12", 4),
        ("<<< 404684003", 3),
        ("404684003 << 404684003", 11),
        ("<< 404684003 |Clinical", 14),
        ("(<< 404684003", 14),
        ("<< 404684003)", 13),
        ("< 404684003 AND", 16),
        ("< 404684003 AND < 19829001 OR < 301867009", 28),
        ("< 404684003: 363698007", 23),
        ("< 404684003: 363698007 =", 25),
        ("< 404684003: { 363698007 = 39057004", 36),
        ("asthma", 1),
        ("(" * 10_000, 66),
    ],
)
def test_what_it_does_not_allow_is_told_with_its_place(text: str, at: int) -> None:
    told = fault(text)
    assert told is not None
    assert told.en.endswith(f" {at}")


@pytest.mark.parametrize(
    ("system", "property", "value", "count"),
    [
        ("http://snomed.info/sct", "constraint", "<< 404684003", 0),
        ("http://snomed.info/sct", "constraint", "404684003 404684003", 1),
        ("http://snomed.info/sct", "expression", "404684003 404684003", 0),
        ("http://other.org", "constraint", "404684003 404684003", 0),
    ],
)
def test_a_value_set_constrains_snomed_ct_by_an_expression(system: str, property: str, value: str, count: int) -> None:
    class Nothing:
        def system(self, node: Node, system: str, requirement: str, remarks: Remarks) -> bool:
            return True

        def is_code(self, system: str, code: str, version: str = "") -> bool | None:
            return None

        def is_in(self, canonical: str, system: str, code: str) -> bool | None:
            return None

    content = {
        "resourceType": "ValueSet",
        "compose": {"include": [{"system": system, "filter": [{"property": property, "op": "=", "value": value}]}]},
    }
    assert [remark.rule for remark in remarked(defining_codes.judge, content, Nothing())] == ["FHIR-EXPRESSION"] * count
