"""What `run` and `demo` share: play scenarios with everybody listening, then make a scored report of the run."""

from __future__ import annotations

import os
import secrets
import shutil
import sys
from collections.abc import Callable, Sequence
from datetime import date

import click

from harness import __version__
from harness.cli import options
from harness.library import Library
from harness.library.proofs import document_proofs
from harness.model import Assessment, AutomaticEvidence, Event, Lang, RunRecord, Scenario, System
from harness.reporting import RunReport, summary
from harness.reporting.terminal import Progress
from harness.runner import STEP_DEADLINE, TOTAL_DEADLINE, play
from harness.scoring import assess, automatic_evidence, run_verdicts, score
from harness.storage import Store

# The systems of `harness demo`, whose server ends with it.
REFERENCE = "reference"
FLAWED = "reference-flawed"
OF_THE_DEMO = (REFERENCE, FLAWED)


def new_run_id() -> str:
    return f"{options.now():%Y%m%d-%H%M%S}-{secrets.token_hex(2)}"


def play_recorded(
    scenarios: Sequence[Scenario],
    system: System,
    library: Library,
    store: Store,
    *,
    seed: int | None,
    resume: RunRecord | None = None,
    listeners: Sequence[Callable[[Event], None]] = (),
    step_deadline: float = STEP_DEADLINE,
    total_deadline: float = TOTAL_DEADLINE,
) -> RunRecord:
    """Play the scenarios, store every event as it comes, and return the stored run. seed: None draws one, or is that of the
    run to resume.

    Raises UsageError when another process plays the run to resume, and as `play` does.
    """
    run = resume.id if resume else new_run_id()
    if seed is None:
        seed = resume.seed if resume else secrets.randbelow(2**31)

    def emit(event: Event) -> None:
        store.record(event)
        for listen in listeners:
            listen(event)

    with store.playing(run):
        play(
            scenarios,
            system,
            library,
            run=run,
            seed=seed,
            emit=emit,
            now=options.now,
            step_deadline=step_deadline,
            total_deadline=total_deadline,
            resume=store.run(run) if resume else None,  # as it stands now that nobody else plays it
        )
    return store.run(run)


def reported(record: RunRecord, library: Library, store: Store, product: str) -> RunReport:
    """The run with its score and what it proves of the maturity grid."""
    scenarios = library.scenarios()
    planned = [scenario for scenario in scenarios if scenario.id in record.planned]
    named = {id for scenario in scenarios if _of_protocols(scenario, planned) for id in scenario.requirements}
    requirements = {id: requirement for id, requirement in library.requirements().items() if id in named}
    return RunReport(
        record=record,
        score=score(run_verdicts(record.scenarios, requirements), requirements),
        requirements=requirements,
        scenarios={scenario.id: scenario for scenario in scenarios},
        assessment=assessed(record.system, product, [record], library, options.today()),
        grid=library.grid(),
        content=store.bytes_of,
        version=__version__,
        resumable=record.system not in OF_THE_DEMO,
    )


def assessed(system: str, product: str, records: Sequence[RunRecord], library: Library, at: date) -> Assessment:
    """A system on the grid by its runs alone."""
    return assess(library.grid(), system=system, product=product, at=at, automatic=evidence(records, library), declared=())


def evidence(records: Sequence[RunRecord], library: Library) -> list[AutomaticEvidence]:
    scenarios, proofs = library.scenarios(), document_proofs(library)
    return [piece for record in records for piece in automatic_evidence(record, scenarios, proofs)]


def exit_code(report: RunReport, *, strict: bool) -> int:
    """1: a must is broken; 3: the run could not judge (interrupted, unreachable), or with `strict` did not cover everything."""
    match summary.of_run(report).outcome:
        case summary.Outcome.BROKEN:
            return 1
        case summary.Outcome.UNJUDGED:
            return 3
        case summary.Outcome.INCOMPLETE:
            return 3 if strict else 0
    return 0


def progress(lang: Lang, *, resumable: bool = True, why: bool = True) -> Progress:
    """Live progress on standard error, so that a report on standard output stays clean.

    why: tell under a scenario what went wrong; not when a text that tells it follows.
    """
    width = min(shutil.get_terminal_size().columns, 80) if sys.stderr.isatty() else 80
    return Progress(sys.stderr, lang, os.environ, width, resumable=resumable, why=why)


def resume_advice(report: RunReport, target: str) -> None:
    if report.record.interrupted:
        click.echo(f"→ harness run --target {target} --resume {report.record.id}", err=True)


def _of_protocols(scenario: Scenario, planned: Sequence[Scenario]) -> bool:
    return scenario.protocol in {one.protocol for one in planned}
