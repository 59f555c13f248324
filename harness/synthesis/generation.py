"""People drawn from a seed: the same seed, number and date give the same person on every machine."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from random import Random

from ..identifiers import InsArc
from ..identifiers.making import make_ins
from ..library import Library
from ..values import dataclass
from .fixture import load
from .people import Address, Birth, Cog, Contact, Person, Phones, Place, PostalCode, Sex, UsedName
from .stories import Ages

NAMES = "fixtures/names.yaml"
ADULTS = Ages(18, 95)
_BORN_ABROAD = 0.12
_USES_ANOTHER_NAME = 0.45  # of women aged 40 and more


@dataclass(frozen=True, slots=True)
class _Commune:
    code: Cog
    label: str
    postal_code: PostalCode


@dataclass(frozen=True, slots=True)
class _Names:
    families: tuple[str, ...]
    given: Mapping[str, tuple[str, ...]]
    communes: tuple[_Commune, ...]
    countries: tuple[Place, ...]
    streets: tuple[str, ...]
    home_phones: tuple[str, ...]
    mobile_phone: str


def seeded(*parts: object) -> Random:
    """A generator seeded by these parts: draws must be reproducible, not hard to guess."""
    return Random("|".join(map(str, parts)))  # noqa: S311


def generate_person(library: Library, seed: int, number: int, *, at: date, ages: Ages = ADULTS) -> Person:
    """The person of this number, with an age at `at` between those given and an INS of test that agrees with the traits."""
    names = load(library, _Names, NAMES)
    rng = seeded("person", seed, number, at, ages.youngest, ages.oldest)
    sex: Sex = rng.choice(("F", "M"))
    family = rng.choice(names.families)
    given = tuple(rng.sample(names.given[sex], rng.choice((1, 2, 2, 3, 3, 4))))
    born = _birth_date(rng, at, ages)
    place = _birthplace(rng, names)
    changed = sex == "F" and (at.year - born.year) >= 40 and rng.random() < _USES_ANOTHER_NAME
    used = UsedName(rng.choice(names.families) if changed else family, given[0])
    address = _address(rng, names)
    contact = _contact(rng, names, sex, used.family)
    return Person(
        id=f"{_slug(given[0])}-{_slug(family)}-{seed}-{number}",
        birth=Birth(family, given, sex, born, place),
        used=used,
        ins=make_ins(rng, sex, born, place.code),
        ins_oid=InsArc.NIR_TEST.oid,
        address=address,
        phones=Phones(_phone(rng, rng.choice(names.home_phones)), _phone(rng, names.mobile_phone)),
        emergency=contact,
        trusted=contact,
    )


def _birth_date(rng: Random, at: date, ages: Ages) -> date:
    """Ages crowd around two thirds of the way from the youngest to the oldest, as those of patients do."""
    crowded = ages.youngest + (ages.oldest - ages.youngest) * 2 / 3
    age = int(rng.triangular(ages.youngest, ages.oldest, crowded))
    birthday = date(at.year - age, at.month, min(at.day, 28))
    return birthday - timedelta(days=rng.randrange(365))


def _birthplace(rng: Random, names: _Names) -> Place:
    if rng.random() < _BORN_ABROAD:
        return rng.choice(names.countries)
    commune = rng.choice(names.communes)
    return Place(commune.code, commune.label)


def _address(rng: Random, names: _Names) -> Address:
    commune = rng.choice(names.communes)
    unit = rng.choice(("", "", "", "Bâtiment A", "Appartement 3", "Résidence du Parc"))
    return Address(str(rng.randint(1, 120)), rng.choice(names.streets), commune.postal_code, commune.label, unit)


def _contact(rng: Random, names: _Names, sex: Sex, family: str) -> Contact:
    relation, of = rng.choice((("husband" if sex == "F" else "wife", "M" if sex == "F" else "F"), ("daughter", "F"), ("son", "M")))
    return Contact(relation, family, rng.choice(names.given[of]).title(), _phone(rng, names.mobile_phone))


def _phone(rng: Random, prefix: str) -> str:
    return f"{prefix}{rng.randrange(10_000):04}"


def _slug(name: str) -> str:
    return name.lower().replace("'", "-").replace(" ", "-")
