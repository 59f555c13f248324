"""What a run and judged documents prove."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

import pytest

from harness.errors import DataError
from harness.library import Library, reading
from harness.library.proofs import FILE, document_proofs
from harness.model import (
    DocumentProof,
    DocumentVerdict,
    Finding,
    Judgement,
    Level,
    RequirementVerdict,
    RunRecord,
    Scenario,
    ScenarioResult,
    Severity,
    Text,
    Verdict,
)
from harness.scoring import automatic_evidence

NOW = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
MET, BROKEN, NOT_APPLICABLE = RequirementVerdict.MET, RequirementVerdict.BROKEN, RequirementVerdict.NOT_APPLICABLE


def scenario(id: str, *proves: str, level: Level = Level.MUST, protocol: str = "pdsm") -> Scenario:
    return Scenario(id, Text(id, id), protocol, level, (), {}, {}, (), proves=proves)


def played(id: str, verdict: Verdict) -> ScenarioResult:
    return ScenarioResult(id, Text(id, id), Level.MUST, False, verdict, (), {}, (), 0.0)


def run(*results: ScenarioResult, judgements: tuple[Judgement, ...] = ()) -> RunRecord:
    return RunRecord("run-1", "S", "", 1, NOW, NOW, False, (), results, (), {}, judgements)


def judged(
    path: str, verdict: DocumentVerdict, *findings: Finding, profile: str | None = "cda/vsm@2022.01", met: tuple[str, ...] = ()
) -> Judgement:
    verdicts = dict.fromkeys(met, MET) | {finding.requirement: BROKEN for finding in findings}
    return Judgement(path, "cda", profile, "", False, verdict, (), findings, 0.0, "", verdicts)


def finding(rule: str, severity: Severity, requirement: str = "") -> Finding:
    return Finding(rule, requirement or rule, severity, "", 0, Text("", ""), Text("", ""), "")


def outcomes(record: RunRecord, scenarios: list[Scenario], *proofs: DocumentProof) -> dict[str, bool]:
    return {piece.kind: piece.passed for piece in automatic_evidence(record, scenarios, proofs)}


TWO = [scenario("publish", "mhd", "tls.suites"), scenario("find", "mhd")]


@pytest.mark.parametrize(
    ("results", "expected"),
    [
        ((played("publish", Verdict.PASS), played("find", Verdict.PASS)), {"mhd": True, "tls.suites": True}),
        ((played("publish", Verdict.PASS), played("find", Verdict.FAIL)), {"mhd": False, "tls.suites": True}),
        ((played("publish", Verdict.PASS),), {"tls.suites": True}),  # a scenario was not played: nothing is known of mhd
        ((played("publish", Verdict.PASS), played("find", Verdict.ERROR)), {"tls.suites": True}),
        ((played("publish", Verdict.PASS), played("find", Verdict.SKIP)), {"tls.suites": True}),
        ((played("find", Verdict.FAIL),), {"mhd": False}),
        ((), {}),
    ],
)
def test_a_kind_is_proved_by_all_its_scenarios_and_refuted_by_one(
    results: tuple[ScenarioResult, ...], expected: dict[str, bool]
) -> None:
    assert outcomes(run(*results), TWO) == expected


def test_a_may_scenario_neither_proves_nor_refutes() -> None:
    scenarios = [scenario("publish", "mhd"), scenario("extra", "mhd", "kos", level=Level.MAY)]
    assert outcomes(run(played("publish", Verdict.PASS), played("extra", Verdict.FAIL)), scenarios) == {"mhd": True}


def test_the_scenarios_of_one_protocol_are_enough() -> None:
    scenarios = [scenario("by-pdsm", "ins.receive"), scenario("by-mllp", "ins.receive", protocol="mllp")]
    assert outcomes(run(played("by-pdsm", Verdict.PASS)), scenarios) == {"ins.receive": True}
    both = run(played("by-pdsm", Verdict.PASS), played("by-mllp", Verdict.FAIL))
    assert outcomes(both, scenarios) == {"ins.receive": False}
    assert [piece.reference for piece in automatic_evidence(both, scenarios, ())] == ["by-mllp"]  # what refutes it


@pytest.mark.parametrize("verdict", [Verdict.PASS, Verdict.FAIL])
def test_evidence_names_all_the_scenarios_it_comes_from(verdict: Verdict) -> None:
    (piece, *_) = automatic_evidence(run(played("publish", verdict), played("find", verdict)), TWO, ())
    assert (piece.kind, piece.reference) == ("mhd", "publish, find")


@pytest.mark.parametrize("ended", [NOW + timedelta(hours=1), None])
def test_evidence_is_of_the_end_of_its_run_or_of_its_beginning_where_it_did_not_end(ended: datetime | None) -> None:
    record = replace(run(played("publish", Verdict.PASS)), ended_at=ended)
    assert [piece.at for piece in automatic_evidence(record, [scenario("publish", "mhd")], ())] == [ended or NOW]


def test_evidence_leads_to_its_run_day_and_scenarios() -> None:
    (piece,) = automatic_evidence(run(played("publish", Verdict.FAIL), played("find", Verdict.PASS)), TWO[:1], (), UTC)[:1]
    assert (piece.kind, piece.run, piece.on, piece.at, piece.reference) == ("mhd", "run-1", date(2026, 11, 24), NOW, "publish")


def test_the_day_of_a_run_is_told_where_the_assessment_is_read() -> None:
    evening_in_cayenne = datetime(2026, 11, 25, 1, 0, tzinfo=UTC)
    record = replace(run(played("publish", Verdict.PASS)), ended_at=evening_in_cayenne)
    (piece,) = automatic_evidence(record, [scenario("publish", "mhd")], (), timezone(timedelta(hours=-3)))
    assert piece.on == date(2026, 11, 24)


# ------------------------------------------------------------------ documents

WHOLE = DocumentProof("cda.schematron", ("cda",), whole=True, general_profiles=("cda/header@*",), rules=("*",))
KEY = DocumentProof("ins.matricule", ("cda",), requirements=("INS-R01", "INS-R02"))


@pytest.mark.parametrize(
    ("judgements", "expected"),
    [
        ([judged("a", DocumentVerdict.PASS)], {"cda.schematron": True}),
        ([judged("a", DocumentVerdict.PASS, finding("x.label", Severity.WARNING))], {"cda.schematron": True}),
        ([judged("a", DocumentVerdict.PARTIAL)], {}),
        ([judged("a", DocumentVerdict.PASS, profile="cda/header@2017.12")], {}),
        (
            [judged("a", DocumentVerdict.PASS), judged("b", DocumentVerdict.FAIL, finding("x.card", Severity.ERROR))],
            {"cda.schematron": False},
        ),
        ([judged("a", DocumentVerdict.ERROR)], {}),
        ([judged("a", DocumentVerdict.PASS, profile=None)], {}),
    ],
)
def test_a_document_judged_whole_without_error_proves_its_kind(judgements: list[Judgement], expected: dict[str, bool]) -> None:
    assert outcomes(run(judgements=tuple(judgements)), [], WHOLE) == expected


@pytest.mark.parametrize(
    ("judgements", "expected"),
    [
        ([judged("a", DocumentVerdict.PARTIAL, met=("INS-R01", "INS-R02"))], {"ins.matricule": True}),
        (
            [judged("a", DocumentVerdict.PARTIAL, met=("INS-R01",)), judged("b", DocumentVerdict.PASS, met=("INS-R02",))],
            {"ins.matricule": True},
        ),
        ([judged("a", DocumentVerdict.PASS, met=("INS-R02",))], {}),  # the key was never judged
        ([replace(judged("a", DocumentVerdict.PASS), requirements=dict.fromkeys(KEY.requirements, NOT_APPLICABLE))], {}),
        (
            [
                judged("a", DocumentVerdict.PASS, met=KEY.requirements),
                judged("b", DocumentVerdict.PASS, finding("INS-R01", Severity.WARNING)),
            ],
            {},
        ),
        ([judged("a", DocumentVerdict.PASS, finding("INS-R01", Severity.WARNING), met=("INS-R02",))], {}),  # a wrong key, in test
        ([judged("a", DocumentVerdict.PASS, finding("INS-R01", Severity.INFO), met=("INS-R02",))], {"ins.matricule": True}),
        ([judged("a", DocumentVerdict.FAIL, finding("INS-R01", Severity.ERROR), met=("INS-R02",))], {"ins.matricule": False}),
        (
            [judged("a", DocumentVerdict.FAIL, finding("OTHER", Severity.ERROR), met=("INS-R01", "INS-R02"))],
            {"ins.matricule": True},
        ),
    ],
)
def test_requirements_prove_a_kind_when_each_was_judged_and_none_broken(
    judgements: list[Judgement], expected: dict[str, bool]
) -> None:
    assert outcomes(run(judgements=tuple(judgements)), [], KEY) == expected


def test_documents_that_prove_a_kind_are_named_and_the_others_are_not() -> None:
    told = (("a", KEY.requirements), ("b", ()), ("c", ("INS-R02",)))
    record = run(judgements=tuple(judged(path, DocumentVerdict.PASS, met=met) for path, met in told))
    assert [piece.reference for piece in automatic_evidence(record, [], [KEY])] == ["a, c"]


def test_a_document_of_another_kind_says_nothing() -> None:
    proof = DocumentProof("fhir.validate", ("fhir",), rules=("*",))
    assert outcomes(run(judgements=(judged("a", DocumentVerdict.PASS),)), [], proof) == {}


def test_documents_speak_volet_by_volet_and_beside_scenarios() -> None:
    record = run(
        played("publish", Verdict.PASS),
        judgements=(
            judged("a", DocumentVerdict.FAIL, finding("x", Severity.ERROR)),
            judged("b", DocumentVerdict.PASS, profile="cda/ldl-ses@2022.01"),
        ),
    )
    pieces = automatic_evidence(record, [scenario("publish", "cda.schematron")], [WHOLE])
    assert {(piece.profile, piece.passed, piece.reference) for piece in pieces} == {
        ("", True, "publish"),
        ("cda/vsm", False, "a"),
        ("cda/ldl-ses", True, "b"),
    }


def test_an_error_in_a_document_of_a_volet_that_is_not_judged_refutes_nothing() -> None:
    header_only = replace(judged("a", DocumentVerdict.FAIL, finding("x", Severity.ERROR)), not_judged=(Text("corps", "body"),))
    assert outcomes(run(judgements=(header_only,)), [], WHOLE) == {}


def test_our_mapping_names_kinds_of_the_grid_and_requirements_that_exist() -> None:
    library = Library.open()
    proofs = document_proofs(library)
    assert {proof.kind for proof in proofs} <= set(library.grid().automatic_kinds)
    assert {"cda.schematron", "cda.terminology", "ins.matricule", "ins.traits", "ins.cross", "actor.ids"} <= {
        proof.kind for proof in proofs
    }
    known = library.requirements()
    assert [name for proof in proofs for name in proof.requirements if name not in known] == []


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("kind: ins.traits", "kind: ins.trais", "unknown kind of evidence 'ins.trais'"),
        ('"cda/header@*"', '"cda/haeder@*"', "no profile is called 'cda/haeder@*'"),
        ("INS-R08", "INS-R0B", "unknown requirement 'INS-R0B'"),
    ],
)
def test_a_name_that_nothing_bears_would_prove_nothing_unsaid(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, before: str, after: str, said: str
) -> None:
    library = Library.open()
    mine = tmp_path / "evidence.yaml"
    mine.write_text(library.path(FILE).read_text("utf-8").replace(before, after), "utf-8")
    monkeypatch.setattr(library, "data", lambda name: reading.read(mine.read_bytes(), name))
    monkeypatch.setattr(library, "path", lambda _: mine)
    with pytest.raises(DataError) as refused:
        document_proofs(library)
    assert said in refused.value.message.en
    assert after in mine.read_text("utf-8").splitlines()[(refused.value.line or 0) - 1]
