"""Regular expressions of profiles: found as Python finds them, and never for longer than a second."""

from __future__ import annotations

import signal
import threading
import time

import pytest

from harness.checks.fhir.fhirpath import patterns
from harness.checks.fhir.fhirpath.patterns import pattern
from harness.library.fhirpath.failures import NotEvaluatedError

LONG = "a" * 60


def test_a_search_that_would_not_end_is_not_evaluated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patterns, "_SECONDS", 0.1)
    started = time.monotonic()
    for said in ("^(a+)+$", "^(a|aa)+$", "^([a-z]?[a-z]+)*$"):
        with pytest.raises(NotEvaluatedError, match="may never end"):
            pattern(said).is_in(LONG + "!")
    assert time.monotonic() - started < 10
    assert signal.getsignal(signal.SIGALRM) is signal.SIG_DFL
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)


@pytest.mark.parametrize(
    ("said", "text", "found"),
    [
        ("^(a+)+$", LONG, True),
        ("^(a+)+$", "aaa!", False),  # short: it ends at once
        (r"^[^\s]+( [^\s]+)*$", "one two three four five six", True),
        (r"^[^\s]+( [^\s]+)*$", "one  two three four five six", False),
        (r"^\([+*]\)$", "(+)", True),
        ("^[(a+)+]+$", LONG, True),
        (r"^\p{L}+$", "é" * 40, True),
        ("a.b", "a\nb", True),
    ],
)
def test_what_can_be_told_is_told(said: str, text: str, found: bool) -> None:
    assert pattern(said).is_in(text) is found


def test_in_a_thread_where_nothing_can_stop_it_such_a_search_is_not_begun() -> None:
    told: list[object] = []

    def ask() -> None:
        for text in (LONG + "!", "aaa"):
            try:
                told.append(pattern("^(a+)+$").is_in(text))
            except NotEvaluatedError as error:
                told.append(error.told.en)

    thread = threading.Thread(target=ask)
    thread.start()
    thread.join(5)
    assert told == ["the search for '^(a+)+$' may never end", True]


def test_what_is_no_regular_expression_is_not_evaluated() -> None:
    with pytest.raises(NotEvaluatedError, match="is not a regular expression"):
        pattern("(")
