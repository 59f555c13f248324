"""Our evaluation of XPath against libxml2's: every rule of ours on every official example, and a table of expressions."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from harness.checks.functions.rule_functions import RuleFunctions
from harness.checks.node import Node
from harness.checks.questions import Questions
from harness.checks.tree import nodes_of
from harness.documents import read
from harness.errors import UsageError
from harness.library import Library
from harness.library.functions import FUNCTIONS, Signature
from harness.library.xpath import XPathError
from harness.model import Environment

NAMESPACES = {
    "cda": "urn:hl7-org:v3",
    "xsi": "http://www.w3.org/2001/XMLSchema-instance",
    "sdtc": "urn:hl7-org:sdtc",
    "lab": "urn:oid:1.3.6.1.4.1.19376.1.3.2",
    "pharm": "urn:ihe:pharm:medication",
    "h": "urn:test:functions",
}
XSI_TYPE = f"{{{NAMESPACES['xsi']}}}type"
NOW = datetime(2026, 11, 24, tzinfo=UTC)

DOCUMENT = b"""<ClinicalDocument xmlns="urn:hl7-org:v3" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
  xmlns:sdtc="urn:hl7-org:sdtc">
  <id root="1.2.3" extension="a"/><id root="1.2.4" extension="b"/><id root="1.2.4" extension="b"/>
  <title>  Un
     titre </title>
  <a n="1"><b n="2"/>t<b n="3"><c/><c n="4"/></b><!-- no --></a>
  <a n="5"><b/><sdtc:b n="6"/></a><x xmlns="">none</x>
  <value xsi:type="CD" value="12"/><value value="-3.50"/>
