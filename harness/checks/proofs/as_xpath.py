"""Paths and conditions of constraints as XPath 1.0, for lxml: how mutations find where to work and specimens what is there."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ...model import Where


def steps(path: str) -> str:
    return re.sub(r"[^/]+", lambda found: step(found[0]), path)


def step(name: str) -> str:
    if name == "..":
        return "parent::*"  # `..` takes no predicate
    if name in (".", "*") or name.startswith("@") or ":" in name:
        return name
    return f"cda:{name}"


def predicate(where: Where) -> str:
    return " and ".join(_conditions(where)) or "true()"


def _conditions(where: Where) -> Iterator[str]:
    """In the order in which they are made true: a type before its attributes, what is not wanted before what is."""
    if where.null_flavor is False:
        yield "not(@nullFlavor)"
    if where.types:
        yield (
            "(" + " or ".join(f"@xsi:type={literal(t)} or substring-after(@xsi:type, ':')={literal(t)}" for t in where.types) + ")"
        )
    if where.template is not None:
        yield f"cda:templateId/@root={literal(where.template)}"
    yield from (f"not({steps(path)})" for path in where.lacks)
    for name, values in where.attributes.items():
        path, _, attribute = name.rpartition("@")
        place = f"{steps(path)}@{attribute}"
        yield "(" + " or ".join(f"{place}={literal(value)}" for value in values) + ")"
    yield from (steps(path) for path in where.has)
    if where.null_flavor:
        yield "@nullFlavor"
    if where.negated is not None:
        yield f"not({predicate(where.negated)})"
    if where.any:
        yield "(" + " or ".join(f"({predicate(option)})" for option in where.any) + ")"


def literal(text: str) -> str:
    if "'" not in text:
        return f"'{text}'"
    if '"' not in text:
        return f'"{text}"'
    parts = ', "\'", '.join(f"'{part}'" for part in text.split("'"))
    return f"concat({parts})"
