"""The JSON reports keep the contract that the published schemas write down."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from reporting_builders import assess_report, check_report, finding, judgement, run_report, text

import harness.reporting
from harness.model import DocumentVerdict, Skipped
from harness.reporting import Report, render

SCHEMAS = Path(harness.reporting.__file__).parent / "schemas"
REPORTS = {"check": check_report, "run": run_report, "assess": assess_report}


def schema(name: str) -> dict[str, Any]:
    return json.loads((SCHEMAS / f"{name}.schema.json").read_text("utf-8"))


def closed(node: Any) -> Any:
    """The schema with no room for a key that it does not describe."""
    if isinstance(node, list):
        return [closed(child) for child in node]
    if not isinstance(node, dict):
        return node
    tight = {key: closed(value) for key, value in node.items()}
    if "properties" in node and "required" in node and "allOf" not in node and "conformance" not in node["properties"]:
        tight["additionalProperties"] = False
    return tight


def written(report: Report, lang: str = "fr") -> dict[str, Any]:
    return json.loads(render(report, "json", lang))


@pytest.mark.parametrize("name", REPORTS)
def test_the_published_schemas_are_schemas(name: str) -> None:
    Draft202012Validator.check_schema(schema(name))


@pytest.mark.parametrize("lang", ["fr", "en"])
@pytest.mark.parametrize("name", REPORTS)
def test_every_key_written_is_a_key_described(name: str, lang: str) -> None:
    validator = Draft202012Validator(closed(schema(name)), format_checker=Draft202012Validator.FORMAT_CHECKER)
    assert [error.message for error in validator.iter_errors(written(REPORTS[name](), lang))] == []


def test_what_two_schemas_share_is_the_same_in_both() -> None:
    check, run, assess = (schema(name) for name in REPORTS)
    for name in check["$defs"].keys() & run["$defs"].keys():
        assert check["$defs"][name] == run["$defs"][name]
    for name in assess["$defs"]:
        assert assess["$defs"][name] == run["$defs"][name]


def test_a_check_has_the_keys_of_the_command_contract() -> None:
    told = written(check_report(skipped=[Skipped("notes.txt", text("pas un document"))]))
    assert {"harness", "documents", "skipped", "summary"} <= told.keys()
    assert told["skipped"] == ["notes.txt"]
    document = told["documents"][2]
    assert {"path", "kind", "profile", "version_assumed", "verdict", "not_judged", "findings", "seconds"} <= document.keys()
    assert document["findings"][0] == {
        "rule": "INS-R01",
        "requirement": "INS-R01",
        "severity": "error",
        "location": "/ClinicalDocument/recordTarget[1]/patientRole[1]/id[1]",
        "line": 12,
        "message": "La clé du matricule est fausse.",
        "hint": "Clé = 97 - (NIR mod 97) ; 2A vaut 19, 2B vaut 18.",
        "source": "Référentiel INS, section 9",
        "section": "",
        "fix": None,
    }


def test_a_run_has_the_keys_of_the_command_contract() -> None:
    told = written(run_report())
    assert {"harness", "run", "system", "target", "seed", "scenarios", "score", "maturity"} <= told.keys()
    refused = told["scenarios"][1]
    assert refused["requirements"] == [{"id": "PDSM-65-02", "verdict": "broken"}]
    assert {"id", "verdict", "message", "exchange", "findings"} <= refused["steps"][0].keys()
    assert refused["steps"][0]["exchange"] == "x3"
    assert told["score"]["conformant"] is False


def test_conformance_and_coverage_are_shares_of_musts() -> None:
    """Of four musts two are met, one is broken and one untested; the should that is met is not counted."""
    score = written(run_report())["score"]
    assert score["conformance"] == pytest.approx(2 / 3)
    assert score["coverage"] == pytest.approx(3 / 4)


def test_a_run_without_a_grid_has_no_maturity() -> None:
    assert written(run_report(assessment=None, grid=None))["maturity"] is None


def test_messages_come_in_the_language_asked_for() -> None:
    assert written(check_report(), "en")["documents"][2]["findings"][0]["message"] == "The key of the matricule is wrong."


def test_a_name_that_no_encoding_can_write_is_escaped() -> None:
    hostile = judgement("caf\udce9\x9b31m.xml", DocumentVerdict.FAIL, [finding(location="\u202eevil")])
    text = render(check_report([hostile]), "json")
    text.encode("utf-8")
    assert not {"\x9b", "\u202e", "\udce9"} & set(text)
    assert json.loads(text)["documents"][0]["path"] == "caf\udce9\x9b31m.xml"
