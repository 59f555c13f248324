"""Values that never end, where a number, a name or a line is expected: the document is judged, and soon."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from lxml import etree

from harness.checks import Judge
from harness.documents import read
from harness.library import Library
from harness.model import DocumentVerdict

V3 = {"v": "urn:hl7-org:v3"}
DIGITS = "1" * 6000  # more than Python reads as a number

PRESCRIPTION = "eP-MED-DM_2024.01_PosoStruct"
REPORT = "BIO-CR-BIO_2024.01_Glycémie mole"
VACCINES = "VAC_2023.01"


@pytest.mark.parametrize(
    ("name", "path", "value"),
    [
        (PRESCRIPTION, "//v:doseQuantity/v:low/@unit", DIGITS),
        (PRESCRIPTION, "//v:repeatNumber/@value", DIGITS),
        (PRESCRIPTION, "//v:repeatNumber/@value", "²"),
        (PRESCRIPTION, "//v:td[8]", DIGITS),
        (PRESCRIPTION, "//v:td/v:content", "1/" * 3000),
        (REPORT, "//v:observation/v:value/@unit", DIGITS),
        (REPORT, "//v:td/@rowspan", DIGITS),
        (REPORT, "//v:th/@colspan", "²"),
        (VACCINES, "//v:observation/v:value/@value", DIGITS),
        (VACCINES, "//v:lotNumberText", DIGITS),
        (VACCINES, "//v:td[4]", DIGITS),
        (VACCINES, "//v:td/v:content", "a" * 6000),
    ],
)
def test_it_is_judged(name: str, path: str, value: str, official: Path, library: Library) -> None:
    root = etree.parse(official / "cda" / "examples" / f"{name}.xml").getroot()
    steps, _, attribute = path.partition("/@")
    for element in root.xpath(steps, namespaces=V3):
        if attribute:
            element.set(attribute, value)
        else:
            element.text = value
    judge = Judge(library, at=date(2026, 12, 1), now=datetime(2026, 12, 1, 12, tzinfo=UTC))
    assert judge.judge(read(etree.tostring(root), name)).verdict is not DocumentVerdict.ERROR
