"""The grammar says what the CDA schema says, in words a person understands."""

from __future__ import annotations

import copy
import random
import re
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from harness.checks.grammar import Grammar, judging
from harness.checks.grammar.content_model import Content, parse
from harness.checks.tree import nodes_of
from harness.library.reading import read

ROOT = Path(__file__).resolve().parents[2]
PARSER = etree.XMLParser(huge_tree=True, resolve_entities=False, no_network=True)
EDITS = ("drop", "repeat", "drop attribute", "spoil attribute", "swap", "rename", "text", "new attribute", "move")


@pytest.fixture(scope="module")
def data() -> Any:
    file = ROOT / "profiles" / "cda" / "grammar.yaml"
    return read(file.read_bytes(), str(file))


@pytest.fixture(scope="module")
def grammar(data: Any) -> Grammar:
    return Grammar(data)


def defects(grammar: Grammar, root: Any) -> list[tuple[str, str, str]]:
    found: list[tuple[str, str, str]] = []
    first = nodes_of(root)[0]
    grammar.check(first, lambda rule, node, message, hint, mend=None: found.append((rule, node.tag, message.en)))
    return found


def document(header: str) -> Any:
    return etree.fromstring(
        f'<ClinicalDocument xmlns="urn:hl7-org:v3" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">{header}'
        "<component><nonXMLBody><text>x</text></nonXMLBody></component></ClinicalDocument>"
    )


START = '<typeId root="2.16.840.1.113883.1.3" extension="POCD_HD000040"/><id root="1.2.3"/><code code="A"/>'
AUTHOR = '<author><time value="2020"/><assignedAuthor><id root="1.2.3"/></assignedAuthor></author>'
PATIENT = '<recordTarget><patientRole><id root="1.2.3"/></patientRole></recordTarget>'
KEEPER = (
    "<custodian><assignedCustodian><representedCustodianOrganization>"
    '<id root="1.2.3"/></representedCustodianOrganization></assignedCustodian></custodian>'
)
TIME = '<effectiveTime value="2020"/>'
SECRECY = '<confidentialityCode code="N"/>'
HEAD = START + TIME + SECRECY
TAIL = PATIENT + AUTHOR + KEEPER


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (HEAD + TAIL, []),
        (START + SECRECY + TAIL, [("CDA-MISSING", "ClinicalDocument")]),
        (START + SECRECY + TIME + TAIL, [("CDA-ORDER", "effectiveTime")]),
        (PATIENT + HEAD + AUTHOR + KEEPER, [("CDA-ORDER", "recordTarget")]),  # told once, not of each that it stands before
        (HEAD + AUTHOR + KEEPER + PATIENT, [("CDA-ORDER", "recordTarget")]),
        (START + TIME + TIME + SECRECY + TAIL, [("CDA-REPEATED", "effectiveTime")]),
        (HEAD + "<foo/>" + TAIL, [("CDA-CHILD", "foo")]),
        (HEAD + '<languageCode code="fr-FR"><originalText/></languageCode>' + TAIL, [("CDA-CHILD", "originalText")]),
        (HEAD.replace(TIME, '<title>A<reference value="#a"/></title>' + TIME) + TAIL, [("CDA-CHILD", "reference")]),
        (
            HEAD + TAIL.replace("</patientRole>", "<addr><city>A<thumbnail/></city></addr></patientRole>"),
            [("CDA-CHILD", "thumbnail")],
        ),
        (HEAD + "stray" + TAIL, [("CDA-TEXT", "ClinicalDocument")]),
        (START + TIME + '<confidentialityCode code="N" colour="red"/>' + TAIL, [("CDA-ATTRIBUTE", "confidentialityCode")]),
        (START + '<effectiveTime value="20AB"/>' + SECRECY + TAIL, [("CDA-FORM", "effectiveTime")]),
        (HEAD + PATIENT + AUTHOR.replace('<time value="2020"/>', "") + KEEPER, [("CDA-MISSING", "author")]),
        (START + TIME + '<confidentialityCode xsi:type="PQ" code="N"/>' + TAIL, [("CDA-TYPE", "confidentialityCode")]),
        (START + TIME + '<confidentialityCode xsi:type="v3:CE" code="N"/>' + TAIL, [("CDA-TYPE", "confidentialityCode")]),
        (START + TIME + '<confidentialityCode xmlns:v3="urn:hl7-org:v3" xsi:type="v3:CE" code="N"/>' + TAIL, []),
        (HEAD + TAIL.replace("<custodian>", '<custodian typeCode="CST ">'), [("CDA-SPACES", "custodian")]),
        (HEAD + TAIL.replace("</patientRole>", '<addr isNotOrdered="false "/></patientRole>'), [("CDA-SPACES", "addr")]),
        (HEAD + TAIL.replace("</patientRole>", '<addr><city language="fr-FR">A</city></addr></patientRole>'), []),
        (HEAD + TAIL.replace("</patientRole>", '<addr><city language="fr_FR"/></addr></patientRole>'), [("CDA-FORM", "city")]),
        (START + TIME + '<confidentialityCode code="N "/>' + TAIL, [("CDA-SPACES", "confidentialityCode")]),
        (HEAD + TAIL.replace("<custodian>", '<custodian typeCode="CST\u00a0">'), [("CDA-FORM", "custodian")]),
        (START.replace(' extension="POCD_HD000040"', "") + TIME + SECRECY + TAIL, [("CDA-ATTRIBUTE-MISSING", "typeId")]),
        (HEAD.replace(TIME, '<title xsi:nil="true"/>' + TIME) + TAIL, [("CDA-ATTRIBUTE", "title")]),
        (HEAD.replace('"A"/>', '"A"><originalText><x xmlns="urn:x"/></originalText></code>') + TAIL, []),
        (HEAD.replace('"A"/>', '"A"><originalText><x xmlns=""/></originalText></code>') + TAIL, [("CDA-CHILD", "{}x")]),
    ],
)
def test_a_defect_is_named_once_at_its_element(grammar: Grammar, data: Any, header: str, expected: list[tuple[str, str]]) -> None:
    assert [(rule, tag) for rule, tag, _ in defects(grammar, document(header))] == expected


