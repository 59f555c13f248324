"""XPath 1.0 parsed: what is read, how it is normalised, and where an expression stops being one."""

from __future__ import annotations

from typing import Any

import pytest

from harness.library import expressions, xpath


@pytest.mark.parametrize(
    ("text", "parsed"),
    [
        ("@a", ("path", "context", (("attribute", ("name", "a"), ()),))),
        ("cda:a", ("path", "context", (("child", ("name", "a"), ()),))),
        ("a", ("path", "context", (("child", ("name", "{}a"), ()),))),
        ("sdtc:a/*", ("path", "context", (("child", ("name", "sdtc:a"), ()), ("child", ("any",), ())))),
        ("//cda:a", ("path", "root", (("descendant", ("name", "a"), ()),))),
        (".//cda:a", ("path", "context", (("descendant", ("name", "a"), ()),))),
        ("..", ("path", "context", (("parent", ("node",), ()),))),
        (".", ("path", "context", ())),
        ("/", ("path", "root", ())),
        ("1 - 2 - 3", ("math", "-", ("math", "-", ("number", 1.0), ("number", 2.0)), ("number", 3.0))),
        ("1 or 2 and 3", ("or", ("number", 1.0), ("and", ("number", 2.0), ("number", 3.0)))),
        ("* * 2", ("math", "*", ("path", "context", (("child", ("any",), ()),)), ("number", 2.0))),
        ("'a' = \"b'\"", ("compare", "=", ("text", "a"), ("text", "b'"))),
        ("-1", ("minus", ("number", 1.0))),
        ("cda:div div cda:mod", None),
        ("self::cda:a or ancestor::node()", None),
    ],
)
def test_an_expression_is_read(text: str, parsed: Any) -> None:
    found = xpath.parse(text)
    assert parsed is None or found == parsed


def test_a_position_after_two_slashes_counts_under_each_parent() -> None:
    found = xpath.parse("//cda:a[1]")
    assert [step[0] for step in found[2]] == ["descendant-or-self", "child"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "a name expected at the end"),
        ("cda:a[", "a name expected at the end"),
        ("cda:a]", "column 6: nothing more expected"),
        ("cda:a/", "a name expected"),
        ("zz:a", "no namespace is called zz"),
        ("count()", "count takes 1 arguments"),
        ("substring('a')", "substring takes 2 to 3 arguments"),
        ("nothing(1)", "no such function"),
        ("h:is-ins(1)", "no such function"),
        ("cda:a/@b/..", "may follow an attribute"),
        ("namespace::a", "no axis is called namespace"),
        ("$a", "column 1: '$a' is not understood"),
        ("'a", "is not understood"),
        ("1 +", "a name expected at the end"),
        ("(1", "')' expected at the end"),
    ],
)
def test_what_is_no_expression_is_told_with_its_column(text: str, said: str) -> None:
    with pytest.raises(xpath.XPathError) as error:
        xpath.parse(text)
    assert said in str(error.value)


@pytest.mark.parametrize(
    ("text", "leads"),
    [
        ("cda:a", True),
        ("cda:a | cda:b", True),
        ("(cda:a)[1]", True),
        (".", True),
        ("@a", False),
        ("cda:a/text()", False),
        ("1", False),
    ],
)
def test_whether_an_expression_leads_to_elements(text: str, leads: bool) -> None:
    assert expressions.leads_to_elements(xpath.parse(text)) is leads
