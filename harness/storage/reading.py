"""Rows of the database back to the values of the model."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from harness.model import ExchangeRecord, Judgement, Level, RunRecord, ScenarioResult, StepResult, Text, Verdict
from harness.storage.values import load
from harness.values import dataclass


@dataclass(frozen=True, slots=True)
class RunHead:
    """What a list of runs shows. verdicts: how many scenarios that count ended so."""

    id: str
    system: str
    started_at: datetime
    interrupted: bool
    verdicts: Mapping[Verdict, int]
    optional: int


def read_run(connection: sqlite3.Connection, id: str) -> RunRecord | None:
    row = connection.execute("SELECT * FROM runs WHERE id = ?", (id,)).fetchone()
    if row is None:
        return None
    exchanges = connection.execute("SELECT record FROM exchanges WHERE run = ? ORDER BY position", (id,)).fetchall()
    judgements = connection.execute("SELECT judgement FROM judgements WHERE run = ? ORDER BY position", (id,)).fetchall()
    return RunRecord(
        id=row["id"],
        system=row["system"],
        target=row["target"],
        seed=row["seed"],
        started_at=datetime.fromisoformat(row["started_at"]),
        ended_at=datetime.fromisoformat(row["ended_at"]) if row["ended_at"] else None,
        interrupted=_was_cut(row),
        planned=_planned(row),
        scenarios=_scenarios(connection, row),
        exchanges=tuple(load(ExchangeRecord, one["record"]) for one in exchanges),
        profiles=load(dict[str, str], row["profiles"]),
        judgements=tuple(load(Judgement, one["judgement"]) for one in judgements),
        harness_version=row["harness_version"],
        reason=load(Text, row["reason"]) if row["reason"] else None,
    )


def read_heads(connection: sqlite3.Connection, system: str | None) -> list[RunHead]:
    """system: None for all; the last one begun first."""
    rows = connection.execute("SELECT * FROM runs ORDER BY started_at DESC, rowid DESC").fetchall()
    return [_head(connection, row) for row in rows if system in (None, row["system"])]


def _head(connection: sqlite3.Connection, row: sqlite3.Row) -> RunHead:
    scenarios = _scenarios(connection, row)
    counted = [scenario.verdict for scenario in scenarios if scenario.level is not Level.MAY]
    return RunHead(
        id=row["id"],
        system=row["system"],
        started_at=datetime.fromisoformat(row["started_at"]),
        interrupted=_was_cut(row),
        verdicts=Counter(counted),
        optional=len(scenarios) - len(counted),
    )


def _scenarios(connection: sqlite3.Connection, row: sqlite3.Row) -> tuple[ScenarioResult, ...]:
    """In the order planned. One that has not ended has verdict `error` and the steps that it had ended."""
    rows = connection.execute("SELECT * FROM scenarios WHERE run = ? ORDER BY rowid", (row["id"],)).fetchall()
    order = {id: position for position, id in enumerate(_planned(row))}
    rows.sort(key=lambda one: order.get(one["id"], len(order)))
    return tuple(load(ScenarioResult, one["result"]) if one["result"] else _in_flight(connection, one) for one in rows)


def _in_flight(connection: sqlite3.Connection, row: sqlite3.Row) -> ScenarioResult:
    rows = connection.execute(
        "SELECT result FROM steps WHERE run = ? AND scenario = ? ORDER BY position", (row["run"], row["id"])
    ).fetchall()
    steps: tuple[StepResult, ...] = tuple(load(StepResult, one["result"]) for one in rows)
    begun: ScenarioResult = load(ScenarioResult, row["begun"])
    return replace(begun, steps=steps, seconds=sum(step.seconds for step in steps))


def _planned(row: sqlite3.Row) -> tuple[str, ...]:
    planned: tuple[str, ...] = load(tuple[str, ...], row["planned"])
    return planned


def _was_cut(row: sqlite3.Row) -> bool:
    return bool(row["interrupted"]) or row["ended_at"] is None
