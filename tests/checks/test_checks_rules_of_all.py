"""What a function tells at once of many elements is what it tells of each."""

from __future__ import annotations

import pytest
from lxml import etree

from harness.checks.functions.legibility import is_legible, legible
from harness.checks.functions.repeating import repeating, repeats_sibling
from harness.checks.node import Node
from harness.checks.tree import nodes_of
from harness.checks.zone import Zone

_TEXTS = ("Dupont", "DupontÂ\u00a0", "null", " NaN ", "a < b", "<br/>", "{{nom}}", "Ã\u00a9tat", "é", "&amp;nbsp;", "")


def _nodes(inner: str) -> list[Node]:
    return nodes_of(etree.fromstring(f"<ClinicalDocument xmlns='urn:hl7-org:v3'>{inner}</ClinicalDocument>"))


def test_legible_texts_are_those_that_are_legible_one_by_one() -> None:
    escaped = (text.replace("<", "&lt;") for text in _TEXTS)
    nodes = _nodes("".join(f"<given>{text}</given>" for text in escaped))[1:]

    found = legible(nodes)

    assert [node in found for node in nodes] == [is_legible(node.whole_text) for node in nodes]
    assert 0 < len(found) < len(nodes)


def test_siblings_that_repeat_one_before_them_are_those_that_repeat_one_by_one() -> None:
    nodes = _nodes(
        "<id root='1.2' extension='a'/><id root='1.2' extension='b'/><id root='1.2' extension='a'/>"
        "<author><time value='2020'/></author><author><time value='2021'/></author><author><time value='2020'/></author>"
        "<text>a</text><text>b</text><text>a </text><title>x</title>"
    )

    found = repeating(nodes)

    assert [node in found for node in nodes] == [repeats_sibling(node) for node in nodes]
    assert [(node.tag, nodes.index(node)) for node in nodes if node in found] == [("id", 3), ("author", 8), ("text", 12)]


@pytest.mark.parametrize("keys", [("low",), ("low", "effectiveTime"), ("@value",), ("@value", "low"), ("/low",)])
@pytest.mark.parametrize("or_self", [False, True])
def test_what_is_below_a_few_small_elements_is_what_is_below_each(keys: tuple[str, ...], or_self: bool) -> None:
    period = "<effectiveTime value='1'><low value='2'/><high value='3'/></effectiveTime>"
    nodes = _nodes(f"<act>{period}<id/></act><low/><act><effectiveTime value='4'/></act><low value='5'/><act>{period}</act>")
    contexts = [node for node in nodes if node.tag == "effectiveTime"]

    found = Zone(contexts).below(keys, or_self)

    assert found == [below for one in contexts for below in one.index.below(one, keys, or_self)]
