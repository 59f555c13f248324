"""A run tells what happens in order, judges each step, and always ends."""

from __future__ import annotations

import threading
import time
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from runner_memory import SYSTEM, Played, exchange, make, ok, run, scenario, step

from harness.errors import DataError, ForbiddenProduction, UnreachableSystem, UsageError
from harness.exchange import Reply, Untold
from harness.model import (
    Endpoint,
    Event,
    ExchangeCaptured,
    ExchangeRecord,
    RequirementVerdict,
    Response,
    RunEnded,
    RunRecord,
    RunStarted,
    ScenarioEnded,
    ScenarioResult,
    ScenarioStarted,
    StepEnded,
    StepStarted,
    Text,
    Verdict,
)
from harness.runner import pace
from harness.runner.outcomes import weighed


def verdicts(played: Played) -> list[Verdict]:
    return [event.result.verdict for event in played.of(ScenarioEnded)]


def step_verdicts(played: Played) -> list[Verdict]:
    return [event.result.verdict for event in played.of(StepEnded)]


def requirements(played: Played) -> dict[str, RequirementVerdict]:
    return dict(played.of(ScenarioEnded)[0].result.requirements)


def test_events_come_in_the_order_of_what_happens() -> None:
    played = run([scenario()], [ok()])
    assert [type(event) for event in played.events] == [
        RunStarted,
        ScenarioStarted,
        StepStarted,
        ExchangeCaptured,
        StepEnded,
        ScenarioEnded,
        RunEnded,
    ]
    assert not played.of(RunEnded)[0].interrupted


def test_a_step_passes_when_every_expectation_holds() -> None:
    played = run([scenario()], [ok()])
    assert step_verdicts(played) == [Verdict.PASS] and verdicts(played) == [Verdict.PASS]
    assert requirements(played) == {"R1": RequirementVerdict.MET}


def test_no_event_tells_a_matricule_of_a_real_person_or_a_secret_that_a_message_carried() -> None:
    matricule, token = "185057800608491", "jeton-tres-secret"
    came = exchange(200)
    request = replace(came.request, headers={"Authorization": f"Bearer {token}"})
    carrying = replace(came, request=request, response=Response(200, {}, f"1.2.250.1.213.1.4.8 {matricule} {token}".encode()))
    seen = Reply(carrying, {"seen": f"{matricule} {token} https://bob:s3cr3t@h/"})
    wrong = step("see", "check", arguments={"value": "${steps.a.seen}", "equal": "nothing"})
    played = run([scenario(step("a"), wrong)], [seen])
    told = repr(played.events)
    assert step_verdicts(played) == [Verdict.PASS, Verdict.FAIL]
    assert "185************" in told and "https://***@h/" in told
    assert all(one not in told for one in (matricule, token, "s3cr3t"))
    assert played.of(ScenarioEnded)[0].result.steps == tuple(event.result for event in played.of(StepEnded))


def test_an_expectation_that_does_not_hold_breaks_the_requirements_of_its_step_only() -> None:
    steps = (step("a", requirements=("R1",)), step("b", requirements=("R2",)), step("c", requirements=("R3",)))
    played = run([scenario(*steps, requirements=("R1", "R2", "R3"))], [ok(), ok(status=500), ok()])
    assert step_verdicts(played) == [Verdict.PASS, Verdict.FAIL, Verdict.SKIP]
    assert verdicts(played) == [Verdict.FAIL]
    assert requirements(played) == {
        "R1": RequirementVerdict.MET,
        "R2": RequirementVerdict.BROKEN,
        "R3": RequirementVerdict.UNTESTED,
    }


def _found(*numbers: int) -> list[Any]:
    return [ok({"total": number}) for number in numbers]


def _searching(answers: list[Any], *steps: Any, deadline: float = 30.0, number: int = 1) -> Played:
    return run([scenario(*steps, id=f"s{one}") for one in range(number)], answers, step_deadline=deadline)


@pytest.fixture
def hurried(monkeypatch: pytest.MonkeyPatch) -> tuple[float, ...]:
    delays = (0.01, 0.02, 0.03)
    monkeypatch.setattr(pace, "DELAYS", delays)
    return delays


