"""Official examples of CDA, as they are and edited: what an edit adds to what is told of them."""

from __future__ import annotations

import copy
from collections import Counter
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from lxml import etree

from cda_edits import Edit, all_of
from harness.checks import Judge
from harness.documents import read
from harness.library import Library
from harness.model import Severity


class Examples:
    """Judged on a day after theirs. Counts are of errors and warnings, by rule."""

    def __init__(self, official: Path) -> None:
        self._folder = official / "cda" / "examples"
        self._judge = Judge(Library.open(), at=date(2026, 12, 1), now=datetime(2026, 12, 1, 12, tzinfo=UTC))
        self._clean = cache(self._read)
        self._told_of_clean = cache(self.told)

    def told(self, name: str, edit: Edit = all_of()) -> Counter[str]:  # noqa: B008 - no edit at all
        root = copy.deepcopy(self._clean(name))
        edit(root)
        findings = self._judge.judge(read(etree.tostring(root), name)).findings
        return Counter(finding.rule for finding in findings if finding.severity is not Severity.INFO)

    def more(self, name: str, edit: Edit) -> Counter[str]:
        """What the example has more of, once edited."""
        return self.told(name, edit) - self._told_of_clean(name)

    def more_of(self, rule: str, name: str, *edits: Edit) -> tuple[int, ...]:
        """How much oftener the rule speaks of the example, for each edit."""
        return tuple(self.told(name, edit)[rule] - self._told_of_clean(name)[rule] for edit in edits)

    def _read(self, name: str) -> Any:
        return etree.parse(self._folder / f"{name}.xml").getroot()
