"""A run is on disk as soon as it happens, comes back as it was, and a home that cannot be written is said so."""

from __future__ import annotations

import errno
import fcntl
import hashlib
import os
import resource
import sqlite3
import threading
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from harness import __version__
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
from harness.storage import Store, playing, schema
from harness.storage.contents import Contents
from harness.storage.playing import played_alone
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
    assert (exchange.request_headers, exchange.response_headers) == ({"Content-Type": "a/b"}, {"Content-Type": "c/d"})
    assert record.harness_version == __version__


def test_an_exchange_that_had_no_answer_is_kept_without_one(tmp_path: Path) -> None:
    with recorded(tmp_path, [*events()[:3], replace(events()[3], exchange=replace(EXCHANGE, response=None))]) as store:
        (exchange,) = store.run("run-1").exchanges
    assert (exchange.status, exchange.response_sha256, exchange.response_headers) == (None, None, {})


def test_scenarios_are_told_in_the_order_planned_and_optional_ones_are_counted_apart(tmp_path: Path) -> None:
    run, at = "run-1", AT
    two = replace(RESULT, id="two", level=Level.MAY)
    other = [ScenarioStarted(run, at, "two", TITLE, Level.MAY, False), ScenarioEnded(run, at, two)]
    with recorded(tmp_path, [events()[0], *other, *events()[1:]]) as store:
        assert store.run(run).scenarios == (RESULT, two)
        (head,) = store.runs()
    assert (head.verdicts, head.optional) == ({Verdict.FAIL: 1}, 1)


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
        assert (in_flight.steps, in_flight.seconds) == (((STEP,), STEP.seconds) if kept == 5 else ((), 0))


def test_a_resumed_run_goes_on_in_the_same_record(tmp_path: Path) -> None:
    cut = events()[:5]
    again = [replace(cut[0], resumed=True), *events()[1:]]  # type: ignore[call-arg]
    with recorded(tmp_path, [*cut, *again]) as store:
        record = store.run("run-1")
    assert record.scenarios == (RESULT,)
    assert len(record.exchanges) == 2  # what the first attempt sent stays known
    assert not record.interrupted


def test_a_resumed_run_is_one_that_has_not_ended_and_its_scenario_begins_anew(tmp_path: Path) -> None:
    cut = [*events()[:5], RunEnded("run-1", AT, interrupted=True, reason=TITLE)]
    with recorded(tmp_path, [*cut, replace(events()[0], resumed=True), events()[1]]) as store:  # type: ignore[call-arg]
        record = store.run("run-1")
    assert (record.ended_at, record.reason, record.interrupted) == (None, None, True)
    assert [one.steps for one in record.scenarios] == [()]


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
    of_none = replace(judgement, profile=None, kind="pdf")
    with Store(tmp_path) as store:
        id = store.add_judgements("Ex", [judgement, of_none], AT)
        assert store.run(id).judgements == (judgement, of_none)
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
    answer = b"185057800608491"
    came = replace(CAME, request=replace(CAME.request, body=body), response=Response(422, {}, answer))
    real = telling.exchange(came)
    said = telling.told(replace(STEP, message=Text("pour 185057800608491", "for 185057800608491")))
    run = [*events()[:3], ExchangeCaptured("run-1", AT, "one", "send", real), StepEnded("run-1", AT, "one", said)]
    with recorded(tmp_path, run) as store:
        (exchange,) = store.run("run-1").exchanges
        assert exchange.masked
        assert exchange.request_received_sha256 == hashlib.sha256(body).hexdigest() != exchange.request_sha256
        assert exchange.response_received_sha256 == hashlib.sha256(answer).hexdigest() != exchange.response_sha256
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


