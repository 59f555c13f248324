"""What a library gives: profiles with all they extend, templates, value sets, scenarios, any data file."""

from __future__ import annotations

from datetime import date

import pytest
from library_files import Files, profile_yaml, template_yaml

from harness.errors import UsageError
from harness.library import Library
from harness.model import AttributeFact, Environment, Level, Severity, Where

RULE = """\
- id: {id}
  requirement: {requirement}
  context: cda:id
  assert: "@root"
  severity: {severity}
  message: {{fr: a, en: b}}
  hint: {{fr: a, en: b}}
"""


def test_ids_say_the_path_and_what_is_selected(files: Files) -> None:
    files.write(
        "profiles/cda/header/constraints.yaml",
        """\
        - {path: code}
        - {path: ., when: {null: false}}
        - {path: templateId, where: {root: 1.2.3}}
        - {path: id, where: {null: false, root: [1.2.1, 1.2.2]}}
        - {path: a/b, where: {template: 1.2.4, has: c/@d, lacks: e, type: CD}}
        - {path: id, where: {not: {root: 1.2.1}}}
        - {path: //x, where: {any: [{code: a b}, {code: c}]}}
        - {id: own, path: code}
        - path: recordTarget
          each:
          - {path: patientRole, each: [{path: id}]}
        """,
    )
    profile = files.open().profile("cda/header")
    assert [constraint.id for constraint in profile.constraints] == [
        "header:code",
        "header:self",
        "header:templateId[1.2.3]",
        "header:id[not-null,1.2.1|1.2.2]",
        "header:a/b[1.2.4,c/@d,no-e,CD]",
        "header:id[not(1.2.1)]",
        "header://x[a-b|c]",
        "header:own",
        "header:recordTarget",
    ]
    (role,) = profile.constraints[-1].each
    assert (role.id, role.each[0].id) == ("header:recordTarget/patientRole", "header:recordTarget/patientRole/id")


def test_every_key_of_a_constraint_is_read(files: Files) -> None:
    files.write(
        "profiles/cda/valuesets/V.json",
        '{"id": "V", "oid": "1.2", "version": "1", "title": "t", "systems": ["1.3"], "concepts": [[0, "a", "A"]]}',
    )
    files.write(
        "profiles/cda/header/constraints.yaml",
        """\
        - path: code
          where: {codeSystem: LOINC, a/@codeSystem: LOINC, statusCode/@code: [a, b], null: true}
          when: {any: [{classCode: X}]}
          card: 1..*
          code: [[a, LOINC, Label], [b, 1.2.1]]
          system: LOINC
          type: [CD, CE]
          valueset: V
          attributes:
            {displayName: required, code: forbidden, root: LOINC, value: [x, y], unit: {pattern: m+},
             use: {presence: optional, values: [W]}}
          text: required
          null_flavor: [NAV]
          level: should
          message: {fr: m, en: n}
          hint: {fr: h, en: i}
          source: {document: d}
        - {path: id, card: 0..0, null_flavor: forbidden}
        """,
    )
    code, other = files.open().profile("cda/header").constraints
    loinc = "2.16.840.1.113883.6.1"
    chosen = {"codeSystem": (loinc,), "a/@codeSystem": (loinc,), "statusCode/@code": ("a", "b")}
    assert code.where == Where(attributes=chosen, null_flavor=True)
    assert code.when == Where(any=(Where(attributes={"classCode": ("X",)}),))
    assert (code.low, code.high) == (1, None)
    assert code.codes == (("a", loinc), ("b", "1.2.1"))
    assert code.labels == {"a": "Label"}
    assert (code.systems, code.types, code.valueset) == ((loinc,), ("CD", "CE"), "V")
    assert code.attributes == {
        "displayName": AttributeFact("required"),
        "code": AttributeFact("forbidden"),
        "root": AttributeFact("required", (loinc,)),
        "value": AttributeFact("required", ("x", "y")),
        "unit": AttributeFact("required", (), "m+"),
        "use": AttributeFact("optional", ("W",)),
    }
    assert (code.text, code.null_flavor, code.level) == (AttributeFact("required"), ("NAV",), Level.SHOULD)
    assert code.message is not None
    assert code.hint is not None
    assert code.source is not None
    assert (code.message.fr, code.hint.en, code.source.document) == ("m", "i", "d")
    assert (other.low, other.high, other.null_flavor) == (0, 0, ())
    assert other.source is not None
    assert other.source.document == "Volet d'essai"


