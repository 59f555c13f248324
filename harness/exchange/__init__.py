"""Talking to systems: a client that sends and judges the answer, and a simulator that receives, side by side for each protocol.

A protocol is one module or package here, named in PROTOCOLS as `Endpoint.protocol` names it, with `open_client(endpoint, library)`
and `Simulator`, with `SCHEMES` where its addresses are not those of the web, with `ACTORS` where its actors have names, and with
`OPTIONS` where a target may say more of its endpoint. It is imported when it is asked for.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import field
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any, ClassVar

from harness.errors import UsageError
from harness.exchange.terms import Terms
from harness.library.nearest import suggestion
from harness.model import Endpoint, Exchange, Text
from harness.values import dataclass

if TYPE_CHECKING:
    from harness.library import Library

__all__ = [
    "PROTOCOLS",
    "WEB",
    "Client",
    "Expectation",
    "Reply",
    "Untold",
    "actors",
    "client_of_nobody",
    "open_client",
    "options",
    "protocol_module",
    "schemes",
]

PROTOCOLS = ("pdsm",)
WEB = ("http", "https")


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back of one transaction.

    facts: what later steps may use as `${steps.ID.NAME}`; others: further exchanges that the transaction took (pages of a search);
    before: those that had to come first, which are evidence and no part of the answer;
    called: False when the system gave an address that is not its own, which was left alone.
    """

    exchange: Exchange
    facts: Mapping[str, Any] = field(default_factory=dict)
    others: tuple[Exchange, ...] = ()
    called: bool = True
    before: tuple[Exchange, ...] = ()


@dataclass(frozen=True, slots=True)
class Untold:
    """The answer does not say whether the expectation holds, and the system is not at fault."""

    why: Text


# The reply and the argument written in the scenario; None: it holds; Text: what is wrong
Expectation = Callable[[Reply, Any], Text | Untold | None]


class Client(ABC):
    """The harness's side of a protocol, safe to use from several threads.

    terms: its transactions, and what a scenario may write for each; expectations: what `expect:` may say; awaited: by the name of
    an expectation, whether an answer that does not meet it may only have come too early, and is asked for again (`runner.pace`).
    """

    protocol: ClassVar[str]
    terms: ClassVar[Terms] = Terms()
    expectations: ClassVar[Mapping[str, Expectation]] = {}
    awaited: ClassVar[Mapping[str, Callable[[Reply, Any], bool]]] = {}

    @abstractmethod
    def perform(self, transaction: str, arguments: Mapping[str, Any], deadline: float) -> Reply:
        """Plays one transaction, with arguments of its terms, within `deadline` seconds; what goes wrong on the way is
        `reply.exchange.failure`.

        Raises UsageError on what the scenario wrote wrongly, ForbiddenProduction before anything is sent.
        """


def protocol_module(name: str) -> ModuleType:
    """The module of a protocol. Raises UsageError, with the nearest name, when there is none, or it lacks one of its sides; with
    file and line, when it cannot be imported."""
    if name not in PROTOCOLS:
        raise UsageError(Text(f"protocole inconnu : {name}", f"unknown protocol: {name}"), suggestion(name, PROTOCOLS))
    try:
        module = import_module(f"{__name__}.{name}")
    except Exception as error:  # whatever its author wrote
        from harness.exchange.importing import not_imported

        raise not_imported(f"{__name__}.{name}", error) from error
    for side in ("open_client", "Simulator"):
        if not hasattr(module, side):
            message = Text(f"le protocole {name} n'a pas de `{side}`", f"protocol {name} has no `{side}`")
            where = f"{module.__name__.replace('.', '/')}.py, docs/protocols.md"
            raise UsageError(message, Text(f"L'écrire dans {where}.", f"Write it in {where}."))
    return module


def schemes(protocol: str) -> tuple[str, ...]:
    """How the addresses of a protocol begin. Raises UsageError when there is no such protocol."""
    return getattr(protocol_module(protocol), "SCHEMES", WEB)


def options(protocol: str) -> Mapping[str, tuple[str, ...]]:
    """What a target may say of an endpoint of this protocol, each with its words, of which the first is meant without it."""
    return getattr(protocol_module(protocol), "OPTIONS", {})


def actors(protocol: str) -> tuple[str, ...]:
    """The actors of a protocol; empty when it names none, or is unknown."""
    return getattr(protocol_module(protocol), "ACTORS", ()) if protocol in PROTOCOLS else ()


def open_client(endpoint: Endpoint, library: Library) -> Client:
    """A client of the endpoint's protocol. Raises UsageError when the protocol or one of the endpoint's files is unknown."""
    client: Client = protocol_module(endpoint.protocol).open_client(endpoint, library)
    return client


def client_of_nobody(protocol: str, library: Library) -> Client:
    """A client without a system, asked only what its protocol knows. Raises UsageError when there is no such protocol."""
    return open_client(Endpoint(protocol, f"{schemes(protocol)[0]}://localhost"), library)
