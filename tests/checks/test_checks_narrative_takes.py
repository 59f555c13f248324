"""How often and how much a medicine is taken, in a column of the narrative and in its administration."""

from __future__ import annotations

import pytest
from lxml import etree

from harness.checks.narrative.posology import row_takes_otherwise, taken_otherwise
from harness.checks.tree import nodes_of


@pytest.mark.parametrize(
    ("said", "value", "unit", "otherwise"),
    [
        ("3 fois/j", "80", "h", True),
        ("3 fois/j à partir du 01/12/2023 pendant 2 jours", "80", "h", True),
        ("4 fois/j", "16", "h", True),
        ("1 fois / jour", "12", "h", True),
        ("2 prises par jour", "2", "d", True),
        ("3 fois/j", "8", "h", False),
        ("3 fois/j", "6", "h", False),  # of what is taken awake
        ("3 fois/j", "1", "d", False),  # the dose may be that of the day
        ("2 fois par jour", "12", "h", False),
        ("1 fois/j", "24", "h", False),
        ("1 fois/jour, un jour sur deux", "2", "d", False),
        ("1 fois par jour 5 jours / 7", "7", "d", False),
        ("1 fois par semaine", "7", "d", False),
        ("le soir", "80", "h", False),
        ("3 fois/j si besoin", "4", "h", False),
        ("3 fois/j", "3", "{take}", False),
        ("3 fois/j", "x", "h", False),
    ],
)
def test_times_a_day_agree_with_the_period(said: str, value: str, unit: str, otherwise: bool) -> None:
    assert taken_otherwise(said, value, unit) is otherwise


def _told(dose_head: str, dose: str, often: str, entry: str) -> str:
    document = etree.fromstring(
        "<section xmlns='urn:hl7-org:v3'><text><table><thead><tr>"
        f"<th>Médicament</th><th>{dose_head}</th><th>Fréquence</th></tr></thead>"
        f"<tbody><tr><td ID='m'>LEPONEX</td><td>{dose}</td><td>{often}</td></tr></tbody></table></text>"
        f"<entry><substanceAdministration>{entry}</substanceAdministration></entry></section>"
    )
    nodes = nodes_of(document)
    passage = next(node for node in nodes if node.attributes.get("ID") == "m")
    administration = next(node for node in nodes if node.tag == "substanceAdministration")
    return row_takes_otherwise(administration, passage, ["LEPONEX", dose, often])


_EVERY = "<effectiveTime><period value='{}' unit='{}'/></effectiveTime>"
_DOSE = "<doseQuantity><low value='{}' unit='{}'/></doseQuantity>"


@pytest.mark.parametrize(
    ("head", "dose", "often", "entry", "told"),
    [
        ("Dose", "2 comprimés", "1 fois/jour", _EVERY.format(1, "d") + _DOSE.format(1, "{tbl}"), "dose"),
        ("Dose prescrite", "2 cp", "", _DOSE.format(1, "{tablet}"), "dose"),
        ("Dose", "1 comprimé", "3 fois/jour", _EVERY.format(3, "d") + _DOSE.format(1, "{tbl}"), "period"),
        ("Dose", "1 comprimé", "1 fois/jour", _EVERY.format(1, "d") + _DOSE.format(1, "{tbl}"), ""),
        ("Dose", "2 comprimés", "2 fois/jour", _EVERY.format(12, "h") + _DOSE.format(1, "{tbl}"), ""),  # of the day
        ("Dose", "1 à 2 comprimés", "", _DOSE.format(1, "{tbl}"), ""),
        ("Dose", "2 comprimés", "", _DOSE.format(100, "mg"), ""),
        ("Dose", "2 comprimés", "", _DOSE.format(1, "{dose}"), ""),
        ("Quantité délivrée", "20 comprimés", "", _DOSE.format(1, "{tbl}"), ""),
        ("Dose", "2 comprimés", "", _DOSE.format(1, "{tbl}") * 2, ""),
    ],
)
def test_a_column_of_doses_agrees_with_the_administration(head: str, dose: str, often: str, entry: str, told: str) -> None:
    assert _told(head, dose, often, entry) == told
