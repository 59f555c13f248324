"""A passage that writes a code, against the code of the entry which cites it."""

from __future__ import annotations

import pytest
from lxml import etree

from harness.checks.narrative.codes import writes_another_code
from harness.checks.tree import nodes_of

ANSWER = """<code code="89247-1" codeSystem="2.16.840.1.113883.6.1"/>
  <text><reference value="#told"/></text><value code="LA9622-7" codeSystem="2.16.840.1.113883.6.1"/>"""
MEDICINE = """<text><reference value="#told"/></text><code code="3400936915657" codeSystem="1.2.250.1.213.2.3.2"/>"""


@pytest.mark.parametrize(
    ("held", "coded", "passage", "another"),
    [
        (ANSWER, "value", "ECOG (LOINC : 89247-1)", False),  # of what is asked
        (ANSWER, "value", "ECOG (LOINC : LA9622-7)", False),
        (ANSWER, "value", "ECOG (LOINC : LA9623-5)", True),
        (ANSWER, "value", "ECOG (LOINC : LA9623-5, LA9622-7)", False),
        (ANSWER, "value", "ECOG (LOINC : voir annexe)", False),
        (MEDICINE, "code", "XENETIX 350 (CIP : 3691565)", False),  # of seven digits
        (MEDICINE, "code", "XENETIX 350 (CIP : 3691566)", True),
    ],
)
def test_the_code_that_a_passage_writes_is_one_of_its_entry(held: str, coded: str, passage: str, another: bool) -> None:
    assert _another(f"<td>{passage}</td>", held, coded) is another


@pytest.mark.parametrize(
    ("beside", "another"),
    [
        ("C50.2 [CIM-10]", False),
        ("C50 [CIM-10]", False),  # told less finely
        ("C34.1 [CIM-10]", True),
        ("C34.1 [CIM-O]", False),  # of another terminology
        ("voir C34.1 [CIM-10]", False),
    ],
)
def test_the_code_beside_a_passage_is_that_of_its_entry(beside: str, another: bool) -> None:
    site = """<targetSiteCode code="C50.2" codeSystem="2.16.840.1.113883.6.3">
      <originalText><reference value="#told"/></originalText></targetSiteCode>"""
    assert _another(f"<td>Topographie</td><td>{beside}</td><td>Quadrant supéro-interne</td>", site, "targetSiteCode") is another


def test_the_code_beside_a_passage_may_be_that_of_the_question() -> None:
    answer = """<code code="72166-2" codeSystem="2.16.840.1.113883.6.1"/>
      <value code="LA15920-4" codeSystem="2.16.840.1.113883.6.1"><originalText><reference value="#told"/></originalText></value>"""
    assert not _another("<td>Tabac</td><td>72166-2 [LOINC]</td><td>Ancien fumeur</td>", answer, "value")


def _another(row: str, held: str, coded: str) -> bool:
    """Of an observation that holds this and cites the last cell of the row."""
    section = f"""<section xmlns="urn:hl7-org:v3"><text><table><tbody><tr>{row}</tr></tbody></table></text>
      <entry><observation>{held}</observation></entry></section>"""
    root = nodes_of(etree.fromstring(section))[0]
    told = root.index.under("tr")[0].children[-1]
    return writes_another_code(root.index.under(coded)[0], lambda _: told)
