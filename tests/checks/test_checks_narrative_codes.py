"""A passage that writes a code, against the code of the entry which cites it."""

from __future__ import annotations

import pytest
from lxml import etree

from harness.checks.narrative.codes import writes_another_code
from harness.checks.tree import nodes_of

ANSWER = """<observation xmlns="urn:hl7-org:v3"><code code="89247-1" codeSystem="2.16.840.1.113883.6.1"/>
  <text><reference value="#told"/></text><value code="LA9622-7" codeSystem="2.16.840.1.113883.6.1"/></observation>"""
MEDICINE = """<act xmlns="urn:hl7-org:v3"><text><reference value="#told"/></text>
  <code code="3400936915657" codeSystem="1.2.250.1.213.2.3.2"/></act>"""


@pytest.mark.parametrize(
    ("entry", "coded", "passage", "another"),
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
def test_the_code_that_a_passage_writes_is_one_of_its_entry(entry: str, coded: str, passage: str, another: bool) -> None:
    told = nodes_of(etree.fromstring(f"<td xmlns='urn:hl7-org:v3'>{passage}</td>"))[0]
    holder = nodes_of(etree.fromstring(entry))[0].named[coded][0]
    assert writes_another_code(holder, lambda _: told) is another


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
    row = f"<tr xmlns='urn:hl7-org:v3'><td>Topographie</td><td>{beside}</td><td>Quadrant supéro-interne</td></tr>"
    told = nodes_of(etree.fromstring(row))[0].children[-1]
    site = """<observation xmlns="urn:hl7-org:v3"><targetSiteCode code="C50.2" codeSystem="2.16.840.1.113883.6.3">
      <originalText><reference value="#told"/></originalText></targetSiteCode></observation>"""
    holder = nodes_of(etree.fromstring(site))[0].children[0]
    assert writes_another_code(holder, lambda _: told) is another


def test_the_code_beside_a_passage_may_be_that_of_the_question() -> None:
    row = "<tr xmlns='urn:hl7-org:v3'><td>Tabac</td><td>72166-2 [LOINC]</td><td>Ancien fumeur</td></tr>"
    told = nodes_of(etree.fromstring(row))[0].children[-1]
    entry = """<entry xmlns="urn:hl7-org:v3"><observation><code code="72166-2" codeSystem="2.16.840.1.113883.6.1"/>
      <value code="LA15920-4" codeSystem="2.16.840.1.113883.6.1"><originalText><reference value="#told"/></originalText></value>
      </observation></entry>"""
    value = nodes_of(etree.fromstring(entry))[0].children[0].children[1]
    assert not writes_another_code(value, lambda _: told)
