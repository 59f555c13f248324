"""A mailbox in the name of another person of the document, and those that may be of its holder."""

from __future__ import annotations

import pytest
from lxml import etree

from harness.checks.functions.people import mailbox_of_another
from harness.checks.tree import nodes_of

_DOCUMENT = """<ClinicalDocument xmlns="urn:hl7-org:v3">
  <recordTarget><name><family qualifier="BR">LE GOFF</family><given qualifier="BR">ANNE</given></name></recordTarget>
  <author><assignedAuthor><telecom value="{address}"/>
    <assignedPerson><name><given>Paul</given><family>CHASSAIGNE</family></name></assignedPerson></assignedAuthor></author>
  <author><assignedAuthor><assignedPerson><name><given>Hélène</given><family>VIALATTE</family></name></assignedPerson></assignedAuthor></author>
  <author><assignedAuthor><assignedPerson><name><given>Bo</given><family>LI</family></name></assignedPerson></assignedAuthor></author>
  <author><assignedAuthor><assignedPerson><name><given>Luc</given><family>CHASSAIGNE</family></name></assignedPerson></assignedAuthor></author>
</ClinicalDocument>"""
_OF_ANOTHER = (
    "mailto:helene.vialatte@medecin.mssante.fr",
    "MAILTO:HELENE.VIALATTE2@chu.mssante.fr",
    "mailto:dr.helene-vialatte@exemple.fr",
    "mailto:vialatte_helene@chu.mssante.fr",
    "mailto:anne.legoff@exemple.fr",
    "mailto:anne.le-goff@exemple.fr",
)
_OF_ITS_HOLDER_PERHAPS = (
    "mailto:paul.chassaigne@medecin.mssante.fr",
    "mailto:luc.chassaigne@medecin.mssante.fr",  # a name for two: not told
    "mailto:p.chassaigne-vialatte@medecin.mssante.fr",
    "mailto:vialatte@cabinet.mssante.fr",  # of a practice
    "mailto:cabinet.helene.vialatte@exemple.fr",
    "mailto:helene.vialatte.secretariat@chu.mssante.fr",
    "mailto:h.vialatte@chu.mssante.fr",
    "mailto:bo.li@exemple.fr",
    "mailto:secretariat.cardiologie@chu.mssante.fr",
    "mailto:0123456789@exemple.fr",
    "mailto:@exemple.fr",
    "tel:+33470000000",
    "",
)


@pytest.mark.parametrize(
    ("address", "told"), [*((one, True) for one in _OF_ANOTHER), *((one, False) for one in _OF_ITS_HOLDER_PERHAPS)]
)
def test_a_mailbox_is_told_where_it_bears_the_name_of_another(address: str, told: bool) -> None:
    root = nodes_of(etree.fromstring(_DOCUMENT.format(address=address)))[0]
    assert mailbox_of_another(root.index.under("telecom")[0]) is told