def test_who_opens_a_database_that_another_is_making_waits_for_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """SQLite itself does not wait in the statement that changes how it writes."""
    database = tmp_path / "harness.db"
    with closing(sqlite3.connect(database, isolation_level=None, check_same_thread=False)) as making:
        making.execute("BEGIN EXCLUSIVE")
        letting_go = threading.Timer(0.2, making.execute, ["COMMIT"])
        letting_go.start()
        connect(database).close()
        letting_go.join()
    monkeypatch.setattr(schema, "PATIENCE", 0.05)
    (tmp_path / "other").mkdir()
    with closing(sqlite3.connect(tmp_path / "other" / "harness.db", isolation_level=None)) as making:
        making.execute("BEGIN EXCLUSIVE")
        with Store(tmp_path / "other") as store, pytest.raises(UsageError, match="locked") as raised:
            store.run("run-1")
    assert "Wait until it has ended" in raised.value.hint.en


def test_a_home_that_is_not_there_yet_is_made_with_the_folders_above_it(tmp_path: Path) -> None:
    home = tmp_path / "a" / "b"
    with Store(home) as store, store.playing("run-1"):
        store.check_writable()
        assert (home / "playing" / "run-1").exists()
    recorded(tmp_path / "c" / "d", events()).close()


@pytest.mark.parametrize(
    ("said", "advice"),
    [
        ("unable to open database file", "must be a folder"),
        ("attempt to write a readonly database", "must be a folder"),
        ("database or disk is full", "Free some room"),
        ("disk I/O error", "Free some room"),
        ("database is locked", "Wait until"),
        ("file is not a database", "Move this file"),
        ("database disk image is malformed", "Move this file"),
        ("something else", "must be a folder"),
    ],
)
def test_what_the_database_says_is_told_in_french_too_with_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, said: str, advice: str
) -> None:
    def fails(_: Path) -> sqlite3.Connection:
        raise sqlite3.OperationalError(said)

    monkeypatch.setattr("harness.storage.store.connect", fails)
    with pytest.raises(UsageError) as raised:
        recorded(tmp_path, events())
    assert raised.value.message.en == f"{tmp_path / 'harness.db'}: {said}"
    assert (said in raised.value.message.fr) is (said == "something else")
    assert advice in raised.value.hint.en


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


def test_what_can_be_written_holds_a_whole_message_and_nothing_stays_of_the_try(tmp_path: Path) -> None:
    contents = Contents(tmp_path / "not" / "there")
    for _ in range(2):
        contents.check_writable()
    assert [*(tmp_path / "not" / "there").iterdir()] == []
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, hard))  # bytes of a file
    try:
        with pytest.raises(OSError, match="too large"):
            contents.check_writable()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


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
            (tmp_path / "playing" / "r1").unlink()  # it matters to nobody
    assert list((tmp_path / "playing").iterdir()) == []


def test_a_lock_on_what_was_taken_away_meanwhile_is_taken_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lock, locked = fcntl.flock, []

    def flock(file: Any, how: int) -> None:
        lock(file, how)
        locked.append(file)
        if len(locked) < 3:  # taken away, then made again by another
            (tmp_path / "r1").unlink()
        if len(locked) == 2:
            (tmp_path / "r1").touch()

    monkeypatch.setattr(fcntl, "flock", flock)
    with played_alone(tmp_path / "r1"):
        assert len(locked) == 3 and (tmp_path / "r1").samefile(locked[-1].name)
        assert [file.closed for file in locked] == [True, True, False]


def test_where_nothing_tells_who_lives_a_run_is_played(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(playing, "fcntl", None)
    with played_alone(tmp_path / "r1"):
        assert (tmp_path / "r1").exists()


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
    keep, where = Contents.keep, [(), (str(tmp_path / "exchanges"),)]

    def full(self: Contents, data: bytes) -> str:
        if where:
            raise OSError(number, os.strerror(number), *where.pop())
        return keep(self, data)

    monkeypatch.setattr(Contents, "keep", full)
    with Store(tmp_path) as store:
        for event in events()[:3]:
            store.record(event)
        for place in (tmp_path / "exchanges", tmp_path):
            with pytest.raises(UsageError) as raised:
                store.record(events()[3])
            assert raised.value.message.en.startswith(f"{place}: ") and "Free some room" in raised.value.hint.en
        for event in events()[3:]:
            store.record(event)
        assert store.run("run-1").scenarios == (RESULT,)


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
