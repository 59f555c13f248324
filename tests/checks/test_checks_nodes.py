"""What a node knows of the element it stands for."""

from __future__ import annotations

import pytest
from lxml import etree

from harness.checks.runtime import claiming
from harness.checks.tree import nodes_of
from harness.namespaces import HL7_V3


@pytest.mark.parametrize(
    ("inside", "bears"),
    [
        ("", False),
        (" \n\t", False),
        ("x", True),
        ("\u00a0", True),
        ("<b/>", False),
        ("<b>x</b>\n", False),
        ("<b/>x", True),
        ("<!-- c -->", False),
        ("<!-- c -->x", True),
        ("\n<b/><?p?>x", True),
        ("<![CDATA[x]]>", True),
    ],
)
def test_an_element_has_text_wherever_it_stands_among_its_children(inside: str, bears: bool) -> None:
    assert nodes_of(etree.fromstring(f"<a>{inside}</a>"))[0].has_text is bears


def test_nodes_of_a_part_know_nothing_of_what_is_around_it() -> None:
    part = etree.fromstring("<a>x<b><c/><c><d/></c></b>y<!-- c -->z</a>")[0]
    nodes = nodes_of(part)
    assert [(node.order, node.end, node.has_text) for node in nodes] == [(0, 3, False), (1, 1, False), (2, 3, False), (3, 3, False)]
    assert nodes[0].parent is None
    assert nodes[0].named == {"{}c": [nodes[1], nodes[2]]}


def test_those_that_claim_a_template_are_in_document_order_wherever_they_write_it() -> None:
    claim = '<templateId root="1.2"/>'
    late = f'<section><id/><section>{claim}{claim}</section>{claim}<templateId root="1.3"/><templateId/></section>'
    root, outer, _, inner, *_ = nodes_of(etree.fromstring(f'<section xmlns="{HL7_V3}">{late}</section>'))
    assert claiming(root, "1.2", "section") == [outer, inner]
    assert claiming(outer, "1.2", "section") == [inner]
    assert claiming(root, "1.3", "*") == [outer]
    assert claiming(root, "", "*") == ()


def test_attributes_in_a_namespace_are_found_by_their_short_name() -> None:
    xsi = "http://www.w3.org/2001/XMLSchema-instance"
    node, below = nodes_of(etree.fromstring(f'<a xmlns:x="{xsi}" x:type="CD" code="1"><b code="2"/></a>'))
    assert node.attributes == {"xsi:type": "CD", "code": "1"}
    assert list(node.index.under("@xsi:type")) == [node]
    assert list(node.index.under("@code")) == [node, below]
