"""What is conformant though it looks like a mistake: a rule of a volet is silent on it, and speaks of the mistake beside it."""

from __future__ import annotations

from functools import cache

import pytest
from judging_files import AT, NOW, cda

from harness.checks import Judge
from harness.library import Library

PROBLEM = '<templateId root="1.3.6.1.4.1.19376.1.5.3.1.4.5"/>'


@cache
def judge(profile: str) -> Judge:
    return Judge(Library.open(), at=AT, now=NOW, profile=profile)


def told(profile: str, inside: str) -> set[str]:
    return {finding.rule for finding in judge(profile).judge(cda(inside)).findings}


def body(section: str) -> str:
    return f"<component><structuredBody><component><section>{section}</section></component></structuredBody></component>"


def line(own: str, illness: str) -> str:
    """Of a prescription."""
    told = f"<entryRelationship><observation><text><reference value='#{illness}'/></text></observation></entryRelationship>"
    return f"<entry><substanceAdministration><text><reference value='#{own}'/></text>{told}</substanceAdministration></entry>"


def lines(rows: str, illness: str = "ald-1") -> str:
    return body(f"<text><table><tbody>{rows}</tbody></table></text>" + line("line-1", "ald-1") + line("line-2", illness))


@pytest.mark.parametrize(
    ("rows", "speaks"),
    [
        (
            "<tr ID='line-1'><td>A</td><td>1 matin</td><td ID='ald-1'>Non</td></tr><tr ID='line-2'><td>B</td><td>2 soir</td></tr>",
            True,
        ),
        (
            "<tr><td ID='line-1'>A</td><td>1 matin</td><td ID='ald-1' rowspan='2'>Oui</td></tr>"
            "<tr><td ID='line-2'>B</td><td>2 soir</td></tr>",
            False,
        ),
        (
            "<tr><td ID='line-1'>A</td></tr><tr><td ID='line-2'>B</td></tr><tr><td>ALD</td><td ID='ald-1'>Oui</td></tr>",
            False,
        ),
        ("<tr ID='line-1'><td ID='line-2'>Trousse</td><td>A puis B</td><td ID='ald-1'>Oui</td></tr>", False),
    ],
)
def test_lines_of_a_prescription_may_share_a_passage(rows: str, speaks: bool) -> None:
    assert ("EP-PASSAGE" in told("cda/ep-med-dm", lines(rows))) is speaks


@pytest.mark.parametrize(
    ("row", "speaks"),
    [
        ("<tr><td ID='p1'>Diabète</td></tr><tr><td ID='p2'>Rétinopathie</td></tr>", True),
        ("<tr><td ID='p1'>Diabète</td><td ID='p2'>compliqué de rétinopathie</td></tr>", False),
        ("<tr><td ID='p2'>Rétinopathie du <content ID='p1'>diabète</content></td></tr>", False),
    ],
)
def test_a_problem_may_cite_what_its_passage_tells_of_another(row: str, speaks: bool) -> None:
    def problem(own: str) -> str:
        return (
            f"<entry><observation>{PROBLEM}<text><reference value='#{own}'/></text>"
            "<value code='x'><originalText><reference value='#p1'/></originalText></value></observation></entry>"
        )

    section = f"<text><table><tbody>{row}</tbody></table></text>" + problem("p1") + problem("p2")
    assert ("BODY-TEXT-32" in told("cda/vsm", body(section))) is speaks


@pytest.mark.parametrize(
    ("low", "high", "speaks"),
    [
        ("20231130230000+0000", "20231206225959+0000", False),  # of Paris: the first of December at midnight
        ("20231201", "20231207", False),  # the last day is not within it
        ("20231202", "20231206", True),
    ],
)
def test_a_period_is_told_in_the_time_of_the_place(low: str, high: str, speaks: bool) -> None:
    section = (
        "<text><table><tbody><tr><td ID='m'>AMOXICILLINE</td><td>du 01/12/2023 au 06/12/2023</td></tr></tbody></table></text>"
        "<entry><substanceAdministration moodCode='EVN'><text><reference value='#m'/></text>"
        f"<effectiveTime><low value='{low}'/><high value='{high}'/></effectiveTime></substanceAdministration></entry>"
    )
    assert ("BODY-TEXT-12" in told("cda/vsm", body(section))) is speaks


@pytest.mark.parametrize(
    ("title", "speaks"),
    [
        ("Deuxième certificat de santé de l'enfant", True),
        ("Premier certificat de santé de l'enfant", False),
        ("Deuxième envoi du certificat du 8e jour", False),
        ("Certificat de santé, deuxième enfant", False),
    ],
)
def test_a_certificate_may_be_sent_a_second_time(title: str, speaks: bool) -> None:
    assert ("CSE-TITLE" in told("cda/cse-cs8", f"<templateId root='1.2.250.1.213.1.1.1.5.1'/><title>{title}</title>")) is speaks


