"""Each key of a constraint, each condition, each facet: what trips it and what does not (docs/profile-format.md)."""

from __future__ import annotations

import pytest
from judging_files import Trial

from harness.model import Severity

LOINC = "2.16.840.1.113883.6.1"

CARDINALITIES = [
    ("{path: id, card: 1..1}", "<id/>", True),
    ("{path: id, card: 1..1}", "", False),
    ("{path: id, card: 1..1}", "<id/><id/>", False),
    ("{path: id, card: 0..1}", "", True),
    ("{path: id, card: 0..1}", "<id/><id/>", False),
    ("{path: id, card: 1..*}", "<id/><id/><id/>", True),
    ("{path: id, card: 2..3}", "<id/>", False),
    ("{path: id, card: 2..3}", "<id/><id/>", True),
    ("{path: id, card: 0..0}", "", True),
    ("{path: id, card: 0..0}", "<id/>", False),
    ("{path: a/b, card: 1..1}", "", True),  # a parent that is absent is not counted
    ("{path: a/b, card: 1..1}", "<a><b/></a><a><b/></a>", True),  # under each parent
    ("{path: a/b, card: 1..1}", "<a><b/></a><a/>", False),
    ("{path: //b, card: 2..2}", "<a><b/></a><a><c><b/></c></a>", True),  # under the context element
    ("{path: //b, card: 1..1}", "<a><b/></a><a><b/></a>", False),
    ("{path: a//b, card: 1..1}", "<a><c><b/></c></a><a><b/></a>", True),
    ("{path: a//b, card: 1..1}", "<a><c><b/></c></a><a/>", False),
    ("{path: a/*, card: 2..2}", "<a><b/><c/></a>", True),
    ("{path: a/*, card: 2..2}", "<a><b/></a>", False),
    ("{path: '*/b', card: 1..1}", "<a><b/></a><c/>", False),
    ("{path: sdtc:x, card: 1..1}", "<sdtc:x/>", True),
    ("{path: sdtc:x, card: 1..1}", "<x/>", False),
    ("{path: x, card: 0..0}", "<sdtc:x/><x xmlns=''/>", True),
]


def held(trial: Trial, constraint: str, inside: str, facet: str) -> bool:
    """Whether the one constraint, whose id is `c`, holds; it trips the facet and no other when it does not."""
    trial.constraints(f"- {{id: c, {constraint.removeprefix('{')}\n")
    rules = trial.rules(inside)
    assert set(rules) <= {f"volet:c.{facet}"}
    return not rules


@pytest.mark.parametrize(("constraint", "inside", "holds"), CARDINALITIES)
def test_a_cardinality_counts_under_each_parent_or_the_context(trial: Trial, constraint: str, inside: str, holds: bool) -> None:
    assert held(trial, constraint, inside, "card") is holds


CONDITIONS = [
    ("{root: 1.2.3}", '<x root="1.2.3"/>', True),
    ("{root: 1.2.3}", '<x root="1.2"/>', False),
    ("{root: 1.2.3}", "<x/>", False),
    ("{root: [1.2.3, 1.2.4]}", '<x root="1.2.4"/>', True),
    ("{typeCode: A, inversionInd: 'true'}", '<x typeCode="A" inversionInd="true"/>', True),
    ("{typeCode: A, inversionInd: 'true'}", '<x typeCode="A"/>', False),
    ("{codeSystem: LOINC}", f'<x codeSystem="{LOINC}"/>', True),
    ("{statusCode/@code: [a, b]}", '<x><statusCode code="b"/></x>', True),
    ("{statusCode/@code: [a, b]}", '<x><statusCode code="c"/></x>', False),
    ("{../@n: v}", "<x/>", False),
    ("{template: 1.2.3}", '<x><templateId root="1.2.4"/><templateId root="1.2.3"/></x>', True),
    ("{template: 1.2.3}", '<x><templateId root="1.2.4"/></x>', False),
    ("{has: a/b}", "<x><a><b/></a></x>", True),
    ("{has: a/b}", "<x><a/></x>", False),
    ("{has: [a, '@n']}", '<x n="1"><a/></x>', True),
    ("{has: [a, '@n']}", "<x><a/></x>", False),
    ("{has: a/@n}", '<x><a/><a n="1"/></x>', True),
    ("{has: //b}", "<x><a><b/></a></x>", True),
    ("{lacks: a}", "<x/>", True),
    ("{lacks: a}", "<x><a/></x>", False),
    ("{lacks: '@n'}", '<x n=""/>', False),
    ("{'null': true}", '<x nullFlavor="UNK"/>', True),
    ("{'null': true}", "<x/>", False),
    ("{'null': false}", "<x/>", True),
    ("{type: [CD, CE]}", '<x xsi:type="CE"/>', True),
    ("{type: CD}", '<x xmlns:h="urn:hl7-org:v3" xsi:type="h:CD"/>', True),
    ("{type: CD}", "<x/>", False),
    ("{not: {root: 1.2.3, extension: a}}", '<x root="1.2.3"/>', True),
    ("{not: {root: 1.2.3, extension: a}}", '<x root="1.2.3" extension="a"/>', False),
    ("{any: [{root: 1.2.3}, {has: a}]}", "<x><a/></x>", True),
    ("{any: [{root: 1.2.3}, {has: a}]}", "<x/>", False),
]


