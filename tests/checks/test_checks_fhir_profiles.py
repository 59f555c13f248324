"""What profiles written by hand rely on: changes without ids, limits, contexts as expressions, %resource of what a Bundle holds."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from fhir_small import BASICS, PROFILES, changes, element, node, outcome, profile, reference, remarked, sliced, structure, told
from lxml import etree

from harness.checks.fhir import implied, narrative
from harness.checks.fhir.invariants import Invariants
from harness.checks.fhir.judging import judge
from harness.checks.fhir.references import Places
from harness.checks.fhir.shapes import BASE
from harness.checks.fhir.structures import Structures
from harness.documents.fhir_tree import Node
from harness.documents.fhir_xml import read_xml
from harness.library.fhir.definitions import Definitions
from harness.model import Severity

ROOT = "http://x.org/"


def evaluated(content: dict[str, Any], *more: tuple[str, dict[str, Any]], follow: str = "") -> list[str]:
    """Rule of each error, invariants evaluated."""
    structures = Structures(Definitions().with_resources([*BASICS, *more]))
    expressions = Invariants(structures, datetime(2026, 1, 1, tzinfo=UTC))
    profiles = [PROFILES + follow] if follow else []
    found = judge(node(content), structures, profiles=profiles, expressions=expressions, context_of=expressions.context)
    return [remark.rule for remark in found.remarks if remark.severity is Severity.ERROR]


def test_changes_without_ids_belong_to_the_slice_before_them() -> None:
    follow = changes(
        "p",
        "Patient",
        {"path": "Patient.identifier", **sliced(("value", "system"))},
        {"path": "Patient.identifier", "sliceName": "a", "min": 1},
        {"path": "Patient.identifier.system", "fixedUri": ROOT + "a"},
        {"path": "Patient.identifier", "sliceName": "b"},
        {"path": "Patient.identifier.system", "fixedUri": ROOT + "b"},
        {"path": "Patient.identifier.value", "min": 1},
    )
    whole = {"resourceType": "Patient", "identifier": [{"system": ROOT + "a"}, {"system": ROOT + "b", "value": "1"}]}
    assert told(whole, follow, follow="p") == []
    assert told(whole | {"identifier": [{"system": ROOT + "b"}]}, follow, follow="p") == [
        ("FHIR-CARD", "Patient.identifier[0]"),
        ("FHIR-SLICE", "Patient"),
    ]


def test_a_profile_that_says_another_kind_than_its_type_is_judged_with() -> None:
    follow = changes("p", "Patient", {"path": "Patient.name", "min": 1}, kind="complex-type")
    assert told({"resourceType": "Patient", "id": "1"}, follow, follow="p") == [("FHIR-CARD", "Patient")]


def test_a_profile_of_any_resource_is_asked_of_the_resource_that_is_there() -> None:
    named = changes("named", "Patient", {"path": "Patient.name", "min": 1})
    held = {"code": "Resource", "profile": [PROFILES + "named"]}
    follow = changes("p", "Bundle", {"path": "Bundle.entry.resource", "type": [held]})
    bundle = {"resourceType": "Bundle", "type": "batch", "entry": [{"resource": {"resourceType": "Patient", "id": "1"}}]}
    assert told(bundle, named, follow, follow="p") == [("FHIR-CARD", "Bundle.entry[0].resource")]


@pytest.mark.parametrize(("born", "errors"), [("2024-05-01", []), ("2023", ["FHIR-LIMIT"]), ("2024-01-01", [])])
def test_a_value_is_not_less_than_the_least_that_a_profile_admits(born: str, errors: list[str]) -> None:
    follow = changes("p", "Patient", {"path": "Patient.birthDate", "minValueDate": "2024-01-01"})
    assert evaluated({"resourceType": "Patient", "birthDate": born}, follow, follow="p") == errors


def test_a_text_is_not_shorter_than_a_profile_admits() -> None:
    shortest = {"url": BASE + "minLength", "valueInteger": 4}
    follow = changes("p", "Patient", {"path": "Patient.id", "extension": [shortest]})
    assert told({"resourceType": "Patient", "id": "abc"}, follow, follow="p") == [("FHIR-LENGTH", "Patient.id")]
    assert told({"resourceType": "Patient", "id": "abcd"}, follow, follow="p") == []


def _extension(**head: Any) -> tuple[str, dict[str, Any]]:
    return structure(
        "Extension",
        element("Extension.url", 1, "1", "uri", fixedUri=ROOT + "e"),
        element("Extension.value[x]", 0, "1", "string"),
        url=ROOT + "e",
        derivation="constraint",
        **head,
    )


@pytest.mark.parametrize(("identifier", "errors"), [("1", []), ("2", ["FHIR-EXTENSION"])])
def test_the_context_of_an_extension_may_be_an_expression(identifier: str, errors: list[str]) -> None:
    defined = _extension(context=[{"type": "fhirpath", "expression": "Patient.where(id = '1')"}])
    content = {"resourceType": "Patient", "id": identifier, "extension": [{"url": ROOT + "e", "valueString": "x"}]}
    assert evaluated(content, defined) == errors


@pytest.mark.parametrize(("born", "errors"), [("2000-01-01", []), (None, ["FHIR-EXTENSION"])])
def test_an_extension_may_demand_something_of_where_it_stands(born: str | None, errors: list[str]) -> None:
    defined = _extension(
        context=[{"type": "element", "expression": "Patient"}],
        contextInvariant=["birthDate.exists() and %extension.url = 'http://x.org/e'"],
    )
    content = {"resourceType": "Patient", "extension": [{"url": ROOT + "e", "valueString": "x"}], "birthDate": born}
    assert evaluated({key: value for key, value in content.items() if value}, defined) == errors


def test_resource_is_the_bundle_where_a_profile_of_bundles_speaks_of_what_it_holds() -> None:
    rule = {"key": "in-1", "severity": "error", "human": "", "expression": "%resource.type().name = 'Bundle'"}
    follow = changes("p", "Bundle", {"path": "Bundle.entry.resource", "constraint": [rule]})
    own = changes("own", "Patient", {"path": "Patient", "constraint": [rule]})
    patient = {"resourceType": "Patient", "id": "1"}
    bundle = {"resourceType": "Bundle", "type": "batch", "entry": [{"resource": patient}]}
    assert evaluated(bundle, follow, follow="p") == []
    assert evaluated(patient, own, follow="own") == ["FHIR-INVARIANT:in-1"]


@pytest.mark.parametrize(
    ("named", "errors"),
    [
        ({"generalPractitioner": [{"reference": "#p"}]}, []),
        ({}, [("FHIR-INVARIANT:dom-3", "Patient.contained[0]")]),
    ],
)
def test_a_contained_resource_is_spoken_of(named: dict[str, Any], errors: list[tuple[str, str]]) -> None:
    assert told({"resourceType": "Patient", "contained": [{"resourceType": "Practitioner", "id": "p"}], **named}) == errors


@pytest.mark.parametrize(("ids", "errors"), [(["p", "p"], 1), (["p", ""], 1), (["p", "q"], 0)])
def test_a_contained_resource_has_an_id_of_its_own(ids: list[str], errors: int) -> None:
    inside = [{"resourceType": "Practitioner"} | ({"id": one} if one else {}) for one in ids]
    named = [{"reference": f"#{one}"} for one in ids if one]
    found = told({"resourceType": "Patient", "contained": inside, "generalPractitioner": named})
    assert [one for one in found if one[0] == "FHIR-ID"] == [("FHIR-ID", "Patient.contained[1]")] * errors


def test_a_contained_resource_may_speak_of_what_holds_it() -> None:
    inside = {"resourceType": "Observation", "id": "o", "subject": {"reference": "#"}}
    assert told({"resourceType": "Patient", "contained": [inside]}) == []


def test_the_address_of_an_entry_names_a_resource_only_when_fhir_has_one_of_that_name() -> None:
    held = {"fullUrl": "http://x.org/Folder/1", "resource": {"resourceType": "Patient", "id": "2"}}
    assert told({"resourceType": "Bundle", "type": "collection", "entry": [held]}) == []


def test_a_profile_that_says_it_specializes_is_judged_with() -> None:
    file, plain = changes("p", "Patient", {"path": "Patient.name", "min": 1})
    follow = (file, plain | {"derivation": "specialization"})
    assert told({"resourceType": "Patient", "id": "1"}, follow, follow="p") == [("FHIR-CARD", "Patient")]


def test_a_type_may_follow_one_element_of_a_profile() -> None:
    library = changes(
        "library",
        "Patient",
        {"path": "Patient.identifier", **sliced(("value", "system"))},
        {"path": "Patient.identifier", "sliceName": "a"},
        {"path": "Patient.identifier.value", "min": 1},
    )
    meant = {"url": f"{BASE}elementdefinition-profile-element", "valueString": "Patient.identifier:a"}
    held = {"code": "Identifier", "profile": [PROFILES + "library"], "_profile": [{"extension": [meant]}]}
    follow = changes("p", "Patient", {"path": "Patient.identifier", "type": [held]})
    content = {"resourceType": "Patient", "identifier": [{"system": ROOT + "b"}, {"system": ROOT + "b", "value": "1"}]}
    assert told(content, library, follow, follow="p") == [("FHIR-CARD", "Patient.identifier[0]")]


@pytest.mark.parametrize(
    ("entry", "kind", "errors"),
    [({}, "collection", 1), ({}, "transaction", 0), ({"fullUrl": f"{ROOT}Patient/1"}, "collection", 0)],
)
def test_an_entry_has_an_address_except_in_transactions(entry: dict[str, Any], kind: str, errors: int) -> None:
    content = {"resourceType": "Bundle", "type": kind, "entry": [entry | {"resource": {"resourceType": "Patient", "id": "1"}}]}
    assert told(content) == [("FHIR-BUNDLE", "Bundle.entry[0]")] * errors


@pytest.mark.parametrize(
    ("request_", "errors"),
    [
        ({"method": "POST", "url": "Patient"}, 0),
        ({"method": "POST", "url": "Organization"}, 1),
        ({"method": "POST", "url": "Patient/$match"}, 0),
        ({"method": "POST", "url": "Patient/1"}, 1),  # the server gives the id
        ({"method": "GET", "url": "metadata"}, 0),
        ({"method": "GET", "url": "$meta"}, 0),
        ({"method": "GET", "url": "?_type=Patient"}, 0),
        ({"method": "POST", "url": "Patient/_search?name=x"}, 0),
        ({"method": "PUT", "url": "Patient/1"}, 0),
        ({"method": "PUT", "url": "Patient/2"}, 1),
        ({"method": "PUT", "url": "https://a.example/fhir/Organization/1"}, 1),
        ({"method": "PUT", "url": "Patient?identifier=a|b"}, 0),
        ({"method": "PATCH", "url": "Organization/1"}, 0),
        ({"method": "PUT", "url": "Patient"}, 1),  # of which nothing tells the id
        ({"method": "PATCH", "url": "Patient"}, 1),
        ({"method": "DELETE", "url": "Patient/"}, 1),
        ({"method": "DELETE", "url": "Patient?identifier=a|b"}, 0),
    ],
)
def test_what_is_created_or_updated_is_what_the_address_names(request_: dict[str, str], errors: int) -> None:
    asked = {"resource": {"resourceType": "Patient", "id": "1"}, "request": request_}
    content = {"resourceType": "Bundle", "type": "transaction", "entry": [asked]}
    found = [one for one in told(content) if one[1].endswith(".url")]
    assert found == [("FHIR-BUNDLE", "Bundle.entry[0].request.url")] * errors


@pytest.mark.parametrize(
    ("url", "warned"), [("Personne", True), ("Personne/1", True), ("Patient/1", False), ("metadata", False), ("$meta", False)]
)
def test_a_request_that_begins_with_no_type_of_fhir_is_warned_of(url: str, warned: bool) -> None:
    content = {"resourceType": "Bundle", "type": "batch", "entry": [{"request": {"method": "GET", "url": url}}]}
    found = [(one.rule, one.severity) for one in outcome(content).remarks if one.node.path.endswith(".url")]
    assert found == [("FHIR-BUNDLE", Severity.WARNING)] * warned


@pytest.mark.parametrize(
    ("entry", "place"),
    [
        ({"request": {"method": "POST", "url": "Patient"}}, "entry[0].request"),
        ({"request": {"method": "PUT", "url": "Patient/1"}}, "entry[0].request"),
        ({"request": {"method": "POST", "url": "Patient/_search"}}, ""),
        ({"request": {"method": "POST", "url": "Patient/1/$everything"}}, ""),
        ({"request": {"method": "DELETE", "url": "Patient/1"}}, ""),
        ({"response": {"status": "201 Created"}}, ""),
        ({"response": {"status": "Created"}}, "entry[0].response.status"),
        ({"response": {"status": "2011"}}, "entry[0].response.status"),
    ],
)
def test_what_is_sent_has_a_body_and_what_comes_back_a_code_of_http(entry: dict[str, Any], place: str) -> None:
    content = {"resourceType": "Bundle", "type": "batch-response" if "response" in entry else "transaction", "entry": [entry]}
    found = [one for one in told(content) if one[0] == "FHIR-BUNDLE"]  # the small Bundle of these tests has no response
    assert found == [("FHIR-BUNDLE", f"Bundle.{place}")] * bool(place)


def test_a_system_that_is_no_address_is_not_held_against_who_follows_a_profile_that_fixes_it() -> None:
    follow = changes("p", "Patient", {"id": "Patient.identifier.system", "path": "Patient.identifier.system", "fixedUri": "1.2.3"})
    fixed = {"resourceType": "Patient", "identifier": [{"system": "1.2.3", "value": "1"}]}
    assert told(fixed) == [("FHIR-IDENTIFIER", "Patient.identifier[0].system")]
    assert told(fixed, follow, follow="p") == []


def test_the_id_of_an_element_has_no_space() -> None:
    assert ("FHIR-ID", "Patient.name[0]") in told({"resourceType": "Patient", "name": [{"id": "a b", "family": "A"}]})
    assert ("FHIR-ID", "Patient.name[0]") not in told({"resourceType": "Patient", "name": [{"id": "a-b", "family": "A"}]})


def test_an_id_names_one_element_of_its_resource() -> None:
    twice = {"resourceType": "Patient", "id": "1", "name": [{"id": "a", "family": "A"}, {"id": "a", "family": "B"}]}
    assert ("FHIR-ID", "Patient.name[1]") in told(twice)
    held = {"resourceType": "Practitioner", "id": "p", "name": [{"id": "a", "family": "P"}]}
    once = {**twice, "name": [{"id": "a", "family": "A"}], "contained": [held], "generalPractitioner": [{"reference": "#p"}]}
    assert "FHIR-ID" not in dict(told(once))


@pytest.mark.parametrize(
    ("wanted", "sections", "errors"),
    [
        ("_no", [], 0),
        ("_no", ["fr"], 1),
        ("_yes", [], 1),
        ("_yes", ["fr"], 0),
        ("_resource", ["fr", "en"], 0),
        ("_resource", ["en"], 1),
        ("en", ["fr"], 1),
    ],
)
def test_a_profile_asks_for_sections_in_languages(wanted: str, sections: list[str], errors: int) -> None:
    inside = "".join(f'<div lang="{language}">a</div>' for language in sections)
    text = {"div": f'<div xmlns="http://www.w3.org/1999/xhtml">{inside}a</div>'}
    patient = node({"resourceType": "Patient", "language": "fr", "text": text})
    assert len(remarked(narrative.judge_languages, patient.children["text"][0], [wanted], "")) == errors


@pytest.mark.parametrize(
    ("of_resource", "of_text", "is_told"),
    [
        ("", "", False),
        ("", ' lang="en"', False),
        ("fr", ' lang="fr" xml:lang="fr"', False),
        ("fr-FR", ' xml:lang="FR"', False),
        ("fr", ' lang="en"', True),
        ("fr", ' lang="fr" xml:lang="en"', True),
        ("fr", "", True),
    ],
)
def test_the_text_of_a_resource_says_the_language_that_the_resource_says(of_resource: str, of_text: str, is_told: bool) -> None:
    div = f'<div{of_text} xmlns="http://www.w3.org/1999/xhtml"><p lang="de">a</p></div>'
    patient = node({"resourceType": "Patient", "text": {"div": div}} | ({"language": of_resource} if of_resource else {}))
    remarks = remarked(narrative.judge, patient.children["text"][0].children["div"][0], None)
    assert [(one.rule, one.severity) for one in remarks] == [("FHIR-NARRATIVE", Severity.WARNING)] * is_told


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("Allergie à la pÃ©nicilline", "pÃ©nicilline"),
        ("l\ufffdallergie", "l\ufffdallergie"),
        ("Pénicilline, 12 €, SÃO PAULO", ""),
        ("a" * 30 + "Ã©", "a" * 20 + "Ã©"),
    ],
)
def test_a_text_in_a_broken_encoding_is_told_by_its_word(text: str, word: str) -> None:
    remarks = remarked(narrative.judge, _div(f"<p>{text}</p>"), None)
    assert [one.message.en for one in remarks] == [f"the text has a broken encoding: `{word}`"] * bool(word)


@pytest.mark.parametrize(("other", "is_told"), [("b", False), ("a", True), ("A", False)])
def test_an_id_of_the_narrative_is_of_one_element(other: str, is_told: bool) -> None:
    remarks = remarked(narrative.judge, _div(f'<p id="a">a</p><p class="x" id="{other}">id="a" id="a"</p>'), None)
    assert [(one.rule, one.severity) for one in remarks] == [("FHIR-NARRATIVE", Severity.WARNING)] * is_told


@pytest.mark.parametrize(("name", "errors"), [("u", 0), ("strike", 0), ("ins", 1), ("del", 1), ("h7", 1), ("nav", 1)])
def test_a_narrative_has_the_elements_of_html_4_that_fhir_names(name: str, errors: int) -> None:
    """Those of its chapters 7 to 11, of chapter 9 all but section 4 (ins, del), and 15 (u, strike)."""
    assert [one.rule for one in remarked(narrative.judge, _div(f"a<{name}>b</{name}>"), None)] == ["FHIR-INVARIANT:txt-1"] * errors


@pytest.mark.parametrize(
    ("inner", "errors"),
    [
        ('<p align="right" class="a" dir="ltr" xml:lang="fr">b</p>', 0),
        ('<a name="x" href="http://a.example" target="_blank" rel="next">b</a>', 0),
        ('<img src="data:image/png;base64,YQ==" alt="b" width="1" height="1"/>', 0),
        ('<table border="1" cellpadding="2" summary="s"><tr><td nowrap="nowrap" bgcolor="red">b</td></tr></table>', 0),
        ('<ol start="2" type="a"><li value="3">b</li></ol><hr size="1"/><br clear="all"/>', 0),
        ('<p href="http://a.example">b</p>', 1),
        ('<p name="x">b</p>', 1),
        ('<td border="1">b</td>', 1),
        ('<p alt="x" bgcolor="red">b</p>', 2),
        ('<p xml:base="http://a.example">b</p>', 1),
        ('<p color="red">b</p>', 1),
        ('<a href="VBScript:x">b</a>', 1),
        ('<p idref="x" onclick="x" data-x="1" ID="x">b</p>', 4),
    ],
)
def test_an_element_of_a_narrative_has_the_attributes_that_html_4_gives_it(inner: str, errors: int) -> None:
    told = [one.rule for one in remarked(narrative.judge, _div(f"a{inner}"), None)]
    assert told.count("FHIR-INVARIANT:txt-1") == errors


@pytest.mark.parametrize(
    ("content", "is_empty"), [("<p> \n</p>", True), ("\u00a0", False), ("<b>a</b>", False), ("<p/>\u00a0<hr/>", False)]
)
def test_a_narrative_says_something_that_is_not_white_space_for_html(content: str, is_empty: bool) -> None:
    assert [one.rule for one in remarked(narrative.judge, _div(content), None)] == ["FHIR-INVARIANT:txt-2"] * is_empty


def _div(content: str) -> Node:
    """A narrative with this inside."""
    text = {"status": "generated", "div": f'<div xmlns="http://www.w3.org/1999/xhtml">{content}</div>'}
    return node({"resourceType": "Patient", "id": "its-id", "text": text}).children["text"][0].children["div"][0]


@pytest.mark.parametrize("namespace", ["", ' xmlns=""', ' xmlns="http://www.w3.org/1999/xhtml/"'])
def test_a_narrative_of_another_namespace_is_told_as_one_thing_in_xml(namespace: str) -> None:
    data = f'<Patient xmlns="http://hl7.org/fhir"><text><div{namespace}><p>a</p></div></text></Patient>'.encode()
    div = read_xml(data, etree.fromstring(data)).children["text"][0].children["div"][0]
    assert [remark.rule for remark in remarked(narrative.judge, div, None)] == ["FHIR-NARRATIVE"]


@pytest.mark.parametrize(
    ("inside", "said"),
    [
        ("<b>" * 300 + "a" + "</b>" * 300, "imbrication ou expansion démesurée"),
        ("<b>a</i>", "la balise fermante </i> ne peut fermer <b>, qui est ouvert ligne 1"),
    ],
)
def test_what_is_wrong_with_xhtml_is_said_in_french(inside: str, said: str) -> None:
    [remark] = remarked(narrative.judge, _div(inside), None)
    assert remark.message.fr.startswith("le XHTML est mal formé : ") and remark.message.fr.endswith(f" : {said}")


@pytest.mark.parametrize(
    ("link", "errors"), [("#here", 0), ("#its-id", 0), ("#cont%C3%A9", 0), ("#", 0), ("https://x.org/#gone", 0), ("#gone", 1)]
)
def test_a_link_of_the_narrative_leads_to_something_of_the_document(link: str, errors: int) -> None:
    for leading in (f'<a href="{link}">c</a>', f'<img src="{link}" alt="c"/>'):
        div = _div(f'<a name="here">a</a> <p id="conté">b</p> {leading}')
        div.type = "xhtml"
        remarks = remarked(narrative.judge, div, narrative.Anchors(div.parent.parent))
        assert [remark.rule for remark in remarks] == ["FHIR-NARRATIVE"] * errors


def test_what_a_profile_says_of_a_binding_is_added_to_what_its_base_says() -> None:
    bound = {"binding": {"strength": "extensible", "valueSet": ROOT + "wide"}}
    base = profile("base", "Patient", element("Patient.birthDate", 0, "1", "date", **bound))
    narrow = changes("narrow", "Patient", {"path": "Patient.birthDate", "binding": {"valueSet": ROOT + "narrow"}})
    strong = changes("strong", "Patient", {"path": "Patient.birthDate", "binding": {"strength": "required"}})
    found = Definitions().with_resources(
        [*BASICS, base, *((file, plain | {"baseDefinition": PROFILES + "base"}) for file, plain in (narrow, strong))]
    )
    made = {name: Structures(found).structure(PROFILES + name).by_id["Patient.birthDate"].binding for name in ("narrow", "strong")}
    assert made == {
        "narrow": {"strength": "extensible", "valueset": ROOT + "narrow"},
        "strong": {"strength": "required", "valueset": ROOT + "wide"},
    }


LOINC, SNOMED = "http://loinc.org", "http://snomed.info/sct"
VITAL = {
    "category": [{"coding": [{"system": "http://terminology.hl7.org/CodeSystem/observation-category", "code": "vital-signs"}]}]
}


def _of_parts(*codes: str) -> dict[str, Any]:
    """By a code that no table has."""
    coded = [{"code": {"coding": [{"system": LOINC, "code": code}]}} for code in ("55284-4", *codes)]
    return coded[0] | {"component": coded[1:]}


@pytest.mark.parametrize(
    ("said", "implied_profiles"),
    [
        ({"code": {"coding": [{"system": LOINC, "code": "8867-4"}]}}, ["heartrate"]),
        ({"code": {"coding": [{"system": LOINC, "code": "8867-4"}]}, "status": "entered-in-error"}, []),
        ({"code": {"coding": [{"system": SNOMED, "code": "364075005"}]}}, []),
        (VITAL | {"code": {"coding": [{"system": SNOMED, "code": "364075005"}]}}, ["heartrate"]),
        (VITAL | {"code": {"coding": [{"system": LOINC, "code": "718-7"}]}}, []),
        (VITAL | _of_parts("8480-6", "8462-4"), ["bp"]),
        (VITAL | _of_parts("8480-6", "8462-4", "8478-0"), ["bp"]),
        (VITAL | _of_parts("8480-6", "8462-4", "8867-4"), []),  # a panel that holds more
        (VITAL | _of_parts("8480-6"), []),
        (_of_parts("8480-6", "8462-4"), []),
    ],
)
def test_a_vital_sign_follows_its_profile_whether_it_claims_it_or_not(said: dict[str, Any], implied_profiles: list[str]) -> None:
    assert implied.profiles(node({"resourceType": "Observation", **said})) == [BASE + name for name in implied_profiles]


@pytest.mark.parametrize(("low", "errors"), [("1", ["FHIR-INVARIANT:r-1"]), (None, [])])
def test_what_a_data_type_asks_of_itself_is_asked_wherever_it_is_used(low: str | None, errors: list[str]) -> None:
    rule = {"key": "r-1", "severity": "error", "human": "", "expression": "low.empty()", "source": BASE + "Range"}
    ends = [element("Range.low", 0, "1", "string"), element("Range.high", 0, "1", "string")]
    file, plain = structure("Range", *ends, kind="complex-type")
    plain["snapshot"]["element"][0]["constraint"] = [rule]
    basic = structure("Basic", element("Basic.range", 0, "1", "Range"))
    content = {"high": "2"} | ({"low": low} if low else {})
    assert evaluated({"resourceType": "Basic", "range": content}, (file, plain), basic) == errors


@pytest.mark.parametrize(
    ("start", "end", "holds"),
    [
        ("2023-06-21", "2023-06-21T06:20:00Z", True),
        ("2023-06-21T06:20:00Z", "2023-06", True),
        ("2023-06", "2023-06", True),
        ("2023-07", "2023-06-30", False),
        ("2023-06-21T06:20:00Z", "2023-06-21T06:19:00Z", False),
    ],
)
def test_a_period_ends_with_the_last_moment_of_its_end(start: str, end: str, holds: bool) -> None:
    published = "start.hasValue().not() or end.hasValue().not() or (start <= end)"
    period = node({"resourceType": "Basic", "start": start, "end": end})
    for name in ("start", "end"):
        period.children[name][0].type = "dateTime"
    expressions = Invariants(Structures(Definitions()), datetime(2026, 1, 1, tzinfo=UTC))
    context = expressions.context(period, Places(period), None)  # type: ignore[arg-type]
    assert expressions.compile(published).truth(period, context) is holds


@pytest.mark.parametrize(
    ("subject", "wanted", "errors"),
    [
        ("Patient/1", "Patient", []),
        ("Patient/1", "Practitioner", ["FHIR-INVARIANT:r-1"]),
        ("https://ex.example/fhir/Patient/1", "Practitioner", ["FHIR-INVARIANT:r-1"]),
        ("https://ex.example/Folders/1", "Practitioner", []),
        ("urn:uuid:5f1e2d3c-7b0c-4a53-8d0b-5f1e2d3c4b5a", "Practitioner", []),
        ("#p", "Patient", []),
        ("#p", "Practitioner", ["FHIR-INVARIANT:r-1"]),
        ("#q", "Patient", ["FHIR-REFERENCE", "FHIR-INVARIANT:r-1"]),
    ],
)
def test_an_invariant_on_what_stands_outside_the_document_is_not_held_against_it(
    subject: str, wanted: str, errors: list[str]
) -> None:
    rule = {
        "key": "r-1",
        "severity": "error",
        "human": "",
        "expression": f"subject.resolve() is {wanted}",
        "source": PROFILES + "o",
    }
    follow = profile("o", "Observation", element("Observation.subject", 0, "1", reference(BASE + "Patient")))
    follow[1]["snapshot"]["element"][0]["constraint"] = [rule]
    held = {"contained": [{"resourceType": "Patient", "id": "p"}]} if subject == "#p" else {}
    content = {"resourceType": "Observation", "subject": {"reference": subject}} | held
    assert evaluated(content, follow, follow="o") == errors


@pytest.mark.parametrize(
    ("on", "value", "errors"),
    [
        ("Patient", "valueString", []),
        ("Patient", "valueCode", []),
        ("Practitioner", "valueCode", []),
        ("Patient", "valueReference", ["FHIR-TYPE"]),
        ("Organization", "valueString", ["FHIR-EXTENSION"]),
    ],
)
def test_what_r4_or_its_package_of_extensions_admits_of_an_extension_is_admitted(on: str, value: str, errors: list[str]) -> None:
    url = BASE + "told-twice"

    def defined(version: str, type: str, *places: str) -> tuple[str, dict[str, Any]]:
        parts = [element("Extension.url", 1, "1", "uri", fixedUri=url), element("Extension.value[x]", 1, "1", type)]
        context = [{"type": "element", "expression": place} for place in places]
        return structure("Extension", *parts, url=url, version=version, derivation="constraint", context=context)

    both = [defined("4.0.1", "string", "Patient"), defined("5.2.0", "code", "Patient", "Practitioner")]
    said = {"url": url, value: {"reference": "Patient/1"} if value == "valueReference" else "x"}
    assert [rule for rule, _ in told({"resourceType": on, "extension": [said]}, *both)] == errors


@pytest.mark.parametrize(("name", "errors"), [("element", 0), ("other", 1)])
def test_an_extension_may_stand_where_r4_itself_writes_it(name: str, errors: int) -> None:
    url = BASE + "structuredefinition-normative-version"
    parts = [element("Extension.url", 1, "1", "uri", fixedUri=url), element("Extension.value[x]", 0, "1", "string")]
    context = [{"type": "element", "expression": "Observation"}]
    defined = structure("Extension", *parts, url=url, derivation="constraint", context=context)
    holds = [element(f"Basic.{name}", 0, "1", "BackboneElement"), element(f"Basic.{name}.extension", 0, "*", "Extension")]
    content = {"resourceType": "Basic", name: {"extension": [{"url": url, "valueString": "4.0.0"}]}}
    assert [rule for rule, _ in told(content, defined, structure("Basic", *holds))] == ["FHIR-EXTENSION"] * errors
