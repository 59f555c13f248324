"""The functions of the rules, each on what it accepts and refuses (docs/functions.md)."""

from __future__ import annotations

from typing import Any

import pytest
from judging_files import NOW, cda

from harness.checks.codes.units import same_kind
from harness.checks.functions.rule_functions import RuleFunctions
from harness.checks.questions import Questions
from harness.checks.tree import nodes_of
from harness.labels import fold
from harness.library.functions import FAULT_KINDS
from harness.model import Environment, Measure, ValueSet
from harness.ucum import is_ucum, measures_as

VALUES = ValueSet("V", "1", "1", "t", {("1.2", "a"): "Été"})
DOCUMENT = cda(
    '<id root="1" extension="a"/><id root="1" extension="a"/><id root="2"/>'
    '<telecom value="x"/><telecom value="x"/><telecom use="H" value="x"/><telecom use="H" value="x"/>'
    "<name><given>A</given> <family>B</family></name><name><given> A </given><family>B</family></name>"
    '<text ID="t1"/><a ID="t2"/><b ID="t2"/>'
    '<c ID="n1">70 kg</c><c ID="n2">70</c><c ID="n7">bras gauche</c>'
    '<td ID="n4"> </td><td><content ID="n6"/>70</td><td ID="n5"><renderMultiMedia/></td>'
    '<reference value="#n1"/><reference value="#n2"/><reference value="#n2"/>'
)

