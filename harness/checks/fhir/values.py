"""Whether an element has the value that a profile fixes, or at least what its pattern says."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from ...documents.fhir_tree import Node

Test = Callable[[Node], bool]


def test_of(wanted: Any, *, exactly: bool) -> Test:
    """Whether a node has a value, ready to be asked of many.

    exactly: nothing more either (`fixed`); otherwise what is said beside counts for nothing (`pattern`).
    """
    if isinstance(wanted, dict):
        return _of_parts(wanted, exactly=exactly)
    if exactly:
        return lambda node: node.value is not None and not node.children.keys() - {"id"} and same(node.value, wanted)
    if isinstance(wanted, str):
        return lambda node: node.value == wanted
    return lambda node: node.value is not None and same(node.value, wanted)


def _of_parts(wanted: dict[str, Any], *, exactly: bool) -> Test:
    names = {name.removeprefix("_") for name in wanted}
    tests = [(name, _of_children(value, exactly=exactly)) for name, value in wanted.items() if f"_{name}" not in wanted]
    tests = [(name, test) for name, test in tests if name[:1] != "_"]
    tests += [
        (name[1:], _of_primitive(wanted.get(name[1:]), beside, exactly=exactly))
        for name, beside in wanted.items()
        if name[:1] == "_"
    ]

    def test(node: Node) -> bool:
        children = node.children
        if exactly and children.keys() != names:
            return False
        for name, of_children in tests:  # noqa: SIM110 - asked of each item of each slice, where a generator costs most
            if not of_children(children.get(name, [])):
                return False
        return True

    return test


def _of_primitive(value: Any, beside: Any, *, exactly: bool) -> Callable[[list[Node]], bool]:
    """A primitive of which extensions are wanted, its value too where one is said (`family`, `_family`)."""
    if isinstance(value, list) or not isinstance(beside, dict):
        return _of_children(value, exactly=False) if value is not None else bool  # of a list, which value has which is not told
    parts = _of_parts(beside, exactly=exactly)

    def test(found: list[Node]) -> bool:
        if len(found) != 1 or not parts(found[0]):
            return False
        return found[0].value is None if value is None and exactly else value is None or same(found[0].value, value)

    return test


def _of_children(wanted: Any, *, exactly: bool) -> Callable[[list[Node]], bool]:
    if not isinstance(wanted, list):
        only = test_of(wanted, exactly=exactly)
        return lambda found: len(found) == 1 and only(found[0])
    tests = [test_of(item, exactly=exactly) for item in wanted]
    if exactly:
        return lambda found: len(found) == len(tests) and all(test(one) for test, one in zip(tests, found, strict=True))
    if len(tests) == 1:
        return lambda found: any(map(tests[0], found))
    return lambda found: all(any(map(test, found)) for test in tests)


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
