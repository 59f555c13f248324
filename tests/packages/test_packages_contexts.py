"""Where the nodes of a rule's context are looked for: never in a set that could leave one out."""

from __future__ import annotations

import pytest

from harness.packages.contexts import EVERYTHING, selection


@pytest.mark.parametrize(
    ("context", "found"),
    [
        ("cda:section", "key('h:name', 'section')"),
        ("//cda:ClinicalDocument/cda:author[1]", "key('h:name', 'author')"),
        ("*[cda:templateId/@root='1.2.3']", "key('h:template', '1.2.3')"),
        ('cda:act[ cda:templateId[@root = "1.2"] ]', "key('h:template', \"1.2\")"),
        ("cda:act[cda:templateId/@root='1.2' and @moodCode='EVN']", "key('h:template', '1.2')"),
        ("cda:act[cda:templateId/@root='1.2' or @moodCode='EVN']", "key('h:name', 'act')"),
        ("cda:act[not(cda:templateId/@root='1.2')]", "key('h:name', 'act')"),
        ("cda:act[cda:templateId/@root='1.2']/cda:id", "key('h:name', 'id')"),
        ("cda:a | cda:b[x='c | d']", "key('h:name', 'a')|key('h:name', 'b')"),
        ("*", "//*"),
        ("cda:a|*[@x]", "//*"),
        ("cda:a/@b", "//@*"),
        ("cda:a|cda:b/attribute::c", "key('h:name', 'a')|//@*"),
        ("comment()", "//comment()"),
        ("/", "/"),
        ("cda:a[b/c]", "key('h:name', 'a')"),
        ("key('x', 'y')", EVERYTHING),
        ("node()", EVERYTHING),
        ("(cda:a|cda:b)/..", EVERYTHING),
    ],
)
def test_a_context_is_looked_for_where_it_can_be(context: str, found: str) -> None:
    assert selection([context]) == found


def test_contexts_of_a_pattern_are_looked_for_together() -> None:
    assert selection(["cda:a", "cda:b/@c", "cda:a[1]"]) == "key('h:name', 'a')|//@*"
    assert selection(["cda:a", "*[1]"]) == "//*"
    assert selection([]) == "()"
