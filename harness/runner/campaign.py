"""Plays scenarios against a system and says what happens, event by event, to whoever listens."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import TYPE_CHECKING

from harness.errors import UsageError
from harness.exchange import Client, open_client
from harness.model import Endpoint, Event, RunEnded, RunRecord, RunStarted, Scenario, System, Text, Verdict
from harness.runner.drawing import Maker, draw
from harness.runner.pace import Pace, Stopped
from harness.runner.player import Voice, play_scenario
from harness.runner.references import Facts
from harness.runner.target import target_of
from harness.runner.validity import Validity
from harness.runner.vetting import vet

if TYPE_CHECKING:
    from harness.library import Library

STEP_DEADLINE = 30.0
TOTAL_DEADLINE = 15 * 60.0
UNREACHABLE_IN_A_ROW = 3  # scenarios that could not reach the system, one after the other, before the run gives up

INTERRUPTED = Text("Ctrl-C, terminal fermé ou fin demandée.", "Ctrl-C, terminal closed, or asked to end.")


def play(
    scenarios: Sequence[Scenario],
    system: System,
    library: Library,
    *,
    run: str,
    seed: int,
    emit: Callable[[Event], None],
    now: Callable[[], datetime],
    step_deadline: float = STEP_DEADLINE,
    total_deadline: float = TOTAL_DEADLINE,
    resume: RunRecord | None = None,
    stop: threading.Event | None = None,
    connect: Callable[[Endpoint, Library], Client] = open_client,
    make: Maker | None = None,
) -> None:
    """Plays the scenarios in order, from RunStarted to RunEnded.

    scenarios: of protocols that the system offers (`select`); deadlines in seconds; stop: set from outside, ends the run before
    its next step. resume: the run to go on with, same seed; what it passed or failed is not played again. connect, make: what
    opens clients and makes documents.
    Raises UsageError when `resume` is a run of another system or target, DataError when a scenario asks what its protocol does
    not know, ForbiddenProduction before a production INS would leave. Ctrl-C ends the run like `stop` does.
    """
    if resume is not None:
        _check_resumable(resume, system, run, seed, scenarios)
    clients = {endpoint.protocol: connect(endpoint, library) for endpoint in system.endpoints if _is_played(endpoint, scenarios)}
    at = now().date()
    scenarios = [replace(scenario, file=str(library.path(scenario.file))) for scenario in scenarios]
    vet(scenarios, library, clients, at)
    started = RunStarted(
        run=run,
        at=now(),
        system=system.name,
        target=target_of(system),
        seed=seed,
        scenarios=resume.planned if resume else tuple(scenario.id for scenario in scenarios),
        profiles=_profiles(scenarios, library, at),
        resumed=resume is not None,
        done=len(_done(resume)),
    )
    voice = Voice(run, emit, now)
    voice.emit(started)
    pace = Pace(step_deadline, time.monotonic() + total_deadline, stop or threading.Event())
    validity = Validity(library, now())
    attempts = _attempts(resume, now())
    maker = make or _maker()

    def play_one(scenario: Scenario) -> Text | None:
        drawn = draw(scenario, library, maker, seed=seed, attempt=attempts[scenario.id], at=at)
        facts = {**drawn, "run.id": run, "run.seed": seed}
        return play_scenario(scenario, Facts(facts), clients[scenario.protocol], voice, pace, validity)

    reason: Text | None = None
    try:
        _play_all(_remaining(scenarios, resume), play_one)
    except Stopped as stopped:
        reason = stopped.reason
    except KeyboardInterrupt:
        reason = INTERRUPTED
    voice.emit(RunEnded(run, now(), interrupted=reason is not None, reason=reason))


def _play_all(scenarios: Sequence[Scenario], play_one: Callable[[Scenario], Text | None]) -> None:
    """Raises Stopped when several scenarios in a row could not reach the system: waiting for each of the others tells nothing."""
    lost = 0
    for number, scenario in enumerate(scenarios):
        unreachable = play_one(scenario)
        lost = lost + 1 if unreachable else 0
        if unreachable and lost == UNREACHABLE_IN_A_ROW and number + 1 < len(scenarios):
            raise Stopped(_text_unreachable(unreachable))


def _check_resumable(resume: RunRecord, system: System, run: str, seed: int, scenarios: Sequence[Scenario]) -> None:
    if run != resume.id or seed != resume.seed:
        raise UsageError(
            Text(
                f"une reprise garde l'identifiant et la graine de {resume.id}",
                f"a resumed run keeps the id and the seed of {resume.id}",
            ),
            Text("Ne pas donner --seed avec --resume.", "Do not give --seed with --resume."),
        )
    for what, before, now in (("system", resume.system, system.name), ("target", resume.target, target_of(system))):
        if before != now:
            french = {"system": "le système", "target": "la cible"}[what]
            raise UsageError(
                Text(
                    f"{resume.id} ne peut pas être reprise ici : {french} était {before}, et c'est {now}",
                    f"{resume.id} cannot be resumed here: the {what} was {before}, and it is {now}",
                ),
                Text(
                    "Reprendre avec la même cible, ou commencer une autre campagne.",
                    "Resume with the same target, or start another run.",
                ),
            )
    if not any(scenario.id in resume.planned for scenario in scenarios):
        raise UsageError(
            Text(
                f"aucun des scénarios demandés n'est de la campagne {resume.id}",
                f"none of the scenarios asked for is of the run {resume.id}",
            ),
            Text("Reprendre sans --scenario, ou commencer une autre campagne.", "Resume without --scenario, or start another run."),
        )


def _remaining(scenarios: Sequence[Scenario], resume: RunRecord | None) -> Sequence[Scenario]:
    if resume is None:
        return scenarios
    done = _done(resume)
    return [scenario for scenario in scenarios if scenario.id in resume.planned and scenario.id not in done]


def _done(resume: RunRecord | None) -> frozenset[str]:
    """What passed or failed before, and is not played again."""
    results = resume.scenarios if resume else ()
    return frozenset(result.id for result in results if result.verdict in (Verdict.PASS, Verdict.FAIL))


def _attempts(resume: RunRecord | None, at: datetime) -> Counter[str]:
    """What tells the documents of a scenario that is played again from those it may have sent: at, when the run goes on, is never
    the same twice. A run may be cut between a request that the system received and the exchange being kept, so that a scenario
    that had begun may have sent what no exchange tells of.
    """
    if resume is None:
        return Counter()
    begun = {*(exchange.scenario for exchange in resume.exchanges), *(result.id for result in resume.scenarios)}
    return Counter(dict.fromkeys(begun, int(at.timestamp() * 1e6)))


def _is_played(endpoint: Endpoint, scenarios: Sequence[Scenario]) -> bool:
    return any(scenario.protocol == endpoint.protocol for scenario in scenarios)


def _profiles(scenarios: Sequence[Scenario], library: Library, at: date) -> Mapping[str, str]:
    """Coordinate and digest of every profile that documents are made of, and of those that say what is required of the system."""
    named = {requirement for scenario in scenarios for requirement in scenario.requirements}
    made = {one["profile"] for scenario in scenarios for one in scenario.documents}
    used = [library.profile(library.head(name, at).coordinate) for name in sorted(made)]
    interfaces = [library.profile(head.coordinate) for head in library.heads() if head.kind == "api"]
    used += [profile for profile in interfaces if not named.isdisjoint(profile.requirements)]
    return {profile.head.coordinate: profile.digest for profile in used}


def _maker() -> Maker:
    from harness.synthesis import synthesize

    return synthesize


def _text_unreachable(why: Text) -> Text:
    return Text(
        f"Plusieurs scénarios de suite n'ont pas pu être joués, la campagne s'arrête là. {why.fr}",
        f"Several scenarios in a row could not be played, the run stops here. {why.en}",
    )
