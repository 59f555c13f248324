"""FHIRPath: what expressions give, by a table; when an invariant holds, fails, or cannot be evaluated."""

from __future__ import annotations

import random
import re
from datetime import UTC, datetime
from typing import Any

import fhir_small
import pytest

from harness.checks.fhir import fhirpath
from harness.documents.fhir_tree import Node

PATIENT: dict[str, Any] = {
    "resourceType": "Patient",
    "id": "p1",
    "contained": [{"resourceType": "Organization", "id": "o1", "name": "Cabinet"}],
    "extension": [{"url": "http://example.org/colour", "valueString": "red"}],
    "identifier": [{"use": "official", "system": "urn:oid:1.2.250.1.213.1.4.8", "value": "255069999999934"}],
    "active": True,
    "name": [{"use": "official", "family": "DUPONT", "given": ["Anne", "Marie"]}, {"use": "usual", "given": ["Annie"]}],
    "_birthDate": {"extension": [{"url": "http://example.org/time", "valueDateTime": "1975-02-03T10:30:00+01:00"}]},
    "birthDate": "1975-02-03",
    "multipleBirthInteger": 2,
    "telecom": [{"system": "phone"}, {"system": "email", "value": "a@example.org"}],
    "managingOrganization": {"reference": "#o1"},
}

OBSERVATION: dict[str, Any] = {
    "resourceType": "Observation",
    "status": "final",
    "code": {"coding": [{"system": "http://loinc.org", "code": "29463-7"}]},
    "effectivePeriod": {"start": "2020-01", "end": "2020-01-15"},
    "valueQuantity": {"value": 72.50, "unit": "kg", "system": "http://unitsofmeasure.org", "code": "kg"},
    "referenceRange": [{"low": {"value": 50000, "system": "http://unitsofmeasure.org", "code": "g"}}],
}

