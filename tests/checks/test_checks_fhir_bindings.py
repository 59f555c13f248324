"""Codes of a resource against what binds them: the strength says how loud, and what cannot be told is counted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pytest
from fhir_small import node as made

from harness.checks.fhir.bindings import Bindings
from harness.checks.fhir.codings import CODINGS
from harness.checks.fhir.resources import defining_codes
from harness.checks.fhir.terms.terminology import Terminology
from harness.documents.fhir_tree import Node
from harness.library.fhir.definitions import folded
from harness.library.fhir.neighbours import Neighbours
from harness.library.fhir.terminology_compiling import compile_code_system, compile_value_set
from harness.model import Text

STATES = "http://example.org/states"
SET = "http://example.org/set"
UNKNOWABLE = "http://example.org/unknowable"
OF_HL7 = "http://terminology.hl7.org/CodeSystem/states"
OF_V3 = "http://terminology.hl7.org/CodeSystem/v3-States"
OF_OTHER = "http://example.org/of-other"
WIDE = "http://example.org/wide"
LOINC_OF_THE_NOS = "https://mos.esante.gouv.fr/NOS/TRE_A04-Loinc/FHIR/TRE-A04-Loinc"


def is_a(system: str, code: str) -> dict[str, Any]:
    return {"system": system, "filter": [{"property": "concept", "op": "is-a", "value": code}]}


INCLUDES = {
    SET: is_a(STATES, "open"),
    UNKNOWABLE: is_a("http://snomed.info/sct", "404684003"),
    OF_OTHER: {"system": "http://example.org/other", "concept": [{"code": "private"}]},
    WIDE: {"system": STATES, "concept": [{"code": "closed"}]},
    "http://hl7.org/fhir/ValueSet/security-labels": {"system": STATES, "concept": [{"code": "closed"}]},
    "https://hl7.fr/ig/fhir/core/ValueSet/fr-core-vs-identity-reliability": {"system": STATES, "concept": [{"code": "VALI"}]},
    "http://hl7.org/fhir/ValueSet/identifier-type": {
        "system": "http://terminology.hl7.org/CodeSystem/v2-0203",
        "concept": [{"code": "MR"}],
    },
}
ABSTRACT = [{"code": "notSelectable", "valueBoolean": True}]
UNDER_OPEN = [
    {"code": "active", "display": "Active", "designation": [{"language": "fr", "value": "Actif"}]},
    {"code": "ended", "property": [{"code": "dateFin", "valueDateTime": "2020-01-01"}]},
]
SYSTEM = {
    "url": STATES,
    "version": "2",
    "content": "complete",
    "caseSensitive": True,
    "concept": [{"code": "open", "property": ABSTRACT, "concept": UNDER_OPEN}, {"code": "closed"}],
}


class Definitions:
    def value_set(self, canonical: str) -> dict[str, Any] | None:
        if canonical not in INCLUDES:
            return None
        return compile_value_set({"url": canonical, "title": "Essai", "compose": {"include": [INCLUDES[canonical]]}})

    def canonical_versions(self, url: str) -> list[str]:
        return []

    def system_meant(self, url: str) -> str | None:
        return Neighbours([(STATES, "")]).slipped(url)

    def namesake(self, kind: str, url: str) -> str | None:
        return STATES if folded(url) == folded(STATES) and url != STATES else None

    def supplements(self, url: str) -> list[dict[str, Any]]:
        return []

    def code_system(self, canonical: str) -> dict[str, Any] | None:
        return compile_code_system(SYSTEM | {"url": canonical}) if canonical in (STATES, OF_HL7, OF_V3) else None


@dataclass
class Element:
    binding: Mapping[str, str] | None
    requirement: str = "http://example.org/profile#Thing.state"
    of_slices: tuple[str, ...] = ()
    obligation: object = None
    name: str = ""
    wanted: tuple[str, ...] = ()
    children: tuple[Element, ...] = ()

    def beside(self) -> tuple[str, ...]:
        return self.of_slices


@dataclass
class Said:
    """(severity, rule, message) of what was found."""

    found: list[tuple[str, str, str]] = field(default_factory=list)
    hints: list[str] = field(default_factory=list)

    def _keep(self, severity: str, rule: str, message: Text, hint: Text) -> None:
        assert message.fr != message.en
        self.found.append((severity, rule, message.en))
        self.hints.append(hint.en)

    def refute(self) -> None: ...

    def error(self, rule: str, requirement: str, node: Node, message: Text, hint: Text = Text("", "")) -> None:  # noqa: B008
        self._keep("error", rule, message, hint)

    def warning(self, rule: str, requirement: str, node: Node, message: Text, hint: Text = Text("", "")) -> None:  # noqa: B008
        self._keep("warning", rule, message, hint)

    def info(self, rule: str, requirement: str, node: Node, message: Text, hint: Text = Text("", "")) -> None:  # noqa: B008
        self._keep("info", rule, message, hint)

    @property
    def rules(self) -> list[tuple[str, str]]:
        return [(severity, rule) for severity, rule, _ in self.found]


def node(type: str, value: Any, name: str = "state", parent: Node | None = None, position: int | None = None) -> Node:
    """An element of a type, its Codings typed, from what JSON says."""
    made = Node(name, parent, position, None if isinstance(value, dict) else value)
    made.type = type
    for key, child in value.items() if isinstance(value, dict) else ():
        for place, item in enumerate(child if isinstance(child, list) else [child]):
            inner = "Coding" if key == "coding" else "string"
            made.add(node(inner, item, key, made, place if isinstance(child, list) else None))
    return made


def concept(*codes: str, text: str = "", system: str = STATES) -> Node:
    said: dict[str, Any] = {"coding": [{"system": system, "code": code} for code in codes]} if codes else {}
    return node("CodeableConcept", said | ({"text": text} if text else {}))


def judged(what: Node, strength: str, value_set: str = SET, **more: str) -> tuple[Said, Bindings]:
    said, bindings = Said(), Bindings(Terminology(Definitions()))
    bindings.judge(what, Element({"strength": strength, "valueset": value_set} | more), said)
    return said, bindings


class Forms:
    def code_form(self, system: str) -> str:
        return {"2.999.7": "[0-9]+", "2.16.840.1.113883.6.73": "[A-Z][0-9]{2}[A-Z]{2}[0-9]{2}"}.get(system, "")


def checked(what: Node, at: date | None = None) -> Said:
    said = Said()
    Bindings(Terminology(Definitions(), tables=Forms()), at).codings(
        [node for node in what.walk() if node.type in CODINGS], what, said
    )
    return said


@pytest.mark.parametrize(
    ("strength", "expected"),
    [
        ("required", [("error", "FHIR-BINDING")]),
        ("extensible", [("warning", "FHIR-BINDING")]),
        ("preferred", [("info", "FHIR-BINDING")]),
        ("example", []),
    ],
)
def test_the_strength_of_a_binding_says_how_loud(strength: str, expected: list[tuple[str, str]]) -> None:
    assert judged(concept("closed"), strength)[0].rules == expected
    assert judged(concept("active"), strength)[0].rules == []


@pytest.mark.parametrize(
    "what",
    [
        node("code", "closed"),
        node("Coding", {"system": STATES, "code": "closed"}),
        node("Quantity", {"system": STATES, "code": "closed"}),
        node("string", "closed"),
        concept("closed"),
        concept("active", system="http://example.org/other"),
        node("Coding", {"code": "active"}),  # no system, no meaning
    ],
)
def test_every_coded_type_is_held_to_its_binding(what: Node) -> None:
    assert judged(what, "required")[0].rules == [("error", "FHIR-BINDING")]


@pytest.mark.parametrize(
    "what",
    [
        node("code", "active"),
        node("Coding", {"system": STATES, "code": "active"}),
        node("Quantity", {"system": STATES, "code": "active"}),
        concept("closed", "active"),  # one coding of the value set is enough
    ],
)
def test_what_is_in_the_value_set_is_left_alone(what: Node) -> None:
    said, bindings = judged(what, "required")
    assert (said.found, bindings.not_judged()) == ([], ())


@pytest.mark.parametrize(
    "what",
    [
        node("Reference", {"reference": "Medication/1"}),
        node("boolean", True),
        node("dateTime", "2024"),
        node("Period", {"start": "2024"}),
    ],
)
@pytest.mark.parametrize("more", [{}, {"max": SET}])
def test_of_a_choice_only_the_types_that_carry_codes_are_bound(what: Node, more: dict[str, str]) -> None:
    assert judged(what, "required", **more)[0].rules == []


def test_a_server_may_say_its_formats_in_fhirs_own_words() -> None:
    element = Element({"strength": "required", "valueset": SET}, "http://hl7.org/fhir/x#CapabilityStatement.format")
    for word, rules in (("xml", []), ("xmll", [("error", "FHIR-BINDING")])):
        said = Said()
        Bindings(Terminology(Definitions())).judge(node("code", word), element, said)
        assert said.rules == rules


def test_words_alone_break_a_required_binding_only() -> None:
    assert judged(concept(text="ouvert"), "required")[0].rules == [("error", "FHIR-BINDING")]
    assert judged(concept(text="ouvert"), "extensible")[0].rules == [("info", "FHIR-BINDING")]
    assert judged(concept(text="ouvert"), "preferred")[0].rules == []


@pytest.mark.parametrize(
    ("type", "strength", "found"),
    [
        ("CodeableConcept", "required", [("error", "FHIR-BINDING")]),  # at least one Coding is there (R4, terminologies)
        ("Coding", "required", [("error", "FHIR-BINDING")]),
        ("code", "required", [("error", "FHIR-BINDING")]),
        ("string", "required", []),
        ("Quantity", "required", []),
        ("code", "extensible", []),
        ("CodeableConcept", "extensible", []),
    ],
)
def test_a_reason_for_its_absence_is_no_code_of_a_required_value_set(
    type: str, strength: str, found: list[tuple[str, str]]
) -> None:
    explained = node(type, {"extension": [{"url": "http://hl7.org/fhir/StructureDefinition/data-absent-reason"}]})
    said = judged(explained, strength)[0]
    assert said.rules == found
    assert ["Saying why" in hint for hint in said.hints] == [True] * len(found)


def test_another_extension_may_hold_what_a_code_would_say() -> None:
    elsewhere = node("code", {"extension": [{"url": "http://hl7.org/fhir/5.0/StructureDefinition/extension-ValueSet.op"}]})
    assert judged(elsewhere, "required")[0].rules == []


def test_what_a_profile_obliges_to_is_not_held_against_the_widest_value_set_of_base_r4() -> None:
    base = Element(
        {"strength": "preferred", "valueset": SET, "max": SET}, "http://hl7.org/fhir/StructureDefinition/Thing#Thing.state"
    )
    profile = Element({"strength": "required", "valueset": "http://example.org/wider"})
    extensible = Element({"strength": "extensible", "valueset": SET}, "http://hl7.org/fhir/StructureDefinition/Thing#Thing.state")
    for elements, found in (([base], [("error", "FHIR-BINDING")]), ([base, extensible, profile], [])):
        said, bindings = Said(), Bindings(Terminology(Definitions()))
        what = concept("closed")
        for element in elements:
            bindings.judge(what, element, said)
        bindings.base(said, lambda _: ())
        assert [one for one in said.rules if one[0] != "info"] == found


_TYPED = "http://hl7.org/fhir/StructureDefinition/Thing#Thing.state"


@pytest.mark.parametrize(
    ("profile", "named", "warnings"),
    [
        (None, False, 1),
        (None, True, 0),  # the profile's pattern is that very code
        (OF_OTHER, False, 0),  # the profile has it in a value set of its own
        (SET, False, 2),  # it is in neither
        ("http://example.org/nowhere", False, 1),  # it cannot be told
    ],
)
def test_a_code_that_a_profile_asks_for_is_not_held_against_the_extensible_value_set_of_base_r4(
    profile: str | None, named: bool, warnings: int
) -> None:
    said, bindings = Said(), Bindings(Terminology(Definitions()))
    what = concept("private", system="http://example.org/other")
    bindings.judge(what, Element({"strength": "extensible", "valueset": WIDE}, _TYPED), said)
    if profile is not None:
        bindings.judge(what, Element({"strength": "extensible", "valueset": profile}), said)
    if named:
        bindings.prescribed(what.children["coding"][0])
    bindings.base(said, lambda _: ())
    assert said.rules == [("warning", "FHIR-BINDING")] * warnings


@pytest.mark.parametrize(("beside", "warnings"), [((OF_OTHER,), 0), ((SET,), 2), ((), 2)])
def test_a_code_that_a_profile_has_for_one_of_its_slices_is_not_held_against_a_wider_value_set(
    beside: tuple[str, ...], warnings: int
) -> None:
    said, bindings = Said(), Bindings(Terminology(Definitions()))
    what = concept("private", system="http://example.org/other")
    bindings.judge(what, Element({"strength": "extensible", "valueset": SET}, of_slices=beside), said)
    bindings.judge(what, Element({"strength": "extensible", "valueset": WIDE}, _TYPED), said)
    bindings.base(said, lambda _: beside)
    assert said.rules == [("warning", "FHIR-BINDING")] * warnings


@pytest.mark.parametrize(("strength", "severity"), [("extensible", None), ("required", "error")])
def test_a_code_that_a_slice_is_told_by_is_not_held_against_the_extensible_value_set_that_it_inherits(
    strength: str, severity: str | None
) -> None:
    said, bindings = Said(), Bindings(Terminology(Definitions()))
    code = Element(None, name="code", wanted=("private",))
    slice_ = Element({"strength": strength, "valueset": SET}, children=(Element(None, name="coding", children=(code,)),))
    bindings.judge(concept("private", system="http://example.org/other"), slice_, said)
    assert said.rules == ([(severity, "FHIR-BINDING")] if severity else [])


_CORE = "https://hl7.fr/ig/fhir/core"


@pytest.mark.parametrize(
    ("value_set", "system", "warned"),
    [
        ("http://hl7.org/fhir/ValueSet/identifier-type|4.0.1", f"{_CORE}/CodeSystem/fr-core-cs-v2-0203", False),
        ("http://hl7.org/fhir/ValueSet/identifier-type", "http://interopsante.org/fhir/CodeSystem/fr-v2-0203", False),
        (
            "http://hl7.org/fhir/ValueSet/identifier-type",
            "https://profiles.ihe.net/ITI/MHD/CodeSystem/IHE.MHD.MHDIdentifierType",
            False,
        ),
        (WIDE, f"{_CORE}/CodeSystem/fr-core-cs-v2-0203", True),
        (f"{_CORE}/ValueSet/fr-core-vs-identity-reliability", f"{_CORE}/CodeSystem/fr-core-cs-identity-status", False),
        (f"{_CORE}/ValueSet/fr-core-vs-identity-reliability", f"{_CORE}/CodeSystem/fr-core-cs-marital-status", True),
    ],
)
def test_codes_of_france_and_ihe_stand_beside_those_of_an_extensible_value_set(value_set: str, system: str, warned: bool) -> None:
    rules = judged(concept("QUAL", system=system), "extensible", value_set)[0].rules
    assert rules == [("warning", "FHIR-BINDING")] * warned


@pytest.mark.parametrize(("code", "warned"), [("PI", False), ("RRI", False), ("NH", False), ("XX", True)])
def test_types_of_identifiers_that_fr_core_takes_from_hl7_v2_stand_beside_those_that_r4_lists(code: str, warned: bool) -> None:
    typed = concept(code, system="http://terminology.hl7.org/CodeSystem/v2-0203")
    said = judged(typed, "extensible", "http://hl7.org/fhir/ValueSet/identifier-type")[0]
    assert said.rules == ([("warning", "FHIR-BINDING")] if warned else [])


@pytest.mark.parametrize(("code", "warned"), [("MASQUE_PS", False), ("N", True)])
def test_a_document_is_hidden_by_a_code_of_france_where_r4_has_none(code: str, warned: bool) -> None:
    system = "https://mos.esante.gouv.fr/NOS/TRE_A07-StatusVisibiliteDocument/FHIR/TRE-A07-StatusVisibiliteDocument"
    rules = judged(concept(code, system=system), "extensible", "http://hl7.org/fhir/ValueSet/security-labels")[0].rules
    assert rules == [("warning", "FHIR-BINDING")] * warned


def test_a_maximal_value_set_obliges_whatever_the_strength() -> None:
    assert judged(concept("closed"), "preferred", max=SET)[0].rules == [("info", "FHIR-BINDING"), ("error", "FHIR-BINDING")]


@pytest.mark.parametrize(("strength", "obliged"), [("preferred", False), ("example", False), ("extensible", True)])
def test_a_maximal_value_set_obliges_to_no_code_where_one_is_only_recommended(strength: str, obliged: bool) -> None:
    """R4, Patient.communication.language: not all systems code it but instead have it as free text."""
    errors = [rule for rule in judged(concept(text="français"), strength, max=SET)[0].rules if rule[0] == "error"]
    assert errors == [("error", "FHIR-BINDING")] * obliged


@pytest.mark.parametrize(("value_set", "why"), [(UNKNOWABLE, "SNOMED"), ("http://example.org/nowhere", "no installed package")])
def test_what_cannot_be_told_is_counted_once_and_never_passed(value_set: str, why: str) -> None:
    what = concept("22298006", system="http://snomed.info/sct")
    said, bindings = judged(what, "required", value_set)
    bindings.judge(what, Element({"strength": "required", "valueset": value_set + "|4.0.1"}), said)
    assert said.found == []
    (told,) = bindings.not_judged()
    assert told.en.startswith("1 code that")
    assert why in told.en
    assert bindings.member(what, {"valueset": value_set}) is None


def test_a_code_that_is_out_for_certain_is_no_doubt() -> None:
    assert judged(concept("22298007", system="http://snomed.info/sct"), "required", UNKNOWABLE)[0].rules == [
        ("error", "FHIR-BINDING")
    ]


def test_the_hint_names_the_system_or_the_nearest_code() -> None:
    assert STATES in judged(concept("active", system="http://example.org/other"), "required")[0].hints[0]
    assert "active" in judged(node("code", "actif"), "required")[0].hints[0]


def test_the_wording_of_a_tag_is_for_machines() -> None:
    meta = node("Meta", {})
    meta.add(node("Coding", {"system": STATES, "code": "active", "display": "Ouvert par le serveur"}, "tag", meta))
    assert checked(meta).rules == [("info", "FHIR-DISPLAY")]


def test_membership_is_three_valued() -> None:
    bindings = Bindings(Terminology(Definitions()))
    assert bindings.member(concept("active"), {"valueset": SET}) is True
    assert bindings.member(concept("closed"), {"valueset": SET}) is False
    assert bindings.member(concept(text="x"), {"valueset": SET}) is False


@pytest.mark.parametrize(
    ("coding", "expected"),
    [
        ({"system": STATES, "code": "active", "display": "actif"}, []),
        ({"system": STATES, "code": "active", "display": "Fermé"}, [("warning", "FHIR-DISPLAY")]),
        ({"system": STATES, "code": "nothing"}, [("error", "FHIR-CODE")]),
        ({"system": STATES, "version": "1", "code": "nothing"}, [("warning", "FHIR-CODE")]),  # another version might have it
        ({"system": STATES, "code": "open"}, [("warning", "FHIR-CODE-ABSTRACT")]),
        ({"system": STATES, "code": "ended"}, [("warning", "FHIR-CODE-RETIRED")]),
        ({"system": "states", "code": "active"}, [("error", "FHIR-CODE-SYSTEM")]),
        ({"system": SET, "code": "active"}, [("error", "FHIR-CODE-SYSTEM")]),
        ({"system": "http://snomed.info/sct", "code": "22298007"}, [("error", "FHIR-CODE")]),
        ({"system": "http://snomed.info/sct", "code": "22298006"}, [("info", "FHIR-CODE-UNCHECKED")]),
        (
            {"system": "urn:oid:2.16.840.1.113883.6.1", "code": "8302-2"},
            [("warning", "FHIR-CODE-SYSTEM"), ("info", "FHIR-CODE-UNCHECKED")],
        ),
        *(
            ({"system": system, "code": "8302-2"}, [("warning", "FHIR-CODE-SYSTEM"), ("info", "FHIR-CODE-UNCHECKED")])
            for system in ("https://loinc.org", "http://loinc.org/", "http://www.loinc.org", "http://LOINC.org")
        ),
        (
            {"system": LOINC_OF_THE_NOS, "code": "8302-2"},  # which value sets of the NOS ask for
            [("info", "FHIR-CODE-SYSTEM"), ("info", "FHIR-CODE-UNCHECKED")],
        ),
        (
            {"system": STATES.replace("http:", "https:"), "code": "x"},
            [("warning", "FHIR-CODE-SYSTEM"), ("info", "FHIR-CODE-UNCHECKED")],
        ),
        (
            {"system": "http://example.org/stats", "code": "x"},  # a letter is missing
            [("warning", "FHIR-CODE-SYSTEM"), ("info", "FHIR-CODE-UNCHECKED")],
        ),
        (
            {"system": "http://hl7.org/fhir/v3/States", "code": "active"},  # as STU3 called it
            [("warning", "FHIR-CODE-SYSTEM"), ("info", "FHIR-CODE-UNCHECKED")],
        ),
        ({"system": "http://example.org/other", "code": "x"}, [("info", "FHIR-CODE-UNCHECKED")]),
        ({"display": "words alone"}, []),
        ({"code": "active"}, [("warning", "FHIR-CODE-SYSTEM")]),  # nothing tells what it means
        ({"system": "http://example.org/formed", "code": "x"}, [("info", "FHIR-CODE-UNCHECKED")]),
        ({"system": "urn:oid:2.999.7", "code": "12"}, [("info", "FHIR-CODE-UNCHECKED")]),
        ({"system": "urn:oid:2.999.7", "code": "x"}, [("warning", "FHIR-CODE-FORM"), ("info", "FHIR-CODE-UNCHECKED")]),
        (
            {"system": "http://www.whocc.no/atc", "code": "L02BG3"},  # by its OID
            [("warning", "FHIR-CODE-FORM"), ("info", "FHIR-CODE-UNCHECKED")],
        ),
    ],
)
def test_a_coding_is_held_to_its_own_system(coding: dict[str, str], expected: list[tuple[str, str]]) -> None:
    assert checked(node("CodeableConcept", {"coding": [coding]})).rules == expected


@pytest.mark.parametrize(("system", "rules"), [(STATES, []), (SET, [("error", "FHIR-CODE-SYSTEM")])])
def test_a_value_set_takes_its_codes_from_a_code_system(system: str, rules: list[tuple[str, str]]) -> None:
    said, bindings = Said(), Bindings(Terminology(Definitions()))
    defining_codes.judge(made({"resourceType": "ValueSet", "compose": {"include": [{"system": system}]}}), bindings, said)
    assert said.rules == rules


def test_a_code_that_its_system_does_not_have_is_answered_with_the_nearest() -> None:
    assert checked(concept("actve")).hints[-1].endswith("Did you mean active?")
    assert "Did you mean" not in checked(concept("x")).hints[-1]


def test_a_code_without_system_that_is_in_no_value_set_is_told_once() -> None:
    said, bindings = Said(), Bindings(Terminology(Definitions()))
    what = node("CodeableConcept", {"coding": [{"code": "active"}]})
    bindings.judge(what, Element({"strength": "required", "valueset": SET}), said)
    bindings.codings(what.children["coding"], what, said)
    assert said.rules == [("error", "FHIR-BINDING")]


@pytest.mark.parametrize(("code", "warned"), [("urn:ihe:iti:xds:2013:accession", False), ("urn:example:accession", True)])
def test_a_type_of_what_xds_refers_to_stands_beside_the_types_of_r4(code: str, warned: bool) -> None:
    said, _ = judged(concept(code, system="urn:ietf:rfc:3986"), "extensible", "http://hl7.org/fhir/ValueSet/identifier-type")
    assert said.rules == [("warning", "FHIR-BINDING")] * warned


def test_a_number_in_place_of_a_code_is_told_of_its_type_only() -> None:
    assert judged(node("code", 1), "required")[0].rules == []
    assert judged(node("code", "1"), "required")[0].rules == [("error", "FHIR-BINDING")]


def test_a_code_is_retired_from_the_day_its_system_says() -> None:
    what = node("Coding", {"system": STATES, "code": "ended"})
    assert checked(what, date(2019, 12, 31)).rules == []
    assert checked(what, date(2020, 1, 1)).rules == [("warning", "FHIR-CODE-RETIRED")]


def test_a_term_within_a_code_of_snomed_ct_hides_the_code() -> None:
    code = {"system": "http://snomed.info/sct", "code": "44054006 |Diabetes mellitus type 2|"}
    assert ("warning", "FHIR-CODE-FORM") in checked(node("Coding", code)).rules
    assert ("warning", "FHIR-CODE-FORM") not in checked(node("Coding", {**code, "code": "44054006"})).rules


def test_a_unit_is_held_to_ucum() -> None:
    assert checked(node("Quantity", {"system": "http://unitsofmeasure.org", "code": "UI"})).rules == [("error", "FHIR-CODE")]
    assert checked(node("Quantity", {"system": "http://unitsofmeasure.org", "code": "mg/dL"})).rules == []


@pytest.mark.parametrize(
    ("words", "code", "warned"),
    [
        ("g", "kg", True),
        ("g/L", "g/dL", True),
        ("mcg", "mg", True),  # as a published example of the IPS has it
        ("µg", "ug", False),
        ("kg", "kg", False),
        ("mmol/l", "mmol/L", False),
        ("10*3/uL", "10*9/L", False),  # the same size
        ("mmHg", "mm[Hg]", False),
        ("m", "mo", False),  # of another kind: a word too
        ("mg", "MG", True),  # of another kind, but for capitals: megagauss
        ("u/L", "U/L", False),  # a unit of enzymes, in small letters for people
        ("kg", "[lb_av]", True),
        ("Cel", "[degF]", True),
        ("lbs", "kg", True),
        ("°F", "Cel", True),
        ("°C", "Cel", False),
        ("mmHg", "kPa", True),
        ("comprimé", "{tablet}", False),
    ],
)
def test_a_unit_in_words_is_not_another_unit_of_the_same_kind(words: str, code: str, warned: bool) -> None:
    quantity = node("Quantity", {"unit": words, "system": "http://unitsofmeasure.org", "code": code})
    assert checked(quantity).rules == [("warning", "FHIR-UNIT")] * warned


@pytest.mark.parametrize(
    ("system", "language", "severity"),
    [
        (OF_HL7, "de-AT", "info"),  # no wording of HL7's code is known in German
        (OF_HL7, "fr", "warning"),  # one is in French
        (OF_HL7, "en", "warning"),
        (OF_HL7, "", "warning"),
        (STATES, "de", "warning"),  # a system of which the language is not known
    ],
)
def test_a_wording_in_a_language_in_which_none_is_known_may_be_right(system: str, language: str, severity: str) -> None:
    resource = node("Thing", {"language": language} if language else {})
    resource.add(node("CodeableConcept", {"coding": [{"system": system, "code": "active", "display": "Aktiv!"}]}, parent=resource))
    assert checked(resource).rules == [(severity, "FHIR-DISPLAY")]