def test_what_is_not_found_yet_is_asked_again_and_is_said_to_be_late(hurried: tuple[float, ...]) -> None:
    find, at_once = (
        step("find", expect={"found": 1}),
        step("c", "check", arguments={"value": "${steps.find.asked_again}", "equal": 0}),
    )
    played = _searching(_found(0, 0, 1), find, at_once)
    assert step_verdicts(played) == [Verdict.PASS, Verdict.FAIL]
    assert "found only" in played.of(StepEnded)[0].result.message.en
    assert played.of(StepEnded)[1].result.message.en == "steps.find.asked_again: 2 instead of 0."
    assert len(played.of(ExchangeCaptured)) == 3 == len(played.of(StepEnded)[0].result.exchanges)


def test_it_is_asked_again_for_a_later_step_that_weighs_the_answer(hurried: tuple[float, ...]) -> None:
    later = step("c", "check", {"found": 1}, arguments={"reply": "find"}, when={"value": "${steps.find.total}", "at-least": 0})
    assert step_verdicts(_searching(_found(0, 1), step("find"), later)) == [Verdict.PASS, Verdict.PASS]
    elsewhere = replace(later, when={"value": "${steps.find.total}", "at-least": 1})
    assert len(_searching(_found(0, 1), step("find"), elsewhere).client.asked) == 1


def test_nothing_is_waited_for_where_the_answer_holds_or_something_else_is_wrong(hurried: tuple[float, ...]) -> None:
    for wanted, answer in (({"found": 1}, ok({"total": 1})), ({"status": 400}, ok({"total": 0})), ({"found": 1}, ok(status=500))):
        assert len(_searching([answer], step("find", expect=wanted)).client.asked) == 1
    assert len(_searching(_found(0), step("find", expect={"found": 1}), deadline=0.005).client.asked) == 1


def test_a_system_that_finds_nothing_is_waited_for_less_and_less(hurried: tuple[float, ...]) -> None:
    played = _searching(_found(0), step("find", expect={"found": 1}), number=5)
    assert len(played.client.asked) == 5 + 3 + 2 + 1
    assert set(step_verdicts(played)) == {Verdict.FAIL}
    assert [sum(pace.DELAYS[:left]) for left in range(4)] == pytest.approx([0.0, 0.01, 0.03, 0.06])


def test_a_system_that_was_late_once_is_waited_for_as_long_again(hurried: tuple[float, ...]) -> None:
    played = _searching(_found(0, 0, 1, *[0] * 40), step("find", expect={"found": 1}), number=6)
    assert len(played.client.asked) == 6 + 2 + 3 + 4 * 2


def test_a_condition_on_what_is_not_in_an_answer_does_not_hold() -> None:
    within = step("get", when={"value": "${steps.find.resource.extension.0.url}", "equal": "u"})
    for resource in ({}, {"extension": []}, {"extension": [{"url": "v"}]}, None):
        played = run([scenario(step("find"), within)], [ok({"resource": resource})])
        assert step_verdicts(played) == [Verdict.PASS, Verdict.SKIP]
    assert "resource.extension.0.url: v instead of u" not in played.of(StepEnded)[1].result.message.en
    played = run([scenario(step("find"), within)], [ok({"resource": {"extension": [{"url": "v"}]}})])
    assert "(steps.find.resource.extension.0.url: v instead of u)" in played.of(StepEnded)[1].result.message.en


def test_one_reason_why_several_expectations_fail_is_said_once() -> None:
    same = Text("le corps est vide", "the body is empty")
    assert weighed([same, Text("statut 500", "status 500"), same]).message.fr == "le corps est vide ; statut 500."


def test_what_the_system_says_of_several_expectations_is_said_once() -> None:
    says = " Le système dit : « HAPI-0524. Inconnu »."
    status, kind = (Text(f"{words}{says}", f"{words}{says}") for words in ("Statut 400 rendu, 200 attendu.", "Bundle attendu."))
    assert weighed([status, kind]).message.fr == f"Statut 400 rendu, 200 attendu.{says[:-1]} ; Bundle attendu."
    apart = [Text("200 attendu.", "200 expected."), Text("Bundle attendu.", "Bundle expected.")]
    assert weighed(apart).message.fr == "200 attendu ; Bundle attendu."