# Expression on the Patient: the texts of what it gives. What is expected comes from the specification.
ON_PATIENT = [
    ("Patient.name.given", ["Anne", "Marie", "Annie"]),
    ("name.where(use = 'usual').given", ["Annie"]),
    ("name[1].given.first()", ["Annie"]),
    ("Observation.status", []),
    ("DomainResource.id", ["p1"]),
    ("multipleBirth", ["2"]),
    ("multipleBirth is integer", ["true"]),
    ("multipleBirth is Quantity", ["false"]),
    ("multipleBirth.ofType(integer) + 1", ["3"]),
    ("active.not()", ["false"]),
    ("active and name.exists()", ["true"]),
    ("name.count() > 1 implies telecom.exists()", ["true"]),
    ("deceased.exists() xor active", ["true"]),
    ("deceased and active", []),
    ("deceased or active", ["true"]),
    ("birthDate.hasValue()", ["true"]),
    ("telecom.value.hasValue()", ["true"]),
    ("name.hasValue()", ["false"]),
    ("birthDate.value", ["1975-02-03"]),
    ("birthDate.extension('http://example.org/time').value", ["1975-02-03T10:30:00+01:00"]),
    ("extension('http://example.org/colour').value", ["red"]),
    ("extension('colour').value", []),
    ("telecom.all(value.exists())", ["false"]),
    ("telecom.where(value.exists()).system", ["email"]),
    ("contained.where(('#' + id in %resource.descendants().reference).not()).empty()", ["true"]),
    ("contained.name.first() & '!' & deceased", ["Cabinet!"]),
    ("'a' & deceased & 'b'", ["ab"]),
    ("name[0].use.startsWith('off' & 'ic')", ["true"]),
    ("deceased.startsWith('off' & 'ic')", []),
    ("birthDate.toString().matches('^1975' & '-')", ["true"]),
    ("name[0].use.upper() = name[0].use.trim().upper()", ["true"]),
    ("name[0].use.trim() = deceased.trim()", []),
    ("name[0].use.upper() in ('OFFICIAL' | 'OLD')", ["true"]),
    ("name[0].use != 'official'", ["false"]),
    ("deceased != 'official'", []),
    ("active.exists() = deceased.exists()", ["false"]),
    ("contained.select(%rootResource.id)", ["p1"]),
    ("name.given.select($index)", ["0", "1", "2"]),
    ("name.given.aggregate($total & $this, '')", ["AnneMarieAnnie"]),
    ("(1 | 2 | 3 | 4).aggregate($this + $total, 0)", ["10"]),
    ("name.given.isDistinct()", ["true"]),
    ("name.use | name.use", ["official", "usual"]),
    ("name.use.combine(name.use).count()", ["4"]),
    ("'Annie' in name.given", ["true"]),
    ("name.given.select($this in %resource.name.given)", ["true", "true", "true"]),
    ("%resource.name.given contains 'Anna'", ["false"]),
    ("('1975-02-03' | '1975-02-04' | 2).select($this in %resource.select(birthDate | multipleBirth))", ["true", "false", "true"]),
    ("(%resource in %resource) | ('p1' in %resource)", ["true", "false"]),
    ("name.given contains 'Zoé'", ["false"]),
    ("name.given.tail().last()", ["Annie"]),
    ("name.given.trace('given', length()).count()", ["3"]),
    ("iif(active, 'yes', 1 / 0)", ["yes"]),
    ("name.first().family.matches('^[A-Z]+$')", ["true"]),
    ("name.first().family.substring(0, 3).lower().upper()", ["DUP"]),
    ("'2 250'.replaceMatches('\\\\s', '')", ["2250"]),
    # the specification's own example: groups with names, as PCRE writes them
    (
        r"'11/30/1972'.replaceMatches('\\b(?<month>\\d{1,2})/(?<day>\\d{1,2})/(?<year>\\d{2,4})\\b', '${day}-${month}-${year}')",
        ["30-11-1972"],
    ),
    (r"'ab'.matches('(?<!a)b') or 'ab'.matches('(?<=b)b') or 'a(?<b>'.matches('\\(\\?<c>')", ["false"]),
    ("'a,b'.split(',').join('-')", ["a-b"]),
    ("'\\u00e9t\\u00e9' ~ 'ÉTÉ'", ["true"]),
    ("7 div 2 = 3 and 7 mod 2 = 1 and 7 / 2 = 3.5", ["true"]),
    ("1 / 0", []),
    ("0.1 + 0.2 = 0.3", ["true"]),
    ("(-1).abs() + 2.power(3)", ["9"]),
    ("'12'.toInteger() + 1", ["13"]),
    ("'douze'.convertsToInteger()", ["false"]),
    ("@2012-04-15 = @2012-04-15T10:00", []),
    ("@2012 < @2013-01-01", ["true"]),
    ("@2012-02-29 + 1 year", ["2013-02-28"]),
    ("@2012-01-31T23:59:59.500Z + 1 second", ["2012-02-01T00:00:00.500Z"]),
    ("@2017-11-05T01:30:00-04:00 = @2017-11-05T05:30:00Z", ["true"]),
    ("@2018-01-01T00:30:00+14:00 < @2020-12-31T23:30:00-12:00", ["true"]),
    ("@2021-01-01T00:30:00+14:00 < @2020-12-31T23:30:00-12:00", ["true"]),  # 10:30 and 11:30 of other days, in UTC
    ("@2020-12-31T23:30:00-01:00 = @2021-01-01T01:30:00+01:00", ["true"]),
    ("@2020-03-01T10+01:00 < @2020-03-01T10:30+01:00", []),
    ("@2020-03-01T10:15 < @2022-03-01T10:15:00Z", ["true"]),
    ("@2020-03-01T10:15 < @2020-03-01T10:45Z", []),
    ("('10:00+01:00'.toTime() | '10:00+01:00'.toTime()).count()", ["1"]),
    ("@T10:00 < @T10:30", ["true"]),
    ("birthDate < today()", ["true"]),
    ("now().toString()", ["2026-03-02T10:20:30.000Z"]),
    ("1 year = 12 months", ["true"]),
    ("1 year = 1 'a'", []),
    ("7 days = 1 week", ["true"]),
    ("2 'g' = 2000 'mg'", ["true"]),
    ("2 'g' = 2000 'mL'", []),
    ("1 'L' = 1 'dm3' and 1 'mL' = 1 'cm3' and 1 'mmol/L' = 1 'mol/m3'", ["true"]),
    ("2 'cm' * 2 'm' = 400 'cm2'", ["true"]),
    ("{} = 1", []),
    ("1 + 2 * 3 = 7 and -1 < 0", ["true"]),
    ("%ucum", ["http://unitsofmeasure.org"]),
    ("%`vs-administrative-gender`", ["http://hl7.org/fhir/ValueSet/administrative-gender"]),
    ("active.type().name & ' ' & true.type().namespace", ["boolean System"]),
    ("managingOrganization.resolve().name", ["Cabinet"]),
    ("managingOrganization.resolve() is Organization", ["true"]),
    ("'<div xmlns=\"http://www.w3.org/1999/xhtml\">a<script/></div>'.htmlChecks()", ["false"]),
    ("'<div xmlns=\"http://www.w3.org/1999/xhtml\"><p>a</p></div>'.htmlChecks()", ["true"]),
    ("name.given.memberOf('http://example.org/names')", "memberOf()"),
    ("name.family.memberOf('http://example.org/names')", ["true"]),
    ("conformsTo('http://example.org/patient')", ["false"]),
    ("/* a comment */ 1 // and another", ["1"]),
]


def _node(resource: dict[str, Any]) -> Node:
    found = fhir_small.node(resource)
    for name, kind in (("active", "boolean"), ("birthDate", "date")):
        if element := found.only(name):
            element.type = kind
    return found


def _context(root: Node) -> fhirpath.Context:
    return fhirpath.Context(
        resolve=lambda _: root.children["contained"][0],
        member_of=lambda item, _: getattr(item, "value", None) == "DUPONT",
        conforms_to=lambda _, __: False,
        now=datetime(2026, 3, 2, 10, 20, 30, tzinfo=UTC),
    )