@pytest.mark.parametrize(("where", "element", "selected"), CONDITIONS)
def test_where_selects(trial: Trial, where: str, element: str, selected: bool) -> None:
    assert held(trial, f"{{path: x, where: {where}, card: 0..0}}", element, "card") is not selected


@pytest.mark.parametrize(("where", "element", "selected"), CONDITIONS)
def test_when_says_whether_the_constraint_speaks(trial: Trial, where: str, element: str, selected: bool) -> None:
    trial.constraints(f"- {{path: x, each: [{{id: c, path: missing, when: {where}, card: 1..1}}]}}\n")
    assert trial.rules(element) == (["volet:x/c.card"] if selected else [])


V = 'code="a" codeSystem="1.2.8"'
FACETS = [
    ("code: [a, 1.2.8]", f"<x {V}/>", "code", True),
    ("code: [a, 1.2.8]", '<x code="b" codeSystem="1.2.8"/>', "code", False),
    ("code: [a, 1.2.8]", '<x code="a" codeSystem="1.2.9"/>', "code", False),
    ("code: [a, 1.2.8]", "<x/>", "code", False),
    ("code: [a, 1.2.8]", '<x nullFlavor="UNK"/>', "code", True),
    ("code: [[b, 1.2.8], [a, 1.2.8]]", f"<x {V}/>", "code", True),
    ("code: [a, 1.2.8, L'été]", f'<x {V} displayName="l ete"/>', "label", True),
    ("code: [a, 1.2.8, L'été]", f'<x {V} displayName="hiver"/>', "label", False),
    ("code: [a, 1.2.8, L'été]", f"<x {V}/>", "label", True),
    ("system: [LOINC]", f'<x code="z" codeSystem="{LOINC}"/>', "system", True),
    ("system: [LOINC]", f"<x {V}/>", "system", False),
    ("system: [LOINC]", '<x code="z"/>', "system", False),
    ("system: [LOINC]", "<x/>", "system", True),
    ("type: [CD]", '<x xsi:type="CD"/>', "type", True),
    ("type: [CD]", '<x xsi:type="ST"/>', "type", False),
    ("type: [CD]", "<x/>", "type", False),
    ("type: [CD]", '<x nullFlavor="UNK"/>', "type", True),
    ("valueset: V", f'<x {V} displayName="ETE - A NOEL"/>', "valueset", True),
    ("valueset: V", '<x code="b" codeSystem="1.2.8"/>', "valueset", False),
    ("valueset: V", '<x code="a" codeSystem="1.2.7"/>', "valueset", False),
    ("valueset: V", "<x/>", "valueset", False),
    ("valueset: V", '<x nullFlavor="UNK"/>', "valueset", True),
    ("valueset: V", f'<x {V} displayName="Pâques"/>', "label", False),
    ("attributes: {use: required}", '<x use=""/>', "attributes", True),
    ("attributes: {use: required}", "<x/>", "attributes", False),
    ("attributes: {use: required}", '<x nullFlavor="UNK"/>', "attributes", True),
    ("attributes: {use: forbidden}", '<x use="a"/>', "attributes", False),
    ("attributes: {use: forbidden}", "<x/>", "attributes", True),
    ("attributes: {use: optional}", '<x use="a"/>', "attributes", True),
    ("attributes: {use: a}", '<x use="a"/>', "attributes", True),
    ("attributes: {use: a}", '<x use="b"/>', "attributes", False),
    ("attributes: {use: a}", "<x/>", "attributes", False),
    ("attributes: {use: [a, b]}", '<x use="b"/>', "attributes", True),
    ("attributes: {use: {presence: optional, values: [a]}}", "<x/>", "attributes", True),
    ("attributes: {use: {presence: optional, values: [a]}}", '<x use="b"/>', "attributes", False),
    ("attributes: {use: {pattern: 'a+'}}", '<x use="aa"/>', "attributes", True),
    ("attributes: {use: {pattern: 'a+'}}", '<x use="aab"/>', "attributes", False),
    ("attributes: {nullFlavor: [UNK]}", "<x/>", "attributes", False),
    ("attributes: {'xsi:type': CD}", '<x xsi:type="CD"/>', "attributes", True),
    ("text: required", "<x>t</x>", "text", True),
    ("text: required", "<x> <!-- c --> </x>", "text", False),
    ("text: required", "<x><b/></x>", "text", True),
    ("text: required", '<x nullFlavor="UNK"/>', "text", True),
    ("text: a", "<x> a </x>", "text", True),
    ("text: a", "<x>b</x>", "text", False),
    ("text: {pattern: '[0-9]+'}", "<x>12</x>", "text", True),
    ("text: {pattern: '[0-9]+'}", "<x>12a</x>", "text", False),
    ("text: forbidden", "<x>a</x>", "text", False),
    ("null_flavor: forbidden", '<x nullFlavor="UNK"/>', "null", False),
    ("null_flavor: forbidden", "<x/>", "null", True),
    ("null_flavor: [NAV, UNK]", '<x nullFlavor="NAV"/>', "null", True),
    ("null_flavor: [NAV, UNK]", '<x nullFlavor="ASKU"/>', "null", False),
]


