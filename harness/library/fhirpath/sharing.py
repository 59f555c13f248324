"""Subexpressions that several expressions ask of the same node: evaluated once for that node while a document is judged."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from .further import FURTHER
from .syntax import Binary, Call, Constant, Dot, Expression, Literal, Member, Special, parts

_OF_ITEMS = frozenset(
    {"where", "select", "extension", "ofType", *(name for name, said in FURTHER.items() if said.gives == "items")}
)
_OPEN = frozenset({"<", ">", "<=", ">="})  # an order that is left open is told of each expression


def shared(trees: Iterable[Expression]) -> frozenset[str]:
    """By `text`, what begins at the node itself and stands in several places, without what only begins a longer one of these."""
    counts: Counter[str] = Counter()
    longer: dict[str, Counter[str]] = {}
    for tree in trees:
        for part, holder in _parts(tree, None):
            if _can_be(part):
                counts[said := text(part)] += 1
                if holder is not None and _can_be(holder):
                    longer.setdefault(said, Counter())[text(holder)] += 1
    several = {said for said, count in counts.items() if count > 1}
    return frozenset(
        said
        for said in several
        if all(counts[said] > count for whole, count in longer.get(said, Counter()).items() if whole in several)
    )


def text(tree: Expression) -> str:
    """The same for the same expression wherever it stands, of all that is shared; `ins()` as it is written."""
    match tree:
        case Dot(left=left, right=right):
            return f"{text(left)}.{text(right)}"
        case Call(name=name, arguments=arguments):
            return f"{name}({', '.join(map(text, arguments))})"
        case Binary(operator=operator, left=left, right=right):
            return f"({text(left)} {operator} {text(right)})"
        case Member(name=name):
            return name
        case Special(name=name):
            return f"${name}"
        case Literal(value=value):
            return repr(value)
    return repr(tree)  # with its place


def _parts(tree: Expression, holder: Dot | None) -> Iterator[tuple[Expression, Dot | None]]:
    """What is asked of a node in it, each with what is asked of what that finds."""
    if isinstance(tree, Dot):
        yield tree, holder
        yield from _parts(tree.left, tree)
        if isinstance(tree.right, Call):
            for argument in tree.right.arguments:
                yield from _parts(argument, None)
    elif isinstance(tree, Call):
        yield tree, holder
        for argument in tree.arguments:
            yield from _parts(argument, None)
    elif isinstance(tree, Binary):
        yield from _parts(tree.left, None)
        yield from _parts(tree.right, None)


def _can_be(tree: Expression) -> bool:
    """Whether it finds items by more than their names, and the same ones wherever it is asked of a node."""
    last = tree.right if isinstance(tree, Dot) else tree
    finds = isinstance(last, Member) or (isinstance(last, Call) and last.name in _OF_ITEMS)
    inside = list(parts(tree))
    return finds and any(isinstance(one, Call) for one in inside) and not any(map(_changes, inside))


def _changes(tree: Expression) -> bool:
    match tree:
        case Constant():
            return True
        case Special(name=name):
            return name != "this"
        case Call(name=name):
            return name == "resolve"
        case Binary(operator=operator):
            return operator in _OPEN
    return False
