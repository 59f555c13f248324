"""What commands print for a person is in the language asked for: no word of the code's own enumerations."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from importlib import resources
from pathlib import Path

import pytest
from commands import printed

from harness.cli.listen import _Log
from harness.model import (
    Exchange,
    ExchangeCaptured,
    Finding,
    Level,
    Request,
    RequirementVerdict,
    Response,
    RunStarted,
    ScenarioEnded,
    ScenarioResult,
    ScenarioStarted,
    Severity,
    StepResult,
    Text,
    Verdict,
)
from harness.reporting import wording
from harness.storage import Store
from harness.telling import Telling

AT = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
TITLE = Text("Déposer", "Submit")
SENT = Telling().exchange(
    Exchange("x1", "pdsm", "ITI-65", Request("POST", "http://h/f", {}, b"q"), Response(422, {}, b"a"), AT, 0.1)
)
BROKEN = Finding("R", "PDSM-ITI65-01", Severity.ERROR, "/a", 3, TITLE, Text("", ""), "CI-SIS")
RAW = re.compile(r"(?<![\w:.-])(?:pass|fail|error|warning|skip|must|should|may|request|response|final-text)(?![\w:-])")


@pytest.fixture
def run(home: Path) -> str:
    """The id of a run that is kept, with a step that failed."""
    step = StepResult("send", Verdict.FAIL, TITLE, ("x1",), ("PDSM-ITI65-01",), (), 0.1)
    verdicts = {"PDSM-ITI65-01": RequirementVerdict.BROKEN}
    result = ScenarioResult("one", TITLE, Level.MUST, False, Verdict.FAIL, (step,), verdicts, (), 0.1)
    with Store(home) as store:
        store.record(RunStarted("r1", AT, "a system", "http://h", 1, ("one",), {}))
        store.record(ScenarioStarted("r1", AT, "one", TITLE))
        store.record(ExchangeCaptured("r1", AT, "one", "send", SENT))
        store.record(ScenarioEnded("r1", AT, result))
    return "r1"


def test_the_evidence_of_a_requirement_is_told_in_words(run: str) -> None:
    shown = printed("runs", "show", run, "PDSM-ITI65-01")
    assert "[obligatoire]" in shown and "échoué" in shown and "demande sha256" in shown and "réponse sha256" in shown
    assert not RAW.search(shown)
    assert {"[must]", "request", "response"} <= set(printed("runs", "show", run, "PDSM-ITI65-01", "--lang", "en").split())


def test_what_a_simulator_receives_is_told_in_words(capsys: pytest.CaptureFixture[str]) -> None:
    for verdict in Verdict:
        _Log("fr", None).told(SENT, verdict, (BROKEN,))
    told = capsys.readouterr().out
    assert "échoué     ITI-65   POST 422\n      erreur R Déposer\n" in told
    assert not RAW.search(told)


@pytest.mark.parametrize(
    "asking", ["scenarios list", "scenarios show pdsm-iti65-publish-vsm", "profiles list", "profiles show cda/vsm"]
)
def test_levels_and_statuses_are_told_in_words(asking: str) -> None:
    assert not RAW.search(printed(*asking.split()))


def test_every_status_that_a_profile_may_have_has_its_words() -> None:
    schema = json.loads(resources.files("harness.library").joinpath("schemas/profile.json").read_bytes())
    assert set(wording.PROFILE_STATUSES) == set(schema["properties"]["status"]["enum"])