@pytest.mark.parametrize(("facet", "element", "name", "holds"), FACETS)
def test_a_facet_holds_for_each_selected_element(trial: Trial, facet: str, element: str, name: str, holds: bool) -> None:
    assert held(trial, f"{{path: x, {facet}}}", element, name) is holds


def test_facets_are_judged_on_selected_elements_only(trial: Trial) -> None:
    trial.constraints("- {id: c, path: x, where: {use: a}, attributes: {value: required}}\n")
    assert trial.rules('<x use="b"/><x use="a"/><x use="a" value=""/>') == ["volet:c.attributes"]


def test_each_goes_on_from_the_selected_elements(trial: Trial) -> None:
    trial.constraints(
        "- path: a\n  where: {use: a}\n  each:\n  - {path: b, card: 1..1, each: [{path: c, card: 1..*}]}\n  - {path: ..}\n"
    )
    assert trial.rules('<a use="b"/><a use="a"/><a use="a"><b/></a>') == [
        "volet:a[a]/b.card",
        "volet:a[a]/b/c.card",
    ]


def test_the_parent_is_reached_by_two_dots(trial: Trial) -> None:
    trial.constraints("- {path: a/b, each: [{id: link, path: .., attributes: {typeCode: SUBJ}}]}\n")
    assert trial.rules('<a typeCode="SUBJ"><b/></a>') == []
    assert trial.rules('<a typeCode="RSON"><b/></a>') == ["volet:a/b/link.attributes"]


def test_the_element_itself_is_reached_by_one_dot(trial: Trial) -> None:
    trial.constraints("- {id: c, path: ., attributes: {classCode: DOCCLIN}}\n")
    assert trial.rules("") == ["volet:c.attributes"]


SECTION = '<component><section><templateId root="{}"{}/>{}</section></component>'


def test_a_template_is_met_by_each_element_that_claims_it_by_any_of_its_roots(trial: Trial) -> None:
    trial.template("- {path: title, card: 1..1}\n", also="[1.2.6]")
    assert trial.rules(SECTION.format("1.2.5", "", "")) == ["section.trial:title.card"]
    assert trial.rules(SECTION.format("1.2.6", "", "")) == ["section.trial:title.card"]
    both = SECTION.format("1.2.6", "", '<templateId root="1.2.5"/>')
    assert trial.rules(both) == ["section.trial:title.card"]
    assert trial.rules(SECTION.format("1.2.5", "", "<title/>")) == []
    assert trial.rules(SECTION.format("1.2.99", "", "")) == []
    assert trial.rules('<entry><act><templateId root="1.2.5"/></act></entry>') == ["document.templates-misplaced"]


