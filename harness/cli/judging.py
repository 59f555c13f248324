"""Judges everything in the paths that a person named, in one process or several, in order, with bounded memory."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from errno import EBADF
from os import strerror
from typing import IO, TYPE_CHECKING

from harness import collector
from harness.checks import Judge, refused
from harness.cli.bench import Bench, Settings, settled
from harness.documents import Input, Refused, discover, read
from harness.errors import UnreadableDocument, UsageError, reason
from harness.library import Library
from harness.model import Finding, Judgement, Skipped, Text

if TYPE_CHECKING:
    from harness.cli.packing import Packed

_NOW_LASTS = timedelta(minutes=1)


def judge_paths(paths: Sequence[str], settings: Settings, jobs: int = 1) -> Iterator[Judgement | Packed | Skipped]:
    """Judgements and skipped files, in the order of the paths whatever the number of jobs."""
    found = inputs(paths, settings)
    bench = Bench(settings)
    if jobs <= 1:
        for item in found:
            yield settled(item) if not isinstance(item, Input) else bench.judge(item)
        return
    from harness.cli.workers import Workers  # only when asked for

    yield from Workers(jobs, bench).judge(found)


def inputs(paths: Sequence[str], settings: Settings) -> Iterator[Input | Skipped | Refused]:
    found = discover(paths, _standard_input, settings.limits)
    return _told_as_usage(found) if "-" in paths else found


def _standard_input() -> IO[bytes]:
    if sys.stdin is None:
        raise OSError(EBADF, strerror(EBADF))
    return sys.stdin.buffer


def _told_as_usage(found: Iterator[Input | Skipped | Refused]) -> Iterator[Input | Skipped | Refused]:
    """Raises UsageError when standard input cannot be read; errors of files are told with each file."""
    try:
        yield from found
    except OSError as error:
        raise UsageError(
            Text(f"entrée standard illisible : {reason(error).fr}", f"standard input cannot be read: {reason(error).en}"),
            Text("Donner un fichier, ou envoyer le document dans l'entrée standard.", "Give a file, or pipe the document in."),
        ) from None


class Received:
    """Judges the documents that a simulator receives, each as of the moment it comes, and can keep them as a system's evidence."""

    def __init__(self, library: Library) -> None:
        self.library = library
        self._judgements: list[Judgement] = []
        self._judge: Judge | None = None
        self._opened = datetime.min.replace(tzinfo=UTC)
        self._lock = threading.Lock()  # documents come from several threads, and a judge reads one at a time

    def judge(self, data: bytes) -> tuple[Finding, ...]:
        with self._lock:
            path = f"received-{len(self._judgements) + 1}"
            try:
                with collector.at_rest():
                    judgement = self._judge_of_now().judge(read(data, path))
            except UnreadableDocument as error:
                judgement = refused(Refused(path, error, data))
            self._judgements.append(judgement)
        return judgement.findings

    def keep(self, system: str) -> str:
        """The id of the run under which they are kept; empty when there is none."""
        return keep(system, self._judgements)

    def _judge_of_now(self) -> Judge:
        """A judge compiles its profiles once and serves for a minute. Its `now` is the end of that minute, so that nothing
        received within it is dated in the future."""
        now = datetime.now().astimezone()
        if self._judge is None or now - self._opened > _NOW_LASTS:
            self._judge, self._opened = Judge(self.library, at=now.date(), now=now + _NOW_LASTS), now
        return self._judge


def check_kept() -> None:
    """Raises UsageError when evidence could not be kept: better said before documents are judged or received."""
    from harness.library import home
    from harness.storage import Store

    with Store(home()) as store:
        store.check_writable()


def keep(system: str, judgements: Sequence[Judgement]) -> str:
    """Keeps them as evidence of a system; the id of the run under which they are kept, empty when there is none."""
    from harness.library import home
    from harness.storage import Store

    if not judgements:
        return ""
    with Store(home()) as store:
        return store.add_judgements(system, judgements, datetime.now().astimezone())


def kept(system: str, run: str) -> Text:
    if not run:
        return Text(f"{system} : aucun document à garder comme preuve", f"{system}: no document to keep as evidence")
    return Text(f"{system} : {run} (gardé comme preuve)", f"{system}: {run} (kept as evidence)")
