"""A run is on disk as soon as it happens, comes back as it was, and a home that cannot be written is said so."""

from __future__ import annotations

import errno
import os
import sqlite3
import threading
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from harness.errors import UsageError
from harness.model import (
    DocumentVerdict,
    Event,
    Excerpt,
    Exchange,
    ExchangeCaptured,
    Finding,
    Fix,
    Judgement,
    Level,
    Replacement,
    Request,
    RequirementVerdict,
    Response,
    RunEnded,
    RunStarted,
    ScenarioEnded,
    ScenarioResult,
    ScenarioStarted,
    Severity,
    StepEnded,
    StepResult,
    StepStarted,
    Text,
    Verdict,
)
from harness.storage import Store
from harness.storage.contents import Contents
from harness.storage.schema import MIGRATIONS, connect
from harness.storage.values import dump, load
from harness.telling import Telling

AT = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
FIX = Fix(Text("Écrire x.", "Write x."), (Replacement(3, 1, 3, 2, "x"),))
TITLE = Text("Déposer", "Submit")
FINDING = Finding(
    "R", "REQ", Severity.WARNING, "/a/b", 3, TITLE, Text("", ""), "CI-SIS", fix=FIX, excerpt=Excerpt(2, ("<a>", "<b/>"))
)
STEP = StepResult("send", Verdict.FAIL, TITLE, ("x1",), ("REQ",), (FINDING,), 0.25)
RESULT = ScenarioResult("one", TITLE, Level.SHOULD, True, Verdict.FAIL, (STEP,), {"REQ": RequirementVerdict.BROKEN}, ("mhd",), 0.5)
CAME = Exchange(
    "x1",
    "pdsm",
    "ITI-65",
    Request("POST", "http://host/fhir", {"Content-Type": "a/b"}, b"question"),
    Response(422, {"Content-Type": "c/d"}, b"answer"),
    AT,
    0.1,
)
EXCHANGE = Telling().exchange(CAME)


def events(run: str = "run-1", system: str = "Ex", at: datetime = AT) -> list[Event]:
    return [
        RunStarted(run, at, system, "http://host/fhir", 42, ("one", "two"), {"cda/vsm@1": "d" * 64}),
        ScenarioStarted(run, at, "one", TITLE, Level.SHOULD, True),
        StepStarted(run, at, "one", "send"),
        ExchangeCaptured(run, at, "one", "send", EXCHANGE),
        StepEnded(run, at, "one", STEP),
        ScenarioEnded(run, at, RESULT),
        RunEnded(run, at + timedelta(seconds=9), interrupted=False),
    ]


def recorded(home: Path, some: list[Event]) -> Store:
    store = Store(home)
    try:
        for event in some:
            store.record(event)
    except BaseException:
        store.close()
        raise
    return store


def test_a_run_comes_back_as_it_was(tmp_path: Path) -> None:
    recorded(tmp_path, events()).close()
    with Store(tmp_path) as store:
        record = store.run("run-1")
    assert (record.system, record.target, record.seed, record.planned) == ("Ex", "http://host/fhir", 42, ("one", "two"))
    assert record.scenarios == (RESULT,)
    assert (record.started_at, record.ended_at, record.interrupted) == (AT, AT + timedelta(seconds=9), False)
    assert record.profiles == {"cda/vsm@1": "d" * 64}
    (exchange,) = record.exchanges
    assert (exchange.status, exchange.scenario, exchange.step, exchange.masked) == (422, "one", "send", False)
    assert exchange.request_headers == {"Content-Type": "a/b"}


def test_messages_are_kept_once_under_their_digest(tmp_path: Path) -> None:
    with recorded(tmp_path, events()) as store:
        (exchange,) = store.run("run-1").exchanges
        assert store.bytes_of(exchange.request_sha256) == b"question"
        assert store.bytes_of(exchange.response_sha256 or "") == b"answer"
        sha256 = exchange.request_sha256
    assert (tmp_path / "exchanges" / sha256[:2] / sha256).read_bytes() == b"question"


def test_an_altered_message_is_not_given_as_evidence(tmp_path: Path) -> None:
    with recorded(tmp_path, events()) as store:
        sha256 = store.run("run-1").exchanges[0].request_sha256
        (tmp_path / "exchanges" / sha256[:2] / sha256).write_bytes(b"other")
        with pytest.raises(UsageError, match="altered"):
            store.bytes_of(sha256)
        with pytest.raises(UsageError, match="no message"):
            store.bytes_of("0" * 64)


