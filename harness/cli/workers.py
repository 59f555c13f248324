"""Several processes judge: documents go to them a few at a time, and come back in order.

A process that dies or takes too long at a document is replaced. A document that it died of is tried once more, then said not to be
judged; all others are judged whatever happens to one.
"""

from __future__ import annotations

import pickle
import signal
import sys
import time
from collections import Counter, deque
from collections.abc import Iterable, Iterator, Sequence
from multiprocessing.connection import Connection, wait

from harness.checks import unjudged
from harness.cli import options
from harness.cli.bench import Bench, Settings, settled
from harness.cli.packing import Packed, Packing
from harness.documents import Input, Refused
from harness.errors import CannotJudge, HarnessError, UsageError
from harness.library import Library
from harness.model import Judgement, Skipped, Text
from harness.processes import Child

DEADLINE = 300.0
_TICK = 1.0  # seconds between two looks at who is late
_TOGETHER = 8  # documents handed over at once, at most: a process that has several does not wait for us
_BYTES_TOGETHER = 1_000_000  # as many for each process are read before one asks for them
_AHEAD = 2_000  # documents judged before an earlier one that takes long
_TRIES = 2

Told = Judgement | Packed | Skipped
Numbered = tuple[int, Input]


class Workers:
    """bench: opened once, before the processes: where they are copies of this one, they have what it has read.

    deadline: seconds for one document.
    """

    def __init__(self, jobs: int, bench: Bench, deadline: float = DEADLINE) -> None:
        self._jobs = jobs
        self._bench = bench
        self.deadline = deadline
        self._begun = 0
        self._workers: list[_Worker] = []
        self._again: deque[Numbered] = deque()  # those of a process that died, to be judged before any other
        self._tries: Counter[int] = Counter()
        self._ready: dict[int, Told] = {}
        self._drawn = 0
        self._read: deque[Numbered] = deque()  # of those drawn, not yet handed over
        self._bytes_read = 0
        self._exhausted = False
        self._told = 0

    def judge(self, found: Iterable[Input | Skipped | Refused]) -> Iterator[Told]:
        """Raises what a process raised on purpose (a wrong file of the library). All processes are ended, however this ends."""
        remaining = iter(found)
        try:
            for _ in range(self._jobs):
                self._begin()
            while True:
                for worker in self._workers:
                    if not worker.pending and (batch := self._batch(remaining)):
                        worker.give(batch)
                self._read_on(remaining, _TOGETHER * self._jobs)
                while self._told in self._ready:
                    yield self._ready.pop(self._told)
                    self._told += 1
                busy = [worker for worker in self._workers if worker.pending]
                if busy:
                    self._listen(busy)
                elif self._exhausted and not self._read:
                    return
        finally:
            for worker in self._workers:
                worker.end()

    def _begin(self) -> None:
        self._begun += 1
        self._workers.append(_Worker(self._begun, self._bench, [worker.connection for worker in self._workers]))

    def _batch(self, remaining: Iterator[Input | Skipped | Refused]) -> list[Numbered]:
        """One document at first, to share even a few; then more; fewer towards the end, so that all processes finish together."""
        if self._again:
            return [self._again.popleft()]
        if not self._read:
            self._read_on(remaining, 1)
        handed_over = self._drawn - len(self._read)
        most = min(_TOGETHER, 1 + handed_over // (2 * self._jobs))
        if self._exhausted:
            most = min(most, 1 + len(self._read) // (2 * self._jobs))
        batch: list[Numbered] = []
        size = 0
        while self._read and len(batch) < most and size < _BYTES_TOGETHER:
            batch.append(self._read.popleft())
            size += len(batch[-1][1].data)
        self._bytes_read -= size
        return batch

    def _read_on(self, remaining: Iterator[Input | Skipped | Refused], wanted: int) -> None:
        """Read ahead the next documents while others are judged. What needs no judge is ready at once."""
        enough = _BYTES_TOGETHER * self._jobs
        while len(self._read) < wanted and self._bytes_read < enough and self._drawn - self._told < _AHEAD:
            item = next(remaining, None)
            if item is None:
                self._exhausted = True
                return
            if isinstance(item, Input):
                self._read.append((self._drawn, item))
                self._bytes_read += len(item.data)
            else:
                self._ready[self._drawn] = settled(item)
            self._drawn += 1

    def _listen(self, busy: Sequence[_Worker]) -> None:
        started = time.monotonic()
        ready = wait([worker.connection for worker in busy], min(_TICK, self.deadline))
        waited = min(time.monotonic() - started, _TICK)  # no more when all of us were stopped meanwhile
        for worker in busy:
            if worker.connection in ready:
                self._hear(worker)
                continue
            worker.waited += waited
            if worker.waited > self.deadline:
                limit = f"{self.deadline:.0f} s"
                self._replace(worker, CannotJudge(Text(f"pas jugé en {limit}", f"not judged in {limit}")), tries=1)

    def _hear(self, worker: _Worker) -> None:
        try:
            heard = worker.hear()
        except (EOFError, OSError):
            worker.end()
            how = f" (code {worker.exitcode})"
            died = Text(
                f"le processus qui jugeait ce document s'est arrêté avant de répondre{how}",
                f"the process that was judging this document stopped before answering{how}",
            )
            hint = Text(
                "Souvent faute de mémoire : le juger seul, sans --jobs.",
                "Usually for lack of memory: judge it alone, without --jobs.",
            )
            self._replace(worker, CannotJudge(died, hint), tries=_TRIES)
        else:
            if heard is not None:
                number, told = heard
                self._ready[number] = told

    def _replace(self, worker: _Worker, why: CannotJudge, tries: int) -> None:
        """Replace a process: what it had not begun goes to the others, the document it was judging is tried again or given up."""
        worker.end()
        self._workers.remove(worker)
        self._begin()
        (number, given), *others = worker.pending
        self._tries[number] += 1
        if self._tries[number] < tries:
            self._again.append((number, given))
        else:
            self._ready[number] = unjudged(given.path, given.data, why)
        self._again.extend(others)


class _Worker:
    """One process. pending: what it was given and has not answered, the one it is at first; waited: seconds at that one."""

    def __init__(self, number: int, bench: Bench, others: list[Connection]) -> None:
        self.pending: deque[Numbered] = deque()
        self.waited = 0.0
        self.exitcode: int | None = None
        copied = sys.platform == "linux"  # nothing runs beside us that could be caught in the middle
        self._process = Child(_serve, others if copied else [], bench if copied else bench.settings, number, copied=copied)
        self.connection = self._process.connection

    def give(self, batch: list[Numbered]) -> None:
        """A process that has died is noticed when we listen to it."""
        self.pending.extend(batch)
        self.waited = 0.0
        try:
            self.connection.send([given for _, given in batch])
        except OSError:
            return

    def hear(self) -> tuple[int, Told] | None:
        """Its answer, None for any other message. Raises EOFError or OSError when the process is gone."""
        kind, said = self.connection.recv()
        if kind == "noted":
            options.note(said)
            return None
        number, _ = self.pending.popleft()
        self.waited = 0.0
        if kind == "raised":
            message, hint, code = said
            raise (UsageError if code == UsageError.exit_code else CannotJudge)(message, hint)
        return number, Packed(said) if kind == "judged" else said

    def end(self) -> None:
        self.exitcode = self._process.end()


def _serve(connection: Connection, inherited: Sequence[Connection], judge: Bench | Settings, number: int) -> None:
    """Serve until the other end is closed. Ctrl-C and a closed terminal are left to the parent process."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if hasattr(signal, "SIGHUP"):  # Windows has none
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    for other in inherited:
        other.close()
    packing = Packing(number)

    def noted(said: Text) -> None:
        connection.send(("noted", said))

    bench: Bench | None = None
    if isinstance(judge, Bench):
        bench = judge
        bench.tell(noted)
    try:
        while True:
            for given in connection.recv():
                try:
                    bench = bench or Bench(judge, Library.open(told=noted))  # type: ignore[arg-type]
                    told = bench.judge(given)
                    connection.send(("skipped", told) if isinstance(told, Skipped) else ("judged", packing.pack(told)))
                except HarnessError as error:
                    connection.send(("raised", (error.message, error.hint, error.exit_code)))
    except (EOFError, OSError, pickle.UnpicklingError):
        return
