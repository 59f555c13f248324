"""What a scenario asks, against what its protocol and the library know: judged before the first step of a run is played."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from harness.errors import DataError, told_at
from harness.exchange import Client, actors
from harness.exchange.terms import Shape, Slip
from harness.library import reading
from harness.library.nearest import is_it, suggestion
from harness.model import NO_TEXT, Scenario, Step, Text
from harness.runner.drawing import mutation_of
from harness.runner.references import references_in
from harness.runner.validity import VALID_FHIR, VALIDITY, profile_meant

if TYPE_CHECKING:
    from harness.library import Library


def vet(scenarios: Sequence[Scenario], library: Library, clients: Mapping[str, Client], at: date) -> None:
    """Raises DataError, with file and line, for the first name in a scenario that nothing bears, or value that cannot stand there.

    Names of requirements, actors, kinds of evidence, profiles, people, stories, transactions, arguments, expectations and facts are
    looked at, and values as far as the client's `terms` tell them.
    """
    requirements = library.requirements()
    kinds = library.grid().automatic_kinds if any(scenario.proves for scenario in scenarios) else ()
    people, stories = library.named("fixtures/people/*.yaml"), library.named("fixtures/stories/*.yaml")
    for scenario in scenarios:
        check = partial(_check_head, scenario)
        for requirement in scenario.requirements:
            check(Text("exigence inconnue", "unknown requirement"), requirement, requirements)
        for kind in scenario.proves:
            check(Text("preuve inconnue de la grille", "evidence unknown to the grid"), kind, kinds)
        for actor in scenario.actors.values():
            if known := actors(scenario.protocol):
                check(Text("acteur inconnu", "unknown actor"), actor, known)
        for person in (scenario.given.get("patient"), *(document.get("person") for document in scenario.documents)):
            check(Text("personne inconnue", "unknown person"), person, people)
        for document in scenario.documents:
            check(Text("histoire inconnue", "unknown story"), document.get("story"), stories)
            with told_at(scenario.file, _line(scenario, document["profile"])):
                library.head(document["profile"], at)
            with told_at(scenario.file, _line(scenario, document.get("mutation"))):
                mutation_of(document, library, at)
        _Steps(scenario, clients[scenario.protocol], library).check()


class _Steps:
    """The steps of one scenario, against what the client of its protocol knows."""

    def __init__(self, scenario: Scenario, client: Client, library: Library) -> None:
        self._scenario = scenario
        self._library = library
        self._client = client
        self._terms = client.terms
        self._sent = {step.id: step.arguments["transaction"] for step in scenario.steps if step.kind == "send"}

    def check(self) -> None:
        for number, step in enumerate(self._scenario.steps):
            if step.kind == "send":
                self._check_sending(number, step)
            for name, wanted in step.expect.items():
                known = {*self._client.expectations, VALID_FHIR}
                self._check_name(number, ("expect", name), Text("attente inconnue", "unknown expectation"), name, known)
                shape = VALIDITY if name == VALID_FHIR else self._terms.expected.get(name)
                self._check_value(number, ("expect", name), name, wanted, shape)
                if name == VALID_FHIR and (meant := profile_meant(wanted, self._library)):
                    self._tell(number, ("expect", name), name, Slip(wanted, meant))
            for name, fact in step.save.items():
                self._check_fact(number, ("save", name), step.arguments.get("reply", step.id), fact)
            for place, reference in (
                *references_in(step.arguments, (step.kind,)),
                *references_in(step.expect, ("expect",)),
                *references_in(step.when, ("when",)),
            ):
                of, _, said = reference.partition(".")
                if of == "steps":
                    id, _, fact = said.partition(".")
                    self._check_fact(number, place, id, fact)

    def _check_sending(self, number: int, step: Step) -> None:
        transaction = step.arguments["transaction"]
        what = Text("transaction inconnue", "unknown transaction")
        self._check_name(number, ("send", "transaction"), what, transaction, self._terms.arguments)
        known = self._terms.arguments[transaction]
        for name, value in step.arguments.items():
            if name != "transaction":
                what = Text(f"{transaction} : argument inconnu", f"{transaction}: unknown argument")
                self._check_name(number, ("send", name), what, name, known)
                self._check_value(number, ("send", name), name, value, known[name])
        for name, shape in known.items():
            if shape.needed and name not in step.arguments:
                message = Text(f"{transaction} : il manque `{name}`", f"{transaction}: `{name}` is missing")
                raise DataError(self._scenario.file, self._line(number, ("send",)), message, shape.said)

    def _check_fact(self, number: int, place: reading.Place, step: str, said: str) -> None:
        """said: the name of the fact, and what is named inside it."""
        fact, *within = said.split(".")
        known = self._terms.facts.get(self._sent.get(step, ""))
        if known is not None:
            what = Text(f"l'étape {step} ne donne pas ce fait", f"step {step} gives no such fact")
            self._check_name(number, place, what, fact, known)
            for slip in self._terms.within([fact, *within]) if within else ():
                self._tell(number, place, f"${{steps.{step}.{said}}}", slip)

    def _check_value(self, number: int, place: reading.Place, name: str, value: Any, shape: Shape | None) -> None:
        if shape is None:
            return
        for slip in shape.slips(value):
            self._tell(number, (*place, *slip.place), name, slip)
        if not shape.has(value):
            message = Text(
                f"{name} : {value!s:.60} ; il faut {shape.said.fr}", f"{name}: {value!s:.60}; it has to be {shape.said.en}"
            )
            hint = suggestion(value, shape.known, NO_TEXT) if isinstance(value, str) else NO_TEXT
            raise DataError(self._scenario.file, self._line(number, place), message, hint)

    def _tell(self, number: int, place: reading.Place, name: str, slip: Slip) -> NoReturn:
        message = Text(f"{name} : « {slip.word} » n'est pas reconnu", f"{name}: {slip.word!r} is not recognised")
        hint = is_it(slip.meant) if slip.meant else ""
        raise DataError(self._scenario.file, self._line(number, place), message, hint)

    def _check_name(self, number: int, place: reading.Place, what: Text, name: str, known: Iterable[str]) -> None:
        if name not in known:  # looked at here too: a line is found by reading the file again
            _check(self._scenario.file, self._line(number, place), what, name, known)

    def _line(self, number: int, place: reading.Place) -> int:
        """Line of a place in a step; that of the step when the file cannot be read again."""
        try:
            content = Path(self._scenario.file).read_bytes()
        except OSError:
            return self._scenario.steps[number].line
        return reading.line_of(("steps", number, *place), reading.lines(content, self._scenario.file))


def _check_head(scenario: Scenario, what: Text, name: str | None, known: Iterable[str]) -> None:
    """Check a name that stands above the steps."""
    if name is not None:
        _check(scenario.file, _line(scenario, name), what, name, known)


def _line(scenario: Scenario, name: str | None) -> int:
    return scenario.lines.get(name or "", 1)


def _check(file: str, line: int, what: Text, name: str, known: Iterable[str]) -> None:
    if name not in (words := set(known)):
        raise DataError(file, line, Text(f"{what.fr} : {name}", f"{what.en}: {name}"), suggestion(name, words))
