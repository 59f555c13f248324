"""Identifiers: what is good, what is wrong, and that what we make is good.

The lists of real and invented numbers were measured apart from this code, on the official examples.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness import identifiers as ids
from harness.identifiers import Fault, making

SEEDS = st.integers(min_value=0, max_value=2**32)
PLACES = st.sampled_from(["51215", "63220", "75114", "2A004", "2B033", "97105", "98735", "99100", "99352", "20004"])
BIRTHS = st.dates(min_value=date(1900, 1, 1), max_value=date(2030, 12, 31))

GOOD_INS = ["279035121518989", "277076322082910", "274075176079430", "781102A12500908", "297022A02077878", "885997512345663"]
WRONG_KEY_INS = ["223042545611404", "221042545611404", "289057545611404", "276037510669380"]
GOOD_RPPS = ["01234567897", "01234560801", "10100997245", "07655473259"]
WRONG_KEY_RPPS = ["01234534765", "01234567893", "07505123456", "02926406900", "01101201301"]
GOOD_FINESS = [
    *("060016219", "300017985", "750712184", "690781810", "920000650", "490000049"),
    *("750803447", "750803454", "920008059", "750300550", "750058190"),
]
WRONG_KEY_FINESS = ["120456789", "801234567", "000897406"]
GOOD_SIRET = ["18003502400041", "78435954900010", "13003057000027"]


def one_digit_changes(text: str) -> list[str]:
    return [
        text[:place] + digit + text[place + 1 :]
        for place, old in enumerate(text)
        if old.isdigit()
        for digit in "0123456789"
        if digit != old
    ]


# ------------------------------------------------------------------ judged as measured


@pytest.mark.parametrize(
    ("judge", "texts", "fault"),
    [
        (ids.ins_fault, GOOD_INS, None),
        (ids.ins_fault, WRONG_KEY_INS, Fault.KEY),
        (ids.rpps_fault, GOOD_RPPS, None),
        (ids.rpps_fault, WRONG_KEY_RPPS, Fault.KEY),
        (ids.finess_fault, GOOD_FINESS, None),
        (ids.finess_fault, WRONG_KEY_FINESS, Fault.KEY),
        (ids.siret_fault, GOOD_SIRET, None),
        (ids.siren_fault, ["180035024", "784359549", "130030570"], None),
        (ids.idnps_fault, ["801234567897", "518003502400041/1.2.250.1.215.1.2", "00B1057294", "10dr@medecin.mssante.fr"], None),
        (ids.idnst_fault, ["1060016219", "318003502400041", "2180035024"], None),
    ],
    ids=lambda value: value.__name__ if callable(value) else None,
)
def test_numbers_seen_in_official_material_are_judged_as_measured(
    judge: Callable[[str], Fault | None], texts: list[str], fault: Fault | None
) -> None:
    assert {text: judge(text) for text in texts} == dict.fromkeys(texts, fault)


BY_NAME = {
    "ins": ("279035121518989", "279035121518988"),
    "ins-form": ("279035121518988", "279035121518900"),
    "rpps": ("01234567897", "01234567893"),
    "adeli": ("0B1057294", "0G1057294"),
    "finess": ("060016219", "120456789"),
    "siren": ("180035024", "180035025"),
    "siret": ("18003502400041", "18003502400042"),
    "idnps": ("801234567897", "901234567897"),
    "idnst": ("1060016219", "9060016219"),
    "cog": ("51215", "96215"),
    "oid": ("1.2.250", "3.2.250"),
}


def test_rules_name_judges_and_faults_by_these_words() -> None:
    assert ids.FAULTS.keys() == BY_NAME.keys()
    assert {name: (judge(BY_NAME[name][0]), bool(judge(BY_NAME[name][1]))) for name, judge in ids.FAULTS.items()} == dict.fromkeys(
        BY_NAME, (None, True)
    )
    assert [*Fault] == ["empty", "length", "characters", "kind", "month", "place", "order", "key", "syntax"]


def test_the_right_keys_of_the_wrong_examples_are_those_computed_apart() -> None:
    assert [ids.ins_key(text[:13]) for text in WRONG_KEY_INS] == [82, 83, 73, 26]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", Fault.EMPTY),
        ("27903512151898", Fault.LENGTH),
        ("2790351215189", Fault.LENGTH),
        ("2790351215189890", Fault.LENGTH),
        ("27903512151898X", Fault.CHARACTERS),
        ("279035121518 89", Fault.CHARACTERS),
        ("٢79035121518989", Fault.CHARACTERS),  # an Arabic-Indic digit is no digit
        ("279032C21518989", Fault.CHARACTERS),
        ("979035121518989", Fault.KIND),
        ("579035121518989", Fault.KIND),
        ("279135121518989", Fault.MONTH),
        ("279005121518989", Fault.MONTH),
        ("279455121518989", Fault.MONTH),
        ("279030021518989", Fault.PLACE),
        ("279035100018989", Fault.PLACE),
        ("279039790118989", Fault.PLACE),  # no territory 979
        ("279039740018989", Fault.PLACE),  # no commune 00 overseas
        ("279031A21518989", Fault.PLACE),
        ("279039100018989", Fault.PLACE),  # no commune 000 in what was a colony
        ("279035121500089", Fault.ORDER),
        ("279035121518900", Fault.KEY),
        ("279035121518998", Fault.KEY),
        ("279035121518988", Fault.KEY),
    ],
)
def test_the_first_position_that_is_wrong_names_the_fault_of_an_ins(text: str, fault: Fault) -> None:
    assert ids.ins_fault(text) is fault


@pytest.mark.parametrize("month", [*range(1, 13), *range(20, 43), *range(50, 100)])
def test_real_and_fictitious_months_are_good(month: int) -> None:
    assert ids.matricule_fault(f"279{month:02}51215189") is None


@pytest.mark.parametrize("month", [0, *range(13, 20), *range(43, 50)])
def test_other_months_are_wrong(month: int) -> None:
    assert ids.matricule_fault(f"279{month:02}51215189") is Fault.MONTH


@pytest.mark.parametrize("place", ["01001", "95999", "2A004", "2B366", "97105", "97824", "98735", "99352", "91352", "96777"])
def test_departments_territories_countries_and_former_colonies_are_places_of_birth(place: str) -> None:
    assert ids.matricule_fault(f"27903{place}189") is None


@pytest.mark.parametrize("department", ["2A", "2B"])
@given(rest=st.integers(min_value=1, max_value=999), order=st.integers(min_value=1, max_value=999))
@settings(max_examples=30)
def test_both_formulas_of_the_corsican_key_agree(department: str, rest: int, order: int) -> None:
    matricule = f"79702{department}{rest:03}{order:03}"
    with_zero = int(matricule.replace("A", "0").replace("B", "0")) - {"2A": 1_000_000, "2B": 2_000_000}[department]
    assert ids.ins_key(matricule) == 97 - with_zero % 97


def test_a_key_is_not_computed_on_what_is_no_matricule() -> None:
    with pytest.raises(ValueError, match="month"):
        ids.ins_key("2791351215189")


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ("2790351215189", "279035121518989"),
        ("279035121518900", "279035121518989"),
        ("27903512151898", ""),
        ("2790351215189890", ""),
        ("2791351215189", ""),
        ("", ""),
    ],
)
def test_the_key_of_a_matricule_is_written_where_it_is_one(text: str, whole: str) -> None:
    assert ids.with_ins_key(text) == whole


@given(st.integers(0, 10**13 - 1))
def test_an_ins_with_its_key_is_good_or_nothing(number: int) -> None:
    told = ids.with_ins_key(f"{number:013}00")
    assert told == "" or ids.ins_fault(told) is None


# ------------------------------------------------------------------ traits against the matricule

INS = "279035121518989"


@pytest.mark.parametrize(
    ("agrees", "trait", "expected"),
    [
        (ids.ins_agrees_with_sex, "F", True),
        (ids.ins_agrees_with_sex, "M", False),
        (ids.ins_agrees_with_sex, "U", True),
        (ids.ins_agrees_with_year, "19790327", True),
        (ids.ins_agrees_with_year, "19780327", False),
        (ids.ins_agrees_with_year, "1978", False),
        (ids.ins_agrees_with_year, "197", True),
        (ids.ins_agrees_with_year, "19x8", True),
        (ids.ins_agrees_with_year, "", True),
        (ids.ins_agrees_with_month, "19790327", True),
        (ids.ins_agrees_with_month, "19790427", False),
        (ids.ins_agrees_with_month, "197904", False),
        (ids.ins_agrees_with_month, "19790", True),
        (ids.ins_agrees_with_month, "1979x4", True),
        (ids.ins_agrees_with_month, "1979", True),
        (ids.ins_agrees_with_birthplace, "51215", True),
        (ids.ins_agrees_with_birthplace, "63220", False),
        (ids.ins_agrees_with_birthplace, "99999", True),
        (ids.ins_agrees_with_birthplace, "99100", True),
        (ids.ins_agrees_with_birthplace, "6322", True),
    ],
)
def test_traits_are_compared_with_their_positions(agrees: Callable[[str, str], bool], trait: str, expected: bool) -> None:
    assert agrees(INS, trait) is expected


@pytest.mark.parametrize(("month", "agrees"), [("99", True), ("20", True), ("19", False), ("x9", True)])
def test_a_fictitious_month_agrees_with_any_month(month: str, agrees: bool) -> None:
    assert ids.ins_agrees_with_month(f"885{month}7512345663", "19850712") is agrees


@pytest.mark.parametrize(
    ("place", "cog", "expected"),
    [
        *((f"{former}352", "99352", True) for former in ("91", "92", "93", "94")),  # born in Algeria before independence
        ("95350", "99350", True),
        ("96351", "99351", True),
        ("96351", "99352", False),
        ("20004", "2A004", True),  # Corsica before 1976
        ("20004", "2B004", True),
        ("20004", "2A005", False),
        ("2A004", "2B004", False),
        ("20004", "75004", False),
        *(("75062", f"{now}062", True) for now in ("92", "93", "94")),  # Seine and Seine-et-Oise before 1968
        *(("78228", f"{now}228", True) for now in ("91", "92", "93", "94", "95")),
        ("75062", "91062", False),
        ("75062", "92063", False),
        ("98511", "97611", True),  # Mayotte before it was a department
        ("98511", "97608", False),
        ("97123", "97701", True),  # Saint-Barthélemy
        ("97123", "97801", False),
        ("97127", "97801", True),  # Saint-Martin
        ("99100", "75114", True),  # nobody knows where
        ("99999", "75114", True),
    ],
)
def test_old_departments_agree_with_what_they_became(place: str, cog: str, expected: bool) -> None:
    assert ids.ins_agrees_with_birthplace(f"27903{place}18900", cog) is expected


@pytest.mark.parametrize(("kinds", "sex"), [("137", "M"), ("248", "F")])
def test_every_kind_of_matricule_tells_the_sex(kinds: str, sex: str) -> None:
    for kind in kinds:
        assert ids.ins_agrees_with_sex(f"{kind}81102A12500908", sex)
        assert not ids.ins_agrees_with_sex(f"{kind}81102A12500908", {"M": "F", "F": "M"}[sex])


# ------------------------------------------------------------------ assigning authorities


@pytest.mark.parametrize(
    ("number", "ins", "production", "test"),
    [
        ("8", True, True, False),
        ("9", True, True, False),
        ("10", True, False, True),
        ("11", True, False, True),
        ("12", False, False, False),
        ("13", False, False, False),
        ("14", False, False, False),
        ("2", False, False, False),
        ("6", False, False, False),
        ("7", False, False, False),
    ],
)
def test_each_arc_means_what_the_referential_says(number: str, ins: bool, production: bool, test: bool) -> None:
    for oid in (f"1.2.250.1.213.1.4.{number}", f"urn:oid:1.2.250.1.213.1.4.{number}"):
        arc = ids.ins_arc(oid)
        assert arc is not None
        assert (arc.is_ins, arc.is_production, arc.is_test) == (ins, production, test)
        assert (ids.is_ins_oid(oid), ids.is_production_ins_oid(oid), ids.under_ins_root(oid)) == (ins, production, True)


def test_an_unknown_arc_is_under_the_root_and_names_nothing() -> None:
    oid = "1.2.250.1.213.1.4.15"
    assert ids.under_ins_root(oid) and not ids.under_ins_root("1.2.250.1.213.1.40")
    assert ids.ins_arc(oid) is None
    assert ids.is_ins_oid(oid) is False


def test_an_authority_that_only_begins_like_another_is_not_it() -> None:
    assert not ids.is_production_ins_oid("1.2.250.1.213.1.4.81")
    assert not ids.carries_production_ins('root="1.2.250.1.213.1.4.81"')
    assert not ids.carries_production_ins('root="1.2.250.1.213.1.4.8.1"')
    assert not ids.carries_production_ins('root="1.2.250.1.213.1.4.10"')
    assert ids.carries_production_ins("279035121518989^^^&1.2.250.1.213.1.4.8&ISO^NH")
    assert ids.carries_production_ins("sous l'OID 1.2.250.1.213.1.4.9.")


# ------------------------------------------------------------------ masking


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("279035121518989", "279************"),
        ("La clé de 223042545611404 est fausse.", "La clé de 223************ est fausse."),
        ("mailto:279035121518989@patient.mssante.fr", "mailto:279************@patient.mssante.fr"),
        ("2 79 03 51 215 189 89", "2 79 ** ** *** *** **"),
        ("781102A12500908", "781************"),
        ("2790351215189", "279**********"),
        ("297022A020778", "297**********"),  # twelve digits and a letter
        ("\ud800 279035121518989", "\ud800 279************"),
        ("279135121518989", "279************"),  # a typing error in the month still tells whose it is
        ("INS1: 279035121518989; INS2: 277076322082910", "INS1: 279************; INS2: 277************"),
    ],
)
def test_a_matricule_is_masked_however_it_is_written(text: str, masked: str) -> None:
    assert ids.mask_ins(text) == masked


def test_a_value_that_was_meant_as_a_matricule_is_masked_whatever_its_form() -> None:
    assert ids.masked("2790351215189891") == "279*************"
    assert ids.masked("27") == "27"


@pytest.mark.parametrize(
    "text",
    ["18003502400041", "20221024103512+0100", "1.2.250.279035121518989.4", "3400936012345", "801234567897"],
)
def test_what_is_no_matricule_is_left_as_it_is(text: str) -> None:
    assert ids.mask_ins(text) == text


@given(seed=SEEDS, place=PLACES, birth=BIRTHS, before=st.text(" <>\"'éà", max_size=5))
@settings(max_examples=40)
def test_no_made_matricule_survives_masking_and_lengths_are_kept(seed: int, place: str, birth: date, before: str) -> None:
    ins = making.make_ins(Random(seed), "F", birth, place)
    text = f"{before}{ins}<{ins[:13]}>"
    assert ins[0] == "2"  # no temporary one unless it is asked for
    assert ins[:13] not in ids.mask_ins(text)
    assert len(ids.mask_ins(text)) == len(text)
    assert ids.mask_ins(ids.mask_ins(text)) == ids.mask_ins(text)


# ------------------------------------------------------------------ what is made is good


@given(seed=SEEDS, sex=st.sampled_from("MF"), birth=BIRTHS, place=PLACES, nia=st.booleans())
@settings(max_examples=100)
def test_a_made_ins_is_good_and_agrees_with_the_traits_it_was_made_from(
    seed: int, sex: str, birth: date, place: str, nia: bool
) -> None:
    ins = making.make_ins(Random(seed), sex, birth, place, nia=nia)
    written = birth.strftime("%Y%m%d").rjust(8, "0")
    assert ids.ins_fault(ins) is None
    assert (ins[0] in "78") is nia and int(ins[10:13]) >= 500
    assert ids.ins_agrees_with_sex(ins, sex)
    assert ids.ins_agrees_with_year(ins, written)
    assert ids.ins_agrees_with_month(ins, written)
    assert ids.ins_agrees_with_birthplace(ins, place)


@given(seed=SEEDS, birth=BIRTHS, place=PLACES)
@settings(max_examples=25)
def test_any_changed_digit_of_an_ins_is_seen(seed: int, birth: date, place: str) -> None:
    ins = making.make_ins(Random(seed), "M", birth, place)
    assert [changed for changed in one_digit_changes(ins) if ids.is_ins(changed)] == []


@pytest.mark.parametrize(
    ("stem", "judge"),
    [("0", ids.rpps_fault), ("75", ids.finess_fault), ("2A", ids.finess_fault), ("2B", ids.finess_fault), ("4", ids.siren_fault)],
    ids=["rpps", "finess", "finess-2a", "finess-2b", "siren"],
)
@given(seed=SEEDS)
@settings(max_examples=25)
def test_a_number_has_a_key_and_any_changed_digit_is_seen(stem: str, judge: Callable[[str], Fault | None], seed: int) -> None:
    length = 11 if judge is ids.rpps_fault else 9
    number = stem + "".join(Random(seed).choices("0123456789", k=length - 1 - len(stem)))
    good = [number + key for key in "0123456789" if judge(number + key) is None]
    assert good
    if stem.isdigit():  # no published text says how the letters of Corsica count
        assert [one for one in one_digit_changes(good[0]) if judge(one) is None] == []


@pytest.mark.parametrize("siret", GOOD_SIRET)
def test_any_changed_digit_of_a_siret_is_seen(siret: str) -> None:
    assert [changed for changed in one_digit_changes(siret) if ids.siret_fault(changed) is None] == []


@given(seed=SEEDS)
@settings(max_examples=25)
def test_a_made_oid_is_good_and_the_same_again(seed: int) -> None:
    assert ids.oid_fault(making.make_oid(Random(seed))) is None
    assert making.make_oid(Random(seed)) == making.make_oid(Random(seed))


def test_offices_of_la_poste_are_good_by_either_rule_so_one_digit_may_go_unseen_there() -> None:
    assert ids.siret_fault("35600000000048") is None  # the head office obeys Luhn
    assert ids.siret_fault("35600000049837") is None  # digits add up to 45
    assert ids.siret_fault("35600000049838") is Fault.KEY
    assert ids.siret_fault("35600000049832") is None  # changed by 5: the price of the exception
    assert all(ids.siret_fault(changed) for changed in one_digit_changes("35600000049837") if not changed.startswith("356000000"))


# ------------------------------------------------------------------ the rest of the forms


@pytest.mark.parametrize(
    ("judge", "text", "fault"),
    [
        (ids.rpps_fault, "1234567897", Fault.LENGTH),
        (ids.rpps_fault, "0123456789X", Fault.CHARACTERS),
        (ids.finess_fault, "2C0000014", Fault.CHARACTERS),
        (ids.finess_fault, "2A0000014", None),
        (ids.finess_fault, "2B0000020", None),
        (ids.finess_fault, "2A0000020", None),  # no text says how the letter counts
        (ids.finess_fault, "2A000002", Fault.LENGTH),
        (ids.finess_fault, "2A00000X0", Fault.CHARACTERS),
        (ids.adeli_fault, "0B1057294", None),
        (ids.adeli_fault, "75105729", Fault.LENGTH),
        (ids.adeli_fault, "", Fault.EMPTY),
        (ids.adeli_fault, "0G1057294", Fault.CHARACTERS),
        (ids.matricule_fault, "", Fault.EMPTY),
        (ids.matricule_fault, "27903", Fault.LENGTH),
        (ids.ins_form_fault, "279035121518900", Fault.KEY),
        (ids.ins_form_fault, "279035121518901", None),
        (ids.ins_form_fault, "279035121518997", None),
        (ids.ins_form_fault, "279035121518998", Fault.KEY),
        (ids.ins_form_fault, "2790351215189A9", Fault.CHARACTERS),
        (ids.ins_form_fault, "27903512151898A", Fault.CHARACTERS),
        (ids.siret_fault, "18003502500041", Fault.KEY),
        (ids.siret_fault, "18003502400042", Fault.KEY),  # of a good SIREN
        (ids.idnps_fault, "01234567897", Fault.LENGTH),  # an RPPS number without its type digit
        (ids.idnps_fault, "901234567897", Fault.KIND),
        (ids.idnps_fault, "801234567893", Fault.KEY),
        (ids.idnps_fault, "8", Fault.EMPTY),
        (ids.idnps_fault, "", Fault.EMPTY),
        (ids.idnps_fault, "10a@" + "b" * 249 + ".fr", None),
        (ids.idnps_fault, "10a@" + "b" * 250 + ".fr", Fault.LENGTH),
        (ids.idnps_fault, "4180035024", None),
        (ids.idnps_fault, "1", Fault.EMPTY),
        (ids.idnps_fault, "112345678", Fault.LENGTH),
        (ids.idnps_fault, "1123456789", None),
        (ids.idnps_fault, "612345678901234", None),
        (ids.idnps_fault, "6123456789012345", Fault.LENGTH),
        (ids.idnps_fault, "612345678X", Fault.CHARACTERS),
        *((ids.idnps_fault, f"{number}/A 1", None) for number in ("1123456789", "3060016219", "4180035024", "6123456789")),
        (ids.idnps_fault, "3060016219/ ", Fault.SYNTAX),
        (ids.idnps_fault, "3060016219/\n", Fault.SYNTAX),
        *((ids.idnps_fault, text, Fault.KEY) for text in ("3060016210", "4180035025", "518003502400042")),
        *((ids.idnst_fault, text, Fault.KEY) for text in ("1060016210", "2180035025", "318003502400042")),
        (ids.idnps_fault, "1012345678", None),  # of an ADELI practice, and no address
        (ids.idnps_fault, "3060016219/a@b", None),
        (ids.idnps_fault, "3060016219/a\x01", Fault.SYNTAX),
        (ids.idnps_fault, "0751057299/1", Fault.SYNTAX),
        (ids.idnst_fault, "", Fault.EMPTY),
        (ids.idnst_fault, "1" * 256, Fault.LENGTH),
        (ids.idnst_fault, "0123456789", None),
        (ids.idnst_fault, "4123456789", None),
        (ids.idnst_fault, "012345678", Fault.LENGTH),
        (ids.idnps_fault, "801234567897/12", Fault.SYNTAX),
        (ids.idnps_fault, "3060016219/", Fault.SYNTAX),
        (ids.idnps_fault, "10dr@", Fault.SYNTAX),
        (ids.idnst_fault, "060016219", Fault.LENGTH),
        (ids.idnst_fault, "1120456789", Fault.KEY),
        (ids.idnst_fault, "9060016219", Fault.KIND),
        (ids.oid_fault, "1.2.250.1.213.1.4.10", None),
        (ids.oid_fault, "2.25.0", None),
        (ids.oid_fault, "1.2.250.01", Fault.SYNTAX),
        (ids.oid_fault, "1.40.1", Fault.SYNTAX),
        (ids.oid_fault, "3.1.1", Fault.SYNTAX),
        (ids.oid_fault, "1.2.", Fault.SYNTAX),
        (ids.oid_fault, "1..2", Fault.SYNTAX),
        (ids.oid_fault, "1", Fault.SYNTAX),
        (ids.oid_fault, "urn:oid:1.2", Fault.CHARACTERS),
        (ids.oid_fault, "1.2" + ".1" * 80, Fault.LENGTH),
        (ids.uuid_fault, "123e4567-e89b-12d3-a456-426614174000", None),
        (ids.uuid_fault, "123E4567-E89B-12D3-A456-426614174000", None),
        (ids.uuid_fault, "123e4567e89b-12d3-a456-426614174000-", Fault.SYNTAX),
        (ids.uuid_fault, "123e4567-e89b-12d3-a456-42661417400g", Fault.CHARACTERS),
        (ids.cog_fault, "99352", None),
        (ids.cog_fault, "2A004", None),
        (ids.cog_fault, "75000", Fault.PLACE),
        (ids.cog_fault, "96352", Fault.PLACE),
        (ids.cog_fault, "7500", Fault.LENGTH),
        (ids.cog_fault, "PARIS", Fault.CHARACTERS),
    ],
)
def test_the_first_fault_of_a_form_is_told(judge: Callable[[str], Fault | None], text: str, fault: Fault | None) -> None:
    assert judge(text) is fault


def test_a_number_is_one_or_not() -> None:
    for is_one, good, wrong in (
        (ids.is_ins, "279035121518989", "279035121518988"),
        (ids.is_rpps, "01234567897", "01234567893"),
        (ids.is_finess, "060016219", "120456789"),
        (ids.is_cog, "51215", "96215"),
        (ids.is_oid, "1.2.250", "3.2.250"),
    ):
        assert (is_one(good), is_one(wrong)) == (True, False)


JUDGES: list[Callable[[str], object]] = [
    *(ids.ins_fault, ids.ins_form_fault, ids.matricule_fault, ids.rpps_fault, ids.adeli_fault, ids.finess_fault, ids.siren_fault),
    *(ids.siret_fault, ids.idnps_fault, ids.idnst_fault, ids.oid_fault, ids.uuid_fault, ids.cog_fault, ids.ins_arc),
    *(ids.is_ins_oid, ids.carries_production_ins, ids.mask_ins),
]
NEAR_DIGITS = st.text(st.sampled_from("0123456789ABab./@-٣²① \x00\ud800"), max_size=20)


@pytest.mark.parametrize("judge", JUDGES, ids=lambda judge: judge.__name__)
@given(text=st.text(max_size=40) | NEAR_DIGITS | st.text("٠١٢٣²", min_size=9, max_size=15))
@settings(max_examples=40)
def test_judging_raises_nothing_on_any_text(judge: Callable[[str], object], text: str) -> None:
    judge(text)


@given(ins=st.text(max_size=20) | NEAR_DIGITS, trait=st.text(max_size=10) | NEAR_DIGITS)
@settings(max_examples=60)
def test_comparing_raises_nothing_on_any_text(ins: str, trait: str) -> None:
    ids.ins_agrees_with_sex(ins, trait)
    ids.ins_agrees_with_year(ins, trait)
    ids.ins_agrees_with_month(ins, trait)
    ids.ins_agrees_with_birthplace(ins, trait)


@pytest.mark.parametrize(("sex", "place"), [("U", "75114"), ("", "75114"), ("F", "75"), ("M", "96351")])
def test_no_matricule_is_made_of_a_sex_or_place_that_cannot_stand_in_one(sex: str, place: str) -> None:
    with pytest.raises(ValueError, match=r"sex|commune"):
        making.make_ins(Random(1), sex, date(1980, 1, 1), place)