def test_a_message_names_what_was_expected(grammar: Grammar, data: Any) -> None:
    found = defects(grammar, document(START + SECRECY + TAIL))
    assert found[0][2] == "<effectiveTime> is missing inside <ClinicalDocument>."


@pytest.mark.parametrize(
    ("header", "told"),
    [
        (
            START + '<effectiveTime value="12/03/2020"/>' + SECRECY + TAIL,
            "Expected: YYYYMMDD, or YYYYMMDDhhmmss followed by the offset",
        ),
        (HEAD.replace('"1.2.3"', '"1.02.3"') + TAIL, "Expected: an OID, numbers without leading zero"),
    ],
)
def test_a_hint_tells_a_form_in_words(grammar: Grammar, header: str, told: str) -> None:
    hints: list[str] = []
    grammar.check(nodes_of(document(header))[0], lambda _rule, _node, _message, hint, *_: hints.append(hint.en))
    assert [hint.startswith(told) for hint in hints] == [True]


def test_a_value_that_is_good_for_one_attribute_is_not_taken_as_good_for_another(grammar: Grammar) -> None:
    told = [defects(grammar, document(HEAD.replace('"1.2.3"', said) + TAIL)) for said in ('"1.2.3" extension="x y"', '"x y"')]
    assert [[(rule, tag) for rule, tag, _ in found] for found in told] == [[], [("CDA-FORM", "id")]]


@pytest.mark.parametrize(
    ("identifier", "is_good"),
    [
        ("a1", True),
        ("_", True),
        ("\u00c0", True),
        ("\ufffd", True),
        ("\u00bf", False),
        ("1a", False),
        ("\U0001f600", False),
        ("", False),
    ],
)
def test_an_id_begins_with_a_letter(data: Any, identifier: str, is_good: bool) -> None:
    for name in ("ID", "IDREF"):
        assert (re.fullmatch(data["forms"][name], identifier) is not None) is is_good


@pytest.mark.parametrize(
    ("number", "is_good"),
    [("1.5", True), ("-.5", True), ("1.2e6", True), ("1E-3", True), ("1e", False), ("1,5", False), ("NaN", False), ("INF", False)],
)
def test_a_real_may_have_an_exponent(data: Any, number: str, is_good: bool) -> None:
    assert (re.fullmatch(data["forms"]["decimal"], number) is not None) is is_good


@pytest.mark.parametrize(
    ("address", "is_good"),
    [
        ("#ref-1", True),
        ("", True),
        ("tel:+33 1 02", True),
        ("mailto:a@b.fr", True),
        ("http://[::1]:80/a?b=%C3%A9#c", True),
        ("a/b:c", True),
        ("é#", True),
        ("##ref-1", False),
        ("tel:1#2#3", False),
        ("%zz", False),
        (":a", False),
        ("1:a", False),
    ],
)
def test_an_address_is_a_reference_of_rfc_3986(data: Any, address: str, is_good: bool) -> None:
    assert (re.fullmatch(data["forms"]["anyURI"], address) is not None) is is_good


