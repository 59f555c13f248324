"""The errors of expressions: one that cannot be parsed, and one that cannot be evaluated on this data."""

from __future__ import annotations

from ...model import NO_TEXT, Text


class FhirPathError(ValueError):
    """The expression is no FHIRPath that can be evaluated, whatever the data.

    column: from 1, counted over the whole text; hint: what was probably meant.
    """

    def __init__(self, reason: Text, at: int, expression: str, hint: Text = NO_TEXT) -> None:
        super().__init__(f"column {at + 1}: {reason.en}")
        self.reason = reason
        self.column = at + 1
        self.expression = expression
        self.hint = hint

    @property
    def told(self) -> Text:
        """The reason with its place."""
        return Text(f"colonne {self.column} : {self.reason.fr}", f"column {self.column}: {self.reason.en}")


class NotEvaluatedError(Exception):
    """The expression could not be evaluated on this data, or with what is known here: no value set, no definitions."""

    def __init__(self, fr: str, en: str) -> None:
        super().__init__(en)
        self.told = Text(fr, en)
