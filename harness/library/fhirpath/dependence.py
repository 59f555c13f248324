"""What an expression depends on: one that gives the same result at every element is evaluated once."""

from __future__ import annotations

from .names import TYPE_FUNCTIONS
from .syntax import Binary, Call, Constant, Dot, Expression, Literal, Member, Special, parts

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
            over_items = name in _OVER_ITEMS and not any(map(_mentions_context, arguments))
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


def _mentions_context(tree: Expression) -> bool:
    return any(isinstance(one, Constant) and one.name == "context" for one in parts(tree))


def mentions_index(tree: Expression) -> bool:
    return any(isinstance(one, Special) and one.name == "index" for one in parts(tree))
