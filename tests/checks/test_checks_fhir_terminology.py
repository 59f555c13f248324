"""Membership without a server: what the packages tell is said, what they do not tell is unknown and says why."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from harness.checks.fhir.terms import known_systems
from harness.checks.fhir.terms.terminology import Terminology
from harness.library import Library
from harness.library.fhir.definitions import Definitions as Packaged
from harness.library.fhir.terminology_compiling import compile_code_system, compile_value_set
from harness.model import ValueSet

FRUITS = "http://example.org/fruits"
TREE = {
    "resourceType": "CodeSystem",
    "url": FRUITS,
    "version": "1.0",
    "name": "Fruits",
    "content": "complete",
    "caseSensitive": True,
    "property": [
        {"code": "color", "type": "code"},
        {"code": "abstrait", "uri": "http://hl7.org/fhir/concept-properties#notSelectable", "type": "boolean"},
        {"code": "dateFin", "type": "dateTime"},
        {"code": "parent", "uri": "http://hl7.org/fhir/concept-properties#parent", "type": "code"},
        {"code": "story", "type": "string"},
    ],
    "concept": [
        {
            "code": "citrus",
            "display": "Citrus fruit",
            "property": [{"code": "abstrait", "valueBoolean": True}],
            "concept": [
                {
                    "code": "lemon",
                    "display": "Lemon",
                    "designation": [{"language": "fr", "value": "Citron"}],
                    "property": [{"code": "color", "valueCode": "yellow"}, {"code": "story", "valueString": "x" * 300}],
                    "concept": [
                        {"code": "meyer", "display": "Meyer lemon", "property": [{"code": "color", "valueCode": "orange"}]}
                    ],
                },
                {"code": "orange", "display": "Orange", "property": [{"code": "color", "valueCode": "orange"}]},
            ],
        },
        {"code": "medlar", "display": "Medlar", "property": [{"code": "dateFin", "valueDateTime": "1999-09-15T00:00:00+01:00"}]},
        {"code": "tangor", "display": "Tangor", "property": [{"code": "parent", "valueCode": "orange"}]},
    ],
}


class Definitions:
    """What a handful of resources define, by canonical; counts what is opened."""

    def __init__(self, *resources: Mapping[str, Any]) -> None:
        self.opened: list[str] = []
        self._sets = {item["url"]: compile_value_set(item) for item in resources if item["resourceType"] == "ValueSet"}
        systems = [compile_code_system(item) for item in resources if item["resourceType"] == "CodeSystem"]
        self._systems = {item["url"]: item for item in systems if not item["supplements"]}
        self._supplements = [item for item in systems if item["supplements"]]

    def value_set(self, canonical: str) -> dict[str, Any] | None:
        self.opened.append(canonical)
        return self._sets.get(canonical.partition("|")[0])

    def code_system(self, canonical: str) -> dict[str, Any] | None:
        self.opened.append(canonical)
        return self._systems.get(canonical.partition("|")[0])

    def canonical_versions(self, url: str) -> list[str]:
        return [""] if url in self._sets or url in self._systems else []

    def supplements(self, url: str) -> list[dict[str, Any]]:
        return [item for item in self._supplements if item["supplements"].partition("|")[0] == url]


def value_set(include: list[dict[str, Any]], url: str = "http://example.org/set", **more: Any) -> dict[str, Any]:
    compose = {"include": include} | {key: more.pop(key) for key in ("exclude", "inactive") if key in more}
    return {"resourceType": "ValueSet", "url": url, "name": "Set", "compose": compose} | more


def filtered(op: str, value: str, name: str = "concept") -> list[dict[str, Any]]:
    return [{"system": FRUITS, "filter": [{"property": name, "op": op, "value": value}]}]


def kind(resource: dict[str, Any], code: str, *others: dict[str, Any], system: str | None = FRUITS) -> str:
    return Terminology(Definitions(TREE, resource, *others)).validate(resource["url"], system, code).kind


@pytest.mark.parametrize(
    ("include", "inside", "outside"),
    [
        ([{"system": FRUITS}], "lemon", "brick"),
        ([{"system": FRUITS, "concept": [{"code": "lemon"}]}], "lemon", "orange"),
        (filtered("is-a", "lemon"), "lemon", "orange"),
        (filtered("is-a", "citrus"), "meyer", "medlar"),
        (filtered("is-a", "orange"), "tangor", "lemon"),  # a parent told by a property, not by nesting
        (filtered("is-a", "citrus"), "tangor", "brick"),
        (filtered("descendent-of", "lemon"), "meyer", "lemon"),
        (filtered("is-not-a", "lemon"), "orange", "meyer"),
        (filtered("is-not-a", "lemon"), "medlar", "lemon"),
        (filtered("generalizes", "meyer"), "citrus", "orange"),
        (filtered("child-of", "citrus"), "orange", "meyer"),
        (filtered("descendent-leaf", "citrus"), "meyer", "lemon"),
        (filtered("=", "orange", "color"), "meyer", "lemon"),
        (filtered("=", "http://x.org/colours|1#orange", "color"), "meyer", "lemon"),  # of a property that is a Coding
        (filtered("in", "yellow, orange", "color"), "lemon", "medlar"),
        (filtered("not-in", "yellow,green", "color"), "orange", "lemon"),
        (filtered("in", "lemon,orange"), "lemon", "meyer"),
        (filtered("regex", "[a-l].*", "code"), "lemon", "medlar"),
        (filtered("regex", "yel", "color"), "", "lemon"),  # the whole value has to match
        (filtered("exists", "true", "color"), "lemon", "medlar"),
        (filtered("exists", "false", "color"), "medlar", "lemon"),
        (filtered("=", "false", "abstrait"), "lemon", "citrus"),
        (filtered("=", "citrus", "parent"), "orange", "meyer"),
    ],
)
def test_a_complete_code_system_answers_every_filter(include: list[dict[str, Any]], inside: str, outside: str) -> None:
    resource = value_set(include)
    assert not inside or kind(resource, inside) == "in"
    assert kind(resource, outside) == "out"


@pytest.mark.parametrize(
    "include",
    [
        filtered("=", "sweet", "taste"),  # a property that nothing declares
        filtered("=", "x", "story"),  # prose, not kept
        filtered("is-a", "vegetable"),
        filtered("like", "lem*"),
        filtered("regex", "([", "code"),
        [{"valueSet": ["http://example.org/elsewhere"]}],
    ],
)
def test_what_a_filter_asks_and_no_one_tells_is_unknown_with_its_reason(include: list[dict[str, Any]]) -> None:
    answer = Terminology(Definitions(TREE, value_set(include))).validate("http://example.org/set", FRUITS, "lemon")
    assert answer.kind == "unknown"
    assert answer.reason is not None
    assert answer.reason.fr
    assert answer.reason.en


def test_an_exclusion_takes_away_and_an_unknown_exclusion_leaves_a_doubt() -> None:
    resource = value_set([{"system": FRUITS}], exclude=[{"system": FRUITS, "concept": [{"code": "lemon"}]}])
    assert (kind(resource, "lemon"), kind(resource, "orange")) == ("out", "in")
    doubtful = value_set([{"system": FRUITS}], exclude=filtered("=", "sweet", "taste"))
    assert (kind(doubtful, "lemon"), kind(doubtful, "brick")) == ("unknown", "out")


def test_value_sets_of_one_include_are_intersected_and_includes_add_up() -> None:
    lemons = value_set(filtered("is-a", "lemon"), "http://example.org/lemons")
    oranges = value_set(filtered("=", "orange", "color"), "http://example.org/oranges")
    both = value_set([{"valueSet": [lemons["url"], oranges["url"]]}])
    either = value_set([{"valueSet": [lemons["url"]]}, {"valueSet": [oranges["url"]]}])
    assert [kind(both, code, lemons, oranges) for code in ("meyer", "lemon", "orange")] == ["in", "out", "out"]
    assert [kind(either, code, lemons, oranges) for code in ("meyer", "lemon", "orange", "medlar")] == ["in", "in", "in", "out"]
    narrowed = value_set([{"system": FRUITS, "valueSet": [lemons["url"]]}])
    assert [kind(narrowed, code, lemons) for code in ("lemon", "orange")] == ["in", "out"]


def test_value_sets_that_import_one_another_end() -> None:
    one = value_set([{"valueSet": ["http://example.org/two"]}], "http://example.org/one")
    two = value_set([{"valueSet": ["http://example.org/one"]}], "http://example.org/two")
    assert kind(one, "lemon", two) == "unknown"


def test_a_value_set_published_without_content_tells_nothing() -> None:
    """R4, ValueSet: compose and expansion are both optional."""
    empty = {"resourceType": "ValueSet", "url": "http://example.org/set"}
    without = {"system": FRUITS, "valueSet": ["http://example.org/set"]}
    terminology = Terminology(Definitions(TREE, empty, value_set([without], "http://example.org/importing")))
    for canonical in ("http://example.org/set", "http://example.org/importing"):
        answer = terminology.validate(canonical, FRUITS, "lemon")
        assert answer.kind == "unknown"
        assert answer.reason is not None
    assert terminology.validate("http://example.org/importing", FRUITS, "plum").kind == "out"


def test_a_circle_of_parents_ends() -> None:
    circle = {
        "resourceType": "CodeSystem",
        "url": "http://example.org/circle",
        "content": "complete",
        "concept": [
            {"code": "a", "property": [{"code": "parent", "valueCode": "b"}]},
            {"code": "b", "property": [{"code": "parent", "valueCode": "a"}]},
        ],
    }
    include = [{"system": circle["url"], "filter": [{"property": "concept", "op": "is-a", "value": "a"}]}]
    assert kind(value_set(include), "b", circle, system="http://example.org/circle") == "in"


@pytest.mark.parametrize("content", ["fragment", "example"])
def test_of_a_part_of_a_system_what_is_there_is_told_and_the_rest_unknown(content: str) -> None:
    part = TREE | {"content": content, "url": "http://example.org/part"}
    whole = value_set([{"system": part["url"]}])
    assert kind(whole, "lemon", part, system="http://example.org/part") == "in"
    assert kind(whole, "brick", part, system="http://example.org/part") == "unknown"
    branch = value_set([{"system": part["url"], "filter": [{"property": "concept", "op": "is-a", "value": "lemon"}]}])
    assert kind(branch, "meyer", part, system="http://example.org/part") == "in"
    assert kind(branch, "medlar", part, system="http://example.org/part") == "unknown"


class Republished(Definitions):
    """A system of which one version has a part, and a later publication another one."""

    def __init__(self, part: Mapping[str, Any], later: Mapping[str, Any]) -> None:
        super().__init__(part)
        self._later = compile_code_system(later)

    def code_system(self, canonical: str) -> dict[str, Any] | None:
        return self._later if canonical.endswith("|2") else super().code_system(canonical)

    def canonical_versions(self, url: str) -> list[str]:
        return ["1", "2"] if super().canonical_versions(url) else []


@pytest.mark.parametrize(
    ("later", "kind"),
    [
        ({"content": "complete"}, "out"),  # HL7's terminology has all of what R4 gave examples of
        ({"content": "fragment"}, "unknown"),
        ({"content": "complete", "concept": [{"code": "brick"}]}, "unknown"),  # it lacks some of them: another system
    ],
)
def test_a_system_of_which_r4_has_examples_is_that_of_its_whole_publication(later: dict[str, Any], kind: str) -> None:
    known = Terminology(Republished(TREE | {"content": "example"}, TREE | later))
    assert known.code(FRUITS, "nothing").kind == kind
    assert known.code(FRUITS, "lemon").kind == "in"


def test_an_enumeration_of_a_system_without_content_decides() -> None:
    listed = value_set([{"system": "http://loinc.org", "concept": [{"code": "8302-2", "display": "Body height"}]}])
    assert kind(listed, "8302-2", system="http://loinc.org") == "in"
    assert kind(listed, "29463-7", system="http://loinc.org") == "out"
    assert kind(listed, "8302-2", system=FRUITS) == "out"


def test_a_hierarchy_that_is_not_is_a_does_not_say_is_a() -> None:
    grouped = TREE | {"hierarchyMeaning": "grouped-by", "url": "http://example.org/grouped"}
    include = [{"system": grouped["url"], "filter": [{"property": "concept", "op": "is-a", "value": "citrus"}]}]
    assert kind(value_set(include), "lemon", grouped, system="http://example.org/grouped") == "unknown"


def test_a_published_expansion_answers_what_its_definition_cannot() -> None:
    expansion = {"total": 1, "contains": [{"system": "http://loinc.org", "code": "8302-2", "display": "Taille"}]}
    rule = [{"system": "http://loinc.org", "filter": [{"property": "CLASS", "op": "=", "value": "BDYHGT"}]}]
    resource = value_set(rule, expansion=expansion)
    assert kind(resource, "8302-2", system="http://loinc.org") == "in"
    assert kind(resource, "29463-7", system="http://loinc.org") == "out"
    cut = value_set(rule, expansion=expansion | {"total": 5000})
    assert kind(cut, "8302-2", system="http://loinc.org") == "in"
    assert kind(cut, "29463-7", system="http://loinc.org") == "unknown"


@pytest.mark.parametrize(("sensitive", "expected"), [(True, "out"), (False, "in"), (None, "unknown")])
def test_case_counts_when_the_system_says_so(sensitive: bool | None, expected: str) -> None:
    system = {key: value for key, value in TREE.items() if key != "caseSensitive"}
    if sensitive is not None:
        system["caseSensitive"] = sensitive
    resource = value_set(filtered("is-a", "lemon"))
    assert Terminology(Definitions(system, resource)).validate(resource["url"], FRUITS, "Meyer").kind == expected


def test_a_code_without_a_system_is_looked_for_in_those_of_the_value_set() -> None:
    resource = value_set([{"system": "http://example.org/other"}, *filtered("is-a", "lemon")])
    other = TREE | {"url": "http://example.org/other", "concept": [{"code": "brick"}]}
    assert [kind(resource, code, other, system=None) for code in ("meyer", "brick", "orange")] == ["in", "in", "out"]
    assert kind(resource, "orange", system=None) == "unknown"  # the other system might have it


@pytest.mark.parametrize(
    ("display", "expected"),
    [("Lemon", "ok"), ("  LEMON ", "ok"), ("Citron", "ok"), ("Limette", "differs"), (None, "unknown")],
)
def test_a_display_may_be_any_wording_of_the_code(display: str | None, expected: str) -> None:
    answer = Terminology(Definitions(TREE)).code(FRUITS, "lemon", display)
    assert (answer.kind, answer.display, answer.expected_display) == ("in", expected, "Citron")


def test_a_display_does_not_differ_from_a_system_that_is_not_there() -> None:
    listed = value_set([{"system": "http://loinc.org", "concept": [{"code": "8302-2", "display": "Body height"}]}])
    terminology = Terminology(Definitions(listed))
    answer = terminology.validate(listed["url"], "http://loinc.org", "8302-2", "Taille du patient")
    assert (answer.display, answer.expected_display) == ("unknown", "Body height")
    assert terminology.validate(listed["url"], "http://loinc.org", "8302-2", "body height").display == "ok"


def test_a_supplement_adds_its_wordings() -> None:
    supplement = {
        "resourceType": "CodeSystem",
        "url": "http://example.org/mots",
        "content": "supplement",
        "supplements": FRUITS + "|1.0",
        "concept": [{"code": "medlar", "designation": [{"language": "fr", "value": "Nèfle"}]}],
    }
    assert Terminology(Definitions(TREE)).code(FRUITS, "medlar", "Nèfle").display == "differs"
    assert Terminology(Definitions(TREE, supplement)).code(FRUITS, "medlar", "Nèfle").display == "ok"
    loose = Packaged().with_resources([("tree.json", TREE), ("mots.json", supplement)])
    assert Terminology(loose).code(FRUITS, "medlar", "Nèfle").display == "ok"


def test_what_is_abstract_or_retired_is_said() -> None:
    terminology = Terminology(Definitions(TREE, value_set([{"system": FRUITS}], inactive=False)))
    assert terminology.code(FRUITS, "citrus").state == "abstract"
    retired = terminology.code(FRUITS, "medlar")
    assert (retired.state, retired.ended) == ("retired", "1999-09-15")
    assert terminology.validate("http://example.org/set", FRUITS, "medlar").kind == "out"  # it says that it has none


@pytest.mark.parametrize(
    ("system", "code", "expected"),
    [
        ("urn:ietf:bcp:13", "application/fhir+json; charset=utf-8", "in"),
        ("urn:ietf:bcp:13", "application/fhir+json;canonicalization=http://hl7.org/fhir/canonicalization/json#document", "in"),
        ("urn:ietf:bcp:13", "text/plain; charset=utf 8", "out"),
        ("urn:ietf:bcp:13", "pdf", "out"),
        ("urn:ietf:bcp:13", "chemical/x-pdb", "unknown"),
        ("urn:ietf:bcp:13", "applicaton/pdf", "out"),
        ("urn:ietf:bcp:47", "fr-FR", "in"),
        ("urn:ietf:bcp:47", "fr_FR", "out"),
        ("urn:ietf:bcp:47", "fr-XX", "in"),  # XA to XZ are regions of private use (RFC 5646, 2.2.4)
        ("urn:ietf:bcp:47", "fr-EU", "in"),
        ("urn:ietf:bcp:47", "en-UK", "out"),
        ("urn:ietf:bcp:47", "zh-Hant-TW", "in"),
        ("urn:ietf:bcp:47", "gsw", "unknown"),
        ("urn:ietf:bcp:47", "fra", "out"),
        ("urn:ietf:bcp:47", "fre-FR", "out"),
        ("urn:ietf:bcp:47", "french", "out"),
        ("urn:ietf:bcp:47", "i-klingon", "in"),
        ("http://loinc.org", "23390", "out"),
        ("urn:iso:std:iso:3166", "FRA", "in"),
        ("urn:iso:std:iso:3166", "250", "in"),
        ("urn:iso:std:iso:3166", "FX", "out"),
        ("urn:iso:std:iso:3166", "FR-75", "unknown"),
        ("urn:iso:std:iso:4217", "EUR", "in"),
        ("urn:iso:std:iso:4217", "FRF", "unknown"),
        ("urn:iso:std:iso:4217", "€", "out"),
        ("http://unitsofmeasure.org", "mm[Hg]", "in"),
        ("http://unitsofmeasure.org", "UI", "out"),
        ("http://unitsofmeasure.org", "mg{a}", "in"),
        ("http://unitsofmeasure.org", "mg{a}{b}", "out"),  # a component has one annotation at most, of characters 33 to 126
        ("http://unitsofmeasure.org", "{x y}", "out"),
        ("http://snomed.info/sct", "22298006", "unknown"),
        ("http://snomed.info/sct", "22298007", "out"),
        ("http://snomed.info/sct", "0022298006", "out"),
        ("http://snomed.info/sct", "I21", "out"),
        ("http://snomed.info/sct", "22298006x", "out"),
        ("http://snomed.info/sct", "22298006 |Infarctus| : 246112005=24484000", "unknown"),
        ("http://snomed.info/sct", "===22298006+73211009", "unknown"),
        ("http://loinc.org", "8302-2", "unknown"),
        ("http://loinc.org", "8302-3", "out"),
        ("http://example.org/nowhere", "x", "unknown"),
    ],
)
def test_of_a_system_that_no_package_lists_only_what_is_certain_is_told(system: str, code: str, expected: str) -> None:
    assert Terminology(Definitions()).code(system, code).kind == expected


@pytest.mark.parametrize(
    ("table", "row", "inside", "outside"),
    [
        ("0203", "NNxxx", "NNFRA", "NNFR"),
        ("0335", "Q<integer>H", "Q8H", "Q8X"),
        ("0335", "PRNxxx", "PRNQ8H", "PRX"),
        ("0396", "HL7nnnn", "HL70203", "HL7203"),
        ("0485", "TM<integer>", "TM30", "TM"),
    ],
)
def test_a_code_of_the_form_that_its_table_lists_is_one_of_it(table: str, row: str, inside: str, outside: str) -> None:
    url = f"http://terminology.hl7.org/CodeSystem/v2-{table}"
    listed = {"resourceType": "CodeSystem", "url": url, "name": "V2", "content": "complete", "concept": [{"code": row}]}
    terms = Terminology(Definitions(listed, value_set([{"system": url}])))
    assert [terms.code(url, code).kind for code in (inside, outside)] == ["in", "out"]
    assert [terms.validate("http://example.org/set", url, code).kind for code in (inside, outside)] == ["in", "out"]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("http://unitsofmeasure", "http://unitsofmeasure.org"),
        ("http://unitofmeasure.org", "http://unitsofmeasure.org"),
        ("https://unitsofmeasure.com/", "http://unitsofmeasure.org"),
        ("http://loinc", "http://loinc.org"),
        ("http://snomd.info/sct", "http://snomed.info/sct"),
        ("http://snomed.info/xsct", None),
        ("http://loins.org", None),  # a short name is near to too many
        ("http://example.org/unitsofmeasure", None),
        ("http://unitsofmeasure.org", None),
        ("http://hl7.org/fhir/sid/icd-10", None),
    ],
)
def test_the_host_of_a_system_that_nobody_lists_is_told_where_it_slipped(written: str, meant: str | None) -> None:
    assert known_systems.meant(written) == meant


def test_why_an_annotation_is_none_is_told() -> None:
    for code in ("mg{x y}", "{a}{b}", "{comprimé}"):
        reason = Terminology(Definitions()).code("http://unitsofmeasure.org", code).reason
        assert reason is not None
        assert "annotation" in reason.en


def test_a_filter_on_the_form_of_a_code_needs_no_content() -> None:
    include = [{"system": "urn:iso:std:iso:3166", "filter": [{"property": "code", "op": "regex", "value": "[A-Z]{3}"}]}]
    resource = value_set(include)
    assert [kind(resource, code, system="urn:iso:std:iso:3166") for code in ("FRA", "FR", "XYZ")] == ["in", "out", "out"]


def test_the_value_sets_of_whole_systems_are_known_by_the_address_of_their_owner() -> None:
    terminology = Terminology(Definitions())
    assert terminology.validate("http://unitsofmeasure.org/vs", "http://unitsofmeasure.org", "kg").kind == "in"
    assert terminology.validate("http://snomed.info/sct?fhir_vs", "http://snomed.info/sct", "22298007").kind == "out"
    assert (
        terminology.validate("http://snomed.info/sct?fhir_vs=isa/22298006", "http://snomed.info/sct", "22298006").kind == "unknown"
    )
    assert terminology.at_hand.members("http://example.org/nothing") is None


def test_a_jdv_of_the_cisis_is_known_by_oid_and_by_address_and_speaks_of_systems_by_oid() -> None:
    jdv = ValueSet("JDV_Essai_CISIS", "1.2.250.99", "1", "Essai", {("2.16.840.1.113883.6.1", "8302-2"): "Taille"})
    known = {jdv.oid: jdv, jdv.id: jdv}
    terminology = Terminology(Definitions(), value_sets=known.get)
    for address in ("urn:oid:1.2.250.99", "https://mos.esante.gouv.fr/NOS/JDV_Essai-CISIS/FHIR/JDV-Essai-CISIS"):
        assert terminology.validate(address, "http://loinc.org", "8302-2", "Taille").display == "ok"
        assert terminology.validate(address, "urn:oid:2.16.840.1.113883.6.1", "8302-2").kind == "in"
        assert terminology.validate(address, "http://loinc.org", "29463-7").kind == "out"


def test_what_another_version_of_a_value_set_does_not_have_is_unknown() -> None:
    resource = value_set(filtered("is-a", "lemon"), version="2")

    class Strict(Definitions):
        def value_set(self, canonical: str) -> dict[str, Any] | None:
            return None if canonical.endswith("|1") else super().value_set(canonical)

    terminology = Terminology(Strict(TREE, resource))
    kinds = [terminology.validate(resource["url"] + "|1", FRUITS, code).kind for code in ("meyer", "orange")]
    assert kinds == ["in", "unknown"]
    assert terminology.validate(resource["url"] + "|2", FRUITS, "orange").kind == "out"


def test_the_library_gives_its_value_sets_by_oid() -> None:
    library = Library.open()
    found = library.published_set
    type_code = found("JDV_J07_XdsTypeCode_CISIS")
    assert type_code is not None
    assert found(type_code.oid) == type_code
    assert found("1.2.3") is None


def test_a_value_set_is_opened_once_and_only_when_a_code_meets_it() -> None:
    definitions = Definitions(TREE, value_set(filtered("is-a", "lemon")))
    terminology = Terminology(definitions)
    assert definitions.opened == []
    for code in ("lemon", "meyer", "orange", "lemon"):
        terminology.validate("http://example.org/set", FRUITS, code)
    assert definitions.opened == ["http://example.org/set", FRUITS]


def test_a_hierarchy_as_deep_as_one_likes_is_read() -> None:
    concept: dict[str, Any] = {"code": "c0"}
    for depth in range(1, 3000):
        concept = {"code": f"c{depth}", "concept": [concept]}
    deep = {"resourceType": "CodeSystem", "url": "http://example.org/deep", "content": "complete", "concept": [concept]}
    include = [{"system": deep["url"], "filter": [{"property": "concept", "op": "descendent-of", "value": "c2999"}]}]
    assert kind(value_set(include), "c0", deep, system="http://example.org/deep") == "in"


class _OfTheCiSis:
    """Two measures of LOINC under their labels."""

    def labels(self, _system: str) -> dict[str, str]:
        return {"8867-4": "Fréquence cardiaque", "29463-7": "Poids"}

    def further_labels(self, _system: str) -> dict[str, str]:
        return {"8867-4": "Heart rate", "29463-7": "Body weight"}

    def labelled(self, _system: str) -> dict[str, str]:
        return {"heartrate": "8867-4", "bodyweight": "29463-7", "frequencecardiaque": "8867-4", "poids": "29463-7"}


@pytest.mark.parametrize(
    ("display", "differs"),
    [("Body weight", True), ("Poids", True), ("Heart rate", False), ("FRÉQUENCE CARDIAQUE", False), ("Pouls", False), ("", False)],
)
def test_the_label_of_another_code_is_told_of_a_system_that_no_package_has(display: str, differs: bool) -> None:
    """Whose other labels nobody knows: LOINC's own wordings are many."""
    answer = Terminology(Definitions(), tables=_OfTheCiSis()).code("http://loinc.org", "8867-4", display)
    assert answer.kind == "unknown"
    assert (answer.display == "differs") is differs
    assert not differs or answer.expected_display == "Fréquence cardiaque / Heart rate"


def test_a_code_system_of_the_nos_is_known_by_its_oid_too() -> None:
    url = "https://mos.esante.gouv.fr/NOS/TRE_X00-Fruits/FHIR/TRE-X00-Fruits"
    nos = TREE | {"url": url, "identifier": [{"system": "urn:ietf:rfc:3986", "value": "urn:oid:1.2.250.1.213.9.9"}]}
    terminology = Terminology(Packaged().with_resources([("nos.json", nos), ("fruits.json", TREE)]))
    assert terminology.names.called_by_oid("urn:oid:1.2.250.1.213.9.9") == url
    assert terminology.names.called_by_oid("urn:oid:1.2.250.1.213.9.8") is None
    assert terminology.names.called_by_oid("urn:oid:2.16.840.1.113883.6.1") == "http://loinc.org"
