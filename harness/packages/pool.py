"""Processes that judge documents with a package, each replaced when it takes too long, grows too much or dies."""

from __future__ import annotations

import time
from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from queue import SimpleQueue
from types import TracebackType

from harness.packages.worker import serve
from harness.processes import Child

PREPARING = 180.0  # seconds to compile one part
JUDGING = 60.0  # seconds for one part on one document
LATE, DIED = "late", "died"

Answers = dict[str, tuple[str, str]]  # part -> (`found`, `stopped`, `late` or `died`; what it says)


class Pool:
    """workers: processes, begun when first needed; folder: a compiled package's."""

    def __init__(self, folder: Path, workers: int, judging: float = JUDGING) -> None:
        self._folder = folder
        self._judging = judging
        self._threads = ThreadPoolExecutor(workers, thread_name_prefix="official")
        self._idle: SimpleQueue[_Process] = SimpleQueue()
        self._processes = [_Process(folder) for _ in range(workers)]
        for process in self._processes:
            self._idle.put(process)

    def submit(self, document: str | None, parts: Iterable[str]) -> Future[Answers]:
        """document: XML without a document type; None only compiles the parts."""
        return self._threads.submit(self._judged, document, tuple(parts))

    def close(self) -> None:
        """Stop at once, giving up what is being judged, so that Ctrl-C does not wait."""
        for process in self._processes:
            process.stop()
        self._threads.shutdown(cancel_futures=True)
        for process in self._processes:
            process.end()

    def __enter__(self) -> Pool:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def _judged(self, document: str | None, parts: tuple[str, ...]) -> Answers:
        process = self._idle.get()
        try:
            return self._asked(process, document, parts)
        finally:
            self._idle.put(process)

    def _asked(self, process: _Process, document: str | None, parts: tuple[str, ...]) -> Answers:
        answers: Answers = {}
        remaining = list(parts)
        while remaining:
            said, why = process.ask(document, tuple(remaining), self._judging)
            answers |= said
            remaining = [name for name in remaining if name not in answers]
            if remaining and why:
                answers[remaining.pop(0)] = (why, "")  # the one it was at; the others are asked again
        return answers


class _Process:
    """One worker, begun when it is first asked something and again after it was ended."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._process: Child | None = None
        self._stopped = False

    def stop(self) -> None:
        """From another thread than the one that asks, which then hears that the process is gone."""
        self._stopped = True
        process = self._process
        if process is not None:
            process.kill()

    def ask(self, document: str | None, parts: tuple[str, ...], judging: float) -> tuple[Answers, str]:
        """The answers that came in time, and why there are no more: "" when all came."""
        if self._stopped:
            return {}, DIED
        connection = self._begun().connection
        answers: Answers = {}
        try:
            connection.send((document, parts))
            limit = time.monotonic() + PREPARING
            while True:
                if not connection.poll(max(0.0, limit - time.monotonic())):
                    self.end()
                    return answers, LATE
                answer = connection.recv()
                if answer is None:
                    return answers, ""
                name, what, said = answer
                if what == "prepared":
                    limit = time.monotonic() + judging
                    if document is None:
                        answers[name] = (what, said)
                else:
                    answers[name] = (what, said)
                    limit = time.monotonic() + PREPARING
        except (EOFError, OSError):
            self.end()
            return answers, DIED

    def end(self) -> None:
        if self._process is not None:
            self._process.end()
            self._process = None

    def _begun(self) -> Child:
        if self._process is None or not self._process.is_alive():
            self.end()
            self._process = Child(serve, str(self._folder))
        return self._process