CALLS = [
    ("h:environment()", "production"),
    ("h:is-ins('1.2.250.1.213.1.4.10')", True),
    ("h:is-ins('1.2.250.1.213.1.4.13')", False),
    ("h:is-production-ins('1.2.250.1.213.1.4.8')", True),
    ("h:is-production-ins('1.2.250.1.213.1.4.10')", False),
    ("h:under-ins-root('1.2.250.1.213.1.4.99')", True),
    ("h:ins-arc-exists('1.2.250.1.213.1.4.99')", False),
    ("h:ins-arc-exists('1.2.250.1.213.1.4.13')", True),
    ("h:ins-agrees-with-sex('279035121518989', 'F')", True),
    ("h:ins-agrees-with-sex('279035121518989', 'M')", False),
    ("h:ins-agrees-with-year('279035121518989', '19790328')", True),
    ("h:ins-agrees-with-month('279035121518989', '19790428')", False),
    ("h:ins-agrees-with-birthplace('279035121518989', '51215')", True),
    ("h:fault('ins', '279035121518989')", ""),
    ("h:fault('ins', '279035121518988')", "key"),
    ("h:fault('ins-form', '279035121518988')", ""),
    ("h:fault('rpps', '12')", "length"),
    ("h:fault('oid', '1.02')", "syntax"),
    ("h:timestamp-fault('20260230')", "calendar"),
    ("h:timestamp-fault('20260228')", ""),
    ("h:titled-otherwise('Lettre de sortie', 'SYNTH')", True),
    ("h:titled-otherwise('Synthèse', 'SYNTH')", False),
    ("h:titled-otherwise('Lettre de sortie', '11490-0')", False),
    ("h:has-zone('202602281200+0100')", True),
    ("h:has-zone('202602281200')", False),
    ("h:has-zone('x')", False),
    ("h:not-after('2020', '20200312')", True),
    ("h:not-after('2021', '20200312')", False),
    ("h:not-after('x', '20200312')", True),
    ("h:not-days-after('20260102003000+0400', '20260101213000+0100')", True),  # one moment
    ("h:not-days-after('20260102090000+0100', '20260102080000+0100')", True),
    ("h:not-days-after('20260102003000+0400', '20260101203000+0100')", False),
    ("h:not-days-after('20260103', '20260101213000+0100')", False),
    ("h:not-days-after('', '20260101')", True),
    ("h:days-later('202001', '30')", "20200301"),
    ("h:days-later('20191231235900+0100', 1)", "20200101"),
    ("h:days-later('99991231', '1')", ""),
    ("h:days-later('x', '1')", ""),
    ("h:days-later('2020', '')", ""),
    ("h:in-the-future('202611241230+0000')", False),  # less than an hour: clocks differ
    ("h:in-the-future('202611241430+0000')", True),
    ("h:in-the-future('202611241430+0200')", False),
    ("h:in-the-future('20261124')", False),
    ("h:in-the-future('20261125')", False),  # it is that day in Nouméa
    ("h:in-the-future('20261126')", True),
    ("h:in-the-future('2027')", True),
    ("h:in-the-future('')", False),
    ("h:fold('Œdème,  aigu-')", "oedeme aigu"),
    ("h:matches('abc', '[a-c]+')", True),
    ("h:matches('abcd', '[a-c]+')", False),
    ("h:is-legible('Grâce à São Paulo, K < 5 et Na > 135')", True),
    ("h:is-legible('AntÃ©cÃ©dents')", False),
    ("h:is-legible(' null ')", False),
    ("h:is-legible('37 &deg;C')", False),
    ("h:is-legible('l&#x27;effort')", False),
    ("h:is-legible('Allergie & asthme ; Laboratoire M&D;')", True),
    ("h:is-legible('à l\x92effort')", False),
    ("h:is-legible('NULL')", True),
    ("h:is-legible('Bonjour ${patient.nom}')", False),
    ("h:is-legible('{{ nom }}')", False),
    ("h:is-legible('[object Object]')", False),
    ("h:is-legible('3 {tablet} à 10 $ [sic]')", True),
    ("h:is-legible('<b>Diabète</b>')", False),
    ("h:is-legible('R&eacute;gime')", False),
    ("h:is-legible('dâ€™angor')", False),
    ("h:is-legible('{\\rtf1\\ansi Angor}')", False),
    ("h:is-legible('<%= nom %> et #{nom}')", False),
    ("h:is-legible('100 € à Ångström, “Å. Nilsson” ; A\\B, \\\\srv\\partage')", True),
    ("h:is-legible('“Å“ et «MANHÃ» ; C:\\fs2')", True),
    ("h:is-legible('nÅ“ud')", False),
    ("h:is-bare('family', 'Dr MEDIONI')", False),
    ("h:is-ucum('mg/dL')", True),
    ("h:unit-meant('mg/jour')", "mg/d"),
    ("h:unit-meant('mmHg')", "mm[Hg]"),
    ("h:unit-meant('/mn')", "/min"),
    ("h:unit-meant('mg')", ""),
    ("h:unit-meant('pot')", ""),
    ("h:in-valueset('a', '1.2', 'V')", True),
    ("h:in-valueset('a', '1.3', 'V')", False),
    ("h:label-fault('weight', '1.2', 'Poids')", ""),
    ("h:label-fault('weight', '1.2', 'POIDS  (mesuré)')", ""),
    ("h:label-fault('weight', '1.2', 'poids brut')", ""),
    ("h:label-fault('weight', '1.2', 'Taille')", "other"),
    ("h:label-fault('weight', '1.2', 'Couleur')", "different"),
    ("h:label-fault('weight', '1.3', 'Taille')", ""),
    ("h:label-fault('colour', '1.2', 'Taille')", ""),
    ("h:label-fault('asleep', '1.2', 'Poids')", ""),
    ("h:label-fault('scan', '1.2', 'Poids')", "other"),
    ("h:label-fault('scan', '1.2', 'Couleur')", "unlike"),
    ("h:label-fault('scan', '1.2', 'Scannographie')", ""),
    ("h:label-fault('stage', '1.2', 'Stade 2')", ""),
    ("h:label-fault('stage', '1.2', 'Stade II de la NYHA')", ""),
    ("h:label-fault('stage', '1.2', 'Stade 3')", "different"),
    ("h:label-fault('stage', '1.2', 'Stade')", ""),
    ("h:same-product('PLAVIX 75 mg, comprimé', 'Plavix')", True),
    ("h:same-product('VACCIN TETANIQUE PASTEUR', 'vaccins tétaniques')", True),
    ("h:same-product('SOLIAN 100 mg, comprimé', 'LEPONEX 100 mg, comprimé')", False),
    ("h:labels('weight', '1.2')", "Poids / Poids mesuré"),
    ("h:only-label('weight', '1.2')", ""),
    ("h:only-label('size', '1.2')", "Taille"),
    ("h:codes-labelled('taille', '1.2')", "size"),
    ("h:resolves('#t1')", True),
    ("h:resolves('#t3')", False),
    ("h:resolves('t1')", False),
    ("h:resolves('#')", False),
    ("h:unique('t1')", True),
    ("h:unique('t2')", False),
    ("h:repeats-sibling(cda:id[2])", True),
    ("h:repeats-sibling(cda:id[1])", False),
    ("h:repeats-sibling(cda:id[3])", False),
    ("h:repeats-sibling(cda:telecom[2])", False),
    ("h:repeats-sibling(cda:telecom[4])", True),
    ("h:measure-fault('weight', '1.2', '70', 'kg')", ""),
    ("h:measure-fault('weight', '1.2', '70', 'g')", "value"),
    ("h:measure-fault('weight', '1.2', '3200', 'g')", ""),
    ("h:measure-fault('weight', '1.2', '3200', '')", "value"),
    ("h:measure-fault('weight', '1.2', '70', 'cm')", "unit"),
    ("h:measure-fault('weight', '1.2', '70', '[lb_av]')", ""),
    ("h:measure-fault('weight', '1.2', 'x', 'kg')", ""),
    ("h:measure-fault('weight', '1.3', '9000', 'kg')", ""),
    ("h:measure-fault('', '', '', '')", ""),
    ("h:measure-fault('motion', '1.2', '4', '')", ""),
    ("h:measure-fault('motion', '1.2', '5', '{score}')", "scale"),
    ("h:measure-fault('motion', '1.2', '1.5', '1')", "scale"),
    ("h:measure-fault('motion', '1.2', '9', '')", ""),
    (f"h:measure-fault('motion', '1.2', '{'9' * 400}', '')", "scale"),  # too large a number
    ("h:measure-fault('motion', '1.2', '3', '/d')", "unit"),
    ("h:measure-fault('dose', '1.2', '0', 'ug')", "value"),
    ("h:measure-fault('dose', '1.2', '0', 'mL')", ""),  # cannot be turned into mg
    ("h:measure-fault('dose', '1.2', '-1', 'mL')", "value"),
    ("h:measure-fault('temperature', '1.2', '98', '[degF]')", ""),
    ("h:measure-fault('temperature', '1.2', '98', 'Cel')", "value"),
    ("h:measure-range('weight', '1.2')", "0.2…650 kg"),
    ("h:measure-range('motion', '1.2')", "0…4, 9"),
    ("h:measure-range('dose', '1.2')", "> 0 mg / mL"),
    ("h:measure-range('none', '1.2')", ""),
    ("h:has-code-form('A1', '1.2')", True),
    ("h:has-code-form('A1b', '1.2')", False),
    ("h:has-code-form('', '1.2')", False),
    ("h:has-code-form('A1b', '1.3')", True),
    ("h:system-meant('weight', '1.4')", "Measures (1.2)"),
    ("h:system-meant('A1', '1.22')", "Measures (1.2)"),  # by its form
    ("h:system-meant('A1b', '1.4')", ""),  # no code of it
    ("h:system-meant('weight', '1.2')", ""),
    ("h:system-meant('weight', '1.3')", "Measures (1.2)"),  # that system is known and does not publish it
    ("h:system-meant('A1', '1.3')", ""),  # a system that is known may have codes of that form
    ("h:system-meant('weight', '1.250.7.30')", ""),
    ("h:system-meant('', '1.4')", ""),
    ("h:cites-nothing('#n4')", True),
    ("h:cites-nothing('#n5')", False),  # a picture
    ("h:cites-nothing('#n6')", False),  # its cell tells
    ("h:cites-nothing('#n1')", False),
    ("h:cites-nothing('#a2')", False),
    ("h:told-otherwise('#n1', '76', 'kg')", True),
    ("h:told-otherwise('#n1', '70.3', 'kg')", False),
    ("h:told-otherwise('#n2', '1', '')", False),  # two entries cite it
    ("h:told-otherwise('#n3', '1', '')", False),  # nothing bears it
    ("h:told-contrary('#n7', 'deltoïde droit')", True),
    ("h:told-contrary('#n7', 'deltoïde gauche')", False),
    ("h:told-contrary('#n7', 'deltoïde')", False),
    ("h:told-contrary('#n3', 'droit')", False),  # nothing bears it
    ("h:headed-otherwise('#n7', 'œil droit')", False),  # in no table
    ("h:headed-otherwise('#n3', 'œil droit')", False),
    ("h:in-unit('17', 'pg/mL', 'ng/mL')", "0.017"),
    ("h:in-unit('17', 'pg/mL', 'mmol/L')", ""),
    ("h:in-unit('x', 'pg/mL', 'ng/mL')", ""),
    ("h:repeats-sibling(cda:name[2])", True),
    ("h:repeats-sibling(cda:none)", False),
    ("count(cda:id[h:is-ins(@root)])", 0),
    ("h:fault('oid', cda:none/@root)", "empty"),
]