def test_what_does_not_hold_decides_before_what_is_not_told() -> None:
    wrong, untold = Text("statut 500", "status 500"), Untold(Text("page 2 ailleurs", "page 2 elsewhere"))
    assert (weighed([untold, wrong]).verdict, weighed([untold, wrong]).message.fr) == (Verdict.FAIL, "statut 500.")
    assert (weighed([untold]).verdict, weighed([untold]).message.en) == (Verdict.ERROR, "page 2 elsewhere.")


def test_a_step_said_always_is_played_after_a_failure() -> None:
    played = run([scenario(step("a"), step("b"), step("c", always=True))], [ok(status=500), ok()])
    assert step_verdicts(played) == [Verdict.FAIL, Verdict.SKIP, Verdict.PASS]


def test_a_conditional_step_is_left_out_without_a_word_on_its_requirement() -> None:
    steps = (
        step("find", requirements=("R1",)),
        step("get", requirements=("R2",), when={"value": "${steps.find.total}", "equal": 1}),
    )
    absent = run([scenario(*steps, requirements=("R1", "R2"))], [ok({"total": 0})])
    present = run([scenario(*steps, requirements=("R1", "R2"))], [ok({"total": 1}), ok()])
    assert (verdicts(absent), requirements(absent)["R2"]) == ([Verdict.PASS], RequirementVerdict.UNTESTED)
    assert (verdicts(present), requirements(present)["R2"]) == ([Verdict.PASS], RequirementVerdict.MET)


def test_what_is_asked_of_a_step_that_was_left_out_leaves_out_too() -> None:
    steps = (
        step("find", requirements=("R1",)),
        step("get", requirements=(), when={"value": "${steps.find.total}", "equal": 1}),
        step("again", requirements=("R2",), when={"value": "got ${steps.get.total}", "equal": "got 1"}),
    )
    played = run([scenario(*steps, requirements=("R1", "R2"))], [ok({"total": 0})])
    assert step_verdicts(played) == [Verdict.PASS, Verdict.SKIP, Verdict.SKIP]
    assert (verdicts(played), requirements(played)["R2"]) == ([Verdict.PASS], RequirementVerdict.UNTESTED)


def test_facts_of_an_answer_serve_later_steps() -> None:
    steps = (
        step("a", save={"where": "url"}),
        step("b", arguments={"transaction": "SAY", "url": "${steps.a.urls.1}", "text": "<${saved.where}>", "many": ["${run.id}"]}),
    )
    played = run([scenario(*steps)], [ok({"url": "here", "urls": ["x", "y"]}), ok()])
    assert played.client.asked[1][1] == {"url": "y", "text": "<here>", "many": ["run-1"]}


def test_a_fact_that_no_answer_gave_leaves_the_step_unjudged() -> None:
    played = run([scenario(step("a"), step("b", arguments={"transaction": "SAY", "url": "${steps.a.url}"}))], [ok()])
    assert step_verdicts(played) == [Verdict.PASS, Verdict.ERROR]
    assert "steps.a.url" in played.of(StepEnded)[1].result.message.en


@pytest.mark.parametrize(
    ("comparison", "holds"),
    [
        ({"equal": "y"}, True),
        ({"equal": "z"}, False),
        ({"differ": "z"}, True),
        ({"differ": "y"}, False),
        ({"none-of": ["x", "z"]}, True),
        ({"none-of": ["x", "y"]}, False),
        ({"contain": "y"}, True),
        ({"contain": "yy"}, False),
        ({"among": ["y"]}, False),
        ({"at-least": 1}, False),
    ],
)
def test_a_check_compares_without_asking_the_system(comparison: dict[str, Any], holds: bool) -> None:
    steps = (step("a"), step("b", kind="check", arguments={"value": "${steps.a.fact}", **comparison}))
    played = run([scenario(*steps)], [ok({"fact": "y"})])
    assert step_verdicts(played)[1] is (Verdict.PASS if holds else Verdict.FAIL)
    assert len(played.client.asked) == 1


