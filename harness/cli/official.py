"""`harness check --official`: a published package judges each document beside our own rules."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from harness.cli import options
from harness.cli.bench import Bench, Settings, settled
from harness.cli.judging import inputs
from harness.documents import Input
from harness.errors import UsageError
from harness.library import home
from harness.model import Judgement, Skipped, Text
from harness.packages.bench import OfficialBench
from harness.packages.layout import Layout
from harness.packages.package import Package
from harness.packages.store import Store

_PENDING_PER_JOB = 3


def judge_with_official(
    paths: Sequence[str], settings: Settings, jobs: int, volet: str | None = None
) -> Iterator[Judgement | Skipped]:
    """As `judge_paths`, each judgement with what the package says. jobs: processes of the package; ours takes none of its own.

    Raises UsageError when no package was added, or saxonche is not installed.
    """
    library = options.open_library()
    official = OfficialBench(current_package(), Layout.read(library), jobs, volet)
    try:
        bench = Bench(settings, library)
        pending: deque[Callable[[], Judgement | Skipped]] = deque()
        for item in inputs(paths, settings):
            pending.append(_begun(item, bench, official) if isinstance(item, Input) else _known(settled(item)))
            if len(pending) >= jobs * _PENDING_PER_JOB:
                yield pending.popleft()()
        while pending:
            yield pending.popleft()()
    finally:
        official.close()


def current_package() -> Package:
    """The package last added. Raises UsageError when there is none."""
    package = Store(home()).current()
    if package is None:
        raise UsageError(
            Text("aucun paquet officiel n'est installé", "no official package is installed"),
            Text(
                "`harness packages add CHEMIN`, avec le dépôt de l'outil de test (ansforge/TestContenuCDA-3-0).",
                "`harness packages add PATH`, with the test tool's repository (ansforge/TestContenuCDA-3-0).",
            ),
        )
    return package


def _begun(item: Input, bench: Bench, official: OfficialBench) -> Callable[[], Judgement | Skipped]:
    judgement, document = bench.opened(item)
    if document is None or not isinstance(judgement, Judgement):
        return _known(judgement)
    report = official.judge(document, (judgement.profile or "").partition("@")[2])
    return lambda: replace(judgement, official=report())


def _known(item: Judgement | Skipped) -> Callable[[], Judgement | Skipped]:
    return lambda: item
