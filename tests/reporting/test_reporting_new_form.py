"""The page that leads to a form of one's own is enough to write one."""

from __future__ import annotations

import csv
import re
import sys
from pathlib import Path
from types import ModuleType

import click
import pytest
from commands import assert_as_the_house_wants
from reporting_builders import assess_report, check_report, finding, judgement

from harness.cli import options
from harness.errors import UsageError
from harness.model import FORMS, Form
from harness.reporting import chunks, render

PAGE = Path(__file__).parents[2] / "docs" / "reports.md"


WRITTEN = re.findall(r"```python\n# (harness/reporting/csv\.py)\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)


@pytest.fixture(autouse=True)
def form(monkeypatch: pytest.MonkeyPatch) -> None:
    ((_, text),) = WRITTEN
    module = ModuleType("harness.reporting.csv")
    exec(compile(text, str(PAGE), "exec"), module.__dict__)
    monkeypatch.setitem(sys.modules, module.__name__, module)
    monkeypatch.setitem(FORMS, "csv", Form(("check",), (".csv",)))


def test_the_form_of_the_page_tells_each_finding_in_a_line() -> None:
    report = check_report([judgement("a, b.xml", findings=[finding(line=3), finding(line=4)]), judgement("c.xml")])
    title, *rows = csv.reader(render(report, "csv").splitlines())
    assert title == ["path", "line", "severity", "rule", "message"]
    assert [row[:4] for row in rows] == [["a, b.xml", str(line), "error", "INS-R01"] for line in (3, 4)]


def test_what_it_does_not_tell_is_refused() -> None:
    with pytest.raises(UsageError, match="assess has no form csv"):
        chunks(assess_report(), "csv")


def test_commands_that_have_it_know_it_by_its_name_and_its_suffix() -> None:
    chosen: list[str] = []
    for command in ("check", "assess"):
        made = options.report(command)(click.command(command)(lambda places: chosen.extend(place.form for place in places)))
        made.main(["-o", "findings.csv"], standalone_mode=False)
    assert chosen == ["csv", "text"]


def test_the_module_of_the_page_is_as_the_house_wants_it() -> None:
    ((path, text),) = WRITTEN
    assert_as_the_house_wants(text, path)
