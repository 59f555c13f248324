"""Runs as they happen, on disk: `Store.record` listens to the events of a run, the rest reads them back.

Each event is committed before the next one is taken, so that a kill loses at most the step in flight. Several processes may
write to the same HARNESS_HOME. What is written is what may be told (harness/telling/): nothing is hidden here.
"""

from __future__ import annotations

import errno
import sqlite3
import threading
import uuid
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import datetime
from pathlib import Path

from harness import __version__
from harness.errors import UsageError, reason
from harness.model import (
    Event,
    ExchangeCaptured,
    ExchangeRecord,
    Judgement,
    RunEnded,
    RunRecord,
    RunStarted,
    ScenarioEnded,
    ScenarioResult,
    ScenarioStarted,
    StepEnded,
    Text,
    Verdict,
)
from harness.storage.contents import Contents
from harness.storage.playing import played_alone
from harness.storage.reading import RunHead, read_heads, read_run
from harness.storage.schema import connect
from harness.storage.values import dump
from harness.telling import Telling


class Store:
    """The runs of one HARNESS_HOME. Nothing is created there before something is to be recorded."""

    def __init__(self, home: Path) -> None:
        self._database = home / "harness.db"
        self._contents = Contents(home / "exchanges")
        self._playing = home / "playing"
        self._connection: sqlite3.Connection | None = None
        self._lock = threading.RLock()

    def close(self) -> None:
        with self._lock:
            if self._connection is not None:
                self._connection.close()
                self._connection = None

    def __enter__(self) -> Store:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # -------------------------------------------------------------- writing

    def check_writable(self) -> None:
        """Raises UsageError when HARNESS_HOME cannot be written: better said before a run than in it."""
        with self._writing() as connection:
            connection.execute("UPDATE migrations SET at = at")
            self._contents.check_writable()

    @contextmanager
    def playing(self, run: str) -> Iterator[None]:
        """Nobody else plays this run meanwhile. Raises UsageError when another process does."""
        with ExitStack() as held:
            with self._explained():
                held.enter_context(played_alone(self._playing / run))
            yield

    def record(self, event: Event) -> None:
        """Writes one event of a run. Raises UsageError when HARNESS_HOME cannot be written (full, read-only, not a database)."""
        with self._writing() as connection:
            match event:
                case RunStarted():
                    self._begin(connection, event)
                case ScenarioStarted():
                    connection.execute("DELETE FROM steps WHERE run = ? AND scenario = ?", (event.run, event.scenario))
                    connection.execute(
                        "INSERT OR REPLACE INTO scenarios (run, id, begun) VALUES (?, ?, ?)",
                        (event.run, event.scenario, dump(_begun(event))),
                    )
                case ExchangeCaptured():
                    self._keep(connection, event)
                case StepEnded():
                    connection.execute(
                        "INSERT INTO steps SELECT ?, ?, count(*), ? FROM steps WHERE run = ? AND scenario = ?",
                        (event.run, event.scenario, dump(event.result), event.run, event.scenario),
                    )
                case ScenarioEnded():
                    connection.execute(
                        "UPDATE scenarios SET result = ? WHERE run = ? AND id = ?",
                        (dump(event.result), event.run, event.result.id),
                    )
                case RunEnded():
                    connection.execute(
                        "UPDATE runs SET ended_at = ?, interrupted = ?, reason = ? WHERE id = ?",
                        (event.at.isoformat(), event.interrupted, event.reason and dump(event.reason), event.run),
                    )

    def add_judgements(self, system: str, judgements: Sequence[Judgement], at: datetime) -> str:
        """Keeps the judgements of a system's documents as a run of kind `check`, ended at once, and returns its id."""
        run = f"check-{at:%Y%m%d-%H%M%S}-{uuid.uuid4().hex[:6]}"
        profiles = {one.profile: one.profile_digest for one in judgements if one.profile}
        telling = Telling()
        with self._writing() as connection:
            connection.execute(
                "INSERT INTO runs (id, kind, system, target, seed, started_at, ended_at, planned, profiles, harness_version)"
                " VALUES (?, 'check', ?, '', 0, ?, ?, '[]', ?, ?)",
                (run, system, at.isoformat(), at.isoformat(), dump(profiles), __version__),
            )
            connection.executemany(
                "INSERT INTO judgements (run, judgement) VALUES (?, ?)",
                ((run, dump(telling.told(judgement))) for judgement in judgements),
            )
        return run

    def _begin(self, connection: sqlite3.Connection, event: RunStarted) -> None:
        if event.resumed:
            connection.execute("UPDATE runs SET ended_at = NULL, interrupted = 0, reason = NULL WHERE id = ?", (event.run,))
            return
        connection.execute(
            "INSERT INTO runs (id, kind, system, target, seed, started_at, planned, profiles, harness_version)"
            " VALUES (?, 'run', ?, ?, ?, ?, ?, ?, ?)",
            (
                event.run,
                event.system,
                event.target,
                event.seed,
                event.at.isoformat(),
                dump(event.scenarios),
                dump(event.profiles),
                __version__,
            ),
        )

    def _keep(self, connection: sqlite3.Connection, event: ExchangeCaptured) -> None:
        exchange = event.exchange
        request = self._contents.keep(exchange.request.body)
        response = self._contents.keep(exchange.response.body) if exchange.response else None
        record = ExchangeRecord(
            id=exchange.id,
            scenario=event.scenario,
            step=event.step,
            protocol=exchange.protocol,
            transaction=exchange.transaction,
            method=exchange.request.method,
            url=exchange.request.url,
            status=exchange.response.status if exchange.response else None,
            request_sha256=request,
            response_sha256=response,
            started_at=exchange.started_at,
            seconds=exchange.seconds,
            failure=exchange.failure,
            request_headers=exchange.request.headers,
            response_headers=exchange.response.headers if exchange.response else {},
            request_received_sha256=exchange.request_received_sha256,
            response_received_sha256=exchange.response_received_sha256,
            masked=exchange.masked,
        )
        connection.execute("INSERT INTO exchanges (run, id, record) VALUES (?, ?, ?)", (event.run, record.id, dump(record)))

    # -------------------------------------------------------------- reading

    def run(self, id: str) -> RunRecord:
        """A run as it stands. A scenario that was in flight when the run was cut has verdict `error` and the steps it ended.

        Raises UsageError when no such run is known.
        """
        with self._reading() as connection:
            record = read_run(connection, id) if connection else None
        if record is None:
            home = self._database.parent
            raise UsageError(
                Text(f"aucune campagne ne s'appelle {id} dans {home}", f"no run is called {id} in {home}"),
                Text("`harness runs list` montre celles qui sont gardées.", "`harness runs list` shows those that are kept."),
            )
        return record

    def runs(self, system: str | None = None) -> list[RunHead]:
        """Every run and check kept, of one system or of all, the last one begun first."""
        with self._reading() as connection:
            return read_heads(connection, system) if connection else []

    def bytes_of(self, sha256: str) -> bytes:
        """The message kept under a digest. Raises UsageError when it is not there or was altered."""
        with self._explained():
            return self._contents.read(sha256)

    # -------------------------------------------------------------- the database

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        with self._lock, self._explained():
            if self._connection is None:
                self._database.parent.mkdir(parents=True, exist_ok=True)
                self._connection = connect(self._database)
            connection = self._connection
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
                connection.execute("COMMIT")
            except BaseException:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection | None]:
        with self._lock, self._explained():
            if self._connection is None and self._database.exists():
                self._connection = connect(self._database)
            yield self._connection

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise _database_error(self._database, error) from error
        except OSError as error:
            where = error.filename or self._database.parent
            why = reason(error)
            raise UsageError(Text(f"{where} : {why.fr}", f"{where}: {why.en}"), _advice(error.errno or 0)) from error