def test_a_profile_holds_all_that_it_extends(files: Files) -> None:
    files.write("profiles/cda/header/requirements.yaml", "- {id: Q1, text: {fr: a, en: b}, level: must, source: {document: d}}\n")
    files.write("profiles/cda/header/constraints.yaml", "- {path: id}\n")
    files.write("profiles/cda/header/rules.yaml", RULE.format(id="R1", requirement="Q1", severity="warning"))
    files.write("profiles/cda/volet/profile.yaml", profile_yaml("cda/volet", extends="[cda/header]", judges="body"))
    files.write("profiles/cda/volet/constraints.yaml", "- {path: code, card: 1..1}\n")
    files.write(
        "profiles/cda/volet/rules.yaml",
        RULE.format(id="R2", requirement="Q1", severity="{production: error, test: info}")
        + RULE.format(id="R3", requirement="'header:id'", severity="error"),
    )
    files.write("profiles/cda/volet/mutations.yaml", "- {id: m, edit: {drop: cda:id}, trips: [R1, 'volet:code.card']}\n")
    files.write("profiles/cda/sections/s.yaml", template_yaml("- {path: title, card: 1..1}\n", also="[1.2.4]"))
    library = files.open()
    profile = library.profile("cda/volet@1")
    assert [constraint.id for constraint in profile.constraints] == ["header:id", "volet:code"]
    assert [rule.id for rule in profile.rules] == ["R1", "R2", "R3"]
    assert profile.rules[1].severity == {Environment.PRODUCTION: Severity.ERROR, Environment.TEST: Severity.INFO}
    assert [mutation.id for mutation in profile.mutations] == ["m"]
    assert set(profile.templates) == {"1.2.3", "1.2.4"}
    assert profile.templates["1.2.3"] == profile.templates["1.2.4"]
    assert set(profile.requirements) == {"Q1", "header:id", "volet:code", "section.trial:title"}
    assert profile.requirements["section.trial:title"].text.fr == "Section d'essai, title : exactement une fois."
    assert profile.requirements["volet:code"].group == "volet"
    assert set(library.own_requirements("cda/volet@1")) == {"volet:code", "section.trial:title"}


def test_a_requirement_says_under_which_parent_it_counts(files: Files) -> None:
    files.write("profiles/cda/volet/profile.yaml", profile_yaml("cda/volet", judges="body"))
    said = ("entry/act/id", "//act", "..", "text/*/item")
    files.write("profiles/cda/sections/s.yaml", template_yaml("".join(f"- {{path: {path}, card: 1..1}}\n" for path in said)))
    requirements = files.open().profile("cda/volet@1").requirements.values()
    counted = {one.text.en.split(": ")[1] for one in requirements if one.id.startswith("section.trial")}
    assert counted == {"exactly once in each act.", "exactly once.", "exactly once in each element."}


def test_a_profile_of_the_header_only_has_no_template_of_the_body(files: Files) -> None:
    files.write("profiles/cda/sections/s.yaml", template_yaml("- {path: title}\n"))
    files.write("profiles/cda/parts/p.yaml", template_yaml("- {path: id}\n", root="1.2.9", id="part.p", element="custodian"))
    assert set(files.open().profile("cda/header").templates) == {"1.2.9"}


def test_the_digest_changes_with_any_file_that_the_profile_comes_from_and_with_no_other(files: Files) -> None:
    files.write("profiles/cda/volet/profile.yaml", profile_yaml("cda/volet", extends="[cda/header]", judges="body"))
    files.write("profiles/cda/sections/s.yaml", template_yaml("- {path: title}\n"))
    digest = files.open().profile("cda/volet").digest
    files.write("profiles/cda/other/profile.yaml", profile_yaml("cda/other"))
    assert files.open().profile("cda/volet").digest == digest
    files.write("profiles/cda/sections/s.yaml", template_yaml("- {path: title, card: 1..1}\n"))
    second = files.open().profile("cda/volet").digest
    files.write("profiles/cda/header/constraints.yaml", "- {path: id}\n")
    assert len({digest, second, files.open().profile("cda/volet").digest}) == 3


