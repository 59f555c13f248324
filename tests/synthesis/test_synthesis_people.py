"""People made up: traits that agree with the matricule, none of them real, and files of a person's own told at their line."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from synthesis_cases import AT

from harness.errors import DataError, ForbiddenProduction, UsageError
from harness.identifiers import (
    idnps_fault,
    idnst_fault,
    ins_agrees_with_birthplace,
    ins_agrees_with_month,
    ins_agrees_with_sex,
    ins_agrees_with_year,
    is_cog,
    is_finess,
    is_ins,
    is_rpps,
)
from harness.library import Library
from harness.synthesis import Person, generate_person, list_people
from harness.synthesis.cast import find_professional
from harness.synthesis.people import find_person

TRAIT = re.compile(r"[A-Z]+(?:[ '-][A-Z]+)*")


def assert_consistent(person: Person) -> None:
    birth = person.birth
    assert is_ins(person.ins) and is_cog(birth.place.code)
    assert ins_agrees_with_sex(person.ins, birth.sex)
    assert ins_agrees_with_year(person.ins, f"{birth.date:%Y%m%d}")
    assert ins_agrees_with_month(person.ins, f"{birth.date:%Y%m%d}")
    assert ins_agrees_with_birthplace(person.ins, birth.place.code)
    for trait in (birth.family, *birth.given, person.used.family, person.used.given):
        assert TRAIT.fullmatch(trait), trait
    assert person.mailbox == f"{person.ins}@patient.mssante.fr"


def test_the_traits_of_every_named_person_agree_with_the_matricule(library: Library) -> None:
    people = list_people(library)
    assert len(people) >= 12
    for person in people:
        assert_consistent(person)


def test_named_people_cover_what_makes_an_identity_hard(library: Library) -> None:
    people = list_people(library)
    places = {person.birth.place.code[:2] for person in people}
    assert {"2A", "2B", "97", "98", "99"} <= places
    assert {person.birth.sex for person in people if person.ins[0] in "78"} == {"F", "M"}
    assert any("'" in person.birth.family for person in people)
    assert any("-" in person.first_given for person in people)
    assert any(len(person.birth.given) == 1 for person in people) and any(len(person.birth.given) == 4 for person in people)
    assert any(person.used.family != person.birth.family for person in people)
    assert any(person.used.given not in (person.first_given,) for person in people)
    assert len({person.ins for person in people}) == len(people)


def test_the_public_test_person_of_the_ans_is_among_them(library: Library) -> None:
    person = find_person(library, "dominique-pat-trois")
    assert (person.ins, person.birth.family, person.birth.date) == ("279035121518989", "PAT-TROIS", date(1979, 3, 28))
    assert person.birth.place.code == "51215"


def test_generated_people_agree_with_their_matricule_and_are_of_the_ages_asked(library: Library) -> None:
    for number in range(300):
        person = generate_person(library, 7, number, at=AT)
        assert_consistent(person)
        assert 18 <= person.age(AT) <= 96
        assert person.ins_oid == "1.2.250.1.213.1.4.10"


def test_generated_people_are_seldom_alike(library: Library) -> None:
    people = [generate_person(library, 11, number, at=AT) for number in range(300)]
    assert len({person.ins for person in people}) == 300
    assert len({person.birth.family for person in people}) > 100
    assert {person.birth.sex for person in people} == {"F", "M"}
    assert {"2A", "2B", "97", "99"} <= {person.birth.place.code[:2] for person in people}


def test_the_same_seed_and_number_give_the_same_person(library: Library) -> None:
    assert generate_person(library, 3, 4, at=AT) == generate_person(library, 3, 4, at=AT)
    assert generate_person(library, 3, 4, at=AT) != generate_person(library, 3, 5, at=AT)
    assert generate_person(library, 3, 4, at=AT) != generate_person(library, 4, 4, at=AT)


def test_every_number_given_to_a_phone_is_one_kept_for_fiction(library: Library) -> None:
    kept = ("019900", "026191", "035301", "046571", "053649", "063998")
    for person in (*list_people(library), *(generate_person(library, 1, number, at=AT) for number in range(50))):
        for phone in (person.phones.home, person.phones.mobile, person.emergency.phone, person.trusted.phone):
            assert phone.startswith(kept) and len(phone) == 10


def test_professionals_and_their_organisations_have_good_identifiers(library: Library) -> None:
    files = library.files("fixtures/professionals/*.yaml")
    assert len(files) >= 8
    for relative in files:
        professional = find_professional(library, relative.rsplit("/", 1)[-1].removesuffix(".yaml"))
        assert is_rpps(professional.rpps) and idnps_fault(professional.idnps) is None
        assert is_finess(professional.organisation.finess) and idnst_fault(professional.organisation.idnst) is None


def test_an_unknown_person_is_answered_with_the_nearest_and_all(library: Library) -> None:
    with pytest.raises(UsageError) as refused:
        find_person(library, "dominique-pat-tris")
    assert "dominique-pat-trois" in refused.value.hint.en and "zoe-kermorvan" in refused.value.hint.fr


@pytest.mark.parametrize("oid", ["1.2.250.1.213.1.4.8", "1.2.250.1.213.1.4.9"])
def test_nobody_bears_a_production_ins(library: Library, oid: str) -> None:
    person = find_person(library, "dominique-pat-trois")
    with pytest.raises(ForbiddenProduction):
        dataclasses.replace(person, ins_oid=oid)


MINE = """\
id: mine
birth:
  family: DURAND
  given: [PAUL]
  sex: M
  date: 1960-02-03
  place: {code: "51215", label: DOMPREMY}