</ClinicalDocument>"""

NODES = [
    "cda:id",
    "cda:id[1]",
    "cda:id[last()]",
    "cda:id[position() > 1]",
    "cda:id[@root = '1.2.4'][2]",
    "cda:id[2][@root = '1.2.4']",
    "//cda:b",
    "//cda:b[1]",
    "(//cda:b)[1]",
    "(//cda:b)[last()]",
    "cda:a/cda:b",
    "cda:a[2]/preceding-sibling::cda:a",
    "cda:a[1]/following-sibling::*[1]",
    "//cda:c/ancestor::cda:a",
    "//cda:c/ancestor-or-self::*",
    "//cda:c/..",
    "//cda:c/../..",
    "descendant::*[self::cda:b or self::cda:c]",
    ".//*[@n and not(@n = '3')]",
    "cda:*[@n]",
    "//sdtc:b",
    "//x",
    "sdtc:*",
    "cda:a//cda:c",
    "/cda:ClinicalDocument/cda:a",
    "/*/cda:a[cda:b/cda:c]",
    "cda:a[cda:b[@n > 2]]",
    "cda:a[count(cda:b) = 2]",
    "cda:a[not(cda:b/@n)]",
    "cda:id[preceding-sibling::cda:id[@root = '1.2.4']]",
    "cda:a/*[last()]",
    "cda:a/cda:b[position() = last()]",
    "descendant-or-self::*[@n = //cda:c/@n]",
    "cda:value[@xsi:type = 'CD']",
    "cda:a/self::cda:a",
    "self::cda:ClinicalDocument",
    "self::cda:other",
    ".",
    "cda:id[@extension != 'a']",
    "cda:id[@root = ../cda:id[3]/@root]",
    "cda:id[@root = @extension]",
    ".//*[@n = @n]",
    "cda:a[.//cda:c]",
    "cda:id[starts-with(@root, '1.2')][contains(@extension, 'b')]",
    "cda:title[normalize-space() = 'Un titre']",
    "cda:a[text()[normalize-space()]]",
    # unions are in document order and hold each element once
    "cda:id | cda:a",
    "cda:a/cda:b | cda:id | //cda:c",
    "(cda:id | cda:a)[2]",
    "//cda:b/.. | cda:a",
]

VALUES = [
    "string(cda:title)",
    "string((//cda:c/@n | cda:a/@n)[last()])",
    "string((cda:a[2]/@n | cda:a/cda:b/@n | @n)[1])",
    "normalize-space(cda:title)",
    "count(//cda:b)",
    "count(//cda:b) + 2 * 3 - 1",
    "7 div 2",
    "7 mod 4",
    "-7 mod 4",
    "1 div 0",
    "0 div 0",
    "- count(cda:id)",
    "concat(cda:id/@root, '|', cda:id[2]/@extension, '|', 3)",
    "substring('12345', 2, 3)",
    "substring('12345', 1.5, 2.6)",
    "substring('12345', 0, 3)",
    "substring('12345', 2)",
    "substring-before('a/b/c', '/')",
    "substring-after('a/b/c', '/')",
    "substring-before('abc', '/')",
    "translate('bar', 'abc', 'AB')",
    "string-length(cda:id/@root)",
    "number('12')",
    "number(' 12.50 ')",
    "number('x')",
    "sum(cda:value/@value)",
    "floor(2.6) + ceiling(2.1) + round(2.5)",
    "round(-2.5)",
    "local-name(cda:a)",
    "local-name(cda:none)",
    "boolean(cda:none)",
    "boolean('')",
    "boolean('false')",
    "boolean(0)",
    "not(cda:a)",
    "true() and not(false())",
    "cda:id/@root = '1.2.4'",
    "cda:id/@root != '1.2.4'",
    "cda:none/@root != '1.2.4'",
    "cda:none = ''",
    "cda:value/@value > 11",
    "cda:value/@value < -3",
    "cda:a/@n = cda:a/cda:b/@n",
    "cda:a/@n >= cda:a/cda:b/@n",
    "'a' = \"a\"",
    "1 = '1'",
    "true() = 'x'",
    "cda:a = true()",
    "string(1.50)",
    "string(1000000)",
    "string(cda:a/@n = 5)",
    "cda:id/@extension = 'a' or cda:none and cda:none",
]


def lxml_functions(functions: RuleFunctions, nodes: dict[etree._Element, Node]) -> dict[tuple[str, str], Callable[..., Any]]:
    def adapted(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def text(value: Any) -> str:
            if isinstance(value, list):
                value = value[0] if value else ""
            if isinstance(value, float):
                return str(etree.XPath("string($number)")(etree.Element("any"), number=value))
            return value if isinstance(value, str) else str(etree.XPath("string()")(value))

        def call(_context: Any, *arguments: Any) -> Any:
            if FUNCTIONS[name].takes_nodes:
                return function(*[[nodes[element] for element in argument] for argument in arguments])
            return function(*[text(argument) for argument in arguments])

        return call

    return {(NAMESPACES["h"], name.removeprefix("h:")): adapted(name, function) for name, function in functions.table().items()}


def same(ours: Any, theirs: Any) -> bool:
    return ours == theirs or (isinstance(theirs, float) and theirs != theirs and ours != ours)


@pytest.mark.parametrize("expression", NODES)
def test_paths_select_the_elements_that_libxml2_selects(expression: str) -> None:
    root = etree.fromstring(DOCUMENT)
    node = nodes_of(root)[0]
    ours = [found.element for found in Questions({}).nodes(expression)(node)]
    assert ours == root.xpath(expression, namespaces=NAMESPACES)


@pytest.mark.parametrize(
    "union",
    [
        "cda:value/@value | cda:id/@root",
        "cda:id/@extension | cda:id/@root | cda:a/@n",
        "//@extension | cda:id/@root",
        "cda:value/@xsi:type | cda:value/@value",
        "cda:a/cda:b/@n | cda:id[@extension = 'a']/@root | cda:a/cda:b/../@n",
        "(cda:a | cda:id)[1]/@extension | cda:id[2]/@root",
        "cda:id/@extension[. = 'b'] | cda:id/@root",
    ],
)
def test_unions_of_attributes_are_in_document_order_and_hold_each_once(union: str) -> None:
    root = etree.fromstring(DOCUMENT)
    node = nodes_of(root)[0]
    asked = Questions({})
    for expression in (union, f"({union})[1]", f"({union})[2]", f"({union})[last()]", f"({union})[position() > 1]"):
        assert asked.nodes(expression)(node) == root.xpath(expression, namespaces=NAMESPACES), expression
    assert asked.number(f"count({union})")(node) == root.xpath(f"count({union})", namespaces=NAMESPACES)


@pytest.mark.parametrize(
    "union", ["cda:id | cda:id/@root", "cda:a/text() | cda:title/text()", "cda:id/@* | cda:id/@root", "cda:id | 1"]
)
def test_a_union_whose_order_is_not_known_is_refused(union: str) -> None:
    with pytest.raises(XPathError, match="a union is of elements"):
        Questions({}).nodes(union)


@pytest.mark.parametrize("expression", VALUES)
def test_values_are_those_of_libxml2(expression: str) -> None:
    root = etree.fromstring(DOCUMENT)
    node = nodes_of(root)[0]
    asked = Questions({})
    assert same(asked.truth(expression)(node), root.xpath(f"boolean({expression})", namespaces=NAMESPACES))
    assert asked.text(expression)(node) == root.xpath(f"string({expression})", namespaces=NAMESPACES)
    assert same(asked.number(expression)(node), root.xpath(f"number({expression})", namespaces=NAMESPACES))


def test_a_path_from_the_root_is_compared_and_then_told_as_a_text() -> None:
    node = nodes_of(etree.fromstring(DOCUMENT))[0]
    asked = Questions({})
    assert asked.truth("'1.2.4' = /cda:ClinicalDocument/cda:id/@root")(node)
    assert asked.text("/cda:ClinicalDocument/cda:id/@root")(node) == "1.2.3"
    assert asked.truth("'b' = /cda:ClinicalDocument/cda:id/@extension")(node)


@pytest.mark.official
def test_every_rule_holds_and_fails_where_it_does_with_libxml2(official: Path) -> None:
    library = Library.open()
    rules = {
        (rule.context, rule.test)
        for head in library.heads()
        if head.kind == "cda"
        for rule in library.profile(head.coordinate).rules
    }
    functions = RuleFunctions(library, NOW)
    asked = Questions(functions.table())
    ours = [(asked.nodes(context), asked.truth(test)) for context, test in sorted(rules)]
    for file in sorted((official / "cda" / "examples").glob("*.xml"))[::6]:
        root = read(file.read_bytes(), file.name).root
        assert root is not None
        nodes = nodes_of(root)
        for node in nodes:
            if "xsi:type" in node.attributes:  # libxml2 knows no QName: our nodes say `PQ` of `c:PQ`
                node.element.set(XSI_TYPE, node.attributes["xsi:type"])
        functions.begin(nodes[0], Environment.TEST)
        extensions = lxml_functions(functions, {node.element: node for node in nodes})
        for (context, test), (our_context, our_test) in zip(sorted(rules), ours, strict=True):
            theirs = etree.XPath(context, namespaces=NAMESPACES, extensions=extensions)(root)
            found = our_context(nodes[0])
            assert [node.element for node in found] == theirs, (file.name, context)
            holds = etree.XPath(f"boolean({test})", namespaces=NAMESPACES, extensions=extensions)
            for node in found:
                assert our_test(node) == holds(node.element), (file.name, context, test)


def test_every_function_is_documented() -> None:
    known = RuleFunctions(Library.open(), NOW).table()
    documented = (Path(__file__).parents[2] / "docs" / "functions.md").read_text("utf-8")
    assert [name for name in known if f"`{name}(" not in documented] == []


def test_a_function_that_is_written_on_one_side_only_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(FUNCTIONS, "h:half", Signature(1, "boolean"))
    with pytest.raises(UsageError, match="function half written: h:half"):
        RuleFunctions(Library.open(), NOW).table()
