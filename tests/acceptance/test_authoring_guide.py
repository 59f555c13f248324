"""The authoring guide, done as it says, and the mistakes that its reader makes."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from guides import Followed, Home, follow

from harness.checks.proofs.oversights import oversights
from harness.library import Library


@pytest.fixture(scope="module")
def followed(new_home: Callable[[], Path]) -> tuple[Home, Followed]:
    home = Home(new_home())
    return home, follow("authoring.md", home)


def test_every_command_ends_as_the_guide_says(followed: tuple[Home, Followed]) -> None:
    wrong = [
        f"{command}: {ran.returncode}\n{ran.stderr}{ran.stdout}" for command, ran, code in followed[1] if ran.returncode != code
    ]
    assert wrong == []
    assert len(followed[1]) >= 9


def test_the_volet_of_the_guide_is_proved_whole(followed: tuple[Home, Followed]) -> None:
    said = [ran.stdout for command, ran, _ in followed[1] if command == "harness profiles test cda/foot-care"]
    counts = [re.search(r"(\d+) checks, (\d+) tripped by \d+ mutations, 0 unproved, 0 unmet, 0 excused", text) for text in said]
    first, last = (found.groups() for found in counts if found is not None)
    assert first[0] == first[1] and last[0] == last[1]
    assert int(last[0]) > int(first[0]) + 15


def test_the_specimen_of_the_guide_is_valid_and_the_mistake_is_told_in_the_words_of_the_author(
    followed: tuple[Home, Followed],
) -> None:
    checks = {command: ran.stdout for command, ran, _ in followed[1] if command.startswith("harness check")}
    assert "cda/foot-care@1" in checks["harness check specimen.xml"] and "0 warnings" in checks["harness check specimen.xml"]
    assert "FOOT-01" in checks["harness check wrong.xml"] and "has no comment" in checks["harness check wrong.xml"]


def test_a_new_version_is_a_copy_that_stands_beside_the_old_one(followed: tuple[Home, Followed]) -> None:
    library = Library.open(followed[0].folder)
    old, new = (library.head(f"cda/ldl-ses@{version}", date(2030, 1, 1)) for version in ("2022.01", "2030.01"))
    assert (new.template, new.extension, new.codes) == (old.template, "2030.01", old.codes)
    assert library.head("cda/ldl-ses", old.in_force_from or date.min) == old
    assert library.head("cda/ldl-ses", date(2100, 1, 1)) == new
    made = followed[0].run("harness synth cda/ldl-ses@2030.01 --output letter.xml")
    assert made.returncode == 0, made.stderr
    assert "cda/ldl-ses@2030.01" in followed[0].run("harness check letter.xml").stdout
    refused = followed[0].run("harness profiles new cda/ldl-ses@2030.01")
    assert refused.returncode == 2 and "exists already" in refused.stderr


def test_a_copied_volet_has_templates_of_ids_of_their_own_and_is_proved(followed: tuple[Home, Followed]) -> None:
    assert followed[0].run("harness profiles new cda/bio-trod@2030.01").returncode == 0
    proved = followed[0].run("harness profiles test cda/bio-trod@2030.01")
    assert proved.returncode == 0, proved.stdout + proved.stderr


def test_an_unstructured_document_is_known_by_its_code_and_a_structured_one_is_not(followed: tuple[Home, Followed]) -> None:
    home, _ = followed
    assert home.run("harness profiles specimen cda/consent --output consent.xml").returncode == 0
    assert "cda/consent@1" in home.run("harness check consent.xml").stdout
    text = (home.folder / "specimen.xml").read_text("utf-8").replace('root="2.999.77"', 'root="2.999.78"')
    (home.folder / "unknown.xml").write_text(text, "utf-8")
    assert "cda/consent@1" not in home.run("harness check unknown.xml").stdout


def test_a_second_volet_of_the_same_name_is_refused_and_nothing_changes(followed: tuple[Home, Followed]) -> None:
    home, _ = followed
    before = {path: path.read_bytes() for path in sorted(home.folder.rglob("profiles/**/*.*")) if path.is_file()}
    refused = home.run("harness profiles new foot-care")
    assert refused.returncode == 2 and "exists already" in refused.stderr
    assert {path: path.read_bytes() for path in sorted(home.folder.rglob("profiles/**/*.*")) if path.is_file()} == before


CONSTRAINTS = "profiles/cda/foot-care/1/constraints.yaml"
GRADE = "profiles/cda/foot-care/1/entries/grade.yaml"
MUTATIONS = "profiles/cda/foot-care/1/mutations.yaml"
REQUIREMENTS = "profiles/cda/foot-care/1/requirements.yaml"
RULES = "profiles/cda/foot-care/1/rules.yaml"
SECTION = "profiles/cda/foot-care/1/sections/own-section.yaml"
TWICE = "- {id: FOOT-GRADE-3, text: {fr: a, en: b}, level: must, source: {document: d}}\n"
MISTAKES = [
    (CONSTRAINTS, "card: 1..1", "crad: 1..1", "card"),
    (CONSTRAINTS, "card: 1..1", "card: 1-1", "1..1"),
    (CONSTRAINTS, "card: 1..1", "card: 2..1", "2..1"),
    (CONSTRAINTS, "path: participant,", "path: particpant,", "Did you mean participant?"),
    (CONSTRAINTS, "path: participant,", "path: 'participant/ x',", "a/b"),
    (CONSTRAINTS, "functionCode/@code: PCP", "functonCode/@code: PCP", "Did you mean functionCode?"),
    (CONSTRAINTS, "functionCode/@code: PCP", "functionCode/@cod: PCP", "Did you mean code?"),
    (CONSTRAINTS, "- {path: participant", "\t- {path: participant", "not YAML"),
    (CONSTRAINTS, "path: documentationOf/serviceEvent/code", "path: code", "Give one of them an `id:`"),
    (CONSTRAINTS, "code: [", "code: [1, ", "text"),
    (SECTION, "LOINC", "LOINK", "Did you mean LOINC?"),
    (SECTION, "template: 2.999.77.1\n", "", "template"),
    (SECTION, "element: section", "elment: section", "element"),
    (SECTION, "code: [", "valueset: JDV_SigneVitaux_CISIS, code: [", "Did you mean JDV_SignesVitaux_CISIS?"),
    (SECTION, "id: foot-care.section.examination", "id: foot-care.entry.grade", "grade.yaml"),
    (GRADE, "element: observation", "element: obsrvation", "Did you mean observation?"),
    (GRADE, "type: CD", "type: CDD", "Did you mean CD?"),
    (GRADE, "moodCode: EVN", "moodCode: EVNT", "Did you mean EVN?"),
    (GRADE, "null_flavor: forbidden", "null_flavor: [UNKN]", "Did you mean UNK?"),
    (GRADE, "element: observation", "element: cda:observation", "Did you mean observation, without a prefix?"),
    (GRADE, "valueset: FootGrades", "valueset: 2.999.77.4", "It is called FootGrades here."),
    (MUTATIONS, "//cda:observation[", "//cda:obsrvation[", "Did you mean observation?"),
    (RULES, "cda:value/@code = 'G3'", "cda:value/@cod = 'G3'", "Did you mean code?"),
    (RULES, "cda:value/@code = 'G3'", "cda:value/@code = G3", "If it is a text: 'G3'."),
    (MUTATIONS, "='2.999.77.2']", "='2.999.77.2'", "not an XPath in set"),
    (REQUIREMENTS, "- id: FOOT-GRADE-3", TWICE + "- id: FOOT-GRADE-3", "is written twice"),
    (RULES, "cda:entryRelationship/cda:act", "entryRelationship/cda:act", "Write cda:entryRelationship."),
    (RULES, "cda:entryRelationship/cda:act", "cda:entryRelationshp/cda:act", "Did you mean entryRelationship?"),
]


@pytest.mark.parametrize(
    ("file", "right", "wrong", "said"), MISTAKES, ids=[wrong.strip() or "nothing" for _, _, wrong, _ in MISTAKES]
)
def test_a_mistake_in_a_file_is_told_with_its_line(
    followed: tuple[Home, Followed], file: str, right: str, wrong: str, said: str
) -> None:
    home, _ = followed
    with home.changed(file, right, wrong) as (path, line):
        refused = home.run("harness profiles show cda/foot-care")
    told = refused.stderr
    assert refused.returncode == 2, told
    place = re.search(rf"{re.escape(path.name)}:(\d+)", told)
    assert place is not None, told
    if right != "template: 2.999.77.1\n":  # what is not there has no line
        assert abs(int(place[1]) - line) <= 1, told
    assert said in told, told


OVERSIGHTS = [
    (CONSTRAINTS, "2.999.77.1}", "2.999.77.11}", "own-section asks for templateId 2.999.77.11, which no file", 2),
    (SECTION, "{template: 2.999.77.2}", "{template: 2.999.77.22}", "grades asks for templateId 2.999.77.22, which no file", 2),
    (GRADE, "template: 2.999.77.2", "template: 2.999.77.1", "2.999.77.1 is that of foot-care.entry.grade, foot-care.section.", 2),
    (GRADE, "type: CD, null_flavor: forbidden, valueset: FootGrades", "attributes: {unit: kilos}", "'kilos' is not a UCUM unit", 1),
    (
        CONSTRAINTS,
        '"34133-9", LOINC, "Synthèse d\'épisode de soins"',
        '"11488-4", LOINC, "CR ou fiche de consultation ou de visite"',
        "",
        0,
    ),  # another type of document that the header allows
    (CONSTRAINTS, '["34133-9"', '["8302-2"', "foot-care:code requires code 8302-2, which header:code refuses", 1),
    (GRADE, ", card: 0..1, level: should", "", "entry.grade:methodCode asks nothing", 1),
    (REQUIREMENTS, "- id: FOOT-GRADE-3", TWICE.replace("FOOT-GRADE-3", "Q1") + "- id: FOOT-GRADE-3", "requirement Q1", 1),
    (CONSTRAINTS, '"Synthèse d\'épisode de soins"', '"Un autre libellé"', "is not the label of 34133-9", 1),
    (SECTION, '"29545-1"', '"29545-2"', "the check digit of code 29545-2 is wrong", 1),
    (
        SECTION,
        "{path: //observation, id: grades, where: {template: 2.999.77.2}, card: 1..*}",
        "{path: entry/observation, id: grades, where: {template: 2.999.77.2}, card: 1..*}\n"
        "- {path: entry/observation, id: simple, where: {template: 1.3.6.1.4.1.19376.1.5.3.1.4.13}, card: 0..1}",
        "grades and foot-care.section.examination:simple: entry/observation is counted in each entry",
        1,
    ),
    (
        CONSTRAINTS.replace("constraints", "profile"),
        "template: 2.999.77 ",
        "template: 2.999.7 ",
        "recognise names templateId 2.999.7,",
        1,
    ),
]


def test_the_volet_of_the_guide_has_no_oversight(followed: tuple[Home, Followed]) -> None:
    assert list(oversights(Library.open(followed[0].folder), "cda/foot-care@1")) == []


@pytest.mark.parametrize(
    ("file", "right", "wrong", "said", "number"), OVERSIGHTS, ids=[case[3] or "nothing" for case in OVERSIGHTS]
)
def test_what_nothing_forbids_and_is_hardly_meant_is_told(
    followed: tuple[Home, Followed], file: str, right: str, wrong: str, said: str, number: int
) -> None:
    with followed[0].changed(file, right, wrong):
        told = [one.en for one in oversights(Library.open(followed[0].folder), "cda/foot-care@1")]
    assert len(told) == number and (not told or any(said in one for one in told)), told


def test_what_the_text_itself_says_is_not_told_once_it_is_named_as_meant(followed: tuple[Home, Followed]) -> None:
    home, _ = followed
    with home.changed(GRADE, "type: CD, null_flavor: forbidden, valueset: FootGrades", "attributes: {unit: kilos}") as (path, _):
        named = path.parents[1] / "unproved.yaml"
        named.write_text("- check: foot-care.entry.grade:value\n  reason: {fr: Du texte., en: Of the text.}\n", "utf-8")
        told = list(oversights(Library.open(home.folder), "cda/foot-care@1"))
        named.unlink()
    assert told == []


def test_a_template_of_the_family_may_be_told_more_of_and_asked_for_by_nothing(followed: tuple[Home, Followed]) -> None:
    refined = (followed[0].folder / GRADE).with_name("refined.yaml")
    grade = "id: foot-care.entry.refined\ntemplate: {template}\nelement: observation\nname: {{fr: A, en: A}}\n"
    grade += "source: {{document: Bilan podologique}}\nconstraints:\n- {{path: id, card: 1..*}}\n"
    try:
        for template, number in (("1.3.6.1.4.1.19376.1.5.3.1.4.13", 0), ("2.999.77.9", 1)):
            refined.write_text(grade.format(template=template), "utf-8")
            assert len(list(oversights(Library.open(followed[0].folder), "cda/foot-care@1"))) == number
    finally:
        refined.unlink()
