"""A system of nothing but memory: a client that answers as told, a library of one profile, documents of three words."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from harness.errors import UsageError
from harness.exchange import Client, Reply
from harness.exchange.terms import ANYTHING, TEXT, Terms, needed
from harness.model import Endpoint, Event, Exchange, Level, Request, Response, RunRecord, Scenario, Step, System, Text
from harness.runner import play

SYSTEM = System("Ex", (Endpoint("memory", "http://ex.example/fhir"),))
Answer = Reply | BaseException | Callable[[Mapping[str, Any]], Reply]


def exchange(status: int | None = 200, failure: str | None = None, id: str = "x") -> Exchange:
    response = None if status is None else Response(status, {}, b"answer")
    wrong = None if failure is None else Text(failure, failure)
    return Exchange(
        id, "memory", "SAY", Request("POST", "http://ex.example/fhir", {}, b"q"), response, datetime.now(UTC), 0.0, wrong
    )


def _status(reply: Reply, wanted: Any) -> Text | None:
    assert reply.exchange.response is not None
    if not isinstance(wanted, int):
        raise UsageError(f"status: {wanted}")
    found = reply.exchange.response.status
    return None if found == wanted else Text(f"statut {found}", f"status {found}")


def _refused(reply: Reply, wanted: Any) -> Text | None:
    assert reply.exchange.response is not None
    return None if 400 <= reply.exchange.response.status < 500 else Text("accepté", "accepted")


def _found(reply: Reply, wanted: Any) -> Text | None:
    return None if reply.facts.get("total") == wanted else Text("introuvable", "not found")


@dataclass
class MemoryClient(Client):
    """Answers in the order told, the last answer again when they run out."""

    answers: list[Answer]
    asked: list[tuple[str, dict[str, Any], float]] = field(default_factory=list)

    protocol = "memory"
    terms = Terms(
        {"SAY": dict.fromkeys(("url", "text", "many", "of", "document", "all", "last"), ANYTHING), "SHOUT": {"text": needed(TEXT)}}
    )
    expectations = {"status": _status, "refused": _refused, "found": _found}
    awaited = {"found": lambda reply, wanted: reply.facts.get("total", wanted) < wanted}

    def perform(self, transaction: str, arguments: Mapping[str, Any], deadline: float) -> Reply:
        self.asked.append((transaction, dict(arguments), deadline))
        answer = self.answers[min(len(self.asked), len(self.answers)) - 1]
        if isinstance(answer, BaseException):
            raise answer
        return answer(arguments) if callable(answer) else answer


class MemoryLibrary:
    def requirements(self) -> Mapping[str, Any]:
        return {"R1": None, "R2": None, "R3": None}

    def head(self, name: str, at: date) -> Any:
        return SimpleNamespace(coordinate=f"{name}@1")

    def heads(self) -> tuple[Any, ...]:
        return ()

    def profile(self, coordinate: str) -> Any:
        return SimpleNamespace(head=SimpleNamespace(coordinate=coordinate), digest="d" * 64, mutations=())

    def named(self, pattern: str) -> dict[str, str]:
        return {"someone": pattern.replace("*", "someone")}

    def path(self, relative: str) -> Path:
        return Path("/data") / relative


def make(
    library: Any, profile: str, *, person: str | None, story: str | None, seed: int, at: date, number: int, mutation: Any
) -> Any:
    text = f"{profile} {seed} {number}"
    return SimpleNamespace(
        data=text.encode(),
        profile=profile,
        story=story,
        person=SimpleNamespace(ins="279035121518989", ins_oid="1.2.250.1.213.1.4.10"),
        unique_id=f"2.25.{int(hashlib.sha256(text.encode()).hexdigest()[:20], 16)}",
        set_id="2.25.1",
        title="Document",
    )


def step(id: str = "say", kind: Any = "send", expect: Mapping[str, Any] | None = None, **said: Any) -> Step:
    arguments = said.pop("arguments", {"transaction": "SAY"} if kind == "send" else {})
    requirements = said.pop("requirements", ("R1",))
    return Step(id, kind, arguments, {"status": 200} if expect is None and kind == "send" else expect or {}, requirements, **said)


def scenario(*steps: Step, id: str = "one", requirements: tuple[str, ...] = ("R1",), **said: Any) -> Scenario:
    given = said.pop("given", {})
    return Scenario(
        id=id,
        title=Text("Un", "One"),
        protocol="memory",
        level=said.pop("level", Level.MUST),
        requirements=requirements,
        actors={},
        given=given,
        steps=steps or (step(),),
        file=f"scenarios/{id}.yaml",
        **said,
    )


@dataclass
class Played:
    """What a run emitted, and what its client was asked."""

    events: list[Event]
    client: MemoryClient

    def of(self, kind: type[Any]) -> list[Any]:
        return [event for event in self.events if isinstance(event, kind)]


def run(
    scenarios: list[Scenario],
    answers: list[Answer],
    *,
    seed: int = 1,
    id: str = "run-1",
    resume: RunRecord | None = None,
    stop: threading.Event | None = None,
    system: System = SYSTEM,
    make: Callable[..., Any] = make,
    emit: Callable[[Event], None] | None = None,
    **options: Any,
) -> Played:
    """Plays scenarios against a client that gives these answers."""
    client = MemoryClient(answers)
    events: list[Event] = []
    clock: Iterator[datetime] = (datetime(2026, 11, 24, tzinfo=UTC) + timedelta(seconds=n) for n in range(10_000))
    play(
        scenarios,
        system,
        MemoryLibrary(),  # type: ignore[arg-type]
        run=id,
        seed=seed,
        emit=emit or events.append,
        now=lambda: next(clock),
        resume=resume,
        stop=stop,
        connect=lambda endpoint, library: client,
        make=make,
        **options,
    )
    return Played(events, client)


def ok(facts: Mapping[str, Any] | None = None, status: int = 200, id: str = "x") -> Reply:
    return Reply(exchange(status, id=id), facts or {})
