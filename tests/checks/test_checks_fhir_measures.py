"""A report has the groups, populations and stratifiers of its measure, a score where that has one, subjects when it lists them."""

from __future__ import annotations

from typing import Any

import pytest
from fhir_small import remarked

from harness.checks.fhir.resources.measures import Measures

URL = "http://x.org/Measure/m"
Part = dict[str, Any]


def code(name: str) -> Part:
    return {"code": {"coding": [{"system": "http://x.org/cs", "code": name}]}}


GROUP = code("g") | {"population": [code("numerator"), code("denominator")], "stratifier": [code("sex")]}


class Known:
    def __init__(self, scoring: str, *groups: Part) -> None:
        said = {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/measure-scoring", "code": scoring}]}
        self._plain = {"resourceType": "Measure", "url": URL, "scoring": said, "group": list(groups)}

    def measure(self, canonical: str) -> Part | None:
        return self._plain if canonical == URL else None


def judged(*groups: Part, scoring: str = "proportion", defined: tuple[Part, ...] = (GROUP,), **more: Any) -> list[str]:
    report = {"resourceType": "MeasureReport", "measure": URL, "type": "summary", "group": list(groups), **more}
    measures = Measures(Known(scoring, *defined))
    places = [remark.node.path.removeprefix("MeasureReport.") for remark in remarked(measures.judge, report)]
    return places + [text.en for text in measures.not_judged()]


@pytest.mark.parametrize(
    ("group", "places"),
    [
        (GROUP, []),
        ({"population": [code("numerator")]}, []),
        (code("z"), ["group[0]"]),
        (code("g") | {"population": [code("z")]}, ["group[0].population[0]"]),
        (code("g") | {"stratifier": [code("z")]}, ["group[0].stratifier[0]"]),
        (code("g") | {"measureScore": {"value": 1}}, []),
    ],
)
def test_what_a_report_counts_is_what_its_measure_defines(group: Part, places: list[str]) -> None:
    assert judged(group) == places


def test_a_code_that_names_no_system_is_held_for_that_of_the_measure() -> None:
    bare = {"code": {"coding": [{"code": "g"}]}}
    assert judged(bare | {"stratifier": [{"code": [{"coding": [{"code": "sex"}]}]}]}, status="complete") == []
    assert judged({"code": {"coding": [{"code": "z"}]}}) == ["group[0]"]
    assert judged({"code": {"coding": [{"system": "http://x.org/other", "code": "g"}]}}) == ["group[0]"]


@pytest.mark.parametrize(
    ("said", "groups", "places"),
    [
        ({"status": "complete"}, [GROUP], []),
        ({"status": "complete"}, [code("g")], ["group[0]"]),  # without its stratifier
        ({"status": "complete"}, [], ["MeasureReport"]),
        ({"status": "complete"}, [{"population": [code("numerator")], "stratifier": [code("sex")]}], []),
        ({"status": "complete", "type": "data-collection"}, [], []),
        ({"status": "pending"}, [], []),
    ],
)
def test_a_complete_report_has_each_group_and_stratifier_of_its_measure(said: Part, groups: list[Part], places: list[str]) -> None:
    assert judged(*groups, **said) == places


@pytest.mark.parametrize("known", [{}, code("by-two")])
@pytest.mark.parametrize(
    ("name", "places"), [("age", []), ("sex", []), ("town", ["group[0].stratifier[0].stratum[0].component[0]"])]
)
def test_a_stratum_is_of_the_components_that_its_stratifier_has(known: Part, name: str, places: list[str]) -> None:
    defined = code("g") | {"stratifier": [known | {"component": [code("age"), code("sex")]}]}
    group = code("g") | {"stratifier": [known | {"stratum": [{"component": [code(name)]}]}]}
    assert judged(group, defined=(defined,)) == places


def test_a_measure_of_a_cohort_has_no_score() -> None:
    assert judged(code("g") | {"measureScore": {"value": 1}}, scoring="cohort") == ["group[0].measureScore"]


@pytest.mark.parametrize(("kind", "places"), [("summary", ["group[0].population[0].subjectResults"]), ("subject-list", [])])
def test_only_a_list_of_subjects_lists_them(kind: str, places: list[str]) -> None:
    population = code("numerator") | {"subjectResults": {"reference": "List/1"}}
    assert judged(code("g") | {"population": [population]}, type=kind) == places


def test_a_measure_that_is_not_known_is_said() -> None:
    (said,) = judged(GROUP, measure="http://x.org/Measure/other")
    assert "http://x.org/Measure/other" in said