@pytest.mark.parametrize("element", ["section", "observation"])
def test_a_template_on_an_element_of_another_kind_is_an_error(trial: Trial, element: str) -> None:
    trial.template("- {path: title, card: 0..1}\n", element=element)
    findings = trial.judge('<templateId root="1.2.9" extension="1"/><entry><act><templateId root="1.2.5"/></act></entry>').findings
    assert [(one.rule, one.severity) for one in findings] == [("document.templates-misplaced", Severity.ERROR)]


def test_a_template_may_ask_for_an_extension(trial: Trial) -> None:
    trial.template("- {path: title, card: 1..1}\n", extension='"2"')
    assert trial.rules(SECTION.format("1.2.5", ' extension="2"', "")) == ["section.trial:title.card"]
    assert trial.rules(SECTION.format("1.2.5", ' extension="3"', "")) == []


@pytest.mark.parametrize(("level", "severity"), [("must", "error"), ("should", "warning"), ("may", "info")])
def test_the_level_gives_the_severity(trial: Trial, level: str, severity: str) -> None:
    trial.constraints(f"- {{path: id, card: 1..1, level: {level}}}\n")
    (finding,) = trial.judge('<templateId root="1.2.9" extension="1"/>').findings
    assert finding.severity == severity


def test_a_finding_says_what_was_expected_what_was_found_and_where(trial: Trial) -> None:
    trial.template("- {path: code, code: [a, 1.2.8, Été]}\n")
    inside = SECTION.format("1.2.5", "", '\n<code code="b" codeSystem="1.2.8"/>')
    (finding,) = trial.judge(f'<templateId root="1.2.9" extension="1"/>{inside}').findings
    assert finding.rule == "section.trial:code.code"
    assert finding.requirement == "section.trial:code"
    assert finding.location == "/ClinicalDocument/component/section/code"
    assert finding.line == 3
    assert finding.excerpt is not None
    assert finding.excerpt.lines[1].startswith('<code code="b"')
    assert finding.source == "Volet d'essai"
    french = "Section d'essai : <code> porte le code b du système 1.2.8 ; attendu : code a (système 1.2.8)."
    assert finding.message.fr == french
    assert finding.hint.en == 'Write code="a" codeSystem="1.2.8" displayName="Été".'


@pytest.mark.parametrize(
    ("fact", "attribute", "hint"),
    [
        ("{pattern: '[0-9]+', presence: required}", 'value="a"', "Expected form: [0-9]+"),
        ("['true', 'false']", 'value="a"', "Write one of the expected values."),
        ("required", 'code="a"', "Fill in attribute value."),
        ("{pattern: '[0-9]+', presence: required}", 'code="a"', "Expected form: [0-9]+"),
    ],
)
def test_a_hint_says_what_to_do_with_an_attribute(trial: Trial, fact: str, attribute: str, hint: str) -> None:
    trial.constraints(f"- {{path: x, attributes: {{value: {fact}}}}}\n")
    wrong = trial.judge(f'<templateId root="1.2.9" extension="1"/><x {attribute}/>').findings[0]
    assert wrong.hint.en == hint


def test_a_code_of_another_system_is_told_with_both_systems(trial: Trial) -> None:
    trial.constraints("- {path: x, system: 1.2.8}\n")
    told = [
        trial.judge(f'<templateId root="1.2.9" extension="1"/><x code="a"{system}/>').findings[0].message.en
        for system in (' codeSystem="1.2.7"', "")
    ]
    assert told == [
        "<x> has code a of system 1.2.7; expected system: 1.2.8.",
        "<x> has code a without a system; expected system: 1.2.8.",
    ]


def test_a_written_message_takes_the_place_of_the_derived_one_except_for_a_label(trial: Trial) -> None:
    trial.constraints("- {path: x, code: [a, 1.2.8, L], message: {fr: f, en: e}, hint: {fr: g, en: h}}\n")
    wrong = trial.judge('<templateId root="1.2.9" extension="1"/><x/>').findings[0]
    assert (wrong.message.en, wrong.hint.en) == ("e", "h")
    label = trial.judge(f'<templateId root="1.2.9" extension="1"/><x {V} displayName="M"/>').findings[0]
    assert label.message.en == 'Label "M" is not that of code a: "L".'
