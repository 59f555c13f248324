"""Processes that judge documents with a package, each replaced when it takes too long, grows too much or dies."""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from queue import SimpleQueue
from types import TracebackType
from typing import Any

from harness.packages.worker import serve

PREPARING = 180.0  # seconds to compile one part
JUDGING = 60.0  # seconds for one part on one document
LATE, DIED = "late", "died"

Answers = dict[str, tuple[str, str]]  # part -> (`found`, `stopped`, `late` or `died`; what it says)


class Pool:
    """workers: processes, begun when first needed; folder: a compiled package's."""

    def __init__(self, folder: Path, workers: int, judging: float = JUDGING, preparing: float = PREPARING) -> None:
        self._folder = folder
        self._judging = judging
        self._preparing = preparing
        self._threads = ThreadPoolExecutor(workers, thread_name_prefix="official")
        self._idle: SimpleQueue[_Process] = SimpleQueue()
        self._processes = [_Process(folder) for _ in range(workers)]
        for process in self._processes:
            self._idle.put(process)

    def submit(self, document: str | None, parts: Iterable[str]) -> Future[Answers]:
        """document: XML without a document type; None only compiles the parts."""
        return self._threads.submit(self._judged, document, tuple(parts))

    def close(self) -> None:
        """At once: what is being judged is given up, so that Ctrl-C is not a wait."""
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
            said, why = process.ask(document, tuple(remaining), self._preparing, self._judging)
            answers |= said
            remaining = [name for name in remaining if name not in answers]
            if remaining and why:
                answers[remaining.pop(0)] = (why, "")  # the one it was at; the others are asked again
        return answers


class _Process:
    """One worker, begun when it is first asked something and again after it was ended."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._process: Any = None
        self._connection: Any = None
        self._stopped = False

    def stop(self) -> None:
        """From another thread than the one that asks, which then hears that the process is gone."""
        self._stopped = True
        process = self._process
        if process is not None:
            process.kill()

    def ask(self, document: str | None, parts: tuple[str, ...], preparing: float, judging: float) -> tuple[Answers, str]:
        """What it answered in time, and why there is no more: "" when all is answered."""
        if self._stopped:
            return {}, DIED
        self._begin()
        answers: Answers = {}
        try:
            self._connection.send((document, parts))
            limit = time.monotonic() + preparing
            while True:
                if not self._connection.poll(max(0.0, limit - time.monotonic())):
                    self.end()
                    return answers, LATE
                answer = self._connection.recv()
                if answer is None:
                    return answers, ""
                name, what, said = answer
                if what == "prepared":
                    limit = time.monotonic() + judging
                    if document is None:
                        answers[name] = (what, said)
                else:
                    answers[name] = (what, said)
                    limit = time.monotonic() + preparing
        except (EOFError, OSError):
            self.end()
            return answers, DIED

    def end(self) -> None:
        if self._process is not None:
            self._connection.close()
            self._process.kill()
            self._process.join()
            self._process = None

    def _begin(self) -> None:
        if self._process is not None and self._process.is_alive():
            return
        self.end()
        context = multiprocessing.get_context("spawn")  # a forked copy of a process with threads may never answer
        self._connection, theirs = context.Pipe()
        self._process = context.Process(target=serve, args=(theirs, str(self._folder)), daemon=True)
        self._process.start()
        theirs.close()
