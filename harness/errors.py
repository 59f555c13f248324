"""Every error we raise on purpose, and the exit code a command ends with when one reaches it.

    HarnessError                     (never raised itself)
    ├── UsageError               2   the caller: a wrong path, profile, option
    │   ├── DataError            2   a data file of ours or of HARNESS_HOME (file and line)
    │   └── ForbiddenProduction  2   a production INS was about to be made or sent
    └── CannotJudge              3   what was given or what answered could not be judged
        ├── UnreadableDocument   3   raised by documents/
        └── UnreachableSystem    3   raised by exchange/

A defect of the system under test is a verdict, never one of these.
"""

from __future__ import annotations

from harness.model import Lang, Text


class HarnessError(Exception):
    """message: what is wrong and where; hint: what to do next. Both are shown to who typed the command, in their language.

    A plain string stands for both languages (a name, a path).
    """

    exit_code = 2

    def __init__(self, message: Text | str, hint: Text | str = "") -> None:
        self.message = _text(message)
        self.hint = _text(hint)
        super().__init__(self.message.en)

    def told(self, lang: Lang) -> str:
        """Message and hint as printed on a terminal."""
        hint = self.hint.in_(lang)
        return self.message.in_(lang) + (f"\n  → {hint}" if hint else "")


def _text(said: Text | str) -> Text:
    return said if isinstance(said, Text) else Text(said, said)


class UsageError(HarnessError):
    exit_code = 2


class DataError(UsageError):
    """A data file does not say what it must. Shown as `file:line: message`."""

    def __init__(self, file: str, line: int, message: Text | str, hint: Text | str = "") -> None:
        said = _text(message)
        super().__init__(Text(f"{file}:{line} : {said.fr}", f"{file}:{line}: {said.en}"), hint)
        self.file = file
        self.line = line


class ForbiddenProduction(UsageError):
    """Synthetic people only: nothing under INS OID ….1.4.8 or ….1.4.9 leaves the harness."""


class CannotJudge(HarnessError):
    exit_code = 3


class UnreadableDocument(CannotJudge):
    """line and column from 1, 0 when unknown."""

    def __init__(self, message: Text | str, hint: Text | str = "", line: int = 0, column: int = 0) -> None:
        super().__init__(message, hint)
        self.line = line
        self.column = column


class UnreachableSystem(CannotJudge):
    pass
