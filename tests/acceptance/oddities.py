"""What tests of rare but conformant documents share: contents that are added to an example, and how often a rule then speaks."""

from __future__ import annotations

import copy
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

from lxml import etree

from cda_edits import NS, Edit
from harness.checks import Judge
from harness.documents import read
from harness.library import Library
from harness.model import Severity

HL7, XSI = NS["c"], "http://www.w3.org/2001/XMLSchema-instance"
BODY = "c:component/c:structuredBody"


def added(*contents: str) -> Edit:
    """A section of the body holds them."""

    def write(root: etree._Element) -> None:
        section = f"<component><section xmlns:xsi='{XSI}'>{''.join(contents)}</section></component>"
        root.xpath(BODY, namespaces=NS)[0].append(etree.fromstring(f"<x xmlns='{HL7}'>{section}</x>")[0])

    return write


def told_more(judge: Judge, official: Path, rule: str, example: str, *edits: Edit) -> tuple[int, ...]:
    """How much oftener the rule speaks of the official example once edited, for each edit."""
    clean = etree.parse(str(official / "cda" / "examples" / f"{example}.xml")).getroot()

    def times(edit: Edit) -> int:
        root = copy.deepcopy(clean)
        edit(root)
        return sum(f.rule == rule for f in judge.judge(read(etree.tostring(root), "a.xml")).findings)

    before = times(lambda _: None)
    return tuple(times(edit) - before for edit in edits)


def told_of(official: Path, example: str) -> Callable[[Edit], set[str]]:
    """The rules that speak of an official example once edited, errors and warnings."""
    judge = Judge(Library.open(), at=date(2026, 11, 24), now=datetime(2026, 11, 24, 12, tzinfo=UTC))
    clean = etree.parse(str(official / "cda" / "examples" / f"{example}.xml")).getroot()

    def rules(edit: Edit) -> set[str]:
        root = copy.deepcopy(clean)
        edit(root)
        findings = judge.judge(read(etree.tostring(root), "example.xml")).findings
        return {finding.rule for finding in findings if finding.severity is not Severity.INFO}

    return rules
