"""What an expression depends on: one that gives the same result at every element is evaluated once."""

from __future__ import annotations

from dataclasses import fields, is_dataclass

from .names import TYPE_FUNCTIONS
from .syntax import Binary, Call, Constant, Dot, Expression, Literal, Member, Special

_CLOCK = frozenset({"now", "today", "timeOfDay"})
_OVER_ITEMS = frozenset({"where", "select", "all", "exists", "repeat"})  # their arguments see an item, nothing around it


def depends_on_resource_only(tree: Expression) -> bool:
    """Whether it begins at %resource or %rootResource and gives the same for each node of the resource."""
    match tree:
        case Constant(name=name):
            return name in ("resource", "rootResource")
        case Dot(left=left, right=Member()):
            return depends_on_resource_only(left)
        case Dot(left=left, right=Call(name=name, arguments=arguments)):
            over_items = name in _OVER_ITEMS and not any(_mentions(said, Constant, "context") for said in arguments)
            plain = name in TYPE_FUNCTIONS or over_items or all(isinstance(said, Literal) for said in arguments)
            return plain and depends_on_resource_only(left) and name not in ("now", "memberOf")
        case Binary(operator="|", left=left, right=right):
            return depends_on_resource_only(left) and depends_on_resource_only(right)
        case Binary(operator="+" | "-", left=left, right=Literal()):  # `%resource.date + 1 day`
            return depends_on_resource_only(left)
    return False


def told_by_clock(tree: Expression) -> bool:
    """Whether it is the same wherever it is asked while a document is judged: `today() + 1 day`."""
    if isinstance(tree, Binary) and tree.operator in ("+", "-"):
        return told_by_clock(tree.left) and told_by_clock(tree.right)
    return isinstance(tree, Literal) or (isinstance(tree, Call) and tree.name in _CLOCK and not tree.arguments)


def mentions_index(tree: object) -> bool:
    return _mentions(tree, Special, "index")


def _mentions(tree: object, kind: type[Constant | Special], name: str) -> bool:
    """Whether some part of it is `%name` or `$name`."""
    if isinstance(tree, kind):
        return tree.name == name
    if isinstance(tree, tuple):
        return any(_mentions(part, kind, name) for part in tree)
    return is_dataclass(tree) and any(_mentions(getattr(tree, part.name), kind, name) for part in fields(tree))
