"""Terminology without a server: whether a code is in a value set and in its system, and what else is to be told of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from ....library.fhir.definitions import Definitions
from ....library.fhir.terminology_compiling import whole_system
from ....library.nearest import suggestion
from ....library.tables import Tables
from ....model import NO_TEXT, Text, ValueSet
from ....remembered import latest_remembered
from ...codes.forms import CodeForms
from . import known_systems
from .at_hand import AtHand
from .displays import Displays
from .membership import Members, held
from .system_names import SystemNames
from .verdict import IN, OUT, Answer, Verdict, unknown

_REMEMBERED = 20_000  # answers
_LISTED = 200  # codes of a value set among which the nearest is looked for
_COMPARED = 1_000  # codes of a system, as well


class Server(Protocol):
    """A terminology server that somebody asked for, and that is only asked what cannot be told here.

    away: why it is asked no more.
    """

    @property
    def away(self) -> Text | None: ...

    def validate(self, value_set: Mapping[str, Any] | str, system: str | None, code: str) -> tuple[str, Text | None]: ...


class Terminology:
    """Answers from what is at hand; the latest are remembered.

    value_sets: those of the CI-SIS by OID or by name (`JDV_J07_XdsTypeCode_CISIS`); tables: forms of codes by the OID of their
    system, and labels of those of systems that no package has; server: asked what is unknown here.
    """

    def __init__(
        self,
        definitions: Definitions,
        *,
        value_sets: Callable[[str], ValueSet | None] | None = None,
        tables: Tables | None = None,
        server: Server | None = None,
    ) -> None:
        self._definitions = definitions
        self.at_hand = AtHand(definitions, value_sets)
        self.names = SystemNames(definitions, self.at_hand)
        self.displays = Displays(self.at_hand, tables)
        self._forms = None if tables is None else CodeForms(tables)
        self._server = server

    @property
    def away(self) -> Text | None:
        """Why a server that somebody asked for is asked no more; None where nobody did, too."""
        return None if self._server is None else self._server.away

    def has_version(self, system: str, version: str) -> bool:
        """Whether the code system at hand is of this version."""
        known = self.at_hand.system(system)
        return known is not None and known.version == version

    def has_form(self, system: str, code: str) -> bool:
        """False where a code is not written as those of its system are, of which nothing else is known here."""
        if self._forms is None or system in known_systems.JUDGED:
            return True
        return self._forms.holds(code, known_systems.OIDS.get(system, system.removeprefix("urn:oid:")))

    def systems(self, canonical: str) -> Sequence[str]:
        """Code systems from which a value set takes its codes."""
        found = self.at_hand.members(canonical)
        return () if found is None else found.systems

    def takes_from(self, canonical: str, system: str) -> bool:
        """Whether a value set takes codes from a system, which it may call by OID."""
        found = self.at_hand.members(canonical)
        return found is not None and self.at_hand.name_in(found, system) in found.systems

    def codes(self, canonical: str, most: int) -> list[str]:
        """The codes of a value set, none when they are more than that or cannot all be told."""
        found = self.at_hand.members(canonical)
        return [] if found is None else found.codes(most)

    @latest_remembered(_REMEMBERED)
    def near(self, canonical: str, code: str) -> Text:
        """The code of a value set that was probably meant, or those that there are when they are few; empty when too many."""
        return suggestion(code, self.codes(canonical, _LISTED))

    @latest_remembered(_REMEMBERED)
    def near_in_system(self, system: str, code: str) -> Text:
        """The code of a code system that was probably meant; empty when none is near, or they are too many."""
        known = self.at_hand.system(system)
        codes = () if known is None or len(known.displays) > _COMPARED else known.displays
        return suggestion(code, codes, otherwise=NO_TEXT)

    def title(self, canonical: str) -> str:
        """What a value set is called, its address when it is not at hand."""
        found = self.at_hand.members(canonical)
        return canonical if found is None else found.title

    @latest_remembered(_REMEMBERED)
    def validate(self, canonical: str, system: str | None, code: str, display: str | None = None) -> Answer:
        """Whether a code is in a value set. system: None when the element has none (`code`); display: None when not given."""
        found = self.at_hand.members(canonical)
        if found is None:
            verdict = unknown(
                f"aucun paquet installé ne donne le jeu de valeurs {canonical}",
                f"no installed package gives the value set {canonical}",
            )
        else:
            verdict = found.holds(self.at_hand.name_in(found, system), code)
            if verdict.kind == "out" and canonical in self.at_hand.stand_ins:
                verdict = _of_another_version(found, self.at_hand.stand_ins[canonical])
            elif verdict.kind == "out" and "|" not in canonical:
                verdict = self._unless_elsewhere(canonical, verdict, lambda other: self._holds(other, system, code))
        asked = False
        if verdict.kind == "unknown" and self._server is not None:
            verdict, asked = self._ask(canonical if found is None else found.compiled, system, code, verdict)
        answer = Answer(verdict.kind, reason=verdict.reason, asked=asked)
        if verdict.kind == "out":
            return answer
        if system is None:
            of = [name for name in found.systems if self.at_hand.lists(name, code)] if found is not None else []
            if len(of) != 1:
                return answer
            system = of[0]
        words = [] if found is None else found.words(self.at_hand.name_in(found, system), code)
        return self.displays.judged(answer, system, code, display, words)

    @latest_remembered(_REMEMBERED)
    def code(self, system: str, code: str, display: str | None = None) -> Answer:
        """Whether it is a code of its system at all."""
        verdict = held(self.at_hand.system(system), system, code)
        if verdict.kind == "out" and "|" not in system:
            verdict = self._unless_elsewhere(system, verdict, lambda other: held(self.at_hand.system(other), system, code))
        asked = False
        if verdict.kind == "unknown" and self._server is not None:
            verdict, asked = self._ask(whole_system("", system), system, code, verdict)
        answer = Answer(verdict.kind, reason=verdict.reason, asked=asked)
        return answer if verdict.kind == "out" else self.displays.judged(answer, system, code, display, [])

    def _holds(self, canonical: str, system: str | None, code: str) -> Verdict:
        found = self.at_hand.members(canonical)
        return OUT if found is None else found.holds(self.at_hand.name_in(found, system), code)

    def _unless_elsewhere(self, url: str, here: Verdict, holds: Callable[[str], Verdict]) -> Verdict:
        """Where no version is asked and several are installed, a code of one of them is not wrong."""
        known = self._definitions.canonical_versions(url)
        for version in known if len(known) > 1 else ():
            if holds(f"{url}|{version}").kind == "in":
                return unknown(
                    f"le code est de la version {version} de {url}, pas de la dernière",
                    f"the code is of version {version} of {url}, not of the last one",
                )
        return here

    def _ask(self, value_set: Mapping[str, Any] | str, system: str | None, code: str, here: Verdict) -> tuple[Verdict, bool]:
        """What the server says; where it says nothing, why, after why it could not be told here."""
        if self._server is None:
            return here, False
        kind, reason = self._server.validate(value_set, system, code)
        if kind == "in":
            return IN, True
        if kind == "out":
            return Verdict("out", reason), True
        if reason is not None and here.reason is not None:
            reason = Text(f"{here.reason.fr} ; {reason.fr}", f"{here.reason.en}; {reason.en}")
        return Verdict("unknown", reason or here.reason), False


def _of_another_version(members: Members, version: str) -> Verdict:
    return unknown(
        f"la version demandée de {members.title} n'est pas là, et la version {version} n'a pas ce code",
        f"the version asked of {members.title} is not here, and the version {version} does not have this code",
    )
