"""A passage that is a number, against the value of the entry that cites it."""

from __future__ import annotations

import pytest

from harness.checks.narrative.numbers import counted_otherwise, told_otherwise

OTHER = [
    ("70", "76", "kg"),
    ("70 kg", "76", "kg"),
    (" 1,52\u00a0m ", "1.25", "m"),
    ("120 mmHg", "102", "mm[Hg]"),
    ("3 200", "2300", "g"),
    ("\u22122.50", "2.50", "[diop]"),
    ("60/min", "80", "/min"),
    ("5 %", "50", "%"),
    ("700 kg", "70", "kg"),
    ("14 d", "15", "d"),
    ("7", "8", ""),
    ("2 comprimés", "1", "{tablet}"),
    ("2 cp", "1", "{tbl}"),
    ("7 g", "7", "mg"),
    ("150 ml", "150", "L"),
    ("1 mois", "1", "a"),
    ("1 500 mg/j", "150", "mg/d"),
    ("3,8", "3", "1"),
]
SAME_OR_NO_NUMBER = [
    ("70", "70", "kg"),
    ("70,0 kg", "70", "kg"),
    ("70", "70.4", "kg"),
    ("70,25 kg", "70.3", "kg"),
    ("66 mA", "66.6", "mA"),
    ("3 200 g", "3200", "g"),
    ("1 m 70", "170", "cm"),
    ("1,70 m", "170", "cm"),
    ("170", "1.7", "m"),
    ("3,2", "3200", "g"),
    ("2", "14", "d"),
    ("environ 70", "76", "kg"),
    ("7 g", "7000", "mg"),
    ("", "7", ""),
    ("7", "x", ""),
    ("7", "NaN", ""),
    ("7", "inf", ""),
    ("1/2", "0.5", "1"),
    ("12/03/2020", "12", "d"),
    ("2 comprimés", "2", "{tablet}"),
    ("2 comprimés", "1", "{dose}"),
    ("2 cp", "1000", "mg"),
    ("150 ml", "0.15", "L"),
    ("12 mois", "1", "a"),
    ("12 m", "12", "mo"),
    ("0 mg", "0", "g"),
    ("1500 mg/j", "1500", "mg/d"),
    ("60 J", "60", "d"),
    ("7 g", "7", "mL"),
    ("60 °", "60.0", "deg"),
    ("1e400", "1", ""),
    ("1.5 à 2", "2", "g/L"),
    ("1 à 2 cp", "2", "{tbl}"),
    ("70 - 75 kg", "72", "kg"),
    ("2*10 mg", "20", "mg"),
    ("1. 150 mL", "150", "mL"),  # an item
    ("1,2.10^6/mL", "1200000", "/mL"),
    ("01 02 03 04 05", "1", ""),
    ("3.200 g", "3200", "g"),
    ("1500 mg / 24 h", "1500", "mg/d"),
    ("19,05 kg/m2", "19", "kg/m2"),
]


@pytest.mark.parametrize(("passage", "value", "unit"), OTHER)
def test_the_passage_tells_another_number(passage: str, value: str, unit: str) -> None:
    assert told_otherwise(passage, value, unit)


@pytest.mark.parametrize(("passage", "value", "unit"), SAME_OR_NO_NUMBER)
def test_the_passage_agrees_or_tells_no_number(passage: str, value: str, unit: str) -> None:
    assert not told_otherwise(passage, value, unit)


@pytest.mark.parametrize(
    ("said", "otherwise"),
    [
        ("Dilatation d'un vaisseau coronaire avec stent", True),
        ("Dilatation de 3 vaisseaux", True),
        ("Dilatation de deux vaisseaux", False),
        ("Dilatation des vaisseaux", False),
        ("Angioplastie, 3 stents", False),
        ("Dilatation de plus de 3 vaisseaux", False),
        ("Dilatation de 2 à 3 vaisseaux", False),
        ("Dilatation de 1 puis 2 vaisseaux", False),
        ("Dilatation d'un vaisseau, puis de deux vaisseaux", False),
        ("Dilatation d'un vaisseau et d'un vaisseau", False),
        ("Dilatation de 3 vaisseaux, 1 sur l'IVA", False),
    ],
)
def test_a_passage_counts_as_many_as_the_label(said: str, otherwise: bool) -> None:
    assert counted_otherwise(said, "Dilatation intraluminale de 2 vaisseaux coronaires avec pose d'endoprothèse") is otherwise


@pytest.mark.parametrize(
    "label",
    [
        "Dilatation de 2 vaisseaux ou plus",
        "Pontage d'un vaisseau, dilatation de 2 vaisseaux",
        "Dilatation d'au moins 2 vaisseaux",
        "Séance de 2 heures",
    ],
)
def test_what_is_counted_by_a_bound_or_by_a_time_is_not_compared(label: str) -> None:
    assert not counted_otherwise("Dilatation de 3 vaisseaux en 3 heures", label)
