"""A response says what its questionnaire asks: items at their places, answers of the types and within the limits that it sets."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from fhir_small import remarked

from harness.checks.fhir.fhirpath import Compiled, Context
from harness.checks.fhir.resources.questionnaires import Questionnaires, judge_definition
from harness.documents.fhir_tree import Node
from harness.model import Severity

URL = "http://example.org/Questionnaire/q"
UCUM = "http://unitsofmeasure.org"
Item = dict[str, Any]


class Known:
    def __init__(self, *items: Item, **more: Any) -> None:
        self._plain = {"resourceType": "Questionnaire", "url": URL, "item": list(items), **more}

    def questionnaire(self, canonical: str) -> dict[str, Any] | None:
        return self._plain if canonical == URL else None

    def value_set(self, canonical: str) -> dict[str, Any] | None:
        return {} if canonical.endswith("/ValueSet/v") else None

    def structure(self, canonical: str) -> None:
        return None


def member(node: Node, binding: dict[str, str]) -> bool | None:
    return node.text("code") == "in" if binding["valueset"].endswith("/v") else None


def truth(expression: str, node: Node) -> bool | None:
    context = Context(resolve=lambda _: None, member_of=lambda _, __: None, conforms_to=lambda _, __: None, now=datetime.now(UTC))
    return Compiled(expression).truth(node, context)


def judged(known: Known, *given: Item, status: str = "completed", canonical: str = URL) -> tuple[list[str], Questionnaires]:
    response = {"resourceType": "QuestionnaireResponse", "questionnaire": canonical, "status": status, "item": list(given)}
    questionnaires = Questionnaires(known, member, truth)
    return [remark.message.en for remark in remarked(questionnaires.judge, response)], questionnaires


def asked(link: str, type: str, **more: Any) -> Item:
    return {"linkId": link, "type": type, **more}


def extension(url: str, **value: Any) -> Item:
    return {"url": f"http://hl7.org/fhir/StructureDefinition/{url}", **value}


def given(link: str, *answers: Item, **more: Any) -> Item:
    return {"linkId": link, **({"answer": list(answers)} if answers else {}), **more}


def coding(code: str) -> Item:
    return {"valueCoding": {"system": "http://s.org", "code": code}}


def quantity(value: float, code: str) -> Item:
    return {"value": value, "system": UCUM, "code": code}


OPTIONS = [
    coding("a"),
    coding("b"),
    coding("alone") | {"extension": [extension("questionnaire-optionExclusive", valueBoolean=True)]},
]


@pytest.mark.parametrize(
    ("question", "right", "wrong", "told"),
    [
        (asked("q", "boolean"), {"valueBoolean": False}, {"valueString": "no"}, "boolean is expected"),
        (asked("q", "choice", answerOption=OPTIONS), coding("a"), coding("z"), "is no option"),
        (asked("q", "choice", answerOption=OPTIONS), coding("a"), {"valueString": "a"}, "Coding is expected"),
        (
            asked("q", "open-choice", answerOption=OPTIONS),
            {"valueString": "other"},
            {"valueInteger": 3},
            "Coding, string is expected",
        ),
        (asked("q", "open-choice", answerOption=OPTIONS), coding("a"), coding("z"), "is no option"),
        (
            asked("q", "choice", answerOption=[{"valueDate": "2024-01-01"}]),
            {"valueDate": "2024-01-01"},
            {"valueDate": "2025"},
            "is no option",
        ),
        (asked("q", "choice", answerValueSet="http://x.org/v"), coding("in"), coding("out"), "is not of http://x.org/v"),
        (asked("q", "string", maxLength=3), {"valueString": "abc"}, {"valueString": "abcd"}, "3 at most"),
        (
            asked("q", "string", extension=[extension("minLength", valueInteger=3)]),
            {"valueString": "abc"},
            {"valueString": "ab"},
            "minimum 3",
        ),
        (
            asked("q", "string", extension=[extension("regex", valueString="[0-9]+")]),
            {"valueString": "12"},
            {"valueString": "12a"},
            "does not have the form",
        ),
        (
            asked("q", "decimal", extension=[extension("maxDecimalPlaces", valueInteger=1)]),
            {"valueDecimal": 1.5},
            {"valueDecimal": 1.25},
            "1 decimals at most",
        ),
        (
            asked("q", "quantity", extension=[extension("maxDecimalPlaces", valueInteger=1)]),
            {"valueQuantity": quantity(1.5, "kg")},
            {"valueQuantity": quantity(1.25, "kg")},
            "1 decimals at most",
        ),
        (
            asked("q", "integer", extension=[extension("minValue", valueInteger=2)]),
            {"valueInteger": 2},
            {"valueInteger": 1},
            "2 at least",
        ),
        (
            asked("q", "date", extension=[extension("maxValue", valueDate="2022")]),
            {"valueDate": "2022"},
            {"valueDate": "2023-01"},
            "2022 at most",
        ),
        (
            asked("q", "quantity", extension=[extension("sdc-questionnaire-maxQuantity", valueQuantity=quantity(2, "kg"))]),
            {"valueQuantity": quantity(2000, "g")},
            {"valueQuantity": quantity(2001, "g")},
            "2 kg at most",
        ),
        (
            asked("q", "quantity", extension=[extension("questionnaire-unitOption", valueCoding={"system": UCUM, "code": "kg"})]),
            {"valueQuantity": quantity(2, "kg")},
            {"valueQuantity": quantity(2, "g")},
            "the unit `g` is none of: kg",
        ),
        (
            asked(
                "q", "attachment", extension=[extension("mimeType", valueCode="image/png"), extension("maxSize", valueDecimal=9)]
            ),
            {"valueAttachment": {"contentType": "image/png", "size": 9}},
            {"valueAttachment": {"contentType": "image/png", "size": 10}},
            "9 at most",
        ),
        (
            asked("q", "reference", extension=[extension("questionnaire-referenceResource", valueCode="Patient")]),
            {"valueReference": {"reference": "Patient/1"}},
            {"valueReference": {"reference": "Device/1"}},
            "Patient is expected",
        ),
    ],
)
def test_an_answer_is_of_its_type_among_the_options_and_within_the_limits(
    question: Item, right: Item, wrong: Item, told: str
) -> None:
    assert judged(Known(question), given("q", right))[0] == []
    found, _ = judged(Known(question), given("q", wrong))
    assert len(found) == 1
    assert told in found[0]


LISTED = {"include": [{"system": "http://s.org", "concept": [{"code": "a"}]}]}


@pytest.mark.parametrize(
    ("said", "told", "untold"),
    [
        ({"compose": LISTED}, ["`z` is not of #v"], False),
        ({"expansion": {"contains": [{"system": "http://s.org", "code": "a"}]}}, ["`z` is not of #v"], False),
        ({"compose": LISTED | {"exclude": LISTED["include"]}}, [], True),
        ({"compose": {"include": [{"system": "http://s.org"}]}}, [], True),  # a whole system
    ],
)
def test_a_contained_value_set_tells_its_codes_where_it_lists_them(said: Item, told: list[str], untold: bool) -> None:
    known = Known(
        asked("q", "choice", answerValueSet="#v", repeats=True), contained=[{"resourceType": "ValueSet", "id": "v", **said}]
    )
    answers = ({"valueCoding": {"system": "http://s.org", "code": code}} for code in ("a", "z"))
    messages, questionnaires = judged(known, given("q", *answers))
    assert messages == told
    assert bool(questionnaires.not_judged()) is untold


GROUP = asked("g", "group", item=[asked("a", "string", required=True), asked("b", "string")])


@pytest.mark.parametrize(
    ("questions", "items", "told"),
    [
        ([asked("a", "string")], [given("z", {"valueString": "x"})], "`z` is not in the questionnaire"),
        ([GROUP], [given("g", item=[given("a", {"valueString": "x"})]), given("b")], "`b` is not at its place"),
        ([GROUP], [given("g", item=[given("b", {"valueString": "x"})])], "`a` is required"),
        ([GROUP], [given("g", {"valueString": "x"}, item=[given("a", {"valueString": "x"})])], "of type group has no answer"),
        ([asked("d", "display")], [given("d", {"valueString": "x"})], "of type display has no answer"),
        ([asked("a", "string"), asked("b", "string")], [given("b"), given("a")], "`a` comes too late"),
        ([asked("a", "string")], [given("a"), given("a")], "`a` comes once only"),
        ([asked("a", "string", repeats=True)], [given("a"), given("a")], "`a` comes once only"),
        ([asked("a", "string")], [given("a", {"valueString": "x"}, {"valueString": "y"})], "one at most"),
        ([asked("a", "choice", answerOption=OPTIONS, repeats=True)], [given("a", coding("a"), coding("alone"))], "no other answer"),
        (
            [asked("a", "string", repeats=True, extension=[extension("questionnaire-maxOccurs", valueInteger=1)])],
            [given("a", {"valueString": "x"}, {"valueString": "y"})],
            "1 at most",
        ),
        (
            [asked("a", "string", repeats=True, extension=[extension("questionnaire-minOccurs", valueInteger=2)])],
            [given("a", {"valueString": "x"})],
            "2 at least",
        ),
        (
            [asked("a", "string", item=[asked("b", "string")])],
            [given("a", {"valueString": "x"}, item=[given("b", {"valueString": "y"})])],
            "go in the answer",
        ),
    ],
)
def test_items_stand_where_the_questionnaire_asks_them(questions: list[Item], items: list[Item], told: str) -> None:
    found, _ = judged(Known(*questions), *items)
    assert len(found) == 1
    assert told in found[0]


def when(question: str, operator: str, **answer: Any) -> Item:
    return {"question": question, "operator": operator, **answer}


@pytest.mark.parametrize(
    ("condition", "enabled"),
    [
        ([when("n", "=", answerInteger=5)], True),
        ([when("n", "!=", answerInteger=5)], False),
        ([when("n", ">", answerInteger=4)], True),
        ([when("n", "<", answerInteger=5)], False),
        ([when("n", "exists", answerBoolean=False)], False),
        ([when("none", "exists", answerBoolean=False)], True),
        ([when("none", "=", answerInteger=5)], False),
    ],
)
def test_what_is_not_asked_has_no_answer_and_what_is_asked_may_be_required(condition: list[Item], enabled: bool) -> None:
    known = Known(asked("n", "integer"), asked("q", "string", required=True, enableWhen=condition))
    number = given("n", {"valueInteger": 5})
    answered, _ = judged(known, number, given("q", {"valueString": "x"}))
    silent, _ = judged(known, number)
    assert bool(answered) is not enabled
    assert bool(silent) is enabled


@pytest.mark.parametrize(("behavior", "enabled"), [("all", False), ("any", True)])
def test_several_conditions_are_all_needed_or_any(behavior: str, enabled: bool) -> None:
    conditions = [when("n", "=", answerInteger=5), when("n", "=", answerInteger=6)]
    known = Known(asked("n", "integer"), asked("q", "string", enableWhen=conditions, enableBehavior=behavior))
    found, _ = judged(known, given("n", {"valueInteger": 5}), given("q", {"valueString": "x"}))
    assert bool(found) is not enabled


def test_nothing_is_missing_while_a_response_is_being_filled_in() -> None:
    assert judged(Known(asked("a", "string", required=True)), status="in-progress")[0] == []


def test_a_questionnaire_that_is_not_known_is_said_and_what_is_none_is_an_error() -> None:
    found, questionnaires = judged(Known(), canonical="http://example.org/other")
    assert found == []
    assert "http://example.org/other" in questionnaires.not_judged()[0].en
    assert "is a ValueSet" in judged(Known(), canonical="http://example.org/ValueSet/v")[0][0]


def test_a_limit_in_units_that_cannot_be_compared_is_not_judged() -> None:
    question = asked("q", "quantity", extension=[extension("sdc-questionnaire-minQuantity", valueQuantity=quantity(1, "[nmi_i]"))])
    found, questionnaires = judged(Known(question), given("q", {"valueQuantity": quantity(1, "km")}))
    assert found == []
    assert len(questionnaires.not_judged()) == 1


SDC = "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-enableWhenExpression"
IS_SO = "descendants().where(linkId = 'if').answer.value = true"


@pytest.mark.parametrize(
    ("condition", "asks_when_so", "is_said"),
    [
        (
            {"url": SDC, "valueExpression": {"language": "text/fhirpath", "expression": f"QuestionnaireResponse.{IS_SO}"}},
            True,
            False,
        ),
        ({"url": SDC, "valueExpression": {"language": "text/fhirpath", "expression": f"%resource.{IS_SO}"}}, True, False),
        ({"url": SDC, "valueExpression": {"language": "text/fhirpath", "expression": "%resource.item.where(%x)"}}, False, True),
        ({"url": SDC, "valueExpression": {"language": "text/fhirpath", "expression": "$this.answer.exists()"}}, False, True),
        ({"url": SDC, "valueExpression": {"language": "text/cql", "expression": f"%resource.{IS_SO}"}}, False, True),
    ],
)
def test_an_expression_about_the_response_tells_whether_a_question_is_asked(
    condition: Item, asks_when_so: bool, is_said: bool
) -> None:
    known = Known(asked("if", "boolean"), asked("then", "boolean", required=True, extension=[condition]))
    for so, answers, told in (
        (True, [given("then", {"valueBoolean": True})], None),
        (True, [], "`then` is required"),
        (False, [given("then", {"valueBoolean": True})], "`then` is answered but not enabled"),
        (False, [], None),
    ):
        found, questionnaires = judged(known, given("if", {"valueBoolean": so}), *answers)
        assert found == ([told] if told and asks_when_so else [])
        said = ["questions whose condition could not be evaluated: then"]
        assert [one.en for one in questionnaires.not_judged()] == said * is_said


def test_an_expression_that_is_none_is_said_and_refutes_nothing() -> None:
    question = asked("q", "string", extension=[extension("regex", valueString="[0-9")])
    found, questionnaires = judged(Known(question), given("q", {"valueString": "x"}))
    assert found == []
    assert [one.en for one in questionnaires.not_judged()] == ["questions whose regular expression cannot be searched: q"]


def test_a_content_is_weighed_where_the_answer_does_not_say_its_size() -> None:
    question = asked("q", "attachment", extension=[extension("maxSize", valueDecimal=2)])
    assert judged(Known(question), given("q", {"valueAttachment": {"data": "YWI="}}))[0] == []
    assert judged(Known(question), given("q", {"valueAttachment": {"data": "YWJj"}}))[0] == ["3 bytes, 2 at most"]


def test_a_mass_is_not_within_the_limits_of_a_length() -> None:
    question = asked("q", "quantity", extension=[extension("sdc-questionnaire-minQuantity", valueQuantity=quantity(1, "km"))])
    found, _ = judged(Known(question), given("q", {"valueQuantity": quantity(9, "kg")}))
    assert found == ["9 kg cannot be compared with 1 km"]


@pytest.mark.parametrize(
    ("question", "told"), [("a", None), ("g", "depends on this condition"), ("z", "is not in the questionnaire")]
)
def test_a_condition_looks_at_another_question_of_the_questionnaire(question: str, told: str | None) -> None:
    items = [asked("a", "boolean"), asked("g", "group", item=[asked("b", "boolean", enableWhen=[when(question, "exists")])])]
    items[1]["enableWhen"] = [when("b" if told and question == "g" else "a", "exists")]
    remarks = remarked(judge_definition, {"resourceType": "Questionnaire", "item": items})
    assert [remark.message.en for remark in remarks] == (
        [] if told is None else [f"`{'b' if question == 'g' else question}` {told}"]
    )


@pytest.mark.parametrize(
    ("question", "wrong"),
    [
        (asked("a", "integer", initial=[{"valueInteger": 1}]), ""),
        (asked("a", "integer", initial=[{"valueString": "1"}]), "initial"),
        (asked("a", "integer", answerOption=[{"valueInteger": 1}, {"valueDate": "2026-01-01"}]), "answerOption"),
        (asked("a", "decimal", initial=[{"valueInteger": 1}]), ""),
        (asked("a", "text", initial=[{"valueString": "x"}]), ""),
        (asked("a", "choice", answerOption=OPTIONS, initial=[{"valueString": "a"}]), "initial"),
        (asked("a", "open-choice", answerOption=OPTIONS, initial=[{"valueString": "a"}]), ""),
        (asked("a", "choice", answerOption=[{"valueString": "a"}], initial=[{"valueString": "a"}]), ""),
        (asked("a", "choice", initial=[{"valueString": "a"}]), ""),  # among what is not said
        (asked("a", "group", initial=[{"valueString": "a"}]), ""),  # que-8 says it
    ],
)
def test_what_a_question_offers_is_of_its_type(question: Item, wrong: str) -> None:
    remarks = remarked(judge_definition, {"resourceType": "Questionnaire", "item": [question]})
    assert [(remark.severity, remark.node.parent.name) for remark in remarks] == ([(Severity.ERROR, wrong)] if wrong else [])


@pytest.mark.parametrize(
    ("question", "wanted", "told"),
    [
        (asked("a", "boolean"), {"answerBoolean": True}, None),
        (asked("a", "boolean"), {"answerString": "yes"}, "string: an answer to `a` (boolean) is boolean"),
        (asked("a", "decimal"), {"answerInteger": 1}, None),
        (asked("a", "integer"), {"answerDecimal": 1.5}, None),
        (asked("a", "dateTime"), {"answerDate": "2026-01-01"}, None),
        (asked("a", "quantity"), {"answerInteger": 1}, "integer: an answer to `a` (quantity) is Quantity"),
        (asked("a", "text"), {"answerString": "x"}, None),
        (asked("a", "url"), {"answerString": "https://a.example"}, None),  # a condition has no answerUri
        (asked("a", "choice"), {"answerString": "x"}, None),
        (asked("a", "choice", answerOption=OPTIONS), {"answerString": "a"}, "string: an answer to `a` (choice) is Coding"),
        (asked("a", "choice", answerOption=[{"valueString": "a"}]), {"answerString": "a"}, None),
        (asked("a", "open-choice", answerOption=OPTIONS), {"answerString": "a"}, None),
        (
            asked("a", "choice", answerValueSet="http://s.org/v"),
            {"answerBoolean": True},
            "boolean: an answer to `a` (choice) is Coding",
        ),
        (asked("a", "group"), {"answerBoolean": True}, None),
    ],
)
def test_a_condition_looks_for_an_answer_of_a_type_that_its_question_has(question: Item, wanted: Item, told: str | None) -> None:
    for operator in ("=", "exists"):
        condition = {"question": "a", "operator": operator, **wanted}
        content = {"resourceType": "Questionnaire", "item": [question, asked("b", "string", enableWhen=[condition])]}
        remarks = remarked(judge_definition, content)
        said = [remark.message.en for remark in remarks]
        assert said == ([] if told is None or operator == "exists" else [told])
        assert not remarks.has_error
