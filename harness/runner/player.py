"""Plays one scenario: its steps in order, each one an answer weighed against what the scenario expects."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from harness.errors import DataError, ForbiddenProduction, UnreachableSystem, UsageError
from harness.exchange import Client, Reply
from harness.model import (
    Event,
    Exchange,
    ExchangeCaptured,
    Scenario,
    ScenarioEnded,
    ScenarioResult,
    ScenarioStarted,
    Step,
    StepEnded,
    StepResult,
    StepStarted,
    Text,
    Verdict,
)
from harness.runner.comparisons import compare
from harness.runner.references import Facts, MissingFact
from harness.runner.verdicts import requirement_verdicts, scenario_verdict

HELD = Text("Conforme à ce qui est attendu.", "As expected.")
AFTER_FAILURE = Text("Non joué : une étape précédente n'a pas abouti.", "Not played: an earlier step did not succeed.")
NOT_CONCERNED = Text(
    "Sans objet : la condition de l'étape n'est pas remplie.", "Nothing to do: the step's condition does not hold."
)


class Stopped(Exception):
    """The run is to end now, between two steps. reason: shown to the person who started it."""

    def __init__(self, reason: Text) -> None:
        super().__init__(reason.en)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Pace:
    """How long a run may last. next_deadline: seconds the next step may take, or Stopped; sleep: returns early with Stopped."""

    step_deadline: float
    ends_at: float  # time.monotonic()
    stop: threading.Event

    def next_deadline(self) -> float:
        if self.stop.is_set():
            raise Stopped(Text("Arrêté à la demande.", "Stopped on request."))
        left = self.ends_at - time.monotonic()
        if left <= 0:
            raise Stopped(
                Text("La durée totale accordée à la campagne est écoulée.", "The total time given to the campaign has passed.")
            )
        return min(self.step_deadline, left)

    def sleep(self, seconds: float) -> None:
        self.stop.wait(min(seconds, max(self.ends_at - time.monotonic(), 0.0)))
        self.next_deadline()


@dataclass(frozen=True, slots=True)
class Played:
    """unreachable: why the system could not be talked to, when that is what ended the scenario."""

    result: ScenarioResult
    unreachable: Text | None


@dataclass(slots=True)
class _Outcome:
    """What a step came to, and the exchanges it took."""

    verdict: Verdict
    message: Text
    exchanges: list[str] = field(default_factory=list)
    unreachable: bool = False


class Player:
    """Plays scenarios of one run with one client. emit is told of everything as it happens."""

    def __init__(self, client: Client, run: str, emit: Callable[[Event], None], now: Callable[[], datetime], pace: Pace) -> None:
        self._client = client
        self._run = run
        self._emit = emit
        self._now = now
        self._pace = pace

    def play(self, scenario: Scenario, facts: Facts) -> Played:
        """Raises Stopped between two steps; the scenario has then not ended."""
        started = time.monotonic()
        self._pace.next_deadline()
        self._emit(ScenarioStarted(self._run, self._now(), scenario.id, scenario.title, scenario.level, scenario.negative))
        replies: dict[str, Reply] = {}
        results: list[StepResult] = []
        unreachable: Text | None = None
        for step in scenario.steps:
            broken = any(result.verdict in (Verdict.FAIL, Verdict.ERROR) for result in results)
            result, lost = self._step(scenario, step, facts, replies, skip=unreachable is not None or (broken and not step.always))
            unreachable = unreachable or lost
            results.append(result)
        ended = ScenarioResult(
            id=scenario.id,
            title=scenario.title,
            level=scenario.level,
            negative=scenario.negative,
            verdict=scenario_verdict(results),
            steps=tuple(results),
            requirements=requirement_verdicts(scenario.requirements, results),
            proves=scenario.proves,
            seconds=time.monotonic() - started,
        )
        self._emit(ScenarioEnded(self._run, self._now(), ended))
        return Played(ended, unreachable)

    def _step(
        self, scenario: Scenario, step: Step, facts: Facts, replies: dict[str, Reply], *, skip: bool
    ) -> tuple[StepResult, Text | None]:
        deadline = self._pace.next_deadline()
        started = time.monotonic()
        requirements = step.requirements
        self._emit(StepStarted(self._run, self._now(), scenario.id, step.id))
        if skip:
            outcome = _Outcome(Verdict.SKIP, AFTER_FAILURE)
        else:
            try:
                if step.when and compare(facts.fill(step.when)) is not None:
                    outcome, requirements = _Outcome(Verdict.SKIP, NOT_CONCERNED), ()
                else:
                    outcome = self._play(scenario, step, facts, replies, deadline)
            except MissingFact as missing:
                outcome = _Outcome(Verdict.ERROR, _text_missing(missing.name))
        result = StepResult(
            id=step.id,
            verdict=outcome.verdict,
            message=outcome.message,
            exchanges=tuple(outcome.exchanges),
            requirements=requirements,
            seconds=time.monotonic() - started,
        )
        self._emit(StepEnded(self._run, self._now(), scenario.id, result))
        return result, outcome.message if outcome.unreachable else None

    def _play(self, scenario: Scenario, step: Step, facts: Facts, replies: dict[str, Reply], deadline: float) -> _Outcome:
        if step.kind == "send":
            return self._send(scenario, step, facts, replies, deadline)
        if step.kind == "check" and "reply" in step.arguments:
            return (
                self._weigh(step, replies[step.arguments["reply"]], facts)
                if step.arguments["reply"] in replies
                else _unanswered(step)
            )
        if step.kind == "check":
            wrong = compare(facts.fill(step.arguments))
            return _Outcome(Verdict.PASS, HELD) if wrong is None else _Outcome(Verdict.FAIL, wrong)
        self._pace.sleep(step.arguments["seconds"])
        return _Outcome(Verdict.PASS, Text("Attente terminée.", "Waited."))

    def _send(self, scenario: Scenario, step: Step, facts: Facts, replies: dict[str, Reply], deadline: float) -> _Outcome:
        arguments = {name: value for name, value in facts.fill(step.arguments).items() if name != "transaction"}
        try:
            reply = self._client.perform(step.arguments["transaction"], arguments, deadline)
        except UnreachableSystem as error:
            return _Outcome(Verdict.ERROR, error.message, unreachable=True)
        except ForbiddenProduction:
            raise
        except UsageError as error:
            raise DataError(scenario.file, step.line, error.message, error.hint) from error
        exchanges = (*reply.others, reply.exchange)
        for exchange in exchanges:
            self._emit(ExchangeCaptured(self._run, self._now(), scenario.id, step.id, exchange))
        facts.add(f"steps.{step.id}", reply.facts)
        outcome = _failed(reply.exchange)
        if outcome is None:
            replies[step.id] = reply
            outcome = self._weigh(step, reply, facts)
        outcome.exchanges = [exchange.id for exchange in exchanges]
        return outcome

    def _weigh(self, step: Step, reply: Reply, facts: Facts) -> _Outcome:
        """Every expectation of the step against one answer; what does not hold is said together."""
        wrong = [
            text
            for name, wanted in facts.fill(step.expect).items()
            if (text := self._client.expectations[name](reply, wanted)) is not None
        ]
        if wrong:
            return _Outcome(Verdict.FAIL, _joined(wrong))
        facts.add("saved", {name: _saved(reply.facts, fact, step) for name, fact in step.save.items()})
        return _Outcome(Verdict.PASS, HELD)


def _failed(exchange: Exchange) -> _Outcome | None:
    """An exchange without a usable answer: the system is at fault when it answered something, else nothing can be judged."""
    if exchange.failure is None:
        return None
    if exchange.response is None:
        return _Outcome(Verdict.ERROR, exchange.failure, unreachable=True)
    return _Outcome(Verdict.FAIL, exchange.failure)


def _unanswered(step: Step) -> _Outcome:
    return _Outcome(Verdict.ERROR, _text_missing(f"steps.{step.arguments['reply']}"))


def _saved(facts: Mapping[str, object], fact: str, step: Step) -> object:
    if fact not in facts:
        raise MissingFact(f"steps.{step.id}.{fact}")
    return facts[fact]


def _joined(texts: list[Text]) -> Text:
    return Text(" ; ".join(text.fr.rstrip(".") for text in texts) + ".", "; ".join(text.en.rstrip(".") for text in texts) + ".")


def _text_missing(name: str) -> Text:
    return Text(
        f"{name} : aucune réponse reçue ne donne cette valeur, l'étape ne peut pas être jugée.",
        f"{name}: no answer received gives this value, the step cannot be judged.",
    )
