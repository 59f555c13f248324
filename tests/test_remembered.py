"""Answers kept with their object: each asked once, of each object its own."""

import pytest

from harness.remembered import latest_remembered, remembered


class _Asked:
    def __init__(self) -> None:
        self.asked: list[int] = []

    @remembered
    def half(self, number: int) -> int:
        """Half of an even number."""
        self.asked.append(number)
        if number % 2:
            raise ValueError(number)
        return number // 2

    @latest_remembered(1)
    def twice(self, number: int) -> int:
        self.asked.append(number)
        return number * 2


def test_the_same_question_is_answered_once() -> None:
    one = _Asked()
    assert [one.half(4), one.half(4), one.half(6)] == [2, 2, 3]
    assert one.asked == [4, 6]


def test_each_object_keeps_its_own_answers() -> None:
    one, other = _Asked(), _Asked()
    assert one.half(4) == other.half(4) == 2
    assert one.asked == other.asked == [4]


def test_what_fails_is_asked_again() -> None:
    one = _Asked()
    for _ in range(2):
        with pytest.raises(ValueError):
            one.half(3)
    assert one.asked == [3, 3]


def test_only_the_latest_answers_are_kept_where_a_bound_is_given() -> None:
    one = _Asked()
    assert [one.twice(number) for number in (1, 1, 2, 1)] == [2, 2, 4, 2]
    assert one.asked == [1, 2, 1]


def test_the_method_still_says_what_it_is() -> None:
    assert _Asked.half.__doc__ == "Half of an even number."
