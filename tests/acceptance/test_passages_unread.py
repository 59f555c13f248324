"""Passages and labels of the official summary that nobody can read are told; what is near and conformant is not."""

from __future__ import annotations

from typing import Any

import pytest
from cda_examples import Examples
from lxml import etree

from cda_edits import NS, Edit, all_of, one, put, text

VSM = "VSM_1.4_2022.01"
CITED = "//c:section[c:templateId/@root='1.2.250.1.213.1.1.2.143']/c:entry[1]/c:substanceAdministration/c:text/c:reference"
LABEL = "//c:value[@code='N10']"
PASSAGE = "//c:content[@ID='med-001-pdt']"


def emptied(*more: Edit) -> Edit:
    return all_of(text(PASSAGE, ""), *more)


def beside(words: str) -> Edit:
    def edit(root: Any) -> None:
        etree.SubElement(one(root, f"//c:tr[.{PASSAGE}]"), f"{{{NS['c']}}}td").text = words

    return edit


def above(words: str) -> Edit:
    def edit(root: Any) -> None:
        paragraph = etree.Element(f"{{{NS['c']}}}paragraph")
        paragraph.text = words
        one(root, f"//c:section/c:text[.{PASSAGE}]").insert(0, paragraph)

    return edit


def after(words: str) -> Edit:
    return lambda root: setattr(one(root, PASSAGE), "tail", words)


TOLD: list[tuple[str, str, Edit]] = [
    ("BODY-TEXT-30", "an empty passage", emptied()),
    ("BODY-TEXT-30", "blanks", text(PASSAGE, " \u00a0 ")),
    *(
        ("REF-02", address, put(CITED, "value", address))
        for address in (
            "http://localhost/vsm.xml#med-001-pdt",
            "https://localhost:8443/",
            "http://127.0.0.1/vsm",
            "http://localhost",
            "file:///C:/vsm.xml",
        )
    ),
    *(
        ("BODY-CODE-10", label, put(LABEL, "displayName", label))
        for label in (
            "Py&eacute;lon&eacute;phrite aigu&euml;",
            "<b>Pyélonéphrite</b>",
            "PyÃ©lonÃ©phrite",
            "Pyélonéphrite &#224; E. coli",
            "Py?lon?phrite aigu?",
        )
    ),
]
LET_PASS: list[tuple[str, str, Edit]] = [
    ("BODY-TEXT-30", "an anchor before the words", emptied(after("PLAVIX 75 mg"))),
    ("BODY-TEXT-30", "an anchor in a cell beside", emptied(beside("PLAVIX 75 mg"))),
    ("BODY-TEXT-30", "an anchor beside another brand", emptied(beside("GENERIQUE 75 mg"))),
    ("BODY-TEXT-30", "an anchor before the table", emptied(above("PLAVIX 75 mg"))),
    ("BODY-TEXT-30", "a medicine in short", text(PASSAGE, "Plavix")),
    *(
        ("REF-02", address, put(CITED, "value", address))
        for address in (
            "https://www.exemple.fr/vsm#med",
            "http://localhost.exemple.fr/vsm",
            "https://exemple.fr/?de=localhost",
            "http://127.0.0.10.exemple.fr/vsm",
            "urn:uuid:5e0a9a52-0c3b-4d3e-9b1f-6b7b0c1a2d3e",
        )
    ),
    *(
        ("BODY-CODE-10", label, put(LABEL, "displayName", label))
        for label in (
            "Pyélonéphrite & cystite",
            "Pyélonéphrite < 7 jours",
            "ÂGE : PYÉLONÉPHRITE",
            "Pyélonéphrite (M&D;)",
            "Pyélonéphrite ? (à confirmer)",
            "Créatinine <30 et >15",
        )
    ),
]


@pytest.mark.official
@pytest.mark.parametrize(("rule", "what", "edit"), TOLD, ids=lambda said: said if isinstance(said, str) else "")
def test_what_nobody_can_read_is_told(examples: Examples, rule: str, what: str, edit: Edit) -> None:
    assert rule in examples.told(VSM, edit), what


@pytest.mark.official
@pytest.mark.parametrize(("rule", "what", "edit"), LET_PASS, ids=lambda said: said if isinstance(said, str) else "")
def test_what_is_near_and_legible_is_not(examples: Examples, rule: str, what: str, edit: Edit) -> None:
    assert rule not in examples.told(VSM, edit), what
