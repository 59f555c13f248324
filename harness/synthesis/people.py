"""Synthetic people: who they are, how their INS identity is written, where they are found."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Literal

from ..errors import ForbiddenProduction
from ..identifiers import ins_agrees_with_sex, ins_agrees_with_year, ins_arc, is_cog, is_ins, mask_ins
from ..library import Library
from ..library.nearest import suggestion
from ..model import Text
from ..values import dataclass
from .fixture import Form, Reader, like, load, unknown

FILES = "fixtures/people/*.yaml"
TERMS = "fixtures/terms.yaml"
Sex = Literal["F", "M"]
Cog = Annotated[
    str,
    Form(
        is_cog,
        Text(
            "le code officiel géographique d'une commune ou d'un pays, entre guillemets",
            "the COG code of a commune or a country, in quotes",
        ),
    ),
]
Birthday = Annotated[
    date, Form(lambda day: 1900 <= day.year <= 2100, Text("un jour depuis 1900, AAAA-MM-JJ", "a day since 1900, YYYY-MM-DD"))
]
Phone = Annotated[str, like(r"\+?[0-9]{4,15}", Text("un numéro de téléphone, entre guillemets", "a phone number, in quotes"))]
Trait = Annotated[
    str,
    like(
        "[A-Z][A-Z '-]*",
        Text(
            "un trait strict de l'INS : des capitales sans accents, espaces, apostrophes et tirets",
            "a strict trait of the INS: capitals without accents, spaces, apostrophes and hyphens",
        ),
    ),
]
PostalCode = Annotated[
    str, like("(?=.*[0-9])[0-9A-Z -]{3,10}", Text("un code postal, entre guillemets", "a postal code, in quotes"))
]

_TEST_OIDS = Text(
    "Les personnes de synthèse ont un INS de test : 1.2.250.1.213.1.4.10 ou .11.",
    "Synthetic people have a test INS: 1.2.250.1.213.1.4.10 or .11.",
)
_AGREEMENT = Text(
    "Le matricule dit le sexe, puis les deux derniers chiffres de l'année de naissance : corriger l'un ou l'autre.",
    "A matricule tells the sex, then the last two digits of the year of birth: correct the one or the other.",
)


@dataclass(frozen=True, slots=True)
class Place:
    """A commune or a country by its COG code (5 characters)."""

    code: Cog
    label: str


@dataclass(frozen=True, slots=True)
class Birth:
    """The strict traits. given: every given name of the birth record, in order."""

    family: Trait
    given: tuple[Trait, ...]
    sex: Sex
    date: Birthday
    place: Place


@dataclass(frozen=True, slots=True)
class UsedName:
    family: str
    given: str


@dataclass(frozen=True, slots=True)
class Address:
    number: str
    street: str
    postal_code: PostalCode
    city: str
    unit: str = ""
    country: str = "FRANCE"


@dataclass(frozen=True, slots=True)
class Phones:
    home: Phone
    mobile: Phone


@dataclass(frozen=True, slots=True)
class Contact:
    """relation: a word of `relative` in fixtures/terms.yaml."""

    relation: str
    family: str
    given: str
    phone: Phone


@dataclass(frozen=True, slots=True)
class Person:
    """A synthetic person. ins: matricule of 15 characters with its key; ins_oid: its assigning authority.

    Raises ForbiddenProduction when the authority is one of production.
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
                    f"{self.id} carries a production INS ({arc.oid})",
                ),
                _TEST_OIDS,
            )

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
    return tuple(_load(library, relative) for relative in library.files(FILES))


def find_person(library: Library, id: str) -> Person:
    """Raises UsageError naming the nearest id, ForbiddenProduction as Person does."""
    known = library.named(FILES)
    if id not in known:
        names = ", ".join(sorted(known))
        others = Text(f"Personnes : {names}.", f"People: {names}.")
        raise unknown(Text("personne inconnue", "unknown person"), id, known, others)
    return _load(library, known[id])


def _load(library: Library, relative: str) -> Person:
    reader = Reader(library, relative)
    try:
        person = reader.read(Person, library.data(relative), ())
    except ForbiddenProduction as error:
        raise ForbiddenProduction(reader.error(("ins_oid",), error.message).message, error.hint) from None
    reader.check_id(person.id)
    arc = ins_arc(person.ins_oid)
    if arc is None or not arc.is_test:
        wrong = Text(f"« {person.ins_oid} » n'est pas l'OID d'un INS de test", f"{person.ins_oid!r} is not the OID of a test INS")
        reader.refuse(("ins_oid",), wrong, _TEST_OIDS)
    if not is_ins(person.ins):
        wrong = Text(f"« {mask_ins(person.ins)} » n'est pas un matricule", f"{mask_ins(person.ins)!r} is not a matricule")
        reader.refuse(("ins",), wrong, Text("15 caractères, clé juste.", "15 characters, with a right key."))
    birth = person.birth
    if not ins_agrees_with_sex(person.ins, birth.sex):
        wrong = Text(f"le sexe {birth.sex} n'est pas celui du matricule", f"sex {birth.sex} is not that of the matricule")
        reader.refuse(("birth", "sex"), wrong, _AGREEMENT)
    if not ins_agrees_with_year(person.ins, f"{birth.date:%Y%m%d}"):
        wrong = Text(
            f"l'année {birth.date.year} n'est pas celle du matricule", f"year {birth.date.year} is not that of the matricule"
        )
        reader.refuse(("birth", "date"), wrong, _AGREEMENT)
    if not birth.given:
        reader.refuse(("birth", "given"), Text("il faut un prénom de naissance", "a birth given name is needed"))
    relatives = load(library, Mapping[str, Mapping[str, object]], TERMS).get("relative", {})  # type: ignore[type-abstract]
    for role in ("emergency", "trusted", "guardian"):
        contact: Contact | None = getattr(person, role)
        if contact is not None and contact.relation not in relatives:
            word = f"relative.{contact.relation}"
            wrong = Text(f"il n'y a pas {word} dans {TERMS}", f"there is no {word} in {TERMS}")
            reader.refuse((role, "relation"), wrong, suggestion(contact.relation, relatives))
    return person
