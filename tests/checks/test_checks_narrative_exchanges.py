"""Two observations of a section that cite each the passage of the other."""

from __future__ import annotations

import pytest
from lxml import etree

from harness.checks.narrative.references import are_exchanged
from harness.checks.tree import nodes_of

XSI = "http://www.w3.org/2001/XMLSchema-instance"
PARENTS = "<tr><td>Profession</td><td ID='a'>Cadre supérieur</td><td ID='b'>Artisan, commerçant</td></tr>"
STATUSES = (
    "<tr><td>Certitude de la maladie</td><td ID='a'>Confirmé</td></tr><tr><td>Statut du patient</td><td ID='b'>Invalide</td></tr>"
)
JOB, OTHER_JOB = ("Profession", "Cadre supérieur"), ("Profession", "Artisan, commerçant")
SURE, STATUS = ("Certitude", "Certain"), ("Statut clinique du patient", "Maladie chronique")


def first_is_exchanged(rows: str, *observations: tuple[tuple[str, str], str]) -> bool:
    entries = "".join(
        f"<entry><observation><code code='{question}' displayName='{question}'/><text><reference value='#{cited}'/></text>"
        f"<value xsi:type='CD' code='1' displayName='{answer}'/></observation></entry>"
        for (question, answer), cited in observations
    )
    section = (
        f"<section xmlns='urn:hl7-org:v3' xmlns:xsi='{XSI}'><text><table><tbody>{rows}</tbody></table></text>{entries}</section>"
    )
    root = nodes_of(etree.fromstring(section))[0]
    passages = {f"#{one.attributes['ID']}": one for one in root.index.below(root, "@ID")}
    entry = root.index.below(root, "observation")[0]
    return are_exchanged(entry, passages[f"#{observations[0][1]}"], passages.get)


def test_two_answers_to_one_question_that_cite_each_other_are_exchanged() -> None:
    assert first_is_exchanged(PARENTS, (JOB, "b"), (OTHER_JOB, "a"))


def test_two_questions_that_cite_the_rows_of_each_other_are_exchanged() -> None:
    assert first_is_exchanged(STATUSES, (SURE, "b"), (STATUS, "a"))


@pytest.mark.parametrize(
    ("rows", "first", "second"),
    [
        (PARENTS, (JOB, "a"), (OTHER_JOB, "b")),
        (PARENTS, (JOB, "b"), (OTHER_JOB, "b")),  # one reference of a copy is told elsewhere, or by nobody
        (PARENTS, (JOB, "b"), (JOB, "a")),
        (PARENTS, (JOB, "b"), (("Activité", "Artisan, commerçant"), "a")),  # another question
        (PARENTS.replace("Artisan, commerçant", "Artisan ou cadre"), (JOB, "b"), (("Profession", "Artisan ou cadre"), "a")),
        (PARENTS.replace("Artisan, commerçant", "CADRE SUPERIEUR"), (JOB, "b"), (("Profession", "CADRE SUPERIEUR"), "a")),
        (PARENTS.replace("Artisan, commerçant", "-"), (JOB, "b"), (("Profession", "-"), "a")),
        (STATUSES, (SURE, "a"), (STATUS, "b")),
        (STATUSES, (SURE, "b"), (STATUS, "b")),
        (STATUSES, (SURE, "b"), (("Gravité", "Maladie chronique"), "a")),
        (STATUSES, (("Certitude et statut", "Certain"), "b"), (STATUS, "a")),
        (STATUSES.replace("Statut du patient", "État"), (SURE, "b"), (STATUS, "a")),
        (STATUSES.replace("Statut du patient", "Statut (certitude)"), (SURE, "b"), (STATUS, "a")),
        (STATUSES.replace("<td ID='b'>", "<td/><td ID='b'>"), (SURE, "b"), (STATUS, "a")),  # columns: the row may be of several
        (STATUSES, (("", "Certain"), "b"), (STATUS, "a")),
    ],
)
def test_what_may_be_right_is_not_exchanged(
    rows: str, first: tuple[tuple[str, str], str], second: tuple[tuple[str, str], str]
) -> None:
    assert not first_is_exchanged(rows, first, second)