def test_a_check_may_weigh_an_earlier_answer_for_another_requirement() -> None:
    steps = (
        step("a", expect={}, requirements=("R1",)),
        step("b", kind="check", arguments={"reply": "a"}, expect={"status": 201}, requirements=("R2",)),
    )
    played = run([scenario(*steps, requirements=("R1", "R2"))], [ok()])
    assert requirements(played) == {"R1": RequirementVerdict.MET, "R2": RequirementVerdict.BROKEN}


def test_no_answer_is_an_error_and_a_bad_answer_is_a_failure() -> None:
    silent = run([scenario()], [Reply(exchange(None, "refused"))])
    endless = run([scenario()], [Reply(exchange(200, "never ended"))])
    assert (verdicts(silent), requirements(silent)["R1"]) == ([Verdict.ERROR], RequirementVerdict.UNTESTED)
    assert (verdicts(endless), requirements(endless)["R1"]) == ([Verdict.FAIL], RequirementVerdict.BROKEN)


def test_an_answer_cut_short_by_the_end_of_the_whole_is_not_held_against_the_system() -> None:
    def slow(_: Any) -> Reply:
        time.sleep(0.1)
        return Reply(exchange(200, "not finished"))

    played = run([scenario()], [slow], total_deadline=0.05)
    assert verdicts(played) == [] and played.of(RunEnded)[0].interrupted


def test_a_request_for_authentication_is_no_refusal_and_ends_the_run_with_advice() -> None:
    refusals = [scenario(step(expect={"refused": True}), id=f"s{n}", negative=True) for n in range(5)]
    played = run(refusals, [ok(status=401)])
    assert verdicts(played) == [Verdict.ERROR] * 3
    assert "Give an Authorization header" in played.of(RunEnded)[0].reason.en


def test_a_token_that_is_sent_and_refused_is_to_be_checked() -> None:
    refused = ok(status=401)
    request = replace(refused.exchange.request, headers={"authorization": "Bearer x"})
    played = run([scenario()], [replace(refused, exchange=replace(refused.exchange, request=request))])
    assert "Check its value" in played.of(StepEnded)[0].result.message.en


@pytest.mark.parametrize(
    ("status", "headers", "verdict"),
    [
        (429, {}, Verdict.ERROR),
        (503, {"retry-after": "120"}, Verdict.ERROR),
        (503, {}, Verdict.FAIL),
        (422, {"Retry-After": "120"}, Verdict.PASS),
    ],
)
def test_a_system_that_asks_to_come_back_later_refuses_nothing(status: int, headers: dict[str, str], verdict: Verdict) -> None:
    reply = ok(status=status)
    answer = replace(reply, exchange=replace(reply.exchange, response=Response(status, headers, b"")))
    refusal = scenario(step(expect={"refused": True}), negative=True)
    assert verdicts(run([refusal], [answer])) == [verdict]


@pytest.mark.parametrize(("status", "verdict"), [(503, Verdict.ERROR), (500, Verdict.FAIL)])
def test_a_further_page_that_is_to_be_asked_for_later_is_held_against_nobody(status: int, verdict: Verdict) -> None:
    later = replace(exchange(status), response=Response(status, {"Retry-After": "30"}, b""))
    steps = (step("a", expect={"status": 201}), step("b"))
    played = run([scenario(*steps)], [replace(ok(), others=(exchange(200), later))])
    assert step_verdicts(played) == [verdict, Verdict.SKIP]
    assert len(played.client.asked) == 1


def test_a_request_for_authentication_may_be_what_is_expected() -> None:
    assert verdicts(run([scenario(step(expect={"status": 401}))], [ok(status=401)])) == [Verdict.PASS]


def test_an_expectation_that_is_badly_written_is_told_with_file_and_line() -> None:
    with pytest.raises(DataError) as raised:
        run([scenario(step(expect={"status": "two hundred"}, line=9))], [ok()])
    assert raised.value.line == 9


def test_what_listens_and_cannot_is_not_said_to_be_asked_at_a_line_of_the_scenario() -> None:
    def full(event: Event) -> None:
        if isinstance(event, ExchangeCaptured):
            raise UsageError("no space left on the disk")

    with pytest.raises(UsageError) as raised:
        run([scenario(step(line=9))], [ok()], emit=full)
    assert not isinstance(raised.value, DataError)


