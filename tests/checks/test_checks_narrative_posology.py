"""Dose, period and strength that a passage tells, against those of the administration."""

from __future__ import annotations

import pytest
from lxml import etree

from harness.checks.narrative.posology import of_another_strength, posology_told, strengths
from harness.checks.node import Node
from harness.checks.tree import nodes_of

_ONE = "<doseQuantity><low value='1' unit='{tablet}'/><high value='1' unit='{tablet}'/></doseQuantity>"
_TWO = "<doseQuantity value='2' unit='{tablet}'/>"
_BY_MASS = "<doseQuantity value='5' unit='mg'/>"


def _administration(inner: str) -> Node:
    return nodes_of(etree.fromstring(f"<substanceAdministration xmlns='urn:hl7-org:v3'>{inner}</substanceAdministration>"))[0]


def _every(value: int, unit: str) -> str:
    return f"<effectiveTime><period value='{value}' unit='{unit}'/></effectiveTime>"


@pytest.mark.parametrize(
    ("said", "row", "entry", "told"),
    [
        ("2 comprimés le matin", "", _ONE, "dose"),
        ("2 comprimés le matin", "", _TWO, ""),
        ("1 gélule le soir, au cours du repas.", "", _TWO, "dose"),
        ("1 comprimé matin et soir", "", _TWO, ""),  # of the day
        ("2 comprimés matin et soir", "", _ONE, ""),  # one each time, it may be
        ("2 comprimés par jour", "", _ONE, ""),
        ("2 comprimés à répartir dans la journée", "", _ONE, ""),
        ("1 à 2 comprimés le soir", "", _TWO, ""),
        ("1/2 comprimé le matin", "", _ONE, ""),
        ("1 comprimé le matin", "", _BY_MASS, ""),
        ("10 mg le matin", "", _ONE, ""),
        ("1 comprimé le matin", "", "", ""),
        ("1 comprimé matin et soir", "", _every(12, "d"), "period"),
        ("1 comprimé matin et soir", "", _every(12, "h"), ""),
        ("1 comprimé le matin", "", _every(1, "d"), ""),
        ("1 comprimé le matin", "1 fois par semaine", _every(7, "d"), ""),
        ("1 comprimé le matin", "un jour sur deux", _every(2, "d"), ""),
        ("1 comprimé le matin", "J1/J3/J5", _every(2, "d"), ""),
        ("1 comprimé le lundi matin", "", _every(7, "d"), ""),
        ("1 comprimé", "", _every(7, "d"), ""),
        ("1 comprimé le matin", "jours impairs", _every(2, "d"), ""),
        ("1 comprimé le matin", "dose unique", _every(30, "d"), ""),
        ("1 comprimé le matin", "7", _every(7, "d"), ""),  # of a column of periods
        ("1 comprimé matin, midi et soir", "", _every(8, "d"), "period"),
        ("2 comprimés le matin", "1 comprimé le soir", _ONE, ""),
        ("3 comprimés le matin", "puis 2 pendant trois jours", _TWO, ""),
        ("2 sachets le soir", "", "<doseQuantity value='1' unit='{prise}'/>", ""),
        ("1 comprimé le matin", "", _ONE + _every(8, "h"), "period"),
        ("1 comprimé le matin", "", _ONE + _every(12, "h"), "period"),
        ("1 comprimé le matin", "", _ONE + _every(24, "h"), ""),
        ("1 comprimé matin et soir", "", _ONE + _every(1, "d"), "period"),
        ("1 comprimé matin et soir, au cours du repas", "", _ONE + _every(24, "h"), "period"),
        ("1 comprimé matin et soir", "", _TWO + _every(1, "d"), ""),  # of the day
        ("1 comprimé matin et soir", "", _every(1, "d"), ""),  # of no dose
        ("1 comprimé matin et soir", "", _ONE + _every(8, "h"), "period"),
        ("1 comprimé matin, midi et soir", "", _ONE + _every(6, "h"), ""),
        ("1 comprimé matin, midi et soir", "", _ONE + _every(1, "d"), "period"),
        ("1 comprimé matin et soir", "", _ONE + _every(1, "d") + _every(12, "h"), ""),  # of several moments
        ("1 comprimé matin et soir", "", _ONE + _every(1, "d") + "<effectiveTime><event code='ACV'/></effectiveTime>", ""),
        ("1 comprimé matin et soir", "un jour sur deux", _ONE + _every(1, "d"), ""),
        ("1 comprimé le matin", "puis 2 comprimés", _ONE + _every(8, "h"), ""),
    ],
)
def test_a_plain_posology_tells_the_dose_and_the_period_of_the_administration(said: str, row: str, entry: str, told: str) -> None:
    assert posology_told(said, [said, row], _administration(entry)) == told


