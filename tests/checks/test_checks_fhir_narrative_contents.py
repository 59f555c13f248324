"""What has no place in a table or a list of a narrative is told, and nothing of what has."""

from __future__ import annotations

import pytest
from fhir_small import node, remarked
from lxml import etree

from harness.checks.fhir import narrative
from harness.checks.fhir.narrative_contents import may_be_misplaced, misplaced

XHTML = "http://www.w3.org/1999/xhtml"
CELL = "<tr><td>a</td></tr>"
MISPLACED = [
    ("<table>texte</table>", "table", "texte"),
    (f"<table>{CELL}texte</table>", "table", "texte"),
    (f"<table><table>{CELL}</table></table>", "table", "<table>"),
    ("<table><td>a</td></table>", "table", "<td>"),
    ("<table border='1'><tbody><p>a</p></tbody></table>", "tbody", "<p>"),
    ("<table><tr>texte<td>a</td></tr></table>", "tr", "texte"),
    ("<table><tr><td>a</td><br/></tr></table>", "tr", "<br>"),
    ("<table><thead>titre</thead></table>", "thead", "titre"),
    ("<ul>texte</ul>", "ul", "texte"),
    ("<ul><li>a</li><ul><li>b</li></ul></ul>", "ul", "<ul>"),
    ("<ol><li>a</li>,</ol>", "ol", ","),
    ("<dl><dt>a</dt><p>b</p></dl>", "dl", "<p>"),
    ("<p><br>texte</br></p>", "br", "texte"),
    ("<p>a<p>b</p></p>", "p", "<p>"),
    (f"<p class='a'>a <b>b</b> <i>c</i><table>{CELL}</table></p>", "p", "<table>"),
    ("<p><b><ul><li>a</li></ul></b></p>", "p", "<ul>"),
    ("<li>a</li>", "div", "<li>"),
    ("<b><td>a</td></b>", "b", "<td>"),
    ("<dt>a</dt>", "div", "<dt>"),
]
IN_PLACE = [
    f"<table><caption>a</caption><colgroup><col/></colgroup><thead>{CELL}</thead><tfoot>{CELL}</tfoot><tbody>{CELL}</tbody></table>",
    f"<table class='a' title='x'>\n <!-- rien --> {CELL}\n<!-- rien -->{CELL} </table>",
    "<table><tr><td><table><tr><th>a</th></tr></table>et <b>du</b> texte</td>\n<td/></tr></table>après",
    f"<table title='a &gt; b'>{CELL}</table>",
    f"<table title='a > b'>{CELL}</table>",
    "<table/>texte<table></table>texte",
    "<ul><li>a<ul><li>b</li></ul></li>\n<li>c</li></ul>texte",
    "<ol type='a'>\n<li><p>a</p> b</li></ol>",
    "<dl><dt>a</dt><dd>b<br/>c</dd></dl><hr/>texte",
    "<p>a<br/>b<br></br>c <img src='#a' alt='b'/> d</p>",
    "<p>a</p>texte<div>b</div>",
    "<p/><div>a</div><p>a <b>b</b><br/>c</p><ul><li><p>a</p></li></ul>",
    "<pre>a</pre><p>b <q>c</q> <dfn>d</dfn> <tt>e</tt></p><p>f</p><h1>g</h1><p>h</p><hr/>",
]


def rooted(inner: str) -> str:
    return f'<div xmlns="{XHTML}">a{inner}</div>'


def told(inner: str) -> list[str]:
    text = {"status": "generated", "div": rooted(inner)}
    div = node({"resourceType": "Patient", "text": text}).children["text"][0].children["div"][0]
    return [remark.rule for remark in remarked(narrative.judge, div, None)]


@pytest.mark.parametrize(("inner", "where", "there"), MISPLACED)
def test_what_stands_outside_of_rows_cells_and_items_is_told(inner: str, where: str, there: str) -> None:
    assert may_be_misplaced(inner)
    assert list(misplaced(etree.fromstring(rooted(inner)))) == [(where, there)]
    assert told(inner) == ["FHIR-NARRATIVE"]


@pytest.mark.parametrize("inner", IN_PLACE)
def test_what_stands_in_them_or_around_is_not(inner: str) -> None:
    assert list(misplaced(etree.fromstring(rooted(inner)))) == []
    assert told(inner) == []


@pytest.mark.parametrize(
    "inner",
    ["<a href='java&#115;cript:a'>b</a>", "<b title='a > b' onclick='c'>d</b>", "<b onclick='c'>d</b>", "<script>a</script>"],
)
def test_what_does_harm_is_told_however_it_is_written(inner: str) -> None:
    assert told(inner) == ["FHIR-INVARIANT:txt-1"]


@pytest.mark.parametrize(
    "inner", ["<b title='a > b' lang='fr'>d</b>", "<![CDATA[<script>]]>", "<!-- <script> -->b", "<a href='a'/>"]
)
def test_what_only_looks_like_it_does_none(inner: str) -> None:
    assert told(inner) == []
