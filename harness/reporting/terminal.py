"""A run told while it goes on: a listener of its events.

On a terminal, one line moves with the scenario in play and each finished scenario is printed above it; elsewhere (a pipeline,
a file) there is one plain line a scenario. Under it stands what went wrong, unless a report in text is to tell it.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from contextlib import suppress
from typing import IO, TYPE_CHECKING

from harness.model import (
    NO_TEXT,
    Event,
    ExchangeCaptured,
    Lang,
    RunEnded,
    RunStarted,
    ScenarioEnded,
    ScenarioResult,
    ScenarioStarted,
    StepEnded,
    StepStarted,
    Text,
    Verdict,
    labelled,
)
from harness.reporting import wording
from harness.reporting.layout import Page, wants_colour
from harness.reporting.printable import printable
from harness.reporting.tones import scenario_tone

if TYPE_CHECKING:
    from rich.progress import Progress as RichProgress
    from rich.progress import TaskID


class Progress:
    """Call it with each event of a run; `with` ends its moving line whatever happens.

    stream: where to write, standard error as a rule. width: columns of a plain line.
    resumable: a run that is cut can be gone on with. why: tell what went wrong in a scenario, once it has ended.
    Events may come from several threads. What cannot be shown (a terminal that was closed) does not keep the run from going on.
    """

    def __init__(
        self, stream: IO[str], lang: Lang, environ: Mapping[str, str], width: int = 80, *, resumable: bool = True, why: bool = True
    ) -> None:
        terminal = stream.isatty()
        self._stream = stream
        self._lang = lang
        self._resumable = resumable
        self._why = why
        self._page = Page(width, wants_colour(terminal, environ))
        self._live = _Live(stream, environ) if terminal and environ.get("TERM") != "dumb" else None
        self._lock = threading.Lock()
        self._planned = 0
        self._ended = 0

    def __enter__(self) -> Progress:
        return self

    def __exit__(self, *_: object) -> None:
        with self._lock, suppress(OSError):
            self._close()

    def __call__(self, event: Event) -> None:
        with self._lock, suppress(OSError):
            match event:
                case RunStarted():
                    self._planned, self._ended = len(event.scenarios), event.done
                    self._say(self._opening(event))
                    self._move("")
                case ScenarioStarted():
                    self._move(event.scenario)
                case StepStarted():
                    self._move(f"{event.scenario} / {event.step}")
                case ExchangeCaptured():
                    self._move(f"{event.scenario} / {event.step} · {event.exchange.transaction}")
                case StepEnded():
                    pass
                case ScenarioEnded():
                    self._ended += 1
                    self._say("\n".join(self._scenario(event.result)))
                    self._move("")
                case RunEnded():
                    self._close()
                    if event.interrupted:
                        self._say("\n".join(self._interruption(event)))

    def _opening(self, event: RunStarted) -> str:
        scenarios = wording.counted(len(event.scenarios), wording.SCENARIO, self._lang)
        resumed = Text(" (reprise)", " (resumed)").in_(self._lang) if event.resumed else ""
        seed = Text("graine", "seed").in_(self._lang)
        told = f"{event.system} · {event.target} · {scenarios} · {seed} {event.seed} · {event.run}{resumed}"
        return "\n".join(self._page.paint(line, "strong") for line in self._page.wrap(told))

    def _scenario(self, result: ScenarioResult) -> list[str]:
        """Its place in the run, its verdict and title; under it what went wrong, where that is asked."""
        total = str(max(self._planned, self._ended))
        place = f"{self._ended:>{len(total)}}/{total}"
        label = f"{place}  {wording.scenario_verdict(result, self._lang)}"
        margin = len(total) * 2 + 14
        told = self._page.labelled(label, f"{result.title.in_(self._lang)} · {result.id}", margin, scenario_tone(result))
        for step in result.steps if self._why else ():
            if step.verdict in (Verdict.FAIL, Verdict.ERROR):
                indent = " " * margin
                told += self._page.wrap(labelled(step.id, step.message.in_(self._lang), self._lang), indent, f"{indent}  ")
        return told

    def _interruption(self, event: RunEnded) -> list[str]:
        reason = event.reason or NO_TEXT
        interrupted = Text(
            labelled("Campagne interrompue", reason.fr, "fr") if reason.fr else "Campagne interrompue",
            labelled("Run interrupted", reason.en, "en") if reason.en else "Run interrupted",
        )
        further = (
            Text(f" ; reprendre avec --resume {event.run}.", f"; resume with --resume {event.run}.")
            if self._resumable
            else Text(".", ".")
        )
        told = Text(
            f"{interrupted.fr.removesuffix('.')}. Ce qui a été joué est gardé{further.fr}",
            f"{interrupted.en.removesuffix('.')}. What was played is kept{further.en}",
        )
        return [self._page.paint(line, "warn") for line in self._page.wrap(told.in_(self._lang))]

    def _say(self, lines: str) -> None:
        if self._live:
            self._live.say(lines)
        else:
            self._stream.write(f"{lines}\n")
            self._stream.flush()

    def _move(self, doing: str) -> None:
        if self._live:
            self._live.move(printable(doing), self._ended, self._planned)

    def _close(self) -> None:
        if self._live:
            self._live.close()


class _Live:
    """The moving line, drawn by rich; imported only when there is a terminal to draw on."""

    def __init__(self, stream: IO[str], environ: Mapping[str, str]) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

        self._console = Console(
            file=stream,
            no_color=bool(environ.get("NO_COLOR")),
            highlight=False,
            markup=False,
            emoji=False,
            _environ=environ,  # else rich asks that of the process, whatever terminal is described to us
        )
        self._progress: RichProgress = Progress(
            BarColumn(bar_width=20),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TextColumn("{task.description}", markup=False),
            console=self._console,
            transient=True,
        )
        self._task: TaskID = self._progress.add_task("", total=None)
        self._progress.start()

    def say(self, lines: str) -> None:
        """Above the moving line; colours are ours already, in the lines."""
        from rich.text import Text as RichText

        self._console.print(RichText.from_ansi(lines), soft_wrap=True)

    def move(self, doing: str, ended: int, planned: int) -> None:
        self._progress.update(self._task, description=doing, completed=ended, total=planned or None)

    def close(self) -> None:
        self._progress.stop()
