"""What several expressions ask of the same node, told from their form."""

from __future__ import annotations

import pytest

from harness.library.fhirpath.sharing import shared
from harness.library.fhirpath.syntax import parse


@pytest.mark.parametrize(
    ("expressions", "expected"),
    [
        (("ins().exists()", "ins().count() = 1"), {"ins()"}),
        (("ins().value.first()", "ins().value.exists()"), {"ins().value"}),  # `ins()` only begins what is shared already
        (("ins().value.first()", "ins().value.exists()", "ins().exists()"), {"ins().value", "ins()"}),
        (("Patient.where(ins().exists()).name", "ins().empty()"), {"ins()"}),
        (("name.where(use = 'usual').given", "name.where(use = 'usual').family.exists()"), {"name.where((use = 'usual'))"}),
        (("name.given", "name.given.exists()"), set()),  # as quickly found as remembered
        (("ins().exists()", "ins().exists()"), {"ins()"}),
    ],
)
def test_what_several_expressions_begin_with_is_shared(expressions: tuple[str, ...], expected: set[str]) -> None:
    assert shared(map(parse, expressions)) == expected


@pytest.mark.parametrize(
    "expression",
    ["period.where(start <= end)", "subject.resolve().name", "name.where(use = %context.gender)", "name.where($index = 0)"],
)
def test_what_is_not_the_same_wherever_it_is_asked_is_not_shared(expression: str) -> None:
    """An order left open is told of the expression that asks it, and what a reference leads to of that which follows it."""
    assert shared(map(parse, (f"{expression}.exists()", f"{expression}.empty()"))) == set()
