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


class HarnessError(Exception):
    """message: what is wrong and where; hint: what to do next. Both are shown to the person who typed the command."""

    exit_code = 2

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class UsageError(HarnessError):
    exit_code = 2


class DataError(UsageError):
    """A data file does not say what it must. Shown as `file:line: message`."""

    def __init__(self, file: str, line: int, message: str, hint: str = "") -> None:
        super().__init__(f"{file}:{line}: {message}", hint)
        self.file = file
        self.line = line


class ForbiddenProduction(UsageError):
    """Synthetic people only: nothing under INS OID ….1.4.8 or ….1.4.9 leaves the harness."""


class CannotJudge(HarnessError):
    exit_code = 3


class UnreadableDocument(CannotJudge):
    """line and column from 1, 0 when unknown."""

    def __init__(self, message: str, hint: str = "", line: int = 0, column: int = 0) -> None:
        super().__init__(message, hint)
        self.line = line
        self.column = column


class UnreachableSystem(CannotJudge):
    pass