class Known:
    """Of the system 1.2; `asleep` is a label that shortens to another's, `scan` a code that no value set publishes."""

    def labels(self, system: str) -> dict[str, str]:
        return (
            {"weight": "Poids\nPoids mesuré", "size": "Taille", "asleep": "Poids du dormeur", "stage": "NYHA stade 2"}
            if system == "1.2"
            else {}
        )

    def further_labels(self, system: str) -> dict[str, str]:
        return {"scan": "Scanner"} if system == "1.2" else {}

    def labelled(self, system: str) -> dict[str, str]:
        return {"poids": "weight", "taille": "size"} if system == "1.2" else {}

    def code_form(self, system: str) -> str:
        return "[A-Z][0-9]+" if system == "1.2" else ""

    def systems(self) -> dict[str, tuple[str, str]]:
        return {"MEASURES": ("1.2", "Measures"), "OTHER": ("1.3", "Other"), "FAR": ("1.250.7.30", "Far")}

    def value_set(self, _id: str) -> ValueSet:
        return VALUES

    def titles_of_others(self, code: str) -> str:
        return "(?i)lettre.*" if code == "SYNTH" else ""

    def telling_systems(self) -> list[str]:
        return ["1.2"]

    def measures(self, system: str) -> dict[str, Measure]:
        weight = Measure(("kg",), 0.2, 650, above=False, whole=False, scale=False, also=())
        motion = Measure(("1",), 0, 4, above=False, whole=True, scale=True, also=(9,))
        dose = Measure(("mg", "mL"), 0, None, above=True, whole=False, scale=False, also=())
        temperature = Measure(("Cel",), 10, 47, above=False, whole=False, scale=False, also=())
        known = {"weight": weight, "motion": motion, "dose": dose, "temperature": temperature}
        return known if system == "1.2" else {}


