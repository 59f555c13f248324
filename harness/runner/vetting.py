"""What a scenario asks, against what its protocol and the library know: judged before the first step of a run is played."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING

from harness.errors import DataError, UsageError
from harness.exchange import Client
from harness.model import Scenario, Text

if TYPE_CHECKING:
    from harness.library import Library


def vet(scenarios: Sequence[Scenario], library: Library, clients: Mapping[str, Client], at: date) -> None:
    """Raises DataError, with file and line, for the first unknown requirement, profile, transaction or expectation."""
    requirements = library.requirements()
    for scenario in scenarios:
        client, file = clients[scenario.protocol], str(library.path(scenario.file))
        for requirement in scenario.requirements:
            _known(file, 1, Text("exigence", "requirement"), requirement, requirements)
        for document in (scenario.given.get("document"), *scenario.given.get("documents", ())):
            if document is not None:
                _check_profile(file, library, document["profile"], at)
        for step in scenario.steps:
            if step.kind == "send":
                _known(file, step.line, Text("transaction", "transaction"), step.arguments["transaction"], client.transactions)
            for expectation in step.expect:
                _known(file, step.line, Text("attente", "expectation"), expectation, client.expectations)


def _known(file: str, line: int, what: Text, name: str, known: Iterable[str]) -> None:
    known = sorted(known)
    if name in known:
        return
    near = difflib.get_close_matches(name, known, n=1) or known
    shown = ", ".join(near[:20])
    raise DataError(
        file,
        line,
        Text(f"{what.fr} inconnue : {name}", f"unknown {what.en}: {name}"),
        Text(f"Est-ce {shown} ?", f"Is it {shown}?") if len(near) == 1 else Text(f"Il y a : {shown}.", f"There are: {shown}."),
    )


def _check_profile(file: str, library: Library, profile: str, at: date) -> None:
    try:
        library.head(profile, at)
    except UsageError as error:
        raise DataError(file, 1, error.message, error.hint) from error
