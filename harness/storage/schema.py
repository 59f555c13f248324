"""The SQLite database of HARNESS_HOME: how it is opened, and the migrations that bring it to the shape this version knows."""

from __future__ import annotations

import sqlite3
import time
from pathlib import Path

from harness.errors import UsageError
from harness.model import Text

PATIENCE = 30.0
"""Seconds that a statement waits for another process to let the database go."""

MIGRATIONS = (
    """
    CREATE TABLE runs (
        id TEXT PRIMARY KEY,
        kind TEXT NOT NULL CHECK (kind IN ('run', 'check')),
        system TEXT NOT NULL,
        target TEXT NOT NULL,
        seed INTEGER NOT NULL,
        started_at TEXT NOT NULL,
        ended_at TEXT,
        interrupted INTEGER NOT NULL DEFAULT 0,
        reason TEXT,
        planned TEXT NOT NULL,
        profiles TEXT NOT NULL,
        harness_version TEXT NOT NULL
    );
    CREATE INDEX runs_of_a_system ON runs (system, started_at);
    CREATE TABLE scenarios (
        run TEXT NOT NULL REFERENCES runs,
        id TEXT NOT NULL,
        begun TEXT NOT NULL,
        result TEXT,
        PRIMARY KEY (run, id)
    );
    CREATE TABLE steps (
        run TEXT NOT NULL REFERENCES runs,
        scenario TEXT NOT NULL,
        position INTEGER NOT NULL,
        result TEXT NOT NULL,
        PRIMARY KEY (run, scenario, position)
    );
    CREATE TABLE exchanges (
        position INTEGER PRIMARY KEY,
        run TEXT NOT NULL REFERENCES runs,
        id TEXT NOT NULL,
        record TEXT NOT NULL
    );
    CREATE INDEX exchanges_of_a_run ON exchanges (run);
    CREATE TABLE judgements (
        position INTEGER PRIMARY KEY,
        run TEXT NOT NULL REFERENCES runs,
        judgement TEXT NOT NULL
    );
    CREATE INDEX judgements_of_a_run ON judgements (run);
    """,
)


def connect(path: Path) -> sqlite3.Connection:
    """An open database of the shape this version knows; made when absent. Every statement outside BEGIN commits at once.

    Raises sqlite3.Error, and UsageError when a newer version of the harness made the database.
    """
    connection = sqlite3.connect(path, timeout=PATIENCE, isolation_level=None, check_same_thread=False)
    connection.row_factory = sqlite3.Row
    try:
        _write_ahead(connection)
        connection.execute("PRAGMA synchronous = NORMAL")
        _migrate(connection, path)
    except BaseException:
        connection.close()
        raise
    return connection


def _write_ahead(connection: sqlite3.Connection) -> None:
    """Reading beside one writer. SQLite does not wait for its lock in this statement: two who open a new database may meet here."""
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF not in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED) or time.monotonic() > deadline:
                raise
        time.sleep(0.01)


def _migrate(connection: sqlite3.Connection, path: Path) -> None:
    if _version(connection) == len(MIGRATIONS):
        return
    connection.execute("BEGIN IMMEDIATE")  # another process may be doing the same: the second one finds it done
    try:
        connection.execute("CREATE TABLE IF NOT EXISTS migrations (version INTEGER PRIMARY KEY, at TEXT DEFAULT CURRENT_TIMESTAMP)")
        version = _version(connection)
        if version > len(MIGRATIONS):
            raise UsageError(
                Text(
                    f"{path} : écrit par un banc d'essai plus récent (format {version}, connu ici : {len(MIGRATIONS)})",
                    f"{path}: written by a newer version of the harness (format {version}, known here: {len(MIGRATIONS)})",
                ),
                Text(
                    "Mettre cisis-harness à jour, ou placer HARNESS_HOME ailleurs.",
                    "Upgrade cisis-harness, or put HARNESS_HOME elsewhere.",
                ),
            )
        for number in range(version + 1, len(MIGRATIONS) + 1):
            for statement in MIGRATIONS[number - 1].split(";"):
                connection.execute(statement)
            connection.execute("INSERT INTO migrations (version) VALUES (?)", (number,))
        connection.execute("COMMIT")
    except BaseException:
        connection.execute("ROLLBACK")
        raise


def _version(connection: sqlite3.Connection) -> int:
    known = connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'migrations'").fetchone()
    return int(connection.execute("SELECT coalesce(max(version), 0) FROM migrations").fetchone()[0]) if known else 0
