"""A schema made plain and written as a stylesheet, without running it."""

from __future__ import annotations

from pathlib import Path

import pytest
from lxml import etree

import tiny_package
from harness.errors import UnreadableDocument
from harness.packages.schematron import Assertion, Extends, Let, read_schema
from harness.packages.sources import Sources
from harness.packages.stylesheet import XSL, calls_documents, literals, rewritten, stylesheet


@pytest.fixture
def sources(tmp_path: Path) -> Sources:
    return Sources.open(tiny_package.write(tmp_path))


def test_what_is_named_and_absent_is_said(sources: Sources) -> None:
    gaps = [gap.en for gap in read_schema(sources, "schematrons/profils/IHE.sch").gaps]
    assert gaps == ["included file absent: schematrons/include/absent.sch", "pattern activated and not declared: nowhere"]


def test_only_active_patterns_are_kept_and_an_include_is_found_whatever_its_letter_case(sources: Sources) -> None:
    schema = read_schema(sources, "schematrons/profils/IHE.sch")
    assert [pattern.id for pattern in schema.patterns] == ["titles"]
    assert [rule.context for rule in schema.patterns[0].rules] == [
        "cda:ClinicalDocument",
        "cda:ClinicalDocument",
        "cda:title/@lang",
    ]


def test_an_abstract_rule_whose_variables_nobody_borrows_is_kept_once(sources: Sources) -> None:
    schema = read_schema(sources, "schematrons/profils/IHE.sch")
    assert schema.patterns[0].rules[0].body == (Extends("titled"),)
    assert [type(part) for part in schema.abstract["titled"]] == [Let, Assertion]


def test_an_abstract_rule_whose_variable_is_borrowed_is_copied_in(tmp_path: Path) -> None:
    rule = """<rule abstract="true" id="a"><let name="x" value="1"/></rule>
      <rule context="b"><extends rule="a"/><assert test="$x = 1">said</assert></rule>"""
    (tmp_path / "one.sch").write_text(f'<schema {tiny_package.SCH}><pattern id="p">{rule}</pattern></schema>')
    schema = read_schema(Sources.open(tmp_path), "one.sch")
    assert schema.abstract == {}
    assert schema.patterns[0].rules[0].body[0] == Let("x", "1")


def test_parameters_of_an_abstract_pattern_are_put_in_their_place(sources: Sources) -> None:
    [sex, colour] = read_schema(sources, "schematrons/profils/CI-SIS_ModelesDeContenusCDA.sch").patterns
    assert (sex.rules[0].context, colour.rules[0].context) == ("cda:sex", "cda:colour")
    assert [part.test for part in sex.rules[0].body if isinstance(part, Assertion)] == [
        "document($sexes)//svs:Concept[@code = $code]"
    ]


def test_a_schema_that_includes_itself_is_refused(tmp_path: Path) -> None:
    (tmp_path / "one.sch").write_text(f'<schema {tiny_package.SCH}><include href="one.sch"/></schema>')
    with pytest.raises(UnreadableDocument):
        read_schema(Sources.open(tmp_path), "one.sch")


@pytest.mark.parametrize(
    ("written", "sealed"),
    [
        ("document($x)//a", "h:document($x)//a"),
        ("fn:doc('a.xml')", "h:doc('a.xml')"),
        ("doc-available (concat($a, 'doc(x)'))", "h:doc-available(concat($a, 'doc(x)'))"),
        ("cda:document/doc", "cda:document/doc"),
        ("my-doc(1) or \"document('it''s')\"", "my-doc(1) or \"document('it''s')\""),
    ],
)
def test_every_call_that_opens_a_file_is_ours_and_nothing_else_changes(written: str, sealed: str) -> None:
    assert rewritten(written) == sealed
    assert calls_documents(written) == (written != sealed)


def test_literals_are_told_from_the_rest() -> None:
    assert list(literals("concat('../a/', $b, \"c.xml\") = 'd'")) == ["../a/", "c.xml", "d"]


def test_the_stylesheet_is_well_formed_and_names_every_mode_that_it_applies(sources: Sources) -> None:
    sheet = etree.fromstring(stylesheet(read_schema(sources, "schematrons/profils/IHE.sch")))
    applied = {one.get("mode") for one in sheet.iter(f"{{{XSL}}}apply-templates")} - {"#current"}
    declared = {mode for one in sheet.iter(f"{{{XSL}}}template") for mode in one.get("mode", "").split()}
    assert applied == declared == {"m0"}