@pytest.mark.parametrize(
    ("model", "good", "bad"),
    [
        ("a:A b:B? c:C*", ["a", "a b", "a c c", "a b c"], ["", "b", "a b b", "a c b"]),
        ("(a:A | b:B)* c:C", ["c", "a b a c"], ["", "a", "c a"]),
        (
            "((low:T (width:Q? | high:T)?) | high:T | (width:Q high:T?))?",
            ["", "low", "low high", "high", "width high"],
            ["high low", "low width high"],
        ),
        ("(a:A a:A+)", ["a a", "a a a"], ["", "a"]),
    ],
)
def test_content_models_accept_what_they_say(model: str, good: list[str], bad: list[str]) -> None:
    content = Content(parse(model, {}))

    def accepts(children: str) -> bool:
        state: int | None = 0
        for tag in children.split():
            state = content.move(state, tag)
            if state is None:
                return False
        return content.accepting(state)

    assert [children for children in good if not accepts(children)] == []
    assert [children for children in bad if accepts(children)] == []


@pytest.mark.parametrize("model", ["a:A |)", "(a:A", "a:A ! b:B"])
def test_a_line_that_is_no_content_model_is_refused(model: str) -> None:
    with pytest.raises(ValueError, match=r"content model|parenthes"):
        Content(parse(model, {}))


def test_every_class_compiles_and_every_class_it_names_exists(grammar: Grammar, data: Any) -> None:
    for name in data["classes"]:
        content = grammar.class_named(name).content
        unknown = [cls for tag, cls in content.classes.items() if tag != "ANY" and cls != "xs:anyType" and not grammar.knows(cls)]
        assert unknown == [], name


@pytest.mark.official
def test_it_agrees_with_the_official_schema_on_seeded_edits(grammar: Grammar, data: Any, official: Path) -> None:
    """Same verdict, valid or not, on every official example and on edits of it: of the few that outweigh all the others together,
    fewer. xs:ID uniqueness is a rule of cda/header.
    """
    schema = etree.XMLSchema(etree.parse(str(official / "cda" / "xsd" / "CDA_extended.xsd"), PARSER))
    rng = random.Random(20261124)
    disagreements = []
    for path in sorted((official / "cda" / "examples").glob("*.xml")):
        root = etree.parse(str(path), PARSER).getroot()
        if etree.QName(root).localname != "ClinicalDocument":
            continue
        for number in range(8 if path.stat().st_size < 1_000_000 else 3):
            edited = copy.deepcopy(root)
            if number:
                edit(edited, rng)
            ours = defects(grammar, edited)
            again = etree.fromstring(etree.tostring(edited), PARSER)
            schema.validate(again)
            theirs = [entry.message for entry in schema.error_log if "xs:ID'" not in entry.message]
            if bool(ours) != bool(theirs):
                disagreements.append((path.name, ours[:2], theirs[:2]))
    assert disagreements == []


def edit(root: Any, rng: random.Random) -> None:
    elements = [element for element in root.iter() if isinstance(element.tag, str) and element is not root]
    element = rng.choice(elements)
    kind = rng.choice(EDITS)
    if kind == "drop":
        element.getparent().remove(element)
    elif kind == "repeat":
        element.addnext(copy.deepcopy(element))
    elif kind == "drop attribute" and element.attrib:
        del element.attrib[rng.choice(list(element.attrib))]
    elif kind == "spoil attribute" and element.attrib:
        element.set(rng.choice(list(element.attrib)), rng.choice(["", "ZZZ", "12 3", "20AB", "é", "true"]))
    elif kind == "swap" and element.getnext() is not None:
        element.getnext().addnext(element)
    elif kind == "rename":
        element.tag = "{urn:hl7-org:v3}" + rng.choice(["code", "id", "foo", "text", "value", "act"])
    elif kind == "text":
        element.text = "texte"
    elif kind == "new attribute":
        element.set(rng.choice(["code", "value", "foo", "nullFlavor"]), "X1")
    elif kind == "move" and element.getnext() is not None:
        element.getparent().insert(0, element)


def test_what_is_told_of_defects_is_what_the_data_have_words_for(data: Any) -> None:
    code = "".join(file.read_text() for file in Path(judging.__file__).parent.glob("*.py"))
    named = set(re.findall(r'"([a-z-]+)"', "".join(re.findall(r"(?:tell\(|what = )[^,\n]*", code))))
    assert named == data["remarks"].keys()
