"""A measure that an entry writes as a text, and what it counts by a time, against the row that it cites."""

from __future__ import annotations

import pytest
from lxml import etree

from harness.checks.narrative.measures import counted_by_another_time, reads_otherwise
from harness.checks.node import Node
from harness.checks.tree import nodes_of

_HEADS = ("Examen", "Résultat", "Valeur de référence")


def _passage(cells: tuple[str, ...], heads: tuple[str, ...] = _HEADS) -> Node:
    """The first cell of the row."""
    table = etree.Element("{urn:hl7-org:v3}table", nsmap={None: "urn:hl7-org:v3"})  # type: ignore[dict-item]
    for tag, texts in (("th", heads), ("td", cells)):
        row = etree.SubElement(table, "{urn:hl7-org:v3}tr")
        for text in texts:
            etree.SubElement(row, f"{{urn:hl7-org:v3}}{tag}").text = text
    return next(node for node in nodes_of(table) if node.tag == "td")


@pytest.mark.parametrize(
    ("said", "result", "otherwise"),
    [
        ("<10 mg/L", "<1.0 mg/L", True),
        ("<1.0 g/L", "<1.0 mg/L", True),
        ("148 mg/L", "1,48 mg/L", True),
        ("<1.0 mg/L", "< 1,0 mg/L", False),
        ("<0.001 g/L", "<1.0 mg/L", False),
        ("1.0 mg/L", "<1.0 mg/L", False),
        ("148 mg/L", "normal", False),
        ("148 mg/L", "148 mg/L (élevé)", False),
        ("148 mg/L", "-", False),
        ("148 mg/L", "1,2 mmol/L", False),
        ("148 mg/L", "12 UI/L", False),
        ("Positif", "148 mg/L", False),
        ("148", "150", False),
        ("entre 1 et 2 mg/L", "3 mg/L", False),
    ],
)
def test_a_measure_written_as_a_text_is_that_of_the_row(said: str, result: str, otherwise: bool) -> None:
    assert reads_otherwise(_passage(("CRP", result, "<6.0 mg/L")), said) is otherwise


@pytest.mark.parametrize("head", ["Antériorité", "Norme", "Seuil", "Intervalle usuel", "Résultat précédent", "Dernier résultat"])
def test_a_measure_under_another_heading_is_not_the_result(head: str) -> None:
    assert not reads_otherwise(_passage(("CRP", "voir ci-dessous", "6.0 mg/L"), ("Examen", "Résultat", head)), "148 mg/L")


def test_a_row_without_headings_is_not_read() -> None:
    assert not reads_otherwise(_passage(("CRP", "12 mg/L", "<6.0 mg/L"), ()), "148 mg/L")


@pytest.mark.parametrize(
    ("cells", "value", "unit", "otherwise"),
    [
        (["Alcool", "5 verres / jour"], "5", "{drink}/wk", True),
        (["Alcool", "5 verres par semaine"], "5", "{drink}/d", True),
        (["Alcool", "5 verres / jour"], "5", "{drink}/d", False),
        (["Alcool", "5 verres/sem."], "5", "{drink}/wk", False),
        (["Alcool", "35 verres / semaine"], "5", "{drink}/d", False),  # the same, by another time
        (["Alcool", "5 verres"], "5", "{drink}/wk", False),
        (["Alcool", "5 verres / jour", "5 verres / semaine"], "5", "{drink}/d", False),
        (["Tabac", "25 paquets par an"], "25", "{pack}/a", False),
        (["Tabac", "25 paquets / jour"], "25", "{pack}/a", False),  # pack-years, which the VSM writes so
        (["Tabac", "environ 10 cigarettes par jour"], "10", "{cigarette}/d", False),
        (["Dose", "5 mg / jour"], "5", "mg/wk", False),
    ],
)
def test_what_is_counted_by_a_time_is_so_in_the_row(cells: list[str], value: str, unit: str, otherwise: bool) -> None:
    assert counted_by_another_time(cells, value, unit) is otherwise


@pytest.mark.parametrize(
    ("told", "said", "otherwise"),
    [
        ("c.5266dupC", "c.5266dup", False),  # the base that is doubled may be told
        ("c.2235_2249del15", "c.2235_2249del", False),
        ("c.2573t>g", "c.2573T>G", False),
        ("c.2235_2249del", "c.2236_2250del", True),
        ("c.35G>T", "c.35G>A", True),
    ],
)
def test_what_is_deleted_or_doubled_in_a_gene_need_not_be_told(told: str, said: str, otherwise: bool) -> None:
    assert reads_otherwise(_passage((told,), ()), said) is otherwise
