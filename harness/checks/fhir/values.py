"""Whether an element has the value that a profile fixes, or at least what its pattern says."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from ...documents.fhir_tree import Node


def matches(node: Node, wanted: Any, *, exactly: bool) -> bool:
    """exactly: nothing more either (`fixed`); otherwise what is said beside counts for nothing (`pattern`)."""
    if isinstance(wanted, dict):
        if exactly and node.children.keys() != {key for key in wanted if not key.startswith("_")}:
            return False
        for key, value in wanted.items():  # noqa: SIM110 - asked of each item of each slice, where a generator costs most
            if key[:1] != "_" and not _child_matches(node, key, value, exactly=exactly):
                return False
        return True
    if node.value is None or (exactly and node.children.keys() - {"id"}):
        return False
    return same(node.value, wanted)


def _child_matches(node: Node, name: str, wanted: Any, *, exactly: bool) -> bool:
    found = node.children.get(name, [])
    if not isinstance(wanted, list):
        return len(found) == 1 and matches(found[0], wanted, exactly=exactly)
    if exactly:
        return len(found) == len(wanted) and all(matches(one, item, exactly=True) for one, item in zip(found, wanted, strict=True))
    for item in wanted:
        for one in found:
            if matches(one, item, exactly=False):
                break
        else:
            return False
    return True


def same(value: Any, wanted: Any) -> bool:
    if isinstance(wanted, str):
        return bool(value == wanted)
    if isinstance(wanted, bool) or isinstance(value, bool):
        return value is wanted
    if isinstance(wanted, int | float | Decimal):
        return isinstance(value, int | Decimal) and Decimal(str(value)) == Decimal(str(wanted))
    return bool(value == wanted)


def told(wanted: Any) -> str:
    """A fixed value or pattern in few words: `code = "60591-5", system = "http://loinc.org"`."""
    parts: list[str] = []

    def gather(value: Any, way: str) -> None:
        if isinstance(value, dict):
            for key, inside in value.items():
                gather(inside, f"{way}.{key}" if way else key)
        elif isinstance(value, list):
            for inside in value:
                gather(inside, way)
        else:
            said = f'"{value}"' if isinstance(value, str) else str(value).lower()
            parts.append(f"{way} = {said}" if way else said)

    gather(wanted, "")
    return ", ".join(parts[:6])


def shown(node: Node) -> str:
    """What an element says, in few words."""
    if node.value is not None:
        text = str(node.value)
        return text if len(text) <= 80 else text[:80] + "…"
    parts = [f"{item.path[len(node.path) + 1 :]} = {item.value}" for item in node.walk() if item.value is not None]
    return ", ".join(parts[:4])[:160]
