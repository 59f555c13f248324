"""Terminology without a server: whether a code is in a value set and in its system, and its display among its wordings."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Literal, Protocol

from ....library.fhir.index import CODE_SYSTEMS
from ....library.fhir.terminology_compiling import compile_value_set, whole_system
from ....library.nearest import suggestion
from ....model import Text, ValueSet
from ....values import dataclass
from ...code_forms import CodeForms, FormTable
from ...published_labels import Published, PublishedLabels
from . import known_systems
from .code_systems import CodeSystem
from .membership import Members, held
from .verdict import IN, OUT, Kind, Lookup, Verdict, unknown

_REMEMBERED = 20_000  # answers
_LISTED = 200  # codes of a value set among which the nearest is looked for
_IMPLICIT = {  # the value set of a whole system, by the address its owner gave it
    "http://unitsofmeasure.org/vs": known_systems.UCUM,
    "http://snomed.info/sct?fhir_vs": known_systems.SNOMED,
    "http://loinc.org/vs": known_systems.LOINC,
}
_SUBSUMED = re.compile(r"http://snomed\.info/sct(?:/[0-9]+(?:/version/[0-9]+)?)?\?fhir_vs=isa/([0-9]{6,18})")
_NOS = re.compile(r"https?://mos\.esante\.gouv\.fr/NOS/(JDV_[^/|]+)/")
_FRENCH = "1.2.250.1."  # the arc of the national agencies, which name their code systems in both ways
_OID = re.compile(r"[0-2](?:\.(?:0|[1-9][0-9]*))+")


@dataclass(frozen=True, slots=True)
class Answer:
    """kind: of membership; display: of the wording given, "unknown" also when none was or none is known to compare with.

    state: what the code system says of the code besides. asked: a terminology server said so.
    """

    kind: Kind
    display: Literal["ok", "differs", "unknown"] = "unknown"
    expected_display: str = ""
    reason: Text | None = None
    state: Literal["", "abstract", "retired"] = ""
    ended: str = ""
    asked: bool = False


class Server(Protocol):
    """A terminology server that somebody asked for, and that is only asked what cannot be told here.

    away: why it is asked no more.
    """

    @property
    def away(self) -> Text | None: ...

    def validate(self, value_set: Mapping[str, Any] | str, system: str | None, code: str) -> tuple[str, Text | None]: ...


class Terminology:
    """Answers from compiled definitions. Value sets and systems are opened when a code of them is first met, and kept.

    value_sets: those of the CI-SIS by OID or by name (`JDV_J07_XdsTypeCode_CISIS`); forms: of codes, by the OID of their system;
    labels: of codes of systems that no package has, by OID; server: asked what is unknown here.
    """

    def __init__(
        self,
        definitions: Lookup,
        *,
        value_sets: Callable[[str], ValueSet | None] | None = None,
        forms: FormTable | None = None,
        labels: Published | None = None,
        server: Server | None = None,
    ) -> None:
        self._definitions = definitions
        self._value_sets = value_sets
        self._forms = None if forms is None else CodeForms(forms)
        self._labels = None if labels is None else PublishedLabels(labels)
        self._server = server
        self._members: dict[str, Members | None] = {}
        self._stand_ins: dict[str, str] = {}  # canonical whose version is not at hand -> the version that was taken
        self._systems: dict[str, CodeSystem | None] = {}
        self._namesakes: dict[str, str | None] = {}
        self._near: dict[tuple[str, str], Text] = {}
        self._sound: set[str] = set()
        self._memory: dict[tuple[str, str | None, str, str | None], Answer] = {}

    def validate(self, canonical: str, system: str | None, code: str, display: str | None = None) -> Answer:
        """Whether a code is in a value set. system: None when the element has none (`code`); display: None when not given."""
        return self._remembered((canonical, system, code, display), self._validate)

    def code(self, system: str, code: str, display: str | None = None) -> Answer:
        """Whether it is a code of its system at all."""
        return self._remembered(("", system, code, display), self._code)

    @property
    def away(self) -> Text | None:
        """Why a server that somebody asked for is asked no more; None where nobody did, too."""
        return None if self._server is None else self._server.away

    def knows(self, canonical: str) -> bool:
        """Whether the value set itself is at hand, whatever it then can tell."""
        return self.members(canonical) is not None

    def has_version(self, system: str, version: str) -> bool:
        """Whether the code system at hand is of this version."""
        known = self.system(system)
        return known is not None and known.version == version

    def has_form(self, system: str, code: str) -> bool:
        """False where a code is not written as those of its system are, of which nothing else is known here."""
        if self._forms is None or system in known_systems.JUDGED:
            return True
        return self._forms.holds(code, known_systems.OIDS.get(system, system.removeprefix("urn:oid:")))

    def is_sound(self, system: str) -> bool:
        """Whether nothing was found wrong with the address of a system."""
        return system in self._sound

    def found_sound(self, system: str) -> None:
        if len(self._sound) >= _REMEMBERED:
            self._sound.clear()
        self._sound.add(system)

    def is_value_set_only(self, url: str) -> bool:
        """Whether an address is that of a value set and of no code system."""
        return self.system(url) is None and url not in known_systems.JUDGED and self.members(url) is not None

    def speaks(self, system: str, code: str, language: str) -> bool:
        """Whether some wording of a code is known in a language (`fr`)."""
        known = self.system(system)
        spelled = None if known is None else known.spelled(code)
        if known is None or spelled is None:
            return False
        return any(said.partition("-")[0].lower() == language for said, _ in known.words(spelled))

    def namesake(self, url: str) -> str | None:
        """How a code system is called whose address this one nearly is; None for an address that is one itself."""
        if url in self._namesakes:
            return self._namesakes[url]
        known: str | None = None
        if url not in known_systems.JUDGED and self.system(url) is None:
            became = known_systems.successor(url)
            known = became if became is not None and self.system(became) is not None else None
            known = known or known_systems.namesake(url) or self._definitions.namesake(CODE_SYSTEMS, url)
        if len(self._namesakes) >= _REMEMBERED:
            self._namesakes.clear()
        self._namesakes[url] = known
        return known

    def called_by_oid(self, url: str) -> str | None:
        """How FHIR calls a code system that is written by its OID (`urn:oid:…`), where that is known."""
        oid = url.removeprefix("urn:oid:")
        return known_systems.URLS.get(oid) or (self._definitions.systems_by_oid.get(oid) if oid.startswith(_FRENCH) else None)

    def meant(self, url: str) -> str | None:
        """The code system that was probably meant by an address of which nothing is known."""
        if url in known_systems.JUDGED or self.system(url) is not None:
            return None
        return known_systems.meant(url) or self._definitions.system_meant(url)

    def is_supplement(self, url: str) -> bool:
        """Whether an address is that of wordings for another code system."""
        known = self._definitions.code_system(url)
        return known is not None and (known["content"] == "supplement" or bool(known["supplements"]))

    def systems(self, canonical: str) -> Sequence[str]:
        """Code systems from which a value set takes its codes."""
        found = self.members(canonical)
        return () if found is None else found.systems

    def takes_from(self, canonical: str, system: str) -> bool:
        """Whether a value set takes codes from a system, which it may call by OID."""
        found = self.members(canonical)
        return found is not None and self._as_in(found, system) in found.systems

    def codes(self, canonical: str, most: int) -> list[str]:
        """The codes of a value set, none when they are more than that or cannot all be told."""
        found = self.members(canonical)
        return [] if found is None else found.codes(most)

    def near(self, canonical: str, code: str) -> Text:
        """The code of a value set that was probably meant, or those that there are when they are few; empty when too many."""
        asked = (canonical, code)
        if asked not in self._near:
            if len(self._near) >= _REMEMBERED:
                self._near.clear()
            self._near[asked] = suggestion(code, self.codes(canonical, _LISTED))
        return self._near[asked]

    def title(self, canonical: str) -> str:
        """What a value set is called, its address when it is not at hand."""
        found = self.members(canonical)
        return canonical if found is None else found.title

    def _remembered(
        self, key: tuple[str, str | None, str, str | None], answer: Callable[[str, str | None, str, str | None], Answer]
    ) -> Answer:
        known = self._memory.get(key)
        if known is None:
            if len(self._memory) >= _REMEMBERED:
                self._memory.clear()
            known = self._memory[key] = answer(*key)
        return known

    def _validate(self, canonical: str, system: str | None, code: str, display: str | None) -> Answer:
        found = self.members(canonical)
        if found is None:
            verdict = unknown(
                f"aucun paquet installé ne donne le jeu de valeurs {canonical}",
                f"no installed package gives the value set {canonical}",
            )
        else:
            verdict = found.holds(self._as_in(found, system), code)
            if verdict.kind == "out" and canonical in self._stand_ins:
                verdict = _of_another_version(found, self._stand_ins[canonical])
            elif verdict.kind == "out" and "|" not in canonical:
                verdict = self._unless_elsewhere(canonical, verdict, lambda other: self._holds(other, system, code))
        asked = False
        if verdict.kind == "unknown" and self._server is not None:
            verdict, asked = self._ask(canonical if found is None else found.compiled, system, code, verdict)
        answer = Answer(verdict.kind, reason=verdict.reason, asked=asked)
        if verdict.kind == "out":
            return answer
        if system is None:
            of = [name for name in found.systems if self._has(name, code)] if found is not None else []
            if len(of) != 1:
                return answer
            system = of[0]
        words = [] if found is None else found.words(self._as_in(found, system), code)
        return self._with_display(answer, system, code, display, words)

    def _code(self, _: str, system: str | None, code: str, display: str | None) -> Answer:
        url = system or ""
        verdict = held(self.system(url), url, code)
        if verdict.kind == "out" and "|" not in url:
            verdict = self._unless_elsewhere(url, verdict, lambda other: held(self.system(other), url, code))
        asked = False
        if verdict.kind == "unknown" and self._server is not None:
            verdict, asked = self._ask(whole_system("", url), url, code, verdict)
        answer = Answer(verdict.kind, reason=verdict.reason, asked=asked)
        return answer if verdict.kind == "out" else self._with_display(answer, url, code, display, [])

    def _holds(self, canonical: str, system: str | None, code: str) -> Verdict:
        found = self.members(canonical)
        return OUT if found is None else found.holds(self._as_in(found, system), code)

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

    def _with_display(self, answer: Answer, system: str, code: str, display: str | None, listed: list[tuple[str, str]]) -> Answer:
        """A wording is only said to differ where every wording of the code is known."""
        known = self.system(system)
        spelled = code if known is None else known.spelled(code) or code
        words = [*listed, *(known.words(spelled) if known is not None else ())]
        if known is not None and known.is_abstract(spelled):
            answer = replace(answer, state="abstract")
        elif known is not None and spelled in known.retired:
            answer = replace(answer, state="retired", ended=known.retired[spelled])
        if not words:
            return self._with_label(answer, system, code, display)
        expected = _preferred(words)
        if display is None:
            return replace(answer, expected_display=expected)
        if any(_folded(display) == _folded(word) for _, word in words):
            return replace(answer, display="ok", expected_display=expected)
        whole = known is not None and known.is_complete and spelled in known.displays
        return replace(answer, display="differs" if whole else "unknown", expected_display=expected)

    def _with_label(self, answer: Answer, system: str, code: str, display: str | None) -> Answer:
        """Of LOINC and other systems that documents in CDA speak too: a wording that is known to be that of another code."""
        oid = known_systems.OIDS.get(system)
        if self._labels is None or oid is None or not display or self._labels.fault(code, oid, display) != "other":
            return answer
        return replace(answer, display="differs", expected_display=self._labels.labels(code, oid))

    # ---------------------------------------------------------- what is at hand

    def members(self, canonical: str) -> Members | None:
        if canonical not in self._members:
            compiled = self._compiled(canonical)
            self._members[canonical] = None if compiled is None else Members(compiled, self)
        return self._members[canonical]

    def system(self, canonical: str) -> CodeSystem | None:
        if canonical not in self._systems:
            url = canonical.partition("|")[0]
            compiled: Any = self._definitions.code_system(canonical)
            if compiled is None and url != canonical:
                compiled = self._definitions.code_system(url)
            elif compiled is not None and url == canonical and compiled["content"] != "complete":
                compiled = self._whole(url, compiled) or compiled
            self._systems[canonical] = None if compiled is None else CodeSystem(compiled, self._definitions.supplements(url))
        return self._systems[canonical]

    def _whole(self, url: str, part: Any) -> Any:
        """A code system of which R4 has examples only, as HL7's terminology publishes it since, with all that R4 has of it."""
        versions = reversed(self._definitions.canonical_versions(url))
        found = [self._definitions.code_system(f"{url}|{version}") for version in versions]
        whole = (one for one in found if one is not None and one["content"] == "complete")
        return next((one for one in whole if part["displays"].keys() <= one["displays"].keys()), None)

    def _compiled(self, canonical: str) -> Mapping[str, Any] | None:
        """As published, else in another version, else from the CI-SIS, else what its address says by itself."""
        url, _, version = canonical.partition("|")
        found: Mapping[str, Any] | None = self._definitions.value_set(canonical)
        if found is None and version:
            found = self._definitions.value_set(url)
        found = found or self._of_cisis(url)
        if found is not None:
            if version and found["version"] != version:
                self._stand_ins[canonical] = str(found["version"])
            return found
        if url in _IMPLICIT:
            return whole_system(url, _IMPLICIT[url])
        if subsumed := _SUBSUMED.fullmatch(url):
            said = {"property": "concept", "op": "is-a", "value": subsumed[1]}
            include = {"system": known_systems.SNOMED, "filter": [said]}
            return compile_value_set({"url": url, "compose": {"include": [include]}})
        return None

    def _of_cisis(self, url: str) -> Mapping[str, Any] | None:
        """A JDV by OID or by its address in the NOS of the ANS, where no package has it."""
        if self._value_sets is None:
            return None
        name = url.removeprefix("urn:oid:")
        if nos := _NOS.match(url):
            name = nos[1].replace("-", "_")
        elif not _OID.fullmatch(name):
            return None
        found = self._value_sets(name)
        if found is None:
            return None
        systems: dict[str, dict[str, str]] = {}
        for (oid, code), label in found.concepts.items():
            systems.setdefault(f"urn:oid:{oid}", {})[code] = label
        include = [
            {"system": system, "concept": [{"code": code, "display": label} for code, label in codes.items()]}
            for system, codes in systems.items()
        ]
        said = {"url": url, "version": found.version, "name": found.id, "title": found.title, "compose": {"include": include}}
        return compile_value_set(said)

    def _as_in(self, members: Members, system: str | None) -> str | None:
        """The system as the value set calls it: a JDV of the CI-SIS calls by OID what FHIR calls by URL."""
        if system is None or system in (named := members.systems) or not any(name.startswith("urn:oid:") for name in named):
            return system
        oid = known_systems.OIDS.get(system, "")
        if not oid:
            known = self.system(system)
            oid = "" if known is None else known.oid
        return f"urn:oid:{oid}" if f"urn:oid:{oid}" in named else system

    def _has(self, system: str, code: str) -> bool:
        known = self.system(system)
        return known is not None and code in known.displays


def of_library(library: Any) -> Callable[[str], ValueSet | None]:
    """The value sets of the CI-SIS that travel with the harness, by OID or by name."""

    def found(name: str) -> ValueSet | None:
        id = library.value_set_oids().get(name, name)
        return library.value_set(id) if id in library.value_set_ids() else None

    return found


def _of_another_version(members: Members, version: str) -> Verdict:
    return unknown(
        f"la version demandée de {members.title} n'est pas là, et la version {version} n'a pas ce code",
        f"the version asked of {members.title} is not here, and the version {version} does not have this code",
    )


def _preferred(words: list[tuple[str, str]]) -> str:
    """What is shown of several wordings: the first in French, else the first."""
    return next((word for language, word in words if language.lower().startswith("fr")), words[0][1])


def _folded(words: str) -> str:
    return " ".join(words.casefold().split())
