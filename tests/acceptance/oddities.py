"""What tests of rare but conformant documents share: contents that are added to an example, and how often a rule then speaks."""

from __future__ import annotations

import copy
from pathlib import Path

from lxml import etree

from cda_edits import NS, Edit
from harness.checks import Judge
from harness.documents import read

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
