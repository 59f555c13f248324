"""A document of twice as many entries and rows takes twice as many steps: counted, since a time would depend on the machine."""

import copy
from datetime import UTC, date, datetime
from pathlib import Path
from uuid import UUID

import pytest
from lxml import etree
from steps import steps

from harness.checks import Judge
from harness.documents import read
from harness.library import Library

NOW = datetime(2026, 12, 1, 12, tzinfo=UTC)
V3 = "{urn:hl7-org:v3}"
TIMES = 16
SLACK = 1.05  # lists are put in order, and some tables are searched by halves

EXAMPLES = (
    "ANEST-CR-CPA_2022.01",
    "BIO-CR-BIO_2024.01_Microbiologie_V2",
    "CARD-F-PRC-AVK_2022.01",
    "LDL-SES_2022.01",
    "VAC_2023.01",
    "VSM_1.4_2022.01",
)


@pytest.mark.parametrize("name", EXAMPLES)
def test_steps_grow_as_the_document_does(name: str, official: Path, library: Library) -> None:
    example = (official / "cda" / "examples" / f"{name}.xml").read_bytes()
    judge = Judge(library, at=date(2026, 12, 1), now=NOW)
    judge.judge(read(example, name))  # what is compiled and remembered is not of this document
    long = (read(repeated(example, times), "long") for times in (TIMES, 2 * TIMES))
    once, twice = (steps(judge.judge, document) for document in long)
    assert twice < 2 * SLACK * once


def repeated(example: bytes, times: int) -> bytes:
    """Each entry and each row of the narrative so many times, every copy under its own identifiers."""
    root = etree.fromstring(example)
    for section in root.iter(f"{V3}section"):
        rows = [row for row in section.iterfind(f"{V3}text//{V3}tr") if row.find(f"{V3}td") is not None]
        entries = section.findall(f"{V3}entry")
        for number in range(1, times):
            cited = set()
            for row in rows:
                again = copy.deepcopy(row)
                for passage in again.iterfind(".//*[@ID]"):
                    cited.add(f"#{passage.get('ID')}")
                    passage.set("ID", f"{passage.get('ID')}-{number}")
                row.getparent().append(again)
            for entry in entries:
                section.append(again := copy.deepcopy(entry))
                for reference in again.iter(f"{V3}reference"):
                    if reference.get("value") in cited:
                        reference.set("value", f"{reference.get('value')}-{number}")
                for place, identifier in enumerate(again.iter(f"{V3}id")):
                    if "extension" in identifier.attrib:
                        identifier.set("extension", f"{identifier.get('extension')}-{number}")
                    elif "-" in identifier.get("root", ""):
                        identifier.set("root", str(UUID(int=number << 64 | place)))
    return etree.tostring(root)
