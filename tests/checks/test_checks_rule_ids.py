"""The rules that code asks are named in one list: `--fail-on` refuses what is not in it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import harness
from harness.checks.rule_ids import CODED

_RULE = re.compile(r"FHIR(-[A-Z]+)+|document\.[a-z-]+")
_FOLDER = Path(harness.__file__).parent / "checks"


def _named_in(file: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and _RULE.fullmatch(node.value):
            yield node.value


def test_every_rule_that_the_code_names_is_in_the_list_and_no_other() -> None:
    assert {name for file in _FOLDER.rglob("*.py") for name in _named_in(file)} == CODED