@pytest.mark.parametrize(("expression", "value"), CALLS)
def test_a_function_answers(expression: str, value: Any) -> None:
    assert DOCUMENT.root is not None
    node = nodes_of(DOCUMENT.root)[0]
    functions = RuleFunctions(Known(), NOW)
    functions.begin(node, Environment.PRODUCTION)
    asked = Questions(functions.table())
    kinds = {bool: asked.truth, str: asked.text, int: asked.number}
    assert kinds[type(value)](expression)(node) == value


@pytest.mark.parametrize("unit", "1 % mg mg/dL mm[Hg] 10*9/L /min {dose} kg/m2 [iU]/mL mL/min/{1.73_m2} Cel (g.m)/s ug mmol/L g/(24.h) [pH] d.d mo a 10*6/uL".split())  # noqa: E501, SIM905  # fmt: skip
def test_what_is_a_unit_of_ucum(unit: str) -> None:
    assert is_ucum(unit)


@pytest.mark.parametrize(
    "unit", ["", "UI", "cc", "mg/", "k", "(g", "g)", "mg dL", "{comprimé}", "kmin", "/", "g..L", "x" * 200, "mcg"]
)
def test_what_is_no_unit_of_ucum(unit: str) -> None:
    assert not is_ucum(unit)


@pytest.mark.parametrize(
    ("unit", "atom", "same"),
    [
        *((unit, "a", True) for unit in ("a", "mo", "min", "ms", "das", "h{sleep}", "s1")),
        *((unit, "a", False) for unit in ("kg", "cd", "s2", "{visit}", "1", "cm")),  # cd: candela, as no day takes a prefix
        *((unit, "m", True) for unit in ("m", "cm", "[in_i]")),
        *((unit, "m", False) for unit in ("Pa", "m2", "a")),
        ("24.h", "a", None),
        ("m/s", "m", None),
        ("kg", "g", None),
        ("jours", "a", None),
    ],
)
def test_a_unit_measures_a_time_or_a_length_or_nobody_knows(unit: str, atom: str, same: bool | None) -> None:
    assert measures_as(unit, atom) is same


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("g/L", "mg/dL", True),
        ("g/L", "mmol/L", False),
        ("mmol/L", "meq/L", True),
        ("%", "10*9/L", False),
        ("10*9/L", "{cells}/uL", True),
        ("mU/L", "m[IU]/L", True),
        ("mm[Hg]", "kPa", True),
        ("umol/min", "mol/s", True),
        ("cm", "kg", False),
        ("g/(24.h)", "mg/d", True),  # parentheses are not read: nothing is told
        ("[arb'U]/mL", "g/L", True),  # not in the table
        ("", "{score}", True),
    ],
)
def test_units_are_of_one_kind_or_not(one: str, other: str, same: bool) -> None:
    assert same_kind(one, other) is same


@pytest.mark.parametrize(("text", "folded"), [("  L'été ", "l ete"), ("A_B-C", "a b c"), ("", ""), ("ÆON", "aeon"), ("n°1", "n 1")])
def test_texts_are_compared_without_case_accents_and_signs(text: str, folded: str) -> None:
    assert fold(text) == folded


@pytest.mark.parametrize("kind", FAULT_KINDS)
def test_every_kind_that_rules_may_name_is_known(kind: str) -> None:
    functions = RuleFunctions(Known(), NOW)
    assert isinstance(functions.table()["h:fault"](kind, "x"), str)
