"""Check digits of codes: those that terminologies publish hold, any digit changed in them does not."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.checks.codes.keys import cip_key_is_wrong, is_of_no_concept, loinc_key_is_wrong, sctid_key_is_wrong

PUBLISHED: list[tuple[Callable[[str], bool], str]] = [
    *((sctid_key_is_wrong, code) for code in ("398705004", "282291009", "6736007", "107724000", "24484000")),
    *((loinc_key_is_wrong, code) for code in ("74011-8", "11450-4", "48765-2", "8302-2", "34117-2")),
    *((cip_key_is_wrong, code) for code in ("3400938022209", "3400935693099", "3400934874741")),
]


@pytest.mark.parametrize(("is_wrong", "code"), PUBLISHED)
def test_a_published_code_has_its_key(is_wrong: Callable[[str], bool], code: str) -> None:
    assert not is_wrong(code)


@given(st.sampled_from(PUBLISHED), st.data())
def test_a_digit_changed_is_seen(published: tuple[Callable[[str], bool], str], data: st.DataObject) -> None:
    is_wrong, code = published
    first = 5 if is_wrong is cip_key_is_wrong else 1  # what comes before belongs to the form
    place = data.draw(st.sampled_from([place for place in range(first, len(code)) if code[place] != "-"]))
    digit = data.draw(st.sampled_from([digit for digit in "0123456789" if digit != code[place]]))
    assert is_wrong(code[:place] + digit + code[place + 1 :])


@given(st.sampled_from([is_wrong for is_wrong, _ in PUBLISHED]), st.text(max_size=20))
def test_what_has_not_the_form_of_a_code_is_not_judged(is_wrong: Callable[[str], bool], text: str) -> None:
    assert not is_wrong(f"x{text}")
    assert not is_wrong(text) or re.fullmatch("[0-9]+(-[0-9])?", text)


@pytest.mark.parametrize(
    ("identifier", "is_of_none"),
    [
        ("398705004", False),
        ("16217701000119102", False),
        ("5123456011", True),
        ("12345678910111", True),
        ("SYNTH", False),
        ("", False),
    ],
)
def test_the_partition_of_an_identifier_tells_what_is_no_concept(identifier: str, is_of_none: bool) -> None:
    assert is_of_no_concept(identifier) is is_of_none