def test_the_latest_version_in_force_is_meant_when_none_is_named(files: Files) -> None:
    files.write("profiles/cda/v1/profile.yaml", profile_yaml("cda/v", "1", in_force="{from: 2020-01-01, until: 2021-12-31}"))
    files.write("profiles/cda/v2/profile.yaml", profile_yaml("cda/v", "2", in_force="{from: 2022-01-01}"))
    files.write("profiles/cda/v3/profile.yaml", profile_yaml("cda/v", "3", in_force="{from: 2023-01-01}", status="draft"))
    library = files.open()
    assert library.head("cda/v", date(2021, 12, 31)).version == "1"
    assert library.head("cda/v", date(2022, 1, 1)).version == "2"
    assert library.head("cda/v", date(2026, 1, 1)).version == "2"
    assert library.head("cda/v@3", date(2026, 1, 1)).version == "3"
    with pytest.raises(UsageError, match="in force"):
        library.head("cda/v", date(2019, 1, 1))


def test_a_file_of_the_user_takes_the_place_of_its_namesake_and_others_are_added(files: Files) -> None:
    files.write("fixtures/a.yaml", "who: package")
    files.write("fixtures/b.yaml", "who: package")
    files.write("fixtures/b.yaml", "who: user", home=True)
    files.write("fixtures/c.json", '{"who": "user"}', home=True)
    files.write("fixtures/.hidden.yaml", "a: [")
    library = files.open()
    assert library.files("fixtures/*") == ("fixtures/a.yaml", "fixtures/b.yaml", "fixtures/c.json")
    assert [library.data(name)["who"] for name in library.files("fixtures/*")] == ["package", "user", "user"]
    assert library.path("fixtures/b.yaml") == files.home / "fixtures/b.yaml"


@pytest.mark.parametrize(
    ("pattern", "names"),
    [
        ("a/*.yaml", {"a/x.yaml"}),
        ("a/**/*.yaml", {"a/x.yaml", "a/b/y.yaml", "a/b/c/z.yaml"}),
        ("a/{b,q}/*", {"a/b/y.yaml"}),
        ("a/?.yaml", {"a/x.yaml"}),
        ("**", {"a/x.yaml", "a/b/y.yaml", "a/b/c/z.yaml"}),
    ],
)
def test_patterns(pattern: str, names: set[str]) -> None:
    from harness.library.patterns import matches

    assert {name for name in ("a/x.yaml", "a/b/y.yaml", "a/b/c/z.yaml") if matches(pattern, name)} == names


def test_everything_that_travels_with_the_package_is_read() -> None:
    library = Library.open()
    for head in library.heads():
        assert len(library.profile(head.coordinate).digest) == 64
        own = library.own_requirements(head.coordinate)  # what it extends is asked of that
        assert all(requirement.text.fr and requirement.text.en for requirement in own.values())
    for identifier in library.value_set_ids():
        assert library.value_set(identifier).id == identifier
    for name in library.files("**/*.yaml"):
        library.data(name)
    assert library.unread() == []
    assert library.scenarios()
    assert library.grid().items
    assert library.grammar()["classes"]
    assert library.requirements()


def test_an_error_of_our_rules_rests_on_a_must(library: Library) -> None:
    seen = set()
    for head in library.heads():
        profile = library.profile(head.coordinate)
        for rule in (rule for part in profile.parts for rule in part.rules):
            if Severity.ERROR in rule.severity.values():
                seen.add(rule.id)
                assert profile.requirements[rule.requirement].level is Level.MUST, rule.id
    assert {"INS-R01", "DOC-REPLACES-ITSELF", "MHD-PATCH-PARTS"} <= seen


@pytest.mark.parametrize("name", ["constraint.yaml", "rules.yml", "entry/grade.yaml", "valueset/grades.json"])
def test_a_file_whose_name_nothing_reads_is_known(files: Files, name: str) -> None:
    for read in ("sections/a.yml", "entries/more/b.yaml", "valuesets/c.json", "specimens/d.json", "document.xml.j2"):
        files.write(f"profiles/cda/header/{read}", "{}")
    path = files.write(f"profiles/cda/header/{name}", "{}")
    library = files.open()
    assert library.unread(library.head("cda/header", date(2026, 1, 1))) == [path]
    elsewhere = files.write("profiles/cda/of-no-profile/rules.yml", "{}")
    assert sorted(library.unread()) == [path]
    assert sorted(files.open().unread()) == sorted([path, elsewhere])


def test_a_requirement_has_one_name_one_sentence_and_one_level_whatever_documents_it_is_of() -> None:
    library = Library.open()
    written = [item for relative in library.files("profiles/**/requirements.yaml") for item in library.data(relative)]
    said = {(item["id"], item["text"]["fr"], item["level"]) for item in written}
    assert len({name for name, _, _ in said}) == len({text for _, text, _ in said}) == len(said)
