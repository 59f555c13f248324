"""The coded words of stories: terms, medicines and code systems by name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from ..identifiers import is_oid
from ..library import Library
from ..library.nearest import suggestion
from ..model import Text
from ..values import dataclass
from .fixture import Reader, WrongWord
from .people import TERMS
from .tellings import Atc

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
    atc: Atc
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
        for group, words in terms.items():
            for word, term in words.items():
                if term.system not in systems and not is_oid(term.system):
                    wrong = Text(f"terminologie inconnue : {term.system}", f"unknown code system: {term.system}")
                    Reader(library, TERMS).refuse((group, word), wrong, suggestion(term.system, systems))
        named = {group: {word: _resolved(term, systems) for word, term in words.items()} for group, words in terms.items()}
        medicines = Reader(library, MEDICINES).read(Mapping[str, Medicine], library.data(MEDICINES), ())  # type: ignore[type-abstract]
        routes = named.get("route", {})
        for key, medicine in medicines.items():
            if medicine.route not in routes:
                wrong = Text(f"il n'y a pas route.{medicine.route} dans {TERMS}", f"there is no route.{medicine.route} in {TERMS}")
                Reader(library, MEDICINES).refuse((key, "route"), wrong, suggestion(medicine.route, routes))
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