def test_a_name_may_be_a_reference_too() -> None:
    played = run([scenario(step(arguments={"transaction": "SAY", "of": {"${run.id}": 1}}))], [ok()])
    assert played.client.asked[0][1] == {"of": {"run-1": 1}}


def test_a_fact_to_be_saved_that_is_not_there_leaves_the_exchange_as_evidence() -> None:
    played = run([scenario(step(save={"where": "location"}))], [ok()])
    result = played.of(StepEnded)[0].result
    assert (result.verdict, result.exchanges) == (Verdict.ERROR, ("x",))


def test_every_exchange_of_a_step_is_told() -> None:
    paged = Reply(exchange(id="page 2"), {}, (exchange(id="page 1"),))
    played = run([scenario()], [paged])
    assert [event.exchange.id for event in played.of(ExchangeCaptured)] == ["page 1", "page 2"]
    assert played.of(StepEnded)[0].result.exchanges == ("page 1", "page 2")


def test_a_run_gives_up_when_nothing_answers() -> None:
    many = [scenario(step("a"), step("b", always=True), id=f"s{n}") for n in range(10)]
    played = run(many, [Reply(exchange(None, "Connexion refusée"))])
    assert verdicts(played) == [Verdict.ERROR] * 3
    assert len(played.client.asked) == 3
    ended = played.of(RunEnded)[0]
    assert ended.interrupted and "Connexion refusée" in ended.reason.fr


def test_a_run_gives_up_when_everything_is_redirected_elsewhere() -> None:
    away = Reply(replace(exchange(302, "redirige ailleurs"), leads_away=True))
    played = run([scenario(step(), id=f"s{number}") for number in range(5)], [away])
    assert verdicts(played) == [Verdict.ERROR] * 3
    assert "redirige ailleurs" in played.of(RunEnded)[0].reason.fr


def test_an_address_elsewhere_that_is_not_called_leaves_its_step_unjudged_and_the_run_going() -> None:
    elsewhere = Reply(exchange(status=None, failure="hors de la cible"), called=False)
    played = run([scenario(step(), id=f"s{number}") for number in range(5)], [elsewhere])
    assert [event.result.verdict for event in played.of(ScenarioEnded)] == [Verdict.ERROR] * 5
    assert not played.of(RunEnded)[0].interrupted


@pytest.mark.parametrize(("status", "verdict"), [(200, Verdict.FAIL), (None, Verdict.ERROR)])
def test_a_step_that_took_all_its_time_names_what_gives_it_more(status: int | None, verdict: Verdict) -> None:
    def slowly(_: Any) -> Reply:
        time.sleep(0.02)
        return Reply(exchange(status, "délai dépassé."))

    for seconds, is_named in ((0.01, True), (30.0, False)):
        result = run([scenario()], [slowly], step_deadline=seconds).of(StepEnded)[0].result
        assert (result.verdict, "--step-deadline" in result.message.fr) == (verdict, is_named)


def test_a_document_out_of_reach_of_a_system_that_answers_keeps_a_run_going() -> None:
    many = [scenario(step("find"), step("retrieve"), id=f"s{number}") for number in range(4)]
    played = run(many, [ok(), Reply(exchange(None, "refused"))] * 4)
    assert verdicts(played) == [Verdict.ERROR] * 4
    assert not played.of(RunEnded)[0].interrupted


def test_one_answer_in_between_keeps_a_run_going() -> None:
    lost = Reply(exchange(None, "refused"))
    played = run([scenario(id=f"s{n}") for n in range(6)], [lost, lost, ok(), UnreachableSystem("no"), lost, ok()])
    assert verdicts(played) == [Verdict.ERROR, Verdict.ERROR, Verdict.PASS, Verdict.ERROR, Verdict.ERROR, Verdict.PASS]
    assert not played.of(RunEnded)[0].interrupted


def test_ctrl_c_ends_the_run_and_keeps_what_was_judged() -> None:
    played = run([scenario(id="a"), scenario(id="b")], [ok(), KeyboardInterrupt()])
    assert verdicts(played) == [Verdict.PASS]
    assert played.of(RunEnded)[0].interrupted


