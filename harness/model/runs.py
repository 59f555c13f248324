"""Scenarios and runs: what a system is asked, what it answered and what it was found to do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field
from datetime import datetime
from typing import Any, Literal

from ..values import dataclass
from .judgements import Finding, Judgement
from .words import Level, RequirementVerdict, Text, Verdict


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a scenario. kind: its verb; arguments and expect as written, `${...}` not yet replaced.

    requirements: those this step gives evidence on (the loader writes all of the scenario's where the file names none).
    when: a comparison that must hold for the step to be played; always: played even after a step that failed;
    line: where it stands in the scenario's file, from 1.
    """

    id: str
    kind: Literal["send", "receive", "check", "wait", "ask"]
    arguments: Mapping[str, Any]
    expect: Mapping[str, Any]
    requirements: tuple[str, ...] = ()
    save: Mapping[str, str] = field(default_factory=dict)
    when: Mapping[str, Any] = field(default_factory=dict)
    always: bool = False
    line: int = 0


@dataclass(frozen=True, slots=True)
class Scenario:
    """proves: kinds of automatic evidence of the maturity grid that its success supports. level MAY is never counted.

    actors: what the harness and the system are in it, by `harness` and `system`. lines: of the names above the steps, in its file.
    """

    id: str
    title: Text
    protocol: str
    level: Level
    requirements: tuple[str, ...]
    actors: Mapping[str, str]
    given: Mapping[str, Any]
    steps: tuple[Step, ...]
    negative: bool = False
    proves: tuple[str, ...] = ()
    note: Text | None = None
    file: str = ""
    lines: Mapping[str, int] = field(default_factory=dict)

    @property
    def documents(self) -> Sequence[Mapping[str, Any]]:
        """The documents that it sends, as the scenario describes them."""
        return [self.given["document"]] if "document" in self.given else self.given.get("documents", ())


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where one protocol of a system is reached. headers hold secrets: never printed, stored or reported.

    options: what its protocol may be told beside, by name (docs/targets.md).
    """

    protocol: str
    url: str
    ca_file: str | None = None
    client_certificate: str | None = None
    client_key: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    options: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class System:
    """The product under test. actors, volets: what it claims to be and to handle; empty where it says nothing of it."""

    name: str
    endpoints: tuple[Endpoint, ...]
    actors: tuple[str, ...] = ()
    volets: tuple[str, ...] = ()
    product: str = ""


@dataclass(frozen=True, slots=True)
class Request:
    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class Response:
    status: int
    headers: Mapping[str, str]
    body: bytes = b""

    @property
    def asks_for_later(self) -> bool:
        """Whether it asks to be called later, which refuses nothing of what was sent.

        Sources: RFC 6585, 4 (too many requests); RFC 9110, 15.6.4 (to be tried again).
        """
        told_when = any(name.lower() == "retry-after" for name in self.headers)
        return self.status == 429 or (self.status == 503 and told_when)


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request and what came back, as they came: for who asked, and for nobody who tells (`ToldExchange`).

    failure says why there is no usable response (deadline, TLS, size ...); secret_headers: secret whatever their names.
    leads_away: the response redirects to where we do not call, which is no fault of the system.
    """

    id: str
    protocol: str
    transaction: str
    request: Request
    response: Response | None
    started_at: datetime
    seconds: float
    failure: Text | None = None
    secret_headers: frozenset[str] = frozenset()
    leads_away: bool = False


@dataclass(frozen=True, slots=True)
class ToldExchange:
    """An exchange as it may be told and kept, without secrets nor the matricules of real people: made by `telling.Telling` alone.

    masked: a matricule was hidden in it; the digests are of the bodies as they came, empty where they are told so.
    """

    id: str
    protocol: str
    transaction: str
    request: Request
    response: Response | None
    started_at: datetime
    seconds: float
    failure: Text | None = None
    masked: bool = False
    request_received_sha256: str = ""
    response_received_sha256: str = ""


@dataclass(frozen=True, slots=True)
class StepResult:
    id: str
    verdict: Verdict
    message: Text
    exchanges: tuple[str, ...]
    requirements: tuple[str, ...]
    findings: tuple[Finding, ...] = ()
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class ScenarioResult:
    id: str
    title: Text
    level: Level
    negative: bool
    verdict: Verdict
    steps: tuple[StepResult, ...]
    requirements: Mapping[str, RequirementVerdict]
    proves: tuple[str, ...]
    seconds: float


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened in a run, as it may be told. The runner emits, the terminal, the store and the reports listen."""

    run: str
    at: datetime


@dataclass(frozen=True, slots=True)
class RunStarted(Event):
    """done: how many scenarios passed or failed before a run that goes on."""

    system: str
    target: str
    seed: int
    scenarios: tuple[str, ...]
    profiles: Mapping[str, str]  # coordinate -> digest
    resumed: bool = False
    done: int = 0


@dataclass(frozen=True, slots=True)
class ScenarioStarted(Event):
    scenario: str
    title: Text
    level: Level = Level.MUST
    negative: bool = False


@dataclass(frozen=True, slots=True)
class StepStarted(Event):
    scenario: str
    step: str


@dataclass(frozen=True, slots=True)
class ExchangeCaptured(Event):
    scenario: str
    step: str
    exchange: ToldExchange


@dataclass(frozen=True, slots=True)
class StepEnded(Event):
    scenario: str
    result: StepResult


@dataclass(frozen=True, slots=True)
class ScenarioEnded(Event):
    result: ScenarioResult


@dataclass(frozen=True, slots=True)
class RunEnded(Event):
    interrupted: bool
    reason: Text | None = None


@dataclass(frozen=True, slots=True)
class ExchangeRecord:
    """An exchange as stored: digests instead of bytes. `masked` when a production INS was masked before storing."""

    id: str
    scenario: str
    step: str
    protocol: str
    transaction: str
    method: str
    url: str
    status: int | None
    request_sha256: str
    response_sha256: str | None
    started_at: datetime
    seconds: float
    failure: Text | None
    request_headers: Mapping[str, str] = field(default_factory=dict)
    response_headers: Mapping[str, str] = field(default_factory=dict)
    request_received_sha256: str = ""  # before masking, when it differs
    response_received_sha256: str = ""
    masked: bool = False


@dataclass(frozen=True, slots=True)
class RunRecord:
    """A run as read back from the store, or as it stands at its end."""

    id: str
    system: str
    target: str
    seed: int
    started_at: datetime
    ended_at: datetime | None
    interrupted: bool
    planned: tuple[str, ...]
    scenarios: tuple[ScenarioResult, ...]
    exchanges: tuple[ExchangeRecord, ...]
    profiles: Mapping[str, str]
    judgements: tuple[Judgement, ...] = ()
    harness_version: str = ""
    reason: Text | None = None  # why the run ended early, where it could say so
