"""The documents that profiles are proved on are valid, of invented people, and have no remark made on them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path

import pytest
from lxml import etree

from harness import identifiers
from harness.checks import Judge
from harness.cli.proving import read_specimens
from harness.documents import Document
from harness.library import Library
from harness.model import ProfileHead, Severity

AT = date(2026, 11, 24)
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
TEST_INS = "1.2.250.1.213.1.4.10"
PERSON = "1.2.250.1.71.4.2.1"
STRUCTURE = "1.2.250.1.71.4.2.2"
LIBRARY = Library.open()
SPECIMENS = [(head, specimen) for head in LIBRARY.heads() for specimen in read_specimens(LIBRARY, head)]
OF_EACH = pytest.mark.parametrize(
    ("head", "specimen"), SPECIMENS, ids=[f"{head.id}/{Path(specimen.path).stem}" for head, specimen in SPECIMENS]
)


@cache
def judge(coordinate: str) -> Judge:
    return Judge(LIBRARY, at=AT, now=NOW, profile=coordinate)


@cache
def schema(official: Path) -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(official / "cda" / "xsd" / "CDA_extended.xsd"))


def extensions(specimen: Document, root: str) -> list[str]:
    assert specimen.root is not None
    return [found.get("extension", "") for found in specimen.root.iterfind(f".//{{urn:hl7-org:v3}}id[@root='{root}']")]


def test_there_are_specimens_of_the_header_and_of_the_bodies() -> None:
    assert {head.id for head, _ in SPECIMENS} >= {"cda/header", "cda/content-models"}


@OF_EACH
def test_a_specimen_has_no_error_and_no_warning(head: ProfileHead, specimen: Document) -> None:
    found = [finding for finding in judge(head.coordinate).judge(specimen).findings if finding.severity is not Severity.INFO]
    assert [f"{finding.line} {finding.rule}" for finding in found] == []


@OF_EACH
def test_a_specimen_names_only_people_of_test_by_right_keys(head: ProfileHead, specimen: Document) -> None:
    assert b"1.2.250.1.213.1.4.8" not in specimen.data and b"1.2.250.1.213.1.4.9" not in specimen.data
    patients = extensions(specimen, TEST_INS)
    assert patients and all(identifiers.ins_fault(ins) is None for ins in patients)
    assert all(identifiers.idnps_fault(number) is None for number in extensions(specimen, PERSON))
    assert all(identifiers.idnst_fault(number) is None for number in extensions(specimen, STRUCTURE))


@pytest.mark.official
@OF_EACH
def test_a_specimen_is_valid_against_the_schema(head: ProfileHead, specimen: Document, official: Path) -> None:
    known = schema(official)
    assert specimen.root is not None
    assert known.validate(specimen.root), str(known.error_log)
