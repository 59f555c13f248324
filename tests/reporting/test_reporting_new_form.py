"""The page that leads to a form of one's own is enough to write one."""

from __future__ import annotations

import csv
import re
from pathlib import Path
from typing import Any

import pytest
from reporting_builders import assess_report, check_report, finding, judgement

from harness.errors import UsageError

PAGE = Path(__file__).parents[2] / "docs" / "reports.md"


@pytest.fixture(scope="module")
def render() -> Any:
    (written,) = re.findall(r"```python\n# harness/reporting/csv_report\.py\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    names: dict[str, Any] = {}
    exec(compile(written, str(PAGE), "exec"), names)
    return names["render"]


def test_the_form_of_the_page_tells_each_finding_in_a_line(render: Any) -> None:
    report = check_report([judgement("a, b.xml", findings=[finding(line=3), finding(line=4)]), judgement("c.xml")])
    title, *rows = csv.reader("".join(render(report, "fr")).splitlines())
    assert title == ["path", "line", "severity", "rule", "message"]
    assert [row[:4] for row in rows] == [["a, b.xml", str(line), "error", "INS-R01"] for line in (3, 4)]


def test_it_says_what_it_cannot_tell(render: Any) -> None:
    with pytest.raises(UsageError, match="form of `check`"):
        list(render(assess_report(), "fr"))
