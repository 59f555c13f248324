"""Each edit of a mutation, on a copy of the document."""

from __future__ import annotations

from typing import Any

import pytest
from lxml import etree

from harness.documents.mutation import apply
from harness.model import Mutation
from harness.namespaces import HL7_V3

DOCUMENT = f'<d xmlns="{HL7_V3}" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><a x="1">t</a>-<b/><b n="2"><c/></b></d>'

EDITS: list[tuple[Any, str]] = [
    ({"set": "cda:a/@x", "to": "2"}, '<a x="2">t</a>-<b/><b n="2"><c/></b>'),
    ({"set": "cda:b[@n='2' or ../@n]/@new", "to": "v"}, '<a x="1">t</a>-<b/><b n="2" new="v"><c/></b>'),
    ({"set": "//cda:a", "to": "u"}, '<a x="1">u</a>-<b/><b n="2"><c/></b>'),
    ({"set": "cda:a/@xsi:type", "to": "CD"}, '<a x="1" xsi:type="CD">t</a>-<b/><b n="2"><c/></b>'),
    ({"drop": "cda:a"}, '-<b/><b n="2"><c/></b>'),
    ({"drop": "cda:a/@x"}, '<a>t</a>-<b/><b n="2"><c/></b>'),
    ({"repeat": "cda:a"}, '<a x="1">t</a><a x="1">t</a>-<b/><b n="2"><c/></b>'),
    ({"rename": "cda:b", "to": "z"}, '<a x="1">t</a>-<z/><b n="2"><c/></b>'),
    ({"insert": "<n k='1'/>", "into": "cda:b[2]"}, '<a x="1">t</a>-<b/><b n="2"><c/><n k="1"/></b>'),
    ({"insert": "<n/><m/>", "into": "cda:b[2]", "at": "first"}, '<a x="1">t</a>-<b/><b n="2"><n/><m/><c/></b>'),
    ({"insert": "<n/>", "into": ".", "at": 2}, '<a x="1">t</a>-<n/><b/><b n="2"><c/></b>'),
    ({"move": "cda:b[2]", "before": "cda:a"}, '<b n="2"><c/></b><a x="1">t</a>-<b/>'),
    ({"move": "cda:a", "after": "cda:b[2]"}, '-<b/><b n="2"><c/></b><a x="1">t</a>'),
    ({"retype": "cda:b", "to": "ST"}, '<a x="1">t</a>-<b xsi:type="ST"/><b n="2"><c/></b>'),
    ([{"drop": "cda:a"}, {"drop": "cda:b[1]"}], '-<b n="2"><c/></b>'),
]


@pytest.mark.parametrize(("edit", "expected"), EDITS)
def test_an_edit_works_on_the_first_node_it_finds(edit: Any, expected: str) -> None:
    root = etree.fromstring(DOCUMENT)
    mutated = apply(Mutation("m", tuple(edit if isinstance(edit, list) else [edit]), ("x",)), root)
    assert mutated is not None
    inside = etree.tostring(mutated, method="c14n", with_comments=False).decode().partition(">")[2].removesuffix("</d>")
    whole = etree.fromstring(DOCUMENT.partition(">")[0] + f">{expected}</d>")
    assert inside == etree.tostring(whole, method="c14n").decode().partition(">")[2].removesuffix("</d>")
    assert etree.tostring(root).decode() == DOCUMENT


@pytest.mark.parametrize(
    "edit",
    [
        {"set": "cda:z/@x", "to": "1"},
        {"drop": "cda:a/@none"},
        {"drop": "."},
        {"repeat": "cda:z"},
        {"move": "cda:a", "before": "cda:z"},
    ],
)
def test_a_mutation_that_finds_nothing_is_not_applicable(edit: dict[str, str]) -> None:
    assert apply(Mutation("m", (edit,), ("x",)), etree.fromstring(DOCUMENT)) is None


@pytest.mark.parametrize("edit", [{"drop": "cda:a["}, {"insert": "<n>", "into": "."}, {"drop": "zz:a"}])
def test_an_edit_that_cannot_be_understood_is_an_error(edit: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="mutation m"):
        apply(Mutation("m", (edit,), ("x",)), etree.fromstring(DOCUMENT))
