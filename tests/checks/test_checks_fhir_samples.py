"""The points of a SampledData are numbers, or E, L, U (FHIR R4, SampledData.data)."""

from __future__ import annotations

from typing import Any

import pytest
from fhir_small import node, remarked

from harness.checks.fhir.data_types import sampled


@pytest.mark.parametrize(
    ("data", "found"),
    [
        ("2041 2043.5 -7 0 1e-3", []),
        ("E L U 3", []),
        ("1 2 x", ["`x` is neither a number, nor E, L or U"]),
        ("1;2;3", ["`1;2;3` is neither a number, nor E, L or U"]),
        ("1,5 2", ["`1,5` is neither a number, nor E, L or U"]),
        ("1 e", ["`e` is neither a number, nor E, L or U"]),
        (None, []),
        (3, []),  # told as a type
    ],
)
def test_points_are_numbers_or_what_stands_for_one(data: Any, found: list[str]) -> None:
    said = {"origin": {"value": 0}, "period": 10, "dimensions": 1, **({} if data is None else {"data": data})}
    observed = node({"resourceType": "Observation", "valueSampledData": said})
    found_there = remarked(lambda one, remarks: sampled(one, None, None, remarks), observed.children["valueSampledData"][0])
    assert [remark.message.en for remark in found_there] == found
