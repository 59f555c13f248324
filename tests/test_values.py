"""Frozen dataclasses of ours behave as Python's own."""

from __future__ import annotations

import dataclasses
import pickle
from dataclasses import field
from typing import Any

import pytest

from harness.values import dataclass


@dataclass(frozen=True, slots=True)
class Ours:
    name: str
    count: int = 0
    seen: list[str] = field(default_factory=list, compare=False)
    hidden: str = field(default="", repr=False)


@dataclasses.dataclass(frozen=True, slots=True)
class Pythons:
    name: str
    count: int = 0
    seen: list[str] = field(default_factory=list, compare=False)
    hidden: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Other:
    name: str


@dataclass(frozen=True, slots=True)
class Nothing:
    pass


@dataclass(frozen=True)
class Shown:
    name: str

    def __repr__(self) -> str:
        return f"<{self.name}>"


@dataclass
class Growing:
    names: list[str]


@pytest.mark.parametrize("one", [("a",), ("a", 1), ("b", 1, ["x"]), ("b", 1, [], "y")], ids=str)
@pytest.mark.parametrize("other", [("a",), ("a", 1), ("b", 1, ["z"]), ("b", 1, [], "w")], ids=str)
def test_they_compare_and_hash_as_pythons_own(one: Any, other: Any) -> None:
    assert (Ours(*one) == Ours(*other)) == (Pythons(*one) == Pythons(*other))
    assert (hash(Ours(*one)) == hash(Ours(*other))) == (hash(Pythons(*one)) == hash(Pythons(*other)))


def test_they_show_themselves_as_pythons_own() -> None:
    assert repr(Ours("a", 2, ["x"], "y")) == repr(Pythons("a", 2, ["x"], "y")).replace("Pythons", "Ours")


def test_two_classes_never_equal_each_other() -> None:
    assert Other("a") != Ours("a")
    assert Nothing() == Nothing()
    assert hash(Nothing()) == hash(Nothing())


def test_their_fields_can_be_asked_replaced_and_sent_to_a_process() -> None:
    value = Ours("a", 1, ["x"])
    assert [one.name for one in dataclasses.fields(value)] == ["name", "count", "seen", "hidden"]
    assert dataclasses.replace(value, count=2) == Ours("a", 2)
    assert dataclasses.asdict(value) == {"name": "a", "count": 1, "seen": ["x"], "hidden": ""}
    assert pickle.loads(pickle.dumps(value)) == value
    assert not hasattr(value, "__dict__")


def test_what_a_class_says_itself_stays() -> None:
    assert repr(Shown("a")) == "<a>"


def test_one_that_is_not_frozen_is_pythons_own() -> None:
    growing = Growing([])
    growing.names = ["a"]
    assert growing == Growing(["a"])
    assert Growing.__hash__ is None