used: {family: DURAND, given: PAUL}
ins: "160025121550064"
ins_oid: 1.2.250.1.213.1.4.10
address: {number: "1", street: Rue Haute, postal_code: "51300", city: VITRY}
phones: {home: "0199000000", mobile: "0639980000"}
emergency: {relation: wife, family: DURAND, given: Anne, phone: "0639980001"}
trusted: {relation: wife, family: DURAND, given: Anne, phone: "0639980001"}
"""

WRONG = {
    "oid": ("ins_oid: 1.2.250.1.213.1.4.10", "ins_oid: 1.2.250.1.213.1.4.13", 10, "1.2.250.1.213.1.4.13"),
    "key": ('ins: "160025121550064"', 'ins: "160025121550065"', 9, "160************"),
    "sex": ("  sex: M", "  sex: X", 5, "birth.sex"),
    "other-sex": ("  sex: M", "  sex: F", 5, "sex F is not that of the matricule"),
    "other-year": ("  date: 1960-02-03", "  date: 1961-02-03", 6, "year 1961 is not that of the matricule"),
    "trait": ("  family: DURAND", "  family: Durand", 3, "birth.family"),
    "given": ("  given: [PAUL]", "  given: [PÂQUES]", 4, "birth.given.0"),
    "name": ("  family: DURAND", "  famly: DURAND", 3, "famly"),
    "date": ("  date: 1960-02-03", "  date: 3/2/1960", 6, "birth.date"),
    "id": ("id: id", "id: yours", 1, "yours"),
    "century": ("  date: 1960-02-03", "  date: 1690-02-03", 6, "birth.date"),
    "place": ('code: "51215"', 'code: "51"', 7, "birth.place.code"),
    "used": ("used: {family: DURAND", 'used: {family: ""', 8, "used.family"),
    "postal": ('postal_code: "51300"', 'postal_code: "CEDEX"', 11, "address.postal_code"),
    "phone": ('home: "0199000000"', 'home: "01-99"', 12, "phones.home"),
    "relation": ("emergency: {relation: wife", "emergency: {relation: wfie", 13, "no relative.wfie"),
    "number": ('number: "1"', "number: 1", 11, "address.number"),
}


@pytest.fixture(scope="module")
def own(new_home: Callable[[], Path]) -> Library:
    """A library whose data folder adds a good person, wrong ones, and one with a production OID."""
    home = new_home()
    folder = home / "fixtures" / "people"
    folder.mkdir(parents=True)
    (folder / "mine.yaml").write_text(MINE, "utf-8")
    (folder / "real.yaml").write_text(MINE.replace("id: mine", "id: real").replace("213.1.4.10", "213.1.4.8"), "utf-8")
    for name, (was, becomes, _, _) in WRONG.items():
        text = MINE.replace("id: mine", f"id: {name}")
        assert was in text
        (folder / f"{name}.yaml").write_text(text.replace(was, becomes), "utf-8")
    return Library.open(home)


def test_a_data_folder_adds_people(own: Library) -> None:
    assert find_person(own, "mine").birth.family == "DURAND"


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_person_file_is_named_with_its_line(own: Library, name: str) -> None:
    _, _, line, said = WRONG[name]
    with pytest.raises(DataError) as refused:
        find_person(own, name)
    assert refused.value.line == line and said in refused.value.message.en
    assert refused.value.file.endswith(f"people/{name}.yaml")


def test_a_person_file_with_a_production_oid_is_forbidden(own: Library) -> None:
    with pytest.raises(ForbiddenProduction, match=r"people/real\.yaml:\d+: "):
        find_person(own, "real")
