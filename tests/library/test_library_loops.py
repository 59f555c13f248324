"""Comprehensions are run as loops: they find the same, in the same turn, and stop when they have found what they were asked for."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from itertools import product
from types import FunctionType

import pytest

from harness.library.programs.loops import with_loops
from harness.library.programs.writing import compiled

EXPRESSIONS = (
    "[y for x in a for y in (x, x + 1) if y % 2]",
    "[x for x in (len(a),) if x]",
    "sum((*[x for x in a], *[y for y in b if y > 1]))",
    "len([x for x in a if [1 for y in b if y == x]]) == len([y for y in b if not [x for x in a if x == y]])",
    "[x for x in a if x in [y + 1 for y in b]][:1]",
    "'yes' if [1 for x in a for y in b if x < y and [1 for z in a if z == y]] else 'no'",
    "bool(a and [x for x in a if x > 1] or b and not [1 for y in b if y > 2])",
    "bool([1 for x in a] and (b or [1 for x in a if x == 1]))",
    "([x for x in a] or b) == a",
    "[z for z in map(lambda x: [y for y in b if y == x], a)]",
)
ROWS = tuple(list(row) for length in range(3) for row in product((1, 2, 3), repeat=length))


def source(expression: str) -> str:
    return f"def program(a, b, told):\n for x0 in [x for x in a]:\n  if {expression}: told(x0)\n told({expression})\n return\n"


def told_by(program: object, a: list[int], b: list[int]) -> list[object]:
    told: list[object] = []
    program(a, b, told.append)  # type: ignore[operator]
    return told


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_a_program_says_what_its_source_says(expression: str) -> None:
    names: dict[str, object] = {}
    exec(source(expression), names)
    as_written, as_loops = names["program"], FunctionType(compiled(source(expression)), names)
    for a, b in product(ROWS, ROWS):
        assert told_by(as_loops, a, b) == told_by(as_written, a, b), (a, b)


@pytest.mark.parametrize("expression", EXPRESSIONS[:-1])
def test_no_comprehension_is_left(expression: str) -> None:
    assert not any(isinstance(one, ast.ListComp) for one in ast.walk(with_loops(source(expression))))


def test_what_is_asked_for_is_looked_for_no_further() -> None:
    def numbers() -> Iterator[int]:
        yield from (1, 2)
        raise AssertionError("asked for more")

    program = FunctionType(
        compiled("def program(numbers, told):\n if [1 for x in numbers for y in (x, x) if y == 2]: told()\n return\n"), {}
    )
    told: list[int] = []
    program(numbers(), lambda: told.append(1))
    assert told == [1]


def test_what_stands_behind_an_and_is_asked_in_its_turn() -> None:
    program = FunctionType(compiled("def program(a, told):\n told(bool(a and [1 for x in a.lacking]))\n return\n"), {"bool": bool})
    told: list[bool] = []
    program([], told.append)
    assert told == [False]