def test_a_stop_asked_from_outside_is_heard_between_two_steps() -> None:
    stop = threading.Event()

    def answer(_: Any) -> Reply:
        stop.set()
        return ok()

    played = run([scenario(step("a"), step("b"))], [answer], stop=stop)
    assert step_verdicts(played) == [Verdict.PASS]
    assert verdicts(played) == [] and played.of(RunEnded)[0].interrupted


def test_a_wait_ends_at_once_when_the_run_is_stopped() -> None:
    stop = threading.Event()
    threading.Timer(0.05, stop.set).start()
    played = run([scenario(step("w", kind="wait", arguments={"seconds": 300}))], [], stop=stop)
    assert played.of(RunEnded)[0].interrupted


def test_each_step_gets_its_deadline_and_no_more_than_what_is_left_of_the_whole() -> None:
    assert run([scenario()], [ok()], step_deadline=5).client.asked[0][2] == 5
    assert run([scenario()], [ok()], step_deadline=5, total_deadline=2).client.asked[0][2] <= 2


def test_a_run_whose_time_is_over_says_so() -> None:
    played = run([scenario()], [ok()], total_deadline=0)
    assert played.client.asked == []
    assert "time" in played.of(RunEnded)[0].reason.en


def documents(played: Played) -> list[str]:
    return [arguments["document"].unique_id for _, arguments, _ in played.client.asked]


def sending(id: str) -> Any:
    return scenario(
        step(arguments={"transaction": "SAY", "document": "${document}"}), id=id, given={"document": {"profile": "cda/vsm"}}
    )


def test_documents_are_fresh_in_every_scenario_and_run_and_the_same_seed_makes_them_again() -> None:
    first = documents(run([sending("a"), sending("b")], [ok()], seed=1))
    again = documents(run([sending("a"), sending("b")], [ok()], seed=1))
    other = documents(run([sending("a"), sending("b")], [ok()], seed=2))
    assert first == again
    assert len({*first, *other}) == 4


def test_profiles_of_the_documents_are_told_with_their_digest() -> None:
    assert run([sending("a")], [ok()]).of(RunStarted)[0].profiles == {"cda/vsm@1": "d" * 64}


def test_several_documents_are_named_by_their_number() -> None:
    given = {"documents": [{"profile": "cda/vsm", "count": 2}, {"profile": "cda/ldl-ses"}]}
    arguments = {"transaction": "SAY", "all": "${documents}", "last": "${documents.2.unique_id}"}
    played = run([scenario(step(arguments=arguments), given=given)], [ok()])
    asked = played.client.asked[0][1]
    assert [one.profile for one in asked["all"]] == ["cda/vsm", "cda/vsm", "cda/ldl-ses"]
    assert asked["last"] == asked["all"][2].unique_id


def test_a_document_with_a_production_ins_is_never_sent() -> None:
    def careless(*given: Any, **said: Any) -> Any:
        document = make(*given, **said)
        document.data = b'<id root="1.2.250.1.213.1.4.8"/>'
        return document

    with pytest.raises(ForbiddenProduction):
        run([sending("a")], [ok()], make=careless)


@pytest.mark.parametrize(
    ("wrong", "line", "word"),
    [
        (scenario(step(arguments={"transaction": "SHUOT"}, line=12)), 12, "SHOUT"),
        (scenario(step(arguments={"transaction": "SAY", "txt": "a"}, line=13)), 13, "text"),
        (scenario(step(arguments={"transaction": "SHOUT"}, line=14)), 14, "a text"),
        (scenario(step(arguments={"transaction": "SHOUT", "txt": "a"}, line=15)), 15, "Did you mean text?"),
        (scenario(step(expect={"statu": 200}, line=7)), 7, "status"),
        (scenario(requirements=("R9",)), 1, "R1"),
        (scenario(given={"patient": "somone"}), 1, "someone"),
        (scenario(given={"patient": "somone"}, lines={"somone": 6}), 6, "someone"),
        (scenario(given={"document": {"profile": "cda/vsm", "story": "somone"}}), 1, "someone"),
    ],
)
def test_what_a_protocol_does_not_know_is_told_with_file_and_line_before_anything_is_sent(wrong: Any, line: int, word: str) -> None:
    with pytest.raises(DataError) as raised:
        run([scenario(), wrong], [ok()])
    assert (raised.value.file, raised.value.line) == ("/data/scenarios/one.yaml", line)
    assert word in raised.value.hint.en