@pytest.mark.parametrize(("expression", "expected"), ON_PATIENT)
def test_an_expression_gives_what_the_specification_says(expression: str, expected: list[str] | str) -> None:
    root = _node(PATIENT)
    context = _context(root)
    if isinstance(expected, str):
        with pytest.raises(fhirpath.NotEvaluatedError, match=expected[:-2]):
            fhirpath.compile(expression).evaluate(root, context)
        return
    found = fhirpath.compile(expression).evaluate(root, context)
    assert [fhirpath.text_of(fhirpath.value_of(item, context)) for item in found] == expected


# Expression on the Observation: whether it holds as an invariant.
ON_OBSERVATION = [
    ("value.exists() or dataAbsentReason.exists()", True),
    ("dataAbsentReason.exists()", False),
    ("component.empty() and status = 'final'", True),
    ("referenceRange.low <= value", True),
    ("value.ofType(Quantity).unit = 'kg'", True),
    ("(value as Quantity).value > 72.4", True),
    ("value.ofType(string).exists()", False),
    ("effective is Period", True),
    ("effective.ofType(dateTime).empty()", True),
    ("note.text", False),
    ("effective.where(start <= end).exists()", None),
    ("status.memberOf('http://example.org/any')", None),
    ("code.coding.code + 1 = 2", None),
    ("(code | status).single().exists()", None),
    ("code.coding.where(system = %loinc and code = '29463-7').exists()", True),
    ("%unheardOf.exists()", None),
]


@pytest.mark.parametrize(("expression", "expected"), ON_OBSERVATION)
def test_an_invariant_holds_fails_or_cannot_be_evaluated(expression: str, expected: bool | None) -> None:
    root = _node(OBSERVATION)
    for name, node in (("start", "dateTime"), ("end", "dateTime")):
        root.children["effectivePeriod"][0].children[name][0].type = node
    compiled = fhirpath.compile(expression)
    assert compiled.truth(root, fhirpath.Context()) is expected
    assert bool(compiled.reason.en) is (expected is None)
    assert bool(compiled.reason.fr) is (expected is None)


@pytest.mark.parametrize(
    ("expression", "column"),
    [
        ("name.where(use = 'official'", 28),
        ("name.exists())", 14),
        ("name.exsits()", 6),
        ("name.first(1)", 6),
        ("name..given", 6),
        ("@2012-13", 1),
        ("'open", 1),
        ("value is 'Quantity'", 10),
        ("(" * 500 + "1" + ")" * 500, 201),
        ("", 1),
        ("9" * 5000, 1),
    ],
)
def test_what_is_no_fhirpath_is_refused_with_its_column(expression: str, column: int) -> None:
    with pytest.raises(fhirpath.FhirPathError) as refused:
        fhirpath.compile(expression)
    assert refused.value.column == column


def test_no_expression_makes_anything_but_an_answer_or_a_refusal() -> None:
    """Pieces of the expressions above, shuffled: what cannot be read or evaluated says so."""
    pieces = [found for expression, _ in ON_PATIENT for found in re.findall(r"\w+|'[^']*'|[^\w\s']", expression)]
    shuffle = random.Random(20260302)
    root = _node(PATIENT)
    read = 0
    for _ in range(4000):
        expression = " ".join(shuffle.choices(pieces, k=shuffle.randint(1, 6)))
        try:
            compiled = fhirpath.compile(expression)
            read += 1
            compiled.evaluate(root, _context(root))
        except (fhirpath.FhirPathError, fhirpath.NotEvaluatedError):
            continue
    assert read > 100


@pytest.mark.parametrize(
    "expression",
    [
        "0.ln()",
        "1 / 0",
        "10.power(90)",
        "10000000.exp()",
        "(-1).sqrt()",
        "@9999-12-31 + 1 day",
        "@0001-01-01 - 1 year",
        "5 mod 0",
        "1.5.lowBoundary(99)",
    ],
)
def test_what_has_no_result_is_empty(expression: str) -> None:
    root = _node(PATIENT)
    assert fhirpath.compile(expression).evaluate(root, _context(root)) == []


def test_trace_prints_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    root = _node(PATIENT)
    fhirpath.compile("name.trace('names', given).exists()").truth(root, _context(root))
    said = capsys.readouterr()
    assert (said.out, said.err) == ("", "")


def test_an_expression_is_compiled_once() -> None:
    assert fhirpath.compile("name.exists()") is fhirpath.compile("name.exists()")


@pytest.mark.parametrize("name", ["birthDate", "active"])
def test_what_has_only_the_reason_of_its_absence_has_no_order(name: str) -> None:
    root = fhir_small.node({"resourceType": "Patient", f"_{name}": {"extension": [{"url": "http://example.org/why"}]}})
    root.children[name][0].type = {"birthDate": "date", "active": "boolean"}[name]
    found = fhirpath.compile(f"iif({name} > today(), false, true)").evaluate(root, _context(root))
    assert [fhirpath.text_of(item) for item in found] == ["true"]


def test_a_quantity_without_value_has_no_order() -> None:
    value = {"unit": "kg", "_value": {"extension": [{"url": "http://example.org/why"}]}}
    root = fhir_small.node({"resourceType": "Observation", "valueQuantity": value})
    assert not fhirpath.compile("value > 2 'kg'").evaluate(root, _context(root))
