"""Synthetic people: who they are, how their INS identity is written, where they are found."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from ..errors import DataError, ForbiddenProduction, UsageError
from ..identifiers import ins_arc, is_ins, mask_ins
from ..library import Library
from ..library.nearest import suggestion
from ..model import Text
from .fixture import load

Sex = Literal["F", "M"]


@dataclass(frozen=True, slots=True)
class Place:
    """A commune or a country by its COG code (5 characters)."""

    code: str
    label: str


@dataclass(frozen=True, slots=True)
class Birth:
    """The strict traits. given: every given name of the birth record, in order."""

    family: str
    given: tuple[str, ...]
    sex: Sex
    date: date
    place: Place


@dataclass(frozen=True, slots=True)
class UsedName:
    family: str
    given: str


@dataclass(frozen=True, slots=True)
class Address:
    number: str
    street: str
    postal_code: str
    city: str
    unit: str = ""
    country: str = "FRANCE"


@dataclass(frozen=True, slots=True)
class Phones:
    home: str
    mobile: str


@dataclass(frozen=True, slots=True)
class Contact:
    """relation: a word of `relative` in fixtures/terms.yaml."""

    relation: str
    family: str
    given: str
    phone: str


@dataclass(frozen=True, slots=True)
class Person:
    """A synthetic person. ins: matricule of 15 characters with its key; ins_oid: its assigning authority.

    Raises ForbiddenProduction when the authority is one of production, ValueError when the two are no INS of test.
    """

    id: str
    birth: Birth
    used: UsedName
    ins: str
    ins_oid: str
    address: Address
    phones: Phones
    emergency: Contact
    trusted: Contact
    guardian: Contact | None = None

    def __post_init__(self) -> None:
        arc = ins_arc(self.ins_oid)
        if arc is not None and arc.is_production:
            raise ForbiddenProduction(
                Text(
                    f"{self.id} porte un INS de production ({arc.oid})",
                    f"{self.id} bears a production INS ({arc.oid})",
                ),
                Text(
                    "Les personnes de synthèse ont un INS de test : 1.2.250.1.213.1.4.10 ou .11.",
                    "Synthetic people have a test INS: 1.2.250.1.213.1.4.10 or .11.",
                ),
            )
        if arc is None or not arc.is_test:
            raise ValueError(f"{self.ins_oid!r} is not the OID of a test INS")
        if not is_ins(self.ins):
            raise ValueError(f"{mask_ins(self.ins)!r} is not a matricule of 15 characters with a right key")

    @property
    def first_given(self) -> str:
        return self.birth.given[0]

    @property
    def mailbox(self) -> str:
        """The citizen's MSSanté mailbox."""
        return f"{self.ins}@patient.mssante.fr"

    def age(self, at: date) -> int:
        """Whole years at a day."""
        born = self.birth.date
        return at.year - born.year - ((at.month, at.day) < (born.month, born.day))


def list_people(library: Library) -> tuple[Person, ...]:
    """Every named person of the library, by id."""
    return tuple(_load(library, relative) for relative in sorted(library.files("fixtures/people/*.yaml")))


def find_person(library: Library, id: str) -> Person:
    """Raises UsageError naming the nearest id, ForbiddenProduction as Person does."""
    known = {relative.rsplit("/", 1)[-1].removesuffix(".yaml"): relative for relative in library.files("fixtures/people/*.yaml")}
    if id not in known:
        raise UsageError(
            Text(f"personne inconnue : {id}", f"unknown person: {id}"),
            Text(f"Personnes : {', '.join(sorted(known))}.", f"{suggestion(id, known)} People: {', '.join(sorted(known))}."),
        )
    return _load(library, known[id])


def _load(library: Library, relative: str) -> Person:
    expected = relative.rsplit("/", 1)[-1].removesuffix(".yaml")
    try:
        person = load(library, Person, relative)
    except ValueError as error:
        raise DataError(str(library.path(relative)), 1, str(error)) from None
    if person.id != expected:
        raise DataError(str(library.path(relative)), 1, f"id {person.id!r} is not the name of the file", f"Write id: {expected}.")
    return person
