"""What an internal reference repeats of the entry that it names."""

from __future__ import annotations

import pytest
from lxml import etree

from harness.checks.functions.internal_references import reference_fault
from harness.checks.tree import nodes_of

_ICD, _SCT = "2.16.840.1.113883.6.3", "2.16.840.1.113883.6.96"
_ENTRIES = f"""
<act classCode='ACT'><id root='concern'/><code nullFlavor='NA'/><entryRelationship>
  <observation classCode='OBS'><id root='pressure'/><code code='282291009' codeSystem='{_SCT}'/>
    <value code='I10' codeSystem='{_ICD}'/></observation></entryRelationship></act>
<observation classCode='OBS'><id root='diabetes'/><value code='E11.9' codeSystem='{_ICD}'/></observation>
<procedure classCode='PROC'><id root='surgery'/><code code='HMFC004' codeSystem='1.2.250.1.215.300.1'/></procedure>
<observation classCode='OBS'><id root='translated'/><value code='38341003' codeSystem='{_SCT}'>
  <translation code='I10' codeSystem='{_ICD}'/></value></observation>
<observation classCode='OBS'><id root='shared'/><value code='J45' codeSystem='{_ICD}'/></observation>
<observation classCode='OBS'><id root='shared'/><value code='N10' codeSystem='{_ICD}'/></observation>
<substanceAdministration classCode='SBADM'><id root='treatment'/><consumable><manufacturedProduct><manufacturedMaterial>
  <code code='3400930000001' codeSystem='1.2.250.1.213.2.3.1'>
    <translation code='C09AA05' codeSystem='2.16.840.1.113883.6.73'/></code>
</manufacturedMaterial></manufacturedProduct></consumable></substanceAdministration>"""


@pytest.mark.parametrize(
    ("identifier", "code", "system", "fault"),
    [
        ("pressure", "I10", _ICD, ""),
        ("concern", "I10", _ICD, ""),  # the concern that holds it
        ("diabetes", "I10", _ICD, "another"),
        ("diabetes", "E11", _ICD, "code"),  # of no entry
        ("pressure", "282291009", _SCT, ""),  # the code of the entry, not its value
        ("surgery", "I10", _ICD, ""),  # coded in another system: nothing is compared
        ("translated", "I10", _ICD, ""),
        ("shared", "N10", _ICD, ""),  # two entries of one identifier
        ("shared", "I10", _ICD, "another"),
        ("nobody", "I10", _ICD, "nothing"),
        ("nobody", "Z99", _ICD, "nothing code"),
        ("pressure", "", "", ""),
        ("treatment", "3400930000001", "1.2.250.1.213.2.3.1", ""),  # the code of its medicine
        ("treatment", "C09AA05", "2.16.840.1.113883.6.73", ""),
        ("PRESSURE", "I10", _ICD, ""),
    ],
)
def test_an_internal_reference_repeats_a_code_of_its_entry(identifier: str, code: str, system: str, fault: str) -> None:
    coded = f"<code code='{code}' codeSystem='{system}'/>" if code else "<code nullFlavor='NA'/>"
    act = f"""<act classCode='ACT'><templateId root='1.3.6.1.4.1.19376.1.5.3.1.4.4.1'/><id root='{identifier}'/>{coded}</act>"""
    nodes = nodes_of(etree.fromstring(f"<ClinicalDocument xmlns='urn:hl7-org:v3'>{_ENTRIES}{act}</ClinicalDocument>"))

    assert reference_fault(nodes[0].children[-1]) == fault


@pytest.mark.parametrize(
    ("identifiers", "code", "fault"),
    [
        ("<id nullFlavor='UNK'/>", "I10", "nothing"),  # the entry has one, by which it may be named
        ("<id nullFlavor='UNK'/>", "K35.8", ""),  # the entry has none
        ("<id nullFlavor='UNK'/><id root='pressure'/>", "I10", ""),
        ("", "I10", ""),  # that it is missing is told by its cardinality
    ],
)
def test_an_internal_reference_without_identifier_names_only_an_entry_without_one(identifiers: str, code: str, fault: str) -> None:
    nameless = f"<observation classCode='OBS'><id nullFlavor='UNK'/><value code='K35.8' codeSystem='{_ICD}'/></observation>"
    coded = f"<code code='{code}' codeSystem='{_ICD}'/>"
    act = f"""<act classCode='ACT'><templateId root='1.3.6.1.4.1.19376.1.5.3.1.4.4.1'/>{identifiers}{coded}</act>"""
    nodes = nodes_of(etree.fromstring(f"<ClinicalDocument xmlns='urn:hl7-org:v3'>{_ENTRIES}{nameless}{act}</ClinicalDocument>"))

    assert reference_fault(nodes[0].children[-1]) == fault