@pytest.mark.parametrize("kept", range(1, 8))
def test_a_run_cut_after_any_event_keeps_every_event_before(tmp_path: Path, kept: int) -> None:
    recorded(tmp_path, events()[:kept]).close()
    with Store(tmp_path) as store:
        record = store.run("run-1")
    assert record.interrupted == (kept < 7)
    assert len(record.exchanges) == (kept >= 4)
    if 2 <= kept < 6:
        (in_flight,) = record.scenarios
        assert (in_flight.verdict, in_flight.level, in_flight.negative) == (Verdict.ERROR, Level.SHOULD, True)
        assert in_flight.steps == ((STEP,) if kept == 5 else ())


def test_a_resumed_run_goes_on_in_the_same_record(tmp_path: Path) -> None:
    cut = events()[:5]
    again = [replace(cut[0], resumed=True), *events()[1:]]  # type: ignore[call-arg]
    with recorded(tmp_path, [*cut, *again]) as store:
        record = store.run("run-1")
    assert record.scenarios == (RESULT,)
    assert len(record.exchanges) == 2  # what the first attempt sent stays known
    assert not record.interrupted


def test_an_optional_scenario_is_listed_apart_however_it_ended(tmp_path: Path) -> None:
    optional = [
        replace(one, result=replace(RESULT, level=Level.MAY)) if isinstance(one, ScenarioEnded) else one for one in events()
    ]
    with recorded(tmp_path, optional) as store:
        (head,) = store.runs()
    assert (head.verdicts, head.optional) == ({}, 1)


def test_runs_are_listed_last_first_with_how_their_scenarios_ended(tmp_path: Path) -> None:
    with recorded(tmp_path, [*events(), *events("run-2", "Other", AT + timedelta(days=1))[:2]]) as store:
        heads = store.runs()
        assert [(head.id, head.verdicts) for head in heads] == [("run-2", {Verdict.ERROR: 1}), ("run-1", {Verdict.FAIL: 1})]
        assert [head.id for head in store.runs("Ex")] == ["run-1"]
        assert store.runs("Nobody") == []


def test_why_a_run_ended_early_is_kept(tmp_path: Path) -> None:
    with recorded(tmp_path, [events()[0], RunEnded("run-1", AT, interrupted=True, reason=TITLE)]) as store:
        assert store.runs()[0].interrupted
        assert store.run("run-1").interrupted and store.run("run-1").reason == TITLE


def test_judgements_of_documents_are_kept_as_a_check_of_the_system(tmp_path: Path) -> None:
    judgement = Judgement(
        "a.xml", "cda", "cda/vsm@1", "d" * 64, True, DocumentVerdict.PARTIAL, (TITLE,), (FINDING,), 0.01, "a" * 64,
        {"REQ": RequirementVerdict.MET},
    )  # fmt: skip
    with Store(tmp_path) as store:
        id = store.add_judgements("Ex", [judgement], AT)
        assert store.run(id).judgements == (judgement,)
        assert store.run(id).profiles == {"cda/vsm@1": "d" * 64}
        assert [head.id for head in store.runs("Ex")] == [id]


def test_an_unknown_run_is_an_error_that_says_how_to_list_them(tmp_path: Path) -> None:
    with Store(tmp_path) as store, pytest.raises(UsageError) as raised:
        store.run("nope")
    assert "runs list" in raised.value.hint.fr


def test_reading_creates_nothing(tmp_path: Path) -> None:
    home = tmp_path / "absent"
    with Store(home) as store:
        assert store.runs() == []
    assert not home.exists()


def test_a_real_matricule_is_masked_on_disk_and_both_digests_are_known(tmp_path: Path) -> None:
    body = b'<id root="1.2.250.1.213.1.4.8" extension="185057800608491"/>'
    telling = Telling()
    real = telling.exchange(replace(CAME, request=replace(CAME.request, body=body)))
    said = telling.told(replace(STEP, message=Text("pour 185057800608491", "for 185057800608491")))
    run = [*events()[:3], ExchangeCaptured("run-1", AT, "one", "send", real), StepEnded("run-1", AT, "one", said)]
    with recorded(tmp_path, run) as store:
        (exchange,) = store.run("run-1").exchanges
        assert exchange.masked
        assert exchange.request_received_sha256 not in ("", exchange.request_sha256)
        assert exchange.response_received_sha256 == ""
        assert store.run("run-1").scenarios[0].steps[0].message.fr == "pour 185************"
    for file in (file for file in tmp_path.rglob("*") if file.is_file()):
        assert b"057800608491" not in file.read_bytes(), file


