"""Every mistake in a data file is told with file and line, in both languages, with the word that was probably meant."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from library_files import Files, profile_yaml, template_yaml

from harness.errors import DataError, UsageError
from harness.library.folders import packaged
from harness.library.nearest import nearest, suggestion
from harness.library.shapes import SCHEMAS

RULE = """\
- id: R1
  requirement: Q1
  context: cda:id
  assert: h:is-ins(@root)
  severity: error
  message: {fr: a, en: b}
  hint: {fr: a, en: b}
"""
REQUIREMENT = "- {id: Q1, text: {fr: a, en: b}, level: must, source: {document: d}}\n"

CONSTRAINTS = [
    ("- {path: code, cardd: 1..1}", 1, "unknown key 'cardd'", "Did you mean card?"),
    ("- {path: id}\n- {pathh: code}", 2, "unknown key 'pathh'", "Did you mean path?"),
    ("- {card: 1..1}", 1, "'path' is missing", ""),
    ("- path: code\n  card: 1-1", 2, "a cardinality as text", "Did you mean 1..1?"),
    ("- path: code\n  card: 0..n", 2, "a cardinality as text", "Did you mean 0..*?"),
    ("- path: /ClinicalDocument/code", 1, "a path of element names", "Did you mean code?"),
    ("- path: code\n  where: {a/root: 1.2}", 2, "unknown key 'a/root'", "Did you mean a/@root?"),
    ("- path: code\n  code: [LOINC, a]", 2, "'LOINC' is a code system", "Write [a, LOINC]."),
    ("- path: code\n  attributes: {value: require}", 2, "'require' would be a value here", "Did you mean required?"),
    ("- path: code\n  level: “must”", 2, "a word processor's", "Write"),
    ("- path: code\n  card: 1..1\n   level: must", 3, "indented too far", ""),
    ("- path: code\n  card 1..1\n  level: must", 2, "without its colon", ""),
    ("- path: code\n  card: 3..2", 2, "ends below its beginning", ""),
    ("- path: code\n  level: shoud", 2, '"shoud" is not allowed', "Did you mean should?"),
    ("- path: code\n  code: [1, LOINC]", 2, "text", 'Write it in quotes: "1".'),
    ("- path: code\n  code: [a, LOINK]", 2, "unknown code system 'LOINK'", "Did you mean LOINC?"),
    ("- path: code\n  system: [LOINC,\n    SNOMED]", 2, "unknown code system 'SNOMED'", "Known: LOINC."),
    ("- path: code\n  valueset: JDV_X", 2, "unknown value set 'JDV_X'", "`harness profiles find WORD`"),
    (
        "- path: code\n  attributes:\n    value: {pattern: '['}",
        3,
        "not a regular expression",
        "A bracket or a parenthesis is not closed",
    ),
    ("- path: code\n  attributes: {vallue: required}", 2, '"vallue" is not allowed', "Did you mean value?"),
    ("- path: code\n  where: {rout: 1.2}", 2, "unknown key 'rout'", "Did you mean root?"),
    ("- path: a\n  where: {code: [a, LOINC]}", 2, "'LOINC' is a code system", "Write {code/@code: 'a', code/@codeSystem: LOINC}."),
    ("- path: code\n  where: {template: x}", 2, "an OID as text", ""),
    ("- path: 'a b'", 1, "a path of element names", ""),
    ("- {path: id}\n- {path: id}", 2, "two constraints here are called", "Give one of them an `id:`"),
    (
        "- path: a\n  each:\n  - {path: b}\n  - {path: b}",
        4,
        "two constraints here are called 'header:a/b'",
        "Give one of them an `id:`",
    ),
    ("- path: id\n  message: {fr: seul}", 2, "'en' is missing", ""),
    ("{path: id}", 1, "a list of constraints", ""),
    ("- path: id\n\tcard: 1..1", 2, "tab", "write spaces"),
    ("- {path: id}\n- {path: code, level: 1}", 2, "in code › level", "Known: may, must, should."),
]


def refused(files: Files, *place: object, profile: str = "cda/header@1") -> DataError:
    """Why a profile is not read. place: the file and the line that are told."""
    with pytest.raises(DataError) as error:
        files.open().profile(profile)
    assert (error.value.file, error.value.line)[2 - len(place) :] == tuple(map(str, place[:-1])) + place[-1:]
    assert error.value.message.fr != error.value.message.en
    return error.value


def told(error: DataError, message: str, hint: str) -> bool:
    """Whether it says this, and hints where a hint is wanted alone."""
    return message in error.message.en and hint in error.hint.en and bool(hint) is bool(error.hint.en)


@pytest.mark.parametrize(("text", "line", "message", "hint"), CONSTRAINTS)
def test_a_mistake_in_constraints_is_told_with_its_line_and_what_was_meant(
    files: Files, text: str, line: int, message: str, hint: str
) -> None:
    path = files.write("profiles/cda/header/constraints.yaml", text)
    assert told(refused(files, path, line), message, hint)


@pytest.mark.parametrize(("name", "hint"), [("INTEGER", "Did you mean INT?"), ("Observation", "Known: AD, ")])
def test_a_type_is_one_of_data_and_no_class_of_the_model(files: Files, name: str, hint: str) -> None:
    files.write("profiles/cda/grammar.yaml", (packaged() / "profiles/cda/grammar.yaml").read_text("utf-8"))
    files.write("profiles/cda/header/constraints.yaml", f"- {{path: code, type: {name}}}")
    with pytest.raises(DataError, match=f"no data type '{name}'|pas de type de données « {name} »") as error:
        files.open().profile("cda/header@1")
    assert error.value.hint.en.startswith(hint)


RULES = [
    (RULE.replace("h:is-ins", "h:is-inz"), 4, "unknown function 'h:is-inz'", "Did you mean h:is-ins?"),
    (RULE.replace("(@root)", "(@root, 1)"), 4, "h:is-ins takes 1 arguments", ""),
    (RULE.replace("context: cda:id", "context: cda:id["), 3, "a name expected at the end", ""),
    (RULE.replace("context: cda:id", "context: cdb:id"), 3, "no namespace is called cdb", ""),
    (RULE.replace("context: cda:id", "context: cda:id/@root"), 3, "a context leads to elements", "Write x[@a] instead of x/@a."),
    (RULE.replace("requirement: Q1", "requirement: Q2"), 2, "unknown requirement 'Q2'", "Known: Q1."),
    (RULE.replace("message: {fr: a, en: b}", 'message: {fr: "{@a}", en: "{count(}"}'), 6, "a name expected at the end", ""),
    (RULE.replace("message: {fr: a, en: b}", 'message: {fr: "{@a}", en: "{@a is"}'), 6, "a brace in it has no match", "{@code}"),
    (RULE.replace("h:is-ins(@root)", "matches(@root, 'x')"), 4, "unknown function 'matches'", "Did you mean h:matches?"),
    (RULE.replace("h:is-ins(@root)", "exists(@root)"), 4, "unknown function 'exists'", "docs/functions.md"),
    (RULE.replace("h:is-ins(@root)", "cda:a == 'x'"), 4, "not an XPath 1.0 expression", "'==' is written '='."),
    (RULE.replace("h:is-ins(@root)", "h:fault('isn', @root) = ''"), 4, "does not know 'isn'", "Did you mean ins?"),
    (RULE.replace("h:is-ins(@root)", "h:in-valueset(@a, @b, 'JDV_X')"), 4, "unknown value set 'JDV_X'", "profiles find"),
    (RULE.replace("h:is-ins(@root)", "not(cda:id"), 4, "')' expected at the end", ""),
    (RULE.replace("requirement: Q1", "requirement: Q-22"), 2, "unknown requirement 'Q-22'", "Known: Q1."),
    (RULE + RULE, 8, "rule 'R1' exists already", ""),
    (RULE + "  instead: TIME-SLOT\n", 8, "unknown rule 'TIME-SLOT'", "Known: label."),
    (RULE.replace("severity: error", "severity: fatal"), 5, '"fatal"', ""),
    (RULE.replace("  hint: {fr: a, en: b}\n", ""), 1, "'hint' is missing in R1", ""),
]


@pytest.mark.parametrize(("text", "line", "message", "hint"), RULES)
def test_a_mistake_in_rules_is_told_with_its_line_and_what_was_meant(
    files: Files, text: str, line: int, message: str, hint: str
) -> None:
    files.write("profiles/cda/header/requirements.yaml", REQUIREMENT)
    path = files.write("profiles/cda/header/rules.yaml", text)
    assert told(refused(files, path, line), message, hint)


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("names: {a: x}\ndocuments:\n- {code: A, is: [a]}\n- {code: B, is: [b]}", 4, "unknown name 'b'"),
        ("names: {a: '('}\ndocuments:\n- {code: A, begins: [a]}", 3, "not a regular expression"),
        ("names: {a: x}\ndocuments:\n- {code: A}", 3, "'is' is missing"),
    ],
)
def test_a_mistake_in_titles_is_told_with_its_line(files: Files, text: str, line: int, message: str) -> None:
    path = files.write("profiles/cda/titles.yaml", text)
    assert message in refused(files, path, line).message.en


def test_a_value_set_that_cannot_be_read_is_told_before_one_that_is_not_known(files: Files) -> None:
    files.write("profiles/cda/header/constraints.yaml", "- {path: code, valueset: Mine}")
    path = files.write("profiles/cda/header/valuesets/mine.json", '{"id": "Mine", "concepts": [],}')
    with pytest.raises(DataError, match=r"not JSON|JSON illisible") as error:
        files.open().profile("cda/header@1")
    assert error.value.file == str(path)


def test_a_number_where_a_cardinality_is_wanted_is_not_told_to_stand_in_quotes(files: Files) -> None:
    files.write("profiles/cda/header/constraints.yaml", "- {path: code, card: 1}")
    error = refused(files)
    assert "attendu dans code › card : une cardinalité : 1..1" in error.message.fr
    assert error.hint.en == "Did you mean 1..1?"


@pytest.mark.parametrize("written", ["20260131", "31/01/2026", "2026/01/31"])
def test_a_date_of_another_form_is_answered_with_the_one_that_is_read(files: Files, written: str) -> None:
    files.write("profiles/cda/volet/profile.yaml", profile_yaml("cda/volet", in_force=f"{{from: {written}}}"))
    with pytest.raises(DataError) as error:
        files.open().heads()
    assert error.value.hint.en == "Did you mean 2026-01-31?"


def test_a_profile_that_ends_before_it_begins_is_told(files: Files) -> None:
    files.write("profiles/cda/volet/profile.yaml", profile_yaml("cda/volet", in_force="{from: 2026-01-31, until: 2025-01-31}"))
    with pytest.raises(DataError, match=r"ends on 2025-01-31|finit le 2025-01-31"):
        files.open().heads()


def test_a_version_that_is_not_there_is_answered_with_those_that_are(files: Files) -> None:
    files.write("profiles/cda/volet/profile.yaml", profile_yaml("cda/volet", extends="[cda/header@9]"))
    with pytest.raises(DataError) as error:
        files.open().profile("cda/volet")
    assert error.value.hint.en == "Known: cda/header@1."


@pytest.mark.parametrize(
    ("edit", "message"),
    [
        ('{insert: "<entry", into: cda:id}', "no well-formed piece of XML"),
        ("{drop: cda:id}\n  trips: [R1]\n- id: m\n  edit: {drop: cda:code}", "mutation 'm' is written twice"),
    ],
)
def test_a_mistake_in_mutations_is_told(files: Files, edit: str, message: str) -> None:
    files.write("profiles/cda/header/requirements.yaml", REQUIREMENT)
    files.write("profiles/cda/header/rules.yaml", RULE)
    files.write("profiles/cda/header/mutations.yaml", f"- id: m\n  edit: {edit}\n  trips: [R1]\n")
    with pytest.raises(DataError) as error:
        files.open().profile("cda/header@1")
    assert message in error.value.message.en


FHIR_RULE = """- id: R1
  requirement: Q1
  context: Patient
  assert: name.exists()
  severity: error
  message: {fr: a, en: b}
  hint: {fr: a, en: b}
