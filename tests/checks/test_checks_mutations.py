"""Mutations derived from constraints trip what they must; a proof tells what none trips."""

from __future__ import annotations

import pytest
from judging_files import AT, NOW, Trial, cda

from harness.checks import Judge, Proof, prove
from harness.checks.proofs.mutations import derived_mutations

VOLET = '<templateId root="1.2.9" extension="1"/>'
LOINC = "2.16.840.1.113883.6.1"


def proof(trial: Trial, constraints: str, inside: str) -> Proof:
    trial.constraints(constraints)
    return prove(Judge(trial.library(), at=AT, now=NOW), "cda/volet@1", [cda(VOLET + inside)])


CONSTRAINTS = [
    ("{path: id, card: 1..1}", "<id/>", {"card"}),
    ("{path: id, card: 1..*}", "<id/>", {"card"}),
    ("{path: id, card: 2..*}", "<id/><id/>", {"card"}),
    ("{path: id, card: 0..1}", "<id/>", {"card"}),
    ("{path: id, card: 0..3}", "<id/>", {"card"}),
    ("{path: a/b, card: 0..0}", "<a/>", {"card"}),
    ("{path: a/b, where: {root: 1.2.3, c/@d: [e, f]}, card: 0..0}", "<a/>", {"card"}),
    ("{path: //b, card: 1..1}", "<a><b/></a>", {"card"}),
    ("{path: templateId, where: {root: 1.2.3}, card: 1..1}", '<templateId root="1.2.3"/>', {"card"}),
    ("{path: a/b, where: {template: 1.2.3}, card: 1..*}", '<a><b/><b><templateId root="1.2.3"/></b></a>', {"card"}),
    ("{path: x, when: {has: y}, card: 1..1}", "<y/><x/>", {"card"}),
    ("{path: x, where: {any: [{use: a}, {not: {lacks: z}}]}, card: 1..1}", "<x><z/></x>", {"card"}),
    ("{path: code, code: [a, LOINC, L]}", f'<code code="a" codeSystem="{LOINC}" displayName="L"/>', {"code", "label"}),
    ("{path: code, system: LOINC}", f'<code code="a" codeSystem="{LOINC}"/>', {"system"}),
    ("{path: code, valueset: V}", '<code code="a" codeSystem="1.2.8" displayName="Été à Noël"/>', {"valueset", "label"}),
    ("{path: value, type: [CD, ST]}", '<value xsi:type="CD"/>', {"type"}),
    ("{path: value, where: {type: CD}, attributes: {code: required}}", '<value xsi:type="CD" code="a"/>', {"attributes"}),
    ("{path: x, attributes: {use: [a, b], value: {pattern: '[0-9]+'}}}", '<x use="a" value="1"/>', {"attributes"}),
    ("{path: x, attributes: {use: forbidden}}", "<x/>", {"attributes"}),
    ("{path: x, text: required}", "<x>t</x>", {"text"}),
    ("{path: x, text: {pattern: '[0-9]+'}}", "<x>1</x>", {"text"}),
    ("{path: x, null_flavor: forbidden}", "<x/>", {"null"}),
    ("{path: x, null_flavor: [NAV]}", "<x/>", {"null"}),
    (
        "{path: a/b, attributes: {code: required}, each: [{path: .., attributes: {typeCode: X}}]}",
        '<a typeCode="X"><b code="c"/></a>',
        {"attributes"},
    ),
]


@pytest.mark.parametrize(("constraint", "inside", "facets"), CONSTRAINTS)
def test_every_facet_is_tripped_by_a_mutation_derived_from_it(trial: Trial, constraint: str, inside: str, facets: set[str]) -> None:
    found = proof(trial, f"- {{id: c, {constraint.removeprefix('{')}\n", inside)
    assert found.errors == ()
    assert found.silent == ()
    assert {f"volet:c.{facet}" for facet in facets} <= found.tripped
    assert found.unproved == ()
    assert found.holds


def test_mutations_reach_the_elements_of_a_template_by_any_of_its_roots(trial: Trial) -> None:
    trial.template("- {path: title, card: 1..1}\n", also="[1.2.6]")
    found = proof(trial, "- {path: .}\n", '<component><section><templateId root="1.2.6"/><title/></section></component>')
    assert {"section.trial:title.card"} <= found.tripped


def test_ids_are_unique_and_name_the_check(trial: Trial) -> None:
    trial.constraints("- {path: id, card: 1..2, attributes: {root: required, extension: {pattern: a}}}\n")
    mutations = derived_mutations(trial.library().profile("cda/volet@1"))
    assert len({mutation.id for mutation in mutations}) == len(mutations)
    assert all(mutation.derived and mutation.id.startswith(f"{mutation.trips[0]}:") for mutation in mutations)


def test_a_check_that_no_mutation_trips_is_told(trial: Trial) -> None:
    trial.write("profiles/cda/header/requirements.yaml", "- {id: Q, text: {fr: a, en: b}, level: must, source: {document: d}}\n")
    trial.write(
        "profiles/cda/header/rules.yaml",
        "- {id: R, requirement: Q, context: cda:id, assert: true(), severity: error,\n"
        "   message: {fr: a, en: b}, hint: {fr: a, en: b}}\n",
    )
    found = proof(trial, "- {path: none/x, card: 1..1}\n", "<id/>")
    assert found.unproved == ("R",)
    assert found.unmet == ("volet:none/x.card",)
    assert not found.holds


def test_a_mutation_that_trips_nothing_is_told(trial: Trial) -> None:
    trial.write("profiles/cda/volet/1/mutations.yaml", "- {id: m, edit: {set: cda:id/@x, to: y}, trips: ['volet:id']}\n")
    found = proof(trial, "- {path: id, card: 1..1}\n", "<id/>")
    assert found.silent == (("m", ("volet:id",)),)


def test_an_error_of_the_valid_document_is_told(trial: Trial) -> None:
    found = proof(trial, "- {path: id, card: 1..1}\n", "")
    assert [finding.rule for _, finding in found.errors] == ["volet:id.card"]
    assert not found.holds


@pytest.mark.parametrize(
    ("context", "test", "unheld"),
    [
        ("cda:id", "@root", ()),
        ("cda:id[@root = '9']", "@extension and not(@extension)", ("R",)),  # met by no valid document, obeyed by none at all
    ],
)
def test_a_rule_that_no_valid_document_holds_is_told(trial: Trial, context: str, test: str, unheld: tuple[str, ...]) -> None:
    trial.write("profiles/cda/header/requirements.yaml", "- {id: Q, text: {fr: a, en: b}, level: must, source: {document: d}}\n")
    trial.write(
        "profiles/cda/header/rules.yaml",
        f'- {{id: R, requirement: Q, context: "{context}", assert: "{test}", severity: error,\n'
        "   message: {fr: a, en: b}, hint: {fr: a, en: b}}\n",
    )
    trial.write("profiles/cda/header/mutations.yaml", "- {id: m, edit: {set: cda:id/@root, to: '9'}, trips: [R]}\n")
    found = proof(trial, "- {id: c, path: .}\n", '<id root="1"/>')
    assert found.unheld == unheld
    assert ("R" in found.tripped) == bool(unheld)  # that it can fail is not that it can be obeyed
