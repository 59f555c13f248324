"""Does a code have the form that codes of its system have (profiles/cda/systems.yaml)?"""

from __future__ import annotations

from ...library.tables import Tables
from ...remembered import latest_remembered
from ..runtime import whole_match


class CodeForms:
    """Remembers its latest answers: documents repeat the same codes."""

    def __init__(self, table: Tables) -> None:
        self._table = table

    @latest_remembered(4096)
    def holds(self, code: str, system: str) -> bool:
        """Also true where the form of the system's codes is not known."""
        form = self._table.code_form(system)
        return not form or whole_match(form)(code) is not None
