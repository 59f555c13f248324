"""The edits on which our rules and the official ones are compared: drawn by seed, one at a time, of every kind."""

from __future__ import annotations

import sys
from pathlib import Path

from lxml import etree

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "benchmarks"))

from mistakes import _allowed

from spoiling import RARE, Spoiler

BODY = "".join(f'<entry n="{n}"><code code="C{n}" codeSystem="1.2"/><value xsi:type="CD" code="V{n}"/></entry>' for n in range(9))
DOCUMENT = (
    f'<ClinicalDocument xmlns="urn:hl7-org:v3" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">{BODY}</ClinicalDocument>'
)


def test_the_same_seed_draws_the_same_edits_and_another_draws_others() -> None:
    one, same, other = (Spoiler(DOCUMENT.encode(), seed).draw(20) for seed in ("1", "1", "2"))
    assert one == same
    assert one != other


def test_every_edit_differs_from_the_clean_document_and_leaves_it_clean() -> None:
    spoiler = Spoiler(DOCUMENT.encode(), "1")
    clean = spoiler.clean()
    assert all(edited.document != clean for edited in spoiler.draw(60))
    assert spoiler.clean() == clean


def test_every_kind_is_drawn() -> None:
    kinds = {edited.edit.split()[0] for edited in Spoiler(DOCUMENT.encode(), "1").draw(300)}
    wanted = {"drop", "repeat", "empty", "swap", "retype", "foreign", "drop-attribute", "spoil", "another-code"}
    assert kinds == wanted


def test_the_cda_inside_a_stylesheet_is_what_is_edited() -> None:
    wrapped = f'<xsl:stylesheet xmlns:xsl="http://www.w3.org/1999/XSL/Transform" version="1.0">{DOCUMENT}</xsl:stylesheet>'
    assert Spoiler(wrapped.encode(), "1").clean().startswith(b"<ClinicalDocument")


def test_each_mistake_that_is_asked_for_is_made_and_changes_what_the_document_says() -> None:
    more = (
        "<component><section ID='a'><templateId root='1.1'/><code code='A' codeSystem='1.2'/>"
        "<entry><observation classCode='OBS' moodCode='EVN'><templateId root='1.3'/><text><reference value='#a'/></text>"
        "<statusCode code='completed'/><effectiveTime value='20240131'/></observation></entry></section></component>"
        "<component><section ID='b'><templateId root='1.4'/><text>b</text>"
        "<entry><observation classCode='OBS' moodCode='EVN'><templateId root='1.5'/></observation></entry></section></component>"
    )
    spoiler = Spoiler(DOCUMENT.replace("</ClinicalDocument>", f"{more}</ClinicalDocument>").encode(), "1")
    clean = etree.tostring(etree.fromstring(spoiler.clean()), method="c14n")
    for kind in RARE:
        edits = spoiler.draw(5, [kind])
        assert len(edits) == 5, kind
        assert all(etree.tostring(etree.fromstring(one.document), method="c14n") != clean for one in edits), kind


def test_an_element_loses_its_namespace_and_what_is_inside_keeps_its_own() -> None:
    edits = Spoiler(DOCUMENT.encode(), "1").draw(200, ["namespace"])
    edited = next(one for one in edits if one.edit == "namespace entry[1] -> ''")
    entry = etree.fromstring(edited.document)[0]
    assert (entry.tag, entry[0].tag) == ("entry", "{urn:hl7-org:v3}code")


def test_a_structural_code_is_replaced_by_those_that_the_schema_allows_there() -> None:
    allowed = _allowed("substanceAdministration", None)
    assert set(allowed["moodCode"]) == {"DEF", "EVN", "INT", "PRMS", "PRP", "RQO"}
    assert allowed["classCode"] == ("SBADM",)
