"""What a scenario asks, against what its protocol and the library know: judged before the first step of a run is played."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING

from harness.errors import DataError, UsageError
from harness.exchange import Client
from harness.library.nearest import suggestion
from harness.model import Scenario, Text
from harness.runner.validity import VALID_FHIR

if TYPE_CHECKING:
    from harness.library import Library


def vet(scenarios: Sequence[Scenario], library: Library, clients: Mapping[str, Client], at: date) -> None:
    """Raises DataError, with file and line, for the first name in a scenario that nothing bears.

    Names of requirements, kinds of evidence, profiles, people, stories, transactions and expectations are looked at.
    """
    requirements = library.requirements()
    kinds = library.grid().automatic_kinds if any(scenario.proves for scenario in scenarios) else ()
    people, stories = _names(library, "fixtures/people/*.yaml"), _names(library, "fixtures/stories/*.yaml")
    for scenario in scenarios:
        client, file, line = clients[scenario.protocol], scenario.file, scenario.lines
        known = {*client.expectations, VALID_FHIR}
        for requirement in scenario.requirements:
            _check(file, line.get(requirement, 1), Text("exigence inconnue", "unknown requirement"), requirement, requirements)
        for kind in scenario.proves:
            _check(file, line.get(kind, 1), Text("preuve inconnue de la grille", "evidence unknown to the grid"), kind, kinds)
        given = scenario.given
        documents = [given["document"]] if "document" in given else given.get("documents", [])
        for one in (given.get("patient"), *(document.get("person") for document in documents)):
            _check(file, line.get(one, 1), Text("personne inconnue", "unknown person"), one, people)
        for document in documents:
            story, profile = document.get("story"), document["profile"]
            _check(file, line.get(story, 1), Text("histoire inconnue", "unknown story"), story, stories)
            _check_profile(file, line.get(profile, 1), library, profile, at)
        for step in scenario.steps:
            if step.kind == "send":
                transaction = step.arguments["transaction"]
                _check(file, step.line, Text("transaction inconnue", "unknown transaction"), transaction, client.transactions)
            for expectation in step.expect:
                _check(file, step.line, Text("attente inconnue", "unknown expectation"), expectation, known)


def _names(library: Library, pattern: str) -> list[str]:
    return [relative.rpartition("/")[2].removesuffix(".yaml") for relative in library.files(pattern)]


def _check(file: str, line: int, what: Text, name: str | None, known: Iterable[str]) -> None:
    words = set(known)
    if name is not None and name not in words:
        raise DataError(file, line, Text(f"{what.fr} : {name}", f"{what.en}: {name}"), suggestion(name, words))


def _check_profile(file: str, line: int, library: Library, profile: str, at: date) -> None:
    try:
        library.head(profile, at)
    except UsageError as error:
        raise DataError(file, line, error.message, error.hint) from error
