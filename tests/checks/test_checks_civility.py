"""A civility within a name, and names that only look like one."""

from __future__ import annotations

import pytest
from lxml import etree

from harness.checks.functions.legibility import legible
from harness.checks.functions.people import is_bare, names_are_bare
from harness.checks.node import Node
from harness.checks.tree import nodes_of

_TITLED = (
    *("Dr MEDIONI", "DR. MEDIONI", "Pr Durand", "Docteur DUPONT"),
    *("M. DUPONT", "M.DUPONT", "Mme Dupont", "MLLE DUPONT", "Mr Dupont"),
)
_BARE = (
    *("Le Maître", "DOCTEUR", "DOCTEUR MARTIN", "Monsieur", "MADAME MARTIN", "Mme", "DR", "M BAREK", "M'BAREK", "MELLE DUPONT"),
    *("Drapier", "PRADO", "Mrabet", "MBAYE", "Mc. Donald", "Mendes", "Null", "Ãngelo", "João", "D. SOUZA"),
    *("M. D.", "PR. K", "DR. N.", "Dr-Martin", "Le Docteur", "Maître"),
)


@pytest.mark.parametrize(("name", "bare"), [*((name, False) for name in _TITLED), *((name, True) for name in _BARE)])
def test_a_family_name_is_bare_unless_a_civility_begins_it(name: str, bare: bool) -> None:
    assert is_bare("family", name) is bare


@pytest.mark.parametrize(("name", "bare"), [("M. Christine", True), ("Melle", True), ("Docteur", True), ("Dr Charles", False)])
def test_of_the_civilities_of_a_given_name_only_a_title_is_sure(name: str, bare: bool) -> None:
    assert is_bare("given", name) is bare


@pytest.mark.parametrize("already_read", [True, False])
def test_names_of_a_document_are_asked_together(already_read: bool) -> None:
    for name, bare in (("MEDIONI", True), ("Dr MEDIONI", False), ("Monique", True)):
        root = _document(f"<title>Synthèse</title><author><family>{name}</family></author>")
        if already_read:
            legible(root.children + root.children[1].children)

        assert names_are_bare(root) is bare


def _document(inner: str) -> Node:
    return nodes_of(etree.fromstring(f"<ClinicalDocument xmlns='urn:hl7-org:v3'>{inner}</ClinicalDocument>"))[0]
