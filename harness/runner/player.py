"""Plays one scenario: its steps in order, each answer weighed against what the scenario expects."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import field, replace
from datetime import datetime
from typing import Any

from harness.errors import UnreachableSystem, UsageError, told_at
from harness.exchange import Client, Reply, Untold
from harness.model import (
    Event,
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
from harness.runner.comparisons import compare, named
from harness.runner.outcomes import AFTER_FAILURE, WAITED, Outcome, held_late, not_concerned, not_given, unusable, weighed
from harness.runner.pace import Pace
from harness.runner.references import Facts, MissingFact, MissingPart, references_in
from harness.runner.validity import VALID_FHIR, Validity
from harness.runner.verdicts import requirement_verdicts, scenario_verdict
from harness.telling import Telling
from harness.values import dataclass


@dataclass(frozen=True, slots=True)
class Voice:
    """Tells the events of one run to its listener, masked."""

    run: str
    hear: Callable[[Event], None]
    now: Callable[[], datetime]
    telling: Telling = field(default_factory=Telling)

    def emit(self, event: Event) -> None:
        self.hear(event if isinstance(event, ExchangeCaptured) else self.telling.told(event))


def play_scenario(scenario: Scenario, facts: Facts, client: Client, voice: Voice, pace: Pace, validity: Validity) -> Text | None:
    """Plays the steps and tells what happens. Why the system could not be reached, when no step got an answer; None otherwise.

    Raises Stopped between two steps, the scenario has then not ended; DataError when the protocol refuses what a step asks.
    """
    pace.next_deadline()
    started = time.monotonic()
    voice.emit(ScenarioStarted(voice.run, voice.now(), scenario.id, scenario.title, scenario.level, scenario.negative))
    play = _Play(scenario, facts, client, voice, pace, validity)
    for step in scenario.steps:
        play.step(step)
    result = ScenarioResult(
        id=scenario.id,
        title=scenario.title,
        level=scenario.level,
        negative=scenario.negative,
        verdict=scenario_verdict(play.results),
        steps=tuple(play.results),
        requirements=requirement_verdicts(scenario.requirements, play.results),
        proves=scenario.proves,
        seconds=time.monotonic() - started,
    )
    voice.emit(ScenarioEnded(voice.run, voice.now(), result))
    return None if play.was_answered else play.out_of_reach


class _Play:
    """One scenario being played."""

    def __init__(self, scenario: Scenario, facts: Facts, client: Client, voice: Voice, pace: Pace, validity: Validity) -> None:
        self.results: list[StepResult] = []
        self.out_of_reach: Text | None = None
        self._scenario = scenario
        self._facts = facts
        self._client = client
        self._voice = voice
        self._pace = pace
        self._validity = validity
        self._replies: dict[str, Reply] = {}
        self._exchanges: list[str] = []  # of the step being played
        self._not_concerned: set[str] = set()  # steps left out because their condition did not hold

    @property
    def was_answered(self) -> bool:
        """Whether a step got an answer that could be judged."""
        return bool(self._replies)

    @property
    def _was_unsuccessful(self) -> bool:
        return any(result.verdict in (Verdict.FAIL, Verdict.ERROR) for result in self.results)

    def step(self, step: Step) -> None:
        deadline = self._pace.next_deadline()
        started = time.monotonic()
        self._exchanges = []
        self._voice.emit(StepStarted(self._voice.run, self._voice.now(), self._scenario.id, step.id))
        try:
            outcome = self._outcome(step, deadline)
        except MissingFact as missing:  # after a failure, what it did not give is no fault of its own
            outcome = Outcome(Verdict.SKIP, AFTER_FAILURE) if self._was_unsuccessful else not_given(missing.name)
        result = StepResult(
            id=step.id,
            verdict=outcome.verdict,
            message=outcome.message,
            exchanges=tuple(self._exchanges),
            requirements=() if outcome.silent else step.requirements,
            findings=outcome.findings,
            seconds=time.monotonic() - started,
        )
        if outcome.out_of_reach:
            self.out_of_reach = outcome.message
        self.results.append(result)
        self._voice.emit(StepEnded(self._voice.run, self._voice.now(), self._scenario.id, result))

    def _outcome(self, step: Step, deadline: float) -> Outcome:
        if self.out_of_reach or (self._was_unsuccessful and not step.always):
            return Outcome(Verdict.SKIP, AFTER_FAILURE)
        if step.when and (outcome := self._left_out(step.when)):
            self._not_concerned.add(step.id)
            return outcome
        if step.kind == "send":
            return self._send(step, deadline)
        if step.kind == "wait":
            self._pace.sleep(step.arguments["seconds"])
            return Outcome(Verdict.PASS, WAITED)
        if "reply" not in step.arguments:
            wrong = compare(self._facts.fill(step.arguments))
            return weighed([] if wrong is None else [named(step.arguments["value"], wrong)])
        if (reply := self._replies.get(step.arguments["reply"])) is None:
            raise MissingFact(f"steps.{step.arguments['reply']}")
        return self._weigh(step, reply)

    def _left_out(self, condition: Mapping[str, Any]) -> Outcome | None:
        """The outcome when the condition does not hold, None when it does. It does not hold either when it asks about a step left
        out, or about what the reply does not have.
        """
        asked = (name.split(".")[1] for _, name in references_in(condition) if name.startswith("steps."))
        if not self._not_concerned.isdisjoint(asked):
            return not_concerned(None)
        try:
            wrong = compare(self._facts.fill(condition))
        except MissingPart:
            return not_concerned(None)
        return None if wrong is None else not_concerned(named(condition["value"], wrong))

    def _send(self, step: Step, deadline: float) -> Outcome:
        started = time.monotonic()
        try:
            reply, late = self._asked(step, deadline)
        except UnreachableSystem as error:
            return Outcome(Verdict.ERROR, error.message, out_of_reach=True)
        if reply.exchange.failure is not None:
            self._pace.next_deadline()  # a step cut short because the whole is over is not judged
        outcome = unusable(reply, step, out_of_time=time.monotonic() - started >= deadline)
        if outcome is not None:
            return outcome
        self._replies[step.id] = reply
        outcome = self._weigh(step, reply)
        return held_late(late) if late and outcome.verdict is Verdict.PASS else outcome

    def _asked(self, step: Step, deadline: float) -> tuple[Reply, float]:
        """The answer, and the delay in seconds until an answer had what is awaited: 0 when the first one has it, or none does."""
        patience, ends_at = self._pace.patience, time.monotonic() + deadline
        reply, first = self._perform(step, deadline), time.monotonic()
        if not self._is_awaited(step, reply):
            return reply, 0.0
        times, awaited = 0, True
        for delay in patience.delays():
            if not awaited or ends_at - time.monotonic() <= delay:
                break
            self._pace.sleep(delay)
            times += 1
            reply = self._perform(step, ends_at - time.monotonic(), times)
            awaited = self._is_awaited(step, reply)
        found = not awaited and reply.exchange.failure is None
        if times:
            patience.learn(times, found=found)
        return reply, time.monotonic() - first if found else 0.0

    def _perform(self, step: Step, deadline: float, times: int = 0) -> Reply:
        """times: how often this was asked before."""
        with told_at(self._scenario.file, step.line):  # what listens to the exchanges, a full disk, is not asked at this line
            arguments = {name: value for name, value in self._facts.fill(step.arguments).items() if name != "transaction"}
            reply = self._client.perform(step.arguments["transaction"], arguments, deadline)
        reply = replace(reply, facts={**reply.facts, "asked_again": times})
        for exchange in (*reply.before, *reply.others, reply.exchange):
            told = self._voice.telling.exchange(exchange)
            self._voice.emit(ExchangeCaptured(self._voice.run, self._voice.now(), self._scenario.id, step.id, told))
            self._exchanges.append(exchange.id)
        self._facts.add(f"steps.{step.id}", reply.facts)
        return reply

    def _is_awaited(self, step: Step, reply: Reply) -> bool:
        """Whether something that this step (or a later one on the same reply) expects is missing and may only be late."""
        is_late = self._client.awaited
        for one in self._scenario.steps:
            if one is not step and one.arguments.get("reply") != step.id:
                continue
            try:
                expected = self._facts.fill({name: wanted for name, wanted in one.expect.items() if name in is_late})
                judged = bool(expected) and (one is step or not one.when or self._left_out(one.when) is None)
                with told_at(self._scenario.file, one.line):
                    if judged and any(is_late[name](reply, wanted) for name, wanted in expected.items()):
                        return True
            except MissingFact:
                continue  # it asks for what comes later
        return False

    def _weigh(self, step: Step, reply: Reply) -> Outcome:
        """Weigh a reply against every expectation of the step; facts are saved when all hold."""
        expected = self._facts.fill(step.expect)
        with told_at(self._scenario.file, step.line):
            found = {
                name: self._client.expectations[name](reply, wanted) for name, wanted in expected.items() if name != VALID_FHIR
            }
            for name, one in found.items():
                if not isinstance(one, Text | Untold | None):  # True or False, either of which would pass
                    raise UsageError(
                        Text(
                            f"l'attente {name} du protocole {self._client.protocol} rend {one!r}",
                            f"expectation {name} of protocol {self._client.protocol} returns {one!r}",
                        ),
                        Text(
                            "Rendre None, un Text ou un Untold : docs/protocols.md.",
                            "Return None, a Text or an Untold: docs/protocols.md.",
                        ),
                    )
            outcome = weighed([one for one in found.values() if one is not None])
            if outcome.verdict is Verdict.PASS and VALID_FHIR in expected:
                outcome = self._validity.weigh(reply, expected[VALID_FHIR], self._scenario.id)
        if outcome.verdict is Verdict.PASS:
            for name, fact in step.save.items():
                if fact not in reply.facts:
                    raise MissingFact(f"steps.{step.id}.{fact}")
                self._facts.add("saved", {name: reply.facts[fact]})
        return outcome