@pytest.mark.parametrize(
    ("claims", "rules"),
    [
        ("<templateId root='1.2.9' extension='1'/><templateId root='1.2.9' extension='1'/>", {"TYPE-TWICE-CLAIM"}),
        ("<templateId root='1.2.9'/><templateId root='1.2.9' extension='1'/>", {"TYPE-TWICE-CLAIM-VERSION"}),
        ("<templateId root='1.2.9' extension='1'/><templateId root='1.2.9'/>", {"TYPE-TWICE-CLAIM-VERSION"}),
        ("<templateId root='1.2.9' extension='1'/><templateId root='1.2.9' extension='2'/>", set()),
    ],
)
def test_a_template_and_a_version_of_it_are_two_claims(claims: str, rules: set[str]) -> None:
    assert {one for one in told("cda/header", claims) if one.startswith("TYPE-TWICE-CLAIM")} == rules


@pytest.mark.parametrize(("name", "speaks"), [("sein", True), ("sein gauche", False)])
def test_a_site_may_be_of_one_side(name: str, speaks: bool) -> None:
    section = (
        "<code code='72135-7'/><text><table><tbody><tr><td>Latéralité</td><td>Gauche</td></tr></tbody></table></text>"
        f"<entry><observation><targetSiteCode code='x' displayName='{name}'/></observation></entry>"
    )
    assert ("FRCP-SIDE" in told("cda/cancer-frcp@2022.01", body(section))) is speaks


@pytest.mark.parametrize(
    ("code", "speaks"), [("IIIA", False), ("T1b", False), ("1b", False), ("8e édition", False), ("2017", False), ("3A", True)]
)
def test_a_stage_is_in_roman_numerals_and_an_edition_in_arabic(code: str, speaks: bool) -> None:
    entry = f"<entry><observation><value code='{code}' codeSystem='2.16.840.1.113883.15.6'/></observation></entry>"
    assert ("BODY-CODE-05" in told("cda/vsm", body(entry))) is speaks


@pytest.mark.parametrize(
    ("row", "value", "speaks"),
    [
        ("<td ID='a'>Audition</td><td>Oui</td><td>Non</td>", "false", False),  # done, and nothing found
        ("<td>Audition</td><td>Oui</td><td ID='a'>Oui</td>", "false", True),
        ("<td>Audition</td><td>Oui</td><td ID='a'>Non</td>", "false", False),
    ],
)
def test_that_an_examination_was_done_is_not_what_it_found(row: str, value: str, speaks: bool) -> None:
    heads = "<thead><tr><th>Examen</th><th>Réalisé</th><th>Anormal</th></tr></thead>"
    section = (
        f"<text><table>{heads}<tbody><tr>{row}</tr></tbody></table></text><entry><observation>"
        "<code code='x' displayName=\"Trouble de l'audition\"/><text><reference value='#a'/></text>"
        f"<value xsi:type='BL' value='{value}'/></observation></entry>"
    )
    assert ("BODY-TEXT-10" in told("cda/vsm", body(section))) is speaks


@pytest.mark.parametrize(
    ("question", "negated", "speaks"),
    [
        ("Méningocoque B", "false", True),  # « Non », and it was given
        ("Arrêt du traitement", "false", False),
        ("Substituable", "false", False),
        ("Effet indésirable", "false", False),
        ("Méningocoque B", "true", False),
    ],
)
def test_an_answer_about_a_treatment_may_be_to_another_question_than_whether_it_was_given(
    question: str, negated: str, speaks: bool
) -> None:
    section = (
        f"<text><table><tbody><tr><td>{question}</td><td ID='a'>Non</td></tr></tbody></table></text>"
        f"<entry><substanceAdministration moodCode='EVN' negationInd='{negated}'><text><reference value='#a'/></text>"
        "</substanceAdministration></entry>"
    )
    assert ("BODY-TEXT-10" in told("cda/vsm", body(section))) is speaks


@pytest.mark.parametrize(("element", "speaks"), [("supply", False), ("substanceAdministration", False), ("observation", True)])
def test_a_dispense_is_referred_to_as_a_supply_or_as_the_french_model_writes_it(element: str, speaks: bool) -> None:
    entry = f"<entry><{element}><templateId root='1.3.6.1.4.1.19376.1.9.1.3.12'/></{element}></entry>"
    assert ("document.templates-misplaced" in told("cda/vsm", body(entry))) is speaks
