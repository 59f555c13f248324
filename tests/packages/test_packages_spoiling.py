"""The edits on which our rules and the official ones are compared: drawn by seed, one at a time, of every kind."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "benchmarks"))

from spoiling import Spoiler

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