def test_several_runs_are_recorded_at_once(tmp_path: Path) -> None:
    runs = [f"run-{number}" for number in range(6)]
    threads = [threading.Thread(target=lambda run=run: recorded(tmp_path, events(run)).close()) for run in runs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with Store(tmp_path) as store:
        assert sorted(head.id for head in store.runs()) == runs
        assert all(store.run(run).scenarios == (RESULT,) for run in runs)


def test_many_may_open_a_new_database_at_the_same_moment(tmp_path: Path) -> None:
    failures: list[sqlite3.Error] = []

    def opened(database: Path, together: threading.Barrier) -> None:
        together.wait()
        try:
            connect(database).close()
        except sqlite3.Error as error:
            failures.append(error)

    for attempt in range(60):  # one in twenty-five failed where the change to WAL was not tried again
        together = threading.Barrier(8)
        threads = [threading.Thread(target=opened, args=(tmp_path / f"{attempt}.db", together)) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert not failures


def test_a_home_that_is_a_file_is_a_clear_error(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.write_text("")
    with pytest.raises(UsageError) as raised:
        recorded(home, events())
    assert "HARNESS_HOME" in raised.value.hint.en


def test_a_home_that_cannot_be_written_is_said_before_a_run(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    (tmp_path / "exchanges").write_text("")
    for home in (tmp_path / "file", tmp_path):
        with Store(home) as store, pytest.raises(UsageError) as raised:
            store.check_writable()
        assert "HARNESS_HOME" in raised.value.hint.en


def test_a_run_is_played_by_one_at_a_time(tmp_path: Path) -> None:
    with Store(tmp_path) as one, Store(tmp_path) as other:
        with (
            one.playing("r1"),
            other.playing("r2"),
            pytest.raises(UsageError, match="run r1 is being played by another process"),
            other.playing("r1"),
        ):
            pass
        with other.playing("r1"):
            pass
    assert list((tmp_path / "playing").iterdir()) == []


def test_a_database_that_is_none_is_a_clear_error(tmp_path: Path) -> None:
    (tmp_path / "harness.db").write_bytes(b"not a database, by far" * 100)
    with pytest.raises(UsageError, match="not a database") as raised:
        recorded(tmp_path, events())
    assert "Move this file away" in raised.value.hint.en


def test_a_full_disk_is_a_clear_error_and_what_was_written_stays(tmp_path: Path) -> None:
    store = recorded(tmp_path, events()[:6])
    assert store._connection is not None
    pages = store._connection.execute("PRAGMA page_count").fetchone()[0]
    store._connection.execute(f"PRAGMA max_page_count = {pages}")
    long = Text("x" * 1_000_000, "x")
    with pytest.raises(UsageError, match="full") as raised:
        store.record(RunEnded("run-1", AT, interrupted=True, reason=long))
    assert "Free some room" in raised.value.hint.en
    assert store.run("run-1").scenarios == (RESULT,)
    store.close()


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EFBIG])
def test_a_message_that_no_longer_fits_on_the_disk_is_told_with_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    def full(self: Contents, data: bytes) -> str:
        raise OSError(number, os.strerror(number), str(tmp_path))

    monkeypatch.setattr(Contents, "keep", full)
    with pytest.raises(UsageError) as raised:
        recorded(tmp_path, events())
    assert str(tmp_path) in raised.value.message.en and "Free some room" in raised.value.hint.en


def test_a_database_of_a_newer_harness_is_left_alone(tmp_path: Path) -> None:
    recorded(tmp_path, events()).close()
    with sqlite3.connect(tmp_path / "harness.db") as connection:
        connection.execute("INSERT INTO migrations (version) VALUES (?)", (len(MIGRATIONS) + 1,))
    connection.close()
    with Store(tmp_path) as store, pytest.raises(UsageError, match="newer version"):
        store.run("run-1")


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (ScenarioResult, RESULT),
        (Text | None, None),
        (Text | None, TITLE),
        (tuple[str, ...], ("a", "b")),
        (dict[str, RequirementVerdict], {"a": RequirementVerdict.MET}),
        (date, date(2026, 11, 24)),
        (datetime, AT),
    ],
)
def test_what_is_written_is_read_with_the_same_type(kind: Any, value: Any) -> None:
    assert load(kind, dump(value)) == value