# What SQLite says in English only -> the same in French, and the number by which the system means it.
_SQLITE = {
    "unable to open database file": ("la base ne peut pas être ouverte", errno.EACCES),
    "attempt to write a readonly database": ("la base est en lecture seule", errno.EROFS),
    "database or disk is full": ("plus de place sur le disque", errno.ENOSPC),
    "disk I/O error": ("le disque ne permet ni de lire ni d'écrire", errno.EIO),
    "database is locked": ("la base est occupée par une autre commande", errno.EBUSY),
    "file is not a database": ("ce fichier n'est pas une base", errno.EILSEQ),
    "database disk image is malformed": ("la base est abîmée", errno.EILSEQ),
}


def _database_error(database: Path, error: sqlite3.Error) -> UsageError:
    french, number = _SQLITE.get(str(error), (str(error), 0))
    return UsageError(Text(f"{database} : {french}", f"{database}: {error}"), _advice(number))


def _advice(number: int) -> Text:
    if number in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO):
        return Text(
            "Libérer de la place sur ce disque, ou placer HARNESS_HOME ailleurs ; ce qui était déjà écrit est gardé.",
            "Free some room on this disk, or put HARNESS_HOME elsewhere; what was written so far is kept.",
        )
    if number == errno.EBUSY:
        return Text("Attendre qu'elle ait fini, puis recommencer.", "Wait until it has ended, then try again.")
    if number == errno.EILSEQ:
        return Text(
            "Déplacer ce fichier (un autre sera créé), ou placer HARNESS_HOME ailleurs.",
            "Move this file away (a new one will be made), or put HARNESS_HOME elsewhere.",
        )
    return Text(
        "HARNESS_HOME doit être un dossier où l'on peut écrire ; en indiquer un autre.",
        "HARNESS_HOME must be a folder that can be written; name another one.",
    )


def _begun(event: ScenarioStarted) -> ScenarioResult:
    """The result of a scenario that has begun: ERROR unless it ends."""
    return ScenarioResult(
        id=event.scenario,
        title=event.title,
        level=event.level,
        negative=event.negative,
        verdict=Verdict.ERROR,
        steps=(),
        requirements={},
        proves=(),
        seconds=0.0,
    )
