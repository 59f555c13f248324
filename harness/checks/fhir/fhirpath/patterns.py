"""Regular expressions that profiles bring, searched in texts that documents bring: some searches would never end.

Python's engine backtracks: `(a+)+$` doubles its time with each `a`. Expressions that may do so are given one second; beyond it
the invariant counts as not evaluated, and the report says so.
"""

from __future__ import annotations

import re
import signal
import threading
from collections.abc import Callable
from functools import lru_cache
from typing import NoReturn, TypeVar

from ....library.fhirpath.failures import NotEvaluatedError

Found = TypeVar("Found")

_SECONDS = 1.0
_SHORT = 24  # characters on which even such a search ends at once
# what Python writes otherwise; what is escaped is passed over
_FOREIGN = re.compile(r"\\p\{[LN]\}|\\.|\(\?<(?=\w)", re.DOTALL)
_OTHERWISE = {r"\p{L}": r"[^\W\d_]", r"\p{N}": r"\d", "(?<": "(?P<"}
_TOKEN = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|[*+]|\{\d*,\d*\}|.", re.DOTALL)


class _Late(Exception):
    """Raised when the second is over."""


class Pattern:
    """An expression of XML Schema or PCRE, as far as Python has the same. `.` is also the end of a line, as FHIR says."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._is_risky = _goes_back(text)
        try:
            self._compiled = re.compile(_FOREIGN.sub(_as_in_python, text), re.DOTALL)
        except (re.error, OverflowError, RecursionError) as error:
            raise NotEvaluatedError(
                f"{text!r} n'est pas une expression régulière : {error}", f"{text!r} is not a regular expression: {error}"
            ) from None

    def is_in(self, text: str) -> bool:
        return self._search(lambda: self._compiled.search(text) is not None, text)

    def is_whole(self, text: str) -> bool:
        return self._search(lambda: self._compiled.fullmatch(text) is not None, text)

    def replaced(self, text: str, new: str) -> str:
        return self._search(lambda: self._compiled.sub(new, text), text)

    def _search(self, search: Callable[[], Found], text: str) -> Found:
        if not self._is_risky or len(text) <= _SHORT:
            return search()
        if threading.current_thread() is not threading.main_thread() or not hasattr(signal, "setitimer"):
            raise self._endless()  # nothing can stop it there
        before = signal.signal(signal.SIGALRM, _late)
        waiting, every = signal.setitimer(signal.ITIMER_REAL, _SECONDS)
        try:
            try:
                return search()
            finally:
                signal.setitimer(signal.ITIMER_REAL, waiting, every)
        except _Late:
            raise self._endless() from None
        finally:
            signal.signal(signal.SIGALRM, before)

    def _endless(self) -> NotEvaluatedError:
        return NotEvaluatedError(
            f"la recherche de {self._text!r} peut ne pas finir", f"the search for {self._text!r} may never end"
        )


@lru_cache(maxsize=2048)
def pattern(text: str) -> Pattern:
    """Raises NotEvaluatedError when it is none."""
    return Pattern(text)


def _as_in_python(found: re.Match[str]) -> str:
    return _OTHERWISE.get(found[0], found[0])


def _late(_number: int, _frame: object) -> NoReturn:
    raise _Late


def _goes_back(text: str) -> bool:
    """Whether a repeated group contains a repetition or alternatives: the search may then take exponential time."""
    inside = [False]  # of each group that is open: whether it holds a repetition or an alternative
    closed = False  # the same of the group that has just ended
    for found in _TOKEN.finditer(text):
        sign = found[0]
        if sign == "(":
            inside.append(False)
        elif sign == ")" and len(inside) > 1:
            closed = inside.pop()
            inside[-1] = inside[-1] or closed
            continue
        elif sign == "|":
            inside[-1] = True
        elif sign in "*+?" or sign.startswith("{"):
            if closed and sign != "?":
                return True
            inside[-1] = True
        closed = False
    return False
