"""The table of measures: by code system, what unit and what values the measure of a code can have."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..model import Text
from .shapes import Sheet


def blobs(sheet: Sheet, systems: Mapping[str, tuple[str, str]]) -> dict[str, Any]:
    """`measures:OID`, {code: the parts of a `Measure`}. Raises DataError for an unknown system and for a code written twice."""
    found: dict[str, Any] = {}
    for number, row in enumerate(sheet.data):
        if row["system"] not in systems:
            name = row["system"]
            message = Text(f"terminologie inconnue « {name} »", f"unknown code system {name!r}")
            raise sheet.error((number, "system"), message, Text("La nommer dans systems.yaml.", "Name it in systems.yaml."))
        of_system = found.setdefault(f"measures:{systems[row['system']][0]}", {})
        for place, code in enumerate(row["codes"]):
            if code in of_system:
                raise sheet.error((number, "codes", place), Text(f"code {code} écrit deux fois", f"code {code} written twice"))
            of_system[code] = _row(row)
    return found


def _row(row: Mapping[str, Any]) -> list[Any]:
    scale = row.get("scale")
    low, high = scale or (row.get("above", row.get("from")), row.get("to"))
    is_whole = scale is not None or row.get("whole", False)
    return [row.get("units", []), low, high, "above" in row, is_whole, scale is not None, row.get("also", [])]
