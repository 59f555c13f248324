"""The official summary, made to contradict itself: the rule of its kind tells so; of what is near and conformant no rule does."""

from __future__ import annotations

import copy
from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from cda_edits import Edit, put, text
from harness.checks import Judge
from harness.documents import read
from harness.library import Library
from harness.model import Severity

PATIENT = "c:recordTarget/c:patientRole"
PERSON = f"{PATIENT}/c:patient"
LEGAL = "c:legalAuthenticator/c:assignedEntity"
CONTACT = "c:informant[c:relatedEntity/@classCode='ECON']/c:relatedEntity"


def both(*edits: Edit) -> Edit:
    def edit(root: Any) -> None:
        for each in edits:
            each(root)

    return edit


def names(family: str, given: str, used_family: str, used_given: str) -> Edit:
    return both(
        text(f"{PERSON}/c:name/c:family[@qualifier='BR']", family),
        text(f"{PERSON}/c:name/c:given[@qualifier='BR']", given),
        text(f"{PERSON}/c:name/c:given[not(@qualifier)]", given),
        text(f"{PERSON}/c:name/c:family[@qualifier='CL']", used_family),
        text(f"{PERSON}/c:name/c:given[@qualifier='CL']", used_given),
    )


def contact(family: str, given: str, code: str = "SIS", role: str = "ECON") -> Edit:
    return both(
        text(f"{CONTACT}//c:family", family),
        text(f"{CONTACT}//c:given", given),
        put(f"{CONTACT}/c:code", "code", code),
        put(CONTACT, "classCode", role),
    )


def lives(postcode: str, city: str, country: str = "FRANCE") -> Edit:
    address = f"{PATIENT}/c:addr"
    return both(text(f"{address}/c:postalCode", postcode), text(f"{address}/c:city", city), text(f"{address}/c:country", country))


MISTAKES: list[tuple[str, str, Edit]] = [
    ("INS-R05-SWAPPED", "family and given names", names("DOMINIQUE", "PAT-TROIS", "PAT-TROIS", "DOMINIQUE")),
    ("INS-R05-SWAPPED", "with accents in the used names", names("ZOE", "LEGER", "Léger", "Zoé")),
    ("ACTOR-PERSON-TWO-NUMBERS", "another RPPS", put(f"{LEGAL}/c:id", "extension", "810100997245")),
    ("TIME-BIRTH-SHIFTED", "of winter", put(f"{PERSON}/c:birthTime", "value", "19790327230000+0000")),
    ("TIME-BIRTH-SHIFTED", "of summer", put(f"{PERSON}/c:birthTime", "value", "19790327220000.000+0000")),
    ("DOC-ID-OWN", "versions under the type", put("c:setId", "root", "2.16.840.1.113883.1.3")),
    ("DOC-ID-OWN", "versions under the INS", put("c:setId", "root", "1.2.250.1.213.1.4.10")),
    ("DOC-RELATIVE-PATIENT", "a sister", contact("PAT-TROIS", "Dominique")),
    ("DOC-RELATIVE-PATIENT", "a friend", contact("Pat-Trois", "DOMINIQUE", "FRND", "NOK")),
    ("TYPE-CITY-POSTCODE", "Marseille of Paris", lives("75007", "MARSEILLE")),
    ("TYPE-CITY-POSTCODE", "Lyon with an arrondissement", lives("96003", "Lyon 03")),
    ("TYPE-CITY-POSTCODE", "Saint-Étienne with a CEDEX", lives("24055", "Saint-Étienne CEDEX 2")),
]

LET_PASS: dict[str, Edit] = {
    "one name twice": names("MARTIN", "MARTIN", "MARTIN", "MARTIN"),
    "a used name that is a given name": names("PAUL", "PAUL", "MARTIN", "PAUL"),
    "an ADELI number": put(f"{LEGAL}/c:id", "extension", "0759012345"),
    "a birth at night": put(f"{PERSON}/c:birthTime", "value", "197903282300+0100"),
    "a birth at a minute of universal time": put(f"{PERSON}/c:birthTime", "value", "19790328221700+0000"),
    "a namesake of the family": contact("PAT-TROIS", "Sophie"),
    "a father of one name": contact("PAT-TROIS", "Dominique", "FTH"),
    "the patient who informs": contact("PAT-TROIS", "Dominique", "SELF", "PAT"),
    "Paris and its arrondissement": lives("75116", "PARIS 16"),
    "La Défense": lives("92042", "PARIS LA DEFENSE CEDEX"),
    "a CEDEX of Lyon": lives("69433", "LYON CEDEX 03"),
    "Ajaccio": lives("20000", "Ajaccio"),
    "a town named after another": lives("60690", "MARSEILLE-EN-BEAUVAISIS"),
    "a village whose name ends as a city's": lives("47800", "Saint-Pardoux-Isaac"),
    "Saint-Denis overseas": lives("97400", "SAINT-DENIS"),
    "Orléans of America": lives("70112", "ORLEANS", "États-Unis"),
}


@pytest.fixture(scope="module")
def told(official: Path) -> Callable[[Edit], Counter[str]]:
    """What the edited summary has more of, errors and warnings by rule."""
    judge = Judge(Library.open(), at=date(2026, 11, 24), now=datetime(2026, 11, 24, 12, tzinfo=UTC))
    clean = etree.parse(str(official / "cda" / "examples" / "VSM_1.4_2022.01.xml")).getroot()

    def found(root: Any) -> Counter[str]:
        judgement = judge.judge(read(etree.tostring(root), "example.xml"))
        return Counter(finding.rule for finding in judgement.findings if finding.severity is not Severity.INFO)

    before = found(clean)

    def more(edit: Edit) -> Counter[str]:
        root = copy.deepcopy(clean)
        edit(root)
        return found(root) - before

    return more


@pytest.mark.official
@pytest.mark.parametrize(("rule", "what", "edit"), MISTAKES, ids=[f"{rule}-{what}" for rule, what, _ in MISTAKES])
def test_a_contradiction_is_told_by_its_rule(told: Callable[[Edit], Counter[str]], rule: str, what: str, edit: Edit) -> None:
    assert rule in told(edit), what


@pytest.mark.official
@pytest.mark.parametrize("what", LET_PASS)
def test_what_is_near_and_conformant_is_not_told(told: Callable[[Edit], Counter[str]], what: str) -> None:
    assert not told(LET_PASS[what]).keys() & {rule for rule, _, _ in MISTAKES}
