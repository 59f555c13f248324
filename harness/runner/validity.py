"""`valid-fhir`: what the FHIR judge finds in an answer, with base R4 or with the profile that the answer has to follow.

MHD obliges what a system returns to be valid FHIR and recommends its profiles (2:3.67.4.2.2.1), so that each is a requirement
of its own: an error of base R4 says nothing of the profile, nor the other way round. A resource that is kept is found by every
later search on its patient: what is wrong in it is held against the scenario that met it first, and said of the others. A search
that is about one match (`pick`) is judged on that one: another may be what a submission that had to be refused has left.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING

from harness.errors import UnreadableDocument, UsageError
from harness.exchange import Reply
from harness.exchange.terms import Shape
from harness.library.fhir.index import STRUCTURES
from harness.library.nearest import slipped
from harness.model import NO_TEXT, STEP_NOT_JUDGED, Finding, Severity, Text, Verdict
from harness.runner.outcomes import HELD, Outcome
from harness.values import dataclass

if TYPE_CHECKING:
    from harness.checks import Judge
    from harness.documents.fhir_tree import Node
    from harness.library import Library
    from harness.library.fhir.definitions import Definitions

VALID_FHIR = "valid-fhir"
R4 = "r4"
VALIDITY = Shape(
    Text("r4, ou l'adresse d'un profil", "r4, or the address of a profile"),
    lambda value: value == R4 or (isinstance(value, str) and ":" in value),
)
_OF_CORE, _R4_VERSION = "http://hl7.org/fhir/StructureDefinition/", "4.0.1"
_COMMON = "fhir/common"
_OF_ALL = ("FHIR-FORMAT", "document.readable")
_IN_ENTRY = re.compile(r"Bundle\.entry\[(?P<number>\d+)\](?P<place>\.resource\b.*)?", re.DOTALL)
_TOLD = 3  # findings that a message names; the step has them all


@dataclass(frozen=True, slots=True)
class _Part:
    """The judgement of one page of the answer. places: where each error is, with the resource that a person can look for."""

    errors: tuple[Finding, ...]
    places: tuple[str, ...]
    not_judged: tuple[Text, ...]


class Validity:
    """Judges any number of answers; packages are opened for the first one."""

    def __init__(self, library: Library, now: datetime) -> None:
        self._library = library
        self._now = now
        self._judges: dict[str, Judge] = {}
        self._first: dict[tuple[str, ...], str] = {}  # what is wrong in a resource that is kept: the scenario that met it first

    def weigh(self, reply: Reply, wanted: object, scenario: str) -> Outcome:
        """wanted: `r4`, or the canonical of a profile of the answer. Raises UsageError when it is neither."""
        asked = str(wanted)
        if asked != R4 and ":" not in asked:
            raise UsageError(
                Text(f"{VALID_FHIR} : {asked}", f"{VALID_FHIR}: {asked}"),
                Text("`r4`, ou l'adresse d'un profil.", "`r4`, or the address of a profile."),
            )
        problem = reply.facts.get("problem")
        if isinstance(problem, Text):
            return Outcome(Verdict.FAIL, problem)
        if asked != R4 and self._definitions.structure(asked) is None:
            why = Text(
                f"aucun paquet FHIR installé ne donne le profil {asked}",
                f"no FHIR package that is installed gives the profile {asked}",
            )
            return Outcome(Verdict.SKIP, Text(f"Non jugé : {why.fr}.", f"Not judged: {why.en}."), findings=(_untold(why),))
        bodies = [exchange.response.body for exchange in (reply.exchange, *reply.others) if exchange.response is not None]
        own = str(reply.facts.get("document_reference") or reply.facts.get("pick", "")) if "searched" in reply.facts else ""
        parts = [self._judged(body, asked, scenario, own) for body in bodies]
        errors = tuple(error for part in parts for error in part.errors)
        if errors:
            return Outcome(Verdict.FAIL, _told(errors, [place for part in parts for place in part.places]), findings=errors)
        untold = dict.fromkeys(text for part in parts for text in part.not_judged)
        return Outcome(Verdict.PASS, HELD, findings=tuple(map(_untold, untold)))

    def _judged(self, body: bytes, asked: str, scenario: str, own: str) -> _Part:
        """own: the one match that the search is about, there or not, if it says one; the others were not sent by this scenario."""
        from harness.checks import refused
        from harness.documents import Refused, read

        try:
            document = read(body, "")
            judgement = self._judge(asked).judge(document)
        except UnreadableDocument as error:
            findings = refused(Refused("", error, body)).findings
            return _Part(findings, tuple(one.location for one in findings), ())
        warnings = _warnings(document.resource)
        errors = (error for error in judgement.findings if error.severity is Severity.ERROR and error.location not in warnings)
        asked_for = (error for error in errors if of_r4(error.requirement, self._definitions) is (asked == R4))
        held: list[Finding] = []
        places: list[str] = []
        not_judged = list(judgement.not_judged)
        others: list[str] = []
        for one in asked_for:
            if one.requirement in self._of_no_profile:
                continue
            resource, place = _in_entry(document.resource, one.location)
            if resource and own and resource != own:
                others.append(resource)
                continue
            first = self._first.setdefault((asked, resource, one.rule, place), scenario) if resource else scenario
            if first == scenario:
                held.append(one)
                places.append(f"{one.location} ({resource})" if resource else one.location)
            else:
                not_judged.append(_text_known(resource, first))
        if others:
            not_judged.append(_text_others(list(dict.fromkeys(others))))
        return _Part(tuple(held), tuple(places), tuple(not_judged))

    def _judge(self, asked: str) -> Judge:
        from harness.checks import Judge

        if asked not in self._judges:
            self._judges[asked] = Judge(
                self._library,
                at=self._now.date(),
                now=self._now,
                profile=None if asked == R4 else asked,
                definitions=self._definitions,
            )
        return self._judges[asked]

    @cached_property
    def _of_no_profile(self) -> Collection[str]:
        """Rules on any resource (the INS of a patient), which no profile of the answer asks for."""
        return self._library.profile(self._library.head(_COMMON, self._now.date()).coordinate).requirements

    @cached_property
    def _definitions(self) -> Definitions:
        from harness.library.fhir.definitions import Definitions

        return Definitions.open(told=self._library.told)


def profile_meant(asked: str, library: Library) -> str | None:
    """For the canonical of an unknown profile, the installed one that was probably meant."""
    from harness.library.fhir.definitions import Definitions

    if asked == R4:
        return None
    definitions = Definitions.open(told=library.told)
    if definitions.find(STRUCTURES, asked) is not None:
        return None
    near = definitions.neighbours(extensions=False).slipped(asked)
    return near or slipped(asked, (held.canonical.partition("|")[0] for held in definitions.profiles()))


def of_r4(requirement: str, definitions: Definitions) -> bool:
    """Whether R4 itself asks for it: HL7 publishes other extensions under the same addresses, with their own versions."""
    canonical = requirement.partition("#")[0]
    if not canonical.startswith(_OF_CORE):
        return canonical.startswith(_OF_ALL)
    held = definitions.find(STRUCTURES, canonical)
    return held is None or held.version == _R4_VERSION


def _warnings(root: Node | None) -> set[str]:
    """The entries that warn of something: MHD wants them in a searchset, and the closed slices of its List response forget them."""
    entries = root.children.get("entry", ()) if root is not None else ()
    resources = ((number, entry.only("resource")) for number, entry in enumerate(entries))
    return {f"Bundle.entry[{number}]" for number, one in resources if one is not None and one.type == "OperationOutcome"}


def _in_entry(root: Node | None, location: str) -> tuple[str, str]:
    """The entry of a Bundle that a location is in, by its type and id, and where in it; empty when it is in none with an id."""
    found = _IN_ENTRY.fullmatch(location)
    entries = root.children.get("entry", ()) if root is not None else ()
    resource = entries[int(found["number"])].only("resource") if found and int(found["number"]) < len(entries) else None
    if found is None or resource is None or not (identifier := resource.text("id")):
        return "", ""
    return f"{resource.type}/{identifier}", found["place"] or ""


def _told(errors: Sequence[Finding], places: Sequence[str]) -> Text:
    said = dict.fromkeys((place, error.message) for place, error in zip(places, errors, strict=True))  # once for all pages
    shown = list(said)[:_TOLD]
    more = len(said) - len(shown)
    return Text(
        " ; ".join(f"{place} : {message.fr.rstrip('.')}" for place, message in shown) + (f" ; et {more} de plus." if more else "."),
        "; ".join(f"{place}: {message.en.rstrip('.')}" for place, message in shown) + (f"; and {more} more." if more else "."),
    )


def _text_known(resource: str, first: str) -> Text:
    return Text(
        f"{resource} : ce qui n'y est pas valide est déjà dit au scénario {first}",
        f"{resource}: what is not valid in it is already reported in scenario {first}",
    )


def _text_others(resources: Sequence[str]) -> Text:
    shown, more = ", ".join(resources[:_TOLD]), len(resources) - _TOLD
    return Text(
        f"{shown}{f' et {more} de plus' if more > 0 else ''} : FHIR non valide, que ce scénario n'a pas déposé",
        f"{shown}{f' and {more} more' if more > 0 else ''}: FHIR that is not valid, which this scenario did not submit",
    )


def _untold(why: Text) -> Finding:
    return Finding(STEP_NOT_JUDGED, STEP_NOT_JUDGED, Severity.INFO, "", 0, why, NO_TEXT, "")
