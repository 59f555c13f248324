"""Errors of data files as plain data: kept in the compiled library, and raised only when the file at fault is needed."""

from __future__ import annotations

from typing import Any

from ..errors import DataError
from ..model import Text

_MARK = "!"


def keep(error: DataError) -> tuple[Any, ...]:
    place = f"{error.file}:{error.line}"
    french, english = error.message.fr.removeprefix(f"{place} : "), error.message.en.removeprefix(f"{place}: ")
    return (_MARK, error.file, error.line, french, english, error.hint.fr, error.hint.en)


def is_kept_error(blob: Any) -> bool:
    return type(blob) is tuple and len(blob) == 7 and blob[0] == _MARK


def unless_error(blob: Any) -> Any:
    """The blob itself. Raises the DataError that was kept in its place."""
    if is_kept_error(blob):
        _, file, line, french, english, french_hint, english_hint = blob
        raise DataError(file, line, Text(french, english), Text(french_hint, english_hint))
    return blob