@pytest.mark.parametrize(
    ("said", "label", "entry", "other"),
    [
        ("SOLIAN 400 mg", "SOLIAN 100 mg, comprimé sécable", _ONE + _every(1, "d"), True),
        ("SOLIAN 400 mg", "SOLIAN 100 mg, comprimé sécable", _ONE, False),  # it may be taken four times a day
        ("SOLIAN 200 mg", "SOLIAN 100 mg, comprimé sécable", _TWO + _every(1, "d"), False),  # two of them
        ("SOLIAN 400 mg", "SOLIAN 100 mg, comprimé sécable", _every(1, "d"), False),  # of no dose
        ("METFORMINE 2000 mg", "METFORMINE 1000 mg, comprimé", _ONE + _every(12, "h"), False),  # of the day
        ("METFORMINE 2000 mg", "METFORMINE 1000 mg, comprimé", _ONE + _every(24, "h"), True),
        ("DOLIPRANE 1 g", "DOLIPRANE 500 mg", "<doseQuantity value='1' unit='g'/>" + _every(8, "h"), False),
        ("AMOXICILLINE 500 mg", "AMOXICILLINE 250 mg/5 mL", "<doseQuantity value='10' unit='mL'/>" + _every(1, "d"), False),
        ("LAMOTRIGINE 150 mg", "LAMOTRIGINE 100 mg", _ONE + "<x>" + _TWO + _every(1, "d") + "</x>", False),
        ("BISOPROLOL 5 mg, comprimé", "BISOPROLOL 2,5 mg, comprimé", _TWO, False),
        ("TEGRETOL 400 mg LP", "TEGRETOL LP 200 mg, comprimé", _ONE, False),
        ("METFORMINE 780 mg, comprimé", "METFORMINE 1000 mg, comprimé", "", False),  # of the base
        ("KARDEGIC 135 mg, poudre", "KARDEGIC 75 mg, poudre", "", False),
        ("MODOPAR 125 mg, gélule", "MODOPAR 100 mg/25 mg, gélule", "", False),  # of both
        ("SYMBICORT 200 µg, poudre", "SYMBICORT 200/6 microgrammes par dose, poudre", "", False),
        ("STALEVO 100 mg, comprimé", "STALEVO 100/25/200 mg, comprimé", "", False),
        ("METFORMINE 1.000 mg, comprimé", "METFORMINE 1 g", "", False),
        ("SOLIAN 400 mg, comprimé", "SOLIAN 100 mg, comprimé sécable", "", True),
        ("SOLIAN 400 mg par jour", "SOLIAN 100 mg, comprimé sécable", _ONE, False),
        ("SOLIAN 0,1 g", "SOLIAN 100 mg", _ONE, False),
        ("METFORMINE 1000 mg, comprimé", "METFORMINE 1 000 mg, comprimé", _ONE, False),
        ("AUGMENTIN 1 g", "AUGMENTIN 1 g/125 mg", _ONE, False),
        ("HUMIRA 80 mg", "HUMIRA 40 mg/0,4 mL", _ONE, False),
        ("KARDEGIC 75", "KARDEGIC 160 mg", _ONE, False),
        ("2 x 500 mg", "DOLIPRANE 1000 mg", _ONE, False),
        ("IBUPROFENE 400 mg", "DOLIPRANE 1000 mg", _ONE, False),  # another medicine, which another rule tells
    ],
)
def test_another_strength_is_told_where_no_number_of_units_makes_it_the_same(
    said: str, label: str, entry: str, other: bool
) -> None:
    assert of_another_strength(said, [label], _administration(entry)) is other


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("A 1 g", {1000}),
        ("A 1 000 mg", {1000}),
        ("A 2 500 mg", {2500, 500}),
        ("A 75 µg", {0.075}),
        ("A 40 mg/mL", set()),
        ("A 5 mg/160 mg", {5, 160}),
        ("A 200/6 µg", {0.2, 0.006}),
        ("A 1.000 mg", {1, 1000}),
        ("A 0,125 mg", {0.125}),
        ("A", set()),
    ],
)
def test_strengths_are_told_in_milligrams(name: str, found: set[float]) -> None:
    assert strengths(name) == found
