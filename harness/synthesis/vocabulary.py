"""The coded words of stories: terms, medicines and code systems by name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from ..library import Library
from ..library.nearest import suggestion
from ..model import Text
from ..values import dataclass
from .fixture import Reader, WrongWord

TERMS = "fixtures/terms.yaml"
MEDICINES = "fixtures/medicines.yaml"
SYSTEMS = "profiles/cda/systems.yaml"

T = TypeVar("T")


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
    """Words and what they stand for. Each lookup raises WrongWord when nothing has that name."""

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
        return _find(TERMS, f"{group}.{word}", word, self.terms.get(group, {}))

    def medicine(self, key: str) -> Medicine:
        return _find(MEDICINES, key, key, self.medicines)

    def oid(self, system: str) -> str:
        return _find(SYSTEMS, system, system, self.systems)[0]

    def name(self, system: str) -> str:
        return _find(SYSTEMS, system, system, self.systems)[1]


def _find(file: str, shown: str, key: str, known: Mapping[str, T]) -> T:
    if key not in known:
        message = Text(f"il n'y a pas {shown} dans {file}", f"there is no {shown} in {file}")
        raise WrongWord(key, message, suggestion(key, known))
    return known[key]


def _resolved(term: Term, systems: Mapping[str, tuple[str, str]]) -> Term:
    oid, name = systems.get(term.system, (term.system, ""))
    return Term(term.code, oid, term.label, name)