def test_a_document_that_cannot_be_made_is_told_with_the_line_that_asks_for_it() -> None:
    def too_young(*given: Any, **said: Any) -> Any:
        raise UsageError("too young")

    asked = scenario(given={"document": {"profile": "cda/vsm"}}, lines={"cda/vsm": 9})
    with pytest.raises(DataError) as raised:
        run([asked], [ok()], make=too_young)
    assert raised.value.line == 9 and "too young" in raised.value.message.en


def test_an_argument_that_a_transaction_does_not_know_is_told_with_file_and_line() -> None:
    with pytest.raises(DataError) as raised:
        run([scenario(step(line=4))], [UsageError("unknown argument: color")])
    assert raised.value.line == 4


def record(**said: Any) -> RunRecord:
    defaults: dict[str, Any] = {
        "id": "run-1",
        "system": SYSTEM.name,
        "target": SYSTEM.endpoints[0].url,
        "seed": 1,
        "started_at": datetime(2026, 11, 24, tzinfo=UTC),
        "ended_at": None,
        "interrupted": True,
        "planned": ("a", "b", "c", "d"),
        "scenarios": (),
        "exchanges": (),
        "profiles": {},
    }
    return RunRecord(**{**defaults, **said})


def result(id: str, verdict: Verdict) -> ScenarioResult:
    one = scenario()
    return ScenarioResult(id, one.title, one.level, False, verdict, (), {}, (), 0.0)


def test_a_resumed_run_plays_what_was_neither_passed_nor_failed() -> None:
    done = (result("a", Verdict.PASS), result("b", Verdict.FAIL), result("c", Verdict.ERROR))
    played = run([scenario(id=id) for id in "abcd"], [ok()], resume=record(scenarios=done))
    assert [event.scenario for event in played.of(ScenarioStarted)] == ["c", "d"]
    started = played.of(RunStarted)[0]
    assert started.resumed and started.scenarios == ("a", "b", "c", "d") and started.done == 2


def test_a_scenario_played_again_sends_other_documents_than_those_it_may_have_left_behind() -> None:
    first = documents(run([sending("a")], [ok()]))
    sent = ExchangeRecord("x", "a", "say", "memory", "SAY", "POST", "u", 200, "", "", datetime.now(UTC), 0.0, None)
    again = documents(run([sending("a")], [ok()], resume=record(planned=("a",), exchanges=(sent,))))
    assert first != again


def test_nor_those_of_a_scenario_that_was_cut_before_its_exchange_was_kept() -> None:
    first = documents(run([sending("a")], [ok()]))
    begun = result("a", Verdict.ERROR)
    again = documents(run([sending("a")], [ok()], resume=record(planned=("a",), scenarios=(begun,))))
    assert first != again


@pytest.mark.parametrize(
    ("resume", "options"),
    [
        (record(system="Other"), {}),
        (record(target="http://other.example"), {}),
        (record(), {"seed": 2}),
        (record(), {"id": "run-2"}),
        (record(planned=("b",)), {}),
    ],
)
def test_a_run_is_not_resumed_against_something_else(resume: RunRecord, options: dict[str, Any]) -> None:
    with pytest.raises(UsageError):
        run([scenario(id="a")], [ok()], resume=resume, **options)


def test_only_the_protocols_that_are_played_are_connected_to() -> None:
    system = replace(SYSTEM, endpoints=(*SYSTEM.endpoints, Endpoint("carrier-pigeon", "http://x")))
    assert verdicts(run([scenario()], [ok()], system=system)) == [Verdict.PASS]


def test_messages_are_in_both_languages() -> None:
    message = run([scenario()], [ok(status=500)]).of(StepEnded)[0].result.message
    assert message == Text("statut 500.", "status 500.")
