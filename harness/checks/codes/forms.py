"""Does a code have the form that codes of its system have (profiles/cda/systems.yaml)?"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Protocol


class FormTable(Protocol):
    """The pattern of the codes of a code system; empty where none is known."""

    def code_form(self, system: str) -> str: ...


class CodeForms:
    """Documents say the same codes again and again: the latest are known, and the pattern of each system is compiled once."""

    def __init__(self, table: FormTable) -> None:
        self._table = table
        self._known: dict[str, re.Pattern[str]] = {}
        self.holds = lru_cache(maxsize=4096)(self._holds)

    def _holds(self, code: str, system: str) -> bool:
        """True also of a system whose codes have no form that is known."""
        pattern = self._known.get(system)
        if pattern is None:
            form = self._table.code_form(system)
            if not form:
                return True
            pattern = self._known[system] = re.compile(form)
        return pattern.fullmatch(code) is not None