"""


@pytest.mark.parametrize(
    ("recognise", "rule", "edit", "line", "message"),
    [
        ("{when: ['Patient.where(']}", FHIR_RULE, "{drop: Patient.name}", None, "not FHIRPath, column 15"),
        ("{when: [Patient]}", FHIR_RULE.replace("fr: a", 'fr: "{name"'), "{drop: Patient.name}", 6, "a brace in it has no match"),
        ("{when: [Patient]}", FHIR_RULE, "{drop: Patient.where(}", 2, "not FHIRPath, column 15"),
        ("{when: [Patient]}", FHIR_RULE, '{insert: "{name", into: Patient}', 2, "insert is no JSON object"),
    ],
)
def test_a_mistake_in_a_profile_of_fhir_is_told_with_its_line(
    files: Files, recognise: str, rule: str, edit: str, line: int | None, message: str
) -> None:
    files.write("profiles/fhir/own/profile.yaml", profile_yaml("fhir/own", kind="fhir", recognise=recognise))
    files.write("profiles/fhir/own/requirements.yaml", REQUIREMENT)
    files.write("profiles/fhir/own/rules.yaml", rule)
    files.write("profiles/fhir/own/mutations.yaml", f"- id: m\n  edit: {edit}\n  trips: [R1]\n")
    with pytest.raises(DataError) as error:
        files.open().profile("fhir/own@1")
    assert message in error.value.message.en and line in (None, error.value.line)


def test_a_reference_that_is_not_closed_is_told(files: Files) -> None:
    own = (packaged() / "scenarios/pdsm/iti68/retrieve-what-was-sent.yaml").read_text("utf-8")
    assert "${documents.1}" in own
    files.write("scenarios/own.yaml", own.replace("${documents.1}", "${documents.1", 1))
    with pytest.raises(DataError, match=r"is not closed|n'est pas fermée"):
        files.open().scenarios()


def test_a_requirement_of_what_is_extended_is_not_written_again(files: Files) -> None:
    files.write("profiles/cda/header/requirements.yaml", REQUIREMENT)
    files.write("profiles/cda/volet/profile.yaml", profile_yaml("cda/volet", extends="[cda/header]"))
    path = files.write("profiles/cda/volet/requirements.yaml", REQUIREMENT)
    assert "'Q1' is written twice" in refused(files, path, 1, profile="cda/volet").message.en


def test_a_value_set_that_is_called_as_another_is_told(files: Files) -> None:
    head = '{"id": "V", "oid": "1.2", "version": "1", "title": "t", "systems": ["1.3"], "concepts": []}'
    files.write("profiles/cda/header/valuesets/a.json", head)
    path = files.write("profiles/cda/header/valuesets/b.json", head, home=True)
    assert "'V' is in" in refused(files, path, 1).message.en


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{\"id\": 'V'}", "straight double quotes"),
        ('{"id": “V”}', "straight double quotes"),
        ("// codes", "it has no comments"),
        ("", "the file is empty"),
    ],
)
def test_what_json_does_not_have_is_told(files: Files, text: str, message: str) -> None:
    files.write("profiles/cda/header/constraints.yaml", "- {path: code, valueset: V}")
    files.write("profiles/cda/header/valuesets/V.json", text)
    assert message in refused(files).message.en


def test_a_version_without_quotes_is_offered_as_it_was_written(files: Files) -> None:
    files.write("profiles/cda/header/profile.yaml", profile_yaml().replace('version: "1"', "version: 1.10"))
    with pytest.raises(DataError) as error:
        files.open().heads()
    assert (error.value.line, error.value.hint.en) == (2, 'Write it in quotes: "1.10".')
    assert "found 1.10" in error.value.message.en


def test_what_is_extended_by_a_name_that_nothing_bears_is_told_with_its_line(files: Files) -> None:
    path = files.write("profiles/cda/volet/profile.yaml", profile_yaml("cda/volet", extends="[cda/headr]"))
    with pytest.raises(DataError) as error:
        files.open().lineage("cda/volet")
    assert (error.value.file, path.read_text("utf-8").splitlines()[error.value.line - 1]) == (str(path), "extends: [cda/headr]")


def test_an_unknown_rule_that_a_mutation_trips_is_answered_with_the_nearest(files: Files) -> None:
    files.write("profiles/cda/header/constraints.yaml", "- {path: id, card: 1..1}")
    files.write("profiles/cda/header/mutations.yaml", "- id: m\n  edit: {drop: cda:id}\n  trips: ['header:id.crad']\n")
    assert "header:id.card" in refused(files, 3).hint.en


def test_an_edit_with_two_verbs_is_told_with_its_line(files: Files) -> None:
    path = files.write("profiles/cda/header/mutations.yaml", "- id: m\n  edit: {drop: a, repeat: b}\n  trips: [x]\n")
    refused(files, path, 2)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"version": "2"}, "also in"),
        ({"extends": "[cda/headr]"}, "unknown profile 'cda/headr'"),
        ({"extends": "[cda/volet]"}, "extends itself"),
        ({"in_force": "{from: 2020-02-30}"}, "2020-02-30 is not a date"),
    ],
)
def test_a_mistake_in_a_profile_is_told(files: Files, change: dict[str, str], message: str) -> None:
    version = change.pop("version", "1")
    if version == "2":
        files.write("profiles/cda/other/profile.yaml", profile_yaml("cda/volet", "1"))
    files.write("profiles/cda/volet/profile.yaml", profile_yaml("cda/volet", "1", **change))
    with pytest.raises(DataError, match=message):
        library = files.open()
        library.heads()
        library.profile("cda/volet@1")


def test_a_mistake_in_a_template_stops_the_profiles_that_judge_the_body_and_no_other(files: Files) -> None:
    path = files.write("profiles/cda/sections/x.yaml", template_yaml("- {path: code}\n- {cart: 1..1, path: id}\n"))
    files.write("profiles/cda/volet/profile.yaml", profile_yaml("cda/volet", judges="body"))
    library = files.open()
    library.profile("cda/header")
    with pytest.raises(DataError) as error:
        library.profile("cda/volet")
    assert (error.value.file, error.value.line) == (str(path), 8)


def test_two_templates_of_one_id_are_told(files: Files) -> None:
    files.write("profiles/cda/volet/profile.yaml", profile_yaml("cda/volet", judges="body"))
    files.write("profiles/cda/sections/a.yaml", template_yaml("- {path: code}\n"))
    files.write("profiles/cda/sections/b.yaml", template_yaml("- {path: code}\n", root="1.2.4"))
    with pytest.raises(DataError, match=r"also in profiles/cda/sections/a\.yaml"):
        files.open().profile("cda/volet")


def test_a_mistake_in_one_value_set_is_told_when_it_is_used(files: Files) -> None:
    head = '{"id": "V", "oid": "1.2", "version": "1", "title": "t", "systems": ["1.3"],'
    path = files.write("profiles/cda/valuesets/V.json", f'{head}\n "concepts": [[0, "a", "A"],\n  [1, "b", "B"]]}}')
    library = files.open()
    with pytest.raises(DataError) as error:
        library.value_set("V")
    assert (error.value.file, error.value.line) == (str(path), 3)


@pytest.mark.parametrize(
    ("concept", "message"),
    [
        ('[0, "a", "B"]', "code 'a' is written twice"),
        ('[0, "b ", "B"]', "padded"),
        ('[0, "b", ""]', "empty"),
        ('[0, "b", "B", "2026-13-01"]', "the day it ended, YYYY-MM-DD, found"),
    ],
)
def test_a_mistake_in_a_concept_is_told_with_its_line(files: Files, concept: str, message: str) -> None:
    head = '{"id": "V", "oid": "1.2", "version": "1", "title": "t", "systems": ["1.3"],'
    files.write("profiles/cda/valuesets/V.json", f'{head}\n "concepts": [[0, "a", "A"],\n  {concept}]}}')
    with pytest.raises(DataError) as error:
        files.open().value_set("V")
    assert error.value.line == 3
    assert message in error.value.message.en


def test_a_system_is_called_by_its_name_where_a_volet_is_recognised_too(files: Files) -> None:
    recognise = "{template: 1.2.3, codes: [[34133-9, %s]]}"
    files.write("profiles/cda/volet/profile.yaml", profile_yaml("cda/volet", recognise=recognise % "LOINC"))
    assert next(head for head in files.open().heads() if head.id == "cda/volet").codes == (("34133-9", "2.16.840.1.113883.6.1"),)
    path = files.write("profiles/cda/volet/profile.yaml", profile_yaml("cda/volet", recognise=recognise % "LOINK"))
    with pytest.raises(DataError, match=r"unknown code system 'LOINK'|système de codage inconnu « LOINK »") as error:
        files.open().heads()
    assert path.read_text("utf-8").splitlines()[error.value.line - 1].startswith("recognise")


def test_a_broken_file_that_nobody_asks_for_stops_nothing(files: Files) -> None:
    files.write("fixtures/people/x.yaml", "a: [")
    files.write("scenarios/x.yaml", "a: [")
    library = files.open()
    library.profile("cda/header")
    with pytest.raises(DataError):
        library.data("fixtures/people/x.yaml")
    with pytest.raises(DataError):
        library.scenarios()


@pytest.mark.parametrize(
    ("call", "hint"),
    [
        (lambda library: library.profile("cda/heder"), "cda/header"),
        (lambda library: library.profile("cda/header@9"), "Known: 1."),
        (lambda library: library.value_set("V"), None),
        (lambda library: library.path("profiles/cda/system.yaml"), "profiles/cda/systems.yaml"),
    ],
)
def test_an_unknown_name_is_answered_with_the_nearest(files: Files, call: object, hint: str | None) -> None:
    with pytest.raises(UsageError) as error:
        call(files.open())  # type: ignore[operator]
    assert error.value.hint.en == "" if hint is None else hint in error.value.hint.en


@pytest.mark.parametrize(
    ("begun", "known", "offered"),
    [
        ("dominique", ["dominique-pat-trois", "awa-ndoye"], ["dominique-pat-trois"]),
        ("ins-key", ["ins-key-off-by-one", "ins-keys"], ["ins-keys", "ins-key-off-by-one"]),
        ("VALIDE", ["VALI", "VIDE"], ["VALI", "VIDE"]),  # as near as each other: the one that begins alike
        ("cda/", ["cda/vsm", "cda/dlu"], []),
    ],
)
def test_a_word_that_was_begun_is_offered_whole(begun: str, known: list[str], offered: list[str]) -> None:
    assert nearest(begun, known, 3) == offered


def test_of_many_known_words_those_that_begin_alike_are_shown() -> None:
    known = [f"BODY-{number}" for number in range(30)] + ["FOOT-GRADE-3"]
    assert suggestion("FOOT-GRADE-4", known).en.startswith("Known: FOOT-GRADE-3, BODY-0, ")


def test_what_a_file_of_data_wants_is_said_in_french_too() -> None:
    def described(said: object) -> Iterator[dict[str, object]]:
        if isinstance(said, dict):
            if isinstance(said.get("description"), str):
                yield said
            for part in said.values():
                yield from described(part)
        elif isinstance(said, list):
            for part in said:
                yield from described(part)

    for path in SCHEMAS.glob("*.json"):
        for said in described(json.loads(path.read_text())):
            assert said.get("description-fr"), f"{path.name}: {said['description']}"


@pytest.mark.parametrize(("code", "known", "near"), [("SM999", ["SM95"], []), ("114504", ["11450-4"], ["11450-4"])])
def test_another_number_is_not_the_one_that_was_meant(code: str, known: list[str], near: list[str]) -> None:
    assert nearest(code, known, 1) == near
