"""The coded words of stories: terms, medicines and code systems by name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ..errors import DataError
from ..library import Library
from ..library.nearest import suggestion
from .fixture import Reader

TERMS = "fixtures/terms.yaml"
MEDICINES = "fixtures/medicines.yaml"


@dataclass(frozen=True, slots=True)
class Term:
    """system: OID; system_name: as a document writes it, empty when nobody names it."""

    code: str
    system: str
    label: str
    system_name: str = ""


@dataclass(frozen=True, slots=True)
class Medicine:
    """name: as prescribed; atc with its label; cis and cip (13 digits) with their labels when the very product is known."""

    name: str
    route: str
    atc: str
    atc_label: str
    cis: str = ""
    cis_label: str = ""
    cip: str = ""
    cip_label: str = ""


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Words and what they stand for. Each lookup raises DataError when nothing has that name."""

    terms: Mapping[str, Mapping[str, Term]]
    medicines: Mapping[str, Medicine]
    systems: Mapping[str, tuple[str, str]]

    @classmethod
    def of(cls, library: Library) -> Vocabulary:
        systems = library.systems()
        terms = Reader(library, TERMS).read(Mapping[str, Mapping[str, Term]], library.data(TERMS), ())  # type: ignore[type-abstract]
        named = {group: {word: _resolved(term, systems) for word, term in words.items()} for group, words in terms.items()}
        medicines = Reader(library, MEDICINES).read(Mapping[str, Medicine], library.data(MEDICINES), ())  # type: ignore[type-abstract]
        return cls(named, medicines, systems)

    def term(self, group: str, word: str) -> Term:
        words = self.terms.get(group, {})
        if word not in words:
            raise DataError(TERMS, 1, f"{group} has no word {word!r}", suggestion(word, words))
        return words[word]

    def medicine(self, key: str) -> Medicine:
        if key not in self.medicines:
            raise DataError(MEDICINES, 1, f"no medicine {key!r}", suggestion(key, self.medicines))
        return self.medicines[key]

    def oid(self, system: str) -> str:
        return self._system(system)[0]

    def name(self, system: str) -> str:
        return self._system(system)[1]

    def _system(self, system: str) -> tuple[str, str]:
        if system not in self.systems:
            raise DataError("profiles/cda/systems.yaml", 1, f"no code system {system!r}", suggestion(system, self.systems))
        return self.systems[system]


def _resolved(term: Term, systems: Mapping[str, tuple[str, str]]) -> Term:
    oid, name = systems.get(term.system, (term.system, ""))
    return Term(term.code, oid, term.label, name)
