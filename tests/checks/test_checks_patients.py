"""Is a text about another patient than that of the document?"""

from __future__ import annotations

import pytest
from lxml import etree

from harness.checks.functions.people import tells_another_patient
from harness.checks.tree import nodes_of

MAN, WOMAN, CHILD = ("M", "19771001"), ("F", "19771001"), ("M", "20261101")


def told(words: str, patient: tuple[str, str] = MAN, *, section: str = "55112-7", written: str = "20261130") -> bool:
    gender, born = patient
    document = etree.fromstring(
        f"""<ClinicalDocument xmlns='urn:hl7-org:v3'><effectiveTime value='{written}'/><recordTarget><patientRole><patient>
        <administrativeGenderCode code='{gender}'/><birthTime value='{born}'/></patient></patientRole></recordTarget>
        <section><code code='{section}'/><text><paragraph>{words}</paragraph></text></section></ClinicalDocument>"""
    )
    (narrative,) = (node for node in nodes_of(document) if node.tag == "text")
    return tells_another_patient(narrative)


@pytest.mark.parametrize(
    ("words", "patient"),
    [
        ("Patient de 94 ans, hypertendu", MAN),  # 49
        ("Patient âgé de 94 ans", MAN),
        ("Patiente de 49 ans, BPCO", MAN),
        ("Patiente âgée de 49 ans", MAN),
        (" Patiente de 94 ans", WOMAN),
    ],
)
def test_an_age_or_a_sex_that_cannot_be_the_patients_is_told(words: str, patient: tuple[str, str]) -> None:
    assert told(words, patient)


@pytest.mark.parametrize(
    ("words", "patient", "further"),
    [
        ("Patient de 49 ans", MAN, {}),
        ("Patient de 50 ans", MAN, {}),  # to come
        ("Patiente de 49 ans", WOMAN, {}),
        ("Patient de 49 ans", WOMAN, {}),  # the masculine of a template
        ("Patient de 30 ans à son premier infarctus", MAN, {}),  # years ago
        ("Patiente de 32 ans, G2P1", CHILD, {}),  # the mother
        ("Patiente de 74 ans, cancer du sein", MAN, {"section": "10157-6"}),  # of the family
        ("Sa mère, patiente de 74 ans, vit avec lui", MAN, {}),
        ("Vu avec une autre Patiente de 74 ans", MAN, {}),
        ("Patient suivi depuis 94 mois", MAN, {}),
        ("Patient de 94 kg", MAN, {}),
        ("Patient de 94 ans", ("M", ""), {}),  # born nobody knows when
        ("Patient de 94 ans", MAN, {"written": ""}),
    ],
)
def test_an_age_that_may_be_right_is_not_told(words: str, patient: tuple[str, str], further: dict[str, str]) -> None:
    assert not told(words, patient, **further)
