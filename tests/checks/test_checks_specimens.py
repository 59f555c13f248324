"""Documents derived from constraints hold what these speak of, are valid, and what cannot be written is told."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from lxml import etree

from harness import identifiers
from harness.checks import Judge
from harness.checks.proofs.specimens import Derived, Deriver
from harness.checks.proofs.specimens.patterns import fitting
from harness.checks.proofs.targets import targets_of
from harness.cli.proving import derive_from, prove_profile, read_specimens_of_lineage
from harness.documents import read
from harness.library import Library

AT = date(2026, 11, 24)
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
V3 = {"v3": "urn:hl7-org:v3"}
TEMPLATES = ("entry.medication", "entry.problem", "entry.vital-signs-organizer", "section.active-problems", "section.allergies")


def deriver(library: Library, profile: str) -> tuple[Deriver, Judge, str]:
    head = library.head(profile, AT)
    judge = Judge(library, at=AT, now=NOW, profile=head.coordinate)
    found = derive_from(library, judge, head, read_specimens_of_lineage(library, head))
    assert found is not None
    return found, judge, head.coordinate


@pytest.fixture(scope="module")
def derived() -> dict[str, Derived]:
    library = Library.open()
    made, _, coordinate = deriver(library, "cda/content-models")
    return {target.name: made.whole(target) for target in targets_of(library.own_part(coordinate)) if target.name in TEMPLATES}


@pytest.mark.parametrize("template", TEMPLATES)
def test_a_derived_document_has_no_error(derived: dict[str, Derived], template: str) -> None:
    judge = Judge(Library.open(), at=AT, now=NOW, profile="cda/content-models")
    judged = judge.judge(read(etree.tostring(derived[template].root), "derived.xml"))
    assert [finding.rule for finding in judged.findings if finding.severity.value == "error"] == []
    assert derived[template].faults == ()


@pytest.mark.official
@pytest.mark.parametrize("template", TEMPLATES)
def test_a_derived_document_is_valid_against_the_schema(derived: dict[str, Derived], template: str, official: Path) -> None:
    schema = etree.XMLSchema(etree.parse(official / "cda" / "xsd" / "CDA_extended.xsd"))
    root = etree.fromstring(etree.tostring(derived[template].root))
    assert schema.validate(root), str(schema.error_log)


def test_it_holds_what_is_optional_too(derived: dict[str, Derived]) -> None:
    medication = derived["entry.medication"].root.find(".//v3:substanceAdministration", V3)
    assert medication is not None
    present = {etree.QName(child).localname for child in medication}
    assert {"routeCode", "doseQuantity", "rateQuantity", "maxDoseQuantity", "entryRelationship"} <= present


def test_each_of_its_sections_has_what_a_reader_looks_for(derived: dict[str, Derived]) -> None:
    sections = [section for made in derived.values() for section in made.root.iter("{urn:hl7-org:v3}section")]
    wanted = {"id", "code", "title", "text"}
    assert sections and all(wanted <= {etree.QName(child).localname for child in section} for section in sections)


def test_each_of_its_codes_says_its_system_and_label(derived: dict[str, Derived]) -> None:
    for made in derived.values():
        body = made.root.find(".//v3:structuredBody", V3)
        assert body is not None
        bare = [
            one
            for one in body.iter("{*}code", "{*}value")
            if one.get("code") and not (one.get("codeSystem") and one.get("displayName"))
        ]
        assert [etree.tostring(one) for one in bare] == []


def test_an_interval_has_a_value_or_bounds(derived: dict[str, Derived]) -> None:
    for made in derived.values():
        assert made.root.xpath("//*[@value][*[self::v3:low or self::v3:high or self::v3:width]]", namespaces=V3) == []


@pytest.mark.parametrize("profile", ["cda/n1", "cda/tlm-cr"])
def test_a_volet_whose_body_is_a_file_has_a_valid_document(profile: str) -> None:
    library = Library.open()
    made, judge, coordinate = deriver(library, profile)
    whole = made.whole(targets_of(library.own_part(coordinate))[0])
    assert whole.faults == ()
    judged = judge.judge(read(etree.tostring(whole.root), "derived.xml"))
    assert [finding.rule for finding in judged.findings if finding.severity.value != "info"] == []


def test_only_test_identities_stand_in_it(derived: dict[str, Derived]) -> None:
    for made in derived.values():
        roots = {element.get("root", "") for element in made.root.iter("{urn:hl7-org:v3}id")}
        assert not any(identifiers.is_production_ins_oid(root) for root in roots)


def test_it_is_the_same_each_time() -> None:
    library = Library.open()
    targets = targets_of(library.own_part("cda/content-models"))
    target = next(one for one in targets if one.name == "entry.comment")
    once, again = (etree.tostring(deriver(library, "cda/content-models")[0].whole(target).root) for _ in range(2))
    assert once == again


VOLET = """
id: cda/narrow
version: "1"
kind: cda
code: NARROW
title: {fr: Essai, en: Trial}
owner: us
category: test
status: final-text
in_force: {from: 2020-01-01}
source: {document: d}
extends: [cda/header, cda/content-models]
recognise: {template: 2.999.5, extension: "1"}
judges: body
"""
NARROWER = """
id: narrow.entry.comment
template: 1.3.6.1.4.1.19376.1.5.3.1.4.2
element: act
name: {fr: Commentaire, en: Comment}
source: {document: d}
constraints:
"""


def volet(folder: Path, constraints: str) -> Library:
    own = folder / "profiles" / "cda" / "narrow" / "1"
    (own / "entries").mkdir(parents=True)
    (own / "profile.yaml").write_text(VOLET, "utf-8")
    (own / "entries" / "comment.yaml").write_text(NARROWER + constraints, "utf-8")
    return Library.open(folder)


def test_a_template_that_narrows_a_shared_one_is_proved_on_documents_that_satisfy_both(home: Path) -> None:
    library = volet(home, "- {path: author, card: 1..1}\n- {path: code, attributes: {codeSystemName: LOINC}}\n")
    proof = prove_profile(library, library.head("cda/narrow", AT), AT, ())
    assert (proof.checks, proof.unproved, proof.unmet, proof.faults) == (2, (), (), ())


def test_what_no_document_can_hold_is_told_with_the_reason(home: Path) -> None:
    library = volet(home, "- {path: code, code: [GRADE, 2.999.7]}\n- {path: playingEntity, card: 1..1}\n")
    proof = prove_profile(library, library.head("cda/narrow", AT), AT, ())
    told = {name: proof.reasons[name].en for name in (*proof.unproved, *proof.unmet)}
    clash = {"entry.comment:code.code", "narrow.entry.comment:code.code"}
    assert any(clash & set(faults) for _, faults in proof.faults)
    assert told["narrow.entry.comment:playingEntity.card"] == "<playingEntity> does not exist in <act>"


OBSERVED = """
id: narrow.entry.{name}
template: 2.999.5.{number}
element: observation
name: {{fr: Essai, en: Trial}}
source: {{document: d}}
constraints:
- {{path: code, card: 1..1, code: [{name}, 2.999.7]}}
"""


def test_what_is_counted_under_each_entry_and_meant_of_all_is_told_as_such(home: Path) -> None:
    asked = "- {{path: entryRelationship/observation, id: {0}, where: {{template: 2.999.5.{1}}}, card: 1..1}}\n"
    kinds = [("first", 1), ("second", 2)]
    volet(home, "".join(asked.format(*kind) for kind in kinds))
    for name, number in kinds:
        path = home / f"profiles/cda/narrow/1/entries/{name}.yaml"
        path.write_text(OBSERVED.format(name=name, number=number), "utf-8")
    library = Library.open(home)
    proof = prove_profile(library, library.head("cda/narrow", AT), AT, ())
    assert [proof.reasons[f"narrow.entry.comment:{name}.card"].en.partition("; ")[2] for name, _ in kinds] == [
        "it counts in each entryRelationship: write //observation to count in all of them together"
    ] * 2


@pytest.mark.parametrize(
    ("mutations", "reason"),
    [
        ("[]", "no written mutation names it"),
        ("- {id: m, edit: {drop: //cda:supply/cda:code}, trips: [R1]}", "mutation m finds nothing to change in a valid document"),
    ],
)
def test_why_a_rule_is_not_proved_is_told(home: Path, mutations: str, reason: str) -> None:
    volet(home, "- {path: code, card: 1..1}\n")
    own = home / "profiles/cda/narrow/1"
    rule = "- {id: R1, requirement: Q1, context: cda:title, assert: string(.), severity: error, "
    rule += "message: {fr: a, en: b}, hint: {fr: a, en: b}}\n"
    (own / "rules.yaml").write_text(rule, "utf-8")
    (own / "requirements.yaml").write_text("- {id: Q1, text: {fr: a, en: b}, level: must, source: {document: d}}\n", "utf-8")
    (own / "mutations.yaml").write_text(mutations, "utf-8")
    library = Library.open(home)
    proof = prove_profile(library, library.head("cda/narrow", AT), AT, ())
    assert proof.reasons["R1"].en == reason


@pytest.mark.parametrize("pattern", ["[0-9]{8}", "[a-z]{2}-[A-Z]{2}", "(tel|fax):[!-~]+", r"\d+(\.\d+)?", "[1-9][0-9]*", ".+"])
def test_a_text_is_written_that_fits_a_pattern(pattern: str) -> None:
    import re

    made = fitting(pattern)
    assert made is not None and re.fullmatch(pattern, made)


def test_a_pattern_that_cannot_be_written_by_its_parts_is_none() -> None:
    assert fitting("(?=b)a") is None
