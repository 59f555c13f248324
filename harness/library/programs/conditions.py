"""Paths, `where` and `when` of constraints (docs/profile-format.md) as Python."""

from __future__ import annotations

from collections.abc import Iterator

from ...model import Where
from .writing import Names, claims, one_of


def reached(path: str, item: str, names: Names) -> tuple[str, list[str]]:
    """What stands for an element that the path leads to, and the clauses of a comprehension that reach it."""
    clauses: list[str] = []
    descending = False
    for name in path.split("/"):
        if name == "":
            descending = True
            continue
        if name == ".":
            continue
        further = names.fresh()
        clauses.append(f"for {further} in {_below(name, item) if descending else _step(name, item)}")
        item = further
        descending = False
    return item, clauses


def _step(name: str, item: str) -> str:
    if name == "..":
        return f"parent({item})"
    if name == "*":
        return f"{item}.children"
    return f"{item}.named.get({name!r}, E)"


def _below(name: str, item: str) -> str:
    return f"{item}.index.below({item}, {None if name == '*' else name!r})"


def parents_and_last(path: str) -> tuple[str, str]:
    """The path to the parents under which elements are counted, `.` for the context itself, and the last step from there."""
    if path == "." or path.startswith("//"):
        return ".", path
    before, slash, last = path.rpartition("/")
    if not slash:
        return ".", last
    if before.endswith("/"):
        return before.rstrip("/"), f"//{last}"
    return before, last


def condition(where: Where, item: str, names: Names) -> str:
    """Whether every part of a condition holds on an element."""
    return " and ".join(_parts(where, item, names)) or "True"


def _parts(where: Where, item: str, names: Names) -> Iterator[str]:
    for name, values in where.attributes.items():
        path, _, attribute = name.rpartition("@")
        before, _, last = path.removesuffix("/").rpartition("/")
        if (last, attribute) == ("templateId", "root") and not before.endswith("/"):
            further, clauses = reached(before, item, names) if before else (item, [])
            said = claims(further, frozenset(values))
        else:
            further, clauses = reached(path.removesuffix("/"), item, names) if path else (item, [])
            said = one_of(frozenset(values), f"{further}.attributes.get({attribute!r})")
        yield f"[1 {' '.join(clauses)} if {said}]" if clauses else said
    if where.template is not None:
        yield claims(item, frozenset((where.template,)))
    for path in where.has:
        yield _leads(path, item, names)
    for path in where.lacks:
        yield f"not {_leads(path, item, names)}"
    if where.null_flavor is not None:
        yield f"'nullFlavor' {'in' if where.null_flavor else 'not in'} {item}.attributes"
    if where.types:
        yield one_of(frozenset(where.types), f"{item}.type")
    if where.negated is not None:
        yield f"not ({condition(where.negated, item, names)})"
    if where.any:
        yield f"({' or '.join(f'({condition(option, item, names)})' for option in where.any)})"


def _leads(path: str, item: str, names: Names) -> str:
    """Whether a path leads to an element, or to an attribute when its last step is one."""
    before, at, attribute = path.rpartition("@")
    if not at and "/" not in path and path not in (".", "..", "*"):
        return f"({path!r} in {item}.named)"
    further, clauses = reached(before.removesuffix("/") if at else path, item, names) if not at or before else (item, [])
    asked = f"{attribute!r} in {further}.attributes" if at else "True"
    return f"[1 {' '.join(clauses)} if {asked}]" if clauses else f"({asked})"
