"""A code outside a value set, of another system, retired, or called otherwise: each is told for what it is."""

from __future__ import annotations

import pytest
from judging_files import Trial

from harness.model import Finding, Severity

CONCEPTS = '[[0, "a", "Été, à Noël"], [0, "old", "Jadis", "2020-06-30"], [1, "c", "Ailleurs"]]'


def found(trial: Trial, element: str) -> list[Finding]:
    head = '"id": "V", "oid": "1.2.7", "version": "1", "title": "t", "systems": ["1.2.8", "1.2.9"]'
    trial.write("profiles/cda/valuesets/V.json", f'{{{head}, "concepts": {CONCEPTS}}}')
    trial.constraints("- {path: code, valueset: V}\n")
    return [
        finding
        for finding in trial.judge('<templateId root="1.2.9" extension="1"/>' + element).findings
        if finding.rule.startswith("volet:")
    ]


@pytest.mark.parametrize(
    ("element", "facet", "severity", "words"),
    [
        ('<code code="z" codeSystem="1.2.8"/>', "valueset", Severity.ERROR, "hors du jeu de valeurs V"),
        ('<code code="c" codeSystem="1.2.8"/>', "valueset", Severity.ERROR, "ce code est du système 1.2.9"),
        ('<code code="old" codeSystem="1.2.8"/>', "retired", Severity.WARNING, "retiré du jeu de valeurs V le 2020-06-30"),
        ('<code code="a" codeSystem="1.2.8" displayName="Hiver"/>', "label", Severity.WARNING, "« Été, à Noël »"),
    ],
)
def test_each_defect_of_a_code_is_told_apart(trial: Trial, element: str, facet: str, severity: Severity, words: str) -> None:
    (finding,) = found(trial, element)
    assert (finding.rule, finding.severity) == (f"volet:code.{facet}", severity)
    assert words in finding.message.fr


@pytest.mark.parametrize("label", ["ete a noel", "Estival"])
def test_a_good_code_is_told_nothing(trial: Trial, label: str) -> None:
    trial.write("profiles/cda/labels.json", '{"source": "s", "systems": ["1.2.8"], "concepts": [[0, "a", "Estival"]]}')
    assert found(trial, f'<code code="a" codeSystem="1.2.8" displayName="{label}"/>') == []


@pytest.mark.parametrize(("day", "told"), [("20200629235900+0200", 0), ("20200630", 1), ("2021", 1), ("unknown", 1)])
def test_a_code_was_good_until_the_day_it_ended(trial: Trial, day: str, told: int) -> None:
    assert len(found(trial, f'<code code="old" codeSystem="1.2.8"/><effectiveTime value="{day}"/>')) == told
