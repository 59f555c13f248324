"""What was asked of the metadata of an XDM archive, and what is said where it does not hold (profiles/xdm/metadata.yaml)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from lxml import etree

from ...library import Library
from ...model import Finding, RequirementVerdict, Severity, Text

METADATA = "profiles/xdm/metadata.yaml"


class Asked(NamedTuple):
    """what: as the file names it; said: what its sentence repeats."""

    what: str
    met: bool
    element: etree._Element
    said: Mapping[str, object]


def asked(what: str, met: bool, element: etree._Element, **said: object) -> Asked:
    return Asked(what, met, element, said)


def findings_of(answers: Iterable[Asked], library: Library) -> tuple[tuple[Finding, ...], dict[str, RequirementVerdict]]:
    """What does not hold, by line, and the verdict of each rule that was asked."""
    data = library.data(METADATA)
    findings: list[Finding] = []
    verdicts: dict[str, RequirementVerdict] = {}
    for what, met, element, said in answers:
        row = data["remarks"][what]
        rule = row["rule"]
        verdicts.setdefault(rule, RequirementVerdict.MET)
        if not met:
            verdicts[rule] = RequirementVerdict.BROKEN
            line: int = element.sourceline or 0  # type: ignore[assignment]
            findings.append(
                Finding(
                    rule=rule,
                    requirement=rule,
                    severity=Severity(row.get("severity", "warning")),
                    location=element.getroottree().getpath(element),
                    line=line,
                    message=Text(**row["message"]).filled(**said),
                    hint=Text(**row["hint"]),
                    source=data["sources"][row["source"]],
                )
            )
    return tuple(sorted(findings, key=lambda one: one.line)), dict(sorted(verdicts.items()))
